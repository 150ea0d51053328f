//! What the recorded use of a key says for or against its deletion.

use jiff::Timestamp;

use super::super::key::Subject;
use super::super::moment::{days_between, parse};
use super::super::reference::{EVENT_HISTORY, LAST_USAGE, PAST_USE};
use super::super::verdict::{Reason, Severity, Topic};
use super::super::{Operation, Question};
use super::{Calls, CoverageRecord, Evidence};

/// Days without recorded use that a deletion can rest on: as far back as the event history of
/// CloudTrail reaches.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html>
pub(super) const QUIET_DAYS: i64 = 90;

/// Days that files may be old.
const FRESH_DAYS: i64 = 2;

/// Seconds by which two answers may write the same moment differently.
const SAME_MOMENT: u64 = 60;

/// Seconds by which `get-key-last-usage` may lag behind a use: about an hour, says the developer
/// guide, so twice that.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-determining-usage.html>
const LAG: i64 = 2 * 60 * 60;

/// How many calls a sentence names.
const NAMED: usize = 3;

/// Every reason from evidence.
pub(in crate::preflight) fn reasons(
    subject: &Subject,
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
    pub(super) subject: &'a Subject,
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
        if days < QUIET_DAYS {
            let help = "find out what it is used for, and disable it before it is deleted: what needs it then fails and can be seen";
            reason(Severity::Caution, "used-recently", PAST_USE, text)
                .help(help)
                .at(at)
        } else {
            reason(Severity::Note, "used-long-ago", PAST_USE, text).at(at)
        }
    }

    /// The answer of `get-key-last-usage` carries no date of its own. Where CloudTrail does not
    /// cover the time up to now, a verdict rests on its being new.
    fn age_of_answer(&self) -> Option<Reason> {
        let usage = self.evidence.last_usage.as_ref()?;
        let coverage = self.evidence.coverage.as_ref();
        if coverage.is_some_and(|coverage| self.gap(coverage).is_none()) {
            return None;
        }
        let help =
            "fetch the output of `aws kms get-key-last-usage` again right before the deletion";
        let recorded = self.evidence.uses.first();
        let known = if usage.was_used {
            usage.used_at
        } else {
            usage.tracked_since.max(usage.created)
        };
        let found = match (recorded, known) {
            (Some(calls), Some(known)) if is_missed(known, calls.last) => {
                let text = format!(
                    "the answer of `get-key-last-usage` is older than a use that CloudTrail shows, {}: what came after it may not be in these files",
                    named(std::slice::from_ref(calls), "by")
                );
                reason(Severity::Caution, "last-usage-outdated", LAST_USAGE, text)
            }
            _ => {
                let text = "the answer of `get-key-last-usage` says nothing of when it was written: what is said here of use holds only if it was fetched today".to_owned();
                reason(Severity::Note, "last-usage-undated", LAST_USAGE, text)
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
    fn last_use(&self, last: Timestamp) -> (String, Option<crate::source::Location>) {
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

    /// No file knows of a use: which period that is sure for.
    fn no_use(&self) -> Reason {
        let tracked = self.quiet_by_tracking();
        let trail = self
            .evidence
            .coverage
            .as_ref()
            .map(|c| self.quiet_by_trail(c));
        let best = match (tracked, trail) {
            (Some(one), Some(other)) if other.severity < one.severity => Some(other),
            (one, other) => one.or(other),
        };
        best.unwrap_or_else(|| {
            reason(
                Severity::Caution,
                "use-not-known",
                PAST_USE,
                "no file says whether the key is used".to_owned(),
            )
            .help(
                "add the output of `aws kms get-key-last-usage`, or CloudTrail files of its Region",
            )
        })
    }

    fn quiet_by_tracking(&self) -> Option<Reason> {
        let usage = self.evidence.last_usage.as_ref()?;
        let note = |severity, id, text| reason(severity, id, LAST_USAGE, text).at(usage.at);
        let Some(since) = usage.tracked_since.max(usage.created) else {
            let text = "KMS recorded no use of the key, and since when it looked is not known";
            return Some(note(Severity::Caution, "use-not-known", text.to_owned()));
        };
        let text = format!(
            "when the file was written, KMS had recorded no use of the key since {since}; what was encrypted before may still need it"
        );
        let Some(now) = self.question.now else {
            let text = format!("{text}; how long that is, is not known without `--now`");
            return Some(note(Severity::Caution, "no-use-recorded", text));
        };
        let days = days_between(since, now);
        Some(if days < QUIET_DAYS {
            let text = format!("{text}; that is {} only", in_days(days));
            note(Severity::Caution, "recorded-too-briefly", text)
        } else {
            note(Severity::Note, "no-use-recorded", text)
        })
    }

    fn quiet_by_trail(&self, coverage: &CoverageRecord) -> Reason {
        let covered = covered(coverage);
        let text = format!("the CloudTrail files show no use of the key; they cover {covered}");
        let gap = self.gap(coverage);
        match gap {
            Some(gap) => reason(
                Severity::Caution,
                "recorded-too-little",
                EVENT_HISTORY,
                format!("{text}, and {gap}"),
            ),
            None => reason(Severity::Note, "no-use-recorded", PAST_USE, text),
        }
    }

    /// What is missing for the files to say something about the key's use.
    fn gap(&self, coverage: &CoverageRecord) -> Option<String> {
        let account = self.subject.account.map(|account| account.to_string());
        let (Some(first), Some(last)) = (coverage.first, coverage.last) else {
            return Some("they hold no event".to_owned());
        };
        if coverage.covers_region != Some(true) {
            return Some(format!(
                "not {}",
                self.subject
                    .region()
                    .unwrap_or("the key's Region, which is not known")
            ));
        }
        if account.is_none_or(|account| !coverage.accounts.contains(&account)) {
            return Some("the account's own trail is not among them".to_owned());
        }
        if coverage.kms_events == 0 {
            return Some(
                "no event of KMS at all is among them: the trail may leave KMS out".to_owned(),
            );
        }
        if coverage.truncated {
            return Some("an answer of `lookup-events` is not whole".to_owned());
        }
        if coverage.regions.len() > 1 || coverage.accounts.len() > 1 {
            return Some(
                "how much of that is of the key's own Region and account is not known: give its files alone".to_owned(),
            );
        }
        let days = days_between(first, last);
        if days < QUIET_DAYS {
            return Some(format!("that is {} only", in_days(days)));
        }
        match self.question.now {
            None => Some("whether they are recent is not known without `--now`".to_owned()),
            Some(now) if days_between(last, now) > FRESH_DAYS => Some(format!(
                "the last event is of {}",
                ago(days_between(last, now), last)
            )),
            Some(_) => None,
        }
    }
}

/// Whether a use came after the last one that an answer knows of, and not by its lag.
fn is_missed(known: Timestamp, used: Timestamp) -> bool {
    used.as_second().saturating_sub(known.as_second()) > LAG
}

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

/// For example `2026-01-01 to 2026-04-01 in eu-west-1, us-east-1`.
fn covered(coverage: &CoverageRecord) -> String {
    let day = |at: Option<Timestamp>| {
        at.map_or_else(|| "?".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
    };
    let regions: Vec<_> = coverage.regions.iter().map(String::as_str).collect();
    let regions = if regions.is_empty() {
        "no Region".to_owned()
    } else {
        regions.join(", ")
    };
    format!(
        "{} to {} in {regions}",
        day(coverage.first),
        day(coverage.last)
    )
}

fn in_days(days: i64) -> String {
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
