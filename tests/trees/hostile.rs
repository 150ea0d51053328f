//! Texts that are to break a reader: each is refused with its place, or read, in no time.

use kmslint::tree::{Content, MAX_DEPTH, Node, Syntax, hcl, yaml};
use proptest::prelude::*;

use super::{position, strings_lead_back};

fn concat(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().concat()
}

/// What a text is refused with: line, column and message.
fn refused(syntax: Syntax, text: &str) -> (usize, usize, String) {
    let error = syntax.read(text).unwrap_err();
    let (line, column) = position(text, error.span.start);
    assert!(!error.label.is_empty(), "{error:?}");
    (line, column, error.message)
}

#[test]
fn aliases_without_end_or_without_measure_are_refused_with_their_place() {
    let first = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    let levels = (1..30).map(|level| {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        format!("a{level}: &a{level} [{aliases}]\n")
    });
    let laughs = first + &concat(levels);
    let (line, _, message) = refused(Syntax::Yaml, &laughs);
    assert_eq!(
        (line, &*message),
        (5, "aliases repeat more than 100000 values")
    );
    let (line, column, message) = refused(Syntax::Yaml, "a: &a [*a]\n");
    assert_eq!(
        (line, column, &*message),
        (1, 8, "the alias is part of its own anchor")
    );
    // A merge of itself.
    let (line, column, message) = refused(Syntax::Yaml, "a: &a\n  <<: *a\n");
    assert_eq!(
        (line, column, &*message),
        (2, 7, "the alias is part of its own anchor")
    );
    let (line, column, message) = refused(Syntax::Yaml, "a: *nope\n");
    assert_eq!((line, column), (1, 4));
    assert_eq!(
        message,
        "the alias names an anchor that is not defined before it"
    );
    let (_, _, message) = refused(Syntax::Yaml, "a:\n  <<: text\n");
    assert_eq!(message, "`<<` merges what is not a map");
    // Anchors inside of anchors are kept within the same bound.
    let open = concat((0..100).map(|level| format!("&a{level} [")));
    let items = "1,".repeat(5_000);
    let aliases = concat((0..100).map(|level| format!("*a{level},")));
    let nested = format!("[{open}{items}{}, {aliases}]", "]".repeat(100));
    assert_eq!(
        refused(Syntax::Yaml, &nested).2,
        "aliases repeat more than 100000 values"
    );
}

#[test]
fn deep_nesting_is_refused_and_not_a_crash() {
    let too_deep = format!("the document nests deeper than {MAX_DEPTH} levels");
    for text in [
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(100_000),
        concat((0..2_000).map(|level| format!("{}a:\n", " ".repeat(level)))),
        "? ".repeat(100_000),
    ] {
        let (_, _, message) = refused(Syntax::Yaml, &text);
        assert_eq!(message, too_deep, "{}", &text[..10]);
    }
    let deepest = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert!(yaml::read(&deepest).is_ok());
    let too_deep = format!("the document nests deeper than {} levels", hcl::MAX_DEPTH);
    for open in [
        "[",
        "{a=",
        "(",
        "f(",
        "-",
        "!",
        "\"${",
        "a[",
        "a?b:",
        "{for a in ",
    ] {
        let text = format!("x = {}", open.repeat(100_000));
        assert_eq!(refused(Syntax::Hcl, &text).2, too_deep, "{open}");
    }
    let directives = format!("x = \"{}", "%{if a}".repeat(100_000));
    assert_eq!(refused(Syntax::Hcl, &directives).2, too_deep);
    assert_eq!(refused(Syntax::Hcl, &"a {\n".repeat(100_000)).2, too_deep);
    let chain = format!("x = 1{}", "+1".repeat(100_000));
    assert_eq!(
        refused(Syntax::Hcl, &chain).2,
        "the document nests deeper than 127 levels"
    );
    let splats = format!("x = a{}", "[*]".repeat(100_000));
    assert_eq!(
        refused(Syntax::Hcl, &splats).2,
        "the document nests deeper than 127 levels"
    );
    assert!(hcl::read(&format!("x = 1{}", "+1".repeat(100))).is_ok());
}

#[test]
fn long_texts_are_read_or_refused() {
    // Were the cost quadratic, these would take minutes.
    let blocks = "resource \"aws_kms_key\" \"k\" {}\n".repeat(20_000);
    assert!(hcl::read(&blocks).is_ok());
    let keys = concat((0..50_000).map(|n| format!("a{n} = {n}\n")));
    assert!(hcl::read(&format!("x = {{\n{keys}}}")).is_ok());
    assert!(yaml::read(&keys.replace(" =", ":")).is_ok());
    let labels = format!("a {}{{}}", "b ".repeat(100_000));
    assert_eq!(
        refused(Syntax::Hcl, &labels).2,
        "the block has more than 8 labels"
    );
    let many = "0,".repeat(1_000_001);
    let too_many = "the text has more than 1000000 values";
    assert_eq!(refused(Syntax::Hcl, &format!("x = [{many}]")).2, too_many);
    assert_eq!(refused(Syntax::Yaml, &format!("[{many}]")).2, too_many);
}

/// Values in a tree, keys not among them.
fn count(documents: &[Node<'_>]) -> usize {
    let mut values = 0;
    for document in documents {
        super::walk(document, &mut |_| values += 1);
    }
    values
}

/// Of twice the text there is twice the tree, however it is made: nothing that is written is kept several
/// times. What aliases repeat has a bound of its own.
#[test]
fn trees_grow_as_their_texts() {
    type Text = fn(usize) -> String;
    let texts: [(Syntax, Text); 8] = [
        (Syntax::Json, |n| {
            format!("[{}0]", "{\"a\":[0,\"b\"]},".repeat(n))
        }),
        (Syntax::Yaml, |n| "- a: [0, b]\n".repeat(n)),
        (Syntax::Yaml, |n| {
            format!("a: &a [x, y]\nb:\n{}", "- *a\n".repeat(n))
        }),
        (Syntax::Yaml, |n| {
            format!("a: &a {{x: 1, y: 2}}\nb:\n{}", "- <<: *a\n".repeat(n))
        }),
        (Syntax::Yaml, |n| {
            let anchors = (0..n).map(|at| format!("- &a{at} x\n- *a{at}\n"));
            concat(anchors)
        }),
        (Syntax::Yaml, |n| {
            let half = "[".repeat(100) + &"]".repeat(100);
            format!("[{}0]", (half + ",").repeat(n / 100))
        }),
        (Syntax::Hcl, |n| "a \"b\" { c = \"${d}e\" }\n".repeat(n)),
        (Syntax::Hcl, |n| {
            format!("a = <<EOT\n{}EOT\n", "x ${b} %{if c}d%{endif}\n".repeat(n))
        }),
    ];
    for (syntax, text) in texts {
        let [one, two] = [4_000, 8_000].map(text);
        let [small, large] = [&one, &two].map(|text| count(&syntax.read(text).unwrap()));
        assert!(
            large <= 2 * small + 10,
            "{syntax:?} {}: {small}, {large}",
            &one[..20]
        );
        assert!(large <= two.len() + yaml::MAX_REPEATED);
    }
}

#[test]
fn broken_texts_are_refused_with_line_and_column() {
    for (text, line, column, message) in [
        ("Resources:\n\tKey:\n", 2, 2, "tabs disallowed"),
        ("a:\n  b: 1\n c: 2\n", 3, 2, "did not find expected key"),
        ("a: \"b\n", 1, 4, "unclosed quote"),
        ("a: b: c\n", 1, 5, "mapping values are not allowed"),
        ("[a]: b\n", 1, 1, "the key of a map is not a scalar"),
        ("!Ref a: b\n", 1, 1, "the key of a map is not a scalar"),
        (
            "a: !!int x\n",
            1,
            10,
            "the value is not what its tag `!!int` says",
        ),
    ] {
        let found = refused(Syntax::Yaml, text);
        assert_eq!((found.0, found.1), (line, column), "{text:?}: {found:?}");
        assert!(found.2.contains(message), "{text:?}: {found:?}");
    }
    for (text, line, column, message) in [
        ("a = \n", 1, 5, "expected a value"),
        ("a = 'b'\n", 1, 5, "expected a value"),
        ("a {\n  b = 1\n", 1, 3, "the block has no end"),
        ("a = \"b\n\"\n", 1, 5, "the string has no end in its line"),
        ("a = <<EOT\n  b\n", 1, 5, "the heredoc has no end"),
        ("a = \"\\é\"\n", 1, 6, "this escape does not exist in HCL"),
        ("a = [1 2]\n", 1, 8, "expected a comma or `]`"),
        ("a = {b = 1 c = 2}\n", 1, 12, "expected a comma or `}`"),
        ("a = f(1\n", 1, 6, "the bracket is not closed"),
        ("a = 1 b = 2\n", 1, 7, "expected the end of the line"),
        ("a \"${b}\" {}\n", 1, 3, "a label is no template"),
        ("a = \"${b\"\n", 1, 9, "expected `}`"),
        ("a = \"%{while b}\"\n", 1, 6, "the directive is not known"),
        ("/* a\n", 1, 1, "the comment has no end"),
        (
            "{\"a\": 1}\n",
            1,
            1,
            "expected the name of an attribute or block",
        ),
    ] {
        let found = refused(Syntax::Hcl, text);
        assert_eq!(
            (found.0, found.1, &*found.2),
            (line, column, message),
            "{text:?}"
        );
    }
}

#[test]
fn merge_keys_add_what_a_map_has_not_itself() {
    let text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  <<: [*a, *b]\n  x: 5\n";
    let read = yaml::read(text).unwrap();
    let merged = read.documents[0].get("c").unwrap();
    let shown: Vec<_> = merged
        .members()
        .unwrap()
        .iter()
        .map(|m| (&*m.key, m.value.span.of(text)))
        .collect();
    assert_eq!(shown, [("x", "5"), ("y", "2"), ("z", "4")]);
    assert!(kmslint::tree::duplicate_keys(merged).is_empty());
    let uses: Vec<_> = read
        .aliases
        .iter()
        .map(|a| (a.at.of(text), a.means.of(text)))
        .collect();
    assert_eq!(uses, [("*a", "{x: 1, y: 2}"), ("*b", "{y: 3, z: 4}")]);
    let twice = yaml::read("a: 1\na: 2\n").unwrap();
    assert_eq!(kmslint::tree::duplicate_keys(&twice.documents[0]).len(), 1);
}

#[test]
fn heredocs_lose_the_indentation_that_all_lines_have() {
    let text = "a = <<-EOT\r\n    {\r\n      \"b\": \"$${c}\"\r\n\r\n    }\r\n  EOT\r\n";
    let root = hcl::read(text).unwrap();
    let node = root.get("a").unwrap();
    assert_eq!(node.as_str(), Some("{\r\n  \"b\": \"${c}\"\r\n\r\n}\r\n"));
    let decoded = Syntax::Hcl.decode(text, node).unwrap();
    let value = decoded.text.find("\"b\"").unwrap();
    let span = kmslint::text::Span::new(value, value + 3);
    assert_eq!(decoded.outer(span).of(text), "\"b\"");
    assert_eq!(position(text, decoded.outer(span).start), (3, 7));
}

/// Everything that must hold of any text.
fn holds(syntax: Syntax, text: &str) {
    match syntax.read(text) {
        Err(error) => {
            assert!(
                text.get(error.span.start as usize..error.span.end as usize)
                    .is_some()
            );
            assert!(!error.label.is_empty() && !error.message.is_empty());
        }
        Ok(documents) => {
            for document in &documents {
                inside(document, text);
                let _ = kmslint::tree::duplicate_keys(document);
                let _ = serde_json::Value::from(document);
                // The way back is right or not there.
                super::walk(document, &mut |node| {
                    if let (Some(decoded), Content::String(value)) =
                        (syntax.decode(text, node), &node.value)
                    {
                        assert_eq!(decoded.text, **value);
                        for (at, c) in value.char_indices() {
                            let end = at + c.len_utf8();
                            let outer = decoded.outer(kmslint::text::Span::new(at, end));
                            assert!(text.get(outer.start as usize..outer.end as usize).is_some());
                        }
                    }
                });
            }
        }
    }
}

/// Every span is of the text.
fn inside(node: &Node<'_>, text: &str) {
    super::walk(node, &mut |node| {
        let bytes = text.get(node.span.start as usize..node.span.end as usize);
        assert!(bytes.is_some(), "{node:?}");
        for member in node.members().unwrap_or_default() {
            let span = member.key_span;
            assert!(text.get(span.start as usize..span.end as usize).is_some());
        }
    });
}

/// Pieces that mean something in one of the syntaxes.
const PIECES: &[&str] = &[
    "\n",
    "\r\n",
    "\r",
    " ",
    "  ",
    "\t",
    ":",
    ": ",
    "- ",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a ",
    "*a",
    "!Sub ",
    "!!int ",
    "! ",
    "|\n",
    ">-\n",
    "|2\n",
    "#",
    "'",
    "\"",
    "\\",
    "\\n",
    "\\u00e9",
    "<<: ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "é",
    "\u{feff}",
    "a",
    "1",
    "= ",
    "${",
    "%{",
    "$${",
    "%{if a}",
    "%{else}",
    "%{endif}",
    "%{for a in b}",
    "%{endfor}",
    "~}",
    "${~",
    "<<EOT\n",
    "<<-EOT\n",
    "EOT\n",
    "for a in b : ",
    "=> ",
    "...",
    ".*",
    "[*]",
    ".",
    "(",
    ")",
    "::",
    "? b : c",
    "&&",
    "//",
    "/*",
    "*/",
    "true",
    "null",
    "\u{0}",
];

/// A text with pieces put into it, taken out of it, or cut off.
fn mutated(seed: &'static str) -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), 0..PIECES.len(), 0usize..8);
    (prop::collection::vec(edit, 1..6), any::<bool>()).prop_map(move |(edits, cut)| {
        let mut text = seed.to_owned();
        for (at, piece, gone) in edits {
            let mut at = at.index(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let mut end = (at + gone).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(at..end, PIECES[piece]);
            if cut && piece % 7 == 0 {
                text.truncate(at);
            }
        }
        text
    })
}

/// A text of pieces.
fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(0..PIECES.len(), 0..40)
        .prop_map(|all| all.into_iter().map(|piece| PIECES[piece]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn no_yaml_makes_the_reader_fail(text in prop_oneof![mutated(include_str!("yaml/features.yaml")), pieces(), any::<String>()]) {
        holds(Syntax::Yaml, &text);
    }

    #[test]
    fn no_hcl_makes_the_reader_fail(text in prop_oneof![mutated(include_str!("hcl/features.tf")), pieces(), any::<String>()]) {
        holds(Syntax::Hcl, &text);
    }
}

#[test]
fn strings_of_every_feature_of_hcl_lead_back_to_their_bytes() {
    let text = include_str!("hcl/features.tf");
    for ending in ["\n", "\r\n"] {
        let text = text.replace('\n', ending);
        let root = hcl::read(&text).unwrap();
        assert!(strings_lead_back(Syntax::Hcl, &text, &root, "features.tf") > 80);
    }
}
