//! A fix with its proof.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::source::edit::{Edit, PatchOperation};
use crate::source::{JsonPath, Location, SourceId};

use super::FixKind;

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
    /// The edits of the file, in its order.
    pub edits: Vec<Edit>,
    /// The whole file before the edits.
    pub before: String,
    /// The whole file with the edits made.
    pub text: String,
    /// The document in which the policy stands, with the escapes of the string around it undone,
    /// before the edits and after them: what people are shown.
    pub shown: (String, String),
    /// The way to the document that `patch` is about.
    pub document: JsonPath,
    /// The same change as a JSON Patch of that document.
    pub patch: Vec<PatchOperation>,
    /// What it does to permissions, a line for each change; the last line says that nothing else
    /// changes, or that nothing does.
    pub effects: Vec<String>,
    /// Whether that is what the rule means.
    pub safety: Safety,
}

/// Whether a fix may be made without a person's judgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Safety {
    /// It does to permissions exactly what the rule means, and nobody loses the last way to cancel,
    /// to change the key policy or to use the key.
    Safe,
    /// It does not, for these reasons.
    Unsafe(Vec<String>),
}

impl Proposal {
    /// Whether it is safe.
    pub fn is_safe(&self) -> bool {
        self.safety == Safety::Safe
    }

    /// Why it is unsafe; nothing where it is safe.
    pub fn reasons(&self) -> &[String] {
        match &self.safety {
            Safety::Safe => &[],
            Safety::Unsafe(reasons) => reasons,
        }
    }
}

/// A finding for which no edit is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The rule; empty where no rule asked.
    pub rule: String,
    /// What the finding is about.
    pub subject: String,
    /// Where it stands.
    pub at: Location,
    /// What a person has to decide, in one sentence.
    pub reason: String,
    /// Whether the input stands in the way of the edit.
    pub input: bool,
}

/// What became of all findings when fixes were made one after the other, each proven on what the
/// ones before it left.
#[derive(Clone, Debug, Default)]
pub struct Repaired {
    /// The whole text of every file that changed.
    pub files: BTreeMap<SourceId, String>,
    /// What was done, in order; the edits of each are those of the text before it.
    pub done: Vec<Proposal>,
    /// Proposals that were not taken.
    pub left: Vec<Proposal>,
    /// Findings without a proposal.
    pub refused: Vec<Refused>,
}
