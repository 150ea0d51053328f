//! A request of `aws kms schedule-key-deletion`, which is a plan, and the answer to one.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>
//!
//! Both are told by having no other members than these. `KeyId` alone is not enough: it is the
//! request of a dozen operations, and the answer of `cancel-key-deletion`.

use std::sync::Arc;

use crate::aws::key::KeyState;
use crate::aws::{KeyArn, Reported};
use crate::inventory::{Key, KeyMetadata, Located, PlannedDeletion, ScheduledDeletion};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::text::InputError;
use crate::tree::{Content, Node};

use super::Answer;

/// What an answer may hold; some clients write the last into it.
const ANSWERED: [&str; 5] = [
    "KeyId",
    "DeletionDate",
    "KeyState",
    "PendingWindowInDays",
    "ResponseMetadata",
];

/// Reads a planned deletion, or one that is scheduled.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    if root.get("KeyId").is_none_or(|id| id.as_str().is_none()) {
        return Answer::NotThis;
    }
    if holds_only(root, &["KeyId"]) {
        return Answer::PassOver("`KeyId` alone does not say what is to be done with the key");
    }
    if holds_only(root, &["KeyId", "PendingWindowInDays"]) {
        return request(document).into();
    }
    if holds_only(root, &ANSWERED) && says_pending(root) {
        return answer(document).into();
    }
    Answer::NotThis
}

fn holds_only(root: &Node<'_>, names: &[&str]) -> bool {
    let mut members = root.members().into_iter().flatten();
    members.all(|member| names.contains(&&*member.key))
}

/// Whether the state is one that scheduling leads to, or one that is newer than this list of them;
/// answers from before 2021 have the date only.
fn says_pending(root: &Node<'_>) -> bool {
    let has_date = root.get("DeletionDate").is_some();
    match root.get("KeyState").map(Node::as_str) {
        None => has_date,
        Some(None) => false,
        Some(Some(state)) => Reported::<KeyState>::parse(state)
            .known()
            .map_or(has_date, KeyState::is_pending_deletion),
    }
}

fn request(document: &Document<'_>) -> Contents {
    let mut contents = Contents::default();
    let root = &document.root;
    let days = root.get("PendingWindowInDays");
    let number = days.and_then(|node| match &node.value {
        Content::Number(text) => text.parse().ok(),
        _ => None,
    });
    let mut fields = Fields::new(document, root);
    match (fields.text("KeyId"), days, number) {
        (Some(key), Some(_), Some(days)) => contents.planned.push(PlannedDeletion {
            key: key.value,
            days: Some(days),
            at: key.at,
            resource: None,
        }),
        (_, Some(node), None) => contents.errors.push(
            InputError::new(
                node.span,
                "`PendingWindowInDays` must be a whole number of days",
            )
            .label("this is none")
            .help("KMS takes 7 to 30"),
        ),
        _ => {}
    }
    contents.errors.append(&mut fields.errors);
    contents
}

fn answer(document: &Document<'_>) -> Contents {
    let mut contents = Contents::default();
    let mut fields = Fields::new(document, &document.root);
    let key = fields.text("KeyId");
    let date = fields.moment("DeletionDate");
    let state = fields.reported("KeyState");
    let window = fields.days("PendingWindowInDays");
    contents.errors.append(&mut fields.errors);
    // KMS leaves the date out only where the key waits for its replicas.
    let state = state.or_else(|| {
        date.as_ref().map(|date| Located {
            value: Reported::Known(KeyState::PendingDeletion),
            at: date.at,
        })
    });
    let (Some(key), Some(state), true) = (key, state, contents.errors.is_empty()) else {
        return contents;
    };
    let arn = KeyArn::parse(&key.value);
    if let (Err(error), true) = (&arn, key.value.starts_with("arn:")) {
        let error = InputError::new(key.at.span, error.to_string())
            .label("this ARN")
            .help(error.help());
        contents.errors.push(error);
        return contents;
    }
    let arn = arn.ok();
    let id = arn.as_ref().map_or(&*key.value, KeyArn::key_id).to_owned();
    let metadata = KeyMetadata {
        key_id: Some(Located {
            value: id,
            at: key.at,
        }),
        scheduled: Some(ScheduledDeletion {
            state,
            date,
            window,
            contradicts: None,
        }),
        ..KeyMetadata::default()
    };
    contents.keys.push(Key {
        arn,
        metadata: Arc::new(metadata),
        ..document.key(key.at)
    });
    contents
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, contents};
    use super::*;

    const ARN: &str = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn a_request_is_a_plan() {
        for (text, key, days) in [
            (r#"{"KeyId":"a","PendingWindowInDays":7}"#, "a", 7),
            (
                r#"{"PendingWindowInDays":-1,"KeyId":"alias/b"}"#,
                "alias/b",
                -1,
            ),
            // What `--generate-cli-skeleton` writes.
            (r#"{"KeyId":"","PendingWindowInDays":0}"#, "", 0),
        ] {
            let found = contents(text);
            assert!(found.errors.is_empty() && found.keys.is_empty(), "{text}");
            assert_eq!(found.planned[0].key, key);
            assert_eq!(found.planned[0].days, Some(days));
            assert_eq!(found.planned[0].at.span.of(text), format!("\"{key}\""));
        }
    }

    #[test]
    fn days_that_are_no_number_are_errors_at_their_place() {
        for days in [r#""7""#, "7.5", "null", "[7]", "99999999999999999999"] {
            let text = format!(r#"{{"KeyId":"a","PendingWindowInDays":{days}}}"#);
            let found = contents(&text);
            assert!(found.planned.is_empty());
            assert_eq!(found.errors[0].span.of(&text), days);
        }
    }

    #[test]
    fn an_answer_is_the_state_of_its_key() {
        let text = format!(
            r#"{{"KeyId":"{ARN}","DeletionDate":1442102400.0,"KeyState":"PendingDeletion","PendingWindowInDays":7}}"#
        );
        let found = contents(&text);
        let key = &found.keys[0];
        assert_eq!(key.arn.as_ref().unwrap().as_str(), ARN);
        let scheduled = key.metadata.scheduled.as_ref().unwrap();
        assert_eq!(scheduled.state.value.as_str(), "PendingDeletion");
        assert_eq!(scheduled.state.at.span.of(&text), r#""PendingDeletion""#);
        let date = &scheduled.date.as_ref().unwrap().value;
        assert_eq!(date, "2015-09-13T00:00:00Z");
        assert_eq!(scheduled.window.as_ref().unwrap().value, 7);
        assert!(found.planned.is_empty());
    }

    #[test]
    fn a_primary_key_has_no_date_and_an_older_answer_no_state() {
        let primary = contents(
            r#"{"KeyId":"mrk-1","KeyState":"PendingReplicaDeletion","PendingWindowInDays":7}"#,
        );
        let metadata = &primary.keys[0].metadata;
        let scheduled = metadata.scheduled.as_ref().unwrap();
        assert_eq!(scheduled.state.value.as_str(), "PendingReplicaDeletion");
        assert_eq!(metadata.key_id.as_ref().unwrap().value, "mrk-1");
        let older = contents(r#"{"KeyId":"a","DeletionDate":"2026-07-15T00:00:00Z"}"#);
        let scheduled = older.keys[0].metadata.scheduled.as_ref().unwrap();
        assert_eq!(scheduled.state.value.as_str(), "PendingDeletion");
    }

    #[test]
    fn near_misses_are_not_taken() {
        for text in [
            r#"{"KeyId":7,"PendingWindowInDays":7}"#,
            r#"{"PendingWindowInDays":7}"#,
            r#"{"KeyId":"a","PendingWindowInDays":7,"Description":"x"}"#,
            r#"{"KeyId":"a","PendingWindowInDays":7,"ResponseMetadata":{}}"#,
            r#"{"KeyId":"a","KeyState":"Enabled"}"#,
            r#"{"KeyId":"a","KeyState":"Enabled","DeletionDate":1}"#,
            r#"{"KeyId":"a","KeyState":5,"DeletionDate":1}"#,
            r#"{"KeyId":"a","KeyState":"PendingImport","PendingWindowInDays":7}"#,
            r#"{"KeyId":"a","PublicKey":"","DeletionDate":1}"#,
            r#"[{"KeyId":"a","PendingWindowInDays":7}]"#,
        ] {
            assert!(matches!(answer(text), Answer::NotThis), "{text}");
        }
        // Of many requests, and of the answer of `cancel-key-deletion`.
        let only = answer(r#"{"KeyId":"a"}"#);
        assert!(matches!(only, Answer::PassOver(_)));
        // Of a key that was never used.
        let usage = contents(r#"{"KeyId":"a","TrackingStartDate":1}"#);
        assert!(usage.keys.is_empty() && usage.planned.is_empty());
        let foreign = contents(r#"{"KeyId":"arn:aws:s3:::b","DeletionDate":1}"#);
        assert_eq!(foreign.errors.len(), 1);
    }
}
