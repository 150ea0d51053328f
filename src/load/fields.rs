//! The fields of an AWS answer, each with its type and its place.

use crate::aws::Reported;
use crate::aws::key::ApiEnum;
use crate::inventory::Located;
use crate::source::InputError;
use crate::source::json::{Node, Value};

use super::document::Document;

/// Reads fields of one object. `null` counts as absent, and fields that are not asked for are of
/// no interest: AWS adds some every year.
pub(super) struct Fields<'d, 'a> {
    document: &'d Document<'a>,
    object: &'d Node<'a>,
    /// What is wrong with those that were asked for.
    pub(super) errors: Vec<InputError>,
}

impl<'d, 'a> Fields<'d, 'a> {
    pub(super) const fn new(document: &'d Document<'a>, object: &'d Node<'a>) -> Self {
        Self {
            document,
            object,
            errors: Vec::new(),
        }
    }

    /// The node under `name`.
    pub(super) fn node(&self, name: &str) -> Option<&'d Node<'a>> {
        let node = self.object.get(name)?;
        (node.value != Value::Null).then_some(node)
    }

    /// A string.
    pub(super) fn text(&mut self, name: &str) -> Option<Located<String>> {
        self.read(name, "a string", |node| node.as_str().map(str::to_owned))
    }

    /// One of the values of an enumeration.
    pub(super) fn reported<T: ApiEnum>(&mut self, name: &str) -> Option<Located<Reported<T>>> {
        self.read(name, "a string", |node| node.as_str().map(Reported::parse))
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, name: &str) -> Option<Located<bool>> {
        self.read(name, "`true` or `false`", |node| match node.value {
            Value::Bool(value) => Some(value),
            _ => None,
        })
    }

    /// A count of days, from 0 to 65535.
    pub(super) fn days(&mut self, name: &str) -> Option<Located<u16>> {
        self.read(name, "a whole number of days", |node| match node.value {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        })
    }

    /// A moment as written: the CLI writes a string or seconds since 1970.
    pub(super) fn moment(&mut self, name: &str) -> Option<Located<String>> {
        self.read(name, "a date", |node| match &node.value {
            Value::String(text) => Some(text.clone().into_owned()),
            Value::Number(text) => Some((*text).to_owned()),
            _ => None,
        })
    }

    fn read<T>(
        &mut self,
        name: &str,
        wanted: &str,
        value: impl Fn(&Node<'_>) -> Option<T>,
    ) -> Option<Located<T>> {
        let node = self.node(name)?;
        let Some(value) = value(node) else {
            let error = InputError::new(node.span, format!("`{name}` must be {wanted}"))
                .label(format!("this is {}", node.kind()));
            self.errors.push(error);
            return None;
        };
        let at = self.document.at(node.span);
        Some(Located { value, at })
    }
}
