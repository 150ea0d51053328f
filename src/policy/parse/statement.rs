//! One statement and what its kind of policy demands of it.

use crate::policy::placeholder::value;
use crate::policy::{Effect, PolicyKind, Statement, Text};
use crate::text::{InputError, Spanned};
use crate::tree::Node;

use super::complaints::Complaints;
use super::{condition, element, principal};

const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// Reads a statement; nothing where it is no object or has no effect.
pub(super) fn read(node: &Node<'_>, complaints: &mut Complaints) -> Option<Statement> {
    let members = complaints.object(node, "a statement")?;
    complaints.known_keys(members, &ELEMENTS, "a statement");
    let sid = node.get("Sid").and_then(|sid| read_sid(sid, complaints));
    let effect = effect(node, complaints);
    let principal = principal::read(node, complaints);
    let action = element::action(node, complaints);
    let resource = element::resource(node, complaints);
    let conditions = node
        .get("Condition")
        .map(|block| condition::read(block, complaints));
    let statement = Statement {
        sid,
        effect: effect?,
        principal,
        action,
        resource,
        conditions: conditions.unwrap_or_default(),
        condition_span: node.get("Condition").map(|block| block.span),
        span: node.span,
    };
    demand(node, &statement, complaints);
    Some(statement)
}

/// IAM takes letters and digits, KMS also others ("Enable IAM User Permissions").
fn read_sid(node: &Node<'_>, complaints: &mut Complaints) -> Option<Text> {
    let sid = complaints.text(node, "`Sid`", value)?;
    let is_plain = |sid: &str| sid.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_odd = !is_plain(&sid.value) && !sid.value.is_open();
    if complaints.kind != PolicyKind::Key && is_odd {
        complaints.refuse(
            InputError::new(
                sid.span,
                format!("`Sid` `{}` has other than letters and digits", sid.value),
            )
            .label("AWS refuses this")
            .help("use only A–Z, a–z and 0–9; only key policies take others"),
        );
    }
    Some(sid)
}

fn effect(statement: &Node<'_>, complaints: &mut Complaints) -> Option<Spanned<Effect>> {
    let Some(node) = statement.get("Effect") else {
        complaints.error(
            InputError::new(statement.span, "the statement has no `Effect`")
                .label("this statement")
                .help("add `\"Effect\": \"Allow\"` or `\"Effect\": \"Deny\"`"),
        );
        return None;
    };
    let effect = match node.as_str() {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => {
            complaints.error(
                InputError::new(node.span, "`Effect` must be `Allow` or `Deny`")
                    .label("AWS refuses this")
                    .help("the two words are case-sensitive"),
            );
            return None;
        }
    };
    Some(Spanned::new(effect, node.span))
}

/// What must be there. A key policy's statement without `Action` or `Resource` is taken by KMS
/// and has no effect: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html>
fn demand(node: &Node<'_>, statement: &Statement, complaints: &mut Complaints) {
    if complaints.kind != PolicyKind::Key {
        let actions = statement
            .action
            .as_ref()
            .is_some_and(|element| !element.patterns().is_empty());
        let resources = statement
            .resource
            .as_ref()
            .is_some_and(|e| !e.patterns.is_empty());
        if !actions && !node_has(node, ["Action", "NotAction"]) {
            missing(node, "Action", complaints);
        }
        if !resources && !node_has(node, ["Resource", "NotResource"]) {
            missing(node, "Resource", complaints);
        }
    }
    if complaints.kind == PolicyKind::ResourceControl && !is_full_access(statement) {
        demand_denial(statement, complaints);
    }
}

fn demand_denial(statement: &Statement, complaints: &mut Complaints) {
    if statement.effect.value == Effect::Allow {
        complaints.error(
            InputError::new(
                statement.effect.span,
                "a resource control policy can only deny",
            )
            .label("AWS refuses this")
            .help("only AWS's own `RCPFullAWSAccess` allows, and it is always attached"),
        );
    }
    if let Some(element) = &statement.action {
        element::demand_service(element, complaints);
    }
}

/// Whether either is there with at least one entry.
fn node_has(node: &Node<'_>, names: [&str; 2]) -> bool {
    names
        .iter()
        .filter_map(|name| node.get(name))
        .any(|n| !element::one_or_many(n).is_empty())
}

/// `RCPFullAWSAccess`, the one resource control policy that allows.
fn is_full_access(statement: &Statement) -> bool {
    statement.effect.value == Effect::Allow
        && statement.conditions.is_empty()
        && statement.action.as_ref().is_some_and(|element| {
            !element.negated && element.patterns().iter().all(|p| &*p.text().value == "*")
        })
}

fn missing(node: &Node<'_>, name: &str, complaints: &mut Complaints) {
    complaints.error(
        InputError::new(node.span, format!("the statement has no `{name}`"))
            .label("this statement")
            .help(format!(
                "add `{name}` or `Not{name}`: AWS refuses the policy without"
            )),
    );
}
