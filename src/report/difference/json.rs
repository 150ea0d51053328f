//! A difference as one JSON document, for other programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::access::{CaseSet, Decision, KnownDecision};
use crate::aws::{ActionSet, KmsAction, PendingWindowInDays, PrincipalKind};
use crate::config::InForce;
use crate::difference::{
    Change, ChangedSubject, Difference, EffectivePermission, Hanging, Presence, StackChange,
    StandingChange, SubjectKind, UnknownChange, Way,
};
use crate::report::json::{JsonError, failure};
use crate::text::{InputFailure, Sources};

use super::{Gate, stack};

/// The version of the document's form; a reader may count on the fields of its version.
const VERSION: u8 = 1;

/// JSON Schema of the document.
pub const SCHEMA: &str = include_str!("schema.json");

/// The whole document.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent claims, each with its own name for readers"
)]
#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    fails: bool,
    watched: Vec<&'static str>,
    fail_on_gain: Vec<&'static str>,
    gains_deletion: bool,
    loses_last_canceller: bool,
    loses_policy_control: bool,
    subjects: Vec<JsonSubject<'a>>,
    stack_changes: Vec<JsonStackChange<'a>>,
    errors: Vec<JsonError<'a>>,
    configuration: JsonConfigurations<'a>,
}

#[derive(Serialize)]
struct JsonStackChange<'a> {
    rule: &'static str,
    severity: &'static str,
    fails: bool,
    template: &'a str,
    logical_id: &'a str,
    message: String,
}

#[derive(Serialize)]
struct JsonConfigurations<'a> {
    before: &'a InForce,
    after: &'a InForce,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "independent claims, each with its own name for readers"
)]
#[derive(Serialize)]
struct JsonSubject<'a> {
    kind: &'static str,
    subject: &'a str,
    account: Option<String>,
    presence: &'static str,
    fails: bool,
    gained: Vec<&'static str>,
    gains_deletion: bool,
    loses_last_canceller: bool,
    loses_policy_control: bool,
    changes: Vec<JsonChange<'a>>,
    standings: Vec<JsonStanding>,
    unknown_actions: Vec<JsonUnknown<'a>>,
}

#[derive(Serialize)]
struct JsonChange<'a> {
    principal: JsonPrincipal<'a>,
    action: &'static str,
    gains: bool,
    loses: bool,
    gained_days: Vec<PendingWindowInDays>,
    lost_days: Vec<PendingWindowInDays>,
    before: JsonPermission<'a>,
    after: JsonPermission<'a>,
}

#[derive(Serialize)]
struct JsonPrincipal<'a> {
    kind: &'static str,
    name: &'a str,
    if_own_policies_allow: bool,
    if_boundary: bool,
}

#[derive(Serialize)]
struct JsonPermission<'a> {
    decision: &'static str,
    days: Vec<PendingWindowInDays>,
    conditional_days: Vec<PendingWindowInDays>,
    without_day_count: Option<&'static str>,
    depends_on: &'a [String],
    conditions: Vec<JsonHanging<'a>>,
}

#[derive(Serialize)]
struct JsonHanging<'a> {
    effect: &'static str,
    all_of: Vec<&'a str>,
}

#[derive(Serialize)]
struct JsonStanding {
    action: &'static str,
    before: &'static str,
    after: &'static str,
}

#[derive(Serialize)]
struct JsonUnknown<'a> {
    action: &'a str,
    gains: bool,
    loses: bool,
}

/// What is said of one side beside the difference.
#[derive(Clone, Copy, Debug)]
pub struct SideInputs<'a> {
    /// Its files.
    pub sources: &'a Sources,
    /// What could not be read or understood.
    pub failures: &'a [InputFailure],
    /// What it went by.
    pub configuration: &'a InForce,
}

/// Writes the difference and what could not be read on either side.
///
/// # Errors
/// Where writing fails.
pub fn write(
    out: &mut impl Write,
    difference: &Difference,
    gate: Gate,
    sides: [SideInputs<'_>; 2],
) -> io::Result<()> {
    let errors = sides.iter().flat_map(|side| {
        let failures = side.failures.iter();
        failures.map(|failed| failure(side.sources, failed))
    });
    let [before, after] = sides.map(|side| side.configuration);
    let document = Document {
        version: VERSION,
        fails: difference.fails(gate.fail_on_gain),
        watched: names(gate.watched),
        fail_on_gain: names(gate.fail_on_gain),
        gains_deletion: difference.gains_deletion(),
        loses_last_canceller: difference.loses_last_canceller(),
        loses_policy_control: difference.loses_policy_control(),
        subjects: difference
            .subjects
            .iter()
            .map(|changed| subject(changed, gate))
            .collect(),
        stack_changes: difference.stacks.iter().map(stack_change).collect(),
        errors: errors.collect(),
        configuration: JsonConfigurations { before, after },
    };
    crate::report::json::write(out, &document)
}

fn stack_change(change: &StackChange) -> JsonStackChange<'_> {
    let (severity, message) = stack::sentence(change);
    let key = change.key();
    JsonStackChange {
        rule: change.rule(),
        severity,
        fails: change.fails(),
        template: &key.template,
        logical_id: &key.logical_id,
        message,
    }
}

fn names(actions: ActionSet) -> Vec<&'static str> {
    actions.iter().map(KmsAction::name).collect()
}

fn subject(subject: &ChangedSubject, gate: Gate) -> JsonSubject<'_> {
    JsonSubject {
        kind: match subject.kind {
            SubjectKind::Key => "key",
            SubjectKind::Policy => "policy",
        },
        subject: &subject.subject,
        account: subject.account.map(|account| account.to_string()),
        presence: match subject.presence {
            Presence::Both => "both",
            Presence::Added => "added",
            Presence::Removed => "removed",
        },
        fails: subject.fails(gate.fail_on_gain),
        gained: names(subject.gained(ActionSet::ALL)),
        gains_deletion: subject.gains_deletion(),
        loses_last_canceller: subject.loses_last_canceller(),
        loses_policy_control: subject.loses_policy_control(),
        changes: subject.changes.iter().map(change).collect(),
        standings: subject.standings.iter().copied().map(standing).collect(),
        unknown_actions: subject.unknown.iter().map(unknown).collect(),
    }
}

fn change(change: &Change) -> JsonChange<'_> {
    let scheduling = change.action == KmsAction::ScheduleKeyDeletion;
    JsonChange {
        principal: JsonPrincipal {
            kind: kind(change.who.kind),
            name: &change.who.name,
            if_own_policies_allow: change.who.way == Way::OwnPolicies,
            if_boundary: change.who.way == Way::Boundary,
        },
        action: change.action.name(),
        gains: !change.gains.is_empty(),
        loses: !change.loses.is_empty(),
        gained_days: days(change.gains, scheduling),
        lost_days: days(change.loses, scheduling),
        before: permission(&change.before, scheduling),
        after: permission(&change.after, scheduling),
    }
}

fn days(cases: CaseSet, scheduling: bool) -> Vec<PendingWindowInDays> {
    let days = cases.days().filter(|_| scheduling);
    days.collect()
}

fn permission(permission: &EffectivePermission, scheduling: bool) -> JsonPermission<'_> {
    let decisions = permission.decisions;
    let word = |decision| KnownDecision::firm(decision).word();
    JsonPermission {
        decision: word(decisions.best()),
        days: days(decisions.allowed, scheduling),
        conditional_days: days(decisions.conditional, scheduling),
        without_day_count: scheduling.then(|| word(decisions.omitted())),
        depends_on: &permission.depends_on,
        conditions: permission.hangs_on.iter().map(hanging).collect(),
    }
}

fn hanging(hanging: &Hanging) -> JsonHanging<'_> {
    JsonHanging {
        effect: if hanging.denies { "Deny" } else { "Allow" },
        all_of: hanging.in_words(),
    }
}

const fn standing(standing: StandingChange) -> JsonStanding {
    const fn word(best: Decision) -> &'static str {
        match best {
            Decision::Allowed => "surely",
            Decision::Conditional => "perhaps",
            Decision::ImplicitDeny | Decision::ExplicitDeny => "nobody",
        }
    }
    JsonStanding {
        action: standing.action.name(),
        before: word(standing.before),
        after: word(standing.after),
    }
}

fn unknown(change: &UnknownChange) -> JsonUnknown<'_> {
    JsonUnknown {
        action: &change.action,
        gains: change.gains,
        loses: change.loses,
    }
}

const fn kind(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::Everyone => "anyone",
        PrincipalKind::Account => "account",
        PrincipalKind::Root => "root",
        PrincipalKind::AnotherAccount => "another_account",
        PrincipalKind::AnyService => "any_service",
        PrincipalKind::Role => "role",
        PrincipalKind::User => "user",
        PrincipalKind::Session => "session",
        PrincipalKind::FederatedUser => "federated_user",
        PrincipalKind::Service => "service",
        PrincipalKind::UniqueId => "unique_id",
        PrincipalKind::Placeholder => "placeholder",
        PrincipalKind::Holder => "holder",
        PrincipalKind::Limited => "limited",
        PrincipalKind::Anonymous | PrincipalKind::None => "nobody",
    }
}
