//! A file that holds one policy, however an AWS command wrapped it; for commands that are told
//! what kind of policy it is.

use std::path::Path;

use crate::inventory::LoadedPolicy;
use crate::policy::{PolicyKind, parse, text_refusals};
use crate::source::json::{self, Node};
use crate::source::{
    Embedded, InputError, Location, ReadError, SourceFile, SourceId, Sources, Span, read,
};

use super::LoadError;

/// Reads a policy of the given kind: the bare document, or the answer of `get-key-policy`,
/// `get-policy-version`, `get-role-policy` and its siblings, or `organizations describe-policy`.
/// Shapes: <https://docs.aws.amazon.com/cli/latest/reference/>. What AWS would refuse although it
/// decides nothing is returned beside the policy.
///
/// # Errors
/// Where the file cannot be read, holds no policy, or one that AWS would refuse.
pub fn policy_file(
    path: &Path,
    kind: PolicyKind,
    sources: &mut Sources,
) -> Result<(LoadedPolicy, Vec<LoadError>), Vec<LoadError>> {
    let file = read(path).map_err(|error| vec![unreadable(path, error, sources)])?;
    let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into());
    let found = interpret(&file, kind);
    let shown = file.name().to_owned();
    let source = sources.add(file);
    let place = |error| located(&shown, source, error);
    match found {
        Ok((document, encoding, mut refusals)) => {
            refusals.extend(document.refusals.iter().cloned());
            let policy = LoadedPolicy { name, source, encoding, document };
            Ok((policy, refusals.into_iter().map(place).collect()))
        }
        Err(errors) => Err(errors.into_iter().map(place).collect()),
    }
}

fn located(file: &str, source: SourceId, error: InputError) -> LoadError {
    let at = Some(Location { source, span: error.span });
    LoadError { file: file.to_owned(), at, error }
}

fn unreadable(path: &Path, error: ReadError, sources: &mut Sources) -> LoadError {
    let file = path.to_string_lossy().into_owned();
    match error {
        ReadError::NotText { error, shown } => {
            let source = sources.add(*shown);
            located(&file, source, error)
        }
        ReadError::Io(_) | ReadError::TooLarge => {
            let error = InputError::new(Span::default(), error.to_string());
            LoadError { file, at: None, error }
        }
    }
}

type Interpreted =
    (crate::policy::PolicyDocument, Option<crate::source::Encoding>, Vec<InputError>);

fn interpret(file: &SourceFile, kind: PolicyKind) -> Result<Interpreted, Vec<InputError>> {
    let document = json::parse(file.text()).map_err(|error| vec![error])?;
    let node = unwrap(&document).ok_or_else(|| {
        let span = Span { start: document.span.start, end: document.span.start.saturating_add(1) };
        vec![
            InputError::new(span, format!("the file does not hold {}", kind.name()))
                .label("no policy")
                .help("give the policy document, or the answer of the AWS command that shows it"),
        ]
    })?;
    if node.as_str().is_none() {
        let text = node.span.of(file.text());
        return Ok((parse(node, kind)?, None, text_refusals(text, kind, node.span)));
    }
    let Some(embedded) = Embedded::from_string(file.text(), node.span) else {
        return Err(vec![InputError::new(node.span, "the policy is not a JSON string")]);
    };
    let inner = embedded.parse().map_err(|error| vec![error])?;
    let refusals = text_refusals(&embedded.text, kind, node.span);
    Ok((parse(&inner, kind)?, Some(embedded.encoding), refusals))
}

/// The policy in its wrapping.
fn unwrap<'n, 'a>(document: &'n Node<'a>) -> Option<&'n Node<'a>> {
    if document.get("Statement").is_some() {
        return Some(document);
    }
    if let Some(policy) = document.get("Policy") {
        return policy.get("Content").or(Some(policy));
    }
    let version = document.get("PolicyVersion").unwrap_or(document);
    version.get("Document").or_else(|| document.get("PolicyDocument"))
}
