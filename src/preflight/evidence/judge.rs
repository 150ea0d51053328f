//! What the recorded use of a key says for or against its deletion.

use jiff::Timestamp;

use crate::aws::key::KeySpec;

use super::super::key::TargetKey;
use super::super::moment::{days_between, parse};
use super::super::reference::{EVENT_HISTORY, LAST_USAGE, PAST_USE, PUBLIC_KEY};
use super::super::verdict::{Reason, Severity, Topic};
use super::super::{Operation, Question};
use super::period::days_before;
use super::spans::Spans;
use super::{Calls, Evidence, EvidencePeriod, LAG};

/// Seconds by which two answers may write the same moment differently.
const SAME_MOMENT: u64 = 60;

/// How many calls a sentence names.
const NAMED: usize = 3;

/// Every reason from evidence.
pub(in crate::preflight) fn reasons(
    subject: &TargetKey,
    evidence: &Evidence,
    question: &Question,
) -> Vec<Reason> {
    let judge = Judge {
        subject,
        evidence,
        question,
    };
    let mut reasons = Vec::new();
    if question.operation != Operation::Cancel {
        reasons.push(judge.use_of_key());
        reasons.extend(judge.before_deletion());
        reasons.extend(judge.age_of_answer());
        reasons.extend(judge.of_another_key());
        reasons.extend(judge.public_key());
    }
    reasons.extend(judge.failures());
    reasons.extend(judge.signs());
    reasons.extend(judge.history());
    reasons.extend(judge.clues());
    reasons
}

pub(super) struct Judge<'a> {
    pub(super) subject: &'a TargetKey,
    pub(super) evidence: &'a Evidence,
    pub(super) question: &'a Question,
}

pub(super) fn reason(
    severity: Severity,
    id: &'static str,
    reference: &'static str,
    text: String,
) -> Reason {
    Reason::new(severity, Topic::Evidence, id, reference, text)
}

impl Judge<'_> {
    /// Exactly one reason: when it was last used, or how far it is known that it was not.
    fn use_of_key(&self) -> Reason {
        let Some(last) = self.evidence.last_use_at() else {
            let usage = self.evidence.last_usage.as_ref();
            return match usage.filter(|usage| usage.was_used) {
                Some(usage) => reason(
                    Severity::Caution,
                    "used",
                    LAST_USAGE,
                    "KMS recorded a use of the key, and when is not known".to_owned(),
                )
                .at(usage.at),
                None => self.no_use(),
            };
        };
        let (what, at) = self.last_use(last);
        let Some(now) = self.question.now else {
            let text = format!(
                "the key was last used at {last} ({what}); how long ago is not known without `--now`"
            );
            return reason(Severity::Caution, "used", PAST_USE, text).at(at);
        };
        let days = days_between(last, now);
        let text = format!("the key was last used {} ({what})", ago(days, last));
        if self.is_recent(last) {
            let help = "find out what it is used for, and disable it before it is deleted: what needs it then fails and can be seen";
            return reason(Severity::Caution, "used-recently", PAST_USE, text)
                .help(help)
                .at(at);
        }
        if self.is_quiet() {
            return reason(Severity::Info, "used-long-ago", PAST_USE, text).at(at);
        }
        let text = format!("{text}, and {}", self.what_is_covered());
        self.recorded_too_little(text).at(at)
    }

    /// Whether it was within the time for which a deletion asks for no use, or nobody knows what day
    /// it is.
    pub(super) fn is_recent(&self, at: Timestamp) -> bool {
        let days = self.question.evidence.days;
        let now = self.question.now;
        now.is_none_or(|now| at >= days_before(now, days).from)
    }

    /// What must be known beside the use of the key: that what needs it was seen to fail, or that
    /// nothing ever needed it.
    fn before_deletion(&self) -> Option<Reason> {
        if self.was_never_used() {
            return self.public_key_not_known();
        }
        self.out_of_use()
    }

    /// Whether KMS tracked the key from its creation on, and nothing shows a use.
    fn was_never_used(&self) -> bool {
        let usage = self.evidence.last_usage.as_ref();
        let known_since = |usage: &&super::LastUsageRecord| {
            let (now, created) = (self.question.now?, usage.created?);
            Some(now.as_second().saturating_sub(created.as_second()) > LAG)
        };
        self.evidence.last_use_at().is_none()
            && usage
                .is_some_and(|usage| usage.was_never_used() && known_since(&usage) == Some(true))
    }

    /// `get-key-last-usage` does not count downloads of the public key.
    fn public_key_not_known(&self) -> Option<Reason> {
        let spec = self.subject.spec();
        let covered = |period: &EvidencePeriod| period.missing.is_empty();
        let period = self.evidence.period.as_ref();
        if spec.is_some_and(|spec| !KeySpec::is_asymmetric(spec)) || period.is_some_and(covered) {
            return None;
        }
        let text = format!(
            "whether the public key was downloaded is not known: `get-key-last-usage` does not count GetPublicKey, and {}",
            self.what_is_covered()
        );
        let found = reason(Severity::Caution, "public-key-not-known", PUBLIC_KEY, text);
        Some(found.help(COMMANDS))
    }

    /// Whether the whole period is spoken for: by records, or by `get-key-last-usage`.
    fn is_quiet(&self) -> bool {
        self.evidence.period.as_ref().is_some_and(|period| {
            let tracked = Spans::new(period.tracked.into_iter().collect());
            let both = Spans::new(period.covered.clone()).union(&tracked);
            both.cover(days_before(period.to, period.days))
        })
    }

    /// The answer of `get-key-last-usage` carries no date of its own. Where CloudTrail does not
    /// cover the time up to now, a verdict rests on its being new.
    fn age_of_answer(&self) -> Option<Reason> {
        let usage = self.evidence.last_usage.as_ref()?;
        let period = self.evidence.period.as_ref();
        if period.is_some_and(|period| period.missing.is_empty()) {
            return None;
        }
        let help =
            "fetch the output of `aws kms get-key-last-usage` again right before the deletion";
        let found = match self.evidence.uses.first() {
            Some(calls) if usage.misses(calls.last) => {
                let text = format!(
                    "the answer of `get-key-last-usage` is older than a use that CloudTrail shows, {}: what came after it may not be in these files",
                    named(std::slice::from_ref(calls), "by")
                );
                reason(Severity::Caution, "last-usage-outdated", LAST_USAGE, text)
            }
            _ => {
                let text = "the answer of `get-key-last-usage` says nothing of when it was written: what is said here of use holds only if it was fetched today".to_owned();
                reason(Severity::Info, "last-usage-undated", LAST_USAGE, text)
            }
        };
        Some(found.help(help).at(usage.at))
    }

    /// The answer says when its key was created, and so does `describe-key`.
    fn of_another_key(&self) -> Option<Reason> {
        let metadata = &self.subject.key.metadata;
        let usage = metadata.last_usage.as_ref()?;
        let answered = parse(usage.value.created.as_ref()?)?;
        let described = parse(&metadata.created.as_ref()?.value)?;
        let apart = answered.as_second().abs_diff(described.as_second());
        (apart > SAME_MOMENT).then(|| {
            let text = format!(
                "the answer of `get-key-last-usage` is of a key created at {answered}, and `describe-key` says {described}: it may be of another key"
            );
            reason(Severity::Caution, "last-usage-of-another-key", LAST_USAGE, text).at(usage.at)
        })
    }

    /// What the last use was, and where that stands.
    fn last_use(&self, last: Timestamp) -> (String, Option<crate::text::Location>) {
        let recorded = self.evidence.uses.iter().find(|calls| calls.last == last);
        if let Some(calls) = recorded {
            return (
                format!("{} by {}", calls.operation, calls.who()),
                Some(calls.at),
            );
        }
        let usage = self.evidence.last_usage.as_ref();
        let operation = usage.and_then(|usage| usage.operation.clone());
        (
            operation.unwrap_or_else(|| "operation not said".to_owned()),
            usage.map(|usage| usage.at),
        )
    }

    /// No file knows of a use: for which time that is sure.
    fn no_use(&self) -> Reason {
        let usage = self.evidence.last_usage.as_ref();
        if self.was_never_used() {
            let created = usage.and_then(|usage| usage.created);
            let created = created.map_or_else(String::new, |at| format!(" at {at}"));
            let text = format!(
                "KMS has tracked the key since it was created{created}, and it was never used"
            );
            let at = usage.map(|usage| usage.at);
            return reason(Severity::Info, "never-used", LAST_USAGE, text).at(at);
        }
        let tracked = self.quiet_by_tracking();
        if self.is_quiet() {
            let days = in_days(i64::from(self.question.evidence.days));
            let text = match self.evidence.period.as_ref() {
                Some(period) if period.missing.is_empty() => format!(
                    "the CloudTrail records cover the last {days} and show no use of the key"
                ),
                _ => format!(
                    "{}; the last {days} are covered",
                    tracked.unwrap_or_default()
                ),
            };
            return reason(Severity::Info, "no-use-recorded", PAST_USE, text)
                .at(usage.map(|usage| usage.at));
        }
        match (&self.evidence.coverage, usage) {
            (None, None) => {
                let text = "no record shows whether the key is used".to_owned();
                reason(Severity::Caution, "use-not-known", PAST_USE, text).help(
                    "add the output of `aws kms get-key-last-usage`, or CloudTrail files of its Region",
                )
            }
            (None, Some(usage)) => {
                let text = format!(
                    "{}, and {}",
                    tracked.unwrap_or_default(),
                    self.what_is_covered()
                );
                reason(Severity::Caution, "recorded-too-briefly", LAST_USAGE, text)
                    .help(COMMANDS)
                    .at(usage.at)
            }
            (Some(_), _) => {
                let text = tracked.unwrap_or_else(|| "no use of the key is recorded".to_owned());
                self.recorded_too_little(format!("{text}, and {}", self.what_is_covered()))
            }
        }
    }

    /// What `get-key-last-usage` says of a key that was not used since it looks.
    fn quiet_by_tracking(&self) -> Option<String> {
        let usage = self.evidence.last_usage.as_ref()?;
        let since = usage.tracked_since.max(usage.created);
        let since = since.map_or_else(
            || "a date that is not known".to_owned(),
            |at| at.to_string(),
        );
        Some(format!(
            "when the answer of `get-key-last-usage` was written, KMS had recorded no use of the key since {since}"
        ))
    }

    /// How much of the period the records cover, and what is missing.
    fn what_is_covered(&self) -> String {
        let Some(period) = &self.evidence.period else {
            return "which time the records cover is not known without `--now`".to_owned();
        };
        let days = in_days(i64::from(period.days));
        if period.missing.is_empty() {
            return format!("the records cover all of the last {days}");
        }
        let why = match period.why.as_slice() {
            [] => String::new(),
            why => format!(": {}", why.join("; ")),
        };
        format!(
            "the records cover {} of the last {days}{why}",
            period.covered_days
        )
    }

    fn recorded_too_little(&self, text: String) -> Reason {
        let help = match self.question.now {
            Some(_) => COMMANDS,
            None => "call again with `--now`",
        };
        let id = "recorded-too-little";
        reason(Severity::Caution, id, EVENT_HISTORY, text).help(help)
    }
}

/// Where the commands for what is missing stand.
pub(super) const COMMANDS: &str =
    "add the records that are missing: the commands are listed under the coverage bar";

/// The latest calls, for example `Decrypt by arn:… at 2026-01-02T03:04:05Z (12 calls)`.
pub(super) fn named(calls: &[Calls], by: &str) -> String {
    let one = |calls: &Calls| {
        let count = if calls.count == 1 {
            String::new()
        } else {
            format!(" ({} calls)", calls.count)
        };
        let error = calls.error.as_ref().map(|error| format!(", {error}"));
        format!(
            "{} {by} {} at {}{}{count}",
            calls.operation,
            calls.who(),
            calls.last,
            error.unwrap_or_default()
        )
    };
    let mut texts: Vec<_> = calls.iter().take(NAMED).map(one).collect();
    let more = calls.len().saturating_sub(NAMED);
    if more > 0 {
        texts.push(format!("{more} more"));
    }
    texts.join("; ")
}

/// For example `1 day`.
pub(super) fn in_days(days: i64) -> String {
    if days == 1 {
        "1 day".to_owned()
    } else {
        format!("{days} days")
    }
}

fn ago(days: i64, at: Timestamp) -> String {
    if days < 0 {
        format!("at {at}, after the given now")
    } else {
        format!("{} ago, at {at}", in_days(days))
    }
}
