//! How much each rule found.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::finding::Severity;
use crate::lint::Defect;
use crate::report::Style;
use crate::report::visible::prose;

/// What one rule found.
#[derive(Default)]
struct Found<'d> {
    errors: usize,
    warnings: usize,
    infos: usize,
    keys: BTreeSet<&'d str>,
    principals: BTreeSet<&'d str>,
}

/// Writes a table with a row for each rule that found something, the worst first.
///
/// # Errors
/// Where writing fails.
pub fn statistics(out: &mut impl Write, defects: &[Defect<'_>], style: &Style) -> io::Result<()> {
    let mut rules: BTreeMap<&str, Found<'_>> = BTreeMap::new();
    for defect in defects {
        let finding = &defect.finding;
        let found = rules.entry(&finding.rule).or_default();
        let count = match finding.severity {
            Severity::Error => &mut found.errors,
            Severity::Warning => &mut found.warnings,
            Severity::Info => &mut found.infos,
        };
        *count = count.saturating_add(1);
        found
            .keys
            .extend(defect.subjects().iter().map(|of| of.as_str()));
        found
            .principals
            .extend(finding.principals.iter().map(String::as_str));
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|(_, of)| std::cmp::Reverse((of.errors, of.warnings, of.infos)));
    let width = rules
        .iter()
        .map(|(rule, _)| rule.len())
        .max()
        .unwrap_or_default();
    let dash = if style.unicode { "–" } else { "-" };
    let number = |count: usize| match count {
        0 => dash.to_owned(),
        count => count.to_string(),
    };
    let title = "  error  warning   info   keys  principals";
    writeln!(out, "{:width$}{title}", "rule")?;
    for (rule, of) in rules {
        writeln!(
            out,
            "{:width$}  {:>5}  {:>7}  {:>5}  {:>5}  {:>10}",
            prose(rule, style.unicode),
            number(of.errors),
            number(of.warnings),
            number(of.infos),
            number(of.keys.len()),
            number(of.principals.len())
        )?;
    }
    writeln!(out)
}
