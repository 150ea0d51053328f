//! Events of CloudTrail: a file as CloudTrail delivers it, the answer of `lookup-events`, a list
//! of events, or one.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html>

use crate::inventory::{Evidence, EvidenceType};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::source::json::Node;

use super::Answer;

/// Counts the events.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let delivered = root.get("Records").and_then(Node::items);
    let found = root.get("Events").and_then(Node::items);
    let events = match (delivered.or(root.items()), found) {
        (Some(events), _) if all(events, is_event) => events.len(),
        (None, Some(events)) if all(events, is_found_event) => events.len(),
        (None, None) if is_event(root) => 1,
        _ => return Answer::NotThis,
    };
    Answer::Read(Contents {
        evidence: Some(Evidence {
            kind: EvidenceType::CloudTrail,
            source: document.source,
            records: events,
        }),
        ..Contents::default()
    })
}

/// An empty list could be of anything.
fn all(events: &[Node<'_>], is_one: impl Fn(&Node<'_>) -> bool) -> bool {
    !events.is_empty() && events.iter().all(is_one)
}

/// Notifications of other services have an `eventName`, too, but no host as their source.
fn is_event(event: &Node<'_>) -> bool {
    let source = event.get("eventSource").and_then(Node::as_str);
    source.is_some_and(|source| source.ends_with(".amazonaws.com"))
        && event.get("eventName").is_some()
}

fn is_found_event(event: &Node<'_>) -> bool {
    event.get("EventName").is_some() && event.get("CloudTrailEvent").is_some()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, contents};
    use super::*;

    const EVENT: &str = r#"{"eventVersion":"1.08","eventSource":"kms.amazonaws.com","eventName":"ScheduleKeyDeletion"}"#;

    #[test]
    fn events_are_counted_however_they_come() {
        for (text, records) in [
            (EVENT.to_owned(), 1),
            (format!("[{EVENT},{EVENT}]"), 2),
            (format!(r#"{{"Records":[{EVENT}]}}"#), 1),
            (
                r#"{"Events":[{"EventName":"Decrypt","CloudTrailEvent":"{}"}]}"#.to_owned(),
                1,
            ),
        ] {
            assert_eq!(contents(&text).evidence.unwrap().records, records, "{text}");
        }
        for other in [
            r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put"}]}"#,
            r#"{"Records":[]}"#,
            r#"{"Events":[{"Name":"x"}]}"#,
        ] {
            assert!(matches!(answer(other), Answer::NotThis), "{other}");
        }
    }
}
