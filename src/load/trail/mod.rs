//! Events of CloudTrail, as many as there are: read once, counted, and forgotten.
//!
//! Every record is scanned for its end and for the few fields at its top that say what the trail
//! covers. Only events of AWS KMS are parsed. A record of another service is held to be JSON as
//! far as the scan follows it: strings, escapes, brackets, and what separates its members.

mod account_regions;
mod answer;
mod clock;
mod event;
mod failure;
mod join;
mod look;
mod nested;
mod part;
mod place;
mod record;
mod scan;
mod selectors;
mod shape;
mod tally;
mod window;

use std::io::Read;

use crate::text::SourceId;

pub(super) use answer::AnswerFile;
pub(super) use failure::Failure;
pub(super) use join::TrailParts;
pub(super) use look::{Look, Unknown, large_event, look};
pub(super) use part::{LookupRequest, NamedLog, TrailPart, moment};
pub(super) use place::{PlacedError, place};
use record::{Origin, Taken, take};
pub(super) use scan::value_length;
use scan::{Cursor, Record, Stop};
pub(super) use selectors::record_kms_reads;
use shape::{BYTE_ORDER_MARK, Opening, next_token, opening};
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
    /// Who recorded the events that come now.
    recorder: Recorder,
    /// That a record says no time, where one does.
    timeless: Option<Failure>,
}

/// What came of counting the events of a file.
#[derive(Debug)]
pub(super) enum Counted {
    /// What they are, and what is wrong.
    Events(Box<Tally>, Option<Failure>),
    /// None is of AWS KMS, and none says its time: somebody wrote them to try a program, or they are of
    /// other services.
    Nobodys,
}

/// Who recorded an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recorder {
    /// A trail, which records what its settings let in.
    Trail,
    /// The event history, which `lookup-events` reads.
    History,
}

impl<R: Read> Events<R> {
    /// Counts all events, up to the first thing that is wrong.
    pub(super) fn count(mut self) -> Counted {
        let failure = self.documents().err();
        let is_empty = self.tally.events() == 0;
        match (failure, self.timeless) {
            (None, Some(_)) if is_empty => Counted::Nobodys,
            (failure, timeless) => Counted::Events(Box::new(self.tally), timeless.or(failure)),
        }
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
            Opening::List {
                after,
                is_answer,
                token,
            } => {
                self.window.pass(after);
                if is_answer {
                    self.recorder = Recorder::History;
                    self.tally.begin_answer(self.source);
                }
                self.list()?;
                let token = token.or(self.rest_of_answer()?);
                self.recorder = Recorder::Trail;
                if let Some(token) = token {
                    self.tally.has_next_page(self.source, token);
                }
                Ok(())
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

    /// What an answer says after its list: its `NextToken`.
    fn rest_of_answer(&mut self) -> Result<Option<String>, Failure> {
        let mut token = None;
        loop {
            match self.next_in_list()? {
                b'}' => {
                    self.window.pass(1);
                    return Ok(token);
                }
                b',' => self.window.pass(1),
                _ => return Err(self.wrong("expected `,` or `}`")),
            }
            self.next_in_list()?;
            let (length, twice, found) = self.scan(|bytes| {
                let mut cursor = Cursor::new(bytes);
                let key = cursor.key()?;
                let value = cursor.value()?;
                let twice = matches!(key, b"Records" | b"Events");
                Ok((cursor.at, twice, next_token(key, value)))
            })?;
            if twice {
                return Err(self.wrong("a second list of events stands in one object"));
            }
            token = token.or(found);
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
                        recorder: self.recorder,
                        offset: self.shown.then(|| self.window.offset()),
                        within: None,
                    };
                    let taken = take(&mut self.tally, origin, &record, bytes)
                        .map_err(|(at, message)| self.wrong_at(at, message))?;
                    if taken == Taken::WithoutTime && self.timeless.is_none() {
                        self.timeless = Some(self.wrong("the event has no `eventTime`"));
                    }
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
