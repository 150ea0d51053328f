//! What a run came to, in numbers.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::finding::{Finding, Severity};
use crate::lint::Defect;
use crate::text::{Fate, FileRecord, InputFailure};

/// Counts of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files that were checked.
    pub files: usize,
    /// Files in which findings stand.
    pub files_with_findings: usize,
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Findings that are notes.
    pub infos: usize,
    /// Inputs that could not be read or understood.
    pub input_errors: usize,
    /// Files that were looked into and are of no use here.
    pub passed_over: usize,
    /// Files and whole directories that were not looked into.
    pub left_out: usize,
    /// Values of policies that a template has yet to fill in.
    pub placeholders: usize,
    /// Findings that are left out because a suppression covers them.
    pub suppressed: usize,
    /// Findings that are left out because the baseline holds them.
    pub in_baseline: usize,
    /// Findings that are counted and not shown, as they are less severe than what is asked for.
    pub hidden: usize,
    /// The same by severity: infos, warnings.
    #[serde(skip)]
    pub hidden_of: [usize; 2],
    /// Findings with a safe fix, and whether there may be more, where they were counted: each is proven,
    /// which takes its time, so only people are told.
    #[serde(skip)]
    pub fixable: Option<(usize, bool)>,
}

/// That so many values of policies are placeholders of a template, and what that means; nothing where
/// none is.
pub fn placeholders(count: usize) -> Option<String> {
    let values = match count {
        0 => return None,
        1 => "one value of the policies is a placeholder".to_owned(),
        _ => format!("{count} values of the policies are placeholders"),
    };
    Some(format!(
        "{values} of a template: what depends on what will stand there is not known"
    ))
}

impl Summary {
    /// Counts findings and failures of a run over so many files that were checked, and what became of
    /// all.
    pub fn new(
        findings: &[&Finding],
        failures: &[InputFailure],
        files: usize,
        records: &[FileRecord],
    ) -> Self {
        let with = |fate: fn(&Fate) -> bool| records.iter().filter(|of| fate(&of.fate)).count();
        let (mut errors, mut warnings, mut infos) = (0_usize, 0_usize, 0_usize);
        // Findings of one file mostly stand together.
        let mut sources: Vec<_> = Vec::new();
        for finding in findings {
            let count = match finding.severity {
                Severity::Error => &mut errors,
                Severity::Warning => &mut warnings,
                Severity::Info => &mut infos,
            };
            *count = count.saturating_add(1);
            let source = finding.primary.at.source;
            if sources.last() != Some(&source) {
                sources.push(source);
            }
        }
        Self {
            files,
            files_with_findings: sources.into_iter().collect::<BTreeSet<_>>().len(),
            errors,
            warnings,
            infos,
            input_errors: failures.len(),
            passed_over: with(|fate| matches!(fate, Fate::PassedOver(_))),
            left_out: with(|fate| matches!(fate, Fate::LeftOut(_))),
            ..Self::default()
        }
    }

    /// With the number of values that a template has yet to fill in.
    #[must_use]
    pub const fn with_placeholders(self, placeholders: usize) -> Self {
        Self {
            placeholders,
            ..self
        }
    }

    /// With all but these findings not shown, but counted.
    #[must_use]
    pub fn showing(self, defects: &[Defect<'_>]) -> Self {
        let shown = |severity| {
            let of_severity = defects.iter().filter(|of| of.finding.severity == severity);
            of_severity.count()
        };
        let infos = self.infos.saturating_sub(shown(Severity::Info));
        let warnings = self.warnings.saturating_sub(shown(Severity::Warning));
        Self {
            hidden: infos.saturating_add(warnings),
            hidden_of: [infos, warnings],
            ..self
        }
    }

    /// With the numbers of findings that are left out, suppressed and in the baseline.
    #[must_use]
    pub const fn leaving_out(self, suppressed: usize, in_baseline: usize) -> Self {
        Self {
            suppressed,
            in_baseline,
            ..self
        }
    }
}
