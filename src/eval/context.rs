//! The request context: what each condition key holds, as far as it is known.

use std::cmp::Ordering;
use std::sync::Arc;

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

/// The order of the names of keys, which ignore the case of letters.
pub(super) fn by_name(one: &str, other: &str) -> Ordering {
    #[cfg(test)]
    super::steps::add(1);
    let mut both = one.bytes().zip(other.bytes());
    let differing = both.find(|(one, other)| !one.eq_ignore_ascii_case(other));
    match differing {
        Some((one, other)) => one.to_ascii_lowercase().cmp(&other.to_ascii_lowercase()),
        None => one.len().cmp(&other.len()),
    }
}

/// The values of a key; none say that it is absent.
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

    /// The first of them.
    pub fn first(self) -> Option<&'a str> {
        self.iter().next()
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

/// A text that costs nothing to clone: a context is cloned for each question.
#[derive(Clone, Debug)]
pub(super) enum Shared {
    Static(&'static str),
    Counted(Arc<str>),
}

impl Shared {
    fn as_str(&self) -> &str {
        match self {
            Self::Static(text) => text,
            Self::Counted(text) => text,
        }
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Shared {}

impl From<&'static str> for Shared {
    fn from(text: &'static str) -> Self {
        Self::Static(text)
    }
}

impl From<&Arc<str>> for Shared {
    fn from(text: &Arc<str>) -> Self {
        Self::Counted(Arc::clone(text))
    }
}

impl From<String> for Shared {
    fn from(text: String) -> Self {
        Self::Counted(text.into())
    }
}

/// What a key holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Given {
    Absent,
    One(Shared),
    /// One of which not all is known.
    Open(Shared),
    /// Two or more.
    Many(Arc<[Box<str>]>),
}

impl Given {
    fn values(&self) -> Values<'_> {
        match self {
            Self::Absent => Values::Many(&[]),
            Self::One(value) | Self::Open(value) => Values::One(value.as_str()),
            Self::Many(values) => Values::Many(values),
        }
    }
}

impl FromIterator<Box<str>> for Given {
    fn from_iter<I: IntoIterator<Item = Box<str>>>(values: I) -> Self {
        let mut values = values.into_iter();
        let Some(first) = values.next() else {
            return Self::Absent;
        };
        match values.next() {
            None => Self::One(Shared::Counted(first.into())),
            Some(second) => Self::Many([first, second].into_iter().chain(values).collect()),
        }
    }
}

/// As many keys as follow from a caller and a key.
const ROOM: usize = 10;

/// Keys and their values. Names ignore case:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestContext {
    // Shared: a context is cloned for each question, and few of them add to it.
    entries: Arc<Vec<(Shared, Given)>>,
    /// Keys that begin so are absent unless they are among the entries.
    closed_prefixes: Vec<&'static str>,
    complete: bool,
    /// Whether a value may be one of which not all is known.
    has_open: bool,
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
        let given = values.into_iter().map(Into::into).collect();
        self.put(key, given, || Shared::Counted(key.into()));
    }

    /// Sets a key to one value, in place of what it held.
    pub fn set_one(&mut self, key: &str, value: &str) {
        let given = Given::One(Shared::Counted(value.into()));
        self.put(key, given, || Shared::Counted(key.into()));
    }

    /// Sets a key to one value or, without one, to absent, in place of what it held.
    pub fn say(&mut self, key: &'static str, value: Option<&'static str>) {
        let given = value.map_or(Given::Absent, |value| Given::One(value.into()));
        self.put(key, given, || key.into());
    }

    fn put(&mut self, key: &str, given: Given, name: impl FnOnce() -> Shared) {
        let at = self.position(key);
        match at.and_then(|at| self.own_entries().get_mut(at)) {
            Some((_, old)) => *old = given,
            None => self.push(name(), given),
        }
    }

    /// Sets a key to what follows from the caller or the key, unless it is set.
    pub(super) fn derive(&mut self, key: &'static str, value: impl Into<Shared>) {
        if self.position(key).is_none() {
            self.push(key.into(), Given::One(value.into()));
        }
    }

    /// As [`derive`](Self::derive), of a value of which not all is known where `is_open`.
    pub(super) fn derive_open(
        &mut self,
        key: &'static str,
        value: impl Into<Shared>,
        is_open: bool,
    ) {
        if self.position(key).is_none() {
            let value = value.into();
            let given = if is_open {
                self.has_open = true;
                Given::Open(value)
            } else {
                Given::One(value)
            };
            self.push(key.into(), given);
        }
    }

    /// Whether what the key holds followed from something of which not all is known.
    pub(super) fn is_open_key(&self, key: &str) -> bool {
        let given = || self.entries.get(self.position(key)?);
        self.has_open && matches!(given(), Some((_, Given::Open(_))))
    }

    /// Sets a key unless it is set.
    pub fn set_default(&mut self, key: &str, value: &str) {
        if self.position(key).is_none() {
            self.set_one(key, value);
        }
    }

    /// Says that a key is absent, unless it is set.
    pub fn absent_default(&mut self, key: &'static str) {
        if self.position(key).is_none() {
            self.push(key.into(), Given::Absent);
        }
    }

    fn push(&mut self, key: Shared, given: Given) {
        self.own_entries().push((key, given));
    }

    fn position(&self, key: &str) -> Option<usize> {
        let mut names = self.entries.iter().map(|(name, _)| name.as_str());
        names.position(|name| name.eq_ignore_ascii_case(key))
    }

    /// The entries, no longer shared, with room for a few more: whoever changes one adds others.
    fn own_entries(&mut self) -> &mut Vec<(Shared, Given)> {
        let own = Arc::get_mut(&mut self.entries);
        if own.is_none_or(|own| own.capacity() == 0) {
            let mut own = Vec::with_capacity(self.entries.len().saturating_add(ROOM));
            own.extend_from_slice(&self.entries);
            self.entries = Arc::new(own);
        }
        Arc::make_mut(&mut self.entries)
    }

    /// Takes back what was said of a key.
    pub fn forget(&mut self, key: &str) {
        Arc::make_mut(&mut self.entries)
            .retain(|(name, _)| !name.as_str().eq_ignore_ascii_case(key));
    }

    /// Says that of the keys that begin so the ones set are all: `aws:ResourceTag/` where the
    /// key's tags are loaded.
    pub fn close_prefix(&mut self, prefix: &'static str) {
        self.closed_prefixes.push(prefix);
    }

    /// The values that were set, where they were; none of them say absent.
    pub fn get(&self, key: &str) -> Option<Values<'_>> {
        let (_, given) = self.entries.get(self.position(key)?)?;
        Some(given.values())
    }

    /// Whether the key is one of a closed family and is not set.
    pub fn is_closed_to(&self, key: &str) -> bool {
        self.closed_prefixes.iter().any(|prefix| {
            key.get(..prefix.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
        })
    }

    /// Every key that is set, as set, with its values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Values<'_>)> {
        let entries = self.entries.iter();
        entries.map(|(key, given)| (key.as_str(), given.values()))
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
