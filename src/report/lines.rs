//! JSON on lines of its own, as `serde_json` writes it for people, each line's indentation at once:
//! a long report is mostly lines.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// A comma, the end of a line, and the indentation of the deepest line that is written at once.
const LINE: &[u8] = b",\n                                ";
/// Blanks of one level.
const STEP: usize = 2;

/// The text of a document, which has about so many bytes.
///
/// # Errors
/// Where it cannot be serialised.
pub(super) fn to_lines(document: &impl Serialize, bytes: usize) -> serde_json::Result<String> {
    let mut text = Vec::with_capacity(bytes);
    append_lines(&mut text, document, 0)?;
    String::from_utf8(text).map_err(serde::ser::Error::custom)
}

/// Appends the text of a value that stands in so many arrays and objects.
///
/// # Errors
/// Where it cannot be serialised.
pub(super) fn append_lines(
    text: &mut Vec<u8>,
    value: &impl Serialize,
    depth: usize,
) -> serde_json::Result<()> {
    let lines = Lines {
        depth,
        has_value: false,
    };
    value.serialize(&mut Serializer::with_formatter(text, lines))
}

#[derive(Debug)]
struct Lines {
    depth: usize,
    /// Whether the array or object that is open has something in it.
    has_value: bool,
}

impl Lines {
    fn open(&mut self, out: &mut (impl Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        self.depth = self.depth.saturating_add(1);
        self.has_value = false;
        out.write_all(bracket)
    }

    fn close(&mut self, out: &mut (impl Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.has_value {
            self.next(out, true)?;
        }
        self.has_value = true;
        out.write_all(bracket)
    }

    /// Begins the next line; the first in an array or object follows no comma.
    fn next(&self, out: &mut (impl Write + ?Sized), is_first: bool) -> io::Result<()> {
        let from = usize::from(is_first);
        let blanks = self.depth.saturating_mul(STEP);
        let end = blanks.saturating_add(2);
        if let Some(line) = LINE.get(from..end) {
            return out.write_all(line);
        }
        out.write_all(LINE.get(from..2).unwrap_or_default())?;
        (0..blanks).try_for_each(|_| out.write_all(b" "))
    }
}

impl Formatter for Lines {
    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn it_is_what_serde_json_writes() {
        let mut deep = json!([]);
        for _ in 0..20 {
            deep = json!({"a": [deep, {}], "b": 1});
        }
        for document in [
            deep,
            Value::Null,
            json!({}),
            json!([1, [], [[]], {"é\n": {"x": {}}}, "y"]),
        ] {
            let wanted = serde_json::to_string_pretty(&document).unwrap();
            assert_eq!(to_lines(&document, 0).unwrap(), wanted);
        }
    }
}
