//! Access as tables for a pull request or a ticket.

use std::io::{self, Write};
use std::sync::Arc;

use crate::aws::KmsAction;
use crate::report::markdown::escape::{code, inline};
use crate::who_can::{Grant, KeyTable, PrincipalTable};

use super::words;

/// So many principals or keys are named in a row.
const MOST_NAMES: usize = 10;

/// Writes the tables by key.
///
/// # Errors
/// Where writing fails.
pub fn keys(
    out: &mut impl Write,
    tables: &[KeyTable<'_>],
    actions: &[KmsAction],
) -> io::Result<()> {
    writeln!(out, "### kmslint who-can")?;
    for table in tables {
        writeln!(out)?;
        heads(out, table.keys.iter().map(|key| words::key(key)))?;
        let account = table.keys.first().and_then(|key| key.account);
        let account = account.as_ref().map(crate::aws::AccountId::as_str);
        if !table.rows.is_empty() {
            head(out, "Who", actions)?;
        }
        for row in &table.rows {
            let first = row.first(MOST_NAMES);
            let names = first.into_iter().map(|asked| words::who(asked, account));
            line(out, (names, row.count()), row.grants())?;
        }
        writeln!(out)?;
        let grants = table
            .rows
            .iter()
            .flat_map(|row| row.grants().iter().flatten());
        settled(out, grants)?;
        for sentence in words::totals(&table.totals) {
            writeln!(out, "- {}", inline(&sentence))?;
        }
    }
    Ok(())
}

/// Writes the tables by principal.
///
/// # Errors
/// Where writing fails.
pub fn principals(
    out: &mut impl Write,
    tables: &[PrincipalTable<'_>],
    actions: &[KmsAction],
) -> io::Result<()> {
    writeln!(out, "### kmslint who-can")?;
    for table in tables {
        writeln!(out)?;
        heads(out, table.who.iter().map(|asked| words::who(asked, None)))?;
        head(out, "Key", actions)?;
        for row in &table.rows {
            let names = row.keys.iter().map(|key| words::key(key));
            line(out, (names, row.keys.len()), &row.grants)?;
        }
        writeln!(out)?;
        let grants = table
            .rows
            .iter()
            .flat_map(|row| row.grants.iter().flatten());
        settled(out, grants)?;
    }
    Ok(())
}

/// What would settle what is conditional, each once for a table.
fn settled<'g, G: Iterator<Item = &'g Arc<Grant>>>(
    out: &mut impl Write,
    grants: G,
) -> io::Result<()> {
    for sentence in words::settlements(grants.map(|grant| &**grant)) {
        writeln!(out, "- {}", inline(&sentence))?;
    }
    Ok(())
}

fn heads(out: &mut impl Write, heads: impl ExactSizeIterator<Item = String>) -> io::Result<()> {
    let more = heads.len().saturating_sub(MOST_NAMES);
    for head in heads.take(MOST_NAMES) {
        writeln!(out, "- **{}**", code(&head))?;
    }
    if more > 0 {
        writeln!(out, "- and {more} more")?;
    }
    writeln!(out)
}

fn head(out: &mut impl Write, first: &str, actions: &[KmsAction]) -> io::Result<()> {
    write!(out, "| {first} |")?;
    for action in actions {
        write!(out, " {} |", words::action(*action))?;
    }
    writeln!(out, " Through | Depends on |")?;
    let columns = actions.len().saturating_add(3);
    writeln!(out, "|{}", " --- |".repeat(columns))
}

fn line(
    out: &mut impl Write,
    (names, count): (impl Iterator<Item = String>, usize),
    grants: &[Option<Arc<Grant>>],
) -> io::Result<()> {
    let more = count.saturating_sub(MOST_NAMES);
    let mut shown: Vec<_> = names.take(MOST_NAMES).map(|name| code(&name)).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    write!(out, "| {} |", shown.join(", "))?;
    for grant in grants {
        write!(out, " {} |", inline(&words::decision(grant.as_deref())))?;
    }
    let given = || grants.iter().flatten().map(|grant| &**grant);
    let boundaries = given().filter_map(|grant| words::boundary(&grant.limits.boundary));
    let ways = words::each_once(given().map(words::through).chain(boundaries));
    let depends_on = words::dependencies(given()).unwrap_or_default();
    let through = ways.join("; ");
    writeln!(out, " {} | {} |", inline(&through), inline(&depends_on))
}
