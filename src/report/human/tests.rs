//! Whole findings, compared with the exact text that a person reads.

use super::*;
use crate::finding::{Confidence, Finding, Fingerprints, Label, Subject};
use crate::report::example::expect;
use crate::text::{InputError, Location, SourceFile, Span};

const PLAIN: Style = Style {
    color: false,
    unicode: true,
    width: 80,
};

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Admins",
      "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::111122223333:role/Admin" },
      "Action": ["kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
      "Resource": "*"
    }
  ]
}
"#;

/// The place of `words` in a file of the run.
fn at(sources: &Sources, file: usize, words: &str) -> Location {
    let (source, file) = sources.iter().nth(file).unwrap();
    let start = file.text().find(words).unwrap();
    Location {
        source,
        span: Span::new(start, start + words.len()),
    }
}

fn label(sources: &Sources, file: usize, words: &str, text: &str) -> Label {
    Label {
        at: at(sources, file, words),
        text: text.into(),
    }
}

fn sources(files: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::default();
    for (name, text) in files {
        sources.add(SourceFile::new(*name, *text));
    }
    sources
}

fn example(primary: Label, related: Vec<Label>) -> Finding {
    Finding {
        rule: "cancel-by-nobody".into(),
        severity: Severity::Error,
        confidence: Confidence::High,
        subject: Subject::file("keys/policy.json"),
        message: "`arn:aws:iam::111122223333:role/Admin` can schedule the deletion of the key, and nobody else can cancel it".into(),
        help: "let a second principal call `kms:CancelKeyDeletion`, so that a mistake can be undone in time".into(),
        reference: "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html".into(),
        primary,
        related,
        statement: None,
        principals: Vec::new(),
        new_principals: Vec::new(),
        values: Box::default(),
        together: None,
        depends_on: None,
        identity: String::new(),
        fingerprints: Fingerprints::default(),
    }
}

fn context<'a>(sources: &'a Sources, style: &'a Style) -> Context<'a> {
    Context {
        sources,
        names: None,
        style,
        verbose: true,
    }
}

fn drawn(sources: &Sources, finding: &Finding, style: Style) -> String {
    let mut out = Vec::new();
    findings(&mut out, &[Defect::one(finding)], &context(sources, &style)).unwrap();
    String::from_utf8(out).unwrap()
}

fn policy_and_finding() -> (Sources, Finding) {
    let sources = sources(&[("keys/policy.json", POLICY)]);
    let primary = label(&sources, 0, "\"kms:ScheduleKeyDeletion\"", "schedules");
    let related = label(
        &sources,
        0,
        "\"kms:CancelKeyDeletion\"",
        "the only one that cancels",
    );
    (sources, example(primary, vec![related]))
}

const WIDE: Style = Style {
    width: 160,
    ..PLAIN
};
const NARROW: Style = Style { width: 40, ..PLAIN };
const ASCII: Style = Style {
    unicode: false,
    ..PLAIN
};
const COLOR: Style = Style {
    color: true,
    ..PLAIN
};

/// A statement of many lines, and what it says about hostile, minified and long files.
fn many_files() -> (Sources, Finding) {
    let hostile = "{ \"a\": 1,\r\n\t\"é\u{1b}[31m\u{202e}key\": \"va\u{9b}lue\"\r\n}";
    let (before, after) = ("x".repeat(50_000), "€".repeat(50_000));
    let minified = format!("{{\"a\":\"{before}\",\"Action\":\"kms:*\",\"b\":\"{after}\"}}");
    let long = "[\n".repeat(40) + &"]\n".repeat(40);
    let sources = sources(&[
        ("keys/policy.json", POLICY),
        ("ev\x1bil.json", hostile),
        ("min.json", &minified),
        ("long.json", &long),
    ]);
    let lines: Vec<&str> = POLICY.lines().collect();
    let statement = lines[3..10].join("\n");
    let mut related = vec![
        label(
            &sources,
            0,
            "\"Admins\"",
            "the `Sid`, with a long label that must be broken into several lines to fit beside it",
        ),
        label(&sources, 1, "va\u{9b}lue", "here\nerror[x]: nothing"),
        label(&sources, 2, "\"kms:*\"", "in one line"),
        label(&sources, 3, "[\n", ""),
    ];
    related[3].at.span = Span::new(20, 60);
    let primary = label(&sources, 0, statement.trim(), "this statement\x1b[0m");
    let finding = Finding {
        severity: Severity::Warning,
        confidence: Confidence::Low,
        subject: Subject::arn("arn:aws:kms:eu-central-1:111122223333:key/1"),
        ..example(primary, related)
    };
    (sources, finding)
}

/// Compares but for white space at the ends of lines and of the text, which editors remove.
#[track_caller]
fn assert_text(drawn: &str, expected: &str) {
    let lines: Vec<&str> = drawn.lines().map(str::trim_end).collect();
    let drawn = lines.join("\n");
    assert_eq!(drawn.trim_end(), expected.trim(), "\n{drawn}");
}

#[test]
fn a_finding_shows_where_and_what_to_do() {
    let (sources, finding) = policy_and_finding();
    for (file, style) in [
        ("human.txt", PLAIN),
        ("human-narrow.txt", NARROW),
        ("human-wide.txt", WIDE),
        ("human-ascii.txt", ASCII),
    ] {
        let text = drawn(&sources, &finding, style);
        assert!(style.unicode || text.is_ascii());
        expect(file, &text);
    }
}

#[test]
fn colours_are_only_written_when_asked_for() {
    let (sources, finding) = policy_and_finding();
    let colored = drawn(&sources, &finding, COLOR);
    assert!(colored.starts_with("\u{1b}[31merror[cancel-by-nobody]\u{1b}[0m: `arn:"));
    for (sources, finding) in [(sources, finding), many_files()] {
        assert!(!drawn(&sources, &finding, PLAIN).contains('\u{1b}'));
    }
}

#[test]
fn other_files_are_named_and_hostile_text_is_harmless() {
    let (sources, finding) = many_files();
    expect("human-files.txt", &drawn(&sources, &finding, PLAIN));
    assert!(drawn(&sources, &finding, ASCII).is_ascii());
}

/// What is found about one statement has one excerpt; of many findings the first of each rule are shown.
#[test]
fn findings_about_one_statement_stand_together_and_many_are_folded() {
    let (sources, finding) = policy_and_finding();
    let statement = at(&sources, 0, POLICY.trim());
    let warning = Finding {
        rule: "short-waiting-period".into(),
        severity: Severity::Warning,
        statement: Some(statement),
        ..finding.clone()
    };
    let error = Finding {
        statement: Some(statement),
        ..finding
    };
    let found = [warning, error];
    let defects: Vec<_> = found.iter().map(Defect::one).collect();
    let mut out = Vec::new();
    findings(&mut out, &defects, &context(&sources, &PLAIN)).unwrap();
    expect("human-together.txt", &String::from_utf8(out).unwrap());

    let line = "      \"Action\": \"kms:ScheduleKeyDeletion\",\n".repeat(30);
    let (sources, found) = spread(&line, 30);
    let defects: Vec<_> = found.iter().map(Defect::one).collect();
    let mut out = Vec::new();
    let folded = Context {
        verbose: false,
        ..context(&sources, &PLAIN)
    };
    findings(&mut out, &defects, &folded).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.matches("error[").count(), FIRST_OF_RULE);
    assert!(text.contains("and 27 findings more"), "{text}");
}

#[test]
fn failures_of_inputs_look_like_findings() {
    let sources = sources(&[("keys/policy.json", POLICY), ("short.json", "{")]);
    let end = |file: usize| {
        let (source, file) = sources.iter().nth(file).unwrap();
        Location {
            source,
            span: Span::new(file.text().len(), file.text().len()),
        }
    };
    let error = |message: &str| InputError::new(Span::default(), message);
    let failure = |file: &str, at, error| InputFailure {
        file: file.into(),
        at,
        error,
    };
    let early = error("the file ends too early")
        .label("`}` is missing")
        .help("was it cut off?");
    let failures = [
        failure(
            "a\u{1b}.json",
            None,
            error("cannot read the file: permission denied"),
        ),
        failure("keys/policy.json", Some(end(0)), early.clone()),
        failure("short.json", Some(end(1)), early),
    ];
    let mut out = Vec::new();
    input_errors(&mut out, &sources, &failures, &PLAIN).unwrap();
    let drawn = String::from_utf8(out).unwrap();
    let expected = r"
error: `a␛.json`: cannot read the file: permission denied

error: the file ends too early
    ╭─[keys/policy.json:13:1]
 12 │ }
 13 │
    · ▲
    · ╰── `}` is missing
    ╰────
  help: was it cut off?

error: the file ends too early
   ╭─[short.json:1:2]
 1 │ {
   ·  ▲
   ·  ╰── `}` is missing
   ╰────
  help: was it cut off?
";
    assert_text(&drawn, expected);
}

fn summed_up(counts: &Summary) -> String {
    let mut out = Vec::new();
    summary(&mut out, counts, &PLAIN).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_summary_is_one_line() {
    let mut counts = Summary {
        files: 12,
        files_with_findings: 4,
        errors: 3,
        warnings: 5,
        infos: 2,
        input_errors: 0,
        passed_over: 3,
        ..Summary::default()
    };
    assert_eq!(
        summed_up(&counts),
        "3 errors, 5 warnings, 2 info in 4 files; 12 files checked, 3 passed over\n"
    );
    counts.input_errors = 1;
    assert!(summed_up(&counts).ends_with("3 passed over, 1 input not understood\n"));
    let counts = counts.leaving_out(1, 4);
    assert!(
        summed_up(&counts).contains(
            "; 12 files checked, 3 passed over, 1 finding suppressed, 4 findings in the baseline"
        ),
        "{}",
        summed_up(&counts)
    );
    let nothing = Summary {
        files: 1,
        ..Summary::default()
    };
    assert_eq!(summed_up(&nothing), "no findings; 1 file checked\n");
    let (_, finding) = policy_and_finding();
    let counted = Summary::new(&[&finding, &finding], &[], 1, &[]);
    assert_eq!(summed_up(&counted), "2 errors in 1 file; 1 file checked\n");
}

/// `count` findings with three labels each, spread over a file.
fn spread(file: &str, count: usize) -> (Sources, Vec<Finding>) {
    let sources = sources(&[("big.json", file)]);
    let source = at(&sources, 0, "").source;
    let place = |start: usize| Label {
        at: Location {
            source,
            span: Span::new(start, start + 9),
        },
        text: "here".into(),
    };
    let step = file.len() / count;
    let findings = (0..count)
        .map(|n| {
            let start = n * step;
            let related = vec![place(start + 40), place(file.len() - start)];
            example(place(start), related)
        })
        .collect();
    (sources, findings)
}

#[test]
fn a_thousand_findings_in_a_large_file_are_drawn() {
    let line = "      \"Action\": \"kms:ScheduleKeyDeletion\", \"Resource\": \"*\",\n";
    let lines = line.repeat(5_000_000 / line.len());
    for file in [&lines, &lines.replace('\n', "€")] {
        let (sources, found) = spread(file, 1_000);
        let found: Vec<_> = found.iter().map(Defect::one).collect();
        let mut out = Vec::new();
        findings(&mut out, &found, &context(&sources, &PLAIN)).unwrap();
        let drawn = String::from_utf8(out).unwrap();
        assert_eq!(drawn.matches("error[cancel-by-nobody]").count(), 1_000);
        let counts = Summary::new(
            &found.iter().map(|of| &*of.finding).collect::<Vec<_>>(),
            &[],
            1,
            &[],
        );
        let document = crate::report::json::FindingsDocument {
            sources: &sources,
            findings: &found,
            failures: &[],
            summary: &counts,
            files: &[],
            configuration: &crate::config::InForce::default(),
        };
        crate::report::json::findings(&mut io::sink(), &document).unwrap();
    }
}

proptest::proptest! {
    /// Any text, any spans, any terminal: nothing panics, and nothing steers the terminal or the
    /// runner of a workflow.
    #[test]
    fn anything_can_be_drawn(
        text in "([a\"{\t\n\r\u{0}\u{1b}\u{9b}é€漢\u{301}\u{202e}😀 ]|##\\[){0,200}",
        spans in proptest::collection::vec((0_usize..500, 0_usize..60), 1..6),
        message in "([a \n\u{1b}\u{202e}漢]|##\\[|::a){0,60}",
        unicode: bool,
        width in 0_usize..200,
    ) {
        let sources = sources(&[("x", &text)]);
        let source = at(&sources, 0, "").source;
        let mut labels = spans.iter().map(|(start, length)| Label {
            at: Location { source, span: Span::new(*start, start + length) },
            text: message.as_str().into(),
        });
        let primary = labels.next().unwrap();
        let mut finding = example(primary, labels.collect());
        finding.message = message.clone();
        let drawn = drawn(&sources, &finding, Style { color: false, unicode, width });
        let hostile = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        proptest::prop_assert!(!drawn.contains(hostile));
        proptest::prop_assert!(unicode || drawn.is_ascii());
        let is_command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
        proptest::prop_assert!(!drawn.lines().any(is_command), "{drawn}");
    }
}
