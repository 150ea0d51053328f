//! Which KMS actions a pattern and a statement name.

use crate::aws::{ActionSet, KmsAction, action};
use crate::policy::{ActionElement, ActionPattern, has_placeholder};

use super::subject::Subject;
use super::{ActionForm, ActionRecord};

/// Names that people take for actions, and the action that they mean.
///
/// `DeleteKey` is what CloudTrail records when a waiting period has ended
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/ct-delete-key.html>), `ReEncrypt` an
/// operation that needs two permissions
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html>).
const TAKEN_FOR_ACTIONS: [(&str, KmsAction); 2] = [
    ("kms:DeleteKey", KmsAction::ScheduleKeyDeletion),
    ("kms:ReEncrypt", KmsAction::ReEncryptFrom),
];

pub(super) fn records(element: &ActionElement, subject: &Subject<'_>) -> Vec<ActionRecord> {
    let record = |pattern: &ActionPattern| {
        let text = &*pattern.text().value;
        let matches = pattern.actions();
        let form = form(pattern, matches);
        let nearest = nearest(text, form).map(KmsAction::qualified);
        ActionRecord {
            text: text.to_owned(),
            form,
            matches,
            mistake: (form == ActionForm::Unknown).then(|| mistake(text, nearest)),
            nearest: nearest.map(str::to_owned),
            at: subject.place(pattern.text().span),
        }
    };
    element.patterns().iter().map(record).collect()
}

fn form(pattern: &ActionPattern, matches: ActionSet) -> ActionForm {
    match (matches.is_empty(), pattern.has_wildcard()) {
        (false, true) => ActionForm::Wildcard,
        (false, false) => ActionForm::Exact,
        (true, _) if has_placeholder(&pattern.text().value) => ActionForm::Placeholder,
        (true, _) if is_of_kms(pattern.text().value.trim_start()) => ActionForm::Unknown,
        (true, _) => ActionForm::OtherService,
    }
}

fn nearest(text: &str, form: ActionForm) -> Option<KmsAction> {
    if form != ActionForm::Unknown || text.contains(['*', '?']) {
        return None;
    }
    let joined: String = text.split_whitespace().collect();
    KmsAction::from_name(&joined)
        .or_else(|| taken_for(text))
        .or_else(|| action::nearest(&joined))
}

/// Why the text matches no action.
fn mistake(text: &str, nearest: Option<&'static str>) -> String {
    if text.contains(char::is_whitespace) {
        return format!("`{text}` has white space in it and matches nothing");
    }
    match (nearest, taken_for(text)) {
        (Some(meant), Some(_)) if text.eq_ignore_ascii_case("kms:DeleteKey") => {
            format!("`{text}` is an event in CloudTrail and no action; the action is `{meant}`")
        }
        (Some(_), Some(_)) => {
            format!("`{text}` is no action; it takes `kms:ReEncryptFrom` and `kms:ReEncryptTo`")
        }
        (Some(nearest), None) => format!("`{text}` is no KMS action; the nearest is `{nearest}`"),
        (None, _) => format!("`{text}` matches no KMS action"),
    }
}

/// The action that is meant by a name of something else.
fn taken_for(text: &str) -> Option<KmsAction> {
    let known = |(name, _): &&(&str, KmsAction)| name.eq_ignore_ascii_case(text);
    TAKEN_FOR_ACTIONS
        .iter()
        .find(known)
        .map(|(_, action)| *action)
}

/// Whether the text begins with `kms:`; names of services ignore case.
pub(super) fn is_of_kms(text: &str) -> bool {
    text.get(..4)
        .is_some_and(|vendor| vendor.eq_ignore_ascii_case("kms:"))
}
