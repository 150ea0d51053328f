//! What one caller can do to a key as far as the loaded files tell, what gives it that, what it
//! depends on and what limits it.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::aws::KmsAction;
use crate::eval::{
    CaseSet, Decision, Decisions, Evaluation, Layer, Match, PolicySet, deciding, dependencies,
    evaluate,
};
use crate::policy::Effect;
use crate::text::Location;

use super::applicable::Applicable;
use super::candidate::Candidate;
use super::identities::Identities;
use super::key::AskedKey;
use super::missing_input::MissingInput;
use super::restriction::{BoundaryLimit, Limits, StoppedBy};

/// In which way a statement takes part in giving an action.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GrantingPolicy {
    /// The key policy gives it by itself.
    KeyPolicy,
    /// The key policy names the account, and leaves the decision to the account's IAM policies.
    Account,
    /// A managed policy that is attached to the user or role, or to a group of the user.
    Managed {
        /// For example `AdministratorAccess`.
        name: String,
        /// Its ARN.
        arn: String,
        /// The group to which it is attached, where it is not attached to the user itself.
        group: Option<String>,
    },
    /// An inline policy of the user or role, or of a group of the user.
    Inline {
        /// For example `DeployPolicy`.
        name: String,
        /// The group that has it.
        group: Option<String>,
    },
    /// The caller's own policies, which were not loaded.
    NotLoaded,
}

/// A statement that takes part in giving an action. Two that differ in their places alone are equal: such
/// are inline policies that several principals have under one name.
#[derive(Clone, Debug)]
pub struct GrantingStatement {
    /// The policy.
    pub policy: GrantingPolicy,
    /// Position of the statement, from 0.
    pub index: usize,
    /// Its `Sid`, where it has one.
    pub sid: Option<String>,
    /// Where it stands; nothing for policies that were not loaded, and for the key policy, which tells it by
    /// the position: keys with equal policies share an answer.
    pub at: Option<Location>,
}

impl GrantingStatement {
    fn said(&self) -> (&GrantingPolicy, usize, Option<&str>) {
        (&self.policy, self.index, self.sid.as_deref())
    }
}

impl PartialEq for GrantingStatement {
    fn eq(&self, other: &Self) -> bool {
        self.said() == other.said()
    }
}

impl Eq for GrantingStatement {}

impl PartialOrd for GrantingStatement {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for GrantingStatement {
    fn cmp(&self, other: &Self) -> Ordering {
        self.said().cmp(&other.said())
    }
}

/// What a conditional answer depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// The value of this condition key.
    ConditionKey(String),
    /// What AWS does not document, or a template has yet to fill in.
    Undocumented,
    /// Which alias the request is about.
    Alias,
    /// A principal that a template has yet to fill in, as the key policy writes it.
    Placeholder(String),
    /// What was not loaded.
    Missing(MissingInput),
}

/// What a caller can do: surely, or depending on something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The action.
    pub action: KmsAction,
    /// The decision for every day count.
    pub decisions: Decisions,
    /// What it depends on where it is conditional for some day count; sorted, not empty then.
    pub depends_on: Vec<Dependency>,
    /// The statements that give it, those of the key policy first.
    pub through: Vec<GrantingStatement>,
    /// What limits the caller.
    pub limits: Limits,
}

impl Grant {
    /// Whether a request for the action names a day count: for `kms:ScheduleKeyDeletion` only.
    pub fn takes_days(&self) -> bool {
        self.action == KmsAction::ScheduleKeyDeletion
    }

    /// The best decision over all day counts.
    pub fn decision(&self) -> Decision {
        self.decisions.best()
    }

    /// What at least one of two callers of one principal can do.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        let union = |one: Vec<_>, two: Vec<_>| -> Vec<_> {
            let all: BTreeSet<_> = one.into_iter().chain(two).collect();
            all.into_iter().collect()
        };
        let through: BTreeSet<_> = self.through.into_iter().chain(other.through).collect();
        Self {
            decisions: self.decisions.or(other.decisions),
            depends_on: union(self.depends_on, other.depends_on),
            through: through.into_iter().collect(),
            ..self
        }
    }
}

/// What a caller can do, or what alone stops it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// It can, surely or depending on something.
    Can(Arc<Grant>),
    /// It surely cannot, and could without this limit.
    Stopped(StoppedBy),
    /// It surely cannot.
    Cannot,
}

impl Standing {
    /// Doubts what is allowed where files could not be read, which may hold what denies it.
    pub(crate) fn doubt(&mut self, missing: &[MissingInput]) {
        if let Self::Can(grant) = self
            && !missing.is_empty()
        {
            let grant = Arc::make_mut(grant);
            grant.decisions = grant.decisions.in_doubt(CaseSet::ALL);
            let missing = missing.iter().cloned().map(Dependency::Missing);
            grant.depends_on.extend(missing);
            grant.depends_on.sort();
        }
    }
}

impl Candidate<'_> {
    /// What this caller can do.
    pub(crate) fn standing(
        &self,
        action: KmsAction,
        key: &AskedKey<'_>,
        identities: &Identities<'_>,
    ) -> Standing {
        let request = self.request(action, key);
        let missing = self.missing_inputs(key, identities);
        let policies = if missing.is_empty() {
            self.policies(key)
        } else {
            self.policies_at_most(key)
        };
        let evaluation = evaluate(&request, &policies);
        let mut decisions = evaluation.decisions;
        if !decisions.best().is_possible() {
            let stopped = self.stopped_by(action, key, (&policies, identities));
            return stopped.map_or(Standing::Cannot, Standing::Stopped);
        }
        if !missing.is_empty() {
            decisions = decisions.in_doubt(CaseSet::ALL);
        }
        let found = dependencies(&request, &policies, &evaluation);
        let mut depends_on: Vec<_> = found
            .keys
            .into_iter()
            .map(Dependency::ConditionKey)
            .collect();
        depends_on.extend(found.undocumented.then_some(Dependency::Undocumented));
        depends_on.extend(found.alias.then_some(Dependency::Alias));
        depends_on.extend(missing.into_iter().map(Dependency::Missing));
        let grant = Grant {
            action,
            decisions,
            depends_on,
            through: self.through(&evaluation, &policies, (key, identities)),
            limits: self.limits(key, identities),
        };
        Standing::Can(grant.into())
    }

    /// The limit without which it could, where there is one that alone stops it.
    fn stopped_by(
        &self,
        action: KmsAction,
        key: &AskedKey<'_>,
        (policies, identities): (&PolicySet<'_>, &Identities<'_>),
    ) -> Option<StoppedBy> {
        let without = |changed: PolicySet<'_>| self.may_by(&changed, action, key, |_| ());
        let Applicable {
            boundary,
            scps,
            rcps,
            ..
        } = self.applicable;
        if boundary.is_some()
            && without(PolicySet {
                boundary: None,
                ..*policies
            })
            && let BoundaryLimit::Applied(name) = self.limits(key, identities).boundary
        {
            return Some(StoppedBy::Boundary(name));
        }
        if !scps.is_empty()
            && without(PolicySet {
                scps: &[],
                ..*policies
            })
        {
            return Some(StoppedBy::ServiceControl);
        }
        let by_resource = !rcps.is_empty()
            && without(PolicySet {
                rcps: &[],
                ..*policies
            });
        by_resource.then_some(StoppedBy::ResourceControl)
    }

    /// The statements that give it.
    fn through(
        &self,
        evaluation: &Evaluation,
        policies: &PolicySet<'_>,
        (key, identities): (&AskedKey<'_>, &Identities<'_>),
    ) -> Vec<GrantingStatement> {
        let grants = deciding(evaluation).into_iter();
        let grants = grants.filter(|found| found.effect == Effect::Allow);
        let mut through: Vec<_> = grants
            .filter_map(|found| self.granting(&found, policies, (key, identities)))
            .collect();
        through.sort();
        through.dedup();
        through
    }

    fn granting(
        &self,
        found: &Match,
        policies: &PolicySet<'_>,
        (key, identities): (&AskedKey<'_>, &Identities<'_>),
    ) -> Option<GrantingStatement> {
        let statement = |source: Option<_>, policy, index| {
            let document = policies.document(found.policy)?;
            let statement = document.statements.get(found.statement)?;
            let span = statement.span;
            Some(GrantingStatement {
                policy,
                index,
                sid: statement.sid.as_ref().map(|sid| sid.value.to_string()),
                at: source.map(|source| Location { source, span }),
            })
        };
        match found.policy.layer {
            Layer::KeyPolicy => {
                let policy = if found.delegates {
                    GrantingPolicy::Account
                } else {
                    GrantingPolicy::KeyPolicy
                };
                key.policy?;
                statement(None, policy, found.statement)
            }
            Layer::Identity => {
                let not_loaded = GrantingStatement {
                    policy: GrantingPolicy::NotLoaded,
                    index: 0,
                    sid: None,
                    at: None,
                };
                let Some(principal) = self.principal else {
                    return Some(not_loaded);
                };
                let at = (found.policy.index, found.statement);
                let (position, policy, index) = identities.attached(principal, at)?;
                let group = principal.principal.group_of(position).map(str::to_owned);
                let name = policy.policy.name.clone();
                let kind = match &policy.arn {
                    Some(arn) => GrantingPolicy::Managed {
                        name,
                        arn: arn.clone(),
                        group,
                    },
                    None => GrantingPolicy::Inline { name, group },
                };
                statement(Some(policy.policy.source), kind, index)
            }
            Layer::Scp | Layer::Rcp | Layer::Boundary | Layer::Session => None,
        }
    }
}
