//! Which rules there are, and which of them run.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::finding::Severity;
use crate::lint::{OWN_RULES, Selection, own_severity};
use crate::rule::{Catalogue, CatalogueError, Rule};
use crate::text::SourceFile;

use super::options::ProjectError;
use super::rule_pages;
use super::team_files::{TeamFiles, refused_rules};

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

/// The rules that there are, as far as a configuration has to know them.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// Their ids.
    pub(super) names: &'a [&'a str],
    /// The severity of each by itself.
    pub(super) severity: &'a (dyn Fn(&str) -> Option<Severity> + Sync),
}

/// Every rule, and the pages among them that the working tree has otherwise.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) catalogue: Catalogue,
    pub(super) differing: Vec<SourceFile>,
}

impl RuleOptions {
    /// Every rule that comes with kmslint or stands in the directories of the working tree.
    ///
    /// # Errors
    /// Where a page cannot be read, is not what a rule needs, or is not as it says of its examples.
    pub fn catalogue(&self) -> Result<Catalogue, ProjectError> {
        Ok(self.load(&TeamFiles::default())?.catalogue)
    }

    /// The rules that come with kmslint and those of the directories.
    pub(super) fn load(&self, team: &TeamFiles) -> Result<Rules, ProjectError> {
        let mut rules = Rules {
            catalogue: Catalogue::builtin()?.clone(),
            differing: Vec::new(),
        };
        for directory in &self.directories {
            let more = if team.revision.is_some() {
                let pages = pages(team, directory)?;
                let catalogue = Catalogue::of_pages(&pages)?;
                let differing = pages.into_iter().filter(|page| team.differs(page));
                rules.differing.extend(differing);
                catalogue
            } else {
                Catalogue::load_dir(directory)?
            };
            rule_pages::check(&more).map_err(CatalogueError::from)?;
            rules.catalogue = rules.catalogue.with(more)?;
        }
        Ok(rules)
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

/// The pages of a directory at the trusted revision.
fn pages(team: &TeamFiles, directory: &Path) -> Result<Vec<SourceFile>, ProjectError> {
    let refused = |reason: &dyn std::fmt::Display| refused_rules(directory, reason);
    let files = team.files_in(directory).map_err(|error| refused(&error))?;
    let is_page = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "md")
            && path.file_name().is_some_and(|name| name != "README.md")
    };
    let pages: Vec<_> = files.into_iter().filter(is_page).collect();
    if pages.is_empty() {
        return Err(refused(&"there is no page of a rule"));
    }
    let read = |path: &PathBuf| team.read(path).map_err(|error| refused(&error.reason()));
    pages.iter().map(read).collect()
}

/// Ids of all rules, those about suppressions and baselines included.
pub fn rule_names(catalogue: &Catalogue) -> Vec<&str> {
    let pages = catalogue.rules().iter().map(|rule| rule.id.as_str());
    pages.chain(OWN_RULES.iter().map(|rule| rule.id)).collect()
}

/// A rule's severity by itself.
pub(super) fn severity(catalogue: &Catalogue, rule: &str) -> Option<Severity> {
    let page = catalogue.get(rule).map(Rule::worst);
    page.or_else(|| own_severity(rule))
}
