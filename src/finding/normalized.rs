//! The text of a statement without what does not matter: white space, and how the statement is
//! written into its file.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::tree::{Node, Value, json};

/// Strings in strings that are looked through; an event of CloudTrail has two.
const MAX_LEVELS: usize = 4;

/// The same JSON with nothing between its tokens, in the order as written, equal keys included. A
/// part of a policy that is embedded as a string reads as if it were not. What is no JSON only
/// loses its white space.
pub(super) fn normalized(text: &str) -> String {
    if let Some(quick) = without_escapes(text) {
        return quick;
    }
    let mut inner = Cow::Borrowed(text);
    for _ in 0..MAX_LEVELS {
        if let Ok(node) = json::parse(&inner) {
            return written(&node, inner.len());
        }
        match outer(&inner) {
            Some(decoded) => inner = decoded.into(),
            None => break,
        }
    }
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// JSON in which nothing is escaped, as most is, without what stands between its tokens; none where
/// it is something else.
fn without_escapes(text: &str) -> Option<String> {
    if text.contains('\\') || serde_json::from_str::<IgnoredAny>(text).is_err() {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut in_string = false;
    for byte in text.bytes() {
        in_string ^= byte == b'"';
        if in_string || !byte.is_ascii_whitespace() {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

fn written(node: &Node<'_>, length: usize) -> String {
    let mut out = String::with_capacity(length);
    write(node, &mut out);
    out
}

/// The text without one level of escapes; none where it has none.
fn outer(text: &str) -> Option<String> {
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

/// The reader limits how deep a document is.
fn write(node: &Node<'_>, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(text) => out.push_str(text),
        Value::String(text) => string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                comma(index, out);
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, member) in members.iter().enumerate() {
                comma(index, out);
                string(&member.key, out);
                out.push(':');
                write(&member.value, out);
            }
            out.push('}');
        }
        // No JSON text has a name before a parenthesis, so nothing that is known reads the same.
        Value::Deferred(deferred) => {
            string(deferred.function.name(), out);
            out.push('(');
            for (index, argument) in deferred.arguments.iter().enumerate() {
                comma(index, out);
                write(argument, out);
            }
            out.push(')');
        }
    }
}

fn comma(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

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

    const PLAIN: &str = r#"{"Sid":"a b","Action":["kms:*"],"n":1e3,"Sid":"é"}"#;

    #[test]
    fn white_space_goes_and_all_else_stays() {
        let spaced =
            "{ \"Sid\" :\r\n \"a b\",\"Action\" : [ \"kms:*\" ],\t\"n\":1e3, \"Sid\": \"\\u00e9\"}";
        assert_eq!(normalized(spaced), PLAIN);
        assert_eq!(normalized(" kms: * "), "kms:*");
        assert_eq!(normalized("\\"), "\\");
        assert_eq!(normalized("100%"), "100%");
    }

    #[test]
    fn the_quick_way_says_the_same() {
        for text in [
            PLAIN,
            " [ ] ",
            "{ }",
            "\"a  b\"",
            "null",
            "[1 , 2.50,\n-0e1,true ,false, \"\", \"[ , ]\"]",
            "{ \"a\" : { \"b : c\" : [ { } , \"é \u{7f}\" ] } }",
        ] {
            let node = json::parse(text).unwrap();
            assert_eq!(without_escapes(text), Some(written(&node, 0)));
        }
        for text in ["", "a", "\"a\nb\"", "\"\\u0041\"", "[1,]", "\"a\" b"] {
            assert_eq!(without_escapes(text), None, "{text}");
        }
    }

    #[test]
    fn strings_are_written_as_any_json_is() {
        for text in ["", "a b", "é\u{7f}", "\"", "a\\", "\n", "\u{1f}x", "😀"] {
            let mut out = String::new();
            string(text, &mut out);
            assert_eq!(out, serde_json::to_string(text).unwrap());
        }
    }

    #[test]
    fn embedded_text_reads_as_if_it_were_not() {
        let mut text = PLAIN.replace(',', ",\n");
        for _ in 0..2 {
            text = serde_json::Value::from(text).to_string();
            text = text.trim_matches('"').to_owned();
            assert_eq!(normalized(&text), PLAIN);
        }
        let encoded = PLAIN.replace('{', "%7B").replace('"', "%22");
        let encoded = encoded.replace('é', "%C3%A9").replace(' ', "%20");
        assert_eq!(normalized(&encoded), PLAIN);
    }
}
