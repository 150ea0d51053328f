//! Findings as one JSON document, for other programs.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use serde::ser::Error as _;

use super::Summary;
use super::lines::{ObjectLines, append_lines, to_lines};
use super::pieces::in_pieces;
use crate::config::InForce;
use crate::lint::Defect;
use crate::text::{FileRecord, InputFailure, Location, Position, Sources, escape_json};

/// The version of the document's form; a reader may count on the fields of its version.
const VERSION: u8 = 2;

/// JSON Schema of the document.
pub const SCHEMA: &str = include_str!("findings.schema.json");

/// What stands between the findings and the files of the document.
#[derive(Serialize)]
struct BesideFindings<'a> {
    errors: Vec<JsonError<'a>>,
    configuration: &'a InForce,
    summary: Summary,
}

#[derive(Serialize)]
pub(super) struct JsonError<'a> {
    file: &'a str,
    message: &'a str,
    label: &'a str,
    help: Option<&'a str>,
    location: Option<JsonLocation<'a>>,
}

/// A range of a file; `end` is not part of it.
#[derive(Serialize)]
pub(super) struct JsonLocation<'a> {
    file: &'a str,
    /// Whether it is a range of what a compressed file holds.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    decompressed: bool,
    start: Point,
    end: Point,
}

/// Line and column from 1, the column in characters; the offset from 0, in bytes.
#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
    offset: u32,
}

/// What a run found, as one document.
#[derive(Clone, Copy, Debug)]
pub struct FindingsDocument<'a> {
    /// Every file that was recognised or is complained of.
    pub sources: &'a Sources,
    /// What was found.
    pub findings: &'a [Defect<'a>],
    /// What could not be read or understood.
    pub failures: &'a [InputFailure],
    /// What it comes to.
    pub summary: &'a Summary,
    /// What it went by.
    pub configuration: &'a InForce,
    /// What became of every file.
    pub files: &'a [FileRecord],
}

/// Writes all findings and failures and what they come to.
///
/// # Errors
/// Where writing fails.
pub fn findings(out: &mut impl Write, of_run: &FindingsDocument<'_>) -> io::Result<()> {
    let FindingsDocument {
        sources, findings, ..
    } = *of_run;
    let failures = of_run.failures.iter();
    let beside = BesideFindings {
        errors: failures.map(|f| failure(sources, f)).collect(),
        configuration: of_run.configuration,
        summary: *of_run.summary,
    };
    let beside = escaped(to_lines(&beside)?.into())?;
    // Its braces are those of the document.
    let beside = beside
        .strip_prefix('{')
        .and_then(|beside| beside.strip_suffix("\n}"));
    write!(out, "{{\n  \"version\": {VERSION},\n  \"findings\": ")?;
    let finding =
        |defect: &Defect<'_>, object: &mut ObjectLines<'_>| write_finding(object, defect, sources);
    list(out, (findings, LONG), finding)?;
    write!(out, ",{},\n  \"files\": ", beside.unwrap_or_default())?;
    list(out, (of_run.files, LONG_FILE), write_file)?;
    writeln!(out, "\n}}")
}

/// Bytes of a finding, or a few more.
const LONG: usize = 2_048;

/// Bytes of what is told of a file, or a few more.
const LONG_FILE: usize = 192;

/// Writes a list of the document: of each item, of about so many bytes, the object that `write` makes.
fn list<T: Sync>(
    out: &mut impl Write,
    (items, long): (&[T], usize),
    write: impl Fn(&T, &mut ObjectLines<'_>) -> serde_json::Result<()> + Sync,
) -> io::Result<()> {
    let piece = |items: &[T]| {
        let mut text = Vec::with_capacity(items.len().saturating_mul(long));
        for (index, item) in items.iter().enumerate() {
            let begin: &[u8] = if index == 0 { b"\n    " } else { b",\n    " };
            text.extend_from_slice(begin);
            ObjectLines::write(&mut text, 2, |object| write(item, object))?;
        }
        Ok(text)
    };
    out.write_all(b"[")?;
    let mut comma: &[u8] = b"";
    in_pieces(items, piece, |piece| {
        out.write_all(std::mem::replace(&mut comma, b","))?;
        out.write_all(&piece)
    })?;
    out.write_all(if items.is_empty() { b"]" } else { b"\n  ]" })
}

/// What became of a file: what it holds, or why it was not checked.
fn write_file(file: &FileRecord, object: &mut ObjectLines<'_>) -> serde_json::Result<()> {
    object.text("path", &file.path)?;
    object.text("fate", file.fate.name())?;
    object.text("reason", &file.fate.reason())?;
    object.plain("looks_like_ours", &file.looks_like_ours)
}

/// The text, with nothing in it that would steer a terminal.
fn escaped(text: Vec<u8>) -> serde_json::Result<String> {
    let text = String::from_utf8(text).map_err(serde_json::Error::custom)?;
    let escaped = match escape_json(&text) {
        // Nearly always: thousands of findings are not copied once more.
        Cow::Borrowed(_) => None,
        Cow::Owned(escaped) => Some(escaped),
    };
    Ok(escaped.unwrap_or(text))
}

/// Writes a document on lines of its own, with nothing in it that would steer a terminal.
///
/// # Errors
/// Where writing fails.
pub fn write(out: &mut impl Write, document: &impl Serialize) -> io::Result<()> {
    let text = to_lines(document)?;
    writeln!(out, "{}", escape_json(&text))
}

/// An item of a list, as [`ListWriter`] writes it.
///
/// # Errors
/// Where it cannot be serialised.
pub fn list_item(item: &impl Serialize) -> serde_json::Result<String> {
    let mut text = Vec::new();
    append_lines(&mut text, item, 1)?;
    escaped(text)
}

/// Writes a list on lines of its own, item by item, so that none of them need be kept.
#[derive(Debug)]
pub struct ListWriter<W> {
    out: W,
    is_empty: bool,
}

impl<W: Write> ListWriter<W> {
    /// An empty list.
    pub const fn new(out: W) -> Self {
        Self {
            out,
            is_empty: true,
        }
    }

    /// Writes an item that [`list_item`] made.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn add(&mut self, item: &str) -> io::Result<()> {
        let before = if self.is_empty { "[" } else { "," };
        self.is_empty = false;
        write!(self.out, "{before}\n  {item}")
    }

    /// Ends the list.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn end(mut self) -> io::Result<()> {
        self.out
            .write_all(if self.is_empty { b"[]\n" } else { b"\n]\n" })?;
        self.out.flush()
    }
}

/// A finding: `fingerprint` is that of its defect, which a baseline or a suppression of it names,
/// `new_principals` are those that such an entry does not cover.
fn write_finding(
    object: &mut ObjectLines<'_>,
    defect: &Defect<'_>,
    sources: &Sources,
) -> serde_json::Result<()> {
    let finding = &*defect.finding;
    object.text("rule", &finding.rule)?;
    object.plain("severity", &finding.severity)?;
    object.plain("confidence", &finding.confidence)?;
    object.text("message", &finding.message)?;
    object.text("help", &finding.help)?;
    object.text("reference", &finding.reference)?;
    object.text("subject", finding.subject.as_str())?;
    object.texts("subjects", defect.subjects())?;
    object.text("label", &finding.primary.text)?;
    object.plain("fingerprint", &finding.fingerprints.defect)?;
    object.texts("principals", &finding.principals)?;
    object.texts("new_principals", &finding.new_principals)?;
    match &finding.depends_on {
        Some(keys) => object.texts("depends_on", keys)?,
        None => object.plain("depends_on", &())?,
    }
    match defect.who_can() {
        Some(command) => object.text("who_can", command)?,
        None => object.plain("who_can", &())?,
    }
    write_location(object, place(sources, finding.primary.at).as_ref())?;
    object.objects("related", &finding.related, |label, object| {
        object.text("label", &label.text)?;
        write_location(object, place(sources, label.at).as_ref())
    })
}

/// The same as its derived form.
fn write_location(
    object: &mut ObjectLines<'_>,
    location: Option<&JsonLocation<'_>>,
) -> serde_json::Result<()> {
    let Some(location) = location else {
        return object.plain("location", &());
    };
    let point = |point: &Point, object: &mut ObjectLines<'_>| {
        object.plain("line", &point.line)?;
        object.plain("column", &point.column)?;
        object.plain("offset", &point.offset)
    };
    object.object("location", |object| {
        object.text("file", location.file)?;
        if location.decompressed {
            object.plain("decompressed", &true)?;
        }
        object.object("start", |object| point(&location.start, object))?;
        object.object("end", |object| point(&location.end, object))
    })
}

pub(super) fn failure<'a>(sources: &'a Sources, failure: &'a InputFailure) -> JsonError<'a> {
    JsonError {
        file: &failure.file,
        message: &failure.error.message,
        label: &failure.error.label,
        help: failure.error.help.as_deref(),
        location: failure.at.and_then(|at| place(sources, at)),
    }
}

/// A location in words; `None` where no file has it.
pub(super) fn place(sources: &Sources, at: Location) -> Option<JsonLocation<'_>> {
    let file = sources.get(at.source)?;
    let point = |offset| {
        let Position { line, column } = file.position(offset);
        Point {
            line,
            column,
            offset,
        }
    };
    Some(JsonLocation {
        file: file.name(),
        decompressed: file.is_decompressed(),
        start: point(at.span.start),
        end: point(at.span.end),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::finding::{Confidence, Finding, Fingerprints, Label, Severity, Subject};
    use crate::text::{Fate, InputError, SourceFile, Span};

    #[test]
    #[expect(clippy::too_many_lines, reason = "a whole document as it is written")]
    fn findings_are_data() {
        let mut sources = Sources::default();
        let source = sources.add(SourceFile::new("a.json", "{\n  \"é\": 1 }"));
        let at = |start, end| Location {
            source,
            span: Span::new(start, end),
        };
        let label = |at, text: &str| Label {
            at,
            text: text.into(),
        };
        let found = [Finding {
            rule: "cancel-by-nobody".into(),
            severity: Severity::Info,
            confidence: Confidence::Medium,
            subject: Subject::file("a.json"),
            message: "a\u{202e}b".into(),
            help: "do".into(),
            reference: "https://docs.aws.amazon.com/".into(),
            primary: label(at(8, 10), "here"),
            related: vec![label(at(0, 1), "and here")],
            statement: None,
            principals: Vec::new(),
            new_principals: Vec::new(),
            values: Box::default(),
            together: None,
            depends_on: None,
            identity: String::new(),
            fingerprints: Fingerprints::default(),
        }];
        let failures = [InputFailure {
            file: "b.json".into(),
            at: None,
            error: InputError::new(Span::default(), "cannot read the file"),
        }];
        let files = [FileRecord {
            path: "b.json".into(),
            fate: Fate::PassedOver("it is no text".into()),
            looks_like_ours: false,
        }];
        let summary = Summary::new(&[&found[0]], &failures, 1, &files);
        let found = found.each_ref().map(Defect::one);
        let mut out = Vec::new();
        let document = FindingsDocument {
            sources: &sources,
            findings: &found,
            failures: &failures,
            summary: &summary,
            files: &files,
            configuration: &InForce::default(),
        };
        findings(&mut out, &document).unwrap();
        let text = String::from_utf8(out).unwrap();
        is_described(&serde_json::from_str(&text).unwrap());
        assert_eq!(
            text,
            r#"{
  "version": 2,
  "findings": [
    {
      "rule": "cancel-by-nobody",
      "severity": "info",
      "confidence": "medium",
      "message": "a\u202eb",
      "help": "do",
      "reference": "https://docs.aws.amazon.com/",
      "subject": "a.json",
      "subjects": [
        "a.json"
      ],
      "label": "here",
      "fingerprint": "00000000000000000000000000000000",
      "principals": [],
      "new_principals": [],
      "depends_on": null,
      "who_can": null,
      "location": {
        "file": "a.json",
        "start": {
          "line": 2,
          "column": 6,
          "offset": 8
        },
        "end": {
          "line": 2,
          "column": 8,
          "offset": 10
        }
      },
      "related": [
        {
          "label": "and here",
          "location": {
            "file": "a.json",
            "start": {
              "line": 1,
              "column": 1,
              "offset": 0
            },
            "end": {
              "line": 1,
              "column": 2,
              "offset": 1
            }
          }
        }
      ]
    }
  ],
  "errors": [
    {
      "file": "b.json",
      "message": "cannot read the file",
      "label": "",
      "help": null,
      "location": null
    }
  ],
  "configuration": {
    "files": [],
    "revision": null,
    "commit": null,
    "rules_off": [],
    "rules_lowered": [],
    "include": [],
    "exclude": [],
    "trusted_administrators": [],
    "control_policies": [],
    "suppressions": 0,
    "accepted_cautions": 0,
    "baseline": null,
    "minimum_waiting_period": 0,
    "fail_on": null
  },
  "summary": {
    "files": 1,
    "files_with_findings": 1,
    "errors": 0,
    "warnings": 0,
    "infos": 1,
    "input_errors": 1,
    "passed_over": 1,
    "left_out": 0,
    "placeholders": 0,
    "suppressed": 0,
    "in_baseline": 0,
    "hidden": 0
  },
  "files": [
    {
      "path": "b.json",
      "fate": "passed_over",
      "reason": "it is no text",
      "looks_like_ours": false
    }
  ]
}
"#
        );
    }

    /// The schema tells of exactly the fields that are written.
    fn is_described(document: &Value) {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        for (written, described) in [
            ("", ""),
            ("/findings/0", "/$defs/finding"),
            ("/findings/0/related/0", "/$defs/related"),
            ("/findings/0/location", "/$defs/location"),
            ("/findings/0/location/start", "/$defs/point"),
            ("/errors/0", "/$defs/error"),
            ("/configuration", "/$defs/configuration"),
            ("/summary", "/properties/summary"),
            ("/files/0", "/$defs/file"),
        ] {
            let object = schema.pointer(described).unwrap();
            let keys = |object: &Value| -> Vec<String> {
                object.as_object().unwrap().keys().cloned().collect()
            };
            let written = keys(document.pointer(written).unwrap());
            let mut properties = keys(&object["properties"]);
            // The one field that most places do not have.
            properties.retain(|name| name != "decompressed");
            assert_eq!(written, properties, "{described}");
            let required: Vec<String> = serde_json::from_value(object["required"].clone()).unwrap();
            assert_eq!(written, required, "{described}");
        }
    }
}
