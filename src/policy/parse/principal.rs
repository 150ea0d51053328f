//! `Principal` and `NotPrincipal`.

use crate::aws::{AccountId, Arn};
use crate::policy::placeholder::value_or_word;
use crate::policy::{
    PolicyKind, PrincipalElement, PrincipalEntry, PrincipalForm, PrincipalType, Text,
};
use crate::text::{InputError, Spanned};
use crate::tree::{Content, Member, Node};

use super::complaints::Complaints;
use super::element::{either, missing_parts, one_or_many};

/// Reads the element that says whom the statement is about.
pub(super) fn read(statement: &Node<'_>, complaints: &mut Complaints) -> Option<PrincipalElement> {
    let found = either(statement, ["Principal", "NotPrincipal"], complaints);
    let Some((negated, node)) = found else {
        let absent =
            statement.get("Principal").is_none() && statement.get("NotPrincipal").is_none();
        if absent && complaints.kind.has_principal() {
            complaints.error(
                InputError::new(statement.span, "the statement has no `Principal`")
                    .label("this statement")
                    .help(format!(
                        "every statement of {} names one",
                        complaints.kind.name()
                    )),
            );
        }
        return None;
    };
    if !complaints.kind.has_principal() {
        let name = complaints.kind.name();
        complaints.error(
            InputError::new(node.span, format!("`Principal` does not belong in {name}"))
                .label("AWS refuses this")
                .help("such a policy is about whatever it is attached to: remove the element"),
        );
        return None;
    }
    let entries = entries(node, complaints)?;
    let element = PrincipalElement::new(negated, entries, node.span);
    if complaints.kind == PolicyKind::ResourceControl {
        demand_everyone(&element, complaints);
    }
    Some(element)
}

fn entries(node: &Node<'_>, complaints: &mut Complaints) -> Option<Vec<PrincipalEntry>> {
    match &node.value {
        Content::Object(members) => {
            let listed = members
                .iter()
                .map(|member| one_or_many(&member.value).len());
            let mut entries = Vec::with_capacity(listed.sum());
            for member in members {
                of_type(member, &mut entries, complaints);
            }
            if entries.is_empty() && complaints.errors.is_empty() {
                complaints.error(
                    InputError::new(node.span, "the statement names no principal")
                        .label("empty")
                        .help("name at least one, for example `{\"AWS\": \"arn:aws:iam::111122223333:root\"}`"),
                );
            }
            Some(entries)
        }
        Content::String(text) if text == "*" => Some(vec![everyone(node)]),
        Content::Array(items)
            if !items.is_empty() && items.iter().all(|i| i.as_str() == Some("*")) =>
        {
            Some(items.iter().map(everyone).collect())
        }
        _ => {
            complaints.error(
                InputError::new(node.span, "`Principal` must be `\"*\"` or an object")
                    .label(format!("this is {}", node.kind()))
                    .help("write `{\"AWS\": \"…\"}` or `{\"Service\": \"…\"}`"),
            );
            None
        }
    }
}

fn everyone(node: &Node<'_>) -> PrincipalEntry {
    PrincipalEntry::new(PrincipalType::Aws, Spanned::new("*".into(), node.span))
}

fn of_type(member: &Member<'_>, entries: &mut Vec<PrincipalEntry>, complaints: &mut Complaints) {
    let principal_type = match &*member.key {
        "AWS" => PrincipalType::Aws,
        "Service" => PrincipalType::Service,
        "Federated" => PrincipalType::Federated,
        "CanonicalUser" => PrincipalType::CanonicalUser,
        other => {
            complaints.error(
                InputError::new(
                    member.key_span,
                    format!("`{other}` is not a type of principal"),
                )
                .label("AWS refuses this")
                .help("the types are `AWS`, `Service`, `Federated` and `CanonicalUser`"),
            );
            return;
        }
    };
    for item in one_or_many(&member.value) {
        // What a text names decides which words in it are placeholders.
        let entry = match item.as_str() {
            Some(text) => Some(PrincipalEntry::read(principal_type, text, item.span)),
            None => complaints
                .text(item, "a principal", value_or_word)
                .map(|text| PrincipalEntry::new(principal_type, text)),
        };
        let Some(entry) = entry else {
            continue;
        };
        if principal_type == PrincipalType::Aws
            && let Some(error) = no_principal(&entry)
        {
            complaints.error(error);
        }
        entries.push(entry);
    }
}

/// Complains of a text that can be no account, user, role or session. ARNs of something else, and
/// wildcards, are left to the rules.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
fn no_principal(entry: &PrincipalEntry) -> Option<InputError> {
    // What names a caller has all that it needs.
    if entry.form() != PrincipalForm::NoCaller || entry.is_placeholder() {
        return None;
    }
    let text = entry.text();
    let principal = &*text.value;
    if principal.contains(['*', '?']) {
        return None;
    }
    if !principal.starts_with("arn:") {
        return Some(no_account(text, principal));
    }
    let Some(arn) = Arn::parse(principal) else {
        let error = missing_parts(text)?;
        let example = "an IAM ARN has no Region and keeps its colon: \
             `arn:aws:iam::111122223333:role/KeyAdmin`";
        return Some(error.help(example));
    };
    let is_of_account = matches!(arn.service, "iam" | "sts") && arn.region.is_empty();
    (is_of_account && AccountId::parse(arn.account).is_none())
        .then(|| no_account(text, arn.account))
}

fn no_account(text: &Text, account: &str) -> InputError {
    let is_number = account
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !is_number {
        let message = format!("`{account}` is no principal");
        return InputError::new(text.span, message)
            .label("AWS refuses this")
            .help("write an ARN, an account id of 12 digits, or `*`");
    }
    let digits = account.bytes().filter(u8::is_ascii_digit).count();
    let (message, help) = match digits {
        0 => (
            "the ARN has no account".to_owned(),
            "write the account id of 12 digits between the colons",
        ),
        12 => (
            format!("the account id `{account}` has other than digits"),
            "write the 12 digits without hyphens",
        ),
        _ => (
            format!("the account id `{account}` has {digits} digits"),
            "an account id has 12 digits; leading zeros belong to it",
        ),
    };
    InputError::new(text.span, message)
        .label("AWS refuses this")
        .help(help)
}

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
fn demand_everyone(element: &PrincipalElement, complaints: &mut Complaints) {
    let everyone = |e: &PrincipalEntry| &*e.text().value == "*";
    if element.negated || !element.entries.iter().all(everyone) {
        complaints.error(
            InputError::new(
                element.span,
                "a resource control policy's `Principal` must be `*`",
            )
            .label("AWS refuses this")
            .help("name principals in a condition on `aws:PrincipalArn` instead"),
        );
    }
}
