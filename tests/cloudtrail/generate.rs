//! Random files of events, full of what a careless scan would fall for; and that both readers see
//! the same in them.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Map, Value, json};

use super::{directory, errors, gzip, load_directory, naive};

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

/// Strings that look like the end of something, or like a field.
const TRAPS: &[&str] = &[
    "plain",
    "",
    "\"",
    "\\",
    "\\\"",
    "}]}",
    "{[",
    "\"},{\"eventSource\":\"kms.amazonaws.com\"",
    "kms.amazonaws.com",
    "{\"eventSource\":\"kms.amazonaws.com\",\"eventName\":\"Decrypt\"}",
    "ends in a backslash \\",
    "two \\\\",
    "tab\tline\n",
    "é€😀",
    "a string that is longer than what is looked at byte by byte, with a \" quote and a \\ in it",
    "\u{1}",
];

const KEYS: &[&str] = &[
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "alias/app",
    "arn:aws:kms:eu-west-1:111122223333:alias/app",
];

/// Anything, three levels deep at most.
fn anything(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 5 } else { 8 }) {
        0 => Value::Null,
        1 => json!(random.below(1000)),
        2 => json!(-0.5e3),
        3 | 4 => json!(random.one(TRAPS)),
        5 => (0..random.below(4))
            .map(|_| anything(random, depth - 1))
            .collect(),
        _ => {
            let names = [
                "eventSource",
                "eventTime",
                "Records",
                "a\"b",
                "x",
                "CloudTrailEvent",
            ];
            let mut object = Map::new();
            for _ in 0..random.below(4) {
                object.insert(random.one(&names).to_owned(), anything(random, depth - 1));
            }
            Value::Object(object)
        }
    }
}

fn event(random: &mut Random) -> Value {
    let source = random.one(&[
        "kms.amazonaws.com",
        "kms.amazonaws.com",
        "s3.amazonaws.com",
        "notkms.amazonaws.com",
        "ec2.amazonaws.com",
    ]);
    let operation = random.one(&[
        "Decrypt",
        "GetPublicKey",
        "ScheduleKeyDeletion",
        "DeleteKey",
        "PutKeyPolicy",
        "ReplicateKey",
        "ImportKeyMaterial",
    ]);
    let day = random.below(28) + 1;
    let mut fields = vec![
        ("eventVersion", json!("1.08")),
        (
            "eventTime",
            json!(format!(
                "2026-0{}-{day:02}T01:02:{day:02}Z",
                random.below(9) + 1
            )),
        ),
        ("eventSource", json!(source)),
        ("eventName", json!(operation)),
        ("awsRegion", json!(random.one(&["eu-west-1", "us-east-1"]))),
        (
            "recipientAccountId",
            json!(random.one(&["111122223333", "444455556666", "-"])),
        ),
        ("additionalEventData", anything(random, 3)),
        ("errorMessage", json!(message(random))),
    ];
    fields.extend(class(random));
    fields.extend(details(random));
    let mut event = Map::new();
    while !fields.is_empty() {
        let (name, value) = fields.swap_remove(random.below(fields.len()));
        event.insert(name.to_owned(), value);
    }
    Value::Object(event)
}

/// What KMS says of a failure, or anything else.
fn message(random: &mut Random) -> String {
    let (key, trap) = (random.one(KEYS), random.one(TRAPS));
    match random.below(4) {
        0 => format!("{key} is pending deletion (or pending replica deletion)."),
        1 => format!("not authorized on resource: {key}, {trap}arn:aws:kms:x:1:key/"),
        _ => trap.to_owned(),
    }
}

/// Whether it reads, and whether it is a management event, as far as the event says.
fn class(random: &mut Random) -> Vec<(&'static str, Value)> {
    let reads = [
        json!("true"),
        json!(true),
        json!(false),
        json!("false"),
        Value::Null,
    ];
    let mut fields = vec![("readOnly", reads[random.below(reads.len())].clone())];
    if random.chance(6) {
        fields.push(("managementEvent", json!(random.chance(2))));
    }
    if random.chance(6) {
        let category = random.one(&["Management", "Data", "NetworkActivity"]);
        fields.push(("eventCategory", json!(category)));
    }
    fields
}

/// What differs from one operation to the next.
fn details(random: &mut Random) -> Vec<(&'static str, Value)> {
    let mut fields = Vec::new();
    if random.chance(3) {
        fields.push((
            "errorCode",
            json!(random.one(&["KMSInvalidStateException", "AccessDenied"])),
        ));
    }
    let mut request = json!({ "keyId": random.one(KEYS), "other": anything(random, 2) });
    if random.chance(2) {
        request["encryptionContext"] = json!({ random.one(TRAPS): random.one(TRAPS) });
    }
    if random.chance(3) {
        request["pendingWindowInDays"] = json!(random.below(24) + 7);
    }
    if random.chance(3) {
        request["bypassPolicyLockoutSafetyCheck"] = json!(random.chance(2));
        request["keyMaterialId"] = json!(random.one(&["", "0a1b"]));
    }
    fields.push((
        "requestParameters",
        if random.chance(5) {
            Value::Null
        } else {
            request
        },
    ));
    let response = json!({ "keyId": random.one(KEYS), "deletionDate": "Apr 12, 2021 18:58:30 PM",
        "keyState": random.one(&["", "PendingDeletion", "PendingReplicaDeletion"]),
        "keyMaterialId": random.one(&["", "2c3d"]),
        "keyMetadata": {"arn": random.one(KEYS)},
        "replicaKeyMetadata": {"arn": random.one(KEYS)} });
    fields.push((
        "responseElements",
        if random.chance(2) {
            Value::Null
        } else {
            response
        },
    ));
    let resources = json!([{ "ARN": random.one(KEYS), "accountId": "111122223333" }, {"ARN": ""}]);
    fields.push((
        "resources",
        if random.chance(3) {
            Value::Null
        } else {
            resources
        },
    ));
    fields.push(("userIdentity", match random.below(3) {
        0 => json!({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/a", "accountId": "111122223333"}),
        1 => json!({"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/r/s",
            "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/r"}}}),
        _ => json!({"accountId": "111122223333", "invokedBy": "AWS Internal"}),
    }));
    fields
}

/// Writes JSON as another program might: white space and escapes wherever they may stand.
struct Writer<'r> {
    random: &'r mut Random,
    text: String,
}

impl Writer<'_> {
    fn space(&mut self) {
        let space = ["", "", "", " ", "\n  ", "\t", "\r\n"];
        self.text.push_str(self.random.one(&space));
    }

    fn string(&mut self, text: &str) {
        let escape_all = self.random.chance(20);
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                c if (c < ' ' || escape_all) && u32::from(c) < 0x1_0000 => {
                    write!(self.text, "\\u{:04x}", u32::from(c)).unwrap();
                }
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(items) => {
                self.text.push('[');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        self.text.push(',');
                    }
                    self.space();
                    self.value(item);
                    self.space();
                }
                self.text.push(']');
            }
            Value::Object(members) => {
                self.text.push('{');
                for (position, (key, item)) in members.iter().enumerate() {
                    if position > 0 {
                        self.text.push(',');
                    }
                    self.space();
                    self.string(key);
                    self.space();
                    self.text.push(':');
                    self.space();
                    self.value(item);
                    self.space();
                }
                self.text.push('}');
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                write!(self.text, "{value}").unwrap();
            }
        }
    }

    fn written(random: &mut Random, value: &Value) -> String {
        let mut writer = Writer {
            random,
            text: String::new(),
        };
        writer.value(value);
        writer.text
    }
}

/// The text of one file. Its first record is written plainly: it tells what the file is.
fn file(random: &mut Random) -> String {
    let mut events: Vec<_> = (0..=random.below(6)).map(|_| event(random)).collect();
    let first = events.remove(0);
    let mut texts = vec![first.to_string()];
    texts.extend(events.iter().map(|event| Writer::written(random, event)));
    match random.below(4) {
        0 => format!("{{\"Records\" : [{}]}}\n", texts.join(" ,\n")),
        1 => format!("[{}]", texts.join(",")),
        2 => texts.join("\n"),
        _ => {
            let item = |text: &String| {
                json!({"EventName": "x", "ReadOnly": "true", "CloudTrailEvent": text}).to_string()
            };
            let items: Vec<_> = texts.iter().map(item).collect();
            let token = random.one(&["", ", \"NextToken\": \"eyJ\"", ", \"NextToken\": null"]);
            format!("{{\"Events\": [{}]{token}}}", items.join(","))
        }
    }
}

#[test]
fn a_naive_reader_sees_the_same_in_random_files() {
    for seed in 1..=60_u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let directory = directory(&format!("random{seed}"));
        let mut texts = Vec::new();
        for number in 0..12 {
            let text = file(&mut random);
            let path = directory.join(format!("{number}.json"));
            if random.chance(2) {
                let cut = random.below(text.len());
                let (head, tail) = text.as_bytes().split_at(cut);
                let members = [gzip(head), gzip(tail)].concat();
                fs::write(path.with_extension("json.gz"), members).unwrap();
            } else {
                fs::write(path, &text).unwrap();
            }
            texts.push(text);
        }
        let loaded = load_directory(&directory);
        assert_eq!(errors(&loaded), [""; 0], "seed {seed}");
        assert_eq!(
            loaded.recognized,
            texts.len(),
            "seed {seed}: {:?}",
            loaded.passed_over()
        );
        let seen = naive::as_seen(&loaded.inventory.trail);
        assert_eq!(seen, naive::read(&texts), "seed {seed}");
    }
}
