//! Policies of a principal, reduced to what is about KMS: principals with the same share one.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::aws::ActionSet;
use crate::eval::NamedPolicy;
use crate::inventory::IdentityPolicy;
use crate::policy::Effect;

use super::tested_attributes::TestedAttributes;

/// How much of policies is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The statements about KMS.
    AboutKms,
    /// Everything.
    Whole,
}

/// The statements about KMS of several policies.
#[derive(Debug, Default)]
pub(super) struct KmsPolicies {
    /// The policies, each with these statements only.
    pub(super) policies: Vec<NamedPolicy>,
    /// Where they come from, in the same order.
    origins: Vec<Origin>,
    /// Actions that some statement allows or may allow.
    pub(super) allows: ActionSet,
    /// The attributes of principals that the statements test.
    pub(super) tested: TestedAttributes,
}

/// A policy and the positions of the statements that were kept.
#[derive(Clone, Debug)]
struct Origin {
    policy: usize,
    statements: Vec<usize>,
}

/// A policy reduced to its statements about KMS.
#[derive(Clone, Debug)]
struct ReducedPolicy {
    named: NamedPolicy,
    origin: Origin,
    allows: ActionSet,
}

impl ReducedPolicy {
    /// The statements that are kept; nothing where the policy has none.
    fn new(position: usize, policy: &IdentityPolicy, extent: Extent) -> Option<Self> {
        let document = &policy.policy.document;
        let mut allows = ActionSet::EMPTY;
        let mut statements = Vec::new();
        for (index, statement) in document.statements.iter().enumerate() {
            let covers = statement.possible();
            if covers.is_empty() && extent == Extent::AboutKms {
                continue;
            }
            statements.push(index);
            if statement.effect.value == Effect::Allow {
                allows = allows.union(covers);
            }
        }
        let kept: Vec<_> = statements
            .iter()
            .filter_map(|index| document.statements.get(*index).cloned())
            .collect();
        (!statements.is_empty() || extent == Extent::Whole).then(|| Self {
            named: NamedPolicy {
                name: policy.policy.name.as_str().into(),
                document: document.of_statements(kept),
            },
            origin: Origin {
                policy: position,
                statements,
            },
            allows,
        })
    }
}

impl KmsPolicies {
    fn new<'r, I: IntoIterator<Item = &'r ReducedPolicy>>(reduced: I) -> Self {
        let mut all = Self::default();
        for policy in reduced {
            all.tested.add(&policy.named.document);
            all.allows = all.allows.union(policy.allows);
            all.policies.push(policy.named.clone());
            all.origins.push(policy.origin.clone());
        }
        all
    }

    /// The position in the inventory of one of the policies.
    pub(super) fn position(&self, policy: usize) -> Option<usize> {
        self.origins.get(policy).map(|origin| origin.policy)
    }

    /// Whether the policy of this position in the inventory is one of them.
    pub(super) fn has(&self, position: usize) -> bool {
        self.origins.iter().any(|origin| origin.policy == position)
    }

    /// The position in the inventory of one of the policies, and of a statement in the whole policy.
    pub(super) fn origin(&self, policy: usize, statement: usize) -> Option<(usize, usize)> {
        let origin = self.origins.get(policy)?;
        Some((origin.policy, *origin.statements.get(statement)?))
    }
}

/// The policies of everyone, each combination once.
pub(super) struct KmsPolicyPool<'a> {
    policies: &'a [Arc<IdentityPolicy>],
    extent: Extent,
    /// Made when somebody has the policy.
    reduced: BTreeMap<usize, Option<ReducedPolicy>>,
    all: Vec<KmsPolicies>,
    known: BTreeMap<Vec<usize>, usize>,
}

impl<'a> KmsPolicyPool<'a> {
    pub(super) const fn new(policies: &'a [Arc<IdentityPolicy>], extent: Extent) -> Self {
        Self {
            policies,
            extent,
            reduced: BTreeMap::new(),
            all: Vec::new(),
            known: BTreeMap::new(),
        }
    }

    /// The position among [`Self::into_all`] of these policies; those that are not about KMS make
    /// no difference.
    pub(super) fn of(&mut self, positions: &[usize]) -> usize {
        for position in positions {
            if let (false, Some(policy)) = (
                self.reduced.contains_key(position),
                self.policies.get(*position),
            ) {
                let reduced = ReducedPolicy::new(*position, policy, self.extent);
                self.reduced.insert(*position, reduced);
            }
        }
        let reduced = |position: &usize| self.reduced.get(position)?.as_ref();
        let kept = positions.iter().copied();
        let kept: Vec<_> = kept
            .filter(|position| reduced(position).is_some())
            .collect();
        if let Some(index) = self.known.get(&kept) {
            return *index;
        }
        let policies = KmsPolicies::new(kept.iter().filter_map(reduced));
        let index = self.all.len();
        self.all.push(policies);
        self.known.insert(kept, index);
        index
    }

    pub(super) fn into_all(self) -> Vec<KmsPolicies> {
        self.all
    }
}
