//! The `toml` block at the front of a rule page.

use serde::Deserialize;
use toml::Spanned;

use crate::finding::{Confidence, Severity};
use crate::text::Span;

use super::{FieldPath, Nodes, PageProblem, Raised, Related, Selector, SelectorError, Template};

/// A problem and where in the block it is; no place is the whole block.
pub(super) type Misdeclared = (PageProblem, Option<Span>);

/// What a rule page declares.
#[derive(Debug)]
pub(super) struct Declaration {
    pub severity: Severity,
    pub confidence: Confidence,
    pub selectors: Vec<Selector>,
    pub raised: Option<Raised>,
    pub message: Template,
    pub label: Template,
    pub help: Template,
    pub fix: Option<String>,
    pub references: Vec<String>,
    pub related: Vec<Related>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    severity: Severity,
    confidence: Confidence,
    selector: Spanned<OneOrMany>,
    message: Spanned<String>,
    label: Option<Spanned<String>>,
    help: Spanned<String>,
    fix: Option<String>,
    references: Spanned<Vec<String>>,
    raised: Option<WrittenRaised>,
    #[serde(default)]
    related: Vec<WrittenRelated>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRaised {
    severity: Severity,
    selector: Spanned<OneOrMany>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRelated {
    nodes: Spanned<String>,
    label: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Declaration {
    /// Reads the block; spans of problems are bytes of `text`.
    pub(super) fn parse(text: &str) -> Result<Self, Misdeclared> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let span = error.span().map(|range| Span::new(range.start, range.end));
            (PageProblem::Declaration(error.message().to_owned()), span)
        })?;
        let raised = written.raised.as_ref().map(|raised| {
            Ok(Raised {
                severity: raised.severity,
                selectors: selectors(&raised.selector)?,
            })
        });
        let related = written.related.iter().map(related);
        Ok(Self {
            severity: written.severity,
            confidence: written.confidence,
            selectors: selectors(&written.selector)?,
            raised: raised.transpose()?,
            message: required("message", &written.message)?,
            label: match &written.label {
                Some(label) => template(label)?,
                None => Template::parse(""),
            },
            help: required("help", &written.help)?,
            fix: written.fix,
            related: related.collect::<Result<_, _>>()?,
            references: references(written.references)?,
        })
    }
}

fn required(name: &'static str, written: &Spanned<String>) -> Result<Template, Misdeclared> {
    let template = template(written)?;
    if template.text().trim().is_empty() {
        return Err((PageProblem::NoText(name), Some(place(written))));
    }
    Ok(template)
}

fn template(written: &Spanned<String>) -> Result<Template, Misdeclared> {
    let text = written.as_ref();
    match Template::open_brace(text) {
        Some(name) => Err((
            PageProblem::OpenBrace(name.to_owned()),
            Some(place(written)),
        )),
        None => Ok(Template::parse(text)),
    }
}

fn place<T>(written: &Spanned<T>) -> Span {
    Span::new(written.span().start, written.span().end)
}

fn selectors(written: &Spanned<OneOrMany>) -> Result<Vec<Selector>, Misdeclared> {
    let place = place(written);
    let texts = match written.as_ref() {
        OneOrMany::One(text) => std::slice::from_ref(text),
        OneOrMany::Many(texts) => texts,
    };
    let misplaced = |error: SelectorError| (PageProblem::from(error), Some(place));
    let selectors = texts.iter();
    selectors
        .map(|text| Selector::parse(text).map_err(misplaced))
        .collect()
}

fn related(written: &WrittenRelated) -> Result<Related, Misdeclared> {
    let nodes = nodes(written.nodes.as_ref(), Selector::parse);
    Ok(Related {
        nodes: nodes.map_err(|problem| (problem, Some(place(&written.nodes))))?,
        label: template(&written.label)?,
    })
}

/// The nodes that `nodes` of a `[[related]]` table names.
pub(super) fn nodes(
    text: &str,
    selector: fn(&str) -> Result<Selector, SelectorError>,
) -> Result<Nodes, PageProblem> {
    if text == "^" {
        return Ok(Nodes::Enclosing);
    }
    if text.starts_with('$') {
        return Ok(Nodes::Selected(selector(text)?));
    }
    let path = FieldPath::parse(text);
    path.map(Nodes::Field)
        .ok_or_else(|| PageProblem::Nodes(text.to_owned()))
}

fn references(written: Spanned<Vec<String>>) -> Result<Vec<String>, Misdeclared> {
    let place = Some(place(&written));
    let references = written.into_inner();
    if references.is_empty() {
        return Err((PageProblem::NoReference, place));
    }
    match references.iter().find(|url| !url.starts_with("https://")) {
        Some(other) => Err((PageProblem::Reference(other.clone()), place)),
        None => Ok(references),
    }
}
