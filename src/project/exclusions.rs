//! Findings that are not shown: suppressed ones, and those of the baseline.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::config::{Covers, Date};
use crate::finding::{Finding, earlier_fingerprints, fingerprint};
use crate::lint::{
    Actions, Baseline, BaselineFile, Found, LoosenedConfiguration, OWN_RULES, Selection, Standing,
    Suppressed, Suppressions, baseline,
};
use crate::text::{Location, SourceFile, SourceId, Span, read, write_whole};

use super::configuration::Layer;
use super::open::{Project, ReadLayer};
use super::options::ProjectError;

/// Which findings are left out, and when.
#[derive(Clone, Debug)]
pub struct Exclusions {
    /// A file with findings that are left out.
    pub baseline: Option<PathBuf>,
    /// A file to which all findings are written, and then left out. Nothing is written where an
    /// input could not be read.
    pub write_baseline: Option<PathBuf>,
    /// The day of the run: suppressions expire.
    pub today: Date,
}

impl Exclusions {
    /// Only what suppressions cover on this day.
    pub const fn on(today: Date) -> Self {
        Self {
            baseline: None,
            write_baseline: None,
            today,
        }
    }
}

/// The current day in UTC, so that two machines agree.
pub fn today() -> Date {
    let now = Timestamp::now();
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// What was left out.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    /// What suppressions cover, with their reasons.
    pub(super) suppressed: Vec<Suppressed>,
    /// What the baseline holds.
    pub(super) in_baseline: Vec<Finding>,
}

/// One run of the rules.
pub(super) struct Ran<'a> {
    pub(super) project: &'a mut Project,
    /// Which rules ran.
    pub(super) selection: &'a Selection,
    /// The subjects that they ran over.
    pub(super) subjects: &'a [String],
}

impl Ran<'_> {
    /// Takes what is left out of `findings`, which must have their fingerprints; adds what is to be
    /// said of suppressions and of the baseline.
    pub(super) fn leave_out(
        &mut self,
        findings: &mut Vec<Finding>,
        options: &Exclusions,
    ) -> Result<LeftOut, ProjectError> {
        let mut left_out = LeftOut::default();
        let baseline = options.baseline.as_ref();
        let baseline = baseline
            .map(|path| read_baseline(path, self.project))
            .transpose()?;
        let is_earlier = baseline.as_ref().is_some_and(|(_, of)| of.is_earlier());
        if is_earlier || self.names_statements() {
            give_earlier(findings, self.project);
        }
        // Suppressed or not, it is found.
        let found = baseline
            .as_ref()
            .map(|_| Found::of(findings, &self.project.config.root));
        let actions = if self.approves() {
            Actions::of(&self.project.loaded.inventory)
        } else {
            Actions::default()
        };
        for (layer, read) in self.layers() {
            let suppressions = Suppressions {
                config: &layer.config,
                source: read.source,
                sources: &self.project.loaded.sources,
                actions: &actions,
                today: options.today,
                checked: self.subjects,
                whole: read.whole,
                selection: self.selection,
            };
            left_out.suppressed.extend(suppressions.apply(findings));
        }
        if let (Some(path), Some((file, baseline)), Some(found)) =
            (&options.baseline, baseline, found)
        {
            left_out.in_baseline = baseline.take(findings, &self.project.config.root);
            let differs = self.project.configuration.team.differs(&file);
            let source = self.project.loaded.sources.add(file);
            if differs {
                self.compare_baselines(path, &baseline, source);
            }
            findings.extend(self.of_baseline(&baseline, path, source, &found));
        }
        if let Some(path) = &options.write_baseline {
            // What could not be read may hold more findings than are known here.
            if self.project.failures.is_empty() {
                left_out.in_baseline = write(path, findings, self.project)?;
            }
        }
        Ok(left_out)
    }

    /// The configuration files whose suppressions count.
    fn layers(&self) -> impl Iterator<Item = (&Layer, &ReadLayer)> {
        let layers = self.project.configuration.layers.iter();
        let layers = layers.zip(&self.project.layers);
        layers.filter(|(layer, _)| layer.in_force)
    }

    /// Whether a suppression names a statement as kmslint did before.
    fn names_statements(&self) -> bool {
        self.layers().any(|(layer, _)| {
            let mut suppressions = layer.config.suppressions.iter();
            suppressions.any(|of| matches!(of.covers, Covers::Statement(_)))
        })
    }

    /// Whether a suppression approves of what a plan or a template does to a key.
    fn approves(&self) -> bool {
        self.layers().any(|(layer, _)| {
            let mut suppressions = layer.config.suppressions.iter();
            suppressions.any(|of| of.target.is_action())
        })
    }

    /// Notes what the working tree's baseline would leave out beyond the trusted one.
    fn compare_baselines(&mut self, path: &Path, trusted: &Baseline, source: SourceId) {
        let Ok(file) = read(path) else {
            return;
        };
        let Ok(tree) = Baseline::parse(file.text()) else {
            self.project.tell_of_other(source);
            return;
        };
        let Some(more) = tree.beyond(trusted) else {
            self.project.tell_of_other(source);
            return;
        };
        let Some(revision) = &self.project.configuration.team.revision else {
            return;
        };
        if more == 0 {
            return;
        }
        let standing = Standing::WorkingTree(revision.name().to_owned());
        let source = self.project.loaded.sources.add(file);
        self.project.loosened.push(LoosenedConfiguration {
            at: Location {
                source,
                span: Span::default(),
            },
            what: match more {
                1 => "leaves out one finding more".to_owned(),
                more => format!("leaves out {more} findings more"),
            },
            standing,
        });
    }

    /// What is to be said of a baseline.
    fn of_baseline(
        &self,
        baseline: &Baseline,
        path: &Path,
        source: SourceId,
        found: &Found,
    ) -> Vec<Finding> {
        let project = &*self.project;
        let root = &project.config.root;
        let subjects = self.subjects.iter();
        let checked = subjects.flat_map(|subject| [subject.clone(), root.relative(subject)]);
        let file = BaselineFile {
            baseline,
            source,
            sources: &project.loaded.sources,
            checked: &checked.collect(),
            whole: project.whole,
            selection: self.selection,
        };
        // What could not be read may hold what is not found.
        let is_known = project.failures.is_empty();
        let stale = is_known.then(|| file.stale(found)).flatten();
        let outdated = file.outdated(&path.to_string_lossy());
        let mut told: Vec<_> = outdated.into_iter().chain(stale).collect();
        fingerprint(&mut told, &project.loaded.sources);
        told
    }
}

/// Gives the findings the fingerprints that kmslint made before.
fn give_earlier(findings: &mut [Finding], project: &Project) {
    let earlier = earlier_fingerprints(findings, &project.loaded.sources, &project.config.root);
    for (finding, earlier) in findings.iter_mut().zip(earlier) {
        finding.fingerprints.earlier = Some(earlier.into());
    }
}

/// A baseline of version 1 that was brought over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// Findings that it holds now.
    pub findings: usize,
    /// Entries that match no finding, and were left out.
    pub left_out: usize,
}

/// Brings a baseline of version 1 over: what its entries match is written to the same file in the present
/// form; nothing where it has the present form already.
///
/// # Errors
/// Where the baseline cannot be read or written, or an input could not be read: its findings would be lost.
pub(super) fn migrate(
    path: &Path,
    mut findings: Vec<Finding>,
    project: &Project,
) -> Result<Option<Migrated>, ProjectError> {
    let (_, baseline) = read_baseline(path, project)?;
    if !baseline.is_earlier() {
        return Ok(None);
    }
    if !project.failures.is_empty() {
        return Err(ProjectError::UnwrittenBaseline {
            path: path.display().to_string(),
            reason: "an input could not be read, and its findings would be lost".to_owned(),
        });
    }
    give_earlier(&mut findings, project);
    let root = &project.config.root;
    let left_out = baseline.unmatched(&Found::of(&findings, root));
    let mut held = baseline.take(&mut findings, root);
    let held = write(path, &mut held, project)?;
    Ok(Some(Migrated {
        findings: held.len(),
        left_out,
    }))
}

fn read_baseline(path: &Path, project: &Project) -> Result<(SourceFile, Baseline), ProjectError> {
    let refused = |reason: &dyn std::fmt::Display| ProjectError::Baseline {
        path: path.display().to_string(),
        reason: reason.to_string(),
    };
    let file = project.configuration.team.read(path);
    let file = file.map_err(|error| refused(&error))?;
    let baseline = Baseline::parse(file.text()).map_err(|error| refused(&error))?;
    Ok((file, baseline))
}

/// Writes what is found about policies; what is found about suppressions is no start for anyone.
fn write(
    path: &Path,
    findings: &mut Vec<Finding>,
    project: &Project,
) -> Result<Vec<Finding>, ProjectError> {
    let refused = |reason: &dyn std::fmt::Display| ProjectError::UnwrittenBaseline {
        path: path.display().to_string(),
        reason: reason.to_string(),
    };
    let is_policy = |finding: &mut Finding| OWN_RULES.iter().all(|own| own.id != &*finding.rule);
    let taken: Vec<_> = findings.extract_if(.., is_policy).collect();
    let text = baseline(&taken, &project.config.root).map_err(|error| refused(&error))?;
    write_whole(path, &text).map_err(|error| refused(&error.reason))?;
    Ok(taken)
}
