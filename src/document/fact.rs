//! One value of a document.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{AsFact as _, AskedTexts, Fields, Items, List, Record, Vocabulary, Word};
use crate::text::Location;

/// A value of the facts; the same kinds as in JSON.
#[derive(Clone, Debug, Default)]
pub enum Fact<'a> {
    /// Not known, or not there.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// A list.
    List(List<'a>),
    /// Named fields, in order.
    Record(Record<'a>),
}

impl<'a> Fact<'a> {
    /// What stands for these items.
    pub const fn list(items: &'a dyn Items) -> Self {
        Self::List(List::of(items))
    }

    /// What stands for these fields.
    pub const fn record(fields: &'a dyn Fields) -> Self {
        Self::Record(Record::of(fields))
    }

    /// All its words.
    pub fn words(&self) -> Vocabulary {
        let mut words = Vocabulary::default();
        self.note(None, &mut words);
        words
    }

    /// The same, but for texts that no selector asks for.
    pub(crate) fn asked_words(&self, asked: &Arc<AskedTexts>) -> Vocabulary {
        let mut words = Vocabulary::of_asked(asked);
        self.note(None, &mut words);
        words
    }

    /// Facts nest as deep as their records do, not as what was loaded does.
    fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
        match self {
            Self::Bool(flag) => flag.note(field, words),
            Self::Text(text) => words.add_text(field, text),
            Self::List(list) => {
                for item in list.items() {
                    item.note(field, words);
                }
            }
            Self::Record(record) => {
                for (name, value) in record.fields() {
                    let name = Word::field(name);
                    words.add(name);
                    value.note(Some(name), words);
                }
            }
            Self::Null | Self::Integer(_) | Self::Float(_) => {}
        }
    }

    /// The field of this name.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(record) => record.get(name),
            _ => None,
        }
    }

    /// The field of this name by itself; its siblings are not made.
    pub(crate) fn peek(&self, name: &str) -> Option<Cow<'_, Self>> {
        match self {
            Self::Record(record) => record.peek(name),
            _ => None,
        }
    }

    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items, where it is a list.
    pub fn items(&self) -> Option<&Vec<Self>> {
        match self {
            Self::List(list) => Some(list.items()),
            _ => None,
        }
    }

    /// The place, where it is one of facts; one of a document is numbers.
    pub fn location(&self) -> Option<Location> {
        match self {
            Self::List(list) => list.location(),
            _ => None,
        }
    }

    /// The numbers, where it is a list of three small ones, as every place of a document is.
    pub fn numbers(&self) -> Option<[u32; 3]> {
        match self {
            Self::List(list) => list.numbers(),
            _ => None,
        }
    }
}

impl PartialEq for Fact<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(two)) => one == two,
            (Self::Integer(one), Self::Integer(two)) => one == two,
            (Self::Float(one), Self::Float(two)) => one == two,
            (Self::Text(one), Self::Text(two)) => one == two,
            (Self::List(one), Self::List(two)) => one.items() == two.items(),
            (Self::Record(one), Self::Record(two)) => {
                let (one, two) = (one.fields(), two.fields());
                one.len() == two.len()
                    && one
                        .iter()
                        .all(|(name, value)| other.get(name) == Some(value))
            }
            _ => false,
        }
    }
}

impl Serialize for Fact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(list) => serializer.collect_seq(list.items()),
            Self::Record(record) => {
                let fields = record.fields();
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// As JSON.
impl fmt::Display for Fact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}
