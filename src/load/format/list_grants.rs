//! The answer of `aws kms list-grants`: `{"Grants": [{"GrantId": …, "Operations": […]}]}`.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html>

use std::collections::BTreeMap;

use crate::aws::KeyArn;
use crate::inventory::{Evidence, EvidenceType, Grant, Grants, Located};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::join::{Addition, Fact, Target};
use crate::tree::{Content, Node};

use super::Answer;

/// Counts the grants, and keeps of each who may do what: a sign of what depends on the key. None can
/// hold a deletion action, so an answer that is not whole lacks nothing that decides who can delete.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let grants = document.root.get("Grants").and_then(Node::items);
    let Some(grants) = grants else {
        return Answer::NotThis;
    };
    if !grants.iter().all(|grant| grant.get("GrantId").is_some()) {
        return Answer::NotThis;
    }
    Answer::from(Contents {
        additions: additions(document, grants),
        evidence: Some(Evidence {
            kind: EvidenceType::Grants,
            source: document.source,
            records: grants.len(),
        }),
        ..Contents::default()
    })
}

/// The grants of each key.
fn additions(document: &Document<'_>, grants: &[Node<'_>]) -> Vec<Addition> {
    let beside = |name: &str| document.root.get(name).map(|node| &node.value);
    let says_more =
        |name| matches!(beside(name), Some(Content::String(token)) if !token.is_empty());
    let is_truncated = matches!(beside("Truncated"), Some(Content::Bool(true)));
    let is_whole = !is_truncated && !says_more("NextMarker") && !says_more("NextToken");
    let mut by_key: BTreeMap<Option<&str>, Vec<Grant>> = BTreeMap::new();
    for grant in grants {
        let text = |name: &str| grant.get(name).and_then(Node::as_str);
        let operations = grant.get("Operations").and_then(Node::items);
        let operations = operations.into_iter().flatten().filter_map(Node::as_str);
        by_key.entry(text("KeyId")).or_default().push(Grant {
            grantee: text("GranteePrincipal")
                .or_else(|| text("GranteeServicePrincipal"))
                .map(str::to_owned),
            operations: operations.map(str::to_owned).collect(),
        });
    }
    if grants.is_empty() {
        // That there are none says something of the key beside it.
        by_key.entry(None).or_default();
    }
    let addition = |(key, list): (Option<&str>, Vec<Grant>)| Addition {
        target: match key {
            None => Target::Beside,
            Some(key) => {
                KeyArn::parse(key).map_or_else(|_| Target::Id(key.to_owned()), Target::Arn)
            }
        },
        fact: Fact::Grants(Located {
            value: Grants { list, is_whole },
            at: document.at(document.root.span),
        }),
    };
    by_key.into_iter().map(addition).collect()
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
        assert_eq!(found.additions[0].target, Target::Id("k".into()));
        let Fact::Grants(grants) = &found.additions[0].fact else {
            panic!("{:?}", found.additions);
        };
        assert_eq!(grants.value.list[0].operations, ["Decrypt"]);
        assert!(!grants.value.is_whole);
        let other = answer(r#"{"Grants":[{"Grantee":{}}]}"#);
        assert!(matches!(other, Answer::NotThis));
    }
}
