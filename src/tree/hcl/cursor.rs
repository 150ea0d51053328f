//! Characters, white space, comments, names.

use std::borrow::Cow;

use crate::text::{InputError, Span};
use crate::tree::{Content, Deferred, Function, Node, too_many_values};

use super::{MAX_DEPTH, MAX_HEIGHT, MAX_NODES, Read, Reader};

/// Whether a line break is white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// It ends the expression.
    End,
    /// It does not: between brackets and parentheses.
    Pass,
}

impl<'a> Reader<'a> {
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes past this text, if it comes next.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let is_next = self.rest().starts_with(text);
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    pub(super) fn since(&self, start: usize) -> Span {
        Span::new(start, self.at)
    }

    /// Goes past white space and comments.
    pub(super) fn skip(&mut self, lines: Lines) -> Read<()> {
        loop {
            let rest = self.rest();
            match rest.as_bytes() {
                [b' ' | b'\t', ..] => self.at += 1,
                [b'\n' | b'\r', ..] if lines == Lines::Pass => self.at += 1,
                [b'/', b'*', ..] => {
                    let Some(end) = rest.find("*/") else {
                        let span = Span::new(self.at, self.at + 2);
                        return Err(InputError::new(span, "the comment has no end")
                            .label("opened here")
                            .help("close it with `*/`"));
                    };
                    self.at += end + 2;
                }
                [b'#', ..] | [b'/', b'/', ..] if lines == Lines::Pass => {
                    self.at += memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
                }
                _ => return Ok(()),
            }
        }
    }

    /// Whether a line ends here, in a comment or not, or the text.
    pub(super) fn at_line_end(&self) -> bool {
        let rest = self.rest();
        rest.is_empty() || rest.starts_with(['\n', '\r', '#']) || rest.starts_with("//")
    }

    /// The name that comes next: letters, digits, `_` and `-`, not a digit first.
    pub(super) fn name(&mut self) -> Option<(&'a str, Span)> {
        let rest = self.rest();
        let starts = |c: char| c == '_' || c.is_alphabetic();
        if !rest.starts_with(starts) {
            return None;
        }
        let length = rest.find(|c: char| !(starts(c) || c == '-' || c.is_numeric()));
        let start = self.at;
        self.at += length.unwrap_or(rest.len());
        let span = self.since(start);
        Some((span.of(self.text), span))
    }

    /// A value that was read, counted.
    pub(super) fn node(&mut self, value: Content<'a>, span: Span) -> Read<Node<'a>> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let help = "no configuration has so many; is this the right file?";
            return Err(too_many_values(span, MAX_NODES, help));
        }
        Ok(Node { value, span })
    }

    /// A deferred value whose arguments have at most this height.
    pub(super) fn deferred(
        &mut self,
        function: Function<'a>,
        arguments: Vec<Node<'a>>,
        span: Span,
        height: usize,
    ) -> Read<Node<'a>> {
        self.height = height + 1;
        if self.height > MAX_HEIGHT {
            return Err(self.too_deep(span, MAX_HEIGHT));
        }
        let deferred = Deferred {
            function,
            arguments,
        };
        self.node(Content::Deferred(Box::new(deferred)), span)
    }

    pub(super) fn string(&mut self, text: &'a str, span: Span) -> Read<Node<'a>> {
        self.node(Content::String(Cow::Borrowed(text)), span)
    }

    /// Reads what is one level deeper.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= MAX_DEPTH {
            let span = Span::new(self.at, (self.at + 1).min(self.text.len()));
            return Err(self.too_deep(span, MAX_DEPTH));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn too_deep(&self, span: Span, most: usize) -> InputError {
        // A character is not cut in two.
        let span = if span.of(self.text).is_empty() {
            Span::new(span.start as usize, span.start as usize)
        } else {
            span
        };
        InputError::new(
            span,
            format!("the document nests deeper than {most} levels"),
        )
        .label("one level too many")
        .help("write parts of it as locals")
    }

    /// The complaint that something else comes next.
    pub(super) fn expected(&self, wanted: &str) -> InputError {
        let Some(found) = self.rest().chars().next() else {
            let span = Span::new(self.at, self.at);
            return InputError::new(span, format!("expected {wanted}"))
                .label("the text ends here")
                .help("the file looks cut off: is it whole?");
        };
        let span = Span::new(self.at, self.at + found.len_utf8());
        let error = InputError::new(span, format!("expected {wanted}"))
            .label(format!("found `{}`", found.escape_default()));
        match found {
            '\'' => error.help("HCL strings are written in double quotes"),
            '<' | '%' => {
                error.help("this looks like a template placeholder: render the template first")
            }
            '{' if self.rest().starts_with("{{") => {
                error.help("this looks like a template placeholder: render the template first")
            }
            '\n' | '\r' => error.help("an expression goes on in the next line in parentheses only"),
            _ => error,
        }
    }
}
