//! What else in a plan is encrypted under a key.

use std::collections::BTreeMap;

use crate::inventory::KeyDependent;
use crate::tree::{Content, Node};

use super::change::Change;
use super::key_type::is_of_kms_or_iam;

/// So many resources are noted for one key at most.
const MOST: usize = 100;

/// By ARN or id of each wanted key, the resources that name it in an attribute of theirs. Policies and grants
/// name keys, too, and are not encrypted.
pub(super) fn of_keys<'k>(
    changes: &[Change<'_, '_>],
    wanted: impl Iterator<Item = &'k str>,
) -> BTreeMap<&'k str, Vec<KeyDependent>> {
    let mut found: BTreeMap<&str, Vec<KeyDependent>> =
        wanted.map(|key| (key, Vec::new())).collect();
    if found.is_empty() {
        return found;
    }
    for change in changes {
        let kind = change.name.kind;
        if !change.before.are_there() || is_of_kms_or_iam(kind) {
            continue;
        }
        let before = change.node.get("change").and_then(|of| of.get("before"));
        let is_destroyed = change.does("delete");
        for member in before.and_then(Node::members).unwrap_or_default() {
            each_text(&member.value, &member.key, &mut |attribute, text| {
                if let Some(all) = found.get_mut(text)
                    && all.len() < MOST
                {
                    all.push(KeyDependent {
                        address: change.name.address.to_owned(),
                        attribute: attribute.to_owned(),
                        is_destroyed,
                    });
                }
            });
        }
    }
    for all in found.values_mut() {
        all.sort_unstable();
        all.dedup_by(|one, other| one.address == other.address);
    }
    found
}

/// Shows every string, each with the name of the innermost member that holds it.
fn each_text<'n>(node: &'n Node<'_>, name: &'n str, visit: &mut impl FnMut(&'n str, &'n str)) {
    match &node.value {
        Content::String(text) => visit(name, text),
        Content::Array(items) => {
            for item in items {
                each_text(item, name, visit);
            }
        }
        Content::Object(members) => {
            for member in members {
                each_text(&member.value, &member.key, visit);
            }
        }
        _ => {}
    }
}
