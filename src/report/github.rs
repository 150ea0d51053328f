//! Findings as workflow commands of GitHub Actions, which shows them at the lines of a change.
//!
//! GitHub shows ten annotations of each severity for a step; all of them stand in its log.
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use std::io::{self, Write};

use super::run::{FileRange, Run};
use super::visible::{clip, prose};
use super::{Style, configuration, human, pieces};
use crate::finding::Severity;
use crate::lint::Defect;

/// Characters of a message at most; GitHub takes 64 KiB.
const MOST: usize = 4_000;

/// Writes one command for each finding that is not suppressed and each failure, then the line
/// that sums up.
///
/// # Errors
/// Where writing fails.
pub fn run(out: &mut impl Write, run: &Run<'_>) -> io::Result<()> {
    let open: Vec<_> = run.open().collect();
    pieces::each(out, &open, |out, defect| {
        let found = &defect.finding;
        let place = run.place(found.primary.at);
        let level = level(found.severity);
        command(out, level, place.as_ref(), &found.rule, &message(defect))
    })?;
    for failure in run.failures {
        let (file, place) = run.failed(failure);
        let mut words = prose(&failure.error.message, true);
        if place.is_none() && !file.is_empty() {
            words = format!("`{}`: {words}", prose(&file, true));
        }
        if let Some(help) = &failure.error.help {
            words = format!("{words}\nhelp: {}", prose(help, true));
        }
        command(out, "error", place.as_ref(), "input not understood", &words)?;
    }
    let plain = Style {
        color: false,
        unicode: true,
        width: 100,
    };
    configuration::human(out, run.configuration, &plain)?;
    human::summary(out, run.summary, &plain)
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

fn message(defect: &Defect<'_>) -> String {
    let finding = &defect.finding;
    let mut message = prose(&finding.message, true);
    for (name, note) in defect.lines() {
        message = format!("{message}\n{name}: {}", prose(note, true));
    }
    let (help, see) = (prose(&finding.help, true), prose(&finding.reference, true));
    format!("{message}\nhelp: {help}\nsee: {see}")
}

fn command(
    out: &mut impl Write,
    level: &str,
    place: Option<&FileRange>,
    title: &str,
    message: &str,
) -> io::Result<()> {
    write!(out, "::{level} ")?;
    if let Some(place) = place {
        let (start, end) = (place.start, place.end);
        write!(out, "file={},", property(&prose(&place.path, true)))?;
        if !place.decompressed {
            write!(out, "line={},endLine={},", start.line, end.line)?;
        }
        // GitHub takes columns only where the range is on one line.
        if !place.decompressed && start.line == end.line {
            write!(out, "col={},", start.column)?;
        }
    }
    let title = property(&format!("kmslint: {}", prose(title, true)));
    writeln!(out, "title={title}::{}", data(&clip(message, MOST)))
}

/// The escapes of a command's message; without its line ends nothing in it begins a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The escapes of a property's value.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::example::{expect, hostile};
    use super::*;

    #[test]
    fn nothing_in_a_policy_begins_a_command() {
        let mut out = Vec::new();
        hostile(|example| run(&mut out, example).unwrap());
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 6, "{text}");
        for line in text.lines().take(4) {
            let begin = ["::error file=", "::notice file=", "::error title="];
            assert!(begin.iter().any(|begin| line.starts_with(begin)), "{line}");
        }
        expect("github.txt", &text);
    }
}
