//! One event of AWS KMS: what of it is kept.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html>

use std::collections::BTreeSet;

use crate::aws::{AccountId, KeyArn};
use crate::inventory::{RecordedCaller, RecordedChange};
use crate::tree::{Content, Node};

/// What events have in common that are counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Likeness {
    pub(super) operation: String,
    pub(super) key_names: BTreeSet<String>,
    pub(super) region: String,
    pub(super) caller: RecordedCaller,
    pub(super) error: Option<String>,
    pub(super) refused_as_pending: bool,
    pub(super) encryption_context: BTreeSet<String>,
    pub(super) pending_window: Option<u16>,
    pub(super) change: Option<Box<RecordedChange>>,
}

/// The most names of an encryption context that are kept.
const MAX_CONTEXT_NAMES: usize = 32;

/// Parameters that name a key: its id, its ARN, an alias or an alias's ARN.
const KEY_PARAMETERS: [&str; 4] = ["keyId", "sourceKeyId", "destinationKeyId", "targetKeyId"];

/// Parameters that hold an encryption context.
const CONTEXT_PARAMETERS: [&str; 3] = [
    "encryptionContext",
    "sourceEncryptionContext",
    "destinationEncryptionContext",
];

/// Reads what an event says of keys.
pub(super) fn likeness(event: &Node<'_>) -> Likeness {
    let request = event.get("requestParameters");
    let response = event.get("responseElements");
    let window = |node: Option<&Node<'_>>| days(node?.get("pendingWindowInDays")?);
    let operation = text(event, "eventName").unwrap_or_default();
    let message = event.get("errorMessage").and_then(Node::as_str);
    let mut key_names = key_names(event);
    key_names.extend(message.into_iter().flat_map(key_arns).map(str::to_owned));
    let change = is_change(&operation).then(|| Box::new(change(event)));
    Likeness {
        operation,
        key_names,
        region: text(event, "awsRegion").unwrap_or_default(),
        caller: event.get("userIdentity").map(caller).unwrap_or_default(),
        error: text(event, "errorCode"),
        refused_as_pending: message.is_some_and(|message| message.contains(PENDING)),
        encryption_context: request.map(context_names).unwrap_or_default(),
        pending_window: window(request).or_else(|| window(response)),
        change,
    }
}

/// What KMS says of a key that is pending deletion, or pending replica deletion.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-creating-cloudwatch-alarm.html>
const PENDING: &str = "is pending deletion";

/// Whether more is kept of the calls of this operation.
pub(super) fn is_change(operation: &str) -> bool {
    RecordedChange::OPERATIONS.contains(&operation)
}

/// `sourceIPAddress`.
pub(super) fn address(event: &Node<'_>) -> Option<Box<str>> {
    text(event, "sourceIPAddress").map(Into::into)
}

/// Samples of these events: <https://docs.aws.amazon.com/kms/latest/developerguide/ct-replicate-key.html>
/// and its neighbours.
fn change(event: &Node<'_>) -> RecordedChange {
    let request = event.get("requestParameters");
    let response = event.get("responseElements");
    let of = |part: Option<&Node<'_>>, name: &str| text(part?, name);
    let replica = response.and_then(|response| response.get("replicaKeyMetadata"));
    let bypass = request.and_then(|request| request.get("bypassPolicyLockoutSafetyCheck"));
    let is_true = |node: &Node<'_>| match &node.value {
        Content::Bool(flag) => *flag,
        Content::String(text) => text == "true",
        _ => false,
    };
    RecordedChange {
        key_state: of(response, "keyState"),
        bypasses_lockout_check: bypass.is_some_and(is_true),
        material: of(request, "keyMaterialId").or_else(|| of(response, "keyMaterialId")),
        replica: of(replica, "arn"),
    }
}

/// The ARNs of keys in a message, for example `arn:aws:kms:…:key/… is pending deletion.`
fn key_arns(message: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '-' | '_');
    let words = message.split(move |c| !is_part(c));
    words.filter(|word| word.starts_with("arn:") && KeyArn::parse(word).is_ok())
}

/// A string that says something.
fn text(node: &Node<'_>, name: &str) -> Option<String> {
    let text = node.get(name)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// Every name of a key. `responseElements.keyId` is there since December 2022, for operations that
/// answer nothing, too; `serviceEventDetails` is what AWS does on its own.
fn key_names(event: &Node<'_>) -> BTreeSet<String> {
    let resources = event.get("resources").and_then(Node::items);
    let arns = resources.unwrap_or_default().iter();
    let mut names: BTreeSet<_> = arns.filter_map(|resource| text(resource, "ARN")).collect();
    for part in [
        "requestParameters",
        "responseElements",
        "serviceEventDetails",
    ] {
        if let Some(part) = event.get(part) {
            names.extend(KEY_PARAMETERS.iter().filter_map(|name| text(part, name)));
        }
    }
    let created = event.get("responseElements");
    let created = created.and_then(|response| response.get("keyMetadata"));
    names.extend(created.and_then(|created| text(created, "arn")));
    names
}

/// Of a session its role, so that the sessions of one role are one caller.
fn caller(identity: &Node<'_>) -> RecordedCaller {
    let issuer = identity
        .get("sessionContext")
        .and_then(|context| context.get("sessionIssuer"));
    let account = text(identity, "accountId");
    RecordedCaller {
        kind: text(identity, "type").unwrap_or_default(),
        arn: issuer
            .and_then(|issuer| text(issuer, "arn"))
            .or_else(|| text(identity, "arn")),
        account: account.and_then(|account| AccountId::parse(&account)),
        invoked_by: text(identity, "invokedBy"),
    }
}

fn context_names(request: &Node<'_>) -> BTreeSet<String> {
    let contexts = CONTEXT_PARAMETERS
        .iter()
        .filter_map(|name| request.get(name));
    let pairs = contexts.filter_map(Node::members).flatten();
    let names: BTreeSet<_> = pairs.map(|pair| pair.key.clone().into_owned()).collect();
    names.into_iter().take(MAX_CONTEXT_NAMES).collect()
}

/// A count of days, as a number or as its text.
fn days(node: &Node<'_>) -> Option<u16> {
    match &node.value {
        Content::Number(text) | Content::String(text) => text.parse().ok(),
        _ => None,
    }
}
