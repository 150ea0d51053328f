//! What content is: events, or something else, by its first record.

use std::io::Read;

use crate::text::SourceId;

use super::failure::Failure;
use super::shape::{Sniff, sniff};
use super::tally::Tally;
use super::window::Window;
use super::{Events, Recorder};

/// What content was found to be.
#[derive(Debug)]
pub(in crate::load) enum Look<R> {
    /// Events.
    Events(Box<Events<R>>),
    /// Something else.
    Other(Unknown<R>),
}

/// Content of which the first record is none that was looked at to its end.
#[derive(Debug)]
pub(in crate::load) struct Unknown<R> {
    /// What was read of it.
    pub(in crate::load) bytes: Vec<u8>,
    /// The reader of the rest.
    pub(in crate::load) rest: R,
    /// Whether its first record may yet be an event: it is larger than any that CloudTrail writes.
    pub(in crate::load) is_open: bool,
}

/// Looks at content up to the end of its first record. `shown`: whether places in the content can be
/// shown.
///
/// # Errors
/// Where the content cannot be read so far.
pub(in crate::load) fn look<R: Read>(
    content: R,
    source: SourceId,
    shown: bool,
) -> Result<Look<R>, Failure> {
    let mut window = Window::new(content);
    let mut is_open = true;
    while window.has_room() && !window.is_last() {
        window.more()?;
        match sniff(window.bytes(), window.is_last()) {
            Sniff::More => {}
            Sniff::Other => {
                is_open = false;
                break;
            }
            Sniff::Events => {
                return Ok(Look::Events(Box::new(Events {
                    window,
                    tally: Tally::of_file(),
                    source,
                    shown,
                    recorder: Recorder::Trail,
                    timeless: None,
                })));
            }
        }
    }
    let (bytes, rest) = window.into_parts();
    Ok(Look::Other(Unknown {
        bytes,
        rest,
        is_open,
    }))
}

impl<R: Read> Unknown<R> {
    /// Reads on, up to so many bytes in all.
    ///
    /// # Errors
    /// Where the content cannot be read so far.
    pub(in crate::load) fn read_to(&mut self, limit: usize) -> Result<(), Failure> {
        let more = limit.saturating_sub(self.bytes.len());
        let mut rest = (&mut self.rest).take(u64::try_from(more).unwrap_or(u64::MAX));
        let read = rest.read_to_end(&mut self.bytes);
        read.map(drop).map_err(|error| Failure::unreadable(&error))
    }
}

/// What is wrong with content of which the first record was too large to be looked at (`is_open`), and
/// is an event after all: CloudTrail writes none so large, and it may hide what comes after it.
pub(in crate::load) fn large_event(bytes: &[u8], is_open: bool) -> Option<Failure> {
    let is_large = is_open && sniff(bytes, true) == Sniff::Events;
    let first = bytes.iter().position(|byte| !byte.is_ascii_whitespace());
    let first = u64::try_from(first.unwrap_or_default()).unwrap_or_default();
    is_large.then(|| Failure::too_large_record(first))
}
