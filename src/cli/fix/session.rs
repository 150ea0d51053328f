//! One run of `kmslint fix`: what was found, and what is shown of its fixes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

use crate::cli::gather::Gathered;
use crate::cli::known::rule_names;
use crate::cli::leave_out::LeaveOutArguments;
use crate::cli::terminal::Terminal;
use crate::cli::{ExitCode, Failure};
use crate::finding::Finding;
use crate::fix::{FixKind, Proposal, Refused, Repaired};
use crate::lint::Selection;
use crate::report;
use crate::rule::Catalogue;
use crate::source::SourceId;

use super::offer::kinds;
use super::prove::prove;
use super::write::{self, Replacement};
use super::{FixArguments, ListFormat, Only};

/// What tells a finding from others, wherever it stands: rule, subject, message.
pub(super) type Name<'a> = (&'a str, &'a str, &'a str);

pub(super) fn name(finding: &Finding) -> Name<'_> {
    (&finding.rule, &finding.subject, &finding.message)
}

fn kept(finding: &Finding) -> (Arc<str>, String, String) {
    let (rule, subject, message) = name(finding);
    (rule.into(), subject.to_owned(), message.to_owned())
}

/// What was found, and what is to be done about it.
pub(super) struct Session<'a> {
    pub(super) arguments: &'a FixArguments,
    terminal: &'a Terminal,
    pub(super) gathered: Gathered,
    pub(super) catalogue: Catalogue,
    /// What is found and not suppressed.
    pub(super) findings: Vec<Finding>,
    suppressed: BTreeSet<(Arc<str>, String, String)>,
    /// The fix of each rule that is asked about.
    kinds: BTreeMap<String, FixKind>,
}

impl<'a> Session<'a> {
    /// Reads everything and finds what is wrong.
    pub(super) fn open(
        arguments: &'a FixArguments,
        terminal: &'a Terminal,
    ) -> Result<Self, Failure> {
        let known = Catalogue::builtin().map_err(Failure::usage)?;
        let names = rule_names(known);
        let mut asked = arguments.rule.iter();
        if let Some(unknown) = asked.find(|rule| !names.contains(&rule.as_str())) {
            return Err(Failure::usage(format!(
                "there is no rule `{unknown}`; `kmslint rules` lists them"
            )));
        }
        let mut gathered = arguments.inputs.gather(Some(&names))?;
        let selection =
            Selection::new(&[], &[], &gathered.config, &names).map_err(Failure::usage)?;
        let adjusted = known.clone();
        let catalogue =
            adjusted.adjusted(|rule| selection.severity(rule.id.as_str(), rule.severity));
        let mut findings = gathered.find(&catalogue);
        let left_out = LeaveOutArguments::default();
        let left_out = left_out.apply(&mut findings, &mut gathered, &selection)?;
        let suppressed = left_out.suppressed.iter();
        let suppressed = suppressed
            .map(|suppressed| kept(&suppressed.finding))
            .collect();
        let is_asked =
            |id: &str| arguments.rule.is_empty() || arguments.rule.iter().any(|r| r == id);
        let mut kinds = kinds(&catalogue);
        kinds.retain(|rule, _| is_asked(rule));
        Ok(Self {
            arguments,
            terminal,
            gathered,
            catalogue,
            findings,
            suppressed,
            kinds,
        })
    }

    /// How a finding is to be fixed; nothing where it is not asked about.
    pub(super) fn kind(&self, finding: &Finding) -> Option<FixKind> {
        let kind = self.kinds.get(&*finding.rule).copied()?;
        (!self.suppressed.contains(&kept(finding))).then_some(kind)
    }

    /// Whether such a fix is asked for.
    pub(super) fn takes(&self, proposal: &Proposal) -> bool {
        self.arguments.only == Only::All || proposal.is_safe()
    }

    fn text(&self, source: SourceId) -> &str {
        let file = self.gathered.loaded.sources.get(source);
        file.map_or("", |file| file.text())
    }

    /// Tells what could not be read; that is a failure, and so is `blocked`.
    pub(super) fn exit_code(&self, blocked: bool) -> Result<ExitCode, Failure> {
        let mut err = BufWriter::new(io::stderr().lock());
        let (sources, failures) = (&self.gathered.loaded.sources, &self.gathered.failures);
        report::human::input_errors(&mut err, sources, failures, &self.terminal.style)?;
        err.flush()?;
        Ok(if blocked || !failures.is_empty() {
            ExitCode::Failure
        } else {
            ExitCode::Clean
        })
    }

    /// Lists proposals for the files as they are.
    pub(super) fn list(&self, outcome: &Repaired) -> Result<ExitCode, Failure> {
        let proposals = outcome.left.iter();
        let proposals: Vec<_> = proposals.filter(|proposal| self.takes(proposal)).collect();
        self.show(&proposals, &outcome.refused)?;
        if self.arguments.format == ListFormat::Human {
            let safe = outcome
                .left
                .iter()
                .filter(|proposal| proposal.is_safe())
                .count();
            let rest = outcome.left.len().saturating_sub(safe);
            let mut out = io::stdout().lock();
            report::fixes::summary(&mut out, safe, rest, outcome.refused.len())?;
        }
        self.exit_code(false)
    }

    /// Shows proposals; of those for one file, each after those before it.
    fn show(&self, proposals: &[&Proposal], refused: &[Refused]) -> Result<(), Failure> {
        let sources = &self.gathered.loaded.sources;
        let style = &self.terminal.style;
        let mut out = BufWriter::new(io::stdout().lock());
        if self.arguments.format == ListFormat::Json {
            report::fixes::json(&mut out, sources, proposals, refused)?;
        } else {
            for proposal in proposals {
                report::fixes::proposal(&mut out, sources, proposal, style)?;
            }
            for refused in refused {
                report::fixes::refusal(&mut out, sources, refused, style)?;
            }
        }
        out.flush()?;
        Ok(())
    }

    /// Shows or writes what was done.
    pub(super) fn finish(&self, outcome: &Repaired) -> Result<ExitCode, Failure> {
        prove(self, outcome)?;
        if !self.arguments.makes_edits() {
            let done: Vec<_> = outcome.done.iter().collect();
            self.show(&done, &outcome.refused)?;
            return self.exit_code(outcome.refused.iter().any(|refused| refused.input));
        }
        let sources = &self.gathered.loaded.sources;
        let blocked: Vec<_> = outcome
            .refused
            .iter()
            .filter(|refused| refused.input)
            .collect();
        for refused in &blocked {
            let mut err = io::stderr().lock();
            report::fixes::refusal(&mut err, sources, refused, &self.terminal.style)?;
        }
        let code = self.exit_code(!blocked.is_empty())?;
        let mut out = BufWriter::new(io::stdout().lock());
        if self.arguments.diff {
            let directory = std::env::current_dir().unwrap_or_default();
            let directory = directory.to_string_lossy();
            for (source, after) in &outcome.files {
                let named = sources.get(*source).map_or("", |file| file.name());
                let before = self.text(*source);
                let diff = report::unified_diff::file(named, &directory, before, after);
                out.write_all(diff.as_bytes())?;
            }
        } else if self.arguments.json_patch {
            report::fixes::json_patches(&mut out, sources, &outcome.done)?;
        } else {
            self.write(outcome)?;
            report::fixes::written(&mut out, sources, &outcome.done, &self.terminal.style)?;
        }
        out.flush()?;
        Ok(code)
    }

    fn write(&self, outcome: &Repaired) -> Result<(), Failure> {
        if !self.gathered.failures.is_empty() {
            return Err(Failure::usage(
                "nothing is written: while an input cannot be read, what a fix does is not proven",
            ));
        }
        let sources = &self.gathered.loaded.sources;
        let replacements: Vec<_> = outcome
            .files
            .iter()
            .map(|(source, after)| Replacement {
                path: Path::new(sources.get(*source).map_or("", |file| file.name())),
                before: self.text(*source),
                after,
            })
            .collect();
        write::replace(&replacements)
    }
}
