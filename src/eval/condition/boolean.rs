//! `Bool`.

use crate::eval::Truth;
use crate::eval::expansion::{Expansion, as_text, has_variables};
use crate::eval::scope::Scope;

/// Whether both are `true` or both `false`; anything else matches nothing. Whether other letters than
/// these count, and whether a variable is replaced, AWS does not document: one page of the user guide
/// allows variables with `Bool`, the other does not.
pub(super) fn matches(wanted: &str, value: &str, scope: &Scope<'_>) -> Truth {
    if has_variables(wanted, scope) {
        let replaced = match as_text(wanted, scope) {
            Expansion::Is(text) => text.eq_ignore_ascii_case(value).into(),
            Expansion::NoValue => Truth::No,
            Expansion::Unknown => Truth::Unknown,
        };
        return match replaced {
            Truth::No => Truth::No,
            Truth::Yes | Truth::Unknown => scope.undocumented(false),
        };
    }
    let is = |text: &str, word: &str| text.eq_ignore_ascii_case(word);
    let same = ["true", "false"]
        .iter()
        .any(|word| is(wanted, word) && is(value, word));
    if same && wanted != value.to_ascii_lowercase() {
        return scope.undocumented(true);
    }
    same.into()
}
