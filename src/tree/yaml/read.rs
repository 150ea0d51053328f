//! From the parser's events to the tree.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use granit_parser::{Event, Options, Parser, ScalarStyle, Span as ParserSpan, Tag, options};

use crate::text::{InputError, Span};
use crate::tree::{Content, Deferred, Function, MAX_DEPTH, Member, Node, too_many_values};

use super::plain::{self, Plain};
use super::{block, error};

/// The most values of one text, without those that aliases repeat; a template of a mebibyte, the
/// most that `CloudFormation` takes, has some thirty thousand.
pub const MAX_NODES: usize = 1_000_000;

/// The most values that aliases and merge keys repeat in one text, all together, and that are kept
/// in order to be repeated.
pub const MAX_REPEATED: usize = 100_000;

/// The documents of one text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Documents<'a> {
    /// The value of each, in order. A document without any is null; a text without documents has
    /// none.
    pub documents: Vec<Node<'a>>,
    /// The aliases, in order: what stands at an anchor is used elsewhere, too.
    pub aliases: Vec<Alias>,
}

/// An alias and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The alias, for example `*statement`.
    pub at: Span,
    /// The value that has the anchor.
    pub means: Span,
}

/// Reads the documents of a text.
///
/// # Errors
/// The first place at which `text` stops being YAML, has a key that is no scalar, an alias without
/// anchor or inside of its own anchor, a merge key without a map, or more than one of the bounds of
/// [`crate::tree`] lets.
pub fn read(text: &str) -> Result<Documents<'_>, InputError> {
    Reader::of(text, true)?.documents()
}

/// Reads the documents of a text, with each merge key as a member like any other: what is to be edited.
///
/// # Errors
/// As [`read`].
pub fn read_as_written(text: &str) -> Result<Documents<'_>, InputError> {
    Reader::of(text, false)?.documents()
}

/// A list or map that is not yet at its end.
#[derive(Debug)]
struct Open<'a> {
    parts: Parts<'a>,
    /// Where it begins and, as far as it is known, where it ends.
    span: Span,
    properties: Properties<'a>,
    /// The values that were read or repeated before it.
    before: usize,
}

#[derive(Debug)]
enum Parts<'a> {
    List(Vec<Node<'a>>),
    Map {
        members: Vec<Member<'a>>,
        /// The key whose value comes next, and whether it is that of a merge.
        key: Option<(Cow<'a, str>, Span, bool)>,
        /// What is merged.
        merged: Vec<Node<'a>>,
    },
}

/// The anchor and the tag of a value.
#[derive(Debug, Default)]
struct Properties<'a> {
    anchor: usize,
    tag: Option<(Cow<'a, Tag>, Span)>,
}

/// A value, and whether it could be the `<<` of a merge.
type Finished<'a> = (Node<'a>, bool);

struct Reader<'a> {
    text: &'a str,
    merges: bool,
    /// The anchors that an alias names.
    named: BTreeSet<usize>,
    /// Their values, with how many values each has.
    anchors: BTreeMap<usize, (Node<'a>, usize)>,
    open: Vec<Open<'a>>,
    /// The end of what was read last.
    at: usize,
    nodes: usize,
    repeated: usize,
    found: Documents<'a>,
}

fn parser_options() -> Options {
    options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
        block_scalar_eof_without_line_feed: true,
    }
}

impl<'a> Reader<'a> {
    fn of(text: &'a str, merges: bool) -> Result<Self, InputError> {
        let mut named = BTreeSet::new();
        if memchr::memchr(b'*', text.as_bytes()).is_some() {
            for event in Parser::new_from_str_with_options(text, parser_options()) {
                let (event, _) = event.map_err(|e| error::of_parser(text, &e))?;
                named.extend(event.alias_id());
            }
        }
        Ok(Self {
            text,
            merges,
            named,
            anchors: BTreeMap::new(),
            open: Vec::new(),
            at: 0,
            nodes: 0,
            repeated: 0,
            found: Documents::default(),
        })
    }

    fn documents(mut self) -> Result<Documents<'a>, InputError> {
        for event in Parser::new_from_str_with_options(self.text, parser_options()) {
            let (event, place) = event.map_err(|e| error::of_parser(self.text, &e))?;
            let range = place.byte_range().unwrap_or_default();
            let span = Span::new(range.start, range.end);
            self.event(event, &place, span)?;
            self.at = self.at.max(range.end);
        }
        Ok(self.found)
    }

    fn event(
        &mut self,
        event: Event<'a>,
        place: &ParserSpan,
        span: Span,
    ) -> Result<(), InputError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let properties = properties(anchor, tag, place);
                let finished = self.scalar(text, style, &properties, span)?;
                self.count(span)?;
                self.finish(finished, properties.anchor, 1)
            }
            Event::SequenceStart(_, anchor, tag) => {
                let span = self.with_dash(span);
                let properties = properties(anchor, tag, place);
                self.begin(Parts::List(Vec::new()), properties, span)
            }
            Event::MappingStart(_, anchor, tag) => self.begin(
                Parts::Map {
                    members: Vec::new(),
                    key: None,
                    merged: Vec::new(),
                },
                properties(anchor, tag, place),
                span,
            ),
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => Ok(()),
        }
    }

    /// Where a value is that is not written: after its colon, which the parser leaves out.
    fn after_colon(&self, span: Span) -> Span {
        let parent = self.open.last().map(|open| &open.parts);
        let is_value = matches!(parent, Some(Parts::Map { key: Some(_), .. }));
        let rest = self.text.get(self.at..).unwrap_or_default();
        let colon = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        if !is_value || !colon.starts_with(':') {
            return span;
        }
        let after = self.at.saturating_add(rest.len() - colon.len() + 1);
        Span::new(after, after)
    }

    /// Where a list begins. Of one that is no deeper than the key before it, the parser tells only what
    /// comes after its first dash.
    fn with_dash(&self, span: Span) -> Span {
        let parent = self.open.last().map(|open| &open.parts);
        let is_value = matches!(parent, Some(Parts::Map { key: Some(_), .. }));
        let dash = is_value.then(|| block::dash(self.text, self.at, span.start as usize));
        match dash.flatten() {
            Some(dash) => Span {
                start: Span::new(dash, dash).start,
                ..span
            },
            None => span,
        }
    }

    fn count(&mut self, span: Span) -> Result<(), InputError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let help = "no AWS document has so many; is this the right file?";
            return Err(too_many_values(span, MAX_NODES, help));
        }
        Ok(())
    }

    fn repeat(&mut self, span: Span, size: usize) -> Result<(), InputError> {
        self.repeated = self.repeated.saturating_add(size);
        if self.repeated > MAX_REPEATED {
            return Err(InputError::new(
                span,
                format!("aliases repeat more than {MAX_REPEATED} values"),
            )
            .label("this would repeat too many")
            .help("write the values out, or repeat less of them"));
        }
        Ok(())
    }

    fn scalar(
        &self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        properties: &Properties<'a>,
        span: Span,
    ) -> Result<Finished<'a>, InputError> {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let span = match block.then(|| block::span(self.text, self.at, span)) {
            Some(Some(span)) => span,
            _ => span,
        };
        let is_plain = style == ScalarStyle::Plain;
        let span = if is_plain && span.is_empty() {
            self.after_colon(span)
        } else {
            span
        };
        // The parser gives a value that is not written as `~`.
        let text = if is_plain && span.is_empty() {
            Cow::Borrowed("")
        } else {
            text
        };
        let merges = is_plain && text == "<<" && properties.tag.is_none();
        let value = match &properties.tag {
            Some((tag, _)) if tag.is_yaml_core_schema() => core(tag, text, span, self.text)?,
            Some(_) if is_plain && span.is_empty() => Content::Null,
            None if is_plain => match plain::kind(&text) {
                Plain::Null => Content::Null,
                Plain::Bool(value) => Content::Bool(value),
                Plain::Number => Content::Number(span.of(self.text).into()),
                Plain::Text => Content::String(text),
            },
            // What has a tag of its own, `!` alone among them, is a string to its function.
            _ => Content::String(text),
        };
        Ok((tagged(Node { value, span }, properties), merges))
    }

    fn begin(
        &mut self,
        parts: Parts<'a>,
        properties: Properties<'a>,
        span: Span,
    ) -> Result<(), InputError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(error::too_deep(span));
        }
        self.count(span)?;
        self.open.push(Open {
            parts,
            span,
            properties,
            before: self.nodes + self.repeated,
        });
        Ok(())
    }

    fn end(&mut self, end: Span) -> Result<(), InputError> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        // A block ends where its last child does: the parser sees its end past the comments.
        let mut span = open.span;
        span.end = span
            .end
            .max(if end.is_empty() { span.end } else { end.end });
        let value = match open.parts {
            Parts::List(items) => Content::Array(items),
            Parts::Map {
                members, merged, ..
            } => Content::Object(with_merged(members, merged)?),
        };
        let node = tagged(Node { value, span }, &open.properties);
        let size = (self.nodes + self.repeated).saturating_sub(open.before) + 1;
        self.finish((node, false), open.properties.anchor, size)
    }

    /// Gives a value to the list, map or document that it is part of.
    fn finish(
        &mut self,
        (node, merges): Finished<'a>,
        anchor: usize,
        size: usize,
    ) -> Result<(), InputError> {
        if self.named.contains(&anchor) {
            self.repeat(node.span, size)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        self.give(node, merges)
    }

    fn give(&mut self, node: Node<'a>, merges: bool) -> Result<(), InputError> {
        let Some(open) = self.open.last_mut() else {
            self.found.documents.push(node);
            return Ok(());
        };
        open.span.end = open.span.end.max(node.span.end);
        match &mut open.parts {
            Parts::List(items) => items.push(node),
            Parts::Map {
                members,
                key,
                merged,
            } => match key.take() {
                None => *key = Some(as_key(self.text, node, merges && self.merges)?),
                Some((_, _, true)) => merged.push(node),
                Some((key, key_span, false)) => members.push(Member {
                    key,
                    key_span,
                    value: node,
                }),
            },
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), InputError> {
        self.count(span)?;
        let Some((node, size)) = self.anchors.get(&anchor) else {
            return Err(InputError::new(span, "the alias is part of its own anchor")
                .label("this has no end")
                .help("write the value out"));
        };
        let (mut node, size) = (node.clone(), *size);
        self.repeat(span, size)?;
        self.found.aliases.push(Alias {
            at: span,
            means: node.span,
        });
        node.span = span;
        self.give(node, false)
    }
}

fn properties<'a>(anchor: usize, tag: Option<Cow<'a, Tag>>, place: &ParserSpan) -> Properties<'a> {
    let range = place.tag_span().and_then(|span| span.byte_range());
    let span = range.map_or_else(Span::default, |range| Span::new(range.start, range.end));
    Properties {
        anchor,
        tag: tag.map(|tag| (tag, span)),
    }
}

/// A value with its tag, which is a function unless it is one of YAML's own kinds of values or the
/// `!` that says only that a scalar is a string.
fn tagged<'a>(node: Node<'a>, properties: &Properties<'a>) -> Node<'a> {
    let Some((tag, at)) = &properties.tag else {
        return node;
    };
    let known = ["str", "null", "bool", "int", "float", "seq", "map"];
    let (handle, suffix) = tag.parts();
    let is_known = tag.is_yaml_core_schema() && known.contains(&suffix);
    if is_known || (handle.is_empty() && suffix == "!") {
        return node;
    }
    let name = match handle {
        "!" => suffix.to_owned(),
        _ => format!("{handle}{suffix}"),
    };
    let span = Span {
        start: at.start.min(node.span.start),
        end: node.span.end.max(at.end),
    };
    let deferred = Deferred {
        function: Function::Tag(Cow::Owned(name)),
        arguments: vec![node],
    };
    Node {
        value: Content::Deferred(Box::new(deferred)),
        span,
    }
}

/// A scalar that says by its tag what kind of value it is.
fn core<'a>(
    tag: &Tag,
    text: Cow<'a, str>,
    span: Span,
    file: &'a str,
) -> Result<Content<'a>, InputError> {
    let (_, suffix) = tag.parts();
    let wrong = || {
        InputError::new(
            span,
            format!("the value is not what its tag `!!{suffix}` says"),
        )
        .label("another kind of value")
        .help("remove the tag, or write a value of that kind")
    };
    match (suffix, plain::kind(&text)) {
        ("null", Plain::Null) => Ok(Content::Null),
        ("bool", Plain::Bool(value)) => Ok(Content::Bool(value)),
        ("int" | "float", Plain::Number) => {
            // Without the quotes that it may have.
            let at = span.of(file).find(&*text).ok_or_else(wrong)?;
            let start = (span.start as usize).saturating_add(at);
            let number = Span::new(start, start.saturating_add(text.len()));
            Ok(Content::Number(number.of(file).into()))
        }
        ("null" | "bool" | "int" | "float" | "seq" | "map", _) => Err(wrong()),
        _ => Ok(Content::String(text)),
    }
}

/// A value as a key: its text. What it is to a function is not known, so that is no key.
fn as_key<'a>(
    text: &str,
    node: Node<'a>,
    merges: bool,
) -> Result<(Cow<'a, str>, Span, bool), InputError> {
    let span = node.span;
    let key = match node.value {
        Content::String(key) | Content::Number(key) => key,
        Content::Bool(_) | Content::Null => Cow::Owned(span.of(text).to_owned()),
        Content::Array(_) | Content::Object(_) | Content::Deferred(_) => {
            return Err(InputError::new(span, "the key of a map is not a scalar")
                .label("not a scalar")
                .help("write the key as text"));
        }
    };
    Ok((key, span, merges))
}

/// The members of a map, and after them those that are merged and that it has not itself; of two
/// merged ones the first counts. <https://yaml.org/type/merge.html>
fn with_merged<'a>(
    mut members: Vec<Member<'a>>,
    merged: Vec<Node<'a>>,
) -> Result<Vec<Member<'a>>, InputError> {
    if merged.is_empty() {
        return Ok(members);
    }
    let mut keys: BTreeSet<_> = members.iter().map(|member| member.key.clone()).collect();
    for node in merged {
        let span = node.span;
        let maps = match node.value {
            Content::Array(items) => items,
            value => vec![Node { value, span }],
        };
        for map in maps {
            let Content::Object(added) = map.value else {
                return Err(InputError::new(span, "`<<` merges what is not a map")
                    .label("not a map")
                    .help("give it a map, an alias of a map, or a list of these"));
            };
            // One that the merged map has twice is its last.
            let mut own = BTreeMap::new();
            for (position, member) in added.into_iter().enumerate() {
                own.insert(member.key.clone(), (position, member));
            }
            let mut own: Vec<_> = own.into_values().collect();
            own.sort_by_key(|(position, _)| *position);
            let new = own.into_iter().filter(|(_, m)| keys.insert(m.key.clone()));
            members.extend(new.map(|(_, member)| member));
        }
    }
    Ok(members)
}
