//! All fixes of one policy: the final set of them, each proven on what those before it left, and all
//! together on the policy as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::finding::Finding;

use super::outcome::Total;
use super::plan::Meant;
use super::prover::{Attempt, Bench, Prover};
use super::target::Target;
use super::{FixKind, Proposal, Repaired, Safety, Wanted, proof, recurrence, sentence};

/// Fixes that are made one after the other in one policy before it is left: more than any policy
/// has findings.
const MOST_ROUNDS: usize = 100;

/// What is to be done with every policy.
pub(super) struct Round<'r> {
    pub(super) prover: &'r Prover<'r>,
    pub(super) wanted: &'r Wanted<'r>,
    pub(super) accept: &'r (dyn Fn(&Proposal) -> bool + Sync),
}

/// Which findings may be mended, told on the policy as it was: what is not safe there stays so, whatever
/// else is mended.
#[derive(Debug, Default)]
struct Choice {
    /// Findings whose fix was taken, as they are found on the policy as it was.
    taken: BTreeMap<Named, Vec<Finding>>,
    /// All findings.
    known: BTreeSet<Named>,
    /// Rules of which some finding's fix was not taken.
    left: BTreeSet<Arc<str>>,
}

impl Choice {
    /// Whether the finding may be mended. One that is there only by now, as what a fix copied has it, may
    /// be unless something of its rule was left.
    fn allows(&self, named: &Named) -> bool {
        let is_new = !self.known.contains(named) && !self.left.contains(&named.said.0);
        self.taken.contains_key(named) || is_new
    }
}

impl Round<'_> {
    /// Makes the fixes of one policy; the state that it is in then.
    pub(super) fn repair(&self, bench: &Bench, outcome: &mut Repaired) -> Bench {
        outcome.found.extend_from_slice(&bench.findings);
        let choice = self.choose(bench, outcome);
        let mut set = Set::default();
        let mut now: Option<Bench> = None;
        let mut tried = BTreeSet::new();
        for _ in 0..MOST_ROUNDS {
            let state = now.as_ref().unwrap_or(bench);
            let Some((finding, kind, named)) = self.next(state, &choice, &set.made, &tried) else {
                break;
            };
            tried.insert(named.clone());
            let attempt = match self.attempt(state, &finding, kind) {
                Ok(Some(attempt)) => attempt,
                Ok(None) => continue,
                Err(refusal) => {
                    outcome.refuse(Some(&finding), None, refusal);
                    continue;
                }
            };
            let together = self.together(bench, &set, attempt);
            if takes_away(&named, state, &together.attempt.after)
                && (self.accept)(&together.attempt.proposal)
            {
                // The same may be said of another place with the same words.
                tried.remove(&named);
                let mended = choice.mended_by(&named, state, &together.attempt.after);
                set.made.add(named, state);
                now = Some(set.take(together, mended));
            } else {
                outcome.propose(together.attempt.proposal);
            }
        }
        let last = now.unwrap_or_else(|| bench.clone());
        outcome.mended = outcome.mended.saturating_add(choice.mended(&last));
        outcome.totals.extend(set.total(bench));
        outcome.done.append(&mut set.done);
        outcome.remaining.extend_from_slice(&last.findings);
        last
    }

    fn attempt(
        &self,
        state: &Bench,
        finding: &Finding,
        kind: FixKind,
    ) -> Result<Option<Attempt>, super::Refusal> {
        let plan = |target: &Target<'_>| kind.plan(target, finding).map(Some);
        self.prover.attempt(state, Some((finding, kind)), plan)
    }

    /// Tries to fix every finding of the policy as it is. What is not taken is left for good.
    fn choose(&self, bench: &Bench, outcome: &mut Repaired) -> Choice {
        let mut choice = Choice::default();
        let mut proposed = Repaired::default();
        let mut leaving = Vec::new();
        for finding in &bench.findings {
            let named = Named::new(bench, finding);
            choice.known.insert(named.clone());
            let Some(kind) = (self.wanted)(finding) else {
                continue;
            };
            match self.attempt(bench, finding, kind) {
                Ok(Some(attempt)) => {
                    if !takes_away(&named, bench, &attempt.after) {
                        leaving.push(named);
                    }
                    proposed.propose(attempt.proposal);
                }
                Ok(None) => {}
                Err(refusal) => {
                    choice.left.insert(finding.rule.clone());
                    outcome.refuse(Some(finding), None, refusal);
                }
            }
        }
        for proposal in proposed.left {
            let names = proposal.findings.iter().map(|of| Named::new(bench, of));
            let names: Vec<_> = names.collect();
            let leaves = names.iter().any(|named| leaving.contains(named));
            if !leaves && (self.accept)(&proposal) {
                for (named, finding) in names.into_iter().zip(proposal.findings) {
                    choice.taken.entry(named).or_default().push(finding);
                }
            } else {
                choice
                    .left
                    .extend(names.into_iter().map(|named| named.said.0));
                outcome.left.push(proposal);
            }
        }
        choice
    }

    /// The worst finding that may be mended and was not tried.
    fn next(
        &self,
        state: &Bench,
        choice: &Choice,
        made: &Made,
        tried: &BTreeSet<Named>,
    ) -> Option<(Finding, FixKind, Named)> {
        let mut open: Vec<_> = state.findings.iter().collect();
        open.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        open.into_iter().find_map(|finding| {
            let kind = (self.wanted)(finding)?;
            let named = Named::new(state, finding);
            let is_open = choice.allows(&named) && !made.has(&named) && !tried.contains(&named);
            is_open.then(|| (finding.clone(), kind, named))
        })
    }

    /// The fix with all before it, proven on the policy as it was.
    fn together(&self, original: &Bench, set: &Set, mut attempt: Attempt) -> Together {
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
        let reasons = proof::objections(&difference, &meant, &original.users());
        let mut new: Vec<_> = reasons.into_iter().collect();
        new.retain(|reason| !attempt.proposal.reasons().contains(reason));
        if !new.is_empty() && attempt.proposal.is_safe() {
            let reasons = new.join("; ");
            let reason = format!("together with the fixes before it: {reasons}");
            attempt.proposal.safety = Safety::Unsafe(vec![reason]);
        }
        let effects = [sentence::Named::Few, sentence::Named::All]
            .map(|named| sentence::lines(&difference, named));
        Together {
            attempt,
            meant,
            effects: Some(effects),
        }
    }
}

/// An attempt, and what it does with all before it; the effects only where there are some.
struct Together {
    attempt: Attempt,
    meant: Meant,
    effects: Option<[Vec<String>; 2]>,
}

/// The fixes that were made.
#[derive(Default)]
struct Set {
    done: Vec<Proposal>,
    made: Made,
    meant: Option<Meant>,
    effects: Option<[Vec<String>; 2]>,
}

impl Set {
    /// Takes a fix, which mends these findings of the policy as it was.
    fn take(&mut self, together: Together, mended: Vec<Finding>) -> Bench {
        self.meant = Some(together.meant);
        self.effects = together.effects;
        let mut proposal = together.attempt.proposal;
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

    /// What all of them do together; nothing where there are none.
    fn total(&self, bench: &Bench) -> Option<Total> {
        let last = self.done.last()?;
        let [effects, every_effect] = match &self.effects {
            Some(effects) => effects.clone(),
            None => [last.effects.clone(), last.every_effect.clone()],
        };
        Some(Total {
            subject: bench.facts.subject.clone(),
            at: bench.whole(),
            fixes: self.done.len(),
            effects,
            every_effect,
        })
    }
}

impl Choice {
    /// The findings, of those whose fix was taken, that are gone by one step: the one that the fix is for
    /// first, as it is found on the policy as it was, then those that became moot.
    fn mended_by(&self, named: &Named, before: &Bench, after: &Bench) -> Vec<Finding> {
        let count = |bench: &Bench| {
            let mut counts: BTreeMap<Named, usize> = BTreeMap::new();
            for finding in &bench.findings {
                let count = counts.entry(Named::new(bench, finding)).or_default();
                *count = count.saturating_add(1);
            }
            counts
        };
        let (old, new) = (count(before), count(after));
        let gone = |of: &Named| {
            let [old, new] = [&old, &new].map(|counts| counts.get(of).copied().unwrap_or_default());
            old.saturating_sub(new)
        };
        let mut all: Vec<_> = self.taken.iter().collect();
        all.sort_by_key(|(of, _)| *of != named);
        let mended = all.into_iter().flat_map(|(of, found)| {
            // Of several that are alike, those that are left last.
            let left = old.get(of).copied().unwrap_or_default().min(found.len());
            let from = found.len().saturating_sub(left);
            found.iter().skip(from).take(gone(of)).cloned()
        });
        mended.collect()
    }

    /// How many of the findings that were to be mended are no longer found: those that became moot by the
    /// fix of another one among them.
    fn mended(&self, last: &Bench) -> usize {
        let mut left: BTreeMap<Named, usize> = BTreeMap::new();
        for finding in &last.findings {
            let count = left.entry(Named::new(last, finding)).or_default();
            *count = count.saturating_add(1);
        }
        let taken = self.taken.iter();
        let mended = taken.map(|(named, count)| {
            let left = left.get(named).copied().unwrap_or_default();
            count.len().saturating_sub(left)
        });
        mended.sum()
    }
}

/// What tells a finding while the policy changes: a fix may write a statement that has what another
/// one had, so the place belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    said: (Arc<str>, String),
    place: Option<(String, String)>,
}

impl Named {
    fn new(bench: &Bench, finding: &Finding) -> Self {
        Self {
            said: (finding.rule.clone(), finding.message.clone()),
            place: recurrence::place(bench, finding),
        }
    }
}

/// Whether the fix does what it is for: one that leaves its finding would be made again and again.
fn takes_away(named: &Named, before: &Bench, after: &Bench) -> bool {
    let (rule, message) = &named.said;
    let said = |bench: &Bench| {
        let same = |found: &&Finding| found.rule == *rule && found.message == *message;
        bench.findings.iter().filter(same).count()
    };
    said(after) < said(before)
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

    fn add(&mut self, named: Named, before: &Bench) {
        let all = before
            .findings
            .iter()
            .map(|found| Named::new(before, found));
        let alike = all.filter(|found| *found == named).count();
        let left = self.left.entry(named).or_insert(alike);
        *left = left.saturating_sub(1);
    }
}
