//! Edits mean what was asked for and keep every byte that they are not about.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Draft, DraftError, Edit, EditError, EditableFile, Passage, apply, before};
use crate::text::Span;
use crate::tree::{Content, JsonPath, Node, Step, Syntax, json as reader, yaml};

fn key(key: &str) -> Step {
    Step::Key(key.to_owned())
}

fn statement(index: usize, element: &str) -> Vec<Step> {
    vec![key("Statement"), Step::Index(index), key(element)]
}

/// The draft's text, after a check that its edits lead there too.
fn edited(text: &str, draft: &Draft) -> String {
    assert_eq!(apply(text, &draft.edits().unwrap()).unwrap(), draft.text());
    draft.text().to_owned()
}

#[test]
fn edits_are_made_in_any_order_once_and_never_over_each_other() {
    let edit = |start, end, text: &str| Edit {
        span: Span::new(start, end),
        replacement: text.to_owned(),
    };
    let both = [edit(3, 4, "X"), edit(0, 1, ""), edit(3, 4, "X")];
    assert_eq!(apply("abcde", &both).unwrap(), "bcXe");
    for wrong in [
        [edit(0, 2, ""), edit(1, 3, "")],
        [edit(1, 1, "a"), edit(1, 1, "b")],
        [edit(1, 1, "a"), edit(1, 2, "b")],
    ] {
        assert!(matches!(apply("abc", &wrong), Err(EditError::Overlap(_))));
    }
    assert!(matches!(
        apply("aé", &[edit(2, 3, "")]),
        Err(EditError::OutOfText(_))
    ));
}

#[test]
fn an_array_over_lines_grows_by_lines_whatever_ends_them() {
    for newline in ["\n", "\r\n"] {
        let lines = [
            "{",
            "\t\"Statement\": [",
            "\t\t{",
            "\t\t\t\"Action\": [",
            "\t\t\t\t\"kms:A\",",
            "\t\t\t\t\"kms:B\"",
            "\t\t\t]",
            "\t\t}",
            "\t]",
            "}",
        ];
        let text = lines.join(newline);
        let mut draft = Draft::read(Syntax::Json, &text).unwrap();
        let action = statement(0, "Action");
        draft
            .add_values(&action, 0, &[json!("kms:C"), json!("kms:D")])
            .unwrap();
        draft.add_values(&action, 9, &[json!("kms:E")]).unwrap();
        let mut wanted = lines.to_vec();
        wanted.splice(
            4..6,
            [
                "\t\t\t\t\"kms:A\",",
                "\t\t\t\t\"kms:C\",",
                "\t\t\t\t\"kms:D\",",
                "\t\t\t\t\"kms:B\",",
                "\t\t\t\t\"kms:E\"",
            ],
        );
        assert_eq!(edited(&text, &draft), wanted.join(newline));
    }
}

#[test]
fn a_single_value_becomes_an_array_as_the_others_are() {
    for (text, wanted) in [
        (r#"{"Action":"a"}"#, r#"{"Action":["a","b"]}"#),
        (r#"{"Action": "a"}"#, r#"{"Action": ["a", "b"]}"#),
        (
            "{\n  \"Action\": \"a\"\n}\n",
            "{\n  \"Action\": [\n    \"a\",\n    \"b\"\n  ]\n}\n",
        ),
        (
            "{\n  \"Action\": \"a\",\n  \"x\": {\"Action\": [ \"c\" ]}\n}",
            "{\n  \"Action\": [\"a\", \"b\"],\n  \"x\": {\"Action\": [ \"c\" ]}\n}",
        ),
    ] {
        let mut draft = Draft::read(Syntax::Json, text).unwrap();
        draft
            .add_values(&[key("Action")], 0, &[json!("b")])
            .unwrap();
        assert_eq!(edited(text, &draft), wanted);
    }
}

#[test]
fn a_statement_is_written_as_the_one_before() {
    let text = r#"{
    "Statement": [{
        "Effect": "Allow",
        "Principal": { "AWS": "a" },
        "Action": [
            "x"
        ]
    }]
}"#;
    let mut draft = Draft::read(Syntax::Json, text).unwrap();
    let new = json!({
        "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["y", "z"], "Resource": "*",
        "Condition": {"Bool": {"k": "false"}},
    });
    draft.add_values(&[key("Statement")], 0, &[new]).unwrap();
    let wanted = r#"{
    "Statement": [{
        "Effect": "Allow",
        "Principal": { "AWS": "a" },
        "Action": [
            "x"
        ]
    }, {
        "Effect": "Deny",
        "Principal": { "AWS": "*" },
        "Action": [
            "y",
            "z"
        ],
        "Resource": "*",
        "Condition": {
            "Bool": {
                "k": "false"
            }
        }
    }]
}"#;
    assert_eq!(edited(text, &draft), wanted);
}

fn open(file: &str, path: &JsonPath) -> Passage {
    let place = EditableFile::read(Syntax::Json, file)
        .unwrap()
        .at(path.clone())
        .unwrap();
    Passage::open(place.span.of(file), &place).unwrap()
}

/// Of a large file only the value that changes is read, and it is written as in its lines.
#[test]
fn a_value_is_changed_by_itself() {
    let long = format!("\"Long\": \"{}\",\n", "x".repeat(500));
    let file = format!(
        "{{\n    {long}    \"Policies\": [\n        {{\n            \"Policy\": {{\n                \
         \"Statement\": []\n            }},\n            {long}        }}\n    ]\n}}\n"
    );
    let path = JsonPath::default().key("Policies").index(0).key("Policy");
    let file = file.replace("\",\n        }", "\"\n        }");
    let place = EditableFile::read(Syntax::Json, &file)
        .unwrap()
        .at(path.clone())
        .unwrap();
    assert_eq!(
        place.span.of(&file),
        "{\n                \"Statement\": []\n            }"
    );
    assert_eq!(place.before, "        {\n            \"Policy\": ");
    assert_eq!(place.after, ",\n");
    let passage = open(&file, &path);
    assert_eq!(passage.base(), path.steps);
    let mut draft = Draft::of(&passage).unwrap();
    let outside = JsonPath::default().key("Policies");
    assert!(draft.replace(&outside.steps, &json!(1)).is_err());
    let mut statements = path.steps.clone();
    statements.push(key("Statement"));
    draft
        .add_values(&statements, 0, &[json!({"Effect": "Deny"})])
        .unwrap();
    draft
        .insert_member(&path.steps, &[], "Version", &json!("2012-10-17"))
        .unwrap();
    let after = apply(&file, &passage.outer(&draft).unwrap()).unwrap();
    let statement = "[\n                    {\n                        \"Effect\": \"Deny\"\n                    \
         }\n                ],\n                \"Version\": \"2012-10-17\"\n            }";
    assert_eq!(after, file.replace("[]\n            }", statement));
    let operations = serde_json::to_value(draft.patch()).unwrap();
    assert_eq!(operations[0]["path"], "/Policies/0/Policy/Statement/0");
}

#[test]
fn an_edit_of_an_embedded_policy_lands_inside_the_string() {
    let policy = "{\n  \"Statement\" : [ {\n    \"Action\" : \"kms:*\"\n  } ]\n}";
    let once = serde_json::to_string_pretty(&json!({ "Policy": policy })).unwrap();
    let twice = json!({ "CloudTrailEvent": once }).to_string();
    let percent =
        r#"{"PolicyDocument":"%7B%22Statement%22%3A%7B%22Action%22%3A%22kms%3A%2A%22%7D%7D"}"#;
    let new = json!(["kms:A", "kms:B"]);
    for (file, steps) in [
        (once.as_str(), vec![key("Policy"), Step::Embedded]),
        (
            twice.as_str(),
            vec![
                key("CloudTrailEvent"),
                Step::Embedded,
                key("Policy"),
                Step::Embedded,
            ],
        ),
        (percent, vec![key("PolicyDocument"), Step::Embedded]),
    ] {
        let path = JsonPath { steps };
        let passage = open(file, &path);
        let mut draft = Draft::of(&passage).unwrap();
        let mut action = vec![key("Statement"), Step::Index(0), key("Action")];
        if file == percent {
            action.remove(1);
        }
        draft.replace(&action, &new).unwrap();
        let after = apply(file, &passage.outer(&draft).unwrap()).unwrap();
        let passage = open(&after, &path);
        assert_eq!(passage.text(), draft.text());
        assert_eq!(Draft::of(&passage).unwrap().get(&action).unwrap(), new);
        if file == percent {
            assert!(after.contains("%5B%22kms%3AA%22%2C"), "{after}");
        }
        let statements = passage.read(|node| node.get("Statement").unwrap().span);
        let found = EditableFile::read(Syntax::Json, &after)
            .unwrap()
            .of(statements.unwrap().unwrap())
            .unwrap();
        let found = found.path;
        let wanted = path.steps.iter().cloned().chain([key("Statement")]);
        assert_eq!(found.steps, wanted.collect::<Vec<_>>());
    }
}

/// JSON as no formatter writes it: between any two tokens a piece of `space`.
fn write(value: &Json, space: &[&str], at: &mut usize, out: &mut String) {
    let mut blank = |out: &mut String| {
        out.push_str(space[*at % space.len()]);
        *at += 1;
    };
    match value {
        Json::Array(items) => {
            out.push('[');
            blank(out);
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                    out.push_str(space[index % space.len()]);
                }
                write(item, space, at, out);
                out.push_str(space[(index + 1) % space.len()]);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            blank(out);
            for (index, (key, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                    out.push_str(space[index % space.len()]);
                }
                out.push_str(&Json::from(key.as_str()).to_string());
                out.push_str(space[(index + 2) % space.len()]);
                out.push(':');
                out.push_str(space[(index + 3) % space.len()]);
                write(value, space, at, out);
                out.push_str(space[(index + 1) % space.len()]);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

fn value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        "[a-c\"\\\\{\\[,\n\té ]{0,5}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map("[a-f]{1,2}", inner, 0..4)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

/// Paths to everything in a value.
fn paths(value: &Json) -> Vec<Vec<Step>> {
    let mut all = vec![Vec::new()];
    let mut add = |step: Step, child: &Json| {
        for mut path in paths(child) {
            path.insert(0, step.clone());
            all.push(path);
        }
    };
    match value {
        Json::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, v)| add(Step::Index(i), v)),
        Json::Object(members) => members.iter().for_each(|(k, v)| add(key(k), v)),
        _ => {}
    }
    all
}

fn at<'v>(value: &'v mut Json, path: &[Step]) -> &'v mut Json {
    path.iter().fold(value, |value, step| match step {
        Step::Key(key) => &mut value[key.as_str()],
        Step::Index(index) => &mut value[*index],
        Step::Embedded => value,
    })
}

/// One change of the draft and of the plain value.
fn change(draft: &mut Draft, model: &mut Json, which: u8, place: usize, new: &Json) {
    let all = paths(model);
    let path = all[place % all.len()].clone();
    match which % 6 {
        0 if !path.is_empty() => {
            draft.remove(&path).unwrap();
            let parent = at(model, &path[..path.len() - 1]);
            match path.last().unwrap() {
                Step::Key(key) => drop(parent.as_object_mut().unwrap().shift_remove(key)),
                Step::Index(index) => drop(parent.as_array_mut().unwrap().remove(*index)),
                Step::Embedded => {}
            }
        }
        1 => {
            draft.replace(&path, new).unwrap();
            *at(model, &path) = new.clone();
        }
        2 => {
            let target = at(model, &path);
            let added = draft.insert_items(&path, place, std::slice::from_ref(new));
            assert_eq!(added.is_ok(), target.is_array());
            if let Some(items) = target.as_array_mut() {
                items.insert(place.min(items.len()), new.clone());
            }
        }
        3 => {
            let target = at(model, &path);
            let free = target
                .as_object()
                .is_some_and(|members| !members.contains_key("zz"));
            assert_eq!(draft.insert_member(&path, &[], "zz", new).is_ok(), free);
            if free {
                target["zz"] = new.clone();
            }
        }
        4 => {
            draft
                .add_values(&path, place, std::slice::from_ref(new))
                .unwrap();
            let target = at(model, &path);
            match target.as_array_mut() {
                Some(items) => items.insert((place + 1).min(items.len()), new.clone()),
                None => *target = json!([target.clone(), new]),
            }
        }
        _ => rename(draft, model, &path),
    }
}

fn rename(draft: &mut Draft, model: &mut Json, path: &[Step]) {
    let Some((Step::Key(old), parent)) = path.split_last() else {
        return;
    };
    let parent = at(model, parent).as_object_mut().unwrap();
    let free = !parent.contains_key("yy");
    assert_eq!(draft.rename(path, "yy").is_ok(), free);
    if free {
        let new = |key: String| if key == *old { "yy".to_owned() } else { key };
        let members = std::mem::take(parent).into_iter();
        *parent = members.map(|(key, value)| (new(key), value)).collect();
    }
}

proptest! {
    #[test]
    fn changes_of_the_text_are_changes_of_the_value(
        first in value(),
        space in prop::collection::vec(
            prop::sample::select(vec!["", "", " ", "\n", "\n  ", "\r\n\t", "\t ", "\n\n    "]), 1..5,
        ),
        changes in prop::collection::vec((any::<u8>(), any::<usize>(), value()), 1..5),
    ) {
        let mut text = " ".to_owned();
        write(&first, &space, &mut 0, &mut text);
        text.push_str("\n\n");
        let mut draft = Draft::read(Syntax::Json, &text).unwrap();
        let mut model = first.clone();
        for (which, place, new) in &changes {
            change(&mut draft, &mut model, *which, place % 1000, new);
            // What is read once is what would be read again.
            prop_assert_eq!(draft.root(), &reader::parse_first(draft.text()).unwrap());
        }
        let after = edited(&text, &draft);
        prop_assert_eq!(serde_json::from_str::<Json>(&after).unwrap(), model.clone());
        let patch: json_patch::Patch =
            serde_json::from_value(serde_json::to_value(draft.patch()).unwrap()).unwrap();
        let mut patched = first;
        json_patch::patch(&mut patched, &patch).unwrap();
        prop_assert_eq!(patched, model);
    }

    #[test]
    fn what_is_written_into_a_string_reads_the_same(first in value(), new in value()) {
        let inner = serde_json::to_string_pretty(&json!({ "a": first })).unwrap();
        let file = serde_json::to_string_pretty(&json!({ "x": 1, "Policy": inner })).unwrap();
        let path = JsonPath::default().key("Policy").then(Step::Embedded);
        let passage = open(&file, &path);
        let mut draft = Draft::of(&passage).unwrap();
        draft.insert_member(&[], &["a"], "b", &new).unwrap();
        let after = apply(&file, &passage.outer(&draft).unwrap()).unwrap();
        let outer: Json = serde_json::from_str(&after).unwrap();
        prop_assert_eq!(outer["Policy"].as_str().unwrap(), draft.text());
        let inner: Json = serde_json::from_str(draft.text()).unwrap();
        prop_assert_eq!(inner, json!({ "a": first, "b": new }));
    }
}

#[test]
fn places_of_an_edited_text_lead_back_to_the_text_before() {
    let edit = |start, end, text: &str| Edit {
        span: Span::new(start, end),
        replacement: text.to_owned(),
    };
    let text = "one two three four";
    let edits = [edit(8, 13, "drei"), edit(3, 3, " more"), edit(13, 18, "")];
    let edited = apply(text, &edits).unwrap();
    assert_eq!(edited, "one more two drei");
    let of = |word: &str| {
        let start = edited.find(word).unwrap();
        before(Span::new(start, start + word.len()), &edits)
    };
    assert_eq!(of("one").of(text), "one");
    assert_eq!(of("two").of(text), "two");
    // What came is where something went for it, or where it was inserted.
    assert_eq!(of("drei").of(text), "three");
    assert_eq!(of(" more"), Span::new(3, 3));
    assert_eq!(of("two drei").of(text), "two three");
    assert_eq!(before(Span::new(0, edited.len()), &edits), Span::new(0, 13));
    assert_eq!(before(Span::new(4, 9), &[]), Span::new(4, 9));
}

/// Texts in which every way to write a list or a map is there.
const TEXTS: [(Syntax, &str); 4] = [
    (
        Syntax::Yaml,
        "Resources:\n  # the key\n  Key: # here\n    Type: AWS::KMS::Key\n    KeyPolicy:\n      Statement:\n      - Sid: A # first\n        Action: [kms:*, 'b']\n\n      # second\n      -   Sid: B\n          Action:\n            - a\n            -\n              - nested\n      - - x\n        - y: z\n          w:\n  Empty: {}\n  None: []\n  Flow: {a: 1, b: [2,\n    3], 'c': {d: e}}\n  text: |\n    one\n      two\n  tagged: !Sub\n    - a\n    - b: c\n  folded: >-\n    x\n  json: {\"Action\": [\"a\", \"b\"],\n    \"Resource\": \"*\"}\n",
    ),
    (
        Syntax::Yaml,
        "- a\n- b: 1\n  c:\n  - 2\n-\n- ? d\n  : e\n- \"q\"\n- {}\n- f:\n  g: ~",
    ),
    (
        Syntax::Hcl,
        "# keys\nresource \"aws_kms_key\" \"a\" {\n  description = \"x\" # why\n  tags        = { a = 1, \"b\" = 2 }\n\n  policy = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [\n      { Sid = \"A\", Action = [\"kms:*\"] }, # first\n      # second\n      {\n        \"Sid\" : \"B\"\n        \"Action\" : [\n          \"a\",\n          \"b\",\n        ]\n      }\n    ]\n  })\n  lifecycle { prevent_destroy = true }\n  empty {}\n}\nresource \"aws_kms_key\" \"b\" {}\n\nresource \"aws_kms_alias\" \"c\" { name = \"n\" }\nlocals {\n  list = []\n  map  = {}\n  text = <<-EOT\n    a\n      b\n  EOT\n}\n",
    ),
    (
        Syntax::Hcl,
        "days = 30\nlist = [1, 2,\n  3]\nmap = {\n  a = 1\n  # b\n  b = [\n  ]\n}\n",
    ),
];

/// Every list, map and value, also what functions have.
fn ways(node: &Node<'_>) -> Vec<Vec<Step>> {
    let mut all = vec![Vec::new()];
    let steps: Vec<_> = match &node.value {
        Content::Array(items) => (0..items.len()).map(Step::Index).collect(),
        Content::Object(members) => members.iter().map(|m| key(&m.key)).collect(),
        Content::Deferred(deferred) => (0..deferred.arguments.len()).map(Step::Index).collect(),
        _ => Vec::new(),
    };
    for step in steps {
        let child = node.at(std::slice::from_ref(&step)).unwrap();
        all.extend(ways(child).into_iter().map(|mut way| {
            way.insert(0, step.clone());
            way
        }));
    }
    all
}

fn any_change(draft: &mut Draft, which: u8, place: usize, new: &Json) -> Result<(), DraftError> {
    let all = ways(draft.root());
    let path = all[place % all.len()].clone();
    match which % 7 {
        0 => draft.remove(&path),
        1 => draft.replace(&path, new),
        2 => draft.insert_items(&path, place % 4, &[new.clone(), json!("zz")]),
        3 => draft.insert_member(&path, &["a", "Sid"], "zz", new),
        4 => draft.insert_first_member(&path, "zx", new),
        5 => draft.add_values(&path, place, std::slice::from_ref(new)),
        _ => draft.rename(&path, "yy"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// One change after the other: the tree is the one that would be read again, places included.
    #[test]
    fn changes_of_yaml_and_hcl_keep_the_tree_true(
        which in 0..TEXTS.len(),
        crlf in any::<bool>(),
        changes in prop::collection::vec((any::<u8>(), any::<usize>(), value()), 1..6),
    ) {
        let (syntax, text) = TEXTS[which];
        let text = if crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
        let mut draft = Draft::read(syntax, &text).unwrap();
        for (which, place, new) in &changes {
            let before = draft.text().to_owned();
            if any_change(&mut draft, *which, *place, new).is_err() {
                continue;
            }
            let Ok(edits) = draft.edits() else {
                // A layout that is not known: nothing is written.
                break;
            };
            prop_assert_eq!(&apply(&text, &edits).unwrap(), draft.text());
            prop_assert_eq!(draft.root(), &read_root(syntax, draft.text()), "{}\n-----\n{}", before, draft.text());
        }
    }
}

fn read_root(syntax: Syntax, text: &str) -> Node<'_> {
    match syntax {
        Syntax::Yaml => yaml::read_as_written(text).unwrap().documents.remove(0),
        _ => syntax.read(text).unwrap().remove(0),
    }
}
