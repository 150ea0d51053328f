//! Finds the known name closest to a misspelt one, for "did you mean".

/// Most edits (insert, delete, replace one character, exchange two neighbours) that still count as a misspelling.
const MAX_DISTANCE: usize = 3;

/// Longest input, in bytes, that is compared at all; AWS has no longer name.
const MAX_INPUT: usize = 128;

/// Returns the candidate with the fewest edits from `input`, ASCII case ignored, first of equals.
///
/// At most three edits, and at most one for every three bytes: short names match nothing else.
pub(crate) fn nearest<'a>(
    input: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    if input.len() > MAX_INPUT {
        return None;
    }
    let limit = MAX_DISTANCE.min(input.len() / 3);
    let letters = Letters::of(input);
    candidates
        .filter(|candidate| candidate.len().abs_diff(input.len()) <= limit)
        .filter(|candidate| letters.least_edits(candidate) <= limit)
        .map(|candidate| (distance(input, candidate), candidate))
        .filter(|(edits, _)| *edits <= limit)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// How often a text has each ASCII letter, case ignored; other ASCII characters count as letters.
struct Letters([i16; 32]);

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self([0; 32]);
        letters.add(text, 1);
        letters
    }

    fn add(&mut self, text: &str, count: i16) {
        for byte in text.bytes().filter(u8::is_ascii) {
            if let Some(letter) = self.0.get_mut(usize::from(byte & 31)) {
                *letter = letter.saturating_add(count);
            }
        }
    }

    /// A number of edits without which the other text cannot come of this one, at far less cost than
    /// their distance: an edit takes away one character at most, and adds one at most.
    fn least_edits(&self, other: &str) -> usize {
        let mut left = Self(self.0);
        left.add(other, -1);
        let (mut gone, mut new) = (0_i16, 0_i16);
        for count in left.0 {
            gone = gone.saturating_add(count.max(0));
            new = new.saturating_sub(count.min(0));
        }
        usize::from(gone.max(new).unsigned_abs())
    }
}

/// Returns the candidate that contains the whole name after the input's prefix, ASCII case ignored:
/// people leave out the first words of a long name. At least eight letters, so that nothing common
/// matches.
pub(super) fn containing<'a>(
    input: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let part = input
        .split_once(':')
        .map_or(input, |(_, name)| name)
        .to_ascii_lowercase();
    if part.len() < 8 || input.len() > MAX_INPUT {
        return None;
    }
    let mut candidates = candidates;
    candidates.find(|candidate| candidate.to_ascii_lowercase().contains(&part))
}

/// Edits between two names, ASCII case ignored; two letters that changed places are one.
fn distance(left: &str, right: &str) -> usize {
    strsim::osa_distance(&left.to_ascii_lowercase(), &right.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits_and_ignores_case() {
        assert_eq!(distance("", ""), 0);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("KMS", "kms"), 0);
        assert_eq!(distance("flaw", "lawn"), 2);
        assert_eq!(distance("KeyAdmni", "keyadmin"), 1);
    }

    #[test]
    fn there_are_never_fewer_edits_than_the_letters_tell() {
        let texts = [
            "", "a", "abc", "cab", "Kitten", "sitting", "é", "éa", "aé", "Kms:*",
        ];
        for left in texts {
            for right in texts {
                let least = Letters::of(left).least_edits(right);
                assert!(least <= distance(left, right), "{left} {right}");
            }
        }
        assert_eq!(Letters::of("EnableKey").least_edits("DisableKey"), 3);
    }

    #[test]
    fn suggests_only_what_is_close() {
        let names = ["EnableKey", "DisableKey", "DescribeKey"];
        assert_eq!(nearest("enablekeys", names.into_iter()), Some("EnableKey"));
        assert_eq!(nearest("Unrelated", names.into_iter()), None);
        assert_eq!(nearest("", names.into_iter()), None);
        assert_eq!(nearest("\u{1F511}", names.into_iter()), None);
        assert_eq!(nearest(&"E".repeat(1_000_000), names.into_iter()), None);
    }
}
