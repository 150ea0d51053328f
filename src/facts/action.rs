//! Which KMS actions a pattern and a statement name.

use crate::aws::{ActionSet, action};
use crate::policy::{ActionElement, ActionPattern};

use super::policy_context::PolicyContext;
use super::{ActionForm, ActionRecord};

pub(super) fn records(element: &ActionElement, subject: &PolicyContext<'_>) -> Vec<ActionRecord> {
    let record = |pattern: &ActionPattern| {
        let text = &*pattern.text().value;
        let matches = pattern.actions();
        let form = form(pattern, matches);
        let is_unknown = form == ActionForm::Unknown;
        let is_name = is_unknown && !pattern.has_wildcard();
        let nearest = is_name.then(|| action::meant(text)).flatten();
        ActionRecord {
            text: text.to_owned(),
            form,
            matches,
            nearest: nearest.map(|action| action.qualified().to_owned()),
            mistake: is_unknown.then(|| action::why_unknown(text)),
            may_be_newer: is_unknown && action::may_be_newer(text),
            at: subject.place(pattern.text().span),
        }
    };
    element.patterns().iter().map(record).collect()
}

fn form(pattern: &ActionPattern, matches: ActionSet) -> ActionForm {
    match (matches.is_empty(), pattern.has_wildcard()) {
        (false, true) => ActionForm::Wildcard,
        (false, false) => ActionForm::Exact,
        (true, _) if pattern.text().value.is_open() => ActionForm::Placeholder,
        (true, _) if is_of_kms(pattern.text().value.trim_start()) => ActionForm::Unknown,
        (true, _) => ActionForm::OtherService,
    }
}

/// Whether the text begins with `kms:`; names of services ignore case.
pub(super) fn is_of_kms(text: &str) -> bool {
    text.get(..4)
        .is_some_and(|vendor| vendor.eq_ignore_ascii_case("kms:"))
}
