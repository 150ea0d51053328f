//! The formats of findings, and what each needs to know.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::ValueEnum;

use crate::finding::{Confidence, Finding, Severity};
use crate::fix::{Proposal, fixable, safe_fixes};
use crate::lint::{Defect, Names, OWN_RULES, OwnRule, Suppressed, defects};
use crate::project::Checked;
use crate::report::files::Named;
use crate::report::human::{Context, MANY};
use crate::report::json::FindingsDocument;
use crate::report::{self, Reported, RuleInfo, Run, Style, Summary};
use crate::rule::{HEADINGS, Rule};
use crate::text::write_whole;

use super::terminal::{self, Terminal};
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

/// What of a run is shown, and how.
pub(super) struct Shown<'s> {
    pub(super) format: Format,
    /// Further formats, and the files to which they are written.
    pub(super) outputs: &'s [(Format, PathBuf)],
    /// Which files are named that were not checked.
    pub(super) named: Named,
    /// Whether only what a run comes to is shown to people.
    pub(super) quiet: bool,
    /// Whether a table of rules is shown to people.
    pub(super) statistics: bool,
    /// Whether people see every finding, however many there are.
    pub(super) verbose: bool,
    /// From which severity on findings are shown, where that is given.
    pub(super) min_severity: Option<Severity>,
}

impl Shown<'_> {
    /// Whether it is one of the formats.
    fn has(&self, is_wanted: impl Fn(Format) -> bool) -> bool {
        let outputs = self.outputs.iter().map(|(format, _)| *format);
        std::iter::once(self.format).chain(outputs).any(is_wanted)
    }
}

/// What was checked, and how it is shown.
pub(super) struct Report<'a> {
    checked: &'a Checked,
    shown: Shown<'a>,
    names: Names<'a>,
    summary: Summary,
    /// What is found and not left out.
    open: Vec<Defect<'a>>,
    /// What suppressions cover, with their reasons.
    suppressed: Vec<(Defect<'a>, &'a str)>,
    /// Safe fixes, for the formats that offer them.
    fixes: Vec<Proposal>,
}

impl<'a> Report<'a> {
    pub(super) fn new(checked: &'a Checked, shown: Shown<'a>) -> Self {
        let project = &checked.project;
        let names = Names::new(&project.loaded.inventory);
        let mut open = defects(&checked.findings, &names);
        let suppressed = suppressed(checked, &names);
        let in_baseline = defects(&checked.in_baseline, &names).len();
        let fixable = if shown.has(Format::has_last_line) {
            fixable(checked)
        } else {
            None
        };
        if let Some(fixable) = &fixable {
            for defect in &mut open {
                defect.is_fixable = defect.parts().iter().all(|part| fixable.mends(part));
            }
        }
        let fixes = if shown.has(|format| format == Format::Sarif) {
            safe_fixes(checked)
        } else {
            Vec::new()
        };
        let told: Vec<_> = open.iter().map(|defect| &*defect.finding).collect();
        let mut summary = Summary::new(
            &told,
            &project.failures,
            project.loaded.checked(),
            &project.loaded.files,
        )
        .with_placeholders(project.loaded.inventory.placeholders())
        .leaving_out(suppressed.len(), in_baseline);
        summary.fixable = fixable.map(|fixable| {
            let count = open.iter().filter(|defect| defect.is_fixable).count();
            (count, fixable.at_least)
        });
        Self {
            checked,
            shown,
            names,
            summary,
            open,
            suppressed,
            fixes,
        }
    }

    /// Writes the files that are asked for, then standard output.
    pub(super) fn show(&self, terminal: &Terminal) -> Result<(), Failure> {
        let plain = Style {
            color: false,
            unicode: true,
            width: terminal::DEFAULT_WIDTH,
        };
        for (format, path) in self.shown.outputs {
            let mut text = Vec::new();
            if *format == Format::Human {
                self.failures(&mut text, &plain)?;
            }
            self.write(&mut text, *format, &plain)?;
            let text = String::from_utf8_lossy(&text);
            let written = write_whole(path, &text);
            written.map_err(|error| {
                let path = path.to_string_lossy();
                Failure::usage(format!(
                    "cannot write `{}`: {}",
                    path.escape_default(),
                    error.reason
                ))
            })?;
        }
        let format = self.shown.format;
        if self.shown.quiet || format == Format::Human {
            let mut err = output::stderr();
            self.failures(&mut err, &terminal.style)?;
            err.flush()?;
        }
        let mut out = output::stdout();
        if self.shown.quiet {
            let summary = self.told(format).1;
            report::human::summary(&mut out, &summary, &terminal.style)?;
        } else {
            self.write(&mut out, format, &terminal.style)?;
        }
        out.flush()?;
        if format == Format::Gitlab {
            // A list of violations has no room for it.
            let mut err = output::stderr();
            report::configuration::human(&mut err, &self.checked.in_force, &terminal.style)?;
            err.flush()?;
        }
        Ok(())
    }

    fn failures(&self, out: &mut impl io::Write, style: &Style) -> io::Result<()> {
        let project = &self.checked.project;
        report::human::input_errors(out, &project.loaded.sources, &project.failures, style)
    }

    /// What the format shows, and what the whole run comes to.
    fn told(&self, format: Format) -> (Cow<'_, [Defect<'a>]>, Summary) {
        let from = self.shown.min_severity.unwrap_or(match format {
            Format::Human | Format::Markdown => Severity::Warning,
            Format::Concise
            | Format::Json
            | Format::Sarif
            | Format::Github
            | Format::Gitlab
            | Format::Junit => Severity::Info,
        });
        // What fails is shown.
        let from = from.min(self.checked.threshold);
        if from == Severity::Info {
            return (Cow::Borrowed(&self.open), self.summary);
        }
        // What is said of kmslint's own files is hidden only where that is asked for.
        let is_own = |rule: &str| OWN_RULES.iter().any(|own| own.id == rule);
        let is_told = |defect: &&Defect<'_>| {
            defect.finding.severity >= from
                || (self.shown.min_severity.is_none() && is_own(&defect.finding.rule))
        };
        let told = if self.open.iter().all(|defect| is_told(&defect)) {
            Cow::Borrowed(self.open.as_slice())
        } else {
            self.open.iter().filter(is_told).cloned().collect()
        };
        let summary = self.summary.showing(&told);
        (told, summary)
    }

    /// Writes what was found in a format.
    fn write(&self, out: &mut impl io::Write, format: Format, style: &Style) -> io::Result<()> {
        let project = &self.checked.project;
        let in_force = &self.checked.in_force;
        let (told, summary) = self.told(format);
        let run =
            |write: &mut dyn FnMut(&Run<'_>) -> io::Result<()>| self.run(&told, &summary, write);
        match format {
            Format::Concise => {
                run(&mut |run| report::concise::findings(out, run, style))?;
                if self.shown.statistics {
                    report::human::statistics(out, &self.open, style)?;
                }
                report::configuration::human(out, in_force, style)?;
                report::human::summary(out, &summary, style)
            }
            Format::Human => {
                let context = Context {
                    sources: &project.loaded.sources,
                    names: Some(&self.names),
                    style,
                    verbose: self.shown.verbose,
                };
                report::human::findings(out, &told, &context)?;
                if self.shown.statistics || told.len() > MANY {
                    report::human::statistics(out, &self.open, style)?;
                }
                report::human::hints(out, &told, in_force, style)?;
                report::configuration::human(out, in_force, style)?;
                report::human::summary(out, &summary, style)?;
                report::files::run(out, &project.loaded.files, self.shown.named, style)
            }
            Format::Json => report::json::findings(
                out,
                &FindingsDocument {
                    sources: &project.loaded.sources,
                    findings: &told,
                    failures: &project.failures,
                    summary: &summary,
                    files: &project.loaded.files,
                    configuration: in_force,
                },
            ),
            Format::Sarif => run(&mut |run| report::sarif::run(out, run)),
            Format::Github => run(&mut |run| report::github::run(out, run)),
            Format::Gitlab => run(&mut |run| report::gitlab::run(out, run)),
            Format::Junit => {
                let threshold = self.checked.threshold;
                run(&mut |run| report::junit::run(out, run, threshold))
            }
            Format::Markdown => run(&mut |run| report::markdown::run(out, run)),
        }
    }

    /// Calls `write` with what the formats of other programs need.
    fn run(
        &self,
        told: &[Defect<'_>],
        summary: &Summary,
        write: &mut dyn FnMut(&Run<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let checked = self.checked;
        let open = told.iter().map(|defect| Reported {
            defect,
            suppressed: None,
        });
        let suppressed = self.suppressed.iter();
        let suppressed = suppressed.map(|(defect, reason)| Reported {
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
            summary,
            configuration: &checked.in_force,
            rules: &rules,
            directory: &directory.to_string_lossy(),
            names: Some(&self.names),
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
