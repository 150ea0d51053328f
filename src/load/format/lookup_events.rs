//! A request of `aws cloudtrail lookup-events`, as `--cli-input-json` takes it, and an answer that
//! has no events. Answers with events are read as events are.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>

use jiff::Timestamp;

use crate::inventory::{Evidence, EvidenceType, LookupFilter};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::trail::{AnswerFile, LookupRequest, TrailPart, moment};
use crate::text::InputError;
use crate::tree::Node;

use super::Answer;

/// The members of a request.
const REQUEST: [&str; 6] = [
    "LookupAttributes",
    "StartTime",
    "EndTime",
    "EventCategory",
    "MaxResults",
    "NextToken",
];

/// Those of which one tells a request from other documents.
const TELLING: [&str; 3] = ["LookupAttributes", "StartTime", "EndTime"];

/// Reads what was asked, or that nothing was found.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let Some(members) = root.members() else {
        return Answer::NotThis;
    };
    let only = |known: &[&str]| members.iter().all(|found| known.contains(&&*found.key));
    let events = root.get("Events").and_then(Node::items);
    if events.is_some_and(<[_]>::is_empty) && only(&["Events", "NextToken", "ResponseMetadata"]) {
        let answer = AnswerFile {
            pages: 1,
            token: token(root),
            ..AnswerFile::default()
        };
        return answered(document, TrailPart::EmptyAnswer(answer), Vec::new());
    }
    if !only(&REQUEST) || !TELLING.iter().any(|name| root.get(name).is_some()) {
        return Answer::NotThis;
    }
    let mut errors = Vec::new();
    let mut time = |name: &str| time(root, name, &mut errors);
    let (start, end) = (time("StartTime"), time("EndTime"));
    let request = LookupRequest {
        asked: filter(root),
        start,
        end,
        token: token(root),
    };
    answered(document, TrailPart::Request(request), errors)
}

fn answered(document: &Document<'_>, part: TrailPart, errors: Vec<InputError>) -> Answer {
    let kind = match part {
        TrailPart::EmptyAnswer(_) => EvidenceType::CloudTrail,
        _ => EvidenceType::TrailSettings,
    };
    Answer::from(Contents {
        trail: Some(Box::new(part)),
        evidence: Some(Evidence {
            kind,
            source: document.source,
            records: 0,
        }),
        errors,
        ..Contents::default()
    })
}

fn token(root: &Node<'_>) -> Option<String> {
    let token = root.get("NextToken").and_then(Node::as_str);
    token.filter(|token| !token.is_empty()).map(str::to_owned)
}

/// A time that is not understood must not pass for one that was not asked for.
fn time(root: &Node<'_>, name: &str, errors: &mut Vec<InputError>) -> Option<Timestamp> {
    let node = root.get(name)?;
    let found = moment(node);
    if found.is_none() {
        let error = InputError::new(node.span, format!("`{name}` must be a date and a time"));
        errors.push(error.help("write it as in `2027-01-31T09:00:00Z`"));
    }
    found
}

/// What was asked for: CloudTrail takes one attribute, and one category, Insights events.
fn filter(root: &Node<'_>) -> LookupFilter {
    if root.get("EventCategory").is_some() {
        return LookupFilter::Other;
    }
    let attributes = root.get("LookupAttributes");
    let text = |node: &Node<'_>, name: &str| node.get(name)?.as_str().map(str::to_owned);
    let one = match attributes.map(Node::items) {
        None | Some(Some([])) => return LookupFilter::Nothing,
        Some(Some([one])) => one,
        Some(_) => return LookupFilter::Other,
    };
    let (key, value) = (text(one, "AttributeKey"), text(one, "AttributeValue"));
    match (key.as_deref(), value) {
        (Some("ResourceName"), Some(name)) => LookupFilter::Resource(name),
        (Some("EventSource"), Some(source)) => LookupFilter::Source(source),
        (Some("ReadOnly"), Some(flag)) if flag == "true" => LookupFilter::ReadOnly(true),
        (Some("ReadOnly"), Some(flag)) if flag == "false" => LookupFilter::ReadOnly(false),
        _ => LookupFilter::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, contents};
    use super::*;

    fn request(text: &str) -> LookupRequest {
        match contents(text).trail.map(|part| *part) {
            Some(TrailPart::Request(request)) => request,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_request_says_what_was_asked() {
        let asked =
            |attributes: &str| request(&format!("{{\"LookupAttributes\":[{attributes}]}}")).asked;
        let one = |key: &str, value: &str| {
            asked(&format!(
                "{{\"AttributeKey\":\"{key}\",\"AttributeValue\":\"{value}\"}}"
            ))
        };
        assert_eq!(asked(""), LookupFilter::Nothing);
        assert_eq!(one("ResourceName", "k"), LookupFilter::Resource("k".into()));
        assert_eq!(one("EventSource", "s"), LookupFilter::Source("s".into()));
        assert_eq!(one("ReadOnly", "true"), LookupFilter::ReadOnly(true));
        assert_eq!(one("ReadOnly", "false"), LookupFilter::ReadOnly(false));
        for key in [
            "EventName",
            "Username",
            "EventId",
            "AccessKeyId",
            "ResourceType",
        ] {
            assert_eq!(one(key, "x"), LookupFilter::Other, "{key}");
        }
        let insights = r#"{"StartTime":1,"EndTime":2,"EventCategory":"insight"}"#;
        assert_eq!(contents(insights).errors.len(), 2);
        assert_eq!(request(insights).asked, LookupFilter::Other);
    }

    #[test]
    fn times_are_read_as_the_cli_reads_them() {
        for text in [
            "\"2027-01-03T10:00:00Z\"",
            "\"2027-01-03T11:00:00+01:00\"",
            "\"2027-01-03T10:00:00\"",
            "1798970400",
            "1798970400.0",
            "\"1798970400\"",
        ] {
            let start = request(&format!("{{\"StartTime\":{text}}}")).start;
            assert_eq!(start.unwrap().to_string(), "2027-01-03T10:00:00Z", "{text}");
        }
        let day = request(r#"{"EndTime":"2027-01-03"}"#).end.unwrap();
        assert_eq!(day.to_string(), "2027-01-03T00:00:00Z");
        let broken = contents(r#"{"EndTime":"yesterday"}"#);
        assert_eq!(broken.errors.len(), 1);
    }

    #[test]
    fn an_answer_without_events_is_one() {
        for (text, expected) in [
            (r#"{"Events":[]}"#, None),
            (r#"{"Events":[],"NextToken":"t"}"#, Some("t")),
            (r#"{"Events":[],"ResponseMetadata":{}}"#, None),
        ] {
            let Some(TrailPart::EmptyAnswer(found)) = contents(text).trail.map(|part| *part) else {
                panic!("{text}");
            };
            assert_eq!((found.pages, found.token.as_deref()), (1, expected));
        }
        for text in [
            r#"{"Events":[],"Marker":"m"}"#,
            r#"{"MaxResults":50}"#,
            r#"{"StartTime":1,"MetricName":"m"}"#,
        ] {
            assert!(matches!(answer(text), Answer::NotThis), "{text}");
        }
    }
}
