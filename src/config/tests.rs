//! Configurations, good and bad.

use serde_json::Value;

use super::*;

fn read(text: &str) -> Result<Config, Vec<InputError>> {
    Config::parse(&SourceFile::new("tests/kmslint.toml", text))
}

/// The complaints as `what is underlined: message; help`.
fn complaints(text: &str) -> Vec<String> {
    let show = |error: InputError| {
        let help = error.help.clone().unwrap_or_default();
        format!("{}: {error}; {help}", error.span.of(text))
    };
    read(text).unwrap_err().into_iter().map(show).collect()
}

const FULL: &str = r#"
fail_on = "warning"
include = ["keys/**"]
exclude = ["keys/old/**"]
trusted_administrators = ["arn:aws:iam::111122223333:role/key-*", "arn:aws:iam::*:user/root"]

[limits]
minimum_waiting_period = 21

[evidence]
maximum_gap_hours = 12
days = 180

[rules]
"deletion-without-mfa" = "off"
cancel-by-nobody = "warning"

[organization]
id = "o-a1b2c3d4e5"
management_account = "111122223333"
accounts = ["444455556666", "777788889999"]

[[organization.levels]]
name = "root"
service_control_policies = ["modules.rs"]

[[organization.levels]]
accounts = ["444455556666"]
resource_control_policies = ["program.rs", "./rules.rs"]

[[documents]]
path = "kms/**"
kind = "key-policy"

[[suppressions]]
rule = "short-waiting-period"
path = "keys/**"
statement = "0123456789abcdef0123456789abcdef"
reason = "agreed"
expires = 2027-01-31

[[suppressions]]
rule = "short-waiting-period"
subject = "arn:aws:kms:eu-west-1:111122223333:key/a"
statement = "0123456789abcdef0123456789abcdef"
reason = "agreed"
"#;

#[test]
fn everything_can_be_said() {
    let config = read(FULL).unwrap();
    assert_eq!(config.fail_on, Some(Severity::Warning));
    assert_eq!(config.minimum_waiting_period.unwrap().days(), 21);
    let evidence = EvidenceSettings {
        maximum_gap_hours: Some(12),
        days: Some(180),
        disabled_days: None,
    };
    assert_eq!(config.evidence, evidence);
    let levels: Vec<_> = config
        .rules
        .iter()
        .map(|level| (&*level.rule.value, level.severity))
        .collect();
    assert_eq!(
        levels,
        [
            ("deletion-without-mfa", None),
            ("cancel-by-nobody", Some(Severity::Warning))
        ]
    );
    assert_eq!(config.trusted_administrators.len(), 2);
    let organization = config.organization.unwrap();
    let account = |id| crate::aws::AccountId::parse(id).unwrap();
    let above = |id| organization.levels_above(account(id)).count();
    assert_eq!(
        [
            above("111122223333"),
            above("444455556666"),
            above("777788889999")
        ],
        [0, 2, 1]
    );
    assert!(organization.levels[1].resource_control_policies[1].is_file());
    let [first, second] = &config.suppressions[..] else {
        panic!()
    };
    assert!(first.target.covers("keys/a/policy.json", "x"));
    assert!(!first.is_expired(parse_date("2027-01-31").unwrap()));
    assert!(first.is_expired(parse_date("2027-02-01").unwrap()));
    assert!(
        second
            .target
            .covers("x", "arn:aws:kms:eu-west-1:111122223333:key/a")
    );
    assert!(
        first.at.of(FULL).starts_with("[[suppressions]]"),
        "{:?}",
        first.at.of(FULL)
    );
    assert!(read("").unwrap().suppressions.is_empty());
}

#[test]
fn unknown_keys_are_complained_of_with_the_nearest() {
    assert_eq!(
        complaints("fail_onn = \"error\""),
        ["fail_onn: unknown key `fail_onn`; did you mean `fail_on`?"]
    );
    assert_eq!(
        complaints("[limits]\ndays = 3"),
        ["days: unknown key `days`; write one of `minimum_waiting_period`"]
    );
    assert_eq!(
        complaints("[[suppressions]]\n\"`, expected `x\" = 3"),
        [
            "\"`, expected `x\": unknown key ``, expected `x`; write one of `rule`, `path`, \
             `subject`, `address`, `logical_id`, `key`, `statement`, `fingerprint`, `keys`, `principals`, `reason`, `expires`"
        ]
    );
}

#[test]
fn what_a_go_needs_is_bounded() {
    let bounds = [
        ("maximum_gap_hours", 168_i64),
        ("days", 3650),
        ("disabled_days", 3650),
    ];
    for (name, most) in bounds {
        for fine in [1, most] {
            assert!(
                read(&format!("[evidence]\n{name} = {fine}")).is_ok(),
                "{name} {fine}"
            );
        }
        for wrong in [-1, 0, most + 1, 1_i64 << 40] {
            let found = complaints(&format!("[evidence]\n{name} = {wrong}"));
            let expected = format!("{wrong}: `{name}` must be from 1 to {most}; ");
            assert!(
                found.len() == 1 && found[0].starts_with(&expected),
                "{found:?}"
            );
        }
    }
}

#[test]
fn all_complaints_come_at_once_in_order() {
    let text = r#"
fail_on = "eror"
trusted_administrators = ["arn:aws:iam::111122223333:root", "*", "arn:aws:iam::*:role/"]
[limits]
minimum_waiting_period = 6
[rules]
cancel-by-nobody = "of"
[organization]
id = "o-1"
management_account = "111122223333"
accounts = ["1234", "111122223333"]
levels = [{ service_control_policies = ["../Cargo.toml", "/etc/passwd", "none.json", ""] }]
[[suppressions]]
rule = "x"
statement = "12"
reason = " "
expires = "soon"
"#;
    let found = complaints(text);
    let underlined: Vec<_> = found
        .iter()
        .map(|complaint| {
            complaint
                .split(": ")
                .next()
                .unwrap()
                .lines()
                .next()
                .unwrap()
        })
        .collect();
    assert_eq!(
        underlined,
        [
            "\"eror\"",
            "\"arn:aws:iam::111122223333:root\"",
            "\"*\"",
            "\"arn:aws:iam::*:role/\"",
            "6",
            "\"of\"",
            "\"o-1\"",
            "\"1234\"",
            "\"111122223333\"",
            "\"../Cargo.toml\"",
            "\"/etc/passwd\"",
            "\"none.json\"",
            "\"\"",
            "[[suppressions]]",
            "\"12\"",
            "\" \"",
            "\"soon\"",
        ]
    );
    assert!(found[0].ends_with("unknown severity `eror`; did you mean `error`?"));
}

#[test]
fn an_approval_names_one_thing_and_ends() {
    let written = |more: &str| format!("[[suppressions]]\nrule = \"x\"\nreason = \"y\"\n{more}\n");
    for name in ["address", "logical_id", "key"] {
        let fine = read(&written(&format!("{name} = \"a\"\nexpires = 2027-01-31")));
        assert!(fine.is_ok(), "{fine:?}");
        for (more, expected) in [
            ("", "has no last day"),
            (
                "expires = 2027-01-31\nfingerprint = \"any\"",
                "names nothing of it",
            ),
            (
                "expires = 2027-01-31\nkeys = \"any\"",
                "names nothing of it",
            ),
            ("expires = 2027-01-31\npath = \"a\"", "has both `path` and"),
        ] {
            let found = complaints(&written(&format!("{name} = \"a\"\n{more}")));
            assert!(found.iter().any(|of| of.contains(expected)), "{found:?}");
        }
    }
}

#[test]
fn what_is_no_toml_or_of_the_wrong_type_has_a_place() {
    for text in [
        "fail_on = 3",
        "rules = 1",
        "a = ",
        "[rules]\nx = 1",
        "suppressions = [{}]",
        "\u{0}",
    ] {
        let found = complaints(text);
        assert_eq!(found.len(), 1, "{found:?}");
        let first = found[0].split(": ").nth(1).unwrap();
        assert!(first.chars().next().unwrap().is_lowercase(), "{found:?}");
        assert!(!first.ends_with('.'), "{found:?}");
    }
}

#[test]
fn the_file_is_found_upwards_and_not_above_the_repository() {
    let found = find(Path::new("tests/program/check-config/keys/new/policy.json")).unwrap();
    assert_eq!(
        found,
        [Path::new("tests/program/check-config/kmslint.toml")]
    );
    assert_eq!(
        find(Path::new("./tests/program/../program/check-config")),
        Ok(found)
    );
    assert_eq!(find(Path::new("-")), Ok(Vec::new()));
}

/// A key that is not weighed there could loosen a gate unseen: say in `loosening` what is looser.
#[test]
fn every_key_is_weighed_when_configurations_are_compared() {
    let mut keys = keys_of("");
    keys.sort();
    let weighed = [
        // Only the outermost file can name it, or with `--trusted-ref` that of the revision.
        "baseline",
        "diff",
        "documents",
        "evidence",
        "exclude",
        "fail_on",
        "include",
        "limits",
        "nested_may_loosen",
        "organization",
        "preflight",
        "rules",
        "suppressions",
        "trusted_administrators",
    ];
    assert_eq!(keys, weighed);
}

/// The names of a table's keys as the reader knows them: those of its complaint.
fn keys_of(before: &str) -> Vec<String> {
    let text = format!("{before}\nnot_a_key_at_all = 1");
    let error = toml::from_str::<Written>(&text).unwrap_err();
    let expected = error.message().rsplit_once(", expected ").unwrap().1;
    let mut keys: Vec<_> = expected
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    keys.sort();
    keys
}

#[test]
fn the_schema_knows_the_keys_that_the_reader_knows() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    for (table, pointer) in [
        ("", ""),
        ("[diff]", "/properties/diff"),
        ("[limits]", "/properties/limits"),
        ("[organization]", "/properties/organization"),
        ("[[organization.levels]]", "/$defs/level"),
        ("[preflight]", "/properties/preflight"),
        ("[[preflight.accept]]", "/$defs/acceptance"),
        ("[[suppressions]]", "/$defs/suppression"),
    ] {
        let object = schema.pointer(pointer).unwrap();
        assert_eq!(object["additionalProperties"], false, "{table}");
        let mut keys: Vec<_> = object["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        keys.sort();
        assert_eq!(keys, keys_of(table), "{table}");
    }
}

/// An action that is none would keep a gate from closing, unseen.
#[test]
fn actions_on_whose_gain_diff_fails_are_known_actions_on_keys() {
    assert_eq!(
        complaints(
            "[diff]\nfail_on_gain = [\"ScheduleKeyDeletions\", \"kms:CreateGrnt\", \"ListKeys\", \"x\"]"
        ),
        [
            "\"ScheduleKeyDeletions\": unknown action `ScheduleKeyDeletions`; did you mean \
             `ScheduleKeyDeletion`?",
            "\"kms:CreateGrnt\": unknown action `kms:CreateGrnt`; did you mean `CreateGrant`?",
            "\"ListKeys\": `ListKeys` is about no key; `kmslint diff` asks who can do what to a key: \
             name an action on one",
            "\"x\": unknown action `x`; write an action of KMS, for example `ScheduleKeyDeletion`",
        ]
    );
}
