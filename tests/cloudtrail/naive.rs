//! The same reading, written without thought of speed: all of a file as `serde_json` sees it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What is compared of an event: name, keys, Region, caller, error and whether it says that the key
/// is pending deletion, context, days, what it changed.
type Likeness = (
    String,
    BTreeSet<String>,
    String,
    [String; 4],
    (Option<String>, bool),
    BTreeSet<String>,
    Option<u16>,
    Option<(String, bool, String, String)>,
);

/// All that a trail says, in words that both readers can be put in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) events: u64,
    pub(crate) kms_events: u64,
    pub(crate) first: Option<jiff::Timestamp>,
    pub(crate) last: Option<jiff::Timestamp>,
    pub(crate) regions: BTreeSet<String>,
    pub(crate) accounts: BTreeSet<String>,
    pub(crate) truncated: bool,
    pub(crate) places: BTreeMap<(String, String), Recorded>,
    pub(crate) counted: BTreeMap<Likeness, (u64, jiff::Timestamp, jiff::Timestamp)>,
}

/// Management events of one account and Region that a trail recorded: reads, writes, reads of KMS, as
/// runs of at most an hour between two; and whether a read shows use.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Recorded {
    runs: [Vec<(jiff::Timestamp, jiff::Timestamp)>; 3],
    shows_use: bool,
}

/// Moments of one kind, each with its account and Region.
type Moments = BTreeMap<(String, String), [Vec<jiff::Timestamp>; 3]>;

/// Every document of these texts, whatever its shape.
pub(crate) fn read(texts: &[String]) -> Seen {
    let mut seen = Seen::default();
    let mut moments = Moments::new();
    for text in texts {
        for document in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
            let document = document.unwrap();
            let list = document.get("Records").or_else(|| document.get("Events"));
            let more = document.get("NextToken").and_then(Value::as_str);
            seen.truncated |= more.is_some_and(|token| !token.is_empty());
            let events = match list.unwrap_or(&document) {
                Value::Array(events) => events.as_slice(),
                event => std::slice::from_ref(event),
            };
            for event in events {
                let unwrapped = seen.take(event);
                // What lookup-events answers is no record of a trail.
                if document.get("Events").is_none() && event.get("CloudTrailEvent").is_none() {
                    seen.cover(&unwrapped, &mut moments);
                }
            }
        }
    }
    for (place, moments) in moments {
        let recorded = seen.places.entry(place).or_default();
        recorded.runs = moments.map(runs);
    }
    seen.places
        .retain(|_, recorded| *recorded != Recorded::default());
    seen
}

fn runs(mut moments: Vec<jiff::Timestamp>) -> Vec<(jiff::Timestamp, jiff::Timestamp)> {
    moments.sort_unstable();
    let apart =
        |one: &jiff::Timestamp, next: &jiff::Timestamp| next.as_second() - one.as_second() <= 3_600;
    let together = moments.chunk_by(apart);
    together.map(|run| (run[0], run[run.len() - 1])).collect()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

impl Seen {
    /// Notes a management event that says whether it reads, under its account and Region.
    fn cover(&mut self, event: &Value, moments: &mut Moments) {
        let (account, region) = (text(event, "recipientAccountId"), text(event, "awsRegion"));
        if account.len() != 12 || region.is_empty() {
            return;
        }
        let place = (account, region);
        let moments = moments.entry(place.clone()).or_default();
        let recorded = self.places.entry(place).or_default();
        let flag = |name: &str| match &event[name] {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        let category = event["eventCategory"].as_str();
        if flag("managementEvent") == Some(false) || category.is_some_and(|of| of != "Management") {
            return;
        }
        let time = text(event, "eventTime").parse().unwrap();
        let is_kms = text(event, "eventSource") == "kms.amazonaws.com";
        match flag("readOnly") {
            Some(true) => {
                moments[0].push(time);
                if is_kms {
                    moments[2].push(time);
                }
                recorded.shows_use |= !is_kms || text(event, "eventName") == "Decrypt";
            }
            Some(false) => moments[1].push(time),
            None => {}
        }
    }

    fn take(&mut self, event: &Value) -> Value {
        if let Some(wrapped) = event.get("CloudTrailEvent") {
            let inner: Value = serde_json::from_str(wrapped.as_str().unwrap()).unwrap();
            return self.take(&inner);
        }
        let time: jiff::Timestamp = text(event, "eventTime").parse().unwrap();
        self.events += 1;
        self.first = Some(self.first.unwrap_or(time).min(time));
        self.last = Some(self.last.unwrap_or(time).max(time));
        self.regions.extend(some(text(event, "awsRegion")));
        let account = text(event, "recipientAccountId");
        let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        self.accounts.extend(digits.then_some(account));
        if text(event, "eventSource") == "kms.amazonaws.com" {
            self.kms_events += 1;
            let entry = self
                .counted
                .entry(likeness(event))
                .or_insert((0, time, time));
            *entry = (entry.0 + 1, entry.1.min(time), entry.2.max(time));
        }
        event.clone()
    }
}

/// The keys that the generator's messages name.
fn keys_in(message: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || ":/-_".contains(c);
    let words = message.split(|c| !is_part(c));
    let is_key = |word: &&str| {
        let (start, id) = word.split_once(":key/").unwrap_or_default();
        start.starts_with("arn:aws:kms:eu-") && !id.is_empty()
    };
    words.filter(is_key).map(str::to_owned).collect()
}

fn likeness(event: &Value) -> Likeness {
    let mut keys = BTreeSet::new();
    for resource in event["resources"].as_array().unwrap_or(&Vec::new()) {
        keys.extend(some(text(resource, "ARN")));
    }
    for part in [
        "requestParameters",
        "responseElements",
        "serviceEventDetails",
    ] {
        for name in ["keyId", "sourceKeyId", "destinationKeyId", "targetKeyId"] {
            keys.extend(some(text(&event[part], name)));
        }
    }
    let message = text(event, "errorMessage");
    keys.extend(keys_in(&message));
    let identity = &event["userIdentity"];
    let issuer = text(&identity["sessionContext"]["sessionIssuer"], "arn");
    let caller = [
        text(identity, "type"),
        some(issuer).unwrap_or_else(|| text(identity, "arn")),
        text(identity, "accountId"),
        text(identity, "invokedBy"),
    ];
    let context = event["requestParameters"]["encryptionContext"].as_object();
    let context = context.map(|pairs| pairs.keys().cloned().collect());
    let window = |part: &str| event[part]["pendingWindowInDays"].as_u64();
    let days = window("requestParameters").or_else(|| window("responseElements"));
    let (request, response) = (&event["requestParameters"], &event["responseElements"]);
    keys.extend(some(text(&response["keyMetadata"], "arn")));
    let material = some(text(request, "keyMaterialId"));
    let changes = kmslint::inventory::RecordedChange::OPERATIONS;
    let change = changes.contains(&&*text(event, "eventName")).then(|| {
        (
            text(response, "keyState"),
            request["bypassPolicyLockoutSafetyCheck"] == true,
            material.unwrap_or_else(|| text(response, "keyMaterialId")),
            text(&response["replicaKeyMetadata"], "arn"),
        )
    });
    (
        text(event, "eventName"),
        keys,
        text(event, "awsRegion"),
        caller,
        (
            some(text(event, "errorCode")),
            message.contains("is pending deletion"),
        ),
        context.unwrap_or_default(),
        days.map(|days| days.try_into().unwrap()),
        change,
    )
}

fn recorded(
    ((account, region), record): (
        &(kmslint::aws::AccountId, String),
        &kmslint::inventory::RegionEvents,
    ),
) -> ((String, String), Recorded) {
    let kinds = [&record.reads, &record.writes, &record.kms_reads];
    let recorded = Recorded {
        runs: kinds.map(|moments| moments.runs().collect()),
        shows_use: record.shows_use,
    };
    ((account.to_string(), region.clone()), recorded)
}

/// What kmslint saw.
pub(crate) fn as_seen(trail: &kmslint::inventory::Trail) -> Seen {
    let coverage = &trail.coverage;
    let counted = trail.events.iter().map(|events| {
        let caller = &events.caller;
        let account = caller.account.map(|account| account.to_string());
        let caller = [
            caller.kind.clone(),
            caller.arn.clone().unwrap_or_default(),
            account.unwrap_or_default(),
            caller.invoked_by.clone().unwrap_or_default(),
        ];
        let likeness = (
            events.operation.clone(),
            events.key_names.clone(),
            events.region.clone(),
            caller,
            (events.error.clone(), events.refused_as_pending),
            events.encryption_context.clone(),
            events.pending_window,
            events.change.as_ref().map(|change| {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                let (state, material) = (text(&change.key_state), text(&change.material));
                let bypasses = change.bypasses_lockout_check;
                (state, bypasses, material, text(&change.replica))
            }),
        );
        (likeness, (events.count, events.first, events.last))
    });
    Seen {
        events: coverage.events,
        kms_events: coverage.kms_events,
        first: coverage.first,
        last: coverage.last,
        regions: coverage.regions.clone(),
        accounts: coverage.accounts.iter().map(ToString::to_string).collect(),
        truncated: coverage.truncated,
        places: coverage.places.iter().map(recorded).collect(),
        counted: counted.collect(),
    }
}
