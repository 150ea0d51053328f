//! Templates, plans and manifests that make KMS keys, as far as they are told from other files: they are
//! not read, so one that makes a key must not pass.
//!
//! CloudFormation, Terraform, Pulumi, Crossplane, AWS Controllers for Kubernetes and Ansible; as JSON, as
//! YAML, as HCL, or as what comes of rendering one of them.

use crate::text::{InputError, Span};
use crate::tree::{Content, Member, Node};

/// A tool whose files make keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    CloudFormation,
    Terraform,
    Pulumi,
    Kubernetes,
    Ansible,
}

impl Tool {
    /// What its files are called.
    const fn document(self) -> &'static str {
        match self {
            Self::CloudFormation => "a CloudFormation template",
            Self::Terraform => "a Terraform file",
            Self::Pulumi => "a Pulumi file",
            Self::Kubernetes => "a Kubernetes manifest",
            Self::Ansible => "an Ansible file",
        }
    }

    /// Why one without a KMS key is of no use.
    pub(super) const fn passed_over(self) -> &'static str {
        match self {
            Self::CloudFormation => "it is a CloudFormation template, and those are not read",
            Self::Terraform => "it is a Terraform file, and those are not read",
            Self::Pulumi => "it is a Pulumi file, and those are not read",
            Self::Kubernetes => "it is a Kubernetes manifest, and those are not read",
            Self::Ansible => "it is an Ansible file, and those are not read",
        }
    }
}

/// A resource of KMS in a file of one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KmsResource {
    pub(super) tool: Tool,
    /// Where its type is written.
    pub(super) at: Span,
}

impl KmsResource {
    /// How to speak of the file that has it.
    pub(super) fn words(self, text: &str) -> String {
        format!("{} with a `{}`", self.tool.document(), self.kind(text))
    }

    /// Its type as written.
    fn kind(self, text: &str) -> &str {
        self.at.of(text).trim_matches(['"', '\'', ':', ' '])
    }

    /// That it was not checked.
    pub(super) fn error(self, text: &str) -> InputError {
        let kind = self.kind(text);
        let message = format!(
            "{} has a `{kind}`, and such files are not read",
            self.tool.document()
        );
        InputError::new(self.at, message).label("not checked").help(
            "leave the file out (`--exclude`, or `exclude` in `kmslint.toml`), and check the \
                 policies that are deployed: `aws kms get-key-policy` and `describe-key`",
        )
    }
}

/// How the types of KMS resources begin for each tool.
const TYPES: [(&str, Tool); 6] = [
    ("AWS::KMS::", Tool::CloudFormation),
    ("aws_kms_", Tool::Terraform),
    ("awscc_kms_", Tool::Terraform),
    ("aws:kms/", Tool::Pulumi),
    ("aws:kms:", Tool::Pulumi),
    ("aws-native:kms:", Tool::Pulumi),
];

/// The API groups of keys in Kubernetes.
const GROUPS: [&str; 4] = [
    "kms.aws.upbound.io/",
    "kms.aws.m.upbound.io/",
    "kms.aws.crossplane.io/",
    "kms.services.k8s.aws/",
];

/// The first resource of KMS in a document that is JSON.
pub(super) fn in_json(node: &Node<'_>) -> Option<KmsResource> {
    match &node.value {
        Content::Array(items) => items.iter().find_map(in_json),
        Content::Object(members) => {
            let own = members.iter().find_map(|member| of_member(node, member));
            own.or_else(|| members.iter().find_map(|member| in_json(&member.value)))
        }
        Content::Null
        | Content::Bool(_)
        | Content::Number(_)
        | Content::String(_)
        | Content::Deferred(_) => None,
    }
}

fn of_member(object: &Node<'_>, member: &Member<'_>) -> Option<KmsResource> {
    let found = |tool, at| Some(KmsResource { tool, at });
    match (&*member.key, &member.value.value) {
        // A data source reads a key and makes none.
        ("Type" | "type", Content::String(text)) => {
            let is_data = object.get("mode").and_then(Node::as_str) == Some("data");
            // CloudTrail's resources have a `type`, CloudFormation's a `Type`.
            let is_recorded = &*member.key == "type" && text.starts_with("AWS::");
            let tool = of_type(text).filter(|_| !is_data && !is_recorded)?;
            found(tool, member.value.span)
        }
        // A part of the tree of constructs that the AWS CDK writes beside its templates.
        ("aws:cdk:cloudformation:type", Content::String(text)) => {
            found(of_type(text)?, member.value.span)
        }
        ("resource", Content::Object(types)) => {
            let of_kms = |member: &&Member<'_>| of_type(&member.key) == Some(Tool::Terraform);
            let own = types.iter().find(of_kms)?;
            found(Tool::Terraform, own.key_span)
        }
        ("apiVersion", Content::String(text)) if is_of_kms_group(text) => {
            found(Tool::Kubernetes, member.value.span)
        }
        _ => None,
    }
}

fn of_type(text: &str) -> Option<Tool> {
    let known = TYPES.iter().find(|(head, _)| text.starts_with(head));
    known.map(|(_, tool)| *tool)
}

fn is_of_kms_group(text: &str) -> bool {
    GROUPS.iter().any(|group| text.starts_with(group))
}

/// What a JSON document that is none of ours is for, as far as its top tells.
pub(super) fn tool_of(root: &Node<'_>) -> Option<Tool> {
    let has = |name: &str| root.get(name).is_some();
    let is_resource = |member: &Member<'_>| {
        let kind = member.value.get("Type").and_then(Node::as_str);
        kind.is_some_and(|kind| kind.contains("::"))
    };
    let resources = root.get("Resources").and_then(Node::members);
    if has("AWSTemplateFormatVersion") || resources.is_some_and(|r| r.iter().any(is_resource)) {
        return Some(Tool::CloudFormation);
    }
    let of_terraform = has("terraform_version") || has("format_version") && has("planned_values");
    let is_configuration = has("terraform") && (has("resource") || has("provider"));
    if of_terraform || is_configuration {
        return Some(Tool::Terraform);
    }
    let is_object = has("apiVersion") && has("kind");
    is_object.then_some(Tool::Kubernetes)
}

/// The first resource of KMS in a text that is no JSON: YAML, HCL, a template of either, or JSON that is
/// broken.
pub(super) fn in_text(text: &str) -> Option<KmsResource> {
    let needles = [
        ("AWS::", Tool::CloudFormation),
        ("aws_kms_", Tool::Terraform),
        ("awscc_kms_", Tool::Terraform),
        ("terraform-aws-modules/kms/", Tool::Terraform),
        ("cloudposse/kms-key/", Tool::Terraform),
        ("aws:kms", Tool::Pulumi),
        ("aws-native:kms:", Tool::Pulumi),
        ("kms.aws.", Tool::Kubernetes),
        ("kms.services.k8s.aws/", Tool::Kubernetes),
        ("kms_key:", Tool::Ansible),
        ("aws_kms:", Tool::Ansible),
    ];
    let found = needles.iter().filter_map(|(needle, tool)| {
        let mut places = memchr::memmem::find_iter(text.as_bytes(), needle);
        places.find_map(|at| resource_at(text, at, *tool))
    });
    found.min_by_key(|resource| resource.at)
}

fn resource_at(text: &str, at: usize, tool: Tool) -> Option<KmsResource> {
    let before = text.get(..at)?;
    let here = text.get(at..)?;
    let line = before.rsplit('\n').next().unwrap_or_default();
    if is_comment(before, line, tool) {
        return None;
    }
    let is_resource = match tool {
        Tool::CloudFormation | Tool::Pulumi => {
            of_type(here) == Some(tool)
                && is_type_of_yaml(before)
                && !(tool == Tool::CloudFormation && is_recorded(before))
        }
        Tool::Terraform => {
            is_hcl_resource(line) || is_type_of_yaml(before) || is_source_of_module(line)
        }
        Tool::Kubernetes => is_of_kms_group(here) && is_value_of(line, "apiVersion"),
        Tool::Ansible => is_task(line) && opens_block(here),
    };
    let end = here.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '}' | ')'));
    let end = at.saturating_add(end.unwrap_or(here.len()));
    is_resource.then(|| KmsResource {
        tool,
        at: Span::new(at, end),
    })
}

/// Whether the place is behind the mark of a comment, as far as its line tells, or for HCL the text
/// before.
fn is_comment(before: &str, line: &str, tool: Tool) -> bool {
    let start = line.trim_start();
    let by_line = start.starts_with('#') || line.contains(" #");
    let slashes = tool == Tool::Terraform && line.contains("//");
    let opened = before.rfind("/*").map_or(0, |at| at.saturating_add(1));
    let closed = before.rfind("*/").map_or(0, |at| at.saturating_add(1));
    by_line || slashes || (tool == Tool::Terraform && opened > closed)
}

/// `resource "aws_kms_key"`, the label quoted or not.
fn is_hcl_resource(line: &str) -> bool {
    let head = line.trim_end_matches(['"', ' ', '\t']);
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    head.strip_suffix("resource")
        .is_some_and(|before| !before.ends_with(is_word) && head.len() < line.len())
}

/// `source = "`, before the address of a module in Terraform's registry that makes a key.
fn is_source_of_module(line: &str) -> bool {
    let rest = line.trim_start().strip_prefix("source");
    rest.is_some_and(|rest| rest.trim_start().starts_with('='))
}

/// Whether the key before is `type`: resources of CloudTrail's events have that, and those of
/// templates have `Type`.
fn is_recorded(before: &str) -> bool {
    let key = before.rsplit_once(':').map_or("", |(head, _)| head);
    key.trim_end_matches(['"', '\'', '\\', ' '])
        .ends_with("type")
}

/// Whether the value of `Type` or `type` stands here: nothing but blanks, quotes, tags, anchors and the
/// marks of a block is between them.
fn is_type_of_yaml(before: &str) -> bool {
    let mut rest = before.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '|' | '>' | '-' | '\\')
    });
    // `&anchor` and `!!str` are words before a value.
    while let Some((head, word)) = rest.rsplit_once(char::is_whitespace) {
        if !word.starts_with(['&', '!']) {
            break;
        }
        if word.starts_with('&') {
            // Whoever names a type means to use it.
            return true;
        }
        rest = head.trim_end();
    }
    rest.strip_suffix(':').is_some_and(|key| {
        let key = key.trim_end().trim_end_matches(['"', '\'', '\\']);
        let head = key
            .strip_suffix("Type")
            .or_else(|| key.strip_suffix("type"));
        head.is_some_and(|head| !head.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

fn is_value_of(line: &str, key: &str) -> bool {
    let rest = line.trim_end_matches([' ', '"', '\'', '\t']);
    let rest = rest
        .strip_suffix(':')
        .map(|rest| rest.trim_end_matches(['"', '\'']));
    rest.is_some_and(|rest| rest.ends_with(key))
}

/// Whether nothing follows the name in its line: its parameters stand below.
fn opens_block(here: &str) -> bool {
    let line = here.lines().next().unwrap_or_default();
    let rest = line
        .split_once(':')
        .map_or("", |(_, rest)| rest.trim_start());
    rest.is_empty() || rest.starts_with(['{', '#'])
}

/// A module of a task: the first word of its line, the collection's name before it.
fn is_task(line: &str) -> bool {
    let head = line.trim_start().trim_start_matches("- ");
    matches!(head, "" | "amazon.aws." | "community.aws.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::json;

    fn text(text: &str) -> Option<(Tool, String)> {
        in_text(text).map(|found| (found.tool, found.at.of(text).to_owned()))
    }

    #[test]
    fn kms_resources_of_yaml_are_found() {
        for (written, tool, kind) in [
            (
                "  Key:\n    Type: AWS::KMS::Key\n",
                Tool::CloudFormation,
                "AWS::KMS::Key",
            ),
            (
                "Type: \"AWS::KMS::ReplicaKey\"",
                Tool::CloudFormation,
                "AWS::KMS::ReplicaKey",
            ),
            (
                "{Type: 'AWS::KMS::Alias', Properties: {}}",
                Tool::CloudFormation,
                "AWS::KMS::Alias",
            ),
            (
                "Type: !!str AWS::KMS::Key",
                Tool::CloudFormation,
                "AWS::KMS::Key",
            ),
            (
                "Type: >-\n  AWS::KMS::Key",
                Tool::CloudFormation,
                "AWS::KMS::Key",
            ),
            (
                "x: &t AWS::KMS::Key\nType: *t",
                Tool::CloudFormation,
                "AWS::KMS::Key",
            ),
            (
                "{\"Type\": \"AWS::KMS::Key\", // c",
                Tool::CloudFormation,
                "AWS::KMS::Key",
            ),
        ] {
            assert_eq!(text(written), Some((tool, kind.to_owned())), "{written}");
        }
    }

    #[test]
    fn kms_resources_of_hcl_and_manifests_are_found() {
        for (written, tool, kind) in [
            (
                "resource \"aws_kms_key\" \"k\" {",
                Tool::Terraform,
                "aws_kms_key",
            ),
            (
                "  resource   aws_kms_key k {",
                Tool::Terraform,
                "aws_kms_key",
            ),
            (
                "resource\t\"awscc_kms_key\" \"k\" {",
                Tool::Terraform,
                "awscc_kms_key",
            ),
            (
                "module \"k\" {\n  source = \"terraform-aws-modules/kms/aws\"\n}",
                Tool::Terraform,
                "terraform-aws-modules/kms/aws",
            ),
            ("    type: aws:kms:Key\n", Tool::Pulumi, "aws:kms:Key"),
            (
                "    type: aws:kms/key:Key\n",
                Tool::Pulumi,
                "aws:kms/key:Key",
            ),
            (
                "apiVersion: kms.aws.upbound.io/v1beta1\nkind: Key",
                Tool::Kubernetes,
                "kms.aws.upbound.io/v1beta1",
            ),
            (
                "apiVersion: \"kms.services.k8s.aws/v1alpha1\"",
                Tool::Kubernetes,
                "kms.services.k8s.aws/v1alpha1",
            ),
            (
                "- name: key\n  amazon.aws.kms_key:\n    alias: x",
                Tool::Ansible,
                "kms_key:",
            ),
            ("- aws_kms:\n    alias: x", Tool::Ansible, "aws_kms:"),
        ] {
            assert_eq!(text(written), Some((tool, kind.to_owned())), "{written}");
        }
    }

    #[test]
    fn mentions_that_make_no_key_are_not_taken() {
        for written in [
            "# Type: AWS::KMS::Key",
            "Type: AWS::S3::Bucket # like AWS::KMS::Key",
            "ComplianceResourceTypes:\n  - AWS::KMS::Key",
            "TargetType: AWS::KMS::Key",
            "Type: AWS::SSM::Parameter::Value<AWS::KMS::Key>",
            "data \"aws_kms_key\" \"k\" {",
            "# resource \"aws_kms_key\" \"k\" {",
            "// resource \"aws_kms_key\" \"k\" {",
            "/*\nresource \"aws_kms_key\" \"k\" {\n*/",
            "kms_key_id = aws_kms_key.k.arn",
            "sse_algorithm = \"aws:kms\"",
            "    kms_key: alias/x",
            "ref: kms.aws.upbound.io/v1beta1",
        ] {
            assert_eq!(text(written), None, "{written}");
        }
    }

    #[test]
    fn kms_resources_of_json_are_found() {
        let of = |text: &str| in_json(&json::parse(text).unwrap()).map(|found| found.tool);
        for (text, tool) in [
            (
                r#"{"Resources":{"K":{"Type":"AWS::KMS::Key"}}}"#,
                Tool::CloudFormation,
            ),
            (
                r#"{"resource_changes":[{"mode":"managed","type":"aws_kms_key"}]}"#,
                Tool::Terraform,
            ),
            (r#"{"resource":{"aws_kms_key":{"k":{}}}}"#, Tool::Terraform),
            (
                r#"{"deployment":{"resources":[{"type":"aws:kms/key:Key"}]}}"#,
                Tool::Pulumi,
            ),
            (
                r#"{"apiVersion":"kms.aws.crossplane.io/v1alpha1","kind":"Key"}"#,
                Tool::Kubernetes,
            ),
        ] {
            assert_eq!(of(text), Some(tool), "{text}");
        }
        for text in [
            r#"{"resources":[{"mode":"data","type":"aws_kms_key"}]}"#,
            r#"{"resource_schemas":{"aws_kms_key":{"version":0}}}"#,
            r#"{"typeName":"AWS::KMS::Key"}"#,
            r#"["AWS::KMS::Key"]"#,
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
