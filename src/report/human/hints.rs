//! What helps to go on from a report.

use std::io::{self, Write};

use crate::config::InForce;
use crate::finding::Finding;
use crate::lint::Defect;
use crate::report::Style;
use crate::report::visible::wrap;

/// Findings about administrators from which on a team is told how to name them.
const MANY_ABOUT_ADMINISTRATORS: usize = 3;

/// Writes where to read more, and what of the configuration would tell a team less.
///
/// # Errors
/// Where writing fails.
pub fn hints(
    out: &mut impl Write,
    defects: &[Defect<'_>],
    in_force: &InForce,
    style: &Style,
) -> io::Result<()> {
    let Some(first) = defects.iter().max_by_key(|defect| defect.finding.severity) else {
        return Ok(());
    };
    if in_force.trusted_administrators.is_empty() {
        let about: Vec<_> = defects
            .iter()
            .filter(|of| !of.finding.principals.is_empty())
            .collect();
        let administrators = about
            .iter()
            .filter(|of| is_about_administrators(&of.finding));
        let count = administrators.count();
        if count >= MANY_ABOUT_ADMINISTRATORS && count.saturating_mul(2) > about.len() {
            let hint = format!(
                "hint: {count} of {} findings about principals are about administrators only; \
                 `trusted_administrators` in `kmslint.toml` names those who may delete keys",
                about.len()
            );
            let columns = style.columns();
            writeln!(out, "{}", wrap(&hint, columns, columns))?;
        }
    }
    writeln!(
        out,
        "more about a rule: kmslint explain {}",
        first.finding.rule
    )
}

/// Whether each of its principals is called an administrator, as far as names tell.
fn is_about_administrators(finding: &Finding) -> bool {
    let mut names = finding.principals.iter().map(|arn| {
        let name = arn.rsplit('/').next().unwrap_or_default();
        name.to_ascii_lowercase()
    });
    names.all(|name| name.contains("admin"))
}
