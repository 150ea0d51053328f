//! Random `Condition` elements that are meant to hold for a scene, or to miss by a little.

use serde_json::{Map, Value, json};

use super::context::Scene;
use super::keys::{KEYS, Key, Type, WINDOW};
use super::policy::listed;
use super::rng::Rng;
use super::value;

/// A condition meant to hold, or to miss by its first test.
pub(super) fn condition(rng: &mut Rng, scene: &Scene, variables: bool, holds: bool) -> Value {
    let mut blocks: Map<String, Value> = Map::new();
    let count = if rng.chance(65) { 1 } else { rng.between(2, 3) };
    for turn in 0..count {
        let key = pick_key(rng, scene);
        let (operator, wanted) = test(rng, scene, key, variables, holds || turn > 0);
        let name = if rng.chance(6) {
            key.name.to_uppercase()
        } else {
            key.name.to_owned()
        };
        let block = blocks.entry(operator).or_insert_with(|| json!({}));
        if let Some(keys) = block.as_object_mut()
            && !keys.keys().any(|known| known.eq_ignore_ascii_case(&name))
        {
            keys.insert(name, wanted);
        }
    }
    Value::Object(blocks)
}

fn pick_key(rng: &mut Rng, scene: &Scene) -> &'static Key {
    let preferred = match rng.between(0, 99) {
        0..=29 if scene.action == "kms:ScheduleKeyDeletion" => WINDOW,
        30..=35 => "aws:ResourceTag/Project",
        36..=38 => "aws:PrincipalTag/note",
        _ => "",
    };
    match KEYS.iter().find(|key| key.name == preferred) {
        Some(key) => key,
        None => rng.pick(KEYS),
    }
}

/// An operator and its policy values for `key`, meant to be true or false.
fn test(rng: &mut Rng, scene: &Scene, key: &Key, variables: bool, wanted: bool) -> (String, Value) {
    let given = given(scene, key);
    // Whether `Null` takes an empty value for none is open.
    let is_empty = given.iter().flatten().any(String::is_empty);
    if rng.chance(7) && (scene.contested || !is_empty) {
        return null_test(rng, given.is_some(), wanted);
    }
    let base = base_operator(rng, key);
    let quantifier = quantifier(rng, scene, key);
    let maker = value::Maker {
        scene,
        key,
        operator: base.positive,
        variables,
    };
    let Some(given) = given else {
        return missing_test(rng, maker, &base, quantifier, wanted);
    };
    let negated = base.negated.is_some() && rng.chance(35);
    let values = policy_values(rng, maker, &given, wanted != negated);
    // With a set operator `IfExists` is open only for a missing key, and an empty value counts as
    // missing there.
    let if_exists = rng.chance(25) && (scene.contested || !is_empty || quantifier.is_empty());
    let operator = named(&base, quantifier, negated, if_exists);
    (spelled(rng, scene, operator), values)
}

/// The values that the context has for `key`, if any.
fn given(scene: &Scene, key: &Key) -> Option<Vec<String>> {
    let values: Vec<String> = match scene.value(key.name)? {
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        single => single.as_str().map(str::to_owned).into_iter().collect(),
    };
    (!values.is_empty()).then_some(values)
}

/// A positive operator and its negation, if there is one.
#[derive(Clone, Copy, Debug)]
struct Base {
    positive: &'static str,
    negated: Option<&'static str>,
}

const TEXT: [Base; 3] = [
    Base {
        positive: "StringEquals",
        negated: Some("StringNotEquals"),
    },
    Base {
        positive: "StringEqualsIgnoreCase",
        negated: Some("StringNotEqualsIgnoreCase"),
    },
    Base {
        positive: "StringLike",
        negated: Some("StringNotLike"),
    },
];
const ARN: [Base; 4] = [
    Base {
        positive: "ArnEquals",
        negated: Some("ArnNotEquals"),
    },
    Base {
        positive: "ArnLike",
        negated: Some("ArnNotLike"),
    },
    TEXT[0],
    TEXT[2],
];
const NUMBER: [Base; 5] = [
    Base {
        positive: "NumericEquals",
        negated: Some("NumericNotEquals"),
    },
    Base {
        positive: "NumericLessThan",
        negated: None,
    },
    Base {
        positive: "NumericLessThanEquals",
        negated: None,
    },
    Base {
        positive: "NumericGreaterThan",
        negated: None,
    },
    Base {
        positive: "NumericGreaterThanEquals",
        negated: None,
    },
];
const DATE: [Base; 5] = [
    Base {
        positive: "DateEquals",
        negated: Some("DateNotEquals"),
    },
    Base {
        positive: "DateLessThan",
        negated: None,
    },
    Base {
        positive: "DateLessThanEquals",
        negated: None,
    },
    Base {
        positive: "DateGreaterThan",
        negated: None,
    },
    Base {
        positive: "DateGreaterThanEquals",
        negated: None,
    },
];

fn base_operator(rng: &mut Rng, key: &Key) -> Base {
    match key.holds {
        Type::Text => *rng.pick(&TEXT),
        Type::Number if rng.chance(4) => TEXT[0],
        Type::Number if rng.chance(20) => NUMBER[0],
        Type::Number => *rng.pick(&NUMBER),
        Type::Date if rng.chance(25) => DATE[0],
        Type::Epoch if rng.chance(50) => *rng.pick(&NUMBER),
        Type::Date | Type::Epoch => *rng.pick(&DATE),
        Type::Bool => Base {
            positive: "Bool",
            negated: None,
        },
        Type::Address => Base {
            positive: "IpAddress",
            negated: Some("NotIpAddress"),
        },
        Type::Arn => *rng.pick(&ARN),
        Type::Bytes => Base {
            positive: "BinaryEquals",
            negated: None,
        },
    }
}

/// A set prefix, with its colon; multi-valued keys always get one unless contested.
fn quantifier(rng: &mut Rng, scene: &Scene, key: &Key) -> &'static str {
    match rng.between(0, 99) {
        0..=11 => "ForAllValues:",
        12..=23 => "ForAnyValue:",
        24..=59 if key.multi => "ForAllValues:",
        60..=99 if key.multi && !scene.contested => "ForAnyValue:",
        _ => "",
    }
}

fn named(base: &Base, quantifier: &str, negated: bool, if_exists: bool) -> String {
    let name = if negated {
        base.negated.unwrap_or(base.positive)
    } else {
        base.positive
    };
    format!(
        "{quantifier}{name}{}",
        if if_exists { "IfExists" } else { "" }
    )
}

/// Other spellings of an operator name are contested.
fn spelled(rng: &mut Rng, scene: &Scene, operator: String) -> String {
    if scene.contested && rng.chance(5) {
        operator.to_lowercase()
    } else {
        operator
    }
}

fn null_test(rng: &mut Rng, exists: bool, wanted: bool) -> (String, Value) {
    let operator = if rng.chance(6) {
        rng.text(&["ForAllValues:Null", "ForAnyValue:Null"])
    } else {
        "Null".to_owned()
    };
    // True asks for absence.
    (operator, value::bool_value(rng, exists != wanted))
}

/// A test of a key that the context does not have.
fn missing_test(
    rng: &mut Rng,
    maker: value::Maker<'_>,
    base: &Base,
    quantifier: &str,
    wanted: bool,
) -> (String, Value) {
    let mut entries = vec![maker.pooled(rng)];
    if rng.chance(30) {
        entries.push(maker.pooled(rng));
    }
    let entries = listed(rng, &entries);
    let negated = base.negated.is_some() && rng.chance(if wanted { 60 } else { 20 });
    let operator = match (quantifier, wanted) {
        // Neither prefix leaves a choice, but `IfExists` after the second is open.
        ("ForAllValues:", _) => named(base, quantifier, negated, rng.chance(15)),
        ("ForAnyValue:", _) => named(
            base,
            quantifier,
            negated,
            maker.scene.contested && rng.chance(30),
        ),
        (_, true) => named(base, quantifier, negated, !negated || rng.chance(30)),
        (_, false) => named(base, quantifier, false, false),
    };
    (spelled(rng, maker.scene, operator), entries)
}

/// The policy values: some that match what is given, or only ones that do not.
fn policy_values(
    rng: &mut Rng,
    maker: value::Maker<'_>,
    given: &[String],
    matching: bool,
) -> Value {
    let mut entries = Vec::new();
    for value in given {
        if matching && (entries.is_empty() || rng.chance(85)) {
            entries.push(maker.matching(rng, value));
        }
    }
    let first = given.first().map(String::as_str).unwrap_or_default();
    while entries.is_empty() || rng.chance(30) {
        entries.push(maker.missing(rng, first));
    }
    if maker.scene.contested && maker.operator.starts_with("Numeric") && rng.chance(6) {
        entries.push(rng.text(&["7 days", "seven", "", "0x1e", "1e1"]));
    }
    rng.shuffle(&mut entries);
    let value = listed(rng, &entries);
    if rng.chance(30) {
        value::unquoted(value)
    } else {
        value
    }
}
