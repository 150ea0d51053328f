//! The formats of findings, and what each needs to know.

use std::io::{self, Write as _};

use clap::ValueEnum;

use crate::finding::Confidence;
use crate::fix::{Proposal, fixable, safe_fixes};
use crate::lint::{OWN_RULES, OwnRule};
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
    /// Safe fixes, for the formats that offer them.
    fixes: Vec<Proposal>,
}

impl<'a> Report<'a> {
    pub(super) fn new(checked: &'a Checked, (format, quiet): (Format, bool), named: Named) -> Self {
        let project = &checked.project;
        let mut summary = Summary::new(
            &checked.findings,
            &project.failures,
            project.loaded.checked(),
            &project.loaded.files,
        )
        .with_placeholders(project.loaded.inventory.placeholders())
        .leaving_out(checked.suppressed.len(), checked.in_baseline.len());
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
            fixes,
        }
    }

    pub(super) fn show(&self, terminal: &Terminal) -> Result<(), Failure> {
        let mut out = output::stdout();
        let project = &self.checked.project;
        let (sources, failures) = (&project.loaded.sources, &project.failures);
        let (findings, style) = (&self.checked.findings, &terminal.style);
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
        let open = checked.findings.iter().map(|finding| Reported {
            finding,
            suppressed: None,
        });
        let suppressed = checked.suppressed.iter().map(|suppressed| Reported {
            finding: &suppressed.finding,
            suppressed: Some(&suppressed.reason),
        });
        let mut findings: Vec<_> = open.chain(suppressed).collect();
        findings.sort_by_key(|reported| (reported.finding.primary.at, &reported.finding.rule));
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
