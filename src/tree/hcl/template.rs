//! Strings in quotes, and the pieces of templates.

use std::borrow::Cow;

use crate::text::{InputError, Span};
use crate::tree::{Content, ForEach, ForResult, Function, Node};

use super::cursor::Lines;
use super::{Read, Reader};

/// What a template is written in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Within<'a> {
    /// Double quotes.
    Quotes,
    /// A heredoc up to the line of this word, of which each line loses so much white space.
    Heredoc { end: &'a str, indent: usize },
}

/// Where the pieces of a template end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// With the string.
    Whole,
    /// With `%{ else }`.
    Else,
    /// With `%{ endif }`.
    FromIf,
    /// With `%{ endfor }`.
    FromFor,
}

/// The pieces so far.
#[derive(Default)]
pub(super) struct Pieces<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    /// Where they end, before the directive that ends them.
    end: usize,
    /// Whether the next text loses its white space at the start.
    trims: bool,
    height: usize,
}

/// A run of text: its bytes, and what it says where that is not the same.
struct Run {
    start: usize,
    decoded: Option<String>,
    /// From where on nothing was added to `decoded`.
    plain: usize,
}

impl<'a> Reader<'a> {
    /// A string in quotes.
    pub(super) fn quoted(&mut self) -> Read<Node<'a>> {
        let start = self.at;
        self.at += 1;
        let pieces = self.deeper(|reader| reader.all_pieces(Within::Quotes, start))?;
        self.at += 1;
        self.template(pieces, start)
    }

    /// A string of these pieces, which begins there and ends here.
    pub(super) fn template(&mut self, mut pieces: Pieces<'a>, start: usize) -> Read<Node<'a>> {
        let span = self.since(start);
        let is_text = |node: &Node<'_>| matches!(node.value, Content::String(_));
        if pieces.nodes.len() > 1 || pieces.nodes.iter().any(|node| !is_text(node)) {
            return self.deferred(Function::Template, pieces.nodes, span, pieces.height);
        }
        self.height = 0;
        let only = pieces.nodes.pop().map(|node| node.value);
        self.node(only.unwrap_or(Content::String(Cow::Borrowed(""))), span)
    }

    /// The pieces up to the end of the string, or of a heredoc.
    pub(super) fn all_pieces(&mut self, within: Within<'a>, opened: usize) -> Read<Pieces<'a>> {
        let (pieces, end) = self.pieces(within, opened, false)?;
        match end {
            End::Whole => Ok(pieces),
            _ => Err(self.expected("the end of the string")),
        }
    }

    /// The pieces up to the end; `trims` where the first loses its white space.
    fn pieces(
        &mut self,
        within: Within<'a>,
        opened: usize,
        trims: bool,
    ) -> Read<(Pieces<'a>, End)> {
        let mut pieces = Pieces {
            trims,
            ..Pieces::default()
        };
        let mut run = Run::at(self.at);
        let mut line_begins = self.is_line_start();
        loop {
            if line_begins && self.begin_line(within, &mut run) {
                self.flush(&mut pieces, run)?;
                return Ok((pieces, End::Whole));
            }
            line_begins = false;
            let rest = self.rest();
            match (rest.as_bytes(), within) {
                ([b'"', ..], Within::Quotes) => {
                    self.flush(&mut pieces, run)?;
                    return Ok((pieces, End::Whole));
                }
                ([], _) | ([b'\n' | b'\r', ..], Within::Quotes) => {
                    return Err(unclosed(opened, within));
                }
                ([b'\\', ..], Within::Quotes) => {
                    let (length, character) = self.escape()?;
                    run.say(
                        self.text,
                        self.at,
                        length,
                        character.encode_utf8(&mut [0; 4]),
                    );
                    self.at += length;
                }
                ([b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..], _) => {
                    let said = rest.get(1..3).unwrap_or_default();
                    run.say(self.text, self.at, 3, said);
                    self.at += 3;
                }
                ([b'$' | b'%', b'{', ..], _) => {
                    self.flush(&mut pieces, run)?;
                    pieces.end = self.at;
                    let end = self.control(&mut pieces, within, opened)?;
                    if end != End::Whole {
                        return Ok((pieces, end));
                    }
                    run = Run::at(self.at);
                }
                ([b'\n', ..], _) => {
                    self.at += 1;
                    line_begins = true;
                }
                _ => self.at += rest.chars().next().map_or(1, char::len_utf8),
            }
        }
    }

    fn is_line_start(&self) -> bool {
        self.text
            .get(..self.at)
            .is_some_and(|before| before.ends_with('\n'))
    }

    /// Goes past the indentation of a line of a heredoc; whether it is the one that ends it.
    fn begin_line(&mut self, within: Within<'a>, run: &mut Run) -> bool {
        let Within::Heredoc { end, indent } = within else {
            return false;
        };
        let line = self.rest().lines().next().unwrap_or_default();
        if line.trim() == end && !self.rest().is_empty() {
            return true;
        }
        let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
        let cut = blank.min(indent);
        if cut > 0 {
            run.say(self.text, self.at, cut, "");
            self.at += cut;
        }
        false
    }

    /// Ends a run of text.
    fn flush(&mut self, pieces: &mut Pieces<'a>, run: Run) -> Read<()> {
        let mut span = self.since(run.start);
        let mut text = run.finish(self.text, self.at);
        if std::mem::take(&mut pieces.trims) {
            let raw = span.of(self.text);
            span = Span::new(self.at - raw.trim_start().len(), self.at);
            text = match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim_start()),
                Cow::Owned(text) => Cow::Owned(text.trim_start().to_owned()),
            };
        }
        if !text.is_empty() {
            let node = self.node(Content::String(text), span)?;
            pieces.nodes.push(node);
        }
        Ok(())
    }

    /// `${ … }` or `%{ … }`; what of an outer template ends with it.
    fn control(&mut self, pieces: &mut Pieces<'a>, within: Within<'a>, opened: usize) -> Read<End> {
        let start = self.at;
        let directive = self.peek() == Some(b'%');
        self.at += 2;
        if self.take("~") {
            trim_last(pieces, self.text);
        }
        self.skip(Lines::Pass)?;
        if !directive {
            let node = self.deeper(|reader| reader.expression(Lines::Pass))?;
            pieces.height = pieces.height.max(self.height);
            // The piece is the expression: its braces are the template's.
            pieces.nodes.push(node);
            self.close_control(pieces, start)?;
            return Ok(End::Whole);
        }
        let word = self.name().map_or("", |(word, _)| word);
        let end = match word {
            "if" | "for" => {
                let node = self.deeper(|reader| match word {
                    "if" => reader.if_directive(within, (start, opened), pieces),
                    _ => reader.for_directive(within, (start, opened), pieces),
                })?;
                pieces.height = pieces.height.max(self.height);
                pieces.nodes.push(node);
                return Ok(End::Whole);
            }
            "else" => End::Else,
            "endif" => End::FromIf,
            "endfor" => End::FromFor,
            _ => {
                return Err(
                    InputError::new(self.since(start), "the directive is not known")
                        .label("not `if`, `else`, `endif`, `for` or `endfor`")
                        .help("write a literal `%{` as `%%{`"),
                );
            }
        };
        self.close_control(pieces, start)?;
        Ok(end)
    }

    fn close_control(&mut self, pieces: &mut Pieces<'a>, start: usize) -> Read<()> {
        self.skip(Lines::Pass)?;
        pieces.trims = self.take("~");
        if self.take("}") {
            return Ok(());
        }
        if self.rest().is_empty() {
            let span = Span::new(start, start + 2);
            return Err(InputError::new(span, "the template is not closed")
                .label("opened here")
                .help("close it with `}`"));
        }
        Err(self.expected("`}`"))
    }

    fn if_directive(
        &mut self,
        within: Within<'a>,
        (start, opened): (usize, usize),
        outer: &mut Pieces<'a>,
    ) -> Read<Node<'a>> {
        self.skip(Lines::Pass)?;
        let condition = self.expression(Lines::Pass)?;
        let mut height = self.height;
        let mut first = Pieces::default();
        self.close_control(&mut first, start)?;
        let mut arguments = vec![condition];
        let mut end = self.branch(&mut arguments, first.trims, within, opened)?;
        height = height.max(self.height);
        if end.1 == End::Else {
            end = self.branch(&mut arguments, end.0, within, opened)?;
            height = height.max(self.height);
        } else {
            let here = Span::new(self.at, self.at);
            arguments.push(self.string("", here)?);
        }
        if end.1 != End::FromIf {
            return Err(self.expected("`%{ endif }`"));
        }
        outer.trims = end.0;
        let span = self.since(start);
        self.deferred(Function::Conditional, arguments, span, height)
    }

    /// One branch of a directive as a string; whether the text after it is trimmed, and its end.
    fn branch(
        &mut self,
        arguments: &mut Vec<Node<'a>>,
        trims: bool,
        within: Within<'a>,
        opened: usize,
    ) -> Read<(bool, End)> {
        let start = self.at;
        let (mut pieces, end) = self.pieces(within, opened, trims)?;
        let trims = std::mem::take(&mut pieces.trims);
        let span = Span::new(start, pieces.end);
        let node = match pieces.nodes.as_slice() {
            [only] if matches!(only.value, Content::String(_)) => only.clone(),
            [] => self.string("", Span::new(start, start))?,
            _ => self.deferred(Function::Template, pieces.nodes, span, pieces.height)?,
        };
        arguments.push(node);
        Ok((trims, end))
    }

    fn for_directive(
        &mut self,
        within: Within<'a>,
        (start, opened): (usize, usize),
        outer: &mut Pieces<'a>,
    ) -> Read<Node<'a>> {
        // The word was read; the intro begins with it.
        self.at -= "for".len();
        let (key, element, collection) = self.for_intro()?;
        let mut height = self.height;
        let mut first = Pieces::default();
        self.close_control(&mut first, start)?;
        let mut arguments = vec![collection];
        let (trims, end) = self.branch(&mut arguments, first.trims, within, opened)?;
        height = height.max(self.height);
        if end != End::FromFor {
            return Err(self.expected("`%{ endfor }`"));
        }
        outer.trims = trims;
        let function = Function::For(ForEach {
            key: key.map(Cow::Borrowed),
            element: Cow::Borrowed(element),
            result: ForResult::Text,
            filters: false,
        });
        let span = self.since(start);
        self.deferred(function, arguments, span, height)
    }

    /// The length of the escape that comes next and what it says.
    fn escape(&self) -> Read<(usize, char)> {
        let rest = self.rest();
        let hex = |length: usize| {
            let digits = rest.get(2..length)?;
            let all = digits.bytes().all(|b| b.is_ascii_hexdigit());
            let code = u32::from_str_radix(digits, 16).ok().filter(|_| all)?;
            Some((length, char::from_u32(code)?))
        };
        let found = match rest.as_bytes().get(1) {
            Some(b'n') => Some((2, '\n')),
            Some(b'r') => Some((2, '\r')),
            Some(b't') => Some((2, '\t')),
            Some(b'"') => Some((2, '"')),
            Some(b'\\') => Some((2, '\\')),
            Some(b'u') => hex(6),
            Some(b'U') => hex(10),
            _ => None,
        };
        found.ok_or_else(|| {
            let span = Span::new(self.at, self.at + 1);
            InputError::new(span, "this escape does not exist in HCL")
                .label("not an escape")
                .help("write a backslash itself as `\\\\`")
        })
    }
}

impl Run {
    fn at(start: usize) -> Self {
        Self {
            start,
            decoded: None,
            plain: start,
        }
    }

    /// The bytes from `at` on say this.
    fn say(&mut self, text: &str, at: usize, length: usize, said: &str) {
        let decoded = self.decoded.get_or_insert_default();
        decoded.push_str(text.get(self.plain..at).unwrap_or_default());
        decoded.push_str(said);
        self.plain = at + length;
    }

    fn finish(self, text: &str, end: usize) -> Cow<'_, str> {
        let plain = text.get(self.plain..end).unwrap_or_default();
        match self.decoded {
            Some(decoded) => Cow::Owned(decoded + plain),
            None => Cow::Borrowed(plain),
        }
    }
}

/// Takes the white space from the end of the last piece, where that is text.
fn trim_last(pieces: &mut Pieces<'_>, text: &str) {
    let Some(last) = pieces.nodes.last_mut() else {
        return;
    };
    if let Content::String(value) = &mut last.value {
        *value = Cow::Owned(value.trim_end().to_owned());
        let length = last.span.of(text).trim_end().len();
        last.span = Span::new(last.span.start as usize, last.span.start as usize + length);
        if value.is_empty() {
            pieces.nodes.pop();
        }
    }
}

fn unclosed(opened: usize, within: Within<'_>) -> InputError {
    let span = Span::new(opened, opened + 1);
    match within {
        Within::Quotes => InputError::new(span, "the string has no end in its line")
            .label("opened here")
            .help("close it with a double quote; text of several lines is a heredoc"),
        Within::Heredoc { end, .. } => InputError::new(span, "the heredoc has no end")
            .label("opened here")
            .help(format!("close it with `{end}` alone in a line")),
    }
}
