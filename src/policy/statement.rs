//! One statement of a policy.

use serde::Serialize;

use crate::aws::{ActionSet, KmsAction};
use crate::text::{Span, Spanned};

use super::{
    ActionElement, ActionPattern, Condition, PrincipalElement, PrincipalEntry, ResourceElement,
    Text,
};

/// What a statement does where it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Effect {
    /// It grants, or in a boundary, session policy or SCP lets pass.
    Allow,
    /// It denies, whatever else allows.
    Deny,
}

impl Effect {
    /// As the policy grammar spells it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// A statement as written.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The optional `Sid`.
    pub sid: Option<Text>,
    /// `Allow` or `Deny`.
    pub effect: Spanned<Effect>,
    /// `Principal` or `NotPrincipal`; only in key policies and resource control policies.
    pub principal: Option<PrincipalElement>,
    /// `Action` or `NotAction`. A key policy's statement without it has no effect.
    pub action: Option<ActionElement>,
    /// `Resource` or `NotResource`. A key policy's statement without it has no effect.
    pub resource: Option<ResourceElement>,
    /// Every condition; all must hold.
    pub conditions: Vec<Condition>,
    /// The bytes of the `Condition` element, where it is written.
    pub condition_span: Option<Span>,
    /// The whole statement.
    pub span: Span,
}

impl Statement {
    /// Every text of which not all is known, in the order in which they are written.
    pub fn open_texts(&self) -> impl Iterator<Item = &Text> {
        let all = self.sid.iter().chain(self.values());
        let mut open: Vec<_> = all.filter(|text| text.value.is_open()).collect();
        open.sort_by_key(|text| text.span);
        open.into_iter()
    }

    /// Principals, actions, resources, condition keys and values.
    pub(super) fn values(&self) -> impl Iterator<Item = &Text> {
        let principals = self.principal.iter().flat_map(|of| &of.entries);
        let actions = self.action.iter().flat_map(ActionElement::patterns);
        let resources = self.resource.iter().flat_map(|of| &of.patterns);
        let conditions = self.conditions.iter().flat_map(|condition| {
            let values = condition.values.iter().map(|value| &value.text);
            std::iter::once(&condition.key).chain(values)
        });
        (principals.map(PrincipalEntry::text))
            .chain(actions.map(ActionPattern::text))
            .chain(resources.map(|pattern| &pattern.text))
            .chain(conditions)
    }

    /// The KMS actions that the statement is about. One without an action is about none:
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html>.
    pub fn covered(&self) -> ActionSet {
        let action = self.action.as_ref();
        action.map_or(ActionSet::EMPTY, ActionElement::covered)
    }

    /// The KMS actions that the statement may be about, once a template is rendered.
    pub fn possible(&self) -> ActionSet {
        let action = self.action.as_ref();
        action.map_or(ActionSet::EMPTY, ActionElement::possible)
    }

    /// The KMS actions of which it is not documented whether the statement is about them.
    pub fn doubtful(&self) -> ActionSet {
        let action = self.action.as_ref();
        action.map_or(ActionSet::EMPTY, ActionElement::doubtful)
    }

    /// Whether it is not documented that the statement is about the action, or that it is not.
    pub fn is_doubtful(&self, action: KmsAction) -> bool {
        self.doubtful().contains(action)
    }
}
