//! The fields of a request, each with its type and a complaint that names it.

use crate::eval::NamedPolicy;
use crate::policy::{PolicyDocument, PolicyKind, PolicyReading, StoredText};
use crate::text::InputError;
use crate::tree::{Content, Node};

use super::error::SimulationError;

type Result<T> = std::result::Result<T, SimulationError>;

/// The fields of one request, and what AWS would refuse in its policies though it decides nothing.
pub(super) struct Fields<'n, 'a> {
    node: &'n Node<'a>,
    pub(super) refusals: Vec<String>,
}

impl<'n, 'a> Fields<'n, 'a> {
    pub(super) const fn new(node: &'n Node<'a>) -> Self {
        Self {
            node,
            refusals: Vec::new(),
        }
    }

    /// The field's value; `null` counts as not given.
    pub(super) fn optional(&self, name: &str) -> Option<&'n Node<'a>> {
        self.node
            .get(name)
            .filter(|node| node.value != Content::Null)
    }

    pub(super) fn text(&self, name: &'static str) -> Result<&'n str> {
        let node = self.optional(name).ok_or(SimulationError::Missing(name))?;
        node.as_str().ok_or_else(|| wrong(name, node, "a string"))
    }

    pub(super) fn flag(&self, name: &'static str) -> Result<bool> {
        self.optional(name).map_or(Ok(false), |node| {
            node.as_bool()
                .ok_or_else(|| wrong(name, node, "true or false"))
        })
    }

    /// One policy document; `None` where the field is not given.
    pub(super) fn policy(
        &mut self,
        name: &str,
        kind: PolicyKind,
    ) -> Result<Option<PolicyDocument>> {
        self.optional(name)
            .map(|node| self.document(name, node, kind))
            .transpose()
    }

    /// A list of policies; `None` where the field is not given.
    pub(super) fn policies(
        &mut self,
        name: &str,
        kind: PolicyKind,
    ) -> Result<Option<Vec<NamedPolicy>>> {
        self.optional(name)
            .map(|node| self.list(name, node, kind))
            .transpose()
    }

    /// Levels of policies.
    pub(super) fn levels(&mut self, name: &str, kind: PolicyKind) -> Result<Vec<Vec<NamedPolicy>>> {
        let Some(node) = self.optional(name) else {
            return Ok(Vec::new());
        };
        let levels = node
            .items()
            .ok_or_else(|| wrong(name, node, "an array of levels"))?;
        let numbered = levels.iter().enumerate();
        numbered
            .map(|(index, level)| self.list(&format!("{name}[{index}]"), level, kind))
            .collect()
    }

    fn list(&mut self, name: &str, node: &Node<'_>, kind: PolicyKind) -> Result<Vec<NamedPolicy>> {
        let items = node
            .items()
            .ok_or_else(|| wrong(name, node, "an array of policies"))?;
        let numbered = items.iter().enumerate();
        numbered
            .map(|(index, item)| self.named(&format!("{name}[{index}]"), index, item, kind))
            .collect()
    }

    /// `{name, policy}`, or a bare policy document, which is named by its position.
    fn named(
        &mut self,
        field: &str,
        index: usize,
        node: &Node<'_>,
        kind: PolicyKind,
    ) -> Result<NamedPolicy> {
        let Some(policy) = node.get("policy") else {
            let document = self.document(field, node, kind)?;
            return Ok(NamedPolicy {
                name: index.to_string().into(),
                document,
            });
        };
        let name = match node.get("name") {
            Some(name) => name
                .as_str()
                .ok_or_else(|| wrong(&format!("{field}.name"), name, "a string"))?
                .into(),
            None => index.to_string().into(),
        };
        Ok(NamedPolicy {
            name,
            document: self.document(&format!("{field}.policy"), policy, kind)?,
        })
    }

    /// A policy as an object, or as a string that holds one.
    fn document(
        &mut self,
        field: &str,
        node: &Node<'_>,
        kind: PolicyKind,
    ) -> Result<PolicyDocument> {
        let refused = |error: &InputError| refused(field, error);
        let reading = match node.as_str() {
            None => PolicyReading::of_node(node, kind, StoredText::Unknown),
            Some(text) => PolicyReading::of_string(text, kind, node.span),
        };
        let document = reading.document.map_err(|errors| {
            let first = errors.first();
            first.map_or_else(|| wrong(field, node, "a policy"), refused)
        })?;
        if let Some(error) = document.invalid_principals().next() {
            return Err(refused(&error));
        }
        let size = reading.size.and_then(|size| size.complaint(node.span));
        let whole = reading.unstorable_character.into_iter().chain(size);
        let refusals = document.refusals.iter().cloned().chain(whole);
        self.refusals
            .extend(refusals.map(|refusal| format!("{field}: {refusal}")));
        Ok(document)
    }
}

pub(super) fn wrong(field: &str, node: &Node<'_>, wanted: &str) -> SimulationError {
    SimulationError::WrongType {
        field: field.to_owned(),
        wanted: wanted.to_owned(),
        found: node.kind(),
        column: node.span.start.saturating_add(1),
    }
}

fn refused(field: &str, error: &InputError) -> SimulationError {
    SimulationError::Policy {
        field: field.to_owned(),
        message: error.message.clone(),
        help: error
            .help
            .clone()
            .map(|help| format!(" ({help})"))
            .unwrap_or_default(),
        column: error.span.start.saturating_add(1),
    }
}
