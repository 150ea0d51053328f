//! `kmslint rules`: the catalogue.

use std::io::{self, Write as _};

use clap::Args;

use crate::rule::Catalogue;

use super::{ExitCode, Failure};

/// Arguments of `kmslint rules`.
#[derive(Debug, Args)]
pub(super) struct RulesArguments;

pub(super) fn run(_arguments: &RulesArguments) -> Result<ExitCode, Failure> {
    let catalogue = Catalogue::builtin().map_err(Failure::usage)?;
    let rules = catalogue.rules();
    let width = rules
        .iter()
        .map(|rule| rule.id.as_str().len())
        .max()
        .unwrap_or_default();
    let mut out = io::stdout().lock();
    for rule in rules {
        let severity = rule.severity.name();
        writeln!(
            out,
            "{:width$}  {severity:7}  {}",
            rule.id.as_str(),
            rule.title
        )?;
    }
    Ok(ExitCode::Clean)
}
