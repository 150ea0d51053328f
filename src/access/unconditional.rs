//! Answers that need no evaluation: a policy that denies nothing, and statements that give the action
//! to the principal by its name and under no condition. Most statements of most policies are such.
//! They go through [`KeyQuestions::shortcut`], and the evaluation is their judge.

use std::collections::BTreeSet;

use crate::aws::action::ResourceLevel;
use crate::aws::{ActionSet, KmsAction, PrincipalKind};
use crate::eval::Truth;
use crate::policy::{PrincipalEntry, ResourceElement, ResourcePattern, Statement};

use super::class::StatementNaming;
use super::named::NamedPrincipal;
use super::questions::KeyQuestions;

impl<'a> KeyQuestions<'a> {
    /// Positions of the statements that give it to a user or role of which only the ARN is known;
    /// nothing where anything has to be evaluated.
    pub(super) fn unconditionally(
        &self,
        named: &NamedPrincipal<'a>,
        action: KmsAction,
    ) -> Option<BTreeSet<usize>> {
        if !named.kind.is_user_or_role() || !self.denies_nothing || self.is_limited(named) {
            return None;
        }
        let mut found = BTreeSet::new();
        for naming in self.possibly_naming(named, action) {
            if naming.has_to_be_evaluated() {
                return None;
            }
            if naming.names() {
                self.gives_at(naming.statement, action)
                    .then(|| found.insert(naming.statement))?;
            }
        }
        (!found.is_empty()).then_some(found)
    }

    /// How those of the Allow statements that are possibly about the action name a user or role.
    pub(super) fn possibly_naming<'n>(
        &'n self,
        named: &'n NamedPrincipal<'a>,
        action: KmsAction,
    ) -> impl Iterator<Item = &'n StatementNaming> {
        let naming = self.naming(named).iter();
        naming.filter(move |of| of.allows && self.is_possibly_about(of.statement, action))
    }

    /// Whether policies other than the key policy take part.
    pub(super) fn is_limited(&self, named: &NamedPrincipal<'a>) -> bool {
        let key = self.key.identity.account;
        self.identities.has_control_policies(named.account, key) || self.loaded_of(named).is_some()
    }

    /// Whether the statement surely gives the action to those that it names, one by one.
    fn gives_at(&self, index: usize, action: KmsAction) -> bool {
        let given = self.given_plainly.get_or_init(|| {
            let statements = self.statements.iter();
            statements.map(|of| self.given_plainly(of)).collect()
        });
        // An action that is about something else than a key alone needs more than a key policy.
        action.resource_level() == ResourceLevel::Key
            && given.get(index).is_some_and(|given| given.contains(action))
    }

    /// The actions that the statement surely gives to those that it names, one by one.
    fn given_plainly(&self, statement: &Statement) -> ActionSet {
        let is_plain = statement.conditions.is_empty()
            && statement.principal.as_ref().is_some_and(|of| !of.negated);
        let action = statement.action.as_ref().filter(|_| is_plain);
        let resource = statement.resource.as_ref().filter(|of| !of.negated);
        let covers = |of: &ResourceElement| {
            let mut patterns = of.patterns.iter();
            patterns.any(|pattern| self.covers_key(pattern) == Truth::Yes)
        };
        match action.filter(|_| resource.is_some_and(covers)) {
            Some(action) => action.covered().difference(action.doubtful()),
            None => ActionSet::EMPTY,
        }
    }

    pub(super) fn covers_key(&self, pattern: &ResourcePattern) -> Truth {
        let policy = self.key.policy;
        policy.map_or(Truth::Unknown, |policy| {
            self.key.covered_by(pattern, policy)
        })
    }

    /// Whether a statement plainly gives the action to an account, user or role of the key's account.
    pub(super) fn plainly_given(&self, action: KmsAction) -> bool {
        let is_own = |entry: &PrincipalEntry| {
            let form = entry.form();
            let exists = matches!(
                form.kind(),
                PrincipalKind::Account | PrincipalKind::Role | PrincipalKind::User
            );
            let own = form.account().zip(self.key.identity.account);
            exists
                && own.is_some_and(|(own, key)| own == key)
                && !self.key.is_elsewhere(&entry.text().value)
        };
        let gives = |(index, statement): (usize, &Statement)| {
            let entries = statement.principal.iter().flat_map(|of| &of.entries);
            self.gives_at(index, action) && entries.into_iter().any(is_own)
        };
        let is_alone = !self.has_control_policies && self.identities.is_empty();
        let mut granting = self.granting(action);
        is_alone && self.denies_nothing && granting.any(gives)
    }
}
