//! What AWS demands of the characters of a policy's text.

use crate::policy::PolicyKind;
use crate::text::{InputError, Span};

/// The first character of a policy's text that AWS does not take; `span` is where the text stands.
pub(in crate::policy) fn unstorable_character(
    text: &str,
    kind: PolicyKind,
    span: Span,
) -> Option<InputError> {
    (kind == PolicyKind::Key)
        .then(|| strange_character(text, span))
        .flatten()
}

/// Key policies take TAB, LF, CR and U+0020 to U+00FF.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>
fn strange_character(text: &str, span: Span) -> Option<InputError> {
    // Nearly every policy is plain ASCII, which is seen byte by byte.
    let plain = |byte: u8| matches!(byte, b' '..=b'\x7f' | b'\t' | b'\n' | b'\r');
    // Without a branch for each byte, many are looked at together.
    if text.bytes().fold(true, |all, byte| all & plain(byte)) {
        return None;
    }
    let strange = |c: char| !matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    let (at, character) = text.char_indices().find(|(_, c)| strange(*c))?;
    // Inside a string of another document the place is that of the whole policy.
    let exact = span.len() == text.len();
    let start = if exact {
        (span.start as usize).saturating_add(at)
    } else {
        span.start as usize
    };
    let end = if exact {
        start.saturating_add(character.len_utf8())
    } else {
        span.end as usize
    };
    Some(
        InputError::new(
            Span::new(start, end),
            format!(
                "KMS takes no character such as U+{:04X} in a key policy",
                u32::from(character)
            ),
        )
        .label("outside of U+0020 to U+00FF")
        .help("write it as an escape, such as `\\u2013`, or use another character"),
    )
}
