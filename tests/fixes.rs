//! Every fix: proposed on the rules' own examples, made, read again, and what it promised holds.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod generate;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use kmslint::aws::PendingWindowInDays;
use kmslint::config::FAIL_ON_GAIN;
use kmslint::difference::{self, EVERY, Side};
use kmslint::facts::{FactMaker, Facts, Limits};
use kmslint::finding::{Finding, fingerprint};
use kmslint::fix::{AllowDeletion, FixEngine, FixKind, Objection, Proposal, Repaired, Safety};
use kmslint::lint::{run, run_all};
use kmslint::load::{Loaded, load_over};
use kmslint::report::difference::{Named, effects};
use kmslint::report::objection::reasons;
use kmslint::rule::{Catalogue, Example, Outcome, Rule};
use kmslint::text::{Discovery, Overlay};
use kmslint::tree::Syntax;
use kmslint::tree::edit::{Draft, EditableFile, Passage, apply};
use serde_json::Value as Json;
use walkdir::WalkDir;

static KINDS: LazyLock<BTreeMap<&str, FixKind>> = LazyLock::new(|| {
    let rules = Catalogue::builtin().unwrap().rules().iter();
    let kind = |name: &String| FixKind::from_name(name).unwrap();
    rules
        .filter_map(|rule| Some((rule.id.as_str(), rule.fix.as_ref().map(kind)?)))
        .collect()
});

fn limits() -> Limits {
    Limits {
        minimum_waiting_period: PendingWindowInDays::new(14).unwrap(),
        ..Limits::default()
    }
}

/// Files as they were or are to be, and what is found in them.
struct Checked {
    loaded: Loaded,
    findings: Vec<Finding>,
}

impl Checked {
    fn new(discovery: &Discovery, overlay: &Overlay) -> Self {
        let loaded = load_over(discovery, overlay);
        let facts = FactMaker::new(&loaded.inventory, &loaded.sources, limits()).all();
        let mut findings = run_all(&facts, Catalogue::builtin().unwrap());
        fingerprint(&mut findings, &loaded.sources);
        Self { loaded, findings }
    }

    fn of_files(files: &[(String, String)]) -> (Discovery, Overlay, Self) {
        let mut overlay = Overlay::default();
        let mut discovery = Discovery::default();
        for (name, text) in files {
            let path = Path::new("example").join(name);
            overlay.put(&path, text.as_bytes());
            discovery.found.push(path);
        }
        let checked = Self::new(&discovery, &overlay);
        (discovery, overlay, checked)
    }

    fn with<T>(&self, work: impl FnOnce(&FixEngine<'_>) -> T) -> T {
        let check = |facts: &Facts| run(facts, Catalogue::builtin().unwrap());
        work(&FixEngine {
            facts: &FactMaker::new(&self.loaded.inventory, &self.loaded.sources, limits()),
            organization: None,
            check: &check,
        })
    }

    fn propose(&self, wanted: &(dyn Fn(&Finding) -> Option<FixKind> + Sync)) -> Repaired {
        self.with(|engine| engine.propose(&self.findings, wanted))
    }

    fn side(&self) -> Side<'_> {
        Side {
            inventory: &self.loaded.inventory,
            sources: &self.loaded.sources,
            roots: &[],
        }
    }

    /// How often its rule finds something about its subject.
    fn of_rule(&self, finding: &Finding) -> usize {
        let same =
            |other: &&Finding| (&other.rule, &other.subject) == (&finding.rule, &finding.subject);
        self.findings.iter().filter(same).count()
    }

    /// Plans and templates are no files that are edited: their findings say what to change.
    fn can_edit(&self, found: &Finding) -> bool {
        let file = self.loaded.sources.get(found.primary.at.source);
        file.is_some_and(|file| file.why_not_edited().is_none())
    }

    fn count(&self, finding: &Finding) -> usize {
        let same = |other: &&Finding| {
            (&other.rule, &other.subject, &other.message)
                == (&finding.rule, &finding.subject, &finding.message)
        };
        self.findings.iter().filter(same).count()
    }
}

fn kind(finding: &Finding) -> Option<FixKind> {
    KINDS.get(&*finding.rule).copied()
}

/// The file of a proposal with its edits made.
fn made(before: &Checked, proposal: &Proposal) -> String {
    let file = before.loaded.sources.get(proposal.at.source).unwrap();
    apply(file.text(), &proposal.edits()).unwrap()
}

/// Holds that a proposal does what it says, on the files as a whole.
fn hold(
    before: &Checked,
    discovery: &Discovery,
    overlay: &Overlay,
    proposal: &Proposal,
) -> Checked {
    hold_by(Checked::count, before, (discovery, overlay), proposal)
}

/// The same where `count` tells how often something like a finding is found.
fn hold_by(
    count: fn(&Checked, &Finding) -> usize,
    before: &Checked,
    (discovery, overlay): (&Discovery, &Overlay),
    proposal: &Proposal,
) -> Checked {
    let title = &proposal.title;
    let file = before.loaded.sources.get(proposal.at.source).unwrap();
    let edited_text = made(before, proposal);
    assert!(!proposal.changes.is_empty(), "{title}");
    for change in &proposal.changes {
        assert_eq!(change.gone, change.edit.span.of(file.text()), "{title}");
    }
    // The JSON Patch says the same as the edit.
    let document = |text: &str| {
        let read = EditableFile::read(Syntax::Json, text).unwrap();
        let place = read.at(proposal.document.clone()).unwrap();
        let passage = Passage::open(place.span.of(text), &place).unwrap();
        assert!(passage.base().is_empty());
        Draft::of(&passage).unwrap().get(&[]).unwrap()
    };
    let patch: json_patch::Patch =
        serde_json::from_value(serde_json::to_value(&proposal.patch).unwrap()).unwrap();
    let mut patched: Json = document(file.text());
    json_patch::patch(&mut patched, &patch).unwrap();
    assert_eq!(patched, document(&edited_text), "{title}");
    // It is read as before.
    let mut edited = overlay.clone();
    edited.put(file.name(), edited_text.as_bytes());
    let after = Checked::new(discovery, &edited);
    assert_eq!(
        after.loaded.errors.len(),
        before.loaded.errors.len(),
        "{title}"
    );
    assert_eq!(
        after.loaded.recognized, before.loaded.recognized,
        "{title}: {edited_text}"
    );
    // Safe or not: the finding goes, nothing as bad comes, and there is no second time.
    for finding in &proposal.findings {
        assert!(
            after.count(finding) < before.count(finding),
            "{title}: {finding:?} stays"
        );
        let new = after
            .findings
            .iter()
            .filter(|new| new.severity >= finding.severity);
        for new in new.filter(|new| new.subject == finding.subject) {
            assert!(
                count(&after, new) <= count(before, new),
                "{title} brings {new:?}"
            );
        }
    }
    let again = after.propose(&|finding| {
        let same = |fixed: &Finding| {
            (&fixed.rule, &fixed.message, &fixed.subject)
                == (&finding.rule, &finding.message, &finding.subject)
        };
        // Two findings that say the same may stand at two places.
        let gone = proposal.findings.iter().any(same) && before.count(finding) == 1;
        gone.then(|| kind(finding)).flatten()
    });
    assert!(again.left.is_empty(), "{title}: {:?}", again.left);
    after
}

fn describe(text: &mut String, proposal: &Proposal) {
    let safety = match &proposal.safety {
        Safety::Safe => "safe".to_owned(),
        Safety::Unsafe(_) => format!("unsafe: {}", reasons(proposal).join("; ")),
    };
    writeln!(text, "  {}\n    {safety}", proposal.title).unwrap();
    for effect in effects(&proposal.effects, Named::Few) {
        writeln!(text, "    {effect}").unwrap();
    }
}

/// What is proposed for every example that fires is read in the difference of this file.
#[test]
fn fixes_of_the_rules_examples_are_as_written() {
    let mut text = String::new();
    for rule in Catalogue::builtin()
        .unwrap()
        .rules()
        .iter()
        .filter(|rule| rule.fix.is_some())
    {
        let mut proposed = false;
        for example in rule
            .examples()
            .iter()
            .filter(|e| e.outcome == Outcome::Fires)
        {
            let (discovery, overlay, before) = Checked::of_files(&example.files);
            if !before.findings.iter().any(|of| before.can_edit(of)) {
                continue;
            }
            let outcome = before.propose(&|finding| {
                (&*finding.rule == rule.id.as_str())
                    .then(|| kind(finding))
                    .flatten()
            });
            writeln!(text, "{}:{}", rule.id, example.line).unwrap();
            for proposal in &outcome.left {
                hold(&before, &discovery, &overlay, proposal);
                describe(&mut text, proposal);
                proposed = true;
            }
            for refused in &outcome.refused {
                writeln!(text, "  refused: {}", refused.reason).unwrap();
            }
            made_of(rule, example, &mut text);
            let all = outcome.left.len() + outcome.refused.len();
            assert!(
                all > 0,
                "{}:{}: nothing is said of the fix",
                rule.id,
                example.line
            );
        }
        assert!(proposed, "{}: no example has a proposal", rule.id);
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write("tests/fixes_on_examples.txt", &text).unwrap();
    }
    let wanted = std::fs::read_to_string("tests/fixes_on_examples.txt").unwrap_or_default();
    assert_eq!(
        text, wanted,
        "UPDATE=1 cargo test --test fixes writes it anew"
    );
}

#[test]
fn every_example_is_repaired_and_a_second_time_only_what_was_left_is() {
    for example in Catalogue::builtin()
        .unwrap()
        .rules()
        .iter()
        .flat_map(Rule::examples)
    {
        let (discovery, mut overlay, before) = Checked::of_files(&example.files);
        let accept = |proposal: &Proposal| proposal.is_safe();
        let done = before.with(|engine| engine.repair(&before.findings, &kind, &accept));
        for (source, text) in &done.files {
            let name = before.loaded.sources.get(*source).unwrap().name();
            overlay.put(name, text.as_bytes());
        }
        let after = Checked::new(&discovery, &overlay);
        assert_eq!(after.loaded.errors.len(), before.loaded.errors.len());
        for finding in done.done.iter().flat_map(|proposal| &proposal.findings) {
            assert!(
                after.count(finding) < before.count(finding).max(1),
                "{finding:?}"
            );
        }
        hold_second_run(&after, &done);
    }
}

/// All fixes of one rule, made on an example that it fires on; what is said in the expectation
/// file of the difference to the page's own `fixed` example.
fn made_of(rule: &Rule, example: &Example, text: &mut String) {
    let (discovery, mut overlay, before) = Checked::of_files(&example.files);
    let own = |finding: &Finding| {
        let is_own = &*finding.rule == rule.id.as_str();
        is_own.then(|| kind(finding)).flatten()
    };
    let done = before.with(|engine| engine.repair(&before.findings, &own, &|_| true));
    for (source, text) in &done.files {
        let name = before.loaded.sources.get(*source).unwrap().name();
        overlay.put(name, text.as_bytes());
    }
    let after = Checked::new(&discovery, &overlay);
    let at = format!("{}:{}", rule.id, example.line);
    let count = |checked: &Checked| {
        let findings = checked.findings.iter();
        let own = findings.filter(|found| &*found.rule == rule.id.as_str());
        own.filter(|found| before.can_edit(found)).count()
    };
    let refused = done.refused.len();
    assert!(count(&after) <= refused, "{at}: still there");
    let again = after.with(|engine| engine.repair(&after.findings, &own, &|_| true));
    assert!(again.files.is_empty(), "{at}: a second run changes more");
    let examples = rule.examples();
    let Some(fixed) = examples.iter().find(|e| e.outcome == Outcome::Fixed) else {
        return;
    };
    // The page puts right what fires before it.
    let mut fires = examples.iter().filter(|e| e.outcome == Outcome::Fires);
    let last = fires.rfind(|e| e.line < fixed.line);
    if last.is_none_or(|last| last.line != example.line) {
        return;
    }
    let (_, _, wanted) = Checked::of_files(&fixed.files);
    let between = difference::between(wanted.side(), after.side(), EVERY);
    let mut differing = BTreeSet::new();
    for change in between.subjects.iter().flat_map(|subject| &subject.changes) {
        let who = format!("{:?} {}", change.who.kind, change.who.name);
        for (word, cases) in [("more", change.gains), ("less", change.loses)] {
            if !cases.is_empty() {
                differing.insert(format!("{} {word} for {who}", change.action.name()));
            }
        }
    }
    let count = differing.len();
    writeln!(text, "  against the page's fixed example: {count} differ").unwrap();
    for line in differing.iter().take(4) {
        writeln!(text, "    {}", line.trim_end()).unwrap();
    }
}

/// Where the account is not known, everyone is narrowed to the organization, as a condition.
#[test]
fn everyone_is_narrowed_to_the_organization() {
    let policy = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "E", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
]}"#;
    let conditions = [
        (
            "",
            r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
        ),
        (
            r#""Bool": {"aws:SecureTransport": "true"}"#,
            r#"{"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
        ),
        (
            r#""StringEquals": {"aws:RequestedRegion": "us-east-1"}"#,
            r#"{"StringEquals": {"aws:RequestedRegion": "us-east-1", "aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
        ),
    ];
    for (condition, wanted) in conditions {
        let text = if condition.is_empty() {
            policy.to_owned()
        } else {
            policy.replace(
                r#""Resource": "*"}"#,
                &format!(r#""Resource": "*", "Condition": {{{condition}}}}}"#),
            )
        };
        let (discovery, overlay, before) = Checked::of_files(&[("policy.json".into(), text)]);
        let check = |facts: &Facts| run(facts, Catalogue::builtin().unwrap());
        let maker = FactMaker::new(&before.loaded.inventory, &before.loaded.sources, limits());
        let engine = |organization| FixEngine {
            facts: &maker,
            organization,
            check: &check,
        };
        let own = |finding: &Finding| {
            let is_own = &*finding.rule == "deletion-open-to-anyone";
            is_own.then_some(FixKind::NarrowPrincipal)
        };
        let unknown = engine(None).propose(&before.findings, &own);
        assert!(unknown.left.is_empty() && unknown.refused.len() == 1);
        let proposed = engine(Some("o-a1b2c3d4e5")).propose(&before.findings, &own);
        let [proposal] = proposed.left.as_slice() else {
            panic!("{condition}: {:?}", proposed.refused);
        };
        // Other accounts of no organization lose what `*` gave them: a person has to want that.
        assert!(!proposal.is_safe());
        let after = hold(&before, &discovery, &overlay, proposal);
        let value: Json = serde_json::from_str(&made(&before, proposal)).unwrap();
        let wanted: Json = serde_json::from_str(wanted).unwrap();
        assert_eq!(value["Statement"][0]["Condition"], wanted);
        assert_eq!(value["Statement"][0]["Principal"]["AWS"], "*");
        let mut left = after.findings.iter();
        assert!(left.find_map(own).is_none());
    }
}

#[test]
fn every_kind_is_some_rules() {
    for kind in FixKind::ALL {
        assert!(
            KINDS.values().any(|known| *known == kind),
            "{}",
            kind.name()
        );
        let file = format!("src/fix/{}.rs", kind.name().replace('-', "_"));
        assert!(Path::new(&file).is_file(), "{file} is missing");
    }
}

/// Policies of one file are mended side by side, and the rest of the file stays.
#[test]
fn policies_of_one_file_are_mended_each_in_its_place() {
    let policy = |number: u32| {
        format!(
            r#"{{
      "PolicyName": "P{number}",
      "Arn": "arn:aws:iam::111122223333:policy/P{number}",
      "Path": "/",
      "DefaultVersionId": "v1",
      "PolicyVersionList": [
        {{
          "Document": {{ "Version": "2012-10-17", "Statement": [
            {{ "Effect": "Deny", "Action": "kms:DeleteKey", "Resource": "*" }}
          ] }},
          "VersionId": "v1",
          "IsDefaultVersion": true
        }}
      ]
    }}"#
        )
    };
    let policies = [policy(1), policy(2), policy(3)].join(", ");
    let text = format!(
        "{{\n  \"UserDetailList\": [], \"GroupDetailList\": [], \"RoleDetailList\": [],\n  \
         \"Policies\": [ {policies} ]\n}}\n"
    );
    let wanted = text.replace("kms:DeleteKey", "kms:ScheduleKeyDeletion");
    let (_, _, before) = Checked::of_files(&[("account.json".to_owned(), text)]);
    assert!(
        before.loaded.errors.is_empty(),
        "{:?}",
        before.loaded.errors
    );
    let proposed = before.propose(&kind).left;
    assert_eq!(proposed.len(), 3);
    let all: Vec<_> = proposed.iter().flat_map(Proposal::edits).collect();
    let source = proposed[0].at.source;
    let file = before.loaded.sources.get(source).unwrap();
    assert_eq!(apply(file.text(), &all).unwrap(), wanted);
    let done = before.with(|engine| engine.repair(&before.findings, &kind, &|_| true));
    assert_eq!(done.done.len(), 3);
    assert_eq!(done.files.get(&source), Some(&wanted));
}

/// The statement that a fix adds takes over the conditions of another one and so what is wrong with
/// them; that is mended in both.
#[test]
fn what_a_fix_copies_is_mended_too() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:ScheduleKeyDeletion",
   "Resource": "*", "Condition": {
    "BoolIfExists": {"aws:MultiFactorAuthPresent": "true"},
    "NumericGreaterThanEquals": {"kms:ScheduleKeyDeletionPendingWindowInDays": "14"}}}
]}"#;
    let (_, _, before) = Checked::of_files(&[("policy.json".to_owned(), text.to_owned())]);
    let done = before.with(|engine| engine.repair(&before.findings, &asked, &|_| true));
    let titles: Vec<_> = done.done.iter().map(|proposal| &proposal.title).collect();
    assert_eq!(titles.len(), 3, "{titles:?}");
    let edited = done.files.values().next().unwrap();
    assert!(!edited.contains("BoolIfExists"), "{edited}");
    let of = |findings: &[Finding]| findings.iter().filter_map(asked).count();
    assert_eq!((of(&done.found), of(&done.remaining)), (2, 0));
}

fn asked(finding: &Finding) -> Option<FixKind> {
    let rules = ["cancel-by-nobody", "mfa-allow-open-to-access-keys"];
    rules
        .contains(&&*finding.rule)
        .then(|| kind(finding))
        .flatten()
}

/// A permission does not help against a denial: that is said of the fix, and it is not made.
#[test]
fn a_fix_that_leaves_its_finding_is_unsafe_and_not_made() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*Deletion",
   "Resource": "*"},
  {"Effect": "Deny", "Principal": "*", "Action": "kms:CancelKeyDeletion", "Resource": "*"}
]}"#;
    let (_, _, before) = Checked::of_files(&[("policy.json".to_owned(), text.to_owned())]);
    let proposed = before.propose(&asked).left;
    let [proposal] = proposed.as_slice() else {
        panic!("{proposed:?}");
    };
    let stays = Objection::Stays("cancel-by-nobody".into());
    assert_eq!(proposal.safety, Safety::Unsafe(vec![stays]));
    let done = before.with(|engine| engine.repair(&before.findings, &asked, &|_| true));
    assert!(done.done.is_empty() && done.files.is_empty());
    assert_eq!(done.left.len(), 1);
}

/// A statement is added for the same resources as another one, however that says it.
#[test]
fn an_added_statement_is_about_the_same() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/Admin"},
   "Action": "kms:ScheduleKeyDeletion",
   "NotResource": ["arn:aws:kms:us-east-1:111122223333:alias/*"],
   "Condition": {"NumericGreaterThanEquals": {"kms:ScheduleKeyDeletionPendingWindowInDays": "14"}}}
]}"#;
    let files = [("policy.json".to_owned(), text.to_owned())];
    let (discovery, overlay, before) = Checked::of_files(&files);
    let asked = |finding: &Finding| {
        let is_own = &*finding.rule == "cancel-by-nobody";
        is_own.then(|| kind(finding)).flatten()
    };
    let proposed = before.propose(&asked);
    let [proposal] = proposed.left.as_slice() else {
        panic!("{:?}", proposed.refused);
    };
    hold(&before, &discovery, &overlay, proposal);
    let policy: Json = serde_json::from_str(&made(&before, proposal)).unwrap();
    let statements = &policy["Statement"];
    assert_eq!(statements[1]["NotResource"], statements[0]["NotResource"]);
    assert_eq!(statements[1].get("Resource"), None);
}

const ADMINISTRATOR: &str = "arn:aws:iam::111122223333:user/KMSKeyAdmin";

/// The statement for key administrators of the KMS Developer Guide, with these actions more.
fn administrators(actions: &str) -> String {
    let statement = format!(
        r#"{{
  "Sid": "Allow access for Key Administrators",
  "Effect": "Allow",
  "Principal": {{"AWS": "{ADMINISTRATOR}"}},
  "Action": [
    "kms:Create*",
    "kms:Describe*",
    "kms:Enable*",
    "kms:List*",
    "kms:Put*",
    "kms:Update*",
    "kms:Revoke*",
    "kms:Disable*",
    "kms:Get*",
    "kms:Delete*"{actions}
  ],
  "Resource": "*"
}}"#
    );
    format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{statement}]}}\n")
}

/// Allows deletion, and holds what was promised; the proposal, and what is checked after it.
fn allowed(
    before: &Checked,
    files: &(Discovery, Overlay),
    request: &AllowDeletion,
) -> (Proposal, Checked) {
    let mut done = before.with(|engine| engine.allow(request)).done;
    assert_eq!(done.len(), 1);
    let proposal = done.remove(0);
    assert!(proposal.is_safe(), "{:?}", proposal.safety);
    let after = hold(before, &files.0, &files.1, &proposal);
    assert!(after.with(|engine| engine.allow(request)).done.is_empty());
    (proposal, after)
}

/// The example of the page `deleting-keys-adding-permission` of that guide.
#[test]
fn an_administrator_is_given_deletion_as_documented() {
    let files = [("policy.json".to_owned(), administrators(""))];
    let (discovery, overlay, before) = Checked::of_files(&files);
    let files = (discovery, overlay);
    let request = |minimum: Option<i64>| AllowDeletion {
        principal: ADMINISTRATOR.to_owned(),
        minimum: minimum.map(|days| PendingWindowInDays::new(days).unwrap()),
    };
    let (proposal, _) = allowed(&before, &files, &request(None));
    let documented = ",\n    \"kms:ScheduleKeyDeletion\",\n    \"kms:CancelKeyDeletion\"";
    assert_eq!(made(&before, &proposal), administrators(documented));

    let (proposal, after) = allowed(&before, &files, &request(Some(21)));
    let cancel = "\"kms:Delete*\",\n    \"kms:CancelKeyDeletion\"\n  ]";
    let edited = made(&before, &proposal);
    assert!(edited.contains(cancel), "{edited}");
    let gained = "denied → allowed with 21 to 30 days";
    let effects = effects(&proposal.effects, Named::Few);
    let is_told = effects.iter().any(|effect| effect.contains(gained));
    assert!(is_told, "{effects:?}");

    // What is there already is not narrowed by one more permission.
    let refused = after
        .with(|engine| engine.allow(&request(Some(30))))
        .refused;
    assert!(
        matches!(refused.as_slice(), [one] if one.input),
        "{refused:?}"
    );
}

/// A second run makes only what the first one left: what is unsafe on a file is not made in one run. What a
/// fix mended a part of, and what is only safe after another fix, the first one makes.
fn hold_second_run(after: &Checked, first: &Repaired) {
    let accept = |proposal: &Proposal| proposal.is_safe();
    let again = after.with(|engine| engine.repair(&after.findings, &kind, &accept));
    for finding in again.done.iter().flat_map(|proposal| &proposal.findings) {
        let mut left = first.left.iter().flat_map(|proposal| &proposal.findings);
        let is_left = left.any(|left| {
            let tells = |of: &Finding| (of.told(), of.identity.clone());
            let is_about = left.principals == finding.principals || tells(left) == tells(finding);
            left.rule == finding.rule && is_about
        });
        let mut refused = first.refused.iter();
        let is_refused = refused.any(|refused| *refused.rule == *finding.rule);
        assert!(is_left || is_refused, "{finding:?} was not left");
    }
}

/// What fixes say of their effects is what the difference says, and nothing safe fails its gate.
fn hold_against_difference(before: &Checked, after: &Checked, done: &Repaired) {
    let found = difference::between(before.side(), after.side(), EVERY);
    assert!(!found.fails(FAIL_ON_GAIN), "{found:#?}");
    let changes: Vec<_> = found.subjects.iter().flat_map(|of| &of.changes).collect();
    assert_eq!(done.totals.len(), 1);
    let total = done.totals.first().unwrap();
    let lines = effects(&total.effects, Named::All);
    let (last, lines) = lines.split_last().unwrap();
    assert_eq!(last == "no permission changes", changes.is_empty());
    for change in changes {
        let name = change.action.name();
        let of_action = |line: &&String| line.split([':', ',', ' ']).any(|word| word == name);
        let short = change.who.name.rsplit(':').next().unwrap();
        let told = lines.iter().filter(of_action);
        let told = told.filter(|line| line.contains(short)).count();
        assert!(told > 0, "{change:?} in {lines:#?}");
    }
}

/// Safe fixes of policies that nobody wrote do what they promise, too.
#[test]
fn safe_fixes_of_generated_policies_hold() {
    let (mut safe, mut sets) = (0, 0);
    for (number, request) in generate::Requests::new(23, true).take(900).enumerate() {
        let Some(policy) = request
            .get("key_policy")
            .filter(|policy| policy.is_object())
        else {
            continue;
        };
        // As itself, on one line, and as `aws kms get-key-policy` answers.
        let text = match number % 3 {
            0 => policy.to_string(),
            1 => serde_json::to_string_pretty(policy).unwrap(),
            _ => {
                let text = format!("{policy:#}");
                serde_json::json!({ "Policy": text, "PolicyName": "default" }).to_string()
            }
        };
        let (discovery, overlay, before) = Checked::of_files(&[("policy.json".to_owned(), text)]);
        // All of them together; on every fourth policy each by itself too.
        let accept = |proposal: &Proposal| proposal.is_safe();
        let done = before.with(|engine| engine.repair(&before.findings, &kind, &accept));
        for refused in &done.refused {
            assert!(!refused.reason.contains("AWS would refuse"), "{refused:?}");
        }
        safe += done.done.len();
        if number % 4 == 0 {
            let alone = before.propose(&kind).left;
            for proposal in alone.iter().filter(|proposal| proposal.is_safe()) {
                // What is said of fewer permissions than before, in other words, is no new finding.
                hold_by(Checked::of_rule, &before, (&discovery, &overlay), proposal);
            }
        }
        if done.files.is_empty() {
            continue;
        }
        sets += 1;
        let mut edited = overlay.clone();
        for text in done.files.values() {
            edited.put("example/policy.json", text.as_bytes());
        }
        let after = Checked::new(&discovery, &edited);
        assert_eq!(after.loaded.recognized, before.loaded.recognized);
        assert_eq!(after.loaded.errors.len(), before.loaded.errors.len());
        assert_eq!(after.findings.len(), done.remaining.len());
        hold_against_difference(&before, &after, &done);
        hold_second_run(&after, &done);
    }
    assert!(safe > 300 && sets > 200, "{safe} {sets}");
}

/// What came of real files.
#[derive(Debug, Default)]
struct Figures {
    findings: usize,
    fixable: usize,
    refused: usize,
    made: usize,
    files: usize,
    left: usize,
    /// Proposals of each kind, safe and unsafe.
    kinds: BTreeMap<&'static str, (usize, usize)>,
    refusals: BTreeMap<String, usize>,
}

impl Figures {
    fn add(&mut self, discovery: &Discovery) {
        let before = Checked::new(discovery, &Overlay::default());
        let outcome = before.propose(&kind);
        for proposal in &outcome.left {
            hold(&before, discovery, &Overlay::default(), proposal);
            let count = self.kinds.entry(proposal.kind.unwrap().name()).or_default();
            *(if proposal.is_safe() {
                &mut count.0
            } else {
                &mut count.1
            }) += 1;
        }
        let accept = |proposal: &Proposal| proposal.is_safe();
        let done = before.with(|engine| engine.repair(&before.findings, &kind, &accept));
        let mut overlay = Overlay::default();
        for (source, text) in &done.files {
            let file = before.loaded.sources.get(*source).unwrap();
            overlay.put(file.name(), text.as_bytes());
        }
        let after = Checked::new(discovery, &overlay);
        assert_eq!(after.loaded.errors.len(), before.loaded.errors.len());
        for finding in done.done.iter().flat_map(|proposal| &proposal.findings) {
            assert!(
                after.count(finding) < before.count(finding).max(1),
                "{finding:?}"
            );
        }
        hold_second_run(&after, &done);
        self.findings += before.findings.len();
        self.fixable += before
            .findings
            .iter()
            .filter(|finding| kind(finding).is_some())
            .count();
        self.refused += outcome.refused.len();
        for refused in outcome.refused {
            *self
                .refusals
                .entry(format!("{}: {}", refused.rule, refused.reason))
                .or_default() += 1;
        }
        self.made += done.done.len();
        self.files += done.files.len();
        self.left += after.findings.len();
    }
}

/// Real files, where they stand beside the checkout: every fix of each is made in memory.
#[test]
fn fixes_of_real_files_hold() {
    let corpus: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if !corpus.is_dir() {
        eprintln!("no corpus here");
        return;
    }
    let mut figures = Figures::default();
    let files = WalkDir::new(corpus).sort_by_file_name().into_iter();
    let files = files
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file());
    for file in files {
        figures.add(&Discovery {
            named: vec![file.into_path()],
            ..Discovery::default()
        });
    }
    eprintln!(
        "findings {}, of which {} with a kind of fix; refused {}; made one after the other {} in {} \
         files; findings then {}",
        figures.findings,
        figures.fixable,
        figures.refused,
        figures.made,
        figures.files,
        figures.left
    );
    for (kind, (safe, not_safe)) in &figures.kinds {
        eprintln!("  {kind}: {safe} safe, {not_safe} unsafe");
    }
    for (refusal, count) in &figures.refusals {
        eprintln!("  refused {count}: {refusal}");
    }
}
