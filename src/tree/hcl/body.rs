//! Attributes and blocks.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::text::{InputError, Span};
use crate::tree::{Content, Member, Node};

use super::cursor::Lines;
use super::{Read, Reader};

/// The most labels that a block may have; Terraform's have two.
const MAX_LABELS: usize = 8;

/// A block: its type and labels, those that are not yet made keys, and its body.
struct Block<'a> {
    names: std::vec::IntoIter<(Cow<'a, str>, Span)>,
    body: Node<'a>,
}

/// The blocks of one name.
#[derive(Default)]
struct Named<'a> {
    /// Those with further labels.
    inner: Vec<Block<'a>>,
    /// The bodies of the others, with the bytes of the name.
    bodies: Vec<(Span, Node<'a>)>,
}

impl<'a> Reader<'a> {
    /// The attributes and blocks up to the end of the text, or to the brace that closes the block that
    /// was opened there.
    pub(super) fn body(&mut self, opened: Option<usize>) -> Read<Content<'a>> {
        let mut members = Vec::new();
        let mut blocks = Vec::new();
        loop {
            self.skip(Lines::Pass)?;
            match (self.peek(), opened) {
                (None, None) => break,
                (Some(b'}'), Some(_)) => {
                    self.at += 1;
                    break;
                }
                (None, Some(start)) => {
                    let span = Span::new(start, start + 1);
                    return Err(InputError::new(span, "the block has no end")
                        .label("opened here")
                        .help("close it with `}`"));
                }
                _ => {}
            }
            let Some((name, span)) = self.name() else {
                return Err(self.expected("the name of an attribute or block"));
            };
            self.skip(Lines::End)?;
            if self.peek() == Some(b'=') && !self.rest().starts_with("==") {
                members.push(self.attribute(name, span)?);
            } else {
                blocks.push(self.block(name, span)?);
            }
            self.skip(Lines::End)?;
            let closes = opened.is_some() && self.peek() == Some(b'}');
            if !closes && !self.at_line_end() {
                return Err(self.expected("the end of the line"));
            }
        }
        members.extend(grouped(blocks, true));
        members.sort_by_key(|member| member.key_span.start);
        Ok(Content::Object(members))
    }

    fn attribute(&mut self, name: &'a str, key_span: Span) -> Read<Member<'a>> {
        self.at += 1;
        self.skip(Lines::End)?;
        let value = self.deeper(|reader| reader.expression(Lines::End))?;
        Ok(Member {
            key: Cow::Borrowed(name),
            key_span,
            value,
        })
    }

    fn block(&mut self, name: &'a str, span: Span) -> Read<Block<'a>> {
        let mut names = vec![(Cow::Borrowed(name), span)];
        loop {
            self.skip(Lines::End)?;
            let start = self.at;
            match self.peek() {
                Some(b'{') => break,
                Some(b'"') => {
                    let label = self.quoted()?;
                    let Content::String(text) = label.value else {
                        return Err(InputError::new(label.span, "a label is no template")
                            .label("not a literal")
                            .help("write the label without `${`"));
                    };
                    names.push((text, label.span));
                }
                _ => match self.name() {
                    Some((label, span)) => names.push((Cow::Borrowed(label), span)),
                    None => return Err(self.expected("`=`, a label or `{`")),
                },
            }
            if names.len() > MAX_LABELS + 1 {
                return Err(InputError::new(
                    self.since(start),
                    format!("the block has more than {MAX_LABELS} labels"),
                )
                .label("one label too many")
                .help("no block of Terraform has more than two; is this the right file?"));
            }
        }
        let start = self.at;
        self.at += 1;
        let value = self.deeper(|reader| reader.body(Some(start)))?;
        let span = self.since(start);
        Ok(Block {
            names: names.into_iter(),
            body: self.node(value, span)?,
        })
    }
}

/// Blocks as members: those of one name together. `is_type` where the next name is the type.
fn grouped(blocks: Vec<Block<'_>>, is_type: bool) -> Vec<Member<'_>> {
    let mut order = Vec::new();
    let mut groups = BTreeMap::<Cow<'_, str>, Named<'_>>::new();
    for mut block in blocks {
        let Some((name, span)) = block.names.next() else {
            continue;
        };
        let named = groups.entry(name.clone()).or_insert_with(|| {
            order.push((name, span));
            Named::default()
        });
        if block.names.len() == 0 {
            named.bodies.push((span, block.body));
        } else {
            named.inner.push(block);
        }
    }
    let mut members = Vec::new();
    for (key, key_span) in order {
        let Some(Named { inner, bodies }) = groups.remove(&key) else {
            continue;
        };
        let mut add = |key_span, value| {
            members.push(Member {
                key: key.clone(),
                key_span,
                value,
            });
        };
        if !inner.is_empty() {
            let around = |block: &Block<'_>| {
                let label = block.names.as_slice().first();
                label.map_or(block.body.span, |(_, span)| *span).start
            };
            let start = inner.first().map_or(0, around);
            let end = inner.last().map_or(0, |block| block.body.span.end);
            let value = Content::Object(grouped(inner, false));
            let span = Span { start, end };
            add(key_span, Node { value, span });
        }
        match (is_type, bodies.as_slice()) {
            (true, [(_, first), .., (_, last)]) => {
                let span = Span {
                    start: first.span.start,
                    end: last.span.end,
                };
                let value = Content::Array(bodies.into_iter().map(|(_, body)| body).collect());
                add(key_span, Node { value, span });
            }
            // Two blocks with the same labels are a mistake: both are kept, and duplicate keys told.
            _ => bodies.into_iter().for_each(|(at, body)| add(at, body)),
        }
    }
    members
}
