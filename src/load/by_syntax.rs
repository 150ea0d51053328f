//! What a text that is no JSON says as YAML or HCL: anchors, tags, escapes and comments hide nothing from
//! who reads it.
//!
//! A text by itself does not tell its syntax; whichever reader takes it is asked.

use crate::policy::glob_ignore_case;
use crate::text::Span;
use crate::tree::{Content, Member, Node, hcl, yaml};

use super::hints;
use super::template::{self, KmsResource};

/// How long a text is that is read; bytes. CloudFormation takes templates of 1 MB:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const MAX_TEXT: usize = 1 << 20;

/// The first resource of KMS that a tool makes of the text.
pub(super) fn resource(text: &str) -> Option<KmsResource> {
    let is_named = has(text, &["KMS", "kms", "\\x", "\\u", "\\U"]);
    let roots = is_named.then(|| read(text)).flatten()?;
    roots.iter().find_map(template::in_json)
}

/// The first statement of a key policy.
pub(super) fn statement(text: &str) -> Option<Span> {
    let is_named = has(text, &["rincipal", "RINCIPAL", "\\x", "\\u", "\\U"]);
    let roots = is_named.then(|| read(text)).flatten()?;
    roots.iter().find_map(statement_in)
}

/// The documents of the text, where it is YAML with more in it than a string, or HCL.
fn read(text: &str) -> Option<Vec<Node<'_>>> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let is_tree = |root: &Node<'_>| root.members().is_some() || root.items().is_some();
    let of_yaml = yaml::read(text).ok().map(|read| read.documents);
    let of_yaml = of_yaml.filter(|roots| roots.iter().any(is_tree));
    of_yaml.or_else(|| hcl::read(text).ok().map(|root| vec![root]))
}

/// Whether one of these words is there, or the escape that may hide one.
fn has(text: &str, words: &[&str]) -> bool {
    let is_in = |word: &&str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    words.iter().any(is_in)
}

fn statement_in(node: &Node<'_>) -> Option<Span> {
    match &node.value {
        Content::Array(items) => items.iter().find_map(statement_in),
        Content::Deferred(deferred) => deferred.arguments.iter().find_map(statement_in),
        Content::Object(members) => {
            let inside = || {
                members
                    .iter()
                    .find_map(|member| statement_in(&member.value))
            };
            is_of_key(members).then_some(node.span).or_else(inside)
        }
        Content::Null | Content::Bool(_) | Content::Number(_) | Content::String(_) => None,
    }
}

/// Whether the members of an object are those of a statement of a key policy, in AWS's names or in those of
/// Terraform, which allows where no effect is written.
fn is_of_key(members: &[Member<'_>]) -> bool {
    let named = |names: &[&str]| {
        let is = |member: &&Member<'_>| {
            names
                .iter()
                .any(|name| member.key.eq_ignore_ascii_case(name))
        };
        members.iter().find(is).map(|member| &member.value)
    };
    let effect = named(&["effect"]);
    let plural = (
        named(&["principals", "not_principals"]),
        named(&["actions", "not_actions"]),
    );
    let principal = named(&["principal", "notprincipal"]).or(plural.0);
    let action = named(&["action", "notaction"]).or(plural.1);
    let resource = named(&["resource", "notresource", "resources", "not_resources"]);
    let is_statement = effect.is_some() || matches!(plural, (Some(_), Some(_)));
    let of_kms = |node| any_text(node, &is_action_of_kms);
    let is_all = |node| any_text(node, &|text| text == "*");
    let on_key = resource.is_some_and(|node| any_text(node, &is_arn_of_kms));
    is_statement
        && principal.is_some()
        && action.is_some_and(|node| of_kms(node) || is_all(node) && on_key)
}

/// Whether some string of a value is of this kind.
fn any_text(node: &Node<'_>, is: &dyn Fn(&str) -> bool) -> bool {
    match &node.value {
        Content::String(text) => is(text),
        Content::Array(items) => items.iter().any(|item| any_text(item, is)),
        Content::Object(members) => members.iter().any(|member| any_text(&member.value, is)),
        Content::Deferred(deferred) => deferred.arguments.iter().any(|item| any_text(item, is)),
        Content::Null | Content::Bool(_) | Content::Number(_) => false,
    }
}

fn is_action_of_kms(text: &str) -> bool {
    let Some((service, name)) = text.split_once(':') else {
        return false;
    };
    hints::names_kms(service) && !name.is_empty()
}

fn is_arn_of_kms(text: &str) -> bool {
    let mut parts = text.split(':');
    parts.next() == Some("arn")
        && parts
            .nth(1)
            .is_some_and(|service| glob_ignore_case(service, "kms"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_syntax_hides_is_found() {
        for text in [
            "a: &a\n  Effect: Allow\n  Principal: '*'\nb:\n  x: 1\nc:\n- <<: *a\n  Action: kms:*\n",
            "e: &e Allow\np: &p '*'\na: &a ['kms:*']\nc: [{Effect: *e, Principal: *p, Action: *a}]\n",
            "- !!map\n  Effect: !!str Allow\n  Principal: !!str '*'\n  Action: !!seq [!!str 'kms:*']\n",
            "- Effect: Allow\n  \"\\x50rincipal\": '*'\n  Action: \"\\u006bms:*\"\n",
            "Effect: Allow\nPrincipal: '*'\nAction: k?s:*\n",
            "Effect: Allow\nPrincipal: '*'\nAction: '*'\nResource: arn:aws:kms:eu-west-1:111122223333:key/*\n",
            "effect: {S: Allow}\nprincipal: {S: '*'}\naction: {L: [{S: kms:*}]}\n",
            "s = [{ Effect = \"Allow\", Principal = \"*\", Action = upper(\"kms:*\") }]",
            "statement {\n principals {\n }\n actions = [\"kms:*\"]\n}",
        ] {
            assert!(statement(text).is_some(), "{text}");
        }
        for text in [
            "resource /* x */ \"aws_kms_key\" \"k\" {\n}\n",
            "resource \"aws_\\u006bms_key\" \"k\" {\n}\n",
            "K:\n  Type: \"\\x41WS::KMS::Key\"\n",
            "\"K #2\": {Type: AWS::KMS::Key}\n",
        ] {
            assert!(resource(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_is_no_key_s_is_none() {
        for text in [
            "Effect: Allow\nPrincipal: '*'\nAction: '*'\nResource: '*'\n",
            "Effect: Allow\nPrincipal: '*'\nAction: s3:*\nCondition: {a: 'arn:aws:kms:x'}\n",
            "- Effect: Allow\n  Principal: '*'\n  Action: s3:*\n- Effect: Allow\n  Action: kms:*\n",
            "a: Principal\nb: kms:Decrypt\n",
            "data \"aws_kms_key\" \"k\" {\n}\n",
            "# Type: AWS::KMS::Key\na: b\n",
            "Principal: {{ x }}\n",
        ] {
            assert_eq!((statement(text), resource(text)), (None, None), "{text}");
        }
    }
}
