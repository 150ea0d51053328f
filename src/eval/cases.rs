//! The 25 requests that a question about `ScheduleKeyDeletion` stands for, as a set of bits.

use std::ops::{BitAnd, BitOr, Not};

use crate::aws::PendingWindowInDays;

/// One request: with a day count, or with none under one of the two readings of what AWS then
/// compares (its documentation hints at both: SEMANTICS 4.3, `conditions-kms`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `PendingWindowInDays` is given.
    Days(PendingWindowInDays),
    /// It is omitted and the condition key has the default, 30.
    OmittedAsDefault,
    /// It is omitted and the condition key is absent.
    OmittedAsAbsent,
}

/// Bits 0 to 23 are 7 to 30 days, 24 is [`Case::OmittedAsDefault`], 25 [`Case::OmittedAsAbsent`].
const OMITTED_AS_DEFAULT: u32 = 24;
const OMITTED_AS_ABSENT: u32 = 25;

impl Case {
    /// All 26 of them: the omitted one counts twice.
    pub fn all() -> impl Iterator<Item = Self> {
        PendingWindowInDays::all()
            .map(Self::Days)
            .chain([Self::OmittedAsDefault, Self::OmittedAsAbsent])
    }

    fn bit(self) -> u32 {
        let index = match self {
            Self::Days(days) => {
                u32::from(days.days().saturating_sub(PendingWindowInDays::MIN.days()))
            }
            Self::OmittedAsDefault => OMITTED_AS_DEFAULT,
            Self::OmittedAsAbsent => OMITTED_AS_ABSENT,
        };
        1 << index
    }

    /// The value of `kms:ScheduleKeyDeletionPendingWindowInDays`, or none where it is absent.
    pub const fn window(self) -> Option<PendingWindowInDays> {
        match self {
            Self::Days(days) => Some(days),
            Self::OmittedAsDefault => Some(PendingWindowInDays::DEFAULT),
            Self::OmittedAsAbsent => None,
        }
    }
}

/// A set of [`Case`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseSet(u32);

impl CaseSet {
    /// No case.
    pub const NONE: Self = Self(0);
    /// Every case.
    pub const ALL: Self = Self((1 << 26) - 1);
    /// The 24 day counts.
    pub const DAYS: Self = Self((1 << OMITTED_AS_DEFAULT) - 1);
    /// Both readings of an omitted day count.
    pub const OMITTED: Self = Self(1 << OMITTED_AS_DEFAULT | 1 << OMITTED_AS_ABSENT);

    /// The set of one case.
    pub fn of(case: Case) -> Self {
        Self(case.bit())
    }

    /// The cases in which the window has such a number of days.
    pub(super) fn of_days(holds: impl Fn(u8) -> bool) -> Self {
        let (first, last) = (PendingWindowInDays::MIN, PendingWindowInDays::MAX);
        let days = first.days()..=last.days();
        let bits = days
            .zip(0..)
            .map(|(day, bit)| u32::from(holds(day)) << bit)
            .fold(0, |all, bit| all | bit);
        let by_default = holds(PendingWindowInDays::DEFAULT.days());
        Self(bits | u32::from(by_default) << OMITTED_AS_DEFAULT)
    }

    /// Whether the case is in the set.
    pub fn contains(self, case: Case) -> bool {
        self.0 & case.bit() != 0
    }

    /// Whether every case of `other` is in this set.
    pub const fn includes(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether it has no case.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// With one case more.
    #[must_use]
    pub fn with(self, case: Case) -> Self {
        Self(self.0 | case.bit())
    }

    /// The cases that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The day counts in the set, ascending.
    pub fn days(self) -> impl Iterator<Item = PendingWindowInDays> {
        let days = PendingWindowInDays::all().zip(0..);
        days.filter_map(move |(days, bit)| (self.0 >> bit & 1 == 1).then_some(days))
    }
}

impl BitAnd for CaseSet {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for CaseSet {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Not for CaseSet {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }
}

/// Day counts as people read them: `7–13, 30`; empty for none.
pub fn day_ranges(days: impl IntoIterator<Item = PendingWindowInDays>) -> Vec<(u8, u8)> {
    let mut ranges: Vec<(u8, u8)> = Vec::new();
    for day in days.into_iter().map(PendingWindowInDays::days) {
        match ranges.last_mut() {
            Some((_, last)) if last.saturating_add(1) == day => *last = day,
            _ => ranges.push((day, day)),
        }
    }
    ranges
}

/// Ranges of day counts in words, `7 to 13, 20 or 30`: `to` stands between the ends of a range, and
/// `last` before the last of several. Nothing for no range.
pub fn days_in_words(ranges: &[(u8, u8)], to: &str, last: &str) -> String {
    let range = |(first, last): &(u8, u8)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}{to}{last}")
        }
    };
    let words: Vec<_> = ranges.iter().map(range).collect();
    match words.as_slice() {
        [before @ .., end] if !before.is_empty() => format!("{}{last}{end}", before.join(", ")),
        words => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_counts_read_as_people_say_them() {
        let three = [(7, 13), (20, 20), (29, 30)];
        assert_eq!(
            days_in_words(&three, " to ", " or "),
            "7 to 13, 20 or 29 to 30"
        );
        assert_eq!(days_in_words(&three, "-", ", "), "7-13, 20, 29-30");
        assert_eq!(days_in_words(&[(30, 30)], " to ", " and "), "30");
        assert_eq!(days_in_words(&[], " to ", " and "), "");
    }

    #[test]
    fn twenty_six_bits_and_their_complement() {
        assert_eq!(Case::all().fold(CaseSet::NONE, CaseSet::with), CaseSet::ALL);
        let some =
            CaseSet::of(Case::OmittedAsAbsent) | CaseSet::of(Case::Days(PendingWindowInDays::MIN));
        assert_eq!(some | !some, CaseSet::ALL);
        assert_eq!(some & !some, CaseSet::NONE);
        assert_eq!(day_ranges(some.days()), [(7, 7)]);
        assert_eq!(day_ranges(CaseSet::ALL.days()), [(7, 30)]);
    }
}
