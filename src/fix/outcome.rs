//! What became of findings for which fixes were asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::difference::Difference;
use crate::finding::Finding;
use crate::inventory::LoadedPolicy;
use crate::text::{Location, SourceId};
use crate::tree::edit;
use crate::tree::edit::Edit;

use super::effort::untried;
use super::plan::Refusal;
use super::prover::PolicyState;
use super::{Proposal, Safety};

/// A finding for which no edit is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The rule; empty where no rule asked.
    pub rule: String,
    /// What the finding is about.
    pub subject: String,
    /// Where it stands.
    pub at: Location,
    /// What a person has to decide, in one sentence.
    pub reason: String,
    /// Whether the input stands in the way of the edit.
    pub input: bool,
}

/// A file in which something is found and nothing can be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotEdited {
    /// The file.
    pub source: SourceId,
    /// How many findings there are in it.
    pub findings: usize,
    /// Why, without a final stop.
    pub reason: &'static str,
}

/// What became of all findings: the final set of fixes, each proven on what the ones before it left.
/// Every place is one of the files as they were read.
#[derive(Clone, Debug, Default)]
pub struct Repaired {
    /// The whole text of every file that changed.
    pub files: BTreeMap<SourceId, String>,
    /// The edits that make it of the file as it was read.
    pub edits: BTreeMap<SourceId, Vec<Edit>>,
    /// What was done, in order.
    pub done: Vec<Proposal>,
    /// The same, each for the file as it was read: whoever makes one by itself, makes this.
    pub alone: Vec<Proposal>,
    /// Proposals that were not taken.
    pub left: Vec<Proposal>,
    /// Findings without a proposal.
    pub refused: Vec<Refused>,
    /// Files with findings in which nothing can be edited.
    pub not_edited: Vec<NotEdited>,
    /// How many findings were not tried, as there is too much to prove.
    pub untried: usize,
    /// How many fixes another run would make of what these leave: they were not safe as the files are.
    pub opened: usize,
    /// What the fixes of each policy do together, for every policy that changes.
    pub totals: Vec<Total>,
    /// How many findings are no longer found of those whose fix was taken: some go with the fix of
    /// another one.
    pub mended: usize,
    /// What was found in the policies that were repaired, before that.
    pub found: Vec<Finding>,
    /// What is found in them after it, of what a fix brought the place where it did: every fix is proven by itself, and one may bring a finding
    /// that another one takes away.
    pub remaining: Vec<Finding>,
}

/// What all fixes of one policy do to permissions, compared with the policy as it was.
#[derive(Clone, Debug)]
pub struct Total {
    /// What the policy is of, as in [`Proposal::subject`].
    pub subject: String,
    /// Where the policy stands.
    pub at: Location,
    /// How many fixes.
    pub fixes: usize,
    /// What they do to permissions.
    pub effects: Arc<Difference>,
}

impl Repaired {
    /// Adds these edits of a file and what they make of its text.
    pub(super) fn edit(&mut self, source: SourceId, text: &str, edits: Vec<Edit>) {
        // Values of one file that are changed by themselves cannot overlap.
        let edited = edit::apply(text, &edits).ok();
        if let Some(edited) = edited.filter(|edited| edited != text) {
            self.files.insert(source, edited);
            self.edits.insert(source, edits);
        }
    }

    /// Adds a proposal; one that makes the same edits is the same, for one finding more.
    pub(super) fn propose(&mut self, proposal: Proposal) {
        let same = |other: &&mut Proposal| {
            other.document == proposal.document && other.changes == proposal.changes
        };
        // The proposals for one policy follow each other.
        let of_file = |other: &&mut Proposal| other.at.source == proposal.at.source;
        match self.left.iter_mut().rev().take_while(of_file).find(same) {
            Some(other) => {
                other.findings.extend(proposal.findings);
                if let (Safety::Unsafe(reasons), Safety::Unsafe(more)) =
                    (&mut other.safety, &proposal.safety)
                {
                    let new: Vec<_> = more
                        .iter()
                        .filter(|reason| !reasons.contains(reason))
                        .cloned()
                        .collect();
                    reasons.extend(new);
                } else if proposal.safety != Safety::Safe {
                    other.safety = proposal.safety;
                }
            }
            None => self.left.push(proposal),
        }
    }

    /// Adds that so many findings of the policy were not tried.
    pub(super) fn leave(&mut self, state: &PolicyState, findings: usize) {
        if findings > 0 {
            self.untried = self.untried.saturating_add(findings);
            self.refuse(None, Some(state), untried(findings));
        }
    }

    /// Adds that a policy cannot be edited, as its file cannot.
    pub(super) fn refuse_policy(&mut self, policy: &LoadedPolicy, reason: &str) {
        self.refused.push(Refused {
            rule: String::new(),
            subject: policy.name.clone(),
            at: Location {
                source: policy.source,
                span: policy.document.span,
            },
            reason: format!("the file is not edited: {reason}"),
            input: true,
        });
    }

    /// Adds that there is no fix for the finding, or none of the policy.
    pub(super) fn refuse(
        &mut self,
        finding: Option<&Finding>,
        state: Option<&PolicyState>,
        refusal: Refusal,
    ) {
        let whole = state.map(|state| state.on_disk(state.whole()));
        let subject = state.map(|state| state.facts.subject.clone());
        self.refused.push(Refused {
            rule: finding
                .map(|finding| finding.rule.to_string())
                .unwrap_or_default(),
            subject: finding
                .map(|finding| finding.subject.to_string())
                .or(subject)
                .unwrap_or_default(),
            at: finding
                .map(|finding| finding.primary.at)
                .or(whole)
                .unwrap_or_default(),
            reason: refusal.reason,
            input: refusal.input,
        });
    }
}
