//! What a fix is to change, and what it is meant to do to permissions.

use std::collections::BTreeSet;

use crate::access::CaseSet;
use crate::aws::{ActionSet, KmsAction};
use crate::tree::edit::{Draft, DraftError};

/// A planned fix of one policy; nothing is proven of it yet.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The document under change.
    pub(super) draft: Draft,
    /// What it does, in words that finish "this fix …s", for example
    /// ``add `kms:CancelKeyDeletion` to the statement `Deletion` ``.
    pub(super) title: String,
    /// What it may do to permissions.
    pub(super) meant: Meant,
    /// What evaluation cannot know and a person has to look at; the fix is unsafe then.
    pub(super) caution: Option<String>,
}

/// What a fix is meant to do to permissions: anything else makes it unsafe.
#[derive(Clone, Debug)]
pub(super) struct Meant {
    /// Operations that somebody may gain.
    pub(super) gains: ActionSet,
    /// Operations that somebody may lose.
    pub(super) loses: ActionSet,
    /// Of `ScheduleKeyDeletion`, the cases that may change.
    pub(super) cases: CaseSet,
    /// The principals whose permissions may change, as the policy writes them; nothing: anyone's.
    pub(super) who: Option<BTreeSet<String>>,
}

impl Meant {
    /// Nobody gains or loses anything.
    pub(super) const NOTHING: Self = Self {
        gains: ActionSet::EMPTY,
        loses: ActionSet::EMPTY,
        cases: CaseSet::ALL,
        who: None,
    };

    pub(super) fn gains(gains: ActionSet) -> Self {
        Self {
            gains,
            ..Self::NOTHING
        }
    }

    pub(super) fn loses(loses: ActionSet) -> Self {
        Self {
            loses,
            ..Self::NOTHING
        }
    }

    /// Deletion is lost, and nothing else.
    pub(super) fn loses_deletion() -> Self {
        Self::loses(ActionSet::only(KmsAction::ScheduleKeyDeletion))
    }

    /// What either of two fixes may do.
    #[must_use]
    pub(super) fn or(self, other: &Self) -> Self {
        let who = self.who.zip(other.who.as_ref());
        Self {
            gains: self.gains.union(other.gains),
            loses: self.loses.union(other.loses),
            cases: self.cases | other.cases,
            who: who.map(|(own, other)| &own | other),
        }
    }

    #[must_use]
    pub(super) fn by(self, who: BTreeSet<String>) -> Self {
        Self {
            who: Some(who),
            ..self
        }
    }
}

/// Why no fix is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What a person has to decide, in one sentence without a final stop.
    pub reason: String,
    /// Whether the input is what stands in the way, such as a template's placeholder, so that
    /// whoever asked for the fix has to be told that it was not made.
    pub input: bool,
}

impl Refusal {
    /// Somebody has to decide something first.
    pub(super) fn decide(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            input: false,
        }
    }

    /// The file cannot be edited.
    pub(super) fn input(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            input: true,
        }
    }
}

impl From<DraftError> for Refusal {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Input(_)
            | DraftError::Shared(_)
            | DraftError::TooMany
            | DraftError::Layout => Self::input(error.to_string()),
            DraftError::Missing(path) => Self::decide(format!(
                "decide how to write it: it is written otherwise than the fix could change, at `{path}`"
            )),
        }
    }
}
