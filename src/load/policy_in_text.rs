//! A key policy, or a key, inside of a text that is not understood: in YAML, in HCL, in a shell's
//! here-document, beside words.
//!
//! Such a text is not read. Where one of its policies names principals and actions of KMS it is a key's,
//! or would be one's, and must not pass.

use crate::text::{InputError, Span};

use super::escapes::{self, Plain};
use super::hints::{is_member, kms_action};
use super::{any_notation, by_syntax, encoded, table};

/// How far a policy's first element is from its brace at most, and how long a policy is that is looked at;
/// bytes. A key policy has at most 32 KiB:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>
const MAX_BEFORE: usize = 4 << 10;
const MAX_POLICY: usize = 256 << 10;

/// That the text, which begins so far into its file, holds a key policy or the description of a key, where
/// it does.
pub(super) fn find_from(text: &str, start: u32) -> Option<InputError> {
    let (what, at, place) = as_written(text)
        .map(|(what, at)| (what, at, Place::AsWritten))
        .or_else(|| in_escapes(text).map(|(what, at)| (what, at, Place::AsWritten)))
        .or_else(|| in_encodings(text).map(|(what, at)| (what, at, Place::Encoded)))?;
    let message = format!("the file holds {what} in a form that is not read");
    let (start, end) = (at.start.saturating_add(start), at.end.saturating_add(start));
    let label = match place {
        Place::AsWritten => "not checked",
        Place::Encoded => "in what is encoded here, and not checked",
    };
    Some(InputError::new(Span { start, end }, message).label(label).help(
        "write it as JSON into a file of its own, or leave this file out (`--exclude`, or `exclude` in \
         `kmslint.toml`)",
    ))
}

/// As [`find_from`], of a whole file.
pub(super) fn find(text: &str) -> Option<InputError> {
    find_from(text, 0)
}

/// What the text holds, wherever it stands.
pub(super) fn holds(text: &str) -> Option<&'static str> {
    let found = as_written(text).or_else(|| in_escapes(text));
    found.or_else(|| in_encodings(text)).map(|(what, _)| what)
}

/// Where what was found stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At its place in the text, escapes or not.
    AsWritten,
    /// Somewhere in a text that is encoded at the place.
    Encoded,
}

/// How often texts are looked for in what was escaped or encoded: what is escaped in an escaped text, and
/// so on.
const MOST_LAYERS: usize = 3;

/// What the text holds when its escapes are undone, as often as it takes, and where it is written.
fn in_escapes(text: &str) -> Option<Found> {
    let mut layers: Vec<Plain> = Vec::new();
    for _ in 0..MOST_LAYERS {
        let last = layers.last().map_or(text, |layer| layer.text.as_str());
        let next = escapes::undone(last)?;
        if let Some((what, at)) = as_written(&next.text) {
            let at = layers
                .iter()
                .rev()
                .fold(next.place(at), |at, layer| layer.place(at));
            return Some((what, at));
        }
        layers.push(next);
    }
    None
}

/// What the text holds in Base64 or in hexadecimal, and where that begins.
pub(super) fn in_encodings(text: &str) -> Option<Found> {
    fn look(text: &str, layers: usize) -> Option<Found> {
        let inner = |text: &str| {
            let found = as_written(text).or_else(|| in_escapes(text));
            let deeper = || look(text, layers.checked_sub(1)?);
            found.or_else(deeper).map(|(what, _)| what)
        };
        encoded::find(text, inner)
    }
    look(text, MOST_LAYERS)
}

/// What a text holds, and where.
type Found = (&'static str, Span);

/// What the text holds, and where.
pub(super) fn as_written(text: &str) -> Option<Found> {
    let found = statements(text, "Statement").or_else(|| statements(text, "statement"));
    let policy = found.or_else(|| policy_document(text));
    if let Some(at) = policy {
        let is_of_key = names_principal(text) || text.contains("principals");
        let what = if is_of_key {
            "a key policy"
        } else {
            "a policy about AWS KMS"
        };
        return Some((what, at));
    }
    let policy = any_notation::statement(text).or_else(|| table::statement(text));
    let policy = policy.or_else(|| by_syntax::statement(text));
    let key = || any_notation::key(text).map(|at| ("the description of a key", at));
    policy.map(|at| ("a key policy", at)).or_else(key)
}

/// The first member of this name that has the statements of a key policy.
fn statements(text: &str, name: &str) -> Option<Span> {
    let mut found = memchr::memmem::find_iter(text.as_bytes(), name);
    let at = found.find(|at| {
        let is_own = || {
            is_member(text, *at, name.len())
                && (in_braces(text, *at).is_some_and(is_of_key) || in_block(text, *at))
        };
        !is_comment(text, *at) && (is_own() || in_table(text, *at, name.len()))
    })?;
    Some(Span::new(at, at.saturating_add(name.len())))
}

/// Whether it is the name of a table in an array of TOML, `[[Statement]]`, in a file that is about keys.
fn in_table(text: &str, at: usize, length: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
    let after = text.get(at.saturating_add(length)..).unwrap_or_default();
    line.starts_with("[[") && after.starts_with("]]") && is_of_key(text)
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
    ["Principal", "NotPrincipal", "principal", "notPrincipal"]
        .into_iter()
        .any(has)
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
    // An alias of YAML stands for what is written elsewhere.
    let value = block
        .split_once(':')
        .map_or("", |(_, value)| value.trim_start());
    let block = if value.starts_with('*') { text } else { block };
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
    use base64::Engine as _;

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
            "x: &s\n- Effect: Allow\n  Principal: '*'\n  Action: kms:*\nStatement: *s\n",
            "policy:\n  statement:\n  - effect: Allow\n    principal: '*'\n    action: kms:*\n",
            "[[Statement]]\nEffect = \"Allow\"\nPrincipal = \"*\"\nAction = \"kms:*\"\n",
            "data \"aws_iam_policy_document\" \"a\" {\n statement {\n actions = [\"kms:*\"]\n principals {\n }\n }\n}",
        ] {
            assert!(find(text).is_some(), "{text}");
        }
    }

    #[test]
    fn key_policies_in_base64_are_found() {
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*"}]}"#;
        for text in [
            policy.to_owned(),
            policy.replace('{', "{\n "),
            policy.replace('{', "{\r\n"),
        ] {
            let encoded = base64::engine::general_purpose::STANDARD.encode(&text);
            let lines = encoded
                .as_bytes()
                .chunks(20)
                .map(|line| std::str::from_utf8(line).unwrap());
            let lines: Vec<_> = lines.collect();
            assert!(find(&format!("a:\n  {}\nb: c\n", lines.join("\n  "))).is_some());
            let bare = encoded.trim_end_matches('=');
            for written in [encoded.as_str(), bare] {
                assert!(
                    find(&format!("data:\n  policy: {written}\n")).is_some(),
                    "{text}"
                );
            }
        }
        let other = base64::engine::general_purpose::STANDARD.encode(policy.replace("kms", "s3"));
        assert_eq!(find(&other), None);
        // A token: two texts, of which none is a policy.
        assert_eq!(
            find(
                "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ.x"
            ),
            None
        );
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
