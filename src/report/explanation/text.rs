//! An explanation for people.

use std::io::{self, Write};

use super::{Context, bar, sentence};
use crate::access::{Decision, Effect, Explained, ExplainedMiss, ExplainedStatement, NotGiven};
use crate::report::snippet::{Block, Tone, paint, render};
use crate::report::visible::{prose, wrap};
use crate::report::{self, Style};
use crate::text::Sources;

/// Writes the decision in one sentence, then the days, what decided, what came near, how many
/// placeholders the policies have, examples.
///
/// # Errors
/// Where writing fails.
pub fn human(
    out: &mut impl Write,
    sources: &Sources,
    explained: &Explained,
    placeholders: usize,
    style: &Style,
) -> io::Result<()> {
    let tone = match explained.decision {
        Decision::Allowed => Tone::Note,
        Decision::Conditional => Tone::Warning,
        Decision::ImplicitDeny | Decision::ExplicitDeny => Tone::Error,
    };
    let headline = prose(&sentence::headline(explained), style.unicode);
    for line in wrap(&headline, style.columns(), style.columns()).lines() {
        writeln!(out, "{}", paint(line, tone, style))?;
    }
    writeln!(out)?;
    bar::days(out, explained, style)?;
    for statement in &explained.statements {
        deciding(out, sources, statement, style)?;
    }
    if let Some(miss) = &explained.nearest_miss {
        nearest_miss(out, sources, miss, style)?;
    }
    if let Some(words) = explained.action.unknown() {
        let title = paint("not known:", Tone::Warning, style);
        writeln!(out, "  {title} {}\n", prose(words, style.unicode))?;
    }
    undocumented(out, explained, style)?;
    not_given(out, explained, style)?;
    if let Some(words) = report::placeholders(placeholders) {
        let title = paint("not known:", Tone::Warning, style);
        writeln!(out, "  {title} {words}\n")?;
    }
    if let Some(context) = &explained.allowing {
        example(out, "allowed", Tone::Note, context, style)?;
    }
    if let Some(context) = &explained.denying {
        example(out, "denied", Tone::Error, context, style)?;
    }
    Ok(())
}

fn deciding(
    out: &mut impl Write,
    sources: &Sources,
    statement: &ExplainedStatement,
    style: &Style,
) -> io::Result<()> {
    let (tone, title) = match statement.described.effect {
        Effect::Deny => (Tone::Error, "denied by"),
        Effect::Allow => (Tone::Note, "allowed by"),
    };
    let block = Block {
        tone,
        title,
        message: &sentence::statement(&statement.described),
        places: &[(statement.at, sentence::note(statement.does))],
        help: None,
    };
    render(out, sources, &block, style)?;
    writeln!(out)
}

fn nearest_miss(
    out: &mut impl Write,
    sources: &Sources,
    miss: &ExplainedMiss,
    style: &Style,
) -> io::Result<()> {
    let own = [(miss.statement.at, sentence::note(miss.statement.does))];
    let name = sentence::statement(&miss.statement.described);
    let failed = miss.failed.iter();
    let failed: Vec<_> = failed
        .map(|(at, element)| (*at, sentence::failed(element)))
        .collect();
    let marked: Vec<_> = failed.iter().map(|(at, why)| (*at, why.as_str())).collect();
    let (places, message) = if marked.is_empty() {
        (&own[..], name)
    } else {
        let message = format!("{name} would allow it but for what is marked");
        (&marked[..], message)
    };
    let block = Block {
        tone: Tone::Warning,
        title: "nearest miss",
        message: &message,
        places,
        help: None,
    };
    render(out, sources, &block, style)?;
    writeln!(out)
}

/// What the answer hangs on although no one can look it up; condition keys stand in the headline.
fn undocumented(out: &mut impl Write, explained: &Explained, style: &Style) -> io::Result<()> {
    let title = paint("undocumented:", Tone::Warning, style);
    let points = sentence::undocumented(explained);
    for point in &points {
        writeln!(out, "  {title} {}", prose(point, style.unicode))?;
    }
    if points.is_empty() {
        return Ok(());
    }
    writeln!(out)
}

/// What the answer depends on beside condition keys.
fn not_given(out: &mut impl Write, explained: &Explained, style: &Style) -> io::Result<()> {
    let title = paint("not given:", Tone::Warning, style);
    for part in &explained.not_given {
        let what = match part {
            NotGiven::KeyPolicy => "the key policy, which decides; pass it with `--key-policy`",
            NotGiven::Alias => "the alias, which an IAM policy must allow too",
        };
        writeln!(out, "  {title} {what}")?;
    }
    if explained.not_given.is_empty() {
        return Ok(());
    }
    writeln!(out)
}

fn example(
    out: &mut impl Write,
    word: &str,
    tone: Tone,
    context: &Context,
    style: &Style,
) -> io::Result<()> {
    let word = paint(word, tone, style);
    writeln!(out, "  {word}, for example, with")?;
    values(out, context, style)?;
    writeln!(out)
}

fn values(out: &mut impl Write, context: &Context, style: &Style) -> io::Result<()> {
    if context.is_empty() {
        return writeln!(out, "    any context");
    }
    let keys: Vec<String> = context
        .iter()
        .map(|(key, _)| prose(key, style.unicode))
        .collect();
    let widest = keys.iter().map(|key| key.chars().count()).max();
    let widest = widest.unwrap_or_default().min(style.columns());
    for (key, (_, values)) in keys.iter().zip(context) {
        let values = if values.is_empty() {
            "(absent)".to_owned()
        } else {
            prose(&values.join(", "), style.unicode)
        };
        writeln!(out, "    {key:<widest$}  {values}")?;
    }
    Ok(())
}
