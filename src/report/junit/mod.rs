//! Findings as test results, in the XML that `JUnit` made and that most build servers read.
//!
//! There is no standard; what is written here is what the readers have in common
//! (<https://github.com/testmoapp/junitxml>). Times are left out: output has no clock.

mod xml;

use std::collections::BTreeMap;
use std::io::{self, Write};

use rayon::prelude::*;

use super::files::{self, Named};
use super::run::{FileRange, Reported, Run};
use super::visible::prose;
use super::{configuration, pieces};
use crate::finding::Severity;
use crate::lint::Defect;
use crate::text::InputFailure;
use xml::escape;

/// One file and its test cases.
#[derive(Default)]
struct Suite {
    path: String,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    line: Option<usize>,
    result: Outcome,
}

/// What became of a case: a short word, then the whole text.
enum Outcome {
    /// Nothing was found.
    Passed,
    /// Something that does not fail the run was found.
    Noted(String),
    /// Something was found and suppressed for this reason.
    Skipped(String),
    /// What was found fails the run.
    Failed(&'static str, String, String),
    /// The file was not understood.
    Broken(String, String),
}

/// Writes one suite for each file. A finding that is at least as bad as `threshold` is a failed
/// case, as it fails the run; one that is less is a passed case with its text as output; one that
/// is suppressed is a skipped case. A file without findings is one passed case, an input that was
/// not understood one with an error.
///
/// # Errors
/// Where writing fails.
pub fn run(out: &mut impl Write, run: &Run<'_>, threshold: Severity) -> io::Result<()> {
    let suites = suites(run, threshold);
    let all: Vec<&Case> = suites.iter().flat_map(|suite| &suite.cases).collect();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<testsuites name="kmslint" {}>"#, counts(&all))?;
    let configuration = escape(&configuration::words(run.configuration, true));
    let numbered: Vec<_> = suites.iter().enumerate().collect();
    pieces::each(out, &numbered, |out, (index, suite)| {
        let name = escape(&prose(&suite.path, true));
        let counts = counts(&suite.cases.iter().collect::<Vec<_>>());
        writeln!(out, r#"  <testsuite name="{name}" {counts}>"#)?;
        // Properties belong to a suite; these are about all of them.
        if *index == 0 {
            writeln!(out, "    <properties>")?;
            let property = r#"<property name="configuration" value="#;
            writeln!(out, r#"      {property}"{configuration}"/>"#)?;
            writeln!(out, "    </properties>")?;
        }
        for case in &suite.cases {
            write_case(out, &name, case)?;
        }
        writeln!(out, "  </testsuite>")
    })?;
    writeln!(out, "</testsuites>")
}

fn suites(run: &Run<'_>, threshold: Severity) -> Vec<Suite> {
    let mut suites: Vec<Suite> = Vec::new();
    let mut indices = BTreeMap::new();
    let mut index = |path: String, suites: &mut Vec<Suite>| {
        *indices.entry(path.clone()).or_insert_with(|| {
            let cases = Vec::new();
            suites.push(Suite { path, cases });
            suites.len().saturating_sub(1)
        })
    };
    for (_, file) in run.sources.iter() {
        index(run.path(file.name()), &mut suites);
    }
    let failures = run.failures.iter().map(|failure| {
        let (file, place) = run.failed(failure);
        let case = broken(failure, place.as_ref());
        (
            if file.is_empty() {
                ".".to_owned()
            } else {
                file
            },
            case,
        )
    });
    let findings = run.findings.par_iter().map(|reported| {
        let place = run.place(reported.finding().primary.at);
        let case = found(reported, place.as_ref(), threshold);
        (
            place.map_or_else(|| ".".to_owned(), |place| place.path),
            case,
        )
    });
    let findings: Vec<_> = findings.collect();
    let others = of_files(run).map(|case| (".".to_owned(), case));
    for (path, case) in failures.chain(findings).chain(others) {
        let at = index(path, &mut suites);
        if let Some(suite) = suites.get_mut(at) {
            suite.cases.push(case);
        }
    }
    for suite in suites.iter_mut().filter(|suite| suite.cases.is_empty()) {
        suite.cases.push(Case {
            name: "no findings".to_owned(),
            line: None,
            result: Outcome::Passed,
        });
    }
    suites
}

/// The files that were not checked, as a case that passes: how many, and those that look like ours.
fn of_files(run: &Run<'_>) -> Option<Case> {
    let summary = run.summary;
    if summary.passed_over == 0 && summary.left_out == 0 {
        return None;
    }
    let (passed, left) = (summary.passed_over, summary.left_out);
    let mut text = format!("{passed} passed over, {left} left out\n");
    for line in files::lines(run.files, Named::LooksLikeOurs) {
        text = format!("{text}{}\n", prose(&line, true));
    }
    Some(Case {
        name: "files that were not checked".to_owned(),
        line: None,
        result: Outcome::Noted(text),
    })
}

fn broken(failure: &InputFailure, place: Option<&FileRange>) -> Case {
    let message = prose(&failure.error.message, true);
    let mut text = format!("{message}\n");
    if let Some(help) = &failure.error.help {
        text = format!("{text}help: {}\n", prose(help, true));
    }
    Case {
        name: named("input not understood", place),
        line: line(place),
        result: Outcome::Broken(message, text),
    }
}

fn found(reported: &Reported<'_>, place: Option<&FileRange>, threshold: Severity) -> Case {
    let finding = reported.finding();
    let result = match reported.suppressed {
        Some(reason) => Outcome::Skipped(prose(reason, true)),
        None if finding.severity >= threshold => Outcome::Failed(
            finding.severity.name(),
            prose(&finding.message, true),
            text(reported.defect, place),
        ),
        None => Outcome::Noted(text(reported.defect, place)),
    };
    Case {
        name: named(&finding.rule, place),
        line: line(place),
        result,
    }
}

/// A compressed file has no lines.
fn line(place: Option<&FileRange>) -> Option<usize> {
    let place = place.filter(|place| !place.decompressed);
    place.map(|place| place.start.line)
}

fn named(what: &str, place: Option<&FileRange>) -> String {
    match place {
        Some(place) => format!("{what} at {}:{}", place.start.line, place.start.column),
        None => what.to_owned(),
    }
}

fn text(defect: &Defect<'_>, place: Option<&FileRange>) -> String {
    let finding = &defect.finding;
    let mut text = format!(
        "{}: {}\n",
        finding.severity.name(),
        prose(&finding.message, true)
    );
    let place = place.map(FileRange::short).unwrap_or_default();
    let subject = match defect.subjects() {
        [one] => one.as_str(),
        _ => "",
    };
    let about = [
        ("at", place.as_str()),
        ("help", &finding.help),
        ("subject", subject),
    ];
    let see = [("see", &*finding.reference)];
    for (title, words) in about.into_iter().chain(defect.lines()).chain(see) {
        if !words.is_empty() {
            text = format!("{text}{title}: {}\n", prose(words, true));
        }
    }
    text
}

fn counts(cases: &[&Case]) -> String {
    let (mut tests, mut failures, mut errors, mut skipped) = (0_usize, 0_usize, 0_usize, 0_usize);
    for case in cases {
        tests = tests.saturating_add(1);
        let count = match case.result {
            Outcome::Passed | Outcome::Noted(_) => continue,
            Outcome::Skipped(_) => &mut skipped,
            Outcome::Failed(..) => &mut failures,
            Outcome::Broken(..) => &mut errors,
        };
        *count = count.saturating_add(1);
    }
    format!(r#"tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}""#)
}

fn write_case(out: &mut impl Write, file: &str, case: &Case) -> io::Result<()> {
    let name = escape(&case.name);
    write!(
        out,
        r#"    <testcase name="{name}" classname="{file}" file="{file}""#
    )?;
    if let Some(line) = case.line {
        write!(out, r#" line="{line}""#)?;
    }
    match &case.result {
        Outcome::Passed => return writeln!(out, "/>"),
        Outcome::Noted(text) => write!(out, "><system-out>{}</system-out>", escape(text)),
        Outcome::Skipped(reason) => write!(out, r#"><skipped message="{}"/>"#, escape(reason)),
        Outcome::Failed(kind, message, text) => {
            let (message, text) = (escape(message), escape(text));
            write!(
                out,
                r#"><failure type="{kind}" message="{message}">{text}</failure>"#
            )
        }
        Outcome::Broken(message, text) => {
            let (message, text) = (escape(message), escape(text));
            write!(
                out,
                r#"><error type="input" message="{message}">{text}</error>"#
            )
        }
    }?;
    writeln!(out, "</testcase>")
}

#[cfg(test)]
mod tests {
    use super::super::example::{expect, hostile};
    use super::*;

    #[test]
    fn every_file_is_a_suite() {
        let mut out = Vec::new();
        hostile(|example| run(&mut out, example, Severity::Warning).unwrap());
        expect("junit.xml", &String::from_utf8(out).unwrap());
    }
}
