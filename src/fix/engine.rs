//! Fixes of everything that was loaded: proposals, and all of them made.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::aws::KeyArn;
use crate::facts::{FactMaker, Facts};
use crate::finding::Finding;
use crate::inventory::{Inventory, LoadedPolicy};
use crate::project::Project;
use crate::text::{SourceFile, SourceId, Sources};
use crate::tree::Syntax;
use crate::tree::edit::EditableFile;

use super::edited_policies::EditedPolicies;
use super::plan::Refusal;
use super::prover::{PolicyState, Prover, Slot};
use super::repair::Round;
use super::target::Target;
use super::{AllowDeletion, Effort, FixKind, NotEdited, Proposal, Repaired};

/// Says which findings are to be fixed, and how.
pub type Wanted<'w> = dyn Fn(&Finding) -> Option<FixKind> + Sync + 'w;

/// Everything that was loaded, and how it is checked.
#[derive(Clone, Copy)]
pub struct FixEngine<'a> {
    /// What was loaded, and what makes the facts of it.
    pub facts: &'a FactMaker<'a>,
    /// The organization's id, where it is configured.
    pub organization: Option<&'a str>,
    /// Finds what is wrong.
    pub check: &'a (dyn Fn(&Facts) -> Vec<Finding> + Sync),
}

impl std::fmt::Debug for FixEngine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FixEngine").finish_non_exhaustive()
    }
}

impl<'a> FixEngine<'a> {
    /// Everything of a project, checked by `check`; `facts` is the project's.
    pub fn of(
        project: &'a Project,
        facts: &'a FactMaker<'a>,
        check: &'a (dyn Fn(&Facts) -> Vec<Finding> + Sync),
    ) -> Self {
        let organization = project.config.organization.as_ref();
        Self {
            facts,
            organization: organization.and_then(|organization| organization.id.as_deref()),
            check,
        }
    }

    /// What was loaded.
    pub(super) const fn inventory(&self) -> &'a Inventory {
        self.facts.inventory()
    }

    /// The files.
    const fn sources(&self) -> &'a Sources {
        self.facts.sources()
    }

    /// Every proposal for these findings, each for the files as they are; findings with one fix
    /// have one proposal.
    pub fn propose(&self, findings: &[Finding], wanted: &Wanted<'_>) -> Repaired {
        self.propose_within(findings, wanted, Effort::ASKED)
    }

    /// As [`propose`](Self::propose), of as many findings as so much effort proves.
    pub fn propose_within(
        &self,
        findings: &[Finding],
        wanted: &Wanted<'_>,
        mut effort: Effort,
    ) -> Repaired {
        let prover = Prover::new(*self);
        let mut outcome = Repaired::default();
        let mut states = self.policies_with(&prover, findings, wanted);
        for (state, findings) in &mut states {
            let proofs = effort.take(state.text.len(), findings.len());
            outcome.leave(state, findings.len().saturating_sub(proofs));
            findings.truncate(proofs);
        }
        let tried: Vec<_> = states
            .into_par_iter()
            .flat_map_iter(|(state, findings)| {
                let tries = findings.into_iter().map(|(finding, kind)| {
                    let plan = |target: &Target<'_>| kind.plan(target, finding).map(Some);
                    let tried = prover.attempt(&state, Some((finding, kind)), plan);
                    (finding.clone(), tried)
                });
                tries.collect::<Vec<_>>()
            })
            .collect();
        for (finding, tried) in tried {
            match tried {
                Ok(Some(attempt)) => outcome.propose(attempt.proposal),
                Ok(None) => {}
                Err(refusal) => outcome.refuse(Some(&finding), None, refusal),
            }
        }
        outcome
    }

    /// The final set of the wanted fixes that `accept` takes, each proven on what the ones before it
    /// left, and all together on the policy as it was. What it does not take of the policy as it was is
    /// not made, whatever the others change.
    pub fn repair(
        &self,
        findings: &[Finding],
        wanted: &Wanted<'_>,
        accept: &(dyn Fn(&Proposal) -> bool + Sync),
    ) -> Repaired {
        self.repair_within(findings, wanted, accept, Effort::ASKED)
    }

    /// As [`repair`](Self::repair), with as many proofs as so much effort allows.
    pub fn repair_within(
        &self,
        findings: &[Finding],
        wanted: &Wanted<'_>,
        accept: &(dyn Fn(&Proposal) -> bool + Sync),
        mut effort: Effort,
    ) -> Repaired {
        let prover = Prover::new(*self);
        let mut by_file: BTreeMap<SourceId, Vec<(PolicyState, usize)>> = BTreeMap::new();
        for (state, _) in self.policies_with(&prover, findings, wanted) {
            let proofs = effort.take(state.text.len(), state.findings.len());
            let file = by_file.entry(state.policy.source).or_default();
            file.push((state, proofs));
        }
        let round = Round {
            prover: &prover,
            wanted,
            accept,
            most: effort.rounds,
            looks_ahead: effort.looks_ahead,
        };
        let files: Vec<_> = by_file.into_iter().collect();
        let repaired: Vec<_> = files
            .into_par_iter()
            .map(|(source, states)| {
                let mut outcome = Repaired::default();
                let mut edited = EditedPolicies::default();
                for (state, proofs) in states {
                    match edited.latest(&prover, &state) {
                        Ok(now) => {
                            let state = now.as_ref().unwrap_or(&state);
                            edited.keep(round.repair(state, proofs, &mut outcome));
                        }
                        Err(refusal) => outcome.refuse(None, Some(&state), refusal),
                    }
                }
                let text = self.text(source);
                outcome.edit(source, text, edited.edits(text));
                outcome
            })
            .collect();
        let mut whole = Repaired::default();
        for outcome in repaired {
            whole.files.extend(outcome.files);
            whole.edits.extend(outcome.edits);
            whole.done.extend(outcome.done);
            whole.alone.extend(outcome.alone);
            whole.left.extend(outcome.left);
            whole.refused.extend(outcome.refused);
            whole.untried = whole.untried.saturating_add(outcome.untried);
            whole.opened = whole.opened.saturating_add(outcome.opened);
            whole.totals.extend(outcome.totals);
            whole.mended = whole.mended.saturating_add(outcome.mended);
            whole.found.extend(outcome.found);
            whole.remaining.extend(outcome.remaining);
        }
        whole
    }

    /// Lets a principal delete the keys that were loaded.
    pub fn allow(&self, request: &AllowDeletion) -> Repaired {
        let prover = Prover::new(*self);
        let mut outcome = Repaired::default();
        let mut files: BTreeMap<SourceId, EditedPolicies> = BTreeMap::new();
        let keys = self.inventory().keys.iter();
        let keys = keys.filter_map(|key| Some(key.policy.as_ref()?.source));
        let places = self.places(keys.collect());
        for (slot, policy, _) in self.subjects() {
            if !matches!(slot, Slot::Key(_)) {
                continue;
            }
            let file = places.get(&policy.source);
            let Some(state) = file.and_then(|file| prover.as_read(slot, policy, file)) else {
                outcome.refuse_policy(policy, self.why_not_edited(policy.source));
                continue;
            };
            let edited = files.entry(policy.source).or_default();
            let tried = edited.latest(&prover, &state).and_then(|now| {
                let state = now.as_ref().unwrap_or(&state);
                request.attempt(&prover, state)
            });
            match tried {
                Ok(Some(attempt)) => {
                    outcome.done.push(state.proposal_on_disk(attempt.proposal));
                    edited.keep(attempt.after);
                }
                Ok(None) => {}
                // It was asked for, whatever a person has to decide.
                Err(refusal) => {
                    outcome.refuse(None, Some(&state), Refusal::input(refusal.reason));
                }
            }
        }
        for (source, edited) in files {
            let text = self.text(source);
            outcome.edit(source, text, edited.edits(text));
        }
        outcome
    }

    pub(super) fn text(&self, source: SourceId) -> &'a str {
        self.sources().get(source).map_or("", |file| file.text())
    }

    /// These files, as far as they can be edited.
    fn places(&self, files: BTreeSet<SourceId>) -> BTreeMap<SourceId, EditableFile<'a>> {
        let files = files.into_par_iter();
        let read = |source| {
            let file = self
                .sources()
                .get(source)
                .filter(|file| file.why_not_edited().is_none())?;
            let syntax = Syntax::of_file(file.name(), file.text());
            Some((source, EditableFile::read(syntax, file.text())?))
        };
        files.filter_map(read).collect()
    }

    /// Why the file cannot be edited. Only of one that cannot.
    fn why_not_edited(&self, source: SourceId) -> &'static str {
        let file = self.sources().get(source);
        file.and_then(SourceFile::why_not_edited)
            .unwrap_or("its policy cannot be found in its text again")
    }

    /// The files of these findings in which nothing can be edited, each with how many findings there are.
    pub(super) fn not_edited(&self, findings: &[&Finding]) -> Vec<NotEdited> {
        let mut by_file: BTreeMap<SourceId, usize> = BTreeMap::new();
        for finding in findings {
            let count = by_file.entry(finding.primary.at.source).or_default();
            *count = count.saturating_add(1);
        }
        let cannot = |source: &SourceId| {
            let file = self.sources().get(*source);
            file.is_some_and(|file| file.why_not_edited().is_some())
        };
        by_file.retain(|source, _| cannot(source));
        let each = by_file.into_iter().map(|(source, findings)| NotEdited {
            source,
            findings,
            reason: self.why_not_edited(source),
        });
        each.collect()
    }

    /// Every policy that somebody can change, with what findings call it.
    fn subjects(&self) -> impl Iterator<Item = (Slot, &'a LoadedPolicy, &'a str)> {
        let inventory = self.inventory();
        let keys = inventory
            .keys
            .iter()
            .enumerate()
            .filter_map(|(index, key)| {
                let arn = key.arn.as_ref().map(KeyArn::as_str);
                let policy = key.policy.as_ref()?;
                Some((Slot::Key(index), policy, arn.unwrap_or(&key.name)))
            });
        let loose = inventory.policies.iter().enumerate();
        let loose = loose.map(|(index, policy)| (Slot::Loose(index), policy));
        let attached = inventory.identity_policies.iter().enumerate();
        let attached = attached
            .filter(|(_, policy)| !policy.is_aws_managed())
            .map(|(index, of)| (Slot::Attached(index), &of.policy));
        let control = inventory.organization_policies.iter().enumerate();
        let control = control.map(|(index, of)| (Slot::Control(index), &of.policy));
        let named = |(slot, policy): (Slot, &'a LoadedPolicy)| (slot, policy, policy.name.as_str());
        keys.chain(loose.chain(attached).chain(control).map(named))
    }

    /// The policies in which wanted findings stand, with these.
    fn policies_with<'f>(
        &self,
        prover: &Prover<'_>,
        findings: &'f [Finding],
        wanted: &Wanted<'_>,
    ) -> Vec<(PolicyState, Vec<(&'f Finding, FixKind)>)> {
        let mut by_file: BTreeMap<SourceId, Vec<(&Finding, FixKind)>> = BTreeMap::new();
        for finding in findings {
            if let Some(kind) = wanted(finding) {
                by_file
                    .entry(finding.primary.at.source)
                    .or_default()
                    .push((finding, kind));
            }
        }
        let of = |(slot, policy, subject): (Slot, &'a LoadedPolicy, &'a str)| {
            let whole = policy.document.span;
            let own = |(finding, _): &&(&Finding, FixKind)| {
                let span = finding.primary.at.span;
                finding.subject.as_str() == subject
                    && whole.start <= span.start
                    && span.end <= whole.end
            };
            let own: Vec<_> = by_file
                .get(&policy.source)?
                .iter()
                .filter(own)
                .copied()
                .collect();
            if own.is_empty() {
                return None;
            }
            Some((slot, policy, own))
        };
        let subjects: Vec<_> = self.subjects().filter_map(of).collect();
        let places = self.places(by_file.keys().copied().collect());
        let state = |(slot, policy, own): (Slot, &'a LoadedPolicy, _)| {
            let file = places.get(&policy.source)?;
            Some((prover.as_read(slot, policy, file)?, own))
        };
        subjects.into_par_iter().filter_map(state).collect()
    }
}
