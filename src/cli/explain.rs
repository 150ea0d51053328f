//! `kmslint explain RULE`: a rule's page.

use clap::Args;

use crate::lint::OWN_RULES;

use super::inputs::PageArguments;
use super::rules::no_such_rule;
use super::{ExitCode, Failure, output};

/// Arguments of `kmslint explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The rule's id, for example `cancel-by-nobody`.
    rule: String,
    #[command(flatten)]
    pages: PageArguments,
}

pub(super) fn run(arguments: &ExplainArguments) -> Result<ExitCode, Failure> {
    if let Some(own) = OWN_RULES.iter().find(|own| own.id == arguments.rule) {
        output::print(&format!("# {}\n\n{}\n", own.title, own.text))?;
        return Ok(ExitCode::Clean);
    }
    let catalogue = arguments.pages.options().catalogue()?;
    let rule = catalogue.get(&arguments.rule).ok_or_else(|| {
        let own = OWN_RULES.iter().map(|own| own.id);
        let known = catalogue
            .rules()
            .iter()
            .map(|rule| rule.id.as_str())
            .chain(own);
        no_such_rule(&arguments.rule, known)
    })?;
    output::print(rule.text())?;
    Ok(ExitCode::Clean)
}
