//! Which answers are wanted.

use crate::access::{
    Asked, Caller, CaseSet, ClassStanding, Decision, Grant, GrantingPolicy, GrantingStatement,
    MissingInput, Standing,
};
use crate::aws::{Arn, KmsAction, PendingWindowInDays, PrincipalKind, nearest};
use crate::inventory::{Inventory, Key};
use crate::policy::glob;

use super::row::Answered;

/// Which decisions are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// What is surely allowed for some day count.
    Allowed,
    /// What is allowed for no day count, and conditional for some.
    Conditional,
}

/// A policy, or one statement of it, through which access is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Through {
    /// The policy's name or ARN.
    policy: String,
    /// The statement's position, from 1, or its `Sid`.
    statement: Option<String>,
}

impl Through {
    /// Reads `POLICY`, `POLICY#N` with the position of a statement from 1, or `POLICY#SID`.
    pub fn parse(text: &str) -> Self {
        let (policy, statement) = match text.rsplit_once('#') {
            Some((policy, statement)) if !policy.is_empty() => (policy, Some(statement.to_owned())),
            _ => (text, None),
        };
        Self {
            policy: policy.to_owned(),
            statement,
        }
    }

    fn is_called(&self, name: &str, arn: Option<&str>) -> bool {
        self.policy == name || Some(self.policy.as_str()) == arn
    }

    /// Whether the statement is meant; `key_policy` is how the key's policy is called.
    fn names(&self, through: &GrantingStatement, key_policy: Option<&str>) -> bool {
        let is_policy = match &through.policy {
            GrantingPolicy::KeyPolicy | GrantingPolicy::Account => {
                key_policy.is_some_and(|name| self.is_called(name, None))
            }
            GrantingPolicy::Managed { name, arn, .. } => self.is_called(name, Some(arn)),
            GrantingPolicy::Inline { name, .. } => self.is_called(name, None),
            GrantingPolicy::NotLoaded => false,
        };
        let number = through.index.saturating_add(1).to_string();
        let is_statement = self.statement.as_deref().is_none_or(|statement| {
            statement == number || through.sid.as_deref() == Some(statement)
        });
        is_policy && is_statement
    }
}

/// Which answers are wanted; of each list one must apply, and an empty one applies to all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Keys by ARN, id, alias or name; with `*` and `?`.
    pub keys: Vec<String>,
    /// Principals by ARN, by its end such as `role/ci-deploy`, or by name; with `*` and `?`.
    pub principals: Vec<String>,
    /// Policies through which access is given.
    pub through: Vec<Through>,
    /// Only principals that can schedule deletion with a waiting period of at most so many days.
    pub can_in_at_most: Option<PendingWindowInDays>,
    /// Only what is decided so.
    pub only: Option<Only>,
}

/// A filter that can never apply, so that its empty answer would tell nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// No key is called so.
    #[error("--key: no key is called `{0}`{1}")]
    NoKey(String, String),
    /// No principal is called so.
    #[error("--principal: no principal is called `{0}`{1}")]
    NoPrincipal(String, String),
    /// No policy is called so.
    #[error("--through: no policy is called `{0}`{1}")]
    NoPolicy(String, String),
    /// Only the deletion of keys takes a waiting period.
    #[error(
        "--can-in-at-most: add `--action kms:ScheduleKeyDeletion`, which alone takes a waiting period"
    )]
    NoWaitingPeriod,
}

fn did_you_mean<'n, N: Iterator<Item = &'n str>>(text: &str, names: N) -> String {
    let near = nearest(text, names);
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// Whether a text or pattern names one that is called so.
fn is_meant<'n, N: IntoIterator<Item = &'n str>>(wanted: &str, names: N) -> bool {
    let is_pattern = wanted.contains(['*', '?']);
    let mut names = names.into_iter();
    names.any(|name| name == wanted || (is_pattern && glob(wanted, name)))
}

/// How a key is called.
fn names_of_key(key: &Key) -> impl Iterator<Item = &str> {
    let arn = key.arn.iter();
    let arn = arn.flat_map(|arn| [arn.as_str(), arn.key_id()]);
    let id = key.metadata.key_id.iter().map(|id| id.value.as_str());
    let aliases = key.metadata.aliases.iter();
    let aliases = aliases.flat_map(|aliases| aliases.value.iter().map(String::as_str));
    let name = std::iter::once(key.name.as_str());
    name.chain(arn).chain(id).chain(aliases)
}

/// How a principal is called.
fn names_of_principal(text: &str) -> impl Iterator<Item = &str> {
    let resource = Arn::parse(text).map(|arn| arn.resource);
    let name = resource.and_then(|resource| resource.rsplit('/').next());
    std::iter::once(text).chain(resource).chain(name)
}

impl Filter {
    pub(super) fn wants_key(&self, key: &Key) -> bool {
        let mut wanted = self.keys.iter();
        self.keys.is_empty() || wanted.any(|wanted| is_meant(wanted, names_of_key(key)))
    }

    fn wants_principal(&self, asked: &Asked<'_>) -> bool {
        let mut wanted = self.principals.iter();
        let account = (asked.kind == PrincipalKind::Account).then_some("*");
        self.principals.is_empty()
            || wanted.any(|wanted| {
                is_meant(wanted, names_of_principal(&asked.text))
                    || account == Some(wanted.as_str())
            })
    }

    /// Refuses what names nothing; returns the callers that are named by their ARNs, which nothing that was
    /// loaded need name.
    pub(super) fn check(
        &self,
        inventory: &Inventory,
        actions: &[KmsAction],
    ) -> Result<Vec<Caller>, FilterError> {
        if self.can_in_at_most.is_some() && !actions.contains(&KmsAction::ScheduleKeyDeletion) {
            return Err(FilterError::NoWaitingPeriod);
        }
        for wanted in &self.keys {
            let mut names = inventory.keys.iter();
            if !names.any(|key| is_meant(wanted, names_of_key(key))) {
                let names = inventory.keys.iter().flat_map(names_of_key);
                return Err(FilterError::NoKey(
                    wanted.clone(),
                    did_you_mean(wanted, names),
                ));
            }
        }
        for through in &self.through {
            let mut policies = policies(inventory);
            if !policies.any(|(name, arn)| through.is_called(name, arn)) {
                let names = self::policies(inventory).map(|(name, _)| name);
                let near = did_you_mean(&through.policy, names);
                return Err(FilterError::NoPolicy(through.policy.clone(), near));
            }
        }
        self.others(inventory)
    }

    fn others(&self, inventory: &Inventory) -> Result<Vec<Caller>, FilterError> {
        let mut others = Vec::new();
        for wanted in &self.principals {
            // One that a key policy names is not named by all.
            if let Ok(caller) = Caller::parse(wanted) {
                others.push(caller);
                continue;
            }
            let mut known = principals(inventory);
            let is_known = known.any(|text| is_meant(wanted, names_of_principal(text)));
            if !is_known && wanted != "root" {
                let names = principals(inventory).flat_map(names_of_principal);
                let near = did_you_mean(wanted, names);
                return Err(FilterError::NoPrincipal(wanted.clone(), near));
            }
        }
        Ok(others)
    }

    /// What is left of the answers about a key; `failed` are files that could not be read.
    pub(super) fn apply<'a>(
        &self,
        key: &Key,
        classes: Vec<ClassStanding<'a>>,
        failed: &[MissingInput],
    ) -> Vec<Answered<'a>> {
        let key_policy = key.policy.as_ref().map(|policy| policy.name.as_str());
        let change = |standing: &mut Standing| {
            standing.doubt(failed);
            let is_wanted = match standing {
                Standing::Can(grant) => self.wants_grant(grant, key_policy),
                // What one is stopped from is given through nothing.
                Standing::Stopped(_) | Standing::Cannot => {
                    self.through.is_empty() && self.only.is_none()
                }
            };
            if !is_wanted {
                *standing = Standing::Cannot;
            }
        };
        let wanted = classes.into_iter().filter_map(|mut class| {
            if !self.principals.is_empty() {
                let who = class.who.iter().filter(|asked| self.wants_principal(asked));
                class.who = who.cloned().collect();
            }
            let answered = Answered::of(class, change);
            let is_wanted = !answered.part.who.is_empty() && self.is_soon_enough(&answered);
            is_wanted.then_some(answered)
        });
        wanted.collect()
    }

    fn wants_grant(&self, grant: &Grant, key_policy: Option<&str>) -> bool {
        let is_decided = match self.only {
            None => true,
            Some(Only::Allowed) => grant.decision() == Decision::Allowed,
            Some(Only::Conditional) => grant.decision() == Decision::Conditional,
        };
        let is_through = |through: &GrantingStatement| {
            let mut wanted = self.through.iter();
            wanted.any(|wanted| wanted.names(through, key_policy))
        };
        is_decided && (self.through.is_empty() || grant.through.iter().any(is_through))
    }

    /// Whether those of the class can schedule deletion with so short a waiting period.
    fn is_soon_enough(&self, answered: &Answered<'_>) -> bool {
        let Some(most) = self.can_in_at_most else {
            return true;
        };
        let is_soon = |cases: CaseSet| cases.days().any(|days| days <= most);
        let grants = answered.part.grants.iter().flatten();
        let schedules = grants.filter(|grant| grant.takes_days());
        let mut wanted = schedules.map(|grant| match self.only {
            None => grant.decisions.possible(),
            Some(Only::Allowed) => grant.decisions.allowed,
            Some(Only::Conditional) => grant.decisions.conditional,
        });
        wanted.any(is_soon)
    }
}

/// Every policy that may give access, with its ARN where it has one.
fn policies(inventory: &Inventory) -> impl Iterator<Item = (&str, Option<&str>)> {
    let attached = inventory.identity_policies.iter();
    let attached = attached.map(|of| (of.policy.name.as_str(), of.arn.as_deref()));
    let of_keys = inventory.keys.iter().filter_map(|key| key.policy.as_ref());
    attached.chain(of_keys.map(|policy| (policy.name.as_str(), None)))
}

/// Every principal that was loaded or that a key policy names.
fn principals(inventory: &Inventory) -> impl Iterator<Item = &str> {
    let loaded = inventory.principals.iter();
    let loaded = loaded.map(|principal| principal.arn.value.as_str());
    let of_keys = inventory.keys.iter().filter_map(|key| key.policy.as_ref());
    let statements = of_keys.flat_map(|policy| &policy.document.statements);
    let elements = statements.filter_map(|statement| statement.principal.as_ref());
    let entries = elements.flat_map(|element| &element.entries);
    loaded.chain(entries.map(|entry| entry.text().value.as_str()))
}
