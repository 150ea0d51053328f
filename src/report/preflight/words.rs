//! What the reports on a deletion say in the same words.

use crate::access::{Decision, Effect, KnownDecision, StatementOutcome};
use crate::aws::PrincipalKind;
use crate::preflight::{
    AcceptanceSource, AcceptedBy, Canceller, Command, CoverageRecord, Evidence, LastUsageRecord,
    Moment, Operation, Permission, Phase, Plan, PlannedCall, Preflight, Reason, UnusedAcceptance,
    Verdict,
};
use crate::report::explanation::sentence;
use crate::report::path::shown_name;
use crate::text::{Location, Sources};

/// The verdict in a sentence.
pub(super) fn headline(preflight: &Preflight) -> &'static str {
    match (preflight.operation, preflight.verdict) {
        (Operation::Schedule, Verdict::Go) if preflight.has_accepted() => {
            "nothing but what was accepted speaks against scheduling the deletion"
        }
        (Operation::Cancel, Verdict::Go) if preflight.has_accepted() => {
            "the deletion can be cancelled, by what was accepted"
        }
        (Operation::Pending, Verdict::Go) if preflight.has_accepted() => {
            "nothing but what was accepted speaks against letting the key go"
        }
        (Operation::Schedule, Verdict::Go) => "nothing speaks against scheduling the deletion",
        (Operation::Schedule, Verdict::Caution) => "look at these before the deletion is scheduled",
        (Operation::Schedule, Verdict::Stop) => "do not schedule the deletion",
        (Operation::Cancel, Verdict::Go) => "the deletion can be cancelled",
        (Operation::Cancel, Verdict::Caution) => "look at these before the deletion is cancelled",
        (Operation::Cancel, Verdict::Stop) => "the deletion cannot be cancelled like this",
        (Operation::Pending, Verdict::Go) => "nothing speaks against letting the key go",
        (Operation::Pending, Verdict::Caution) => "look at these before the key is gone",
        (Operation::Pending, Verdict::Stop) => "do not let the key go",
    }
}

/// What is to stand in the first lines of a verdict that is no stop; the first lines of a stop are
/// what stops.
pub(super) fn prominent(preflight: &Preflight) -> Vec<&Reason> {
    let reasons = preflight.reasons.iter();
    let prominent = reasons.filter(|reason| reason.is_prominent());
    prominent
        .filter(|_| preflight.verdict != Verdict::Stop)
        .collect()
}

/// The names of those.
pub(super) fn prominent_names(preflight: &Preflight) -> Vec<&'static str> {
    let mut names: Vec<_> = prominent(preflight)
        .iter()
        .map(|reason| reason.id)
        .collect();
    names.dedup();
    names
}

/// By whom a reason is accepted, for example ``accepted until 2027-01-31 by kmslint.toml:3:1: old``.
pub(super) fn accepted(sources: &Sources, by: &AcceptedBy) -> String {
    let until = by.expires.map(|day| format!(" until {day}"));
    let until = until.unwrap_or_default();
    format!("accepted{until} by {}", acceptance(sources, by))
}

/// Where an acceptance is written, and why.
fn acceptance(sources: &Sources, by: &AcceptedBy) -> String {
    let place = match by.source {
        AcceptanceSource::CommandLine => "`--accept`".to_owned(),
        AcceptanceSource::Configuration => {
            place(sources, by.at).unwrap_or_else(|| "the configuration".to_owned())
        }
    };
    let why = by.reason.as_ref().map(|reason| format!(": {reason}"));
    format!("{place}{}", why.unwrap_or_default())
}

/// What is to be said of an acceptance that accepts nothing.
pub(super) fn unused(sources: &Sources, unused: &UnusedAcceptance) -> String {
    let key = unused.key.as_ref().map(|key| format!(" for {key}"));
    let key = key.unwrap_or_default();
    let by = acceptance(sources, &unused.by);
    format!("`{}`{key} {} ({by})", unused.caution, unused.why)
}

/// The request in a few words, for example `ScheduleKeyDeletion with 7 days`.
pub(super) fn request(preflight: &Preflight) -> String {
    let Some(call) = preflight.operation.call() else {
        return "none: the key is pending deletion already".to_owned();
    };
    match (preflight.operation, preflight.days) {
        (Operation::Schedule, Some(days)) => format!("{call} with {days} days"),
        (Operation::Schedule, None) => format!("{call} without a day count (KMS takes 30)"),
        _ => call.to_owned(),
    }
}

/// Spec, usage, origin, state and multi-Region type as far as they are known, then aliases.
pub(super) fn key(preflight: &Preflight) -> Vec<String> {
    let Some(key) = &preflight.key else {
        return Vec::new();
    };
    let known = [
        &key.state,
        &key.spec,
        &key.usage,
        &key.origin,
        &key.multi_region_type,
    ];
    let known: Vec<_> = known.into_iter().flatten().map(String::as_str).collect();
    let mut lines = Vec::new();
    lines.push(if known.is_empty() {
        "nothing else is known of it".to_owned()
    } else {
        known.join(", ")
    });
    let aliases = key.aliases.iter().flatten();
    let aliases: Vec<_> = aliases.map(String::as_str).collect();
    if !aliases.is_empty() {
        lines.push(aliases.join(", "));
    }
    lines
}

/// `file:line:column`; none where no file has it.
pub(super) fn place(sources: &Sources, at: Option<Location>) -> Option<String> {
    let at = at?;
    let file = sources.get(at.source)?;
    let position = file.position(at.span.start);
    Some(format!(
        "{}:{}:{}",
        shown_name(file),
        position.line,
        position.column
    ))
}

/// `2026-11-22 10:00 UTC`, else `day 7`.
pub(super) fn date(moment: Moment) -> String {
    match (moment.at, moment.day) {
        (Some(at), _) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        (None, Some(day)) => format!("day {day}"),
        (None, None) => String::new(),
    }
}

/// The same and the day behind it, where both are known.
pub(super) fn moment(moment: Moment) -> String {
    match (moment.at, moment.day) {
        (Some(_), Some(day)) => format!("{}  day {day}", date(moment)),
        _ => date(moment),
    }
}

/// What decided a permission, in a few words.
pub(super) fn decided(permission: &Permission) -> String {
    if permission.answer.lacks_policies {
        let loaded = permission.explanation.as_ref().map(|of| of.decision);
        return match loaded {
            Some(Decision::Allowed) => "allowed, unless a policy that is missing denies it",
            _ => "policies are missing",
        }
        .to_owned();
    }
    if permission.answer.decision == Decision::Conditional {
        return format!("hangs on {}", permission.depends_on.join(", "));
    }
    let Some(explained) = &permission.explanation else {
        return String::new();
    };
    let wanted = if permission.answer.is_denied() {
        Effect::Deny
    } else {
        Effect::Allow
    };
    let statements = explained.statements.iter();
    let deciding = statements.filter(|of| of.described.effect == wanted);
    // The statement that grants tells more than the one that lets IAM policies count.
    let deciding = deciding.min_by_key(|of| of.does == StatementOutcome::Delegates);
    let what = deciding.map(|of| sentence::statement(&of.described));
    let nothing = if permission.answer.is_denied() {
        "nothing grants it"
    } else {
        ""
    };
    what.unwrap_or_else(|| nothing.to_owned())
}

/// Who else can cancel and by what.
pub(super) fn canceller(other: &Canceller) -> String {
    let is_open = other.answer.decision == Decision::Conditional;
    let how = match (is_open, other.through_iam) {
        (true, _) if other.answer.lacks_policies => {
            "an account: which of its users and roles can is not known"
        }
        (true, _) if !other.depends_on.is_empty() => {
            return format!("hangs on {}", other.depends_on.join(", "));
        }
        (true, _) if other.kind == PrincipalKind::Account => {
            "the root user, and whom an IAM policy lets later"
        }
        (true, _) => "hangs on what is not known",
        (false, true) => "by an IAM policy of its own",
        (false, false) => "by the key policy",
    };
    how.to_owned()
}

/// What a plan is and how long it takes.
pub(super) fn plan(plan: &Plan) -> String {
    let bound = plan.not_before.and_then(|moment| moment.at);
    let bound = bound.map_or_else(String::new, |at| format!(", not before {at}"));
    let how = if plan.replica_days.is_empty() {
        "as the replicas are scheduled".to_owned()
    } else {
        format!(
            "if every replica is scheduled {} at the same time",
            plan.replica_days
        )
    };
    format!("When, {how}: {} days{bound}", plan.days)
}

/// Whether a call of a plan can be made, in brackets.
pub(super) fn planned(call: &PlannedCall) -> String {
    let answer = call
        .answer
        .map(|answer| format!(" ({})", principal_may(answer)));
    answer.unwrap_or_default()
}

/// Whether the principal of the question may call it.
const fn principal_may(answer: KnownDecision) -> &'static str {
    match answer.decision {
        Decision::Allowed => "this principal may",
        Decision::Conditional if answer.lacks_policies => "whether this principal may is not known",
        Decision::Conditional => "whether this principal may hangs on context",
        Decision::ImplicitDeny | Decision::ExplicitDeny => "this principal may not",
    }
}

/// What can be run: the call itself, unless the verdict is stop, then what can be done instead of
/// it or to undo it.
pub(super) fn commands(preflight: &Preflight) -> Vec<&Command> {
    let call = preflight.call.iter();
    let call = call.filter(|_| preflight.verdict != Verdict::Stop);
    call.chain(&preflight.alternatives).collect()
}

/// Whether a command can be called.
pub(super) fn may(command: &Command) -> &'static str {
    match (command.answer, command.state_allows) {
        (_, Some(false)) => "the key's state does not let it through",
        (answer, _) => answer.map_or("", principal_may),
    }
}

/// What a time of a bar is called.
pub(super) const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::NotPending => "not scheduled",
        Phase::NotKnown => "not known",
        Phase::WaitsForReplicas => "PendingReplicaDeletion, waits",
        Phase::WaitingPeriod => "PendingDeletion, can be cancelled",
        Phase::MayBeDeleted => "deleted within this time",
    }
}

/// The answer of `get-key-last-usage` in a sentence.
pub(super) fn last_usage(usage: &LastUsageRecord) -> String {
    let since = usage.tracked_since.map_or_else(
        || "a date that is not known".to_owned(),
        |at| at.strftime("%Y-%m-%d").to_string(),
    );
    match (usage.used_at, usage.was_used) {
        (Some(at), _) => format!(
            "{} at {at}; tracked since {since}",
            usage.operation.as_deref().unwrap_or("used")
        ),
        (None, true) => format!("used at a time that is not known; tracked since {since}"),
        (None, false) => format!("no use recorded; tracked since {since}"),
    }
}

/// What CloudTrail files cover, in a sentence.
pub(super) fn coverage(coverage: &CoverageRecord) -> String {
    let day = |at: Option<jiff::Timestamp>| {
        at.map_or_else(|| "?".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
    };
    let regions: Vec<_> = coverage.regions.iter().map(String::as_str).collect();
    let files = if coverage.files == 1 { "file" } else { "files" };
    let events = if coverage.events == 1 {
        "event"
    } else {
        "events"
    };
    let more = if coverage.truncated {
        "; an answer is not whole"
    } else {
        ""
    };
    format!(
        "{} {files}, {} {events} ({} of KMS), {} to {}, {}{more}",
        coverage.files,
        coverage.events,
        coverage.kms_events,
        day(coverage.first),
        day(coverage.last),
        if regions.is_empty() {
            "no Region".to_owned()
        } else {
            regions.join(", ")
        }
    )
}

/// A row of the table of calls: what, who, how often, when last, with which error.
pub(super) type CallRow = [String; 4];

/// How many rows a table of calls has.
const ROWS: usize = 8;

/// The calls worth showing, and how many more there are.
pub(super) fn calls(evidence: &Evidence) -> (Vec<CallRow>, usize) {
    let all = evidence
        .lifecycle
        .iter()
        .chain(&evidence.public_key)
        .chain(&evidence.failures)
        .chain(&evidence.grants)
        .chain(&evidence.uses);
    let rows: Vec<_> = all
        .map(|calls| {
            let error = calls.error.as_ref().map(|error| format!(" ({error})"));
            [
                format!("{}{}", calls.operation, error.unwrap_or_default()),
                calls.who(),
                format!("{}x", calls.count),
                calls.last.strftime("%Y-%m-%d %H:%M").to_string(),
            ]
        })
        .collect();
    let more = rows.len().saturating_sub(ROWS);
    (rows.into_iter().take(ROWS).collect(), more)
}
