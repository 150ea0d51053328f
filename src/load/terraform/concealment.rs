//! What of a plan or a state may be shown.
//!
//! The values of variables, of outputs and of most resources are nobody's business who reads a report, and
//! Terraform writes the sensitive ones in clear. So only what stands in resources of KMS and IAM is kept, without
//! the attributes that are marked as sensitive.
//! <https://developer.hashicorp.com/terraform/language/state/sensitive-data>

use crate::load::document::Document;
use crate::text::Span;
use crate::tree::{Content, Node};

use super::attributes::has_mark;

/// Gathers the bytes that may be shown, and those in them that may not.
#[derive(Debug, Default)]
pub(super) struct Concealment {
    shown: Vec<Span>,
    secret: Vec<Span>,
}

impl Concealment {
    /// Shows what stands at a node.
    pub(super) fn show(&mut self, node: &Node<'_>) {
        self.shown.push(node.span);
    }

    /// Hides what stands at a node.
    pub(super) fn hide(&mut self, node: &Node<'_>) {
        self.secret.push(node.span);
    }

    /// Hides imported key material, which versions before 0.15 do not mark.
    pub(super) fn hide_key_material(&mut self, values: &Node<'_>) {
        if let Some(material) = values.get("key_material_base64") {
            self.hide(material);
        }
    }

    /// Hides what of the values is marked.
    pub(super) fn hide_marked(&mut self, values: Option<&Node<'_>>, marks: Option<&Node<'_>>) {
        if let (Some(values), Some(marks)) = (values, marks) {
            self.hide_where(values, marks);
        }
    }

    fn hide_where(&mut self, values: &Node<'_>, marks: &Node<'_>) {
        match (&marks.value, &values.value) {
            (Content::Bool(true), _) => self.hide(values),
            (Content::Object(of), Content::Object(_)) => {
                for member in of {
                    match values.get(&member.key) {
                        Some(value) => self.hide_where(value, &member.value),
                        // A mark of something else than what is there: nothing of it is shown.
                        None if has_mark(&member.value) => self.hide(values),
                        None => {}
                    }
                }
            }
            (Content::Array(of), Content::Array(items)) if of.len() <= items.len() => {
                for (mark, item) in of.iter().zip(items) {
                    self.hide_where(item, mark);
                }
            }
            _ if has_mark(marks) && values.value != Content::Null => self.hide(values),
            _ => {}
        }
    }

    /// The bytes of the document that are not shown, sorted, none twice.
    pub(super) fn hidden(mut self, document: &Document<'_>) -> Vec<Span> {
        self.shown.sort_unstable();
        let mut hidden = self.secret;
        let mut end = 0;
        for shown in self.shown {
            if shown.start > end {
                hidden.push(Span {
                    start: end,
                    end: shown.start,
                });
            }
            end = end.max(shown.end);
        }
        hidden.push(Span {
            start: end,
            end: Span::new(0, document.text.len()).end,
        });
        hidden.retain(|span| !span.is_empty());
        hidden.sort_unstable();
        hidden
    }
}
