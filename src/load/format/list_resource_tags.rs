//! The answer of `aws kms list-resource-tags`: `{"Tags": [{"TagKey": …, "TagValue": …}]}`.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html>

use crate::inventory::Located;
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::join::{Addition, Fact, Target};

use super::{Answer, listed};

/// Reads the tags of one key. Only tags of KMS have a `TagKey`; an empty list could be of any
/// service, and says of a key that it has none where it stands beside one.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let Some(tags) = listed(root, "Tags", "TagKey") else {
        return Answer::NotThis;
    };
    let mut contents = Contents::default();
    let mut fields = Fields::new(document, root);
    let found = fields.tags("Tags", ("TagKey", "TagValue"));
    fields.refuse_truncated("a tag that is missing could open the key to someone");
    contents.errors.append(&mut fields.errors);
    if let (Some(value), true) = (found, contents.errors.is_empty()) {
        contents.additions.push(Addition {
            target: Target::Beside,
            fact: Fact::Tags(Located {
                value,
                at: document.at(tags.span),
            }),
        });
    }
    contents.into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, contents};
    use super::*;

    #[test]
    fn tags_of_kms_are_told_from_those_of_others() {
        let found = contents(
            r#"{"Tags":[{"TagKey":"Team","TagValue":"payments"},{"TagKey":"Empty","TagValue":""}],"Truncated":false}"#,
        );
        let Fact::Tags(tags) = &found.additions[0].fact else {
            panic!("{found:?}");
        };
        assert_eq!(tags.value[0], ("Team".into(), "payments".into()));
        assert_eq!(tags.value.len(), 2);
        assert_eq!(contents(r#"{"Tags":[]}"#).additions.len(), 1);
        for other in [
            r#"{"Tags":[{"Key":"a","Value":"b"}]}"#,
            r#"{"Tags":["a"]}"#,
            r#"{"Tags":{},"Name":"x"}"#,
        ] {
            assert!(matches!(answer(other), Answer::NotThis), "{other}");
        }
    }

    #[test]
    fn a_truncated_answer_is_an_error() {
        for more in [
            r#""Truncated":true"#,
            r#""NextToken":"abc""#,
            r#""NextMarker":"abc""#,
        ] {
            let found = contents(&format!(r#"{{"Tags":[],{more}}}"#));
            assert!(found.errors[0].message.contains("not whole"), "{more}");
            assert!(found.additions.is_empty());
        }
    }
}
