//! A window that moves over the content of a file: no more of it is in memory at a time than the
//! largest record has.

use std::io::Read;

use super::failure::Failure;

/// The most bytes that one record may have. CloudTrail cuts an event at 256 KB, at 1 MB from event
/// version 1.11 on:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html>
pub(super) const MAX_RECORD: usize = 16 << 20;

/// The most bytes that the content of one file may have, decompressed. CloudTrail delivers files
/// of some 50 MB at most.
pub(super) const MAX_CONTENT: u64 = 4 << 30;

/// How much is read at once; it stays in a core's cache.
const CHUNK: usize = 256 << 10;

/// What was read of the content and not yet passed.
#[derive(Debug)]
pub(super) struct Window<R> {
    reader: R,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// How many bytes were passed.
    passed: u64,
    /// Whether the content ends with these bytes.
    ended: bool,
    /// The most bytes that the content may have.
    limit: u64,
}

impl<R: Read> Window<R> {
    pub(super) const fn new(reader: R) -> Self {
        Self::with_limit(reader, MAX_CONTENT)
    }

    const fn with_limit(reader: R, limit: u64) -> Self {
        Self {
            reader,
            bytes: Vec::new(),
            start: 0,
            end: 0,
            passed: 0,
            ended: false,
            limit,
        }
    }

    /// What was read and the reader of the rest.
    pub(super) fn into_parts(mut self) -> (Vec<u8>, R) {
        self.bytes.truncate(self.end);
        (self.bytes, self.reader)
    }

    /// What is in the window.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether nothing comes after it.
    pub(super) const fn is_last(&self) -> bool {
        self.ended
    }

    /// Where it begins in the content.
    pub(super) const fn offset(&self) -> u64 {
        self.passed
    }

    /// Passes bytes at its beginning.
    pub(super) fn pass(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.end);
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.passed = self.passed.saturating_add(count);
    }

    /// Whether what is in it may still be the beginning of a record.
    pub(super) const fn has_room(&self) -> bool {
        self.end.saturating_sub(self.start) < MAX_RECORD
    }

    /// Brings more; makes room for it where the window is full.
    pub(super) fn more(&mut self) -> Result<(), Failure> {
        if !self.has_room() {
            return Err(Failure::too_large_record(self.passed));
        }
        self.bytes.copy_within(self.start..self.end, 0);
        self.end = self.end.saturating_sub(self.start);
        self.start = 0;
        if self.end.saturating_mul(2) >= self.bytes.len() {
            let wanted = self.bytes.len().saturating_mul(2).max(CHUNK);
            if self.bytes.is_empty() {
                // Most files are smaller: memory that comes zeroed is not written to before it is
                // needed.
                self.bytes = vec![0; wanted];
            } else {
                self.bytes.resize(wanted, 0);
            }
        }
        while let Some(room) = self.bytes.get_mut(self.end..)
            && !room.is_empty()
        {
            match self.reader.read(room) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => self.end = self.end.saturating_add(count),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Failure::unreadable(&error)),
            }
        }
        let seen = u64::try_from(self.end).unwrap_or(u64::MAX);
        if self.passed.saturating_add(seen) > self.limit {
            return Err(Failure::too_large_content());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Write as _, repeat};

    use flate2::Compression;
    use flate2::read::MultiGzDecoder;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn what_grows_beyond_the_limit_when_decompressed_is_refused() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&vec![b' '; 8 << 20]).unwrap();
        let bomb = encoder.finish().unwrap();
        assert!(bomb.len() < 100_000);
        let read = |limit| {
            let mut window = Window::with_limit(MultiGzDecoder::new(&*bomb), limit);
            while !window.is_last() {
                window.more()?;
                window.pass(window.bytes().len());
            }
            Ok::<_, Failure>(window.offset())
        };
        assert_eq!(read(8 << 20), Ok(8 << 20));
        assert_eq!(read((8 << 20) - 1), Err(Failure::too_large_content()));
    }

    #[test]
    fn a_record_without_end_does_not_fill_the_memory() {
        let mut window = Window::new(repeat(b'x'));
        let refused = loop {
            if let Err(refused) = window.more() {
                break refused;
            }
        };
        assert_eq!(refused, Failure::too_large_record(0));
        assert!(window.bytes.len() <= 2 * MAX_RECORD);
    }
}
