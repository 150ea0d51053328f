//! The `toml` block at the front of a rule page.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::finding::{Confidence, Severity};
use crate::text::Span;

use super::{
    FieldPath, Nodes, PageProblem, Raised, Related, Selector, SelectorError, Template,
    TogetherTemplate,
};

/// A problem and where in the block it is; no place is the whole block.
pub(super) type Misdeclared = (PageProblem, Option<Span>);

/// What a rule page declares.
#[derive(Debug)]
pub(super) struct Declaration {
    pub severity: Severity,
    pub confidence: Confidence,
    pub selectors: Vec<Selector>,
    pub raised: Option<Raised>,
    pub lowered: Option<Raised>,
    pub message: Template,
    pub together: Option<TogetherTemplate>,
    pub label: Template,
    pub help: Template,
    pub fix: Option<String>,
    pub references: Vec<String>,
    pub related: Vec<Related>,
    /// The selectors of each `[[also]]` table, and its message, label and help.
    pub also: Vec<(Vec<Selector>, [Template; 3])>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    severity: Severity,
    confidence: Confidence,
    selector: Spanned<OneOrMany>,
    message: Spanned<String>,
    together: Option<Spanned<String>>,
    label: Option<Spanned<String>>,
    help: Spanned<String>,
    fix: Option<String>,
    references: Spanned<Vec<String>>,
    raised: Option<WrittenRaised>,
    lowered: Option<WrittenRaised>,
    #[serde(default)]
    related: Vec<WrittenRelated>,
    #[serde(default)]
    also: Vec<WrittenAlso>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAlso {
    selector: Spanned<OneOrMany>,
    message: Spanned<String>,
    label: Option<Spanned<String>>,
    help: Spanned<String>,
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

enum OneOrMany {
    One(String),
    Many(Vec<Spanned<String>>),
}

/// By hand, as no `untagged` form knows where its items stand.
impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = OneOrMany;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a selector or a list of selectors")
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<OneOrMany, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = items.next_element()? {
                    all.push(item);
                }
                Ok(OneOrMany::Many(all))
            }
        }
        deserializer.deserialize_any(Visit)
    }
}

impl Declaration {
    /// Reads the block; spans of problems are bytes of `text`.
    pub(super) fn parse(text: &str) -> Result<Self, Misdeclared> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let span = error.span().map(|range| Span::new(range.start, range.end));
            (PageProblem::Declaration(error.message().to_owned()), span)
        })?;
        let graded = |written: &Option<WrittenRaised>| {
            let of = written.as_ref().map(|of| {
                Ok(Raised {
                    severity: of.severity,
                    selectors: selectors(text, &of.selector)?,
                })
            });
            of.transpose()
        };
        let related = written.related.iter().map(|of| related(text, of));
        let also = written.also.iter().map(|of| also(text, of));
        Ok(Self {
            also: also.collect::<Result<_, _>>()?,
            severity: written.severity,
            confidence: written.confidence,
            selectors: selectors(text, &written.selector)?,
            raised: graded(&written.raised)?,
            lowered: graded(&written.lowered)?,
            message: required("message", &written.message)?,
            together: match &written.together {
                Some(text) => {
                    required("together", text)?;
                    Some(TogetherTemplate::parse(text.as_ref()))
                }
                None => None,
            },
            label: optional(written.label.as_ref())?,
            help: required("help", &written.help)?,
            fix: written.fix,
            related: related.collect::<Result<_, _>>()?,
            references: references(written.references)?,
        })
    }
}

fn also(block: &str, written: &WrittenAlso) -> Result<(Vec<Selector>, [Template; 3]), Misdeclared> {
    let words = [
        required("message", &written.message)?,
        optional(written.label.as_ref())?,
        required("help", &written.help)?,
    ];
    Ok((selectors(block, &written.selector)?, words))
}

fn optional(written: Option<&Spanned<String>>) -> Result<Template, Misdeclared> {
    written.map_or_else(|| Ok(Template::parse("")), template)
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

fn selectors(block: &str, written: &Spanned<OneOrMany>) -> Result<Vec<Selector>, Misdeclared> {
    let one = |text: &str, place: Span| {
        Selector::parse(text).map_err(|error| misplaced(block, text, place, error.into()))
    };
    match written.as_ref() {
        OneOrMany::One(text) => Ok(vec![one(text, place(written))?]),
        OneOrMany::Many(all) => all.iter().map(|of| one(of.as_ref(), place(of))).collect(),
    }
}

fn related(block: &str, written: &WrittenRelated) -> Result<Related, Misdeclared> {
    let text = written.nodes.as_ref();
    let nodes = nodes(text, Selector::parse);
    Ok(Related {
        nodes: nodes.map_err(|problem| misplaced(block, text, place(&written.nodes), problem))?,
        label: template(&written.label)?,
    })
}

/// A problem of the selector `text`, whose string is at `place` of the block. If the parser reports where in
/// the selector it stopped, the problem is there.
fn misplaced(block: &str, text: &str, place: Span, problem: PageProblem) -> Misdeclared {
    let at = match &problem {
        PageProblem::Selector(SelectorError::Syntax { at, .. }) => *at,
        _ => None,
    };
    let inside = at.and_then(|at| in_string(place.of(block), text.get(..at)?));
    let start = inside.map(|inside| (place.start as usize).saturating_add(inside));
    let place = start.map_or(place, |start| Span::new(start, place.end as usize));
    (problem, Some(place))
}

/// The byte of a TOML string, as it is written, that follows these characters of its value; nothing where it
/// does not begin with them.
fn in_string(written: &str, before: &str) -> Option<usize> {
    let quotes = ["\"\"\"", "\'\'\'", "\"", "\'"];
    let quote = quotes
        .into_iter()
        .find(|quote| written.starts_with(quote))?;
    let mut rest = written.strip_prefix(quote)?;
    if quote.len() > 1 {
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    for c in before.chars() {
        rest = match rest.strip_prefix('\\').filter(|_| quote.starts_with('"')) {
            Some(escape) => behind_escape(escape)?,
            None => rest.strip_prefix(c)?,
        };
    }
    written.len().checked_sub(rest.len())
}

/// What follows the escape of one character, of which this is what stands behind its backslash.
/// <https://toml.io/en/v1.0.0#string>
fn behind_escape(escape: &str) -> Option<&str> {
    let digits = match escape.chars().next()? {
        'u' => 4,
        'U' => 8,
        // The end of a line and the blanks behind it are no character.
        c if c.is_whitespace() => return None,
        _ => 0,
    };
    escape.get(1_usize.saturating_add(digits)..)
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
