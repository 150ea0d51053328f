//! The request context: which values a condition key has.

use serde_json::{Map, Value};

/// The context of one request, complete: what is not in it is absent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Context<'a> {
    /// All values of `key`, or `None` where it is absent; an empty array is absence.
    ///
    /// §2.1: key names compare without regard to case. §2.2: an empty data set counts as missing.
    pub(crate) fn values(self, key: &str) -> Option<Vec<String>> {
        let values = match self.entry(key)? {
            Value::Array(items) => items.iter().filter_map(scalar).collect(),
            single => scalar(single).into_iter().collect::<Vec<String>>(),
        };
        (!values.is_empty()).then_some(values)
    }

    /// The value of a single-valued key (§1.7: multi-valued keys cannot be variables).
    pub(crate) fn single(self, key: &str) -> Option<String> {
        scalar(self.entry(key)?)
    }

    fn entry(self, key: &str) -> Option<&'a Value> {
        self.0
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value)
    }
}

/// §1.1 scalars: numbers and booleans may stand unquoted where a string is wanted.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// §1.1: a single value may be given with or without brackets wherever a list is accepted.
pub(crate) fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(scalar).collect(),
        single => scalar(single).into_iter().collect(),
    }
}
