//! A difference as a comment on a pull request.

use std::io::{self, Write};

use crate::difference::{ChangedSubject, Difference};
use crate::report::markdown::LIMIT;
use crate::report::markdown::escape::{code, inline};
use crate::report::visible::clip;
use crate::text::InputFailure;

use super::row::{Row, remarks, rows};
use super::{Gate, by_weight, stack, summary, what};

/// So many principals are named in a row.
const MOST_NAMES: usize = 10;
/// Characters of a cell at most.
const CELL: usize = 400;
/// What is kept free for the note on what was left out.
const NOTE: usize = 300;

/// Writes the comment: a line that sums up, and a table for each key and policy, those with a gain
/// of deletion first. What does not fit into a comment is left out and counted. The first line
/// is the same in every comment, so that a script can find and replace its last.
///
/// # Errors
/// Where writing fails.
pub fn write(
    out: &mut impl Write,
    difference: &Difference,
    gate: Gate,
    failures: &[InputFailure],
) -> io::Result<()> {
    let mut text = String::from("<!-- kmslint diff -->\n");
    text.push_str(
        &format_args!("### kmslint diff: {}\n", inline(&summary(difference, gate))).to_string(),
    );
    let mut left = add_failures(&mut text, failures);
    for subject in by_weight(difference, gate) {
        left = left.saturating_add(add_subject(&mut text, subject, gate));
    }
    for (position, change) in difference.stacks.iter().enumerate() {
        let (severity, sentence) = stack::sentence(change);
        let gap = if position == 0 { "\n" } else { "" };
        let sentence = inline(&clip(&sentence, CELL));
        if !add(
            &mut text,
            &format!("{gap}- **{severity}** {}: {sentence}\n", change.rule()),
        ) {
            left = left.saturating_add(1);
        }
    }
    out.write_all(text.as_bytes())?;
    if left > 0 {
        let note = "are left out, because a comment takes no more; the other formats have them";
        writeln!(out, "\n{left} lines {note}.")?;
    }
    Ok(())
}

/// Adds a piece where it fits.
fn add(text: &mut String, piece: &str) -> bool {
    let units = |text: &str| text.encode_utf16().count();
    let fits = units(text).saturating_add(units(piece)) <= LIMIT.saturating_sub(NOTE);
    if fits {
        text.push_str(piece);
    }
    fits
}

/// How many had no room.
fn add_failures(text: &mut String, failures: &[InputFailure]) -> usize {
    if failures.is_empty() {
        return 0;
    }
    add(
        text,
        "\nNot understood, so there may be more differences:\n\n",
    );
    let lines = failures.iter().map(|failure| {
        let message = inline(&clip(&failure.error.message, CELL));
        format!("- {}: {message}\n", code(&clip(&failure.file, CELL)))
    });
    lines.filter(|line| !add(text, line)).count()
}

/// How many rows had no room.
fn add_subject(text: &mut String, subject: &ChangedSubject, gate: Gate) -> usize {
    let (kind, presence) = what(subject);
    let presence = if presence.is_empty() {
        String::new()
    } else {
        format!(" ({presence})")
    };
    let name = code(&clip(&subject.subject, CELL));
    let (rows, remarks) = (rows(subject, gate), remarks(subject));
    let count = rows.len().saturating_add(remarks.len()).max(1);
    let mut head = format!("\n**{kind}** {name}{presence}\n");
    if !rows.is_empty() {
        head.push_str(
            "\n| | Who | Operation | Before | After |\n| --- | --- | --- | --- | --- |\n",
        );
    }
    if !add(text, &head) {
        return count;
    }
    let rows = rows.iter().filter(|row| !add(text, &line(row))).count();
    let mut first = true;
    let remarks = remarks.iter().filter(|(grave, sentence)| {
        let sentence = inline(&clip(sentence, CELL));
        let sentence = if *grave {
            format!("**{sentence}**")
        } else {
            sentence
        };
        // A list needs an empty line after a table.
        let gap = if first { "\n" } else { "" };
        first = false;
        !add(text, &format!("{gap}- {sentence}\n"))
    });
    rows.saturating_add(remarks.count())
}

fn line(row: &Row) -> String {
    let named = row.who.iter().take(MOST_NAMES);
    let mut who: Vec<_> = named.map(|name| code(&clip(name, CELL))).collect();
    let more = row.who.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        who.push(format!("{more} more"));
    }
    let sign = match (row.sign.character(), row.grave) {
        ('+', true) => "**gains**",
        ('+', false) => "gains",
        ('-', _) => "loses",
        (_, true) => "**changes**",
        (_, false) => "changes",
    };
    let cell = |text: &str| inline(&clip(text, CELL));
    format!(
        "| {sign} | {}{} | {} | {} | {} |\n",
        who.join(", "),
        row.proviso,
        cell(&row.operation),
        cell(&row.before),
        cell(&row.after)
    )
}
