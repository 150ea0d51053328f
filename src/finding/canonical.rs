//! A statement as one text that does not depend on how it is written.

use std::borrow::Cow;

use crate::text::{SourceFile, Span};
use crate::tree::{Content, Deferred, ForResult, Function, Member, Node, Syntax, json};

/// Strings in strings that are looked through; an event of CloudTrail has two.
pub(super) const MAX_LEVELS: usize = 4;

/// What stands at these bytes of a file, as [`of_node`] writes it, whether it is bare, in a string, in
/// YAML or in HCL. What none of these reads only loses its white space.
pub(super) fn of_file(file: &SourceFile, at: Span) -> String {
    let text = at.of(file.text());
    of_json(text)
        .or_else(|| of_syntax(file, at))
        .unwrap_or_else(|| text.chars().filter(|c| !c.is_whitespace()).collect())
}

/// JSON, or JSON in strings.
fn of_json(text: &str) -> Option<String> {
    let mut inner = Cow::Borrowed(text);
    for _ in 0..MAX_LEVELS {
        if let Ok(mut node) = json::parse(&inner) {
            // Sorted where they are: there is one for each statement with a finding.
            sort(&mut node);
            let mut out = String::with_capacity(inner.len());
            write(&node, Order::AsWritten, &mut out);
            return Some(out);
        }
        inner = outer(&inner)?.into();
    }
    None
}

/// The text without one level of escapes; none where it has none.
pub(super) fn outer(text: &str) -> Option<String> {
    let decoded = if text.contains('\\') {
        serde_json::from_str(&format!("\"{text}\"")).ok()?
    } else if text.contains('%') {
        percent_decode(text)
    } else {
        return None;
    };
    (decoded != text).then_some(decoded)
}

/// Undoes percent-encoding (RFC 3986); a `%` that two hexadecimal digits do not follow stays.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('%') {
        bytes.extend_from_slice(plain.as_bytes());
        let digits = after.get(..2);
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(b'%'));
        rest = code.and_then(|_| after.get(2..)).unwrap_or(after);
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The value of the file's tree at these bytes.
fn of_syntax(file: &SourceFile, at: Span) -> Option<String> {
    let syntax = Syntax::of_name(file.name())?;
    let documents = syntax.read(file.text()).ok()?;
    let node = documents.iter().find_map(|document| find(document, at))?;
    Some(of_node(node))
}

fn find<'n, 'a>(node: &'n Node<'a>, at: Span) -> Option<&'n Node<'a>> {
    if node.span == at {
        return Some(node);
    }
    match &node.value {
        Content::Array(items) => items.iter().find_map(|item| find(item, at)),
        Content::Object(members) => members.iter().find_map(|member| find(&member.value, at)),
        Content::Deferred(deferred) => deferred.arguments.iter().find_map(|of| find(of, at)),
        Content::Null | Content::Bool(_) | Content::Number(_) | Content::String(_) => None,
    }
}

/// The node without what a syntax decides: members sorted by key, nothing between tokens, strings as
/// they read. Numbers stay as written, equal keys in their order. What a template would compute stays
/// as written, so that a parameter's value changes nothing.
///
/// The readers limit how deep a node is.
pub(super) fn of_node(node: &Node<'_>) -> String {
    in_order(node, Order::ByKey)
}

/// In which order members are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    ByKey,
    AsWritten,
}

/// As [`of_node`], with the members in this order.
pub(super) fn in_order(node: &Node<'_>, order: Order) -> String {
    let mut out = String::new();
    write(node, order, &mut out);
    out
}

/// Brings the members of all objects of JSON in the order of their keys.
fn sort(node: &mut Node<'_>) {
    match &mut node.value {
        Content::Array(items) => items.iter_mut().for_each(sort),
        Content::Object(members) => {
            members.sort_by(|one, two| one.key.cmp(&two.key));
            for member in members {
                sort(&mut member.value);
            }
        }
        // JSON has no function.
        Content::Deferred(_)
        | Content::Null
        | Content::Bool(_)
        | Content::Number(_)
        | Content::String(_) => {}
    }
}

fn write(node: &Node<'_>, order: Order, out: &mut String) {
    match &node.value {
        Content::Null => out.push_str("null"),
        Content::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Content::Number(text) => out.push_str(text),
        Content::String(text) => string(text, out),
        Content::Array(items) => list(['[', ']'], items, order, out),
        Content::Object(members) => {
            out.push('{');
            if order == Order::AsWritten {
                self::members(members, order, out);
            } else {
                let mut sorted: Vec<_> = members.iter().collect();
                sorted.sort_by(|one, two| one.key.cmp(&two.key));
                self::members(sorted, order, out);
            }
            out.push('}');
        }
        Content::Deferred(deferred) => function(deferred, order, out),
    }
}

fn members<'n>(members: impl IntoIterator<Item = &'n Member<'n>>, order: Order, out: &mut String) {
    for (index, member) in members.into_iter().enumerate() {
        comma(index, out);
        string(&member.key, out);
        out.push(':');
        write(&member.value, order, out);
    }
}

/// No JSON text has a name before a parenthesis, so nothing that is known reads the same. The short form
/// of a function of a `CloudFormation` template reads as its full form does.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>
fn function(deferred: &Deferred<'_>, order: Order, out: &mut String) {
    match (&deferred.function, deferred.arguments.as_slice()) {
        (Function::Tag(name), [argument]) => {
            let prefix = match &**name {
                "Ref" | "Condition" => "",
                _ => "Fn::",
            };
            out.push('{');
            string(&format!("{prefix}{name}"), out);
            out.push(':');
            match (&**name, argument.as_str().and_then(|at| at.split_once('.'))) {
                ("GetAtt", Some((resource, attribute))) => {
                    out.push('[');
                    string(resource, out);
                    out.push(',');
                    string(attribute, out);
                    out.push(']');
                }
                _ => write(argument, order, out),
            }
            out.push('}');
        }
        (function, arguments) => {
            string(function.name(), out);
            match function {
                Function::Call { expands: true, .. } => out.push_str("..."),
                Function::For(each) => {
                    string(each.key.as_deref().unwrap_or_default(), out);
                    string(&each.element, out);
                    out.push_str(match each.result {
                        ForResult::List => "list",
                        ForResult::Map => "map",
                        ForResult::Grouped => "grouped",
                        ForResult::Text => "text",
                    });
                    out.push_str(if each.filters { "if" } else { "" });
                }
                _ => {}
            }
            list(['(', ')'], arguments, order, out);
        }
    }
}

fn list([open, close]: [char; 2], items: &[Node<'_>], order: Order, out: &mut String) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        comma(index, out);
        write(item, order, out);
    }
    out.push(close);
}

fn comma(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

/// A string as JSON writes it.
fn string(text: &str, out: &mut String) {
    if text.bytes().any(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)) {
        out.push_str(&serde_json::Value::from(text).to_string());
        return;
    }
    out.push('"');
    out.push_str(text);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = r#"{"Sid":"a b","Effect":"Allow","Action":["kms:*"],"n":7}"#;
    const CANONICAL: &str = r#"{"Action":["kms:*"],"Effect":"Allow","Sid":"a b","n":7}"#;

    fn found(name: &str, text: &str, part: &str) -> String {
        let start = text.find(part).unwrap();
        let span = Span::new(start, start + part.len());
        of_file(&SourceFile::new(name, text), span)
    }

    #[test]
    fn a_statement_reads_the_same_bare_and_in_strings() {
        assert_eq!(found("a.json", PLAIN, PLAIN), CANONICAL);
        let spaced = PLAIN.replace(':', " :\n").replace("kms :\n", "kms:");
        assert_eq!(found("a.json", &spaced, &spaced), CANONICAL);
        let mut text = PLAIN.replace(',', ",\n");
        for _ in 0..2 {
            text = serde_json::Value::from(text).to_string();
            text = text.trim_matches('"').to_owned();
            assert_eq!(found("a.json", &text, &text), CANONICAL);
        }
        let encoded = PLAIN
            .replace('{', "%7B")
            .replace('"', "%22")
            .replace(' ', "%20");
        assert_eq!(found("a.json", &encoded, &encoded), CANONICAL);
        assert_eq!(found("a.txt", " kms: * ", "kms: *"), "kms:*");
    }

    #[test]
    fn a_statement_reads_the_same_in_yaml_and_hcl() {
        let flow = "# a\nStatement:\n  - {Effect: Allow, Sid: 'a b', Action: [kms:*], n: 7}\n";
        let part = "{Effect: Allow, Sid: 'a b', Action: [kms:*], n: 7}";
        assert_eq!(found("a.yaml", flow, part), CANONICAL);
        let block =
            "Statement:\n  - Sid: a b\n    Effect: Allow\n    Action:\n      - kms:*\n    n: 7\n";
        let part = "Sid: a b\n    Effect: Allow\n    Action:\n      - kms:*\n    n: 7";
        assert_eq!(found("a.yml", block, part), CANONICAL);
        let hcl = "policy = {\n  Sid = \"a b\"\n  Effect = \"Allow\"\n  Action = [\"kms:*\"]\n  n = 7\n}\n";
        let part = hcl.trim_start_matches("policy = ").trim_end();
        assert_eq!(found("a.tf", hcl, part), CANONICAL);
    }

    #[test]
    fn the_short_form_of_a_function_reads_as_the_full_form() {
        let short = "a: {k: !GetAtt Key.Arn, r: !Ref P, s: !Sub '${P}'}\n";
        let part = "{k: !GetAtt Key.Arn, r: !Ref P, s: !Sub '${P}'}";
        let full = r#"{"k":{"Fn::GetAtt":["Key","Arn"]},"r":{"Ref":"P"},"s":{"Fn::Sub":"${P}"}}"#;
        assert_eq!(found("a.yaml", short, part), full);
        assert_eq!(found("a.json", full, full), full);
    }

    #[test]
    fn strings_are_written_as_any_json_is() {
        for text in ["", "a b", "é\u{7f}", "\"", "a\\", "\n", "\u{1f}x", "😀"] {
            let mut out = String::new();
            string(text, &mut out);
            assert_eq!(out, serde_json::to_string(text).unwrap());
        }
    }
}
