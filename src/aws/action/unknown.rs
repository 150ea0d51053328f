//! Names that are none of the actions in the table: slips, names of something else, and actions that
//! AWS may have added since.

use super::{KmsAction, nearest};
use crate::aws::data::NOT_KNOWN;

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

/// The action that is meant by a name of something else.
fn taken_for(text: &str) -> Option<KmsAction> {
    let known = |(name, _): &&(&str, KmsAction)| name.eq_ignore_ascii_case(text);
    let found = TAKEN_FOR_ACTIONS.iter().find(known);
    found.map(|(_, action)| *action)
}

/// Returns the action that a `kms:` name most likely means which is none: it has white space in it,
/// is the name of something else, or is misspelt.
pub fn meant(text: &str) -> Option<KmsAction> {
    let joined: String = text.split_whitespace().collect();
    KmsAction::from_name(&joined)
        .or_else(|| taken_for(text))
        .or_else(|| nearest(&joined))
}

/// Says why a name or pattern matches no action that is known, as a sentence.
pub fn why_unknown(text: &str) -> String {
    let is_pattern = text.contains(['*', '?']);
    if text.contains(char::is_whitespace) {
        return format!("`{text}` has white space in it, which no action has");
    }
    let of_kms = |service: &str| service.eq_ignore_ascii_case("kms");
    if text
        .split_once(':')
        .is_some_and(|(service, _)| !of_kms(service))
    {
        return format!("`{text}` is no action of KMS");
    }
    let meant = (!is_pattern).then(|| meant(text)).flatten();
    match (meant.map(KmsAction::qualified), taken_for(text)) {
        (Some(meant), Some(KmsAction::ScheduleKeyDeletion)) => {
            format!("`{text}` is an event in CloudTrail and no action; the action is `{meant}`")
        }
        (Some(_), Some(_)) => {
            format!("`{text}` is no action; it takes `kms:ReEncryptFrom` and `kms:ReEncryptTo`")
        }
        (Some(meant), None) => {
            format!("`{text}` is an action {NOT_KNOWN}; the nearest that is known is `{meant}`")
        }
        (None, _) if is_pattern => format!("`{text}` matches only actions {NOT_KNOWN}, if any"),
        (None, _) => format!("`{text}` is an action {NOT_KNOWN}"),
    }
}

/// Says whether AWS may have added actions since that a `kms:` name or pattern means: it is like no
/// name that is known, is none that people take for an action, and could be one.
pub fn may_be_newer(text: &str) -> bool {
    let name = text.split_once(':').map_or("", |(_, name)| name);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '*' | '?');
    let is_slip = || !text.contains(['*', '?']) && meant(text).is_some();
    !name.is_empty() && name.chars().all(fits) && !is_slip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_names_of_something_else_mean_an_action() {
        for (text, expected) in [
            ("kms:DeleteKey", Some(KmsAction::ScheduleKeyDeletion)),
            ("KMS:reencrypt", Some(KmsAction::ReEncryptFrom)),
            ("kms: Sign", Some(KmsAction::Sign)),
            ("kms:Decapsulates", Some(KmsAction::Decapsulate)),
            ("kms:Frobnicate", None),
        ] {
            assert_eq!(meant(text), expected, "{text}");
            assert_eq!(may_be_newer(text), expected.is_none(), "{text}");
        }
    }

    #[test]
    fn sentences_say_what_is_known_and_never_that_nothing_matches() {
        for (text, expected) in [
            ("kms:DeleteKey", "an event in CloudTrail"),
            ("kms:ReEncrypt", "`kms:ReEncryptTo`"),
            ("kms:Sign ", "white space"),
            ("kms:CancelKeyDeletions", "`kms:CancelKeyDeletion`"),
            ("kms:Frobnicate", NOT_KNOWN),
            ("s3:GetObject", "no action of KMS"),
            ("kms:Frob*", NOT_KNOWN),
            ("kms:Decrypt?", NOT_KNOWN),
        ] {
            assert!(why_unknown(text).contains(expected), "{text}");
        }
    }
}
