//! One statement against one request.

use serde_json::Value;

use super::condition;
use super::context::{Context, list};
use super::glob::{matches, tokens};
use super::principal::{Caller, Naming, namings, spared_by_not_principal};
use super::resource;

/// The resource that one check of an action is about (§1.4, Appendix E).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The key.
    Key,
    /// Some alias in the key's account and Region; the request does not say which.
    Alias,
    /// None: the statement must be about `*`.
    Nothing,
}

/// What a statement is held against.
#[derive(Clone, Debug)]
pub(crate) struct Request<'a> {
    /// What is checked.
    pub(crate) target: Target,
    /// The action, as `kms:ScheduleKeyDeletion`.
    pub(crate) action: &'a str,
    /// The key's ARN.
    pub(crate) key_arn: &'a str,
    /// Who calls.
    pub(crate) caller: Caller,
    /// Whether the caller has a permissions boundary.
    pub(crate) has_boundary: bool,
    /// The condition keys.
    pub(crate) context: Context<'a>,
}

/// The statements of a policy: one object or an array (§1.1).
pub(crate) fn statements(policy: &Value) -> Vec<&Value> {
    match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(single) => vec![single],
        None => Vec::new(),
    }
}

/// Whether the policy's statements know variables (§1.1, §1.7).
pub(crate) fn knows_variables(policy: &Value) -> bool {
    policy.get("Version").and_then(Value::as_str) == Some("2012-10-17")
}

/// Whether action, resource and condition of the statement fit; the principal is not looked at.
///
/// §1.2: a statement without action or resource element has no effect.
pub(crate) fn fits(statement: &Value, replace: bool, request: &Request<'_>) -> bool {
    let action = listed(statement, "Action", "NotAction", |entry| {
        action_named(entry, request.action)
    });
    let resource = match request.target {
        Target::Key => listed(statement, "Resource", "NotResource", |entry| {
            resource::names(entry, request.key_arn, replace, request.context)
        }),
        Target::Nothing => listed(statement, "Resource", "NotResource", |entry| {
            !entry.is_empty() && entry.chars().all(|character| character == '*')
        }),
        Target::Alias => {
            // Which alias it is is open: an Allow must cover all of them, a Deny may cover one.
            let sure = is(statement, "Allow") == statement.get("Resource").is_some();
            listed(statement, "Resource", "NotResource", |entry| {
                resource::names_alias(entry, request, replace, sure)
            })
        }
    };
    action && resource && condition::holds(statement.get("Condition"), replace, request.context)
}

/// `Action` wants an entry that names, `NotAction` wants none; neither of the two: nothing fits.
fn listed(statement: &Value, element: &str, negated: &str, names: impl Fn(&str) -> bool) -> bool {
    let any = |entries: &Value| list(entries).iter().any(|entry| names(entry));
    match (statement.get(element), statement.get(negated)) {
        (Some(entries), _) => any(entries),
        (None, Some(entries)) => !any(entries),
        (None, None) => false,
    }
}

/// §1.4: `*`, or vendor and name apart, both regardless of case and with wildcards.
pub(crate) fn action_named(entry: &str, action: &str) -> bool {
    if entry == "*" {
        return true;
    }
    let entry = entry.to_ascii_lowercase();
    let action = action.to_ascii_lowercase();
    match (entry.split_once(':'), action.split_once(':')) {
        (Some((vendor, name)), Some((service, operation))) => {
            matches(&tokens(vendor), service) && matches(&tokens(name), operation)
        }
        _ => false,
    }
}

/// How a statement of a resource policy names the caller; empty where it does not (§1.6).
///
/// Allow with `NotPrincipal` reads as "everyone except".
pub(crate) fn named(statement: &Value, request: &Request<'_>) -> Vec<Naming> {
    let role = request.context.single("aws:PrincipalArn");
    let role = role.as_deref();
    if let Some(element) = statement.get("Principal") {
        return namings(element, &request.caller, role);
    }
    let Some(element) = statement.get("NotPrincipal") else {
        return Vec::new();
    };
    let spared = if is(statement, "Deny") {
        spared_by_not_principal(element, &request.caller, role, request.has_boundary)
    } else {
        !namings(element, &request.caller, role).is_empty()
    };
    if spared {
        Vec::new()
    } else {
        vec![Naming::Everyone]
    }
}

/// Whether the statement has this effect (§1.1: in this spelling only).
pub(crate) fn is(statement: &Value, effect: &str) -> bool {
    statement.get("Effect").and_then(Value::as_str) == Some(effect)
}
