//! Makes one fix in memory and proves it.

use std::path::PathBuf;

use crate::difference::{self, EVERY, Side};
use crate::facts::{Facts, Identities, of_key_among, of_policy};
use crate::finding::Finding;
use crate::inventory::{IdentityPolicy, Inventory, Key, LoadedPolicy};
use crate::policy::{self, Oversize};
use crate::source::edit::{self, JsonDraft, Passage, locate};
use crate::source::json::Node;
use crate::source::{JsonPath, Location, Step};

use super::plan::{Plan, Refusal};
use super::recurrence::{self, Found};
use super::target::Target;
use super::{FixKind, Proposal, Safety, Workshop, proof, sentence};

/// Where in the inventory a policy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    Key(usize),
    Loose(usize),
    Attached(usize),
    Control(usize),
}

/// A policy under repair.
#[derive(Clone, Debug)]
pub(super) struct Bench {
    pub(super) slot: Slot,
    /// The way to the policy in its file.
    pub(super) path: JsonPath,
    pub(super) policy: LoadedPolicy,
    pub(super) facts: Facts,
    pub(super) findings: Vec<Finding>,
}

impl Bench {
    /// Where the policy stands.
    pub(super) fn whole(&self) -> Location {
        Location {
            source: self.policy.source,
            span: self.policy.document.span,
        }
    }
}

/// A fix and the state that it leads to.
pub(super) struct Attempt {
    pub(super) proposal: Proposal,
    pub(super) after: Bench,
}

/// A policy, the text of its file, and the finding that is to go.
#[derive(Clone, Copy)]
pub(super) struct Job<'j> {
    pub(super) bench: &'j Bench,
    pub(super) text: &'j str,
    pub(super) fixed: Option<(&'j Finding, FixKind)>,
}

/// A workshop with what is needed for every proof.
pub(super) struct Prover<'a> {
    shop: Workshop<'a>,
    identities: Identities<'a>,
}

impl<'a> Prover<'a> {
    pub(super) fn new(shop: Workshop<'a>) -> Self {
        Self {
            identities: Identities::new(shop.inventory),
            shop,
        }
    }

    /// Plans a fix, makes it in memory, and proves it. Nothing where there is nothing to do.
    pub(super) fn attempt(
        &self,
        job: Job<'_>,
        plan: impl FnOnce(&Target<'_>) -> Result<Option<Plan>, Refusal>,
    ) -> Result<Option<Attempt>, Refusal> {
        let Job { bench, text, fixed } = job;
        let lost = || Refusal::input("the policy cannot be found in the file again");
        let (passage, base) = Passage::open(text, &bench.path).ok_or_else(lost)?;
        let value = JsonDraft::new(passage.text()).get(base).ok_or_else(lost)?;
        let key = match bench.slot {
            Slot::Key(index) => self.shop.inventory.keys.get(index),
            Slot::Loose(_) | Slot::Attached(_) | Slot::Control(_) => None,
        };
        let target = Target {
            facts: &bench.facts,
            kind: bench.policy.document.kind,
            account: key.and_then(|key| key.account),
            organization: self.shop.organization,
            text: passage.text(),
            base,
            value,
        };
        let Some(plan) = plan(&target)? else {
            return Ok(None);
        };
        let edits = passage.outer(plan.draft.edits());
        if edits.is_empty() {
            return Ok(None);
        }
        let edited =
            edit::apply(text, &edits).map_err(|error| Refusal::input(error.to_string()))?;
        let after = self.after(bench, &edited)?;
        let difference = self.difference(bench, &after.policy);
        let finding = fixed.map(|(finding, _)| finding);
        let mut reasons = proof::objections(&difference, &plan.meant);
        let found = Found { bench, text };
        let left = Found {
            bench: &after,
            text: &edited,
        };
        reasons.extend(recurrence::objections(found, left, finding));
        reasons.extend(plan.caution);
        let proposal = Proposal {
            kind: fixed.map(|(_, kind)| kind),
            findings: finding.cloned().into_iter().collect(),
            subject: bench.facts.subject.clone(),
            title: plan.title,
            at: finding.map_or(bench.whole(), |finding| finding.primary.at),
            edits,
            shown: (passage.text().to_owned(), plan.draft.text().to_owned()),
            before: text.to_owned(),
            text: edited,
            document: document(&bench.path, base),
            patch: plan.draft.patch().to_vec(),
            effects: sentence::lines(&difference),
            safety: if reasons.is_empty() {
                Safety::Safe
            } else {
                Safety::Unsafe(reasons)
            },
        };
        Ok(Some(Attempt { proposal, after }))
    }

    /// A policy as it stands in its file, with its facts and findings.
    pub(super) fn bench(&self, slot: Slot, policy: &LoadedPolicy) -> Option<Bench> {
        let text = self.shop.text(policy.source);
        let path = locate(text, policy.document.span)?;
        let facts = self.facts(slot, policy)?;
        Some(Bench {
            slot,
            path,
            policy: policy.clone(),
            findings: (self.shop.check)(&facts),
            facts,
        })
    }

    fn facts(&self, slot: Slot, policy: &LoadedPolicy) -> Option<Facts> {
        let shop = &self.shop;
        let mut facts = match slot {
            Slot::Key(index) => {
                let key = with_policy(shop.inventory.keys.get(index)?, policy);
                of_key_among(&key, &self.identities, shop.sources, shop.limits)
            }
            Slot::Loose(_) | Slot::Attached(_) | Slot::Control(_) => {
                of_policy(policy, shop.sources, shop.limits)
            }
        };
        facts.trust(shop.trusted);
        Some(facts)
    }

    /// The policy as it is read from the edited file.
    fn after(&self, bench: &Bench, edited: &str) -> Result<Bench, Refusal> {
        let policy = reread(bench, edited)?;
        let facts = self.facts(bench.slot, &policy);
        let facts = facts.ok_or_else(|| Refusal::input("the key cannot be found again"))?;
        Ok(Bench {
            findings: (self.shop.check)(&facts),
            facts,
            policy,
            ..bench.clone()
        })
    }

    fn difference(&self, bench: &Bench, after: &LoadedPolicy) -> difference::Difference {
        let roots: [PathBuf; 0] = [];
        let before = self.inventory_with(bench.slot, &bench.policy);
        let after = self.inventory_with(bench.slot, after);
        let side = |inventory| Side {
            inventory,
            sources: self.shop.sources,
            roots: &roots,
        };
        difference::between(side(&before), side(&after), EVERY)
    }

    /// As much of the inventory as this policy can have an effect on.
    fn inventory_with(&self, slot: Slot, policy: &LoadedPolicy) -> Inventory {
        let all = self.shop.inventory;
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
                if let Some(IdentityPolicy { policy: place, .. }) =
                    with.identity_policies.get_mut(index)
                {
                    *place = policy.clone();
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

/// The way to the document in which the policy stands, `base` being the rest of the way.
fn document(path: &JsonPath, base: &[Step]) -> JsonPath {
    let length = path.steps.len().saturating_sub(base.len());
    JsonPath {
        steps: path.steps.iter().take(length).cloned().collect(),
    }
}

fn with_policy(key: &Key, policy: &LoadedPolicy) -> Key {
    Key {
        policy: Some(policy.clone()),
        ..key.clone()
    }
}

/// Reads the policy from the edited file. What AWS would refuse is not proposed.
fn reread(bench: &Bench, edited: &str) -> Result<LoadedPolicy, Refusal> {
    let refused = |reason: &dyn std::fmt::Display| {
        Refusal::input(format!(
            "AWS would refuse the policy after the edit: {reason}"
        ))
    };
    let lost = || Refusal::input("the policy cannot be found after the edit");
    let (passage, base) = Passage::open(edited, &bench.path).ok_or_else(lost)?;
    let root = passage.parse().map_err(|error| refused(&error))?;
    let node = find(&root, base).ok_or_else(lost)?;
    let old = &bench.policy.document;
    // A policy that a tool wrote as a part of its answer is not the text that AWS stores.
    let text = if base.is_empty() {
        passage.text().trim()
    } else {
        ""
    };
    if let Some(error) = policy::text_refusals(text, old.kind, node.span) {
        return Err(refused(&error));
    }
    let oversize = Oversize::of(text, old.kind);
    let longest = bench.policy.oversize.map_or(0, |before| before.length);
    if let Some(oversize) = oversize.filter(|oversize| oversize.length > longest) {
        return Err(refused(&oversize.complaint(node.span)));
    }
    let document = policy::parse(node, old.kind)
        .map_err(|errors| errors.first().map_or_else(lost, |error| refused(error)))?;
    if let Some(error) = document.refusals.iter().find(|_| old.refusals.is_empty()) {
        return Err(refused(error));
    }
    Ok(LoadedPolicy {
        oversize,
        document,
        ..bench.policy.clone()
    })
}

fn find<'n, 'a>(root: &'n Node<'a>, path: &[Step]) -> Option<&'n Node<'a>> {
    path.iter().try_fold(root, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Index(index) => node.items()?.get(*index),
        Step::Embedded => None,
    })
}
