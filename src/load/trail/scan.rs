//! Where a JSON value ends and what stands at the top of a record, without reading the rest.
//!
//! Strings, their escapes and the nesting of brackets are followed exactly, so that nothing inside
//! a string or a nested object is taken for a field of the record. What is passed over is not
//! judged further: that a number is one is not asked.

use crate::tree::{Content, Node};

use super::nested;

/// Why a value was not passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bytes end before it does.
    Cut,
    /// It is not JSON.
    Broken {
        /// The byte, from the start of what was scanned.
        at: usize,
        /// What is wrong, as a message.
        what: &'static str,
    },
}

/// What was passed, as it stands there: a string without its quotes, anything else not at all.
pub(super) type Raw<'a> = Option<&'a [u8]>;

/// A place among bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn broken<T>(&self, what: &'static str) -> Result<T, Stop> {
        Err(Stop::Broken { at: self.at, what })
    }

    fn advance(&mut self, count: usize) {
        self.at = self.at.saturating_add(count);
    }

    /// The next byte that is not white space.
    pub(super) fn next(&mut self) -> Result<u8, Stop> {
        while let Some(byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Ok(*byte);
            }
            self.advance(1);
        }
        Err(Stop::Cut)
    }

    /// Passes this byte, after white space.
    pub(super) fn take(&mut self, byte: u8, what: &'static str) -> Result<(), Stop> {
        if self.next()? != byte {
            return self.broken(what);
        }
        self.advance(1);
        Ok(())
    }

    /// Passes a string; its inside as written.
    pub(super) fn string(&mut self) -> Result<&'a [u8], Stop> {
        self.advance(1);
        let start = self.at;
        loop {
            let found = plain_length(self.rest()).ok_or(Stop::Cut)?;
            self.advance(found);
            if self.bytes.get(self.at) == Some(&b'"') {
                let inside = self.bytes.get(start..self.at).unwrap_or_default();
                self.advance(1);
                return Ok(inside);
            }
            // A backslash and what it escapes.
            self.advance(2);
        }
    }

    /// Passes a key and its colon.
    pub(super) fn key(&mut self) -> Result<&'a [u8], Stop> {
        if self.next()? != b'"' {
            return self.broken("expected a key in double quotes");
        }
        let key = self.string()?;
        self.take(b':', "expected `:` after the key")?;
        Ok(key)
    }

    /// Passes any value.
    pub(super) fn value(&mut self) -> Result<Raw<'a>, Stop> {
        match self.next()? {
            b'"' => self.string().map(Some),
            b'{' | b'[' => self.nested().map(|()| None),
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.bare().map(|()| None),
            _ => self.broken("expected a value"),
        }
    }

    /// Passes a number or a word. Its end must be seen.
    fn bare(&mut self) -> Result<(), Stop> {
        let rest = self.rest().iter();
        let is_part = |b: &u8| matches!(b, b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'E');
        let length = rest.clone().position(|b| !is_part(b)).ok_or(Stop::Cut)?;
        self.advance(length);
        Ok(())
    }

    /// Passes an object or an array with all that is in it.
    fn nested(&mut self) -> Result<(), Stop> {
        let length = nested::length(self.rest()).map_err(|stop| match stop {
            Stop::Cut => Stop::Cut,
            Stop::Broken { at, what } => Stop::Broken {
                at: self.at.saturating_add(at),
                what,
            },
        })?;
        self.advance(length);
        Ok(())
    }
}

/// Bytes up to the next quote or backslash. Most strings are short, for which a search by wide
/// registers would cost more than it saves: their bytes are looked at eight at a time.
fn plain_length(bytes: &[u8]) -> Option<usize> {
    const WORDS: usize = 4;
    let (words, _) = bytes.as_chunks::<8>();
    let mut passed = 0_usize;
    for word in words.iter().take(WORDS) {
        let word = u64::from_le_bytes(*word);
        let hits = zeros(word ^ EVERY.wrapping_mul(u64::from(b'"')))
            | zeros(word ^ EVERY.wrapping_mul(u64::from(b'\\')));
        if hits != 0 {
            return Some(passed.saturating_add(hits.trailing_zeros() as usize / 8));
        }
        passed = passed.saturating_add(8);
    }
    let rest = bytes.get(passed..).unwrap_or_default();
    memchr::memchr2(b'"', b'\\', rest).map(|found| found.saturating_add(passed))
}

/// The lowest bit of every byte.
const EVERY: u64 = u64::from_le_bytes([1; 8]);

/// The highest bit of the first byte that is zero, and none of those before it. Bytes after it may
/// have theirs set, too.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(EVERY) & !word & (EVERY << 7)
}

/// What is read of every event: bytes of UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields<'a> {
    /// `eventSource`.
    pub(super) source: Option<&'a [u8]>,
    /// `eventName`.
    pub(super) name: Option<&'a [u8]>,
    /// `eventTime`.
    pub(super) time: Option<&'a [u8]>,
    /// `awsRegion`.
    pub(super) region: Option<&'a [u8]>,
    /// `recipientAccountId`.
    pub(super) recipient: Option<&'a [u8]>,
    /// `eventType`.
    pub(super) kind: Option<&'a [u8]>,
    /// `eventCategory`.
    pub(super) category: Option<&'a [u8]>,
    /// `managementEvent`.
    pub(super) management: Option<bool>,
    /// `readOnly`.
    pub(super) read_only: Option<bool>,
}

impl<'a> Fields<'a> {
    /// Those of an event that was parsed.
    pub(super) fn of(event: &'a Node<'_>) -> Self {
        let text = |name: &str| Some(event.get(name)?.as_str()?.as_bytes());
        let flag = |name: &str| match &event.get(name)?.value {
            Content::Bool(flag) => Some(*flag),
            Content::String(text) => flag_of(text.as_bytes()),
            _ => None,
        };
        Self {
            source: text("eventSource"),
            name: text("eventName"),
            time: text("eventTime"),
            region: text("awsRegion"),
            recipient: text("recipientAccountId"),
            kind: text("eventType"),
            category: text("eventCategory"),
            management: flag("managementEvent"),
            read_only: flag("readOnly"),
        }
    }
}

/// `true` or `false`. Tools that turn events into tables and back write them as strings.
fn flag_of(written: &[u8]) -> Option<bool> {
    match written.trim_ascii() {
        b"true" | b"\"true\"" => Some(true),
        b"false" | b"\"false\"" => Some(false),
        _ => None,
    }
}

/// Whether a string's inside is what it stands for: ASCII without escapes.
fn is_plain(inside: &[u8]) -> bool {
    let mut is_plain = true;
    for byte in inside {
        is_plain &= byte.is_ascii();
        is_plain &= *byte != b'\\';
    }
    is_plain
}

/// How many bytes a colon and the value behind it have; none where nothing such stands there.
pub(in crate::load) fn value_length(bytes: &[u8]) -> usize {
    let mut cursor = Cursor::new(bytes);
    let value = cursor.take(b':', "").and_then(|()| cursor.value());
    value.map_or(0, |_| cursor.at)
}

/// The fields of a record that are read of every one, as written between their quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// How many bytes the whole record has.
    pub(super) length: usize,
    /// `eventSource`.
    pub(super) source: Raw<'a>,
    /// `eventName`.
    pub(super) name: Raw<'a>,
    /// `eventTime`.
    time: Raw<'a>,
    /// `awsRegion`.
    region: Raw<'a>,
    /// `recipientAccountId`.
    recipient: Raw<'a>,
    /// `eventType`.
    pub(super) kind: Raw<'a>,
    /// `eventCategory`.
    category: Raw<'a>,
    /// `managementEvent`, with its quotes if it has any.
    management: Raw<'a>,
    /// `readOnly`, likewise.
    read_only: Raw<'a>,
    /// `CloudTrailEvent`, in an answer of `lookup-events`: the event itself, as text.
    pub(super) wrapped: Raw<'a>,
    /// Whether a key is written with escapes, so that it may be one of these.
    escaped_key: bool,
    /// Whether one of these stands twice.
    pub(super) repeated: bool,
}

impl<'a> Record<'a> {
    /// Reads the object that `bytes` begin with.
    pub(super) fn scan(bytes: &'a [u8]) -> Result<Self, Stop> {
        let mut cursor = Cursor::new(bytes);
        let mut record = Self::default();
        cursor.take(b'{', "expected an event, which is an object")?;
        if cursor.next()? != b'}' {
            loop {
                let key = cursor.key()?;
                let start = cursor.at;
                let value = cursor.value()?;
                record.take(key, value, || bytes.get(start..cursor.at));
                if cursor.next()? == b'}' {
                    break;
                }
                cursor.take(b',', "expected `,` or `}`")?;
            }
        }
        record.length = cursor.at.saturating_add(1);
        Ok(record)
    }

    fn take(&mut self, key: &[u8], value: Raw<'a>, as_written: impl FnOnce() -> Raw<'a>) {
        let (field, value) = match key {
            b"eventSource" => (&mut self.source, value),
            b"eventName" => (&mut self.name, value),
            b"eventTime" => (&mut self.time, value),
            b"awsRegion" => (&mut self.region, value),
            b"recipientAccountId" => (&mut self.recipient, value),
            b"eventType" => (&mut self.kind, value),
            b"eventCategory" => (&mut self.category, value),
            b"managementEvent" => (&mut self.management, as_written()),
            b"readOnly" => (&mut self.read_only, as_written()),
            b"CloudTrailEvent" => (&mut self.wrapped, value),
            other => {
                self.escaped_key |= other.contains(&b'\\');
                return;
            }
        };
        self.repeated |= field.is_some();
        *field = value;
    }

    /// The fields, where none of them needs to be decoded.
    pub(super) fn fields(&self) -> Option<Fields<'a>> {
        let fields = Fields {
            source: self.source,
            name: self.name,
            time: self.time,
            region: self.region,
            recipient: self.recipient,
            kind: self.kind,
            category: self.category,
            management: self.management.and_then(flag_of),
            read_only: self.read_only.and_then(flag_of),
        };
        let plain = [
            self.source,
            self.name,
            self.time,
            self.region,
            self.recipient,
            self.kind,
            self.category,
            self.management,
            self.read_only,
        ];
        let plain = plain.into_iter().flatten().all(is_plain);
        (plain && !self.escaped_key).then_some(fields)
    }
}
