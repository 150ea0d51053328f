//! Users and roles that were loaded: what each can do, by name or by its own policies.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::aws::{KmsAction, PrincipalKind};
use crate::eval::Caller;
use crate::policy::{PrincipalForm, Statement};

use super::holder::{Companions, Holder, Permitted};
use super::loaded_principal::{DecidingTraits, LoadedPrincipal};
use super::named::NamedPrincipal;
use super::questions::KeyQuestions;
use super::questions::names_account;

impl<'a> KeyQuestions<'a> {
    /// The loaded user or role that a key policy names, or of which it names a session.
    pub(super) fn loaded_of(&self, named: &NamedPrincipal<'_>) -> Option<&'a LoadedPrincipal<'a>> {
        let is_one = matches!(
            named.kind,
            PrincipalKind::User | PrincipalKind::Role | PrincipalKind::Session
        );
        // Most policies are checked without an account, and callers need not be read then.
        let is_asked = is_one && !self.identities.is_empty();
        let caller = is_asked.then(|| Caller::parse(named.text).ok()).flatten()?;
        self.identities.principal_of(&caller)
    }

    /// Loaded users and roles that the key policy does not name and to whom their own policies give
    /// the action. Those that do not differ in what decides share one evaluation.
    pub(super) fn loaded_who_can(&self, action: KmsAction) -> Vec<Holder<'a>> {
        let account = self.key.identity.account;
        let loaded = account.map_or(&[][..], |account| self.identities.of_account(account));
        let nobody = || {
            let mut granting = self.possibly_granting(action);
            let delegates =
                !loaded.is_empty() && granting.any(|(_, of)| names_account(of, account));
            (!delegates).then(Vec::new)
        };
        if let Some(nobody) = self.shortcut(nobody) {
            return nobody;
        }
        let named = self.named(action).into_iter();
        let named: BTreeSet<_> = named.map(|named| named.text).collect();
        let mut shared: BTreeMap<DecidingTraits, Option<Rc<Permitted>>> = BTreeMap::new();
        let mut found = Vec::new();
        for principal in loaded {
            let arn = principal.principal.arn.value.as_str();
            let cannot = || (!self.identities.may_allow(principal, action)).then_some(());
            if named.contains(arn) || self.shortcut(cannot).is_some() {
                continue;
            }
            let tested = self
                .identities
                .tested_attributes(principal, &self.key.tested);
            let traits = principal.deciding_traits(&tested, self.is_singled_out(principal));
            let known = self.shortcut(|| shared.get(&traits).cloned());
            let permitted =
                known.unwrap_or_else(|| self.through_own_policies(principal, action).map(Rc::new));
            shared.entry(traits).or_insert_with(|| permitted.clone());
            if let Some(permitted) = permitted {
                found.push(Holder {
                    principal: arn,
                    kind: principal.kind(),
                    account: Some(principal.principal.account),
                    loaded: Some(principal),
                    named_at: None,
                    permitted,
                    companions: Companions::default(),
                });
            }
        }
        found
    }

    /// Whether some statement of the key policy can be about this principal and not about all.
    fn is_singled_out(&self, principal: &LoadedPrincipal<'_>) -> bool {
        let account = Some(principal.principal.account);
        let singles_out = |statement: &Statement| {
            let element = statement.principal.as_ref();
            element.is_some_and(|element| {
                let mut entries = element.candidates(account, &principal.principal.name);
                entries.any(|entry| {
                    !matches!(
                        entry.form(),
                        PrincipalForm::Everyone
                            | PrincipalForm::Account(_)
                            | PrincipalForm::Service(_)
                            | PrincipalForm::NoCaller
                    )
                })
            })
        };
        self.statements.iter().any(singles_out)
    }
}
