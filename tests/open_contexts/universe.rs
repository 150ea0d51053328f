//! The few condition keys and values of the universe, and all requests of it that a question leaves open.

use serde_json::{Map, Value, json};

pub(crate) const WINDOW: &str = "kms:ScheduleKeyDeletionPendingWindowInDays";
pub(crate) const KEY: &str =
    "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// A key that policies of the universe ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// Operators that fit, without those that are their negations.
    pub(crate) operators: &'static [&'static str],
    /// What policies compare it with.
    pub(crate) wanted: &'static [&'static str],
    /// What requests hold: a value of every kind that the above tell apart.
    pub(crate) held: &'static [&'static str],
    pub(crate) may_be_absent: bool,
    pub(crate) many: bool,
}

const fn key(
    name: &'static str,
    operators: &'static [&'static str],
    wanted: &'static [&'static str],
    held: &'static [&'static str],
) -> Key {
    Key {
        name,
        operators,
        wanted,
        held,
        may_be_absent: true,
        many: false,
    }
}

const TEXT: &[&str] = &["StringEquals", "StringLike", "StringEqualsIgnoreCase"];
const NUMBER: &[&str] = &[
    "NumericEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
];
const DATE: &[&str] = &[
    "DateEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
];

pub(crate) const KEYS: &[Key] = &[
    key(
        "aws:PrincipalTag/t",
        TEXT,
        &["a", "b", "a*", "*b", "A", "*", "?"],
        &[
            "", "a", "b", "A", "B", "ab", "aB", "AB", "ax", "xb", "xB", "x", "xy", "*", "?", "a*",
            "*b",
        ],
    ),
    key(
        "aws:MultiFactorAuthPresent",
        &["Bool"],
        &["true", "false"],
        &["true", "false"],
    ),
    Key {
        may_be_absent: false,
        ..key(
            "kms:KeyOrigin",
            &["StringEquals"],
            &["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"],
            &["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"],
        )
    },
    key(
        "kms:TrailingDaysWithoutKeyUsage",
        NUMBER,
        &["0", "89", "90", "90.5"],
        &["0", "1", "88", "89", "90", "91", "1000"],
    ),
    key(
        "aws:SourceIp",
        &["IpAddress"],
        &[
            "10.0.0.0/8",
            "10.1.0.0/16",
            "203.0.113.7",
            "0.0.0.0/0",
            "::/0",
        ],
        &[
            "10.0.0.1",
            "10.1.0.1",
            "203.0.113.7",
            "203.0.113.8",
            "2001:db8::7",
        ],
    ),
    Key {
        may_be_absent: false,
        ..key(
            "aws:CurrentTime",
            DATE,
            &["2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"],
            &[
                "2025-12-31T00:00:00Z",
                "2026-01-01T00:00:00Z",
                "2026-02-01T00:00:00Z",
                "2026-03-01T00:00:00Z",
                "2026-06-01T00:00:00Z",
            ],
        )
    },
    Key {
        many: true,
        ..key(
            "kms:ResourceAliases",
            &["StringEquals", "StringLike"],
            &["alias/a", "alias/b", "alias/a*", "alias/*"],
            &["alias/a", "alias/b", "alias/ax", "alias/x"],
        )
    },
    Key {
        may_be_absent: false,
        ..key(
            "kms:KeySpec",
            &["StringEquals", "StringLike"],
            &["RSA_2048", "SYMMETRIC_DEFAULT", "RSA_*", "HMAC_*"],
            &[
                "SYMMETRIC_DEFAULT",
                "RSA_2048",
                "RSA_4096",
                "HMAC_256",
                "SM2",
            ],
        )
    },
    Key {
        may_be_absent: false,
        ..key(
            "aws:PrincipalArn",
            &["ArnLike", "StringLike", "StringEquals"],
            &[
                "arn:aws:iam::111122223333:role/Ops",
                "arn:aws:iam::111122223333:role/team/Ops",
                "arn:aws:iam::111122223333:role/*",
                "arn:aws:iam::111122223333:role/*/Ops",
                "arn:aws:iam::*:role/t*",
                "*/team/Ops",
            ],
            &[
                "arn:aws:iam::111122223333:role/Ops",
                "arn:aws:iam::111122223333:role/team/Ops",
                "arn:aws:iam::111122223333:role/t/Ops",
                "arn:aws:iam::111122223333:role/x/Ops",
                "arn:aws:iam::111122223333:role/x/team/Ops",
                "arn:aws:iam::111122223333:role/t/team/Ops",
                "arn:aws:iam::111122223333:role/*/Ops",
            ],
        )
    },
];

pub(crate) const USER: &str = "arn:aws:iam::111122223333:user/u";
pub(crate) const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Ops/s";

/// A request with an open context, and the keys that its policies ask for.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) document: Value,
    pub(crate) keys: Vec<Key>,
}

impl Question {
    pub(crate) fn schedules(&self) -> bool {
        self.document["action"] == "kms:ScheduleKeyDeletion"
    }

    fn is_session(&self) -> bool {
        self.document["principal"] == SESSION
    }

    /// What AWS has in every such request: said here, not concluded by the evaluator.
    fn known(&self) -> Map<String, Value> {
        let mut known = json!({
            "aws:PrincipalAccount": "111122223333",
            "kms:CallerAccount": "111122223333",
            "aws:ResourceAccount": "111122223333",
            "aws:RequestedRegion": "us-west-2",
            "aws:SecureTransport": "true",
            "aws:PrincipalIsAWSService": "false",
            "kms:MultiRegion": "false",
        });
        if !self.is_session() {
            known["aws:PrincipalArn"] = json!(USER);
            known["aws:username"] = json!("u");
        }
        known["aws:PrincipalType"] = json!(if self.is_session() {
            "AssumedRole"
        } else {
            "User"
        });
        for (key, value) in self.document["context"].as_object().into_iter().flatten() {
            known[key] = value.clone();
        }
        known.as_object().cloned().unwrap_or_default()
    }

    /// The values that a key can have; null where it is absent.
    fn held(&self, key: &Key) -> Vec<Value> {
        let is_open = self.document["context"].get(key.name).is_none();
        // Who a user is its ARN tells; it is no open key.
        if !is_open || (key.name == "aws:PrincipalArn" && !self.is_session()) {
            return Vec::new();
        }
        let mut all: Vec<Value> = if key.many {
            let sets = 1_usize..1 << key.held.len();
            sets.map(|bits| {
                let chosen = key.held.iter().enumerate();
                chosen
                    .filter(|(at, _)| bits >> at & 1 == 1)
                    .map(|(_, text)| *text)
                    .collect()
            })
            .collect()
        } else {
            key.held.iter().map(|text| json!(text)).collect()
        };
        if key.may_be_absent {
            all.push(Value::Null);
        }
        all
    }

    /// Whether the context is none of a role beside which the one that the key policy names cannot exist: an
    /// account has no two roles of one name, whatever their paths, and KMS takes no policy that names a role that
    /// does not exist. What is given of a request is taken as it is.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>
    pub(crate) fn is_of_named_role(&self, context: &Map<String, Value>) -> bool {
        let statements = self.document["key_policy"]["Statement"].as_array();
        let principals = statements.into_iter().flatten();
        let mut principals = principals.filter_map(|of| of["Principal"]["AWS"].as_str());
        let own = context.get("aws:PrincipalArn").and_then(Value::as_str);
        let is_given = !self.document["context"]["aws:PrincipalArn"].is_null();
        let is_same = |named: &str| !named.contains(":role/") || own.is_none_or(|own| own == named);
        is_given || !self.is_session() || principals.all(is_same)
    }

    /// Every complete context that the question can stand for, but for the day count.
    pub(crate) fn completions(&self) -> Vec<Map<String, Value>> {
        let mut all = vec![self.known()];
        for key in &self.keys {
            let held = self.held(key);
            if held.is_empty() {
                continue;
            }
            let with = |context: &Map<String, Value>, value: &Value| {
                let mut context = context.clone();
                if !value.is_null() {
                    context.insert(key.name.to_owned(), value.clone());
                }
                context
            };
            all = all
                .iter()
                .flat_map(|context| held.iter().map(move |value| (context, value)))
                .map(|(context, value)| with(context, value))
                .collect();
        }
        all
    }

    /// Whether AWS could supply these values of the key.
    pub(crate) fn could_be(key: &str, chosen: &[String]) -> bool {
        match key {
            "kms:KeySpec" => chosen.iter().all(|spec| {
                let families = ["RSA_", "HMAC_", "ECC_", "ML_", "SYMMETRIC_DEFAULT", "SM2"];
                families.iter().any(|family| spec.starts_with(family))
            }),
            "kms:KeyOrigin" => chosen.iter().all(|origin| {
                KEYS.iter()
                    .any(|key| key.name == "kms:KeyOrigin" && key.held.contains(&&**origin))
            }),
            "aws:PrincipalArn" => chosen.iter().all(|arn| {
                let inside = arn.strip_prefix("arn:aws:iam::111122223333:role/");
                inside.is_some_and(|name| name == "Ops" || name.ends_with("/Ops"))
            }),
            "aws:SourceIp" => chosen
                .iter()
                .all(|ip| ip.parse::<std::net::IpAddr>().is_ok()),
            "kms:ResourceAliases" => chosen.iter().all(|alias| alias.starts_with("alias/")),
            "aws:MultiFactorAuthPresent" => {
                chosen.iter().all(|word| word == "true" || word == "false")
            }
            _ => true,
        }
    }
}
