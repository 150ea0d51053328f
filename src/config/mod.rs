//! `kmslint.toml`: what a team has decided. All that is wrong with it is told with its place.

mod acceptance;
mod complaint;
mod date;
mod diff;
mod documents;
mod evidence;
mod find;
mod in_force;
mod loosening;
mod organization;
mod paths;
mod suppression;
mod trusted;
mod written;

#[cfg(test)]
mod tests;

use std::path::Path;

use crate::aws::{ActionSet, PendingWindowInDays};
use crate::finding::Severity;
use crate::text::{InputError, Root, SourceFile, Span, Spanned};

pub use acceptance::AcceptedCaution;
pub use date::parse_date;
pub use diff::FAIL_ON_GAIN;
pub use documents::Documents;
pub use evidence::EvidenceSettings;
pub use find::{FILE_NAME, NotAFile, find};
pub use in_force::InForce;
pub use jiff::civil::Date;
pub use loosening::{EvidenceRequirement, Loosened, Loosening, Stands, Unconfigured, loosened};
pub use organization::{Level, Organization};
pub use suppression::{Covers, Names, Suppression, Target};

use complaint::Complaints;
use written::Written;

/// JSON Schema of `kmslint.toml`, for editors.
pub const SCHEMA: &str = include_str!("schema.json");

/// What `kmslint.toml` says; nothing where there is none.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The directory that the file stands in; its paths and patterns are told from there.
    pub root: Root,
    /// The shortest waiting period that is not reported, days, 7 to 30.
    pub minimum_waiting_period: Option<PendingWindowInDays>,
    /// What the evidence of a go must reach.
    pub evidence: EvidenceSettings,
    /// The file with findings that are left out, from the file's directory. Only the outermost file
    /// may name it.
    pub baseline: Option<String>,
    /// The severity at which findings close the gate.
    pub fail_on: Option<Severity>,
    /// The actions on whose gain `kmslint diff` fails; [`FAIL_ON_GAIN`] where none are given.
    pub fail_on_gain: Option<ActionSet>,
    /// Rules with a severity other than their own, in the order as written, no rule twice.
    pub rules: Vec<RuleLevel>,
    /// Path patterns, from the file's directory, of the only files to look at; all where empty.
    pub include: Vec<String>,
    /// Path patterns, from the file's directory, of files not to look at. Neither list is about a
    /// file that the command line names: who asks for it wants it checked.
    pub exclude: Vec<String>,
    /// What kind of policies files hold, the first that matches counts. Such files are never passed over.
    pub documents: Vec<Documents>,
    /// ARNs, in which `*` and `?` may stand, of principals that may administer keys.
    pub trusted_administrators: Vec<String>,
    /// The organization that the keys' accounts belong to.
    pub organization: Option<Organization>,
    /// Findings that somebody has decided to live with.
    pub suppressions: Vec<Suppression>,
    /// Reasons for caution of preflight that somebody has accepted.
    pub accepted_cautions: Vec<AcceptedCaution>,
    /// Whether what a `kmslint.toml` below this one loosens is in force.
    pub nested_may_loosen: bool,
    /// Where what stands above is written.
    pub spans: ConfigSpans,
}

/// The bytes of what a configuration says.
#[derive(Clone, Debug, Default)]
pub struct ConfigSpans {
    /// Of [`Config::baseline`].
    pub baseline: Option<Span>,
    /// Of [`Config::fail_on`].
    pub fail_on: Option<Span>,
    /// Of [`Config::minimum_waiting_period`].
    pub minimum_waiting_period: Option<Span>,
    /// Of [`Config::nested_may_loosen`].
    pub nested_may_loosen: Option<Span>,
    /// Of [`Config::organization`].
    pub organization: Option<Span>,
    /// Of each pattern of [`Config::include`].
    pub include: Vec<Span>,
    /// Of each pattern of [`Config::exclude`].
    pub exclude: Vec<Span>,
    /// Of each of [`Config::trusted_administrators`].
    pub trusted_administrators: Vec<Span>,
    /// Of the gap, the days and the disabled days of [`Config::evidence`].
    pub evidence: [Option<Span>; 3],
    /// Of [`Config::fail_on_gain`].
    pub fail_on_gain: Option<Span>,
}

/// What there is at a path that a configuration names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// A regular file, where the configuration may name one.
    File,
    /// No file.
    Nothing,
    /// A file elsewhere: a symbolic link leads there.
    Elsewhere,
}

impl Presence {
    /// What the disk has at a path below `root`.
    pub fn on_disk(root: &Root, path: &Path) -> Self {
        let Ok(real) = path.canonicalize() else {
            return Self::Nothing;
        };
        match root.directory().canonicalize() {
            Ok(directory) if !real.starts_with(&directory) => Self::Elsewhere,
            Ok(_) if real.is_file() => Self::File,
            Ok(_) | Err(_) => Self::Nothing,
        }
    }
}

/// How bad what a rule finds counts as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleLevel {
    /// The rule's id and where it stands.
    pub rule: Spanned<String>,
    /// The severity; none where the rule does not run.
    pub severity: Option<Severity>,
}

impl Config {
    /// Reads the text of the `kmslint.toml` of that name. Whether its rules exist is not looked at
    /// here.
    ///
    /// # Errors
    /// Everything that is wrong with it, each complaint at its bytes.
    pub fn parse(file: &SourceFile) -> Result<Self, Vec<InputError>> {
        let directory = Path::new(file.name()).parent().unwrap_or(Path::new(""));
        let root = Root::new(directory);
        let presence = |path: &Path| Presence::on_disk(&root, path);
        Self::parse_in(file, &root, &presence)
    }

    /// As [`parse`](Self::parse), for a file that belongs in `root`; `presence` tells what there is at
    /// a path below it.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_in(
        file: &SourceFile,
        root: &Root,
        presence: &dyn Fn(&Path) -> Presence,
    ) -> Result<Self, Vec<InputError>> {
        let written: Written = toml::from_str(file.text())
            .map_err(|error| vec![complaint::of_toml(&error, file.text())])?;
        let mut complaints = Complaints::default();
        let config = written.check(root, presence, &mut complaints);
        complaints.finish(config)
    }

    /// Every rule that the configuration names, with its place.
    pub fn named_rules(&self) -> impl Iterator<Item = &Spanned<String>> {
        let levels = self.rules.iter().map(|level| &level.rule);
        levels.chain(
            self.suppressions
                .iter()
                .map(|suppression| &suppression.rule),
        )
    }

    /// A complaint about each rule that the configuration names and that is none of `known`.
    pub fn unknown_rules(&self, known: &[&str]) -> Vec<InputError> {
        let unknown = |rule: &&Spanned<String>| !known.contains(&&*rule.value);
        self.named_rules()
            .filter(unknown)
            .map(|rule| {
                let message = format!("there is no rule `{}`", rule.value.escape_default());
                let error = InputError::new(rule.span, message);
                match crate::aws::nearest(&rule.value, known.iter().copied()) {
                    Some(nearest) => error.help(format!("did you mean `{nearest}`?")),
                    None => error.help("`kmslint rules` lists them"),
                }
            })
            .collect()
    }
}

impl Config {
    /// A complaint about each accepted caution whose name is none of `known`.
    pub fn unknown_cautions(&self, known: &[&str]) -> Vec<InputError> {
        let named = self.accepted_cautions.iter().map(|of| &of.caution);
        let unknown = named.filter(|caution| !known.contains(&&*caution.value));
        unknown
            .map(|caution| complaint::unknown_word(caution.span, "reason", &caution.value, known))
            .collect()
    }
}

/// The bytes of a value that toml has read.
fn span<T>(value: &toml::Spanned<T>) -> Span {
    Span::new(value.span().start, value.span().end)
}
