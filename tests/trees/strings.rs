//! Documents in strings: each line leads back to its bytes, and edits are written as the string is.

use kmslint::text::Span;
use kmslint::tree::edit::{Draft, DraftError, EditableFile, Passage, apply};
use kmslint::tree::{JsonPath, Step, Syntax, json};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::position;

/// A policy as each of these writes it, with the path to its string and a part that stays.
const POLICY: &str = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Sid\": \"It's\",\n      \"Action\": \"kms:*\"\n    }\n  ]\n}\n";

fn indented(text: &str, by: &str) -> String {
    let lines = text.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("{by}{line}\n"),
    });
    lines.collect()
}

/// A file in which a string holds a document.
struct File {
    syntax: Syntax,
    text: String,
    path: Vec<Step>,
}

fn path(keys: &str) -> Vec<Step> {
    let steps = keys.split('.');
    let step = |step: &str| {
        step.parse()
            .map_or_else(|_| Step::Key(step.to_owned()), Step::Index)
    };
    steps.map(step).chain([Step::Embedded]).collect()
}

/// The document in every way in which a string can be written.
fn files(document: &str) -> Vec<(&'static str, File)> {
    let quoted = Json::from(document).to_string();
    let json = |text: String, path: Vec<Step>| File {
        syntax: Syntax::Json,
        text,
        path,
    };
    let once = format!("{{\n  \"Policy\" : {quoted},\n  \"PolicyName\":\"default\"\n}}\n");
    let inner = json!({ "Policy": document }).to_string();
    let twice = json!({ "Event": inner }).to_string();
    let mut all = vec![
        ("string of JSON", json(once, path("Policy"))),
        (
            "string of JSON in a string",
            json(twice, [path("Event"), path("Policy")].concat()),
        ),
    ];
    all.extend(in_yaml(document, &quoted));
    all.extend(in_hcl(document));
    all
}

fn in_yaml(document: &str, quoted: &str) -> Vec<(&'static str, File)> {
    let file = |text: String| File {
        syntax: Syntax::Yaml,
        text,
        path: path("Key.Policy"),
    };
    let map = |policy: &str| {
        file(format!(
            "# keys\nKey:\n  Policy: {policy}\n  Enabled: true # why\n"
        ))
    };
    let body = indented(document, "      ");
    let lines = body.trim_end_matches('\n');
    let broken = document.ends_with('\n');
    let clip = if broken { "" } else { "-" };
    let crlf = format!("Key:\n  Policy: |{clip}\n{body}  Enabled: true\n");
    let tagged = format!("Key:\n  Policy: !Sub |{clip}\n{body}  Enabled: true\n");
    let mut all = vec![
        ("double quotes of YAML", map(quoted)),
        ("literal block", map(&format!("|{clip}\n{lines}"))),
        ("literal block in CRLF", file(crlf.replace('\n', "\r\n"))),
        (
            "tagged block",
            File {
                path: path("Key.Policy.0"),
                ..file(tagged)
            },
        ),
    ];
    if broken {
        all.push(("folded block", map(&format!(">\n{lines}"))));
    }
    if !document.contains('\n') {
        let single = document.replace('\'', "''");
        all.push(("single quotes", map(&format!("'{single}'"))));
    }
    all
}

fn in_hcl(document: &str) -> Vec<(&'static str, File)> {
    let template = document.replace("${", "$${").replace("%{", "%%{");
    let resource = |policy: &str| File {
        syntax: Syntax::Hcl,
        text: format!(
            "# keys\nresource \"aws_kms_key\" \"k\" {{\n  policy = {policy}\n  enabled = true # why\n}}\n"
        ),
        path: path("resource.aws_kms_key.k.policy"),
    };
    let quoted = Json::from(template.as_str()).to_string();
    let mut all = vec![("quotes of HCL", resource(&quoted))];
    if document.ends_with('\n') {
        all.push(("heredoc", resource(&format!("<<EOT\n{template}EOT"))));
        let dedented = format!("<<-EOT\n{}  EOT", indented(&template, "    "));
        all.push(("dedented heredoc", resource(&dedented)));
    }
    all
}

fn open(file: &File) -> Passage {
    let read = EditableFile::read(file.syntax, &file.text).unwrap();
    let place = read
        .at(JsonPath {
            steps: file.path.clone(),
        })
        .unwrap();
    Passage::open(place.span.of(&file.text), &place).unwrap()
}

/// Each line, and each value, of a policy in a string leads to its bytes in the file.
#[test]
fn lines_of_a_document_in_a_string_lead_to_their_bytes() {
    for (name, file) in files(POLICY) {
        let root = file.syntax.read(&file.text).unwrap().remove(0);
        let (_, outside) = file.path.split_last().unwrap();
        if outside.contains(&Step::Embedded) {
            continue;
        }
        let node = root.at(outside).unwrap();
        let embedded = file.syntax.embedded(&file.text, node).unwrap();
        let wanted = if name == "folded block" {
            embedded.text.clone()
        } else {
            POLICY.to_owned()
        };
        assert_eq!(embedded.text, wanted, "{name}");
        let mut at = 0;
        for line in embedded.text.split_inclusive('\n') {
            let inner = line.trim();
            let start = at + line.find(inner).unwrap();
            let span = embedded
                .map
                .outer_span(Span::new(start, start + inner.len()));
            let written = span.of(&file.text);
            let plain = written.replace("\\\"", "\"").replace("''", "'");
            assert_eq!(plain, inner, "{name}");
            at += line.len();
        }
        let tree = embedded.parse().unwrap();
        let action = tree.at(&[
            Step::Key("Statement".to_owned()),
            Step::Index(0),
            Step::Key("Action".to_owned()),
        ]);
        let span = action.unwrap().span;
        assert_eq!(span.of(&file.text).replace('\\', ""), "\"kms:*\"", "{name}");
        // And from the bytes to the value.
        let read = EditableFile::read(file.syntax, &file.text).unwrap();
        let found = read.of(span).unwrap().path.steps;
        assert!(
            found.starts_with(&file.path) && found.len() == file.path.len() + 3,
            "{name}"
        );
    }
    let heredoc = "a {\n  policy = <<-EOT\n    {\n      \"Sid\": \"x\"\n    }\n  EOT\n}\n";
    let root = Syntax::Hcl.read(heredoc).unwrap().remove(0);
    let node = root.get("a").unwrap().get("policy").unwrap();
    let embedded = Syntax::Hcl.embedded(heredoc, node).unwrap();
    let sid = embedded.parse().unwrap().get("Sid").unwrap().span;
    assert_eq!(position(heredoc, sid.start), (4, 14));
    let broken = heredoc.replace("\"x\"", "x");
    let root = Syntax::Hcl.read(&broken).unwrap().remove(0);
    let node = root.get("a").unwrap().get("policy").unwrap();
    let error = Syntax::Hcl.embedded(&broken, node).unwrap();
    let error = error.parse().unwrap_err();
    assert_eq!(position(&broken, error.span.start), (4, 14));
}

/// What a template would compute is text in the document, and has its bytes.
#[test]
fn a_template_of_hcl_is_a_document_with_what_it_computes_as_written() {
    let text = "policy = <<-EOT\n  {\n    \"Statement\": {\n      \"Principal\": {\"AWS\": \"arn:aws:iam::${lookup(var.accounts, \"a\")}:role/${ var.role }\"},\n      \"Action\": \"kms:*\"\n    }\n  }\nEOT\n";
    let root = Syntax::Hcl.read(text).unwrap().remove(0);
    let node = root.get("policy").unwrap();
    let embedded = Syntax::Hcl.embedded(text, node).unwrap();
    let tree = embedded.parse().unwrap();
    let statement = tree.get("Statement").unwrap();
    let principal = statement.get("Principal").unwrap().get("AWS").unwrap();
    let written = "arn:aws:iam::${lookup(var.accounts, \"a\")}:role/${ var.role }";
    assert_eq!(principal.as_str(), Some(written));
    assert_eq!(principal.span.of(text), format!("\"{written}\""));
    let action = statement.get("Action").unwrap();
    assert_eq!(action.span.of(text), "\"kms:*\"");
    let file = File {
        syntax: Syntax::Hcl,
        text: text.to_owned(),
        path: path("policy"),
    };
    let passage = open(&file);
    let mut draft = Draft::of(&passage).unwrap();
    let action = [
        Step::Key("Statement".to_owned()),
        Step::Key("Action".to_owned()),
    ];
    draft.replace(&action, &json!(["kms:A", "kms:B"])).unwrap();
    let after = apply(text, &passage.outer(&draft).unwrap()).unwrap();
    let lines = "[\n        \"kms:A\",\n        \"kms:B\"\n      ]";
    assert_eq!(after, text.replace("\"kms:*\"", lines));
    // What would be computed is not copied: in a template it is another thing than its text.
    let mut draft = Draft::of(&passage).unwrap();
    draft.replace(&action, &json!("${var.x}")).unwrap();
    assert_eq!(passage.outer(&draft), Err(DraftError::Layout));
}

#[test]
fn an_edit_is_written_as_the_string_is() {
    let statement = json!({"Sid": "Don't", "Action": ["${x}"]});
    for (name, file) in files(POLICY) {
        let passage = open(&file);
        let mut draft = Draft::of(&passage).unwrap();
        let statements = [Step::Key("Statement".to_owned())];
        draft
            .insert_items(&statements, 1, std::slice::from_ref(&statement))
            .unwrap();
        let edits = passage.outer(&draft).unwrap();
        let [edit] = edits.as_slice() else {
            panic!("{name}: {edits:?}");
        };
        let after = apply(&file.text, &edits).unwrap();
        let wanted = match name {
            "string of JSON" | "double quotes of YAML" => {
                r#",\n    {\n      \"Sid\": \"Don't\",\n      \"Action\": [\n        \"${x}\"\n      ]\n    }"#.to_owned()
            }
            "quotes of HCL" => {
                r#",\n    {\n      \"Sid\": \"Don't\",\n      \"Action\": [\n        \"$${x}\"\n      ]\n    }"#.to_owned()
            }
            "string of JSON in a string" => {
                let once = r#",\n    {\n      \"Sid\": \"Don't\",\n      \"Action\": [\n        \"${x}\"\n      ]\n    }"#;
                once.replace('\\', "\\\\").replace('"', "\\\"")
            }
            _ => {
                let (indent, dollar) = match name {
                    "heredoc" => ("", "$"),
                    "dedented heredoc" => ("    ", "$"),
                    _ => ("      ", ""),
                };
                let lines = [
                    ",".to_owned(),
                    "    {".to_owned(),
                    "      \"Sid\": \"Don't\",".to_owned(),
                    "      \"Action\": [".to_owned(),
                    format!("        \"{dollar}${{x}}\""),
                    "      ]".to_owned(),
                    "    }".to_owned(),
                ];
                let newline = if file.text.contains("\r\n") { "\r\n" } else { "\n" };
                lines.join(&format!("{newline}{indent}"))
            }
        };
        assert_eq!(edit.replacement, wanted, "{name}");
        let file = File {
            text: after,
            ..file
        };
        assert_eq!(open(&file).text(), draft.text(), "{name}");
    }
}

fn value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<i16>().prop_map(Json::from),
        "[a-c'\"\\\\{$%}#:\n\té ]{0,6}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::btree_map("[a-f'$]{1,2}", inner, 0..3)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is put into a document is what is read there afterwards, and nothing else of the file is
    /// another.
    #[test]
    fn edits_of_documents_in_strings_read_as_meant(
        first in value(),
        new in value(),
        layout in 0..3_usize,
        place in 0..3_usize,
    ) {
        let document = json!({ "a": first, "Statement": [{"Sid": "x"}] });
        let document = match layout {
            0 => document.to_string(),
            1 => serde_json::to_string_pretty(&document).unwrap(),
            _ => serde_json::to_string_pretty(&document).unwrap() + "\n",
        };
        for (name, file) in files(&document) {
            let passage = open(&file);
            let mut draft = Draft::of(&passage).unwrap();
            let statements = [Step::Key("Statement".to_owned())];
            let mut model: Json = serde_json::from_str(passage.text()).unwrap();
            match place {
                0 => {
                    draft.insert_items(&statements, 0, std::slice::from_ref(&new)).unwrap();
                    model["Statement"].as_array_mut().unwrap().insert(0, new.clone());
                }
                1 => {
                    draft.insert_member(&[], &["a"], "b", &new).unwrap();
                    draft.remove(&[Step::Key("a".to_owned())]).unwrap();
                    let members = model.as_object_mut().unwrap();
                    members.shift_remove("a");
                    members.insert("b".to_owned(), new.clone());
                }
                _ => {
                    draft.replace(&[Step::Key("a".to_owned())], &new).unwrap();
                    model["a"] = new.clone();
                }
            }
            let edits = passage.outer(&draft);
            let edits = edits.unwrap_or_else(|error| panic!("{name}: {error}\n{}\n{}", file.text, draft.text()));
            let after = apply(&file.text, &edits).unwrap();
            let string = string_span(&file);
            for edit in &edits {
                prop_assert!(string.start <= edit.span.start && edit.span.end <= string.end, "{}", name);
            }
            let file = File { text: after, ..file };
            let passage = open(&file);
            prop_assert_eq!(passage.text(), draft.text());
            let read = Json::from(&json::parse_first(passage.text()).unwrap());
            prop_assert_eq!(read, model);
        }
    }
}

/// The bytes of the outermost string.
fn string_span(file: &File) -> Span {
    let root = file.syntax.read(&file.text).unwrap().remove(0);
    let outside = file.path.iter().take_while(|step| **step != Step::Embedded);
    let outside: Vec<_> = outside.cloned().collect();
    root.at(&outside).unwrap().span
}
