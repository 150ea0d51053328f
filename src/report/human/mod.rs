//! Findings for people: each with its source and what to do, and a line that sums up.

use std::io::{self, Write};

use super::snippet::{Block, Tone, paint, render};
use super::visible::prose;
use super::{Style, Summary, counted, pieces};
use crate::finding::{Confidence, Severity};
use crate::lint::Defect;
use crate::text::{InputFailure, Location, Sources};

/// Writes every finding with an empty line after it, in the order given.
///
/// # Errors
/// Where writing fails.
pub fn findings(
    out: &mut impl Write,
    sources: &Sources,
    defects: &[Defect<'_>],
    style: &Style,
) -> io::Result<()> {
    pieces::each(out, defects, |out, found| {
        defect(out, sources, found, style)
    })
}

fn defect(
    out: &mut impl Write,
    sources: &Sources,
    defect: &Defect<'_>,
    style: &Style,
) -> io::Result<()> {
    let finding = &defect.finding;
    let (tone, word) = match finding.severity {
        Severity::Error => (Tone::Error, "error"),
        Severity::Warning => (Tone::Warning, "warning"),
        Severity::Info => (Tone::Note, "note"),
    };
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    let places: Vec<(Location, &str)> = labels.map(|label| (label.at, &*label.text)).collect();
    let block = Block {
        tone,
        title: &format!("{word}[{}]", finding.rule),
        message: &finding.message,
        places: &places,
        help: Some(&finding.help),
    };
    render(out, sources, &block, style)?;
    let file = sources.get(finding.primary.at.source);
    let subject = finding.subject.as_str();
    let mut told = finding.values.iter();
    let is_told = told.any(|value| value.of(&finding.message) == subject)
        || file.is_some_and(|file| file.name() == subject);
    for (name, note) in defect.lines() {
        footnote(out, name, note, style)?;
    }
    if !is_told && defect.subjects.len() == 1 {
        footnote(out, "subject", subject, style)?;
    }
    match finding.confidence {
        Confidence::High => {}
        Confidence::Medium => footnote(out, "confidence", "medium", style)?,
        Confidence::Low => footnote(out, "confidence", "low", style)?,
    }
    footnote(out, "see", &finding.reference, style)?;
    writeln!(out)
}

/// A line that is never broken, so that what stands in it can be copied.
fn footnote(out: &mut impl Write, title: &str, text: &str, style: &Style) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let title = paint(&format!("{title}:"), Tone::Note, style);
    writeln!(out, "  {title} {}", prose(text, style.unicode))
}

/// Writes every input that could not be read or understood, with an empty line after it.
///
/// # Errors
/// Where writing fails.
pub fn input_errors(
    out: &mut impl Write,
    sources: &Sources,
    failures: &[InputFailure],
    style: &Style,
) -> io::Result<()> {
    for failure in failures {
        let error = &failure.error;
        let shown = failure.at.filter(|at| sources.get(at.source).is_some());
        let place = shown.map(|at| (at, error.label.as_str()));
        // Without a source to show, the name of the file must stand in the sentence.
        let message = match place {
            Some(_) => error.message.clone(),
            None => format!("`{}`: {}", failure.file, error.message),
        };
        let block = Block {
            tone: Tone::Error,
            title: "error",
            message: &message,
            places: place.as_slice(),
            help: error.help.as_deref(),
        };
        render(out, sources, &block, style)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes one line, for example
/// `3 errors, 5 warnings, 2 notes in 4 files, 2 fixable by `kmslint fix`; 12 files checked`.
///
/// # Errors
/// Where writing fails.
pub fn summary(out: &mut impl Write, summary: &Summary, style: &Style) -> io::Result<()> {
    let severities = [
        (summary.errors, "error", Tone::Error),
        (summary.warnings, "warning", Tone::Warning),
        (summary.infos, "note", Tone::Note),
    ];
    let found: Vec<String> = severities
        .into_iter()
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, noun, tone)| paint(&counted(count, noun), tone, style))
        .collect();
    if found.is_empty() {
        write!(out, "no findings")?;
    } else {
        let files = counted(summary.files_with_findings, "file");
        write!(out, "{} in {files}", found.join(", "))?;
    }
    let fixable = summary.fixable.unwrap_or_default();
    if fixable.proven > 0 {
        let least = if fixable.at_least { "at least " } else { "" };
        write!(out, ", {least}{} fixable by `kmslint fix`", fixable.proven)?;
    }
    write!(out, "; {} checked", counted(summary.files, "file"))?;
    if summary.passed_over > 0 {
        write!(out, ", {} passed over", summary.passed_over)?;
    }
    if summary.left_out > 0 {
        write!(out, ", {} left out", summary.left_out)?;
    }
    if summary.placeholders > 0 {
        write!(out, ", {}", counted(summary.placeholders, "placeholder"))?;
    }
    if summary.suppressed > 0 {
        write!(
            out,
            ", {} suppressed",
            counted(summary.suppressed, "finding")
        )?;
    }
    if summary.in_baseline > 0 {
        let count = counted(summary.in_baseline, "finding");
        write!(out, ", {count} in the baseline")?;
    }
    if summary.input_errors > 0 {
        let inputs = format!("{} not understood", counted(summary.input_errors, "input"));
        write!(out, ", {}", paint(&inputs, Tone::Error, style))?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests;
