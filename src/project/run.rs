//! A run of the rules over a project: the gate as a value.

use std::path::Path;

use crate::config::{Date, InForce};
use crate::facts::Facts;
use crate::finding::{Finding, Severity, fingerprint};
use crate::lint::{self, NoSuchRule, Selection, Suppressed, joined};
use crate::rule::Catalogue;
use crate::text::InputFailure;

use super::exclusions::{Exclusions, Migrated, Ran, migrate};
use super::open::Project;
use super::options::{Options, ProjectError};
use super::rules::{Known, RuleOptions, Rules, rule_names, severity};
use super::sensitive;
use super::suppress::{SuppressedFindings, SuppressionTarget, write};
use super::team_files::TeamFiles;

/// How a project is checked.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// Which rules run.
    pub rules: RuleOptions,
    /// Which findings are left out.
    pub exclusions: Exclusions,
    /// The severity from which on findings close the gate; stands above the configuration's, which
    /// stands above [`Severity::Error`].
    pub fail_on: Option<Severity>,
}

impl CheckOptions {
    /// Checks with the rules that come with kmslint, without a baseline.
    pub fn on(today: Date) -> Self {
        Self {
            rules: RuleOptions::default(),
            exclusions: Exclusions::on(today),
            fail_on: None,
        }
    }
}

/// A project that was checked.
#[derive(Debug)]
pub struct Checked {
    /// What was checked.
    pub project: Project,
    /// Every rule that there is.
    pub known: Catalogue,
    /// The rules that ran, each with the severity that it ran with.
    pub catalogue: Catalogue,
    /// What was found and is not left out, sorted by file and position; each has its fingerprints.
    pub findings: Vec<Finding>,
    /// What suppressions cover.
    pub suppressed: Vec<Suppressed>,
    /// What the baseline holds.
    pub in_baseline: Vec<Finding>,
    /// The severity from which on findings close the gate.
    pub threshold: Severity,
    /// The configuration in force.
    pub in_force: InForce,
}

/// What a gate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Everything was read, and no finding is as bad as the threshold.
    Passes,
    /// A finding is.
    Fails,
    /// An input could not be read or understood, so nothing can be said of the whole.
    CannotTell,
}

impl Checked {
    /// What the gate does.
    pub fn gate(&self) -> Gate {
        let mut findings = self.findings.iter();
        if !self.project.failures.is_empty() {
            Gate::CannotTell
        } else if findings.any(|finding| finding.severity >= self.threshold) {
            Gate::Fails
        } else {
            Gate::Passes
        }
    }
}

/// Opens a project and runs the rules over it.
///
/// # Errors
/// Where the configuration, a rule or the baseline that was asked for cannot be had. What is wrong
/// with the inputs is among the [`failures`](Project::failures).
pub fn check(inputs: &Options, options: &CheckOptions) -> Result<Checked, ProjectError> {
    let Found {
        mut project,
        known,
        selection,
        catalogue,
        mut findings,
        subjects,
    } = Found::of(inputs, &options.rules)?;
    let mut exclusions = options.exclusions.clone();
    if exclusions.write_baseline.is_none() {
        let configured = project.config.baseline.as_ref();
        let configured = configured.map(|path| project.config.root.directory().join(path));
        exclusions.baseline = exclusions.baseline.or(configured);
    }
    let left_out = Ran {
        project: &mut project,
        selection: &selection,
        subjects: &subjects,
    }
    .leave_out(&mut findings, &exclusions)?;
    findings.extend(project.loosened_findings(&selection));
    let threshold = options.fail_on.or(project.config.fail_on);
    let threshold = threshold.unwrap_or(Severity::Error);
    let baseline = options.exclusions.baseline.as_ref();
    let baseline = baseline.map(|path| path.to_string_lossy().into_owned());
    let configured = exclusions.baseline.and(project.config.baseline.clone());
    let in_force = InForce {
        baseline: baseline.or(configured),
        fail_on: Some(threshold.name()),
        ..project.in_force_for(&known, &selection)
    };
    Ok(Checked {
        project,
        known,
        catalogue,
        findings,
        suppressed: left_out.suppressed,
        in_baseline: left_out.in_baseline,
        threshold,
        in_force,
    })
}

/// Brings a baseline of version 1 over to the present form, in the same file; nothing where it has that
/// form already.
///
/// # Errors
/// As [`check`]; and where an input could not be read: its findings would be lost.
pub fn migrate_baseline(
    inputs: &Options,
    rules: &RuleOptions,
    path: &Path,
) -> Result<Option<Migrated>, ProjectError> {
    let found = Found::of(inputs, rules)?;
    migrate(path, found.findings, &found.project)
}

/// Adds a suppression of a rule to the configuration: the nearest, the one that is asked for, or a new one.
///
/// # Errors
/// As [`check`]; where there is no such rule or key, where nothing is found that it would suppress, and where
/// the file cannot be written.
pub fn suppress(
    inputs: &Options,
    rules: &RuleOptions,
    (rule, target): (&str, &SuppressionTarget),
    why: (&str, Date),
) -> Result<SuppressedFindings, ProjectError> {
    let found = Found::of(inputs, rules)?;
    let known = rule_names(&found.known);
    if !known.contains(&rule) {
        return Err(NoSuchRule::of(rule, &known).into());
    }
    write(inputs, &found.project, &found.findings, (rule, target), why)
}

/// What a run found before anything is left out.
struct Found {
    project: Project,
    known: Catalogue,
    selection: Selection,
    catalogue: Catalogue,
    /// Sorted, with their fingerprints.
    findings: Vec<Finding>,
    /// The subjects that the rules ran over.
    subjects: Vec<String>,
}

impl Found {
    fn of(inputs: &Options, options: &RuleOptions) -> Result<Self, ProjectError> {
        let (rules, mut project) = open(inputs, options)?;
        for page in rules.differing {
            let source = project.loaded.sources.add(page);
            project.tell_of_other(source);
        }
        let known = rules.catalogue;
        let names = rule_names(&known);
        let selection = options.selection(&project.config, &names)?;
        let catalogue = known.clone().adjusted(|rule| selection.adjust(rule));
        let (findings, subjects, overruns) = project.find(&catalogue);
        project.failures.extend(overruns);
        Ok(Self {
            project,
            known,
            selection,
            catalogue,
            findings,
            subjects,
        })
    }
}

/// How many more findings the list gets room for at most when it must be moved. Room that is not used takes
/// no memory.
const MOST_ROOM: usize = 1 << 16;

/// Adds what was found in one subject after `done` of all `count`. Moving thousands of findings to a longer
/// list takes memory for both, so it gets the length that it needs if the others have as many.
fn add(all: &mut Vec<Finding>, found: Vec<Finding>, (done, count): (usize, usize)) {
    let length = all.len().saturating_add(found.len());
    if length > all.capacity() {
        let rest = count.saturating_sub(done);
        let more = length.saturating_mul(rest) / done.saturating_add(1);
        let more = more.min(length.max(MOST_ROOM));
        all.reserve(more.saturating_add(found.len()));
    }
    all.extend(found);
}

/// The rules, and the project. Rules are parsed while the files are looked for, unless a rule of the
/// configuration can only be known from pages that have to be read first.
fn open(inputs: &Options, rules: &RuleOptions) -> Result<(Rules, Project), ProjectError> {
    let team = TeamFiles::of(inputs)?;
    if let Some(names) = rules.builtin_names() {
        let own = |rule: &str| severity(Catalogue::builtin().ok()?, rule);
        let known = Known {
            names: &names,
            severity: &own,
        };
        let open = || Project::open_knowing(inputs, Some(known), team.clone());
        let (known, project) = rayon::join(|| rules.load(&team), open);
        return Ok((known?, project?));
    }
    let loaded = rules.load(&team)?;
    let known = Known {
        names: &rule_names(&loaded.catalogue),
        severity: &|rule| severity(&loaded.catalogue, rule),
    };
    let project = Project::open_knowing(inputs, Some(known), team)?;
    Ok((loaded, project))
}

impl Project {
    /// What is to be said of configurations that loosen what the team decided.
    fn loosened_findings(&self, selection: &Selection) -> Vec<Finding> {
        let sources = &self.loaded.sources;
        let loosened = self.loosened.iter();
        let mut findings: Vec<_> = loosened
            .filter_map(|loosened| loosened.finding(sources, selection))
            .collect();
        findings.sort_by_key(|finding| finding.primary.at);
        fingerprint(&mut findings, sources);
        findings
    }

    /// Runs the rules over everything. The findings are sorted and have their fingerprints; with
    /// them the subjects that the rules ran over, and those over which a rule takes too long.
    pub fn find(&self, catalogue: &Catalogue) -> (Vec<Finding>, Vec<String>, Vec<InputFailure>) {
        let sources = &self.loaded.sources;
        let mut maker = self.fact_maker();
        if !catalogue.may_read("access") {
            maker = maker.without_access();
        }
        let find = |facts: Vec<Facts>| {
            let mut found = lint::try_run_each(&facts, catalogue);
            for found in found.iter_mut().flatten() {
                fingerprint(found, sources);
            }
            let subjects = facts.into_iter().map(|facts| facts.subject);
            found.into_iter().zip(subjects).collect::<Vec<_>>()
        };
        let count = maker.count();
        let (mut all, mut overruns) = (Vec::new(), Vec::new());
        let mut subjects = Vec::with_capacity(count);
        maker.few_in_turn(find, |some| {
            for (found, subject) in some {
                match found {
                    Ok(found) => add(&mut all, found, (subjects.len(), count)),
                    Err(overrun) => overruns.push(overrun.failure(&subject)),
                }
                subjects.push(subject);
            }
        });
        for of in self.loaded.inventory.sensitive() {
            let (found, subject) = sensitive::find(of, &maker, catalogue);
            match found {
                Ok(mut found) => {
                    fingerprint(&mut found, sources);
                    all.append(&mut found);
                }
                Err(overrun) => overruns.push(overrun.failure(&subject)),
            }
            subjects.push(subject);
        }
        (joined(all), subjects, overruns)
    }
}
