//! The formats of findings, and what each needs to know.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use clap::ValueEnum;

use crate::finding::{Confidence, Finding};
use crate::fix::{Proposal, fixable, safe_fixes};
use crate::lint::{Defect, Names, OWN_RULES, OwnRule, Suppressed, defects};
use crate::project::Checked;
use crate::report::files::Named;
use crate::report::json::FindingsDocument;
use crate::report::{self, Reported, RuleInfo, Run, Summary};
use crate::rule::{HEADINGS, Rule};

use super::inputs::report_failures;
use super::terminal::Terminal;
use super::{Failure, output};

/// How to show findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Human,
    /// One line for each finding: path, line, column, severity, rule and message.
    Concise,
    /// For programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands of GitHub Actions: annotations at the lines of a change.
    Github,
    /// A Code Quality report of GitLab.
    Gitlab,
    /// Test results, for build servers.
    Junit,
    /// A comment for a pull request.
    Markdown,
}

impl Format {
    /// Whether it ends with a line that sums up.
    pub(super) const fn has_last_line(self) -> bool {
        matches!(self, Self::Human | Self::Concise)
    }
}

/// What was checked, and how it is shown.
pub(super) struct Report<'a> {
    checked: &'a Checked,
    format: Format,
    /// Which files are named that were not checked.
    named: Named,
    /// Whether only what a run comes to is shown to people.
    quiet: bool,
    summary: Summary,
    /// What is found and not left out.
    open: Vec<Defect<'a>>,
    /// What suppressions cover, with their reasons.
    suppressed: Vec<(Defect<'a>, &'a str)>,
    /// Safe fixes, for the formats that offer them.
    fixes: Vec<Proposal>,
}

impl<'a> Report<'a> {
    pub(super) fn new(checked: &'a Checked, (format, quiet): (Format, bool), named: Named) -> Self {
        let project = &checked.project;
        let loaded = Names::new(&project.loaded.inventory);
        let open = defects(&checked.findings, &loaded);
        let suppressed = suppressed(checked, &loaded);
        let in_baseline = defects(&checked.in_baseline, &loaded).len();
        let told: Vec<_> = open.iter().map(|defect| &*defect.finding).collect();
        let mut summary = Summary::new(
            &told,
            &project.failures,
            project.loaded.checked(),
            &project.loaded.files,
        )
        .with_placeholders(project.loaded.inventory.placeholders())
        .leaving_out(suppressed.len(), in_baseline);
        if format == Format::Human {
            summary.fixable = fixable(checked);
        }
        let fixes = if format == Format::Sarif {
            safe_fixes(checked)
        } else {
            Vec::new()
        };
        Self {
            checked,
            format,
            named,
            quiet,
            summary,
            open,
            suppressed,
            fixes,
        }
    }

    pub(super) fn show(&self, terminal: &Terminal) -> Result<(), Failure> {
        let mut out = output::stdout();
        let project = &self.checked.project;
        let (sources, failures) = (&project.loaded.sources, &project.failures);
        let (findings, style) = (&self.open, &terminal.style);
        match self.format {
            _ if self.quiet => {
                report_failures(project, terminal)?;
                report::human::summary(&mut out, &self.summary, style)?;
            }
            Format::Concise => {
                self.run(|run| report::concise::findings(&mut out, run, style))?;
                report::configuration::human(&mut out, &self.checked.in_force, style)?;
                report::human::summary(&mut out, &self.summary, style)?;
            }
            Format::Human => {
                report::human::findings(&mut out, sources, findings, style)?;
                out.flush()?;
                report_failures(project, terminal)?;
                report::configuration::human(&mut out, &self.checked.in_force, style)?;
                report::human::summary(&mut out, &self.summary, style)?;
                report::files::run(&mut out, &project.loaded.files, self.named, style)?;
            }
            Format::Json => {
                let document = FindingsDocument {
                    sources,
                    findings,
                    failures,
                    summary: &self.summary,
                    files: &project.loaded.files,
                    configuration: &self.checked.in_force,
                };
                report::json::findings(&mut out, &document)?;
            }
            Format::Sarif => self.run(|run| report::sarif::run(&mut out, run))?,
            Format::Github => self.run(|run| report::github::run(&mut out, run))?,
            Format::Gitlab => {
                self.run(|run| report::gitlab::run(&mut out, run))?;
                // A list of violations has no room for it.
                let mut err = output::stderr();
                report::configuration::human(&mut err, &self.checked.in_force, style)?;
                err.flush()?;
            }
            Format::Junit => {
                let threshold = self.checked.threshold;
                self.run(|run| report::junit::run(&mut out, run, threshold))?;
            }
            Format::Markdown => self.run(|run| report::markdown::run(&mut out, run))?,
        }
        out.flush()?;
        Ok(())
    }

    /// Calls `write` with what the formats of other programs need.
    fn run(&self, write: impl FnOnce(&Run<'_>) -> io::Result<()>) -> io::Result<()> {
        let checked = self.checked;
        let open = self.open.iter().map(|defect| Reported {
            defect,
            suppressed: None,
        });
        let suppressed = self.suppressed.iter().map(|(defect, reason)| Reported {
            defect,
            suppressed: Some(reason),
        });
        let mut findings: Vec<_> = open.chain(suppressed).collect();
        findings.sort_by_key(|of| (of.finding().primary.at, &of.finding().rule));
        let pages = checked.known.rules().iter().map(rule_info);
        let rules: Vec<_> = pages.chain(OWN_RULES.iter().map(own_rule_info)).collect();
        let directory = std::env::current_dir().unwrap_or_default();
        write(&Run {
            sources: &checked.project.loaded.sources,
            findings: &findings,
            fixes: &self.fixes,
            failures: &checked.project.failures,
            files: &checked.project.loaded.files,
            summary: &self.summary,
            configuration: &checked.in_force,
            rules: &rules,
            directory: &directory.to_string_lossy(),
            root: &checked.project.config.root,
        })
    }
}

/// What suppressions cover: of one defect, what is covered for one reason.
fn suppressed<'a>(checked: &'a Checked, names: &Names<'_>) -> Vec<(Defect<'a>, &'a str)> {
    let mut by_reason: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for Suppressed { finding, reason } in &checked.suppressed {
        by_reason.entry(reason).or_default().push(finding);
    }
    let each = by_reason.into_iter().flat_map(|(reason, findings)| {
        let defects = defects(findings, names).into_iter();
        defects.map(move |defect| (defect, reason))
    });
    each.collect()
}

fn rule_info(rule: &Rule) -> RuleInfo<'_> {
    let [what, ..] = HEADINGS;
    RuleInfo {
        id: rule.id.as_str(),
        title: &rule.title,
        description: rule.first_paragraph(what),
        page: rule.text(),
        severity: rule.severity,
        confidence: rule.confidence,
        reference: rule.reference(),
    }
}

/// The rules about `kmslint.toml`, which have no page.
fn own_rule_info(rule: &OwnRule) -> RuleInfo<'_> {
    RuleInfo {
        id: rule.id,
        title: rule.title,
        description: rule
            .text
            .split("\n\n")
            .next()
            .unwrap_or_default()
            .to_owned(),
        page: rule.text,
        severity: rule.severity,
        confidence: Confidence::High,
        reference: "",
    }
}
