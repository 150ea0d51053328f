//! Which findings a fix leaves and which it brings.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::aws::PrincipalKind;
use crate::facts::{Access, SubjectKind};
use crate::finding::{Finding, Severity};
use crate::text::Location;

use super::prover::PolicyState;
use super::{Objection, Unfound};

/// Why the findings after the fix are not what they should be: the one that it is for is still
/// there, or others of its severity came.
pub(super) fn objections(
    before: &PolicyState,
    after: &PolicyState,
    fixed: Option<&Finding>,
) -> Vec<Objection> {
    let mut old: Vec<_> = before.findings.iter().collect();
    if let Some(fixed) = fixed
        && let Some(position) = old.iter().position(|finding| is_same(finding, fixed))
    {
        old.remove(position);
    }
    // What tells the same is the same; only then can it be what stands in the same place.
    let said = |of: &Finding| Some(told(of));
    let new = unmatched(after.findings.iter().collect(), &mut old, said, said);
    let new = unmatched(new, &mut old, |of| place(after, of), |of| place(before, of));
    let stands = |one: &Finding, other: &Finding| {
        let there = place(after, one);
        there.is_some() && there == place(before, other)
    };
    let least = fixed.map_or(Severity::Error, |fixed| fixed.severity);
    let mut stays = false;
    let mut came = BTreeSet::new();
    for finding in new {
        let is_fixed = fixed.is_some_and(|fixed| {
            finding.rule == fixed.rule && (told(finding) == told(fixed) || stands(finding, fixed))
        });
        if is_fixed {
            stays = true;
        } else if finding.severity >= least {
            came.insert(Arc::clone(&finding.rule));
        }
    }
    let stays = fixed.filter(|_| stays);
    let stays = stays.map(|fixed| Objection::Stays(Arc::clone(&fixed.rule)));
    let came = came.into_iter().map(Objection::Comes);
    let silenced = silenced(before, after).map(Objection::Silenced);
    stays.into_iter().chain(came).chain(silenced).collect()
}

/// What is found no longer although it is still so: a rule that says nothing of a policy that seems to be
/// a piece of another one must not fall silent because something else was mended.
fn silenced(before: &PolicyState, after: &PolicyState) -> impl Iterator<Item = Unfound> {
    let found = |state: &PolicyState, rule: &str| state.findings.iter().any(|of| &*of.rule == rule);
    let of_everyone = |access: &Access| access.kind == PrincipalKind::Everyone && !access.narrowed;
    let access = &after.facts.access;
    let open = access.put_key_policy.iter().any(of_everyone);
    let is_key = after.facts.kind == SubjectKind::Key;
    let still = [
        (
            Unfound::PolicyChangeByNobody,
            !access.someone_can_put_key_policy,
        ),
        (Unfound::CancelByNobody, !access.someone_can_cancel),
        (Unfound::EnableByNobody, !access.someone_can_enable),
        (Unfound::OpenToAnyone, open),
    ];
    let still = still.into_iter().filter(move |(_, holds)| is_key && *holds);
    let still = still.map(|(unfound, _)| unfound);
    still.filter(move |of| found(before, of.rule()) && !found(after, of.rule()))
}

/// Whether both are one finding; what is found while a fix is proven has no fingerprint of its own.
fn is_same(one: &Finding, other: &Finding) -> bool {
    let said = |finding: &Finding| (finding.primary.at, finding.statement);
    said(one) == said(other)
        && one.rule == other.rule
        && one.subject == other.subject
        && told(one) == told(other)
}

/// Those of `new` that are none of `old`, which loses what was found again: each stands for one. Findings
/// of one rule are the same where what tells them is.
fn unmatched<'a, T: Ord>(
    new: Vec<&'a Finding>,
    old: &mut Vec<&Finding>,
    of_new: impl Fn(&Finding) -> Option<T>,
    of_old: impl Fn(&Finding) -> Option<T>,
) -> Vec<&'a Finding> {
    let mut known: BTreeMap<(Arc<str>, T), VecDeque<usize>> = BTreeMap::new();
    for (index, finding) in old.iter().enumerate() {
        if let Some(tells) = of_old(finding) {
            let same = known.entry((finding.rule.clone(), tells)).or_default();
            same.push_back(index);
        }
    }
    let mut again = BTreeSet::new();
    let mut is_new = |finding: &&Finding| {
        let tells = of_new(finding).map(|tells| (finding.rule.clone(), tells));
        let same = tells.and_then(|tells| known.get_mut(&tells)?.pop_front());
        same.is_none_or(|index| !again.insert(index))
    };
    let new = new.into_iter().filter(|finding| is_new(finding)).collect();
    let mut index = 0..;
    old.retain(|_| index.next().is_none_or(|index| !again.contains(&index)));
    new
}

/// What tells a finding from others of its rule, wherever it stands.
fn told(finding: &Finding) -> (String, String) {
    (finding.told(), finding.identity.clone())
}

/// Where a finding stands: in which statement, and what is pointed at.
pub(super) type PointedAt = (Arc<str>, Arc<str>);

/// Longer words are told by their ends and their length: a policy may have as many findings as it has
/// words, and each stands in a statement that is told by itself.
const MOST_WORDS: usize = 200;

/// Where a finding stands, in words that an edit of something else does not change: what is pointed at, in
/// which statement of the policy as it was read. Nothing where it stands in no statement.
pub(super) fn place(state: &PolicyState, finding: &Finding) -> Option<PointedAt> {
    let statement = finding.statement?;
    let position = state.statement_at(state.on_disk(statement).span);
    let name = position.map(|position| format!("#{position}").into());
    let name = name.unwrap_or_else(|| words_at(state, statement));
    Some((name, words_at(state, finding.primary.at)))
}

/// What stands at a place, or what tells it from all else.
fn words_at(state: &PolicyState, at: Location) -> Arc<str> {
    match state.words_at(at) {
        Some(words) if words.len() <= MOST_WORDS => words.into(),
        Some(words) => {
            let first: String = words.chars().take(MOST_WORDS / 2).collect();
            let last: String = words.chars().rev().take(MOST_WORDS / 2).collect();
            format!("{} {first} {last}", words.len()).into()
        }
        None => format!("{at:?}").into(),
    }
}
