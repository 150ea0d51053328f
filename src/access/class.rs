//! Users and roles that a key policy names in the same way, which are decided alike: one of them is
//! evaluated for all.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use crate::aws::{AccountId, KmsAction, PrincipalKind};
use crate::policy::{Effect, PrincipalEntry, PrincipalForm, Statement};

use super::holder::{Companions, Permitted};

/// What is known of all principals of a class.
#[derive(Debug, Default)]
pub(super) struct Class {
    permitted: RefCell<Vec<(KmsAction, Option<Rc<Permitted>>)>>,
    pub(super) companions: OnceCell<Companions>,
}

/// What the answer for a user or role can depend on of which only the ARN is known, where no policy
/// tests that ARN or a part of it and no control policy applies.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Traits {
    pub(super) kind: PrincipalKind,
    pub(super) account: Option<AccountId>,
    pub(super) partition: Option<Box<str>>,
    /// Its requests never have the condition keys about multi-factor authentication.
    pub(super) is_of_identity_center: bool,
    pub(super) naming: Rc<[StatementNaming]>,
}

/// How one statement may be about a user or role.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent claims, each with its own name"
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StatementNaming {
    pub(super) statement: usize,
    pub(super) allows: bool,
    /// Whether it names the principal by its ARN.
    itself: bool,
    everyone: bool,
    /// Whether it names the principal's account. That alone gives nothing to one whose policies are
    /// not loaded.
    account: bool,
    /// Whether it has to be looked at more closely: it may name a session or another partition's
    /// namesake, or a template has yet to fill it in.
    is_unclear: bool,
    negated: bool,
}

impl StatementNaming {
    /// Whether it names the principal, or everyone.
    pub(super) const fn names(self) -> bool {
        self.itself || self.everyone
    }

    /// Whether it might be about the principal by itself, without the principal's own policies.
    pub(super) const fn may_name(self) -> bool {
        self.names() || self.has_to_be_evaluated()
    }

    /// Whether the text alone does not decide which principals it names.
    pub(super) const fn is_unclear(self) -> bool {
        self.is_unclear
    }

    /// Whether an evaluation has to decide whether it names the principal.
    pub(super) const fn has_to_be_evaluated(self) -> bool {
        self.is_unclear || self.negated
    }

    /// How a statement, at this position, names the user or role of this ARN.
    pub(super) fn of(
        (arn, account, name): (&str, Option<AccountId>, &str),
        (statement, of): (usize, &Statement),
    ) -> Self {
        let mut naming = Self {
            statement,
            allows: of.effect.value == Effect::Allow,
            itself: false,
            everyone: false,
            account: false,
            is_unclear: false,
            negated: false,
        };
        let Some(element) = &of.principal else {
            naming.is_unclear = true;
            return naming;
        };
        naming.negated = element.negated;
        // All but the partition, which is looked at more closely.
        let colons = arn.as_bytes().windows(2).position(|two| two == b"::");
        let own = colons.and_then(|at| arn.get(at.saturating_add(2)..));
        for entry in element.candidates(account, name) {
            naming.add(entry, arn, own);
        }
        naming
    }

    fn add(&mut self, entry: &PrincipalEntry, whole: &str, own: Option<&str>) {
        let text = &*entry.text().value;
        let ends_alike = own.is_none_or(|own| text.ends_with(own));
        match entry.form() {
            PrincipalForm::Everyone => self.everyone = true,
            PrincipalForm::Role(..) | PrincipalForm::User(..) if text == whole => {
                self.itself = true;
            }
            // An ARN that ends otherwise names another user or role.
            PrincipalForm::Role(..) | PrincipalForm::User(..) => self.is_unclear |= ends_alike,
            PrincipalForm::Account(_) => self.account = true,
            // A session of the role, or a federated user of the user.
            PrincipalForm::AssumedRole(..) | PrincipalForm::FederatedUser(..) => {
                self.is_unclear = true;
            }
            // Nobody else has the id of one that was deleted.
            PrincipalForm::UniqueId(_) | PrincipalForm::Service(_) => {}
            PrincipalForm::NoCaller => self.is_unclear |= entry.is_placeholder(),
        }
    }
}

impl Class {
    /// What its principals can do, found for the first.
    pub(super) fn permitted(
        &self,
        action: KmsAction,
        find: impl FnOnce() -> Option<Rc<Permitted>>,
    ) -> Option<Rc<Permitted>> {
        let known = |known: &&(KmsAction, Option<Rc<Permitted>>)| known.0 == action;
        if let Some((_, known)) = self.permitted.borrow().iter().find(known) {
            return known.clone();
        }
        let found = find();
        self.permitted.borrow_mut().push((action, found.clone()));
        found
    }
}
