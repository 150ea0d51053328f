//! All policies of a request together: allowed, explicitly denied, or not allowed.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use super::context::Context;
use super::principal::{Caller, Kind, Naming};
use super::statement::{Request, fits, is, knows_variables, named, statements};

/// The answer to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub(crate) decision: &'static str,
    /// Every reason word of the batch protocol that is true here; the real evaluator names one.
    pub(crate) reasons: BTreeSet<&'static str>,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.reasons.iter().copied().collect();
        write!(formatter, "{} ({})", self.decision, words.join(", "))
    }
}

/// The policies of a request, those that bear on its caller (§3.3, §3.6).
struct Policies<'a> {
    key: Vec<&'a Value>,
    identity: Vec<&'a Value>,
    boundary: Option<Vec<&'a Value>>,
    session: Option<Vec<&'a Value>>,
    scp_levels: Vec<Vec<&'a Value>>,
    rcp_levels: Vec<Vec<&'a Value>>,
}

/// Decides a request of the batch form with a complete context (§3.3).
pub(crate) fn decide(document: &Value) -> Answer {
    let text = |field: &str| {
        document
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let no_context = Map::new();
    let context = document
        .get("context")
        .and_then(Value::as_object)
        .unwrap_or(&no_context);
    let request = Request {
        action: text("action"),
        key_arn: text("key_arn"),
        caller: Caller::parse(text("principal")),
        has_boundary: document
            .get("permission_boundaries")
            .is_some_and(Value::is_array),
        context: Context(context),
    };
    let key_account = request.key_arn.split(':').nth(4).unwrap_or_default();
    let foreign = request.caller.kind != Kind::Service && request.caller.account != key_account;
    let policies = applicable(document, &request.caller, foreign);

    let denied_by = explicit_denies(&policies, &request);
    if !denied_by.is_empty() {
        return Answer {
            decision: "explicitDeny",
            reasons: denied_by,
        };
    }
    if foreign {
        across_accounts(&policies, &request)
    } else {
        same_account(&policies, &request)
    }
}

/// Which of the given policies apply to this caller.
///
/// §3.3, §3.4: identity policies, boundary and session policy do not bear on the root user, nor on a
/// service. §3.6: SCPs do not apply to services, service-linked roles and callers of another account;
/// RCPs not to service-linked roles.
fn applicable<'a>(document: &'a Value, caller: &Caller, foreign: bool) -> Policies<'a> {
    let own = !matches!(caller.kind, Kind::Root | Kind::Service);
    let linked = caller.is_service_linked_role();
    let field = |name: &str| document.get(name).filter(|value| !value.is_null());
    let levels = |name: &str| {
        field(name)
            .and_then(Value::as_array)
            .map_or_else(Vec::new, |levels| levels.iter().map(policy_list).collect())
    };
    Policies {
        key: field("key_policy").into_iter().collect(),
        identity: field("identity_policies")
            .filter(|_| own)
            .map(policy_list)
            .unwrap_or_default(),
        boundary: field("permission_boundaries")
            .filter(|_| own)
            .map(policy_list),
        session: field("session_policy")
            .filter(|_| own)
            .map(|policy| vec![policy]),
        scp_levels: if linked || foreign || caller.kind == Kind::Service {
            Vec::new()
        } else {
            levels("scps")
        },
        rcp_levels: if linked { Vec::new() } else { levels("rcps") },
    }
}

/// A list of `{name, policy}` or of bare policy documents.
fn policy_list(value: &Value) -> Vec<&Value> {
    let entries = value.as_array().into_iter().flatten();
    entries
        .map(|entry| entry.get("policy").unwrap_or(entry))
        .collect()
}

/// §3.1 step 1: where any applicable policy denies, and which.
fn explicit_denies(policies: &Policies<'_>, request: &Request<'_>) -> BTreeSet<&'static str> {
    let none = Vec::new();
    let scps: Vec<&Value> = policies.scp_levels.iter().flatten().copied().collect();
    let rcps: Vec<&Value> = policies.rcp_levels.iter().flatten().copied().collect();
    let key_denies = policies.key.iter().any(|policy| {
        statements(policy).into_iter().any(|statement| {
            is(statement, "Deny")
                && fits(statement, knows_variables(policy), request)
                && !named(statement, request).is_empty()
        })
    });
    [
        ("keyPolicy", key_denies),
        (
            "identityPolicy",
            any_fits(&policies.identity, "Deny", request),
        ),
        (
            "boundary",
            any_fits(policies.boundary.as_ref().unwrap_or(&none), "Deny", request),
        ),
        (
            "sessionPolicy",
            any_fits(policies.session.as_ref().unwrap_or(&none), "Deny", request),
        ),
        ("scp", any_fits(&scps, "Deny", request)),
        // §1.9: the principal of an RCP is always everyone.
        ("rcp", any_fits(&rcps, "Deny", request)),
    ]
    .into_iter()
    .filter_map(|(word, denies)| denies.then_some(word))
    .collect()
}

/// Whether a statement of this effect in one of the policies fits; for policies without principals.
fn any_fits(policies: &[&Value], effect: &str, request: &Request<'_>) -> bool {
    policies.iter().any(|policy| {
        statements(policy).into_iter().any(|statement| {
            is(statement, effect) && fits(statement, knows_variables(policy), request)
        })
    })
}

/// Every way in which Allow statements of the key policy name the caller (§3.3 `direct`, `deleg`).
fn key_policy_grants(policies: &Policies<'_>, request: &Request<'_>) -> Vec<Naming> {
    let mut grants = Vec::new();
    for policy in &policies.key {
        for statement in statements(policy) {
            if is(statement, "Allow") && fits(statement, knows_variables(policy), request) {
                grants.extend(named(statement, request));
            }
        }
    }
    grants
}

/// §3.3 for a caller of the key's account (or a service), explicit denies being out of the way.
fn same_account(policies: &Policies<'_>, request: &Request<'_>) -> Answer {
    let grants = key_policy_grants(policies, request);
    let delegated = grants.contains(&Naming::Account);
    // §3.4: only these are not limited by boundary and session policy.
    let unlimited = grants.contains(&Naming::Everyone) || grants.contains(&Naming::Itself);
    let limited = grants.contains(&Naming::Role);
    let identity = any_fits(&policies.identity, "Allow", request);
    let scp = policies
        .scp_levels
        .iter()
        .all(|level| any_fits(level, "Allow", request));
    let within = |limit: &Option<Vec<&Value>>| {
        limit
            .as_ref()
            .is_none_or(|limit| any_fits(limit, "Allow", request))
    };
    let (boundary, session) = (within(&policies.boundary), within(&policies.session));
    let root_granted = request.caller.kind == Kind::Root && delegated;

    let by_key_policy = unlimited || root_granted || (limited && boundary && session);
    let by_identity = delegated && identity && boundary && session;
    if scp && (by_key_policy || by_identity) {
        let words = [
            ("keyPolicy", by_key_policy),
            ("identityPolicy", by_identity),
        ];
        return answer("allowed", &words);
    }
    let granted_but_for_limits = limited || (delegated && identity);
    let could_be_granted = unlimited || root_granted || granted_but_for_limits;
    answer(
        "implicitDeny",
        &[
            ("scp", !scp),
            ("boundary", granted_but_for_limits && !boundary),
            ("sessionPolicy", granted_but_for_limits && !session),
            ("noDelegation", !could_be_granted && identity && !delegated),
            ("notGranted", !could_be_granted),
        ],
    )
}

/// §3.7: only some actions work across accounts, and these need both sides.
fn across_accounts(policies: &Policies<'_>, request: &Request<'_>) -> Answer {
    const WORKING: [&str; 20] = [
        "kms:decrypt",
        "kms:encrypt",
        "kms:generatedatakey",
        "kms:generatedatakeypair",
        "kms:generatedatakeypairwithoutplaintext",
        "kms:generatedatakeywithoutplaintext",
        "kms:generatemac",
        "kms:reencryptfrom",
        "kms:reencryptto",
        "kms:sign",
        "kms:verify",
        "kms:verifymac",
        "kms:derivesharedsecret",
        "kms:creategrant",
        "kms:describekey",
        "kms:getkeyrotationstatus",
        "kms:getpublickey",
        "kms:listgrants",
        "kms:retiregrant",
        "kms:revokegrant",
    ];
    if !WORKING.contains(&request.action.to_ascii_lowercase().as_str()) {
        return answer("implicitDeny", &[("crossAccount", true)]);
    }
    let within = |limit: &Option<Vec<&Value>>| {
        limit
            .as_ref()
            .is_none_or(|limit| any_fits(limit, "Allow", request))
    };
    let key = !key_policy_grants(policies, request).is_empty();
    let identity =
        request.caller.kind == Kind::Root || any_fits(&policies.identity, "Allow", request);
    let (boundary, session) = (within(&policies.boundary), within(&policies.session));
    if key && identity && boundary && session {
        return answer("allowed", &[("keyPolicy", true), ("identityPolicy", true)]);
    }
    let words = [
        ("boundary", !boundary),
        ("sessionPolicy", !session),
        ("notGranted", !key || !identity),
        ("crossAccount", true),
    ];
    answer("implicitDeny", &words)
}

/// An answer with those of the words that are true.
fn answer(decision: &'static str, words: &[(&'static str, bool)]) -> Answer {
    let reasons = words
        .iter()
        .filter_map(|(word, applies)| applies.then_some(*word))
        .collect();
    Answer { decision, reasons }
}
