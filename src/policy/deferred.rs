//! What is known of a string that a function of a template would compute.
//!
//! Whoever reads a template's language resolves what it can and hands over a tree (a [`Node`]) in which
//! what it knows is a string again. What it does not know it leaves as a deferred node, and so says how much is
//! known:
//!
//! | function | value |
//! | --- | --- |
//! | [`Function::Template`] | a pattern: strings are known, of everything else its own value |
//! | [`Function::Conditional`] | one of both outcomes; the first argument is the condition |
//! | [`Function::Reference`], [`Function::Lookup`] | unknown: it refers to something without a value here |
//! | [`Function::Reference`] to `AWS::AccountId` | the account of the stack, and so of its keys |
//! | [`Function::AfterApply`] | unknown until what it belongs to exists |
//! | every other one | unknown: a function that was not carried out |
//!
//! An unknown entry of a list may stand for any number of entries. Where a whole element is deferred that
//! is no string (`Effect`, `Principal`, `Condition`, a statement), the policy is not read: its reader says
//! so at that place, and nothing of it passes.

use crate::tree::{Content as Written, Deferred, Function, Node};

use super::value::{Reason, UnknownPart, Value};

/// So many values one may be at most; of more it is not known which.
const MOST_VALUES: usize = 64;

/// The account of the stack, as a template names it.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html>
const STACK_ACCOUNT: &str = "AWS::AccountId";

/// So many characters are shown of a function.
const MOST_SHOWN: usize = 200;

/// What is known of a string or of what computes one; nothing where it can be none. `read` says it of a text.
pub(super) fn value(node: &Node<'_>, read: fn(&str) -> Value) -> Option<Value> {
    match &node.value {
        Written::String(text) => Some(read(text)),
        Written::Deferred(deferred) => Some(of_function(deferred, read)),
        Written::Null
        | Written::Bool(_)
        | Written::Number(_)
        | Written::Array(_)
        | Written::Object(_) => None,
    }
}

fn of_function(deferred: &Deferred<'_>, read: fn(&str) -> Value) -> Value {
    let unknown = |reason| Value::unknown(&shown(deferred), reason);
    match (&deferred.function, deferred.arguments.as_slice()) {
        (Function::Template, pieces) => {
            template(pieces).unwrap_or_else(|| unknown(Reason::Function))
        }
        (Function::Conditional, [_, one, other]) => {
            let outcomes = [one, other].map(|outcome| value(outcome, read));
            match outcomes {
                [Some(one), Some(other)] => Value::one_of(&shown(deferred), [one, other]),
                _ => unknown(Reason::Function),
            }
        }
        (Function::Reference, [name]) if name.as_str() == Some(STACK_ACCOUNT) => {
            unknown(Reason::StackAccount)
        }
        (Function::Reference | Function::Lookup, _) => unknown(Reason::Reference),
        (Function::AfterApply, _) => unknown(Reason::KnownAfterApply),
        _ => unknown(Reason::Function),
    }
}

/// The string of these pieces; nothing where one of them can be no string, or there are too many.
fn template(pieces: &[Node<'_>]) -> Option<Value> {
    let mut all = vec![Text::default()];
    for piece in pieces {
        let piece = match &piece.value {
            Written::Bool(true) => "true".into(),
            Written::Bool(false) => "false".into(),
            Written::Number(text) => (**text).into(),
            _ => value(piece, super::placeholder::value)?,
        };
        let values = piece.alternatives();
        if all.len().saturating_mul(values.len()) > MOST_VALUES {
            return None;
        }
        let joined = all
            .iter()
            .flat_map(|text| values.iter().map(|value| text.then(value)));
        all = joined.collect();
    }
    let written: String = pieces.iter().map(of_piece).collect();
    let values = all
        .into_iter()
        .map(|text| Value::with_unknown(&text.text, text.unknown));
    Some(Value::one_of(&written, values))
}

#[derive(Clone, Default)]
struct Text {
    text: String,
    unknown: Vec<UnknownPart>,
}

impl Text {
    fn then(&self, value: &Value) -> Self {
        let start = self.text.len();
        let mut longer = self.clone();
        longer.text.push_str(value);
        longer
            .unknown
            .extend(value.unknown_parts().map(|part| UnknownPart {
                at: part.at.start.saturating_add(start)..part.at.end.saturating_add(start),
                ..part
            }));
        longer
    }
}

/// How a function is shown where its value would be: as Terraform writes it, a tag as YAML does.
fn shown(deferred: &Deferred<'_>) -> String {
    let mut text = match &deferred.function {
        Function::Template => deferred.arguments.iter().map(of_piece).collect(),
        Function::Tag(_) => inside(deferred),
        _ => format!("${{{}}}", inside(deferred)),
    };
    if let Some((cut, _)) = text.char_indices().nth(MOST_SHOWN) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

fn of_piece(node: &Node<'_>) -> String {
    match &node.value {
        Written::String(text) => text.to_string(),
        Written::Deferred(deferred) => shown(deferred),
        _ => of_argument(node),
    }
}

fn inside(deferred: &Deferred<'_>) -> String {
    let arguments: Vec<_> = deferred.arguments.iter().map(of_argument).collect();
    match (&deferred.function, arguments.as_slice()) {
        (Function::Reference | Function::Lookup | Function::Splat | Function::AfterApply, _) => {
            let names = deferred.arguments.iter().zip(&arguments);
            let names = names.map(|(node, shown)| node.as_str().unwrap_or(shown).to_owned());
            names.collect::<Vec<_>>().join(".")
        }
        (Function::Tag(name), _) => format!("!{name} {}", arguments.join(", ")),
        (Function::Conditional, [condition, one, other]) => {
            format!("{condition} ? {one} : {other}")
        }
        (Function::Template, _) => format!("\"{}\"", shown(deferred)),
        (function, _) => format!("{}({})", function.name(), arguments.join(", ")),
    }
}

fn of_argument(node: &Node<'_>) -> String {
    match &node.value {
        Written::Deferred(deferred) => inside(deferred),
        Written::String(text) => format!("\"{text}\""),
        Written::Number(text) => text.clone().into_owned(),
        Written::Bool(value) => value.to_string(),
        Written::Null => "null".to_owned(),
        Written::Array(_) => "[…]".to_owned(),
        Written::Object(_) => "{…}".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PolicyDocument, PolicyKind, PolicyReading, StoredText};
    use super::*;
    use crate::aws::{ActionSet, KmsAction};
    use crate::policy::Possible;
    use crate::tree::hcl;

    fn document(policy: &str) -> PolicyDocument {
        let text = format!("policy = {policy}\n");
        let root = hcl::read(&text).unwrap();
        let node = root.get("policy").unwrap();
        PolicyReading::of_node(node, PolicyKind::Key, StoredText::Unknown)
            .document
            .unwrap()
    }

    fn read(expression: &str) -> Value {
        let text = format!("x = {expression}\n");
        let root = hcl::read(&text).unwrap();
        value(root.get("x").unwrap(), super::super::placeholder::value).unwrap()
    }

    #[test]
    fn what_a_function_leaves_open_is_unknown_and_the_rest_is_known() {
        for (expression, written, pattern, reasons) in [
            (r#""a""#, "a", "a", vec![]),
            ("var.admin", "${var.admin}", "*", vec![Reason::Reference]),
            (
                "aws_iam_role.r[0].arn",
                "${aws_iam_role.r.0.arn}",
                "*",
                vec![Reason::Reference],
            ),
            (
                r#""arn:aws:iam::${var.a}:role/${upper("x")}y""#,
                r#"arn:aws:iam::${var.a}:role/${upper("x")}y"#,
                "arn:aws:iam::*:role/*y",
                vec![Reason::Reference, Reason::Function],
            ),
            (
                r#""arn:aws:iam::<account>:role/${var.r}""#,
                "arn:aws:iam::<account>:role/${var.r}",
                "arn:aws:iam::*:role/*",
                vec![Reason::Placeholder, Reason::Reference],
            ),
            (
                r#"join(",", var.x)"#,
                r#"${join(",", var.x)}"#,
                "*",
                vec![Reason::Function],
            ),
        ] {
            let value = read(expression);
            assert_eq!(value.as_str(), written, "{expression}");
            assert_eq!(value.with_wildcards(), pattern, "{expression}");
            let found: Vec<_> = value.unknown_reasons().collect();
            assert_eq!(found, reasons, "{expression}");
        }
    }

    #[test]
    fn both_outcomes_of_a_condition_are_kept() {
        let several = |expression: &str| -> Vec<String> {
            let value = read(expression);
            let values = value.alternatives().iter();
            values.map(ToString::to_string).collect()
        };
        assert_eq!(several(r#"var.p ? "a" : "b""#), ["a", "b"]);
        assert_eq!(several(r#"var.p ? "a" : "a""#), ["a"]);
        assert_eq!(
            several(r#""x/${var.p ? "a" : "b"}/${var.q ? "c" : var.r}""#),
            ["x/a/c", "x/a/${var.r}", "x/b/c", "x/b/${var.r}"]
        );
        let many = r#"${var.p ? "a" : "b"}"#.repeat(7);
        let value = read(&format!("\"{many}\""));
        assert_eq!(value.with_wildcards(), "*");
        assert!(matches!(
            value.open().unwrap().possible(),
            Possible::Pattern(_)
        ));
    }

    #[test]
    fn a_statement_may_be_about_what_its_alternatives_are_about() {
        let policy = document(
            r#"{ Statement = [{ Effect = "Deny", Principal = { AWS = "*" }, Resource = "*",
                Action = [var.p ? "kms:Schedule*" : "kms:ScheduleKeyDeletion", "kms:${var.x}Key"] }] }"#,
        );
        let statement = &policy.statements[0];
        let schedule = ActionSet::only(KmsAction::ScheduleKeyDeletion);
        assert_eq!(statement.covered(), schedule);
        let possible = statement.possible();
        assert!(possible.contains(KmsAction::DisableKey));
        assert!(!possible.contains(KmsAction::Decrypt));
        assert_eq!(policy.placeholders().count(), 2);
    }

    #[test]
    fn an_element_that_is_deferred_as_a_whole_is_not_read() {
        for statement in [
            r#"Effect = var.e, Principal = "*", Action = "kms:*", Resource = "*""#,
            r#"Effect = "Allow", Principal = var.p, Action = "kms:*", Resource = "*""#,
            r#"Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*", Condition = var.c"#,
        ] {
            let text = format!("policy = {{ Statement = [{{ {statement} }}] }}\n");
            let root = hcl::read(&text).unwrap();
            let node = root.get("policy").unwrap();
            let read = PolicyReading::of_node(node, PolicyKind::Key, StoredText::Unknown);
            assert!(read.document.is_err(), "{statement}");
        }
    }
}
