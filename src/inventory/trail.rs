//! What CloudTrail recorded of keys: like events together, so that a gigabyte of them stays small.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html>

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::aws::{AccountId, KeyArn};
use crate::source::Location;

use super::Key;

/// Everything that the loaded CloudTrail files say about KMS.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// What the files cover. Outside of it nothing is known: no event is no evidence of no use.
    pub coverage: Coverage,
    /// Events, those that differ only in their time counted together; sorted by first time.
    pub events: Vec<RecordedEvents>,
}

/// What files of CloudTrail cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many files.
    pub files: usize,
    /// How many events of any service.
    pub events: u64,
    /// How many of them are of AWS KMS. With none, the trail may leave KMS out
    /// (`ExcludeManagementEventSources`).
    pub kms_events: u64,
    /// The time of the first event of any service.
    pub first: Option<Timestamp>,
    /// The time of the last.
    pub last: Option<Timestamp>,
    /// `awsRegion` of the events.
    pub regions: BTreeSet<String>,
    /// `recipientAccountId` of the events: whose trail it is.
    pub accounts: BTreeSet<AccountId>,
    /// Whether a `lookup-events` answer says that there is more (`NextToken`).
    pub truncated: bool,
}

/// Events of one operation on one key by one caller with one outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvents {
    /// `eventName`, for example `Decrypt`.
    pub operation: String,
    /// Every name of the key in the event: ARNs of `resources`, `requestParameters.keyId` (id, ARN,
    /// alias or alias ARN), `responseElements.keyId`, `serviceEventDetails.keyId`.
    pub key_names: BTreeSet<String>,
    /// `awsRegion`.
    pub region: String,
    /// Who called.
    pub caller: RecordedCaller,
    /// `errorCode` where the call failed.
    pub error: Option<String>,
    /// The names, not the values, of the encryption context's pairs; at most 32.
    pub encryption_context: BTreeSet<String>,
    /// `requestParameters.pendingWindowInDays`, or that of the answer; days.
    pub pending_window: Option<u16>,
    /// How many events.
    pub count: u64,
    /// The time of the first of them.
    pub first: Timestamp,
    /// The time of the last of them.
    pub last: Timestamp,
    /// The file of the last of them; with its bytes where the file is text that is kept.
    pub at: Location,
}

/// Who made a call.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordedCaller {
    /// `userIdentity.type`, for example `AssumedRole`.
    pub kind: String,
    /// The ARN of the principal: of a session, its role's (`sessionIssuer.arn`).
    pub arn: Option<String>,
    /// `userIdentity.accountId`.
    pub account: Option<AccountId>,
    /// `userIdentity.invokedBy`: the AWS service that called for the principal or for itself.
    pub invoked_by: Option<String>,
}

impl Trail {
    /// The events that name the key, by ARN, id or alias. A key that is only known by its policy
    /// has none.
    pub fn of_key<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = &'a RecordedEvents> {
        self.events.iter().filter(|events| events.name(key))
    }
}

impl RecordedEvents {
    /// Whether they are about that key. An alias counts only where no name of the events says
    /// another key: an alias moves.
    pub fn name(&self, key: &Key) -> bool {
        let arn = key.arn.as_ref().map(KeyArn::as_str);
        let id = key.metadata.key_id.as_ref().map(|id| id.value.as_str());
        let id = id.or_else(|| arn.and_then(|arn| arn.rsplit_once('/')).map(|(_, id)| id));
        let by_arn = |name: &str| Some(name) == arn;
        if self.key_names.iter().any(|name| by_arn(name)) {
            return true;
        }
        let is_key_arn = |name: &&String| name.contains(":key/");
        if arn.is_some() && self.key_names.iter().any(|name| is_key_arn(&name)) {
            // A replica has the id of its primary, and another ARN.
            return false;
        }
        let is_id = |name: &str| {
            let last = name.rsplit_once('/').map_or(name, |(_, last)| last);
            !name.contains("alias/") && Some(last) == id
        };
        if self.key_names.iter().any(|name| is_id(name)) {
            return true;
        }
        let aliases = key
            .metadata
            .aliases
            .iter()
            .flat_map(|aliases| &aliases.value);
        let of_alias = |name: &str, alias: &str| {
            name == alias
                || name
                    .strip_suffix(alias)
                    .is_some_and(|rest| rest.ends_with(':'))
        };
        !self.key_names.iter().any(|name| is_key_arn(&name))
            && aliases
                .into_iter()
                .any(|alias| self.key_names.iter().any(|name| of_alias(name, alias)))
    }
}
