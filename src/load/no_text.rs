//! Files that are no text, as far as one can see what is in them: databases, property lists, recordings of
//! other tools. None is read, so that a key policy in one must not pass.

use crate::text::{InputError, Span};

use super::by_syntax;
use super::encoded;
use super::hints::kms_action;
use super::{policy_in_text, template};

/// What bytes hold that is not read, in words: a key policy, or a file that makes a key.
pub(super) fn holds(bytes: &[u8]) -> Option<String> {
    // UTF-16 without its zeros is text, and so are the strings of most formats.
    let text: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    let text = String::from_utf8_lossy(&text);
    let resource = template::in_text(&text).or_else(|| by_syntax::resource(&text));
    if let Some(resource) = resource {
        return Some(resource.words(&text));
    }
    let policy = policy_in_text::holds(&text);
    let typed = || has_statement(&text).then_some("a key policy");
    policy.or_else(typed).map(str::to_owned)
}

/// Whether all words of a statement stand near one another, in any order: formats that have a mark for
/// each type write names and values apart.
fn has_statement(text: &str) -> bool {
    let mut found = memchr::memmem::find_iter(text.as_bytes(), "Principal");
    found.any(|at| {
        let boundary = |at: usize| (at..text.len()).find(|at| text.is_char_boundary(*at));
        let start = boundary(at.saturating_sub(NEAR)).unwrap_or(at);
        let end = boundary(at.saturating_add(NEAR)).unwrap_or(text.len());
        let near = text.get(start..end).unwrap_or_default();
        let has = |word: &str| near.contains(word);
        let says = has("Effect") && has("Action") && (has("Allow") || has("Deny"));
        says && names_action(near)
    })
}

/// How far from each other the words of a statement are; bytes.
const NEAR: usize = 2 << 10;

/// Whether an action of KMS is there, whatever is before it: the mark of a type may be a letter.
fn names_action(text: &str) -> bool {
    let mut found = memchr::memmem::find_iter(text.as_bytes(), "kms:");
    found.any(|at| {
        text.get(at..)
            .is_some_and(|text| kms_action(text).is_some_and(|at| at.start == 0))
    })
}

/// What runs or shows a file tells what becomes of a policy in it; one file of an archive may be prose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A program, or what one is linked from.
    Program,
    /// A picture, a font, a page.
    Shown,
    /// Many files in one.
    Archive,
    /// Anything else.
    Data,
}

/// How files begin.
const BEGINNINGS: [(&[u8], Kind); 20] = [
    (b"\x7fELF", Kind::Program),
    (b"MZ", Kind::Program),
    (b"\xfe\xed\xfa\xce", Kind::Program),
    (b"\xfe\xed\xfa\xcf", Kind::Program),
    (b"\xce\xfa\xed\xfe", Kind::Program),
    (b"\xcf\xfa\xed\xfe", Kind::Program),
    (b"\xca\xfe\xba\xbe", Kind::Program),
    (b"\0asm", Kind::Program),
    (b"dex\n", Kind::Program),
    (b"!<arch>\n", Kind::Program),
    (b"rust\0", Kind::Program),
    (b"RSIC", Kind::Program),
    (b"BC\xc0\xde", Kind::Program),
    (b"%PDF", Kind::Shown),
    (b"\x89PNG", Kind::Shown),
    (b"\xff\xd8\xff", Kind::Shown),
    (b"GIF8", Kind::Shown),
    (b"wOF", Kind::Shown),
    (b"\xd0\xcf\x11\xe0", Kind::Shown),
    (b"PK\x03\x04", Kind::Archive),
];

impl Kind {
    /// What a file is that begins so.
    pub(super) fn of(bytes: &[u8]) -> Self {
        // Compiled Python: the end of the number of its version.
        let is_python = bytes.get(1..4) == Some(b"\r\r\n");
        let is_tar = bytes.get(257..262) == Some(b"ustar");
        let known = BEGINNINGS
            .iter()
            .find(|(beginning, _)| bytes.starts_with(beginning));
        match known {
            Some((_, kind)) => *kind,
            None if is_python => Self::Program,
            None if is_tar => Self::Archive,
            None => Self::Data,
        }
    }

    /// Why such a file is passed over although it holds something of ours; no reason for data.
    pub(super) const fn passed_over(self) -> Option<&'static str> {
        match self {
            Self::Program => Some("it is a program, and has a key policy in it"),
            Self::Shown => Some("it is a page or picture, and has a key policy in it"),
            Self::Archive => Some("it is an archive, and has a key policy in it"),
            Self::Data => None,
        }
    }
}

/// That a file which cannot be shown holds what is not read.
pub(super) fn error(what: &str, is: &str) -> InputError {
    InputError::new(Span::default(), format!("the file {is} and holds {what}")).help(
        "write it as JSON into a file of its own, or leave this file out (`--exclude`, or `exclude` in \
         `kmslint.toml`)",
    )
}

/// As [`holds`], of what was decompressed.
pub(super) fn holds_inside(bytes: &[u8]) -> Option<String> {
    holds(bytes).or_else(|| holds(encoded::text_of(bytes)?.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_marks_its_types_holds_a_key_policy() {
        let cbor = b"\xa3fEffecteAllowiPrincipal\xa1cAWSa*fActionekms:*";
        let plist = b"bplist00\xd3\x01\x02\x03VEffectYPrincipalVActionUAllow\xd1\x04Q*Ukms:*";
        for bytes in [&cbor[..], &plist[..]] {
            assert_eq!(holds(bytes).as_deref(), Some("a key policy"));
            let other = String::from_utf8_lossy(bytes).replace("kms", "sqs");
            assert_eq!(holds(other.as_bytes()), None);
        }
        let far = [&cbor[..20], &[b'x'; 3 * NEAR], &cbor[20..]].concat();
        assert_eq!(holds(&far), None);
    }

    #[test]
    fn text_of_two_bytes_for_each_character_is_seen() {
        for (text, wanted) in [
            (
                "Statement:\n- Effect: Allow\n  Principal: '*'\n  Action: kms:*\n",
                "a key policy",
            ),
            (
                "K:\n  Type: AWS::KMS::Key\n",
                "a CloudFormation template with a `AWS::KMS::Key`",
            ),
        ] {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(holds(&bytes).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn files_are_told_by_how_they_begin() {
        let mut tar = vec![0; 257];
        tar.extend(b"ustar\0");
        for (bytes, kind) in [
            (&b"\x7fELF\x02"[..], Kind::Program),
            (b"\xcb\r\r\n\0", Kind::Program),
            (b"%PDF-1.7", Kind::Shown),
            (b"PK\x03\x04", Kind::Archive),
            (&tar, Kind::Archive),
            (b"bplist00", Kind::Data),
            (b"", Kind::Data),
        ] {
            assert_eq!(Kind::of(bytes), kind);
        }
    }
}
