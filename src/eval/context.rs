//! The request context: what each condition key holds, as far as it is known.

/// What is known of a condition key.
#[derive(Clone, Copy, Debug)]
pub enum Lookup<'a> {
    /// Its value or values; never empty.
    Known(Values<'a>),
    /// It is not in the request.
    Absent,
    /// It was not given.
    Unknown {
        /// Whether it may be absent, too.
        may_be_absent: bool,
    },
}

/// The values of a key, at least one.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// One.
    One(&'a str),
    /// As given.
    Many(&'a [Box<str>]),
}

impl<'a> Values<'a> {
    /// How many.
    pub const fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Each in turn.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        let (one, many): (_, &'a [Box<str>]) = match self {
            Self::One(value) => (Some(value), &[]),
            Self::Many(values) => (None, values),
        };
        one.into_iter().chain(many.iter().map(|value| &**value))
    }

    /// The one value, where there is just one.
    pub fn single(self) -> Option<&'a str> {
        match self {
            Self::One(value) => Some(value),
            Self::Many([value]) => Some(value),
            Self::Many(_) => None,
        }
    }
}

/// Keys and their values. Names ignore case:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestContext {
    entries: Vec<(Box<str>, Box<[Box<str>]>)>,
    /// Keys that begin so are absent unless they are among the entries.
    closed_prefixes: Vec<&'static str>,
    complete: bool,
}

impl RequestContext {
    /// A context that says everything: a key that is not in it is absent.
    pub fn complete() -> Self {
        Self {
            complete: true,
            ..Self::default()
        }
    }

    /// A context that says some things: a key that is not in it may be anything that AWS supplies.
    pub fn open() -> Self {
        Self::default()
    }

    /// Whether a key that is not in it is absent.
    pub const fn is_complete(&self) -> bool {
        self.complete
    }

    /// Sets a key, in place of what it held. No value at all says that the key is absent.
    pub fn set<I: IntoIterator<Item: Into<Box<str>>>>(&mut self, key: &str, values: I) {
        let values = values.into_iter().map(Into::into).collect();
        match self
            .entries
            .iter_mut()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
        {
            Some((_, old)) => *old = values,
            None => self.entries.push((key.into(), values)),
        }
    }

    /// Sets a key unless it is set.
    pub fn set_default(&mut self, key: &str, value: &str) {
        if self.get(key).is_none() {
            self.set(key, [value]);
        }
    }

    /// Says that a key is absent, unless it is set.
    pub fn absent_default(&mut self, key: &str) {
        if self.get(key).is_none() {
            self.set(key, [] as [&str; 0]);
        }
    }

    /// Takes back what was said of a key.
    pub fn forget(&mut self, key: &str) {
        self.entries
            .retain(|(name, _)| !name.eq_ignore_ascii_case(key));
    }

    /// Says that of the keys that begin so the ones set are all: `aws:ResourceTag/` where the
    /// key's tags are loaded.
    pub fn close_prefix(&mut self, prefix: &'static str) {
        self.closed_prefixes.push(prefix);
    }

    /// The values that were set, where they were; empty says absent.
    pub fn get(&self, key: &str) -> Option<&[Box<str>]> {
        let entry = self
            .entries
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key));
        entry.map(|(_, values)| &**values)
    }

    /// Whether the key is one of a closed family and is not set.
    pub fn is_closed_to(&self, key: &str) -> bool {
        self.closed_prefixes.iter().any(|prefix| {
            key.get(..prefix.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
        })
    }

    /// Every key that is set, as set, with its values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Box<str>])> {
        self.entries.iter().map(|(key, values)| (&**key, &**values))
    }

    /// The same keys, with all else absent.
    #[must_use]
    pub fn completed(&self) -> Self {
        Self {
            complete: true,
            ..self.clone()
        }
    }
}
