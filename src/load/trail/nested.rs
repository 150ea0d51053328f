//! The end of an object or an array, found 64 bytes at a time.
//!
//! Most of an event is nested objects that nobody asks for. For each block, bit masks say where its
//! quotes, backslashes and brackets are; a few operations on them say which brackets stand outside
//! of strings. The loops over 64 bytes are those that compilers turn into wide instructions.

use crate::tree::MAX_DEPTH;

use super::scan::Stop;

/// How many bytes are looked at together.
const BLOCK: usize = 64;

/// Passes the object or array that `bytes` begin with: how many bytes it has.
pub(super) fn length(bytes: &[u8]) -> Result<usize, Stop> {
    let mut brackets = Brackets::default();
    let mut strings = Strings::default();
    let (blocks, tail) = bytes.as_chunks::<BLOCK>();
    let mut last = [b' '; BLOCK];
    if let Some(room) = last.get_mut(..tail.len()) {
        room.copy_from_slice(tail);
    }
    let mut offset = 0_usize;
    for block in blocks.iter().chain(std::iter::once(&last)) {
        let inside = strings.inside(block);
        if let Some(stray) = strings.stray() {
            let at = offset.saturating_add(stray);
            let what = "a backslash stands outside of a string";
            return Err(Stop::Broken { at, what });
        }
        // Lower case makes a brace of a square bracket and leaves a brace as it is.
        let bracket = |byte: u8| u8::from(byte | 0x20 == b'{') | u8::from(byte | 0x20 == b'}');
        let mut found = positions(block, bracket) & !inside;
        while found != 0 {
            let position = found.trailing_zeros() as usize;
            found &= found.wrapping_sub(1);
            let byte = block.get(position).copied().unwrap_or_default();
            let at = offset.saturating_add(position);
            if let Err(what) = brackets.take(byte) {
                return Err(Stop::Broken { at, what });
            }
            if brackets.depth == 0 {
                return Ok(at.saturating_add(1));
            }
        }
        offset = offset.saturating_add(BLOCK);
    }
    Err(Stop::Cut)
}

/// The brackets that are open.
#[derive(Default)]
struct Brackets {
    depth: usize,
    /// One bit for each: set for an object.
    open: u128,
}

impl Brackets {
    fn take(&mut self, byte: u8) -> Result<(), &'static str> {
        if matches!(byte, b'{' | b'[') {
            self.depth = self.depth.saturating_add(1);
            if self.depth >= MAX_DEPTH {
                return Err("the event nests deeper than 127 levels");
            }
            self.open = self.open << 1 | u128::from(byte == b'{');
        } else {
            if (self.open & 1 == 1) != (byte == b'}') {
                return Err("this bracket closes another kind than was opened");
            }
            self.open >>= 1;
            self.depth = self.depth.saturating_sub(1);
        }
        Ok(())
    }
}

/// Which bytes stand inside of strings, block by block.
#[derive(Default)]
struct Strings {
    /// All bits are set where the block before ended inside of a string.
    carried: u64,
    /// 1 where the block before ended in a backslash that escapes.
    escapes: u64,
    /// Backslashes of this block outside of strings.
    stray: u64,
}

impl Strings {
    /// A bit for every byte inside of a string, its opening quote included, its closing one not.
    fn inside(&mut self, block: &[u8; BLOCK]) -> u64 {
        let mut quotes = positions(block, |byte| u8::from(byte == b'"'));
        let backslashes = positions(block, |byte| u8::from(byte == b'\\'));
        if backslashes | self.escapes != 0 {
            quotes &= !self.escaped(backslashes);
        }
        // Every quote turns all bits from itself on.
        let mut inside = quotes;
        for shift in [1, 2, 4, 8, 16, 32] {
            inside ^= inside << shift;
        }
        inside ^= self.carried;
        self.carried = 0_u64.wrapping_sub(inside >> 63);
        self.stray = backslashes & !inside;
        inside
    }

    /// The first backslash outside of a string, which no JSON has.
    fn stray(&self) -> Option<usize> {
        (self.stray != 0).then(|| self.stray.trailing_zeros() as usize)
    }

    /// The bytes that a backslash escapes.
    fn escaped(&mut self, mut backslashes: u64) -> u64 {
        let mut escaped = self.escapes;
        self.escapes = 0;
        backslashes &= !escaped;
        while backslashes != 0 {
            let first = backslashes & backslashes.wrapping_neg();
            let next = first << 1;
            self.escapes |= first >> 63;
            escaped |= next;
            // What is escaped escapes nothing.
            backslashes &= !(first | next);
        }
        escaped
    }
}

/// Brings the lowest bits of eight bytes together in the highest byte.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// A bit for every byte of which it holds, that is, for which it gives 1 and not 0.
#[inline]
fn positions(block: &[u8; BLOCK], holds: impl Fn(u8) -> u8) -> u64 {
    let mut hits = [0_u8; BLOCK];
    for (hit, byte) in hits.iter_mut().zip(block) {
        *hit = holds(*byte);
    }
    let (words, _) = hits.as_chunks::<8>();
    let mut bits = 0;
    for (shift, word) in (0..64).step_by(8).zip(words) {
        let gathered = u64::from_le_bytes(*word).wrapping_mul(GATHER) >> 56;
        bits |= gathered << shift;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same, byte by byte.
    fn slowly(bytes: &[u8]) -> Result<usize, Stop> {
        let (mut open, mut in_string, mut at) = (Vec::new(), false, 0);
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\\' if in_string => at += 1,
                b'"' => in_string = !in_string,
                b'{' | b'[' if !in_string => open.push(*byte),
                b'}' | b']' if !in_string => {
                    if open.pop() != Some(byte - 2) {
                        let what = "this bracket closes another kind than was opened";
                        return Err(Stop::Broken { at, what });
                    }
                    if open.is_empty() {
                        return Ok(at + 1);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        Err(Stop::Cut)
    }

    #[test]
    fn blocks_and_bytes_agree() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut below = |bound: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % bound).unwrap()
        };
        let (mut ends, mut cuts) = (0, 0);
        for _ in 0..50_000 {
            let mut bytes = vec![b'['];
            // Runs of backslashes across the ends of blocks, in strings, where alone they may be.
            while bytes.len() < 260 {
                match below(12) {
                    0 => bytes.extend(b"{}"),
                    1 => bytes.extend(b"[]"),
                    2 => bytes.push(b"[]{}"[below(4)]),
                    3 => bytes.resize(bytes.len() + below(40), b'x'),
                    4 => {
                        bytes.push(b'"');
                        bytes.resize(bytes.len() + 2 * below(40), b'\\');
                        bytes.extend([&b"]}\\\"["[..], b"", b"{\\\\"][below(3)]);
                        bytes.push(b'"');
                    }
                    _ => bytes.extend(b"[\"a\", 1], "),
                }
            }
            if below(2) == 0 {
                bytes.extend(b"]]]]");
            }
            let found = length(&bytes);
            assert_eq!(found, slowly(&bytes), "{}", bytes.escape_ascii());
            ends += usize::from(found.is_ok());
            cuts += usize::from(found == Err(Stop::Cut));
        }
        assert!(ends > 5_000 && cuts > 5_000, "{ends} {cuts}");
    }
}
