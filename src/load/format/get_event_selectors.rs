//! The answer of `aws cloudtrail get-event-selectors`: what a trail records.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html>

use crate::aws::{AccountId, Arn};
use crate::inventory::{Evidence, EvidenceType, TrailSelectors};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::trail::{TrailPart, record_kms_reads};
use crate::tree::Node;

use super::Answer;

/// Reads whether the trail records how keys are used.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let Some(kms_reads) = record_kms_reads(root) else {
        return Answer::NotThis;
    };
    let Some(trail) = root.get("TrailARN").and_then(Node::as_str) else {
        return Answer::NotThis;
    };
    Answer::from(Contents {
        trail: Some(Box::new(TrailPart::Selectors(TrailSelectors {
            trail: Some(trail.to_owned()),
            home: home(trail),
            kms_reads,
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

/// The account and the Region of a trail's ARN, which is that of its home Region.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrail.html>
fn home(trail: &str) -> Option<(AccountId, String)> {
    let arn = Arn::parse(trail).filter(|arn| arn.service == "cloudtrail")?;
    Some((AccountId::parse(arn.account)?, arn.region.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, contents};
    use super::*;

    /// The example of the CLI's reference, and the same with KMS taken out.
    #[test]
    fn selectors_tell_the_trail_its_home_and_what_it_records() {
        let text = |excluded: &str| {
            format!(
                r#"{{"EventSelectors":[{{"ReadWriteType":"All","IncludeManagementEvents":true,"DataResources":[],"ExcludeManagementEventSources":[{excluded}]}}],
                "TrailARN":"arn:aws:cloudtrail:us-east-2:123456789012:trail/TrailName"}}"#
            )
        };
        for (excluded, kms_reads) in [("", true), ("\"kms.amazonaws.com\"", false)] {
            let Some(TrailPart::Selectors(found)) =
                contents(&text(excluded)).trail.map(|part| *part)
            else {
                panic!("{excluded}");
            };
            let account = AccountId::parse("123456789012").unwrap();
            assert_eq!(found.home, Some((account, "us-east-2".to_owned())));
            assert_eq!(found.kms_reads, kms_reads);
        }
        // A request of put-event-selectors is a wish.
        let request = answer(r#"{"TrailName":"t","EventSelectors":[]}"#);
        assert!(matches!(request, Answer::NotThis));
    }
}
