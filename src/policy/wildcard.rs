//! Wildcards: `*` is any run of characters, `?` is one.
//!
//! Matching walks the text once and goes back to the last `*` only, so its cost is bounded by the
//! product of both lengths, whatever the pattern.

/// One element of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Atom {
    /// `*`.
    AnyRun,
    /// `?`.
    AnyOne,
    /// This byte.
    Byte(u8),
}

/// A pattern as a sequence of [`Atom`]s.
pub trait Atoms {
    /// The atom at `index`, or none past the end.
    fn atom(&self, index: usize) -> Option<Atom>;
}

impl Atoms for str {
    fn atom(&self, index: usize) -> Option<Atom> {
        Some(match self.as_bytes().get(index)? {
            b'*' => Atom::AnyRun,
            b'?' => Atom::AnyOne,
            byte => Atom::Byte(*byte),
        })
    }
}

impl Atoms for [Atom] {
    fn atom(&self, index: usize) -> Option<Atom> {
        self.get(index).copied()
    }
}

/// Where the first wildcard stands; none where there is none.
pub fn first_wildcard(pattern: &str) -> Option<usize> {
    memchr::memchr2(b'*', b'?', pattern.as_bytes())
}

/// Whether `text` matches `pattern`, case counting.
pub fn glob(pattern: &str, text: &str) -> bool {
    glob_matches(pattern, text, |a, b| a == b)
}

/// Whether `text` matches `pattern`, the case of ASCII letters not counting.
pub fn glob_ignore_case(pattern: &str, text: &str) -> bool {
    glob_matches(pattern, text, |a, b| a.eq_ignore_ascii_case(&b))
}

/// Whether `text` matches `pattern` with `same` to compare bytes.
pub fn glob_matches<P: Atoms + ?Sized>(
    pattern: &P,
    text: &str,
    same: impl Fn(u8, u8) -> bool,
) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut in_pattern) = (0_usize, 0_usize);
    // Where to go on when a later part does not match: after the last `*`, one character later.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match (pattern.atom(in_pattern), bytes.get(at)) {
            (Some(Atom::AnyRun), _) => {
                in_pattern = in_pattern.saturating_add(1);
                retry = Some((in_pattern, at));
                continue;
            }
            (None, None) => return true,
            (Some(Atom::AnyOne), Some(_)) => Some(character_length(bytes, at)),
            (Some(Atom::Byte(wanted)), Some(byte)) if same(wanted, *byte) => Some(1),
            _ => None,
        };
        if let Some(length) = step {
            at = at.saturating_add(length);
            in_pattern = in_pattern.saturating_add(1);
            continue;
        }
        match retry {
            Some((after, from)) if from < bytes.len() => {
                at = from.saturating_add(1);
                in_pattern = after;
                retry = Some((after, at));
            }
            _ => return false,
        }
    }
}

/// Bytes of the character at `at`: `?` takes a whole one.
fn character_length(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at.saturating_add(1)..).unwrap_or_default();
    rest.iter()
        .take_while(|byte| **byte & 0xc0 == 0x80)
        .count()
        .saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_resource_vectors() {
        // IAM User Guide, reference_policies_elements_resource
        let pattern = "arn:aws:s3:::amzn-s3-demo-bucket/*/test/*";
        let path = |rest: &str| format!("arn:aws:s3:::amzn-s3-demo-bucket/{rest}");
        for hit in [
            "1/test/object.jpg",
            "1/2/test/3/object.jpg",
            "/test/object.jpg",
            "1/test/",
        ] {
            assert!(glob(pattern, &path(hit)), "{hit}");
        }
        for miss in ["1-test/object.jpg", "test/object.jpg", "1/2/test.jpg"] {
            assert!(!glob(pattern, &path(miss)), "{miss}");
        }
    }

    #[test]
    fn traps_around_deletion() {
        // KMS Developer Guide, key-policy-default: `kms:Delete*` does not cover deletion.
        assert!(!glob_ignore_case("kms:Delete*", "kms:ScheduleKeyDeletion"));
        for pattern in [
            "*",
            "kms:*",
            "KMS:schedule*",
            "kms:*Deletion",
            "kms:*Key*",
            "kms:ScheduleKeyDeletio?",
        ] {
            assert!(
                glob_ignore_case(pattern, "kms:ScheduleKeyDeletion"),
                "{pattern}"
            );
        }
        assert!(glob("a?c", "aéc") && !glob("a??c", "aéc"));
        assert!(!glob(&"*a".repeat(2_000), &"a".repeat(1_999)));
    }
}
