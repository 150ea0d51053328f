//! The answer of `aws cloudtrail get-trail-status`: whether and since when a trail records.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html>

use jiff::Timestamp;

use crate::inventory::{Evidence, EvidenceType, OpenSpan, TrailStatus};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::trail::{TrailPart, moment};
use crate::tree::Node;

use super::Answer;

/// Reads in which times the trail recorded nothing.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let Some(is_logging) = root.get("IsLogging").and_then(Node::as_bool) else {
        return Answer::NotThis;
    };
    let time = |names: [&str; 2]| names.iter().find_map(|name| moment(root.get(name)?));
    let started = time(["StartLoggingTime", "TimeLoggingStarted"]);
    let stopped = time(["StopLoggingTime", "TimeLoggingStopped"]);
    let delivered = time(["LatestDeliveryTime", "LatestDeliveryAttemptSucceeded"]);
    let error = root.get("LatestDeliveryError").and_then(Node::as_str);
    let delivery_error = error.filter(|error| !error.is_empty()).map(str::to_owned);
    let mut silent: Vec<_> = not_logging(is_logging, started, stopped)
        .into_iter()
        .collect();
    if delivery_error.is_some() {
        silent.push(OpenSpan {
            from: delivered,
            to: None,
        });
    }
    Answer::from(Contents {
        trail: Some(Box::new(TrailPart::Status(TrailStatus {
            silent,
            delivery_error,
            at: document.at(root.span),
        }))),
        evidence: Some(Evidence {
            kind: EvidenceType::TrailSettings,
            source: document.source,
            records: 1,
        }),
        ..Contents::default()
    })
}

/// The last time in which it did not log, as far as the answer says: it holds the last start and
/// the last stop only.
fn not_logging(
    is_logging: bool,
    started: Option<Timestamp>,
    stopped: Option<Timestamp>,
) -> Option<OpenSpan> {
    let (from, to) = match (is_logging, started, stopped) {
        (true, None, None) => return None,
        (true, Some(started), Some(stopped)) if stopped <= started => {
            (Some(stopped), Some(started))
        }
        (true, Some(started), None) => (None, Some(started)),
        (_, _, stopped) => (stopped, None),
    };
    Some(OpenSpan { from, to })
}

#[cfg(test)]
mod tests {
    use super::super::tests::contents;
    use super::*;

    fn silent(text: &str) -> Vec<[Option<String>; 2]> {
        let Some(TrailPart::Status(status)) = contents(text).trail.map(|part| *part) else {
            panic!("{text}");
        };
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let spans = status.silent.iter();
        spans.map(|span| [text(span.from), text(span.to)]).collect()
    }

    const JANUARY: &str = "2026-01-01T00:00:00Z";
    const FEBRUARY: &str = "2026-02-01T00:00:00Z";

    /// The example of the CLI's reference, shortened, and what else the fields may say.
    #[test]
    fn a_status_tells_when_nothing_was_recorded() {
        assert_eq!(
            silent(
                r#"{"LatestDeliveryTime":1454022144.869,"IsLogging":true,
                "StartLoggingTime":1446834998.695,"StopLoggingTime":1446834996.933}"#
            ),
            [[
                Some("2015-11-06T18:36:36Z".to_owned()),
                Some("2015-11-06T18:36:38Z".to_owned())
            ]]
        );
        let start = r#""StartLoggingTime":"2026-01-01T00:00:00Z""#;
        let stop = r#""StopLoggingTime":"2026-02-01T00:00:00Z""#;
        assert_eq!(
            silent(&format!("{{\"IsLogging\":true,{start}}}")),
            [[None, Some(JANUARY.to_owned())]]
        );
        for text in ["true", "false"] {
            assert_eq!(
                silent(&format!("{{\"IsLogging\":{text},{start},{stop}}}")),
                [[Some(FEBRUARY.to_owned()), None]]
            );
        }
        assert_eq!(silent(r#"{"IsLogging":false}"#), [[None, None]]);
        assert_eq!(silent(r#"{"IsLogging":true}"#), Vec::<[_; 2]>::new());
        assert_eq!(
            silent(r#"{"IsLogging":true,"LatestDeliveryError":"AccessDenied"}"#),
            [[None, None]]
        );
        assert_eq!(
            silent(r#"{"IsLogging":true,"LatestDeliveryError":""}"#),
            Vec::<[_; 2]>::new()
        );
    }
}
