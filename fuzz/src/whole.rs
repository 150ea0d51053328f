//! Whole files of every format, through facts, rules, fixes, differences, verdicts and every report.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use kmslint::difference::{EVERY, Side, between};
use kmslint::document::written;
use kmslint::eval::Caller;
use kmslint::facts::{FactMaker, Facts, Limits};
use kmslint::finding::Confidence;
use kmslint::fix::Session;
use kmslint::lint::{Defect, Names, OWN_RULES, defects, run, run_document};
use kmslint::preflight::{EvidenceRequirements, Operation, Question, preflight};
use kmslint::project::{CheckOptions, Checked, ConfigurationFile, Options, check};
use kmslint::report::files::Named;
use kmslint::report::json::FindingsDocument;
use kmslint::report::preflight::{human as verdict, json as verdict_json};
use kmslint::report::{self, Reported, RuleInfo, Run, Style, Summary};
use serde_json::Value;

use super::obeyed::obeyed;
use super::{parts, spans};

/// More files than this are not looked at.
const MOST_FILES: usize = 12;

const STYLE: Style = Style {
    color: false,
    unicode: true,
    width: 80,
};

/// Each part is a file. Where its first line begins with `#`, that is its name.
pub fn whole_files(data: &[u8]) {
    let place = Place::with(data);
    let Some(checked) = checked(&place) else {
        return;
    };
    let project = &checked.project;
    spans::are_in_files(
        &project.loaded.sources,
        &checked.findings,
        &project.failures,
    );
    facts_are_what_rules_see(&checked);
    reports(&checked);
    nothing_changes(&checked);
    verdicts(&checked);
    fixes(checked);
}

/// Files in a directory of this process, which are gone at the end.
struct Place {
    directory: PathBuf,
    files: Vec<PathBuf>,
}

impl Place {
    fn with(data: &[u8]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let memory = Path::new("/dev/shm");
        let root = if memory.is_dir() {
            memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        let directory = root.join(format!("kmslint-fuzz-{}-{number}", std::process::id()));
        let mut files = Vec::new();
        fs::create_dir_all(&directory).unwrap();
        for (number, part) in parts(data).take(MOST_FILES).enumerate() {
            let (name, text) = named(part).unwrap_or((format!("{number}.json"), part));
            let path = directory.join(name);
            // A name may be that of a directory, and lead through that of a file.
            let made = fs::create_dir_all(path.parent().unwrap());
            if made.is_ok() && fs::write(&path, text).is_ok() {
                files.push(path);
            }
        }
        Self { directory, files }
    }

    /// One file is named, as a person would; several lie in a directory.
    fn paths(&self) -> Vec<PathBuf> {
        match self.files.as_slice() {
            [one] => vec![one.clone()],
            _ => vec![self.directory.clone()],
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// The name in the first line, without what would lead elsewhere.
fn named(part: &[u8]) -> Option<(String, &[u8])> {
    let rest = part.strip_prefix(b"#")?;
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let (name, text) = (&rest[..end], &rest[end + 1..]);
    let name = std::str::from_utf8(name).ok()?;
    let is_plain = |step: &&str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        !step.is_empty() && step.len() < 80 && !step.starts_with('.') && step.chars().all(plain)
    };
    let steps: Vec<_> = name.split('/').filter(is_plain).take(8).collect();
    (!steps.is_empty()).then(|| (steps.join("/"), text))
}

fn checked(place: &Place) -> Option<Checked> {
    let options = Options {
        configuration: ConfigurationFile::Nothing,
        ..Options::for_paths(place.paths())
    };
    let today = kmslint::config::parse_date("2027-01-01").unwrap();
    // All is told by its shape, so what is wrong with a file never ends the run.
    let checked = check(&options, &CheckOptions::on(today)).unwrap();
    (!place.files.is_empty()).then_some(checked)
}

/// Rules over the facts find what they find over the document that facts are written as.
fn facts_are_what_rules_see(checked: &Checked) {
    let project = &checked.project;
    let all: Vec<Facts> = project.fact_maker().all();
    for facts in &all {
        let located = facts.located(&project.loaded.sources);
        assert!(serde_json::to_value(located).unwrap().is_object());
        if facts.other_reading.is_some() {
            continue;
        }
        let document = written(facts).unwrap();
        let all = || project.loaded.sources.iter();
        let id = |name: &String| all().find(|(_, file)| file.name() == name).unwrap().0;
        let ids: Vec<_> = facts.sources.iter().map(id).collect();
        let found = run_document(&document, &ids, &checked.catalogue).unwrap();
        assert_eq!(run(facts, &checked.catalogue), found);
    }
}

/// Every report is text that nobody obeys; those for programs are JSON.
fn reports(checked: &Checked) {
    let project = &checked.project;
    let (sources, failures) = (&project.loaded.sources, &project.failures);
    let (recognized, files) = (project.loaded.recognized, &project.loaded.files);
    let names = Names::new(&project.loaded.inventory);
    let defects = defects(&checked.findings, &names);
    let told: Vec<_> = defects.iter().map(|defect| &*defect.finding).collect();
    let summary = Summary::new(&told, failures, recognized, files);
    let mut human = Vec::new();
    let context = report::human::Context {
        sources,
        names: Some(&names),
        style: &STYLE,
        verbose: true,
    };
    report::human::findings(&mut human, &defects, &context).unwrap();
    report::human::statistics(&mut human, &defects, &STYLE).unwrap();
    report::human::input_errors(&mut human, sources, failures, &STYLE).unwrap();
    report::files::run(&mut human, files, Named::All, &STYLE).unwrap();
    report::human::summary(&mut human, &summary, &STYLE).unwrap();
    harmless(&human, false);
    let mut json = Vec::new();
    let document = FindingsDocument {
        sources,
        findings: &defects,
        failures,
        files,
        summary: &summary,
        configuration: &checked.in_force,
    };
    report::json::findings(&mut json, &document).unwrap();
    let json: Value = serde_json::from_str(harmless(&json, false)).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), defects.len());
    reports_for_programs(checked, &defects, &summary);
}

/// Those that other programs and platforms take.
fn reports_for_programs(checked: &Checked, defects: &[Defect<'_>], summary: &Summary) {
    let loaded = &checked.project.loaded;
    let (sources, files) = (&loaded.sources, &loaded.files);
    let failures = &checked.project.failures;
    let mut found: Vec<_> = defects.iter().map(reported).collect();
    found.sort_by_key(|of| (of.finding().primary.at, &of.finding().rule));
    let rules: Vec<_> = OWN_RULES.iter().map(own_rule).collect();
    let rules: Vec<_> = checked
        .known
        .rules()
        .iter()
        .map(rule)
        .chain(rules)
        .collect();
    let run = Run {
        sources,
        findings: &found,
        fixes: &[],
        failures,
        files,
        summary,
        configuration: &checked.in_force,
        rules: &rules,
        directory: "/dev/shm",
        names: None,
        root: &checked.project.config.root,
    };
    let mut text = Vec::new();
    report::sarif::run(&mut text, &run).unwrap();
    serde_json::from_str::<Value>(harmless(&text, false)).unwrap();
    text.clear();
    report::gitlab::run(&mut text, &run).unwrap();
    serde_json::from_str::<Value>(harmless(&text, false)).unwrap();
    text.clear();
    report::github::run(&mut text, &run).unwrap();
    harmless(&text, true);
    text.clear();
    report::junit::run(&mut text, &run, checked.threshold).unwrap();
    harmless(&text, false);
    text.clear();
    report::markdown::run(&mut text, &run).unwrap();
    harmless(&text, false);
}

fn harmless(output: &[u8], github: bool) -> &str {
    let text = std::str::from_utf8(output).unwrap();
    let found = obeyed(text, github, false);
    assert!(found.is_empty(), "{found:#?}");
    text
}

fn reported<'a>(defect: &'a Defect<'a>) -> Reported<'a> {
    Reported {
        defect,
        suppressed: None,
    }
}

fn rule(rule: &kmslint::rule::Rule) -> RuleInfo<'_> {
    RuleInfo {
        id: rule.id.as_str(),
        title: &rule.title,
        description: String::new(),
        page: "",
        severity: rule.severity,
        confidence: rule.confidence,
        reference: rule.reference(),
    }
}

fn own_rule(rule: &kmslint::lint::OwnRule) -> RuleInfo<'_> {
    RuleInfo {
        id: rule.id,
        title: rule.title,
        description: String::new(),
        page: rule.text,
        severity: rule.severity,
        confidence: Confidence::High,
        reference: "",
    }
}

/// Between a project and itself nobody gains or loses anything.
fn nothing_changes(checked: &Checked) {
    let project = &checked.project;
    let side = Side {
        inventory: &project.loaded.inventory,
        sources: &project.loaded.sources,
        roots: &project.paths,
    };
    let difference = between(side, side, EVERY);
    assert!(!difference.gains_deletion());
    assert!(difference.subjects.is_empty(), "{:#?}", difference.subjects);
}

/// A verdict on the first keys, in every form.
fn verdicts(checked: &Checked) {
    let loaded = &checked.project.loaded;
    for key in loaded.inventory.keys.iter().take(2) {
        let Some(arn) = &key.arn else { continue };
        for operation in [Operation::Schedule, Operation::Cancel] {
            let question = Question {
                key: arn.to_string(),
                principal: Caller::parse("arn:aws:iam::111122223333:role/KeyAdmin").ok(),
                days: Some(7),
                now: "2027-01-03T00:00:00Z".parse().ok(),
                operation,
                evidence: EvidenceRequirements::default(),
            };
            let Ok(answer) = preflight(
                &question,
                &FactMaker::new(&loaded.inventory, &loaded.sources, Limits::default()),
            ) else {
                continue;
            };
            let mut text = Vec::new();
            for verbose in [false, true] {
                verdict::one(&mut text, &loaded.sources, &answer, (&STYLE, verbose)).unwrap();
            }
            harmless(&text, false);
            text.clear();
            let beside = verdict_json::Beside {
                placeholders: 0,
                unused: &[],
                configuration: &checked.in_force,
            };
            verdict_json::one(&mut text, &loaded.sources, &answer, beside).unwrap();
            serde_json::from_str::<Value>(harmless(&text, false)).unwrap();
        }
    }
}

/// What is called safe can be made, and holds what it promises; every proposal can be told.
fn fixes(checked: Checked) {
    let session = Session::new(checked, &[]);
    let sources = &session.checked.project.loaded.sources;
    let outcome = session.repair(&|proposal| proposal.is_safe());
    if let Err(error) = session.prove(&outcome) {
        panic!("{error}");
    }
    let mut text = Vec::new();
    for proposal in outcome
        .done
        .iter()
        .chain(&outcome.left)
        .chain(&outcome.alone)
    {
        spans::is_in_files(sources, proposal.at);
        spans::are_in_files(sources, &proposal.findings, &[]);
        report::fixes::proposal(&mut text, sources, proposal, &STYLE).unwrap();
    }
    for refused in &outcome.refused {
        spans::is_in_files(sources, refused.at);
        report::fixes::refusal(&mut text, sources, refused, &STYLE).unwrap();
    }
    harmless(&text, false);
}
