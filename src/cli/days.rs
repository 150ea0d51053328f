//! A waiting period as an argument.

use crate::aws::PendingWindowInDays;

/// A number of days, 7 to 30.
pub(super) fn parse(text: &str) -> Result<PendingWindowInDays, String> {
    let days = text
        .parse()
        .map_err(|_| "a waiting period is a whole number of days".to_owned())?;
    PendingWindowInDays::new(days).map_err(|error| error.to_string())
}
