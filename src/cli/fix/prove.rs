//! The last proof: everything is read again as it will be, and checked as a whole.

use crate::cli::Failure;
use crate::facts::of_inventory;
use crate::finding::Finding;
use crate::fix::Repaired;
use crate::lint::run_all;
use crate::load::load_over;
use crate::source::Overlay;

use super::session::{Session, name};

/// What was read must be read again, and the findings of safe fixes must be gone.
pub(super) fn prove(session: &Session<'_>, outcome: &Repaired) -> Result<(), Failure> {
    if outcome.files.is_empty() {
        return Ok(());
    }
    let gathered = &session.gathered;
    let loaded = &gathered.loaded;
    let mut overlay = Overlay::default();
    for (source, file) in loaded.sources.iter() {
        let after = outcome.files.get(&source);
        let text = after.map_or(file.text(), String::as_str);
        overlay.put(file.name(), text.as_bytes().to_vec());
    }
    let mut after = load_over(&gathered.discovery, &overlay);
    if let Some(organization) = &gathered.config.organization {
        crate::cli::organization::read(organization, &mut after);
    }
    if after.errors.len() > loaded.errors.len()
        && let Some(error) = after.errors.last()
    {
        return Err(Failure::usage(format!(
            "the edited files cannot be read again: {error}"
        )));
    }
    let mut facts = of_inventory(&after.inventory, &after.sources, gathered.limits);
    for facts in &mut facts {
        facts.trust(&gathered.config.trusted_administrators);
    }
    let left = run_all(&facts, &session.catalogue);
    let count = |findings: &[Finding], wanted: &Finding| {
        let same = |finding: &&Finding| name(finding) == name(wanted);
        findings.iter().filter(same).count()
    };
    let safe = outcome.done.iter().filter(|proposal| proposal.is_safe());
    for fixed in safe.flat_map(|proposal| &proposal.findings) {
        if count(&left, fixed) >= count(&session.findings, fixed).max(1) {
            return Err(Failure::usage(format!(
                "the finding of `{}` about `{}` is still there when all is read again, so nothing \
                 is changed",
                fixed.rule, fixed.subject
            )));
        }
    }
    Ok(())
}
