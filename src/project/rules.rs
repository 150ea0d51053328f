//! Which rules there are, and which of them run.

use std::path::PathBuf;

use crate::config::Config;
use crate::lint::{OWN_RULES, Selection};
use crate::rule::Catalogue;

use super::options::ProjectError;

/// Which rules run. By default those that come with kmslint, all of them.
#[derive(Clone, Debug, Default)]
pub struct RuleOptions {
    /// Patterns of the ids of the only rules to run; all where empty.
    pub select: Vec<String>,
    /// Patterns of the ids of rules not to run.
    pub ignore: Vec<String>,
    /// Directories with further rules, a page for each.
    pub directories: Vec<PathBuf>,
}

impl RuleOptions {
    /// The rules that come with kmslint and those of the directories.
    pub(super) fn catalogue(&self) -> Result<Catalogue, ProjectError> {
        let mut catalogue = Catalogue::builtin()?.clone();
        for directory in &self.directories {
            catalogue = catalogue.with(Catalogue::load_dir(directory)?)?;
        }
        Ok(catalogue)
    }

    /// The ids of all rules where none but those that come with kmslint are asked for: none has to be
    /// parsed to know them.
    pub(super) fn builtin_names(&self) -> Option<Vec<&'static str>> {
        let own = OWN_RULES.iter().map(|rule| rule.id);
        self.directories
            .is_empty()
            .then(|| Catalogue::builtin_ids().chain(own).collect())
    }

    /// What the options and the configuration decide about `known` rules.
    pub(super) fn selection(
        &self,
        config: &Config,
        known: &[&str],
    ) -> Result<Selection, ProjectError> {
        Ok(Selection::new(&self.select, &self.ignore, config, known)?)
    }
}

/// Ids of all rules, those about suppressions and baselines included.
pub fn rule_names(catalogue: &Catalogue) -> Vec<&str> {
    let pages = catalogue.rules().iter().map(|rule| rule.id.as_str());
    pages.chain(OWN_RULES.iter().map(|rule| rule.id)).collect()
}
