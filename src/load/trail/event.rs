//! One event of AWS KMS: what of it is kept.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html>

use std::collections::BTreeSet;

use crate::aws::AccountId;
use crate::inventory::RecordedCaller;
use crate::source::json::{Node, Value};

/// What events have in common that are counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Likeness {
    pub(super) operation: String,
    pub(super) key_names: BTreeSet<String>,
    pub(super) region: String,
    pub(super) caller: RecordedCaller,
    pub(super) error: Option<String>,
    pub(super) encryption_context: BTreeSet<String>,
    pub(super) pending_window: Option<u16>,
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
    Likeness {
        operation: text(event, "eventName").unwrap_or_default(),
        key_names: key_names(event),
        region: text(event, "awsRegion").unwrap_or_default(),
        caller: event.get("userIdentity").map(caller).unwrap_or_default(),
        error: text(event, "errorCode"),
        encryption_context: request.map(context_names).unwrap_or_default(),
        pending_window: window(request).or_else(|| window(response)),
    }
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
        Value::Number(text) => text.parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
