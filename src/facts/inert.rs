//! Why a statement has no effect at all.
//!
//! Of a policy that is attached to nothing that was loaded only that is said which is about KMS:
//! the rest of it may well be about other services.

use crate::aws::action::ResourceLevel;
use crate::aws::{ActionSet, Arn, PrincipalKind};
use crate::policy::{Effect, PolicyKind, Statement};

use super::policy_context::PolicyContext;
use super::{
    ActionForm, ActionRecord, IndexedLocation, Inert, InertCause, ResourceRecord, StatementRecord,
    action,
};

/// Why the statement of this record has no effect; the first reason where there are several.
pub(super) fn why(
    statement: &Statement,
    record: &StatementRecord,
    subject: &PolicyContext<'_>,
) -> Option<Inert> {
    if subject.document.kind != PolicyKind::Key {
        return by_action_names(record).or_else(|| by_resource_level(record));
    }
    missing_element(statement, record, subject)
        .or_else(|| by_principals(record))
        .or_else(|| by_actions(record))
        .or_else(|| by_resources(record))
}

fn inert(cause: InertCause, reason: impl Into<String>, at: IndexedLocation) -> Inert {
    Inert {
        cause,
        reason: reason.into(),
        at,
    }
}

/// KMS stores such a statement: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html>
fn missing_element(
    statement: &Statement,
    record: &StatementRecord,
    subject: &PolicyContext<'_>,
) -> Option<Inert> {
    let Some(action) = &statement.action else {
        return Some(inert(InertCause::Missing, "it has no `Action`", record.at));
    };
    if action.patterns().is_empty() {
        return Some(inert(
            InertCause::Missing,
            "its list of actions is empty",
            subject.place(action.span),
        ));
    }
    let Some(resource) = &statement.resource else {
        return Some(inert(
            InertCause::Missing,
            "it has no `Resource`",
            record.at,
        ));
    };
    if resource.patterns.is_empty() {
        return Some(inert(
            InertCause::Missing,
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
            Some(inert(
                InertCause::Principal,
                "`NotPrincipal` leaves out everyone",
                everyone.at,
            ))
        } else {
            None
        };
    }
    let nobody = |kind| kind == PrincipalKind::None;
    if record.principals.iter().all(|found| nobody(found.kind)) {
        let text = &first.text;
        let wild = record.principals.iter().all(|found| found.partial_wildcard);
        let cause = if wild {
            InertCause::PrincipalWildcard
        } else {
            InertCause::Principal
        };
        return Some(inert(
            cause,
            format!("`{text}` is nobody who can call KMS"),
            first.at,
        ));
    }
    None
}

fn by_actions(record: &StatementRecord) -> Option<Inert> {
    let first = record.actions.first()?;
    if record.covers.is_empty() {
        if has_placeholder_action(record) {
            return None;
        }
        if record.not_action {
            return Some(inert(
                InertCause::Action,
                "its `NotAction` leaves no KMS action",
                first.at,
            ));
        }
        // What AWS may have added since, the statement may be about.
        if record.actions.iter().any(|action| action.may_be_newer) {
            return None;
        }
        let unknown = record.actions.iter().find_map(by_mistake);
        return unknown.or_else(|| {
            Some(inert(
                InertCause::Action,
                "it names no KMS action",
                first.at,
            ))
        });
    }
    // The permissions reference gives `IAM policy` for these:
    // https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
    if !record.not_action && is_about_no_key(record.covers) {
        let named = covering(record).unwrap_or(first);
        return Some(inert(
            InertCause::Action,
            format!(
                "`{}` is not about a key, so only IAM policies decide it",
                named.text
            ),
            named.at,
        ));
    }
    None
}

fn has_placeholder_action(record: &StatementRecord) -> bool {
    let mut forms = record.actions.iter().map(|action| action.form);
    forms.any(|form| form == ActionForm::Placeholder)
}

fn by_mistake(action: &ActionRecord) -> Option<Inert> {
    let mistake = action.mistake.clone()?;
    Some(inert(InertCause::UnknownAction, mistake, action.at))
}

fn by_resources(record: &StatementRecord) -> Option<Inert> {
    let first = record.resources.first()?;
    if record.not_resource {
        let all = |resource: &&ResourceRecord| resource.covers_key == Some(true);
        let whole = record.resources.iter().find(all)?;
        return Some(inert(
            InertCause::Resource,
            "its `NotResource` leaves out this key",
            whole.at,
        ));
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
    Some(inert(InertCause::Resource, reason, first.at))
}

/// Whether every pattern names KMS, and none of them any action, not even one that is newer than the
/// tables here.
fn by_action_names(record: &StatementRecord) -> Option<Inert> {
    let first = record.actions.first()?;
    let unknown =
        |action: &ActionRecord| action.form == ActionForm::Unknown && !action.may_be_newer;
    if record.not_action || !record.actions.iter().all(unknown) {
        return None;
    }
    by_mistake(first)
}

/// In an IAM policy: actions on keys whose resources can be no key, or actions that take only `*`.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html>
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
            Some(inert(InertCause::Resource, reason, resource.at))
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
        InertCause::Resource,
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
