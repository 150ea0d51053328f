//! A policy inside a document: as an object, or as text in a string.

use crate::inventory::LoadedPolicy;
use crate::policy::{PolicyKind, PolicyReading, StoredText, refuse_bulk};
use crate::text::InputError;
use crate::tree::{Content, Embedded, Encoding, Node};

use super::contents::Contents;
use super::document::Document;
use super::policy_shape::{PolicyShape, policy_shape};

/// Reads the policy that stands at `node`; all complaints go to `contents`. Nothing where AWS
/// would refuse it and it has no meaning.
pub(super) fn read_policy(
    document: &Document<'_>,
    node: &Node<'_>,
    kind: PolicyKind,
    contents: &mut Contents,
) -> Option<LoadedPolicy> {
    // Of a file that is nothing but a policy AWS is sent all.
    let is_whole_file = document.is_whole && node.span == document.root.span;
    let length = if is_whole_file {
        document.text.len()
    } else {
        node.span.len()
    };
    if let Err(error) = refuse_bulk(length, node.span) {
        contents.errors.push(error);
        return None;
    }
    if let Content::String(_) = node.value {
        let embedded = Embedded::from_string(document.text, node.span)?;
        let inner = match embedded.parse() {
            Ok(inner) => inner,
            Err(error) => {
                contents.errors.push(error);
                return None;
            }
        };
        let written = Written {
            node: &inner,
            text: StoredText::InString(&embedded.text),
            encoding: Some(embedded.encoding),
        };
        return written.read(document, kind, contents);
    }
    if node.members().is_none() {
        contents.errors.push(
            InputError::new(
                node.span,
                "the policy must be an object or a string that holds one",
            )
            .label(format!("this is {}", node.kind())),
        );
        return None;
    }
    let written = Written {
        node,
        text: if is_whole_file {
            StoredText::Sent(node.span.of(document.text))
        } else {
            StoredText::Unknown
        },
        encoding: None,
    };
    written.read(document, kind, contents)
}

/// What the policy at `node` looks like, an object or a string that holds one; nothing where none is.
pub(super) fn shape_at(document: &Document<'_>, node: &Node<'_>) -> Option<PolicyShape> {
    if node.as_str().is_none() {
        return policy_shape(node);
    }
    let embedded = Embedded::from_string(document.text, node.span)?;
    embedded.parse().ok().and_then(|inner| policy_shape(&inner))
}

/// As [`read_policy`], of a policy that a tool wrote anew from what AWS told it: how long it is there
/// says nothing.
pub(super) fn read_rewritten_policy(
    document: &Document<'_>,
    node: &Node<'_>,
    kind: PolicyKind,
    contents: &mut Contents,
) -> Option<LoadedPolicy> {
    let policy = read_policy(document, node, kind, contents)?;
    Some(LoadedPolicy {
        size: None,
        ..policy
    })
}

/// Reads the policy that a template comes to at `node`, whose places are the file's; `encoding` is that of the
/// string that it stands in.
pub(super) fn read_resolved(
    document: &Document<'_>,
    (node, kind): (&Node<'_>, PolicyKind),
    encoding: Option<Encoding>,
    text: StoredText<'_>,
    contents: &mut Contents,
) -> Option<LoadedPolicy> {
    if let Err(error) = refuse_bulk(node.span.len(), node.span) {
        contents.errors.push(error);
        return None;
    }
    let written = Written {
        node,
        text,
        encoding,
    };
    written.read(document, kind, contents)
}

/// A policy as it is written into a document.
struct Written<'n, 'a> {
    node: &'n Node<'a>,
    text: StoredText<'n>,
    encoding: Option<Encoding>,
}

impl Written<'_, '_> {
    fn read(
        &self,
        document: &Document<'_>,
        kind: PolicyKind,
        contents: &mut Contents,
    ) -> Option<LoadedPolicy> {
        let reading = PolicyReading::of_node(self.node, kind, self.text);
        contents.errors.extend(reading.unstorable_character);
        let read = match reading.document {
            Ok(policy) => {
                contents.errors.extend(policy.refusals.iter().cloned());
                Some(policy)
            }
            Err(errors) => {
                contents.errors.extend(errors);
                None
            }
        };
        // What is no embedded text is looked through with the rest of its file.
        if self.encoding.is_some() {
            contents.refuse_duplicate_keys(self.node);
        }
        read.map(|policy| LoadedPolicy {
            name: document.name.to_owned(),
            source: document.source,
            encoding: self.encoding,
            size: reading.size,
            document: policy,
        })
    }
}
