//! Day counts in words.

use crate::access::{day_ranges, days_in_words};
use crate::aws::PendingWindowInDays;

/// `7 to 13 and 30 days`, what is not sure behind `perhaps`; nothing for no day.
pub(super) fn days_text(sure: &[PendingWindowInDays], perhaps: &[PendingWindowInDays]) -> String {
    match (sure, perhaps) {
        ([], perhaps) => words(perhaps),
        (sure, []) => words(sure),
        (sure, perhaps) => format!("{}, perhaps {}", words(sure), words(perhaps)),
    }
}

fn words(days: &[PendingWindowInDays]) -> String {
    let words = days_in_words(&day_ranges(days.iter().copied()), " to ", " and ");
    if words.is_empty() {
        words
    } else {
        format!("{words} days")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(days: &[i64]) -> Vec<PendingWindowInDays> {
        let day = |days: &i64| PendingWindowInDays::new(*days).unwrap();
        days.iter().map(day).collect()
    }

    #[test]
    fn ranges_read_as_people_say_them() {
        let all: Vec<_> = PendingWindowInDays::all().collect();
        assert_eq!(days_text(&all, &[]), "7 to 30 days");
        assert_eq!(days_text(&of(&[30]), &[]), "30 days");
        assert_eq!(days_text(&[], &of(&[7, 8, 9, 30])), "7 to 9 and 30 days");
        assert_eq!(
            days_text(&of(&[7, 9, 10, 30]), &[]),
            "7, 9 to 10 and 30 days"
        );
        assert_eq!(days_text(&of(&[30]), &of(&[7])), "30 days, perhaps 7 days");
        assert_eq!(days_text(&[], &[]), "");
    }
}
