//! Proposed fixes: for people, each with its change and what that does to permissions, and for
//! programs.

use std::io::{self, Write};

use serde::Serialize;

use super::Style;
use super::snippet::{Tone, paint};
use super::unified_diff::hunks;
use super::visible::{clip, prose, source_char};
use crate::config::InForce;
use crate::finding::Finding;
use crate::fix::{Change, Proposal, Refused, Safety};
use crate::source::edit::PatchOperation;
use crate::source::{Sources, defuse};

/// Characters of a line of source that are shown.
const LONGEST_LINE: usize = 160;

/// Writes a proposal with an empty line after it.
///
/// # Errors
/// Where writing fails.
pub fn proposal(
    out: &mut impl Write,
    sources: &Sources,
    proposal: &Proposal,
    style: &Style,
) -> io::Result<()> {
    let kind = proposal.kind.map_or("allow-deletion", |kind| kind.name());
    let title = paint(&format!("fix[{kind}]"), Tone::Note, style);
    writeln!(out, "{title}: {}", prose(&proposal.title, style.unicode))?;
    let rules = rules(&proposal.findings);
    let place = place(sources, proposal);
    let because = if rules.is_empty() {
        String::new()
    } else {
        format!(", for {}", rules.join(", "))
    };
    writeln!(out, "  {}{because}", prose(&place, style.unicode))?;
    for line in shown(proposal) {
        let tone = match line.chars().next() {
            Some('+') => Some(Tone::Note),
            Some('-') => Some(Tone::Error),
            _ => None,
        };
        let text: String = line
            .trim_end_matches(['\n', '\r'])
            .chars()
            .map(|c| source_char(c, style.unicode))
            .collect();
        let text = defuse(clip(&text, LONGEST_LINE));
        writeln!(
            out,
            "    {}",
            tone.map_or(text.clone(), |tone| paint(&text, tone, style))
        )?;
    }
    writeln!(out, "  permissions:")?;
    for effect in &proposal.effects {
        writeln!(
            out,
            "    {}",
            arrows(&prose(effect, style.unicode), effect, style)
        )?;
    }
    match &proposal.safety {
        Safety::Safe => writeln!(out, "  safe")?,
        Safety::Unsafe(reasons) => {
            let reasons: Vec<_> = reasons.iter().map(|r| prose(r, style.unicode)).collect();
            let word = paint("unsafe", Tone::Warning, style);
            writeln!(out, "  {word}: {}", reasons.join("; "))?;
        }
    }
    writeln!(out)
}

/// An arrow has no picture in ASCII.
fn arrows(shown: &str, text: &str, style: &Style) -> String {
    if style.unicode {
        shown.to_owned()
    } else {
        prose(&text.replace('→', "->"), false)
    }
}

fn place(sources: &Sources, proposal: &Proposal) -> String {
    let file = sources.get(proposal.at.source);
    let name = file.map_or("", |file| file.name());
    let line = file.map(|file| file.position(proposal.at.span.start).line);
    format!("{name}:{}", line.unwrap_or(1))
}

/// Ids of the rules, each once.
fn rules(findings: &[Finding]) -> Vec<&str> {
    let mut rules: Vec<_> = findings.iter().map(|finding| &*finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// The lines that change; of lines that nobody can read whole, the bytes.
fn shown(proposal: &Proposal) -> Vec<String> {
    let diff = hunks(&proposal.shown.before, &proposal.shown.after, 1);
    let changed = |line: &&str| line.starts_with(['+', '-', ' ']);
    let lines: Vec<_> = diff.split_inclusive('\n').filter(changed).collect();
    if lines
        .iter()
        .all(|line| line.chars().count() <= LONGEST_LINE)
    {
        return lines.into_iter().map(str::to_owned).collect();
    }
    let mut shown = Vec::new();
    for Change { edit, gone } in &proposal.changes {
        if !gone.is_empty() {
            shown.push(format!("- {gone}"));
        }
        if !edit.replacement.is_empty() {
            shown.push(format!("+ {}", edit.replacement.replace('\n', " ")));
        }
    }
    shown
}

/// Writes why there is no fix for a finding, on one line.
///
/// # Errors
/// Where writing fails.
pub fn refusal(
    out: &mut impl Write,
    sources: &Sources,
    refused: &Refused,
    style: &Style,
) -> io::Result<()> {
    let file = sources.get(refused.at.source);
    let name = file.map_or("", |file| file.name());
    let line = file.map_or(1, |file| file.position(refused.at.span.start).line);
    let rule = if refused.rule.is_empty() {
        "allow-deletion"
    } else {
        &refused.rule
    };
    let title = paint(&format!("no fix[{rule}]"), Tone::Warning, style);
    let text = format!("{name}:{line}: {}", refused.reason);
    writeln!(out, "{title}: {}", prose(&text, style.unicode))
}

/// Writes one line that sums up a list.
///
/// # Errors
/// Where writing fails.
pub fn summary(
    out: &mut impl Write,
    safe: usize,
    not_safe: usize,
    refused: usize,
) -> io::Result<()> {
    let plural = |count: usize| if count == 1 { "" } else { "es" };
    write!(out, "{safe} safe fix{}", plural(safe))?;
    if not_safe > 0 {
        write!(out, ", {not_safe} unsafe (`--only all`)")?;
    }
    if refused > 0 {
        write!(out, "; {refused} to decide by a person")?;
    }
    let next = if safe > 0 {
        "; `--diff` shows a patch, `--write` edits the files"
    } else {
        ""
    };
    writeln!(out, "{next}")
}

/// Writes what was done to the files, a line for each edit.
///
/// # Errors
/// Where writing fails.
pub fn written(
    out: &mut impl Write,
    sources: &Sources,
    done: &[Proposal],
    style: &Style,
) -> io::Result<()> {
    for proposal in done {
        let file = sources
            .get(proposal.at.source)
            .map_or("", |file| file.name());
        let text = format!("{file}: {}", proposal.title);
        writeln!(out, "{}", prose(&text, style.unicode))?;
    }
    let files = done.iter().map(|proposal| proposal.at.source);
    let files = files.collect::<std::collections::BTreeSet<_>>().len();
    let plural = if files == 1 { "" } else { "s" };
    let es = if done.len() == 1 { "" } else { "es" };
    writeln!(out, "{} fix{es} in {files} file{plural}", done.len())
}

/// What programs are told.
#[derive(Serialize)]
struct Report<'a> {
    proposals: Vec<JsonProposal<'a>>,
    refused: Vec<JsonRefused<'a>>,
    configuration: &'a InForce,
}

#[derive(Serialize)]
struct JsonProposal<'a> {
    fix: &'static str,
    rules: Vec<&'a str>,
    subject: &'a str,
    file: &'a str,
    line: usize,
    title: &'a str,
    safe: bool,
    reasons: &'a [String],
    effects: &'a [String],
    edits: Vec<JsonEdit<'a>>,
    document: String,
    patch: &'a [PatchOperation],
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    start: u32,
    end: u32,
    replacement: &'a str,
}

#[derive(Serialize)]
struct JsonRefused<'a> {
    rule: &'a str,
    subject: &'a str,
    file: &'a str,
    line: usize,
    reason: &'a str,
}

/// Writes proposals and refusals as one JSON document.
///
/// # Errors
/// Where writing fails.
pub fn json(
    out: &mut impl Write,
    sources: &Sources,
    proposals: &[&Proposal],
    refused: &[Refused],
    configuration: &InForce,
) -> io::Result<()> {
    let line = |at: crate::source::Location| {
        sources
            .get(at.source)
            .map_or(1, |file| file.position(at.span.start).line)
    };
    let name = |at: crate::source::Location| sources.get(at.source).map_or("", |file| file.name());
    let report = Report {
        proposals: proposals
            .iter()
            .map(|proposal| JsonProposal {
                fix: proposal.kind.map_or("allow-deletion", |kind| kind.name()),
                rules: rules(&proposal.findings),
                subject: &proposal.subject,
                file: name(proposal.at),
                line: line(proposal.at),
                title: &proposal.title,
                safe: proposal.is_safe(),
                reasons: match &proposal.safety {
                    Safety::Safe => &[],
                    Safety::Unsafe(reasons) => reasons,
                },
                effects: &proposal.effects,
                edits: proposal
                    .changes
                    .iter()
                    .map(|change| JsonEdit {
                        start: change.edit.span.start,
                        end: change.edit.span.end,
                        replacement: &change.edit.replacement,
                    })
                    .collect(),
                document: proposal.document.to_string(),
                patch: &proposal.patch,
            })
            .collect(),
        refused: refused
            .iter()
            .map(|refused| JsonRefused {
                rule: &refused.rule,
                subject: &refused.subject,
                file: name(refused.at),
                line: line(refused.at),
                reason: &refused.reason,
            })
            .collect(),
        configuration,
    };
    super::json::write(out, &report)
}

/// One document's JSON Patch.
#[derive(Serialize)]
struct DocumentPatch<'a> {
    file: &'a str,
    document: String,
    patch: Vec<&'a PatchOperation>,
}

/// Writes a JSON Patch (RFC 6902) for each document, those of the proposals one after the other.
///
/// # Errors
/// Where writing fails.
pub fn json_patches(out: &mut impl Write, sources: &Sources, done: &[Proposal]) -> io::Result<()> {
    let mut patches: Vec<DocumentPatch<'_>> = Vec::new();
    for proposal in done {
        let file = sources
            .get(proposal.at.source)
            .map_or("", |file| file.name());
        let document = proposal.document.to_string();
        let same = patches
            .iter_mut()
            .find(|p| p.file == file && p.document == document);
        match same {
            Some(patch) => patch.patch.extend(&proposal.patch),
            None => patches.push(DocumentPatch {
                file,
                document,
                patch: proposal.patch.iter().collect(),
            }),
        }
    }
    super::json::write(out, &patches)
}
