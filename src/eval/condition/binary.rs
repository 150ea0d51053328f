//! `BinaryEquals`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::eval::Truth;

/// Compares the bytes that both stand for in base64; what is not base64 matches nothing.
pub(super) fn matches(wanted: &str, value: &str) -> Truth {
    match (STANDARD.decode(wanted), STANDARD.decode(value)) {
        (Ok(wanted), Ok(value)) => (wanted == value).into(),
        _ => Truth::No,
    }
}
