//! The second evaluator's conditions and patterns against the tables and vectors of the semantics reference.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use serde_json::{Map, Value, json};

use crate::naive::context::Context;
use crate::naive::glob::{matches, tokens};
use crate::naive::statement::action_named;
use crate::naive::{condition, operator, resource, scalar};

const KEY: &str = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const WINDOW: &str = "kms:ScheduleKeyDeletionPendingWindowInDays";
const ALICE: &str = "arn:aws:iam::111122223333:user/Alice";

/// Whether a condition of one test holds.
fn holds(context: &Value, operator: &str, key: &str, wanted: &Value) -> bool {
    let condition = json!({ operator: { key: wanted } });
    condition::holds(
        Some(&condition),
        true,
        Context(context.as_object().unwrap()),
    )
}

/// All operators but `Null`, with a policy value of the right type.
const OPERATORS: [(&str, &str); 26] = [
    ("StringEquals", "a"),
    ("StringEqualsIgnoreCase", "a"),
    ("StringLike", "a*"),
    ("NumericEquals", "1"),
    ("NumericLessThan", "1"),
    ("NumericLessThanEquals", "1"),
    ("NumericGreaterThan", "1"),
    ("NumericGreaterThanEquals", "1"),
    ("DateEquals", "2020-01-01"),
    ("DateLessThan", "2020-01-01"),
    ("DateLessThanEquals", "2020-01-01"),
    ("DateGreaterThan", "2020-01-01"),
    ("DateGreaterThanEquals", "2020-01-01"),
    ("Bool", "true"),
    ("BinaryEquals", "aGVsbG8="),
    ("IpAddress", "10.0.0.0/8"),
    ("ArnEquals", ALICE),
    ("ArnLike", ALICE),
    ("StringNotEquals", "a"),
    ("StringNotEqualsIgnoreCase", "a"),
    ("StringNotLike", "a*"),
    ("NumericNotEquals", "1"),
    ("DateNotEquals", "2020-01-01"),
    ("NotIpAddress", "10.0.0.0/8"),
    ("ArnNotEquals", ALICE),
    ("ArnNotLike", ALICE),
];

#[test]
fn missing_keys_follow_the_table_of_2_2() {
    let empty = json!({"aws:Empty": []});
    for (name, value) in OPERATORS {
        for key in ["aws:Missing", "aws:Empty"] {
            let value = json!(value);
            let ask = |operator: String| holds(&empty, &operator, key, &value);
            assert_eq!(ask(name.to_owned()), name.contains("Not"), "{name}");
            assert!(ask(format!("{name}IfExists")), "{name}IfExists");
            assert!(ask(format!("ForAllValues:{name}")), "ForAllValues:{name}");
            assert!(ask(format!("ForAllValues:{name}IfExists")));
            assert!(!ask(format!("ForAnyValue:{name}")), "ForAnyValue:{name}");
        }
    }
    assert!(holds(&empty, "Null", "aws:Missing", &json!("true")));
    assert!(!holds(&empty, "Null", "aws:Missing", &json!(false)));
    let present = json!({"aws:Present": "x"});
    assert!(!holds(&present, "Null", "AWS:PRESENT", &json!("true")));
    assert!(holds(&present, "Null", "AWS:PRESENT", &json!("false")));
}

#[test]
fn empty_strings_are_missing_for_set_operators_only() {
    let context = json!({"k": ""});
    assert!(holds(
        &context,
        "ForAllValues:StringEquals",
        "k",
        &json!("a")
    ));
    assert!(!holds(
        &context,
        "ForAnyValue:StringNotEquals",
        "k",
        &json!("a")
    ));
    assert!(holds(&context, "StringEquals", "k", &json!("")));
    assert!(!holds(&context, "StringEquals", "k", &json!("a")));
}

#[test]
fn the_window_key_follows_the_table_of_2_4() {
    for window in 7..=30_i32 {
        let context = json!({ WINDOW: window.to_string() });
        for limit in [6, 7, 14, 21, 29, 30, 31] {
            let table = [
                ("NumericEquals", window == limit),
                ("NumericNotEquals", window != limit),
                ("NumericLessThan", window < limit),
                ("NumericLessThanEquals", window <= limit),
                ("NumericGreaterThan", window > limit),
                ("NumericGreaterThanEquals", window >= limit),
            ];
            for (name, wanted) in table {
                for value in [
                    json!(limit),
                    json!(limit.to_string()),
                    json!(format!("{limit}.0")),
                ] {
                    assert_eq!(
                        holds(&context, name, WINDOW, &value),
                        wanted,
                        "{window} {name}"
                    );
                }
            }
        }
    }
}

#[test]
fn several_values_are_or_and_nor() {
    let context = json!({"k": "15"});
    assert!(holds(&context, "NumericLessThan", "k", &json!([10, 20])));
    assert!(holds(&context, "NumericGreaterThan", "k", &json!([10, 20])));
    assert!(!holds(&context, "NumericNotEquals", "k", &json!([10, 15])));
    assert!(holds(&context, "StringNotEquals", "k", &json!(["a", "b"])));
}

#[test]
fn mfa_patterns_follow_5_5() {
    let (key, truth, falsity) = ("aws:MultiFactorAuthPresent", json!("true"), json!("false"));
    let contexts = [json!({}), json!({key: "false"}), json!({key: "true"})];
    let rows = [
        ("Bool", &falsity, [false, true, false]),
        ("BoolIfExists", &falsity, [true, true, false]),
        ("Bool", &truth, [false, false, true]),
        ("BoolIfExists", &truth, [true, false, true]),
        ("Null", &truth, [true, false, false]),
    ];
    for (name, value, wanted) in rows {
        let found = contexts
            .each_ref()
            .map(|context| holds(context, name, key, value));
        assert_eq!(found, wanted, "{name} {value}");
    }
}

#[test]
fn set_operators_over_aliases_follow_row_29() {
    let none = json!({"kms:ResourceAliases": []});
    let all = json!({"kms:ResourceAliases": ["alias/aTest", "alias/Test2"]});
    let mixed = json!({"kms:ResourceAliases": ["alias/aTest", "alias/prod"]});
    let wanted = json!(["alias/*Test*"]);
    let ask =
        |context: &Value, operator: &str| holds(context, operator, "kms:resourcealiases", &wanted);
    assert_eq!(
        [&none, &all, &mixed].map(|c| ask(c, "ForAllValues:StringLike")),
        [true, true, false]
    );
    assert_eq!(
        [&none, &all, &mixed].map(|c| ask(c, "ForAnyValue:StringLike")),
        [false, true, true]
    );
    assert_eq!(
        [&none, &all, &mixed].map(|c| ask(c, "ForAllValues:StringNotLike")),
        [true, false, false]
    );
    assert_eq!(
        [&none, &all, &mixed].map(|c| ask(c, "ForAnyValue:StringNotLike")),
        [false, false, true]
    );
}

#[test]
fn resource_wildcards_follow_row_64() {
    let context = Map::new();
    let names = |pattern: &str, arn: &str| resource::names(pattern, arn, true, Context(&context));
    for inside in ["B/1/test/o", "B/1/2/test/3/o", "B//test/o", "B/1/test/"] {
        assert!(
            names("arn:aws:s3:::B/*/test/*", &format!("arn:aws:s3:::{inside}")),
            "{inside}"
        );
    }
    for outside in ["B/1-test/o", "B/test/o", "B/1/2/test.jpg"] {
        assert!(
            !names(
                "arn:aws:s3:::B/*/test/*",
                &format!("arn:aws:s3:::{outside}")
            ),
            "{outside}"
        );
    }
    for fits in [
        "*",
        "arn:aws:kms:*",
        "arn:aws:kms:us-*:key/1234*",
        "arn:aws:kms:*:*:key/*",
        KEY,
    ] {
        assert!(names(fits, KEY), "{fits}");
    }
    for misses in [
        "arn:aws:kms:*2:key/1234*",
        "arn:aws:kms:*:alias/x",
        "arn:aws:kms:us?west?2:key/*",
    ] {
        assert!(!names(misses, KEY), "{misses}");
    }
    assert!(!names(
        "arn:aws:kms:us-west-2:111122223333:key/${aws:None}",
        KEY
    ));
}

#[test]
fn string_like_crosses_colons_and_arn_like_does_not() {
    let pattern = json!("arn:aws:someservice:*:111122223333:finance/*");
    let value =
        "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
    let context = json!({"k": value});
    assert!(holds(&context, "StringLike", "k", &pattern));
    assert!(!holds(&context, "ArnLike", "k", &pattern));
    assert!(!holds(&context, "ArnEquals", "k", &pattern));
    assert!(holds(&context, "ArnNotLike", "k", &pattern));
}

#[test]
fn variables_follow_1_7() {
    let context = json!({"aws:username": "al*ce", "k": "home/al*ce", "x": "home/alice"});
    let ask =
        |key: &str, operator: &str, value: &str| holds(&context, operator, key, &json!(value));
    assert!(ask("k", "StringEquals", "home/${aws:UserName}"));
    assert!(ask("k", "StringLike", "home/${aws:username}"));
    assert!(
        !ask("x", "StringLike", "home/${aws:username}"),
        "a value is no wildcard"
    );
    assert!(ask("x", "StringLike", "*/${aws:none, 'alice'}"));
    assert!(!ask("x", "StringEquals", "home/${aws:none}"));
    assert!(ask("x", "StringNotEquals", "home/${aws:none}"));
    assert!(ask("k", "StringLike", "home/al${*}ce"));
    assert!(!ask("x", "StringLike", "home/al${*}ce"));
    let condition = json!({"StringEquals": {"k": "home/${aws:username}"}});
    let map = context.as_object().unwrap();
    assert!(
        !condition::holds(Some(&condition), false, Context(map)),
        "literal before 2012"
    );
}

#[test]
fn actions_follow_1_4() {
    let schedule = "kms:ScheduleKeyDeletion";
    let fits = [
        "*",
        "kms:*",
        "kms:Schedule*",
        "kms:*Deletion",
        "kms:*Key*",
        "KMS:s*",
        "kms:ScheduleKeyDeletio?",
    ];
    assert!(fits.iter().all(|entry| action_named(entry, schedule)));
    let misses = [
        "kms:Delete*",
        "kms:DeleteKey",
        "kms:SchedulekeyDelete",
        "kms:Cancel*",
        "iam:*",
        "",
    ];
    assert!(!misses.iter().any(|entry| action_named(entry, schedule)));
}

#[test]
fn globs_are_not_exponential() {
    let pattern = tokens(&"*a".repeat(60));
    assert!(!matches(&pattern, &"a".repeat(59)));
    assert!(matches(&pattern, &"a".repeat(200)));
    assert!(matches(&tokens("?*?"), "ab") && !matches(&tokens("?*?"), "a"));
}

#[test]
fn scalars_are_read_strictly() {
    for junk in ["7days", "seven", "", "1.", ".5", "1e3", "--1", "0x7"] {
        assert!(scalar::Decimal::parse(junk).is_none(), "{junk}");
    }
    let context = json!({"k": "7"});
    assert!(!holds(&context, "NumericEquals", "k", &json!("7 days")));
    assert!(holds(&context, "NumericEquals", "k", &json!(" +07.00 ")));
    assert!(holds(&context, "NumericGreaterThan", "k", &json!("-7.5")));
    let epoch = scalar::moment("1772323200");
    for same in [
        "2026-03-01",
        "2026-03-01T00:00:00Z",
        "2026-03-01T02:00:00.000+02:00",
    ] {
        assert_eq!(scalar::moment(same), epoch, "{same}");
    }
    assert_eq!(scalar::moment("1969-12-31T23:59:59Z"), Some(-1_000_000_000));
    assert!(scalar::moment("2026-02-29").is_none());
    assert_eq!(
        scalar::decode_base64("aGVsbG8=").as_deref(),
        Some(b"hello".as_slice())
    );
    for (address, range, wanted) in [
        ("203.0.113.9", "203.0.113.0/24", true),
        ("203.0.114.9", "203.0.113.0/24", false),
        ("2001:db8::1", "2001:db8::/32", true),
        ("203.0.113.9", "::/0", false),
        ("203.0.113.9", "203.0.113.9", true),
    ] {
        assert_eq!(
            scalar::address_in_range(address, range),
            Some(wanted),
            "{address} {range}"
        );
    }
    assert!(operator::Operator::parse("ForAnyValue:StringNotLikeIfExists").negated);
}
