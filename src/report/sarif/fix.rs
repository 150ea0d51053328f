//! Fixes as SARIF writes them, so that code scanning and editors offer them: each for the file as it is,
//! as whoever takes one makes that one alone and checks again.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>, 3.27.30 and 3.55

use std::collections::BTreeMap;

use super::location::{artifact, region, unlinked};
use super::text;
use super::types::{ArtifactChange, Fix, Replacement};
use crate::finding::Finding;
use crate::fix::{Change, Proposal};
use crate::report::difference::{Named, effects};
use crate::report::run::Run;
use crate::report::visible::prose;
use crate::text::Location;

/// The fixes of a run by the findings that they are for.
pub(super) struct Fixes<'a>(BTreeMap<(Location, &'a str, &'a str), &'a Proposal>);

impl<'a> Fixes<'a> {
    pub(super) fn new(run: &Run<'a>) -> Self {
        let of = |proposal: &'a Proposal| {
            let findings = proposal.findings.iter();
            findings.map(move |finding| (key(finding), proposal))
        };
        Self(run.fixes.iter().flat_map(of).collect())
    }

    /// The fixes of these findings, each once.
    pub(super) fn of(&self, run: &Run<'_>, findings: &[&Finding]) -> Vec<Fix> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut proposals: Vec<&Proposal> = Vec::new();
        for finding in findings {
            let found = self.0.get(&key(finding)).copied();
            proposals.extend(found.filter(|of| !proposals.iter().any(|is| std::ptr::eq(*is, *of))));
        }
        let fixes = proposals.into_iter();
        fixes.filter_map(|proposal| fix(run, proposal)).collect()
    }
}

fn key(finding: &Finding) -> (Location, &str, &str) {
    (finding.primary.at, &finding.rule, &finding.message)
}

fn fix(run: &Run<'_>, proposal: &Proposal) -> Option<Fix> {
    let place = |span| {
        run.place(Location {
            span,
            ..proposal.at
        })
    };
    let replacements = proposal.changes.iter().map(|Change { edit, .. }| {
        let inserted = (!edit.replacement.is_empty()).then(|| text(edit.replacement.clone()));
        Some(Replacement {
            deleted_region: region(&place(edit.span)?),
            inserted_content: inserted,
        })
    });
    let effects = effects(&proposal.effects, Named::Few).join("; ");
    let words = format!("{}. Permissions: {effects}.", proposal.title);
    Some(Fix {
        description: text(unlinked(&prose(&words, true))),
        artifact_changes: [ArtifactChange {
            artifact_location: artifact(&place(proposal.at.span)?.path),
            replacements: replacements.collect::<Option<_>>()?,
        }],
    })
}
