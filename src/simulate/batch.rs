//! Streams requests: a block of lines at a time, decided on all cores, written in order.

use std::borrow::Cow;
use std::io::{self, BufRead, Read as _, Write};

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use serde::Serialize;

use crate::text::escape_json;

use super::answer::answer;
use super::request::read_line;

/// Bytes of lines that are decided at a time; memory stays near this, however long the input is.
const BLOCK: usize = 4 << 20;
/// Bytes of the longest line that is read; a request needs a hundredth of it.
const LONGEST_LINE: usize = 64 << 20;

/// What a batch came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchSummary {
    /// Lines answered, errors included.
    pub lines: usize,
    /// Lines that were no request.
    pub errors: usize,
}

#[derive(Serialize)]
struct ErrorAnswer<'a> {
    id: Option<&'a str>,
    error: &'a str,
}

/// Answers every line of `input` on `output`. Empty lines are passed over.
///
/// # Errors
/// Where reading or writing fails.
pub fn run_batch(mut input: impl BufRead, mut output: impl Write) -> io::Result<BatchSummary> {
    let mut summary = BatchSummary::default();
    let mut block = Vec::with_capacity(BLOCK);
    loop {
        read_block(&mut input, &mut block)?;
        if block.is_empty() {
            output.flush()?;
            return Ok(summary);
        }
        let lines = lines(&block);
        let answers: Vec<(Vec<u8>, usize)> = lines
            .chunks(64)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(answer_lines)
            .collect();
        for (text, errors) in answers {
            output.write_all(&text)?;
            summary.errors = summary.errors.saturating_add(errors);
        }
        summary.lines = summary.lines.saturating_add(lines.len());
    }
}

/// Reads whole lines, about a block of them; nothing at the end.
fn read_block(input: &mut impl BufRead, block: &mut Vec<u8>) -> io::Result<()> {
    block.clear();
    input.by_ref().take(BLOCK as u64).read_to_end(block)?;
    if block.len() < BLOCK {
        return Ok(());
    }
    let rest = LONGEST_LINE.saturating_sub(BLOCK) as u64;
    input.by_ref().take(rest).read_until(b'\n', block)?;
    Ok(())
}

/// The lines that hold something. Splitting is the one part that a single core does for all.
fn lines(block: &[u8]) -> Vec<&[u8]> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', block).chain([block.len()]);
    let all = ends.map(|end| {
        let line = block.get(start..end).unwrap_or_default();
        start = end.saturating_add(1);
        line
    });
    all.filter(|line| !line.trim_ascii().is_empty()).collect()
}

fn answer_lines(lines: &[&[u8]]) -> (Vec<u8>, usize) {
    let mut text = Vec::with_capacity(lines.len().saturating_mul(256));
    let mut errors = 0_usize;
    for line in lines {
        let answered = answer_line(line, &mut text);
        errors = errors.saturating_add(usize::from(!answered));
        text.push(b'\n');
    }
    (text, errors)
}

/// Writes the answer to one line; false where it is an error.
pub fn answer_line(line: &[u8], output: &mut Vec<u8>) -> bool {
    let read = match std::str::from_utf8(line) {
        Ok(line) => read_line(line).map_err(|(error, id)| (error.to_string(), id)),
        Err(error) => {
            let column = error.valid_up_to().saturating_add(1);
            Err((format!("column {column}: the line is not UTF-8"), None))
        }
    };
    let start = output.len();
    // Writing to memory does not fail, and neither value has keys that are no strings.
    let answered = match read {
        Ok((simulation, id)) => {
            serde_json::to_writer(&mut *output, &answer(&simulation, id)).is_ok()
        }
        Err((error, id)) => {
            let answer = ErrorAnswer {
                id: id.as_deref(),
                error: &error,
            };
            let _ = serde_json::to_writer(&mut *output, &answer);
            false
        }
    };
    let written = output.get(start..).map(str::from_utf8);
    if let Some(Ok(written)) = written
        && let Cow::Owned(escaped) = escape_json(written)
    {
        output.truncate(start);
        output.extend_from_slice(escaped.as_bytes());
    }
    answered
}
