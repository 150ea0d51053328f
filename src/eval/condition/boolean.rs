//! `Bool`.

use crate::eval::Truth;

/// Whether both say `true` or both `false`; anything else matches nothing.
pub(super) fn matches(wanted: &str, value: &str) -> Truth {
    let is = |text: &str, word: &str| text.eq_ignore_ascii_case(word);
    ["true", "false"]
        .iter()
        .any(|word| is(wanted, word) && is(value, word))
        .into()
}
