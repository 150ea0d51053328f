//! A key, the records around it, and a question: as data, so that a file and a model can be made of
//! the same.

use std::fmt;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use kmslint::facts::FactMaker;
use kmslint::load::{Loaded, load_over};
use kmslint::preflight::{EvidenceRequirements, Preflight, Question, preflight};
use kmslint::text::{Discovery, Overlay};
use serde_json::{Value, json};

use super::{ALL, ARN, LIMITS, account, ask, policy};

/// Another key of the same account and Region.
pub(crate) const OTHER: &str =
    "arn:aws:kms:us-east-2:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab";

/// The key's own account and Region.
pub(crate) const OWN: (&str, &str) = ("111122223333", "us-east-2");

/// What an event is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A management event, which reads or writes; none where the event does not say.
    Management(Option<bool>),
    /// A data event that reads.
    Data,
    /// An Insights event about calls of KMS.
    Insight,
}

pub(crate) const READ: Class = Class::Management(Some(true));
pub(crate) const WRITE: Class = Class::Management(Some(false));

/// One event.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) at: Timestamp,
    pub(crate) place: (&'static str, &'static str),
    pub(crate) service: &'static str,
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    pub(crate) key: Option<&'static str>,
    pub(crate) error: Option<&'static str>,
    pub(crate) request: Value,
}

/// In one line: a scenario has hundreds.
impl fmt::Debug for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at,
            place,
            service,
            name,
            class,
            key,
            error,
            request,
        } = self;
        write!(formatter, "{at} {place:?} {service} {name} {class:?}")?;
        let key = key.map_or("", |key| if key == ARN { " KEY" } else { " OTHER" });
        write!(formatter, "{key} {} {request}", error.unwrap_or_default())
    }
}

impl Event {
    pub(crate) fn new(
        at: Timestamp,
        service: &'static str,
        name: &'static str,
        class: Class,
    ) -> Self {
        Self {
            at,
            place: OWN,
            service,
            name,
            class,
            key: None,
            error: None,
            request: Value::Null,
        }
    }

    /// An event of KMS about a key.
    pub(crate) fn kms(at: Timestamp, name: &'static str, class: Class, key: &'static str) -> Self {
        Self {
            key: Some(key),
            ..Self::new(at, "kms", name, class)
        }
    }

    pub(crate) fn is_of(&self, place: (&str, &str)) -> bool {
        self.place == place
    }

    pub(crate) fn written(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    /// As text, made by hand: ten thousand scenarios have a million events.
    pub(crate) fn text(&self) -> String {
        let (at, (account, region), name) = (self.at, self.place, self.name);
        if self.class == Class::Insight {
            return format!(
                r#"{{"eventVersion":"1.07","eventTime":"{at}","awsRegion":"{region}","eventType":"AwsCloudTrailInsight","recipientAccountId":"{account}","eventCategory":"Insight","insightDetails":{{"state":"Start","eventSource":"kms.amazonaws.com","eventName":"{name}","insightType":"ApiCallRateInsight"}}}}"#
            );
        }
        let class = match self.class {
            Class::Management(Some(reads)) => format!(r#","readOnly":{reads}"#),
            Class::Data => {
                r#","readOnly":true,"managementEvent":false,"eventCategory":"Data""#.to_owned()
            }
            Class::Management(None) | Class::Insight => String::new(),
        };
        let key = self
            .key
            .map(|key| format!(r#","resources":[{{"ARN":"{key}","type":"AWS::KMS::Key"}}]"#));
        let error = self.error.map(|error| format!(r#","errorCode":"{error}""#));
        format!(
            r#"{{"eventVersion":"1.11","eventTime":"{at}","eventSource":"{}.amazonaws.com","eventName":"{name}","awsRegion":"{region}","recipientAccountId":"{account}","eventType":"AwsApiCall","userIdentity":{{"type":"AssumedRole","arn":"arn:aws:iam::111122223333:role/App","accountId":"111122223333"}},"requestParameters":{}{class}{}{}}}"#,
            self.service,
            self.request,
            key.unwrap_or_default(),
            error.unwrap_or_default()
        )
    }
}

/// An answer of `lookup-events`, and the request beside it.
#[derive(Clone, Debug)]
pub(crate) struct History {
    /// The attribute asked for, `[key, value]`.
    pub(crate) asked: Option<[&'static str; 2]>,
    pub(crate) start: Option<Timestamp>,
    pub(crate) end: Option<Timestamp>,
    pub(crate) events: Vec<Event>,
    /// Whether the answer says that there are more pages.
    pub(crate) has_more: bool,
    /// Whether the request is there.
    pub(crate) has_request: bool,
}

/// `get-key-last-usage`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    pub(crate) created: Timestamp,
    pub(crate) since: Timestamp,
    pub(crate) used: Option<Timestamp>,
}

/// All of it.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) now: Timestamp,
    pub(crate) needed: EvidenceRequirements,
    pub(crate) state: &'static str,
    pub(crate) events: Vec<Event>,
    pub(crate) histories: Vec<History>,
    /// `get-event-selectors` of a trail whose home is this place: whether KMS is in it.
    pub(crate) selectors: Option<((&'static str, &'static str), bool)>,
    /// `get-trail-status` with `StopLoggingTime` and `StartLoggingTime`.
    pub(crate) stopped: Option<(Timestamp, Timestamp)>,
    /// The times of a log file that a digest names and that is not there.
    pub(crate) missing_log: Option<(Timestamp, Timestamp)>,
    pub(crate) usage: Option<Usage>,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn hours(at: Timestamp, hours: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_hours(hours)).unwrap()
}

pub(crate) fn seconds(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

/// A use of another key at every so many hours, from one moment to another.
pub(crate) fn every(hours_apart: i64, from: Timestamp, to: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    let mut time = from;
    while time <= to {
        events.push(Event::kms(time, "Decrypt", READ, OTHER));
        time = hours(time, hours_apart);
    }
    events
}

/// The call that disabled the key.
pub(crate) fn disable(at: Timestamp) -> Event {
    Event::kms(at, "DisableKey", WRITE, ARN)
}

impl Scenario {
    /// A disabled key beside which another one is used every day, up to a day before now: a go.
    pub(crate) fn quiet() -> Self {
        let now = at("2027-01-03T00:00:00Z");
        let mut events = every(24, at("2026-08-25T00:00:00Z"), at("2027-01-02T00:00:00Z"));
        events.push(disable(at("2026-12-01T08:00:00Z")));
        Self {
            now,
            needed: EvidenceRequirements::default(),
            state: "Disabled",
            events,
            histories: Vec::new(),
            selectors: None,
            stopped: None,
            missing_log: None,
            usage: None,
        }
    }

    /// The files: name and content.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<(String, String)> = vec![
            (
                "key.json".into(),
                super::key(&json!({"KeyState": self.state})).to_string(),
            ),
            ("policy.json".into(), policy(&ALL).to_string()),
            ("account.json".into(), account().to_string()),
        ];
        if !self.events.is_empty() {
            let events: Vec<_> = self.events.iter().map(Event::text).collect();
            let records = format!("{{\"Records\":[{}]}}", events.join(","));
            files.push(("trail/a.json".into(), records));
        }
        for (number, history) in self.histories.iter().enumerate() {
            files.extend(history.files(number));
        }
        if let Some((home, with_kms)) = self.selectors {
            let excluded: &[&str] = if with_kms {
                &[]
            } else {
                &["kms.amazonaws.com"]
            };
            let answer = json!({"TrailARN": format!("arn:aws:cloudtrail:{}:{}:trail/t", home.1, home.0),
                "EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true,
                    "ExcludeManagementEventSources": excluded}]});
            files.push(("selectors.json".into(), answer.to_string()));
        }
        if let Some((stopped, started)) = self.stopped {
            let answer = json!({"IsLogging": true, "StopLoggingTime": stopped.to_string(),
                "StartLoggingTime": started.to_string()});
            files.push(("status.json".into(), answer.to_string()));
        }
        if let Some((oldest, newest)) = self.missing_log {
            let object = "AWSLogs/111122223333/CloudTrail/us-east-2/2026/12/01/111122223333_CloudTrail_us-east-2_20261201T0000Z_a.json.gz";
            let digest = json!({"awsAccountId": OWN.0, "digestStartTime": oldest.to_string(),
                "digestEndTime": newest.to_string(), "logFiles": [{"s3Bucket": "b", "s3Object": object,
                    "oldestEventTime": oldest.to_string(), "newestEventTime": newest.to_string()}]});
            files.push(("digest.json".into(), digest.to_string()));
        }
        if let Some(usage) = self.usage {
            let mut answer = json!({"KeyId": ARN, "KeyCreationDate": usage.created.to_string(),
                "TrackingStartDate": usage.since.to_string()});
            if let Some(used) = usage.used {
                answer["KeyLastUsage"] =
                    json!({"Operation": "Decrypt", "Timestamp": used.to_string()});
            }
            files.push(("usage.json".into(), answer.to_string()));
        }
        files
            .into_iter()
            .map(|(name, text)| (name, text.into_bytes()))
            .collect()
    }

    pub(crate) fn answer(&self) -> Preflight {
        self.answer_with(&self.files())
    }

    pub(crate) fn answer_with(&self, files: &[(String, Vec<u8>)]) -> Preflight {
        let loaded = loaded(files);
        assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
        let question = Question {
            now: Some(self.now),
            evidence: self.needed,
            ..ask(ARN)
        };
        preflight(
            &question,
            &FactMaker::new(&loaded.inventory, &loaded.sources, LIMITS),
        )
        .unwrap()
    }
}

/// What these files hold.
pub(crate) fn loaded(files: &[(String, Vec<u8>)]) -> Loaded {
    let mut overlay = Overlay::default();
    let mut discovery = Discovery::default();
    for (name, bytes) in files {
        let path = PathBuf::from("scenario").join(name);
        overlay.put(path.clone(), bytes.clone());
        discovery.found.push(path);
    }
    load_over(&discovery, &overlay)
}

impl History {
    /// 90 days up to now, asked for by the key's ARN: nothing was found.
    pub(crate) fn of_key(now: Timestamp) -> Self {
        Self {
            asked: Some(["ResourceName", ARN]),
            start: Some(hours(now, -90 * 24)),
            end: Some(now),
            events: Vec::new(),
            has_more: false,
            has_request: true,
        }
    }

    pub(crate) fn files(&self, number: usize) -> Vec<(String, String)> {
        let item = |event: &Event| {
            json!({"EventName": event.name, "EventTime": event.at.to_string(),
                "CloudTrailEvent": event.text()})
        };
        let mut answer = json!({"Events": self.events.iter().map(item).collect::<Vec<_>>()});
        if self.has_more {
            answer["NextToken"] = json!("token");
        }
        let mut files = vec![(format!("history{number}/answer.json"), answer.to_string())];
        if self.has_request {
            let mut request = json!({"LookupAttributes": []});
            if let Some([key, value]) = self.asked {
                request["LookupAttributes"] =
                    json!([{"AttributeKey": key, "AttributeValue": value}]);
            }
            for (name, time) in [("StartTime", self.start), ("EndTime", self.end)] {
                if let Some(time) = time {
                    request[name] = json!(time.to_string());
                }
            }
            files.push((format!("history{number}/request.json"), request.to_string()));
        }
        files
    }
}
