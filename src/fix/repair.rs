//! All fixes of one policy, one after the other, each proven on what those before it left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::finding::Finding;

use super::prover::{Bench, Prover};
use super::target::Target;
use super::{Proposal, Repaired, Wanted, recurrence};

/// Fixes that are made one after the other in one policy before it is left: more than any policy
/// has findings.
const MOST_ROUNDS: usize = 100;

/// How often all of them are tried: what could not be made at first may be after others were.
const MOST_PASSES: usize = 10;

/// What is to be done with every policy.
pub(super) struct Round<'r> {
    pub(super) prover: &'r Prover<'r>,
    pub(super) wanted: &'r Wanted<'r>,
    pub(super) accept: &'r (dyn Fn(&Proposal) -> bool + Sync),
}

impl Round<'_> {
    /// Makes the fixes of one policy; the state that it is in then.
    pub(super) fn repair(&self, mut bench: Bench, outcome: &mut Repaired) -> Bench {
        outcome.found.extend_from_slice(&bench.findings);
        let mut made = Made::default();
        for number in 1..=MOST_PASSES {
            let mut pass = Repaired::default();
            let is_last;
            (bench, is_last) = self.pass(bench, &mut made, &mut pass);
            outcome.done.append(&mut pass.done);
            if is_last || number == MOST_PASSES {
                outcome.left.append(&mut pass.left);
                outcome.refused.append(&mut pass.refused);
                break;
            }
        }
        outcome.remaining.extend_from_slice(&bench.findings);
        bench
    }

    /// Tries to fix every finding once, the worst first; and whether another pass would find nothing
    /// else, as no fix was made after one that was not.
    fn pass(&self, mut bench: Bench, made: &mut Made, outcome: &mut Repaired) -> (Bench, bool) {
        let mut tried = BTreeSet::new();
        let mut is_last = true;
        for _ in 0..MOST_ROUNDS {
            let mut open: Vec<_> = bench.findings.clone();
            open.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
            let next = open.into_iter().find_map(|finding| {
                let kind = (self.wanted)(&finding)?;
                let named = Named::new(&bench, &finding);
                let is_open = !made.has(&named) && tried.insert(named.clone());
                is_open.then_some((finding, kind, named))
            });
            let Some((finding, kind, named)) = next else {
                break;
            };
            let plan = |target: &Target<'_>| kind.plan(target, &finding).map(Some);
            match self.prover.attempt(&bench, Some((&finding, kind)), plan) {
                Ok(Some(attempt))
                    if takes_away(&named, &bench, &attempt.after)
                        && (self.accept)(&attempt.proposal) =>
                {
                    // The same may be said of another place with the same words.
                    tried.remove(&named);
                    made.add(named, &bench);
                    outcome.done.push(attempt.proposal);
                    bench = attempt.after;
                    is_last = outcome.left.is_empty() && outcome.refused.is_empty();
                }
                Ok(Some(attempt)) => outcome.propose(attempt.proposal),
                Ok(None) => {}
                Err(refusal) => outcome.refuse(Some(&finding), None, refusal),
            }
        }
        (bench, is_last)
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
