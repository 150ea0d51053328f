//! What programs are told of access: one record, and its parts.

use std::borrow::Cow;

use serde::Serialize;

use crate::aws::{KeyArn, PrincipalKind};
use crate::inventory::Key;
use crate::report::json::{JsonLocation, place};
use crate::text::Sources;
use crate::who_can::{
    Asked, BoundaryLimit, Decision, Dependency, Grant, GrantingPolicy, GrantingStatement,
    Restriction, place as access_place, settlement,
};

use super::words;

/// The version of the form of documents and records.
pub(super) const VERSION: u8 = 1;

/// A key.
#[derive(Serialize)]
pub(super) struct JsonKey<'a> {
    pub(super) account: Option<&'a str>,
    pub(super) region: Option<&'a str>,
    /// Its ARN, where that is known.
    pub(super) key: Option<&'a str>,
    /// How reports call it.
    pub(super) name: &'a str,
    pub(super) aliases: &'a [String],
}

impl<'a> JsonKey<'a> {
    pub(super) fn of(key: &'a Key) -> Self {
        let aliases = key.metadata.aliases.as_ref();
        Self {
            account: key.account.as_ref().map(crate::aws::AccountId::as_str),
            region: key.arn.as_ref().map(KeyArn::region),
            key: key.arn.as_ref().map(KeyArn::as_str),
            name: &key.name,
            aliases: aliases.map_or(&[], |aliases| &aliases.value),
        }
    }
}

/// A principal.
#[derive(Serialize)]
pub(super) struct JsonPrincipal<'a> {
    pub(super) principal: &'a str,
    pub(super) kind: PrincipalKind,
}

impl<'a> JsonPrincipal<'a> {
    pub(super) fn of(asked: &'a Asked<'_>) -> Self {
        Self {
            principal: &asked.text,
            kind: asked.kind,
        }
    }
}

/// One answer.
#[derive(Serialize)]
pub(super) struct JsonGrant<'a> {
    pub(super) action: &'static str,
    pub(super) decision: Decision,
    /// For `kms:ScheduleKeyDeletion` only.
    pub(super) days: Option<JsonDays>,
    pub(super) conditions: Vec<JsonCondition<'a>>,
    pub(super) through: Vec<JsonThrough<'a>>,
    pub(super) limits: JsonLimits<'a>,
    pub(super) sources: Vec<&'a str>,
}

/// Day counts as ranges with both ends, and the decision for a request that names none.
#[derive(Serialize)]
pub(super) struct JsonDays {
    pub(super) allowed: Vec<(u8, u8)>,
    pub(super) conditional: Vec<(u8, u8)>,
    pub(super) omitted: Decision,
}

/// What a conditional answer depends on.
#[derive(Serialize)]
pub(super) struct JsonCondition<'a> {
    /// `condition_key`, `undocumented`, `alias`, `placeholder` or `missing_input`.
    pub(super) kind: &'static str,
    pub(super) name: Cow<'a, str>,
    pub(super) settled_by: String,
}

#[derive(Serialize)]
pub(super) struct JsonThrough<'a> {
    /// `key_policy`, `account`, `managed`, `inline` or `not_loaded`.
    pub(super) kind: &'static str,
    pub(super) policy: Option<&'a str>,
    pub(super) arn: Option<&'a str>,
    pub(super) group: Option<&'a str>,
    /// From 1.
    pub(super) statement: Option<usize>,
    pub(super) sid: Option<&'a str>,
    pub(super) location: Option<JsonLocation<'a>>,
}

#[derive(Serialize)]
pub(super) struct JsonLimits<'a> {
    pub(super) permissions_boundary: Option<JsonBoundary<'a>>,
    pub(super) service_control_policies: Restriction,
    pub(super) resource_control_policies: Restriction,
}

#[derive(Serialize)]
pub(super) struct JsonBoundary<'a> {
    /// Nothing of a boundary that was not loaded.
    pub(super) policy: Option<&'a str>,
    pub(super) evaluated: bool,
}

impl<'a> JsonGrant<'a> {
    /// An answer about a key.
    pub(super) fn of(grant: &'a Grant, key: &'a Key, sources: &'a Sources) -> Self {
        let through = grant.through.iter();
        let boundary = match &grant.limits.boundary {
            BoundaryLimit::None => None,
            BoundaryLimit::Applied(name) => Some(JsonBoundary {
                policy: Some(name),
                evaluated: true,
            }),
            BoundaryLimit::NotLoaded => Some(JsonBoundary {
                policy: None,
                evaluated: false,
            }),
        };
        let conditions = grant.depends_on.iter();
        Self {
            action: grant.action.qualified(),
            decision: grant.decision(),
            days: grant.takes_days().then(|| JsonDays {
                allowed: words::ranges(grant.decisions.allowed),
                conditional: words::ranges(grant.decisions.conditional),
                omitted: grant.decisions.omitted(),
            }),
            conditions: conditions.map(|of| condition(of, grant)).collect(),
            through: through
                .map(|of| JsonThrough::of(of, key, sources))
                .collect(),
            limits: JsonLimits {
                permissions_boundary: boundary,
                service_control_policies: grant.limits.service_control,
                resource_control_policies: grant.limits.resource_control,
            },
            sources: files(grant, key, sources),
        }
    }
}

/// The files that the answer is from: of the key, and of the policies that give it.
pub(super) fn files<'a>(grant: &Grant, key: &Key, sources: &'a Sources) -> Vec<&'a str> {
    let policy = key.policy.as_ref().map(|policy| policy.source);
    let through = grant.through.iter();
    let through = through.filter_map(|of| Some(access_place(of, key)?.source));
    let all: std::collections::BTreeSet<_> = through.chain(policy).chain([key.at.source]).collect();
    let names = all.into_iter().filter_map(|source| sources.get(source));
    names.map(crate::text::SourceFile::name).collect()
}

impl<'a> JsonThrough<'a> {
    fn of(through: &'a GrantingStatement, key: &'a Key, sources: &'a Sources) -> Self {
        let key_policy = || key.policy.as_ref().map(|policy| policy.name.as_str());
        let (kind, policy, arn, group) = match &through.policy {
            GrantingPolicy::KeyPolicy => ("key_policy", key_policy(), None, None),
            GrantingPolicy::Account => ("account", key_policy(), None, None),
            GrantingPolicy::Managed { name, arn, group } => {
                let group = group.as_deref();
                ("managed", Some(name.as_str()), Some(arn.as_str()), group)
            }
            GrantingPolicy::Inline { name, group } => {
                ("inline", Some(name.as_str()), None, group.as_deref())
            }
            GrantingPolicy::NotLoaded => ("not_loaded", None, None, None),
        };
        let number = through.index.saturating_add(1);
        Self {
            kind,
            policy,
            arn,
            group,
            statement: policy.map(|_| number),
            sid: through.sid.as_deref(),
            location: access_place(through, key).and_then(|at| place(sources, at)),
        }
    }
}

fn condition<'a>(dependency: &'a Dependency, grant: &Grant) -> JsonCondition<'a> {
    let kind = match dependency {
        Dependency::ConditionKey(_) => "condition_key",
        Dependency::Undocumented => "undocumented",
        Dependency::Alias => "alias",
        Dependency::Placeholder(_) => "placeholder",
        Dependency::Missing(_) => "missing_input",
    };
    let name = match dependency {
        Dependency::ConditionKey(name) | Dependency::Placeholder(name) => name.into(),
        other => words::dependency(other).into(),
    };
    JsonCondition {
        kind,
        name,
        settled_by: settlement(dependency, grant).to_string(),
    }
}
