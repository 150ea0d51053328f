//! Changes of a JSON document, beside the same changes of `serde_json`'s values.

use kmslint::tree::edit::{Draft, DraftError, apply};
use kmslint::tree::{Step, Syntax, duplicate_keys, json};
use serde_json::{Value, json};

/// The first line says what to change, the rest is the document. What the text says afterwards is
/// what the values say, its edits lead to it, and so does its JSON Patch.
pub fn edits(data: &[u8]) {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let Ok(text) = std::str::from_utf8(&data[end + 1..]) else {
        return;
    };
    let Ok(root) = json::parse(text) else {
        return;
    };
    // Of two equal keys readers differ in which they take.
    if !duplicate_keys(&root).is_empty() {
        return;
    }
    let Ok(mut value) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let first = value.clone();
    let mut draft = Draft::read(Syntax::Json, text).unwrap();
    for change in data[..end].chunks_exact(4).take(8) {
        let (path, pointer) = way(&value, change[1], change[2]);
        let made = change_text(&mut draft, change[0], &path, usize::from(change[3]));
        if made.is_ok() {
            change_value(&mut value, change[0], &pointer, usize::from(change[3]));
        }
        let now = serde_json::from_str::<Value>(draft.text());
        let now = now.unwrap_or_else(|error| panic!("{error}: {}", draft.text()));
        assert_eq!(now, value, "{change:?} at {pointer:?}: {}", draft.text());
    }
    assert_eq!(apply(text, &draft.edits().unwrap()).unwrap(), draft.text());
    let patch = serde_json::to_value(draft.patch()).unwrap();
    let patch: json_patch::Patch = serde_json::from_value(patch).unwrap();
    let mut patched = first;
    json_patch::patch(&mut patched, &patch).unwrap();
    assert_eq!(patched, value);
}

/// Down from the top, at each step to a child that the numbers choose.
pub(super) fn way(value: &Value, one: u8, two: u8) -> (Vec<Step>, Vec<Choice>) {
    let (mut steps, mut choices, mut at) = (Vec::new(), Vec::new(), value);
    for number in [one % 16, one / 16, two % 16, two / 16] {
        let number = usize::from(number);
        match at {
            Value::Array(items) if !items.is_empty() => {
                let index = number % items.len();
                steps.push(Step::Index(index));
                choices.push(Choice::Index(index));
                at = &items[index];
            }
            Value::Object(members) if !members.is_empty() => {
                let (key, member) = members.iter().nth(number % members.len()).unwrap();
                steps.push(Step::Key(key.clone()));
                choices.push(Choice::Key(key.clone()));
                at = member;
            }
            _ => break,
        }
        if number % 4 == 3 {
            break;
        }
    }
    (steps, choices)
}

#[derive(Debug)]
pub(super) enum Choice {
    Index(usize),
    Key(String),
}

fn new_value(number: usize) -> Value {
    let values = [
        json!("kms:\"é\\\n"),
        json!(["a", {"b": []}]),
        json!({"Effect": "Deny", "Principal": {"AWS": ["x", "y"]}, "Action": ["z"]}),
        json!(null),
        json!({}),
        json!([]),
        json!(-1.5),
    ];
    values[number % values.len()].clone()
}

pub(super) fn change_text(
    draft: &mut Draft,
    kind: u8,
    path: &[Step],
    number: usize,
) -> Result<(), DraftError> {
    match kind % 6 {
        0 => draft.insert_member(path, &["Sid", "Effect"], &key(number), &new_value(number)),
        1 => draft.insert_items(path, number, &[new_value(number), new_value(number / 7)]),
        2 => draft.add_values(path, number, &[new_value(number)]),
        3 => draft.remove(path),
        4 => draft.replace(path, &new_value(number)),
        _ => draft.rename(path, &key(number)),
    }
}

fn key(number: usize) -> String {
    ["Resource", "new", "a\"\\é", ""][number % 4].to_owned()
}

/// The same, of the value; only called for what could be done.
pub(super) fn change_value(value: &mut Value, kind: u8, path: &[Choice], number: usize) {
    match kind % 6 {
        0 => {
            let members = at(value, path).as_object_mut().unwrap();
            assert!(members.insert(key(number), new_value(number)).is_none());
        }
        1 => {
            let items = at(value, path).as_array_mut().unwrap();
            let position = number.min(items.len());
            items.splice(
                position..position,
                [new_value(number), new_value(number / 7)],
            );
        }
        2 => match at(value, path) {
            Value::Array(items) => {
                let position = (number + 1).min(items.len());
                items.insert(position, new_value(number));
            }
            one => *one = json!([one.take(), new_value(number)]),
        },
        3 => match (path.split_last().unwrap(), ()) {
            ((Choice::Index(index), parent), ()) => {
                at(value, parent).as_array_mut().unwrap().remove(*index);
            }
            ((Choice::Key(key), parent), ()) => {
                at(value, parent).as_object_mut().unwrap().shift_remove(key);
            }
        },
        4 => *at(value, path) = new_value(number),
        _ => {
            let (Choice::Key(old), parent) = path.split_last().unwrap() else {
                panic!("an item was renamed");
            };
            let members = at(value, parent).as_object_mut().unwrap();
            let moved = members.shift_remove(old).unwrap();
            members.insert(key(number), moved);
        }
    }
}

fn at<'v>(value: &'v mut Value, path: &[Choice]) -> &'v mut Value {
    path.iter().fold(value, |value, choice| match choice {
        Choice::Index(index) => &mut value[*index],
        Choice::Key(key) => &mut value[key.as_str()],
    })
}
