//! An explanation for people.

use std::io::{self, Write};

use crate::access::Decision;

use super::{Context, Examples, StatementView, View, bar, sentence};
use crate::report::snippet::{Block, Tone, paint, render};
use crate::report::visible::{prose, wrap};
use crate::report::{Style, placeholders};
use crate::text::{Location, Sources};

/// Writes the decision in one sentence, then the days, what decided, what came near, examples.
///
/// # Errors
/// Where writing fails.
pub fn human(
    out: &mut impl Write,
    sources: &Sources,
    view: &View<'_>,
    style: &Style,
) -> io::Result<()> {
    let tone = match view.decision {
        Decision::Allowed => Tone::Note,
        Decision::Conditional => Tone::Warning,
        Decision::ImplicitDeny | Decision::ExplicitDeny => Tone::Error,
    };
    let headline = prose(&sentence::headline(view), style.unicode);
    for line in wrap(&headline, style.columns(), style.columns()).lines() {
        writeln!(out, "{}", paint(line, tone, style))?;
    }
    writeln!(out)?;
    bar::days(out, view, style)?;
    for statement in &view.deciding {
        deciding(out, sources, statement, style)?;
    }
    nearest_miss(out, sources, view, style)?;
    if let Some(words) = view.unknown_action {
        let title = paint("not known:", Tone::Warning, style);
        writeln!(out, "  {title} {}\n", prose(words, style.unicode))?;
    }
    undocumented(out, view, style)?;
    not_given(out, view, style)?;
    if let Some(words) = placeholders(view.placeholders) {
        let title = paint("not known:", Tone::Warning, style);
        writeln!(out, "  {title} {words}\n")?;
    }
    if let Some(examples) = &view.examples {
        contexts(out, examples, style)?;
    }
    Ok(())
}

fn deciding(
    out: &mut impl Write,
    sources: &Sources,
    statement: &StatementView<'_>,
    style: &Style,
) -> io::Result<()> {
    let (tone, title) = match statement.effect {
        "Deny" => (Tone::Error, "denied by"),
        _ => (Tone::Note, "allowed by"),
    };
    let block = Block {
        tone,
        title,
        message: &sentence::statement(statement),
        places: &[(statement.at, statement.note)],
        help: None,
    };
    render(out, sources, &block, style)?;
    writeln!(out)
}

fn nearest_miss(
    out: &mut impl Write,
    sources: &Sources,
    view: &View<'_>,
    style: &Style,
) -> io::Result<()> {
    let Some(miss) = &view.nearest_miss else {
        return Ok(());
    };
    let own: [(Location, &str); 1] = [(miss.statement.at, miss.statement.note)];
    let name = sentence::statement(&miss.statement);
    let (places, message) = if miss.failed.is_empty() {
        (&own[..], name)
    } else {
        let message = format!("{name} would allow it but for what is marked");
        (&miss.failed[..], message)
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
fn undocumented(out: &mut impl Write, view: &View<'_>, style: &Style) -> io::Result<()> {
    let title = paint("undocumented:", Tone::Warning, style);
    for point in &view.undocumented {
        writeln!(out, "  {title} {}", prose(point, style.unicode))?;
    }
    if view.undocumented.is_empty() {
        return Ok(());
    }
    writeln!(out)
}

/// What the answer depends on beside condition keys.
fn not_given(out: &mut impl Write, view: &View<'_>, style: &Style) -> io::Result<()> {
    let title = paint("not given:", Tone::Warning, style);
    for name in &view.not_given {
        let what = match *name {
            "key_policy" => "the key policy, which decides; pass it with `--key-policy`",
            "alias" => "the alias, which an IAM policy must allow too",
            other => other,
        };
        writeln!(out, "  {title} {what}")?;
    }
    if view.not_given.is_empty() {
        return Ok(());
    }
    writeln!(out)
}

fn contexts(out: &mut impl Write, examples: &Examples<'_>, style: &Style) -> io::Result<()> {
    let examples = [
        ("allowed", Tone::Note, &examples.allowed),
        ("denied", Tone::Error, &examples.denied),
    ];
    for (word, tone, context) in examples {
        if let Some(context) = context {
            writeln!(out, "  {}, for example, with", paint(word, tone, style))?;
            values(out, context, style)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

fn values(out: &mut impl Write, context: &Context<'_>, style: &Style) -> io::Result<()> {
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
