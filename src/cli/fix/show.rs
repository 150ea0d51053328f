//! What is shown of the fixes of one run, or written.

use std::io::Write;
use std::path::Path;

use crate::cli::inputs::{report_failures, report_files, report_loosened, report_placeholders};
use crate::cli::terminal::Terminal;
use crate::cli::{ExitCode, Failure, output};
use crate::fix::{Repaired, Session};
use crate::report;
use crate::text::{Replacement, SourceId, Sources, replace};

use super::{FixArguments, ListFormat};

/// One run, and how it is shown.
pub(super) struct Shown<'a> {
    pub(super) arguments: &'a FixArguments,
    pub(super) terminal: &'a Terminal,
    pub(super) session: &'a Session,
}

impl Shown<'_> {
    fn sources(&self) -> &Sources {
        &self.session.checked.project.loaded.sources
    }

    fn text(&self, source: SourceId) -> &str {
        let file = self.sources().get(source);
        file.map_or("", |file| file.text())
    }

    /// Tells what could not be read; that is a failure, and so is `blocked`.
    pub(super) fn exit_code(&self, blocked: bool) -> Result<ExitCode, Failure> {
        let project = &self.session.checked.project;
        report_files(project, self.arguments.named(), self.terminal)?;
        report_placeholders(project, "; no fix changes a statement that has one")?;
        report_failures(project, self.terminal)?;
        report_loosened(project, self.terminal)?;
        Ok(if blocked || !project.failures.is_empty() {
            ExitCode::Failure
        } else {
            ExitCode::Clean
        })
    }

    /// Lists the set of fixes that `--diff` and `--write` make.
    pub(super) fn list(&self, outcome: &Repaired) -> Result<ExitCode, Failure> {
        self.session.prove(outcome).map_err(Failure::usage)?;
        self.show(outcome)?;
        if self.arguments.format == ListFormat::Human {
            let mut out = output::stdout();
            let configuration = &self.session.checked.in_force;
            report::configuration::human(&mut out, configuration, &self.terminal.style)?;
            report::fixes::summary(&mut out, outcome)?;
        }
        self.exit_code(outcome.untried > 0)
    }

    /// Shows proposals; of those for one file, each after those before it.
    fn show(&self, outcome: &Repaired) -> Result<(), Failure> {
        let sources = self.sources();
        let style = &self.terminal.style;
        let mut out = output::stdout();
        if self.arguments.format == ListFormat::Json {
            let configuration = &self.session.checked.in_force;
            let project = &self.session.checked.project;
            let beside = (configuration, project.loaded.inventory.placeholders());
            report::fixes::json(&mut out, sources, outcome, beside)?;
        } else {
            for proposal in &outcome.done {
                report::fixes::proposal(&mut out, sources, proposal, style)?;
            }
            report::fixes::totals(&mut out, &outcome.totals, style)?;
            for refused in &outcome.refused {
                report::fixes::refusal(&mut out, sources, refused, style)?;
            }
            self.show_not_edited(&mut out, outcome)?;
        }
        out.flush()?;
        Ok(())
    }

    fn show_not_edited(&self, out: &mut impl Write, outcome: &Repaired) -> Result<(), Failure> {
        for of in &outcome.not_edited {
            report::fixes::not_edited(out, self.sources(), of, &self.terminal.style)?;
        }
        Ok(())
    }

    /// Shows or writes what was done.
    pub(super) fn finish(&self, outcome: &Repaired) -> Result<ExitCode, Failure> {
        self.session.prove(outcome).map_err(Failure::usage)?;
        if !self.arguments.makes_edits() {
            self.show(outcome)?;
            return self.exit_code(outcome.refused.iter().any(|refused| refused.input));
        }
        let sources = self.sources();
        let blocked: Vec<_> = outcome
            .refused
            .iter()
            .filter(|refused| refused.input)
            .collect();
        for refused in &blocked {
            let mut err = output::stderr();
            report::fixes::refusal(&mut err, sources, refused, &self.terminal.style)?;
        }
        self.show_not_edited(&mut output::stderr(), outcome)?;
        let code = self.exit_code(!blocked.is_empty())?;
        let mut out = output::stdout();
        if self.arguments.diff {
            let directory = std::env::current_dir().unwrap_or_default();
            let directory = directory.to_string_lossy();
            for (source, after) in &outcome.files {
                let named = sources.get(*source).map_or("", |file| file.name());
                let before = self.text(*source);
                let patch = report::unified_diff::Patch::new(named, &directory, before, after);
                if patch.is_obeyed() {
                    return Err(Failure::usage(format!(
                        "no patch is shown of `{named}`: near the change stands what a terminal or \
                         a runner of continuous integration would obey; `--write` edits the file"
                    )));
                }
                write!(out, "{patch}")?;
            }
        } else if self.arguments.json_patch {
            report::fixes::json_patches(&mut out, sources, &outcome.done)?;
        } else {
            self.write(outcome)?;
            report::fixes::written(&mut out, sources, outcome, &self.terminal.style)?;
        }
        out.flush()?;
        if !self.arguments.write {
            let mut err = output::stderr();
            report::fixes::beside_patch(&mut err, outcome, &self.terminal.style)?;
            err.flush()?;
        }
        Ok(code)
    }

    fn write(&self, outcome: &Repaired) -> Result<(), Failure> {
        if !self.session.checked.project.failures.is_empty() {
            return Err(Failure::usage(
                "nothing is written: while an input cannot be read, what a fix does is not proven",
            ));
        }
        let sources = self.sources();
        let replacements: Vec<_> = outcome
            .files
            .iter()
            .map(|(source, after)| Replacement {
                path: Path::new(sources.get(*source).map_or("", |file| file.name())),
                before: self.text(*source),
                after,
            })
            .collect();
        replace(&replacements).map_err(Failure::usage)
    }
}
