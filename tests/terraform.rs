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
