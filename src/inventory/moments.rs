//! Moments of events, so many that only how they lie together is kept.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

use jiff::{SignedDuration, Timestamp};

/// Moments of which those that follow one another within an hour are kept as one run, by its first
/// and its last. Which runs there are does not depend on the order in which the moments come, and
/// how much memory they take depends on the time that they span, not on their number.
#[derive(Clone, Debug, Default)]
pub struct Moments {
    /// Last moments of runs, by their first. Any two runs are more than an hour apart.
    runs: BTreeMap<Timestamp, Timestamp>,
    /// One of the runs: events mostly come in order, so the next belongs to the same.
    recent: Option<(Timestamp, Timestamp)>,
}

impl PartialEq for Moments {
    fn eq(&self, other: &Self) -> bool {
        self.runs == other.runs
    }
}

impl Eq for Moments {}

impl Moments {
    /// How far apart two moments of one run may be: a larger gap can be asked about, a smaller one
    /// not.
    pub const APART: SignedDuration = SignedDuration::from_hours(1);

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Every run: its first and its last moment, in order.
    pub fn runs(&self) -> impl DoubleEndedIterator<Item = (Timestamp, Timestamp)> {
        self.runs.iter().map(|(first, last)| (*first, *last))
    }

    /// Takes in one moment.
    #[inline]
    pub fn insert(&mut self, at: Timestamp) {
        let known = |(first, last): (Timestamp, Timestamp)| (first..=last).contains(&at);
        if !self.recent.is_some_and(known) {
            self.insert_run(at, at);
        }
    }

    /// Takes in what others there are.
    pub fn merge(&mut self, other: &Self) {
        if self.is_empty() {
            self.clone_from(other);
            return;
        }
        for (first, last) in other.runs() {
            self.insert_run(first, last);
        }
    }

    /// A run becomes one with all that it touches.
    fn insert_run(&mut self, mut first: Timestamp, mut last: Timestamp) {
        if let Some((before, end)) = self.runs.range(..=first).next_back()
            && first.duration_since(*end) <= Self::APART
        {
            first = *before;
            if last <= *end {
                self.recent = Some((first, *end));
                return;
            }
        }
        while let Some((start, end)) = self.runs.range((Excluded(first), Unbounded)).next()
            && start.duration_since(last) <= Self::APART
        {
            let start = *start;
            last = last.max(*end);
            self.runs.remove(&start);
        }
        self.runs.insert(first, last);
        self.recent = Some((first, last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn runs(moments: &Moments) -> Vec<(i64, i64)> {
        let runs = moments.runs();
        runs.map(|(first, last)| (first.as_second(), last.as_second()))
            .collect()
    }

    #[test]
    fn moments_within_an_hour_are_one_run_in_any_order() {
        let seconds = [0, 3_600, 7_200, 10_801, 20_000, 20_001, 3_600];
        let expected = [(0, 7_200), (10_801, 10_801), (20_000, 20_001)];
        for start in 0..seconds.len() {
            for step in [1, 2, 3, 4, 5, 6] {
                let mut all = Moments::default();
                let (mut one, mut other) = (Moments::default(), Moments::default());
                for turn in 0..seconds.len() {
                    let second = seconds[(start + turn * step) % seconds.len()];
                    all.insert(at(second));
                    if turn % 2 == 0 { &mut one } else { &mut other }.insert(at(second));
                }
                assert_eq!(runs(&all), expected, "{start} {step}");
                one.merge(&other);
                assert_eq!(one, all, "{start} {step}");
            }
        }
    }

    #[test]
    fn a_moment_between_two_runs_makes_them_one() {
        let mut moments = Moments::default();
        for second in [0, 7_200] {
            moments.insert(at(second));
        }
        assert_eq!(runs(&moments), [(0, 0), (7_200, 7_200)]);
        moments.insert(at(3_600));
        assert_eq!(runs(&moments), [(0, 7_200)]);
    }

    #[test]
    fn the_ends_of_time_are_no_trouble() {
        let mut moments = Moments::default();
        for end in [Timestamp::MIN, Timestamp::MAX] {
            moments.insert(end);
        }
        assert_eq!(moments.runs().count(), 2);
    }
}
