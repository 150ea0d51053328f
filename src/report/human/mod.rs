//! Findings for people: by key and statement, each with its source and what to do, and a line that sums up.

mod decoded;
mod hints;
mod marks;
mod sections;
mod statement;
mod statistics;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::snippet::{Block, Tone, paint, render};
use super::visible::prose;
use super::{Style, Summary, counted, pieces};
use crate::finding::Severity;
use crate::lint::{Defect, NameLookup};
use crate::text::{InputFailure, Sources};

pub use hints::hints;
pub use statistics::statistics;

use sections::{Group, Section, sections};

/// From so many findings on a report shows only the first of each rule, and a table of all.
pub const MANY: usize = 20;
/// So many statements of one rule are shown then.
const FIRST_OF_RULE: usize = 3;

/// What findings are drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Every file that was recognised or is complained of.
    pub sources: &'a Sources,
    /// How keys and statements are called; none where nothing was loaded.
    pub names: Option<&'a dyn NameLookup>,
    /// How it looks.
    pub style: &'a Style,
    /// Whether every finding is shown, however many there are.
    pub verbose: bool,
}

/// Writes the findings: keys by their worst finding, of a key the worst first, what is found about one statement
/// together. Of more than [`MANY`] only the first of each rule are shown, unless all are asked for.
///
/// # Errors
/// Where writing fails.
pub fn findings(
    out: &mut impl Write,
    defects: &[Defect<'_>],
    context: &Context<'_>,
) -> io::Result<()> {
    let mut sections = sections(defects);
    let left_out = if context.verbose || defects.len() <= MANY {
        0
    } else {
        fold(&mut sections)
    };
    for section in &sections {
        header(out, section, context)?;
        pieces::each(out, &section.groups, |out, group| {
            statement::write(out, group, context)
        })?;
    }
    if left_out > 0 {
        let findings = counted(left_out, "finding");
        writeln!(
            out,
            "and {findings} more of these rules: --verbose shows all, --format concise has a line for each\n"
        )?;
    }
    Ok(())
}

/// Leaves out statements of which each finding is of a rule that was shown often enough; how many findings.
fn fold<'d>(sections: &mut Vec<Section<'d>>) -> usize {
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    let mut left_out = 0_usize;
    let mut is_shown = |group: &Group<'d>| {
        let mut is_new = false;
        for defect in group {
            let count = shown.entry(&defect.finding.rule).or_default();
            is_new |= *count < FIRST_OF_RULE;
        }
        if is_new {
            for defect in group {
                let count = shown.entry(&defect.finding.rule).or_default();
                *count = count.saturating_add(1);
            }
        } else {
            left_out = left_out.saturating_add(group.len());
        }
        is_new
    };
    for section in sections.iter_mut() {
        section.groups.retain(&mut is_shown);
    }
    sections.retain(|section| !section.groups.is_empty());
    left_out
}

/// Names the key that a section is about; the excerpts name the files.
fn header(out: &mut impl Write, section: &Section<'_>, context: &Context<'_>) -> io::Result<()> {
    let Some(subject) = section.subject else {
        return Ok(());
    };
    let alias = context.names.and_then(|names| names.alias_of(subject));
    let text = match (alias, subject.split(':').collect::<Vec<_>>().as_slice()) {
        (Some(alias), ["arn", _, "kms", region, _, key]) => {
            let id = key.strip_prefix("key/").unwrap_or(key);
            format!("{alias} · {id} · {region}")
        }
        (None, ["arn", ..]) => subject.to_owned(),
        (Some(alias), _) => format!("{alias} · {subject}"),
        (None, _) => return Ok(()),
    };
    let text = if context.style.unicode {
        text
    } else {
        text.replace(" · ", ", ")
    };
    let text = paint(
        &prose(&text, context.style.unicode),
        Tone::Good,
        context.style,
    );
    writeln!(out, "{text}\n")
}

const fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Error,
        Severity::Warning => Tone::Warning,
        Severity::Info => Tone::Note,
    }
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
/// `3 errors, 5 warnings in 4 files (2 more at severity info: --min-severity info), 2 fixable by `kmslint fix`; 12 files checked`.
///
/// # Errors
/// Where writing fails.
pub fn summary(out: &mut impl Write, summary: &Summary, style: &Style) -> io::Result<()> {
    let [infos, warnings] = summary.hidden_of;
    let found = [
        (summary.errors, Severity::Error),
        (summary.warnings.saturating_sub(warnings), Severity::Warning),
        (summary.infos.saturating_sub(infos), Severity::Info),
    ];
    let hidden = [(warnings, Severity::Warning), (infos, Severity::Info)];
    let found: Vec<String> = found
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| {
            let words = match severity {
                Severity::Info => format!("{count} info"),
                Severity::Warning | Severity::Error => counted(count, severity.name()),
            };
            paint(&words, tone(severity), style)
        })
        .collect();
    let is_empty = found.is_empty();
    if is_empty {
        write!(out, "no findings")?;
    } else {
        let files = counted(summary.files_with_findings, "file");
        write!(out, "{} in {files}", found.join(", "))?;
    }
    let more = if is_empty { "" } else { " more" };
    let mut hidden = hidden.iter().filter(|(count, _)| *count > 0);
    let words: Vec<_> = hidden
        .clone()
        .map(|(count, severity)| format!("{count}{more} at severity {}", severity.name()))
        .collect();
    if let Some((_, least)) = hidden.next_back() {
        write!(
            out,
            " ({}: --min-severity {})",
            words.join(", "),
            least.name()
        )?;
    }
    if let Some((count, at_least)) = summary.fixable.filter(|(count, _)| *count > 0) {
        let least = if at_least { "at least " } else { "" };
        write!(out, ", {least}{count} fixable by `kmslint fix`")?;
    }
    files(out, summary)?;
    if summary.input_errors > 0 {
        let inputs = format!("{} not understood", counted(summary.input_errors, "input"));
        write!(out, ", {}", paint(&inputs, Tone::Error, style))?;
    }
    writeln!(out)
}

/// What became of files, and what of the findings is left out.
fn files(out: &mut impl Write, summary: &Summary) -> io::Result<()> {
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
    Ok(())
}

#[cfg(test)]
mod tests;
