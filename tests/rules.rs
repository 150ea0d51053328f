//! Every rule page: its style, and its examples, which are executed.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::{QueryRef, js_path_process};

use kmslint::aws::PendingWindowInDays;
use kmslint::document::{AsFact as _, Fact, Vocabulary, written};
use kmslint::facts::{FactMaker, Facts, Limits};
use kmslint::finding::Finding;
use kmslint::lint::{run, run_all, run_document};
use kmslint::load::load;
use kmslint::rule::{Catalogue, Example, Outcome, Rule, Selector};
use kmslint::text::{Filter, SourceId, Sources, discover};

fn rules() -> &'static [Rule] {
    Catalogue::builtin().unwrap().rules()
}

/// What kmslint finds in a directory of these files, names and texts.
fn findings(files: &[(String, String)]) -> Vec<Finding> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("example{number}"));
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).unwrap();
    for (name, text) in files {
        std::fs::write(directory.join(name), text).unwrap();
    }
    let loaded = load(&discover(&[directory], &Filter::default()));
    assert!(loaded.errors.is_empty(), "{:?} {files:?}", loaded.errors);
    let limits = Limits {
        minimum_waiting_period: PendingWindowInDays::new(14).unwrap(),
        ..Limits::default()
    };
    let maker = FactMaker::new(&loaded.inventory, &loaded.sources, limits);
    let facts = maker.all();
    for (facts, rest) in facts.iter().zip(maker.without_access().all()) {
        for rule in rules().iter().filter(|rule| !rule.may_read("access")) {
            let alone = Catalogue::builtin().unwrap().only(rule.id.as_str());
            assert_eq!(run(facts, &alone), run(&rest, &alone), "{}", rule.id);
        }
        let document = facts.as_fact();
        the_engine_agrees(&document, &facts.words());
        let text = serde_json::to_string(&document).unwrap();
        assert_eq!(text, serde_json::to_string(facts).unwrap());
        // Facts say of themselves what their document says of them.
        let catalogue = Catalogue::builtin().unwrap();
        let document = written(facts).unwrap();
        let found = run_document(&document, &ids(facts, &loaded.sources), catalogue).unwrap();
        assert_eq!(run(facts, catalogue), found);
    }
    run_all(&facts, Catalogue::builtin().unwrap())
}

/// The files that the places of a document refer to.
fn ids(facts: &Facts, sources: &Sources) -> Vec<SourceId> {
    let id = |name: &String| {
        let mut all = sources.iter();
        all.find(|(_, file)| file.name() == name).unwrap().0
    };
    facts.sources.iter().map(id).collect()
}

/// The engine of jsonpath-rust is the judge.
fn the_engine_agrees(facts: &Fact<'_>, words: &Vocabulary) {
    static SELECTORS: LazyLock<Vec<(&Selector, JpQuery)>> = LazyLock::new(|| {
        let selectors = rules().iter().flat_map(Rule::graded);
        let parsed =
            |(_, one): (_, &'static Selector)| (one, parse_json_path(&one.path()).unwrap());
        selectors.map(parsed).collect()
    });
    let values = serde_json::to_value(facts).unwrap();
    for (selector, query) in &*SELECTORS {
        let by_engine = js_path_process(query, &values).unwrap();
        let by_engine: Vec<_> = by_engine.into_iter().map(QueryRef::val).collect();
        let found = selector.select(facts).unwrap();
        let found = found.iter().map(|node| serde_json::to_value(node.value()));
        let found: Vec<_> = found.map(Result::unwrap).collect();
        let found: Vec<_> = found.iter().collect();
        assert_eq!(found, by_engine, "{}", selector.text());
        assert!(
            selector.may_select(words) || found.is_empty(),
            "{}",
            selector.text()
        );
    }
}

/// Every rule runs on every example: what else it hits is read in the difference of this file.
#[test]
fn what_else_fires_on_an_example_is_as_written() {
    let mut text = String::new();
    for rule in rules() {
        for example in &rule.examples() {
            let mut fired: Vec<_> = findings(&example.files)
                .into_iter()
                .map(|f| f.rule)
                .collect();
            fired.sort();
            fired.dedup();
            let outcome = format!("{:?}", example.outcome).to_lowercase();
            let fired = fired.join(" ");
            writeln!(text, "{}:{} {outcome}: {fired}", rule.id, example.line).unwrap();
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write("tests/rules_on_examples.txt", &text).unwrap();
    }
    let wanted = std::fs::read_to_string("tests/rules_on_examples.txt").unwrap_or_default();
    assert_eq!(
        text, wanted,
        "UPDATE=1 cargo test --test rules writes it anew"
    );
}

/// What is wrong with an example of a rule, where something is.
fn lie(rule: &Rule, example: &Example) -> Option<String> {
    let found = findings(&example.files);
    let fired = found
        .iter()
        .any(|finding| &*finding.rule == rule.id.as_str());
    let all: Vec<_> = found.iter().map(|finding| &finding.rule).collect();
    (fired != (example.outcome == Outcome::Fires)).then(|| {
        format!(
            "rules/{}.md, line {}: expected {:?}, found {all:?}",
            rule.id, example.line, example.outcome
        )
    })
}

#[test]
fn pages_do_not_lie() {
    let lies: Vec<_> = rules()
        .iter()
        .flat_map(|rule| {
            rule.examples()
                .into_iter()
                .filter_map(|example| lie(rule, &example))
        })
        .collect();
    assert!(lies.is_empty(), "{}", lies.join("\n"));
}

#[test]
fn messages_are_filled_in_and_end_without_a_stop() {
    for example in rules().iter().flat_map(Rule::examples) {
        for finding in findings(&example.files) {
            let message = &finding.message;
            assert!(!message.contains("unknown"), "{message}");
            assert!(!message.contains(['{', '\n']), "{message}");
            assert!(!finding.primary.at.span.is_empty(), "{message}");
        }
    }
}

#[test]
fn words_follow_the_house_style() {
    for rule in rules() {
        let texts = [rule.message.text(), rule.help.text(), rule.label.text()];
        let related = rule.related.iter().map(|related| related.label.text());
        for text in texts.into_iter().chain(related) {
            assert!(!text.ends_with(['.', '!']), "{}: {text}", rule.id);
            let first = text.chars().next().unwrap_or('a');
            assert!(!first.is_uppercase(), "{}: {text}", rule.id);
            let backticks = text.matches('`').count();
            assert!(backticks.is_multiple_of(2), "{}: {text}", rule.id);
        }
        assert!(!rule.message.text().is_empty() && !rule.help.text().is_empty());
        assert!(!rule.message.text().contains(". "), "{}", rule.id);
        assert!(!rule.title.ends_with('.'), "{}", rule.id);
        let cure = ["no-", "do-not-", "require-", "restrict-", "use-", "avoid-"];
        let names_a_cure = cure.iter().any(|word| rule.id.as_str().starts_with(word));
        assert!(!names_a_cure, "{} names the cure", rule.id);
    }
}

#[test]
fn references_are_pages_of_aws_and_the_page_lists_them() {
    for rule in rules() {
        for reference in &rule.references {
            let aws = "https://docs.aws.amazon.com/";
            assert!(reference.starts_with(aws), "{}: {reference}", rule.id);
            let line = format!("\n- <{reference}>\n");
            assert!(rule.text().contains(&line), "{}: {reference}", rule.id);
        }
    }
}

#[test]
fn examples_are_json_or_yaml() {
    for rule in rules() {
        for (name, text) in rule.examples().iter().flat_map(|example| &example.files) {
            if Path::new(name).extension().is_some_and(|of| of == "yaml") {
                let read = kmslint::tree::yaml::read(text);
                assert!(read.is_ok(), "{} {name}: {read:?}", rule.id);
                continue;
            }
            let parsed: Result<serde_json::Value, _> = serde_json::from_str(text);
            assert!(parsed.is_ok(), "{} {name}: {parsed:?}", rule.id);
        }
    }
}

#[test]
fn the_readme_lists_every_rule() {
    let mut table = String::from(
        "# Rules\n\nOne page each; `kmslint explain RULE` shows it. This list is held by a test: \
         `KMSLINT_UPDATE=1 cargo test --test rules` writes it.\n\n\
         | rule | severity | what it finds |\n| --- | --- | --- |\n",
    );
    for rule in rules() {
        let severity = serde_json::to_value(rule.severity).unwrap();
        let (id, severity) = (&rule.id, severity.as_str().unwrap());
        writeln!(table, "| [{id}]({id}.md) | {severity} | {} |", rule.title).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/README.md");
    if std::env::var_os("KMSLINT_UPDATE").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(committed, table);
}
