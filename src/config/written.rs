//! `kmslint.toml` as written, and the way from there to what it means.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::aws::PendingWindowInDays;
use crate::finding::Severity;
use crate::text;
use crate::text::{InputError, Root};

use super::acceptance::WrittenPreflight;
use super::complaint::{Complaints, unknown_word};
use super::diff::WrittenDiff;
use super::documents::WrittenDocuments;
use super::evidence::WrittenEvidence;
use super::organization::WrittenOrganization;
use super::suppression::WrittenSuppression;
use super::{Config, ConfigSpans, Presence, RuleLevel, documents, span, trusted};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    fail_on: Option<Spanned<String>>,
    baseline: Option<Spanned<String>>,
    #[serde(default)]
    include: Vec<Spanned<String>>,
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
    #[serde(default)]
    documents: Vec<WrittenDocuments>,
    #[serde(default)]
    trusted_administrators: Vec<Spanned<String>>,
    limits: Option<WrittenLimits>,
    evidence: Option<WrittenEvidence>,
    #[serde(default)]
    diff: WrittenDiff,
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, Spanned<String>>,
    organization: Option<Spanned<WrittenOrganization>>,
    nested_may_loosen: Option<Spanned<bool>>,
    #[serde(default)]
    preflight: WrittenPreflight,
    #[serde(default)]
    suppressions: Vec<Spanned<WrittenSuppression>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLimits {
    minimum_waiting_period: Option<Spanned<i64>>,
}

/// Words for a severity at which the gate closes.
const SEVERITIES: [&str; 3] = ["info", "warning", "error"];

/// Words for the level of a rule.
const LEVELS: [&str; 4] = ["off", "info", "warning", "error"];

impl Written {
    /// What it means; what makes no sense is complained of and left out.
    pub(super) fn check(
        self,
        root: &Root,
        presence: &dyn Fn(&Path) -> Presence,
        complaints: &mut Complaints,
    ) -> Config {
        let limit = self.limits.and_then(|limits| limits.minimum_waiting_period);
        let spans = |list: &[Spanned<String>]| list.iter().map(span).collect();
        let spans = ConfigSpans {
            baseline: self.baseline.as_ref().map(span),
            fail_on: self.fail_on.as_ref().map(span),
            minimum_waiting_period: limit.as_ref().map(span),
            nested_may_loosen: self.nested_may_loosen.as_ref().map(span),
            organization: self.organization.as_ref().map(span),
            include: spans(&self.include),
            exclude: spans(&self.exclude),
            trusted_administrators: spans(&self.trusted_administrators),
            evidence: self
                .evidence
                .as_ref()
                .map_or([None; 3], WrittenEvidence::spans),
            fail_on_gain: self.diff.place(),
        };
        let plain = |list: Vec<Spanned<String>>| list.into_iter().map(Spanned::into_inner);
        Config {
            minimum_waiting_period: limit.and_then(|days| waiting_period(&days, complaints)),
            evidence: self
                .evidence
                .map(|evidence| evidence.check(complaints))
                .unwrap_or_default(),
            baseline: self.baseline.map(Spanned::into_inner),
            fail_on: self.fail_on.and_then(|word| fail_on(&word, complaints)),
            fail_on_gain: self.diff.check(complaints),
            rules: rules(self.rules, complaints),
            documents: documents::check(self.documents, complaints),
            trusted_administrators: trusted::check(self.trusted_administrators, complaints),
            organization: self
                .organization
                .map(|organization| organization.into_inner().check(root, presence, complaints)),
            accepted_cautions: self.preflight.check(complaints),
            suppressions: self
                .suppressions
                .into_iter()
                .filter_map(|suppression| WrittenSuppression::check(suppression, complaints))
                .collect(),
            include: plain(self.include).collect(),
            exclude: plain(self.exclude).collect(),
            nested_may_loosen: self.nested_may_loosen.is_some_and(Spanned::into_inner),
            spans,
            root: root.clone(),
        }
    }
}

fn waiting_period(days: &Spanned<i64>, complaints: &mut Complaints) -> Option<PendingWindowInDays> {
    PendingWindowInDays::new(*days.get_ref())
        .map_err(|error| {
            let complaint = InputError::new(span(days), error.to_string());
            complaints
                .add(complaint.help("KMS takes 7 to 30 days; 14 is the limit without this line"));
        })
        .ok()
}

fn fail_on(word: &Spanned<String>, complaints: &mut Complaints) -> Option<Severity> {
    let found = severity(word.get_ref());
    if found.is_none() {
        complaints.add(unknown_word(
            span(word),
            "severity",
            word.get_ref(),
            &SEVERITIES,
        ));
    }
    found
}

fn severity(word: &str) -> Option<Severity> {
    let known = [Severity::Info, Severity::Warning, Severity::Error];
    known.into_iter().find(|severity| severity.name() == word)
}

fn rules(
    written: BTreeMap<Spanned<String>, Spanned<String>>,
    complaints: &mut Complaints,
) -> Vec<RuleLevel> {
    let mut rules = Vec::new();
    for (rule, level) in written {
        let word = level.get_ref();
        let severity = severity(word);
        if severity.is_none() && word != "off" {
            complaints.add(unknown_word(span(&level), "level", word, &LEVELS));
            continue;
        }
        rules.push(RuleLevel {
            rule: text::Spanned::new(rule.get_ref().clone(), span(&rule)),
            severity,
        });
    }
    rules.sort_by_key(|level| level.rule.span);
    rules
}
