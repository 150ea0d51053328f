//! What is to be said of a configuration that loosens what the team decided.

use crate::finding::{Confidence, Finding, Fingerprints, Label, Severity, Subject};
use crate::text::{Location, Sources};

use super::own::CONFIGURATION_LOOSENED;
use super::selection::Selection;

/// One thing that a file loosens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoosenedConfiguration {
    /// The bytes that say so.
    pub at: Location,
    /// What the file does, as the end of a sentence that begins with the file's name.
    pub what: String,
    /// Whether it counts.
    pub standing: Standing,
}

/// Whether what a file loosens counts in this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The configuration above does not allow it: it has no effect.
    Refused,
    /// The configuration above allows it: it is in force.
    Allowed,
    /// It stands in the working tree and not at this revision, by which the run goes.
    WorkingTree(String),
}

impl LoosenedConfiguration {
    /// The finding; nothing where the rule does not run.
    pub fn finding(&self, sources: &Sources, selection: &Selection) -> Option<Finding> {
        let own = match self.standing {
            Standing::Refused => CONFIGURATION_LOOSENED.severity,
            Standing::WorkingTree(_) => Severity::Warning,
            Standing::Allowed => Severity::Info,
        };
        let severity = selection.severity(CONFIGURATION_LOOSENED.id, own)?;
        let message = self.sentence(sources)?;
        let help = match &self.standing {
            Standing::Refused => {
                "this has no effect: remove it, or set `nested_may_loosen = true` \
                                  in the configuration above"
                    .to_owned()
            }
            Standing::Allowed => {
                "`nested_may_loosen` in the configuration above allows it".to_owned()
            }
            Standing::WorkingTree(revision) => format!(
                "this has no effect here, where `{revision}` decides, and takes effect when it is \
                 merged: review it"
            ),
        };
        Some(Finding {
            rule: CONFIGURATION_LOOSENED.id.into(),
            severity,
            confidence: Confidence::High,
            subject: Subject::file(sources.get(self.at.source)?.name()),
            message,
            help: help.into(),
            reference: "".into(),
            primary: Label {
                at: self.at,
                text: "".into(),
            },
            related: Vec::new(),
            statement: None,
            principals: Vec::new(),
            new_principals: Vec::new(),
            values: Box::default(),
            together: None,
            depends_on: None,
            identity: self.what.clone(),
            fingerprints: Fingerprints::default(),
        })
    }

    /// What is loosened and where, in one sentence; nothing where the file is not there.
    pub fn sentence(&self, sources: &Sources) -> Option<String> {
        let (name, what) = (sources.get(self.at.source)?.name(), &self.what);
        Some(match &self.standing {
            Standing::Refused => {
                format!("`{name}` {what}, which the configuration above it does not allow")
            }
            Standing::Allowed => format!("`{name}` {what}"),
            Standing::WorkingTree(revision) => format!("`{name}` {what}, unlike at `{revision}`"),
        })
    }
}
