//! `kmslint rules`: the catalogue.

use std::io::{self, Write as _};

use clap::Args;

use crate::rule::Catalogue;

use super::{ExitCode, Failure};

/// Arguments of `kmslint rules`.
#[derive(Debug, Args)]
pub(super) struct RulesArguments {}

pub(super) fn run(_arguments: &RulesArguments) -> Result<ExitCode, Failure> {
    let catalogue = Catalogue::builtin();
    let width = catalogue.iter().map(|rule| rule.id().len()).max().unwrap_or_default();
    let mut out = io::stdout().lock();
    for rule in catalogue.iter() {
        writeln!(out, "{:width$}  {:7}  {}", rule.id(), rule.severity().name(), rule.title())?;
    }
    Ok(ExitCode::Clean)
}
