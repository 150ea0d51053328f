//! What an answer gives, and what it depends on in words.

use crate::access::Answer;

use super::change::EffectivePermission;
use super::term::terms;
use super::text::hanging;

/// What the answer gives.
pub(super) fn permission(answer: &Answer<'_>) -> EffectivePermission {
    let mut permission = EffectivePermission {
        decisions: answer.decisions,
        ..EffectivePermission::default()
    };
    if answer.decisions.conditional.is_empty() {
        return permission;
    }
    permission.depends_on = answer.depends_on();
    let terms = terms(answer);
    let mut hangs: Vec<_> = terms
        .iter()
        .filter(|term| !term.factors.is_empty())
        .map(hanging)
        .collect();
    hangs.sort();
    hangs.dedup();
    permission.hangs_on = hangs;
    permission
}
