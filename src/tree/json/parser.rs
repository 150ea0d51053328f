//! The reader: RFC 8259 and nothing else, with a bound on nesting.

use std::borrow::Cow;

use crate::text::{InputError, Span};

use super::build::Build;
use super::cursor::Cursor;
use super::tree::Tree;
use super::weigh::{LIGHT, Weigh};
use super::{number, string};
use crate::tree::{Content, MAX_DEPTH, Node};

/// Reads one JSON value and nothing after it but white space.
///
/// # Errors
/// The first place at which `text` stops being JSON, nests deeper than [`MAX_DEPTH`], or, where it is
/// longer than a mebibyte, has more values than documents of AWS have; see [`is_dense`].
pub fn parse(text: &str) -> Result<Node<'_>, InputError> {
    read(text, Parser::whole)
}

/// Reads the JSON value that a text begins with, whatever follows it.
///
/// # Errors
/// As [`parse`], but for what follows.
pub fn parse_first(text: &str) -> Result<Node<'_>, InputError> {
    read(text, Parser::first)
}

/// Reads the JSON values that stand one after another from the byte offset `start` on, with nothing
/// between them but white space, as when answers are appended to one file. Most texts hold one.
///
/// # Errors
/// As [`parse`]. A text without any value is an error at its end.
pub fn parse_all(text: &str, start: usize) -> Result<Vec<Node<'_>>, InputError> {
    if text.len() <= LIGHT {
        return Parser::at(text, start, Tree::default()).all();
    }
    let mut weighed = Parser::at(text, start, Weigh::new(text.len()));
    weighed.all()?;
    let counted = Tree::of_counted(weighed.build.into_counts());
    Parser::at(text, start, counted).all()
}

/// Whether a long text begins as a document in which there is so little but structure that its tree
/// would take many times its length. No document of AWS or its tools is like this.
pub fn is_dense(text: &str) -> bool {
    let mut parser = Parser::new(text, Weigh::new(text.len()));
    text.len() > LIGHT && parser.first().is_err() && parser.build.is_full()
}

fn read<'a>(
    text: &'a str,
    take: impl Fn(&mut Parser<'a, Tree>) -> Result<Node<'a>, InputError>,
) -> Result<Node<'a>, InputError> {
    if text.len() <= LIGHT {
        return take(&mut Parser::new(text, Tree::default()));
    }
    let mut weighed = Parser::new(text, Weigh::new(text.len()));
    weighed.first()?;
    let counted = Tree::of_counted(weighed.build.into_counts());
    take(&mut Parser::new(text, counted))
}

/// Reads a document, and hands it on as it is read.
struct Parser<'a, B> {
    cursor: Cursor<'a>,
    depth: usize,
    build: B,
}

impl<'a, B: Build<'a>> Parser<'a, B> {
    const fn new(text: &'a str, build: B) -> Self {
        Self::at(text, 0, build)
    }

    const fn at(text: &'a str, start: usize, build: B) -> Self {
        Self {
            cursor: Cursor { text, at: start },
            depth: 0,
            build,
        }
    }

    /// The values up to the end, at least one. Only an object or a list may follow another.
    fn all(&mut self) -> Result<Vec<B::Node>, InputError> {
        let mut nodes = Vec::with_capacity(1);
        nodes.push(self.first()?);
        loop {
            self.skip_white_space();
            match self.peek() {
                None => return Ok(nodes),
                Some(b'{' | b'[') => nodes.push(self.value()?),
                Some(_) => return Err(self.unexpected("the end of the document")),
            }
        }
    }

    fn first(&mut self) -> Result<B::Node, InputError> {
        self.skip_white_space();
        self.value()
    }

    fn whole(&mut self) -> Result<B::Node, InputError> {
        let node = self.first()?;
        self.skip_white_space();
        match self.peek() {
            None => Ok(node),
            Some(_) => Err(self.unexpected("the end of the document")),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.cursor.peek()
    }

    fn advance(&mut self) {
        self.cursor.advance();
    }

    fn skip_white_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.advance();
        }
    }

    fn value(&mut self) -> Result<B::Node, InputError> {
        let start = self.cursor.at;
        let value = match self.peek() {
            Some(b'{') => return self.nested(Self::object),
            Some(b'[') => return self.nested(Self::array),
            Some(b'"') => Content::String(string::read(&mut self.cursor)?),
            Some(b'-' | b'0'..=b'9') => Content::Number(number::read(&mut self.cursor)?.into()),
            Some(b't') => self.word("true", Content::Bool(true))?,
            Some(b'f') => self.word("false", Content::Bool(false))?,
            Some(b'n') => self.word("null", Content::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(self.build.leaf(value, Span::new(start, self.cursor.at)))
    }

    fn nested(
        &mut self,
        read: fn(&mut Self, usize) -> Result<B::Node, InputError>,
    ) -> Result<B::Node, InputError> {
        let start = self.cursor.at;
        let here = Span::new(start, start.saturating_add(1));
        if self.depth >= MAX_DEPTH {
            return Err(InputError::new(
                here,
                format!("the document nests deeper than {MAX_DEPTH} levels"),
            )
            .label("one level too many")
            .help("no AWS document nests this deep; is this the right file?"));
        }
        self.depth = self.depth.saturating_add(1);
        self.advance();
        let value = read(self, start);
        self.depth = self.depth.saturating_sub(1);
        value
    }

    fn array(&mut self, start: usize) -> Result<B::Node, InputError> {
        let mut items = self.build.items();
        self.skip_white_space();
        let mut is_open = !self.take(b']');
        while is_open {
            self.skip_white_space();
            let item = self.value()?;
            self.build.item(&mut items, item);
            self.refuse_full()?;
            self.skip_white_space();
            is_open = !self.take(b']');
            if is_open {
                self.comma("`,` or `]`", b']')?;
            }
        }
        Ok(self.build.array(items, Span::new(start, self.cursor.at)))
    }

    fn object(&mut self, start: usize) -> Result<B::Node, InputError> {
        let mut members = self.build.members();
        self.skip_white_space();
        let mut is_open = !self.take(b'}');
        while is_open {
            self.skip_white_space();
            let key = self.key()?;
            let value = self.value()?;
            self.build.member(&mut members, key, value);
            self.refuse_full()?;
            self.skip_white_space();
            is_open = !self.take(b'}');
            if is_open {
                self.comma("`,` or `}`", b'}')?;
            }
        }
        Ok(self.build.object(members, Span::new(start, self.cursor.at)))
    }

    /// A key, and its colon.
    fn key(&mut self) -> Result<(Cow<'a, str>, Span), InputError> {
        let start = self.cursor.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let key = string::read(&mut self.cursor)?;
        let span = Span::new(start, self.cursor.at);
        self.skip_white_space();
        if !self.take(b':') {
            return Err(self.unexpected("`:` after the key"));
        }
        self.skip_white_space();
        Ok((key, span))
    }

    fn refuse_full(&self) -> Result<(), InputError> {
        if !self.build.is_full() {
            return Ok(());
        }
        let at = self.cursor.at;
        let message = "the document has too many values for its length";
        Err(
            InputError::new(Span::new(at.saturating_sub(1), at), message)
                .label("up to here")
                .help("no document of AWS or its tools is made like this; is this the right file?"),
        )
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.advance();
        }
        found
    }

    /// A comma that has something after it.
    fn comma(&mut self, wanted: &str, close: u8) -> Result<(), InputError> {
        let start = self.cursor.at;
        if !self.take(b',') {
            return Err(self.unexpected(wanted));
        }
        self.skip_white_space();
        if self.peek() == Some(close) {
            let span = Span::new(start, start.saturating_add(1));
            return Err(InputError::new(span, "a comma has nothing after it")
                .label("this comma")
                .help("JSON allows no comma after the last item: remove it"));
        }
        Ok(())
    }

    fn word(&mut self, word: &str, value: Content<'a>) -> Result<Content<'a>, InputError> {
        if self.rest().starts_with(word) {
            self.cursor.at = self.cursor.at.saturating_add(word.len());
            return Ok(value);
        }
        Err(self.unexpected("a value"))
    }

    fn rest(&self) -> &'a str {
        self.cursor.text.get(self.cursor.at..).unwrap_or_default()
    }

    /// The complaint that something else than `wanted` stands here.
    fn unexpected(&self, wanted: &str) -> InputError {
        let Some(found) = self.rest().chars().next() else {
            let end = self.cursor.text.len();
            return InputError::new(Span::new(end, end), format!("expected {wanted}"))
                .label("the text ends here")
                .help("the document is cut off: write the rest of it");
        };
        let span = Span::new(
            self.cursor.at,
            self.cursor.at.saturating_add(found.len_utf8()),
        );
        let error = InputError::new(span, format!("expected {wanted}"))
            .label(format!("found `{}`", found.escape_default()));
        match self.likely_cause(found) {
            Some(help) => error.help(help),
            None => error,
        }
    }

    /// What people most often do that is not JSON.
    fn likely_cause(&self, found: char) -> Option<&'static str> {
        let rest = self.rest();
        match found {
            '/' if rest.starts_with("//") || rest.starts_with("/*") => {
                Some("JSON has no comments: remove it")
            }
            '#' => Some("JSON has no comments: remove it"),
            '\'' => Some("JSON strings stand in double quotes"),
            '$' | '<' | '%' => {
                Some("this looks like a template placeholder: render the template first")
            }
            '{' if rest.starts_with("{{") || rest.starts_with("{%") => {
                Some("this looks like a template placeholder: render the template first")
            }
            'T' | 'F' | 'N' => Some("JSON spells `true`, `false` and `null` in lower case"),
            '\u{feff}' => Some("a byte-order mark stands here: remove it"),
            '{' | '[' | '"' if self.depth > 0 => Some("a comma may be missing before it"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> (String, Span) {
        let error = parse(text).unwrap_err();
        (error.message, error.span)
    }

    #[test]
    fn spans_are_exact() {
        let text = r#" {"a": [1, "x\n"], "b" : null}"#;
        let node = parse(text).unwrap();
        assert_eq!(node.span.of(text), text.trim());
        let members = node.members().unwrap();
        assert_eq!(members[0].key_span.of(text), r#""a""#);
        assert_eq!(
            members[0].value.items().unwrap()[1].span.of(text),
            r#""x\n""#
        );
        assert_eq!(members[0].value.items().unwrap()[1].as_str(), Some("x\n"));
        assert_eq!(members[1].value.span.of(text), "null");
    }

    #[test]
    fn errors_name_the_place() {
        assert_eq!(
            error(r#"{"a" 1}"#),
            ("expected `:` after the key".to_owned(), Span::new(5, 6))
        );
        assert_eq!(error(r#"{"a":1,}"#).1, Span::new(6, 7));
        assert_eq!(error("[1 2]").1, Span::new(3, 4));
        assert_eq!(error("").1, Span::new(0, 0));
        assert_eq!(error("-").1, Span::new(1, 1));
        assert_eq!(error("[-é]").1, Span::new(2, 4));
        assert_eq!(error(r#""\é""#).1, Span::new(1, 4));
        assert_eq!(error("\"\\").1, Span::new(1, 2));
        assert_eq!(error("{} x").1, Span::new(3, 4));
        assert_eq!(error("[tru]").1, Span::new(1, 2));
    }

    #[test]
    fn ten_thousand_levels_are_refused_and_not_a_crash() {
        for open in ["[", "{\"a\":"] {
            let (message, _) = error(&open.repeat(10_000));
            assert_eq!(message, "the document nests deeper than 127 levels");
        }
        let deepest = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(parse(&deepest).is_ok());
    }
}
