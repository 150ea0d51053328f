//! Why a fix is not made without a person's judgement.

use std::sync::Arc;

use crate::aws::ActionSet;
use crate::difference::{SubjectKind, Who};

/// One reason why a fix is unsafe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// Somebody gains what the fix is not meant to give.
    Gains(Who, ActionSet),
    /// Somebody loses what the fix is not meant to take.
    Loses(Who, ActionSet),
    /// Somebody who uses the key could disable it.
    CanDisable(Who),
    /// Nobody is left who can do these; of a policy, nobody whom it limits.
    NobodyLeft(SubjectKind, ActionSet),
    /// It is no longer sure that anybody can do these.
    NoLongerSure(ActionSet),
    /// What this rule found, and the fix is for, is found after it, too.
    Stays(Arc<str>),
    /// What this rule finds was not found before.
    Comes(Arc<str>),
    /// What this rule found is so after the fix, too, and is found no longer.
    Silenced(Unfound),
    /// What evaluation cannot know and a person has to look at, in words.
    Caution(String),
    /// Only together with the fixes of the policy before it.
    Together(Vec<Self>),
}

/// What a rule may find no longer although it is still so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfound {
    /// Nobody can change the key policy.
    PolicyChangeByNobody,
    /// Nobody can cancel a deletion.
    CancelByNobody,
    /// Nobody can enable the key.
    EnableByNobody,
    /// Anyone can change the key policy.
    OpenToAnyone,
}

impl Unfound {
    /// The rule that finds it.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::PolicyChangeByNobody => "policy-change-by-nobody",
            Self::CancelByNobody => "cancel-by-nobody",
            Self::EnableByNobody => "enable-by-nobody",
            Self::OpenToAnyone => "deletion-open-to-anyone",
        }
    }
}
