//! Files of which a command is told what they hold: one policy, or the description of one key.

use std::path::Path;
use std::sync::Arc;

use crate::aws::{DocumentKind, KeyArn};
use crate::inventory::{KeyMetadata, LoadedPolicy, OrganizationPolicy};
use crate::policy::PolicyKind;
use crate::text;
use crate::text::{
    InputError, InputFailure, Location, Overlay, ReadError, SourceFile, SourceId, Sources, Span,
};
use crate::tree::Node;

use super::contents::Contents;
use super::declared::policy_kind;
use super::document::Document;
use super::file;
use super::format::{self, Answer, describe_key};
use super::policy::{read_policy, shape_at};
use super::policy_shape::PolicyShape;
use super::recognize;

/// Reads a policy of the given kind: the bare document, or the answer of `get-key-policy`,
/// `get-policy-version`, `get-role-policy` and its siblings, or `organizations describe-policy`.
/// Shapes: <https://docs.aws.amazon.com/cli/latest/reference/>. What AWS would refuse although it
/// decides nothing is returned beside the policy.
///
/// # Errors
/// Where the file cannot be read, holds no policy, or one that AWS would refuse.
pub fn policy_file(
    path: &Path,
    kind: PolicyKind,
    sources: &mut Sources,
) -> Result<(LoadedPolicy, Vec<InputFailure>), Vec<InputFailure>> {
    policy_file_over(path, kind, &Overlay::default(), sources)
}

/// As [`policy_file`], of the bytes that stand in for the file, where any do.
///
/// # Errors
/// As [`policy_file`].
pub fn policy_file_over(
    path: &Path,
    kind: PolicyKind,
    overlay: &Overlay,
    sources: &mut Sources,
) -> Result<(LoadedPolicy, Vec<InputFailure>), Vec<InputFailure>> {
    let mut found = None;
    let read = file::text(path, overlay);
    let errors = with_document(path, read, sources, |document, contents| {
        if let Some(node) = unwrap(&document.root) {
            found = read_policy(document, node, kind, contents);
        } else {
            contents.errors.push(holds_no(document, kind.name()));
        }
    });
    match found {
        Some(policy) => Ok((policy, errors)),
        None => Err(errors),
    }
}

/// Reads the ARN and the metadata of a key from the answer of `aws kms describe-key`.
///
/// # Errors
/// Where the file cannot be read, describes no key, or does not say the key's ARN.
pub fn key_file(
    path: &Path,
    sources: &mut Sources,
) -> Result<(KeyArn, KeyMetadata), Vec<InputFailure>> {
    let mut found = None;
    let read = text::read(path);
    let errors = with_document(path, read, sources, |document, contents| {
        let Answer::Read(mut read) = describe_key::read(document) else {
            contents
                .errors
                .push(holds_no(document, "the answer of `aws kms describe-key`"));
            return;
        };
        contents.errors.append(&mut read.errors);
        let key = read.keys.pop();
        found = key.and_then(|key| Some((key.arn?, Arc::unwrap_or_clone(key.metadata))));
        if found.is_none() && contents.errors.is_empty() {
            contents.errors.push(holds_no(document, "the ARN of a key"));
        }
    });
    found.ok_or(errors)
}

/// Takes a file as JSON and hands it on; returns all that was complained of.
fn with_document(
    path: &Path,
    text: Result<SourceFile, ReadError>,
    sources: &mut Sources,
    read: impl FnOnce(&Document<'_>, &mut Contents),
) -> Vec<InputFailure> {
    let source = sources.reserve();
    let shown = path.to_string_lossy().into_owned();
    let (file, errors) = match text {
        Ok(file) => {
            let errors = interpret(source, &file, read);
            (file, errors)
        }
        Err(ReadError::NotText { error, shown }) => (*shown, vec![error]),
        Err(error) => return vec![InputFailure::of_file(shown, error.complaint())],
    };
    sources.put(source, file);
    let place = |error: InputError| {
        let at = Some(Location {
            source,
            span: error.span,
        });
        InputFailure {
            file: shown.clone(),
            at,
            error,
        }
    };
    errors.into_iter().map(place).collect()
}

fn interpret(
    source: SourceId,
    file: &SourceFile,
    read: impl FnOnce(&Document<'_>, &mut Contents),
) -> Vec<InputError> {
    let root = match recognize::parse(file.text()) {
        Ok(root) => root,
        Err(error) => return vec![error],
    };
    let document = Document {
        source,
        name: file.name(),
        path: Vec::new(),
        text: file.text(),
        root,
        is_whole: true,
    };
    let mut contents = Contents::default();
    read(&document, &mut contents);
    contents.refuse_duplicate_keys(&document.root);
    contents.errors
}

fn holds_no(document: &Document<'_>, what: &str) -> InputError {
    let start = document.root.span.start;
    let first = Span {
        start,
        end: start.saturating_add(1),
    };
    InputError::new(first, format!("the file does not hold {what}"))
        .label("something else")
        .help("give the document itself, or the answer of the AWS command that shows it")
}

/// Reads a document whose user says of which kind its policy is; nothing where it holds none.
pub(super) fn read_as(document: &Document<'_>, kind: DocumentKind) -> Option<Contents> {
    let node = unwrap(&document.root)?;
    if kind == DocumentKind::KeyPolicy
        && let Answer::Read(contents) = format::read(document)
        && contents
            .keys
            .iter()
            .chain(&contents.new_keys)
            .any(|key| key.policy.is_some())
    {
        // A request says more of the key.
        return Some(*contents);
    }
    let mut contents = Contents::default();
    if kind == DocumentKind::KeyPolicy
        && let Some(PolicyShape::OtherResource(reason)) = shape_at(document, node)
    {
        contents.holds.get_or_insert("policy");
        contents.errors.push(no_key_policy(node, reason));
        return Some(contents);
    }
    contents.holds.get_or_insert(match kind {
        DocumentKind::KeyPolicy => "key policy",
        DocumentKind::IamPolicy => "IAM policy",
        DocumentKind::Scp | DocumentKind::Rcp => "control policy",
    });
    let policy = read_policy(document, node, policy_kind(kind), &mut contents);
    match kind {
        DocumentKind::KeyPolicy => {
            let key = policy.map(|policy| format::key_policy::key_of(document, policy));
            contents.keys.extend(key);
        }
        DocumentKind::IamPolicy => contents.policies.extend(policy),
        DocumentKind::Scp | DocumentKind::Rcp => {
            let of_file = |policy| OrganizationPolicy {
                id: None,
                arn: None,
                policy,
            };
            contents.organization_policies.extend(policy.map(of_file));
        }
    }
    Some(contents)
}

/// That a policy is none of a key, whatever its user says.
fn no_key_policy(node: &Node<'_>, reason: &str) -> InputError {
    let start = node.span.start;
    let first = Span {
        start,
        end: start.saturating_add(1),
    };
    InputError::new(first, format!("the policy is said to be a key's, but {reason}"))
        .label("this policy")
        .help(
            "none of its actions is one on a key: leave the file out, or correct `--as` or `[[documents]]`",
        )
}

/// The policy in its wrapping; a bare string holds the whole document.
fn unwrap<'n, 'a>(root: &'n Node<'a>) -> Option<&'n Node<'a>> {
    if root.get("Statement").is_some() || root.as_str().is_some() {
        return Some(root);
    }
    if let Some(policy) = root.get("Policy") {
        return policy.get("Content").or(Some(policy));
    }
    let version = root.get("PolicyVersion").unwrap_or(root);
    version
        .get("Document")
        .or_else(|| root.get("PolicyDocument"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_twice_is_refused() {
        let text = r#"{"Statement":{"Effect":"Deny","Principal":{"AWS":"*","AWS":"111122223333"},
            "Action":"kms:*","Resource":"*"}}"#;
        let mut overlay = Overlay::default();
        overlay.put("policy.json", text);
        let (path, mut sources) = (Path::new("policy.json"), Sources::default());
        let found = policy_file_over(path, PolicyKind::Key, &overlay, &mut sources);
        let (_, errors) = found.unwrap();
        let messages: Vec<_> = errors
            .iter()
            .map(|error| error.error.message.as_str())
            .collect();
        assert_eq!(messages, ["`AWS` stands twice in one object"]);
    }
}
