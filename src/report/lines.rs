//! JSON on lines of its own, as `serde_json` writes it for people, each line's indentation at once:
//! a long report is mostly lines.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::text::escape_json;

/// A comma, the end of a line, and the indentation of the deepest line that is written at once.
const LINE: &[u8] = b",\n                                ";
/// Blanks of one level.
const STEP: usize = 2;

/// The text of a document.
///
/// # Errors
/// Where it cannot be serialised.
pub(super) fn to_lines(document: &impl Serialize) -> serde_json::Result<String> {
    let mut text = Vec::new();
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

    fn next(&self, out: &mut (impl Write + ?Sized), is_first: bool) -> io::Result<()> {
        next_line(out, self.depth, is_first)
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

/// An object on lines of its own, written member by member: a report of thousands of findings is little
/// else. The names of members need no escapes.
#[derive(Debug)]
pub(super) struct ObjectLines<'o> {
    out: &'o mut Vec<u8>,
    /// In how many arrays and objects its members stand.
    depth: usize,
    is_empty: bool,
}

impl<'o> ObjectLines<'o> {
    /// Writes an object at this depth: the number of arrays and objects that contain it.
    ///
    /// # Errors
    /// Where `members` does.
    pub(super) fn write(
        out: &'o mut Vec<u8>,
        depth: usize,
        members: impl FnOnce(&mut ObjectLines<'_>) -> serde_json::Result<()>,
    ) -> serde_json::Result<()> {
        out.push(b'{');
        let mut object = ObjectLines {
            depth: depth.saturating_add(1),
            is_empty: true,
            out,
        };
        members(&mut object)?;
        let ObjectLines { is_empty, out, .. } = object;
        if !is_empty {
            next_line(out, depth, true).map_err(serde_json::Error::io)?;
        }
        out.push(b'}');
        Ok(())
    }

    fn name(&mut self, name: &'static str) -> serde_json::Result<()> {
        next_line(self.out, self.depth, self.is_empty).map_err(serde_json::Error::io)?;
        self.is_empty = false;
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\": ");
        Ok(())
    }

    /// A member that is a text.
    pub(super) fn text(&mut self, name: &'static str, text: &str) -> serde_json::Result<()> {
        self.name(name)?;
        string(self.out, text)
    }

    /// A member that no text of a policy is in, on one line: a number, true, false, null, or a word of ours.
    pub(super) fn plain(
        &mut self,
        name: &'static str,
        value: &impl Serialize,
    ) -> serde_json::Result<()> {
        self.name(name)?;
        serde_json::to_writer(&mut *self.out, value)
    }

    /// A member that is an object.
    pub(super) fn object(
        &mut self,
        name: &'static str,
        members: impl FnOnce(&mut ObjectLines<'_>) -> serde_json::Result<()>,
    ) -> serde_json::Result<()> {
        self.name(name)?;
        ObjectLines::write(self.out, self.depth, members)
    }

    /// A member that is a list of texts.
    pub(super) fn texts(
        &mut self,
        name: &'static str,
        texts: &[impl AsRef<str>],
    ) -> serde_json::Result<()> {
        self.list(name, texts, |text, out, _| string(out, text.as_ref()))
    }

    /// A member that is a list of objects.
    pub(super) fn objects<T>(
        &mut self,
        name: &'static str,
        items: &[T],
        members: impl Fn(&T, &mut ObjectLines<'_>) -> serde_json::Result<()>,
    ) -> serde_json::Result<()> {
        self.list(name, items, |item, out, depth| {
            ObjectLines::write(out, depth, |object| members(item, object))
        })
    }

    fn list<T>(
        &mut self,
        name: &'static str,
        items: &[T],
        write: impl Fn(&T, &mut Vec<u8>, usize) -> serde_json::Result<()>,
    ) -> serde_json::Result<()> {
        self.name(name)?;
        self.out.push(b'[');
        let depth = self.depth.saturating_add(1);
        for (index, item) in items.iter().enumerate() {
            next_line(self.out, depth, index == 0).map_err(serde_json::Error::io)?;
            write(item, self.out, depth)?;
        }
        if !items.is_empty() {
            next_line(self.out, self.depth, true).map_err(serde_json::Error::io)?;
        }
        self.out.push(b']');
        Ok(())
    }
}

/// Begins the next line; the first in an array or object follows no comma.
fn next_line(out: &mut (impl Write + ?Sized), depth: usize, is_first: bool) -> io::Result<()> {
    let from = usize::from(is_first);
    let blanks = depth.saturating_mul(STEP);
    if let Some(line) = LINE.get(from..blanks.saturating_add(2)) {
        return out.write_all(line);
    }
    out.write_all(LINE.get(from..2).unwrap_or_default())?;
    (0..blanks).try_for_each(|_| out.write_all(b" "))
}

/// A string with nothing in it that would steer a terminal. Most need no escapes, which is seen without a
/// branch for each byte.
fn string(out: &mut Vec<u8>, text: &str) -> serde_json::Result<()> {
    let special = |byte: u8| {
        u8::from(byte < b' ')
            | u8::from(byte >= 0x7f)
            | u8::from(byte == b'"')
            | u8::from(byte == b'\\')
            | u8::from(byte == b'#')
            | (u8::from(byte == b'_') << 1)
    };
    let special = text.bytes().fold(0, |all, byte| all | special(byte));
    // A command of a runner has a number sign or this.
    if special == 0 || special == 2 && !text.contains("section_") {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return Ok(());
    }
    let start = out.len();
    serde_json::to_writer(&mut *out, text)?;
    let quoted = String::from_utf8_lossy(out.get(start..).unwrap_or_default());
    if let Cow::Owned(escaped) = escape_json(&quoted) {
        out.truncate(start);
        out.extend_from_slice(escaped.as_bytes());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn members_are_written_as_serde_json_writes_them_but_escaped() {
        let long = "x".repeat(100);
        for text in [
            "",
            "a b",
            "\u{7f}é😀",
            "\"",
            "a\\",
            "\n",
            "\u{1f}x",
            "a_b #c",
            "##[group]",
            "section_start:0:x",
            "a\u{202e}b",
            &long,
        ] {
            for depth in [0, 1, 5, 40] {
                let texts = [text.to_owned(), "y".to_owned()];
                let mut out = Vec::new();
                ObjectLines::write(&mut out, depth, |object| {
                    object.text("text", text)?;
                    object.plain("number", &7)?;
                    object.plain("nothing", &Value::Null)?;
                    object.texts("texts", &texts)?;
                    object.texts("none", &[""; 0])?;
                    object.object("empty", |_| Ok(()))?;
                    object.objects("objects", &texts, |of, inner| inner.text("of", of))
                })
                .unwrap();
                let document = json!({
                    "text": text, "number": 7, "nothing": null, "texts": texts, "none": [],
                    "empty": {}, "objects": [{"of": text}, {"of": "y"}],
                });
                let mut wanted = Vec::new();
                append_lines(&mut wanted, &document, depth).unwrap();
                let wanted = String::from_utf8(wanted).unwrap();
                assert_eq!(String::from_utf8(out).unwrap(), escape_json(&wanted));
            }
        }
    }

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
            assert_eq!(to_lines(&document).unwrap(), wanted);
        }
    }
}
