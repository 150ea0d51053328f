//! Plans and states of Terraform: what must not pass, and what must never be shown.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What is sensitive in the fixtures, or in the documents below.
const SECRETS: [&str; 4] = ["c2VjcmV0", "zecret", "0utput", "pa55word"];

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(arguments)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    let all = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8(all).unwrap()
}

fn file(name: &str, content: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("terraform");
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join(name);
    fs::write(&path, content).unwrap();
    path
}

/// A plan with a secret in every place that Terraform has for one.
fn secretive() -> String {
    let policy = |sid: &str| {
        format!(
            r#"{{\"Version\":\"2012-10-17\",\"Statement\":{{\"Sid\":\"{sid}\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\"}}}}"#
        )
    };
    format!(
        r#"{{"format_version":"1.2","terraform_version":"1.11.4",
        "variables":{{"v":{{"value":"pa55word"}}}},
        "planned_values":{{"outputs":{{"o":{{"sensitive":true,"value":"pa55word"}}}},"root_module":{{}}}},
        "resource_changes":[
        {{"address":"aws_db_instance.d","mode":"managed","type":"aws_db_instance","name":"d","change":{{"actions":["create"],"before":null,"after":{{"password":"pa55word"}},"after_unknown":{{}},"after_sensitive":{{"password":true}}}}}},
        {{"address":"aws_kms_key.k","mode":"managed","type":"aws_kms_key","name":"k","change":{{"actions":["delete"],"before":{{"description":"pa55word","deletion_window_in_days":7,"policy":"{hidden}","tags_all":{{"a":"pa55word","b":"c"}}}},"after":null,"before_sensitive":{{"description":true,"policy":true,"tags_all":{{"a":true}}}}}}}},
        {{"address":"aws_kms_key.new","mode":"managed","type":"aws_kms_key","name":"new","change":{{"actions":["create"],"before":null,"after":{{"deletion_window_in_days":7,"policy":"{shown}"}},"after_unknown":{{"arn":true}},"after_sensitive":{{}}}}}},
        {{"address":"aws_kms_external_key.e","mode":"managed","type":"aws_kms_external_key","name":"e","change":{{"actions":["create"],"before":null,"after":{{"key_material_base64":"pa55word","deletion_window_in_days":8,"policy":"{hidden}"}},"after_unknown":{{"arn":true}},"after_sensitive":{{"policy":true}}}}}}],
        "output_changes":{{"o":{{"actions":["create"],"before":null,"after":"pa55word","after_sensitive":true}}}},
        "configuration":{{"provider_config":{{"aws":{{"expressions":{{"secret_key":{{"constant_value":"pa55word"}}}}}}}},"root_module":{{"variables":{{"v":{{"default":"pa55word","sensitive":true}}}}}}}}}}"#,
        hidden = policy("pa55word"),
        shown = policy("Open"),
    )
}

#[test]
fn secrets_are_shown_in_no_format() {
    let plan = file("secretive.json", &secretive());
    let cut = file("cut.json", secretive().trim_end_matches("}}}}}}"));
    let single = file("single.json", &secretive().replace('\n', ""));
    let mut commands: Vec<Vec<&str>> = [
        "human", "json", "sarif", "github", "gitlab", "junit", "markdown", "concise",
    ]
    .iter()
    .map(|format| vec!["check", "--format", format])
    .collect();
    commands.push(vec!["facts"]);
    commands.push(vec!["who-can", "--format", "json"]);
    commands.push(vec!["fix", "--diff"]);
    for path in [
        plan.to_str().unwrap(),
        cut.to_str().unwrap(),
        single.to_str().unwrap(),
        "fixtures/terraform/mixed.json",
        "fixtures/terraform/terraform.tfstate",
        "fixtures/terraform/one.json",
    ] {
        for command in &commands {
            let output = run(&[command.as_slice(), &[path]].concat());
            let text = text(&output);
            assert!(!text.is_empty(), "{command:?} {path}");
            for secret in SECRETS {
                assert!(
                    !text.contains(secret),
                    "{command:?} {path}: {secret}\n{text}"
                );
            }
        }
    }
    // What is not sensitive is judged, and shown.
    let output = run(&["check", "--format", "concise", plan.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let text = text(&output);
    for wanted in [
        "key-destroyed-by-plan",
        "deletion-open-to-anyone",
        "of 8 days",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
}

#[test]
fn what_is_no_plan_that_can_be_read_is_refused_with_the_command_to_run() {
    let cases = [
        (
            "tfplan",
            "PK\u{3}\u{4}\u{14}\0\u{8}\0\u{8}\0tfplan\0\0\0aws_kms_key".to_owned(),
        ),
        ("log.json", r#"{"@level":"info","@message":"x","@module":"terraform.ui","type":"planned_change"}"#.to_owned()),
        ("two.json", r#"{"format_version":"2.0","resource_changes":[]}"#.to_owned()),
        ("old.tfstate", r#"{"version":3,"terraform_version":"0.11.14","serial":1,"modules":[]}"#.to_owned()),
        (
            "nameless.json",
            r#"{"format_version":"1.2","resource_changes":[{"mode":"managed","type":"aws_kms_key","change":{"actions":["delete"],"before":{}}}]}"#.to_owned(),
        ),
        (
            "actionless.json",
            r#"{"format_version":"1.2","resource_changes":[{"address":"aws_kms_key.k","mode":"managed","type":"aws_kms_key","name":"k","change":{"before":{}}}]}"#.to_owned(),
        ),
    ];
    for (name, content) in cases {
        let path = file(name, &content);
        let output = run(&["check", path.to_str().unwrap()]);
        let text = text(&output);
        assert_eq!(output.status.code(), Some(2), "{name}\n{text}");
        assert!(text.contains("terraform show -json"), "{name}\n{text}");
    }
    let unknown = r#"{"format_version":"1.2","resource_changes":[{"address":"aws_kms_vault.k","mode":"managed","type":"aws_kms_vault","name":"k","change":{"actions":["delete"],"before":{}}}]}"#;
    let path = file("unknown.json", unknown);
    assert_eq!(
        run(&["check", path.to_str().unwrap()]).status.code(),
        Some(2)
    );
}

/// What each distinctive value of the policies below has in it.
const DISTINCTIVE: [&str; 2] = ["zecret", "987654321098"];

/// A policy, every value of which is distinctive, as a string of JSON.
fn distinctive(principal: &str, more: &str) -> String {
    let policy = format!(
        r#"{{"Version":"2012-10-17","Id":"zecretId","Statement":[{{"Sid":"zecretSid","Effect":"Allow",{principal}"Action":["kms:ScheduleKeyDeletion","kms:DisableKey"],"Resource":"*"}},
        {{"Sid":"zecretGate","Effect":"Allow",{principal}"Action":"kms:PutKeyPolicy","Resource":"*","Condition":{{"StringEquals":{{"aws:PrincipalTag/zecret-tag":"zecretValue"}},"Bool":{{"aws:zecret-key":"true"}}}}}}{more}]}}"#
    );
    serde_json::to_string(&policy).unwrap()
}

/// A plan in which every policy is sensitive: of a key, of a key's own resource, and of a role; `broken` also one
/// that AWS would not take.
fn sensitive_policies(broken: bool) -> String {
    let principal = r#""Principal":{"AWS":"arn:aws:iam::987654321098:role/zecretRole"},"#;
    let key = distinctive(principal, "");
    let identity = distinctive("", "");
    let other = if broken {
        distinctive(
            principal,
            r#",{"Sid":"zecretBroken","Effect":"Permit zecret"}"#,
        )
    } else {
        key.clone()
    };
    let change = |kind: &str, name: &str, after: String, marks: &str| {
        format!(
            r#"{{"address":"{kind}.{name}","mode":"managed","type":"{kind}","name":"{name}","change":{{"actions":["create"],"before":null,"after":{after},"after_unknown":{{"arn":true}},"after_sensitive":{marks}}}}}"#
        )
    };
    let changes = [
        change(
            "aws_kms_key",
            "own",
            format!(r#"{{"policy":{key},"deletion_window_in_days":7}}"#),
            r#"{"policy":true}"#,
        ),
        change(
            "aws_kms_key",
            "other",
            r#"{"deletion_window_in_days":8}"#.to_owned(),
            "{}",
        ),
        change(
            "aws_kms_key_policy",
            "apart",
            format!(
                r#"{{"policy":{other},"key_id":"arn:aws:kms:eu-west-1:111122223333:key/aaaabbbb-12ab-34cd-56ef-1234567890ab"}}"#
            ),
            r#"{"policy":true}"#,
        ),
        change(
            "aws_iam_role",
            "role",
            format!(
                r#"{{"name":"role","inline_policy":[{{"name":"zecretName","policy":{identity}}}]}}"#
            ),
            r#"{"inline_policy":[{"policy":true}]}"#,
        ),
        change(
            "aws_iam_policy",
            "policy",
            format!(r#"{{"name":"policy","policy":{identity}}}"#),
            r#"{"policy":true}"#,
        ),
    ];
    format!(
        r#"{{"format_version":"1.2","terraform_version":"1.11.4","resource_changes":[{}]}}"#,
        changes.join(",\n")
    )
}

/// What the program says, with one of these exit codes and without any distinctive value.
fn hiding(arguments: &[&str], codes: &[i32]) -> String {
    let output = run(arguments);
    let text = text(&output);
    assert!(!text.is_empty(), "{arguments:?}");
    let code = output.status.code().unwrap();
    assert!(codes.contains(&code), "{arguments:?}: {code}\n{text}");
    for secret in DISTINCTIVE {
        assert!(!text.contains(secret), "{arguments:?}: {secret}\n{text}");
    }
    text
}

#[test]
fn policies_that_are_sensitive_are_judged_and_never_shown() {
    let plan = file("sensitive.json", &sensitive_policies(false));
    let broken = file("sensitive-broken.json", &sensitive_policies(true));
    let (plan, broken) = (plan.to_str().unwrap(), broken.to_str().unwrap());
    for format in [
        "human", "json", "sarif", "github", "gitlab", "junit", "markdown", "concise",
    ] {
        let all = ["check", "--min-severity", "info", "--format", format];
        let text = hiding(&[&all[..], &[plan]].concat(), &[1]);
        for wanted in [
            "cross-account-deletion",
            "aws_kms_key.own",
            "aws_kms_key_policy.apart",
            "aws_iam_role.role.inline_policy[0]",
            "aws_iam_policy.policy",
            "short-waiting-period",
        ] {
            assert!(text.contains(wanted), "{format}: {wanted}\n{text}");
        }
        hiding(&[&all[..], &[broken]].concat(), &[2]);
    }
    hiding(&["check", "--verbose", "--statistics", plan], &[1]);
}

#[test]
fn policies_that_are_sensitive_are_shown_by_no_other_command() {
    let plan = file("sensitive-others.json", &sensitive_policies(false));
    let broken = file("sensitive-others-broken.json", &sensitive_policies(true));
    let nothing = r#"{"format_version":"1.2","resource_changes":[]}"#;
    let before = file("sensitive-before.json", nothing);
    let before = before.to_str().unwrap();
    for path in [plan.to_str().unwrap(), broken.to_str().unwrap()] {
        let refused: (&[&str], &[i32]) = (&[path], &[2]);
        let any: &[i32] = &[0, 1, 2];
        for (command, formats, (given, codes)) in [
            (
                "who-can",
                &["human", "json", "jsonl", "csv", "markdown"][..],
                refused,
            ),
            (
                "diff",
                &["human", "json", "markdown"],
                (&[before, path], &[2]),
            ),
            ("fix", &["human", "json"], (&[path], any)),
            (
                "preflight",
                &["human", "json", "markdown"],
                (&["--plan", path], any),
            ),
        ] {
            for format in formats {
                hiding(&[&[command, "--format", format], given].concat(), codes);
            }
        }
        hiding(&["fix", "--diff", path], any);
        hiding(&["facts", path], &[2]);
    }
}

#[test]
fn fingerprints_of_sensitive_policies_do_not_depend_on_what_they_say() {
    let plan = file("sensitive-baseline-plan.json", &sensitive_policies(false));
    let baseline = plan.with_file_name("sensitive-baseline.json");
    fs::remove_file(&baseline).unwrap_or_default();
    let (path, written) = (plan.to_str().unwrap(), baseline.to_str().unwrap());
    hiding(&["check", "--write-baseline", written, path], &[0]);
    let entries = fs::read_to_string(&baseline).unwrap();
    assert!(DISTINCTIVE.iter().all(|secret| !entries.contains(secret)));
    let other = sensitive_policies(false).replace("zecret", "other");
    fs::write(&plan, other.replace("987654321098", "987654321097")).unwrap();
    hiding(&["check", "--baseline", written, path], &[0]);
}

/// The keys of a plan with users and roles, as `who-can` says who can schedule their deletion.
fn who_can_delete(paths: &[&str]) -> Vec<(String, String)> {
    let output = run(&[&["who-can", "--no-config", "--format", "jsonl"], paths].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    let records = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let word = |record: &serde_json::Value, name: &str| {
        let value = record.get(name).and_then(serde_json::Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    records
        .filter(|record| word(record, "action") == "kms:ScheduleKeyDeletion")
        .map(|record| (word(&record, "principal"), word(&record, "decision")))
        .collect()
}

#[test]
fn principals_of_a_plan_can_do_what_its_policies_give_and_perhaps_more() {
    let plan = "fixtures/terraform/principals.json";
    let found = who_can_delete(&[plan]);
    for name in [
        "role/ci/deployer",
        "role/auditor",
        "role/owner",
        "user/alice",
    ] {
        let arn = format!("arn:aws:iam::111122223333:{name}");
        assert!(found.iter().any(|(of, _)| *of == arn), "{name}: {found:?}");
    }
    // Those of a role that goes, and of one of which the plan knows no ARN, are nobody's.
    for name in ["role/gone", "role/elsewhere"] {
        assert!(found.iter().all(|(of, _)| !of.ends_with(name)), "{found:?}");
    }
    // A plan never lists all of an account.
    let account = ("111122223333".to_owned(), "conditional".to_owned());
    assert!(found.contains(&account), "{found:?}");
}

#[test]
fn what_aws_lists_of_a_principal_holds_before_what_a_plan_says() {
    let plan = "fixtures/terraform/principals.json";
    let listing = r#"{"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[{"Path":"/","RoleName":"owner","RoleId":"AROAEXAMPLE1","Arn":"arn:aws:iam::111122223333:role/owner","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[]},"RolePolicyList":[],"AttachedManagedPolicies":[]}]}"#;
    let listing = file("listing.json", listing);
    let found = who_can_delete(&[plan, listing.to_str().unwrap()]);
    let has = |name: &str| found.iter().any(|(of, _)| of.ends_with(name));
    assert!(has("role/ci/deployer") && !has("role/owner"), "{found:?}");
    // The listing is of the whole account, and the plan adds to it.
    assert!(
        found.iter().all(|(of, _)| of != "111122223333"),
        "{found:?}"
    );
}

/// The key may be in another state, be named by what is not known, or be managed by nothing.
#[test]
fn the_policy_of_a_key_that_a_state_does_not_have_is_checked() {
    let policy = r#"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\"}}"#;
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    for (name, key_id) in [
        ("arn", format!(r#""key_id":"{key}","#)),
        (
            "id",
            r#""key_id":"1234abcd-12ab-34cd-56ef-1234567890ab","#.to_owned(),
        ),
        ("unknown", String::new()),
    ] {
        let shown = format!(
            r#"{{"format_version":"1.0","terraform_version":"1.11.4","values":{{"root_module":{{"resources":[
            {{"address":"aws_kms_key_policy.p","mode":"managed","type":"aws_kms_key_policy","name":"p",
            "provider_name":"registry.terraform.io/hashicorp/aws","schema_version":0,
            "values":{{{key_id}"policy":"{policy}"}},"sensitive_values":{{}}}}]}}}}}}"#
        );
        let written = format!(
            r#"{{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"l","outputs":{{}},"resources":[
            {{"mode":"managed","type":"aws_kms_key_policy","name":"p",
            "provider":"provider[\"registry.terraform.io/hashicorp/aws\"]",
            "instances":[{{"schema_version":0,"attributes":{{{key_id}"policy":"{policy}"}},"sensitive_attributes":[]}}]}}]}}"#
        );
        for (kind, state) in [("shown", shown), ("written", written)] {
            let path = file(&format!("{kind}-{name}.json"), &state);
            let found = run(&["check", "--format", "json", path.to_str().unwrap()]);
            assert_eq!(found.status.code(), Some(1), "{kind} {name}");
            let found = text(&found);
            assert!(
                found.contains(r#""rule": "deletion-open-to-anyone""#),
                "{found}"
            );
            let subject = match name {
                "arn" => key,
                "id" => "\"1234abcd-12ab-34cd-56ef-1234567890ab\"",
                _ => "aws_kms_key_policy.p\"",
            };
            assert!(found.contains(subject), "{found}");
        }
    }
}
