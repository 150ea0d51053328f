//! The waiting period before KMS deletes a key: 7 to 30 days.

use std::fmt;

use serde::Serialize;

/// Waiting period in whole days, 7 to 30; 30 when a request leaves it out.
///
/// KMS may delete up to 24 hours after it has ended. Source: API reference, `ScheduleKeyDeletion`
/// (the request shape accepts 1 to 365, the service refuses what is outside 7 to 30).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PendingWindowInDays(u8);

/// A waiting period that KMS refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("waiting period of `{days}` days is not from 7 to 30 days")]
pub struct PendingWindowOutOfRange {
    /// Days that were asked for, such as `5`.
    pub days: i64,
}

impl PendingWindowOutOfRange {
    /// Returns what to do about it.
    pub const fn help(&self) -> &'static str {
        "give `PendingWindowInDays` from 7 to 30, or leave it out for 30"
    }
}

impl PendingWindowInDays {
    /// Shortest waiting period, 7 days.
    pub const MIN: Self = Self(7);
    /// Longest waiting period, 30 days.
    pub const MAX: Self = Self(30);
    /// Waiting period of a request that names none, 30 days.
    pub const DEFAULT: Self = Self(30);

    /// Returns the waiting period of so many days.
    ///
    /// # Errors
    ///
    /// [`PendingWindowOutOfRange`] for anything but 7 to 30.
    pub fn new(days: i64) -> Result<Self, PendingWindowOutOfRange> {
        u8::try_from(days)
            .ok()
            .map(Self)
            .filter(|window| (Self::MIN..=Self::MAX).contains(window))
            .ok_or(PendingWindowOutOfRange { days })
    }

    /// Returns the number of days, 7 to 30.
    pub const fn days(self) -> u8 {
        self.0
    }

    /// Returns all 24 waiting periods, shortest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        (Self::MIN.0..=Self::MAX.0).map(Self)
    }
}

impl Default for PendingWindowInDays {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for PendingWindowInDays {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_seven_to_thirty_only() {
        for days in [i64::MIN, -7, 0, 1, 6, 31, 90, 255, 256, 263, 365, i64::MAX] {
            assert_eq!(
                PendingWindowInDays::new(days),
                Err(PendingWindowOutOfRange { days })
            );
        }
        for days in 7..=30 {
            assert_eq!(
                i64::from(PendingWindowInDays::new(days).unwrap().days()),
                days
            );
        }
    }

    #[test]
    fn there_are_twenty_four() {
        let all: Vec<_> = PendingWindowInDays::all().collect();
        assert_eq!(all.len(), 24);
        assert_eq!(all.first(), Some(&PendingWindowInDays::MIN));
        assert_eq!(all.last(), Some(&PendingWindowInDays::MAX));
        assert_eq!(PendingWindowInDays::default().days(), 30);
    }

    #[test]
    fn is_written_as_a_number() {
        assert_eq!(
            serde_json::to_string(&PendingWindowInDays::MIN).unwrap(),
            "7"
        );
    }
}
