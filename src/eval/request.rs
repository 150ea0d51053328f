//! A question: may this caller do this to this key?

use std::sync::Arc;

use crate::aws::{AccountId, KeyArn, KmsAction, PendingWindowInDays};
use crate::policy::PolicyDocument;

use super::{Caller, Layer, PolicyRef, RequestContext};

/// The key that a request is about, as far as a decision needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyIdentity {
    /// Its ARN; unknown for a key policy that came without one.
    pub arn: Option<KeyArn>,
    /// Its account; known with the ARN, or concluded from the key policy.
    pub account: Option<AccountId>,
    /// Its partition, such as `aws-cn`, where its ARN is not known: concluded from the key policy.
    pub partition: Option<Arc<str>>,
}

impl KeyIdentity {
    /// The key with this ARN.
    pub fn of(arn: KeyArn) -> Self {
        Self {
            account: Some(arn.account()),
            arn: Some(arn),
            partition: None,
        }
    }

    /// The partition of its ARN, or else the one concluded.
    pub(crate) fn partition(&self) -> Option<&str> {
        let of_arn = self.arn.as_ref().map(KeyArn::partition);
        of_arn.or(self.partition.as_deref())
    }
}

/// Which day counts are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Every one and none: all cases at once.
    Every,
    /// The one that the context holds, or none where it holds none; also for every action but
    /// `ScheduleKeyDeletion`.
    FromContext,
}

impl Window {
    /// Only a question about `ScheduleKeyDeletion` that names no day count is about every one.
    fn of(action: KmsAction, context: &RequestContext) -> Self {
        let fixed = action != KmsAction::ScheduleKeyDeletion || context.get(WINDOW_KEY).is_some();
        if fixed {
            Self::FromContext
        } else {
            Self::Every
        }
    }
}

/// One question.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub caller: Caller,
    /// What for.
    pub action: KmsAction,
    /// On which key.
    pub key: KeyIdentity,
    /// Under which circumstances.
    pub context: RequestContext,
    /// With which waiting periods.
    pub window: Window,
}

/// The condition key that carries `PendingWindowInDays`.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
pub const WINDOW_KEY: &str = "kms:ScheduleKeyDeletionPendingWindowInDays";

/// Condition keys that KMS supplies for these actions only.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
const OF_SOME_ACTIONS: [(&str, &[KmsAction]); 2] = [
    (WINDOW_KEY, &[KmsAction::ScheduleKeyDeletion]),
    (
        "kms:TrailingDaysWithoutKeyUsage",
        &[KmsAction::ScheduleKeyDeletion, KmsAction::DisableKey],
    ),
];

/// Takes out what AWS ignores for the action.
fn drop_keys_of_other_actions(context: &mut RequestContext, action: KmsAction) {
    for (key, actions) in OF_SOME_ACTIONS {
        if !actions.contains(&action) && context.get(key).is_some() {
            context.forget(key);
        }
    }
}

impl Request {
    /// A question with an open context, in which all is set that follows from the caller and the
    /// key: about every day count for `ScheduleKeyDeletion`, or about `days` alone.
    pub fn open(
        caller: Caller,
        action: KmsAction,
        key: KeyIdentity,
        mut context: RequestContext,
        days: Option<PendingWindowInDays>,
    ) -> Self {
        let schedules = action == KmsAction::ScheduleKeyDeletion;
        if let (true, Some(days)) = (schedules, days) {
            context.set_default(WINDOW_KEY, &days.to_string());
        }
        drop_keys_of_other_actions(&mut context, action);
        let of_key = action.resource_level().has_key().then_some(&key);
        super::derive::derive(&caller, of_key, &mut context);
        Self {
            window: Window::of(action, &context),
            caller,
            action,
            key,
            context,
        }
    }

    /// The same question about another action on the key, from an open context that names no day
    /// count: what follows from the caller and the key is not concluded again.
    #[must_use]
    pub fn about(&self, action: KmsAction) -> Self {
        let mut context = self.context.clone();
        drop_keys_of_other_actions(&mut context, action);
        Self {
            window: Window::of(action, &context),
            action,
            caller: self.caller.clone(),
            key: self.key.clone(),
            context,
        }
    }

    /// The partition of the caller, or of the key where the caller stands for those of any.
    pub(super) fn known_partition(&self) -> Option<&str> {
        let own = self.caller.partition();
        own.or_else(|| self.key.partition())
    }

    /// The same, or the partition of most accounts.
    pub(super) fn partition(&self) -> &str {
        self.known_partition().unwrap_or("aws")
    }

    /// A question whose context is complete.
    pub fn complete(
        caller: Caller,
        action: KmsAction,
        key: KeyIdentity,
        mut context: RequestContext,
    ) -> Self {
        drop_keys_of_other_actions(&mut context, action);
        Self {
            caller,
            action,
            key,
            context,
            window: Window::FromContext,
        }
    }
}

/// A policy and the name by which answers speak of it.
#[derive(Clone, Debug)]
pub struct NamedPolicy {
    /// For example `DeployPolicy`.
    pub name: Box<str>,
    /// What it says.
    pub document: PolicyDocument,
}

/// Every policy that takes part in a decision.
#[derive(Clone, Copy, Debug, Default)]
pub struct PolicySet<'a> {
    /// The key's policy.
    pub key_policy: Option<&'a PolicyDocument>,
    /// The caller's own policies, those of its groups included.
    pub identity: &'a [NamedPolicy],
    /// The permissions boundary, where there is one; an empty one allows nothing.
    pub boundary: Option<&'a [NamedPolicy]>,
    /// The session policies, where the session has any.
    pub session: Option<&'a [NamedPolicy]>,
    /// Service control policies of each level above the caller, organization root first. Empty:
    /// none apply.
    pub scps: &'a [Vec<NamedPolicy>],
    /// Resource control policies of each level above the key. `RCPFullAWSAccess` is implied.
    pub rcps: &'a [Vec<NamedPolicy>],
}

impl<'a> PolicySet<'a> {
    /// Whether no policy takes part.
    pub const fn is_empty(&self) -> bool {
        self.key_policy.is_none()
            && self.identity.is_empty()
            && self.boundary.is_none()
            && self.session.is_none()
            && self.scps.is_empty()
            && self.rcps.is_empty()
    }

    /// The policy that a reference names.
    pub fn document(&self, reference: PolicyRef) -> Option<&'a PolicyDocument> {
        self.named(reference).map(|(_, document)| document)
    }

    /// The policy that a reference names, and its name; the key policy has none.
    pub fn named(&self, reference: PolicyRef) -> Option<(&'a str, &'a PolicyDocument)> {
        let named = match reference.layer {
            Layer::KeyPolicy => return Some(("", self.key_policy?)),
            Layer::Identity => self.identity,
            Layer::Boundary => self.boundary?,
            Layer::Session => self.session?,
            Layer::Scp => self.scps.get(reference.level)?,
            Layer::Rcp => self.rcps.get(reference.level)?,
        };
        let policy = named.get(reference.index)?;
        Some((&policy.name, &policy.document))
    }
}
