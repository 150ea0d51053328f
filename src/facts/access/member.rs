//! Users and roles that were loaded: what each can do, by name or by its own policies.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::KmsAction;
use crate::eval::Caller;
use crate::facts::identities::{Fingerprint, Member};
use crate::facts::{Access, PrincipalKind, StatementRecord, Via};
use crate::policy::{PrincipalForm, Statement};
use crate::source::Location;

use super::answer::{Answer, answer_unnamed};
use super::named::Named;
use super::trial::{Trial, stranger};
use super::{Desk, Who, via};

impl<'a> Desk<'a> {
    /// The loaded members of the key's account.
    fn members(&self) -> &'a [Member<'a>] {
        let account = self.subject.key.account;
        account.map_or(&[], |account| self.identities.members(account))
    }

    /// A caller with the policies of the loaded user or role that it is.
    pub(super) fn trial_of(&self, caller: Caller) -> Trial<'a> {
        match self.identities.principal_of(&caller) {
            Some(member) => self.trial(caller, member),
            None => stranger(caller),
        }
    }

    fn trial(&self, caller: Caller, member: &'a Member<'a>) -> Trial<'a> {
        let Some(policies) = self.identities.policies_of(member) else {
            return stranger(caller);
        };
        let mentions = self.identities.mentions(member, &self.mentions);
        let user_id = member.user_id_of(&caller, &mentions);
        Trial::of_member(caller, member, policies, user_id)
    }

    /// The loaded user or role that a key policy names, or of which it names a session.
    pub(super) fn member_of(&self, named: &Named<'_>) -> Option<&'a Member<'a>> {
        let is_one = matches!(
            named.kind,
            PrincipalKind::User | PrincipalKind::Role | PrincipalKind::Session
        );
        // Most policies are checked without an account, and callers need not be read then.
        let is_asked = is_one && !self.identities.is_empty();
        let caller = is_asked.then(|| Caller::parse(named.text).ok()).flatten()?;
        self.identities.principal_of(&caller)
    }

    /// Loaded members that the key policy does not name and to whom their own policies give the
    /// action. Those that do not differ in what decides share one evaluation.
    pub(super) fn members_who_can(&self, action: KmsAction, named: &[Named<'_>]) -> Vec<Access> {
        let hands_on = |record: &StatementRecord| self.names_own_account(record.index);
        if self.members().is_empty() || !self.granting(action).any(hands_on) {
            return Vec::new();
        }
        let named: BTreeSet<_> = named.iter().map(|named| named.text).collect();
        let mut shared: BTreeMap<Fingerprint, Option<Answer>> = BTreeMap::new();
        let mut found = Vec::new();
        for member in self.members() {
            let arn = member.principal.arn.value.as_str();
            if named.contains(arn) || !self.identities.may_allow(member, action) {
                continue;
            }
            let mentions = self.identities.mentions(member, &self.mentions);
            let print = member.fingerprint(&mentions, self.is_singled_out(member));
            let answer = shared.entry(print).or_insert_with(|| {
                answer_unnamed(self, &self.trial(member.caller.clone(), member), action)
            });
            if let Some(answer) = answer {
                let who = Who {
                    principal: arn,
                    kind: member.kind(),
                    account: Some(member.principal.account),
                    member: Some(member),
                    at: self.places.place(member.principal.at()),
                };
                found.push(self.record(&who, answer, action));
            }
        }
        found
    }

    fn names_own_account(&self, statement: usize) -> bool {
        let element = self
            .statement(statement)
            .and_then(|statement| statement.principal.as_ref());
        element
            .filter(|element| !element.negated)
            .is_some_and(|element| {
                let account = self.subject.key.account;
                let own = |form| matches!(form, PrincipalForm::Account(a) if Some(a) == account);
                let mut entries = element.candidates(account, "");
                entries.any(|entry| own(entry.form()))
            })
    }

    /// Whether some statement of the key policy can be about this member and not about all.
    fn is_singled_out(&self, member: &Member<'_>) -> bool {
        let account = Some(member.principal.account);
        let singles_out = |statement: &Statement| {
            let element = statement.principal.as_ref();
            element.is_some_and(|element| {
                let mut entries = element.candidates(account, &member.principal.name);
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
        self.subject.document.statements.iter().any(singles_out)
    }

    /// The statements of the member's own policies, as they stand in their file.
    pub(super) fn own_via(&self, who: &Who<'_>, answer: &Answer, action: KmsAction) -> Vec<Via> {
        let Some(member) = who.member else {
            return Vec::new();
        };
        let via = |at: &(usize, usize)| {
            let (policy, index) = self.identities.origin(member, *at)?;
            let loaded = &policy.policy;
            let statement = loaded.document.statements.get(index)?;
            let place = |span| {
                self.places.place(Location {
                    source: loaded.source,
                    span,
                })
            };
            Some(via::own(&loaded.name, (index, statement), action, place))
        };
        answer.own.iter().filter_map(via).collect()
    }
}
