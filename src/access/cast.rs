//! The cast of callers: who is asked in place of a principal that is named, of a class of
//! principals, and of users and roles that were loaded.

use crate::aws::PrincipalKind;
use crate::eval::{Caller, NamedPolicy, everything};

use super::candidate::Candidate;
use super::exempt::exempt;
use super::identities::Identities;
use super::key::AskedKey;
use super::loaded_principal::LoadedPrincipal;
use super::named::NamedPrincipal;
use super::synthetic_caller::{SOME_ACCOUNT, synthetic_caller};

/// An account that stands for any that nothing names.
const OTHER_ACCOUNT: &str = "999999999999";

/// The class of the user or role with this id, and `aws:userid` of one of its requests: of a role's
/// session the role's id, a colon and the session's name.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
fn user_with_id(id: &str) -> (PrincipalKind, String) {
    if id.starts_with("AIDA") {
        (PrincipalKind::User, id.to_owned())
    } else {
        (PrincipalKind::Role, format!("{id}:session"))
    }
}

/// Everyone who can be asked about one key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cast<'a> {
    key: &'a AskedKey<'a>,
    identities: &'a Identities<'a>,
}

impl<'a> Cast<'a> {
    pub(crate) const fn new(key: &'a AskedKey<'a>, identities: &'a Identities<'a>) -> Self {
        Self { key, identities }
    }

    /// The key that they are asked about.
    pub(crate) const fn key(self) -> &'a AskedKey<'a> {
        self.key
    }

    /// One caller, with all that was loaded of it.
    pub(crate) fn one(self, caller: Caller) -> Candidate<'a> {
        Candidate::new(caller, self.key.seen(), self.identities)
    }

    /// The same as if its own policies allowed everything, where they were not all loaded and it
    /// can have any.
    pub(crate) fn one_at_most(self, caller: &Caller) -> Option<Candidate<'a>> {
        let candidate = self.one(caller.clone());
        // A federated user's policies are those of a user that it is not known to be of.
        let is_listed = matches!(
            caller.kind_of_principal(),
            PrincipalKind::Role | PrincipalKind::User
        );
        let account = caller.account().filter(|_| is_listed);
        let is_whole = account.is_some_and(|account| self.identities.is_whole(account));
        let is_open = !candidate.has_known_policies() && !is_whole;
        is_open.then(|| candidate.with_policies(everything()))
    }

    /// A loaded user or role, as itself.
    pub(crate) fn loaded(self, principal: &'a LoadedPrincipal<'a>) -> Candidate<'a> {
        Candidate::loaded(principal, self.key.seen(), self.identities)
    }

    /// Who has this unique id, in an account.
    pub(crate) fn with_id(self, id: &str, account: &str) -> Option<Candidate<'a>> {
        let (class, user_id) = user_with_id(id);
        let any = self.any(class, account)?;
        Some(any.with_id(user_id))
    }

    /// Who stands for a class of principals: everyone of an account, an account, its root user, any
    /// other account, any service; nobody stands for any other kind.
    pub(crate) fn class(self, kind: PrincipalKind, account: &str) -> Vec<Candidate<'a>> {
        use PrincipalKind::{FederatedUser, Role, Root, Service, User};
        let any = |classes: &[PrincipalKind]| {
            let callers = classes.iter().filter_map(|class| self.any(*class, account));
            callers.collect::<Vec<_>>()
        };
        match kind {
            PrincipalKind::Everyone => any(&[Role, User, FederatedUser]),
            PrincipalKind::Account => with_everything(any(&[Role, User, FederatedUser])),
            PrincipalKind::AnyService => any(&[Service]),
            PrincipalKind::AnotherAccount => {
                let callers = [Role, User, Root].into_iter();
                let callers = callers.filter_map(|class| self.any(class, OTHER_ACCOUNT));
                with_everything(callers.map(Candidate::of_any_account).collect())
            }
            Root => self.root(account).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Who is asked for a principal of a key policy; the first is the likeliest to be allowed most.
    pub(super) fn of_named(self, principal: &NamedPrincipal<'_>) -> Vec<Candidate<'a>> {
        let (kind, text, named) = (principal.kind, principal.text, principal.account);
        let key_account = self.key.identity.account;
        let account = named.map_or_else(|| self.key.account_text(), |of| of.to_string());
        match kind {
            PrincipalKind::Everyone => self.anyone(&account, key_account.is_some(), &[]),
            PrincipalKind::Account => {
                let is_known = named.or(key_account).is_some();
                self.anyone(&account, is_known, everything())
            }
            PrincipalKind::UniqueId => self.with_id(text, &account).into_iter().collect(),
            kind if kind.is_one() || kind == PrincipalKind::Service => {
                let caller = Caller::parse(text).ok();
                let caller = caller.map(|caller| {
                    if principal.stands_in {
                        caller.standing_in()
                    } else {
                        caller
                    }
                });
                caller.map(|caller| self.one(caller)).into_iter().collect()
            }
            // A placeholder is whoever it will name; a policy names none of the others.
            _ => Vec::new(),
        }
    }

    /// A role and a user of which nothing is known but the account, and everyone that the policy
    /// exempts from a Deny by `NotPrincipal`: such a Deny reaches the two. Then the account's root
    /// user, to which the account's own statement is one by name, and conditions on
    /// `aws:PrincipalType` may leave no other:
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
    fn anyone(
        self,
        account: &str,
        is_known: bool,
        identity: &'static [NamedPolicy],
    ) -> Vec<Candidate<'a>> {
        let classes = [PrincipalKind::Role, PrincipalKind::User].into_iter();
        let mut found: Vec<_> = classes
            .filter_map(|class| self.any(class, account))
            .collect();
        let spared = self.key.policy.iter();
        let spared = spared.flat_map(|policy| exempt(policy, account));
        found.extend(spared.map(|caller| self.stranger(caller)));
        found.extend(if is_known {
            self.root(account)
        } else {
            self.any(PrincipalKind::Root, account)
        });
        let found = found.into_iter();
        found.map(|one| one.with_policies(identity)).collect()
    }

    fn any(self, class: PrincipalKind, account: &str) -> Option<Candidate<'a>> {
        Candidate::any(class, account, self.key.seen(), self.identities)
    }

    fn root(self, account: &str) -> Option<Candidate<'a>> {
        let root = synthetic_caller(PrincipalKind::Root, account)?;
        Some(self.stranger(root))
    }

    /// A caller of which only the ARN is known, as one of many.
    fn stranger(self, caller: Caller) -> Candidate<'a> {
        Candidate::stranger(caller, self.key.seen(), self.identities)
    }
}

/// The account of a key on either side of a change, as text: the one that is known, or one that
/// stands in for it.
pub(crate) fn account_of_either(before: &AskedKey<'_>, after: &AskedKey<'_>) -> String {
    let known = before.identity.account.or(after.identity.account);
    known.map_or_else(|| SOME_ACCOUNT.to_owned(), |known| known.to_string())
}

fn with_everything(candidates: Vec<Candidate<'_>>) -> Vec<Candidate<'_>> {
    let candidates = candidates.into_iter();
    candidates
        .map(|candidate| candidate.with_policies(everything()))
        .collect()
}
