//! `Action` and `Resource` with their opposites: lists of patterns.

use crate::aws::Arn;
use crate::policy::placeholder::{value, value_or_word};
use crate::policy::{
    ActionElement, ActionPattern, PolicyKind, ResourceElement, ResourcePattern, Text,
};
use crate::text::InputError;
use crate::tree::{Content as Written, Node};

use super::complaints::Complaints;

/// The items of an array, or the one value that stands without brackets: AWS takes either.
pub(super) fn one_or_many<'n, 'a>(node: &'n Node<'a>) -> &'n [Node<'a>] {
    match &node.value {
        Written::Array(items) => items,
        _ => std::slice::from_ref(node),
    }
}

/// What `read` makes of the values, in as much memory as they need: most are single ones.
pub(super) fn each<'n, 'a, T>(
    nodes: &'n [Node<'a>],
    read: impl FnMut(&'n Node<'a>) -> Option<T>,
) -> Vec<T> {
    let mut all = Vec::with_capacity(nodes.len());
    all.extend(nodes.iter().filter_map(read));
    all
}

/// Whichever of an element and its opposite is there; both together are refused.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
pub(super) fn either<'n, 'a>(
    statement: &'n Node<'a>,
    names: [&str; 2],
    complaints: &mut Complaints,
) -> Option<(bool, &'n Node<'a>)> {
    let [name, opposite] = names;
    match (statement.get(name), statement.get(opposite)) {
        (Some(_), Some(node)) => {
            complaints.error(
                InputError::new(
                    node.span,
                    format!("`{name}` and `{opposite}` exclude each other"),
                )
                .label(format!("`{name}` stands in the same statement"))
                .help("split the statement in two, or keep one of them"),
            );
            None
        }
        (Some(node), None) => Some((false, node)),
        (None, Some(node)) => Some((true, node)),
        (None, None) => None,
    }
}

/// Reads `Action` or `NotAction`.
pub(super) fn action(statement: &Node<'_>, complaints: &mut Complaints) -> Option<ActionElement> {
    let (negated, node) = either(statement, ["Action", "NotAction"], complaints)?;
    let name = if negated { "NotAction" } else { "Action" };
    let patterns = each(one_or_many(node), |item| {
        let text = complaints.text(item, format_args!("an entry of `{name}`"), value)?;
        action_shape(&text, complaints);
        Some(ActionPattern::new(text))
    });
    Some(ActionElement::new(negated, patterns, node.span))
}

/// `*`, or a vendor, one colon and a name. Blanks are kept: such a pattern matches nothing.
fn action_shape(text: &Text, complaints: &mut Complaints) {
    let pattern = &*text.value;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'*' | b'?');
    let name = pattern.strip_prefix("kms:");
    if name.is_some_and(|name| name.bytes().all(is_plain)) {
        return;
    }
    if pattern == "*" || pattern.contains(char::is_whitespace) {
        return;
    }
    let complaint = match pattern.split_once(':') {
        None => "has no service prefix",
        Some((_, name)) if name.contains(':') => "has more than one colon",
        Some((vendor, _)) if !is_vendor(vendor) => "has a service prefix that no service has",
        Some(_) => return,
    };
    if text.value.is_open() {
        return;
    }
    complaints.error(
        InputError::new(text.span, format!("the action `{pattern}` {complaint}"))
            .label("AWS refuses this")
            .help("an action is written `service:Name`, for example `kms:ScheduleKeyDeletion`"),
    );
}

/// Wildcards are let through: whether AWS refuses `k*:*` is not documented, and as a match it is
/// the one reading that cannot hide a permission.
fn is_vendor(vendor: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '*' | '?');
    !vendor.is_empty() && vendor.chars().all(known)
}

/// A resource control policy's denials name a service, under `Action`.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
pub(super) fn demand_service(element: &ActionElement, complaints: &mut Complaints) {
    if element.negated {
        complaints.error(
            InputError::new(
                element.span,
                "a resource control policy cannot use `NotAction`",
            )
            .label("AWS refuses this")
            .help("name the actions under `Action`"),
        );
    }
    for pattern in element
        .patterns()
        .iter()
        .filter(|pattern| &*pattern.text().value == "*")
    {
        complaints.error(
            InputError::new(
                pattern.text().span,
                "a resource control policy must name a service",
            )
            .label("`*` alone is refused")
            .help("write for example `kms:*`"),
        );
    }
}

/// Reads `Resource` or `NotResource`.
pub(super) fn resource(
    statement: &Node<'_>,
    complaints: &mut Complaints,
) -> Option<ResourceElement> {
    let (negated, node) = either(statement, ["Resource", "NotResource"], complaints)?;
    let name = if negated { "NotResource" } else { "Resource" };
    let patterns = each(one_or_many(node), |item| {
        let entry = format_args!("an entry of `{name}`");
        let text = complaints.text(item, entry, value_or_word)?;
        if complaints.kind != PolicyKind::Key {
            resource_shape(&text, complaints);
        }
        Some(ResourcePattern { text })
    });
    Some(ResourceElement {
        negated,
        patterns,
        span: node.span,
    })
}

/// IAM wants an ARN or `*`. Anything else matches nothing, so it is kept beside its refusal.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
fn resource_shape(text: &Text, complaints: &mut Complaints) {
    let pattern = &*text.value;
    // Most are whole ARNs, in which a placeholder is welcome too.
    let is_whole = Arn::parse(pattern).is_some_and(|arn| !arn.service.contains(['*', '?']));
    if pattern == "*" || is_whole || text.value.is_open() {
        return;
    }
    let service = pattern.split(':').nth(2).unwrap_or_default();
    if service.contains(['*', '?']) {
        complaints.error(
            InputError::new(
                text.span,
                format!("the `Resource` `{pattern}` has a wildcard for its service"),
            )
            .label("AWS refuses this")
            .help("name the service, for example `arn:aws:kms:*:111122223333:key/*`"),
        );
        return;
    }
    if pattern.starts_with("arn:") {
        if let Some(error) = missing_parts(text) {
            complaints.refuse(error);
        }
        return;
    }
    if may_begin_an_arn(pattern) {
        return;
    }
    complaints.refuse(
        InputError::new(
            text.span,
            format!("the resource `{pattern}` is neither an ARN nor `*`"),
        )
        .label("matches nothing")
        .help("write the key's ARN, for example `arn:aws:kms:us-east-1:111122223333:key/*`"),
    );
}

/// Whether the pattern has a wildcard that could stand for the rest of `arn:`.
fn may_begin_an_arn(pattern: &str) -> bool {
    let head = pattern.split(['*', '?']).next().unwrap_or_default();
    head.len() < pattern.len() && "arn:".starts_with(head)
}

/// The parts of an ARN: `arn`, partition, service, Region, account, resource.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
const PARTS: usize = 6;

/// Complains of an ARN that ends before it has all its parts. One that ends in a wildcard is let through:
/// it may match the rest.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
pub(super) fn missing_parts(text: &Text) -> Option<InputError> {
    let arn = &*text.value;
    let count = arn.splitn(PARTS, ':').count();
    let missing = PARTS.saturating_sub(count);
    if missing == 0 || arn.ends_with(['*', '?']) {
        return None;
    }
    let plural = if missing == 1 {
        "colon is"
    } else {
        "colons are"
    };
    let message = format!("the ARN `{arn}` has {count} of its {PARTS} parts");
    Some(
        InputError::new(text.span, message)
            .label(format!("{missing} {plural} missing"))
            .help(
                "an ARN is written `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`: a part may be \
                 empty and keeps its colon",
            ),
    )
}
