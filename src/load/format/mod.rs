//! The input formats: each tells its documents by their shape and reads them.

mod ciphertrust_key;
mod cloudtrail_digest;
mod create_grant;
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
mod iam_request;
pub(super) mod key_policy;
mod key_request;
mod list_aliases;
mod list_grants;
mod list_resource_tags;
mod lookup_events;
mod organization_request;
mod schedule_key_deletion;

use crate::policy::PolicyKind;
use crate::tree::Node;

use super::PLAN;
use super::cloudformation::{self, CHANGE_SET};
use super::contents::Contents;
use super::document::Document;
use super::policy::read_policy;
use super::terraform;

/// One input format: what its documents hold, in the singular, and how to read them.
type Format = (&'static str, fn(&Document<'_>) -> Answer);

/// Every format; no document is of two.
const FORMATS: [Format; 28] = [
    ("key policy", key_policy::read),
    ("IAM policy", iam_policy::read),
    ("key policy", get_key_policy::read),
    ("key policy request", key_request::read),
    ("key description", describe_key::read),
    ("account listing", get_account_authorization_details::read),
    ("IAM policy", get_policy_version::read),
    ("inline policy", get_role_policy::read),
    ("IAM policy request", iam_request::read),
    ("tag list", list_resource_tags::read),
    ("alias list", list_aliases::read),
    ("grant list", list_grants::read),
    ("grant request", create_grant::read),
    ("last-usage answer", get_key_last_usage::read),
    ("control policy", describe_policy::read),
    ("control policy request", organization_request::read),
    ("CipherTrust key", ciphertrust_key::read),
    ("key description", iam_collect_key::read),
    ("principal description", iam_collect::read),
    ("organization description", iam_collect_organization::read),
    ("scheduled deletion", schedule_key_deletion::read),
    ("CloudTrail answer", lookup_events::read),
    ("trail description", get_event_selectors::read),
    ("trail description", get_trail_status::read),
    ("CloudTrail digest", cloudtrail_digest::read),
    (PLAN, terraform::read_plan),
    ("Terraform state", terraform::read_state),
    (CHANGE_SET, cloudformation::read_change_set),
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
    Read(Box<Contents>),
}

impl From<Contents> for Answer {
    fn from(contents: Contents) -> Self {
        Self::Read(Box::new(contents))
    }
}

/// Asks every format.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let answers = FORMATS
        .iter()
        .map(|(holds, format)| (*holds, format(document)));
    let mut known = answers.filter(|(_, answer)| !matches!(answer, Answer::NotThis));
    match known.next() {
        Some((holds, Answer::Read(mut contents))) => {
            contents.holds.get_or_insert(holds);
            Answer::Read(contents)
        }
        Some((_, answer)) => answer,
        None => Answer::NotThis,
    }
}

/// Reads a policy of which nothing in it tells that it is a key's, as the policy of the key beside.
pub(super) fn read_as_key_policy(document: &Document<'_>) -> Contents {
    let policy = document.root.get("Policy").unwrap_or(&document.root);
    let mut contents = Contents::default();
    let policy = read_policy(document, policy, PolicyKind::Key, &mut contents);
    let key = policy.map(|policy| key_policy::key_of(document, policy));
    contents.keys.extend(key);
    contents.holds.get_or_insert("key policy");
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
    use crate::text::{SourceFile, Sources};
    use crate::tree::json;

    use super::super::contents::Contents;
    use super::super::document::Document;
    use super::super::hints::may_be_ours;
    use super::Answer;

    /// What a document says to all formats. One that is read is looked at in a directory too: it has
    /// one of the words by which files of others are told apart before they are parsed.
    pub(super) fn answer(text: &str) -> Answer {
        let source = Sources::default().add(SourceFile::new("x.json", text));
        let answer = super::read(&Document {
            source,
            name: "x.json",
            path: Vec::new(),
            text,
            root: json::parse(text).unwrap(),
            is_whole: true,
        });
        let is_read = matches!(answer, Answer::Read(_));
        assert!(!is_read || may_be_ours(text.as_bytes()), "{text}");
        answer
    }

    /// What a document holds that must be recognised.
    pub(super) fn contents(text: &str) -> Contents {
        match answer(text) {
            Answer::Read(contents) => *contents,
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
