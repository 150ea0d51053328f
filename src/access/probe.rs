//! What depends on the key and on the class of its caller alone: whether a condition of a policy
//! holds, and whether a resource pattern covers the key.

use crate::aws::{KmsAction, PrincipalKind};
use crate::eval::{CaseSet, Request, Truth, condition_holds, resource_covers};
use crate::policy::{Condition, PolicyDocument, ResourcePattern};

use super::candidate::Candidate;
use super::identities::Identities;
use super::key::AskedKey;
use super::synthetic_caller::EVERY_CLASS;

/// For which cases a condition holds for callers of some classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConditionCases {
    /// The cases for which it surely holds for callers of each class.
    pub(crate) surely: CaseSet,
    /// The cases for which it may hold for callers of some class.
    pub(crate) maybe: CaseSet,
}

impl AskedKey<'_> {
    /// A request for `ScheduleKeyDeletion` with every day count by a caller of this class; nothing
    /// where the class is none of [`EVERY_CLASS`].
    fn probe(&self, class: PrincipalKind) -> Option<&Request> {
        let position = EVERY_CLASS.iter().position(|own| *own == class)?;
        let made = self.probes.get(position)?.get_or_init(|| {
            let (account, nobody) = (self.account_text(), Identities::default());
            let any = Candidate::any(class, &account, self.seen(), &nobody)?;
            let any = any.of_any_account();
            Some(any.request(KmsAction::ScheduleKeyDeletion, self))
        });
        made.as_ref()
    }

    /// When the condition of this policy holds for callers of these classes.
    pub(crate) fn condition_cases(
        &self,
        condition: &Condition,
        policy: &PolicyDocument,
        classes: &[PrincipalKind],
    ) -> ConditionCases {
        let (mut surely, mut maybe) = (CaseSet::ALL, CaseSet::NONE);
        for request in classes.iter().filter_map(|class| self.probe(*class)) {
            let holds = condition_holds(condition, request, policy);
            surely = surely & holds.surely();
            maybe = maybe | holds.maybe();
        }
        ConditionCases { surely, maybe }
    }

    /// Whether the resource pattern of this policy covers the key; nothing where that is not known.
    pub(crate) fn is_covered_by(
        &self,
        pattern: &ResourcePattern,
        policy: &PolicyDocument,
    ) -> Option<bool> {
        match self.covered_by(pattern, policy) {
            Truth::Yes => Some(true),
            Truth::No => Some(false),
            Truth::Unknown => None,
        }
    }

    pub(super) fn covered_by(&self, pattern: &ResourcePattern, policy: &PolicyDocument) -> Truth {
        if pattern.is_everything() {
            return Truth::Yes;
        }
        if pattern.text.value.is_open() {
            return Truth::Unknown;
        }
        let request = self.probe(PrincipalKind::Role);
        request.map_or(Truth::Unknown, |request| {
            resource_covers(pattern, request, policy)
        })
    }
}
