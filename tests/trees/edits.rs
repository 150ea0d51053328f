//! Edits of YAML and HCL: what comes out reads as meant, and every other byte is kept.

use kmslint::tree::edit::{Draft, DraftError, Edit};
use kmslint::tree::{Content, Function, Node, Step, Syntax, duplicate_keys, yaml};
use serde_json::{Value as Json, json};

use super::{files, shared};

/// The root of the first document as written.
fn root(syntax: Syntax, text: &str) -> Option<Node<'_>> {
    let documents = match syntax {
        Syntax::Yaml => yaml::read_as_written(text).ok()?.documents,
        _ => syntax.read(text).ok()?,
    };
    documents.into_iter().next()
}

/// Every value below this one with its path.
fn paths<'n, 'a>(
    node: &'n Node<'a>,
    path: &mut Vec<Step>,
    out: &mut Vec<(Vec<Step>, &'n Node<'a>)>,
) {
    out.push((path.clone(), node));
    let steps: Vec<_> = match &node.value {
        Content::Array(items) => (0..items.len()).map(Step::Index).collect(),
        Content::Object(members) => members
            .iter()
            .map(|m| Step::Key(m.key.to_string()))
            .collect(),
        Content::Deferred(deferred) => match deferred.function {
            Function::Tag(_) | Function::Call { .. } | Function::Conditional => {
                (0..deferred.arguments.len()).map(Step::Index).collect()
            }
            // Names and pieces are no values that could be others.
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    for step in steps {
        path.push(step);
        // Of two equal keys the path leads to the last.
        if let Some(child) = node.at(std::slice::from_ref(path.last().unwrap())) {
            paths(child, path, out);
        }
        path.pop();
    }
}

/// A change: of a list or map, or of a value.
#[derive(Clone, Debug)]
enum Change {
    Member(Option<String>),
    Items(usize, usize),
    Replace(Json),
    Remove(Step),
}

/// The changes that are tried at a value.
fn changes(node: &Node<'_>) -> Vec<Change> {
    match &node.value {
        Content::Object(members) => {
            let mut all = vec![Change::Member(None)];
            if let Some(first) = members.first() {
                all.push(Change::Member(Some(first.key.to_string())));
            }
            all.extend(
                members
                    .iter()
                    .map(|m| Change::Remove(Step::Key(m.key.to_string()))),
            );
            all.push(Change::Replace(json!({"a b": [1, {"c": "d: e"}], "f": {}})));
            all
        }
        Content::Array(items) => {
            let mut all = vec![
                Change::Items(0, 1),
                Change::Items(items.len() / 2, 1),
                Change::Items(items.len(), 2),
            ];
            all.extend((0..items.len()).map(|index| Change::Remove(Step::Index(index))));
            all.push(Change::Replace(json!(["${x}", "yes", null])));
            all
        }
        _ => vec![
            Change::Replace(json!("kms:*")),
            Change::Replace(json!(14)),
            Change::Replace(json!("a \"b\" \\ %{c}\n: #")),
            Change::Replace(json!({"k": ["v"]})),
        ],
    }
}

fn added() -> [Json; 2] {
    [
        json!({"Sid": "No", "Action": ["kms:A", "b c"]}),
        json!("true"),
    ]
}

/// The value with the change made, where the change is one of a list or map.
fn expected(root: &Json, path: &[Step], change: &Change) -> Option<Json> {
    let mut root = root.clone();
    let mut at = &mut root;
    for step in path {
        at = match step {
            Step::Key(key) => at.get_mut(key)?,
            Step::Index(index) => at.get_mut(index)?,
            Step::Embedded => return None,
        };
    }
    match change {
        Change::Replace(value) => *at = value.clone(),
        Change::Member(_) => drop(
            at.as_object_mut()?
                .insert("NewKey".to_owned(), added()[0].clone()),
        ),
        Change::Items(position, count) => {
            let items = at.as_array_mut()?;
            items.splice(position..position, added().into_iter().take(*count));
        }
        Change::Remove(Step::Key(key)) => drop(at.as_object_mut()?.shift_remove(key)),
        Change::Remove(Step::Index(index)) => drop(at.as_array_mut()?.remove(*index)),
        Change::Remove(Step::Embedded) => return None,
    }
    Some(root)
}

fn make(
    syntax: Syntax,
    text: &str,
    path: &[Step],
    change: &Change,
) -> Result<(Vec<Edit>, String), DraftError> {
    let mut draft = Draft::read(syntax, text)?;
    match change {
        Change::Member(after) => {
            let after: Vec<_> = after.iter().map(String::as_str).collect();
            draft.insert_member(path, &after, "NewKey", &added()[0])?;
        }
        Change::Items(position, count) => {
            draft.insert_items(path, *position, &added()[..*count])?;
        }
        Change::Replace(value) => draft.replace(path, value)?,
        Change::Remove(step) => draft.remove(&[path, std::slice::from_ref(step)].concat())?,
    }
    Ok((draft.edits()?, draft.text().to_owned()))
}

/// How many changes of a text were made, and how many were refused for their layout.
#[derive(Debug, Default)]
struct Tally {
    made: usize,
    refused: usize,
}

/// Tries every change of a text.
fn try_all(syntax: Syntax, text: &str, name: &str, tally: &mut Tally) {
    let Some(root) = root(syntax, text) else {
        return;
    };
    if !duplicate_keys(&root).is_empty() {
        // JSON cannot say what is expected of them.
        return;
    }
    let before = Json::from(&root);
    let mut all = Vec::new();
    paths(&root, &mut Vec::new(), &mut all);
    // The same kinds of places come again and again in a long file.
    let step = all.len().div_ceil(if name == "features" { 60 } else { 12 });
    for (path, node) in all.iter().step_by(step) {
        for change in changes(node) {
            match make(syntax, text, path, &change) {
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    tally.refused += usize::from(error == DraftError::Layout);
                }
                Ok((edits, edited)) => {
                    tally.made += 1;
                    let again = self::root(syntax, &edited).unwrap();
                    if let Some(expected) = expected(&before, path, &change) {
                        // A value inside of a deferred one is not in the JSON.
                        let inside = path.iter().enumerate().any(|(at, _)| {
                            matches!(root.at(&path[..at]).unwrap().value, Content::Deferred(_))
                        });
                        assert!(
                            inside || Json::from(&again) == expected,
                            "{name}: {path:?} {change:?}\n{edited}"
                        );
                    }
                    kept(text, &edits, &edited);
                }
            }
        }
    }
}

/// Outside of the edits the text is the same.
fn kept(text: &str, edits: &[Edit], edited: &str) {
    let mut sorted = edits.to_vec();
    sorted.sort();
    let (mut at, mut rest) = (0, edited);
    for edit in &sorted {
        let same = &text[at..edit.span.start as usize];
        rest = rest
            .strip_prefix(same)
            .unwrap()
            .strip_prefix(&*edit.replacement)
            .unwrap();
        at = edit.span.end as usize;
    }
    assert_eq!(rest, &text[at..]);
}

fn try_files(syntax: Syntax, endings: &[&str], feature: &str) -> Tally {
    let mut tally = Tally::default();
    for ending in ["\n", "\r\n"] {
        try_all(
            syntax,
            &feature.replace('\n', ending),
            "features",
            &mut tally,
        );
    }
    try_all(
        syntax,
        feature.trim_end(),
        "without a last break",
        &mut tally,
    );
    for path in shared().iter().flat_map(|shared| files(shared, endings)) {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        try_all(syntax, &text, name, &mut tally);
    }
    tally
}

#[test]
fn every_edit_of_yaml_reads_as_meant_or_is_refused() {
    let tally = try_files(
        Syntax::Yaml,
        &[".yaml", ".yml"],
        include_str!("yaml/features.yaml"),
    );
    assert!(tally.refused * 20 < tally.made, "{tally:?}");
}

#[test]
fn every_edit_of_hcl_reads_as_meant_or_is_refused() {
    let tally = try_files(
        Syntax::Hcl,
        &[".tf", ".hcl"],
        include_str!("hcl/features.tf"),
    );
    assert!(tally.refused * 20 < tally.made, "{tally:?}");
}

/// The text with the edits of a draft made.
fn finish(draft: &Draft) -> String {
    draft.edits().unwrap();
    draft.text().to_owned()
}

fn key(path: &str) -> Vec<Step> {
    path.split('.')
        .map(|step| {
            step.parse()
                .map_or_else(|_| Step::Key(step.to_owned()), Step::Index)
        })
        .collect()
}

#[test]
fn comments_blank_lines_and_layout_stay_in_yaml() {
    let text = "Resources:\n  # the key\n  Key: # here\n    Type: AWS::KMS::Key # type\n\n    # policy\n    Properties: {Enabled: true}\n\n  Other:\n    Type: X";
    let mut draft = Draft::read(Syntax::Yaml, text).unwrap();
    let resource = key("Resources.Key");
    draft
        .insert_member(&resource, &["Type"], "DeletionPolicy", &json!("Retain"))
        .unwrap();
    draft
        .insert_member(
            &key("Resources.Key.Properties"),
            &[],
            "PendingWindowInDays",
            &json!(30),
        )
        .unwrap();
    draft
        .insert_member(
            &key("Resources.Other"),
            &[],
            "A",
            &json!({"B": ["yes", "c"]}),
        )
        .unwrap();
    let edited = finish(&draft);
    assert_eq!(
        edited,
        "Resources:\n  # the key\n  Key: # here\n    Type: AWS::KMS::Key # type\n    DeletionPolicy: Retain\n\n    # policy\n    Properties: {Enabled: true, PendingWindowInDays: 30}\n\n  Other:\n    Type: X\n    A:\n      B:\n        - \"yes\"\n        - c"
    );
}

#[test]
fn what_an_anchor_shares_is_not_edited() {
    let text = "a: &a\n  x: 1\nb: *a\nc: 2\n";
    for path in ["a", "b", "a.x", "b.x"] {
        let mut draft = Draft::read(Syntax::Yaml, text).unwrap();
        let refused = draft.replace(&key(path), &json!(5)).unwrap_err();
        assert!(
            matches!(refused, DraftError::Shared(_)),
            "{path}: {refused}"
        );
    }
    let mut draft = Draft::read(Syntax::Yaml, text).unwrap();
    draft.replace(&key("c"), &json!(5)).unwrap();
    assert_eq!(finish(&draft), "a: &a\n  x: 1\nb: *a\nc: 5\n");
}

#[test]
fn comments_and_layout_stay_in_hcl() {
    let text = "resource \"aws_kms_key\" \"k\" { # key\n  description = \"x\" # why\n  policy = jsonencode({\n    Statement = [\n      { Sid = \"A\" }, # first\n      { Sid = \"B\" } # second\n    ]\n  })\n}\n";
    let mut draft = Draft::read(Syntax::Hcl, text).unwrap();
    let resource = key("resource.aws_kms_key.k");
    draft
        .insert_member(
            &resource,
            &["description"],
            "deletion_window_in_days",
            &json!(30),
        )
        .unwrap();
    let statements = key("resource.aws_kms_key.k.policy.0.Statement");
    draft
        .insert_items(&statements, 2, &[json!("${a}")])
        .unwrap();
    draft
        .remove(&key("resource.aws_kms_key.k.policy.0.Statement.0"))
        .unwrap();
    let edited = finish(&draft);
    assert_eq!(
        edited,
        "resource \"aws_kms_key\" \"k\" { # key\n  description = \"x\" # why\n  deletion_window_in_days = 30\n  policy = jsonencode({\n    Statement = [\n      { Sid = \"B\" }, # second\n      \"$${a}\"\n    ]\n  })\n}\n"
    );
}
