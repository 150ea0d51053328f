//! Answers that need no evaluation: a policy that denies nothing, and statements that give the action
//! to the principal by its name and under no condition. Most statements of most policies are such.
//!
//! Wherever debug assertions are on, and so in every test, the evaluation is the judge.

use std::collections::BTreeSet;

use crate::aws::KmsAction;
use crate::eval::{CaseSet, Decision};
use crate::facts::{PrincipalKind, StatementRecord};

use super::Desk;
use super::answer::Answer;
use super::named::Named;
use super::whole::is_plain;

/// The answer for a user or role of whom only the ARN is known; nothing where anything has to be
/// evaluated.
pub(super) fn answer(desk: &Desk<'_>, named: &Named<'_>, action: KmsAction) -> Option<Answer> {
    let (scps, rcps) = desk.control_policies();
    let is_one = matches!(named.kind, PrincipalKind::Role | PrincipalKind::User);
    let is_alone = is_one && scps.is_empty() && rcps.is_empty() && desk.member_of(named).is_none();
    if !is_alone || !desk.denies_nothing() {
        return None;
    }
    let mut found = BTreeSet::new();
    for record in desk.granting(action) {
        if names(record, named)? {
            is_given(record).then(|| found.insert(record.index))?;
        }
    }
    (!found.is_empty()).then(|| Answer {
        decision: Decision::Allowed,
        allowed: CaseSet::ALL,
        conditional: CaseSet::NONE,
        granting: found,
        handing_on: BTreeSet::new(),
        own: BTreeSet::new(),
        through_iam: false,
        depends_on: BTreeSet::new(),
        without_mfa: true,
        only_root: false,
        held_back: false,
    })
}

/// Whether the statement names the user or role; nothing where that has to be looked at more closely.
fn names(record: &StatementRecord, named: &Named<'_>) -> Option<bool> {
    // All but the partition, which does not tell principals apart.
    let (_, own) = named.text.split_once("::")?;
    let mut found = false;
    for principal in &record.principals {
        found |= match principal.kind {
            PrincipalKind::Everyone => true,
            PrincipalKind::Role | PrincipalKind::User if principal.text == named.text => true,
            PrincipalKind::Role | PrincipalKind::User if principal.text.ends_with(own) => {
                return None;
            }
            // One of its sessions, or one that stands for it.
            PrincipalKind::Session | PrincipalKind::FederatedUser => return None,
            PrincipalKind::Role
            | PrincipalKind::User
            | PrincipalKind::Account
            | PrincipalKind::UniqueId
            | PrincipalKind::Service
            | PrincipalKind::Placeholder
            | PrincipalKind::None => false,
        };
    }
    (!record.not_principal).then_some(found)
}

/// Whether the statement surely gives its actions to whom it names, and names them one by one.
fn is_given(record: &StatementRecord) -> bool {
    let covers = |covers_key: Option<bool>| covers_key == Some(true);
    is_plain(record)
        && record
            .resources
            .iter()
            .any(|resource| covers(resource.covers_key))
}
