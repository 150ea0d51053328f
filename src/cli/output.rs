//! Standard output and standard error. Whether somebody reads them never changes what a command
//! does: a gate that is piped into `head` decides as it would without it.

use std::io::{self, BufWriter, StderrLock, StdoutLock, Write};

/// A stream that swallows what nobody reads: after the first failure of the kind that is tolerated
/// nothing is written any more, and nothing fails.
pub(super) struct Unheard<W> {
    stream: W,
    tolerates: fn(&io::Error) -> bool,
    closed: bool,
}

impl<W> Unheard<W> {
    const fn new(stream: W, tolerates: fn(&io::Error) -> bool) -> Self {
        Self {
            stream,
            tolerates,
            closed: false,
        }
    }

    fn or<T>(&mut self, done: io::Result<T>, swallowed: T) -> io::Result<T> {
        match done {
            Err(error) if (self.tolerates)(&error) => {
                self.closed = true;
                Ok(swallowed)
            }
            done => done,
        }
    }
}

impl<W: Write> Write for Unheard<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let written = self.stream.write(bytes);
        self.or(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let flushed = self.stream.flush();
        self.or(flushed, ())
    }
}

/// Standard output. A reader that has gone, such as `head`, is no failure; a full disk is one, as
/// the report that was asked for is not there.
pub(super) fn stdout() -> BufWriter<Unheard<StdoutLock<'static>>> {
    let is_gone = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    BufWriter::new(Unheard::new(io::stdout().lock(), is_gone))
}

/// Writes the text on standard output.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut out = stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Standard error: what cannot be said there is said nowhere, and the exit code tells.
pub(super) fn stderr() -> BufWriter<Unheard<StderrLock<'static>>> {
    let any = |error: &io::Error| error.kind() != io::ErrorKind::Interrupted;
    BufWriter::new(Unheard::new(io::stderr().lock(), any))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes, then fails.
    struct Failing(usize, io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.0.checked_sub(bytes.len()) {
                Some(left) => {
                    self.0 = left;
                    Ok(bytes.len())
                }
                None => Err(self.1.into()),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_written_no_more_and_a_full_disk_fails() {
        let tolerates = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
        let mut out = Unheard::new(Failing(4, io::ErrorKind::BrokenPipe), tolerates);
        for _ in 0..3 {
            out.write_all(b"abc").unwrap();
        }
        out.flush().unwrap();
        assert_eq!(out.stream.0, 1);
        let mut out = Unheard::new(Failing(4, io::ErrorKind::StorageFull), tolerates);
        out.write_all(b"abc").unwrap();
        assert!(out.write_all(b"abc").is_err());
    }
}
