//! Decisions by day count, as a bar and a table below it.

use std::io::{self, Write};

use super::sentence::day_ranges;
use super::{Days, View};
use crate::report::Style;
use crate::report::snippet::{Tone, paint};

/// Days of `PendingWindowInDays`: `API_ScheduleKeyDeletion`, 7 to 30.
const DAYS: std::ops::RangeInclusive<u8> = 7..=30;

/// What a day count comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    NotAsked,
    Denied,
    Depends,
    Allowed,
}

/// Writes nothing where the request covers a single day count or none.
pub(super) fn days(out: &mut impl Write, view: &View<'_>, style: &Style) -> io::Result<()> {
    let Some(days) = &view.days else {
        return Ok(());
    };
    let Some((first, last)) = days.asked.filter(|(first, last)| first < last) else {
        return Ok(());
    };
    let bar: String = (first..=last)
        .map(|day| days.answer(day).glyph(style))
        .collect();
    writeln!(out, "  {first:>2} {bar} {last} days\n")?;
    for answer in [Answer::Denied, Answer::Depends, Answer::Allowed] {
        let ranges = days.ranges(answer);
        if !ranges.is_empty() {
            let ranges = format!("{} days", day_ranges(&ranges, "and"));
            row(out, answer, &ranges, style)?;
        }
    }
    if let Some(omitted) = days.omitted {
        // AWS: ScheduleKeyDeletion without a day count takes 30 (API_ScheduleKeyDeletion).
        let text = "no day count (AWS takes 30)";
        row(out, Answer::of(omitted), text, style)?;
    }
    writeln!(out)
}

fn row(out: &mut impl Write, answer: Answer, text: &str, style: &Style) -> io::Result<()> {
    let word = paint(&format!("{:<7}", answer.word()), answer.tone(), style);
    writeln!(out, "  {} {word}  {text}", answer.glyph(style))
}

impl Days<'_> {
    fn answer(&self, day: u8) -> Answer {
        let within = |ranges: &[(u8, u8)]| ranges.iter().any(|(a, b)| (*a..=*b).contains(&day));
        if self.asked.is_none_or(|(a, b)| !(a..=b).contains(&day)) {
            Answer::NotAsked
        } else if within(&self.allowed) {
            Answer::Allowed
        } else if within(&self.conditional) {
            Answer::Depends
        } else {
            Answer::Denied
        }
    }

    /// The ranges of days with this answer.
    fn ranges(&self, answer: Answer) -> Vec<(u8, u8)> {
        let mut ranges: Vec<(u8, u8)> = Vec::new();
        for day in DAYS.filter(|day| self.answer(*day) == answer) {
            match ranges.last_mut() {
                Some((_, last)) if last.saturating_add(1) == day => *last = day,
                _ => ranges.push((day, day)),
            }
        }
        ranges
    }
}

impl Answer {
    fn of(decision: &str) -> Self {
        match decision {
            "allowed" => Self::Allowed,
            "conditional" => Self::Depends,
            _ => Self::Denied,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::NotAsked => "",
            Self::Denied => "denied",
            Self::Depends => "depends",
            Self::Allowed => "allowed",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::NotAsked | Self::Allowed => Tone::Note,
            Self::Depends => Tone::Warning,
            Self::Denied => Tone::Error,
        }
    }

    fn glyph(self, style: &Style) -> String {
        let glyph = match (self, style.unicode) {
            (Self::NotAsked, _) => " ",
            (Self::Denied, true) => "·",
            (Self::Depends, true) => "▒",
            (Self::Allowed, true) => "█",
            (Self::Denied, false) => ".",
            (Self::Depends, false) => "?",
            (Self::Allowed, false) => "#",
        };
        paint(glyph, self.tone(), style)
    }
}
