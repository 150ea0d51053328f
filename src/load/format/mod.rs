//! The input formats: each tells its documents by their shape and reads them.

mod ciphertrust_key;
mod cloudtrail_digest;
pub(super) mod describe_key;
mod describe_policy;
mod get_account_authorization_details;
mod get_event_selectors;
mod get_key_last_usage;
mod get_key_policy;
mod get_policy_version;
mod get_role_policy;
mod get_trail_status;
mod iam_collect;
mod iam_collect_key;
mod iam_collect_organization;
mod iam_policy;
mod key_policy;
mod list_aliases;
mod list_grants;
mod list_resource_tags;
mod lookup_events;
mod schedule_key_deletion;

use crate::policy::PolicyKind;
use crate::source::json::Node;

use super::contents::Contents;
use super::document::Document;
use super::policy::read_policy;

/// One input format.
type Format = fn(&Document<'_>) -> Answer;

/// Every format; no document is of two.
const FORMATS: [Format; 21] = [
    key_policy::read,
    iam_policy::read,
    get_key_policy::read,
    describe_key::read,
    get_account_authorization_details::read,
    get_policy_version::read,
    get_role_policy::read,
    list_resource_tags::read,
    list_aliases::read,
    list_grants::read,
    get_key_last_usage::read,
    describe_policy::read,
    ciphertrust_key::read,
    iam_collect_key::read,
    iam_collect::read,
    iam_collect_organization::read,
    schedule_key_deletion::read,
    lookup_events::read,
    get_event_selectors::read,
    get_trail_status::read,
    cloudtrail_digest::read,
];

/// What a format says to a document.
#[derive(Debug)]
pub(super) enum Answer {
    /// It has another shape.
    NotThis,
    /// It is known and of no use here, for this reason.
    PassOver(&'static str),
    /// It is a policy of which nothing tells what it is attached to: a key's, if a key stands beside.
    OpenPolicy,
    /// This is what it holds.
    Read(Contents),
}

/// Asks every format.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let answers = FORMATS.iter().map(|format| format(document));
    let mut known = answers.filter(|answer| !matches!(answer, Answer::NotThis));
    known.next().unwrap_or(Answer::NotThis)
}

/// Reads a policy of which nothing in it tells that it is a key's, as the policy of the key beside.
pub(super) fn read_as_key_policy(document: &Document<'_>) -> Contents {
    let policy = document.root.get("Policy").unwrap_or(&document.root);
    let mut contents = Contents::default();
    let policy = read_policy(document, policy, PolicyKind::Key, &mut contents);
    let key = policy.map(|policy| key_policy::key_of(document, policy));
    contents.keys.extend(key);
    contents
}

/// What may stand in a list's answer of `aws kms` beside the list.
const BESIDE_LISTS: [&str; 4] = ["Truncated", "NextMarker", "NextToken", "ResponseMetadata"];

/// The list of this name, where the document is an answer of `aws kms` that lists things of which
/// each has this member. An empty list may be anybody's.
fn listed<'n, 'a>(root: &'n Node<'a>, name: &str, member: &str) -> Option<&'n Node<'a>> {
    let list = root.get(name)?;
    let known = |key: &str| key == name || BESIDE_LISTS.contains(&key);
    let is_answer = root.members()?.iter().all(|found| known(&found.key));
    let fits = list.items()?.iter().all(|item| item.get(member).is_some());
    (is_answer && fits).then_some(list)
}

#[cfg(test)]
mod tests {
    use crate::source::{SourceFile, Sources, json};

    use super::super::contents::Contents;
    use super::super::document::Document;
    use super::Answer;

    /// What a document says to all formats.
    pub(super) fn answer(text: &str) -> Answer {
        let source = Sources::default().add(SourceFile::new("x.json", text));
        super::read(&Document {
            source,
            name: "x.json",
            text,
            root: json::parse(text).unwrap(),
        })
    }

    /// What a document holds that must be recognised.
    pub(super) fn contents(text: &str) -> Contents {
        match answer(text) {
            Answer::Read(contents) => contents,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_no_format_is_passed_over() {
        for text in [
            "{}",
            "[]",
            "5",
            r#"{"name":"x","version":"1"}"#,
            r#"{"status_code":200,"data":{"KeyMetadata":{"KeyId":"a"}}}"#,
            r#"{"Statement":"of account","total":5}"#,
        ] {
            assert!(matches!(answer(text), Answer::NotThis), "{text}");
        }
    }
}
