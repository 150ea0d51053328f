//! Whole explanations, compared with the exact text that a person reads.

use super::*;
use crate::access::{
    AskedAction, Decision, Effect, Explained, ExplainedDays, ExplainedMiss, ExplainedStatement,
    FailedElement, Layer, PolicyReference, Reason, StatementOutcome, StatementReference,
};
use crate::aws::KmsAction;
use crate::report::Style;
use crate::text::{Location, SourceFile, Sources, Span};

const POLICY: &str = r#"{
  "Statement": [
    {
      "Sid": "Admins",
      "Effect": "Allow",
      "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } },
      "Principal": { "AWS": "arn:aws:iam::111122223333:role/Admin" },
      "Action": "kms:*",
      "Resource": "*"
    },
    {
      "Sid": "NoShortWaits",
      "Effect": "Deny",
      "Principal": "*",
      "Action": "kms:ScheduleKeyDeletion",
      "Resource": "*"
    }
  ]
}
"#;

const STYLE: Style = Style {
    color: false,
    unicode: true,
    width: 80,
};

fn sources() -> Sources {
    let mut sources = Sources::default();
    sources.add(SourceFile::new("keys/policy.json", POLICY));
    sources
}

fn at(sources: &Sources, words: &str) -> Location {
    let (source, file) = sources.iter().next().unwrap();
    let start = file.text().find(words).unwrap();
    Location {
        source,
        span: Span::new(start, start + words.len()),
    }
}

fn reference(layer: Layer, level: usize, name: &str) -> PolicyReference {
    PolicyReference {
        layer,
        level,
        name: name.into(),
    }
}

fn allowed(sources: &Sources) -> Explained {
    let mfa = || "aws:MultiFactorAuthPresent".to_owned();
    Explained {
        principal: "arn:aws:iam::111122223333:role/Admin".to_owned(),
        action: AskedAction::Known(KmsAction::ScheduleKeyDeletion),
        key: "arn:aws:kms:eu-central-1:111122223333:key/1".to_owned(),
        decision: Decision::Allowed,
        reason: Reason::KeyPolicy,
        days: Some(ExplainedDays {
            asked: Some((7, 30)),
            allowed: vec![(22, 30)],
            conditional: vec![(14, 21)],
            omitted: Some(Decision::Allowed),
        }),
        statements: vec![ExplainedStatement {
            described: StatementReference {
                policy: reference(Layer::KeyPolicy, 0, ""),
                index: 0,
                sid: Some("Admins".to_owned()),
                effect: Effect::Allow,
            },
            at: at(sources, "\"Action\": \"kms:*\""),
            does: StatementOutcome::Allows,
        }],
        nearest_miss: None,
        depends_on: vec![mfa()],
        undocumented: false,
        is_beyond_known: false,
        not_given: Vec::new(),
        allowing: Some(vec![
            (mfa(), vec!["true".to_owned()]),
            ("aws:SourceIp".to_owned(), vec![]),
        ]),
        denying: Some(vec![(mfa(), vec![])]),
    }
}

fn drawn(sources: &Sources, explained: &Explained, style: Style) -> String {
    let mut out = Vec::new();
    human(&mut out, sources, explained, 0, &style).unwrap();
    String::from_utf8(out).unwrap()
}

/// The same request, denied by a statement of an organization's policy.
fn denied(sources: &Sources) -> Explained {
    let deny = POLICY
        .find("    {\n      \"Sid\": \"NoShortWaits\"")
        .unwrap()
        + 4;
    let end = POLICY.find("    }\n").unwrap() + 5;
    Explained {
        decision: Decision::ExplicitDeny,
        reason: Reason::Scp,
        days: Some(ExplainedDays {
            asked: Some((7, 30)),
            omitted: Some(Decision::ExplicitDeny),
            ..ExplainedDays::default()
        }),
        depends_on: Vec::new(),
        allowing: None,
        denying: None,
        statements: vec![ExplainedStatement {
            described: StatementReference {
                policy: reference(Layer::Scp, 1, "NoDeletion"),
                index: 1,
                sid: Some("NoShort\x1bWaits".to_owned()),
                effect: Effect::Deny,
            },
            at: at(sources, POLICY.get(deny..end).unwrap()),
            does: StatementOutcome::Denies,
        }],
        nearest_miss: Some(ExplainedMiss {
            statement: ExplainedStatement {
                described: StatementReference {
                    policy: reference(Layer::Identity, 0, "Administrator"),
                    index: 0,
                    sid: None,
                    effect: Effect::Allow,
                },
                at: at(sources, "\"kms:*\""),
                does: StatementOutcome::WouldAllow,
            },
            failed: vec![
                (
                    at(sources, "\"aws:MultiFactorAuthPresent\": \"true\""),
                    FailedElement::Condition("aws:MultiFactorAuthPresent".to_owned()),
                ),
                (at(sources, "\"kms:*\""), FailedElement::Action),
            ],
        }),
        ..allowed(sources)
    }
}

/// Compares but for white space at the ends of lines and of the text, which editors remove.
#[track_caller]
fn assert_text(drawn: &str, expected: &str) {
    let lines: Vec<&str> = drawn.lines().map(str::trim_end).collect();
    let drawn = lines.join("\n");
    assert_eq!(drawn.trim_end(), expected.trim(), "\n{drawn}");
}

#[test]
fn an_allowed_request_shows_days_and_statements() {
    let sources = sources();
    assert_text(
        &drawn(&sources, &allowed(&sources), STYLE),
        r#"
arn:aws:iam::111122223333:role/Admin may schedule the deletion of
arn:aws:kms:eu-central-1:111122223333:key/1 with 22 to 30 days; other day counts
hang on aws:MultiFactorAuthPresent

   7 ·······▒▒▒▒▒▒▒▒█████████ 30 days

  · denied   7 to 13 days
  ▒ depends  14 to 21 days
  █ allowed  22 to 30 days
  █ allowed  no day count (AWS takes 30)

allowed by: statement "Admins" of the key policy
   ╭─[keys/policy.json:8:7]
 7 │       "Principal": { "AWS": "arn:aws:iam::111122223333:role/Admin" },
 8 │       "Action": "kms:*",
   ·       ────────┬────────
   ·               ╰── allows it
 9 │       "Resource": "*"
   ╰────

  allowed, for example, with
    aws:MultiFactorAuthPresent  true
    aws:SourceIp                (absent)

  denied, for example, with
    aws:MultiFactorAuthPresent  (absent)"#,
    );
}

#[test]
fn a_denied_request_shows_who_denies_and_what_came_near() {
    let sources = sources();
    assert_text(
        &drawn(&sources, &denied(&sources), STYLE),
        r#"
arn:aws:iam::111122223333:role/Admin may not schedule the deletion of
arn:aws:kms:eu-central-1:111122223333:key/1: explicitly denied by statement
"NoShort␛Waits" of service control policy `NoDeletion` (level 1)

   7 ························ 30 days

  · denied   7 to 30 days
  · denied   no day count (AWS takes 30)

denied by: statement "NoShort␛Waits" of service control policy `NoDeletion`
  │ (level 1)
    ╭─[keys/policy.json:11:5]
 10 │         },
 11 │ ╭─▶     {
 12 │ │         "Sid": "NoShortWaits",
 13 │ │         "Effect": "Deny",
 14 │ │         "Principal": "*",
 15 │ │         "Action": "kms:ScheduleKeyDeletion",
 16 │ │         "Resource": "*"
 17 │ ├─▶     }
    · ╰──── denies it
 18 │       ]
    ╰────

nearest miss: `Statement[0]` of identity policy `Administrator` would allow it
  │ but for what is marked
   ╭─[keys/policy.json:6:32]
 5 │       "Effect": "Allow",
 6 │       "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } },
   ·                                ──────────────────┬─────────────────
   ·                                                  ╰─┤ the condition on
   ·                                                    │ `aws:MultiFactorAuthPresent`
   ·                                                    │ does not hold
 7 │       "Principal": { "AWS": "arn:aws:iam::111122223333:role/Admin" },
 8 │       "Action": "kms:*",
   ·                 ───┬───
   ·                    ╰── does not name this action
 9 │       "Resource": "*"
   ╰────"#,
    );
}

#[test]
fn a_narrow_terminal_without_unicode_shows_the_same() {
    let sources = sources();
    let style = Style {
        unicode: false,
        width: 40,
        color: false,
    };
    assert_text(
        &drawn(&sources, &allowed(&sources), style),
        r#"
arn:aws:iam::111122223333:role/Admin may
schedule the deletion of
arn:aws:kms:eu-central-1:111122223333:key/1
with 22 to 30 days; other day counts
hang on aws:MultiFactorAuthPresent

   7 .......????????######### 30 days

  . denied   7 to 13 days
  ? depends  14 to 21 days
  # allowed  22 to 30 days
  # allowed  no day count (AWS takes 30)

allowed by: statement "Admins" of the
  | key policy
   ,-[keys/policy.json:8:7]
 7 |       "Principal": { "AWS": "arn...
 8 |       "Action": "kms:*",
   :       ^^^^^^^^|^^^^^^^^
   :               `-- allows it
 9 |       "Resource": "*"
   `----

  allowed, for example, with
    aws:MultiFactorAuthPresent  true
    aws:SourceIp                (absent)

  denied, for example, with
    aws:MultiFactorAuthPresent  (absent)"#,
    );
}

#[test]
fn colours_do_not_change_the_words() {
    let sources = sources();
    let style = Style {
        color: true,
        ..STYLE
    };
    let colored = drawn(&sources, &denied(&sources), style);
    assert!(colored.starts_with("\u{1b}[31marn:aws:iam"));
    assert!(!drawn(&sources, &denied(&sources), STYLE).contains('\u{1b}'));
}

/// The headline of the example with another decision, reason and days.
fn headline(decision: Decision, reason: Reason, days: Option<ExplainedDays>) -> String {
    let sources = sources();
    sentence::headline(&Explained {
        principal: "P".to_owned(),
        key: "K".to_owned(),
        decision,
        reason,
        days,
        statements: Vec::new(),
        ..allowed(&sources)
    })
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn headlines_are_sentences() {
    let days = |asked, allowed: &[(u8, u8)], conditional: &[(u8, u8)]| {
        Some(ExplainedDays {
            asked,
            allowed: allowed.to_vec(),
            conditional: conditional.to_vec(),
            omitted: None,
        })
    };
    let every = Some((7, 30));
    let cases = [
        (
            Decision::Allowed,
            Reason::KeyPolicy,
            days(every, &[(7, 9), (12, 12), (22, 30)], &[]),
            "P may schedule the deletion of K with 7 to 9, 12 or 22 to 30 days",
        ),
        (
            Decision::Allowed,
            Reason::KeyPolicy,
            days(Some((9, 9)), &[(9, 9)], &[]),
            "P may schedule the deletion of K with 9 days",
        ),
        (
            Decision::Allowed,
            Reason::KeyPolicy,
            days(every, &[], &[]),
            "P may schedule the deletion of K without naming a day count",
        ),
        (
            Decision::Allowed,
            Reason::KeyPolicy,
            days(None, &[], &[]),
            "P may schedule the deletion of K without naming a day count",
        ),
        (
            Decision::Allowed,
            Reason::KeyPolicy,
            None,
            "P may schedule the deletion of K",
        ),
        (
            Decision::Conditional,
            Reason::KeyPolicy,
            days(every, &[], &[(7, 30)]),
            "whether P may schedule the deletion of K with 7 to 30 days hangs on aws:MultiFactorAuthPresent",
        ),
        (
            Decision::ImplicitDeny,
            Reason::NoDelegation,
            days(every, &[], &[]),
            "P may not schedule the deletion of K: the key policy does not let IAM policies count, and grants nothing itself",
        ),
        (
            Decision::ImplicitDeny,
            Reason::NotGranted,
            days(Some((7, 7)), &[], &[]),
            "P may not schedule the deletion of K with 7 days: no policy grants it",
        ),
        (
            Decision::ExplicitDeny,
            Reason::Rcp,
            None,
            "P may not schedule the deletion of K: explicitly denied",
        ),
    ];
    for (decision, reason, days, expected) in cases {
        assert_eq!(headline(decision, reason, days), expected);
    }
    for reason in [
        Reason::Boundary,
        Reason::Scp,
        Reason::Rcp,
        Reason::SessionPolicy,
        Reason::CrossAccount,
    ] {
        assert!(!headline(Decision::ImplicitDeny, reason, None).ends_with("no policy grants it"));
    }
}

#[test]
fn policies_and_statements_have_names() {
    let named = |layer, level, name, sid: Option<&str>| {
        sentence::statement(&StatementReference {
            policy: reference(layer, level, name),
            index: 2,
            sid: sid.map(str::to_owned),
            effect: Effect::Allow,
        })
    };
    assert_eq!(
        named(Layer::KeyPolicy, 0, "", Some("A")),
        "statement \"A\" of the key policy"
    );
    assert_eq!(
        named(Layer::Session, 0, "", None),
        "`Statement[2]` of the session policy"
    );
    assert_eq!(
        named(Layer::Identity, 0, "a/b", None),
        "`Statement[2]` of identity policy `a/b`"
    );
    assert_eq!(
        named(Layer::Boundary, 0, "B", None),
        "`Statement[2]` of permissions boundary `B`"
    );
    assert_eq!(
        named(Layer::Scp, 0, "Full/x", None),
        "`Statement[2]` of service control policy `Full/x` (level 0)"
    );
    assert_eq!(
        named(Layer::Rcp, 2, "R", Some("")),
        "`Statement[2]` of resource control policy `R` (level 2)"
    );
}

#[test]
fn the_document_holds_the_same() {
    let sources = sources();
    let mut out = Vec::new();
    json(&mut out, &sources, &allowed(&sources), 0).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(
        document["days"],
        serde_json::json!([22, 23, 24, 25, 26, 27, 28, 29, 30])
    );
    assert_eq!(document["conditional_days"].as_array().unwrap().len(), 8);
    assert_eq!(document["omitted"], "allowed");
    assert_eq!(document["statements"][0]["location"]["start"]["line"], 8);
    assert_eq!(
        document["examples"]["allowed"]["aws:SourceIp"],
        serde_json::json!([])
    );
    let mut out = Vec::new();
    json(&mut out, &sources, &denied(&sources), 0).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(
        document["nearest_miss"]["failed"][1]["text"],
        "does not name this action"
    );
    assert_eq!(document["statements"][0]["sid"], "NoShort\u{1b}Waits");
    assert!(document["examples"].is_null());
}
