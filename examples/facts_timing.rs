//! Scratch.
use kmslint::{
    aws::*,
    facts::*,
    inventory::*,
    policy::{self, PolicyKind},
    source::*,
};
use std::time::Instant;
fn main() {
    let small = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Enable","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},
    {"Sid":"Admin","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:role/KeyAdmin","arn:aws:iam::111122223333:role/B"]},"Action":["kms:Create*","kms:Describe*","kms:Enable*","kms:List*","kms:Put*","kms:Update*","kms:Revoke*","kms:Disable*","kms:Get*","kms:Delete*","kms:TagResource","kms:UntagResource","kms:ScheduleKeyDeletion","kms:CancelKeyDeletion"],"Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},
    {"Sid":"Use","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/App"},"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"*"},
    {"Sid":"Guard","Effect":"Deny","Principal":"*","Action":"kms:ScheduleKeyDeletion","Resource":"*","Condition":{"NumericLessThan":{"kms:ScheduleKeyDeletionPendingWindowInDays":"14"}}}]}"#.to_owned();
    let default = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Enable","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}"#.to_owned();
    let identity = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","ec2:*","kms:Decrypt","kms:Desc*"],"Resource":"*"},{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/x"}]}"#.to_owned();
    let many: Vec<String> = (0..600)
        .map(|i| format!("\"arn:aws:iam::111122223333:role/r{i}\""))
        .collect();
    let wide = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":[{}]}},"Action":"kms:*","Resource":"*","Condition":{{"Bool":{{"aws:MultiFactorAuthPresent":"true"}}}}}}]}}"#,
        many.join(",")
    );
    let st: Vec<String> = (0..160).map(|i| format!(r#"{{"Effect":"Allow","Principal":{{"AWS":["arn:aws:iam::111122223333:role/r{i}"]}},"Action":"kms:*","Resource":"*","Condition":{{"Bool":{{"aws:MultiFactorAuthPresent":"true"}}}}}}"#)).collect();
    let tall = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        st.join(",")
    );
    let big: Vec<String> = (0..20000)
        .map(|i| format!("\"arn:aws:iam::111122223333:role/r{i}\""))
        .collect();
    let huge = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":[{}]}},"Action":"kms:*","Resource":"*"}}]}}"#,
        big.join(",")
    );
    for (name, text, kind, n) in [
        ("default", default, PolicyKind::Key, 20000),
        ("small", small, PolicyKind::Key, 20000),
        ("identity", identity, PolicyKind::Identity, 20000),
        ("wide 600 principals", wide, PolicyKind::Key, 5),
        ("tall 160 statements", tall, PolicyKind::Key, 5),
        ("huge 20000", huge, PolicyKind::Key, 1),
    ] {
        if std::env::args()
            .nth(1)
            .is_some_and(|a| !name.starts_with(&*a))
        {
            continue;
        }
        let mut sources = Sources::default();
        let id = sources.add(SourceFile::new("p", &*text));
        let node = json::parse(&text).unwrap();
        let document = policy::parse(&node, kind).unwrap();
        let loaded = LoadedPolicy {
            name: "p".into(),
            source: id,
            encoding: None,
            document,
        };
        let arn = KeyArn::parse(
            "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        )
        .unwrap();
        let key = Key {
            name: "p".into(),
            account: Some(arn.account()),
            arn: Some(arn),
            metadata: KeyMetadata::default(),
            policy: Some(loaded.clone()),
            at: Location::default(),
        };
        let limits = Limits {
            minimum_waiting_period: PendingWindowInDays::new(14).unwrap(),
        };
        let t = Instant::now();
        let mut c = 0;
        for _ in 0..n {
            let f = if kind == PolicyKind::Key {
                of_key(&key, &sources, limits)
            } else {
                of_policy(&loaded, &sources, limits)
            };
            c += f.access.schedule.len();
        }
        println!(
            "{name}: {:?} per policy, {} bytes, {c}",
            t.elapsed() / n,
            text.len()
        );
        let f = of_key(&key, &sources, limits);
        let t = Instant::now();
        for _ in 0..n {
            std::hint::black_box(serde_json::to_value(&f).unwrap());
        }
        println!("   to_value {:?}", t.elapsed() / n);
    }
}
