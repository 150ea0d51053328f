//! Findings as SARIF 2.1.0, as code scanning of GitHub and other dashboards read it.

mod fix;
mod location;
mod rules;
#[cfg(test)]
mod tests;
mod types;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::files::{self, Named};
use super::run::{FileRange, Reported, Run};
use super::visible::prose;
use super::{configuration, counted, json};
use crate::finding::{Confidence, Finding, Fingerprint, Label, Severity};
use crate::lint::Defect;
use crate::text::InputFailure;
use fix::Fixes;
use location::{ROOT, in_file, labelled, link};
use rules::Rules;
use types::{
    BaseUri, Driver, Invocation, Log, LogicalLocation, Notification, ResultProperties,
    SarifLocation, SarifResult, SarifRun, Suppression, Text, Tool,
};

/// Related locations of one result at most; GitHub shows 100.
const MOST_RELATED: usize = 100;

/// The name of the algorithm with its version (§3.27.17): values are compared under one name
/// only, so a new algorithm is a new version. See `lint::fingerprints`.
const FINGERPRINT: &str = "kmslintFingerprint/v2";

/// Writes one run with every finding, those that are suppressed marked so, and every failure as a
/// notification of a run that did not succeed.
///
/// # Errors
/// Where writing fails.
pub fn run(out: &mut impl Write, run: &Run<'_>) -> io::Result<()> {
    let rules = Rules::new(run);
    let results = run.findings.iter().zip(run.fingerprints());
    let fixes = Fixes::new(run);
    let results = results.map(|(reported, fingerprint)| {
        let fixes = fixes.of(run, reported.defect.parts());
        SarifResult {
            fixes,
            ..result(run, &rules, *reported, fingerprint)
        }
    });
    let notifications = run
        .failures
        .iter()
        .map(|failure| notification(run, failure));
    let configuration = configuration::line(run.configuration, true);
    let notifications = notifications.chain(of_files(run));
    let description = text("the directory in which the program ran".to_owned());
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [SarifRun {
            results: results.collect(),
            invocations: [Invocation {
                execution_successful: run.failures.is_empty(),
                tool_execution_notifications: notifications.collect(),
                tool_configuration_notifications: vec![Notification {
                    level: "note",
                    message: text(format!("{}.", location::unlinked(&configuration))),
                    locations: Vec::new(),
                }],
            }],
            original_uri_base_ids: BTreeMap::from([(ROOT, BaseUri { description })]),
            // As `Position` counts.
            column_kind: "unicodeCodePoints",
            tool: Tool {
                driver: Driver {
                    name: "kmslint",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules.into_descriptors(),
                },
            },
        }],
    };
    json::write(out, &log)
}

const fn text(text: String) -> Text {
    Text { text }
}

/// The words of SARIF for a severity (§3.27.10).
const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result<'a>(
    run: &Run<'_>,
    rules: &Rules<'a>,
    reported: Reported<'a>,
    fingerprint: Fingerprint,
) -> SarifResult<'a> {
    let finding = reported.finding();
    let related = related(run, finding);
    let suppression = |reason| Suppression {
        kind: "external",
        status: "accepted",
        justification: prose(reason, true),
    };
    SarifResult {
        rule_id: &finding.rule,
        rule_index: rules.index(&finding.rule),
        level: level(finding.severity),
        message: text(message(reported.defect, &related)),
        locations: primary(run, reported.defect),
        related_locations: related.into_iter().map(|(_, location)| location).collect(),
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, fingerprint.to_string())]),
        suppressions: reported.suppressed.map(suppression).into_iter().collect(),
        fixes: Vec::new(),
        properties: ResultProperties {
            confidence: confidence(finding.confidence),
        },
    }
}

const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

fn primary(run: &Run<'_>, defect: &Defect<'_>) -> Vec<SarifLocation> {
    let finding = &defect.finding;
    let place = run.place(finding.primary.at);
    let location = place.map(|place| {
        let mut location = labelled(&place, None, &finding.primary.text);
        // The physical location names a file.
        let named = defect.subjects().iter().take(MOST_RELATED);
        for arn in named.filter_map(|subject| subject.key_arn()) {
            location.logical_locations.push(LogicalLocation {
                fully_qualified_name: prose(arn, true),
                kind: "resource",
            });
        }
        location
    });
    location.into_iter().collect()
}

/// The related locations, numbered from 1, and what to call them.
fn related(run: &Run<'_>, finding: &Finding) -> Vec<(String, SarifLocation)> {
    let places = finding.related.iter().filter_map(|label| {
        let place = run.place(label.at)?;
        Some((label, place))
    });
    let numbered = (1..).zip(places).take(MOST_RELATED);
    let location = |(id, (label, place)): (usize, (&Label, FileRange))| {
        let name = if label.text.is_empty() {
            place.short()
        } else {
            label.text.to_string()
        };
        (name, labelled(&place, Some(id), &label.text))
    };
    numbered.map(location).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The finding's words. GitHub shows a related location only where the message links to it.
///
/// §3.11.5 wants braces doubled, for the sake of placeholders; they are not, since there are no
/// arguments, and what GitHub and other readers show then is what was meant.
fn message(defect: &Defect<'_>, related: &[(String, SarifLocation)]) -> String {
    let finding = &defect.finding;
    let plain = |words: &str| location::unlinked(&prose(words, true));
    let mut message = format!("{}.", plain(&finding.message));
    for (name, note) in defect.lines() {
        message = format!("{message}\n{}: {}.", capital(name), plain(note));
    }
    if !finding.help.is_empty() {
        message = format!("{message}\nHelp: {}.", plain(&finding.help));
    }
    let links = related
        .iter()
        .filter_map(|(name, location)| Some(link(name, location.id?)));
    let links = links.collect::<Vec<_>>().join(", ");
    if links.is_empty() {
        message
    } else {
        format!("{message}\nSee also: {links}.")
    }
}

/// How many files were checked and how many were not, and those that look like ours by their names.
fn of_files(run: &Run<'_>) -> Vec<Notification> {
    let note = |message: String, locations| Notification {
        level: "note",
        message: text(location::unlinked(&prose(&message, true))),
        locations,
    };
    let (named, more) = files::named(run.files, Named::LooksLikeOurs);
    let summary = run.summary;
    let counts = format!(
        "{} checked, {} passed over, {} left out{}",
        counted(summary.files, "file"),
        summary.passed_over,
        summary.left_out,
        if more > 0 {
            ", not all of them named"
        } else {
            ""
        }
    );
    let named = named.into_iter().map(|file| {
        let place = in_file(&run.path(&file.path));
        note(files::line(file), vec![place])
    });
    std::iter::once(note(counts, Vec::new()))
        .chain(named)
        .collect()
}

fn notification(run: &Run<'_>, failure: &InputFailure) -> Notification {
    let (file, place) = run.failed(failure);
    let location = match &place {
        Some(place) => Some(labelled(place, None, &failure.error.label)),
        None if file.is_empty() => None,
        None => Some(in_file(&file)),
    };
    let plain = |words: &str| location::unlinked(&prose(words, true));
    let message = plain(&failure.error.message);
    let help = failure.error.help.as_deref().map(plain);
    Notification {
        level: "error",
        message: text(match help {
            Some(help) => format!("{message}.\nHelp: {help}."),
            None => format!("{message}."),
        }),
        locations: location.into_iter().collect(),
    }
}
