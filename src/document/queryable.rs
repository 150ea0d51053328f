//! Facts as the JSONPath engine asks for them.

use jsonpath_rust::query::queryable::Queryable;

use super::{Fact, List};

impl Queryable for Fact<'_> {
    fn get(&self, key: &str) -> Option<&Self> {
        Self::get(self, key)
    }

    fn as_array(&self) -> Option<&Vec<Self>> {
        self.items()
    }

    fn as_object(&self) -> Option<Vec<(&str, &Self)>> {
        match self {
            Self::Record(record) => {
                let fields = record.fields().iter().map(|(name, value)| (&**name, value));
                Some(fields.collect())
            }
            _ => None,
        }
    }

    fn as_str(&self) -> Option<&str> {
        self.text()
    }

    fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            // Numbers of facts are day counts, positions and values that were written: all exact.
            #[expect(clippy::cast_precision_loss, reason = "as serde_json does")]
            Self::Integer(number) => Some(*number as f64),
            _ => None,
        }
    }

    fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    fn null() -> Self {
        Self::Null
    }
}

impl From<&str> for Fact<'_> {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned().into())
    }
}

impl From<String> for Fact<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for Fact<'_> {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<i64> for Fact<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for Fact<'_> {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<Vec<Self>> for Fact<'_> {
    fn from(items: Vec<Self>) -> Self {
        Self::List(List::made(items))
    }
}
