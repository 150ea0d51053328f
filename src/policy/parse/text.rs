//! What AWS demands of a policy's text: its size and its characters.

use crate::aws::quota;
use crate::policy::PolicyKind;
use crate::source::{InputError, Span};

/// What AWS refuses in the policy's text as a whole; `span` is where it stands.
///
/// Identity-based policies are not measured: the limit depends on where they are attached, and
/// AWS's own managed policies exceed it.
pub fn text_refusals(text: &str, kind: PolicyKind, span: Span) -> Vec<InputError> {
    let mut refusals = Vec::new();
    let (length, limit, unit) = match kind {
        PolicyKind::Key => (text.len(), quota::KEY_POLICY_BYTES, "bytes"),
        PolicyKind::ServiceControl => (
            text.chars().count(),
            quota::SERVICE_CONTROL_POLICY_CHARACTERS,
            "characters",
        ),
        PolicyKind::ResourceControl => (
            text.chars().count(),
            quota::RESOURCE_CONTROL_POLICY_CHARACTERS,
            "characters",
        ),
        PolicyKind::Identity | PolicyKind::PermissionsBoundary | PolicyKind::Session => {
            return refusals;
        }
    };
    if kind == PolicyKind::Key {
        refusals.extend(strange_character(text, span));
    }
    if length > limit {
        let first = Span {
            start: span.start,
            end: span.start.saturating_add(1),
        };
        refusals.push(
            InputError::new(
                first,
                format!("the policy has {length} {unit}, and AWS takes {limit}"),
            )
            .label("this policy")
            .help("shorten it: join statements, or drop white space"),
        );
    }
    refusals
}

/// Key policies take TAB, LF, CR and U+0020 to U+00FF.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>
fn strange_character(text: &str, span: Span) -> Option<InputError> {
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
