//! What CloudTrail recorded of keys: like events together, so that a gigabyte of them stays small.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html>

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::aws::{AccountId, KeyArn};
use crate::text::Location;

use super::{Coverage, Key};

/// Everything that the loaded CloudTrail files say about KMS.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// What the files cover. Outside of it nothing is known: no event is no evidence of no use.
    pub coverage: Coverage,
    /// Events, those that differ only in their time counted together; sorted by first time.
    pub events: Vec<RecordedEvents>,
}

/// Events of one operation on one key by one caller with one outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvents {
    /// `eventName`, for example `Decrypt`.
    pub operation: String,
    /// Every name of the key in the event: ARNs of `resources`, `requestParameters.keyId` (id, ARN,
    /// alias or alias ARN), `responseElements.keyId`, `serviceEventDetails.keyId`, and key ARNs in
    /// `errorMessage`.
    pub key_names: BTreeSet<String>,
    /// `awsRegion`.
    pub region: String,
    /// Who called.
    pub caller: RecordedCaller,
    /// `errorCode` where the call failed.
    pub error: Option<String>,
    /// Whether `errorMessage` says that the key is pending deletion. AWS's own alarm on the use of
    /// such a key looks for these words:
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-creating-cloudwatch-alarm.html>
    pub refused_as_pending: bool,
    /// The names, not the values, of the encryption context's pairs; at most 32.
    pub encryption_context: BTreeSet<String>,
    /// `requestParameters.pendingWindowInDays`, or that of the answer; days.
    pub pending_window: Option<u16>,
    /// What else a call says that changes the key's life or its policy; none for other calls.
    pub change: Option<Box<RecordedChange>>,
    /// How many events.
    pub count: u64,
    /// The time of the first of them.
    pub first: Timestamp,
    /// The time of the last of them.
    pub last: Timestamp,
    /// `sourceIPAddress` of the last of them, for calls with a `change`: an address, or the name of
    /// a service.
    pub source_address: Option<String>,
    /// The file of the last of them; with its bytes where the file is text that is kept.
    pub at: Location,
}

/// What a call says that schedules, cancels or completes a deletion, deletes or imports key
/// material, creates a key or puts a key policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordedChange {
    /// `responseElements.keyState` of `ScheduleKeyDeletion`, for example `PendingReplicaDeletion`.
    pub key_state: Option<String>,
    /// `requestParameters.bypassPolicyLockoutSafetyCheck`.
    pub bypasses_lockout_check: bool,
    /// `keyMaterialId` of the request, or else of the answer.
    pub material: Option<String>,
    /// The ARN of the replica that `ReplicateKey` made; the event itself names the primary key.
    pub replica: Option<String>,
}

impl RecordedChange {
    /// The operations of which these are kept. `DeleteKey` and `DeleteExpiredKeyMaterial` are what
    /// AWS KMS does by itself:
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html>
    pub const OPERATIONS: [&str; 9] = [
        "CancelKeyDeletion",
        "CreateKey",
        "DeleteExpiredKeyMaterial",
        "DeleteImportedKeyMaterial",
        "DeleteKey",
        "ImportKeyMaterial",
        "PutKeyPolicy",
        "ReplicateKey",
        "ScheduleKeyDeletion",
    ];
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

/// The events of a trail by the names of their keys, so that many keys find theirs quickly.
#[derive(Debug)]
pub struct TrailIndex<'a> {
    trail: &'a Trail,
    /// Positions of events by the last part of each name: an id, or an alias without `alias/`.
    by_name: BTreeMap<&'a str, Vec<usize>>,
    /// The last event of each Region by a caller of each account.
    last: BTreeMap<(&'a str, Option<AccountId>), Timestamp>,
}

impl<'a> TrailIndex<'a> {
    /// Looks through all events once.
    pub fn new(trail: &'a Trail) -> Self {
        let mut by_name: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut last: BTreeMap<_, Timestamp> = BTreeMap::new();
        for (position, events) in trail.events.iter().enumerate() {
            let replica = events.change.as_ref().and_then(|of| of.replica.as_ref());
            for name in events.key_names.iter().chain(replica) {
                let all = by_name.entry(last_part(name)).or_default();
                if all.last() != Some(&position) {
                    all.push(position);
                }
            }
            let known = last.entry((events.region.as_str(), events.caller.account));
            let known = known.or_insert(events.last);
            *known = events.last.max(*known);
        }
        Self {
            trail,
            by_name,
            last,
        }
    }

    /// The last call to KMS in the Region by a caller of the account. Of what came later these files
    /// tell nothing.
    pub fn reaches(&self, region: &str, account: AccountId) -> Option<Timestamp> {
        self.last.get(&(region, Some(account))).copied()
    }

    /// The trail.
    pub const fn trail(&self) -> &'a Trail {
        self.trail
    }

    /// As [`Trail::of_key`].
    pub fn of_key(&self, key: &Key) -> impl Iterator<Item = &'a RecordedEvents> {
        let arn = key.arn.as_ref().map(KeyArn::as_str);
        let id = key.metadata.key_id.as_ref().map(|id| id.value.as_str());
        let aliases = key.metadata.aliases.iter();
        let aliases = aliases.flat_map(|aliases| &aliases.value);
        let names = arn.into_iter().chain(id).chain(aliases.map(String::as_str));
        let found = names.filter_map(|name| self.by_name.get(last_part(name)));
        let positions: BTreeSet<_> = found.flatten().copied().collect();
        let of_key = |events: &&RecordedEvents| events.name(key) || events.makes(key);
        let events = positions
            .into_iter()
            .filter_map(|at| self.trail.events.get(at));
        events.filter(of_key).collect::<Vec<_>>().into_iter()
    }
}

/// What stands after the last slash: of an ARN the id or the end of an alias.
fn last_part(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, last)| last)
}

impl Trail {
    /// The events that name the key, by ARN, id or alias, and the one that made it as a replica. A
    /// key that is only known by its policy has none.
    pub fn of_key<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = &'a RecordedEvents> {
        let of_key = |events: &&RecordedEvents| events.name(key) || events.makes(key);
        self.events.iter().filter(of_key)
    }
}

impl RecordedEvents {
    /// Whether they are about that key. An id or alias counts only where no ARN of the events says
    /// which key it stood for, an alias moves, and only in the Region and account of the call.
    pub fn name(&self, key: &Key) -> bool {
        let arn = key.arn.as_ref();
        let names = || self.key_names.iter().map(String::as_str);
        if arn.is_some_and(|arn| names().any(|name| name == arn.as_str())) {
            return true;
        }
        // A replica has the id of its primary, and another ARN.
        let others = names().filter(|name| name.contains(":key/")).count();
        if others >= self.keys() && arn.is_some() {
            return false;
        }
        let id = key.metadata.key_id.as_ref().map(|id| id.value.as_str());
        let id = id.or_else(|| arn.map(KeyArn::key_id));
        let is_id = |name: &str| match arn {
            Some(arn) => Some(name) == id && self.is_called_beside(arn),
            None => !name.contains("alias/") && Some(last_part(name)) == id,
        };
        if names().any(is_id) {
            return true;
        }
        let aliases = key.metadata.aliases.iter();
        let aliases = aliases.flat_map(|aliases| &aliases.value);
        others < self.keys()
            && aliases
                .into_iter()
                .any(|alias| names().any(|name| self.is_alias(name, alias, arn)))
    }

    /// How many keys the operation is about.
    fn keys(&self) -> usize {
        if self.operation == "ReEncrypt" { 2 } else { 1 }
    }

    /// Whether the call was made in the Region of the key and by a caller of its account, as far as
    /// that is known: a key of another account can be named by an ARN only.
    fn is_called_beside(&self, arn: &KeyArn) -> bool {
        (self.region.is_empty() || self.region == arn.region())
            && (self.caller.account).is_none_or(|account| account == arn.account())
    }

    /// Whether this name is that alias of the key.
    fn is_alias(&self, name: &str, alias: &str, arn: Option<&KeyArn>) -> bool {
        match (name.strip_suffix(alias), arn) {
            (Some(""), Some(arn)) => self.is_called_beside(arn),
            (Some(""), None) => true,
            // An alias's ARN differs from its key's behind the account only.
            (Some(before), Some(arn)) => arn
                .as_str()
                .strip_prefix(before)
                .is_some_and(|rest| rest.starts_with("key/")),
            (Some(before), None) => before.ends_with(':'),
            (None, _) => false,
        }
    }
}
