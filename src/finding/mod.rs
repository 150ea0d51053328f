//! What a rule found: how bad, how sure, where, what to do.

mod canonical;
mod earlier;
mod fingerprint;
mod subject;
mod together;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use earlier::{EarlierFingerprints, earlier_fingerprints};
pub use fingerprint::{Fingerprint, Fingerprints, fingerprint, own_fingerprints};
pub use subject::Subject;
pub use together::{Together, TogetherPiece};

use crate::text::{Location, Span};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is wrong with it.
    Info,
    /// Worth changing; the gate stays open unless told otherwise.
    Warning,
    /// Closes the gate.
    Error,
}

impl Severity {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure a finding is; never a stand-in for [`Severity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess from names or shapes.
    Low,
    /// It holds unless something that was not loaded says otherwise.
    Medium,
    /// It follows from what was loaded and from what AWS documents.
    High,
}

/// A place and what to say there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The bytes.
    pub at: Location,
    /// A few words that stand at them; may be empty. Thousands of findings share them.
    pub text: Arc<str>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id, for example `cancel-by-nobody`. What thousands of findings have in common is
    /// shared.
    pub rule: Arc<str>,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What it is about: a key, or the file of a policy.
    pub subject: Subject,
    /// What is wrong, in one sentence without a final stop.
    pub message: String,
    /// What to do.
    pub help: Arc<str>,
    /// The page of AWS that says so.
    pub reference: Arc<str>,
    /// Where it is.
    pub primary: Label,
    /// What else to look at.
    pub related: Vec<Label>,
    /// The statement of a policy in which `primary` stands; none where it stands in no statement.
    pub statement: Option<Location>,
    /// The ARNs of the principals that it concerns, sorted; empty where it is about none.
    pub principals: Vec<String>,
    /// Those of them that the baseline or suppression of its defect does not cover, although it covers
    /// others; empty where there is no such entry.
    pub new_principals: Vec<String>,
    /// The bytes of its message that say values, but for numbers and day counts: of how many days a finding
    /// tells may change with any fix.
    pub values: Box<[Span]>,
    /// What its rule says of several keys and principals together; none where its message does for them, too.
    pub together: Option<Together>,
    /// The condition keys on which the permission depends that it is about; none where that is firm, and
    /// where it is about no permission.
    pub depends_on: Option<Vec<String>>,
    /// What else decides whether a later finding is this one; empty where the statement is all.
    pub identity: String,
    /// What tells it from all others; [`fingerprint`] fills it in.
    pub fingerprints: Fingerprints,
}

/// The first names of a list, each in backticks, and how many there are beside them.
pub(crate) fn first_names(
    names: impl IntoIterator<Item: fmt::Display, IntoIter: ExactSizeIterator>,
    most: usize,
) -> String {
    let names = names.into_iter();
    let more = names.len().saturating_sub(most);
    let first: Vec<_> = names.take(most).map(|name| format!("`{name}`")).collect();
    let first = first.join(", ");
    if more == 0 {
        return first;
    }
    format!("{first} and {more} more")
}

impl Finding {
    /// What its message says, value by value, each with U+0000 behind it, but for numbers and day counts.
    pub fn told(&self) -> String {
        let values = self.values.iter();
        values.flat_map(|at| [at.of(&self.message), "\0"]).collect()
    }

    /// Says that a baseline or suppression covers it but for these of its principals.
    pub fn mark_new(&mut self, principals: Vec<String>) {
        self.new_principals = principals;
    }
}
