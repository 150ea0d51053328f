//! Policies that a plan or a state marks as sensitive: they are judged, and nothing of them is shown.
//!
//! The rest of the inventory is as if they were not known, so that no command can show them. Only the rules look at
//! them, and what they find is told without what they say of it.

use crate::facts::{FactMaker, Facts};
use crate::finding::{Finding, Fingerprints, Label};
use crate::inventory::{Key, SensitivePolicy};
use crate::lint::{self, Overrun};
use crate::rule::Catalogue;
use crate::text::{InputError, InputFailure, Location, Span};

use super::open::Project;

/// What to do with such a policy where it must be seen.
const HELP: &str = "check it with `kmslint check`, which judges it and shows nothing of it; or give the policy as a \
     file of its own in place of the plan or state; or take the mark away with `nonsensitive()`";

impl Project {
    /// Complains of policies that are marked as sensitive, where an answer without them would seem to be whole, and
    /// one with them would show what they allow. [`check`](super::check) judges them all the same, and to all else they
    /// are unknown.
    pub fn refuse_sensitive(&mut self) {
        let failures = self.loaded.inventory.sensitive().map(|(_, of)| {
            let message = format!(
                "the policy of `{}` is marked as sensitive, and is not shown",
                of.resource
            );
            let error = InputError::new(of.at.span, message).label("its policy is not shown");
            let file = self.loaded.sources.get(of.at.source);
            InputFailure {
                file: file.map_or_else(String::new, |file| file.name().to_owned()),
                at: Some(of.at),
                error: error.help(HELP),
            }
        });
        let failures: Vec<_> = failures.collect();
        self.failures.extend(failures);
    }
}

/// What the rules find in a policy that is marked as sensitive, and in its key because of it; with it the subject.
pub(super) fn find(
    (key, sensitive): (Option<&Key>, &SensitivePolicy),
    maker: &FactMaker<'_>,
    catalogue: &Catalogue,
) -> (Result<Vec<Finding>, Overrun>, String) {
    let (facts, without) = match key {
        Some(key) => {
            let whole = Key {
                policy: Some(sensitive.policy.clone()),
                ..key.clone()
            };
            (maker.of_key(&whole), Some(maker.of_key(key)))
        }
        None => (maker.of_policy(&sensitive.policy), None),
    };
    let found = hidden(&facts, without.as_ref(), sensitive, catalogue);
    (found, facts.subject)
}

fn hidden(
    facts: &Facts,
    without: Option<&Facts>,
    sensitive: &SensitivePolicy,
    catalogue: &Catalogue,
) -> Result<Vec<Finding>, Overrun> {
    let mut found = lint::try_run(facts, catalogue)?;
    // What is found without looking at the policy is shown as it is.
    let shown = without.map(|facts| lint::try_run(facts, catalogue));
    let shown = shown.transpose()?.unwrap_or_default();
    found.retain(|of| {
        let same = |other: &Finding| {
            (&other.rule, other.primary.at, &other.message)
                == (&of.rule, of.primary.at, &of.message)
        };
        !shown.iter().any(same)
    });
    let found = found.into_iter();
    Ok(found
        .map(|of| concealed(of, sensitive, catalogue))
        .collect())
}

/// The finding without any value of the policy: its rule and severity, the resource, and the number of the
/// statement, by which it is told from others.
fn concealed(finding: Finding, sensitive: &SensitivePolicy, catalogue: &Catalogue) -> Finding {
    let at = finding.statement.unwrap_or(finding.primary.at);
    let statement = position(sensitive, at);
    let statement = statement.map_or_else(String::new, |number| format!("statement {number} of "));
    let rule = catalogue.get(&finding.rule);
    let title = rule.map_or(&*finding.rule, |rule| rule.title.as_str());
    Finding {
        message: format!(
            "{title} ({statement}the policy of `{}`, which is marked as sensitive and not shown)",
            sensitive.resource
        ),
        help: "look at the policy where it is written: nothing of it is shown here".into(),
        primary: Label {
            at: sensitive.at,
            text: "its policy is not shown".into(),
        },
        related: Vec::new(),
        statement: None,
        principals: Vec::new(),
        new_principals: Vec::new(),
        values: Box::default(),
        together: None,
        depends_on: finding.depends_on.map(|_| Vec::new()),
        identity: format!("{statement}{}", sensitive.resource),
        fingerprints: Fingerprints::default(),
        ..finding
    }
}

/// The number of the statement around these bytes, from 1.
fn position(sensitive: &SensitivePolicy, at: Location) -> Option<usize> {
    let mut statements = sensitive.policy.document.statements.iter().zip(1..);
    let encloses = |span: Span| {
        at.source == sensitive.policy.source
            && span.start <= at.span.start
            && at.span.end <= span.end
    };
    statements.find_map(|(statement, number)| encloses(statement.span).then_some(number))
}
