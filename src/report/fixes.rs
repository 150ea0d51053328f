//! Proposed fixes: for people, each with its change and what that does to permissions, and for
//! programs.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;

use super::Style;
use super::difference::{Named, effects};
use super::objection::reasons;
use super::snippet::{Tone, paint};
use super::unified_diff::{LineChange, changed_lines};
use super::visible::{clip, prose, source_char};
use crate::config::InForce;
use crate::difference::Difference;
use crate::finding::Finding;
use crate::fix::{Change, NotEdited, Proposal, Refused, Repaired, Safety, Total};
use crate::text::{SourceId, Sources, defuse};
use crate::tree::edit::{Edit, PatchOperation};

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
    for (change, line) in shown(proposal) {
        let tone = match change {
            LineChange::Comes => Some(Tone::Note),
            LineChange::Goes => Some(Tone::Error),
            LineChange::Stays => None,
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
    permissions(out, &proposal.effects, style)?;
    match &proposal.safety {
        Safety::Safe => writeln!(out, "  safe")?,
        Safety::Unsafe(_) => {
            let reasons = reasons(proposal);
            let reasons: Vec<_> = reasons.iter().map(|r| prose(r, style.unicode)).collect();
            let word = paint("unsafe", Tone::Warning, style);
            writeln!(out, "  {word}: {}", reasons.join("; "))?;
        }
    }
    writeln!(out)
}

fn permissions(out: &mut impl Write, of_fix: &Difference, style: &Style) -> io::Result<()> {
    writeln!(out, "  permissions:")?;
    for effect in effects(of_fix, Named::Few) {
        let shown = arrows(&prose(&effect, style.unicode), &effect, style);
        writeln!(out, "    {shown}")?;
    }
    Ok(())
}

/// Writes what the fixes of each policy do together, where they are several; an empty line after each.
///
/// # Errors
/// Where writing fails.
pub fn totals(out: &mut impl Write, totals: &[Total], style: &Style) -> io::Result<()> {
    for total in totals.iter().filter(|total| total.fixes > 1) {
        let subject = prose(&total.subject, style.unicode);
        writeln!(out, "together, {} fixes of {subject}:", total.fixes)?;
        permissions(out, &total.effects, style)?;
        writeln!(out)?;
    }
    Ok(())
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

/// The lines that change, each behind its sign; of lines that nobody can read whole, the bytes.
fn shown(proposal: &Proposal) -> Vec<(LineChange, String)> {
    let lines = changed_lines(&proposal.shown.before, &proposal.shown.after);
    // With the sign and, whether it is there or not, the end.
    let length = |line: &str| {
        line.trim_end_matches('\n')
            .chars()
            .count()
            .saturating_add(2)
    };
    let signed = |change: LineChange, text: &str| (change, format!("{}{text}", change.sign()));
    if lines.iter().all(|(_, line)| length(line) <= LONGEST_LINE) {
        let lines = lines.into_iter();
        return lines.map(|(change, line)| signed(change, line)).collect();
    }
    let mut shown = Vec::new();
    for Change { edit, gone } in &proposal.changes {
        if !gone.is_empty() {
            shown.push(signed(LineChange::Goes, &format!(" {gone}")));
        }
        if !edit.replacement.is_empty() {
            let came = edit.replacement.replace('\n', " ");
            shown.push(signed(LineChange::Comes, &format!(" {came}")));
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

/// Writes which file with findings is not edited, and why, on one line.
///
/// # Errors
/// Where writing fails.
pub fn not_edited(
    out: &mut impl Write,
    sources: &Sources,
    of: &NotEdited,
    style: &Style,
) -> io::Result<()> {
    let name = sources.get(of.source).map_or("", |file| file.name());
    let title = paint("not edited", Tone::Warning, style);
    let findings = counted(of.findings, "finding", "findings");
    let text = format!("{name} ({findings}): {}", of.reason);
    writeln!(out, "{title}: {}", prose(&text, style.unicode))
}

/// Writes one line that sums up a list.
///
/// # Errors
/// Where writing fails.
pub fn summary(out: &mut impl Write, outcome: &Repaired) -> io::Result<()> {
    let line = sums(outcome);
    let hint = if outcome.done.is_empty() {
        ""
    } else {
        "; `--diff` shows a patch, `--write` edits the files"
    };
    writeln!(out, "{line}{hint}")
}

/// Writes what the fixes of a patch do together and one line that sums it up, for a person beside the
/// patch: the same numbers as in the list.
///
/// # Errors
/// Where writing fails.
pub fn beside_patch(out: &mut impl Write, outcome: &Repaired, style: &Style) -> io::Result<()> {
    totals(out, &outcome.totals, style)?;
    writeln!(out, "{}", sums(outcome))
}

/// How many fixes there are, how many findings they mend, and how many proposals and findings are left.
fn sums(outcome: &Repaired) -> String {
    let done = outcome.done.iter();
    let safe = done.clone().filter(|proposal| proposal.is_safe()).count();
    let not_safe = outcome.done.len().saturating_sub(safe);
    let mut parts = Vec::new();
    if safe > 0 || not_safe == 0 {
        parts.push(counted(safe, "safe fix", "safe fixes"));
    }
    if not_safe > 0 {
        parts.push(counted(not_safe, "unsafe fix", "unsafe fixes"));
    }
    let mut line = parts.join(" and ");
    if outcome.mended > 0 {
        let findings = counted(outcome.mended, "finding", "findings");
        let mend = if outcome.done.len() == 1 {
            "mends"
        } else {
            "mend"
        };
        line = format!("{line}, which {mend} {findings}");
    }
    line + &left(outcome)
}

/// What is not made, as the end of a sentence; empty where everything is.
fn left(outcome: &Repaired) -> String {
    let mut line = String::new();
    if !outcome.left.is_empty() {
        let taken = outcome.done.iter().any(|proposal| !proposal.is_safe());
        let hint = if taken {
            "left as they leave their finding"
        } else {
            "`--only all`"
        };
        line = format!("; {} unsafe ({hint})", outcome.left.len());
    }
    if outcome.opened > 0 {
        let opened = outcome.opened;
        line = format!("{line}; once these are made, another run makes {opened} more");
    }
    if !outcome.refused.is_empty() {
        line = format!("{line}; {} to decide by a person", outcome.refused.len());
    }
    line
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Writes what was done to the files, a line for each edit.
///
/// # Errors
/// Where writing fails.
pub fn written(
    out: &mut impl Write,
    sources: &Sources,
    outcome: &Repaired,
    style: &Style,
) -> io::Result<()> {
    let done = &outcome.done;
    for proposal in done {
        let file = sources
            .get(proposal.at.source)
            .map_or("", |file| file.name());
        let text = format!("{file}: {}", proposal.title);
        writeln!(out, "{}", prose(&text, style.unicode))?;
    }
    totals(out, &outcome.totals, style)?;
    let sources: BTreeSet<_> = done.iter().map(|proposal| proposal.at.source).collect();
    let made = counted(done.len(), "fix", "fixes");
    let findings = match outcome.mended {
        0 => String::new(),
        mended => format!(" of {}", counted(mended, "finding", "findings")),
    };
    let files = counted(sources.len(), "file", "files");
    writeln!(out, "{made}{findings} in {files}{}", left(outcome))
}

/// What programs are told.
#[derive(Serialize)]
struct Report<'a> {
    files: Vec<JsonFile<'a>>,
    proposals: Vec<JsonProposal<'a>>,
    totals: Vec<JsonTotal<'a>>,
    mended: usize,
    left: usize,
    refused: Vec<JsonRefused<'a>>,
    not_edited: Vec<JsonNotEdited<'a>>,
    untried: usize,
    opened: usize,
    placeholders: usize,
    configuration: &'a InForce,
}

/// All edits of a file as it was read, which are of different bytes.
#[derive(Serialize)]
struct JsonFile<'a> {
    file: &'a str,
    edits: Vec<JsonEdit<'a>>,
}

/// What the fixes of one policy do together.
#[derive(Serialize)]
struct JsonTotal<'a> {
    subject: &'a str,
    file: &'a str,
    line: usize,
    fixes: usize,
    effects: Vec<String>,
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
    reasons: Vec<String>,
    effects: Vec<String>,
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

impl<'a> JsonEdit<'a> {
    fn new(edit: &'a Edit) -> Self {
        Self {
            start: edit.span.start,
            end: edit.span.end,
            replacement: &edit.replacement,
        }
    }
}

#[derive(Serialize)]
struct JsonRefused<'a> {
    rule: &'a str,
    subject: &'a str,
    file: &'a str,
    line: usize,
    reason: &'a str,
}

#[derive(Serialize)]
struct JsonNotEdited<'a> {
    file: &'a str,
    findings: usize,
    reason: &'a str,
}

/// Writes the final set of fixes, what they do together and refusals as one JSON document. Every line and
/// the edits of `files` are of the files as they were read; the edits of a proposal are of the file with
/// the proposals before it for the same policy made. `placeholders`: how many values of the policies are.
///
/// # Errors
/// Where writing fails.
pub fn json(
    out: &mut impl Write,
    sources: &Sources,
    outcome: &Repaired,
    (configuration, placeholders): (&InForce, usize),
) -> io::Result<()> {
    let line = |at: crate::text::Location| {
        sources
            .get(at.source)
            .map_or(1, |file| file.position(at.span.start).line)
    };
    let name = |at: crate::text::Location| sources.get(at.source).map_or("", |file| file.name());
    let report = Report {
        files: json_files(sources, outcome),
        mended: outcome.mended,
        left: outcome.left.len(),
        totals: outcome
            .totals
            .iter()
            .map(|total| JsonTotal {
                subject: &total.subject,
                file: name(total.at),
                line: line(total.at),
                fixes: total.fixes,
                effects: effects(&total.effects, Named::All),
            })
            .collect(),
        proposals: outcome
            .done
            .iter()
            .map(|proposal| JsonProposal {
                fix: proposal.kind.map_or("allow-deletion", |kind| kind.name()),
                rules: rules(&proposal.findings),
                subject: &proposal.subject,
                file: name(proposal.at),
                line: line(proposal.at),
                title: &proposal.title,
                safe: proposal.is_safe(),
                reasons: reasons(proposal),
                effects: effects(&proposal.effects, Named::All),
                edits: proposal
                    .changes
                    .iter()
                    .map(|change| JsonEdit::new(&change.edit))
                    .collect(),
                document: proposal.document.to_string(),
                patch: &proposal.patch,
            })
            .collect(),
        refused: json_refusals(sources, &outcome.refused),
        not_edited: outcome
            .not_edited
            .iter()
            .map(|of| JsonNotEdited {
                file: sources.get(of.source).map_or("", |file| file.name()),
                findings: of.findings,
                reason: of.reason,
            })
            .collect(),
        untried: outcome.untried,
        opened: outcome.opened,
        placeholders,
        configuration,
    };
    super::json::write(out, &report)
}

fn json_files<'a>(sources: &'a Sources, outcome: &'a Repaired) -> Vec<JsonFile<'a>> {
    let file = |(source, edits): (&SourceId, &'a Vec<Edit>)| JsonFile {
        file: sources.get(*source).map_or("", |file| file.name()),
        edits: edits.iter().map(JsonEdit::new).collect(),
    };
    outcome.edits.iter().map(file).collect()
}

fn json_refusals<'a>(sources: &'a Sources, refused: &'a [Refused]) -> Vec<JsonRefused<'a>> {
    let refusal = |refused: &'a Refused| {
        let file = sources.get(refused.at.source);
        JsonRefused {
            rule: &refused.rule,
            subject: &refused.subject,
            file: file.map_or("", |file| file.name()),
            line: file.map_or(1, |file| file.position(refused.at.span.start).line),
            reason: &refused.reason,
        }
    };
    refused.iter().map(refusal).collect()
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
