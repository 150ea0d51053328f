//! Which days before the call are covered, as a bar of one sign for each.

use std::io::{self, Write};

use jiff::SignedDuration;

use crate::preflight::{DayCoverage, EvidencePeriod};
use crate::report::Style;
use crate::report::snippet::{Tone, paint};

/// Days of one row; 90 take two.
const DAYS: usize = 45;

/// Writes the rows, each with the day on which it begins, and what the signs mean.
pub(super) fn days(out: &mut impl Write, period: &EvidencePeriod, style: &Style) -> io::Result<()> {
    rows(out, period, style)?;
    writeln!(out)?;
    legend(out, period, style)
}

/// Writes the rows, each with the day on which it begins.
pub(super) fn rows(out: &mut impl Write, period: &EvidencePeriod, style: &Style) -> io::Result<()> {
    let mut begins = period.from;
    for row in period.each_day.chunks(DAYS) {
        write!(out, "  {}  ", begins.strftime("%Y-%m-%d"))?;
        for same in row.chunk_by(|one, other| one == other) {
            let [first, ..] = same else {
                continue;
            };
            let bar = glyph(*first, style).repeat(same.len());
            write!(out, "{}", paint(&bar, tone(*first), style))?;
        }
        writeln!(out)?;
        let length = i32::try_from(row.len()).unwrap_or(i32::MAX);
        let length = SignedDuration::from_hours(24).checked_mul(length);
        let next = length.and_then(|length| begins.checked_add(length).ok());
        begins = next.unwrap_or(period.to);
    }
    Ok(())
}

/// Writes what the signs mean.
fn legend(out: &mut impl Write, period: &EvidencePeriod, style: &Style) -> io::Result<()> {
    let all = [
        DayCoverage::Recorded,
        DayCoverage::Tracked,
        DayCoverage::Missing,
    ];
    let there = all.into_iter().filter(|day| period.each_day.contains(day));
    let meaning = |day: DayCoverage| {
        let sign = paint(glyph(day, style), tone(day), style);
        format!("  {sign} {}", words(day))
    };
    writeln!(out, "{}", there.map(meaning).collect::<String>())
}

const fn glyph(day: DayCoverage, style: &Style) -> &'static str {
    match (day, style.unicode) {
        (DayCoverage::Recorded, true) => "█",
        (DayCoverage::Recorded, false) => "#",
        (DayCoverage::Tracked, true) => "░",
        (DayCoverage::Tracked, false) => ".",
        (DayCoverage::Missing, true) => "·",
        (DayCoverage::Missing, false) => "-",
    }
}

const fn tone(day: DayCoverage) -> Tone {
    match day {
        DayCoverage::Recorded => Tone::Good,
        DayCoverage::Tracked => Tone::Note,
        DayCoverage::Missing => Tone::Warning,
    }
}

const fn words(day: DayCoverage) -> &'static str {
    match day {
        DayCoverage::Recorded => "use would be recorded",
        DayCoverage::Tracked => "tracked by get-key-last-usage",
        DayCoverage::Missing => "not covered",
    }
}

/// What is covered and what is missing, in a sentence.
pub(super) fn sentence(period: &EvidencePeriod) -> String {
    let days = if period.days == 1 { "day" } else { "days" };
    let covered = format!(
        "the records cover {} of the {} {days} before the call",
        period.covered_days, period.days
    );
    if period.missing.is_empty() {
        return covered;
    }
    let spans = period.missing.iter().take(2).map(|span| {
        let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
        format!("{} to {}", day(span.from), day(span.to))
    });
    let more = match period.missing.len().saturating_sub(2) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let missing: Vec<_> = spans.collect();
    let missing = format!("{covered}; missing: {}{more}", missing.join(", "));
    let sentences = [missing].into_iter().chain(period.why.iter().cloned());
    sentences.collect::<Vec<_>>().join("; ")
}
