//! Makes one fix in memory and proves it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::access::Caller;
use crate::aws::{AccountId, KmsAction};
use crate::difference::{self, EVERY, Side};
use crate::facts::{Facts, StatementRecord};
use crate::finding::Finding;
use crate::inventory::{IdentityPolicy, Inventory, Key, LoadedPolicy};
use crate::policy::{PolicyKind, PolicyReading, StoredText};
use crate::project::same_policy_shape;
use crate::text::{Location, Span};
use crate::tree::edit;
use crate::tree::edit::{Draft, Edit, EditableFile, Passage, ValueInFile};

use super::answered::Answered;
use super::plan::{Meant, Plan, Refusal};
use super::proposal::{Change, Shown};
use super::recurrence;
use super::target::Target;
use super::{FixEngine, FixKind, Objection, Proposal, Safety, proof};

/// Where in the inventory a policy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    Key(usize),
    Loose(usize),
    Attached(usize),
    Control(usize),
}

/// A policy under repair, in one state of it. All places are those that it has in its file while
/// nothing else of the file changes; [`PolicyState::on_disk`] tells where that is in the file as it was read.
#[derive(Clone, Debug)]
pub(super) struct PolicyState {
    pub(super) slot: Slot,
    /// Where the policy stands in its file.
    pub(super) place: Arc<ValueInFile>,
    /// What stands there in this state.
    pub(super) text: String,
    /// The edits of the file that led to this state, one step after the other.
    pub(super) steps: Vec<Vec<Edit>>,
    /// Where the statements are in the file as it was read.
    pub(super) statements: Arc<[Span]>,
    pub(super) policy: LoadedPolicy,
    pub(super) facts: Facts,
    pub(super) findings: Vec<Finding>,
}

impl PolicyState {
    /// Where the policy stands.
    pub(super) fn whole(&self) -> Location {
        Location {
            source: self.policy.source,
            span: self.policy.document.span,
        }
    }

    /// A place of this state as one of the file as it was read: of what a fix brought, the place where
    /// it did.
    pub(super) fn on_disk(&self, at: Location) -> Location {
        if at.source != self.policy.source {
            return at;
        }
        let steps = self.steps.iter().rev();
        Location {
            span: steps.fold(at.span, |span, edits| edit::before(span, edits)),
            ..at
        }
    }

    /// A finding of this state with its places in the file as it was read.
    pub(super) fn finding_on_disk(&self, finding: &Finding) -> Finding {
        let mut finding = finding.clone();
        finding.primary.at = self.on_disk(finding.primary.at);
        for label in &mut finding.related {
            label.at = self.on_disk(label.at);
        }
        finding.statement = finding.statement.map(|at| self.on_disk(at));
        finding
    }

    /// All findings of this state with their places in the file as it was read.
    pub(super) fn findings_on_disk(&self) -> impl Iterator<Item = Finding> {
        let findings = self.findings.iter();
        findings.map(|finding| self.finding_on_disk(finding))
    }

    /// A proposal for this state with its places in the file as it was read.
    pub(super) fn proposal_on_disk(&self, mut proposal: Proposal) -> Proposal {
        proposal.at = self.on_disk(proposal.at);
        let findings = proposal.findings.iter();
        proposal.findings = findings.map(|of| self.finding_on_disk(of)).collect();
        proposal
    }

    /// The position in the policy as it was read of each statement of this state; nothing for one that
    /// a fix added.
    fn positions(&self) -> Vec<Option<usize>> {
        let position = |record: &StatementRecord| {
            let at = self.on_disk(record.at.at);
            self.statement_at(at.span)
        };
        self.facts.statements.iter().map(position).collect()
    }

    /// The position of the statement that stood there in the file as it was read.
    pub(super) fn statement_at(&self, span: Span) -> Option<usize> {
        self.statements.binary_search(&span).ok()
    }

    /// The text at a place of the policy's file; nothing where that is not part of the policy.
    pub(super) fn words_at(&self, at: Location) -> Option<&str> {
        let start = self.place.span.start as usize;
        let from = (at.span.start as usize).checked_sub(start)?;
        let to = (at.span.end as usize).checked_sub(start)?;
        let own = at.source == self.policy.source;
        own.then(|| self.text.get(from..to)).flatten()
    }

    /// The principals that use the key and can schedule its deletion.
    pub(super) fn users(&self) -> BTreeSet<String> {
        let schedulers = self.facts.access.schedule.iter();
        let users = schedulers.filter(|access| access.uses.is_some());
        users.map(|access| access.principal.clone()).collect()
    }

    /// Whether it is a key policy in which some statement is about KMS: of one without, nobody could
    /// tell that it is a key's.
    fn is_about_keys(&self) -> bool {
        let document = &self.policy.document;
        let mut statements = document.statements.iter();
        document.kind == PolicyKind::Key
            && statements.any(|statement| !statement.possible().is_empty())
    }

    /// The text after these edits of the file.
    fn edited(&self, edits: &[Edit]) -> Result<String, Refusal> {
        let start = self.place.span.start;
        let inside = edits.iter().map(|edit| edit.relative_to(start));
        let inside: Option<Vec<_>> = inside.collect();
        let inside =
            inside.ok_or_else(|| Refusal::input("the edit reaches outside of the policy"))?;
        edit::apply(&self.text, &inside).map_err(|error| Refusal::input(error.to_string()))
    }
}

/// A fix and the state that it leads to.
pub(super) struct Attempt {
    pub(super) proposal: Proposal,
    pub(super) after: PolicyState,
    /// What it was meant to do.
    pub(super) meant: Meant,
}

/// Proves fixes one by one.
pub(super) struct Prover<'a> {
    engine: FixEngine<'a>,
}

impl<'a> Prover<'a> {
    pub(super) const fn new(engine: FixEngine<'a>) -> Self {
        Self { engine }
    }

    /// Plans a fix, makes it in memory, and proves it. Nothing where there is nothing to do.
    pub(super) fn attempt(
        &self,
        state: &PolicyState,
        fixed: Option<(&Finding, FixKind)>,
        plan: impl FnOnce(&Target<'_>) -> Result<Option<Plan>, Refusal>,
    ) -> Result<Option<Attempt>, Refusal> {
        let lost = || Refusal::input("the policy cannot be found in the file again");
        let passage = Passage::open(&state.text, &state.place).ok_or_else(lost)?;
        let draft = Draft::of(&passage).map_err(|_| lost())?;
        let value = draft.get(passage.base()).ok_or_else(lost)?;
        let target = Target {
            facts: &state.facts,
            positions: state.positions(),
            policy: &state.policy.document,
            account: self.account(state.slot),
            organization: self.engine.organization,
            draft,
            base: passage.base(),
            value,
        };
        let Some(plan) = plan(&target)? else {
            return Ok(None);
        };
        let edits = passage.outer(&plan.draft)?;
        if edits.is_empty() {
            return Ok(None);
        }
        let mut steps = state.steps.clone();
        steps.push(edits.clone());
        let after = self.with_text(state, state.edited(&edits)?, steps)?;
        keeps_its_purpose(state, &passage, &after)?;
        let difference = self.difference(state, &after.policy);
        let finding = fixed.map(|(finding, _)| finding);
        let mut reasons = proof::objections(&difference, &plan.meant, &state.users());
        reasons.extend(recurrence::objections(state, &after, finding));
        reasons.extend(plan.caution.map(Objection::Caution));
        let proposal = Proposal {
            kind: fixed.map(|(_, kind)| kind),
            findings: finding.cloned().into_iter().collect(),
            subject: state.facts.subject.clone(),
            title: plan.title,
            at: finding.map_or(state.whole(), |finding| finding.primary.at),
            changes: changes(state, edits),
            shown: Shown::new(&state.place, &passage, &plan.draft),
            document: passage.document().clone(),
            patch: plan.draft.patch().to_vec(),
            effects: Arc::new(difference),
            safety: if reasons.is_empty() {
                Safety::Safe
            } else {
                Safety::Unsafe(reasons)
            },
        };
        Ok(Some(Attempt {
            proposal,
            after,
            meant: plan.meant,
        }))
    }

    /// What a caller can do to the key of a policy in this state; nothing where it is no key's.
    pub(super) fn answered(
        &self,
        state: &PolicyState,
        caller: &Caller,
        action: KmsAction,
    ) -> Option<Answered> {
        let Slot::Key(index) = state.slot else {
            return None;
        };
        let key = with_policy(self.engine.inventory().keys.get(index)?, &state.policy);
        let positions = state.positions();
        let identities = self.engine.facts.identities();
        Some(Answered::new(&key, identities, caller, action, &positions))
    }

    /// A policy as it stands in its file, with its facts and findings.
    pub(super) fn as_read(
        &self,
        slot: Slot,
        policy: &LoadedPolicy,
        file: &EditableFile<'_>,
    ) -> Option<PolicyState> {
        let text = file.text();
        let place = file.of(policy.document.span)?;
        let facts = self.facts(slot, policy, false)?;
        let statements = policy.document.statements.iter();
        Some(PolicyState {
            slot,
            text: place.span.of(text).to_owned(),
            steps: Vec::new(),
            statements: statements.map(|statement| statement.span).collect(),
            place: Arc::new(place),
            policy: policy.clone(),
            findings: (self.engine.check)(&facts),
            facts,
        })
    }

    fn facts(&self, slot: Slot, policy: &LoadedPolicy, is_edited: bool) -> Option<Facts> {
        let maker = self.engine.facts;
        if let Slot::Key(index) = slot {
            let key = with_policy(maker.inventory().keys.get(index)?, policy);
            return Some(maker.of_key(&key));
        }
        let facts = maker.of_policy(policy);
        if is_edited && facts.depends_on_holders() {
            // Those who have the policy have it as it is now.
            let inventory = self.inventory_with(slot, policy);
            return Some(maker.after(&inventory).of_policy(policy));
        }
        Some(facts)
    }

    /// The same policy where another text stands in its place.
    pub(super) fn with_text(
        &self,
        state: &PolicyState,
        text: String,
        steps: Vec<Vec<Edit>>,
    ) -> Result<PolicyState, Refusal> {
        let policy = reread(state, &text)?;
        let facts = self.facts(state.slot, &policy, true);
        let facts = facts.ok_or_else(|| Refusal::input("the key cannot be found again"))?;
        Ok(PolicyState {
            slot: state.slot,
            place: Arc::clone(&state.place),
            text,
            steps,
            statements: Arc::clone(&state.statements),
            findings: (self.engine.check)(&facts),
            facts,
            policy,
        })
    }

    /// The account of the key whose policy it is.
    fn account(&self, slot: Slot) -> Option<AccountId> {
        match slot {
            Slot::Key(index) => self.engine.inventory().keys.get(index)?.account,
            Slot::Loose(_) | Slot::Attached(_) | Slot::Control(_) => None,
        }
    }

    /// What it does to permissions that another text stands in the policy's place.
    pub(super) fn difference(
        &self,
        state: &PolicyState,
        after: &LoadedPolicy,
    ) -> difference::Difference {
        let roots: [PathBuf; 0] = [];
        let of = |policy: &LoadedPolicy| {
            if self.engine.inventory().keys.is_empty() {
                // Without keys, what somebody can do to them is not asked.
                return Inventory {
                    policies: vec![policy.clone()],
                    ..Inventory::default()
                };
            }
            self.inventory_with(state.slot, policy)
        };
        let (before, after) = (of(&state.policy), of(after));
        let side = |inventory| Side {
            inventory,
            sources: self.engine.facts.sources(),
            roots: &roots,
        };
        difference::between(side(&before), side(&after), EVERY)
    }

    /// As much of the inventory as this policy can have an effect on.
    fn inventory_with(&self, slot: Slot, policy: &LoadedPolicy) -> Inventory {
        let all = self.engine.inventory();
        let mut with = Inventory {
            principals: all.principals.clone(),
            identity_policies: all.identity_policies.clone(),
            organization_policies: all.organization_policies.clone(),
            organization: all.organization.clone(),
            ..Inventory::default()
        };
        match slot {
            Slot::Key(index) => {
                let key = all.keys.get(index).map(|key| with_policy(key, policy));
                with.keys.extend(key);
            }
            Slot::Loose(_) => with.policies.push(policy.clone()),
            Slot::Attached(index) => {
                with.keys.clone_from(&all.keys);
                if let Some(place) = with.identity_policies.get_mut(index) {
                    *place = Arc::new(IdentityPolicy {
                        arn: place.arn.clone(),
                        policy: policy.clone(),
                    });
                }
            }
            Slot::Control(index) => {
                with.keys.clone_from(&all.keys);
                if let Some(place) = with.organization_policies.get_mut(index) {
                    place.policy = policy.clone();
                }
            }
        }
        with
    }
}

/// A policy must still be one about keys, and be known for that.
fn keeps_its_purpose(
    state: &PolicyState,
    passage: &Passage,
    after: &PolicyState,
) -> Result<(), Refusal> {
    if state.is_about_keys() && !after.is_about_keys() {
        return Err(Refusal::decide(
            "decide what the policy is for: nothing about KMS would be left of it",
        ));
    }
    if !is_as_recognizable(state, passage, &after.text) {
        return Err(Refusal::decide(
            "decide where the policy is to stand: what would be left of it, nobody could tell to be a \
             key's by itself; as a part of the answer of `aws kms get-key-policy` it is",
        ));
    }
    Ok(())
}

/// Whether a policy that is a file by itself still looks like what it was.
fn is_as_recognizable(state: &PolicyState, passage: &Passage, after: &str) -> bool {
    let is_whole = passage.document().steps.is_empty() && passage.base().is_empty();
    !is_whole || same_policy_shape(&state.text, after)
}

/// The edits with what they take away.
fn changes(state: &PolicyState, edits: Vec<Edit>) -> Vec<Change> {
    let change = |edit: Edit| {
        let at = Location {
            source: state.policy.source,
            span: edit.span,
        };
        Change {
            gone: state.words_at(at).unwrap_or_default().to_owned(),
            edit,
        }
    };
    edits.into_iter().map(change).collect()
}

fn with_policy(key: &Key, policy: &LoadedPolicy) -> Key {
    Key {
        policy: Some(policy.clone()),
        ..key.clone()
    }
}

/// Reads the policy from the edited text. What AWS would refuse is not proposed.
fn reread(state: &PolicyState, edited: &str) -> Result<LoadedPolicy, Refusal> {
    let refused = |reason: &dyn std::fmt::Display| {
        Refusal::input(format!(
            "AWS would refuse the policy after the edit: {reason}"
        ))
    };
    let lost = || Refusal::input("the policy cannot be found after the edit");
    let passage = Passage::open(edited, &state.place).ok_or_else(lost)?;
    let old = &state.policy.document;
    // A policy that a tool wrote as a part of its answer is not the text that AWS stores.
    let stored = if passage.base().is_empty() {
        StoredText::Sent(passage.text().trim())
    } else {
        StoredText::Unknown
    };
    let reading = passage.read(|node| PolicyReading::of_node(node, old.kind, stored));
    let reading = reading.map_err(|error| refused(&error))?.ok_or_else(lost)?;
    if let Some(error) = &reading.unstorable_character {
        return Err(refused(error));
    }
    let longest = state.policy.size.map_or(0, |before| before.length);
    let longer = reading.size.filter(|size| size.length > longest);
    if let Some(error) = longer.and_then(|size| size.complaint(old.span)) {
        return Err(refused(&error));
    }
    let document = reading
        .document
        .map_err(|errors| errors.first().map_or_else(lost, |error| refused(error)))?;
    if let Some(error) = document.refusals.iter().find(|_| old.refusals.is_empty()) {
        return Err(refused(error));
    }
    Ok(LoadedPolicy {
        name: state.policy.name.clone(),
        source: state.policy.source,
        encoding: state.policy.encoding,
        size: reading.size,
        document,
    })
}
