//! What is given to principals that a template has yet to fill in, or by actions that it has.

use crate::aws::{KmsAction, PrincipalKind};
use crate::eval::{Caller, CaseSet, Truth, everything};
use crate::policy::{Effect, PrincipalEntry, PrincipalForm, Statement};

use super::candidate::Candidate;
use super::key::AskedKey;
use super::placeholders::Placeholders;
use super::questions::KeyQuestions;

impl KeyQuestions<'_> {
    /// Whether a placeholder of a template may allow the action to somebody.
    pub(super) fn may_be_given_by_placeholder(&self, action: KmsAction) -> bool {
        self.statements.iter().any(|statement| {
            let may = statement.possible().contains(action) && !statement.is_doubtful(action);
            let is_open = may && !statement.covered().contains(action);
            is_open && statement.effect.value == Effect::Allow && statement.principal.is_some()
        })
    }

    /// Whether the action is allowed to a principal that a template has yet to fill in, and not denied to it.
    pub(crate) fn is_given_to_placeholder(&self, action: KmsAction) -> bool {
        self.is_granted_to_placeholder(action) && self.stand_in_can(action)
    }

    /// Whether one of the principals that placeholders are replaced with, or one of the account where that is
    /// a placeholder, can or might be able to do it.
    fn stand_in_can(&self, action: KmsAction) -> bool {
        !self.cases_of_stand_ins(action).is_empty()
    }

    /// The cases in which a principal that a template has yet to fill in can or might be able to do it.
    pub(super) fn cases_of_placeholders(&self, action: KmsAction) -> CaseSet {
        if self.is_granted_to_placeholder(action) {
            self.cases_of_stand_ins(action)
        } else {
            CaseSet::NONE
        }
    }

    fn cases_of_stand_ins(&self, action: KmsAction) -> CaseSet {
        let Some(policy) = self.key.policy else {
            return CaseSet::NONE;
        };
        let (placeholders, policy) = self.rendered.get_or_init(|| {
            let placeholders = Placeholders::of(&self.key.identity, &[policy]);
            let rendered = placeholders.rendered(policy);
            (placeholders, rendered)
        });
        let (identity, context) = (self.key.identity.clone(), self.key.context.clone());
        let key = AskedKey::new(identity, context, Some(policy));
        let named = placeholders.stand_ins().map(|text| {
            let caller = Caller::parse(text).ok()?.standing_in();
            Some(Candidate::new(caller, key.seen(), self.identities))
        });
        let account = key.account_text();
        let classes = [PrincipalKind::Role, PrincipalKind::User].into_iter();
        let of_account = classes.map(|class| {
            let any = Candidate::any(class, &account, key.seen(), self.identities)?;
            Some(any.with_policies(everything()))
        });
        let each = named.chain(of_account).map(|candidate| {
            // What cannot be asked is not known to be denied.
            candidate.map_or(CaseSet::ALL, |candidate| candidate.possible(action, &key))
        });
        each.fold(CaseSet::NONE, |all, cases| all | cases)
    }

    /// Whether a statement that allows the action names a placeholder.
    fn is_granted_to_placeholder(&self, action: KmsAction) -> bool {
        let names = |statement: &Statement| {
            let elements = statement.principal.iter().zip(&statement.resource);
            let mut elements = elements.filter(|(of, resource)| {
                let everyone = |entry: &PrincipalEntry| entry.form() == PrincipalForm::Everyone;
                let nobody = of.negated && of.entries.iter().any(everyone);
                let covers = |pattern| self.covers_key(pattern);
                let listed = Truth::any(resource.patterns.iter().map(covers));
                let covered = if resource.negated { !listed } else { listed };
                !nobody && !resource.patterns.is_empty() && covered != Truth::No
            });
            elements.any(|(of, _)| of.entries.iter().any(PrincipalEntry::is_placeholder))
        };
        let mut granting = self.granting(action);
        granting.any(|(_, statement)| names(statement))
    }
}
