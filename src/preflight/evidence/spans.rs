//! Sets of moments as spans of time.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::inventory::Moments;

use super::text;

/// A span of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TimeSpan {
    /// Its beginning.
    #[serde(serialize_with = "text")]
    pub from: Timestamp,
    /// Its end, no earlier.
    #[serde(serialize_with = "text")]
    pub to: Timestamp,
}

impl TimeSpan {
    /// From one moment to another; none where that is earlier.
    pub(super) fn new(from: Timestamp, to: Timestamp) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// What it has in common with another.
    pub(super) fn common(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }
}

/// How far apart two spans may be that are written with whole seconds and leave nothing out.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// Spans, sorted, with gaps of more than a second between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spans(Vec<TimeSpan>);

impl Spans {
    /// Any spans.
    pub(super) fn new(mut spans: Vec<TimeSpan>) -> Self {
        spans.sort_unstable();
        let mut joined: Vec<TimeSpan> = Vec::with_capacity(spans.len());
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.from.duration_since(last.to) <= SECOND => {
                    last.to = last.to.max(span.to);
                }
                _ => joined.push(span),
            }
        }
        Self(joined)
    }

    /// The times between moments that follow one another within `gap`, which is an hour at least.
    pub(super) fn between(moments: &Moments, gap: SignedDuration) -> Self {
        let mut spans: Vec<TimeSpan> = Vec::new();
        for (from, to) in moments.runs() {
            match spans.last_mut() {
                Some(last) if from.duration_since(last.to) <= gap => last.to = to,
                _ => spans.push(TimeSpan { from, to }),
            }
        }
        Self(spans)
    }

    pub(super) fn as_slice(&self) -> &[TimeSpan] {
        &self.0
    }

    pub(super) fn last(&self) -> Option<TimeSpan> {
        self.0.last().copied()
    }

    /// The one in which a moment lies.
    pub(super) fn around(&self, at: Timestamp) -> Option<TimeSpan> {
        let holds = |span: &&TimeSpan| span.from <= at && at <= span.to;
        self.0.iter().find(holds).copied()
    }

    /// Whether all of a span lies in one of them.
    pub(super) fn cover(&self, span: TimeSpan) -> bool {
        self.around(span.from)
            .is_some_and(|found| found.to >= span.to)
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        Self::new([&*self.0, &*other.0].concat())
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        let mut common = Vec::new();
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(one), Some(another)) = (mine.peek(), theirs.peek()) {
            common.extend(one.common(**another));
            if one.to <= another.to {
                mine.next();
            } else {
                theirs.next();
            }
        }
        Self(common)
    }

    /// What lies outside of a span, whose own ends are no part of it.
    pub(super) fn without(&self, hole: TimeSpan) -> Self {
        let mut left = Vec::with_capacity(self.0.len());
        for span in &self.0 {
            if span.to <= hole.from || span.from >= hole.to {
                left.push(*span);
                continue;
            }
            let before = TimeSpan::new(span.from, hole.from);
            let after = TimeSpan::new(hole.to, span.to);
            left.extend(before.into_iter().chain(after));
        }
        Self(left)
    }

    /// The parts of a span that lie in none of them.
    pub(super) fn missing(&self, within: TimeSpan) -> Self {
        let whole = Self(vec![within]);
        let missing = self.0.iter().fold(whole, |left, span| left.without(*span));
        Self(
            missing
                .0
                .into_iter()
                .filter(|span| span.from < span.to || within.from == within.to)
                .collect(),
        )
    }

    /// Those that are more than a moment.
    pub(super) fn lasting(mut self) -> Self {
        self.0.retain(|span| span.from < span.to);
        self
    }

    /// The last of them reaches to `now` where it ends no more than `gap` before.
    pub(super) fn up_to(mut self, now: Timestamp, gap: SignedDuration) -> Self {
        if let Some(last) = self.0.last_mut()
            && last.to < now
            && now.duration_since(last.to) <= gap
        {
            last.to = now;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn spans(of: &[(i64, i64)]) -> Spans {
        let span = |(from, to): &(i64, i64)| TimeSpan {
            from: at(*from),
            to: at(*to),
        };
        Spans::new(of.iter().map(span).collect())
    }

    fn pairs(spans: &Spans) -> Vec<(i64, i64)> {
        let pair = |span: &TimeSpan| (span.from.as_second(), span.to.as_second());
        spans.as_slice().iter().map(pair).collect()
    }

    #[test]
    fn spans_are_sets_of_moments() {
        let (one, other) = (spans(&[(0, 10), (20, 30)]), spans(&[(5, 22), (40, 50)]));
        assert_eq!(pairs(&one.union(&other)), [(0, 30), (40, 50)]);
        assert_eq!(pairs(&one.intersection(&other)), [(5, 10), (20, 22)]);
        let hole = TimeSpan {
            from: at(8),
            to: at(25),
        };
        assert_eq!(pairs(&one.without(hole)), [(0, 8), (25, 30)]);
        let within = TimeSpan {
            from: at(-5),
            to: at(35),
        };
        let missing = one.missing(within);
        assert_eq!(pairs(&missing), [(-5, 0), (10, 20), (30, 35)]);
        assert!(
            one.cover(TimeSpan {
                from: at(0),
                to: at(10)
            }) && !one.cover(hole)
        );
    }

    #[test]
    fn whole_seconds_that_follow_leave_nothing_out() {
        assert_eq!(pairs(&spans(&[(0, 9), (10, 19)])), [(0, 19)]);
        assert_eq!(pairs(&spans(&[(0, 8), (10, 19)])), [(0, 8), (10, 19)]);
    }

    #[test]
    fn the_end_of_the_record_may_be_a_gap_away() {
        let gap = SignedDuration::from_secs(10);
        let ends = |to: i64| pairs(&spans(&[(0, to)]).up_to(at(100), gap));
        assert_eq!(ends(90), [(0, 100)]);
        assert_eq!(ends(89), [(0, 89)]);
        assert_eq!(ends(120), [(0, 120)]);
    }
}
