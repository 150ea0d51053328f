//! When AWS supplies a condition key: by action, by the kind of caller, or by the key's properties.

use serde::Serialize;

use crate::aws::PrincipalKind;
use crate::aws::action::{KmsAction, ResourceLevel};

/// Whether a condition key is in the context of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Presence {
    /// In every such request.
    Always,
    /// In some, or not documented: unknown unless its value is given.
    Sometimes,
    /// In none: a condition on it sees an absent key.
    Never,
}

/// The presence of a global condition key for each kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ByCaller {
    pub(super) user: Presence,
    pub(super) role: Presence,
    pub(super) federated_user: Presence,
    pub(super) root: Presence,
    pub(super) service: Presence,
    pub(super) anonymous: Presence,
}

impl ByCaller {
    /// In every request.
    pub(super) const ALWAYS: Self = Self::all(Presence::Always);

    /// In some requests, for every kind of caller.
    pub(super) const SOMETIMES: Self = Self::all(Presence::Sometimes);

    /// In some requests that are signed.
    pub(super) const SOMETIMES_SIGNED: Self = Self {
        anonymous: Presence::Never,
        ..Self::SOMETIMES
    };

    /// Only where an AWS service calls as itself.
    pub(super) const SERVICE_ONLY: Self = Self {
        service: Presence::Sometimes,
        ..Self::all(Presence::Never)
    };

    pub(super) const fn all(presence: Presence) -> Self {
        Self {
            user: presence,
            role: presence,
            federated_user: presence,
            root: presence,
            service: presence,
            anonymous: presence,
        }
    }

    const fn of(self, caller: PrincipalKind) -> Presence {
        match caller {
            PrincipalKind::User => self.user,
            PrincipalKind::Role | PrincipalKind::Session => self.role,
            PrincipalKind::FederatedUser => self.federated_user,
            PrincipalKind::Root => self.root,
            PrincipalKind::Service | PrincipalKind::AnyService => self.service,
            // No other kind signs a request.
            PrincipalKind::Everyone
            | PrincipalKind::Account
            | PrincipalKind::AnotherAccount
            | PrincipalKind::UniqueId
            | PrincipalKind::Placeholder
            | PrincipalKind::Holder
            | PrincipalKind::Limited
            | PrincipalKind::Anonymous
            | PrincipalKind::None => self.anonymous,
        }
    }
}

/// What decides the presence of a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Rule {
    /// The kind of caller.
    Caller(ByCaller),
    /// The parameters of the request: sometimes for the actions that list the key, else never.
    Listed,
    /// A property that every KMS key has: always for actions on a key and for those that list it.
    KeyProperty,
    /// A property that some KMS keys have.
    OptionalKeyProperty,
    /// Tags in the request: sometimes for the actions that set or remove tags, never for others.
    RequestTags,
    /// `kms:CallerAccount`: always for principals of an account, for the actions that list it.
    CallerAccount,
    /// `aws:ResourceAccount`: always for actions on a key.
    ResourceAccount,
}

impl Rule {
    pub(super) fn presence(
        self,
        name: &'static str,
        action: KmsAction,
        caller: PrincipalKind,
    ) -> Presence {
        let listed = action.condition_keys().contains(&name);
        match self {
            Self::Caller(by_caller) => by_caller.of(caller),
            Self::Listed => sometimes_if(listed),
            Self::RequestTags => sometimes_if(listed || takes_tags(action)),
            Self::KeyProperty if listed => Presence::Always,
            Self::KeyProperty => of_key(action),
            Self::OptionalKeyProperty => sometimes_if(listed || action.resource_level().has_key()),
            Self::CallerAccount => always_if(listed && has_account(caller)),
            Self::ResourceAccount => always_if(action.resource_level() == ResourceLevel::Key),
        }
    }
}

const fn sometimes_if(possible: bool) -> Presence {
    if possible {
        Presence::Sometimes
    } else {
        Presence::Never
    }
}

const fn always_if(certain: bool) -> Presence {
    if certain {
        Presence::Always
    } else {
        Presence::Sometimes
    }
}

/// Returns the presence of a property that the key has which an action is checked against.
const fn of_key(action: KmsAction) -> Presence {
    match action.resource_level() {
        ResourceLevel::Key => Presence::Always,
        // Alias and key are checked one after the other; only one of the checks has the key.
        ResourceLevel::KeyAndAlias => Presence::Sometimes,
        ResourceLevel::None => Presence::Never,
    }
}

/// Says whether an action takes tags or tag keys though the reference may not list the keys.
///
/// Source: API reference, `ReplicateKey` (`Tags`); KMS developer guide, `tag-permissions`, which
/// names `aws:RequestTag` for `UntagResource` too.
const fn takes_tags(action: KmsAction) -> bool {
    matches!(action, KmsAction::ReplicateKey | KmsAction::UntagResource)
}

const fn has_account(caller: PrincipalKind) -> bool {
    !matches!(caller, PrincipalKind::Service | PrincipalKind::Anonymous)
}
