//! A text as each syntax reads it, changes of it, and changes of the documents that its strings hold.

use kmslint::text::{InputError, Span};
use kmslint::tree::edit::{Draft, EditableFile, Passage, apply};
use kmslint::tree::{Content, JsonPath, Node, Step, Syntax, duplicate_keys, yaml};
use serde_json::{Value as Json, json};

use super::edits::{change_text, change_value, way};

/// So many strings of one text are changed.
const MOST_STRINGS: usize = 4;

/// The first line says what to change, the rest is the text. It is read or refused with its place; every
/// span is of it; what is changed reads as the changed value, or the change is refused.
pub fn trees(data: &[u8]) {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let Ok(text) = std::str::from_utf8(&data[end + 1..]) else {
        return;
    };
    for syntax in [Syntax::Json, Syntax::Yaml, Syntax::Hcl] {
        match syntax.read(text) {
            Err(error) => is_told(text, &error),
            Ok(documents) => documents.iter().for_each(|node| is_inside(text, node)),
        }
        if let Some(root) = as_written(syntax, text) {
            let mut found = Vec::new();
            strings(&root, &mut Vec::new(), &mut found);
            for path in found.into_iter().take(MOST_STRINGS) {
                change_string(syntax, text, path, data.len() % 7);
            }
            // Of two equal keys a value has one.
            if duplicate_keys(&root).is_empty() {
                change(syntax, text, Json::from(&root), &data[..end]);
            }
        }
    }
}

fn is_told(text: &str, error: &InputError) {
    let span = error.span.start as usize..error.span.end as usize;
    assert!(text.get(span).is_some(), "{error:?}");
    assert!(!error.message.is_empty() && !error.label.is_empty());
}

fn is_inside(text: &str, node: &Node<'_>) {
    let is_text = |start: u32, end: u32| text.get(start as usize..end as usize).is_some();
    assert!(is_text(node.span.start, node.span.end), "{node:?}");
    for member in node.members().unwrap_or_default() {
        assert!(is_text(member.key_span.start, member.key_span.end));
    }
    for (_, child) in children(node) {
        is_inside(text, child);
    }
}

fn children<'n, 'a>(node: &'n Node<'a>) -> Vec<(Step, &'n Node<'a>)> {
    let listed = |items: &'n [Node<'a>]| items.iter().enumerate();
    let step = |(index, item)| (Step::Index(index), item);
    match &node.value {
        Content::Array(items) => listed(items).map(step).collect(),
        Content::Deferred(deferred) => listed(&deferred.arguments).map(step).collect(),
        Content::Object(members) => {
            let member = members.iter();
            member
                .map(|m| (Step::Key(m.key.to_string()), &m.value))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The document without merges, of JSON the first; several of YAML as one list, as paths count them.
fn as_written(syntax: Syntax, text: &str) -> Option<Node<'_>> {
    let mut documents = match syntax {
        Syntax::Yaml => yaml::read_as_written(text).ok()?.documents,
        _ => syntax.read(text).ok()?.into_iter().take(1).collect(),
    };
    if documents.len() > 1 {
        return Some(Node {
            value: Content::Array(documents),
            span: Span::new(0, text.len()),
        });
    }
    documents.pop()
}

fn change(syntax: Syntax, text: &str, mut value: Json, changes: &[u8]) {
    let mut draft = Draft::read(syntax, text).unwrap();
    for change in changes.chunks_exact(4).take(6) {
        let (path, choices) = way(&value, change[1], change[2]);
        let before = draft.text().to_owned();
        if change_text(&mut draft, change[0], &path, usize::from(change[3])).is_err() {
            continue;
        }
        change_value(&mut value, change[0], &choices, usize::from(change[3]));
        let Ok(edits) = draft.edits() else {
            return;
        };
        assert_eq!(apply(text, &edits).unwrap(), draft.text());
        let read = as_written(syntax, draft.text()).unwrap();
        let read = Json::from(&read);
        let now = draft.text();
        assert_eq!(
            read, value,
            "{syntax:?} {change:?} at {path:?}:\n{before}\n---\n{now}"
        );
    }
}

/// The ways to strings that hold a document.
fn strings(node: &Node<'_>, path: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    let is_text = node.as_str().is_some() || node.deferred().is_some();
    if is_text && found.len() < 32 {
        found.push(path.clone());
    }
    for (step, child) in children(node) {
        path.push(step);
        strings(child, path, found);
        path.pop();
    }
}

fn change_string(syntax: Syntax, text: &str, mut path: Vec<Step>, place: usize) {
    let read = EditableFile::read(syntax, text).unwrap();
    path.push(Step::Embedded);
    let Some(at) = read.at(JsonPath { steps: path }) else {
        return;
    };
    let Some(passage) = Passage::open(at.span.of(text), &at) else {
        return;
    };
    let Ok(mut draft) = Draft::of(&passage) else {
        return;
    };
    let new = json!({"it's": ["\"${x}\"\\", "é\n"]});
    let made = draft
        .insert_items(&[], place, std::slice::from_ref(&new))
        .or_else(|_| draft.insert_member(&[], &[], "a new key", &new))
        .or_else(|_| draft.replace(&[], &new));
    if made.is_err() {
        return;
    }
    let Ok(edits) = passage.outer(&draft) else {
        return;
    };
    let after = apply(text, &edits).unwrap();
    let again = EditableFile::read(syntax, &after).unwrap();
    let at = again.at(at.path).unwrap();
    let again = Passage::open(at.span.of(&after), &at).unwrap();
    assert_eq!(
        again.text(),
        draft.text(),
        "{syntax:?}:\n{text}\n---\n{after}"
    );
}
