//! The last proof: everything is read again as it will be, and checked as a whole.

use std::collections::BTreeMap;

use crate::cli::Failure;
use crate::facts::of_inventory;
use crate::finding::Finding;
use crate::fix::Repaired;
use crate::lint::run_all;
use crate::load::load_over;
use crate::source::Overlay;

use super::session::{Name, Session, name};

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
    if after.recognized < loaded.recognized {
        return Err(Failure::usage(
            "a file would not be recognised any more, so nothing is changed",
        ));
    }
    let mut facts = of_inventory(&after.inventory, &after.sources, gathered.limits);
    for facts in &mut facts {
        facts.trust(&gathered.config.trusted_administrators);
    }
    let left = run_all(&facts, &session.catalogue);
    let [all, found, remaining] = [&session.findings, &outcome.found, &outcome.remaining];
    let [left, all, found, remaining] = [&left, all, found, remaining].map(|list| counts(list));
    let safe = outcome.done.iter().filter(|proposal| proposal.is_safe());
    for fixed in safe.flat_map(|proposal| &proposal.findings) {
        let count = |counts: &Counts<'_>| counts.get(&name(fixed)).copied().unwrap_or_default();
        // What is said in the same words of policies that were not repaired stays.
        let of_others = count(&all).saturating_sub(count(&found));
        if count(&left) > of_others.saturating_add(count(&remaining)) {
            return Err(Failure::usage(format!(
                "the finding of `{}` about `{}` is still there when all is read again, so nothing \
                 is changed",
                fixed.rule, fixed.subject
            )));
        }
    }
    Ok(())
}

/// How often each thing is said.
type Counts<'a> = BTreeMap<Name<'a>, usize>;

fn counts(findings: &[Finding]) -> Counts<'_> {
    let mut counts = Counts::new();
    for finding in findings {
        let count = counts.entry(name(finding)).or_default();
        *count = count.saturating_add(1);
    }
    counts
}
