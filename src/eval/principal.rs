//! Whether a `Principal` element names the caller, and in which way.

use crate::aws::Arn;
use crate::aws::arn::reserved_role::{SERVICE_LINKED_NAME, SERVICE_LINKED_PATH};
use crate::policy::{
    PolicyDocument, Possible, PrincipalElement, PrincipalEntry, PrincipalForm, Statement, Text,
    Value,
};

use super::caller::{Caller, CallerKind};
use super::scope::{PRINCIPAL_ARN, Scope};
use super::{Lookup, Truth, open_principal};

/// In which way a key policy names a caller decides what else limits the permission.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// Needs nothing else: the user's own ARN, the session's own ARN, everyone, a service, or
    /// the account to its root user.
    Direct,
    /// Needs no identity-based policy, but boundary and session policy must allow: the role's
    /// ARN to its sessions.
    Limited,
    /// Hands the decision to the account's IAM policies.
    Delegated,
}

/// What a `Principal` element says of the caller: for each route, whether it opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Naming {
    pub(super) direct: Truth,
    pub(super) limited: Truth,
    pub(super) delegated: Truth,
}

impl Naming {
    pub(super) const NOBODY: Self = Self {
        direct: Truth::No,
        limited: Truth::No,
        delegated: Truth::No,
    };

    pub(super) const EVERYONE: Self = Self {
        direct: Truth::Yes,
        ..Self::NOBODY
    };

    const fn by(route: Route, truth: Truth) -> Self {
        match route {
            Route::Direct => Self {
                direct: truth,
                ..Self::NOBODY
            },
            Route::Limited => Self {
                limited: truth,
                ..Self::NOBODY
            },
            Route::Delegated => Self {
                delegated: truth,
                ..Self::NOBODY
            },
        }
    }

    const fn or(self, other: Self) -> Self {
        Self {
            direct: self.direct.or(other.direct),
            limited: self.limited.or(other.limited),
            delegated: self.delegated.or(other.delegated),
        }
    }

    /// What holds under both readings.
    const fn where_both(self, other: Self) -> Self {
        Self {
            direct: self.direct.where_both(other.direct),
            limited: self.limited.where_both(other.limited),
            delegated: self.delegated.where_both(other.delegated),
        }
    }

    /// Whether the caller is named at all.
    pub(super) const fn any(self) -> Truth {
        self.direct.or(self.limited).or(self.delegated)
    }
}

/// What an Allow statement's element says of the caller.
pub(super) fn allows(element: &PrincipalElement, scope: &Scope<'_>) -> Naming {
    if element.negated {
        // Everyone but these, as `*` would grant it. Access Analyzer warns of it.
        return Naming::by(Route::Direct, !exempts(element, scope));
    }
    candidates(element, scope).fold(Naming::NOBODY, |naming, entry| {
        naming.or(names(entry, scope))
    })
}

/// Whether everyone, without being named, is a federated user without a session policy too.
/// AWS says that such a session has no permissions but what a policy gives that references the session
/// itself: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>.
pub(super) fn as_everyone(naming: Naming, element: &PrincipalElement, scope: &Scope<'_>) -> Naming {
    let itself = |entry: &PrincipalEntry| matches!(entry.form(), PrincipalForm::FederatedUser(..));
    let mut named = candidates(element, scope).filter(|entry| itself(entry));
    let by_name = named.any(|entry| names(entry, scope).direct == Truth::Yes);
    if naming.direct == Truth::No || (by_name && !element.negated) {
        return naming;
    }
    Naming {
        direct: naming.direct.and(scope.undocumented(false)),
        ..naming
    }
}

/// Whether a Deny statement's element reaches the caller. `has_boundary`: `NotPrincipal` never
/// spares a principal that has a permissions boundary.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
pub(super) fn denies(element: &PrincipalElement, has_boundary: bool, scope: &Scope<'_>) -> Truth {
    if element.negated {
        return if has_boundary {
            Truth::Yes
        } else {
            !exempts(element, scope)
        };
    }
    Truth::any(candidates(element, scope).map(|entry| {
        let naming = names(entry, scope);
        // That a Deny on the account reaches all its principals is not documented (SEMANTICS U2).
        let delegated = if naming.delegated == Truth::Yes {
            scope.undocumented(true)
        } else {
            naming.delegated
        };
        naming.direct.or(naming.limited).or(delegated)
    }))
}

/// The entries that can be about the caller.
fn candidates<'a>(
    element: &'a PrincipalElement,
    scope: &'a Scope<'_>,
) -> impl Iterator<Item = &'a PrincipalEntry> {
    let caller = &scope.request.caller;
    let (few, rest) = match listed_name(caller) {
        Some(name) => (Some(element.candidates(caller.account(), name)), None),
        None => (None, Some(&element.entries)),
    };
    few.into_iter().flatten().chain(rest.into_iter().flatten())
}

/// The statements that can be about the caller, each with its position.
pub(super) fn statements<'a>(
    policy: &'a PolicyDocument,
    caller: &Caller,
) -> impl Iterator<Item = (usize, &'a Statement)> {
    let (few, all) = match listed_name(caller) {
        Some(name) => (Some(policy.about(caller.account(), name)), None),
        None => (None, Some(policy.statements.iter().enumerate())),
    };
    few.into_iter().flatten().chain(all.into_iter().flatten())
}

/// The name by which a caller is looked up; nothing for a federated user, behind whom any user of the
/// account may be.
fn listed_name(caller: &Caller) -> Option<&str> {
    (!caller.is_federated_user()).then(|| caller.indexed_name())
}

/// What one entry says of the caller.
fn names(entry: &PrincipalEntry, scope: &Scope<'_>) -> Naming {
    #[cfg(test)]
    super::steps::add(1);
    let caller = &scope.request.caller;
    if let Some(open) = entry
        .text()
        .value
        .open()
        .filter(|_| scope.is_open(&entry.text().value))
        && entry.is_placeholder()
    {
        return match open.possible() {
            Possible::Pattern(_) => {
                open_principal::names(&entry.text().value, entry.principal_type(), caller)
            }
            Possible::OneOf(values) => one_of(values, entry, scope),
        };
    }
    let naming = names_in_any_partition(entry, scope);
    // No ARN of one partition names anybody of another:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    let is_elsewhere = || {
        let partition = Arn::partition_of(&entry.text().value).zip(caller.partition());
        partition.is_some_and(|(named, own)| named != own)
    };
    if naming != Naming::NOBODY && is_elsewhere() {
        return Naming::NOBODY;
    }
    naming
}

/// What an entry says of the caller that is one of several.
fn one_of(values: &[Value], entry: &PrincipalEntry, scope: &Scope<'_>) -> Naming {
    let each = values.iter().map(|value| {
        let text = Text::new(value.clone(), entry.text().span);
        names(&PrincipalEntry::new(entry.principal_type(), text), scope)
    });
    each.reduce(Naming::where_both).unwrap_or(Naming::NOBODY)
}

fn names_in_any_partition(entry: &PrincipalEntry, scope: &Scope<'_>) -> Naming {
    let caller = &scope.request.caller;
    match (entry.form(), caller.kind()) {
        (PrincipalForm::Everyone, _) => Naming::EVERYONE,
        (PrincipalForm::Account(account), kind) if caller.account() == Some(account) => {
            let root = matches!(kind, CallerKind::Root(_));
            Naming::by(
                if root {
                    Route::Direct
                } else {
                    Route::Delegated
                },
                Truth::Yes,
            )
        }
        (PrincipalForm::User(account, name), CallerKind::User(of, own))
        | (PrincipalForm::FederatedUser(account, name), CallerKind::FederatedUser(of, own)) => {
            Naming::by(Route::Direct, (account == *of && name == &**own).into())
        }
        // The ARN of a federated user does not tell which user asked for the session; where the
        // answer must be firm, it is the one of the same name.
        (PrincipalForm::User(account, name), CallerKind::FederatedUser(of, own))
            if account == *of =>
        {
            Naming::by(Route::Limited, scope.undocumented(name == &**own))
        }
        (PrincipalForm::Role(account, name), CallerKind::Role(of, own)) => {
            Naming::by(Route::Limited, (account == *of && name == &**own).into())
        }
        (PrincipalForm::Role(account, name), CallerKind::Session(of, role, _)) => {
            let same = account == *of && is_role_of_session(name, role, scope);
            Naming::by(Route::Limited, same.into())
        }
        (
            PrincipalForm::AssumedRole(account, role, name),
            CallerKind::Session(of, own, session),
        ) => {
            let same = account == *of && role == &**own && name == &**session;
            Naming::by(Route::Direct, same.into())
        }
        // The caller stands for all sessions of the role, and one of them is named.
        (PrincipalForm::AssumedRole(account, role, _), CallerKind::Role(of, own))
            if account == *of && own.rsplit('/').next() == Some(role) =>
        {
            Naming::by(Route::Direct, scope.undocumented(false))
        }
        (PrincipalForm::UniqueId(id), _) => by_unique_id(id, scope),
        (PrincipalForm::Service(name), CallerKind::Service) => {
            Naming::by(Route::Direct, (name == caller.as_str()).into())
        }
        _ => Naming::NOBODY,
    }
}

/// Whether a role with this path and name is the one of a session, whose ARN leaves out the path. Names of
/// roles are unique in an account, so that the name tells, unless the request says which path the role has:
/// a principal of another path was deleted, or never was.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html> and
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
fn is_role_of_session(name: &str, role: &str, scope: &Scope<'_>) -> bool {
    let last = |name: &str| name.rsplit('/').next() == Some(role);
    if !last(name) {
        return false;
    }
    let Lookup::Known(values) = scope.lookup(PRINCIPAL_ARN) else {
        return true;
    };
    let own = values.single().and_then(Arn::parse);
    let own = own.and_then(|arn| arn.resource.strip_prefix("role/"));
    let is_other = own.is_some_and(|own| last(own) && own != name);
    !is_other || scope.is_open_key(PRINCIPAL_ARN)
}

/// `aws:userid` is a user's id, or a role's id, a colon and the session's name.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
fn by_unique_id(id: &str, scope: &Scope<'_>) -> Naming {
    let route = match scope.request.caller.kind() {
        CallerKind::User(..) if id.starts_with("AIDA") => Route::Direct,
        CallerKind::Role(..) | CallerKind::Session(..) if id.starts_with("AROA") => Route::Limited,
        _ => return Naming::NOBODY,
    };
    let truth = match scope.lookup("aws:userid") {
        Lookup::Known(values) => {
            let own = values.single().unwrap_or_default();
            (own.split(':').next() == Some(id)).into()
        }
        Lookup::Absent => Truth::No,
        Lookup::Unknown { .. } => Truth::Unknown,
    };
    Naming::by(route, truth)
}

/// Whether `NotPrincipal` spares the caller: the caller, for a session its role too, and the
/// account must all be listed. AWS says that a Deny might reach a caller of whom only some are listed.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
///
/// A role stands for any of its sessions. A session is exempt only if its own ARN is listed, too. AWS does not
/// document whether the user who requested the session of a federated user must be listed.
fn exempts(element: &PrincipalElement, scope: &Scope<'_>) -> Truth {
    let caller = &scope.request.caller;
    let listed = |wanted: fn(Naming) -> Truth| {
        Truth::any(candidates(element, scope).map(|entry| wanted(names(entry, scope))))
    };
    let everyone = candidates(element, scope).any(|e| e.form() == PrincipalForm::Everyone);
    if everyone {
        return Truth::Yes;
    }
    let own = listed(|naming| naming.direct);
    let role = listed(|naming| naming.limited);
    let account = listed(|naming| naming.delegated);
    let (all, some) = match caller.kind() {
        CallerKind::Session(..) => (own.and(role).and(account), own.or(role).or(account)),
        CallerKind::Role(..) => (
            role.and(account).and(scope.undocumented(true)),
            role.or(account),
        ),
        CallerKind::FederatedUser(..) => (
            own.and(account).and(scope.undocumented(true)),
            own.or(account),
        ),
        CallerKind::User(..) => (own.and(account), own.or(account)),
        CallerKind::Root(_) | CallerKind::Service => (own, own),
    };
    match (all, some) {
        (Truth::No, Truth::Yes | Truth::Unknown) => scope.undocumented(false),
        (all, _) => all,
    }
}

/// Whether this is a service-linked role, which organization policies do not limit.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
///
/// A session's ARN leaves out the path that makes the role one. That nobody else's role can have such
/// a name is not documented.
pub(super) fn is_service_linked(scope: &Scope<'_>) -> Truth {
    let (path, prefix) = (SERVICE_LINKED_PATH, SERVICE_LINKED_NAME);
    match scope.request.caller.kind() {
        CallerKind::Role(_, name) => name.starts_with(path).into(),
        CallerKind::Session(_, role, _) => match scope.lookup(PRINCIPAL_ARN) {
            Lookup::Known(values) => values
                .single()
                .and_then(Arn::parse)
                .and_then(|arn| arn.resource.strip_prefix("role/"))
                .is_some_and(|name| name.starts_with(path))
                .into(),
            Lookup::Unknown { .. } if role.starts_with(prefix) => Truth::Unknown,
            Lookup::Absent | Lookup::Unknown { .. } => Truth::No,
        },
        CallerKind::User(..)
        | CallerKind::FederatedUser(..)
        | CallerKind::Root(_)
        | CallerKind::Service => Truth::No,
    }
}
