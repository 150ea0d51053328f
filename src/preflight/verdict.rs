//! The verdict and its reasons.

use serde::Serialize;

use crate::text::Location;

use super::acceptance::AcceptedBy;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing speaks against it, and what matters is known.
    Go,
    /// A person must look at something first, or something that matters is not known.
    Caution,
    /// It would fail, or must not be done.
    Stop,
}

impl Verdict {
    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Caution => "caution",
            Self::Stop => "stop",
        }
    }

    /// The verdict that these reasons come to: the worst of them that was not accepted.
    pub fn of(reasons: &[Reason]) -> Self {
        let counting = reasons.iter().filter(|reason| reason.counts());
        let worst = counting.map(|reason| reason.severity).max();
        match worst {
            Some(Severity::Stop) => Self::Stop,
            Some(Severity::Caution) => Self::Caution,
            Some(Severity::Info) | None => Self::Go,
        }
    }
}

/// What a reason does to the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing; worth knowing.
    Info,
    /// It makes the verdict at least caution.
    Caution,
    /// It makes the verdict stop.
    Stop,
}

impl Severity {
    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Caution => "caution",
            Self::Stop => "stop",
        }
    }
}

/// What a reason is about; in the order in which reports show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The request itself.
    Request,
    /// Who may do what.
    Permission,
    /// Whether the key's state lets the call through.
    KeyState,
    /// When what happens.
    Timeline,
    /// What is lost.
    Loss,
    /// What was recorded of the key's use.
    Evidence,
    /// Limits that others set: control policies, configured minimum, use.
    Guardrail,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// What names it, in kebab-case; stable.
    pub id: &'static str,
    /// What it does to the verdict.
    pub severity: Severity,
    /// What it is about.
    pub topic: Topic,
    /// The reason, in lower case without a final stop.
    pub sentence: String,
    /// What to do about it; may be missing.
    pub help: Option<String>,
    /// Where a file says so; none where no file does.
    #[serde(rename = "location")]
    pub at: Option<Location>,
    /// Who accepts it, where it is a reason for caution that somebody accepts.
    pub accepted: Option<AcceptedBy>,
    /// AWS's page on it.
    pub reference: &'static str,
}

/// What is nearly as bad as a stop: use that is not long ago, a public key that others hold, and the
/// last key of its multi-Region set.
const PROMINENT: [&str; 6] = [
    "last-related-key-deleted",
    "needed-while-unusable",
    "public-key-downloaded",
    "tried-recently",
    "used",
    "used-recently",
];

impl Reason {
    /// Whether it is to stand in the first lines of a verdict that is no stop.
    pub fn is_prominent(&self) -> bool {
        self.severity == Severity::Caution && PROMINENT.contains(&self.id)
    }

    pub(super) fn new(
        severity: Severity,
        topic: Topic,
        id: &'static str,
        reference: &'static str,
        sentence: impl Into<String>,
    ) -> Self {
        Self {
            id,
            severity,
            topic,
            sentence: sentence.into(),
            help: None,
            at: None,
            accepted: None,
            reference,
        }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    pub(super) fn at(self, at: impl Into<Option<Location>>) -> Self {
        Self {
            at: at.into(),
            ..self
        }
    }
}
