//! What a file's text is: read by the format that knows it, passed over for a reason, or an error.
//!
//! A file in a directory that is none of ours must not break a run, and one that is ours must not pass
//! unseen. So whatever is not understood is an error where its words are those of a policy, a key or a
//! record of KMS, and where it makes a key in a form that is not read.

use std::path::Path;

use crate::aws::DocumentKind;
use crate::text::{InputError, SourceFile, Span};
use crate::tree::{Node, Step, Syntax, json};

use super::bulk::refuse_bulk_statements;
use super::cloudformation::{self, StackValues};
use super::contents::Contents;
use super::document::Document;
use super::file::{Candidate, Kept, Outcome};
use super::folder::Sibling;
use super::format::{self, Answer};
use super::single::read_as;
use super::{by_syntax, encoded, hints, no_text, policy_in_text, template, terraform, wrapped};

/// Recognises a file by its text. `kind` is what its user says of it, and `stack` what of templates.
pub(super) fn recognize(
    candidate: &Candidate<'_>,
    file: SourceFile,
    (kind, stack): (Option<DocumentKind>, &StackValues),
) -> Outcome {
    let text = file.text();
    if text.trim_matches(is_blank).is_empty() {
        return Outcome::PassedOver {
            reason: "it is empty".into(),
            looks_like_ours: false,
            kept: Kept::Empty(Box::new(file)),
        };
    }
    if !hints::begins_like_json(text) {
        return other_text(candidate, file, stack);
    }
    let is_promised = candidate.named || kind.is_some();
    if !is_promised && !hints::may_be_ours(text.as_bytes()) && !encoded::is_in(text) {
        return Outcome::PassedOver {
            reason: NOTHING_OF_OURS.into(),
            looks_like_ours: false,
            kept: Kept::Unread,
        };
    }
    match parse_all(text) {
        Ok(roots) => match of_json(candidate, &file, roots, (kind, stack)) {
            Ok(mut contents) => Outcome::Read {
                file: contents.kept(file),
                contents,
            },
            Err(not_taken) => Outcome::from_answers(not_taken, file),
        },
        Err(error) => broken(candidate, Box::new(file), error),
    }
}

/// Why most files are passed over.
pub(super) const NOTHING_OF_OURS: &str = "nothing in it speaks of a policy or a key";

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\0')
}

/// The byte-order mark of UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Reads the documents of a text. `aws kms get-key-policy --output text` writes the policy, a tab and the
/// policy's name, which is always `default`.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html>
pub(super) fn parse_all(text: &str) -> Result<Vec<Node<'_>>, InputError> {
    let start = if text.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    };
    refuse_bulk_statements(text)?;
    let whole = text.trim_end();
    json::parse_all(whole.strip_suffix("\tdefault").unwrap_or(text), start)
}

/// As [`parse_all`], of a text that holds one document.
pub(super) fn parse(text: &str) -> Result<Node<'_>, InputError> {
    if text.trim_matches(is_blank).is_empty() {
        return Err(empty(text));
    }
    let mut roots = parse_all(text)?.into_iter();
    match (roots.next(), roots.next()) {
        (Some(root), None) => Ok(root),
        (_, Some(second)) => Err(InputError::new(
            second.span,
            "a second document follows the first",
        )
        .label("the second")
        .help("keep one in a file")),
        (None, None) => Err(empty(text)),
    }
}

/// That there is nothing to read.
pub(super) fn empty(text: &str) -> InputError {
    let end = Span::new(text.len(), text.len());
    InputError::new(end, "the file is empty")
        .label("nothing stands here")
        .help("did the command that should have written it fail?")
}

/// What no format took of a file.
#[derive(Clone, Copy)]
enum NotTaken {
    /// A policy that could be anything's.
    Open,
    /// Something else, for this reason.
    Other {
        reason: &'static str,
        looks_like_ours: bool,
        may_belong: bool,
    },
}

impl NotTaken {
    const fn looks_like_ours(&self) -> bool {
        match self {
            Self::Open => true,
            Self::Other {
                looks_like_ours, ..
            } => *looks_like_ours,
        }
    }
}

impl Outcome {
    fn from_answers(not_taken: NotTaken, file: SourceFile) -> Self {
        match not_taken {
            NotTaken::Open => Self::PassedOver {
                reason: OPEN.into(),
                looks_like_ours: true,
                kept: Kept::OpenPolicy(Box::new(file)),
            },
            NotTaken::Other {
                reason,
                looks_like_ours,
                may_belong,
            } => Self::PassedOver {
                reason: reason.into(),
                looks_like_ours,
                kept: if may_belong {
                    Kept::Text(Box::new(file))
                } else {
                    Kept::OtherJson
                },
            },
        }
    }
}

/// Why a policy that could be anything's is not taken for a key's.
const OPEN: &str = "nothing in it names AWS KMS, and no key stands beside it: it may be the policy of \
     a VPC endpoint";

/// All documents of a file.
fn of_json(
    candidate: &Candidate<'_>,
    file: &SourceFile,
    roots: Vec<Node<'_>>,
    said: (Option<DocumentKind>, &StackValues),
) -> Result<Box<Contents>, NotTaken> {
    let is_whole = roots.len() == 1;
    let mut all: Option<Box<Contents>> = None;
    let mut first = None;
    for (position, root) in roots.into_iter().enumerate() {
        let document = Document {
            source: candidate.source,
            name: file.name(),
            path: if is_whole {
                Vec::new()
            } else {
                vec![Step::Index(position)]
            },
            text: file.text(),
            root,
            is_whole,
        };
        match of_document(&document, said).or_else(|other| of_strings(candidate, &document, other))
        {
            Ok(mut contents) => {
                contents.refuse_duplicate_keys(&document.root);
                match &mut all {
                    Some(all) => all.extend(*contents),
                    None => all = Some(contents),
                }
            }
            Err(not_taken) if not_taken.looks_like_ours() => {
                first = first.filter(NotTaken::looks_like_ours).or(Some(not_taken));
            }
            Err(not_taken) => drop(first.get_or_insert(not_taken)),
        }
    }
    let mut all = all.ok_or_else(|| first.unwrap_or(NotTaken::Open))?;
    all.name_apart(file.name());
    Ok(all)
}

/// What no format took, where its strings or lists of lines have no key policy in them; the error of one
/// that has. A program or prose that is JSON itself is told by its name.
fn of_strings(
    candidate: &Candidate<'_>,
    document: &Document<'_>,
    not_taken: NotTaken,
) -> Result<Box<Contents>, NotTaken> {
    let is_own = !hints::is_prose_or_code(candidate.path);
    let is_other = matches!(
        not_taken,
        NotTaken::Other {
            looks_like_ours: true,
            ..
        }
    );
    let span = document.root.span;
    let found =
        (is_own && is_other).then(|| policy_in_text::find_from(span.of(document.text), span.start));
    let error = found.flatten().ok_or(not_taken)?;
    Ok(Box::new(Contents {
        holds: Some("string"),
        errors: vec![error],
        ..Contents::default()
    }))
}

fn of_document(
    document: &Document<'_>,
    (kind, stack): (Option<DocumentKind>, &StackValues),
) -> Result<Box<Contents>, NotTaken> {
    if let Some(kind) = kind
        && let Some(contents) = read_as(document, kind)
    {
        return Ok(Box::new(contents));
    }
    if cloudformation::is_template(&document.root) {
        let contents = cloudformation::read(document, Syntax::Json, stack);
        return Ok(Box::new(contents));
    }
    if cloudformation::is_construct_tree(&document.root) {
        return Err(NotTaken::Other {
            reason: "it is the tree of constructs of the AWS CDK, whose templates stand beside it",
            looks_like_ours: false,
            may_belong: false,
        });
    }
    let other = |reason: &'static str| NotTaken::Other {
        reason,
        looks_like_ours: hints::looks_like_ours(document.root.span.of(document.text)),
        may_belong: Sibling::of(&document.root).is_some(),
    };
    match format::read(document) {
        Answer::Read(mut contents) => {
            refuse_byte_order_mark(document, &mut contents);
            Ok(contents)
        }
        Answer::OpenPolicy => Err(NotTaken::Open),
        Answer::PassOver(reason) => Err(other(reason)),
        Answer::NotThis => unknown(document).map(Box::new).ok_or_else(|| {
            let tool = template::tool_of(&document.root);
            other(tool.map_or("its format is not known", template::Tool::passed_over))
        }),
    }
}

/// What is in a document that no format knows, where something is.
fn unknown(document: &Document<'_>) -> Option<Contents> {
    if let Some(resource) = template::in_json(&document.root) {
        return Some(Contents {
            holds: Some("template"),
            errors: vec![resource.error(document.text)],
            ..Contents::default()
        });
    }
    // A manifest may hold a policy that no API of AWS takes from it: a `ConfigMap`.
    match template::tool_of(&document.root) {
        None | Some(template::Tool::Kubernetes) => wrapped::read(document),
        Some(_) => None,
    }
}

/// AWS takes an answer that somebody saved with a byte-order mark for none of its policies.
fn refuse_byte_order_mark(document: &Document<'_>, contents: &mut Contents) {
    let is_policy = document.root.get("Statement").is_some();
    if is_policy && document.text.starts_with(BYTE_ORDER_MARK) {
        let first = Span::new(0, BYTE_ORDER_MARK.len());
        let error = InputError::new(first, "the file begins with a byte-order mark")
            .label("U+FEFF")
            .help("AWS refuses a policy that begins with one: save the file as UTF-8 without it");
        contents.errors.push(error);
    }
}

/// What should be JSON and is not.
pub(super) fn broken(
    candidate: &Candidate<'_>,
    shown: Box<SourceFile>,
    error: InputError,
) -> Outcome {
    if terraform::may_hold_secrets(shown.text()) {
        let place = shown.position(error.span.start);
        let message = format!(
            "the plan or state of Terraform cannot be read: {} in line {}, column {}",
            error.message, place.line, place.column
        );
        let error = InputError::new(Span::default(), message);
        return Outcome::Unreadable(error.help(terraform::SHOW));
    }
    if let Some(resource) = template::in_text(shown.text()) {
        let error = resource.error(shown.text());
        return Outcome::NotJson { shown, error };
    }
    let speaks = hints::speaks(shown.text());
    if speaks.is_none()
        && let Some(what) = no_text::holds(shown.text().as_bytes())
    {
        return Outcome::Unreadable(no_text::error(&what, "is no text"));
    }
    if speaks.is_none() && !candidate.named {
        let reason = if json::is_dense(shown.text()) {
            "it has too many values for a document of AWS".to_owned()
        } else {
            format!("it is no JSON ({error}), and nothing in it speaks of a policy or a key")
        };
        return Outcome::PassedOver {
            reason: reason.into(),
            looks_like_ours: false,
            kept: Kept::Broken(shown, error),
        };
    }
    let mut error = error;
    if let Some((speaks, _)) = speaks {
        let help = || format!("the file speaks of {} and cannot be read", speaks.words());
        error.help.get_or_insert_with(help);
    } else if !is_json_by_name(candidate.path) {
        let help = || "only JSON is read: is this the right file?".to_owned();
        error.help.get_or_insert_with(help);
    }
    Outcome::NotJson { shown, error }
}

/// Why a program or prose with a key policy in it is passed over: what becomes of the policy, only who runs
/// or reads it can tell.
pub(super) const PROGRAM: &str = "it is a program or prose, and has a key policy in it";

/// The configuration is read by whoever opens the project.
const CONFIGURATION: &str = "kmslint.toml";

/// A text that does not begin as JSON does.
fn other_text(candidate: &Candidate<'_>, file: SourceFile, stack: &StackValues) -> Outcome {
    if candidate
        .path
        .file_name()
        .is_some_and(|name| name == CONFIGURATION)
    {
        return Outcome::passed_over("it is a configuration of kmslint");
    }
    let is_prose = hints::is_prose_or_code(candidate.path);
    if !is_prose {
        match of_yaml(candidate, &file, stack) {
            Ok(Some(mut contents)) => {
                let file = contents.kept(file);
                return Outcome::Read { file, contents };
            }
            Ok(None) => {}
            Err(error) => {
                let shown = Box::new(file);
                return Outcome::NotJson { shown, error };
            }
        }
    }
    let text = file.text();
    let resource = || template::in_text(text).or_else(|| by_syntax::resource(text));
    if let Some(resource) = (!is_prose).then(resource).flatten() {
        let error = resource.error(text);
        return Outcome::NotJson {
            shown: Box::new(file),
            error,
        };
    }
    let error = || error_of_cli(text).or_else(|| policy_in_text::find(text));
    if let Some(error) = (!is_prose).then(error).flatten() {
        return Outcome::NotJson {
            shown: Box::new(file),
            error,
        };
    }
    let speaks = hints::speaks(text).filter(|_| !is_prose);
    let has_policy = || is_prose && policy_in_text::find(text).is_some();
    let (reason, looks_like_ours) = match speaks {
        Some((speaks, _)) => {
            let reason = format!("it is no JSON, and speaks of {}", speaks.words());
            (reason.into(), true)
        }
        None if has_policy() => (PROGRAM.into(), true),
        None => ("it is no JSON".into(), false),
    };
    Outcome::PassedOver {
        reason,
        looks_like_ours,
        kept: Kept::Nothing,
    }
}

/// The templates of a text in YAML, where it has any.
fn of_yaml(
    candidate: &Candidate<'_>,
    file: &SourceFile,
    stack: &StackValues,
) -> Result<Option<Box<Contents>>, InputError> {
    let is_called_yaml = Syntax::of_name(file.name()) == Some(Syntax::Yaml);
    let is_promised = is_called_yaml && candidate.named;
    let found = cloudformation::documents(file.text(), is_called_yaml, is_promised);
    let Some(roots) = found? else {
        return Ok(None);
    };
    let is_whole = roots.len() == 1;
    let mut all = Contents::default();
    for (position, root) in roots.into_iter().enumerate() {
        let path = if is_whole {
            Vec::new()
        } else {
            vec![Step::Index(position)]
        };
        let document = Document {
            source: candidate.source,
            name: file.name(),
            path,
            text: file.text(),
            root,
            is_whole: true,
        };
        let mut contents = if cloudformation::is_template(&document.root) {
            cloudformation::read(&document, Syntax::Yaml, stack)
        } else {
            let found = template::in_json(&document.root);
            Contents {
                errors: found
                    .map(|found| found.error(file.text()))
                    .into_iter()
                    .collect(),
                ..Contents::default()
            }
        };
        contents.refuse_duplicate_keys(&document.root);
        all.extend(contents);
    }
    Ok(Some(Box::new(all)))
}

/// What the AWS CLI wrote in place of an answer.
fn error_of_cli(text: &str) -> Option<InputError> {
    let start = text.trim_start_matches(is_blank);
    let at = text.len().saturating_sub(start.len());
    let is_error = start.starts_with("An error occurred (") && start.contains(" operation");
    is_error.then(|| {
        let line = start.lines().next().unwrap_or_default();
        let span = Span::new(at, at.saturating_add(line.len()));
        InputError::new(span, "the file holds an error of the AWS CLI and no answer")
            .label("the call failed")
            .help("call the command again; it needs the permission that the error names")
    })
}

/// Whether the file's own name says that it is JSON.
pub(super) fn is_json_by_name(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}
