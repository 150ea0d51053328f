//! The candidates that are asked in place of a principal that a key policy names.

use crate::aws::PrincipalKind;
use crate::eval::{Caller, NamedPolicy, everything};
use crate::policy::{Effect, PrincipalForm};

use super::candidate::Candidate;
use super::named::NamedPrincipal;
use super::questions::KeyQuestions;
use super::synthetic_caller::synthetic_caller;

/// The class of the user or role with this id, and `aws:userid` of one of its requests: of a role's
/// session the role's id, a colon and the session's name.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
pub(crate) fn user_with_id(id: &str) -> (PrincipalKind, String) {
    if id.starts_with("AIDA") {
        (PrincipalKind::User, id.to_owned())
    } else {
        (PrincipalKind::Role, format!("{id}:session"))
    }
}

impl<'a> KeyQuestions<'a> {
    /// Who is asked for a principal; the first is the likeliest to be allowed most.
    pub(super) fn candidates(&self, named: &NamedPrincipal<'_>) -> Vec<Candidate<'a>> {
        let key_account = self.key.identity.account;
        let account = named
            .account
            .map_or_else(|| self.key.account_text(), |account| account.to_string());
        match named.kind {
            PrincipalKind::Everyone => self.anyone(&account, key_account.is_some(), &[]),
            PrincipalKind::Account => {
                let is_known = named.account.or(key_account).is_some();
                self.anyone(&account, is_known, everything())
            }
            PrincipalKind::UniqueId => {
                let (class, user_id) = user_with_id(named.text);
                let any = self.any(class, &account);
                any.map(|any| any.with_id(user_id)).into_iter().collect()
            }
            kind if kind.is_one() || kind == PrincipalKind::Service => {
                let caller = Caller::parse(named.text).ok();
                caller.map(|caller| self.one(caller)).into_iter().collect()
            }
            // A placeholder is whoever it will name; a policy names none of the others.
            _ => Vec::new(),
        }
    }

    pub(super) fn one(&self, caller: Caller) -> Candidate<'a> {
        Candidate::new(caller, self.key.seen(), self.identities)
    }

    fn any(&self, class: PrincipalKind, account: &str) -> Option<Candidate<'a>> {
        Candidate::any(class, account, self.key.seen(), self.identities)
    }

    /// A role and a user of which nothing is known but the account, and everyone that the policy
    /// exempts from a Deny by `NotPrincipal`: such a Deny reaches the two. Then the account's root
    /// user, to which the account's own statement is one by name, and conditions on
    /// `aws:PrincipalType` may leave no other:
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
    fn anyone(
        &self,
        account: &str,
        is_known: bool,
        identity: &'static [NamedPolicy],
    ) -> Vec<Candidate<'a>> {
        let classes = [PrincipalKind::Role, PrincipalKind::User].into_iter();
        let mut found: Vec<_> = classes
            .filter_map(|class| self.any(class, account))
            .collect();
        found.extend(self.exempt(account).map(|caller| self.stranger(caller)));
        found.extend(if is_known {
            synthetic_caller(PrincipalKind::Root, account).map(|root| self.stranger(root))
        } else {
            self.any(PrincipalKind::Root, account)
        });
        let found = found.into_iter();
        found.map(|one| one.with_policies(identity)).collect()
    }

    /// A caller of which only the ARN is known, as one of many.
    fn stranger(&self, caller: Caller) -> Candidate<'a> {
        Candidate::stranger(caller, self.key.seen(), self.identities)
    }

    fn exempt(&self, account: &str) -> impl Iterator<Item = Caller> {
        let denies = self.statements.iter();
        let denies = denies.filter(|statement| statement.effect.value == Effect::Deny);
        let elements = denies.filter_map(|statement| statement.principal.as_ref());
        let exempt = elements
            .filter(|element| element.negated)
            .flat_map(|element| &element.entries);
        exempt.filter_map(move |entry| {
            let form = entry.form();
            let own = form.account().is_some_and(|own| own.as_str() == account);
            let is_one = own && !matches!(form, PrincipalForm::Account(_));
            is_one.then(|| Caller::parse(&entry.text().value).ok())?
        })
    }
}
