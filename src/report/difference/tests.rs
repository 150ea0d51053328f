//! A difference that is hostile in every place, in every format.

use super::*;
use crate::access::{CaseSet, Decision, Decisions};
use crate::aws::data::NOT_KNOWN;
use crate::aws::{KmsAction, PrincipalKind};
use crate::config::{FAIL_ON_GAIN, InForce};
use crate::difference::{
    Change, EffectivePermission, Hanging, Requirement, StandingChange, UnknownChange, WATCHED, Way,
    Who,
};
use crate::report::Style;
use crate::text::{InputError, InputFailure, Sources, Span};
use serde_json::Value;

const GATE: Gate = Gate {
    watched: WATCHED,
    fail_on_gain: FAIL_ON_GAIN,
};

/// What steers terminals, ends cells, lists and comments, or names people.
const HOSTILE: &str = "a\u{1b}[31m|`<b>\n## @all \u{202e}-->";

fn difference() -> Difference {
    let conditional = EffectivePermission {
        decisions: Decisions {
            conditional: CaseSet::ALL,
            ..Decisions::default()
        },
        depends_on: vec![HOSTILE.to_owned()],
        hangs_on: vec![Hanging {
            denies: true,
            conditions: vec![Requirement {
                text: HOSTILE.to_owned(),
                principals: Vec::new(),
            }],
        }],
    };
    let change = |action| Change {
        who: Who {
            kind: PrincipalKind::Placeholder,
            name: HOSTILE.to_owned(),
            way: Way::OwnPolicies,
        },
        action,
        before: EffectivePermission::default(),
        after: conditional.clone(),
        gains: CaseSet::ALL,
        loses: CaseSet::NONE,
    };
    let subject = ChangedSubject {
        kind: SubjectKind::Key,
        subject: HOSTILE.to_owned(),
        account: None,
        may_have_imported_material: true,
        presence: Presence::Both,
        changes: vec![
            change(KmsAction::ScheduleKeyDeletion),
            change(KmsAction::Decrypt),
        ],
        standings: vec![StandingChange {
            action: KmsAction::CancelKeyDeletion,
            before: Decision::Allowed,
            after: Decision::ImplicitDeny,
        }],
        unknown: vec![UnknownChange {
            action: HOSTILE.to_owned(),
            gains: true,
            loses: false,
        }],
    };
    Difference {
        subjects: vec![subject],
        stacks: Vec::new(),
    }
}

fn failures() -> Vec<InputFailure> {
    vec![InputFailure {
        file: HOSTILE.to_owned(),
        at: None,
        error: InputError::new(Span::default(), HOSTILE),
    }]
}

#[test]
fn nothing_of_a_policy_steers_a_terminal() {
    let style = Style {
        color: false,
        unicode: false,
        width: 80,
    };
    let mut out = Vec::new();
    human::write(&mut out, &difference(), GATE, &style).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(
        text,
        format!(
            "\
key a?[31m|`<b> ## @all ?-->
  + a?[31m|`<b> ## @all ?--> (if its own policies allow it)  ScheduleKeyDeletion  denied -> 7-30 \
days unless a?[31m|`<b> ## @all ?-->
  + a?[31m|`<b> ## @all ?--> (if its own policies allow it)  use (Decrypt)        denied -> \
allowed unless a?[31m|`<b> ## @all ?-->
  ! nobody is left who can: CancelKeyDeletion
  ! somebody may gain `a?[31m|`<b> ## @all ?-->`, an action {NOT_KNOWN}

1 key differs; somebody gains ScheduleKeyDeletion in 1; nobody is left who could cancel deletion \
in 1
"
        )
    );
}

#[test]
fn nothing_of_a_policy_becomes_markdown() {
    let mut out = Vec::new();
    markdown::write(&mut out, &difference(), GATE, &failures()).unwrap();
    let text = String::from_utf8(out).unwrap();
    for hostile in ["<b>", "\u{1b}", "\n##  ", "@all", "\u{202e}"] {
        assert!(!text.contains(hostile), "{hostile:?} in {text}");
    }
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), 4, "{text}");
    assert!(
        rows.iter().all(|row| row.matches('|').count() == 6),
        "{text}"
    );
}

#[test]
fn a_comment_never_grows_past_its_limit() {
    let mut all = difference();
    let one = all.subjects.remove(0);
    all.subjects = vec![one; 2_000];
    let mut out = Vec::new();
    markdown::write(&mut out, &all, GATE, &failures()).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.encode_utf16().count() <= crate::report::markdown::LIMIT);
    assert!(text.ends_with("the other formats have them.\n"));
}

/// The schema tells of exactly the fields that are written.
#[test]
fn the_document_is_described() {
    let mut out = Vec::new();
    let (sources, failures) = (Sources::default(), failures());
    let configuration = InForce::default();
    let side = json::SideInputs {
        sources: &sources,
        failures: &failures,
        configuration: &configuration,
    };
    let empty = json::SideInputs {
        failures: &[],
        ..side
    };
    json::write(&mut out, &difference(), GATE, [side, empty]).unwrap();
    let document: Value = serde_json::from_slice(&out).unwrap();
    let schema: Value = serde_json::from_str(json::SCHEMA).unwrap();
    for (written, described) in [
        ("", ""),
        ("/subjects/0", "/$defs/subject"),
        ("/subjects/0/changes/0", "/$defs/change"),
        ("/subjects/0/changes/0/principal", "/$defs/principal"),
        ("/subjects/0/changes/0/after", "/$defs/permission"),
        ("/subjects/0/changes/0/after/conditions/0", "/$defs/hanging"),
        ("/subjects/0/standings/0", "/$defs/standing"),
        ("/subjects/0/unknown_actions/0", "/$defs/unknown_action"),
    ] {
        let keys = |object: &Value| -> Vec<String> {
            object.as_object().unwrap().keys().cloned().collect()
        };
        let object = schema.pointer(described).unwrap();
        let written = keys(document.pointer(written).unwrap());
        assert_eq!(written, keys(&object["properties"]), "{described}");
        let required: Vec<String> = serde_json::from_value(object["required"].clone()).unwrap();
        assert_eq!(written, required, "{described}");
    }
    assert_eq!(document["errors"][0]["message"], HOSTILE);
}
