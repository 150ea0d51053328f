//! A digest, which CloudTrail delivers every hour: which log files there are.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>

use crate::aws::AccountId;
use crate::inventory::{Evidence, EvidenceType};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::trail::{NamedLog, TrailPart, moment};
use crate::tree::Node;

use super::Answer;

/// Reads the names of the log files, and the times of their events.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let logs = root.get("logFiles").and_then(Node::items);
    let (Some(logs), Some(_)) = (logs, root.get("digestEndTime")) else {
        return Answer::NotThis;
    };
    let of_digest = |name: &str| moment(root.get(name)?);
    let hour = of_digest("digestStartTime").zip(of_digest("digestEndTime"));
    let named = |log: &Node<'_>| {
        let object = log.get("s3Object")?.as_str()?;
        let bucket = log.get("s3Bucket").and_then(Node::as_str);
        let time = |name: &str| moment(log.get(name)?);
        Some(NamedLog {
            place: place(object)?,
            address: format!("s3://{}/{object}", bucket.unwrap_or("BUCKET")),
            span: time("oldestEventTime")
                .zip(time("newestEventTime"))
                .or(hour)?,
        })
    };
    Answer::from(Contents {
        trail: Some(Box::new(TrailPart::Digest(
            logs.iter().filter_map(named).collect(),
        ))),
        evidence: Some(Evidence {
            kind: EvidenceType::TrailSettings,
            source: document.source,
            records: logs.len(),
        }),
        ..Contents::default()
    })
}

/// The account and the Region of a log file, `ACCOUNT_CloudTrail_REGION_TIME_ID.json.gz`; none of
/// files of other kinds, such as Insights events.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>
fn place(object: &str) -> Option<(AccountId, String)> {
    let name = object.rsplit_once('/').map_or(object, |(_, name)| name);
    let mut parts = name.split('_');
    let account = AccountId::parse(parts.next()?)?;
    let region = (parts.next()? == "CloudTrail").then(|| parts.next())??;
    Some((account, region.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::contents;
    use super::*;

    /// The sample of the user guide, shortened.
    #[test]
    fn a_digest_names_log_files() {
        let text = r#"{"awsAccountId":"111122223333","digestStartTime":"2015-08-17T14:01:31Z",
            "digestEndTime":"2015-08-17T15:01:31Z","digestS3Bucket":"amzn-s3-demo-bucket","logFiles":[
            {"s3Bucket":"amzn-s3-demo-bucket","s3Object":"AWSLogs/111122223333/CloudTrail/us-east-2/2015/08/17/111122223333_CloudTrail_us-east-2_20150817T1445Z_9nYN7gp2eWAJHIfT.json.gz",
             "hashValue":"9bb6","hashAlgorithm":"SHA-256","newestEventTime":"2015-08-17T14:36:09Z","oldestEventTime":"2015-08-17T14:28:46Z"},
            {"s3Object":"AWSLogs/111122223333/CloudTrail-Insight/us-east-2/2015/08/17/111122223333_CloudTrail-Insight_us-east-2_20150817T1445Z_a.json.gz"}]}"#;
        let Some(TrailPart::Digest(found)) = contents(text).trail.map(|part| *part) else {
            panic!();
        };
        let [log] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(log.place.1, "us-east-2");
        assert!(
            log.address
                .starts_with("s3://amzn-s3-demo-bucket/AWSLogs/111122223333/")
        );
        assert_eq!(log.span.0.to_string(), "2015-08-17T14:28:46Z");
    }
}
