//! The fingerprints that kmslint made before the first version of baselines that records principals: over
//! the text of a statement without its white space. Baselines and suppressions of that time still match.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use crate::text::{Location, Root, Sources};
use crate::tree::json;

use super::Finding;
use super::canonical::{MAX_LEVELS, Order, in_order, outer};
use super::fingerprint::{Fingerprint, names, ordinals};

/// The earlier fingerprints of one finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierFingerprints {
    /// Of the finding, as baselines of version 1 have it: its rule, its subject, its statement, and which
    /// of several it is.
    pub finding: Fingerprint,
    /// Of the statement, as suppressions name it with `statement`.
    pub statement: Fingerprint,
}

/// The earlier fingerprints of these findings, in their order. The findings must be sorted.
pub fn earlier_fingerprints(
    findings: &[Finding],
    sources: &Sources,
    root: &Root,
) -> Vec<EarlierFingerprints> {
    let mut known: BTreeMap<Location, Fingerprint> = BTreeMap::new();
    let mut of_statement = |finding: &Finding| {
        let at = finding.statement.unwrap_or(finding.primary.at);
        let statement = *known.entry(at).or_insert_with(|| of_text(at, sources));
        if finding.identity.is_empty() {
            return statement;
        }
        Fingerprint::of(&[&statement.to_string(), &finding.identity])
    };
    let statements: Vec<_> = findings.iter().map(&mut of_statement).collect();
    let names = names(&findings.iter().collect::<Vec<_>>(), root);
    let alike = findings.iter().zip(&names).zip(&statements);
    let alike: Vec<_> = alike
        .map(|((finding, name), of)| (of, &finding.rule, name))
        .collect();
    let ordinals = ordinals(&alike);
    drop(alike);
    let each = findings.iter().zip(names).zip(statements).zip(ordinals);
    each.map(|(((finding, subject), statement), ordinal)| {
        let parts = [
            &*finding.rule,
            &*subject,
            &statement.to_string(),
            &ordinal.to_string(),
        ];
        EarlierFingerprints {
            finding: Fingerprint::of(&parts),
            statement,
        }
    })
    .collect()
}

fn of_text(at: Location, sources: &Sources) -> Fingerprint {
    let text = sources
        .get(at.source)
        .map_or("", |file| at.span.of(file.text()));
    Fingerprint::of(&[&normalized(text)])
}

/// The same JSON with nothing between its tokens, in the order as written, equal keys included. A
/// part of a policy that is embedded as a string reads as if it were not. What is no JSON only
/// loses its white space.
fn normalized(text: &str) -> String {
    if let Some(quick) = without_escapes(text) {
        return quick;
    }
    let mut inner = Cow::Borrowed(text);
    for _ in 0..MAX_LEVELS {
        if let Ok(node) = json::parse(&inner) {
            return in_order(&node, Order::AsWritten);
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::finding::fingerprint::tests::finding;
    use crate::text::SourceFile;

    use super::*;

    /// As baselines and suppressions of that time have them.
    #[test]
    fn earlier_fingerprints_are_what_they_were() {
        let text = r#"{"Effect": "Allow"}"#;
        let mut sources = Sources::default();
        let source = sources.add(SourceFile::new("keys/a.json", text));
        let finding = finding(source, text, text);
        let findings = [finding.clone(), finding];
        let earlier = earlier_fingerprints(&findings, &sources, &Root::new(Path::new(".")));
        let texts: Vec<_> = earlier.iter().map(|of| of.finding.to_string()).collect();
        assert_eq!(
            texts,
            [
                "851d1953e8eb1c83fc94baed3842a299",
                "2e78482c22157cf2515481a8d4c24a27"
            ]
        );
        let statement = "e3e2ac0ea1ecdc38b4a3a005c3a76878";
        assert_eq!(earlier[1].statement.to_string(), statement);
    }

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
            assert_eq!(
                without_escapes(text),
                Some(in_order(&node, Order::AsWritten))
            );
        }
        for text in ["", "a", "\"a\nb\"", "\"\\u0041\"", "[1,]", "\"a\" b"] {
            assert_eq!(without_escapes(text), None, "{text}");
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
