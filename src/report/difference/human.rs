//! A difference for people at a terminal: a table for each key and policy, and a line that sums up.

use std::io::{self, Write};

use crate::difference::{ChangedSubject, Difference};
use crate::report::Style;
use crate::report::snippet::{Tone, paint};
use crate::report::visible::prose;

use super::row::{Row, Sign, remarks, rows};
use super::{Gate, by_weight, stack, summary, what};

/// So many principals are named in a row.
const MOST_NAMES: usize = 6;

/// Columns that a cell is filled up to at most, so that one long name does not stretch all rows.
const WIDEST: usize = 44;

/// Writes the difference.
///
/// # Errors
/// Where writing fails.
pub fn write(
    out: &mut impl Write,
    difference: &Difference,
    gate: Gate,
    style: &Style,
) -> io::Result<()> {
    for subject in by_weight(difference, gate) {
        write_subject(out, subject, gate, style)?;
        writeln!(out)?;
    }
    for change in &difference.stacks {
        let (severity, sentence) = stack::sentence(change);
        let tone = match severity {
            "error" => Tone::Error,
            "warning" => Tone::Warning,
            _ => Tone::Note,
        };
        let head = paint(&format!("{severity}[{}]", change.rule()), tone, style);
        writeln!(out, "{head}: {}", prose(&sentence, style.unicode))?;
    }
    if !difference.stacks.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(difference, gate))
}

fn write_subject(
    out: &mut impl Write,
    subject: &ChangedSubject,
    gate: Gate,
    style: &Style,
) -> io::Result<()> {
    let (kind, presence) = what(subject);
    let name = prose(&subject.subject, style.unicode);
    let presence = if presence.is_empty() {
        String::new()
    } else {
        format!(" ({presence})")
    };
    writeln!(out, "{kind} {name}{presence}")?;
    let rows = rows(subject, gate);
    let cells: Vec<_> = rows.iter().map(|row| cells(row, style)).collect();
    let width = |of: fn(&[String; 3]) -> &String| {
        let widths = cells.iter().map(|cells| of(cells).chars().count());
        widths
            .filter(|width| *width <= WIDEST)
            .max()
            .unwrap_or_default()
    };
    let (first, second) = (width(|[who, ..]| who), width(|[_, operation, _]| operation));
    for (row, [who, operation, change]) in rows.iter().zip(&cells) {
        let tone = match row.sign {
            _ if row.grave => Tone::Error,
            Sign::Gain | Sign::Both => Tone::Warning,
            Sign::Loss => Tone::Note,
        };
        let sign = paint(&row.sign.character().to_string(), tone, style);
        writeln!(out, "  {sign} {who:first$}  {operation:second$}  {change}")?;
    }
    for (grave, sentence) in remarks(subject) {
        let tone = if grave { Tone::Error } else { Tone::Warning };
        let sentence = prose(&sentence, style.unicode);
        writeln!(out, "  {} {sentence}", paint("!", tone, style))?;
    }
    Ok(())
}

fn cells(row: &Row, style: &Style) -> [String; 3] {
    let named = row.who.iter().take(MOST_NAMES).map(String::as_str);
    let mut who = named.collect::<Vec<_>>().join(", ");
    let more = row.who.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        who = format!("{who} and {more} more");
    }
    who.push_str(row.proviso);
    let change = format!("{} -> {}", row.before, row.after);
    [&who, &row.operation, &change].map(|text| prose(text, style.unicode))
}
