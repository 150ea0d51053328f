//! All fixes of one policy: the final set of them, each proven on what those before it left, and all
//! together on the policy as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::difference::Difference;
use crate::finding::Finding;

use super::outcome::Total;
use super::plan::Meant;
use super::prover::{Attempt, PolicyState, Prover};
use super::recurrence::PointedAt;
use super::target::Target;
use super::{FixKind, Objection, Proposal, Repaired, Safety, Wanted, proof, recurrence};

/// What is to be done with every policy.
pub(super) struct Round<'r> {
    pub(super) prover: &'r Prover<'r>,
    pub(super) wanted: &'r Wanted<'r>,
    pub(super) accept: &'r (dyn Fn(&Proposal) -> bool + Sync),
    /// Fixes that are tried one after the other at most.
    pub(super) most: usize,
    /// Whether it is told how many fixes would be made of what these leave.
    pub(super) looks_ahead: bool,
}

/// A finding of the policy as it was.
#[derive(Debug)]
struct Original {
    named: Named,
    finding: Finding,
    /// Whether its fix was taken.
    taken: bool,
}

/// Which findings may be mended, told on the policy as it was: what is not safe there stays so, whatever
/// else is mended.
#[derive(Debug, Default)]
struct Choice {
    /// All findings of the policy as it was.
    all: Vec<Original>,
    /// Their positions, ascending, and how many of the first ones were taken.
    named: BTreeMap<Named, (Vec<usize>, usize)>,
    /// How many there are about each thing, and how many of them were taken.
    about: BTreeMap<About, (usize, usize)>,
    /// Rules of which some finding's fix was not taken.
    left: BTreeSet<Arc<str>>,
}

impl Choice {
    /// Whether the finding may be mended: one that tells something else by now, as a fix mended a part of
    /// it, where all about the same was taken. One that is there only by now, as what a fix copied has it,
    /// may be unless something of its rule was left.
    fn allows(&self, named: &Named) -> bool {
        if let Some((_, taken)) = self.named.get(named) {
            return *taken > 0;
        }
        match self.about.get(&named.about) {
            Some((all, taken)) => all == taken,
            None => !self.left.contains(&named.about.rule),
        }
    }

    fn add(&mut self, named: Named, finding: &Finding) {
        let (positions, _) = self.named.entry(named.clone()).or_default();
        positions.push(self.all.len());
        let (all, _) = self.about.entry(named.about.clone()).or_default();
        *all = all.saturating_add(1);
        self.all.push(Original {
            named,
            finding: finding.clone(),
            taken: false,
        });
    }

    fn take(&mut self, named: &Named) {
        let Some((positions, taken)) = self.named.get_mut(named) else {
            return;
        };
        if let Some(open) = positions.get(*taken).and_then(|at| self.all.get_mut(*at)) {
            open.taken = true;
            *taken = taken.saturating_add(1);
            if let Some((_, taken)) = self.about.get_mut(&named.about) {
                *taken = taken.saturating_add(1);
            }
        }
    }

    /// Which of the findings are still there in a state, by their position: those of which the same is
    /// said, and then those of which something else is, at the same place by the same rule.
    fn still(&self, state: &PolicyState) -> BTreeSet<usize> {
        let found = state.findings.iter();
        let found: Vec<_> = found.map(|of| (Named::new(state, of), of)).collect();
        // How many there are of which the same is said, and at the same place.
        let (mut same, mut placed) = (BTreeMap::new(), BTreeMap::new());
        for (named, finding) in &found {
            count(&mut same, named);
            count(&mut placed, placing(named, finding));
        }
        let mut still = BTreeSet::new();
        // Of several that are alike, the last ones are left.
        for (index, original) in self.all.iter().enumerate().rev() {
            let (named, finding) = (&original.named, &original.finding);
            if takes(&mut same, &named) {
                takes(&mut placed, &placing(named, finding));
                still.insert(index);
            }
        }
        for (index, original) in self.all.iter().enumerate().rev() {
            if !still.contains(&index)
                && takes(&mut placed, &placing(&original.named, &original.finding))
            {
                still.insert(index);
            }
        }
        still
    }
}

/// The worst of some findings, with its fix: the first of these.
fn worst(open: &[(Finding, FixKind, Named)]) -> Option<(Finding, FixKind, Named)> {
    let worst = open
        .iter()
        .min_by_key(|(finding, ..)| std::cmp::Reverse(finding.severity));
    worst.cloned()
}

/// The rule that found it, where, and what tells it from others there.
type Placing<'a> = (&'a Arc<str>, Option<&'a PointedAt>, &'a String);

const fn placing<'a>(named: &'a Named, finding: &'a Finding) -> Placing<'a> {
    (
        &named.about.rule,
        named.about.place.as_ref(),
        &finding.identity,
    )
}

fn count<T: Ord>(counts: &mut BTreeMap<T, usize>, of: T) {
    let count = counts.entry(of).or_default();
    *count = count.saturating_add(1);
}

/// Takes one of them; whether there was one.
fn takes<T: Ord>(counts: &mut BTreeMap<T, usize>, of: &T) -> bool {
    match counts.get_mut(of).filter(|count| **count > 0) {
        Some(count) => {
            *count = count.saturating_sub(1);
            true
        }
        None => false,
    }
}

impl Round<'_> {
    /// Makes the fixes of one policy, for which so many proofs are made at most in each of two ways: alone,
    /// and on what the others left; the state that it is in then.
    pub(super) fn repair(
        &self,
        original: &PolicyState,
        proofs: usize,
        outcome: &mut Repaired,
    ) -> PolicyState {
        outcome.found.extend(original.findings_on_disk());
        let (choice, alone) = self.choose(original, proofs, outcome);
        let mut set = Set::default();
        let mut now: Option<PolicyState> = None;
        let mut tried = BTreeSet::new();
        let all = original.findings.len();
        let most = if proofs < all { proofs } else { self.most };
        let mut rounds = 0..self.most.min(most);
        loop {
            let state = now.as_ref().unwrap_or(original);
            let open = self.open(state, &choice, &set.made, &tried);
            let Some((finding, kind, named)) = worst(&open) else {
                break;
            };
            if rounds.next().is_none() {
                outcome.leave(original, open.len());
                break;
            }
            tried.insert(named.clone());
            let attempt = match self.attempt(state, &finding, kind) {
                Ok(Some(attempt)) => attempt,
                Ok(None) => continue,
                Err(refusal) => {
                    outcome.refuse(Some(&state.finding_on_disk(&finding)), None, refusal);
                    continue;
                }
            };
            let together = self.together(original, &set, attempt);
            if takes_away(&named, state, &together.attempt.after)
                && (self.accept)(&together.attempt.proposal)
            {
                // The same may be said of another place with the same words.
                tried.remove(&named);
                let mended = choice.mended_by(&named, state, &together.attempt.after);
                let mended = mended
                    .iter()
                    .map(|of| original.finding_on_disk(of))
                    .collect();
                set.made.add(named, state);
                now = Some(set.take(state, together, mended));
            } else {
                outcome.propose(state.proposal_on_disk(together.attempt.proposal));
            }
        }
        let last = now.unwrap_or_else(|| original.clone());
        let mended = choice.mended(&last).into_iter();
        set.keep(mended.map(|of| original.finding_on_disk(of)).collect());
        outcome.mended = outcome.mended.saturating_add(set.mended);
        outcome.totals.extend(set.total(original));
        outcome
            .alone
            .extend(alone.into_iter().filter_map(|alone| set.alone(alone)));
        if self.looks_ahead && !set.done.is_empty() {
            let opened = self.opened(&last, &choice, proofs);
            outcome.opened = outcome.opened.saturating_add(opened);
        }
        outcome.done.append(&mut set.done);
        outcome.remaining.extend(last.findings_on_disk());
        last
    }

    /// How many fixes another run would make of what these leave, of findings that were not to be mended.
    fn opened(&self, last: &PolicyState, choice: &Choice, proofs: usize) -> usize {
        let mut proposed = Repaired::default();
        let findings = last.findings.iter();
        let open = findings.filter_map(|finding| {
            let named = Named::new(last, finding);
            let kind = (self.wanted)(finding).filter(|_| !choice.allows(&named))?;
            Some((finding, kind, named))
        });
        for (finding, kind, named) in open.take(proofs) {
            if let Ok(Some(attempt)) = self.attempt(last, finding, kind)
                && takes_away(&named, last, &attempt.after)
            {
                proposed.propose(attempt.proposal);
            }
        }
        let made = proposed.left.iter();
        made.filter(|proposal| (self.accept)(proposal)).count()
    }

    fn attempt(
        &self,
        state: &PolicyState,
        finding: &Finding,
        kind: FixKind,
    ) -> Result<Option<Attempt>, super::Refusal> {
        let plan = |target: &Target<'_>| kind.plan(target, finding).map(Some);
        self.prover.attempt(state, Some((finding, kind)), plan)
    }

    /// Tries to fix every finding of the policy as it is. What is not taken is left for good. Of what is,
    /// with the proposals, as far as they are for the policy as it was read.
    fn choose(
        &self,
        original: &PolicyState,
        proofs: usize,
        outcome: &mut Repaired,
    ) -> (Choice, Vec<Proposal>) {
        let (mut choice, mut alone) = (Choice::default(), Vec::new());
        let mut proposed = Repaired::default();
        let mut leaving = Vec::new();
        let mut asked = 0_usize;
        for finding in &original.findings {
            let named = Named::new(original, finding);
            choice.add(named.clone(), finding);
            let Some(kind) = (self.wanted)(finding) else {
                continue;
            };
            asked = asked.saturating_add(1);
            if asked > proofs {
                choice.left.insert(finding.rule.clone());
                continue;
            }
            match self.attempt(original, finding, kind) {
                Ok(Some(attempt)) => {
                    if !takes_away(&named, original, &attempt.after) {
                        leaving.push(named);
                    }
                    proposed.propose(attempt.proposal);
                }
                Ok(None) => {}
                Err(refusal) => {
                    choice.left.insert(finding.rule.clone());
                    outcome.refuse(Some(&original.finding_on_disk(finding)), None, refusal);
                }
            }
        }
        outcome.leave(original, asked.saturating_sub(proofs));
        for proposal in proposed.left {
            let names = proposal.findings.iter().map(|of| Named::new(original, of));
            let names: Vec<_> = names.collect();
            let leaves = names.iter().any(|named| leaving.contains(named));
            if !leaves && (self.accept)(&proposal) {
                alone.extend(original.steps.is_empty().then(|| proposal.clone()));
                for named in &names {
                    choice.take(named);
                }
            } else {
                choice
                    .left
                    .extend(names.into_iter().map(|named| named.about.rule));
                outcome.left.push(original.proposal_on_disk(proposal));
            }
        }
        (choice, alone)
    }

    /// The findings that may be mended and were not tried.
    fn open(
        &self,
        state: &PolicyState,
        choice: &Choice,
        made: &Made,
        tried: &BTreeSet<Named>,
    ) -> Vec<(Finding, FixKind, Named)> {
        let open = state.findings.iter().filter_map(|finding| {
            let kind = (self.wanted)(finding)?;
            let named = Named::new(state, finding);
            let is_open = choice.allows(&named) && !made.has(&named) && !tried.contains(&named);
            is_open.then(|| (finding.clone(), kind, named))
        });
        open.collect()
    }

    /// The fix with all before it, proven on the policy as it was.
    fn together(&self, original: &PolicyState, set: &Set, mut attempt: Attempt) -> Together {
        let Some(meant) = &set.meant else {
            let meant = attempt.meant.clone();
            return Together {
                attempt,
                meant,
                effects: None,
            };
        };
        let meant = attempt.meant.clone().or(meant);
        let difference = self.prover.difference(original, &attempt.after.policy);
        let mut new = proof::objections(&difference, &meant, &original.users());
        new.retain(|reason| !attempt.proposal.reasons().contains(reason));
        if !new.is_empty() && attempt.proposal.is_safe() {
            attempt.proposal.safety = Safety::Unsafe(vec![Objection::Together(new)]);
        }
        Together {
            attempt,
            meant,
            effects: Some(Arc::new(difference)),
        }
    }
}

/// An attempt, and what it does with all before it; the effects only where there are some.
struct Together {
    attempt: Attempt,
    meant: Meant,
    effects: Option<Arc<Difference>>,
}

/// The fixes that were made.
#[derive(Default)]
struct Set {
    done: Vec<Proposal>,
    made: Made,
    meant: Option<Meant>,
    effects: Option<Arc<Difference>>,
    /// How many findings of the policy as it was are gone by all of them.
    mended: usize,
}

impl Set {
    /// Takes a fix of this state, which mends these findings of the policy as it was.
    fn take(
        &mut self,
        state: &PolicyState,
        together: Together,
        mended: Vec<Finding>,
    ) -> PolicyState {
        self.meant = Some(together.meant);
        self.effects = together.effects;
        let mut proposal = state.proposal_on_disk(together.attempt.proposal);
        let is_own = |own: &Finding| proposal.findings.iter().any(|of| of.rule == own.rule);
        match mended.first().filter(|first| is_own(first)) {
            Some(first) => {
                proposal.at = first.primary.at;
                proposal.findings = mended;
            }
            // What is mended came only with another fix.
            None => proposal.findings.extend(mended),
        }
        self.done.push(proposal);
        together.attempt.after
    }

    /// Of the findings that the fixes are for, keeps each that is gone in the end once: with the last fix
    /// that it went by. One that was said again in other words went by none.
    fn keep(&mut self, mut mended: Vec<Finding>) {
        self.mended = mended.len();
        for proposal in self.done.iter_mut().rev() {
            let mut own: Vec<_> = Vec::new();
            for finding in &proposal.findings {
                let position = mended.iter().position(|of| of == finding);
                own.extend(position.map(|position| mended.remove(position)));
            }
            // What came only with another fix.
            if !own.is_empty() {
                proposal.findings = own;
            }
        }
    }

    /// A proposal for the policy as it was read, for those of its findings that the set mends; nothing
    /// where it mends none of them.
    fn alone(&self, mut proposal: Proposal) -> Option<Proposal> {
        let mended = |of: &Finding| {
            let mut done = self.done.iter().flat_map(|done| &done.findings);
            done.any(|done| done == of)
        };
        proposal.findings.retain(mended);
        (!proposal.findings.is_empty()).then_some(proposal)
    }

    /// What all of them do together; nothing where there are none.
    fn total(&self, original: &PolicyState) -> Option<Total> {
        let last = self.done.last()?;
        Some(Total {
            subject: original.facts.subject.clone(),
            at: original.on_disk(original.whole()),
            fixes: self.done.len(),
            effects: Arc::clone(self.effects.as_ref().unwrap_or(&last.effects)),
        })
    }
}

impl Choice {
    /// The findings, of those whose fix was taken, that are gone by one step: the one that the fix is for
    /// first, as it is found on the policy as it was, then those that became moot.
    fn mended_by(&self, named: &Named, before: &PolicyState, after: &PolicyState) -> Vec<Finding> {
        let left = self.still(after);
        let gone = self.still(before).into_iter();
        let gone = gone.filter(|index| !left.contains(index));
        let gone = gone.filter_map(|index| self.all.get(index));
        let mut gone: Vec<_> = gone.filter(|of| of.taken).collect();
        gone.sort_by_key(|of| of.named != *named);
        gone.into_iter().map(|of| of.finding.clone()).collect()
    }

    /// The findings that were to be mended and are no longer found: those that became moot by the fix of
    /// another one among them.
    fn mended(&self, last: &PolicyState) -> Vec<&Finding> {
        let left = self.still(last);
        let all = self.all.iter().enumerate();
        let mended = all.filter(|(index, of)| of.taken && !left.contains(index));
        mended.map(|(_, of)| &of.finding).collect()
    }
}

/// What a finding is about while the policy changes, whatever it tells of it: a fix may write a statement
/// that has what another one had, so the place belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct About {
    rule: Arc<str>,
    principals: Vec<String>,
    identity: String,
    place: Option<PointedAt>,
}

/// What tells a finding while the policy changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    about: About,
    /// What it tells, but for day counts.
    values: String,
}

impl Named {
    fn new(state: &PolicyState, finding: &Finding) -> Self {
        Self {
            about: About {
                rule: finding.rule.clone(),
                principals: finding.principals.clone(),
                identity: finding.identity.clone(),
                place: recurrence::place(state, finding),
            },
            values: finding.told(),
        }
    }

    /// Whether the finding tells the same, wherever it stands.
    fn is_told_by(&self, finding: &Finding) -> bool {
        self.about.rule == finding.rule
            && self.values == finding.told()
            && self.about.identity == finding.identity
    }
}

/// Whether the fix does what it is for: one that leaves its finding would be made again and again.
fn takes_away(named: &Named, before: &PolicyState, after: &PolicyState) -> bool {
    let told = |state: &PolicyState| {
        let findings = state.findings.iter();
        findings.filter(|of| named.is_told_by(of)).count()
    };
    told(after) < told(before)
}

/// The findings of a policy for which fixes were made: none is made again.
#[derive(Debug, Default)]
struct Made {
    /// How many more of them there were when the first fix was made.
    left: BTreeMap<Named, usize>,
}

impl Made {
    fn has(&self, named: &Named) -> bool {
        self.left.get(named) == Some(&0)
    }

    fn add(&mut self, named: Named, before: &PolicyState) {
        let all = before
            .findings
            .iter()
            .map(|found| Named::new(before, found));
        let alike = all.filter(|found| *found == named).count();
        let left = self.left.entry(named).or_insert(alike);
        *left = left.saturating_sub(1);
    }
}
