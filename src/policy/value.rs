//! A string of a policy, of which a template may not have said everything yet.
//!
//! A value is *known*; a *pattern* of known and unknown parts, each unknown one with its reason; or
//! *one of several*. What is unknown as a whole is a pattern of one unknown part. Where a value comes from decides
//! `policy::placeholder` for text and `policy::deferred` for functions of a template, both while a policy is
//! read: nothing else looks for placeholders in strings.
//!
//! Every value can be read as it is written, for messages and for what compares policies as they
//! are. Whoever asks what AWS will make of it asks [`Value::open`] first.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};

/// A string of a policy.
///
/// A known one costs as much as its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The text is all of it.
    Known(Box<str>),
    /// Something of it is not known.
    Open(Box<OpenValue>),
}

/// A value of which something is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenValue {
    written: Box<str>,
    possible: Possible,
}

/// What an open value may turn out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Possible {
    /// The text as written, but for these parts, ascending, none inside another.
    Pattern(Vec<UnknownPart>),
    /// One of these, two or more.
    OneOf(Vec<Value>),
}

/// A part of a text that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPart {
    /// Where it stands in the text as written.
    pub at: Range<usize>,
    /// Why it is not known.
    pub reason: Reason,
}

/// Why something of a value is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A placeholder that some other tool is to replace: `<account>`, `{{ account }}`.
    Placeholder,
    /// A word that stands for an ARN or an account, where AWS takes nothing else: `ADMIN_ROLE_ARN`.
    Word,
    /// It refers to something that has no value here: a parameter without a default, a resource.
    Reference,
    /// It is the account of the stack that a template makes, which is that of the template's keys.
    StackAccount,
    /// A function that was not carried out, because its arguments are not known or it is not one that can
    /// be.
    Function,
    /// It is known only when what it belongs to exists, for example the ARN of a new resource.
    KnownAfterApply,
}

/// A piece of a value as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'v> {
    /// This text.
    Known(&'v str),
    /// Something else than is written here.
    Unknown(&'v str, Reason),
}

impl<'v> Segment<'v> {
    /// As written.
    pub const fn written(self) -> &'v str {
        match self {
            Self::Known(text) | Self::Unknown(text, _) => text,
        }
    }
}

impl Value {
    /// The text as written, but for these parts. Without one it is known.
    pub fn with_unknown(written: &str, parts: Vec<UnknownPart>) -> Self {
        if parts.is_empty() {
            return Self::Known(written.into());
        }
        Self::Open(Box::new(OpenValue {
            written: written.into(),
            possible: Possible::Pattern(parts),
        }))
    }

    /// Something that is written so and not known at all.
    pub fn unknown(written: &str, reason: Reason) -> Self {
        let at = 0..written.len();
        Self::with_unknown(written, vec![UnknownPart { at, reason }])
    }

    /// One of several, written so. Equal ones count once.
    pub fn one_of(written: &str, values: impl IntoIterator<Item = Self>) -> Self {
        let mut all: Vec<Self> = Vec::new();
        for value in values {
            let several = match value {
                Self::Open(open) => match open.possible {
                    Possible::OneOf(several) => several,
                    Possible::Pattern(_) => vec![Self::Open(open)],
                },
                known @ Self::Known(_) => vec![known],
            };
            for value in several {
                if !all.contains(&value) {
                    all.push(value);
                }
            }
        }
        if all.len() == 1
            && let Some(only) = all.pop()
        {
            return only;
        }
        Self::Open(Box::new(OpenValue {
            written: written.into(),
            possible: Possible::OneOf(all),
        }))
    }

    /// What is known of the text of a principal or resource in a template.
    #[cfg(test)]
    pub(crate) fn of_template(text: &str) -> Self {
        super::placeholder::value_or_word(text)
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(text) => text,
            Self::Open(open) => &open.written,
        }
    }

    /// The value, where something of it is not known.
    pub const fn open(&self) -> Option<&OpenValue> {
        match self {
            Self::Known(_) => None,
            Self::Open(open) => Some(open),
        }
    }

    /// Whether something of it is not known.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Open(_))
    }

    /// The pattern with `*` in place of everything that is not known: whatever it will be matches.
    pub fn with_wildcards(&self) -> Cow<'_, str> {
        if let Self::Known(text) = self {
            return Cow::Borrowed(text);
        }
        let pieces = self.segments().map(|segment| match segment {
            Segment::Known(text) => text,
            Segment::Unknown(..) => "*",
        });
        Cow::Owned(pieces.collect())
    }

    /// Whether text that AWS gets as it is written makes it open, and not a function that has no text.
    pub fn is_written(&self) -> bool {
        let mut reasons = self.unknown_reasons();
        reasons.all(|reason| matches!(reason, Reason::Placeholder | Reason::Word))
    }

    /// Whether each unknown part stays within this one string. A template's expression may close the
    /// string and open others: `${join("\", \"", var.admins)}`.
    pub fn stays_one(&self) -> bool {
        let breaks = |text: &str| text.contains(['"', '\'', '\\', ',', '%', '|']);
        self.segments().all(|segment| match segment {
            Segment::Unknown(text, Reason::Placeholder) => !breaks(text) && !text.contains("join"),
            Segment::Known(_) | Segment::Unknown(..) => true,
        })
    }

    /// What is known and what is not, in order. One of several is unknown as a whole.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        let written = self.as_str();
        let parts = self.open().map_or(&[][..], OpenValue::parts);
        let whole = self.open().is_some() && parts.is_empty();
        let mut done = if whole { written.len() } else { 0 };
        let mut parts = parts.iter();
        let mut unknown = whole.then_some(Segment::Unknown(written, Reason::Function));
        std::iter::from_fn(move || {
            if let Some(segment) = unknown.take() {
                return Some(segment);
            }
            let Some(part) = parts.next() else {
                let rest = written.get(done..).filter(|rest| !rest.is_empty());
                done = written.len();
                return rest.map(Segment::Known);
            };
            let text = written.get(part.at.clone()).unwrap_or_default();
            let here = Segment::Unknown(text, part.reason);
            let before = written.get(done..part.at.start).unwrap_or_default();
            done = part.at.end;
            if before.is_empty() {
                return Some(here);
            }
            unknown = Some(here);
            Some(Segment::Known(before))
        })
    }

    /// What is known, piece by piece.
    pub fn known(&self) -> impl Iterator<Item = &str> {
        self.segments().filter_map(|segment| match segment {
            Segment::Known(text) => Some(text),
            Segment::Unknown(..) => None,
        })
    }

    /// What is known before anything that is not.
    pub(super) fn known_start(&self) -> &str {
        match self.segments().next() {
            Some(Segment::Known(text)) => text,
            Some(Segment::Unknown(..)) | None => "",
        }
    }

    /// Why each part that is not known is not.
    pub fn unknown_reasons(&self) -> impl Iterator<Item = Reason> {
        self.segments().filter_map(|segment| match segment {
            Segment::Known(_) => None,
            Segment::Unknown(_, reason) => Some(reason),
        })
    }

    /// Every value that it may turn out to be, as far as these are told apart: itself, or one of several.
    pub fn alternatives(&self) -> &[Self] {
        match self.open().map(OpenValue::possible) {
            Some(Possible::OneOf(values)) => values,
            Some(Possible::Pattern(_)) | None => std::slice::from_ref(self),
        }
    }

    /// The parts of a pattern that are not known.
    pub(super) fn unknown_parts(&self) -> impl Iterator<Item = UnknownPart> {
        let parts = self.open().map_or(&[][..], OpenValue::parts);
        parts.iter().cloned()
    }

    /// The places in the text as written of all that is not known, ascending.
    pub(super) fn unknown_places(&self) -> Vec<Range<usize>> {
        match self.open() {
            None => Vec::new(),
            Some(open) => match &open.possible {
                Possible::Pattern(parts) => parts.iter().map(|part| part.at.clone()).collect(),
                Possible::OneOf(_) => std::iter::once(0..open.written.len()).collect(),
            },
        }
    }
}

impl OpenValue {
    /// What it may turn out to be.
    pub const fn possible(&self) -> &Possible {
        &self.possible
    }

    /// The parts of a pattern that are not known; none where it is one of several.
    fn parts(&self) -> &[UnknownPart] {
        match &self.possible {
            Possible::Pattern(parts) => parts,
            Possible::OneOf(_) => &[],
        }
    }
}

/// As written.
impl Deref for Value {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

/// As written.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Known(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Known(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_value_takes_no_more_room_than_its_text() {
        assert_eq!(size_of::<Value>(), size_of::<Box<str>>());
    }

    #[test]
    fn segments_are_what_is_written() {
        let part = |at, reason| UnknownPart { at, reason };
        let parts = vec![
            part(2..6, Reason::Placeholder),
            part(6..10, Reason::Reference),
        ];
        let value = Value::with_unknown("a/${b}${c}/d", parts);
        let segments: Vec<_> = value.segments().collect();
        assert_eq!(
            segments,
            [
                Segment::Known("a/"),
                Segment::Unknown("${b}", Reason::Placeholder),
                Segment::Unknown("${c}", Reason::Reference),
                Segment::Known("/d"),
            ]
        );
        assert_eq!(value.with_wildcards(), "a/**/d");
        let known = Value::from("a");
        assert_eq!(known.segments().collect::<Vec<_>>(), [Segment::Known("a")]);
        assert_eq!(Value::from("").segments().count(), 0);
        assert_eq!(Value::unknown("x", Reason::Reference).with_wildcards(), "*");
    }

    #[test]
    fn one_of_equal_values_is_that_value() {
        let known = Value::from("a");
        let same = Value::one_of("x", [known.clone(), known.clone()]);
        assert_eq!(same, known);
        let inner = Value::one_of("y", [known, "b".into()]);
        let several = Value::one_of("x", [inner, "c".into()]);
        let Some(Possible::OneOf(values)) = several.open().map(OpenValue::possible) else {
            panic!("{several:?}");
        };
        assert_eq!(values.len(), 3);
        assert_eq!((several.as_str(), &*several.with_wildcards()), ("x", "*"));
    }
}
