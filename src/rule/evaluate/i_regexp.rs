//! The regular expressions of `match` and `search` (RFC 9485), of bounded size.

use regex::{Regex, RegexBuilder};

/// Bytes of a compiled expression at most, from small to the largest; a class of Unicode needs the
/// third.
const SIZES: [usize; 5] = [1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20];

/// A text is looked at so many bytes a step by an expression of the least size.
const BYTES_A_STEP: usize = 8;

/// What must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rule) enum Match {
    /// The whole text: `match`.
    Whole,
    /// Some part of it: `search`.
    Part,
}

/// One expression.
#[derive(Debug)]
pub(in crate::rule) struct IRegexp {
    regex: Regex,
    /// Its size in units of the least one.
    ways: usize,
}

impl IRegexp {
    /// Compiles an expression; nothing where it is none, or too large.
    pub(in crate::rule) fn new(pattern: &str, how: Match) -> Option<Self> {
        let pattern = translate(pattern);
        let pattern = match how {
            Match::Whole => format!("^(?:{pattern})$"),
            Match::Part => pattern,
        };
        let mut builder = RegexBuilder::new(&pattern);
        SIZES.into_iter().find_map(|size| {
            let regex = builder.size_limit(size).build().ok()?;
            let ways = size.div_euclid(SIZES[0]);
            Some(Self { regex, ways })
        })
    }

    pub(in crate::rule) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// How many steps a match counts for: at worst a text is passed once for each state that the
    /// expression may be in, and `(a{99}){99}` is short and has ten thousand.
    pub(in crate::rule) fn steps(&self, text: &str) -> u32 {
        let pieces = text.len().div_euclid(BYTES_A_STEP).saturating_add(1);
        u32::try_from(self.ways.saturating_mul(pieces)).unwrap_or(u32::MAX)
    }
}

/// In these expressions a dot matches no end of a line of either kind (RFC 9485, section 5.3).
fn translate(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    let mut in_class = false;
    while let Some(c) = characters.next() {
        match c {
            '.' if !in_class => {
                translated.push_str(r"[^\n\r]");
                continue;
            }
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        translated.push(c);
        if c == '\\' {
            translated.extend(characters.next());
        }
    }
    translated
}
