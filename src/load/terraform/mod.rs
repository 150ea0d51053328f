//! Plans and states of Terraform and `OpenTofu`: what `terraform show -json` writes, and the file
//! `terraform.tfstate`.
//! <https://developer.hashicorp.com/terraform/internals/json-format>
//!
//! What a plan will have put in place are keys of [`crate::inventory::Provenance::Planned`], and so are those
//! that it destroys, as they are before. What a state says was so when Terraform looked last.
//!
//! Of the text only what is about keys and IAM is kept to be shown, and of that nothing that is marked as
//! sensitive: see `concealment`.

mod attributes;
mod binary;
mod change;
mod concealment;
mod configuration;
mod dependents;
mod identity_policies;
mod identity_resources;
mod key;
mod key_type;
mod plan;
mod resource_name;
mod state;
mod state_file;
mod unreadable;

use crate::text::{InputError, Span};
use crate::tree::{Content, Node};

use super::contents::Contents;
use super::document::Document;
use super::format::Answer;

use attributes::Attributes;
pub(super) use binary::is_binary_plan;
use resource_name::ResourceName;

/// What writes a plan or a state as it is read here.
pub(super) const SHOW: &str =
    "write it with `terraform show -json PLAN > plan.json` (`tofu show -json` likewise)";

/// Reads a plan, or refuses one in a form that is not read.
pub(super) fn read_plan(document: &Document<'_>) -> Answer {
    let root = &document.root;
    if is_log_line(root) {
        let message = "this is the log of `terraform plan -json`, which does not say what the plan does to a key";
        return refused(InputError::new(root.span, message).label("a line of the log"));
    }
    let is_plan = MEMBERS_OF_PLAN.iter().any(|name| root.get(name).is_some());
    let Some(version) = root.get("format_version").filter(|_| is_plan) else {
        return Answer::NotThis;
    };
    if let Some(error) = not_supported(version) {
        return refused(error);
    }
    plan::read(document).into()
}

/// Reads a state: as `terraform show -json` writes it, or the file `terraform.tfstate`.
pub(super) fn read_state(document: &Document<'_>) -> Answer {
    let root = &document.root;
    if let Some(version) = root.get("format_version")
        && is_shown_state(root)
    {
        return match not_supported(version) {
            Some(error) => refused(error),
            None => state::read(document).into(),
        };
    }
    let is_file = root.get("terraform_version").is_some() && root.get("serial").is_some();
    match root.get("version").map(|version| &version.value) {
        Some(Content::Number(version)) if is_file && version == "4" => {
            state_file::read(document).into()
        }
        Some(Content::Number(version)) if is_file => {
            let version = version.as_ref();
            let message = format!("a state of version {version} is not read");
            refused(InputError::new(root.span, message).label("not version 4"))
        }
        _ => Answer::NotThis,
    }
}

/// Members of which every plan has one.
const MEMBERS_OF_PLAN: [&str; 5] = [
    "planned_values",
    "resource_changes",
    "resource_drift",
    "prior_state",
    "output_changes",
];

/// Whether the document is a state; one without a resource has no values.
fn is_shown_state(root: &Node<'_>) -> bool {
    let known = ["format_version", "terraform_version", "values", "checks"];
    let members = root.members().unwrap_or_default();
    members.iter().all(|member| known.contains(&&*member.key))
}

/// A message of the machine-readable interface.
/// <https://developer.hashicorp.com/terraform/internals/machine-readable-ui>
fn is_log_line(root: &Node<'_>) -> bool {
    ["@level", "@message", "@module", "type"]
        .iter()
        .all(|name| root.get(name).and_then(Node::as_str).is_some())
}

/// Formats of version 0 and 1 are read: what later minor versions add does no harm.
fn not_supported(version: &Node<'_>) -> Option<InputError> {
    let major = version.as_str().and_then(|text| text.split('.').next());
    if matches!(major, Some("0" | "1")) {
        return None;
    }
    let message = "the plan or state is of a format that this version of kmslint does not read";
    Some(InputError::new(version.span, message).label("neither 0.x nor 1.x"))
}

/// Whether a text that cannot be read may be a plan or a state, of which nothing may be shown that was not looked
/// at.
pub(super) fn may_hold_secrets(text: &str) -> bool {
    [
        "\"terraform_version\"",
        "\"format_version\"",
        "\"prior_state\"",
    ]
    .iter()
    .any(|member| memchr::memmem::find(text.as_bytes(), member.as_bytes()).is_some())
}

fn refused(error: InputError) -> Answer {
    // Nothing was looked at, so nothing is shown.
    let all = Span::new(0, usize::MAX);
    Contents {
        errors: vec![error.help(SHOW)],
        concealed: vec![all],
        ..Contents::default()
    }
    .into()
}
