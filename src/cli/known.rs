//! Which rules there are, and which of them run.

use std::path::PathBuf;

use clap::Args;

use crate::config::Config;
use crate::lint::{OWN_RULES, Selection};
use crate::rule::{Catalogue, CatalogueError};

use super::Failure;

/// Which rules run.
#[derive(Debug, Args)]
pub(super) struct RuleArguments {
    /// Run only rules whose id matches; may be repeated.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not run rules whose id matches; may be repeated.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// A directory with rules of your own, a page for each; may be repeated.
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
}

impl RuleArguments {
    /// The rules that come with kmslint and those of the directories.
    pub(super) fn catalogue(&self) -> Result<Catalogue, Failure> {
        let mut catalogue = Catalogue::builtin().map_err(Failure::usage)?.clone();
        for directory in &self.rules {
            let more = Catalogue::load_dir(directory).map_err(|error| refused(&error))?;
            catalogue = catalogue.with(more).map_err(|error| refused(&error))?;
        }
        Ok(catalogue)
    }

    /// The ids of all rules where none but those that come with kmslint are asked for: none has to be
    /// parsed to know them.
    pub(super) fn builtin_names(&self) -> Option<Vec<&'static str>> {
        let own = OWN_RULES.iter().map(|rule| rule.id);
        self.rules
            .is_empty()
            .then(|| Catalogue::builtin_ids().chain(own).collect())
    }

    pub(super) fn selection(&self, config: &Config, known: &[&str]) -> Result<Selection, Failure> {
        Selection::new(&self.select, &self.ignore, config, known)
            .map_err(|error| Failure::usage(format!("{error}; `kmslint rules` lists them")))
    }
}

/// Ids of all rules, those about suppressions included.
pub(super) fn rule_names(catalogue: &Catalogue) -> Vec<&str> {
    let pages = catalogue.rules().iter().map(|rule| rule.id.as_str());
    pages.chain(OWN_RULES.iter().map(|rule| rule.id)).collect()
}

fn refused(error: &CatalogueError) -> Failure {
    let cause = std::error::Error::source(error);
    Failure::usage(match cause {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    })
}
