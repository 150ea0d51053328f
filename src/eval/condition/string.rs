//! `StringEquals`, `StringLike` and their kin.

use crate::eval::Truth;
use crate::eval::expansion::{Expansion, as_pattern, as_text};
use crate::eval::language::Language;
use crate::eval::scope::Scope;
use crate::policy::Comparison;

use super::numeric::Decimal;

/// Whether `*` and `?` are wildcards.
pub(super) const fn takes_wildcards(comparison: Comparison) -> bool {
    matches!(
        comparison,
        Comparison::StringLike | Comparison::StringNotLike
    )
}

const fn ignores_case(comparison: Comparison) -> bool {
    matches!(
        comparison,
        Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase
    )
}

/// Whether the value is the wanted one, before any negation.
pub(super) fn matches(
    comparison: Comparison,
    wanted: &str,
    value: &str,
    scope: &Scope<'_>,
) -> Truth {
    if takes_wildcards(comparison) {
        return as_pattern(wanted, scope).matches(|pattern| pattern.glob(value));
    }
    let text = as_text(wanted, scope);
    let same = text.matches(|text| {
        *text == value || (ignores_case(comparison) && text.eq_ignore_ascii_case(value))
    });
    match text {
        // Text operators are not meant for numbers, and AWS does not say how it compares them
        // (SEMANTICS U18).
        Expansion::Is(text) if same == Truth::No && is_same_number(&text, value) => {
            scope.undocumented(true)
        }
        // Nor of which letters outside ASCII it ignores the case.
        Expansion::Is(text)
            if same == Truth::No
                && ignores_case(comparison)
                && text.to_lowercase() == value.to_lowercase() =>
        {
            scope.undocumented(true)
        }
        _ => same,
    }
}

/// The same of every value of a language.
pub(super) fn of_language(
    comparison: Comparison,
    wanted: &str,
    language: &Language,
    scope: &Scope<'_>,
) -> Truth {
    if takes_wildcards(comparison) {
        return match as_pattern(wanted, scope) {
            Expansion::Is(pattern) => language.glob(&*pattern.atoms()),
            Expansion::NoValue => Truth::No,
            Expansion::Unknown => Truth::Unknown,
        };
    }
    match as_text(wanted, scope) {
        Expansion::Is(text) if ignores_case(comparison) => {
            language.lower_case().equals(&text.to_lowercase())
        }
        Expansion::Is(text) => language.equals(&text),
        Expansion::NoValue => Truth::No,
        Expansion::Unknown => Truth::Unknown,
    }
}

/// `30` and `30.0` are one number. Only a day count is compared so: most values are names.
fn is_same_number(wanted: &str, value: &str) -> bool {
    wanted.len() <= 32
        && wanted.contains('.')
        && value.len() <= 2
        && Decimal::parse(value).is_some_and(|value| Decimal::parse(wanted) == Some(value))
}
