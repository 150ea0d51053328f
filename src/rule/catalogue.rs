//! All rules of a run: those that come with kmslint, and a team's own.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock};

use crate::document::AskedTexts;
use crate::finding::Severity;
use crate::text::{ReadError, SourceFile, read};

use super::builtin::{BuiltinPage, PAGES};
use super::{PageError, PageProblem, Rule, Selector, page};

/// Rules, sorted by id, no two with the same.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    rules: Vec<Rule>,
    /// The selectors of all rules side by side, made when they are first asked for.
    selectors: OnceLock<Vec<RuleSelector>>,
    /// Of which fields these ask for texts, likewise.
    asked: OnceLock<Arc<AskedTexts>>,
}

/// A selector of a rule, and how bad what it selects is.
#[derive(Clone, Debug)]
pub(crate) struct RuleSelector {
    /// The rule's position among all.
    pub(crate) rule: usize,
    /// Which of its other wordings, where it is not the first.
    pub(crate) also: Option<usize>,
    pub(crate) severity: Severity,
    pub(crate) selector: Selector,
}

/// Why rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The directory cannot be listed.
    #[error("cannot list the rules in `{}`", directory.display())]
    Directory {
        /// The directory.
        directory: PathBuf,
        /// What the operating system says.
        #[source]
        error: std::io::Error,
    },
    /// A page cannot be read.
    #[error("cannot read the rule `{}`", page.display())]
    Unreadable {
        /// The page's file.
        page: PathBuf,
        /// Why.
        #[source]
        error: ReadError,
    },
    /// A page is not what a rule needs.
    #[error(transparent)]
    Page(#[from] PageError),
}

impl Catalogue {
    /// The ids of the rules that come with kmslint, sorted; none is parsed for it.
    pub fn builtin_ids() -> impl Iterator<Item = &'static str> {
        PAGES.iter().map(|page| page.id)
    }

    /// The rules that come with kmslint, made once.
    ///
    /// # Errors
    /// None in practice, as the tests hold.
    pub fn builtin() -> Result<&'static Self, &'static PageProblem> {
        static RULES: LazyLock<Result<Catalogue, PageProblem>> = LazyLock::new(|| {
            let rules = PAGES.iter().map(BuiltinPage::rule);
            let rules = rules.collect::<Result<_, _>>()?;
            Ok(Catalogue::of(rules))
        });
        RULES.as_ref()
    }

    /// The rules in a directory: every file `<id>.md` that lies directly in it, but for
    /// `README.md`. Symbolic links are not followed.
    ///
    /// # Errors
    /// Where the directory or a page cannot be read, or a page is not what a rule needs.
    pub fn load_dir(directory: &Path) -> Result<Self, CatalogueError> {
        let unlisted = |error| CatalogueError::Directory {
            directory: directory.to_owned(),
            error,
        };
        let mut rules = Vec::new();
        for entry in fs::read_dir(directory).map_err(unlisted)? {
            let entry = entry.map_err(unlisted)?;
            let path = entry.path();
            let is_page = path.extension().is_some_and(|extension| extension == "md")
                && path.file_name().is_some_and(|name| name != "README.md");
            if is_page && entry.file_type().map_err(unlisted)?.is_file() {
                rules.push(load(&path)?);
            }
        }
        Self::default().with(Self::of(rules))
    }

    /// The rules of these pages, each called as its file.
    ///
    /// # Errors
    /// Where a page is not what a rule needs, or two have the same id.
    pub fn of_pages(pages: &[SourceFile]) -> Result<Self, CatalogueError> {
        let rules = pages.iter().map(of_page).collect::<Result<_, _>>()?;
        Self::default().with(Self::of(rules))
    }

    /// These rules and others.
    ///
    /// # Errors
    /// Where two have the same id.
    pub fn with(mut self, other: Self) -> Result<Self, CatalogueError> {
        self.rules.extend(other.rules);
        self.rules.sort_by(|one, two| one.id.cmp(&two.id));
        let mut pairs = self.rules.iter().zip(self.rules.iter().skip(1));
        match pairs.find(|(one, two)| one.id == two.id) {
            Some((_, second)) => {
                let taken = PageProblem::NameTaken(second.id.to_string());
                Err(second.problem_at_line(1, taken).into())
            }
            None => Ok(Self::of(self.rules)),
        }
    }

    /// These rules, each changed; one that is not to run is left out.
    #[must_use]
    pub fn adjusted(mut self, runs: impl Fn(&mut Rule) -> bool) -> Self {
        self.rules.retain_mut(runs);
        Self::of(self.rules)
    }

    fn of(rules: Vec<Rule>) -> Self {
        Self {
            rules,
            ..Self::default()
        }
    }

    /// The selectors of all rules, in their order.
    pub(crate) fn selectors(&self) -> &[RuleSelector] {
        self.selectors.get_or_init(|| {
            let rules = self.rules.iter().enumerate();
            let selectors = rules.flat_map(|(position, rule)| {
                let others = rule.also.iter().enumerate();
                let others = others.map(|(also, rule)| (Some(also), rule));
                let worded = std::iter::once((None, rule)).chain(others);
                worded.flat_map(move |(also, rule)| {
                    rule.graded().map(move |(severity, selector)| RuleSelector {
                        rule: position,
                        also,
                        severity,
                        selector: selector.clone(),
                    })
                })
            });
            selectors.collect()
        })
    }

    /// Of which fields the selectors ask for texts.
    pub(crate) fn asked_texts(&self) -> &Arc<AskedTexts> {
        self.asked.get_or_init(|| {
            let mut asked = AskedTexts::default();
            for of in self.selectors() {
                of.selector.ask(&mut asked);
            }
            asked.into()
        })
    }

    /// These rules, sorted.
    #[cfg(test)]
    pub(crate) fn of_rules(rules: Vec<Rule>) -> Self {
        Self::of(rules)
    }

    /// The rule of this id alone.
    #[must_use]
    pub fn only(&self, id: &str) -> Self {
        Self::of(self.get(id).cloned().into_iter().collect())
    }

    /// Whether some rule may read this member of the facts.
    pub fn may_read(&self, member: &str) -> bool {
        self.rules.iter().any(|rule| rule.may_read(member))
    }

    /// The rules, sorted by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of this id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id.as_str() == id)
    }
}

fn load(path: &Path) -> Result<Rule, CatalogueError> {
    let file = read(path).map_err(|error| CatalogueError::Unreadable {
        page: path.to_owned(),
        error,
    })?;
    of_page(&file)
}

fn of_page(file: &SourceFile) -> Result<Rule, CatalogueError> {
    let id = Path::new(file.name()).file_stem().unwrap_or_default();
    let text = Cow::Owned(file.text().to_owned());
    Ok(page::parse(file.name(), &id.to_string_lossy(), text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let folder = Catalogue::load_dir(&folder).unwrap();
        let ids = |rules: &Catalogue| -> Vec<String> {
            rules.rules.iter().map(|rule| rule.id.to_string()).collect()
        };
        assert_eq!(ids(&folder), ids(Catalogue::builtin().unwrap()));
        let twice = folder.clone().with(folder);
        let error = twice.unwrap_err().to_string();
        assert!(error.ends_with(
            "alias-arn-as-alias-name.md:1:1: there is another rule `alias-arn-as-alias-name`: \
             give the file of this page another name"
        ));
    }
}
