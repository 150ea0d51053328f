//! The verdict on one deletion, from every side, before it is made: go, caution or stop.
//!
//! What no file says is said to be not known, and is never a reason to go.

mod acceptance;
mod alternative;
mod asked_principal;
mod cancellers;
mod command;
mod evidence;
mod expiry;
mod guardrails;
mod key;
mod key_state;
mod listing;
mod loss;
mod moment;
mod pending;
mod permission;
mod permissions;
mod planned;
mod question;
mod reason_id;
mod recorded;
mod reference;
mod related;
mod request;
mod timeline;
mod trailing_days;
mod verdict;
mod windows;

use serde::Serialize;

use crate::access::{Caller, Explained, Identities};
use crate::aws::key::KeyState;
use crate::aws::{KeyArnError, KmsAction, PendingWindowInDays};
use crate::inventory::Inventory;
use crate::text::Location;

pub use crate::facts::{FactMaker, PrincipalKind};
pub use acceptance::{Acceptance, AcceptanceSource, AcceptedBy, UnusedAcceptance, accept};
pub use alternative::Command;
pub use cancellers::{Canceller, Cancellers};
pub use evidence::{
    Calls, CoverageCommand, CoverageRecord, DayCoverage, Evidence, EvidencePeriod, LastUsageRecord,
    TimeSpan,
};
pub use key::KeyRecord;
pub use moment::Moment;
pub use pending::pending;
pub use permission::Permission;
pub use planned::planned;
pub use question::{EvidenceRequirements, Operation, Question};
pub use reason_id::REASONS;
pub use related::Related;
pub use timeline::{Lane, Milestone, Phase, Plan, PlannedCall, Segment, Timeline};
pub use trailing_days::TrailingDays;
pub use verdict::{Reason, Severity, Topic, Verdict};

use asked_principal::AskedPrincipal;
use key::TargetKey;
use related::Family;
use request::{Found, KeyGiven};
use windows::Windows;

/// The answer to one question.
#[derive(Clone, Debug, Serialize)]
pub struct Preflight {
    /// What to do; the worst that a reason says.
    pub verdict: Verdict,
    /// What was to be done.
    pub operation: Operation,
    /// Where the request is written down; null where it was asked on the command line.
    pub written: Option<Written>,
    /// The key as it was given.
    pub given_key: String,
    /// The principal.
    pub principal: Option<String>,
    /// The days as given; null where the request leaves them out.
    pub days: Option<i64>,
    /// The waiting period that KMS takes; null where it refuses the days, or takes none.
    pub waiting_period: Option<u8>,
    /// The moment of the call, RFC 3339; null where it was not given.
    pub now: Option<String>,
    /// The key; null where the request is refused before a key is found.
    pub key: Option<KeyRecord>,
    /// Every reason, the worst first, and what was accepted behind others that are as bad.
    pub reasons: Vec<Reason>,
    /// What the principal may do; empty without a principal.
    pub permissions: Vec<Permission>,
    /// Who else can cancel.
    pub cancellers: Cancellers,
    /// When what happens; null where the call would not go through.
    pub timeline: Option<Timeline>,
    /// The other keys of a multi-Region key.
    pub related: Vec<Related>,
    /// What was recorded of the key's use.
    pub evidence: Evidence,
    /// The call itself, as a command.
    pub call: Option<Command>,
    /// What can be done instead, and what undoes it.
    pub alternatives: Vec<Command>,
}

/// Where a planned deletion is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The place at which it names its key.
    #[serde(rename = "location")]
    pub at: Location,
}

impl Preflight {
    /// The explanation of the operation's own permission.
    pub fn explanation(&self) -> Option<&Explained> {
        self.permissions.first()?.explanation.as_ref()
    }

    /// Reasons of one severity, in the order of their topics.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Reason> {
        let reasons = self.reasons.iter();
        reasons.filter(move |reason| reason.severity == severity)
    }
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreflightError {
    /// The text names no key.
    #[error("{message}")]
    NotAKey {
        /// What is wrong with it.
        message: String,
        /// What to do about it.
        help: &'static str,
    },
    /// No file is about the key.
    #[error("no file describes the key `{0}`")]
    NotDescribed(String),
}

impl PreflightError {
    /// What to do about it.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::NotAKey { help, .. } => help,
            Self::NotDescribed(_) => {
                "give the output of `aws kms describe-key` and `aws kms get-key-policy` for it"
            }
        }
    }

    fn not_a_key(error: &KeyArnError) -> Self {
        Self::NotAKey {
            message: error.to_string(),
            help: error.help(),
        }
    }

    fn not_described(key: &str) -> Self {
        Self::NotDescribed(key.to_owned())
    }
}

/// Answers one question from what was loaded.
///
/// # Errors
/// Where the text for the key names none, or none that a file is about.
pub fn preflight(question: &Question, facts: &FactMaker<'_>) -> Result<Preflight, PreflightError> {
    answer(question, KeyGiven::CommandLine, facts)
}

/// The same where the key is written there.
fn answer(
    question: &Question,
    given: KeyGiven,
    facts: &FactMaker<'_>,
) -> Result<Preflight, PreflightError> {
    Ok(match request::find(question, given, facts.inventory())? {
        Found::Key(subject, reasons) => whole(question, &subject, reasons, facts),
        Found::Refused(subject, reason) => {
            let mut preflight = empty(question);
            preflight.key = subject.map(|subject| subject.record());
            let mut reasons = vec![reason];
            reasons.extend(guardrails::days(question, facts.minimum_waiting_period()));
            preflight.conclude(reasons);
            preflight
        }
    })
}

fn empty(question: &Question) -> Preflight {
    let window = question
        .window()
        .filter(|_| question.operation == Operation::Schedule);
    Preflight {
        verdict: Verdict::Stop,
        operation: question.operation,
        written: None,
        given_key: question.key.clone(),
        principal: question
            .principal
            .as_ref()
            .map(|caller| caller.as_str().to_owned()),
        days: question.days,
        waiting_period: window.map(PendingWindowInDays::days),
        now: question.now.map(|now| now.to_string()),
        key: None,
        reasons: Vec::new(),
        permissions: Vec::new(),
        cancellers: Cancellers::default(),
        timeline: None,
        related: Vec::new(),
        evidence: Evidence::default(),
        call: None,
        alternatives: Vec::new(),
    }
}

impl Preflight {
    fn conclude(&mut self, mut reasons: Vec<Reason>) {
        self.verdict = Verdict::of(&reasons);
        // Stable: within a topic they stay as they were found.
        reasons.sort_by_key(|reason| {
            let last = (reason.accepted.is_some(), !reason.is_prominent());
            (std::cmp::Reverse(reason.severity), last, reason.topic)
        });
        self.reasons = reasons;
    }
}

fn whole(
    question: &Question,
    subject: &TargetKey,
    mut reasons: Vec<Reason>,
    facts: &FactMaker<'_>,
) -> Preflight {
    let inventory = facts.inventory();
    let mut preflight = empty(question);
    let family = Family::of(subject, inventory);
    let evidence = Evidence::of(subject, facts, question);
    reasons.extend(request::place_not_known(subject));
    reasons.extend(guardrails::days(question, facts.minimum_waiting_period()));
    let mut own_cancel = None;
    if let Some(caller) = &question.principal {
        let (permissions, found) = permission(question, subject, caller, &evidence, inventory);
        let cancel = KmsAction::CancelKeyDeletion;
        let found_cancel = permissions.iter().find(|of| of.action == cancel);
        own_cancel = found_cancel.map(|permission| permission.answer);
        reasons.extend(found);
        preflight.permissions = permissions;
    }
    preflight.cancellers = cancellers::of(subject, facts, question);
    if question.operation != Operation::Cancel {
        reasons.extend(preflight.cancellers.reasons(own_cancel, subject));
        reasons.extend(loss::reasons(subject, &family));
    }
    reasons.extend(key_state::reasons(subject, question));
    reasons.extend(expiry::reasons(subject, question));
    reasons.extend(guardrails::control_policies(inventory));
    let windows = Windows::of(subject, &family, question, facts);
    let (mut timeline, found) = timeline::of(subject, &family, question, &windows);
    let plan = timeline
        .as_mut()
        .and_then(|timeline| timeline.plan.as_mut());
    if let (Some(plan), Some(caller)) = (plan, &question.principal) {
        reasons.extend(permissions::of_plan(plan, caller, inventory));
    }
    let is_pending = subject.state().is_some_and(KeyState::is_pending_deletion);
    if question.operation == Operation::Schedule && timeline.is_some() && !is_pending {
        reasons.push(timeline::documented_differently());
        reasons.extend(alternative::documented_differently(subject));
    }
    reasons.extend(found);
    reasons.extend(evidence::reasons(subject, &evidence, question));
    preflight.key = Some(subject.record());
    preflight.timeline = timeline;
    preflight.related = family.all();
    preflight.call = alternative::call(subject, question, &preflight.permissions);
    preflight.alternatives = alternative::all(subject, question, &preflight.permissions);
    preflight.evidence = evidence;
    preflight.conclude(reasons);
    preflight
}

fn permission(
    question: &Question,
    subject: &TargetKey,
    caller: &Caller,
    evidence: &Evidence,
    inventory: &Inventory,
) -> (Vec<Permission>, Vec<Reason>) {
    let identities = Identities::of_caller(inventory, caller);
    let key = subject.asked();
    let asked = AskedPrincipal::new(subject, caller, &key, (&identities, inventory));
    let trailing = TrailingDays::bound(evidence, question.now);
    let mut permissions = permissions::all(&asked, question, trailing);
    if question.operation == Operation::Cancel {
        // The operation's own stands first.
        let cancel = KmsAction::CancelKeyDeletion;
        permissions.sort_by_key(|permission| permission.action != cancel);
    }
    let reasons = permissions::reasons(&permissions, &asked, question);
    (permissions, reasons)
}
