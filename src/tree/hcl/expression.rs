//! Operators, conditions, and what is looked up in a value.

use std::borrow::Cow;

use crate::text::Span;
use crate::tree::{Content, Function, Node};

use super::cursor::Lines;
use super::{Read, Reader};

/// Operators with two operands and how tightly they bind; longer ones before those they begin with.
const OPERATORS: &[(&str, u8)] = &[
    ("||", 1),
    ("&&", 2),
    ("==", 3),
    ("!=", 3),
    ("<=", 4),
    (">=", 4),
    ("<", 4),
    (">", 4),
    ("+", 5),
    ("-", 5),
    ("*", 6),
    ("/", 6),
    ("%", 6),
];

impl<'a> Reader<'a> {
    /// An expression, without what is after it.
    pub(super) fn expression(&mut self, lines: Lines) -> Read<Node<'a>> {
        let condition = self.operation(lines, 0)?;
        let mut height = self.height;
        let end = self.at;
        self.skip(lines)?;
        if !self.take("?") {
            self.at = end;
            return Ok(condition);
        }
        self.skip(lines)?;
        let yes = self.deeper(|reader| reader.expression(lines))?;
        height = height.max(self.height);
        self.skip(lines)?;
        if !self.take(":") {
            return Err(self.expected("`:` and the other outcome of the condition"));
        }
        self.skip(lines)?;
        let no = self.deeper(|reader| reader.expression(lines))?;
        height = height.max(self.height);
        let span = Span {
            start: condition.span.start,
            end: no.span.end,
        };
        let arguments = vec![condition, yes, no];
        self.deferred(Function::Conditional, arguments, span, height)
    }

    /// Operands and operators that bind tighter than `least`.
    fn operation(&mut self, lines: Lines, least: u8) -> Read<Node<'a>> {
        let mut left = self.operand(lines)?;
        let mut height = self.height;
        loop {
            let end = self.at;
            self.skip(lines)?;
            let rest = self.rest();
            let next = OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign));
            // `=>` is part of a `for`.
            let Some((sign, binds)) = next.filter(|(_, binds)| *binds > least) else {
                self.at = end;
                self.height = height;
                return Ok(left);
            };
            self.at += sign.len();
            self.skip(lines)?;
            let right = self.operation(lines, *binds)?;
            height = height.max(self.height);
            let span = Span {
                start: left.span.start,
                end: right.span.end,
            };
            left = self.deferred(Function::Operation(sign), vec![left, right], span, height)?;
            height = self.height;
        }
    }

    fn operand(&mut self, lines: Lines) -> Read<Node<'a>> {
        let start = self.at;
        let sign = match self.peek() {
            Some(b'-') => "-",
            Some(b'!') => "!",
            _ => return self.looked_up(lines),
        };
        self.at += 1;
        if sign == "-" && self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.number_text();
            self.height = 0;
            let span = self.since(start);
            return self.node(Content::Number(span.of(self.text).into()), span);
        }
        self.skip(lines)?;
        let operand = self.deeper(|reader| reader.operand(lines))?;
        let span = self.since(start);
        let height = self.height;
        self.deferred(Function::Operation(sign), vec![operand], span, height)
    }

    /// A value with what is looked up in it.
    fn looked_up(&mut self, lines: Lines) -> Read<Node<'a>> {
        let start = self.at;
        let name = self.variable();
        let (mut function, mut arguments) = match name {
            Some((name, span)) => (Function::Reference, vec![self.string(name, span)?]),
            None => (Function::Lookup, vec![self.primary()?]),
        };
        let mut height = if name.is_some() { 0 } else { self.height };
        loop {
            let end = self.at;
            self.skip(lines)?;
            let rest = self.rest();
            let splat = rest.starts_with("[*]") || rest.starts_with(".*");
            if splat {
                self.at += if rest.starts_with('.') { 2 } else { 3 };
                let span = Span::new(start, end);
                let of = self.assembled(function, arguments, span, height)?;
                height = self.height;
                (function, arguments) = (Function::Splat, vec![of]);
            } else if rest.starts_with('.') && !rest.starts_with("..") {
                self.at += 1;
                self.skip(lines)?;
                arguments.push(self.attribute_name()?);
            } else if rest.starts_with('[') {
                self.at += 1;
                self.skip(Lines::Pass)?;
                arguments.push(self.deeper(|reader| reader.expression(Lines::Pass))?);
                height = height.max(self.height);
                self.skip(Lines::Pass)?;
                if !self.take("]") {
                    return Err(self.expected("`]`"));
                }
            } else {
                self.at = end;
                let span = Span::new(start, end);
                return self.assembled(function, arguments, span, height);
            }
        }
    }

    /// What was looked up; a value in which nothing was looked up is itself.
    fn assembled(
        &mut self,
        function: Function<'a>,
        mut arguments: Vec<Node<'a>>,
        span: Span,
        height: usize,
    ) -> Read<Node<'a>> {
        if function == Function::Lookup && arguments.len() == 1 {
            self.height = height;
            if let Some(only) = arguments.pop() {
                return Ok(only);
            }
        }
        self.deferred(function, arguments, span, height)
    }

    /// The name after a point; a number counts as an index.
    fn attribute_name(&mut self) -> Read<Node<'a>> {
        if let Some((name, span)) = self.name() {
            return self.string(name, span);
        }
        let start = self.at;
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += digits;
        let span = self.since(start);
        if digits == 0 {
            return Err(self.expected("the name of an attribute"));
        }
        self.node(Content::Number(span.of(self.text).into()), span)
    }

    /// The name of a variable, where one comes next: not a call and not a literal.
    fn variable(&mut self) -> Option<(&'a str, Span)> {
        let start = self.at;
        let (name, span) = self.name()?;
        let after = self.rest().trim_start_matches([' ', '\t']);
        if after.starts_with('(')
            || after.starts_with("::")
            || matches!(name, "null" | "true" | "false")
        {
            self.at = start;
            return None;
        }
        Some((name, span))
    }

    /// A key of a map: its text as written where it is no literal.
    pub(super) fn key(&mut self) -> Read<(Cow<'a, str>, Span)> {
        let start = self.at;
        if let Some((name, span)) = self.name() {
            let end = self.at;
            self.skip(Lines::End)?;
            if self.rest().starts_with(['=', ':']) && !self.rest().starts_with("::") {
                self.at = end;
                return Ok((Cow::Borrowed(name), span));
            }
            self.at = start;
        }
        let node = self.deeper(|reader| reader.expression(Lines::End))?;
        let span = self.since(start);
        let key = if let Content::String(text) = node.value {
            text
        } else {
            let written = span.of(self.text);
            let inner = written.strip_prefix('"').and_then(|w| w.strip_suffix('"'));
            Cow::Borrowed(inner.unwrap_or(written))
        };
        Ok((key, span))
    }
}
