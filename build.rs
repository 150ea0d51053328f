//! Makes of the pages in `rules/` what the program needs of them at its start, so that it parses none: of
//! each page its declaration, and of each selector the query that jsonpath-rust parses it to. A test holds
//! that this is what the pages say.
#![expect(clippy::panic, reason = "a page that cannot be read ends the build")]

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, FnArg, JpQuery, Literal, Segment, Selector,
    SingularQuery, SingularQuerySegment, Test, TestFunction,
};
use jsonpath_rust::parser::parse_json_path;
use toml::{Table, Value};

#[path = "src/rule/comments.rs"]
mod comments;

fn main() {
    println!("cargo::rerun-if-changed=rules");
    let directory = Path::new(&variable("CARGO_MANIFEST_DIR")).join("rules");
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(&directory).unwrap_or_else(|error| panic!("rules: {error}")) {
        let path = entry
            .unwrap_or_else(|error| panic!("rules: {error}"))
            .path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(id) = name.strip_suffix(".md").filter(|id| *id != "README") {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
            pages.insert(id.to_owned(), Page::read(&name, &text));
        }
    }
    let selectors = pages.values().flat_map(|page| page.selectors.clone());
    let selectors: BTreeMap<_, _> = selectors.collect();
    let table = selectors.keys().enumerate();
    let table = table.map(|(number, text)| format!("    ({text:?}, query{number}),\n"));
    let queries = selectors.values().enumerate().map(|(number, query)| {
        format!("\nfn query{number}() -> model::JpQuery {{\n    {query}\n}}\n")
    });
    let (table, queries) = (joined(table), joined(queries));
    let pages = pages.iter().map(|(id, page)| page.written(id));
    let pages = joined(pages);
    let generated = format!(
        "pub(in crate::rule) static PAGES: &[BuiltinPage] = &[\n{pages}];\n\n\
         /// The selectors of these pages, sorted, and what makes the query of each.\n\
         pub(in crate::rule) static QUERIES: &[BuiltinQuery] = &[\n{table}];\n{queries}"
    );
    let file = Path::new(&variable("OUT_DIR")).join("rules.rs");
    fs::write(file, generated).unwrap_or_else(|error| panic!("rules.rs: {error}"));
}

fn joined(pieces: impl Iterator<Item = String>) -> String {
    pieces.collect::<Vec<_>>().concat()
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What a page says at its beginning.
struct Page {
    title: String,
    declaration: Table,
    /// The selectors, and each as an expression of Rust.
    selectors: Vec<(String, String)>,
}

impl Page {
    fn read(name: &str, text: &str) -> Self {
        let front = text.strip_prefix("```toml\n");
        let parts = front.and_then(|front| front.split_once("\n```\n"));
        let (front, body) = parts.unwrap_or_else(|| panic!("rules/{name}: no declaration"));
        let declaration: Table = front
            .parse()
            .unwrap_or_else(|error| panic!("rules/{name}: {error}"));
        let title = body.lines().find_map(|line| line.strip_prefix("# "));
        let graded = ["raised", "lowered"].map(|name| declaration.get(name));
        let graded = graded.into_iter().flatten().filter_map(Value::as_table);
        let also = tables(&declaration, "also").filter_map(Value::as_table);
        let all = [&declaration].into_iter().chain(graded).chain(also);
        let mut texts: Vec<_> = all.flat_map(|table| texts(table, "selector")).collect();
        let related = tables(&declaration, "related");
        let nodes = related.flat_map(|related| texts_of(related.get("nodes")));
        texts.extend(nodes.filter(|nodes| nodes.starts_with('$')));
        let parse = |text: &String| {
            let query = parse_json_path(&comments::without_comments(text));
            let query = query.unwrap_or_else(|error| panic!("rules/{name}: {text}: {error}"));
            (text.clone(), made(&query))
        };
        Self {
            title: title.unwrap_or_default().to_owned(),
            selectors: texts.iter().map(parse).collect(),
            declaration,
        }
    }

    fn written(&self, id: &str) -> String {
        let declaration = &self.declaration;
        let text = |key: &str| texts(declaration, key).concat();
        let graded = |name: &str| {
            let table = declaration.get(name).and_then(Value::as_table);
            let table = table.map(|table| {
                let severity = variant(&texts(table, "severity").concat());
                format!(
                    "Some((Severity::{severity}, &{:?}))",
                    texts(table, "selector")
                )
            });
            table.unwrap_or_else(|| "None".to_owned())
        };
        let also = tables(declaration, "also").filter_map(Value::as_table);
        let also = also.map(|also| {
            let text = |key: &str| texts(also, key).concat();
            format!(
                "(&{:?}, [{:?}, {:?}, {:?}])",
                texts(also, "selector"),
                text("message"),
                text("label"),
                text("help")
            )
        });
        let related = tables(declaration, "related").map(|related| {
            let text = |key: &str| texts_of(related.get(key)).concat();
            (text("nodes"), text("label"))
        });
        format!(
            "    BuiltinPage {{\n        id: {id:?},\n        \
             page: include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/rules/{id}.md\")),\n        \
             title: {:?},\n        severity: Severity::{},\n        confidence: Confidence::{},\n        \
             selectors: &{:?},\n        raised: {},\n        lowered: {},\n        message: {:?},\n        \
             together: {:?},\n        label: {:?},\n        \
             help: {:?},\n        fix: {:?},\n        references: &{:?},\n        related: &{:?},\n        \
             also: &[{}],\n    }},\n",
            self.title,
            variant(&text("severity")),
            variant(&text("confidence")),
            texts(declaration, "selector"),
            graded("raised"),
            graded("lowered"),
            text("message"),
            declaration.get("together").map(|_| text("together")),
            text("label"),
            text("help"),
            declaration.get("fix").map(|_| text("fix")),
            texts(declaration, "references"),
            related.collect::<Vec<_>>(),
            also.collect::<Vec<_>>().join(", "),
        )
    }
}

/// The tables of a list of tables.
fn tables<'t>(declaration: &'t Table, name: &str) -> impl Iterator<Item = &'t Value> + use<'t> {
    let tables = declaration.get(name).and_then(Value::as_array);
    tables.into_iter().flatten()
}

/// The variant of an enum that serde calls by this word.
fn variant(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The text of that name, or the list of texts.
fn texts(table: &Table, key: &str) -> Vec<String> {
    texts_of(table.get(key))
}

fn texts_of(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items.iter().flat_map(|item| texts_of(Some(item))).collect(),
        _ => Vec::new(),
    }
}

/// An expression of Rust that makes the query.
fn made(query: &JpQuery) -> String {
    format!("model::JpQuery::new({})", list(&query.segments, segment))
}

fn list<T>(items: &[T], made: impl Fn(&T) -> String) -> String {
    let items: Vec<_> = items.iter().map(made).collect();
    format!("vec![{}]", items.join(", "))
}

fn segment(of: &Segment) -> String {
    match of {
        Segment::Descendant(inner) => {
            format!("model::Segment::Descendant(Box::new({}))", segment(inner))
        }
        Segment::Selector(one) => format!("model::Segment::Selector({})", selector(one)),
        Segment::Selectors(many) => format!("model::Segment::Selectors({})", list(many, selector)),
    }
}

fn selector(of: &Selector) -> String {
    match of {
        Selector::Name(name) => format!("model::Selector::Name({name:?}.into())"),
        Selector::Wildcard => "model::Selector::Wildcard".to_owned(),
        Selector::Index(index) => format!("model::Selector::Index({index})"),
        Selector::Slice(start, end, step) => {
            format!("model::Selector::Slice({start:?}, {end:?}, {step:?})")
        }
        Selector::Filter(inner) => format!("model::Selector::Filter({})", filter(inner)),
    }
}

fn filter(of: &Filter) -> String {
    match of {
        Filter::Or(parts) => format!("model::Filter::Or({})", list(parts, filter)),
        Filter::And(parts) => format!("model::Filter::And({})", list(parts, filter)),
        Filter::Atom(FilterAtom::Filter { expr, not }) => {
            format!(
                "model::Filter::Atom(model::FilterAtom::filter({}, {not}))",
                filter(expr)
            )
        }
        Filter::Atom(FilterAtom::Test { expr, not }) => {
            format!(
                "model::Filter::Atom(model::FilterAtom::test({}, {not}))",
                test(expr)
            )
        }
        Filter::Atom(FilterAtom::Comparison(inner)) => {
            let kind = match **inner {
                Comparison::Eq(..) => "Eq",
                Comparison::Ne(..) => "Ne",
                Comparison::Gt(..) => "Gt",
                Comparison::Gte(..) => "Gte",
                Comparison::Lt(..) => "Lt",
                Comparison::Lte(..) => "Lte",
            };
            let (left, right) = inner.vals();
            let (left, right) = (comparable(left), comparable(right));
            format!(
                "model::Filter::Atom(model::FilterAtom::cmp(Box::new(model::Comparison::{kind}({left}, {right}))))"
            )
        }
    }
}

fn comparable(of: &Comparable) -> String {
    let step = |step: &SingularQuerySegment| match step {
        SingularQuerySegment::Index(index) => {
            format!("model::SingularQuerySegment::Index({index})")
        }
        SingularQuerySegment::Name(name) => {
            format!("model::SingularQuerySegment::Name({name:?}.into())")
        }
    };
    match of {
        Comparable::Literal(value) => format!("model::Comparable::Literal({})", literal(value)),
        Comparable::Function(inner) => format!("model::Comparable::Function({})", function(inner)),
        Comparable::SingularQuery(query) => {
            let (kind, path) = match query {
                SingularQuery::Current(path) => ("Current", path),
                SingularQuery::Root(path) => ("Root", path),
            };
            let path = list(path, step);
            format!("model::Comparable::SingularQuery(model::SingularQuery::{kind}({path}))")
        }
    }
}

fn test(of: &Test) -> String {
    match of {
        Test::RelQuery(segments) => format!("model::Test::RelQuery({})", list(segments, segment)),
        Test::AbsQuery(query) => format!("model::Test::AbsQuery({})", made(query)),
        Test::Function(inner) => format!("model::Test::Function(Box::new({}))", function(inner)),
    }
}

fn function(of: &TestFunction) -> String {
    let kind = match of {
        TestFunction::Custom(name, arguments) => {
            let arguments = list(arguments, argument);
            return format!("model::TestFunction::Custom({name:?}.into(), {arguments})");
        }
        TestFunction::Length(inner) => {
            return format!("model::TestFunction::Length(Box::new({}))", argument(inner));
        }
        TestFunction::Value(inner) => {
            return format!("model::TestFunction::Value({})", argument(inner));
        }
        TestFunction::Count(inner) => {
            return format!("model::TestFunction::Count({})", argument(inner));
        }
        TestFunction::Search(text, pattern) => ("Search", text, pattern),
        TestFunction::Match(text, pattern) => ("Match", text, pattern),
    };
    let (name, text, pattern) = kind;
    let (text, pattern) = (argument(text), argument(pattern));
    format!("model::TestFunction::{name}({text}, {pattern})")
}

fn argument(of: &FnArg) -> String {
    match of {
        FnArg::Literal(value) => format!("model::FnArg::Literal({})", literal(value)),
        FnArg::Test(inner) => format!("model::FnArg::Test(Box::new({}))", test(inner)),
        FnArg::Filter(inner) => format!("model::FnArg::Filter({})", filter(inner)),
    }
}

fn literal(of: &Literal) -> String {
    match of {
        Literal::Int(number) => format!("model::Literal::Int({number})"),
        Literal::Float(number) => format!("model::Literal::Float({number:?})"),
        Literal::String(text) => format!("model::Literal::String({text:?}.into())"),
        Literal::Bool(flag) => format!("model::Literal::Bool({flag})"),
        Literal::Null => "model::Literal::Null".to_owned(),
    }
}
