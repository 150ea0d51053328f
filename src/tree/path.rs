//! Where a value stands in a document: normalized paths as in RFC 9535, and their bytes.

use std::fmt;

use crate::text::{InputError, Span};

use super::Embedded;
use super::{Node, json};

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into the member of an object.
    Key(String),
    /// Into the item of an array, from 0.
    Index(usize),
    /// Into the document that this string holds.
    Embedded,
}

/// Steps from the top of a document, for example `$.Policy|$.Statement[0].Action`, where `|$` goes
/// into the document that a string holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JsonPath {
    /// The steps, outermost first.
    pub steps: Vec<Step>,
}

impl JsonPath {
    /// This path and one step more.
    #[must_use]
    pub fn then(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { steps }
    }

    /// This path and a step into a member.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    /// This path and a step into an item.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.steps {
            match step {
                Step::Key(key) if is_plain(key) => write!(f, ".{key}")?,
                Step::Key(key) => {
                    write!(f, "['{}']", key.replace('\\', "\\\\").replace('\'', "\\'"))?;
                }
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Embedded => f.write_str("|$")?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Why a path leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// The document, or one inside it, is not JSON.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The document has nothing there.
    #[error("nothing stands at `{0}`")]
    Missing(JsonPath),
}

/// The bytes of `text` at which `path` leads, through embedded documents to the outer bytes.
///
/// # Errors
/// Where `text` is not JSON or has nothing at that path.
pub fn resolve(text: &str, path: &JsonPath) -> Result<Span, ResolveError> {
    let document = json::parse(text)?;
    walk(text, &document, &path.steps)?.ok_or_else(|| ResolveError::Missing(path.clone()))
}

fn walk(text: &str, node: &Node<'_>, steps: &[Step]) -> Result<Option<Span>, ResolveError> {
    let Some((step, rest)) = steps.split_first() else {
        return Ok(Some(node.span));
    };
    let next = match step {
        Step::Key(key) => node.get(key),
        Step::Index(index) => node.items().and_then(|items| items.get(*index)),
        Step::Embedded => {
            let Some(embedded) = Embedded::from_string(text, node.span) else {
                return Ok(None);
            };
            let inner = json::parse(&embedded.text).map_err(|mut error| {
                error.span = embedded.map.outer_span(error.span);
                error
            })?;
            // The inner walk speaks of the decoded text; one level up makes it the outer bytes.
            let found = walk(&embedded.text, &inner, rest)?;
            return Ok(found.map(|span| embedded.map.outer_span(span)));
        }
    };
    next.map_or(Ok(None), |next| walk(text, next, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_bytes_through_two_strings() {
        let policy = r#"{"Statement":[{"Action":["kms:*"]}]}"#;
        let event = serde_json::json!({ "requestParameters": { "policy": policy } }).to_string();
        let outer = serde_json::json!({ "CloudTrailEvent": event }).to_string();
        let path = JsonPath::default()
            .key("CloudTrailEvent")
            .then(Step::Embedded)
            .key("requestParameters")
            .key("policy")
            .then(Step::Embedded)
            .key("Statement")
            .index(0)
            .key("Action")
            .index(0);
        assert_eq!(
            resolve(&outer, &path).unwrap().of(&outer),
            r#"\\\"kms:*\\\""#
        );
        assert_eq!(
            path.to_string(),
            "$.CloudTrailEvent|$.requestParameters.policy|$.Statement[0].Action[0]"
        );
        assert!(matches!(
            resolve(&outer, &path.key("x")),
            Err(ResolveError::Missing(_))
        ));
    }
}
