//! `kmslint rules`: the catalogue.

use std::io::Write as _;

use clap::Args;

use crate::aws::nearest;
use crate::lint::OWN_RULES;

use super::inputs::PageArguments;
use super::{ExitCode, Failure, output};

/// Arguments of `kmslint rules`.
#[derive(Debug, Args)]
pub(super) struct RulesArguments {
    #[command(flatten)]
    pages: PageArguments,
}

/// That there is no such rule among these, and the one that may be meant.
pub(super) fn no_such_rule<'n, N: Iterator<Item = &'n str>>(rule: &str, known: N) -> Failure {
    let hint = match nearest(rule, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`kmslint rules` lists them".to_owned(),
    };
    Failure::usage(format!(
        "there is no rule `{}`; {hint}",
        rule.escape_default()
    ))
}

pub(super) fn run(arguments: &RulesArguments) -> Result<ExitCode, Failure> {
    let catalogue = arguments.pages.options().catalogue()?;
    let pages = catalogue.rules().iter();
    let mut rows: Vec<_> = pages
        .map(|rule| (rule.id.as_str(), rule.severity, &*rule.title))
        .chain(
            OWN_RULES
                .iter()
                .map(|rule| (rule.id, rule.severity, rule.title)),
        )
        .collect();
    rows.sort_unstable();
    let width = rows.iter().map(|(id, _, _)| id.len()).max();
    let width = width.unwrap_or_default();
    let mut out = output::stdout();
    for (id, severity, title) in rows {
        let severity = severity.name();
        writeln!(out, "{id:width$}  {severity:7}  {title}")?;
    }
    out.flush()?;
    Ok(ExitCode::Clean)
}
