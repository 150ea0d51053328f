//! The run: every rule over the facts of every key and policy, as one sorted list of findings.

mod actions;
mod baseline;
mod covered;
mod defect;
mod found;
mod loosened;
mod names;
mod overrun;
mod own;
mod place;
mod selection;
mod stale;
mod suppress;

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::document::{AsFact as _, Fact, Vocabulary};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::rule::{Catalogue, RuleSelector};
use crate::text::SourceId;

pub use actions::Actions;
pub use baseline::{Baseline, BaselineError, Found, baseline};
pub use defect::{Defect, Told, defects};
pub use loosened::{LoosenedConfiguration, Standing};
pub use names::{NameLookup, Names, PolicyOwner, StatementName};
pub use overrun::Overrun;
pub use own::{
    CONFIGURATION_LOOSENED, EXPIRED_ACCEPTANCE, EXPIRED_SUPPRESSION, OUTDATED_FINGERPRINT,
    OWN_RULES, OwnRule, STALE_BASELINE, UNUSED_SUPPRESSION, own_severity,
};
pub use selection::{NoSuchRule, Selection};
pub use stale::BaselineFile;
pub use suppress::{Suppressed, Suppressions};

use found::{MOST_RELATED, finding};
use place::Files;

/// Runs the rules over all facts, on all cores; the findings are sorted by file, position
/// and rule.
pub fn run_all(facts: &[Facts], catalogue: &Catalogue) -> Vec<Finding> {
    let findings = facts
        .par_iter()
        .flat_map_iter(|facts| run(facts, catalogue));
    joined(findings.collect())
}

/// As [`try_run`]; that a selector takes too long, so that nobody knows what it would find, is an
/// error that its rule finds.
pub fn run(facts: &Facts, catalogue: &Catalogue) -> Vec<Finding> {
    try_run(facts, catalogue).unwrap_or_else(|overrun| vec![overrun.finding(facts)])
}

/// Runs the rules over the facts of one key or policy; the findings are sorted by file, position
/// and rule. Where a template can be read in two ways, they are those of both.
///
/// # Errors
/// Where a selector takes too long.
pub fn try_run(facts: &Facts, catalogue: &Catalogue) -> Result<Vec<Finding>, Overrun> {
    let mut found = try_run_each(std::slice::from_ref(facts), catalogue);
    found.pop().unwrap_or_else(|| Ok(Vec::new()))
}

/// The same for several, each by itself.
pub fn try_run_each(facts: &[Facts], catalogue: &Catalogue) -> Vec<Result<Vec<Finding>, Overrun>> {
    let documents: Vec<_> = facts.iter().map(|facts| facts.as_fact()).collect();
    let with_documents = facts.iter().zip(&documents);
    let searched: Vec<_> = with_documents
        .map(|(facts, document)| Searched {
            facts: document,
            words: facts.asked_words(catalogue.asked_texts()),
            files: Files::of(facts, document),
        })
        .collect();
    let found = select(&searched, catalogue).into_iter().zip(facts);
    found
        .map(|(found, facts)| {
            let own = sorted(found?);
            match &facts.other_reading {
                Some(other) => under_both(own, facts, other, catalogue),
                None => Ok(own),
            }
        })
        .collect()
}

/// Those of the findings that are found under the other reading, too.
fn under_both(
    mut own: Vec<Finding>,
    facts: &Facts,
    other: &Facts,
    catalogue: &Catalogue,
) -> Result<Vec<Finding>, Overrun> {
    let other = Facts {
        key: facts.key.clone(),
        ..other.clone()
    };
    let others = try_run(&other, catalogue)?;
    own.retain(|own| {
        let same = |other: &Finding| other.rule == own.rule && other.primary.at == own.primary.at;
        others.iter().any(same)
    });
    Ok(own)
}

/// Runs the rules over facts that are a document already.
///
/// # Errors
/// As [`try_run`].
pub fn run_document(
    facts: &Fact<'_>,
    files: &[SourceId],
    catalogue: &Catalogue,
) -> Result<Vec<Finding>, Overrun> {
    let searched = Searched {
        facts,
        words: facts.asked_words(catalogue.asked_texts()),
        files: Files::new(facts, files),
    };
    let mut found = select(&[searched], catalogue);
    Ok(sorted(found.pop().unwrap_or_else(|| Ok(Vec::new()))?))
}

/// Facts as the rules see them.
struct Searched<'a, 'f> {
    facts: &'a Fact<'f>,
    words: Vocabulary,
    files: Files<'a, 'f>,
}

/// What the rules find in each. One selector after the other looks at all of them, so that it is fetched
/// once.
fn select(
    searched: &[Searched<'_, '_>],
    catalogue: &Catalogue,
) -> Vec<Result<Vec<Finding>, Overrun>> {
    let mut all: Vec<_> = searched.iter().map(|_| Ok(Vec::new())).collect();
    for selector in catalogue.selectors() {
        for (of, found) in searched.iter().zip(&mut all) {
            if !selector.selector.may_select(&of.words) {
                continue;
            }
            if let Ok(findings) = found
                && let Err(overrun) = add_found(selector, of, catalogue, findings)
            {
                *found = Err(overrun);
            }
        }
    }
    all
}

/// Adds what one selector finds.
fn add_found(
    selector: &RuleSelector,
    of: &Searched<'_, '_>,
    catalogue: &Catalogue,
    findings: &mut Vec<Finding>,
) -> Result<(), Overrun> {
    let rule = catalogue.rules().get(selector.rule);
    let worded = rule.and_then(|rule| match selector.also {
        Some(also) => rule.also.get(also),
        None => Some(rule),
    });
    let Some(rule) = worded else {
        return Ok(());
    };
    let overrun = |steps| Overrun {
        rule: rule.id.shared(),
        steps,
    };
    for node in selector.selector.select(of.facts).map_err(overrun)? {
        let finding = finding((rule, selector.severity), &node, &of.files);
        findings.push(finding.map_err(overrun)?);
    }
    Ok(())
}

/// The findings by file, position and rule. Those that say the same about the same bytes are one: one
/// statement may give the same permission to several principals.
fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    if !findings.is_sorted_by(|one, two| key(one) <= key(two)) {
        findings.sort_by(|one, two| key(one).cmp(&key(two)));
    }
    findings.dedup_by(|next, kept| {
        let same = key(next) == key(kept);
        if same {
            kept.severity = kept.severity.max(next.severity);
            let more = next.related.drain(..);
            kept.related.extend(more.take(room(kept)));
            kept.principals.append(&mut next.principals);
        }
        same
    });
    for finding in &mut findings {
        if finding.principals.len() > 1 {
            finding.principals.sort_unstable();
            finding.principals.dedup();
        }
        if finding.related.len() > 1 {
            let mut seen = BTreeSet::new();
            let is_new: Vec<_> = finding
                .related
                .iter()
                .map(|label| seen.insert((label.at, &*label.text)))
                .collect();
            let mut is_new = is_new.into_iter();
            finding.related.retain(|_| is_new.next() == Some(true));
        }
    }
    findings
}

/// The same of findings of several subjects, each of which are sorted.
pub fn joined(findings: Vec<Finding>) -> Vec<Finding> {
    // Those of several files mostly are already, and none says what another says.
    if findings.is_sorted_by(|one, two| key(one) < key(two)) {
        return findings;
    }
    sorted(findings)
}

/// How many places a finding may still show: nobody looks at a thousand, and as many findings may
/// each have as many.
fn room(finding: &Finding) -> usize {
    MOST_RELATED.saturating_sub(finding.related.len())
}

fn key(finding: &Finding) -> impl Ord + '_ {
    let primary = finding.primary.at;
    (
        primary,
        &*finding.rule,
        finding.message.as_str(),
        finding.subject.as_str(),
    )
}

#[cfg(test)]
mod tests;
