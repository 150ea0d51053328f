//! A fix with its proof.

use std::sync::Arc;

use crate::difference::Difference;
use crate::finding::Finding;
use crate::text::Location;
use crate::tree::JsonPath;
use crate::tree::edit::{Draft, Edit, Passage, PatchOperation, ValueInFile};

use super::{FixKind, Objection};

/// An edit of one file and what it does to permissions.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The kind of fix; none where it was asked for and no rule proposes it.
    pub kind: Option<FixKind>,
    /// The findings that it makes go away: two of them may have one fix.
    pub findings: Vec<Finding>,
    /// What it is about: a key's ARN, or the file of a policy.
    pub subject: String,
    /// What it does, in words that begin with a verb: ``add `kms:CancelKeyDeletion` to …``.
    pub title: String,
    /// Where the reason stands: the finding, or the policy.
    pub at: Location,
    /// The edits, in the order of the file: of the file as it was read, with the proposals before this
    /// one for the same policy, or for another in the same string, made. All other places are of the file
    /// as it was read.
    pub changes: Vec<Change>,
    /// What people are shown.
    pub shown: Shown,
    /// The way to the document that `patch` is about.
    pub document: JsonPath,
    /// The same change as a JSON Patch of that document.
    pub patch: Vec<PatchOperation>,
    /// What it does to permissions.
    pub effects: Arc<Difference>,
    /// Whether that is what the rule means.
    pub safety: Safety,
}

/// An edit, with what it takes away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The edit.
    pub edit: Edit,
    /// The text that goes.
    pub gone: String,
}

/// The policy with the lines around it, or the document of a string in which it stands, with the
/// string's escapes undone.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Before the edits.
    pub before: String,
    /// After them.
    pub after: String,
}

impl Shown {
    pub(super) fn new(place: &ValueInFile, passage: &Passage, draft: &Draft) -> Self {
        let around = |text: &str| {
            if passage.document().steps.is_empty() {
                format!("{}{text}{}", place.before, place.after)
            } else {
                text.to_owned()
            }
        };
        Self {
            before: around(passage.text()),
            after: around(draft.text()),
        }
    }
}

/// Whether a fix may be made without a person's judgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Safety {
    /// It does to permissions exactly what the rule means, and nobody loses the last way to cancel,
    /// to change the key policy or to use the key.
    Safe,
    /// It does not, for these reasons.
    Unsafe(Vec<Objection>),
}

impl Proposal {
    /// Its edits.
    pub fn edits(&self) -> Vec<Edit> {
        let changes = self.changes.iter();
        changes.map(|change| change.edit.clone()).collect()
    }

    /// Whether it is safe.
    pub fn is_safe(&self) -> bool {
        self.safety == Safety::Safe
    }

    /// Why it is unsafe; nothing where it is safe.
    pub fn reasons(&self) -> &[Objection] {
        match &self.safety {
            Safety::Safe => &[],
            Safety::Unsafe(reasons) => reasons,
        }
    }
}
