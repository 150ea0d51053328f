//! What other readers see in the same texts: `PyYAML`, whose answers are recorded by
//! `tests/trees/yaml/judge.py`, and hcl-edit.

use std::collections::BTreeMap;

use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Body, Structure};
use kmslint::tree::{Content, Function, Node, yaml};
use sha2::{Digest, Sha256};

use super::{files, shared};

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(",")
}

/// A value as `judge.py` writes it.
fn line(node: &Node<'_>) -> String {
    match &node.value {
        Content::Null => "0".to_owned(),
        Content::Bool(value) => format!("b{value}"),
        Content::Number(text) => format!("n{text}"),
        Content::String(text) => format!("s{}", quoted(text)),
        Content::Array(items) => format!("[{}]", joined(items.iter().map(line))),
        Content::Object(members) => {
            let member =
                |m: &kmslint::tree::Member<'_>| format!("{}:{}", quoted(&m.key), line(&m.value));
            format!("{{{}}}", joined(members.iter().map(member)))
        }
        Content::Deferred(deferred) => {
            let Function::Tag(name) = &deferred.function else {
                panic!("{deferred:?}");
            };
            // To `PyYAML` nothing under a tag is an empty text.
            let argument = match &deferred.arguments[0].value {
                Content::Null => "s\"\"".to_owned(),
                _ => line(&deferred.arguments[0]),
            };
            format!("!{name}({argument})")
        }
    }
}

#[test]
fn values_of_every_feature_of_yaml_are_those_that_pyyaml_sees() {
    let text = include_str!("yaml/features.yaml");
    let documents = yaml::read_as_written(text).unwrap().documents;
    let lines: Vec<_> = documents.iter().map(line).collect();
    assert_eq!(
        lines.join("\n"),
        include_str!("yaml/features.txt").trim_end()
    );
    for document in &documents {
        super::strings_lead_back(kmslint::tree::Syntax::Yaml, text, document, "features");
    }
    // The same with other ends of lines.
    for ending in ["\r\n", "\r"] {
        let text = text.replace('\n', ending);
        let documents = yaml::read_as_written(&text).unwrap().documents;
        let again: Vec<_> = documents.iter().map(line).collect();
        assert_eq!(again, lines, "{ending:?}");
        for document in &documents {
            super::strings_lead_back(kmslint::tree::Syntax::Yaml, &text, document, "features");
        }
    }
}

/// `PyYAML` refuses a tab between a key and its value, which YAML 1.1 allows (section 5.5).
const REFUSED_BY_PYYAML_ALONE: &[&str] = &["tab2.yaml"];

#[test]
fn values_of_real_yaml_are_those_that_pyyaml_sees() {
    let Some(shared) = shared() else {
        eprintln!("no corpus here");
        return;
    };
    let paths = files(&shared, &[".yaml", ".yml"]);
    let by_name: BTreeMap<_, _> = paths
        .iter()
        .map(|path| (path.file_name().unwrap().to_str().unwrap(), path))
        .collect();
    for row in include_str!("yaml/judged.tsv").lines() {
        let columns: Vec<_> = row.split('\t').collect();
        let text = std::fs::read_to_string(by_name[columns[0]]).unwrap();
        let read = yaml::read_as_written(&text);
        if columns[2] == "refused" {
            let accepted = REFUSED_BY_PYYAML_ALONE.contains(&columns[0]);
            assert_eq!(read.is_ok(), accepted, "{row}");
            continue;
        }
        let documents = read.unwrap().documents;
        let lines: Vec<_> = documents.iter().map(line).collect();
        let digest = Sha256::digest(lines.join("\n").as_bytes());
        let hex: Vec<_> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex.concat(), columns[2], "{}", columns[0]);
        assert_eq!(documents.len().to_string(), columns[1]);
    }
}

/// An expression of hcl-edit in words; only what both readers must see alike.
fn of_expression(expression: &Expression) -> String {
    match expression {
        Expression::Null(_) => "0".to_owned(),
        Expression::Bool(value) => format!("b{}", value.value()),
        Expression::Number(_) => "n".to_owned(),
        Expression::String(text) => format!("s{}", quoted(text)),
        Expression::Array(items) => format!("[{}]", joined(items.iter().map(of_expression))),
        Expression::Object(object) => {
            let key = |key: &ObjectKey| match key {
                ObjectKey::Ident(name) => quoted(name),
                ObjectKey::Expression(Expression::String(text)) => quoted(text),
                ObjectKey::Expression(_) => "?".to_owned(),
            };
            let members = object.iter();
            let members = members.map(|(k, v)| format!("{}:{}", key(k), of_expression(v.expr())));
            format!("{{{}}}", joined(members))
        }
        Expression::HeredocTemplate(heredoc) => match heredoc.template.as_single_element() {
            Some(element) if element.is_literal() => "heredoc".to_owned(),
            None if heredoc.template.is_empty() => "heredoc".to_owned(),
            _ => "template".to_owned(),
        },
        Expression::StringTemplate(_) => "template".to_owned(),
        Expression::Parenthesis(inner) => of_expression(inner.inner()),
        Expression::Variable(name) => format!("reference({})", quoted(name)),
        Expression::Conditional(c) => format!(
            "conditional({},{},{})",
            of_expression(&c.cond_expr),
            of_expression(&c.true_expr),
            of_expression(&c.false_expr)
        ),
        Expression::FuncCall(call) => {
            let arguments = joined(call.args.iter().map(of_expression));
            format!("{}({arguments})", call.name.name.as_str())
        }
        Expression::Traversal(_) => "traversal".to_owned(),
        Expression::UnaryOp(op) => format!("op({})", of_expression(&op.expr)),
        Expression::BinaryOp(op) => format!(
            "op({},{})",
            of_expression(&op.lhs_expr),
            of_expression(&op.rhs_expr)
        ),
        Expression::ForExpr(_) => "for".to_owned(),
    }
}

/// The same of the tree.
fn of_node(node: &Node<'_>, text: &str) -> String {
    match &node.value {
        Content::Null => "0".to_owned(),
        Content::Bool(value) => format!("b{value}"),
        Content::Number(_) => "n".to_owned(),
        Content::String(_) if node.span.of(text).starts_with("<<") => "heredoc".to_owned(),
        Content::String(value) => format!("s{}", quoted(value)),
        Content::Array(items) => format!("[{}]", joined(items.iter().map(|i| of_node(i, text)))),
        Content::Object(members) => {
            let member = |m: &kmslint::tree::Member<'_>| {
                let written = m.key_span.of(text);
                let literal = !written.contains("${") && !written.starts_with('(');
                let key = if literal {
                    quoted(&m.key)
                } else {
                    "?".to_owned()
                };
                format!("{key}:{}", of_node(&m.value, text))
            };
            format!("{{{}}}", joined(members.iter().map(member)))
        }
        Content::Deferred(deferred) => {
            let arguments = || joined(deferred.arguments.iter().map(|a| of_node(a, text)));
            match &deferred.function {
                Function::Tag(tag) => panic!("{tag}"),
                Function::Call { name, .. } => {
                    let last = name.rsplit("::").next().unwrap();
                    format!("{last}({})", arguments())
                }
                Function::Reference if deferred.arguments.len() == 1 => {
                    format!(
                        "reference({})",
                        quoted(deferred.arguments[0].as_str().unwrap())
                    )
                }
                Function::Reference | Function::Lookup | Function::Splat => "traversal".to_owned(),
                Function::Template => "template".to_owned(),
                Function::Conditional => format!("conditional({})", arguments()),
                Function::Operation(_) => format!("op({})", arguments()),
                Function::For(_) => "for".to_owned(),
                Function::AfterApply => panic!("no text says so"),
            }
        }
    }
}

/// Every attribute of a body in order, those of its blocks after their type and labels.
fn of_body(body: &Body, out: &mut Vec<String>) {
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                out.push(format!(
                    "{} = {}",
                    attribute.key.as_str(),
                    of_expression(&attribute.value)
                ));
            }
            Structure::Block(block) => of_body(&block.body, out),
        }
    }
}

/// The attributes that begin there, which are all but blocks, in the order of the text.
fn of_tree(node: &Node<'_>, text: &str, out: &mut Vec<(u32, String)>) {
    for member in node.members().unwrap_or_default() {
        let after = text[member.key_span.end as usize..].trim_start_matches([' ', '\t']);
        let is_block = !after.starts_with('=');
        if is_block {
            let bodies = member
                .value
                .items()
                .unwrap_or(std::slice::from_ref(&member.value));
            for body in bodies {
                of_tree(body, text, out);
            }
        } else {
            let value = of_node(&member.value, text);
            out.push((member.key_span.start, format!("{} = {value}", member.key)));
        }
    }
}

/// Whether both readers see the same in this text, which both accept or refuse.
pub(crate) fn agrees_with_hcl_edit(text: &str, name: &str) -> bool {
    let (ours, theirs) = (kmslint::tree::hcl::read(text), text.parse::<Body>());
    let (Ok(ours), Ok(theirs)) = (&ours, &theirs) else {
        assert_eq!(ours.is_ok(), theirs.is_ok(), "{name}: {ours:?} {theirs:?}");
        return false;
    };
    let mut expected = Vec::new();
    of_body(theirs, &mut expected);
    let mut found = Vec::new();
    of_tree(ours, text, &mut found);
    found.sort();
    let found: Vec<_> = found.into_iter().map(|(_, line)| line).collect();
    assert_eq!(found, expected, "{name}");
    true
}

#[test]
fn real_hcl_is_read_as_hcl_edit_reads_it() {
    let Some(shared) = shared() else {
        eprintln!("no corpus here");
        return;
    };
    let mut agreed = 0;
    for path in files(&shared, &[".tf", ".hcl"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        agreed += usize::from(agrees_with_hcl_edit(&text, name));
    }
    assert_eq!(agreed, 10, "one file of the corpus is no HCL");
}

#[test]
fn every_feature_of_hcl_is_read_as_hcl_edit_reads_it() {
    assert!(agrees_with_hcl_edit(
        include_str!("hcl/features.tf"),
        "features.tf"
    ));
}
