//! Resources of KMS that cannot be read: they must not pass as if there were none.

use crate::text::InputError;
use crate::tree::Node;

use super::ResourceName;
use super::key_type::{KeyType, is_known, is_of_kms};

/// What is wrong with a resource of a plan or of a state, where it is one of KMS.
pub(super) fn complaint(node: &Node<'_>, is_change: bool) -> Option<InputError> {
    let kind_node = node.get("type")?;
    let kind = kind_node.as_str()?;
    let is_data = node.get("mode").and_then(Node::as_str) == Some("data");
    if is_data || !is_of_kms(kind) {
        return None;
    }
    if !is_known(kind) {
        let message = format!("this version of kmslint does not know the resource type `{kind}`");
        let help = "leave the file out, or use a newer version of kmslint";
        return Some(
            InputError::new(kind_node.span, message)
                .label("not checked")
                .help(help),
        );
    }
    let missing = if ResourceName::of(node).is_none() {
        "`address` and `name`"
    } else if is_change
        && node
            .get("change")
            .and_then(|of| of.get("actions")?.items())
            .is_none()
    {
        "`actions`"
    } else if !is_change && KeyType::of(kind).is_some() && node.get("values").is_none() {
        "`values`"
    } else {
        return None;
    };
    let message = format!("the `{kind}` has no {missing}");
    Some(
        InputError::new(kind_node.span, message)
            .label("not checked")
            .help(super::SHOW),
    )
}
