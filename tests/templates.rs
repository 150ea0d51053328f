//! Templates are judged as what is made of them: each is rendered, and both must have the same
//! findings, as far as they do not depend on what was filled in.
#![expect(clippy::unwrap_used, reason = "tests")]

mod one_line;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use kmslint::facts::{FactMaker, Limits};
use kmslint::lint::run_all;
use kmslint::load::{Loaded, load_over};
use kmslint::rule::Catalogue;
use kmslint::text::{Discovery, Overlay};
use one_line::one_line;

const ACCOUNT: &str = "111122223333";

fn load(files: &[(String, String)]) -> Loaded {
    let mut overlay = Overlay::default();
    for (name, text) in files {
        overlay.put(Path::new(name), text.as_str());
    }
    let discovery = Discovery {
        found: overlay.paths().map(Path::to_path_buf).collect(),
        ..Discovery::default()
    };
    load_over(&discovery, &overlay)
}

/// The rules that find something in these files.
fn rules(files: &[(String, String)]) -> BTreeSet<String> {
    let loaded = load(files);
    assert!(loaded.errors.is_empty(), "{:?} {files:?}", loaded.errors);
    let facts = FactMaker::new(&loaded.inventory, &loaded.sources, Limits::default()).all();
    let found = run_all(&facts, Catalogue::builtin().unwrap());
    found
        .iter()
        .map(|finding| finding.rule.to_string())
        .collect()
}

/// A template with a placeholder for a role, one in an action and one in a value, and findings that have
/// fixes.
const TEMPLATE: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::${account_id}:root"},
   "Action":"kms:*","Resource":"*"},
  {"Sid":"Admin","Effect":"Allow","Principal":{"AWS":"${admin_role_arn}"},
   "Action":["kms:ScheduleKeyDeletion","kms:${more}"],"Resource":"*",
   "Condition":{"StringEquals":{"kms:ViaService":"${service}"}}}]}"#;

/// The exit code of a run over the template, and all that is said in one line.
fn program(name: &str, arguments: &[&str]) -> (i32, String) {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("template-{name}"));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("policy.json"), TEMPLATE).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(arguments)
        .current_dir(&directory)
        .output()
        .unwrap();
    let after = fs::read_to_string(directory.join("policy.json")).unwrap();
    // Whatever is added, what the template says stays.
    let said = TEMPLATE.strip_suffix("]}").unwrap();
    assert!(after.starts_with(said), "{arguments:?}: {after}");
    one_line(output)
}

#[test]
fn every_command_says_how_many_values_were_placeholders() {
    const SAID: &str = "4 values of the policies are placeholders of a template: what depends on what \
         will stand there is not known";
    const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const WHO: &str = "arn:aws:iam::111122223333:role/Admin";
    let (code, text) = program("check", &["check", "policy.json"]);
    assert!(
        code != 2 && text.contains("4 placeholders"),
        "{code}: {text}"
    );
    let (code, text) = program("fix", &["fix", "policy.json", "--only", "all"]);
    assert!(code != 2 && text.contains(SAID), "{code}: {text}");
    let (_, text) = program(
        "preflight",
        &["preflight", "--key", KEY, "--principal", WHO, "policy.json"],
    );
    assert!(text.contains(SAID), "{text}");
    let simulate = [
        "simulate",
        "--key",
        KEY,
        "--principal",
        WHO,
        "--key-policy",
        "policy.json",
    ];
    let (code, text) = program("simulate", &simulate);
    assert!(code == 1 && text.contains(SAID), "{code}: {text}");
    let (code, text) = program("json", &[&simulate[..], &["--format", "json"]].concat());
    assert!(
        code == 1 && text.contains("\"placeholders\": 4"),
        "{code}: {text}"
    );
}

#[test]
fn fix_writes_nothing_over_a_placeholder() {
    // Each run asserts that the statements of the template are as they were.
    for only in ["safe", "all"] {
        let (code, text) = program(only, &["fix", "policy.json", "--write", "--only", only]);
        assert!(code == 0 || text.contains("placeholder"), "{code}: {text}");
    }
}

fn file(text: &str) -> Vec<(String, String)> {
    vec![("policy.json".to_owned(), text.to_owned())]
}

/// How templates write an account that is yet to be filled in.
const STYLES: [&str; 17] = [
    "${account_id}",
    "${data.aws_caller_identity.current.account_id}",
    "${AWS::AccountId}",
    "${aws:accountId}",
    "$ACCOUNT",
    "$(ACCOUNT)",
    "<account-id>",
    "{{ account }}",
    "<%= account %>",
    "ACCOUNT_ID",
    "account-id",
    "%ACCOUNT%",
    "%s",
    "__ACCOUNT__",
    "@@ACCOUNT@@",
    "#{AWS::AccountId}",
    "{account}",
];

fn policy(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

const ROOT: &str = r#"{"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},
    "Action":"kms:*","Resource":"*"}"#;

#[test]
fn placeholder_account_is_judged_in_every_style() {
    let role = |actions: &str| {
        format!(
            r#"{{"Sid":"A","Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::111122223333:role/Admin"}},
            "Action":[{actions}],"Resource":"*"}}"#
        )
    };
    let deletion = role(r#""kms:ScheduleKeyDeletion","kms:PutKeyPolicy""#);
    let window = r#"{"Effect":"Deny","Principal":"*","Action":"kms:ScheduleKeyDeletion","Resource":"*",
        "Condition":{"NumericLessThan":{"kms:ScheduleKeyDeletionPendingWindowInDays":"30"}}}"#;
    for statements in [
        vec![&*deletion],
        vec![ROOT],
        vec![ROOT, &*role(r#""kms:*""#)],
        vec![ROOT, &*deletion, window],
        vec![window, &*role(r#""kms:Decrypt""#)],
    ] {
        let twin = policy(&statements.join(","));
        let wanted = rules(&file(&twin));
        for style in STYLES {
            let template = twin.replace(ACCOUNT, style);
            assert_eq!(rules(&file(&template)), wanted, "{style}");
        }
    }
}

/// `"Principal": {"AWS": "${admin_role_arn}"}` is one role.
#[test]
fn placeholder_arn_is_judged_as_one_role() {
    let with = |principal: &str| {
        file(&policy(&format!(
            r#"{ROOT},{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},
            "Action":["kms:ScheduleKeyDeletion","kms:Decrypt"],"Resource":"*"}}"#
        )))
    };
    let wanted = rules(&with("arn:aws:iam::111122223333:role/Admin"));
    assert!(
        wanted.contains("deletion-without-recovery") || wanted.len() > 1,
        "{wanted:?}"
    );
    for principal in [
        "${admin_role_arn}",
        "${aws_iam_role.admin.arn}",
        "{{ admin_role }}",
        "$ADMIN_ROLE",
        "ADMIN_ROLE_ARN",
        "<admin role>",
        "__ADMIN__",
        "arn:aws:iam::${account}:role/${admin}",
        "arn:aws:iam::111122223333:role/{{ admin }}",
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/Admin",
    ] {
        assert_eq!(rules(&with(principal)), wanted, "{principal}");
    }
}

/// The account of the placeholder may be the key's, and so may the other: only what holds either way is
/// reported.
#[test]
fn placeholder_account_beside_another_account_is_read_both_ways() {
    let role = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:role/Partner"},
        "Action":["kms:ScheduleKeyDeletion","kms:CancelKeyDeletion","kms:NoSuchAction"],"Resource":"*"}"#;
    let twin = policy(&[ROOT, role].join(","));
    let found = rules(&file(&twin));
    assert!(found.contains("cross-account-deletion"), "{found:?}");
    let template = rules(&file(&twin.replace(ACCOUNT, "${account_id}")));
    assert!(!template.contains("cross-account-deletion"), "{template:?}");
    assert!(
        !template.is_empty() && template.is_subset(&found),
        "{template:?}"
    );
}

const SAME: [&str; 5] = [
    "${account_id}",
    "{{ account }}",
    "ACCOUNT_ID",
    "%ACCOUNT%",
    "__ACCOUNT__",
];

#[test]
fn examples_of_rules_with_a_placeholder_account_have_the_findings_of_the_examples() {
    let catalogue = Catalogue::builtin().unwrap();
    let (mut tried, mut differing) = (0, Vec::new());
    for rule in catalogue.rules() {
        for example in &rule.examples() {
            let bare = |text: &str| {
                // Nobody writes a placeholder into what AWS answers or records.
                let of_aws = ["DetailList", "KeyMetadata", "\"Records\"", "KeyId"];
                let is_answer = of_aws.iter().any(|name| text.contains(name));
                text.contains(ACCOUNT) && !is_answer
            };
            if !example.files.iter().all(|(_, text)| bare(text)) {
                continue;
            }
            let wanted = rules(&example.files);
            for style in SAME {
                let template = example.files.iter();
                let template =
                    template.map(|(name, text)| (name.clone(), text.replace(ACCOUNT, style)));
                let found = rules(&template.collect::<Vec<_>>());
                tried += 1;
                for other in wanted.symmetric_difference(&found) {
                    differing.push(format!("{}:{} {style}: {other}", rule.id, example.line));
                }
            }
        }
    }
    assert!(tried > 400, "{tried}");
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
