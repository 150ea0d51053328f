//! Makes fingerprints of findings that stay when lines move.

use std::collections::BTreeMap;

use crate::finding::{Finding, Fingerprint};
use crate::source::{Location, Sources};

/// The fingerprint of every finding, in the same order; no two are equal.
///
/// A hash of the rule's id, the subject, the text under the primary location without its white
/// space, and the ordinal among the findings for which all this is equal. So a fingerprint stays
/// when lines move or are indented anew, and when a message is reworded; it changes with the text
/// under the primary location. Where the subject is a file, it is the path as the user gave it.
/// Findings that are suppressed must be among those given, or ordinals shift.
pub fn fingerprints(sources: &Sources, findings: &[&Finding]) -> Vec<Fingerprint> {
    // One text may stand under many findings; its hash stands for it.
    let mut texts = BTreeMap::new();
    let mut seen: BTreeMap<Fingerprint, u64> = BTreeMap::new();
    let fingerprint = |finding: &Finding| {
        let at = finding.primary.at;
        let text = texts.entry(at).or_insert_with(|| of_text(sources, at));
        let content = Fingerprint::of(&[&finding.rule, &finding.subject, &text.to_string()]);
        let ordinal = seen.entry(content).or_default();
        let whole = Fingerprint::of(&[&content.to_string(), &ordinal.to_string()]);
        *ordinal = ordinal.saturating_add(1);
        whole
    };
    findings.iter().copied().map(fingerprint).collect()
}

fn of_text(sources: &Sources, at: Location) -> Fingerprint {
    let text = sources.get(at.source).map_or("", |file| file.text());
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let bare = at.span.of(text).replace(is_space, "");
    Fingerprint::of(&[&bare])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Label, Severity};
    use crate::source::{SourceFile, Span};

    fn finding(sources: &Sources, rule: &str, words: &str, nth: usize) -> Finding {
        let (source, file) = sources.iter().next().unwrap();
        let (start, _) = file.text().match_indices(words).nth(nth).unwrap();
        let at = Location {
            source,
            span: Span::new(start, start + words.len()),
        };
        Finding {
            rule: rule.to_owned(),
            severity: Severity::Error,
            confidence: Confidence::High,
            subject: "arn".to_owned(),
            message: words.to_owned(),
            help: String::new(),
            reference: String::new(),
            primary: Label {
                at,
                text: String::new(),
            },
            related: Vec::new(),
        }
    }

    fn of(text: &str, wanted: &[(&str, &str, usize)]) -> Vec<String> {
        let mut sources = Sources::default();
        sources.add(SourceFile::new("a.json", text));
        let findings: Vec<_> = wanted
            .iter()
            .map(|(rule, words, nth)| finding(&sources, rule, words, *nth))
            .collect();
        let fingerprints = fingerprints(&sources, &findings.iter().collect::<Vec<_>>());
        fingerprints.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn fingerprints_stay_when_lines_move() {
        let before = of("{\"a\": [1, 2]}", &[("r", "[1, 2]", 0)]);
        let after = of(
            "{\n\n  \"a\": [\r\n\t1,\n2 ]\n}",
            &[("r", "[\r\n\t1,\n2 ]", 0)],
        );
        assert_eq!(before, after);
        // A value that is known, so that the algorithm does not change under its name.
        assert_eq!(before, ["97cf4ef1f5e6eb3b7f524451e9b53907"]);
    }

    #[test]
    fn fingerprints_differ_between_findings() {
        let text = "\"kms:*\" \"kms:*\" \"kms:A\"";
        let wanted = [
            ("r", "\"kms:*\"", 0),
            ("r", "\"kms:*\"", 1),
            ("s", "\"kms:*\"", 0),
            ("r", "\"kms:A\"", 0),
        ];
        let mut all = of(text, &wanted);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), wanted.len());
    }
}
