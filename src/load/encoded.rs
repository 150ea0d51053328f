//! Texts that lie in another text in an encoding: Base64 and hexadecimal, compressed or not.

use std::io::Read as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::text::{GZIP_MAGIC, Span};

/// How much of a run is decoded, and how much text may come of it; bytes. A key policy has at most 32 KiB:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>
const MAX_RUN: usize = 256 << 10;
const MAX_TEXT: u64 = 256 << 10;

/// No policy is shorter, in digits of Base64.
const LEAST: usize = 64;

/// So many digits tell whether a run can be text.
const BEGINNING: usize = 24;

/// How many places of a line are tried as the beginning of one.
const MOST_STARTS: usize = 8;

/// With or without padding.
const STANDARD_INDIFFERENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The first text in an encoding of which something is found, with the place where it begins.
pub(super) fn find<T>(text: &str, mut look: impl FnMut(&str) -> Option<T>) -> Option<(T, Span)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(start) = next_line(bytes, at) {
        let rest = bytes.get(start..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_digit(*byte));
        let line = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        at = start.saturating_add(line.len());
        for offset in starts(line) {
            let run = rest.get(offset..).unwrap_or_default();
            let Some(encoding) = Encoding::ALL.into_iter().find(|of| of.may_begin(run)) else {
                continue;
            };
            let (digits, length) = joined(run);
            let decoded = (digits.len() >= LEAST).then(|| encoding.decode(digits));
            let text = decoded.flatten().and_then(|bytes| text_of(&bytes));
            let start = start.saturating_add(offset);
            if let Some(found) = text.and_then(|text| look(&text)) {
                return Some((found, Span::new(start, start.saturating_add(BEGINNING))));
            }
            at = at.max(start.saturating_add(length));
            break;
        }
    }
    None
}

/// Whether some of the text may be text in an encoding.
pub(super) fn is_in(text: &str) -> bool {
    find(text, |_| Some(())).is_some()
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Hexadecimal,
    Base64,
}

impl Encoding {
    const ALL: [Self; 2] = [Self::Hexadecimal, Self::Base64];

    /// Whether a text may begin with a text in the encoding.
    fn may_begin(self, run: &[u8]) -> bool {
        if let Some(first) = run.first_chunk::<BEGINNING>()
            && first.iter().all(|byte| is_digit(*byte))
        {
            return self.begins(first);
        }
        let (digits, _) = joined(run.get(..2 * BEGINNING).unwrap_or(run));
        let first = digits.first_chunk::<BEGINNING>();
        first.is_some_and(|digits| self.begins(digits))
    }

    /// Whether text may begin with these digits. Most runs are hashes and names: nothing is kept of them.
    fn begins(self, digits: &[u8; BEGINNING]) -> bool {
        match self {
            Self::Hexadecimal => {
                digits.iter().all(u8::is_ascii_hexdigit)
                    && hexadecimal(digits).is_some_and(|bytes| may_begin_text(&bytes))
            }
            Self::Base64 => {
                let mut bytes = [0; BEGINNING];
                let decoded = STANDARD_INDIFFERENT.decode_slice(digits.map(standard), &mut bytes);
                let bytes = decoded.ok().and_then(|length| bytes.get(..length));
                bytes.is_some_and(may_begin_text)
            }
        }
    }

    fn decode(self, digits: Vec<u8>) -> Option<Vec<u8>> {
        match self {
            Self::Hexadecimal => hexadecimal(&digits),
            Self::Base64 => base_64(digits),
        }
    }
}

const fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Where the next digits begin that are enough for a line of an encoded text, or for short ones.
fn next_line(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let line = bytes.get(at..)?.get(..LEAST_LINE)?;
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let other = line
            .iter()
            .rposition(|byte| !is_digit(*byte) && !is_end(byte));
        let Some(other) = other else {
            let first = bytes.get(at..)?.iter().position(|byte| !is_end(byte));
            return Some(at.saturating_add(first?));
        };
        at = at.saturating_add(other).saturating_add(1);
    }
}

/// Digits of a line at least.
const LEAST_LINE: usize = 16;

/// Where in a line of digits a text may begin: what is before may be a path or a name, or the mark of a
/// hexadecimal number.
fn starts(line: &[u8]) -> impl Iterator<Item = usize> {
    let is_start = |at: &usize| match at.checked_sub(1).and_then(|before| line.get(before)) {
        None => true,
        Some(b'x') => *at == 2,
        Some(before) => !before.is_ascii_alphanumeric(),
    };
    (0..line.len()).filter(is_start).take(MOST_STARTS)
}

/// The digits with which a text begins, over as many lines as hold nothing else, and how long these are.
fn joined(text: &[u8]) -> (Vec<u8>, usize) {
    let text = text.get(..MAX_RUN).unwrap_or(text);
    let (mut digits, mut length) = (Vec::new(), 0_usize);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let own = if length == 0 { line } else { line.trim_ascii() };
        let count = own.iter().position(|byte| !is_digit(*byte));
        let (taken, after) = own
            .split_at_checked(count.unwrap_or(own.len()))
            .unwrap_or((own, &[]));
        let is_alone = after
            .iter()
            .all(|byte| matches!(byte, b'=' | b'\r' | b'\n'));
        if length > 0 && (taken.is_empty() || !is_alone) {
            break;
        }
        digits.extend_from_slice(taken);
        length = length.saturating_add(if is_alone { line.len() } else { taken.len() });
        if !is_alone || after.contains(&b'=') {
            break;
        }
    }
    (digits, length)
}

/// Digits of Base64, of either alphabet: RFC 4648, 4 and 5.
fn base_64(mut digits: Vec<u8>) -> Option<Vec<u8>> {
    for digit in &mut digits {
        *digit = standard(*digit);
    }
    // One digit by itself is no byte.
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    STANDARD_INDIFFERENT.decode(digits).ok()
}

/// The digit of the standard alphabet for one of either.
const fn standard(digit: u8) -> u8 {
    match digit {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    }
}

fn hexadecimal(digits: &[u8]) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16)
            .ok()
            .filter(|_| !pair.starts_with('+'))
    };
    digits.chunks_exact(2).map(byte).collect()
}

/// Whether bytes are the first ones of a text, of one in UTF-16, or of what is compressed.
fn may_begin_text(bytes: &[u8]) -> bool {
    let is_text =
        |byte: &u8| matches!(byte, 0 | b'\t' | b'\r' | b'\n' | b' '..=b'~') || !byte.is_ascii();
    let is_mostly = bytes
        .iter()
        .filter(|byte| byte.is_ascii())
        .count()
        .saturating_mul(4)
        >= bytes.len().saturating_mul(3);
    is_compressed(bytes)
        || bytes.iter().all(is_text) && is_mostly
        || bytes.starts_with(&[0xff, 0xfe])
}

fn is_compressed(bytes: &[u8]) -> bool {
    bytes.starts_with(&GZIP_MAGIC) || is_zlib(bytes)
}

/// The header of zlib: RFC 1950, 2.2.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..])
}

/// The text that bytes are, decompressed, and without U+0000, so that UTF-16 is text as well.
pub(super) fn text_of(bytes: &[u8]) -> Option<String> {
    let mut inflated = Vec::new();
    // What is broken further on is text up to there.
    let _ = if bytes.starts_with(&GZIP_MAGIC) {
        flate2::read::MultiGzDecoder::new(bytes)
            .take(MAX_TEXT)
            .read_to_end(&mut inflated)
    } else if is_zlib(bytes) {
        flate2::read::ZlibDecoder::new(bytes)
            .take(MAX_TEXT)
            .read_to_end(&mut inflated)
    } else {
        inflated.extend_from_slice(bytes);
        Ok(0)
    };
    let bytes = inflated.strip_prefix(&[0xff, 0xfe]).unwrap_or(&inflated);
    let bytes: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::*;

    const POLICY: &str =
        r#"{"Sid":"??>>~~","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*"}]}"#;

    fn found(text: &str) -> Option<(String, usize)> {
        let whole = |decoded: &str| decoded.contains("kms:*").then(|| decoded.to_owned());
        find(text, whole).map(|(decoded, at)| (decoded, usize::try_from(at.start).unwrap()))
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn hex(text: &str) -> String {
        let digits = text.bytes().map(|byte| format!("{byte:02x}"));
        digits.collect::<Vec<_>>().concat()
    }

    #[test]
    fn texts_in_encodings_are_found_at_their_place() {
        let encoded = BASE64_STANDARD.encode(POLICY);
        let lines = |digits: &str| {
            let lines: Vec<_> = digits
                .as_bytes()
                .chunks(20)
                .map(|l| String::from_utf8_lossy(l))
                .collect();
            lines.join("\r\n  ")
        };
        let wide: Vec<u8> = POLICY.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (text, start) in [
            (format!("a={encoded}"), 2),
            (format!("a/policy/{encoded}\n"), 9),
            (format!("a: {}", BASE64_URL_SAFE_NO_PAD.encode(POLICY)), 3),
            (format!("a:\n  {}\nb: c\n", lines(&encoded)), 5),
            (format!("a:\n  {}\nb: c\n", lines(&hex(POLICY))), 5),
            (format!("a: 0x{}", hex(POLICY)), 5),
            (format!("a: {}", hex(POLICY).to_uppercase()), 3),
            (format!("a: {}", BASE64_STANDARD.encode(wide)), 3),
        ] {
            assert_eq!(found(&text), Some((POLICY.to_owned(), start)), "{text}");
        }
        let compressed = BASE64_STANDARD.encode(gzip(POLICY));
        let long = format!("{compressed}{}", "A".repeat(LEAST));
        assert!(found(&format!("a: {long}")).is_some());
    }

    #[test]
    fn what_is_no_text_in_an_encoding_is_told_soon() {
        for text in [
            "a-name-that-is-quite-long-and-has-many-parts-and-even-more-of-them-until-it-is-enough",
            "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
            "",
        ] {
            assert!(!is_in(text), "{text}");
        }
        // Much of what begins as text does is looked at once.
        let many = format!("{}\n", BASE64_STANDARD.encode(POLICY)).repeat(40_000);
        let mut times = 0_usize;
        find(&many, |text| {
            times += text.len();
            None::<()>
        });
        assert!(times <= many.len(), "{times}");
    }
}
