//! The fields of an AWS answer, each with its type and its place.

use crate::aws::key::ApiEnum;
use crate::aws::{Reported, normalized_time};
use crate::inventory::{Located, Tag};
use crate::text::InputError;
use crate::tree::{Content, Node};

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
        (node.value != Content::Null).then_some(node)
    }

    /// A string.
    pub(super) fn text(&mut self, name: &str) -> Option<Located<String>> {
        self.read(name, "a string", |node| node.as_str().map(str::to_owned))
    }

    /// One of the values of an enumeration.
    pub(super) fn reported<T: ApiEnum>(&mut self, name: &str) -> Option<Located<Reported<T>>> {
        self.read(name, "a string", |node| node.as_str().map(Reported::parse))
    }

    /// The items of a list; one object counts as a list of one, as an example in the CLI's
    /// reference has it.
    pub(super) fn list(&mut self, name: &str) -> &'d [Node<'a>] {
        let Some(node) = self.node(name) else {
            return &[];
        };
        match &node.value {
            Content::Array(items) => items,
            Content::Object(_) => std::slice::from_ref(node),
            _ => {
                self.wrong(name, "a list", node);
                &[]
            }
        }
    }

    /// Tags, under the names that the service has for a tag's key and value.
    pub(super) fn tags(&mut self, list: &str, (key, value): (&str, &str)) -> Option<Vec<Tag>> {
        self.node(list)?;
        let mut tags = Vec::new();
        for item in self.list(list) {
            let mut fields = Fields::new(self.document, item);
            if let (Some(key), Some(value)) = (fields.text(key), fields.text(value)) {
                tags.push((key.value, value.value));
            } else if fields.errors.is_empty() {
                let message = format!("a tag needs `{key}` and `{value}`");
                let error = InputError::new(item.span, message).label("this tag");
                fields.errors.push(error);
            }
            self.errors.append(&mut fields.errors);
        }
        Some(tags)
    }

    /// Complains where the answer is only its first part: a paginated call that was not repeated.
    pub(super) fn refuse_truncated(&mut self, what: &str) {
        let flags = ["Truncated", "IsTruncated"].into_iter();
        let flag = flags
            .filter_map(|name| self.node(name))
            .find(|node| node.as_bool() == Some(true));
        let tokens = ["NextToken", "NextMarker", "Marker"].into_iter();
        let token = tokens
            .filter_map(|name| self.node(name))
            .find(|node| node.as_str().is_some_and(|token| !token.is_empty()));
        if let Some(node) = flag.or(token) {
            let message = format!("the answer is not whole: {what}");
            self.errors.push(
                InputError::new(node.span, message)
                    .label("there is more")
                    .help("call again without `--max-items` and `--no-paginate`, so that the AWS CLI asks for all pages"),
            );
        }
    }

    fn wrong(&mut self, name: &str, wanted: &str, node: &Node<'_>) {
        let error = InputError::new(node.span, format!("`{name}` must be {wanted}"))
            .label(format!("this is {}", node.kind()));
        self.errors.push(error);
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, name: &str) -> Option<Located<bool>> {
        self.read(name, "`true` or `false`", |node| match node.value {
            Content::Bool(value) => Some(value),
            _ => None,
        })
    }

    /// A count of days, from 0 to 65535.
    pub(super) fn days(&mut self, name: &str) -> Option<Located<u16>> {
        self.read(name, "a whole number of days", |node| match &node.value {
            Content::Number(text) => text.parse().ok(),
            _ => None,
        })
    }

    /// A moment: the CLI writes a string or seconds since 1970, and either becomes RFC 3339 in UTC.
    /// What is no moment is kept as it is written.
    pub(super) fn moment(&mut self, name: &str) -> Option<Located<String>> {
        self.read(name, "a date", |node| match &node.value {
            Content::String(text) | Content::Number(text) => Some(normalized_time(text)),
            Content::Object(_) => recorded_moment(node),
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
            self.wrong(name, wanted, node);
            return None;
        };
        let at = self.document.at(node.span);
        Some(Located { value, at })
    }
}

/// A moment as placebo records it, a tool that many tests of programs for AWS use:
/// `{"__class__": "datetime", "year": 2016, …}`. <https://github.com/garnaat/placebo>
fn recorded_moment(node: &Node<'_>) -> Option<String> {
    if node.get("__class__").and_then(Node::as_str) != Some("datetime") {
        return None;
    }
    let number = |name: &str| match &node.get(name)?.value {
        Content::Number(text) => text.parse::<u32>().ok(),
        _ => None,
    };
    let time = |name: &str| number(name).unwrap_or_default();
    let (year, month, day) = (number("year")?, number("month")?, number("day")?);
    let (hour, minute, second) = (time("hour"), time("minute"), time("second"));
    let micro = time("microsecond");
    let text =
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z");
    Some(normalized_time(&text))
}
