//! Literals, lists, maps, functions, `for`.

use std::borrow::Cow;

use crate::text::{InputError, Span};
use crate::tree::{Content, ForEach, ForResult, Function, Member, Node};

use super::cursor::Lines;
use super::{Read, Reader};

impl<'a> Reader<'a> {
    pub(super) fn primary(&mut self) -> Read<Node<'a>> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => self.quoted(),
            Some(b'<') if self.rest().starts_with("<<") => self.heredoc(),
            Some(b'0'..=b'9') => {
                self.number_text();
                self.height = 0;
                let span = self.since(start);
                self.node(Content::Number(span.of(self.text).into()), span)
            }
            Some(b'(') => {
                self.at += 1;
                self.skip(Lines::Pass)?;
                let inner = self.deeper(|reader| reader.expression(Lines::Pass))?;
                self.skip(Lines::Pass)?;
                self.close(start, ")")?;
                Ok(inner)
            }
            Some(b'[') => self.deeper(Self::list),
            Some(b'{') => self.deeper(Self::map),
            _ => self.named(),
        }
    }

    /// `null`, `true`, `false`, or a function.
    fn named(&mut self) -> Read<Node<'a>> {
        let start = self.at;
        let Some((mut name, mut span)) = self.name() else {
            return Err(self.expected("a value"));
        };
        self.height = 0;
        let value = match name {
            "null" => Some(Content::Null),
            "true" => Some(Content::Bool(true)),
            "false" => Some(Content::Bool(false)),
            _ => None,
        };
        let end = self.at;
        self.skip(Lines::End)?;
        if let Some(value) = value.filter(|_| !self.rest().starts_with('(')) {
            self.at = end;
            return self.node(value, span);
        }
        while self.take("::") {
            if self.name().is_none() {
                return Err(self.expected("the name of a function"));
            }
            span.end = self.since(start).end;
            name = span.of(self.text);
            self.skip(Lines::End)?;
        }
        self.deeper(|reader| reader.call(name, start))
    }

    fn call(&mut self, name: &'a str, start: usize) -> Read<Node<'a>> {
        let open = self.at;
        if !self.take("(") {
            return Err(self.expected("`(`"));
        }
        let (mut arguments, mut height, mut expands) = (Vec::new(), 0, false);
        loop {
            self.skip(Lines::Pass)?;
            if expands || self.rest().starts_with(')') {
                break;
            }
            arguments.push(self.expression(Lines::Pass)?);
            height = height.max(self.height);
            self.skip(Lines::Pass)?;
            expands = self.take("...");
            if !self.take(",") && !expands {
                break;
            }
        }
        self.close(open, ")")?;
        let function = Function::Call {
            name: Cow::Borrowed(name),
            expands,
        };
        let span = self.since(start);
        self.deferred(function, arguments, span, height)
    }

    /// Goes past what closes the bracket that was opened there.
    fn close(&mut self, opened: usize, with: &str) -> Read<()> {
        if self.take(with) {
            return Ok(());
        }
        if self.rest().is_empty() {
            let span = Span::new(opened, opened + 1);
            return Err(InputError::new(span, "the bracket is not closed")
                .label("opened here")
                .help(format!("close it with `{with}`")));
        }
        Err(self.expected(&format!("a comma or `{with}`")))
    }

    fn list(&mut self) -> Read<Node<'a>> {
        let start = self.at;
        self.at += 1;
        self.skip(Lines::Pass)?;
        if self.begins_for() {
            return self.for_expression(start, "]");
        }
        let (mut items, mut height) = (Vec::new(), 0);
        loop {
            self.skip(Lines::Pass)?;
            if self.rest().starts_with(']') {
                break;
            }
            items.push(self.expression(Lines::Pass)?);
            height = height.max(self.height);
            self.skip(Lines::Pass)?;
            if !self.take(",") {
                break;
            }
        }
        self.close(start, "]")?;
        self.height = height + 1;
        let span = self.since(start);
        self.node(Content::Array(items), span)
    }

    fn map(&mut self) -> Read<Node<'a>> {
        let start = self.at;
        self.at += 1;
        self.skip(Lines::Pass)?;
        if self.begins_for() {
            return self.for_expression(start, "}");
        }
        let (mut members, mut height) = (Vec::new(), 0);
        loop {
            self.skip(Lines::Pass)?;
            if self.rest().starts_with('}') {
                break;
            }
            let (key, key_span) = self.key()?;
            self.skip(Lines::End)?;
            if !self.take("=") && !self.take(":") {
                return Err(self.expected("`=` after the key"));
            }
            self.skip(Lines::End)?;
            let value = self.expression(Lines::End)?;
            height = height.max(self.height);
            members.push(Member {
                key,
                key_span,
                value,
            });
            self.skip(Lines::End)?;
            if !self.take(",") && !self.at_line_end() {
                break;
            }
        }
        self.close(start, "}")?;
        self.height = height + 1;
        let span = self.since(start);
        self.node(Content::Object(members), span)
    }

    fn begins_for(&self) -> bool {
        let after = self.rest().strip_prefix("for");
        after.is_some_and(|after| after.starts_with([' ', '\t', '\n', '\r', '/', '#']))
    }

    /// The variables and the collection of a `for`, past its colon or the end of its directive.
    pub(super) fn for_intro(&mut self) -> Read<(Option<&'a str>, &'a str, Node<'a>)> {
        self.at += "for".len();
        let mut names = Vec::new();
        loop {
            self.skip(Lines::Pass)?;
            match self.name() {
                Some((name, _)) => names.push(name),
                None => return Err(self.expected("the name of a variable")),
            }
            self.skip(Lines::Pass)?;
            if names.len() == 2 || !self.take(",") {
                break;
            }
        }
        if !self.take("in") {
            return Err(self.expected("`in`"));
        }
        self.skip(Lines::Pass)?;
        let collection = self.deeper(|reader| reader.expression(Lines::Pass))?;
        self.skip(Lines::Pass)?;
        let (key, element) = match names.as_slice() {
            [key, element] => (Some(*key), *element),
            [element, ..] => (None, *element),
            [] => (None, ""),
        };
        Ok((key, element, collection))
    }

    fn for_expression(&mut self, start: usize, close: &str) -> Read<Node<'a>> {
        let (key, element, collection) = self.for_intro()?;
        let mut height = self.height;
        if !self.take(":") {
            return Err(self.expected("`:`"));
        }
        self.skip(Lines::Pass)?;
        let mut arguments = vec![collection, self.expression(Lines::Pass)?];
        height = height.max(self.height);
        self.skip(Lines::Pass)?;
        let mut result = ForResult::List;
        if close == "}" {
            if !self.take("=>") {
                return Err(self.expected("`=>` after the key"));
            }
            self.skip(Lines::Pass)?;
            arguments.push(self.expression(Lines::Pass)?);
            height = height.max(self.height);
            self.skip(Lines::Pass)?;
            result = if self.take("...") {
                ForResult::Grouped
            } else {
                ForResult::Map
            };
            self.skip(Lines::Pass)?;
        }
        let filters = self.take("if");
        if filters {
            self.skip(Lines::Pass)?;
            arguments.push(self.expression(Lines::Pass)?);
            height = height.max(self.height);
            self.skip(Lines::Pass)?;
        }
        self.close(start, close)?;
        let function = Function::For(ForEach {
            key: key.map(Cow::Borrowed),
            element: Cow::Borrowed(element),
            result,
            filters,
        });
        let span = self.since(start);
        self.deferred(function, arguments, span, height)
    }

    /// Goes past a number: digits, a fraction, an exponent.
    pub(super) fn number_text(&mut self) {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        self.at += digits(self.rest());
        if let Some(fraction) = self.rest().strip_prefix('.') {
            let length = digits(fraction);
            self.at += if length > 0 { length + 1 } else { 0 };
        }
        if let Some(exponent) = self.rest().strip_prefix(['e', 'E']) {
            let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            let length = digits(unsigned);
            let sign = exponent.len() - unsigned.len();
            self.at += if length > 0 { length + sign + 1 } else { 0 };
        }
    }
}
