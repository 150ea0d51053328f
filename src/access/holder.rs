//! A principal that can do something, and what gives it that.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::aws::{AccountId, ActionSet, KmsAction, PrincipalKind};
use crate::eval::{CaseSet, Decision, Decisions};
use crate::text::Span;

use super::loaded_principal::LoadedPrincipal;

/// A principal that surely or perhaps can do an action: one that the key policy names, or a loaded
/// user or role.
#[derive(Debug)]
pub(crate) struct Holder<'a> {
    /// As the key policy names it, or its ARN.
    pub(crate) principal: &'a str,
    pub(crate) kind: PrincipalKind,
    /// The account that it names.
    pub(crate) account: Option<AccountId>,
    /// The loaded user or role that it is, or whose session it is.
    pub(crate) loaded: Option<&'a LoadedPrincipal<'a>>,
    /// Where the key policy names it; nothing where it does not.
    pub(crate) named_at: Option<Span>,
    /// Shared by all that are decided alike.
    pub(crate) permitted: Rc<Permitted>,
    /// What else a user or role can do that can schedule deletion.
    pub(crate) companions: Companions,
}

/// What else a principal can do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Companions {
    /// A cryptographic operation.
    pub(crate) uses: Option<KmsAction>,
    /// What it lacks to see and undo what it scheduled.
    pub(crate) lacks: Option<ActionSet>,
}

/// What a principal can do and what gives it that.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent claims, each with its own name"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Permitted {
    /// The best decision among the callers that represent the principal.
    pub(crate) decision: Decision,
    pub(crate) decisions: Decisions,
    /// Positions of the statements of the key policy that grant it.
    pub(crate) granting: BTreeSet<usize>,
    /// Those of them that name the account and leave the decision to the principal's own policies.
    pub(crate) delegating: BTreeSet<usize>,
    /// Statements of the principal's own policies that grant it: position of the policy among
    /// them, position in the policy.
    pub(crate) own: BTreeSet<(usize, usize)>,
    /// Whether no statement of the key policy gives it without the principal's own policies.
    pub(crate) through_iam: bool,
    /// Condition keys that it depends on.
    pub(crate) depends_on: BTreeSet<String>,
    /// Whether it may be done without multi-factor authentication.
    pub(crate) without_mfa: bool,
    /// Whether of those who stand for the principal nobody can do it but the account's root user.
    pub(crate) only_root: bool,
    /// Whether other policies than the key policy surely deny it `ScheduleKeyDeletion`; asked only
    /// of those who can put another key policy.
    pub(crate) held_back: bool,
}

impl Permitted {
    /// What statements give that name the principal under no condition.
    pub(super) const fn unconditional(granting: BTreeSet<usize>) -> Self {
        Self {
            decision: Decision::Allowed,
            decisions: Decisions {
                allowed: CaseSet::ALL,
                conditional: CaseSet::NONE,
                explicit_deny: CaseSet::NONE,
            },
            granting,
            delegating: BTreeSet::new(),
            own: BTreeSet::new(),
            through_iam: false,
            depends_on: BTreeSet::new(),
            without_mfa: true,
            only_root: false,
            held_back: false,
        }
    }

    /// What either of two callers can do.
    pub(super) fn or(&self, other: &Self) -> Self {
        Self {
            decision: self.decision.min(other.decision),
            decisions: self.decisions.or(other.decisions),
            granting: &self.granting | &other.granting,
            delegating: &self.delegating | &other.delegating,
            own: &self.own | &other.own,
            through_iam: self.through_iam && other.through_iam,
            depends_on: &self.depends_on | &other.depends_on,
            without_mfa: self.without_mfa || other.without_mfa,
            only_root: self.only_root && other.only_root,
            held_back: self.held_back && other.held_back,
        }
    }
}
