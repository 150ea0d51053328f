//! `kms:TrailingDaysWithoutKeyUsage`, judged with what the files say of the key's last use.

use jiff::Timestamp;
use serde::Serialize;

use crate::access::KnownDecision;
use crate::aws::KmsAction;

use super::asked_principal::AskedPrincipal;
use super::evidence::Evidence;
use super::moment::days_between;

/// How a condition on the days since the last use was judged.
///
/// Files say how long ago the key was used at the latest: since they were written it may have been
/// used again. So a number of days is the most that there can be, and only what holds for every
/// smaller number, too, is firm.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TrailingDays {
    /// Days since the last use that a file knows of, at most.
    pub at_most: i64,
    /// The answer if it has not been used since.
    pub then: KnownDecision,
    /// Whether the answer is the same if it has.
    pub firm: bool,
}

/// How many values of the condition key are tried at most; with more the answer stays open.
const MOST: usize = 512;

impl TrailingDays {
    pub(super) const KEY: &str = "kms:TrailingDaysWithoutKeyUsage";

    /// Whether AWS supplies the condition key for the action.
    pub(super) const fn applies_to(action: KmsAction) -> bool {
        matches!(
            action,
            KmsAction::ScheduleKeyDeletion | KmsAction::DisableKey
        )
    }

    /// Every value up to the greatest at which some condition could turn out differently,
    /// ascending; none where no policy asks, or nothing is known.
    pub(super) fn values(principal: &AskedPrincipal<'_>, at_most: Option<i64>) -> Option<Vec<i64>> {
        let at_most = at_most?;
        let conditions = principal
            .documents()
            .flat_map(|document| &document.statements)
            .flat_map(|statement| &statement.conditions)
            .filter(|condition| condition.key.value.eq_ignore_ascii_case(Self::KEY));
        let mut asked = false;
        let mut values = vec![0, at_most];
        for condition in conditions {
            asked = true;
            for value in &condition.values {
                // A value that is no whole number lies between two that are tried.
                let text = value.text.value.trim();
                let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
                let near: i64 = whole.parse().ok()?;
                values.extend([-1, 0, 1].map(|step: i64| near.saturating_add(step)));
            }
        }
        values.retain(|value| (0..=at_most).contains(value));
        values.sort_unstable();
        values.dedup();
        (asked && values.len() <= MOST).then_some(values)
    }

    /// The greatest value that it can have: whole days since the last use of which a file knows, or
    /// since tracking or the key itself began.
    pub(super) fn bound(evidence: &Evidence, now: Option<Timestamp>) -> Option<i64> {
        let since = evidence.last_use_at().or_else(|| {
            let usage = evidence.last_usage.as_ref()?;
            usage.tracked_since.max(usage.created)
        })?;
        let days = days_between(since, now?);
        (days >= 0).then_some(days)
    }
}
