//! A key policy inside of a text that is no JSON: in YAML, in HCL, in a shell's here-document, beside words.
//!
//! Such a text is not read. Where one of its policies names principals and actions of KMS it is a key's,
//! or would be one's, and must not pass.

use crate::source::{InputError, Span};

use super::hints::{is_member, kms_action};

/// How far a policy's first element is from its brace at most, and how long a policy is that is looked at;
/// bytes. A key policy has at most 32 KiB:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>
const MAX_BEFORE: usize = 4 << 10;
const MAX_POLICY: usize = 256 << 10;

/// That the text holds a key policy, where it does.
pub(super) fn find(text: &str) -> Option<InputError> {
    let at = statements(text).or_else(|| policy_document(text))?;
    let message = "the file holds a key policy in a form that is not read";
    Some(InputError::new(at, message).label("not checked").help(
        "write the policy as JSON into a file of its own, or leave this file out (`--exclude`, or \
         `exclude` in `kmslint.toml`)",
    ))
}

/// The first `Statement` of a policy that is a key's.
fn statements(text: &str) -> Option<Span> {
    const NAME: &str = "Statement";
    let mut found = memchr::memmem::find_iter(text.as_bytes(), NAME);
    let at = found.find(|at| {
        is_member(text, *at, NAME.len())
            && !is_comment(text, *at)
            && (in_braces(text, *at).is_some_and(is_of_key) || in_block(text, *at))
    })?;
    Some(Span::new(at, at.saturating_add(NAME.len())))
}

fn is_comment(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
    line.starts_with('#') || line.starts_with("//")
}

/// Whether the text of a policy names principals, and an action of KMS.
fn is_of_key(policy: &str) -> bool {
    names_principal(policy) && kms_action(policy).is_some()
}

fn names_principal(policy: &str) -> bool {
    let has = |name: &str| {
        let mut found = memchr::memmem::find_iter(policy.as_bytes(), name);
        found.any(|at| is_member(policy, at, name.len()))
    };
    has("Principal") || has("NotPrincipal")
}

/// The object around the member that begins there, braces included.
fn in_braces(text: &str, at: usize) -> Option<&str> {
    let bytes = text.as_bytes();
    let least = at.saturating_sub(MAX_BEFORE);
    let mut depth = 0_usize;
    let before = bytes.get(least..at)?.iter().enumerate().rev();
    let start = before
        .map(|(index, byte)| (least.saturating_add(index), byte))
        .find_map(|(index, byte)| match byte {
            b'{' if depth == 0 => Some(index),
            b'{' => {
                depth = depth.saturating_sub(1);
                None
            }
            b'}' => {
                depth = depth.saturating_add(1);
                None
            }
            _ => None,
        })?;
    let most = bytes.len().min(start.saturating_add(MAX_POLICY));
    let mut depth = 0_usize;
    let inside = bytes.get(start..most)?.iter().position(|byte| {
        match byte {
            b'{' => depth = depth.saturating_add(1),
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    let end = inside.map_or(most, |inside| {
        start.saturating_add(inside).saturating_add(1)
    });
    // A cut may fall into a character.
    let end = (end..=most).find(|end| text.is_char_boundary(*end))?;
    text.get(start..end)
}

/// Whether a block of YAML begins there that is a key policy's: one that names principals, or, without
/// any, a policy by itself.
fn in_block(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let lead = line.trim_start_matches(['-', ' ', '"', '\'']);
    if !lead.is_empty() {
        return false;
    }
    let indent = line.trim_end_matches(['"', '\'']).len();
    let mut lines = text.get(at..).unwrap_or_default().split_inclusive('\n');
    let mut length = lines.next().map_or(0, str::len);
    for next in lines {
        let own = next
            .len()
            .saturating_sub(next.trim_start_matches(' ').len());
        let is_item = next.get(own..).is_some_and(|rest| rest.starts_with("- "));
        let is_inside = own > indent || own == indent && is_item || next.trim().is_empty();
        if !is_inside || length > MAX_POLICY {
            break;
        }
        length = length.saturating_add(next.len());
    }
    let block = text.get(at..at.saturating_add(length)).unwrap_or_default();
    kms_action(block).is_some() && (indent == 0 || names_principal(block))
}

/// The first `data "aws_iam_policy_document"` of Terraform that names principals and actions of KMS.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>
fn policy_document(text: &str) -> Option<Span> {
    const NAME: &str = "aws_iam_policy_document";
    let mut found = memchr::memmem::find_iter(text.as_bytes(), NAME);
    let at = found.find(|at| {
        let rest = text.get(*at..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        let Some(open) = line.find('{').filter(|_| !is_comment(text, *at)) else {
            return false;
        };
        let inside = at.saturating_add(open).saturating_add(1);
        let block = in_braces(text, inside).unwrap_or_default();
        block.contains("principals") && kms_action(block).is_some()
    })?;
    Some(Span::new(at, at.saturating_add(NAME.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_policies_are_found_in_whatever_holds_them() {
        for text in [
            "Version: x\nStatement:\n- Effect: Allow\n  Principal: '*'\n  Action: kms:*\n",
            "Statement:\n  Effect: Allow\n  Principal: {AWS: '*'}\n  Action: ['kms:*']\n",
            "a:\n  policy:\n    Statement:\n      - Effect: Allow\n        Principal: '*'\n        Action: kms:*\n",
            "a:\n  - Statement:\n      - Principal: '*'\n        Action: kms:*\n",
            // By itself, of a user or role.
            "Statement:\n- Effect: Allow\n  Action: kms:ScheduleKeyDeletion\n",
            "policy: {\"Statement\":[{\"Principal\":\"*\",\"Action\":\"kms:*\"}]}\n",
            "policy: \"{\\\"Statement\\\":[{\\\"Principal\\\":\\\"*\\\",\\\"Action\\\":\\\"kms:*\\\"}]}\"\n",
            "policy = jsonencode({ Statement = [{ Principal = \"*\", Action = \"kms:*\" }] })",
            "policy = <<EOF\n{\n \"Version\": \"x\",\n \"Statement\": [{\"Principal\": \"${p}\", \"Action\": \"kms:*\"}]\n}\nEOF\n",
            "KEY='{\"Statement\":[{\"Principal\":\"*\",\"Action\":\"kms:*\"}]}'",
            "data \"aws_iam_policy_document\" \"a\" {\n statement {\n actions = [\"kms:*\"]\n principals {\n }\n }\n}",
        ] {
            assert!(find(text).is_some(), "{text}");
        }
    }

    #[test]
    fn policies_of_users_roles_and_other_resources_are_not_taken_for_a_key_s() {
        for text in [
            // A role of a template: who may assume it, and what it may do.
            "Role:\n  AssumeRolePolicyDocument:\n    Statement:\n    - Effect: Allow\n      Principal: {Service: x}\n      Action: sts:AssumeRole\n  Policies:\n  - PolicyDocument:\n      Statement:\n      - Effect: Allow\n        Action: kms:Decrypt\n",
            "provider:\n  iamRoleStatements:\n  - Effect: Allow\n    Action: kms:Decrypt\n",
            "Statement:\n- Effect: Allow\n  Principal: '*'\n  Action: s3:*\n",
            "# Statement:\n#  Principal: '*'\n#  Action: kms:*\n",
            "policy = jsonencode({ Statement = [{ Action = \"kms:*\" }] })",
            "a = { Statement = [{ Principal = \"*\", Action = \"s3:*\" }] }\nb = \"kms:Decrypt\"",
            "data \"aws_iam_policy_document\" \"a\" {\n statement {\n actions = [\"kms:*\"]\n }\n}\ndata \"aws_iam_policy_document\" \"b\" {\n principals {\n }\n}",
            "The Statement: a Principal may call kms:Decrypt",
        ] {
            assert!(find(text).is_none(), "{text}");
        }
    }
}
