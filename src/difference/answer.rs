//! What an answer depends on.

use crate::access::{Answer, UnknownBoundary};
use crate::eval::{Layer, Match, RequestContext, dependencies};

use super::atom::{Atom, Factor};
use super::change::Permission;
use super::term::{Slot, Term};
use super::text::hanging;

impl Answer<'_> {
    /// The statements on which the cases that are conditional hang.
    pub(super) fn terms(&self) -> Vec<Term> {
        let matches = self.evaluation.matches.iter();
        let mut terms: Vec<_> = matches
            .filter(|matched| !(matched.holds.maybe() & self.conditional).is_empty())
            .filter_map(|matched| Term::of_match(matched, &self.request, &self.policies))
            .collect();
        if self.is_cross_account() {
            // However the key policy names the caller, its own account must allow, too:
            // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
            for term in &mut terms {
                if matches!(term.slot, Slot::Direct | Slot::Limited) {
                    term.slot = Slot::Delegated;
                }
            }
            // The root user has no policies of its own.
            if self.request.caller.is_root() {
                terms.push(Term::always(Slot::Identity));
            }
        }
        if self.policies.boundary.is_none() {
            // What nothing limits is as good as what cannot be limited.
            for term in terms.iter_mut().filter(|term| term.slot == Slot::Limited) {
                term.slot = Slot::Direct;
            }
        }
        if self.unknown_boundary != UnknownBoundary::No {
            // What stands in for it.
            terms.retain(|term| term.slot != Slot::Boundary);
            let factor = Factor::from([Atom::UnknownBoundary]);
            terms.push(Term {
                factors: [factor].into(),
                ..Term::always(Slot::Boundary)
            });
        } else if self.policies.boundary.is_none() {
            terms.push(Term::always(Slot::Boundary));
        }
        if self.policies.session.is_none() {
            terms.push(Term::always(Slot::Session));
        }
        terms
    }

    fn is_cross_account(&self) -> bool {
        let accounts = self.request.caller.account();
        let accounts = accounts.zip(self.request.key.account);
        accounts.is_some_and(|(caller, key)| caller != key)
    }

    /// How many levels of service control policies there are.
    pub(super) const fn levels(&self) -> usize {
        self.policies.scps.len()
    }

    /// Whether nothing of the caller's levels of service control policies counts.
    pub(super) fn levels_are_ignored(&self) -> bool {
        let scps = |matched: &Match| matched.policy.layer == Layer::Scp;
        !self.evaluation.matches.iter().any(scps)
    }

    pub(super) fn permission(&self) -> Permission {
        let mut permission = Permission {
            allowed: self.allowed,
            conditional: self.conditional,
            ..Permission::default()
        };
        if self.conditional.is_empty() {
            return permission;
        }
        let found = dependencies(&self.request, &self.policies, &self.evaluation);
        permission.depends_on = found.keys;
        permission.depends_on.sort();
        let terms = self.terms();
        let mut hangs: Vec<_> = terms
            .iter()
            .filter(|term| !term.factors.is_empty())
            .map(hanging)
            .collect();
        hangs.sort();
        hangs.dedup();
        permission.hangs_on = hangs;
        permission
    }

    /// What is known of the request.
    pub(super) const fn request_context(&self) -> &RequestContext {
        &self.request.context
    }
}
