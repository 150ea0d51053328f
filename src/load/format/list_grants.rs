//! The answer of `aws kms list-grants`: `{"Grants": [{"GrantId": …, "Operations": […]}]}`.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html>

use crate::inventory::{Evidence, EvidenceType};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::source::json::Node;

use super::Answer;

/// Counts the grants. None can hold a deletion action, so that is all that is kept, and an answer
/// that is not whole lacks nothing.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let grants = document.root.get("Grants").and_then(Node::items);
    let Some(grants) = grants else {
        return Answer::NotThis;
    };
    if !grants.iter().all(|grant| grant.get("GrantId").is_some()) {
        return Answer::NotThis;
    }
    Answer::Read(Contents {
        evidence: Some(Evidence {
            kind: EvidenceType::Grants,
            source: document.source,
            records: grants.len(),
        }),
        ..Contents::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, contents};
    use super::*;

    #[test]
    fn grants_are_counted() {
        let found = contents(
            r#"{"Grants":[{"KeyId":"k","GrantId":"g","Operations":["Decrypt"]}],"Truncated":true}"#,
        );
        assert!(found.errors.is_empty() && found.keys.is_empty());
        assert_eq!(found.evidence.unwrap().records, 1);
        let other = answer(r#"{"Grants":[{"Grantee":{}}]}"#);
        assert!(matches!(other, Answer::NotThis));
    }
}
