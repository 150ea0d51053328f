//! The formats of findings, and what each needs to know.

use std::io::{self, BufWriter, Write as _};

use clap::ValueEnum;

use crate::finding::{Confidence, Finding, Severity};
use crate::fix::Proposal;
use crate::lint::{OWN_RULES, OwnRule, Suppressed};
use crate::report::{self, InputFailure, Reported, RuleInfo, Run, Summary};
use crate::rule::{HEADINGS, Rule};
use crate::source::Sources;

use super::Failure;
use super::terminal::Terminal;

/// How to show findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Human,
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

/// What is shown.
#[derive(Debug)]
pub(super) struct Outcome<'a> {
    pub(super) sources: &'a Sources,
    pub(super) findings: &'a [Finding],
    /// Findings that are not shown to people, with the reason.
    pub(super) suppressed: &'a [Suppressed],
    pub(super) failures: &'a [InputFailure],
    pub(super) summary: &'a Summary,
    pub(super) rules: &'a [Rule],
    /// Safe fixes, for the formats that offer them.
    pub(super) fixes: &'a [Proposal],
    /// The severity from which on the run fails.
    pub(super) threshold: Severity,
}

impl Outcome<'_> {
    pub(super) fn show(&self, format: Format, terminal: &Terminal) -> Result<(), Failure> {
        let mut out = BufWriter::new(io::stdout().lock());
        let (sources, style) = (self.sources, &terminal.style);
        match format {
            Format::Human => {
                report::human::findings(&mut out, sources, self.findings, style)?;
                out.flush()?;
                let mut err = BufWriter::new(io::stderr().lock());
                report::human::input_errors(&mut err, sources, self.failures, style)?;
                err.flush()?;
                report::human::summary(&mut out, self.summary, style)?;
            }
            Format::Json => {
                let (findings, failures) = (self.findings, self.failures);
                report::json::findings(&mut out, sources, findings, failures, self.summary)?;
            }
            Format::Sarif => self.run(|run| report::sarif::run(&mut out, run))?,
            Format::Github => self.run(|run| report::github::run(&mut out, run))?,
            Format::Gitlab => self.run(|run| report::gitlab::run(&mut out, run))?,
            Format::Junit => self.run(|run| report::junit::run(&mut out, run, self.threshold))?,
            Format::Markdown => self.run(|run| report::markdown::run(&mut out, run))?,
        }
        out.flush()?;
        Ok(())
    }

    /// Calls `write` with what the formats of other programs need.
    fn run(&self, write: impl FnOnce(&Run<'_>) -> io::Result<()>) -> io::Result<()> {
        let open = self.findings.iter().map(|finding| Reported {
            finding,
            suppressed: None,
        });
        let suppressed = self.suppressed.iter().map(|suppressed| Reported {
            finding: &suppressed.finding,
            suppressed: Some(&suppressed.reason),
        });
        let mut findings: Vec<_> = open.chain(suppressed).collect();
        findings.sort_by_key(|reported| (reported.finding.primary.at, &reported.finding.rule));
        let pages = self.rules.iter().map(rule_info);
        let rules: Vec<_> = pages.chain(OWN_RULES.iter().map(own_rule_info)).collect();
        let directory = std::env::current_dir().unwrap_or_default();
        write(&Run {
            sources: self.sources,
            findings: &findings,
            fixes: self.fixes,
            failures: self.failures,
            summary: self.summary,
            rules: &rules,
            directory: &directory.to_string_lossy(),
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
