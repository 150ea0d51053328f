//! Answers that need no evaluation: a policy that denies nothing, and statements that give the action
//! to the principal by its name and under no condition. Most statements of most policies are such.
//! They go through [`KeyQuestions::shortcut`], and the evaluation is their judge.

use std::collections::BTreeSet;

use crate::aws::action::ResourceLevel;
use crate::aws::{KmsAction, PrincipalKind};
use crate::eval::Truth;
use crate::policy::{ActionElement, PrincipalEntry, PrincipalForm, ResourcePattern, Statement};

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
        let is_one = matches!(named.kind, PrincipalKind::Role | PrincipalKind::User);
        if !is_one || !self.denies_nothing || self.is_limited(named) {
            return None;
        }
        let mut found = BTreeSet::new();
        for (index, statement) in self.possibly_granting_to(named, action) {
            if names(statement, named)? {
                self.gives(statement, action).then(|| found.insert(index))?;
            }
        }
        (!found.is_empty()).then_some(found)
    }

    /// Whether policies other than the key policy take part.
    fn is_limited(&self, named: &NamedPrincipal<'a>) -> bool {
        self.has_control_policies || self.loaded_of(named).is_some()
    }

    /// Whether the statement surely gives the action to those that it names, one by one.
    fn gives(&self, statement: &Statement, action: KmsAction) -> bool {
        // An action that is about something else than a key alone needs more than a key policy.
        let is_sure = |of: &ActionElement| of.covers(action) && !of.is_doubtful(action);
        let is_plain = action.resource_level() == ResourceLevel::Key
            && statement.action.as_ref().is_some_and(is_sure)
            && statement.conditions.is_empty()
            && statement.principal.as_ref().is_some_and(|of| !of.negated);
        let resource = statement.resource.as_ref().filter(|of| !of.negated);
        is_plain
            && resource.is_some_and(|of| {
                let mut patterns = of.patterns.iter();
                patterns.any(|pattern| self.covers_key(pattern) == Truth::Yes)
            })
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
        let gives = |statement: &Statement| {
            let entries = statement.principal.iter().flat_map(|of| &of.entries);
            self.gives(statement, action) && entries.into_iter().any(is_own)
        };
        let is_alone = !self.has_control_policies && self.identities.is_empty();
        let mut granting = self.granting(action);
        is_alone && self.denies_nothing && granting.any(|(_, statement)| gives(statement))
    }

    /// Whether the statement might be about this principal.
    pub(super) fn may_name(&self, statement: &Statement, named: &NamedPrincipal<'_>) -> bool {
        let is_user_or_role = matches!(named.kind, PrincipalKind::Role | PrincipalKind::User);
        let Some(element) = &statement.principal else {
            return false;
        };
        // A session may come in by its role, a federated user by its user, and one that was loaded
        // by its account.
        !is_user_or_role || element.negated || self.loaded_of(named).is_some() || {
            let mut entries = element.candidates(named.account, named.last_name());
            // The account's own statement gives nothing to one whose policies are not loaded.
            entries.any(|entry| !matches!(entry.form(), PrincipalForm::Account(_)))
        }
    }
}

/// Whether the statement names the user or role; nothing where that has to be looked at more closely.
fn names(statement: &Statement, named: &NamedPrincipal<'_>) -> Option<bool> {
    // All but the partition, which is looked at more closely.
    let (_, own) = named.text.split_once("::")?;
    let element = statement.principal.as_ref().filter(|of| !of.negated)?;
    let mut found = false;
    for entry in element.candidates(named.account, named.last_name()) {
        if entry.is_placeholder() {
            return None;
        }
        let text = &*entry.text().value;
        // An ARN that ends otherwise names another user or role, or is one of a session.
        if text.starts_with("arn:") && !text.ends_with(own) && !text.contains(":sts:") {
            continue;
        }
        found |= match entry.form() {
            PrincipalForm::Everyone => true,
            PrincipalForm::Role(..) | PrincipalForm::User(..) if text == named.text => true,
            PrincipalForm::Role(..) | PrincipalForm::User(..) if text.ends_with(own) => {
                return None;
            }
            // One of its sessions, or one that stands for it.
            PrincipalForm::AssumedRole(..) | PrincipalForm::FederatedUser(..) => return None,
            PrincipalForm::Role(..)
            | PrincipalForm::User(..)
            | PrincipalForm::Account(_)
            | PrincipalForm::UniqueId(_)
            | PrincipalForm::Service(_)
            | PrincipalForm::NoCaller => false,
        };
    }
    Some(found)
}
