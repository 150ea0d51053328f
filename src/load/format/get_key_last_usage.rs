//! The answer of `aws kms get-key-last-usage`.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html>

use crate::aws::KeyArn;
use crate::inventory::{LastUsage, Located};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::join::{Addition, Fact, Target};

use super::Answer;

/// Reads when a key was last used.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    if root.get("TrackingStartDate").is_none() && root.get("KeyLastUsage").is_none() {
        return Answer::NotThis;
    }
    let mut fields = Fields::new(document, root);
    let key = fields.text("KeyId").map(|id| id.value);
    let created = fields.moment("KeyCreationDate").map(|date| date.value);
    let tracking_since = fields.moment("TrackingStartDate").map(|date| date.value);
    let mut errors = std::mem::take(&mut fields.errors);
    let (mut operation, mut timestamp) = (None, None);
    if let Some(node) = fields.node("KeyLastUsage") {
        let mut usage = Fields::new(document, node);
        operation = usage.text("Operation").map(|operation| operation.value);
        timestamp = usage.moment("Timestamp").map(|date| date.value);
        errors.append(&mut usage.errors);
    }
    let target = match key {
        None => Target::Beside,
        Some(text) => KeyArn::parse(&text).map_or(Target::Id(text), Target::Arn),
    };
    let fact = Fact::LastUsage(Located {
        value: LastUsage {
            created,
            tracking_since,
            operation,
            timestamp,
        },
        at: document.at(root.span),
    });
    Answer::from(Contents {
        additions: vec![Addition { target, fact }],
        errors,
        ..Contents::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::contents;
    use super::*;

    #[test]
    fn the_last_use_is_read() {
        let found = contents(
            r#"{"KeyId":"k","KeyCreationDate":1,"TrackingStartDate":1760000000.5,
            "KeyLastUsage":{"Operation":"Decrypt","Timestamp":"2026-01-02T03:04:05Z"}}"#,
        );
        assert_eq!(found.additions[0].target, Target::Id("k".into()));
        let Fact::LastUsage(usage) = &found.additions[0].fact else {
            panic!("{found:?}");
        };
        let created = usage.value.created.as_deref();
        assert_eq!(created, Some("1970-01-01T00:00:01Z"));
        assert_eq!(usage.value.operation.as_deref(), Some("Decrypt"));
        let since = usage.value.tracking_since.as_deref();
        assert_eq!(since, Some("2025-10-09T08:53:20.5Z"));
    }
}
