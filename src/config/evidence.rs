//! What the evidence of a go must reach, as a team has decided.

use serde::Deserialize;
use toml::Spanned;

use crate::text::{InputError, Span};

use super::complaint::Complaints;
use super::span;

/// The values of `[evidence]` that are written; for the others the defaults hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EvidenceSettings {
    /// How far apart two events of a trail may be for the time between them to be covered, hours, 1
    /// to 168.
    pub maximum_gap_hours: Option<u16>,
    /// For how many days before the call it must be known that the key was not used, 1 to 3650.
    pub days: Option<u16>,
    /// For how many days before the call the key must have been disabled, 1 to 3650.
    pub disabled_days: Option<u16>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenEvidence {
    maximum_gap_hours: Option<Spanned<i64>>,
    days: Option<Spanned<i64>>,
    disabled_days: Option<Spanned<i64>>,
}

/// The largest gap: with a larger one a week without any record would pass for covered.
const MAX_GAP_HOURS: u16 = 168;

/// Ten years.
const MAX_DAYS: u16 = 3650;

impl EvidenceSettings {
    /// What holds where nothing is written.
    pub const UNCONFIGURED: Self = Self {
        maximum_gap_hours: Some(24),
        days: Some(90),
        disabled_days: Some(14),
    };

    /// The gap, the days and the disabled days.
    pub(super) const fn values(self) -> [Option<u16>; 3] {
        [self.maximum_gap_hours, self.days, self.disabled_days]
    }

    /// From [`values`](Self::values).
    pub(super) const fn of([maximum_gap_hours, days, disabled_days]: [Option<u16>; 3]) -> Self {
        Self {
            maximum_gap_hours,
            days,
            disabled_days,
        }
    }
}

impl WrittenEvidence {
    /// Where its values are written.
    pub(super) fn spans(&self) -> [Option<Span>; 3] {
        [&self.maximum_gap_hours, &self.days, &self.disabled_days]
            .map(|written| written.as_ref().map(span))
    }

    /// What it means; what makes no sense is complained of and left out.
    pub(super) fn check(self, complaints: &mut Complaints) -> EvidenceSettings {
        let mut number = |name, written, maximum| bounded(name, written, maximum, complaints);
        EvidenceSettings {
            maximum_gap_hours: number("maximum_gap_hours", self.maximum_gap_hours, MAX_GAP_HOURS),
            days: number("days", self.days, MAX_DAYS),
            disabled_days: number("disabled_days", self.disabled_days, MAX_DAYS),
        }
    }
}

fn bounded(
    name: &str,
    written: Option<Spanned<i64>>,
    maximum: u16,
    complaints: &mut Complaints,
) -> Option<u16> {
    let written = written?;
    let number = u16::try_from(*written.get_ref()).ok();
    let found = number.filter(|number| (1..=maximum).contains(number));
    if found.is_none() {
        let message = format!("`{name}` must be from 1 to {maximum}");
        let help = "without this line the gap is 24 hours, and 90 and 14 days are asked for";
        complaints.add(InputError::new(span(&written), message).help(help));
    }
    found
}
