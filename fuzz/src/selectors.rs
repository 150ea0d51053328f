//! Selectors of a team's rules, over small facts and beside the engine of jsonpath-rust.

use jsonpath_rust::query::js_path_vals;
use kmslint::document::written;
use kmslint::rule::Selector;
use serde_json::{Value, json};

/// The selector is read or refused; one that is read takes no more than its steps, is not skipped
/// where it finds something, and finds what the engine finds.
pub fn selectors(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(selector) = Selector::parse(text) else {
        return;
    };
    let values = facts();
    let facts = written(&values).unwrap();
    let Ok(found) = selector.select(&facts) else {
        return;
    };
    assert!(
        found.is_empty() || selector.may_select(&facts.words()),
        "{text}"
    );
    if !is_small(text) || is_known_to_differ(text) {
        return;
    }
    let own = found.iter().map(|node| serde_json::to_string(node.value()));
    let by_engine = js_path_vals(&selector.path(), &values).unwrap();
    let by_engine = by_engine.into_iter().map(serde_json::to_string);
    let sorted = |texts: Vec<serde_json::Result<String>>| {
        let mut texts: Vec<_> = texts.into_iter().map(Result::unwrap).collect();
        texts.sort_unstable();
        texts
    };
    assert_eq!(sorted(own.collect()), sorted(by_engine.collect()), "{text}");
}

fn facts() -> Value {
    json!({
        "statements": [
            {"at": [0, 1, 2], "effect": "Allow", "inert": null, "sid": "A", "not_action": false,
             "actions": [{"text": "kms:*", "form": "wildcard", "matches": ["kms:Encrypt"]}],
             "conditions": [], "covers": ["kms:ScheduleKeyDeletion"]},
            {"at": [0, 3, 4], "effect": "Deny", "inert": "a", "sid": "é\n", "not_action": true,
             "conditions": [{"key_lower": "aws:sourceip", "values": [{"text": "10.0.0.1"}]}]},
        ],
        "key": {"arn": "arn:aws:kms", "pending": null, "days": 7},
        "access": {"schedule": [{"shortest": 7, "someone": true}, {"shortest": 14}], "x": [1, [2]]},
        "a": {"b": [1, 2, 3], "c": {"d": "e"}},
    })
}

/// The engine has no bound.
fn is_small(text: &str) -> bool {
    let times = |c: char| text.matches(c).count();
    text.len() < 200 && times(',') < 6 && text.matches("..").count() < 4 && times('*') < 8
}

/// What the engine has otherwise than RFC 9535, as `rule::evaluate` has it tested.
fn is_known_to_differ(text: &str) -> bool {
    ["count", "[?@[?", "length", "value", "match", "search"]
        .iter()
        .any(|word| text.contains(word))
        || text.contains('\\')
}
