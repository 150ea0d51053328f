//! All policies of a request together: allowed, explicitly denied, or not allowed.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use super::context::Context;
use super::principal::{Caller, Kind, Naming, partition};
use super::statement::{Request, Target, fits, is, knows_variables, named, statements};

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

/// Actions that have no resource (§1.4).
const WITHOUT_RESOURCE: [&str; 11] = [
    "kms:connectcustomkeystore",
    "kms:createcustomkeystore",
    "kms:createkey",
    "kms:deletecustomkeystore",
    "kms:describecustomkeystores",
    "kms:disconnectcustomkeystore",
    "kms:generaterandom",
    "kms:listaliases",
    "kms:listkeys",
    "kms:listretirablegrants",
    "kms:updatecustomkeystore",
];

/// Actions on a key and an alias (Appendix E).
const ON_AN_ALIAS: [&str; 3] = ["kms:createalias", "kms:deletealias", "kms:updatealias"];

/// The context as AWS has it for the action: two keys are for few actions (§5.2).
fn supplied(context: &Map<String, Value>, action: &str) -> Map<String, Value> {
    let is = |name: &str| action.eq_ignore_ascii_case(name);
    let wanted = |key: &str| match key.to_ascii_lowercase().as_str() {
        "kms:schedulekeydeletionpendingwindowindays" => is("kms:ScheduleKeyDeletion"),
        "kms:trailingdayswithoutkeyusage" => is("kms:ScheduleKeyDeletion") || is("kms:DisableKey"),
        _ => true,
    };
    let mut context = context.clone();
    context.retain(|key, _| wanted(key));
    context
}

/// Decides a request of the batch form with a complete context (§3.3).
pub(crate) fn decide(document: &Value) -> Answer {
    let text = |field: &str| {
        document
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let given = document.get("context").and_then(Value::as_object);
    let context = supplied(&given.cloned().unwrap_or_default(), text("action"));
    let request = Request {
        target: Target::Key,
        action: text("action"),
        key_arn: text("key_arn"),
        caller: Caller::parse(text("principal")),
        has_boundary: document
            .get("permission_boundaries")
            .is_some_and(Value::is_array),
        context: Context(&context),
    };
    let action = request.action.to_ascii_lowercase();
    if WITHOUT_RESOURCE.contains(&action.as_str()) {
        let request = Request {
            target: Target::Nothing,
            ..request
        };
        return by_iam_alone(document, &request);
    }
    let of_key = decide_about_key(document, &request);
    if !ON_AN_ALIAS.contains(&action.as_str()) {
        return of_key;
    }
    let request = Request {
        target: Target::Alias,
        ..request
    };
    both(of_key, by_iam_alone(document, &request))
}

/// Two checks of one request: a Deny in either denies, and both must allow.
fn both(one: Answer, other: Answer) -> Answer {
    let rank = |answer: &Answer| match answer.decision {
        "explicitDeny" => 2,
        "implicitDeny" => 1,
        _ => 0,
    };
    match rank(&one).cmp(&rank(&other)) {
        Ordering::Greater => one,
        Ordering::Less => other,
        Ordering::Equal => {
            let reasons = one.reasons.union(&other.reasons).copied().collect();
            Answer { reasons, ..one }
        }
    }
}

/// A check that no key policy decides: IAM policies and what limits them.
fn by_iam_alone(document: &Value, request: &Request<'_>) -> Answer {
    let mut policies = applicable(document, request, false);
    policies.key.clear();
    let denied_by = explicit_denies(&policies, request);
    if !denied_by.is_empty() {
        return Answer {
            decision: "explicitDeny",
            reasons: denied_by,
        };
    }
    let root = request.caller.kind == Kind::Root;
    let identity = root || any_fits(&policies.identity, "Allow", request);
    let scp = policies
        .scp_levels
        .iter()
        .all(|level| any_fits(level, "Allow", request));
    let boundary = within(policies.boundary.as_ref(), request);
    let session = session_allows(&policies, request);
    if identity && scp && boundary && session {
        return answer("allowed", &[("identityPolicy", true), ("keyPolicy", true)]);
    }
    answer(
        "implicitDeny",
        &[
            ("scp", !scp),
            ("boundary", identity && !boundary),
            ("sessionPolicy", identity && !session),
            ("notGranted", !identity),
        ],
    )
}

fn within(limit: Option<&Vec<&Value>>, request: &Request<'_>) -> bool {
    limit.is_none_or(|limit| any_fits(limit, "Allow", request))
}

/// Whether the session policy lets it pass; a federated user without one has no permissions of IAM
/// policies (Appendix E).
fn session_allows(policies: &Policies<'_>, request: &Request<'_>) -> bool {
    match &policies.session {
        None => request.caller.kind != Kind::Federated,
        Some(session) => any_fits(session, "Allow", request),
    }
}

fn decide_about_key(document: &Value, request: &Request<'_>) -> Answer {
    let key_account = request.key_arn.split(':').nth(4).unwrap_or_default();
    let caller = &request.caller;
    let elsewhere = caller
        .partition()
        .is_some_and(|own| own != partition(request.key_arn));
    let foreign = elsewhere || (caller.kind != Kind::Service && caller.account != key_account);
    let policies = applicable(document, request, foreign);
    let denied_by = explicit_denies(&policies, request);
    if !denied_by.is_empty() {
        return Answer {
            decision: "explicitDeny",
            reasons: denied_by,
        };
    }
    if elsewhere {
        // An IAM role or user of one partition gets at nothing in another.
        answer("implicitDeny", &[("crossAccount", true)])
    } else if foreign {
        across_accounts(&policies, request)
    } else {
        same_account(&policies, request)
    }
}

/// Which of the given policies apply to this caller.
///
/// §3.3, §3.4: identity policies, boundary and session policy do not bear on the root user, nor on a
/// service. §3.6: SCPs do not apply to services, service-linked roles and callers of another account;
/// RCPs not to service-linked roles.
fn applicable<'a>(document: &'a Value, request: &Request<'_>, foreign: bool) -> Policies<'a> {
    let caller = &request.caller;
    let own = !matches!(caller.kind, Kind::Root | Kind::Service);
    let principal_arn = request.context.single("aws:PrincipalArn");
    let linked = caller.is_service_linked_role(principal_arn.as_deref());
    // Appendix E: RCPs do not affect it.
    let retires = request.action.eq_ignore_ascii_case("kms:RetireGrant");
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
        rcp_levels: if linked || retires {
            Vec::new()
        } else {
            levels("rcps")
        },
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
    // §3.4: only these are not limited by boundary and session policy. Appendix E: without a session
    // policy a federated user has only what is given to the session itself.
    let everyone = policies.session.is_some() || request.caller.kind != Kind::Federated;
    let unlimited =
        (everyone && grants.contains(&Naming::Everyone)) || grants.contains(&Naming::Itself);
    let limited = grants.contains(&Naming::Role);
    let identity = any_fits(&policies.identity, "Allow", request);
    let scp = policies
        .scp_levels
        .iter()
        .all(|level| any_fits(level, "Allow", request));
    let boundary = within(policies.boundary.as_ref(), request);
    let session = session_allows(policies, request);
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
    let grants = key_policy_grants(policies, request);
    let by_name = grants.iter().any(|naming| *naming != Naming::Everyone);
    let federated = request.caller.kind == Kind::Federated && policies.session.is_none();
    let key = if federated {
        by_name
    } else {
        !grants.is_empty()
    };
    let identity =
        request.caller.kind == Kind::Root || any_fits(&policies.identity, "Allow", request);
    let boundary = within(policies.boundary.as_ref(), request);
    let session = session_allows(policies, request);
    if key && identity && boundary && session {
        return answer("allowed", &[("keyPolicy", true), ("identityPolicy", true)]);
    }
    let words = [
        ("boundary", key && identity && !boundary),
        ("sessionPolicy", key && identity && !session),
        ("notGranted", !key || !identity),
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
