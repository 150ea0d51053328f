//! One value of a document.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A value of the facts; the same kinds as in JSON.
#[derive(Clone, Debug, Default)]
pub enum Fact {
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
    Text(Cow<'static, str>),
    /// A list.
    List(Vec<Self>),
    /// A list of three small numbers, as every place is; the list is made when it is asked for.
    Place([u32; 3], OnceLock<Box<Vec<Self>>>),
    /// Named fields, in order.
    Record(Vec<(Cow<'static, str>, Self)>),
}

impl Fact {
    /// The field of this name.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(fields) => {
                let field = fields.iter().find(|(field, _)| field == name);
                field.map(|(_, value)| value)
            }
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
            Self::List(items) => Some(items),
            Self::Place(numbers, items) => Some(items.get_or_init(|| {
                let items = numbers.iter().map(|number| Self::Integer((*number).into()));
                Box::new(items.collect())
            })),
            _ => None,
        }
    }

    /// The numbers, where it is a place.
    pub fn place(&self) -> Option<[u32; 3]> {
        match self {
            Self::Place(numbers, _) => Some(*numbers),
            _ => None,
        }
    }
}

impl PartialEq for Fact {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(two)) => one == two,
            (Self::Integer(one), Self::Integer(two)) => one == two,
            (Self::Float(one), Self::Float(two)) => one == two,
            (Self::Text(one), Self::Text(two)) => one == two,
            (Self::Place(one, _), Self::Place(two, _)) => one == two,
            (Self::Record(one), Self::Record(two)) => {
                one.len() == two.len()
                    && one
                        .iter()
                        .all(|(name, value)| other.get(name) == Some(value))
            }
            _ => match (self.items(), other.items()) {
                (Some(one), Some(two)) => one == two,
                _ => false,
            },
        }
    }
}

impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Place(numbers, _) => serializer.collect_seq(numbers),
            Self::Record(fields) => {
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
impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}
