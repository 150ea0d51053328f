//! Limits beside permission: the waiting period, the configured minimum, control policies.

use crate::aws::PendingWindowInDays;
use crate::inventory::Inventory;

use super::reference::{CONTROL_POLICIES, SCHEDULE};
use super::verdict::{Reason, Severity, Topic};
use super::{Operation, Question};

/// What is wrong with the days asked for; `minimum` is the shortest waiting period that the configuration
/// has nothing against.
pub(super) fn days(question: &Question, minimum: PendingWindowInDays) -> Option<Reason> {
    let days = question
        .days
        .filter(|_| question.operation == Operation::Schedule)?;
    let window = match PendingWindowInDays::new(days) {
        Ok(window) => window,
        Err(error) => {
            let text = format!("{error}: KMS answers with ValidationException");
            let found = Reason::new(
                Severity::Stop,
                Topic::Request,
                "days-out-of-range",
                SCHEDULE,
                text,
            );
            return Some(found.help(error.help()));
        }
    };
    (window < minimum).then(|| {
        let text = format!(
            "{window} days are fewer than the minimum of {minimum} days that is configured here"
        );
        Reason::new(
            Severity::Caution,
            Topic::Guardrail,
            "shorter-than-minimum",
            SCHEDULE,
            text,
        )
    })
}

/// Whether service and resource control policies take part.
pub(super) fn control_policies(inventory: &Inventory) -> Option<Reason> {
    if inventory.organization.is_some() {
        return None;
    }
    let loaded = inventory.organization_policies.len();
    let (severity, text) = if loaded == 0 {
        (
            Severity::Info,
            "no organization is configured: service and resource control policies, should there be any, are not looked at, and may deny it".to_owned(),
        )
    } else {
        (
            Severity::Caution,
            format!(
                "{loaded} control policies are among the files, and where they are attached is in no configuration: they may deny it"
            ),
        )
    };
    let found = Reason::new(
        severity,
        Topic::Guardrail,
        "control-policies-not-known",
        CONTROL_POLICIES,
        text,
    );
    Some(found.help(
        "say in `[organization]` of `kmslint.toml` which control policies are above the account",
    ))
}
