//! A key policy made ready for evaluation.

use crate::policy::{
    PolicyDocument, PrincipalElement, PrincipalEntry, PrincipalForm, PrincipalType,
};
use crate::source::Spanned;

/// The policy with a role of this account in place of every placeholder of a template.
pub(super) fn rendered(
    document: &PolicyDocument,
    stand_in: impl Fn(&str) -> Option<String>,
) -> PolicyDocument {
    with_entries(document, |entry| {
        if is_placeholder(&entry)
            && let Some(arn) = stand_in(&entry.text().value)
        {
            let text = Spanned::new(arn.into(), entry.text().span);
            return Some(PrincipalEntry::new(PrincipalType::Aws, text));
        }
        Some(entry)
    })
}

/// The policy without the ids of deleted users and roles: nobody else has such an id, and with an
/// unknown `aws:userid` everyone might.
pub(super) fn without_ids(document: &PolicyDocument) -> PolicyDocument {
    let is_id = |entry: &PrincipalEntry| matches!(entry.form(), PrincipalForm::UniqueId(_));
    with_entries(document, |entry| (!is_id(&entry)).then_some(entry))
}

/// Whether a template has yet to fill in whom it names.
pub(super) fn is_placeholder(entry: &PrincipalEntry) -> bool {
    entry.is_placeholder()
}

fn with_entries(
    document: &PolicyDocument,
    change: impl Fn(PrincipalEntry) -> Option<PrincipalEntry>,
) -> PolicyDocument {
    let mut changed = document.clone();
    for statement in &mut changed.statements {
        if let Some(element) = &mut statement.principal {
            let entries = element.entries.drain(..).filter_map(&change).collect();
            *element = PrincipalElement::new(element.negated, entries, element.span);
        }
    }
    changed
}
