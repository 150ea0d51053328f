//! Every shape in which a policy, a key or a request may lie in a repository: what AWS does with it, what
//! becomes of it by its own path, and beside a good policy in a directory. Nothing may pass unseen.
#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "tests, of which most is a table"
)]

mod one_line;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use one_line::one_line;

/// What a run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    /// Read, and its finding closes the gate: 1.
    Finds,
    /// Not understood, or refused by AWS: 2.
    Refuses,
    /// Read and clean, or none of ours and told of: 0.
    Passes,
}

use Gate::{Finds, Passes, Refuses};

impl Gate {
    const fn code(self) -> i32 {
        match self {
            Passes => 0,
            Finds => 1,
            Refuses => 2,
        }
    }
}

/// One shape.
struct Shape {
    /// What AWS does with it.
    aws: &'static str,
    /// The file, from the top of its directory.
    name: &'static str,
    bytes: Vec<u8>,
    /// By its own path; nothing where it cannot be given so.
    alone: Option<Gate>,
    /// In a directory beside a good policy.
    beside: Gate,
    /// What must be said of it in the directory.
    says: &'static str,
}

/// A policy that anybody may use to delete the key.
const OPEN: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Open","Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}]}"#;
const STATEMENT: &str =
    r#"{"Sid":"Open","Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}"#;
const GOOD: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}"#;
const IAM: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:NoSuchAction","Resource":"*"}]}"#;
const BUCKET: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;
const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

fn utf_16(text: &str, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    let units = mark.into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn base64(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn shape(
    aws: &'static str,
    name: &'static str,
    bytes: impl Into<Vec<u8>>,
    (alone, beside): (Gate, Gate),
    says: &'static str,
) -> Shape {
    Shape {
        aws,
        name,
        bytes: bytes.into(),
        alone: Some(alone),
        beside,
        says,
    }
}

const FOUND: &str = "deletion-open-to-anyone";
const READ: (Gate, Gate) = (Finds, Finds);
const BROKEN: (Gate, Gate) = (Refuses, Refuses);
const NOT_OURS: (Gate, Gate) = (Refuses, Passes);

/// Policies that AWS takes as they stand, wherever they lie.
fn policies() -> Vec<Shape> {
    let takes = "put-key-policy takes it";
    let plain = |name| shape(takes, name, OPEN, READ, FOUND);
    let mut shapes: Vec<_> = [
        "a.json",
        "A.JSON",
        "policy",
        "key.policy",
        "policy.txt",
        "policy.md",
        "policy.tpl",
        "policy.json.bak",
        "policy.json.j2",
        ".policy",
        ".hidden.json",
        "a b.json",
        "é.json",
        ".github/kms/a.json",
        ".aws/a.json",
        ".config/deep/er/a.json",
        "build/a.json",
        "vendor/a.json",
        "target/a.json",
        "dist/a.json",
        "test/fixtures/a.json",
    ]
    .into_iter()
    .map(plain)
    .collect();
    let blanks = format!("{}{OPEN}", " ".repeat(65));
    let lines = format!("{}{OPEN}\n\n", "\r\n\t".repeat(40_000));
    let escaped = OPEN
        .replace("Statement", "\\u0053tatement")
        .replace("kms", "\\u006bms");
    let pretty: serde_json::Value = serde_json::from_str(OPEN).unwrap();
    let single = format!(r#"{{"Version":"2012-10-17","Statement":{STATEMENT}}}"#);
    let no_version = format!(r#"{{"Statement":[{STATEMENT}]}}"#);
    for (name, text) in [
        ("spaces.policy", blanks),
        ("lines.policy", lines),
        ("escaped.json", escaped),
        (
            "pretty.json",
            serde_json::to_string_pretty(&pretty).unwrap(),
        ),
        ("single.json", single),
        ("no-version.json", no_version),
        ("upper.json", OPEN.replace("kms:*", "KMS:*")),
        ("star-vendor.json", OPEN.replace("kms:*", "k?s:*")),
        (
            "id.json",
            OPEN.replace(r#""Version""#, r#""Id":"x","Version""#),
        ),
        ("other-resource.json", OPEN.replace(r#""Sid":"Open","#, "")),
    ] {
        shapes.push(shape(takes, name, text, READ, FOUND));
    }
    shapes
}

/// Answers and requests of the AWS CLI, and what people make of them.
fn answers() -> Vec<Shape> {
    let policy = quoted(OPEN);
    let mut shapes = Vec::new();
    for (aws, name, text) in [
        (
            "get-key-policy answers so",
            "answer.json",
            format!(r#"{{"Policy":{policy},"PolicyName":"default"}}"#),
        ),
        (
            "older CLIs answer so",
            "older.json",
            format!(r#"{{"Policy":{policy}}}"#),
        ),
        (
            "boto3 answers so",
            "boto3.json",
            format!(r#"{{"Policy":{policy},"ResponseMetadata":{{}}}}"#),
        ),
        (
            "the API answers so",
            "encoded.json",
            format!(r#"{{"Policy":"{}"}}"#, percent_encoded(OPEN)),
        ),
        ("--query Policy answers so", "string.json", policy.clone()),
        (
            "--output text answers so",
            "text",
            format!("{OPEN}\tdefault"),
        ),
        (
            "somebody wrote more into an answer",
            "extra.json",
            format!(r#"{{"Policy":{policy},"PolicyName":"default","KeyId":"{ID}"}}"#),
        ),
        (
            "somebody wrote more into an answer",
            "more.json",
            format!(r#"{{"Policy":{policy},"fetched":"2026-01-01"}}"#),
        ),
        (
            "somebody decoded an answer",
            "decoded.json",
            format!(r#"{{"Policy":{OPEN},"PolicyName":"default"}}"#),
        ),
        (
            "put-key-policy takes it",
            "put.json",
            format!(r#"{{"KeyId":"{ID}","PolicyName":"default","Policy":{policy}}}"#),
        ),
        (
            "put-key-policy takes it",
            "put-short.json",
            format!(r#"{{"KeyId":"alias/a","Policy":{policy}}}"#),
        ),
        (
            "put-key-policy takes it",
            "bypass.json",
            format!(
                r#"{{"KeyId":"{ID}","Policy":{policy},"BypassPolicyLockoutSafetyCheck":true}}"#
            ),
        ),
        (
            "create-key takes it",
            "create.json",
            format!(r#"{{"Policy":{policy},"Description":"x"}}"#),
        ),
        (
            "create-key takes it",
            "create-tags.json",
            format!(
                r#"{{"Policy":{policy},"Tags":[{{"TagKey":"a","TagValue":"b"}}],"KeySpec":"RSA_2048","KeyUsage":"SIGN_VERIFY"}}"#
            ),
        ),
        (
            "replicate-key takes it",
            "replicate.json",
            format!(
                r#"{{"KeyId":"mrk-1234abcd12ab34cd56ef1234567890ab","ReplicaRegion":"us-west-2","Policy":{policy}}}"#
            ),
        ),
        (
            "describe-key answers with less",
            "describe.json",
            format!(r#"{{"KeyMetadata":{{"KeyId":"{ID}"}},"Policy":{policy}}}"#),
        ),
        (
            "describe-key answers with less",
            "describe-name.json",
            format!(r#"[{{"KeyMetadata":{{"KeyId":"{ID}"}}}},{{"Policy":{policy}}}]"#),
        ),
    ] {
        shapes.push(shape(aws, name, text, READ, FOUND));
    }
    let bom = format!("\u{feff}{{\"Policy\":{policy},\"PolicyName\":\"default\"}}");
    shapes.push(shape(
        "the CLI wrote it, a shell the mark",
        "bom-answer.json",
        bom,
        READ,
        FOUND,
    ));
    let twice = format!("{OPEN}\n{OPEN}");
    shapes.push(shape(
        "refuses two documents",
        "appended.json",
        twice,
        READ,
        FOUND,
    ));
    let lines = format!("{{\"Policy\":{policy}}}\n{{\"Policy\":{policy}}}\n");
    shapes.push(shape(
        "answers, appended",
        "answers.jsonl",
        lines,
        READ,
        FOUND,
    ));
    shapes
}

/// Policies in something else.
fn wrapped() -> Vec<Shape> {
    let aws = "no call takes it; a script that unwraps it makes one";
    let policy = quoted(OPEN);
    let texts = [
        ("array.json", format!("[{OPEN}]")),
        ("array-two.json", format!("[{GOOD},{OPEN}]")),
        ("policy.json", format!(r#"{{"policy":{OPEN}}}"#)),
        ("policy-text.json", format!(r#"{{"policy":{policy}}}"#)),
        ("KeyPolicy.json", format!(r#"{{"KeyPolicy":{OPEN}}}"#)),
        (
            "key_policy.json",
            format!(r#"{{"key_policy":{policy},"alias":"a"}}"#),
        ),
        (
            "document.json",
            format!(r#"{{"name":"a","PolicyDocument":{OPEN}}}"#),
        ),
        ("statements.json", format!("[{STATEMENT}]")),
        ("statement.json", STATEMENT.to_owned()),
        ("named.json", format!(r#"{{"rules":[{STATEMENT}]}}"#)),
        (
            "deep.json",
            format!(r#"{{"keys":[{{"name":"a","settings":{{"policy":{OPEN}}}}}]}}"#),
        ),
        (
            "map.json",
            format!(r#"{{"payments":{OPEN},"audit":{GOOD}}}"#),
        ),
        (
            "config-item.json",
            format!(r#"{{"resourceType":"x","supplementaryConfiguration":{{"Policy":{policy}}}}}"#),
        ),
        (
            "terraform-style.json",
            format!(r#"{{"policy":[{{"Version":"2012-10-17","Statement":[{STATEMENT}]}}]}}"#),
        ),
    ];
    let of = |(name, text)| shape(aws, name, text, READ, FOUND);
    texts.into_iter().map(of).collect()
}

/// What AWS refuses as it stands, and what can be read only in part.
fn broken() -> Vec<Shape> {
    let lower = OPEN.replace("Statement", "statement");
    let effect = OPEN.replace(r#""Effect""#, r#""effect""#);
    let comma = OPEN.replace("]}", ",]}");
    let typo = OPEN.replace("Statement", "Statment");
    let comment = format!("// the payments key\n{OPEN}");
    let inside = OPEN.replace(r#""Action""#, "/* all */ \"Action\"");
    let hash = format!("# the payments key\n{OPEN}");
    let single = OPEN.replace('"', "'");
    let bare = OPEN.replace(r#"{"AWS":"*"}"#, "${principal}");
    let bare_resource = OPEN.replace(r#""Resource":"*""#, r#""Resource":{{ arn }}"#);
    let jinja = format!("{{% set a = 1 %}}\n{}", OPEN.replace("\"*\"", "{{ a }}"));
    let unquoted = OPEN.replace(r#""Statement""#, "Statement");
    let cut = OPEN.get(..90).unwrap();
    let trailing = format!("{OPEN} x");
    let front = format!("---\n{}", OPEN.replace("]}", ",]}"));
    let duplicate = OPEN.replace(r#""Effect":"Allow""#, r#""Effect":"Deny","Effect":"Allow""#);
    let extra = OPEN.replace(r#""Version""#, r#""Comment":"x","Version""#);
    let account = OPEN.replace(r#""*"}"#, r#""arn:aws:iam::11112222333:root"}"#);
    let describe = r#"{"KeyMetadata": {"KeyId": "a",}}"#.to_owned();
    let mut shapes = Vec::new();
    let aws = "refuses it";
    for (name, text) in [
        ("lower.json", lower),
        ("typo.json", typo),
        ("effect.json", effect),
        ("comma.json", comma.clone()),
        ("comma.policy", comma),
        ("comment.json", comment.clone()),
        ("comment", comment),
        ("inside.jsonc", inside),
        ("hash.json", hash.clone()),
        ("hash.policy", hash),
        ("single.json5", single),
        ("bare.json.tpl", bare.clone()),
        ("bare.json", bare),
        ("bare-resource.tmpl", bare_resource),
        ("jinja.json.j2", jinja),
        ("unquoted.json5", unquoted),
        ("cut.json", cut.to_owned()),
        ("cut.policy", cut.to_owned()),
        ("trailing.json", trailing),
        ("front.json", front),
        ("duplicate.json", duplicate),
        ("extra.json", extra),
        ("account.json", account),
        ("describe.json", describe),
    ] {
        shapes.push(shape(aws, name, text, BROKEN, "error"));
    }
    let policy = quoted(OPEN);
    let block = "Statement:\n- Effect: Allow\n  Principal: '*'\n  Action: kms:*\n  Resource: '*'\n";
    let nested = format!(
        "keys:\n  a:\n    policy:\n      {}",
        block.replace('\n', "\n      ")
    );
    let hcl = "inputs = {\n  policy = jsonencode({ Statement = [{ Principal = \"*\", Action = \"kms:*\" }] })\n}\n";
    let document = "data \"aws_iam_policy_document\" \"kms\" {\n  statement {\n    actions = [\"kms:*\"]\n    principals {\n      type = \"*\"\n    }\n  }\n}\n";
    let in_other = "not read";
    for (aws, name, text) in [
        (
            "no call takes YAML",
            "policy.yaml",
            format!("Version: '2012-10-17'\n{block}"),
        ),
        ("a tool makes JSON of it", "nested.yaml", nested),
        (
            "a tool makes JSON of it",
            "flow.yml",
            format!("policy: {OPEN}\n"),
        ),
        (
            "--cli-input-yaml takes it",
            "put.yaml",
            format!("KeyId: {ID}\nPolicy: |\n  {OPEN}\n"),
        ),
        (
            "a controller reads it",
            "configmap.yaml",
            format!("kind: ConfigMap\ndata:\n  p.json: |\n    {OPEN}\n"),
        ),
        (
            "Terragrunt makes JSON of it",
            "terragrunt.hcl",
            hcl.to_owned(),
        ),
        (
            "Terraform makes JSON of it",
            "document.tf",
            document.to_owned(),
        ),
        (
            "Terraform makes JSON of it",
            "kms.tfvars",
            format!("key_policy = <<EOF\n{OPEN}\nEOF\n"),
        ),
        ("a shell reads it", ".env", format!("KEY_POLICY='{OPEN}'\n")),
        (
            "no call takes it",
            "settings.ini",
            format!("[kms]\npolicy = {OPEN}\n"),
        ),
        (
            "no call takes it",
            "settings.xml",
            format!("<policy>{OPEN}</policy>\n"),
        ),
        (
            "no call takes it",
            "words.json",
            format!("The policy:\n{OPEN}\n"),
        ),
        (
            "a script that parses twice makes one",
            "twice.json",
            quoted(&policy),
        ),
        (
            "a script that parses twice makes one",
            "body.json",
            format!(
                r#"{{"body":{}}}"#,
                quoted(&format!(r#"{{"Policy":{policy}}}"#))
            ),
        ),
        (
            "Cloud Control takes it",
            "desired.json",
            format!(
                r#"{{"TypeName":"AWS::KMS::Key","DesiredState":{}}}"#,
                quoted(&format!(r#"{{"KeyPolicy":{OPEN}}}"#))
            ),
        ),
        (
            "create-stack takes it",
            "stack-request.json",
            format!(
                r#"{{"TemplateBody":{}}}"#,
                quoted(r#"{"Resources":{"K":{"Type":"AWS::KMS::Key"}}}"#)
            ),
        ),
        (
            "the CDK writes it",
            "tree.json",
            r#"{"tree":{"attributes":{"aws:cdk:cloudformation:type":"AWS::KMS::Key"}}}"#.to_owned(),
        ),
    ] {
        shapes.push(shape(aws, name, text, BROKEN, in_other));
    }
    let wide: Vec<u8> = OPEN
        .chars()
        .flat_map(|c| u32::from(c).to_le_bytes())
        .collect();
    shapes.push(shape(aws, "utf32.json", wide, BROKEN, "UTF-32"));
    let bom = format!("\u{feff}{OPEN}");
    shapes.push(shape(
        aws,
        "bom.json",
        bom.clone(),
        BROKEN,
        "byte-order mark",
    ));
    shapes.push(shape(aws, "bom.policy", bom, BROKEN, "byte-order mark"));
    shapes.push(shape(
        aws,
        "utf16.json",
        utf_16(OPEN, true),
        BROKEN,
        "UTF-16",
    ));
    shapes.push(shape(
        aws,
        "utf16.policy",
        utf_16(OPEN, true),
        BROKEN,
        "UTF-16",
    ));
    shapes.push(shape(
        aws,
        "utf16-bare.json",
        utf_16(OPEN, false),
        BROKEN,
        "UTF-16",
    ));
    let latin: Vec<u8> = OPEN
        .replace("Open", "Schl#ssel")
        .bytes()
        .map(|b| if b == b'#' { 0xfc } else { b })
        .collect();
    shapes.push(shape(aws, "latin1.policy", latin, BROKEN, "not UTF-8"));
    let failed =
        "\nAn error occurred (AccessDeniedException) when calling the GetKeyPolicy operation: no\n";
    shapes.push(shape(
        "the call failed",
        "failed.json",
        failed,
        BROKEN,
        "an error of the AWS CLI",
    ));
    shapes.push(shape(
        "the call failed",
        "empty.json",
        "",
        BROKEN,
        "the file is empty",
    ));
    shapes.push(shape(
        "the call failed",
        "blank.json",
        " \n",
        BROKEN,
        "the file is empty",
    ));
    shapes
}

/// Templates and manifests that make keys: read by no call, deployed by a tool.
fn templates() -> Vec<Shape> {
    let aws = "its tool makes the key";
    let resource = format!(r#"{{"Type":"AWS::KMS::Key","Properties":{{"KeyPolicy":{OPEN}}}}}"#);
    let texts = [
        (
            "cfn.json",
            format!(
                r#"{{"AWSTemplateFormatVersion":"2010-09-09","Resources":{{"Key":{resource}}}}}"#
            ),
        ),
        (
            "bare.template",
            format!(r#"{{"Resources":{{"Key":{resource}}}}}"#),
        ),
        (
            "cfn.yaml",
            "Resources:\n  Key:\n    Type: AWS::KMS::Key\n".to_owned(),
        ),
        (
            "cfn.yml",
            "Resources:\n  Key:\n    Type: \"AWS::KMS::ReplicaKey\"\n".to_owned(),
        ),
        (
            "stack.template",
            "---\nResources:\n  Key: {Type: 'AWS::KMS::Key'}\n".to_owned(),
        ),
        (
            "stack.yaml.j2",
            "{% if x %}\nResources:\n  Key:\n    Type: AWS::KMS::Key\n{% endif %}\n".to_owned(),
        ),
        (
            "Stack",
            "# comment\nResources:\n  Key:\n    Type: >-\n      AWS::KMS::Key\n".to_owned(),
        ),
        (
            "main.tf",
            "resource \"aws_kms_key\" \"k\" {\n}\n".to_owned(),
        ),
        ("main.tofu", "resource aws_kms_key k {}\n".to_owned()),
        (
            "main.tf.tmpl",
            "x = 1\n  resource  \"aws_kms_external_key\" \"k\" {\n".to_owned(),
        ),
        (
            "main.tf.json",
            r#"{"resource":{"aws_kms_key":{"k":{"policy":"{}"}}}}"#.to_owned(),
        ),
        (
            "Pulumi.yaml",
            "resources:\n  key:\n    type: aws:kms:Key\n".to_owned(),
        ),
        (
            "stack.json",
            r#"{"deployment":{"resources":[{"type":"aws:kms/key:Key"}]}}"#.to_owned(),
        ),
        (
            "crossplane.yaml",
            "apiVersion: kms.aws.upbound.io/v1beta1\nkind: Key\n".to_owned(),
        ),
        (
            "ack.yaml",
            "apiVersion: kms.services.k8s.aws/v1alpha1\nkind: Key\n".to_owned(),
        ),
        (
            "playbook.yml",
            "- hosts: all\n  tasks:\n    - amazon.aws.kms_key:\n        alias: a\n".to_owned(),
        ),
        (
            "escape-cfn.yaml",
            "Resources:\n  K:\n    Type: \"\\x41WS::KMS::Key\"\n".to_owned(),
        ),
        (
            "number-cfn.yaml",
            "Resources:\n  \"K #1\": {Type: AWS::KMS::Key}\n".to_owned(),
        ),
        (
            "comment.json",
            format!("// generated\n{{\"Resources\":{{\"Key\":{resource}}}}}"),
        ),
    ];
    let of = |(name, text)| match name {
        "cfn.json" | "bare.template" => shape(aws, name, text, READ, "deletion-open-to-anyone"),
        "cfn.yaml" | "cfn.yml" | "stack.template" | "Stack" | "escape-cfn.yaml"
        | "number-cfn.yaml" => shape(aws, name, text, (Passes, Passes), "key-not-retained"),
        _ => shape(aws, name, text, BROKEN, "such files are not read"),
    };
    texts.into_iter().map(of).collect()
}

/// A property list of XML with these keys, and a principal between them.
fn property_list(first: (&str, &str), second: (&str, &str)) -> String {
    let pair = |(key, value)| format!("<key>{key}</key>\n<string>{value}</string>\n");
    format!(
        "<plist version=\"1.0\">\n<dict>\n{}{}{}</dict>\n</plist>\n",
        pair(first),
        pair(("Principal", "*")),
        pair(second),
    )
}

/// A notebook of Jupyter with one cell, which has its lines in a list.
fn notebook(source: &str) -> String {
    let lines: Vec<_> = source.split_inclusive('\n').collect();
    let cell = serde_json::json!({"cell_type": "code", "source": lines});
    serde_json::json!({"cells": [cell], "nbformat": 4}).to_string()
}

/// Plans and states of Terraform, which are read.
fn of_terraform() -> Vec<Shape> {
    let policy = quoted(OPEN);
    let values = format!(
        r#"{{"root_module":{{"resources":[{{"address":"aws_kms_key.k","mode":"managed","type":"aws_kms_key","name":"k","values":{{"policy":{policy}}}}}]}}}}"#
    );
    let change =
        format!(r#""change":{{"actions":["create"],"before":null,"after":{{"policy":{policy}}}}}"#);
    let texts = [
        (
            "tfplan.json",
            format!(
                r#"{{"format_version":"1.2","resource_changes":[{{"address":"aws_kms_key.k","mode":"managed","type":"aws_kms_key","name":"k",{change}}}]}}"#
            ),
        ),
        (
            "values.json",
            format!(r#"{{"format_version":"0.1","planned_values":{values}}}"#),
        ),
        (
            "state.json",
            format!(r#"{{"format_version":"1.0","terraform_version":"1.9.0","values":{values}}}"#),
        ),
        (
            "terraform.tfstate",
            format!(
                r#"{{"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"a","outputs":{{}},"resources":[{{"mode":"managed","type":"aws_kms_key","name":"k","provider":"p","instances":[{{"attributes":{{"policy":{policy}}}}}]}}]}}"#
            ),
        ),
    ];
    let each = texts.into_iter();
    each.map(|(name, text)| shape("its tool makes the key", name, text, READ, FOUND))
        .collect()
}

/// Policies in the languages that people write configurations in: their tools make JSON of them, and nobody
/// else can.
fn languages() -> Vec<Shape> {
    let pretty: serde_json::Value = serde_json::from_str(OPEN).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap();
    let inside = |spaces: usize| pretty.replace('\n', &format!("\n{}", " ".repeat(spaces)));
    let object = "{ Version: '2012-10-17', Statement: [ { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' } ] }";
    let hcl = r#"{ Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:*" }] }"#;
    let block = "Statement:\n      - Effect: Allow\n        Principal: {AWS: '*'}\n        Action: ['kms:*']\n";
    let texts = [
        (
            "put",
            format!("#!/bin/sh\naws kms put-key-policy --policy '{OPEN}'\n"),
        ),
        (
            "heredoc",
            format!("#!/bin/sh\ncat > p.json <<'EOF'\n{pretty}\nEOF\n"),
        ),
        (
            "Makefile",
            format!("POLICY='{OPEN}'\nput:\n\techo $(POLICY)\n"),
        ),
        ("Dockerfile", format!("RUN echo '{OPEN}' > p.json\n")),
        (
            "Jenkinsfile",
            format!("sh 'aws kms put-key-policy --policy {OPEN}'\n"),
        ),
        (
            ".github/workflows/a.yml",
            format!(
                "jobs:\n  a:\n    steps:\n    - run: |\n        {}\n",
                inside(8)
            ),
        ),
        (
            "play.yml",
            format!("- hosts: all\n  vars:\n    policy: '{OPEN}'\n"),
        ),
        (
            "values.yaml",
            format!("kms:\n  policy: |\n    {}\n", inside(4)),
        ),
        ("folded.yaml", format!("policy: >\n  {}\n", inside(2))),
        ("keys.yaml", format!("kms:\n  keyPolicy:\n    {block}")),
        (
            "quoted.yaml",
            "\"Statement\":\n  - \"Principal\": \"*\"\n    \"Action\": \"kms:*\"\n".into(),
        ),
        (
            "alias.yaml",
            "x: &s\n  - Principal: '*'\n    Action: kms:*\nStatement: *s\n".into(),
        ),
        (
            "lower.yaml",
            "policy:\n  statement:\n  - effect: Allow\n    principal: '*'\n    action: kms:*\n"
                .into(),
        ),
        (
            "kustomization.yaml",
            format!("configMapGenerator:\n- literals:\n  - policy={OPEN}\n"),
        ),
        (
            "Pulumi.dev.yaml",
            format!("config:\n  keys:policy: '{OPEN}'\n"),
        ),
        ("key.jsonnet", format!("local a = 1;\n{object}\n")),
        ("key.cue", format!("package x\n\nkey: {object}\n")),
        (
            "module.tf",
            format!("module \"k\" {{\n  policy = jsonencode({hcl})\n}}\n"),
        ),
        ("policy.rego", format!("package x\np := {OPEN}\n")),
        ("policy.toml", format!("policy = '''{OPEN}'''\n")),
        (
            "tables.toml",
            "[[Statement]]\nEffect = \"Allow\"\nPrincipal = \"*\"\nAction = \"kms:*\"\n".into(),
        ),
        (
            "policies.csv",
            format!("name,policy\nkey,\"{}\"\n", OPEN.replace('"', "\"\"")),
        ),
        ("policies.tsv", format!("key\t{OPEN}\n")),
        ("mail.eml", format!("Subject: key\n\n{OPEN}\n")),
        (
            "key.pkl",
            "policy {\n  Statement {\n    new {\n      Effect = \"Allow\"\n      Principal = \"*\"\n      Action = \"kms:*\"\n    }\n  }\n}\n".into(),
        ),
        ("text.pkl", format!("policy = \"\"\"\n{pretty}\n\"\"\"\n")),
        ("key.plist", property_list(("Effect", "Allow"), ("Action", "kms:*"))),
        (
            "described.plist",
            property_list(("KeyMetadata", ""), ("KeyState", "PendingDeletion")),
        ),
        ("text.plist", format!("<plist><string>{OPEN}</string></plist>\n")),
        (
            "entities.xml",
            format!("<policy>{}</policy>\n", OPEN.replace('"', "&quot;")),
        ),
        (
            "elements.xml",
            "<Statement><Effect>Allow</Effect><Principal>*</Principal><Action>kms:*</Action></Statement>\n".into(),
        ),
        (
            "key.properties",
            "a.Statement[0].Effect=Allow\na.Statement[0].Principal=*\na.Statement[0].Action=kms:*\n".into(),
        ),
        ("text.properties", format!("policy={OPEN}\n")),
        (
            "escaped.properties",
            format!("policy={}\n", OPEN.replace(':', "\\:")),
        ),
        (
            "described.properties",
            "KeyMetadata.KeyId=1234abcd\nKeyMetadata.KeyState=PendingDeletion\n".into(),
        ),
        (
            "described.yaml",
            "KeyMetadata:\n  KeyId: 1234abcd\n  KeyState: PendingDeletion\n".into(),
        ),
        (
            "statements.yaml",
            "policy:\n- Effect: Allow\n  Principal: '*'\n  Action: kms:*\n".into(),
        ),
        (
            "module.tfvars",
            "key_statements = [{\n  actions = [\"kms:*\"]\n  principals = [{ type = \"*\", identifiers = [\"*\"] }]\n}]\n".into(),
        ),
        (
            "table.toml",
            "[policy.Statement]\nEffect = \"Allow\"\nPrincipal = \"*\"\nAction = \"kms:*\"\n".into(),
        ),
        (
            "section.ini",
            "[Statement]\nEffect=Allow\nPrincipal=*\nAction=kms:*\n".into(),
        ),
        (
            "key.kdl",
            "Statement {\n  Effect \"Allow\"\n  Principal \"*\"\n  Action \"kms:*\"\n}\n".into(),
        ),
        (
            "key.textproto",
            "statement { effect: \"Allow\" principal: \"*\" action: \"kms:*\" }\n".into(),
        ),
        (
            "short.cue",
            "policy: Statement: [{Effect: \"Allow\", Principal: \"*\", Action: \"kms:*\"}]\n".into(),
        ),
        ("percent.conf", format!("policy={}\n", percent_encoded(OPEN))),
        (
            "lines.b64",
            base64(&pretty).split_inclusive('J').collect::<Vec<_>>().join("\n"),
        ),
        ("source.ipynb", notebook(&format!("kms.put_key_policy(Policy='''{OPEN}''')"))),
        ("lines.ipynb", notebook(&pretty)),
        (
            "scripts.json",
            format!("{{\"put\":{}}}", quoted(&format!("aws kms put-key-policy --policy '{OPEN}'"))),
        ),
        (
            "yaml.json",
            format!("{{\"body\":{}}}", quoted("Statement:\n- Effect: Allow\n  Principal: '*'\n  Action: kms:*\n")),
        ),
        (
            "snake.json",
            r#"{"statements_of_key":{"a":{"effect":"Allow","principals":[{"type":"*"}],"actions":["kms:*"]}}}"#.into(),
        ),
    ];
    let aws = "a tool makes JSON of it";
    let mut shapes: Vec<_> = texts
        .into_iter()
        .map(|(name, text)| shape(aws, name, text, BROKEN, "not read"))
        .collect();
    for (name, text) in [
        (
            "loop.tpl",
            format!("{{\"Statement\":[\n%{{ for p in ps ~}}\n{STATEMENT},\n%{{ endfor ~}}\n]}}"),
        ),
        (
            "key.gotmpl",
            format!("{{{{- define \"p\" }}}}\n{OPEN}\n{{{{- end }}}}"),
        ),
        ("key.mustache", format!("{{{{#p}}}}{OPEN}{{{{/p}}}}")),
        ("flow.json", object.to_owned()),
        ("key.libsonnet", format!("{{ policy:: {object} }}\n")),
        ("key.dhall", hcl.to_owned()),
        ("key.nix", hcl.replace(',', ";")),
        (
            "registry.tf",
            "module \"k\" {\n  source = \"terraform-aws-modules/kms/aws\"\n}\n".to_owned(),
        ),
    ] {
        shapes.push(shape(aws, name, text, BROKEN, "error"));
    }
    shapes
}

/// Bytes that are no plain text, and lists of documents.
fn encodings() -> Vec<Shape> {
    let aws = "refuses it";
    let pretty: serde_json::Value = serde_json::from_str(OPEN).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap();
    let big: Vec<u8> = OPEN.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked: Vec<u8> = [0xfe, 0xff]
        .into_iter()
        .chain(big.iter().copied())
        .collect();
    let secret = format!("kind: Secret\ndata:\n  p: {}\n", base64(OPEN));
    let value = format!(r#"{{"policy":"{}"}}"#, base64(OPEN));
    let strings = format!(
        r#"{{"configurationItems":[{{"supplementaryConfiguration":{{"Policy":{}}}}}]}}"#,
        quoted(&quoted(OPEN))
    );
    let mut shapes = vec![
        shape(aws, "utf16be.json", marked, BROKEN, "UTF-16"),
        shape(aws, "utf16be-bare.policy", big, BROKEN, "UTF-16"),
        shape(aws, "nul.json", format!("\0{OPEN}"), BROKEN, "U+0000"),
        shape(aws, "nul.policy", format!("\0\0\0{OPEN}"), BROKEN, "U+0000"),
        shape(aws, "nul-after.json", format!("{OPEN}\0"), BROKEN, "error"),
        shape(aws, "feed.json", format!("\u{c}{OPEN}"), BROKEN, "error"),
        shape(
            aws,
            "no-break.json",
            format!("\u{a0}{OPEN}"),
            BROKEN,
            "error",
        ),
        shape(
            aws,
            "zero-width.policy",
            format!("\u{200b}{OPEN}"),
            BROKEN,
            "not read",
        ),
        shape(
            aws,
            "policy.json.gz",
            gzip(OPEN),
            BROKEN,
            "compressed and holds a key policy",
        ),
        shape(aws, "base64.json", value, BROKEN, "Base64 or hexadecimal"),
        shape(aws, "base64", base64(&pretty), BROKEN, "not read"),
        shape(
            "Kubernetes decodes it",
            "secret.yaml",
            secret,
            BROKEN,
            "not read",
        ),
        shape(
            "AWS Config records it so",
            "strings.json",
            strings,
            BROKEN,
            "a string holds JSON",
        ),
    ];
    let item = format!(
        r#"{{"configurationItem":{{"supplementaryConfiguration":{{"Policy":{}}}}}}}"#,
        quoted(OPEN)
    );
    let event = format!(
        r#"{{"detail":{{"eventName":"PutKeyPolicy","requestParameters":{{"policy":{}}}}}}}"#,
        quoted(OPEN)
    );
    let twenty = format!("{}{OPEN}{}", r#"{"a":"#.repeat(20), "}".repeat(20));
    for (aws, name, text) in [
        (
            "put-key-policy takes it",
            "crlf.json",
            pretty.replace('\n', "\r\n"),
        ),
        (
            "put-key-policy takes it",
            "cr.json",
            pretty.replace('\n', "\r"),
        ),
        ("put-key-policy takes it", "line\nend.json", OPEN.to_owned()),
        (
            "a program reads its lines",
            "policies.jsonl",
            format!("{GOOD}\n{OPEN}\n"),
        ),
        ("a program reads it", "twenty.json", twenty),
        (
            "a program reads it",
            "hundred.json",
            format!("{}{OPEN}{}", "[".repeat(100), "]".repeat(100)),
        ),
        ("AWS Config records it", "item.json", item),
        ("EventBridge hands it on", "event.json", event),
    ] {
        shapes.push(shape(aws, name, text, READ, FOUND));
    }
    shapes
}

/// Programs and prose: nobody can tell what becomes of a policy in them, so that they are passed over and
/// named among those that look like ours.
fn programs() -> Vec<Shape> {
    let aws = "whoever runs or reads it makes a request";
    let says = "it is a program or prose, and has a key policy in it";
    let texts = [
        ("README.md", format!("# Key\n\n```json\n{OPEN}\n```\n")),
        (
            "put.sh",
            format!("aws kms put-key-policy --policy file:///dev/stdin <<'EOF'\n{OPEN}\nEOF\n"),
        ),
        ("variable.sh", format!("POLICY='{OPEN}'\n")),
        (
            "put.py",
            format!("kms.put_key_policy(KeyId=k, Policy='''{OPEN}''')\n"),
        ),
        (
            "put.ts",
            format!("await kms.putKeyPolicy({{ Policy: JSON.stringify({OPEN}) }})\n"),
        ),
        ("page.html", format!("<pre>{OPEN}</pre>\n")),
        ("run.log", format!("policy: {OPEN}\n")),
        ("change.diff", format!("+{OPEN}\n")),
        ("insert.sql", format!("insert into p values ('{OPEN}');\n")),
    ];
    let of = |(name, text)| shape(aws, name, text, NOT_OURS, says);
    let mut shapes: Vec<_> = texts.into_iter().map(of).collect();
    let event = r#"{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances"}"#;
    let of_kms = r#"{"eventSource":"kms.amazonaws.com","eventName":"Decrypt"}"#;
    let timed = of_kms.replace('}', r#","eventTime":"2027-01-01T00:00:00Z"}"#);
    let without = "its events are of other services, and none says its time";
    let records = |events: &[&str]| format!(r#"{{"Records":[{}]}}"#, events.join(","));
    for (name, text, gates, says) in [
        ("event.json", event.to_owned(), NOT_OURS, without),
        ("events.json", records(&[event, event]), NOT_OURS, without),
        (
            "mixed.json",
            records(&[event, &timed]),
            BROKEN,
            "the event has no `eventTime`",
        ),
        (
            "use.json",
            records(&[of_kms]),
            BROKEN,
            "the event has no `eventTime`",
        ),
    ] {
        shapes.push(shape(
            "somebody tries a program with it",
            name,
            text,
            gates,
            says,
        ));
    }
    shapes
}

/// What is none of ours: told of, and no more.
fn others() -> Vec<Shape> {
    let endpoint =
        r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
    let trust = r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let queue = BUCKET
        .replace("s3:GetObject", "sqs:SendMessage")
        .replace(":s3:::b/*", ":sqs:eu-west-1:111122223333:q");
    let api = BUCKET
        .replace("s3:GetObject", "execute-api:Invoke")
        .replace("arn:aws:s3:::b/*", "execute-api:/*");
    let texts: Vec<(&'static str, &'static str, String, &'static str)> = vec![
        (
            "attached to an endpoint",
            "endpoint.json",
            endpoint.to_owned(),
            "VPC endpoint",
        ),
        (
            "attached to a bucket",
            "bucket.json",
            BUCKET.to_owned(),
            "bucket policy",
        ),
        ("attached to a queue", "queue.json", queue, "queue policy"),
        ("attached to an API", "api.json", api, "policy of an API"),
        (
            "attached to a role",
            "trust.json",
            trust.to_owned(),
            "trust policy",
        ),
        (
            "get-bucket-policy answers so",
            "get-bucket-policy.json",
            format!(r#"{{"Policy":{}}}"#, quoted(BUCKET)),
            "bucket policy",
        ),
        (
            "lambda get-policy answers so",
            "lambda.json",
            format!(
                r#"{{"Policy":{},"RevisionId":"a"}}"#,
                quoted(&BUCKET.replace("s3:GetObject", "lambda:InvokeFunction"))
            ),
            "policy of a function",
        ),
        (
            "nothing",
            "tsconfig.json",
            "// generated by projen\n{\"compilerOptions\":{\"strict\":true}}".into(),
            "nothing in it speaks of a policy",
        ),
        (
            "nothing",
            "trailing.json",
            "{\"a\":1,}".into(),
            "nothing in it speaks of a policy",
        ),
        (
            "nothing",
            "package.json",
            r#"{"name":"x","version":"1.0.0"}"#.into(),
            "nothing in it speaks",
        ),
        (
            "nothing",
            "settings.json",
            r#"{"policy":"strict","statement":"of account"}"#.into(),
            "its format is not known",
        ),
        ("nothing", "list.json", "[1,2,3]".into(), "it is no JSON"),
        ("nothing", "number.json", "5".into(), "it is no JSON"),
        (
            "nothing",
            "README.md",
            "# Keys\n\n`kms:ScheduleKeyDeletion`, Type: AWS::KMS::Key\n".into(),
            "it is no JSON",
        ),
        (
            "nothing",
            "app.py",
            "resource = 'kms:Decrypt'\nType: AWS::KMS::Key\n".into(),
            "it is no JSON",
        ),
        (
            "nothing",
            "config.toml",
            "[section]\na = 1\n".into(),
            "it is no JSON",
        ),
        (
            "its tool makes no key",
            "data.tf",
            "data \"aws_kms_key\" \"k\" {\n}\n".into(),
            "it is no JSON",
        ),
        (
            "its tool makes no key",
            "disabled.tf",
            "# resource \"aws_kms_key\" \"k\" {\n".into(),
            "it is no JSON",
        ),
        (
            "nothing",
            "bucket.jsonc",
            BUCKET.replace("]}", ",]}"),
            "nothing in it speaks of a policy or a key",
        ),
        (
            "its tool makes a role",
            "roles.yaml",
            "trust:\n- Effect: Allow\n  Principal: {Service: x}\n  Action: sts:AssumeRole\npolicy:\n- Effect: Allow\n  Action: kms:Decrypt\n".into(),
            "speaks of AWS KMS",
        ),
        (
            "a person reads it",
            "openapi.yaml",
            "KeyMetadata:\n  properties:\n    KeyState:\n      enum:\n      - Enabled\n".into(),
            "speaks of a key",
        ),
        (
            "a person reads it",
            "words.ipynb",
            notebook("The effect: a principal may call the action `kms:Decrypt`"),
            "its format is not known",
        ),
        (
            "its tool makes a role",
            "serverless.yml",
            "provider:\n  iamRoleStatements:\n  - Effect: Allow\n    Action: kms:Decrypt\n".into(),
            "speaks of AWS KMS",
        ),
        (
            "attached to buckets",
            "buckets.json",
            format!("[{}]", BUCKET.replace("s3:GetObject", "s3:PutObject").replace(r#""Resource""#, r#""Condition":{"StringEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}},"Resource""#)),
            "its format is not known",
        ),
        (
            "attached to a role of KMS",
            "roles.json",
            format!(r#"{{"roles":[{{"trust":{}}}]}}"#, trust.replace("ec2.", "cks.kms.")),
            "its format is not known",
        ),
        (
            "nothing: it says what a request is",
            "service.json",
            r#"{"shapes":{"P":{"members":{"Policy":{"shape":"S"},"PolicyName":{"shape":"S"},"BypassPolicyLockoutSafetyCheck":{"shape":"B"}}}},"a":"kms"}"#.into(),
            "its format is not known",
        ),
        (
            "nothing: it says what a property is",
            "schema.json",
            r#"{"properties":{"PolicyArn":{"type":"string"},"PolicyDocument":{"type":"string","pattern":"kms"},"PolicyName":{"$ref":"x"}}}"#.into(),
            "its format is not known",
        ),
        (
            "no call takes a list of actions",
            "actions.json",
            r#"["kms:Decrypt","kms:Encrypt"]"#.into(),
            "its format is not known",
        ),
    ];
    let mut shapes: Vec<_> = texts
        .into_iter()
        .map(|(aws, name, text, says)| shape(aws, name, text, NOT_OURS, says))
        .collect();
    let image = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR kms:*".to_vec();
    shapes.push(shape(
        "nothing",
        "logo.png",
        image,
        NOT_OURS,
        "it is no text",
    ));
    for (name, says) in [
        ("node_modules/x/a.json", "it is a directory of a tool"),
        ("__pycache__/a.json", "it is a directory of a tool"),
        (".terraform/modules/a.json", "it is a directory of a tool"),
    ] {
        let aws = "put-key-policy takes it";
        shapes.push(shape(aws, name, OPEN, (Finds, Passes), says));
    }
    shapes
}

/// What is read and gives no finding by itself.
fn clean() -> Vec<Shape> {
    let document = quoted(IAM);
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"kms:CreateKey","Resource":"*"}]}"#;
    let scp = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#;
    let texts = [
        (
            "attached to an organization",
            "rcp.json",
            deny.to_owned(),
            "1 control policy",
        ),
        (
            "describe-key answers so",
            "describe.json",
            format!(r#"{{"KeyMetadata":{{"KeyId":"{ID}"}}}}"#),
            "1 key description",
        ),
        (
            "a shell wrote the mark",
            "describe-bom.json",
            format!("\u{feff}{{\"KeyMetadata\":{{\"KeyId\":\"{ID}\"}}}}"),
            "1 key description",
        ),
        (
            "answers, appended",
            "describe-twice.json",
            format!(
                "{{\"KeyMetadata\":{{\"KeyId\":\"{ID}\"}}}}\n{{\"KeyMetadata\":{{\"KeyId\":\"{ID}\"}}}}\n"
            ),
            "1 key description",
        ),
        (
            "a recorder wrapped it",
            "recorded.json",
            format!(r#"{{"status_code":200,"data":{{"KeyMetadata":{{"KeyId":"{ID}"}}}}}}"#),
            "1 key description",
        ),
        (
            "placebo recorded it",
            "recorded-date.json",
            format!(
                r#"{{"status_code":200,"data":{{"KeyMetadata":{{"KeyId":"{ID}","CreationDate":{{"__class__":"datetime","year":2016,"month":6,"day":27}}}}}}}}"#
            ),
            "1 key description",
        ),
        (
            "a recorder wrapped it",
            "recorded-aliases.json",
            format!(
                r#"{{"status_code":200,"data":{{"Aliases":[{{"AliasName":"alias/a","AliasArn":"arn:aws:kms:us-east-1:111122223333:alias/a","TargetKeyId":"{ID}"}}],"ResponseMetadata":{{}}}}}}"#
            ),
            "1 alias list",
        ),
        (
            "schedule-key-deletion takes it, unwrapped",
            "schedule-body.json",
            format!(r#"{{"body":{{"KeyId":"{ID}","PendingWindowInDays":30}}}}"#),
            "1 scheduled deletion",
        ),
        (
            "create-grant takes it",
            "grant.json",
            format!(
                r#"{{"KeyId":"{ID}","GranteePrincipal":"arn:aws:iam::111122223333:role/r","Operations":["Decrypt"]}}"#
            ),
            "1 grant request",
        ),
        (
            "create-policy takes it",
            "organization.json",
            format!(
                r#"{{"Content":{},"Name":"x","Description":"","Type":"SERVICE_CONTROL_POLICY"}}"#,
                quoted(scp)
            ),
            "1 control policy request",
        ),
        (
            "schedule-key-deletion takes it",
            "schedule.json",
            format!(r#"{{"KeyId":"{ID}","PendingWindowInDays":30}}"#),
            "1 scheduled deletion",
        ),
    ];
    let mut shapes: Vec<_> = texts
        .into_iter()
        .map(|(aws, name, text, says)| shape(aws, name, text, (Passes, Passes), says))
        .collect();
    for (aws, name, text) in [
        (
            "create-policy takes it",
            "create-policy.json",
            format!(r#"{{"PolicyName":"P","PolicyDocument":{document}}}"#),
        ),
        (
            "create-policy-version takes it",
            "version.json",
            format!(
                r#"{{"PolicyArn":"arn:aws:iam::111122223333:policy/P","PolicyDocument":{document},"SetAsDefault":true}}"#
            ),
        ),
        (
            "put-role-policy takes it",
            "role.json",
            format!(r#"{{"RoleName":"R","PolicyName":"P","PolicyDocument":{document}}}"#),
        ),
        (
            "put-user-policy takes it",
            "user.json",
            format!(r#"{{"UserName":"U","PolicyName":"P","PolicyDocument":{document}}}"#),
        ),
        (
            "put-group-policy takes it",
            "group.json",
            format!(r#"{{"GroupName":"G","PolicyName":"P","PolicyDocument":{document}}}"#),
        ),
        (
            "no call takes it",
            "inline.json",
            format!(r#"{{"InlinePolicy":{document}}}"#),
        ),
        (
            "create-policy takes its document",
            "iam.json",
            IAM.to_owned(),
        ),
    ] {
        // Its action does not exist: a finding that does not close the gate.
        shapes.push(shape(aws, name, text, (Passes, Passes), "kms:NoSuchAction"));
    }
    shapes
}

/// What stands in another text or in a file that is no text, written so that its words are not seen at once.
fn concealed() -> Vec<Shape> {
    let aws = "a tool makes JSON of it";
    let yaml = "Version: '2012-10-17'\nStatement:\n- Effect: Allow\n  Principal:\n    AWS: '*'\n  Action: kms:*\n  Resource: '*'\n";
    let hex: Vec<_> = OPEN.bytes().map(|byte| format!("{byte:02x}")).collect();
    let hex = hex.concat();
    let each = |of: &dyn Fn(u32) -> String| {
        let all = OPEN.chars().map(|c| of(u32::from(c)));
        all.collect::<Vec<_>>().concat()
    };
    let gzipped = base64::engine::general_purpose::STANDARD.encode(gzip(OPEN));
    let wide =
        |text: &str, of: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(of).collect::<Vec<u8>>();
    let twice = percent_encoded(&percent_encoded(OPEN));
    let columns = "effect,principal,action\n1,Allow,*,s3:*\n1,Allow,*,kms:*\n";
    let comments = "# a comment without end\n".repeat(200_000);
    let texts = [
        ("base64.env", format!("KEY_POLICY={}\n", base64(OPEN))),
        ("base64-yaml.conf", format!("policy: {}\n", base64(yaml))),
        ("base64-twice.conf", format!("policy: {}\n", base64(&base64(OPEN)))),
        ("base64-path.conf", format!("a/policy/{}\n", base64(OPEN))),
        ("base64-gzip.yaml", format!("data: {gzipped}\n")),
        ("hex.conf", format!("policy={hex}\n")),
        ("hex-upper.conf", format!("0x{}\n", hex.to_uppercase())),
        ("percent-twice.body", format!("Policy={twice}\n")),
        ("numbers.xml", format!("<p>{}</p>\n", each(&|c| format!("&#{c};")))),
        ("numbers-hex.xml", format!("<p>{}</p>\n", each(&|c| format!("&#x{c:X};")))),
        ("named.xml", format!("<p>{}</p>\n", OPEN.replace('{', "&lbrace;").replace(':', "&colon;").replace('"', "&quot;"))),
        ("unicode.properties", format!("policy={}\n", each(&|c| format!("\\u{c:04x}")))),
        ("bytes.yaml", format!("policy: \"{}\"\n", each(&|c| format!("\\x{c:02x}")))),
        ("octal.conf", format!("policy=$'{}'\n", each(&|c| format!("\\{c:03o}")))),
        ("quoted-printable.mbox", format!("{}\n", each(&|c| format!("={c:02X}")))),
        ("letters.yaml", yaml.replace("Principal", "\"\\x50rincipal\"").replace("kms:*", "\"\\u006bms:*\"").replace("Statement", "S")),
        ("columns.csv", format!("id,{columns}")),
        ("columns.tsv", format!("id,{columns}").replace(',', "\t")),
        ("table.conf", "| Effect | Principal | Action |\n|--|--|--|\n| Allow | * | kms:* |\n".into()),
        ("split.json", r#"{"columns":["Effect","Principal","Action"],"data":[["Allow","*","kms:*"]]}"#.into()),
        ("anchor.yaml", "a: &a\n  Effect: Allow\n  Principal: '*'\nb:\n  Statement:\n  - <<: *a\n    Action: kms:*\n".into()),
        ("aliases.yaml", "e: &e Allow\np: &p '*'\na: &a kms:*\nb:\n- Effect: *e\n  Principal: *p\n  Action: *a\n".into()),
        ("tags.yaml", "b:\n- Effect: !!str Allow\n  Principal: !!str '*'\n  Action: !!seq [!!str 'kms:*']\n".into()),
        ("types.yaml", "b:\n  Effect:\n    S: Allow\n  Principal:\n    S: '*'\n  Action:\n    S: kms:*\n".into()),
        ("wildcard.yaml", yaml.replace("kms:*", "k?s:*")),
        ("resource.yaml", yaml.replace("kms:*", "'*'").replace("Resource: '*'", "Resource: arn:aws:kms:eu-west-1:111122223333:key/*")),
        ("key.env", "P__STATEMENT__0__EFFECT=Allow\nP__STATEMENT__0__PRINCIPAL=*\nP__STATEMENT__0__ACTION=kms:*\n".into()),
        ("lengths.ser", "a:3:{s:6:\"Effect\";s:5:\"Allow\";s:9:\"Principal\";s:1:\"*\";s:6:\"Action\";s:5:\"kms:*\";}".into()),
        ("late.yaml", format!("{comments}{yaml}")),
        ("late.jsonc", format!("{}{OPEN}", comments.replace('#', "//"))),
        ("block-comment.tf", "resource /* x */ \"aws_kms_key\" \"k\" {\n}\n".into()),
        ("escape.tf", "resource \"aws_\\u006bms_key\" \"k\" {\n}\n".into()),
        ("nul.yaml", format!("# \0\n{yaml}")),
        ("archive-of-text.sqlite", format!("SQLite format 3\0{}{OPEN}\0", "\0\u{1}".repeat(50))),
    ];
    let says = |name: &str| match name {
        "split.json" => "the file holds a key policy in a form that is not read",
        _ => "not read",
    };
    let mut shapes: Vec<_> = texts
        .into_iter()
        .map(|(name, text)| {
            let is_text = !text.contains('\0') && text.len() < 1 << 20;
            shape(
                aws,
                name,
                text,
                BROKEN,
                if is_text {
                    says(name)
                } else {
                    "holds a key policy"
                },
            )
        })
        .collect();
    for (name, value) in [
        ("base64-yaml.json", base64(yaml)),
        ("base64-gzip.json", gzipped),
        ("hex.json", hex),
    ] {
        let text = format!(r#"{{"policy":"{value}"}}"#);
        shapes.push(shape(aws, name, text, BROKEN, "in Base64 or hexadecimal"));
    }
    let plist =
        b"bplist00\xd3\x01\x02\x03VEffectYPrincipalVActionUAllow\xd1\x04Q*Ukms:*\0\0".to_vec();
    let cbor = b"\xa3fEffecteAllowiPrincipal\xa1cAWSa*fActionekms:*".to_vec();
    let template = "Resources:\n  K:\n    Type: AWS::KMS::Key\n";
    for (name, bytes, says) in [
        ("key.plist", plist, "is no text and holds a key policy"),
        ("key.cbor", cbor, "is no text and holds a key policy"),
        (
            "utf16.yaml",
            wide(&format!("\u{feff}{yaml}"), u16::to_le_bytes),
            "is no text and holds a key policy",
        ),
        (
            "utf16-bare.yaml",
            wide(yaml, u16::to_be_bytes),
            "is no text and holds a key policy",
        ),
        (
            "utf16-template.yaml",
            wide(template, u16::to_le_bytes),
            "a CloudFormation template",
        ),
        (
            "policy.yaml.gz",
            gzip(yaml),
            "is compressed and holds a key policy",
        ),
        (
            "main.tf.gz",
            gzip("resource \"aws_kms_key\" \"k\" {}\n"),
            "is compressed and holds a Terraform file",
        ),
        (
            "string.json.gz",
            gzip(&quoted(OPEN)),
            "is compressed and holds a key policy",
        ),
        (
            "array.json.gz",
            gzip(&format!("[{OPEN}]")),
            "is compressed and holds a key policy",
        ),
        (
            "broken.json.gz",
            gzip(&OPEN.replace("]}", ",]}")),
            "in the compressed file",
        ),
    ] {
        shapes.push(shape(aws, name, bytes, BROKEN, says));
    }
    let program = format!("\x7fELF\0{OPEN}").into_bytes();
    let mut archive = vec![b'a'; 257];
    archive.extend(format!("ustar\0{OPEN}").bytes());
    for (name, bytes, says) in [
        (
            "program",
            program,
            "it is a program, and has a key policy in it",
        ),
        (
            "sources.tar",
            archive.clone(),
            "it is an archive, and has a key policy in it",
        ),
        (
            "notes.md.gz",
            gzip(&format!("# Key\n\nIts policy:\n\n{OPEN}\n")),
            "it is a program or prose",
        ),
        ("image.bin", b"\0\x01Effect".to_vec(), "it is no text"),
    ] {
        shapes.push(shape("nobody can tell", name, bytes, NOT_OURS, says));
    }
    shapes
}

fn all() -> Vec<Shape> {
    [
        policies(),
        answers(),
        wrapped(),
        broken(),
        templates(),
        of_terraform(),
        others(),
        languages(),
        encodings(),
        concealed(),
        programs(),
        clean(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn directory(number: usize) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("shape{number}"));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// The exit code and all that is said.
fn run(directory: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(["check", "--no-config", "--now", "2027-01-01"])
        .args(["--min-severity", "info"])
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    one_line(output)
}

#[test]
fn no_shape_passes_unseen() {
    let mut wrong = Vec::new();
    let shapes = all();
    assert!(shapes.len() > 270, "{}", shapes.len());
    for (number, shape) in shapes.iter().enumerate() {
        let directory = directory(number);
        let file = directory.join(shape.name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, &shape.bytes).unwrap();
        let mut expect = |what: &str, wanted: Gate, (code, text): (i32, String)| {
            if code != wanted.code() || (what != "alone" && !text.contains(shape.says)) {
                let end = text
                    .char_indices()
                    .nth(600)
                    .map_or(text.len(), |(at, _)| at);
                let text = text.get(..end).unwrap_or_default();
                wrong.push(format!(
                    "{} ({}) {what}: {code}, not {wanted:?} with `{}`:\n    {text}",
                    shape.name, shape.aws, shape.says
                ));
            }
        };
        if let Some(alone) = shape.alone {
            expect("alone", alone, run(&directory, &[shape.name]));
        }
        fs::write(directory.join("good-policy.json"), GOOD).unwrap();
        let told = run(&directory, &[".", "--show-passed-over"]);
        expect("beside", shape.beside, told);
        fs::remove_dir_all(&directory).unwrap();
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
