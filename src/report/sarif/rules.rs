//! The rules that the results of a run refer to.

use std::collections::{BTreeMap, BTreeSet};

use super::types::{Configuration, Help, ReportingDescriptor, RuleProperties};
use super::{confidence, level, text};
use crate::finding::{Confidence, Finding, Severity};
use crate::report::run::{Reported, RuleInfo, Run};

/// Descriptors of the rules that found something, sorted by id. The others are left out: with
/// their pages they would be most of the document.
pub(super) struct Rules<'a> {
    descriptors: Vec<ReportingDescriptor<'a>>,
    indices: BTreeMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    pub(super) fn new(run: &Run<'a>) -> Self {
        let known: BTreeMap<_, _> = run.rules.iter().map(|rule| (rule.id, rule)).collect();
        let mut descriptors = Vec::new();
        let mut indices = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut findings: Vec<&'a Finding> = run.findings.iter().map(Reported::finding).collect();
        findings.sort_by(|one, two| one.rule.cmp(&two.rule));
        for finding in findings {
            if seen.insert(&finding.rule) {
                indices.insert(&*finding.rule, descriptors.len());
                let rule = known.get(&*finding.rule);
                descriptors.push(rule.map_or_else(|| unknown(finding), |rule| descriptor(rule)));
            }
        }
        Self {
            descriptors,
            indices,
        }
    }

    /// Where the rule stands in the list.
    pub(super) fn index(&self, rule: &str) -> usize {
        self.indices.get(rule).copied().unwrap_or_default()
    }

    pub(super) fn into_descriptors(self) -> Vec<ReportingDescriptor<'a>> {
        self.descriptors
    }
}

fn descriptor<'a>(rule: &RuleInfo<'a>) -> ReportingDescriptor<'a> {
    ReportingDescriptor {
        id: rule.id,
        short_description: text(rule.title.to_owned()),
        full_description: text(rule.description.clone()),
        help_uri: web(rule.reference),
        help: Help {
            text: rule.page,
            markdown: rule.page,
        },
        default_configuration: Configuration {
            level: level(rule.severity),
        },
        properties: properties(rule.severity, rule.confidence),
    }
}

/// A finding that no rule's page made says of its rule what it can.
fn unknown(finding: &Finding) -> ReportingDescriptor<'_> {
    ReportingDescriptor {
        id: &finding.rule,
        short_description: text(finding.rule.replace('-', " ")),
        full_description: text(finding.rule.replace('-', " ")),
        help_uri: web(&finding.reference),
        help: Help {
            text: &finding.rule,
            markdown: &finding.rule,
        },
        default_configuration: Configuration {
            level: level(finding.severity),
        },
        properties: properties(finding.severity, finding.confidence),
    }
}

fn web(reference: &str) -> Option<&str> {
    reference.starts_with("https://").then_some(reference)
}

/// GitHub makes high of 7.0 to 8.9, medium of 4.0 to 6.9, low of less; what blocks a merge there
/// unless told otherwise is an error or high, as here.
fn properties(severity: Severity, sure: Confidence) -> RuleProperties {
    let (problem_severity, security_severity) = match severity {
        Severity::Error => ("error", "8.0"),
        Severity::Warning => ("warning", "5.0"),
        Severity::Info => ("recommendation", "2.0"),
    };
    RuleProperties {
        tags: ["security", "aws", "kms"],
        precision: confidence(sure),
        problem_severity,
        security_severity,
    }
}
