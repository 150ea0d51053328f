//! Events of CloudTrail, as many as there are: read once, counted, and forgotten.
//!
//! Every record is scanned for its end and for the few fields at its top that say what the trail
//! covers. Only events of AWS KMS are parsed. A record of another service is held to be JSON as
//! far as the scan follows it: strings, escapes, brackets, and what separates its members.

mod event;
mod failure;
mod nested;
mod place;
mod scan;
mod shape;
mod tally;
mod window;

use std::io::Read;

use jiff::Timestamp;

use crate::source::json::{self, Node};
use crate::source::{Location, SourceId, Span};

use failure::Failure;
pub(super) use place::{PlacedError, place};
use scan::{Cursor, FIELDS, Record, Stop};
use shape::{BYTE_ORDER_MARK, Opening, opening, says_more};
pub(super) use shape::{Sniff, sniff};
pub(super) use tally::Tally;
use window::Window;

/// Where the events of AWS KMS come from.
const KMS: &str = "kms.amazonaws.com";

/// Content of which the first record has been looked at, and not passed.
#[derive(Debug)]
pub(super) struct Events<R> {
    window: Window<R>,
    tally: Tally,
    source: SourceId,
    /// Whether places in the content can be shown.
    shown: bool,
}

/// What content was found to be.
#[derive(Debug)]
pub(super) enum Look<R> {
    /// Events.
    Events(Events<R>),
    /// Something else: what was read of it, and the reader of the rest.
    Other(Vec<u8>, R),
}

/// Looks at content up to the end of its first record. What has a larger one than any event is
/// something else. `shown`: whether places in the content can be shown.
///
/// # Errors
/// Where the content cannot be read so far.
pub(super) fn look<R: Read>(content: R, source: SourceId, shown: bool) -> Result<Look<R>, Failure> {
    let mut window = Window::new(content);
    loop {
        if !window.has_room() {
            break;
        }
        window.more()?;
        match sniff(window.bytes(), window.is_last()) {
            Sniff::Other => break,
            Sniff::More => {}
            Sniff::Events => {
                return Ok(Look::Events(Events {
                    window,
                    tally: Tally::of_file(),
                    source,
                    shown,
                }));
            }
        }
    }
    let (bytes, reader) = window.into_parts();
    Ok(Look::Other(bytes, reader))
}

impl<R: Read> Events<R> {
    /// Counts all events, up to the first thing that is wrong.
    pub(super) fn count(mut self) -> (Tally, Option<Failure>) {
        let failure = self.documents().err();
        (self.tally, failure)
    }

    /// Everything that stands at the top of the content.
    fn documents(&mut self) -> Result<(), Failure> {
        if self.window.bytes().starts_with(BYTE_ORDER_MARK) {
            self.window.pass(BYTE_ORDER_MARK.len());
        }
        while let Some(first) = self.next()? {
            match first {
                b'[' => {
                    self.window.pass(1);
                    self.list()?;
                }
                b'{' => self.object()?,
                _ => return Err(self.wrong("expected an event, or a list of them")),
            }
        }
        Ok(())
    }

    fn object(&mut self) -> Result<(), Failure> {
        match self.scan(opening)? {
            Opening::Record => self.record(),
            Opening::Other => Err(self.wrong("this is no event of CloudTrail")),
            Opening::List { after, truncated } => {
                if truncated {
                    self.tally.is_truncated();
                }
                self.window.pass(after);
                self.list()?;
                self.rest_of_answer()
            }
        }
    }

    /// The items of a list whose bracket was passed, and the bracket at its end.
    fn list(&mut self) -> Result<(), Failure> {
        if self.next_in_list()? == b']' {
            self.window.pass(1);
            return Ok(());
        }
        loop {
            if self.next_in_list()? != b'{' {
                return Err(self.wrong("expected an event, which is an object"));
            }
            self.record()?;
            match self.next_in_list()? {
                b',' => self.window.pass(1),
                b']' => {
                    self.window.pass(1);
                    return Ok(());
                }
                _ => return Err(self.wrong("expected `,` or `]` after an event")),
            }
        }
    }

    /// What an answer says after its list.
    fn rest_of_answer(&mut self) -> Result<(), Failure> {
        loop {
            match self.next_in_list()? {
                b'}' => {
                    self.window.pass(1);
                    return Ok(());
                }
                b',' => self.window.pass(1),
                _ => return Err(self.wrong("expected `,` or `}`")),
            }
            self.next_in_list()?;
            let (length, twice, more) = self.scan(|bytes| {
                let mut cursor = Cursor::new(bytes);
                let key = cursor.key()?;
                let value = cursor.value()?;
                let twice = matches!(key, b"Records" | b"Events");
                Ok((cursor.at, twice, says_more(key, value)))
            })?;
            if twice {
                return Err(self.wrong("a second list of events stands in one object"));
            }
            if more {
                self.tally.is_truncated();
            }
            self.window.pass(length);
        }
    }

    /// One record, which begins the window.
    fn record(&mut self) -> Result<(), Failure> {
        loop {
            match Record::scan(self.window.bytes()) {
                Ok(record) => {
                    let length = record.length;
                    let bytes = self.window.bytes().get(..length).unwrap_or_default();
                    let origin = Origin {
                        source: self.source,
                        offset: self.shown.then(|| self.window.offset()),
                        within: None,
                    };
                    take(&mut self.tally, origin, &record, bytes)
                        .map_err(|(at, message)| self.wrong_at(at, message))?;
                    self.window.pass(length);
                    return Ok(());
                }
                Err(stop) => self.go_on(stop)?,
            }
        }
    }

    /// Scans from the window's beginning, with more in the window as long as it is cut.
    fn scan<T>(&mut self, scan: impl Fn(&[u8]) -> Result<T, Stop>) -> Result<T, Failure> {
        loop {
            match scan(self.window.bytes()) {
                Ok(found) => return Ok(found),
                Err(stop) => self.go_on(stop)?,
            }
        }
    }

    fn go_on(&mut self, stop: Stop) -> Result<(), Failure> {
        match stop {
            Stop::Broken { at, what } => Err(self.wrong_at(at, what)),
            Stop::Cut if self.window.is_last() => Err(self.cut_off()),
            Stop::Cut => self.window.more(),
        }
    }

    /// The next byte that is not white space; none at the end.
    fn next(&mut self) -> Result<Option<u8>, Failure> {
        loop {
            let mut cursor = Cursor::new(self.window.bytes());
            let found = cursor.next();
            let passed = cursor.at;
            self.window.pass(passed);
            match found {
                Ok(byte) => return Ok(Some(byte)),
                Err(_) if self.window.is_last() => return Ok(None),
                Err(_) => self.window.more()?,
            }
        }
    }

    fn next_in_list(&mut self) -> Result<u8, Failure> {
        self.next()?.ok_or_else(|| self.cut_off())
    }

    fn cut_off(&self) -> Failure {
        let at = self.window.bytes().len();
        self.wrong_at(at, "the events are cut off: the file ends inside of them")
    }

    fn wrong(&self, message: &str) -> Failure {
        self.wrong_at(0, message)
    }

    fn wrong_at(&self, at: usize, message: impl Into<String>) -> Failure {
        let at = u64::try_from(at).unwrap_or_default();
        Failure::at(self.window.offset().saturating_add(at), message)
    }
}

/// What is wrong with a record, and the byte of it.
type Wrong = (usize, String);

/// Where a record comes from.
#[derive(Clone, Copy)]
struct Origin {
    source: SourceId,
    /// Where it begins in the file's content; none where that cannot be shown.
    offset: Option<u64>,
    /// What to point at in it, where it is itself a string inside another record.
    within: Option<Span>,
}

impl Origin {
    /// What to point at: the name of the event, which has this span in the record. Nothing where it
    /// lies beyond what spans reach.
    fn place(self, name: Option<Span>) -> Location {
        let found = || {
            let offset = u32::try_from(self.offset?).ok()?;
            let span = self.within.or(name)?;
            Some(Span {
                start: span.start.checked_add(offset)?,
                end: span.end.checked_add(offset)?,
            })
        };
        Location {
            source: self.source,
            span: found().unwrap_or_default(),
        }
    }
}

/// Counts one record.
fn take(tally: &mut Tally, origin: Origin, record: &Record<'_>, bytes: &[u8]) -> Result<(), Wrong> {
    if record.repeated {
        let message = "a field of the event stands twice: readers differ in which they take";
        return Err((0, message.to_owned()));
    }
    if record.wrapped.is_some() {
        return take_wrapped(tally, origin, bytes);
    }
    if let Some(fields) = record.fields() {
        return take_event(tally, origin, &fields, bytes);
    }
    let node = parse(bytes)?;
    let text = |name: &&str| node.get(name).and_then(Node::as_str);
    take_event(tally, origin, &FIELDS.each_ref().map(text), bytes)
}

/// An item of `lookup-events`, in which the event is a string.
fn take_wrapped(tally: &mut Tally, origin: Origin, bytes: &[u8]) -> Result<(), Wrong> {
    let node = parse(bytes)?;
    let Some(event) = node.get("CloudTrailEvent") else {
        return Err((0, "the event has no `CloudTrailEvent`".to_owned()));
    };
    let place = usize::try_from(event.span.start).unwrap_or_default();
    let Some(text) = event.as_str() else {
        return Err((place, "`CloudTrailEvent` must be a string".to_owned()));
    };
    let wrong = |what: &str| (place, format!("the event in this string is broken: {what}"));
    let start = text.len().saturating_sub(text.trim_start().len());
    let text = text.get(start..).unwrap_or_default();
    let record = Record::scan(text.as_bytes()).map_err(|stop| match stop {
        Stop::Cut => wrong("it is cut off"),
        Stop::Broken { what, .. } => wrong(what),
    })?;
    let (event, rest) = text.split_at_checked(record.length).unwrap_or((text, ""));
    if record.wrapped.is_some() || !rest.trim().is_empty() {
        return Err(wrong("it is no single event"));
    }
    let name = node.get("EventName").map(|name| name.span);
    let origin = Origin {
        within: name.or(Some(Span::new(0, 1))),
        ..origin
    };
    take(tally, origin, &record, event.as_bytes()).map_err(|(_, what)| wrong(&what))
}

fn take_event(
    tally: &mut Tally,
    origin: Origin,
    [from, name, time, region, account]: &[Option<&str>; 5],
    bytes: &[u8],
) -> Result<(), Wrong> {
    let missing = |field: &str| (0, format!("the event has no `{field}`"));
    let from = from.ok_or_else(|| missing("eventSource"))?;
    if name.is_none() {
        return Err(missing("eventName"));
    }
    let time = time.ok_or_else(|| missing("eventTime"))?;
    let time: Timestamp = time.parse().map_err(|_| {
        let shown = time.escape_default();
        (
            0,
            format!("`eventTime` must be a date and a time: `{shown}` is none"),
        )
    })?;
    let event = if from == KMS {
        Some(parse(bytes)?)
    } else {
        None
    };
    tally.cover(time, *region, *account);
    if let Some(event) = event {
        let likeness = event::likeness(&event);
        let source_address = likeness.change.is_some().then(|| event::address(&event));
        let place = origin.place(event.get("eventName").map(|name| name.span));
        tally.count(likeness, time, (place, source_address.flatten()));
    }
    Ok(())
}

fn parse(bytes: &[u8]) -> Result<Node<'_>, Wrong> {
    let text = str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        (at, "the event is not UTF-8".to_owned())
    })?;
    json::parse(text).map_err(|error| {
        let at = usize::try_from(error.span.start).unwrap_or_default();
        (at, error.message)
    })
}
