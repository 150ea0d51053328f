//! What a tree says, without places: what an edited text must read as.

use serde_json::Value as Json;

use crate::tree::{Function, Node, Step, Value};

use super::Change;

/// A value without its place. A child that is taken out stays as `Gone`, so that the paths of other
/// changes still lead where they did.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
    Deferred(String, Vec<Self>),
    /// It was taken out.
    Gone,
    /// It was put in, before or after the child beside it.
    Added(Box<Self>),
}

impl Shape {
    pub(super) fn of(node: &Node<'_>) -> Self {
        match &node.value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(text) => Self::Number((*text).to_owned()),
            Value::String(text) => Self::Text(text.clone().into_owned()),
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(members) => Self::Map(
                members
                    .iter()
                    .map(|m| (m.key.clone().into_owned(), Self::of(&m.value)))
                    .collect(),
            ),
            Value::Deferred(deferred) => {
                let kind = match &deferred.function {
                    Function::For(each) => format!("{each:?}"),
                    function => function.name().to_owned(),
                };
                Self::Deferred(kind, deferred.arguments.iter().map(Self::of).collect())
            }
        }
    }

    fn of_json(value: &Json) -> Self {
        match value {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => Self::Number(number.to_string()),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::of_json).collect()),
            Json::Object(members) => {
                let member = |(key, value): (&String, &Json)| (key.clone(), Self::of_json(value));
                Self::Map(members.iter().map(member).collect())
            }
        }
    }

    /// Makes a change of the value at `path`.
    pub(super) fn mark(&mut self, path: &[Step], change: &Change) -> Option<()> {
        if let Some((step, rest)) = path.split_first() {
            return self.child(step)?.mark(rest, change);
        }
        match change {
            Change::Replace(value) => *self = Self::of_json(value),
            Change::Remove(step) => *self.child(step)? = Self::Gone,
            Change::Items(position, values) => {
                let Self::List(items) = self else { return None };
                let written = |item: &Self| !matches!(item, Self::Added(_));
                let places = items.iter().enumerate().filter(|(_, item)| written(item));
                let at = places.map(|(at, _)| at).nth(*position);
                let at = at.unwrap_or(items.len());
                let added = |value| Self::Added(Box::new(Self::of_json(value)));
                items.splice(at..at, values.iter().map(added));
            }
            Change::Member(after, key, value) => {
                let Self::Map(members) = self else {
                    return None;
                };
                let after = after.as_ref();
                let place = after.and_then(|name| members.iter().rposition(|(k, _)| k == name));
                let at = place.map_or(members.len(), |at| at + 1);
                members.insert(at, (key.clone(), Self::of_json(value)));
            }
        }
        Some(())
    }

    fn child(&mut self, step: &Step) -> Option<&mut Self> {
        match (self, step) {
            (Self::Map(members), Step::Key(key)) => {
                let member = members.iter_mut().rfind(|(name, _)| name == key);
                member.map(|(_, value)| value)
            }
            (Self::List(items), Step::Index(index)) => {
                let mut written = items.iter_mut().filter(|i| !matches!(i, Self::Added(_)));
                written.nth(*index)
            }
            (Self::Deferred(_, arguments), Step::Index(index)) => arguments.get_mut(*index),
            _ => None,
        }
    }

    /// Without what was taken out.
    pub(super) fn settled(self) -> Self {
        match self {
            Self::List(items) => {
                let left = items.into_iter().filter(|item| *item != Self::Gone);
                Self::List(left.map(Self::settled).collect())
            }
            Self::Map(members) => {
                let left = members
                    .into_iter()
                    .filter(|(_, value)| *value != Self::Gone);
                Self::Map(left.map(|(key, value)| (key, value.settled())).collect())
            }
            Self::Deferred(kind, arguments) => {
                Self::Deferred(kind, arguments.into_iter().map(Self::settled).collect())
            }
            Self::Added(value) => value.settled(),
            other => other,
        }
    }
}
