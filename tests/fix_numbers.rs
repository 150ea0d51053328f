//! What `check` counts as fixable, `fix` lists, SARIF offers and `--write` makes are the same numbers, and
//! every place that is told lies in the files as they are.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod generate;

use std::fs;
use std::path::{Path, PathBuf};

use kmslint::config::parse_date;
use kmslint::finding::Finding;
use kmslint::fix::{Effort, Proposal, Session, fixable, safe_fixes};
use kmslint::project::{CheckOptions, Checked, ConfigurationFile, Options, check};
use kmslint::text::{Location, Overlay, Sources};
use kmslint::tree::edit::apply;
use serde_json::{Value as Json, json};

fn checked(path: &Path) -> Checked {
    let mut options = Options::for_paths([path]);
    options.configuration = ConfigurationFile::Nothing;
    let today = parse_date("2027-01-01").unwrap();
    check(&options, &CheckOptions::on(today)).unwrap()
}

fn lies_in(sources: &Sources, at: Location) {
    let text = sources.get(at.source).unwrap().text();
    let range = at.span.start as usize..at.span.end as usize;
    assert!(text.get(range).is_some(), "{at:?} of {} bytes", text.len());
}

fn same(one: &Finding, other: &Finding) -> bool {
    (&one.rule, &one.subject, &one.message, one.primary.at)
        == (
            &other.rule,
            &other.subject,
            &other.message,
            other.primary.at,
        )
}

/// How many findings of a path are mended, after a check of all numbers and places.
fn hold(path: &Path) -> usize {
    let name = path.display();
    let checked = checked(path);
    if !checked.project.failures.is_empty() {
        return 0;
    }
    let counted = fixable(&checked).unwrap();
    assert!(!counted.at_least, "{name}");
    let offered = safe_fixes(&checked);
    let session = Session::new(checked, &[]);
    let done = session.repair(&Proposal::is_safe);
    let (project, findings) = (&session.checked.project, &session.checked.findings);
    let sources = &project.loaded.sources;
    let of = |all: &[Proposal]| all.iter().map(|of| of.findings.len()).sum::<usize>();
    let told = findings.iter().filter(|of| counted.mends(of)).count();
    assert_eq!(told, done.mended, "{name}");
    assert_eq!(of(&offered), done.mended, "{name}");
    let made = done.done.iter().flat_map(|proposal| &proposal.findings);
    let own = made.filter(|made| findings.iter().any(|found| same(made, found)));
    assert_eq!(own.count(), done.mended, "{name}");
    for proposal in done.done.iter().chain(&done.left).chain(&offered) {
        lies_in(sources, proposal.at);
        for finding in &proposal.findings {
            lies_in(sources, finding.primary.at);
            finding
                .related
                .iter()
                .for_each(|of| lies_in(sources, of.at));
        }
    }
    done.totals.iter().for_each(|of| lies_in(sources, of.at));
    done.refused.iter().for_each(|of| lies_in(sources, of.at));
    for (source, text) in &done.files {
        let file = sources.get(*source).unwrap();
        let edits = done.edits.get(source).unwrap();
        assert_eq!(apply(file.text(), edits).unwrap(), *text, "{name}");
    }
    // Each that SARIF offers can be made alone, and does what it is for.
    for proposal in &offered {
        assert!(
            findings
                .iter()
                .any(|found| same(&proposal.findings[0], found))
        );
        let file = sources.get(proposal.at.source).unwrap();
        let mut overlay = Overlay::default();
        let text = apply(file.text(), &proposal.edits()).unwrap();
        overlay.put(file.name(), text.as_bytes());
        let (left, ..) = project.with(&overlay).find(&session.checked.catalogue);
        let alike = |found: &&Finding| {
            let finding = &proposal.findings[0];
            (&found.rule, &found.subject, &found.message)
                == (&finding.rule, &finding.subject, &finding.message)
        };
        let [before, after] = [findings, &left].map(|all| all.iter().filter(alike).count());
        assert!(after < before, "{name}: {proposal:?}");
    }
    session.prove(&done).unwrap();
    done.mended
}

/// Writes what the safe fixes make of a path; how many a second run makes there, after a check that the
/// first one said so.
fn hold_again(path: &Path) -> usize {
    let session = Session::new(checked(path), &[]);
    let done = session.repair(&Proposal::is_safe);
    for (source, text) in &done.files {
        let file = session.checked.project.loaded.sources.get(*source).unwrap();
        fs::write(file.name(), text).unwrap();
    }
    let again = Session::new(checked(path), &[]).repair(&Proposal::is_safe);
    let titles: Vec<_> = again.done.iter().map(|of| &of.title).collect();
    assert_eq!(titles.len(), done.opened, "{}: {titles:?}", path.display());
    titles.len()
}

fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("fix-numbers")
        .join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Everything that lies beside the code.
#[test]
fn numbers_agree_on_fixtures() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut mended = 0;
    for directory in fs::read_dir(&root).unwrap() {
        let directory = directory.unwrap().path();
        mended += hold(&directory);
        for inner in fs::read_dir(&directory).unwrap() {
            mended += hold(&inner.unwrap().path());
        }
    }
    assert!(mended > 10, "{mended}");
}

/// Generated policies: a file each, several in the answers of one, and beside their keys.
#[test]
fn numbers_agree_on_generated_policies() {
    let (mut mended, mut several) = (0, 0);
    let requests: Vec<_> = generate::Requests::new(77, true).take(160).collect();
    for (number, pair) in requests.chunks(2).enumerate() {
        let policies = pair.iter().map(|request| &request["key_policy"]);
        let policies: Vec<&Json> = policies.filter(|policy| policy.is_object()).collect();
        let path = directory(&number.to_string());
        for (index, policy) in policies.iter().enumerate() {
            let text = match number % 3 {
                0 => format!("{policy:#}"),
                1 => policy.to_string(),
                _ => json!({"Policy": format!("{policy:#}"), "PolicyName": "default"}).to_string(),
            };
            fs::write(path.join(format!("policy-{index}.json")), text).unwrap();
        }
        let own = hold(&path);
        mended += own;
        several += usize::from(own > 3);
        if number % 4 == 0 {
            hold_again(&path);
        }
    }
    assert!(mended > 150 && several > 8, "{mended} {several}");
}

/// What is not safe on a file is not made, whatever else is made of it: that another run makes it is said.
#[test]
fn what_another_run_makes_is_told() {
    let path = directory("another-run");
    let statement = |principal: Json, actions: &str| json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Resource": "*"});
    let root = statement(json!("arn:aws:iam::111122223333:root"), "kms:*");
    let deleted = "AIDACKCEVSQ6C2EXAMPLE";
    let role = "arn:aws:iam::111122223333:role/App";
    // As long as the deleted user is named, it would lose what is to be taken from the role.
    let policy = json!({"Version": "2012-10-17",
        "Statement": [root, statement(json!([deleted, role]), "kms:*")]});
    fs::write(path.join("policy.json"), policy.to_string()).unwrap();
    assert_eq!(hold_again(&path), 1);
    assert_eq!(hold_again(&path), 0);
}

/// A key policy whose fixes move one another, in every form in which it can lie in a file: each fix is
/// told with its line of the file as it is.
#[test]
fn lines_are_those_of_the_file_as_it_is() {
    let policy = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"AWS": "AROAEXAMPLEID1234567A"},
      "Action": "kms:Decrypt",
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::111122223333:role/KeyAdmin"},
      "Action": ["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:Decrypt"],
      "Resource": "*"
    },
    {
      "Effect": "Deny",
      "Principal": {"AWS": "arn:aws:iam::111122223333:role/App"},
      "Action": "kms:DeleteKey",
      "Resource": "*"
    }
  ]
}
"#;
    let path = directory("lines");
    fs::write(path.join("policy.json"), policy).unwrap();
    let session = Session::new(checked(&path), &[]);
    let done = session.repair(&Proposal::is_safe);
    let sources = &session.checked.project.loaded.sources;
    let line = |of: &Proposal| {
        sources
            .get(of.at.source)
            .unwrap()
            .position(of.at.span.start)
            .line
    };
    let told = done.done.iter().map(|of| (line(of), of.title.as_str()));
    let told: Vec<_> = told.collect();
    let expected = [
        (
            13,
            "add `kms:CancelKeyDeletion` and `kms:EnableKey` to statement 2",
        ),
        (
            19,
            "write `kms:ScheduleKeyDeletion` in place of `kms:DeleteKey`",
        ),
        (
            6,
            "remove statement 1, which names nobody but `AROAEXAMPLEID1234567A`",
        ),
    ];
    for one in expected {
        assert!(told.contains(&one), "{told:#?}");
    }
}

/// Of as many as are made, but one at a time, the others are told.
#[test]
fn fixes_that_are_not_tried_are_told() {
    let app = |number| {
        json!({"Effect": "Deny", "Action": "kms:DeleteKey", "Resource": "*",
            "Principal": {"AWS": format!("arn:aws:iam::111122223333:role/App{number}")}})
    };
    let path = directory("rounds");
    let policy = json!({"Version": "2012-10-17", "Statement": [app(1), app(2), app(3)]});
    fs::write(path.join("policy.json"), policy.to_string()).unwrap();
    let session = Session::new(checked(&path), &[]);
    let all = session.repair(&Proposal::is_safe);
    assert_eq!((all.done.len(), all.untried), (3, 0));
    let rounds = Effort {
        rounds: 1,
        ..Effort::ASKED
    };
    let first = session.repair_within(&Proposal::is_safe, rounds);
    assert_eq!((first.done.len(), first.untried), (1, 2));
    let reasons: Vec<_> = first.refused.iter().map(|of| &of.reason).collect();
    let is_said = |reason: &&String| reason.starts_with("2 findings not tried");
    assert!(
        reasons.iter().copied().any(|reason| is_said(&reason)),
        "{reasons:?}"
    );
}

/// What is shown of a file that is no text does not stand in for it when all is read again.
#[test]
fn files_that_are_no_text_are_read_again_as_they_are() {
    let path = directory("no-text");
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "kms:DeleteKey",
        "Resource": "*", "Principal": {"AWS": "arn:aws:iam::111122223333:role/App"}}]});
    fs::write(path.join("policy.json"), policy.to_string()).unwrap();
    let misspelt = policy.to_string().replace("Principal", "Princip#");
    let byte = |byte| if byte == b'#' { 0xe4 } else { byte };
    let latin: Vec<_> = misspelt.bytes().map(byte).collect();
    fs::write(path.join("latin.json"), latin).unwrap();
    let session = Session::new(checked(&path), &[]);
    let done = session.repair(&Proposal::is_safe);
    assert_eq!(done.done.len(), 1);
    session.prove(&done).unwrap();
}
