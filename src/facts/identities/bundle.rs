//! Policies of a principal, reduced to what is about KMS: principals with the same share one.

use crate::aws::ActionSet;
use crate::eval::NamedPolicy;
use crate::inventory::IdentityPolicy;
use crate::policy::{Effect, PolicyDocument};

use super::mentions::Mentions;

/// The statements about KMS of several policies.
#[derive(Debug, Default)]
pub(crate) struct Bundle {
    /// The policies, each with these statements only.
    pub(crate) policies: Vec<NamedPolicy>,
    /// Whence they come, in the same order.
    origins: Vec<Origin>,
    /// Actions that some statement allows.
    pub(super) allows: ActionSet,
    /// On what of the principal the statements hang.
    pub(super) mentions: Mentions,
}

/// A policy and the positions of the statements that were kept.
#[derive(Clone, Debug)]
struct Origin {
    policy: usize,
    statements: Vec<usize>,
}

/// A policy reduced to its statements about KMS.
#[derive(Clone, Debug)]
pub(super) struct Reduced {
    named: NamedPolicy,
    origin: Origin,
    allows: ActionSet,
}

impl Reduced {
    /// The statements about KMS; nothing where the policy has none.
    pub(super) fn new(position: usize, policy: &IdentityPolicy) -> Option<Self> {
        let document = &policy.policy.document;
        let mut allows = ActionSet::EMPTY;
        let mut statements = Vec::new();
        for (index, statement) in document.statements.iter().enumerate() {
            let covers = statement.covered();
            if covers.is_empty() {
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
        (!statements.is_empty()).then(|| Self {
            named: NamedPolicy {
                name: policy.policy.name.as_str().into(),
                document: PolicyDocument {
                    kind: document.kind,
                    version: document.version,
                    id: None,
                    statements: kept,
                    span: document.span,
                    refusals: Vec::new(),
                },
            },
            origin: Origin {
                policy: position,
                statements,
            },
            allows,
        })
    }
}

impl Bundle {
    pub(super) fn new<'r, I: IntoIterator<Item = &'r Reduced>>(reduced: I) -> Self {
        let mut bundle = Self::default();
        for policy in reduced {
            bundle.mentions.add(&policy.named.document);
            bundle.allows = bundle.allows.union(policy.allows);
            bundle.policies.push(policy.named.clone());
            bundle.origins.push(policy.origin.clone());
        }
        bundle
    }

    /// The position of a policy of the bundle in the inventory, and of a statement in the whole
    /// policy.
    pub(super) fn origin(&self, policy: usize, statement: usize) -> Option<(usize, usize)> {
        let origin = self.origins.get(policy)?;
        Some((origin.policy, *origin.statements.get(statement)?))
    }
}
