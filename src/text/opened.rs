//! A file's bytes as they come, decompressed where its first bytes say gzip.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::admit::MAX_FILE;
use super::read_error::ReadError;

/// How far the reading of files has come, for whoever watches it from another thread.
#[derive(Debug, Default)]
pub struct Progress {
    bytes: AtomicU64,
    files: AtomicU64,
}

impl Progress {
    /// Bytes read so far, as they are on the disk.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Files done with so far.
    pub fn files(&self) -> u64 {
        self.files.load(Ordering::Relaxed)
    }

    /// Notes that one file more is done with.
    pub fn file_is_done(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
    }

    fn add_bytes(&self, count: usize) {
        let count = u64::try_from(count).unwrap_or_default();
        self.bytes.fetch_add(count, Ordering::Relaxed);
    }
}

/// What the first two bytes of a gzip file are: RFC 1952, 2.3.1.
pub const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// How much of a file is read to see what it is.
const HEAD: usize = 64 * 1024;

/// A file of which the first bytes were read.
#[derive(Debug)]
pub struct Opened<'p> {
    /// Those that were read.
    head: Vec<u8>,
    /// How many of them were handed out.
    given: usize,
    rest: Rest,
    progress: &'p Progress,
}

#[derive(Debug)]
enum Rest {
    /// All was read.
    Nothing,
    File(File),
    StandardInput(io::Stdin),
}

thread_local! {
    /// Where the first bytes of a file are read to: its size need not be asked for, and what is kept
    /// is no larger than the file.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; HEAD]);
}

/// Opens a file, or standard input for `-`, and reads its first 64 KiB.
///
/// # Errors
/// What the operating system says.
pub fn open<'p>(path: &Path, progress: &'p Progress) -> io::Result<Opened<'p>> {
    let mut rest = if path.as_os_str() == "-" {
        Rest::StandardInput(io::stdin())
    } else {
        Rest::File(File::open(path)?)
    };
    let head = BUFFER.with_borrow_mut(|buffer| read_head(&mut rest, buffer))?;
    progress.add_bytes(head.len());
    Ok(Opened {
        head,
        given: 0,
        rest,
        progress,
    })
}

/// Reads until the end or until the buffer is full.
fn read_head(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<Vec<u8>> {
    let mut length = 0_usize;
    while let Some(free) = buffer.get_mut(length..).filter(|free| !free.is_empty()) {
        match from.read(free) {
            Ok(0) => break,
            Ok(count) => length = length.saturating_add(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(buffer.get(..length).unwrap_or_default().to_vec())
}

impl<'p> Opened<'p> {
    /// Bytes that stand in for those of a file.
    pub const fn in_memory(bytes: Vec<u8>, progress: &'p Progress) -> Self {
        Self {
            head: bytes,
            given: 0,
            rest: Rest::Nothing,
            progress,
        }
    }

    /// The first bytes as they are on the disk, at most 64 KiB of a file.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Whether those are all.
    pub fn is_whole(&self) -> bool {
        matches!(self.rest, Rest::Nothing) || self.head.len() < HEAD
    }

    /// Whether the file is compressed by gzip, as its first bytes say.
    pub fn is_gzip(&self) -> bool {
        self.head.starts_with(&GZIP_MAGIC)
    }

    /// All its bytes as they are on the disk.
    ///
    /// # Errors
    /// What the operating system says, and where there are more than [`MAX_FILE`] of them: a device
    /// may have no end.
    pub fn into_bytes(mut self) -> Result<Vec<u8>, ReadError> {
        let head = std::mem::take(&mut self.head);
        if head.len() < HEAD {
            return Ok(head);
        }
        read_whole(head, FileBytes::Plain(self))
    }

    /// Whether the file is surely larger than what is read whole.
    fn is_too_large(&self) -> bool {
        self.length().is_some_and(|length| length > MAX_FILE)
    }

    /// Bytes of a file that were not read yet, or one more; none where that is not known.
    fn rest_length(&self) -> usize {
        let length = self
            .length()
            .and_then(|length| usize::try_from(length).ok());
        let rest = length.map(|length| length.saturating_sub(HEAD).saturating_add(1));
        rest.unwrap_or_default()
    }

    /// The length of a file; a pipe and a device have none.
    fn length(&self) -> Option<u64> {
        let Rest::File(file) = &self.rest else {
            return None;
        };
        let found = file.metadata().ok()?;
        found.is_file().then_some(found.len())
    }

    /// The first bytes as they are on the disk, at most so many.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn into_first_bytes(mut self, limit: usize) -> Result<Vec<u8>, ReadError> {
        let mut bytes = std::mem::take(&mut self.head);
        let known = bytes.len();
        if known >= HEAD && known < limit {
            let more = u64::try_from(limit.saturating_sub(known)).unwrap_or(u64::MAX);
            self.rest.take(more).read_to_end(&mut bytes)?;
            self.progress.add_bytes(bytes.len().saturating_sub(known));
        }
        bytes.truncate(limit);
        Ok(bytes)
    }

    /// The content: of a gzip file what it holds when decompressed, all its members one after
    /// another.
    pub fn content(self) -> FileBytes<'p> {
        if self.is_gzip() {
            let buffered = BufReader::with_capacity(64 * 1024, self);
            FileBytes::Gzip(Box::new(MultiGzDecoder::new(buffered)))
        } else {
            FileBytes::Plain(self)
        }
    }
}

/// The bytes that were read and all that follow.
///
/// # Errors
/// As [`Opened::into_bytes`].
pub fn read_whole(mut bytes: Vec<u8>, rest: FileBytes<'_>) -> Result<Vec<u8>, ReadError> {
    if let FileBytes::Plain(opened) = &rest
        && opened.is_too_large()
    {
        return Err(ReadError::TooLarge);
    }
    if let FileBytes::Plain(opened) = &rest {
        // A buffer that grows would take twice the memory.
        bytes.reserve_exact(opened.rest_length());
    }
    let known = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let room = MAX_FILE.saturating_add(1).saturating_sub(known);
    rest.take(room).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_FILE) {
        return Err(ReadError::TooLarge);
    }
    Ok(bytes)
}

impl Read for Opened<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut head = self.head.get(self.given..).unwrap_or_default();
        if head.is_empty() {
            let count = self.rest.read(buffer)?;
            self.progress.add_bytes(count);
            return Ok(count);
        }
        let count = head.read(buffer)?;
        self.given = self.given.saturating_add(count);
        Ok(count)
    }
}

impl Read for Rest {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Nothing => Ok(0),
            Self::File(file) => file.read(buffer),
            Self::StandardInput(input) => input.read(buffer),
        }
    }
}

/// The content of a file, byte by byte.
#[derive(Debug)]
pub enum FileBytes<'p> {
    /// As it is on the disk.
    Plain(Opened<'p>),
    /// Decompressed.
    Gzip(Box<MultiGzDecoder<BufReader<Opened<'p>>>>),
}

impl Read for FileBytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(plain) => plain.read(buffer),
            Self::Gzip(decoder) => decoder.read(buffer),
        }
    }
}
