//! Decisions by day count, as a bar and a table below it.

use std::io::{self, Write};

use crate::access::{Decision, Explained, ExplainedDays, day_ranges, days_in_words};
use crate::aws::PendingWindowInDays;
use crate::report::Style;
use crate::report::snippet::{Tone, paint};

/// Writes nothing where the request covers a single day count or none.
pub(super) fn days(out: &mut impl Write, explained: &Explained, style: &Style) -> io::Result<()> {
    let Some(days) = &explained.days else {
        return Ok(());
    };
    let Some((first, last)) = days.asked.filter(|(first, last)| first < last) else {
        return Ok(());
    };
    let bar: String = (first..=last)
        .map(|day| glyph(decision_of(days, day), style))
        .collect();
    writeln!(out, "  {first:>2} {bar} {last} days\n")?;
    let asked = PendingWindowInDays::all().filter(|day| (first..=last).contains(&day.days()));
    for decision in [
        Decision::ImplicitDeny,
        Decision::Conditional,
        Decision::Allowed,
    ] {
        let of_decision = asked
            .clone()
            .filter(|day| decision_of(days, day.days()) == decision);
        let ranges = day_ranges(of_decision);
        if !ranges.is_empty() {
            let ranges = format!("{} days", days_in_words(&ranges, " to ", " and "));
            row(out, decision, &ranges, style)?;
        }
    }
    if let Some(omitted) = days.omitted {
        // AWS: ScheduleKeyDeletion without a day count takes 30 (API_ScheduleKeyDeletion).
        let text = "no day count (AWS takes 30)";
        row(out, omitted, text, style)?;
    }
    writeln!(out)
}

fn row(out: &mut impl Write, decision: Decision, text: &str, style: &Style) -> io::Result<()> {
    let (word, tone) = match decision {
        Decision::Allowed => ("allowed", Tone::Note),
        Decision::Conditional => ("depends", Tone::Warning),
        Decision::ImplicitDeny | Decision::ExplicitDeny => ("denied", Tone::Error),
    };
    let word = paint(&format!("{word:<7}"), tone, style);
    writeln!(out, "  {} {word}  {text}", glyph(decision, style))
}

/// What a day count comes to, its denials all alike.
fn decision_of(days: &ExplainedDays, day: u8) -> Decision {
    let within = |ranges: &[(u8, u8)]| ranges.iter().any(|(a, b)| (*a..=*b).contains(&day));
    if within(&days.allowed) {
        Decision::Allowed
    } else if within(&days.conditional) {
        Decision::Conditional
    } else {
        Decision::ImplicitDeny
    }
}

fn glyph(decision: Decision, style: &Style) -> String {
    let (glyph, tone) = match (decision, style.unicode) {
        (Decision::Allowed, true) => ("█", Tone::Note),
        (Decision::Allowed, false) => ("#", Tone::Note),
        (Decision::Conditional, true) => ("▒", Tone::Warning),
        (Decision::Conditional, false) => ("?", Tone::Warning),
        (Decision::ImplicitDeny | Decision::ExplicitDeny, true) => ("·", Tone::Error),
        (Decision::ImplicitDeny | Decision::ExplicitDeny, false) => (".", Tone::Error),
    };
    paint(glyph, tone, style)
}
