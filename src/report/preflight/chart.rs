//! The timeline as bars on one scale of days.

use std::io::{self, Write};

use crate::preflight::{Lane, Phase};
use crate::report::Style;
use crate::report::snippet::{Tone, paint};
use crate::report::visible::prose;

/// Columns of the bars.
const COLUMNS: usize = 52;

/// Days that a bar without end is drawn past the last thing that is dated.
const OPEN_DAYS: i64 = 7;

/// Writes a row for each key and a scale above; nothing where days are not known.
pub(super) fn lanes(out: &mut impl Write, lanes: &[Lane], style: &Style) -> io::Result<bool> {
    let Some(scale) = Scale::new(lanes) else {
        return Ok(false);
    };
    let label = |lane: &Lane| prose(&lane.region, style.unicode);
    let widest = lanes.iter().map(|lane| label(lane).chars().count()).max();
    let widest = widest.unwrap_or_default();
    let mut marks = scale.marks(lanes);
    marks.sort_unstable();
    marks.dedup();
    writeln!(
        out,
        "  {:widest$}  {}",
        "day",
        scale.ruler(&marks).trim_end()
    )?;
    for lane in lanes {
        let part = lane.part.map(|part| part.to_string().to_ascii_lowercase());
        let row = scale.row(lane, style);
        let part = part.unwrap_or_default();
        let row = format!("  {:widest$}  {row} {part}", label(lane));
        writeln!(out, "{}", row.trim_end())?;
    }
    writeln!(out)?;
    legend(out, lanes, style)?;
    Ok(true)
}

/// From days to columns.
struct Scale {
    last: i64,
}

impl Scale {
    fn new(lanes: &[Lane]) -> Option<Self> {
        let mut last = 0;
        let mut is_open = false;
        for segment in lanes.iter().flat_map(|lane| &lane.segments) {
            last = last.max(segment.from.day?);
            match segment.to {
                Some(to) => last = last.max(to.day?),
                None => is_open = true,
            }
        }
        if lanes.is_empty() {
            return None;
        }
        if is_open {
            last = last.saturating_add(OPEN_DAYS);
        }
        (last > 0).then_some(Self { last })
    }

    /// The column at which the day begins.
    fn column(&self, day: i64) -> usize {
        let columns = i64::try_from(COLUMNS).unwrap_or(i64::MAX);
        let column = day.max(0).saturating_mul(columns).checked_div(self.last);
        let column = column.and_then(|column| usize::try_from(column).ok());
        column.unwrap_or_default().min(COLUMNS)
    }

    /// Days at which something begins or ends.
    fn marks(&self, lanes: &[Lane]) -> Vec<i64> {
        let segments = lanes.iter().flat_map(|lane| &lane.segments);
        let days = segments.flat_map(|segment| {
            let to = segment.to.and_then(|to| to.day);
            segment.from.day.into_iter().chain(to)
        });
        days.filter(|day| (0..=self.last).contains(day)).collect()
    }

    /// Each mark above its column, as long as there is room.
    fn ruler(&self, marks: &[i64]) -> String {
        let mut ruler = String::new();
        for day in marks {
            let column = self.column(*day);
            let used = ruler.chars().count();
            if used > column || (used > 0 && used == column) {
                continue;
            }
            ruler.push_str(&" ".repeat(column.saturating_sub(used)));
            ruler.push_str(&day.to_string());
        }
        ruler
    }

    fn row(&self, lane: &Lane, style: &Style) -> String {
        let mut row = String::new();
        let mut used = 0;
        for segment in &lane.segments {
            let from = segment.from.day.unwrap_or_default();
            let to = segment.to.and_then(|to| to.day).unwrap_or(self.last);
            let (first, end) = (self.column(from).max(used), self.column(to));
            row.push_str(&" ".repeat(first.saturating_sub(used)));
            // Whatever there is shows.
            let length = end.saturating_sub(first).max(1);
            let bar = glyph(segment.phase, style).repeat(length);
            row.push_str(&paint(&bar, tone(segment.phase), style));
            used = first.saturating_add(length);
        }
        let end = match (lane.ends_deleted, style.unicode) {
            (true, true) => paint("✗", Tone::Error, style),
            (true, false) => paint("x", Tone::Error, style),
            (false, true) => "→".to_owned(),
            (false, false) => ">".to_owned(),
        };
        format!("{row}{end}")
    }
}

const fn glyph(phase: Phase, style: &Style) -> &'static str {
    match (phase, style.unicode) {
        (Phase::NotPending, true) => "─",
        (Phase::NotPending, false) => "-",
        (Phase::NotKnown, _) => "?",
        (Phase::WaitsForReplicas, true) => "░",
        (Phase::WaitsForReplicas, false) => ".",
        (Phase::WaitingPeriod, true) => "█",
        (Phase::WaitingPeriod, false) => "#",
        (Phase::MayBeDeleted, true) => "▒",
        (Phase::MayBeDeleted, false) => "%",
    }
}

const fn tone(phase: Phase) -> Tone {
    match phase {
        Phase::NotPending => Tone::Good,
        Phase::NotKnown | Phase::WaitsForReplicas => Tone::Note,
        Phase::WaitingPeriod => Tone::Warning,
        Phase::MayBeDeleted => Tone::Error,
    }
}

/// What the bars mean; those that are there.
fn legend(out: &mut impl Write, lanes: &[Lane], style: &Style) -> io::Result<()> {
    let all = [
        Phase::NotPending,
        Phase::NotKnown,
        Phase::WaitsForReplicas,
        Phase::WaitingPeriod,
        Phase::MayBeDeleted,
    ];
    let is_there = |phase: Phase| {
        let mut segments = lanes.iter().flat_map(|lane| &lane.segments);
        segments.any(|segment| segment.phase == phase)
    };
    let mut used = 0;
    let mut item = |glyph: &str, tone: Tone, words: &str| {
        let length = words.chars().count().saturating_add(4);
        let breaks = used > 0 && used > style.columns().min(80).saturating_sub(length);
        used = if breaks || used == 0 {
            length
        } else {
            used.saturating_add(length)
        };
        let before = if breaks { "\n" } else { "" };
        write!(out, "{before}  {} {words}", paint(glyph, tone, style))
    };
    for phase in all.into_iter().filter(|phase| is_there(*phase)) {
        item(glyph(phase, style), tone(phase), super::words::phase(phase))?;
    }
    if lanes.iter().any(|lane| lane.ends_deleted) {
        let cross = if style.unicode { "✗" } else { "x" };
        item(cross, Tone::Error, "deleted")?;
    }
    writeln!(out, "\n")
}
