//! Findings as a Code Quality report of GitLab.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::json;
use super::run::{FileRange, Run};
use super::visible::prose;
use crate::finding::{Fingerprint, Severity};
use crate::lint::Defect;

#[derive(Serialize)]
struct Violation {
    description: String,
    check_name: String,
    /// No two are equal: GitLab would show one of them only.
    fingerprint: String,
    severity: &'static str,
    location: CodeLocation,
}

#[derive(Serialize)]
struct CodeLocation {
    /// From the top of the repository, which is taken to be the working directory.
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// Writes a list with every finding that is not suppressed and every failure.
///
/// # Errors
/// Where writing fails.
pub fn run(out: &mut impl Write, run: &Run<'_>) -> io::Result<()> {
    let findings = run.findings.iter().zip(run.fingerprints());
    let findings = findings.filter(|(reported, _)| reported.suppressed.is_none());
    let mut violations: Vec<_> = findings
        .map(|(reported, fingerprint)| {
            let finding = reported.finding();
            Violation {
                description: description(reported.defect),
                check_name: finding.rule.to_string(),
                fingerprint: fingerprint.to_string(),
                severity: severity(finding.severity),
                location: location(run.place(finding.primary.at), String::new()),
            }
        })
        .collect();
    let mut seen = BTreeMap::new();
    for failure in run.failures {
        let (file, place) = run.failed(failure);
        let description = prose(&failure.error.message, true);
        let ordinal = seen
            .entry((file.clone(), description.clone()))
            .or_insert(0_u64);
        let fingerprint = Fingerprint::of(&[&file, &description, &ordinal.to_string()]);
        *ordinal = ordinal.saturating_add(1);
        violations.push(Violation {
            description,
            check_name: "input-not-understood".to_owned(),
            fingerprint: fingerprint.to_string(),
            severity: "blocker",
            location: location(place, file),
        });
    }
    json::write(out, &violations)
}

/// One line, with all that is told of several keys and principals.
fn description(defect: &Defect<'_>) -> String {
    let lines = defect
        .lines()
        .map(|(name, note)| format!("; {name}: {note}"));
    let text = defect.finding.message.clone() + &lines.collect::<String>();
    prose(&text, true)
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "info",
    }
}

/// GitLab takes no violation without a path and a line.
fn location(place: Option<FileRange>, file: String) -> CodeLocation {
    let lines = place.as_ref().filter(|place| !place.decompressed);
    let begin = lines.map_or(1, |place| place.start.line);
    CodeLocation {
        path: place.map_or(file, |place| place.path),
        lines: Lines { begin },
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{expect, hostile};
    use super::*;

    #[test]
    fn violations_have_what_gitlab_asks_for() {
        let mut out = Vec::new();
        hostile(|example| run(&mut out, example).unwrap());
        let text = String::from_utf8(out).unwrap();
        let violations: serde_json::Value = serde_json::from_str(&text).unwrap();
        let fingerprints: std::collections::BTreeSet<_> = violations
            .as_array()
            .unwrap()
            .iter()
            .map(|violation| violation["fingerprint"].as_str().unwrap())
            .collect();
        assert_eq!(fingerprints.len(), violations.as_array().unwrap().len());
        expect("gitlab.json", &text);
    }
}
