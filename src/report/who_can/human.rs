//! Access for people at a terminal.

use std::io::{self, Write};
use std::sync::Arc;

use crate::aws::KmsAction;
use crate::inventory::Key;
use crate::report::Style;
use crate::report::snippet::{Tone, paint};
use crate::report::visible::{prose, wrap};
use crate::who_can::{Decision, Grant, KeyTable, PrincipalTable, Row};

use super::words;

/// So many principals are named in a row, and keys above a table; more are counted.
const MOST_NAMES: usize = 3;
const MOST_KEYS: usize = 10;

/// Columns of the first column at most.
const WIDEST: usize = 38;

/// Writes the tables by key.
///
/// # Errors
/// Where writing fails.
pub fn keys(
    out: &mut impl Write,
    tables: &[KeyTable<'_>],
    actions: &[KmsAction],
    style: &Style,
) -> io::Result<()> {
    for table in tables {
        heads(out, table.keys.iter().map(|key| words::key(key)), style)?;
        let account = table.keys.first().and_then(|key| key.account);
        let account = account.as_ref().map(crate::aws::AccountId::as_str);
        if !table.rows.is_empty() {
            let rows = table.rows.iter();
            let rows: Vec<_> = rows
                .map(|row| TextRow::new(who(row, account), row.grants(), actions))
                .collect();
            write_rows(out, ("who", &rows), actions, style)?;
        }
        let grants = table
            .rows
            .iter()
            .flat_map(|row| row.grants().iter().flatten());
        settled(out, grants, style)?;
        for sentence in words::totals(&table.totals) {
            paragraph(out, &sentence, 2, style)?;
        }
        writeln!(out)?;
    }
    let count = tables.iter().map(|table| table.keys.len()).sum();
    writeln!(out, "{}", words::summary(count, tables.len()))
}

/// Writes the tables by principal.
///
/// # Errors
/// Where writing fails.
pub fn principals(
    out: &mut impl Write,
    tables: &[PrincipalTable<'_>],
    actions: &[KmsAction],
    style: &Style,
) -> io::Result<()> {
    let mut count = 0_usize;
    for table in tables {
        count = count.saturating_add(table.who.len());
        heads(
            out,
            table.who.iter().map(|asked| words::who(asked, None)),
            style,
        )?;
        let rows = table.rows.iter();
        let rows: Vec<_> = rows
            .map(|row| {
                TextRow::new(
                    listed(
                        row.keys.iter().map(|key| named(key)),
                        (row.keys.len(), "key"),
                    ),
                    &row.grants,
                    actions,
                )
            })
            .collect();
        write_rows(out, ("key", &rows), actions, style)?;
        let grants = table
            .rows
            .iter()
            .flat_map(|row| row.grants.iter().flatten());
        settled(out, grants, style)?;
    }
    writeln!(
        out,
        "{} in {}",
        crate::report::counted(count, "principal"),
        crate::report::counted(tables.len(), "table")
    )
}

/// What a table is about, a line each.
fn heads(
    out: &mut impl Write,
    heads: impl ExactSizeIterator<Item = String>,
    style: &Style,
) -> io::Result<()> {
    let more = heads.len().saturating_sub(MOST_KEYS);
    for head in heads.take(MOST_KEYS) {
        writeln!(
            out,
            "{}",
            paint(&prose(&head, style.unicode), Tone::Note, style)
        )?;
    }
    if more > 0 {
        writeln!(out, "and {more} more; `--format jsonl` names all")?;
    }
    writeln!(out)
}

fn paragraph(out: &mut impl Write, text: &str, indent: usize, style: &Style) -> io::Result<()> {
    let room = style.columns().saturating_sub(indent);
    for line in wrap(&prose(text, style.unicode), room, room).lines() {
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

/// What would settle what is conditional, each once for a table.
fn settled<'g, G: Iterator<Item = &'g Arc<Grant>>>(
    out: &mut impl Write,
    grants: G,
    style: &Style,
) -> io::Result<()> {
    for sentence in words::settlements(grants.map(|grant| &**grant)) {
        paragraph(out, &sentence, 2, style)?;
    }
    Ok(())
}

/// A key by its alias, else by its id.
fn named(key: &Key) -> String {
    let aliases = key.metadata.aliases.as_ref();
    let alias = aliases.and_then(|aliases| aliases.value.first().cloned());
    let id = key.arn.as_ref().map(|arn| arn.key_id().to_owned());
    alias.or(id).unwrap_or_else(|| key.name.clone())
}

fn who(row: &Row<'_>, account: Option<&str>) -> String {
    let first = row.first(MOST_NAMES);
    let names = first.into_iter().map(|asked| words::who(asked, account));
    listed(names, (row.count(), "principal"))
}

/// `a`, or `5 keys: a, b, c and 2 more`; the first names of so many.
fn listed(names: impl Iterator<Item = String>, (count, noun): (usize, &str)) -> String {
    let shown: Vec<_> = names.take(MOST_NAMES).collect();
    let mut text = shown.join(", ");
    if count > 1 {
        text = format!("{}: {text}", crate::report::counted(count, noun));
    }
    let more = count.saturating_sub(MOST_NAMES);
    if more > 0 {
        text = format!("{text} and {more} more");
    }
    text
}

/// A row in words.
struct TextRow {
    first: String,
    /// One for each action.
    decisions: Vec<(String, Option<Decision>)>,
    through: Vec<String>,
}

impl TextRow {
    fn new(first: String, grants: &[Option<Arc<Grant>>], actions: &[KmsAction]) -> Self {
        let given = || grants.iter().flatten().map(|grant| &**grant);
        let decisions = grants.iter().map(|grant| {
            let decision = grant.as_ref().map(|grant| grant.decision());
            (words::decision(grant.as_deref()), decision)
        });
        let mut through: Vec<String> = Vec::new();
        // What all actions have in common is said once.
        let mut ways: Vec<(String, Vec<&'static str>)> = Vec::new();
        for grant in given() {
            let way = words::through(grant);
            let name = words::action(grant.action);
            match ways.iter_mut().find(|known| known.0 == way) {
                Some((_, names)) => names.push(name),
                None => ways.push((way, vec![name])),
            }
        }
        let is_one = ways.len() == 1;
        for (way, names) in ways {
            through.push(if is_one || actions.len() == 1 {
                way
            } else {
                format!("{}: {way}", names.join(", "))
            });
        }
        let mut boundaries: Vec<_> = given()
            .filter_map(|grant| words::boundary(&grant.limits.boundary))
            .collect();
        boundaries.dedup();
        through.extend(boundaries);
        through.extend(words::dependencies(given()));
        Self {
            first,
            decisions: decisions.collect(),
            through,
        }
    }
}

fn write_rows(
    out: &mut impl Write,
    (title, rows): (&str, &[TextRow]),
    actions: &[KmsAction],
    style: &Style,
) -> io::Result<()> {
    let columns = Columns::of((title, rows), actions, style);
    let first = columns.first;
    let mut head = format!("  {title:first$}");
    for (action, width) in actions.iter().zip(&columns.decisions) {
        head.push_str(&format_args!("  {:width$}", words::action(*action)).to_string());
    }
    writeln!(out, "{head}  through")?;
    for row in rows {
        columns.write_row(out, row, style)?;
    }
    writeln!(out)
}

/// How wide the columns of a table are.
struct Columns {
    first: usize,
    /// One for each action.
    decisions: Vec<usize>,
    /// Where the last begins, and how much room it has.
    indent: usize,
    room: usize,
}

impl Columns {
    fn of((title, rows): (&str, &[TextRow]), actions: &[KmsAction], style: &Style) -> Self {
        let names = rows.iter().map(|row| row.first.chars().count());
        let first = names.chain([title.len()]).max().unwrap_or_default();
        let first = first.min(WIDEST);
        let width = |(slot, action): (usize, &KmsAction)| {
            let cells = rows.iter().filter_map(|row| row.decisions.get(slot));
            let cells = cells.map(|(text, _)| prose(text, style.unicode).chars().count());
            let widest = cells.chain([words::action(*action).len()]).max();
            widest.unwrap_or_default()
        };
        let decisions: Vec<_> = actions.iter().enumerate().map(width).collect();
        let used: usize = decisions.iter().map(|width| width.saturating_add(2)).sum();
        let indent = first.saturating_add(used).saturating_add(4);
        Self {
            first,
            decisions,
            indent,
            room: style.columns().saturating_sub(indent).max(20),
        }
    }

    fn write_row(&self, out: &mut impl Write, row: &TextRow, style: &Style) -> io::Result<()> {
        let first = self.first;
        let names = wrap(&prose(&row.first, style.unicode), first, first);
        let mut names = names.lines();
        let through = row.through.iter();
        let through = through.map(|text| wrap(&prose(text, style.unicode), self.room, self.room));
        let through: Vec<_> = through.collect();
        let mut through = through.iter().flat_map(|text| text.lines());
        write!(out, "  {:first$}", names.next().unwrap_or_default())?;
        for ((text, decision), width) in row.decisions.iter().zip(&self.decisions) {
            let padded = format!("{:width$}", prose(text, style.unicode));
            let shown = if *decision == Some(Decision::Conditional) {
                paint(&padded, Tone::Warning, style)
            } else {
                padded
            };
            write!(out, "  {shown}")?;
        }
        writeln!(out, "  {}", through.next().unwrap_or_default())?;
        loop {
            let (name, way) = (names.next(), through.next());
            if name.is_none() && way.is_none() {
                return Ok(());
            }
            let line = format!("  {:first$}", name.unwrap_or_default());
            let gap = self.indent.saturating_sub(first).saturating_sub(2);
            let way = way.unwrap_or_default();
            writeln!(out, "{}", format!("{line}{:gap$}{way}", "").trim_end())?;
        }
    }
}
