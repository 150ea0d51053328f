//! The attributes of a resource, and which of them are unknown or sensitive.

use crate::inventory::{Located, Tag};
use crate::load::document::Document;
use crate::text::Location;
use crate::tree::{Content, Node};

/// The attributes of a resource at one time.
#[derive(Clone)]
pub(super) struct Attributes<'n, 'a> {
    document: &'n Document<'a>,
    /// Where the resource is named.
    at: Location,
    /// The object that holds them; none where there is no resource then.
    values: Option<&'n Node<'a>>,
    /// Which of them are known only once the plan is carried out.
    unknown: Option<&'n Node<'a>>,
    /// Which of them are sensitive.
    sensitive: Option<&'n Node<'a>>,
    /// The names of others that are sensitive.
    secret: Vec<&'n str>,
}

/// A value, as far as it may be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Attribute<'n, 'a> {
    /// There is none.
    Absent,
    /// It is known once the plan is carried out.
    Unknown,
    /// It is there, and may not be shown.
    Sensitive(&'n Node<'a>),
    /// It is there.
    Known(&'n Node<'a>),
}

impl<'n, 'a> Attributes<'n, 'a> {
    pub(super) fn new(
        (document, named): (&'n Document<'a>, &Node<'_>),
        values: Option<&'n Node<'a>>,
        unknown: Option<&'n Node<'a>>,
        sensitive: Option<&'n Node<'a>>,
    ) -> Self {
        Self {
            document,
            at: document.at(named.span),
            values: values.filter(|values| values.members().is_some()),
            unknown,
            sensitive,
            secret: Vec::new(),
        }
    }

    /// The same where those of these names are sensitive, too.
    pub(super) fn without(self, secret: Vec<&'n str>) -> Self {
        Self { secret, ..self }
    }

    /// Whether there is a resource.
    pub(super) const fn are_there(&self) -> bool {
        self.values.is_some()
    }

    /// Where the resource is named.
    pub(super) const fn at(&self) -> Location {
        self.at
    }

    /// The document that they stand in.
    pub(super) const fn document(&self) -> &'n Document<'a> {
        self.document
    }

    /// The attribute of this name. One that is sensitive in part is so as a whole.
    pub(super) fn get(&self, name: &str) -> Attribute<'n, 'a> {
        if self.unknown.is_some_and(|of| is_marked(of, name)) {
            return Attribute::Unknown;
        }
        let value = self.values.and_then(|values| values.get(name));
        match value.filter(|value| value.value != Content::Null) {
            None => Attribute::Absent,
            Some(value)
                if self.secret.contains(&name)
                    || self.sensitive.is_some_and(|of| is_marked(of, name)) =>
            {
                Attribute::Sensitive(value)
            }
            Some(value) => Attribute::Known(value),
        }
    }

    /// The attribute where it is known and may be shown.
    pub(super) fn node(&self, name: &str) -> Option<&'n Node<'a>> {
        match self.get(name) {
            Attribute::Known(node) => Some(node),
            Attribute::Absent | Attribute::Unknown | Attribute::Sensitive(_) => None,
        }
    }

    /// A string that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<Located<&'n str>> {
        let node = self.node(name)?;
        let value = node.as_str().filter(|text| !text.is_empty())?;
        Some(self.located(node, value))
    }

    /// `true` or `false`. Version 0.11 wrote them as strings.
    pub(super) fn flag(&self, name: &str) -> Option<Located<bool>> {
        let node = self.node(name)?;
        let value = match &node.value {
            Content::Bool(flag) => *flag,
            Content::String(text) => text.parse().ok()?,
            _ => return None,
        };
        Some(self.located(node, value))
    }

    /// A number of days.
    pub(super) fn days(&self, name: &str) -> Option<Located<u16>> {
        let node = self.node(name)?;
        let value = match &node.value {
            Content::Number(text) | Content::String(text) => text.parse().ok()?,
            _ => return None,
        };
        Some(self.located(node, value))
    }

    /// All tags: an object of keys and values, or a list of objects with `key` and `value`.
    pub(super) fn tags(&self, name: &str) -> Option<Located<Vec<Tag>>> {
        let node = self.node(name)?;
        let pair = |key: &str, value: &Node<'_>| Some((key.to_owned(), value.as_str()?.to_owned()));
        let tags = match &node.value {
            Content::Object(members) => {
                let each = members.iter().map(|of| pair(&of.key, &of.value));
                each.collect::<Option<Vec<_>>>()?
            }
            Content::Array(items) => {
                let item = |item: &Node<'_>| pair(item.get("key")?.as_str()?, item.get("value")?);
                items.iter().map(item).collect::<Option<Vec<_>>>()?
            }
            _ => return None,
        };
        Some(self.located(node, tags))
    }

    pub(super) fn located<T>(&self, node: &Node<'_>, value: T) -> Located<T> {
        Located {
            value,
            at: self.document.at(node.span),
        }
    }
}

/// Whether the mark of this attribute, or of all, or of some part of it, is true.
fn is_marked(marks: &Node<'_>, name: &str) -> bool {
    marks.as_bool() == Some(true) || marks.get(name).is_some_and(has_mark)
}

/// Whether something in these marks is true.
pub(super) fn has_mark(marks: &Node<'_>) -> bool {
    match &marks.value {
        Content::Bool(mark) => *mark,
        Content::Array(items) => items.iter().any(has_mark),
        Content::Object(members) => members.iter().any(|member| has_mark(&member.value)),
        _ => false,
    }
}
