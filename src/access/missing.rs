//! Principals that are not among the users and roles of their account.

use crate::aws::{AccountId, Arn, PrincipalKind, nearest};
use crate::eval::Caller;
use crate::inventory::Principal;

use super::identities::Identities;

/// A principal that its account does not have, as far as was loaded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MissingPrincipal<'a> {
    pub(crate) account: AccountId,
    /// `user` or `role`.
    pub(crate) word: &'static str,
    /// Without the path; of a session that of its role.
    pub(crate) name: &'a str,
    /// The ARN of one that is called almost so.
    pub(crate) near: Option<&'a str>,
}

impl Identities<'_> {
    /// That the caller's account was loaded as a whole and has no such user or role; nothing where it
    /// has, or that is not known. A role is known by its whole ARN, of a session by its name.
    pub(crate) fn missing<'i>(&'i self, caller: &'i Caller) -> Option<MissingPrincipal<'i>> {
        let account = caller.account()?;
        if !self.is_whole(account) || self.principal_of(caller).is_some() {
            return None;
        }
        let arn = Arn::parse(caller.as_str())?;
        let (prefix, path) = arn.resource.split_once('/')?;
        let (kind, word, name) = match (prefix, caller.session()) {
            ("user", _) => (PrincipalKind::User, "user", path.rsplit('/').next()?),
            ("role", _) => (PrincipalKind::Role, "role", path.rsplit('/').next()?),
            ("assumed-role", Some((role, _))) => (PrincipalKind::Role, "role", role),
            _ => return None,
        };
        let loaded = self.of_account(account).iter();
        let alike: Vec<&Principal> = loaded
            .map(|of| of.principal)
            .filter(|of| !of.is_declared)
            .filter(|of| of.kind == kind)
            .collect();
        let same = |of: &&&Principal| of.name.eq_ignore_ascii_case(name);
        let near = alike.iter().find(same).or_else(|| {
            let near = nearest(name, alike.iter().map(|of| of.name.as_str()))?;
            alike.iter().find(|of| of.name == near)
        });
        Some(MissingPrincipal {
            account,
            word,
            name,
            near: near.map(|of| of.arn.value.as_str()),
        })
    }
}
