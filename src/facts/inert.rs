//! Why a statement has no effect at all.
//!
//! Of a policy that is attached to nothing that was loaded only that is said which is about KMS:
//! the rest of it may well be about other services.

use crate::aws::action::ResourceLevel;
use crate::aws::{ActionSet, Arn};
use crate::policy::{Effect, PolicyKind, Statement};

use super::subject::Subject;
use super::{ActionForm, ActionRecord, Inert, PrincipalKind, ResourceRecord, StatementRecord};
use super::{Place, action};

/// Why the statement of this record has no effect; the first reason where there are several.
pub(super) fn why(
    statement: &Statement,
    record: &StatementRecord,
    subject: &Subject<'_>,
) -> Option<Inert> {
    if subject.document.kind != PolicyKind::Key {
        return by_action_names(record).or_else(|| by_resource_level(record));
    }
    missing_element(statement, record, subject)
        .or_else(|| by_principals(record))
        .or_else(|| by_actions(record))
        .or_else(|| by_resources(record))
}

fn inert(reason: impl Into<String>, at: Place) -> Inert {
    Inert {
        reason: reason.into(),
        at,
    }
}

/// KMS stores such a statement: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html>
fn missing_element(
    statement: &Statement,
    record: &StatementRecord,
    subject: &Subject<'_>,
) -> Option<Inert> {
    let Some(action) = &statement.action else {
        return Some(inert("it has no `Action`", record.at));
    };
    if action.patterns.is_empty() {
        return Some(inert(
            "its list of actions is empty",
            subject.place(action.span),
        ));
    }
    let Some(resource) = &statement.resource else {
        return Some(inert("it has no `Resource`", record.at));
    };
    if resource.patterns.is_empty() {
        return Some(inert(
            "its list of resources is empty",
            subject.place(resource.span),
        ));
    }
    None
}

fn by_principals(record: &StatementRecord) -> Option<Inert> {
    let first = record.principals.first()?;
    if record.not_principal {
        let everyone = record
            .principals
            .iter()
            .find(|principal| principal.kind == PrincipalKind::Everyone)?;
        // A Deny reaches principals with a permissions boundary all the same:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        return if record.effect == Effect::Allow {
            Some(inert("`NotPrincipal` leaves out everyone", everyone.at))
        } else {
            None
        };
    }
    let nobody = |kind| kind == PrincipalKind::None;
    if record.principals.iter().all(|found| nobody(found.kind)) {
        let text = &first.text;
        return Some(inert(
            format!("`{text}` is nobody who can call KMS"),
            first.at,
        ));
    }
    None
}

fn by_actions(record: &StatementRecord) -> Option<Inert> {
    let first = record.actions.first()?;
    if record.covers.is_empty() {
        if record.not_action {
            return Some(inert("its `NotAction` leaves no KMS action", first.at));
        }
        let of_kms = |action: &&ActionRecord| action.form == ActionForm::Unknown;
        return Some(record.actions.iter().find(of_kms).map_or_else(
            || inert("it names no KMS action", first.at),
            |unknown| inert(matches_nothing(unknown), unknown.at),
        ));
    }
    // The permissions reference gives `IAM policy` for these:
    // https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
    if !record.not_action && is_about_no_key(record.covers) {
        let named = covering(record).unwrap_or(first);
        return Some(inert(
            format!(
                "`{}` is not about a key, so only IAM policies decide it",
                named.text
            ),
            named.at,
        ));
    }
    None
}

fn matches_nothing(unknown: &ActionRecord) -> String {
    let text = &unknown.text;
    if text.contains(char::is_whitespace) {
        return format!("`{text}` has white space in it and matches nothing");
    }
    match (&unknown.nearest, action::taken_for(text)) {
        (Some(meant), Some(_)) if text.eq_ignore_ascii_case("kms:DeleteKey") => {
            format!("`{text}` is an event in CloudTrail and no action; the action is `{meant}`")
        }
        (Some(_), Some(_)) => {
            format!("`{text}` is no action; it takes `kms:ReEncryptFrom` and `kms:ReEncryptTo`")
        }
        (Some(nearest), None) => format!("`{text}` is no KMS action; the nearest is `{nearest}`"),
        (None, _) => format!("`{text}` matches no KMS action"),
    }
}

fn by_resources(record: &StatementRecord) -> Option<Inert> {
    let first = record.resources.first()?;
    if record.not_resource {
        let all = |resource: &&ResourceRecord| resource.covers_key == Some(true);
        let whole = record.resources.iter().find(all)?;
        return Some(inert("its `NotResource` leaves out this key", whole.at));
    }
    let missed = |resource: &ResourceRecord| resource.covers_key == Some(false);
    if !record.resources.iter().all(missed) {
        return None;
    }
    let text = &first.text;
    let reason = match Arn::parse(text) {
        Some(arn) if arn.service == "kms" && arn.resource.starts_with("alias/") => {
            format!("`{text}` is an alias, and its resource must be this key")
        }
        Some(arn) if arn.service == "kms" && arn.resource.starts_with("key/") => {
            format!("`{text}` is another key")
        }
        Some(_) => format!("`{text}` is not this key"),
        None => format!("`{text}` is no ARN, and its resource must be `*` or this key's ARN"),
    };
    Some(inert(reason, first.at))
}

/// Whether every pattern names KMS, and none of them any action.
fn by_action_names(record: &StatementRecord) -> Option<Inert> {
    let first = record.actions.first()?;
    let unknown = |action: &ActionRecord| action.form == ActionForm::Unknown;
    if record.not_action || !record.actions.iter().all(unknown) {
        return None;
    }
    Some(inert(matches_nothing(first), first.at))
}

/// In an IAM policy: actions on keys whose resources can be no key, or actions that take only `*`.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html>
fn by_resource_level(record: &StatementRecord) -> Option<Inert> {
    let only_kms = |found: &ActionRecord| action::is_of_kms(&found.text);
    let resource = record.resources.first()?;
    if record.not_action || record.not_resource || record.covers.is_empty() {
        return None;
    }
    if !record.actions.iter().all(only_kms) {
        return None;
    }
    let named = covering(record)?;
    let everything = |found: &ResourceRecord| found.text.bytes().all(|byte| byte == b'*');
    if is_about_no_key(record.covers) {
        let reason = format!(
            "`{}` is not about a key and needs `*` as its resource",
            named.text
        );
        return if record.resources.iter().any(everything) {
            None
        } else {
            Some(inert(reason, resource.at))
        };
    }
    // An alias is a resource of its own for the actions that make, move and remove it.
    let takes_alias = record
        .covers
        .iter()
        .any(|action| action.resource_level().has_alias());
    let no_key = |found: &ResourceRecord| found.covers_key == Some(false);
    if takes_alias || !record.resources.iter().all(no_key) {
        return None;
    }
    let is_alias = resource.text.contains(":alias/");
    let what = if is_alias { "an alias" } else { "no key" };
    Some(inert(
        format!(
            "`{}` is {what}, and `{}` needs a key's ARN",
            resource.text, named.text
        ),
        resource.at,
    ))
}

fn covering(record: &StatementRecord) -> Option<&ActionRecord> {
    let matches = |action: &&ActionRecord| !action.matches.is_empty();
    record.actions.iter().find(matches)
}

fn is_about_no_key(covers: ActionSet) -> bool {
    covers
        .iter()
        .all(|action| action.resource_level() == ResourceLevel::None)
}
