//! Policies as AWS documents them, and what peers' users had to silence: nothing above a note, but
//! for what is truly there.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::path::{Path, PathBuf};

use kmslint::aws::PendingWindowInDays;
use kmslint::facts::{FactMaker, Limits};
use kmslint::finding::{Finding, Severity};
use kmslint::lint::run_all;
use kmslint::load::load;
use kmslint::rule::Catalogue;
use kmslint::text::{Discovery, discover};

/// What is found in these paths, and how many of the files are recognised.
fn check(discovery: &Discovery) -> (Vec<Finding>, usize) {
    let loaded = load(discovery);
    let limits = Limits {
        minimum_waiting_period: PendingWindowInDays::new(14).unwrap(),
        ..Limits::default()
    };
    let facts = FactMaker::new(&loaded.inventory, &loaded.sources, limits).all();
    let found = run_all(&facts, Catalogue::builtin().unwrap());
    (found, loaded.recognized)
}

fn check_file(path: &Path) -> (Vec<Finding>, usize) {
    check(&Discovery {
        named: vec![path.to_owned()],
        ..Discovery::default()
    })
}

/// The rules that find more than a note.
fn above_a_note(findings: &[Finding]) -> Vec<&str> {
    let above = findings.iter().filter(|f| f.severity > Severity::Info);
    let mut rules: Vec<_> = above.map(|finding| &*finding.rule).collect();
    rules.dedup();
    rules
}

/// AWS's own examples, of which it is true: administrators may choose 7 days, and a user of the
/// account's own gets `kms:*`.
const TRULY_THERE: &[(&str, &[&str])] = &[
    (
        "cloudtrail.json",
        &[
            "deletion-by-wildcard-action",
            "key-user-can-delete",
            "short-waiting-period",
        ],
    ),
    ("console.json", &["short-waiting-period"]),
];

#[test]
fn documented_policies_are_calm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/aws_policies");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 20);
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let (findings, recognized) = check_file(&path);
        assert_eq!(recognized, 1, "{name}");
        let expected = TRULY_THERE.iter().find(|(file, _)| *file == name);
        let expected = expected.map_or(&[] as &[&str], |(_, rules)| *rules);
        let mut rules = above_a_note(&findings);
        rules.sort_unstable();
        rules.dedup();
        assert_eq!(rules, expected, "{name}");
    }
}

/// The rules above a note in a key policy of these statements, beside AWS's default one.
fn beside_default(name: &str, statements: &str) -> Vec<String> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).unwrap();
    let default = r#"{"Sid":"Enable IAM User Permissions","Effect":"Allow",
        "Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{default},{statements}]}}"#);
    std::fs::write(directory.join("policy.json"), text).unwrap();
    let (findings, _) = check(&discover(&[directory], &kmslint::text::Filter::default()));
    let rules = above_a_note(&findings);
    rules.into_iter().map(str::to_owned).collect()
}

/// What users of other tools had to silence.
#[test]
fn false_alarms_of_peers_are_none_here() {
    for (name, statement) in [
        // `*` in a Deny protects.
        (
            "protective",
            r#"{"Effect":"Deny","Principal":"*","Action":"kms:ScheduleKeyDeletion","Resource":"*"}"#,
        ),
        // `*` narrowed by kms:CallerAccount, for use of the key.
        (
            "caller_account",
            r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["kms:Decrypt","kms:DescribeKey"],
            "Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"111122223333"}}}"#,
        ),
        // `*` narrowed by an organization.
        (
            "organization",
            r#"{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*",
            "Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}"#,
        ),
        // Spaces and punctuation in a Sid.
        (
            "sid",
            r#"{"Sid":"Allow use of the key (all apps)","Effect":"Allow",
            "Principal":{"AWS":"arn:aws:iam::111122223333:role/App"},"Action":"kms:Decrypt","Resource":"*"}"#,
        ),
        // What allows much is denied again.
        (
            "denied_again",
            r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"},
            {"Effect":"Deny","Principal":{"AWS":"*"},"Action":"kms:ScheduleKeyDeletion","Resource":"*"},
            {"Effect":"Deny","Principal":{"AWS":"*"},"Action":"kms:PutKeyPolicy","Resource":"*",
            "Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/KeyAdmin"}}}"#,
        ),
    ] {
        assert_eq!(beside_default(name, statement), [] as [String; 0], "{name}");
    }
}

/// Templates that are not rendered have the findings of what is made of them; the resource may be any
/// key.
#[test]
fn placeholders_are_judged_as_what_is_made_of_them() {
    const ROOT: &str = "arn:aws:iam::111122223333:root";
    const ROLE: &str = "arn:aws:iam::111122223333:role/Admin";
    for (name, principal, twin) in [
        ("dollar", "arn:aws:iam::${account_id}:root", ROOT),
        (
            "partition",
            "arn:${data.aws_partition.current.partition}:iam::111122223333:root",
            ROOT,
        ),
        ("angle", "<ADMIN ROLE ARN>", ROLE),
        ("braces", "arn:aws:iam::{{ account }}:role/Admin", ROLE),
        ("word", "arn:aws:iam::account-id:root", ROOT),
    ] {
        let above = |principal: &str, resource: &str| {
            let directory =
                Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("placeholder_{name}"));
            let _ = std::fs::remove_dir_all(&directory);
            std::fs::create_dir_all(&directory).unwrap();
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",
                "Principal":{{"AWS":"{principal}"}},"Action":"kms:*","Resource":"{resource}"}}]}}"#
            );
            std::fs::write(directory.join("policy.json"), text).unwrap();
            let (findings, recognized) =
                check(&discover(&[directory], &kmslint::text::Filter::default()));
            assert_eq!(recognized, 1);
            let rules = above_a_note(&findings).into_iter().map(str::to_owned);
            rules.collect::<Vec<_>>()
        };
        let template = above(principal, "arn:aws:kms:us-east-1:${account}:key/*");
        let rendered = above(twin, "arn:aws:kms:us-east-1:111122223333:key/*");
        assert_eq!(template, rendered, "{principal}");
        assert_eq!(template.is_empty(), twin == ROOT, "{principal}");
    }
}

/// The corpus's files of AWS's documentation, where it stands beside the checkout.
#[test]
fn documentation_in_the_corpus_is_calm() {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside = ["../shared/corpus"].map(|path| checkout.join(path));
    let Some(corpus) = beside.into_iter().find(|path| path.is_dir()) else {
        eprintln!("no corpus here");
        return;
    };
    let files = walkdir::WalkDir::new(corpus)
        .sort_by_file_name()
        .into_iter();
    for entry in files.filter_map(Result::ok) {
        let name = entry.file_name().to_str().unwrap();
        if !name.starts_with("awsdocs__") {
            continue;
        }
        let (findings, _) = check_file(entry.path());
        for finding in findings.iter().filter(|f| f.severity > Severity::Info) {
            // A bucket's ARN in the statement that lets the account administer the key, and
            // `kms:CreateKey` in a key policy; a recorded deletion that nobody cancelled.
            let truly_there: &[&str] = if name.ends_with("default-kms-key-policy__block1.json") {
                &["inert-statement", "policy-change-by-nobody"]
            } else if name.ends_with("conditions-kms__block30.json") {
                &["inert-statement", "policy-without-administration"]
            } else if name.ends_with("conditions-kms__block36.json") {
                // Both are pieces, which cannot be seen.
                &["policy-without-administration"]
            } else if name.contains("ct-schedule-key-deletion") {
                &["key-pending-deletion"]
            } else if name.ends_with("access-advisor-example-scenarios__block1.json") {
                // `kms:*` on every key.
                &["deletion-of-any-key-by-iam-policy"]
            } else {
                &[]
            };
            let rule = &*finding.rule;
            assert!(truly_there.contains(&rule), "{name}: {finding:?}");
        }
    }
}
