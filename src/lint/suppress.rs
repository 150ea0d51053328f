//! Suppressions: takes out the findings that they cover, and tells of those that cover none.

use std::collections::BTreeSet;

use crate::config::{Config, Covers, Date, Suppression, Target};
use crate::finding::{Confidence, Finding, Fingerprints, Label, Subject, fingerprint};
use crate::text::{Location, SourceId, Sources, Span};

use super::actions::Actions;
use super::covered::Cover;
use super::own::{
    EXPIRED_ACCEPTANCE, EXPIRED_SUPPRESSION, OUTDATED_FINGERPRINT, OwnRule, UNUSED_SUPPRESSION,
};
use super::selection::Selection;

/// A finding that is not shown, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// The reason that the suppression gives.
    pub reason: String,
}

/// The suppressions of a configuration and the run that they meet.
#[derive(Clone, Copy, Debug)]
pub struct Suppressions<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Its file.
    pub source: SourceId,
    /// The files of the run.
    pub sources: &'a Sources,
    /// What is done to keys.
    pub actions: &'a Actions<'a>,
    /// The day on which it runs.
    pub today: Date,
    /// What was checked: what the facts are about.
    pub checked: &'a [String],
    /// Whether everything below the configuration's directory was looked at, so that what is not
    /// found is not there.
    pub whole: bool,
    /// Which rules ran.
    pub selection: &'a Selection,
}

/// Further fingerprints that the help of a finding names at most.
const MOST_NAMED: usize = 3;

impl Suppressions<'_> {
    /// Takes the findings that are covered out of `findings`, and adds what is to be said of the
    /// suppressions themselves and of accepted reasons for caution. The findings must have their
    /// fingerprints.
    pub fn apply(&self, findings: &mut Vec<Finding>) -> Vec<Suppressed> {
        let named: Vec<_> = findings.iter().map(|f| self.names(f)).collect();
        let mut used = BTreeSet::new();
        // An approval is of one thing that is done.
        let unclear: BTreeSet<_> = self
            .numbered()
            .filter(|(_, of)| of.target.is_action())
            .filter(|(_, of)| {
                let mut about = findings.iter().filter(|f| self.is_about(of, f, ("", "")));
                about.nth(1).is_some()
            })
            .map(|(index, _)| index)
            .collect();
        let (mut kept, mut suppressed) = (Vec::new(), Vec::new());
        for (mut finding, (path, subject)) in findings.drain(..).zip(named) {
            let mut reason = None;
            for (index, suppression) in self.numbered() {
                if suppression.is_expired(self.today)
                    || unclear.contains(&index)
                    || !self.is_about(suppression, &finding, (&path, &subject))
                {
                    continue;
                }
                match cover(suppression, &finding, &subject) {
                    Cover::None => {}
                    Cover::Partly(new) => {
                        used.insert(index);
                        finding.mark_new(new);
                    }
                    Cover::Whole => {
                        used.insert(index);
                        let first = || suppression.reason.clone();
                        reason = Some(reason.unwrap_or_else(first));
                    }
                }
            }
            match reason {
                Some(reason) => suppressed.push(Suppressed { finding, reason }),
                None => kept.push((finding, path, subject)),
            }
        }
        let outdated = self.numbered().filter(|(index, _)| used.contains(index));
        let outdated = outdated.filter_map(|(_, of)| self.outdated(of, &suppressed));
        let mut own: Vec<_> = self
            .numbered()
            .filter(|(index, _)| !used.contains(index))
            .filter_map(|(_, suppression)| self.idle(suppression, &kept))
            .chain(outdated)
            .chain(self.expired_acceptances())
            .collect();
        fingerprint(&mut own, self.sources);
        findings.extend(kept.into_iter().map(|(finding, _, _)| finding));
        findings.extend(own);
        suppressed
    }

    fn is_about(
        &self,
        suppression: &Suppression,
        finding: &Finding,
        (path, subject): (&str, &str),
    ) -> bool {
        *suppression.rule.value == *finding.rule
            && (suppression.target.covers(path, subject)
                || self.actions.covers(&suppression.target, finding))
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &Suppression)> {
        self.config.suppressions.iter().enumerate()
    }

    /// The finding's file and subject as suppressions name them.
    fn names(&self, finding: &Finding) -> (String, String) {
        let file = self.sources.get(finding.primary.at.source);
        let name = file.map_or("", |file| file.name());
        let root = &self.config.root;
        (root.relative(name), finding.subject.name_from(root))
    }

    /// What is to be said of a suppression that names a statement as kmslint did before.
    fn outdated(&self, suppression: &Suppression, suppressed: &[Suppressed]) -> Option<Finding> {
        let Covers::Statement(statement) = suppression.covers else {
            return None;
        };
        let covered = suppressed.iter().map(|suppressed| &suppressed.finding);
        let covered = covered.filter(|finding| {
            let (path, subject) = self.names(finding);
            self.is_about(suppression, finding, (&path, &subject))
                && finding
                    .fingerprints
                    .earlier
                    .as_ref()
                    .is_some_and(|of| of.statement == statement)
        });
        let (mut keys, mut principals, mut fingerprints) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for finding in covered {
            fingerprints.insert(finding.fingerprints.defect.to_string());
            principals.extend(finding.principals.iter().cloned());
            if !finding.subject.is_file() && matches!(suppression.target, Target::Path(_)) {
                keys.insert(finding.subject.to_string());
            }
        }
        let rule = &suppression.rule.value;
        let target = suppression.target.text();
        let message = format!(
            "the suppression of `{rule}` in `{target}` has an earlier fingerprint, which does not record the \
             keys and principals that it covers"
        );
        let mut written = format!(
            "write {} instead of `statement`",
            fingerprint_words(&fingerprints)
        );
        for (name, list) in [("keys", keys), ("principals", principals)] {
            if !list.is_empty() {
                written = format!("{written}, and {}", list_words(name, &list));
            }
        }
        self.told(OUTDATED_FINGERPRINT, suppression, message, written)
    }

    /// What is to be said of a suppression that covers nothing.
    fn idle(
        &self,
        suppression: &Suppression,
        kept: &[(Finding, String, String)],
    ) -> Option<Finding> {
        if !self.was_looked_at(&suppression.target) {
            return None;
        }
        let rule = &suppression.rule.value;
        let target = suppression.target.text();
        if suppression.is_expired(self.today) {
            let day = suppression.expires.unwrap_or_default();
            let message = format!("the suppression of `{rule}` in `{target}` expired on {day}");
            let help =
                "put right what it covered and remove it, or decide anew and set another day";
            return self.told(EXPIRED_SUPPRESSION, suppression, message, help.to_owned());
        }
        // A rule that did not run cannot find what it would suppress.
        self.selection.severity(rule, UNUSED_SUPPRESSION.severity)?;
        let others = kept.iter();
        let others: Vec<_> = others
            .filter(|(finding, path, subject)| self.is_about(suppression, finding, (path, subject)))
            .map(|(finding, _, subject)| (finding, subject))
            .collect();
        let is_same = |(finding, _): &&(&Finding, &String)| match &suppression.covers {
            Covers::Defect { fingerprint, .. } => *fingerprint == finding.fingerprints.defect,
            Covers::Statement(_) | Covers::Any => false,
        };
        let (message, help) = if suppression.target.is_action() && !others.is_empty() {
            let message = format!(
                "the approval of `{rule}` for `{target}` is of one thing that is done to a key, and {} are found",
                others.len()
            );
            let help = "check one plan at a time, or name the key by its ARN".to_owned();
            (message, help)
        } else if others.is_empty() {
            let message = format!("`{rule}` finds nothing in `{target}` that is to be suppressed");
            (message, "remove the suppression".to_owned())
        } else if let Some((finding, subject)) = others.iter().find(is_same) {
            let message = format!(
                "the suppression of `{rule}` in `{target}` does not cover the keys or principals of what is \
                 found in its statement"
            );
            let principals = finding.principals.iter().cloned().collect();
            let help = format!(
                "where what is found may stay, add `{subject}` to `keys`, and {}",
                list_words("principals", &principals)
            );
            (message, help)
        } else {
            let message = format!(
                "no finding of `{rule}` in `{target}` is in the statement that was suppressed: it \
                 was changed or removed"
            );
            let named = others
                .iter()
                .map(|(finding, _)| finding.fingerprints.defect.to_string());
            let named = fingerprint_words(&named.collect());
            let help = format!("remove it, or, if what is found now may stay, write {named}");
            (message, help)
        };
        self.told(UNUSED_SUPPRESSION, suppression, message, help)
    }

    /// What is to be said of accepted reasons for caution that are accepted no longer.
    fn expired_acceptances(&self) -> impl Iterator<Item = Finding> {
        let entries = self.config.accepted_cautions.iter();
        let expired = entries.filter(|entry| entry.is_expired(self.today));
        expired.filter_map(|entry| {
            let (caution, last) = (&entry.caution.value, entry.expires);
            let of_key = entry.key.as_ref().map(|key| format!(" for `{key}`"));
            let message = format!(
                "the acceptance of `{caution}`{} expired on {last}",
                of_key.unwrap_or_default()
            );
            let help = "remove it, or decide anew and set another day";
            let places = (entry.caution.span, entry.at);
            self.finding(EXPIRED_ACCEPTANCE, places, message, help.to_owned())
        })
    }

    /// Whether this run could have found what the suppression is about.
    fn was_looked_at(&self, target: &Target) -> bool {
        let root = &self.config.root;
        if target.is_action() {
            return self.actions.has(target);
        }
        self.whole
            || self
                .checked
                .iter()
                .any(|subject| target.covers("", subject))
            || self
                .sources
                .iter()
                .any(|(_, file)| target.covers(&root.relative(file.name()), ""))
    }

    fn told(
        &self,
        rule: OwnRule,
        suppression: &Suppression,
        message: String,
        help: String,
    ) -> Option<Finding> {
        let places = (suppression.rule.span, suppression.at);
        self.finding(rule, places, message, help)
    }

    fn finding(
        &self,
        rule: OwnRule,
        (primary, entry): (Span, Span),
        message: String,
        help: String,
    ) -> Option<Finding> {
        Some(Finding {
            rule: rule.id.into(),
            severity: self.selection.severity(rule.id, rule.severity)?,
            confidence: Confidence::High,
            subject: Subject::file(self.sources.get(self.source)?.name()),
            message,
            help: help.into(),
            reference: "".into(),
            primary: Label {
                at: Location {
                    source: self.source,
                    span: primary,
                },
                text: "".into(),
            },
            related: Vec::new(),
            statement: Some(Location {
                source: self.source,
                span: entry,
            }),
            principals: Vec::new(),
            new_principals: Vec::new(),
            values: Box::default(),
            together: None,
            depends_on: None,
            identity: String::new(),
            fingerprints: Fingerprints::default(),
        })
    }
}

/// How much of a finding about this subject a suppression of its rule covers.
fn cover(suppression: &Suppression, finding: &Finding, subject: &str) -> Cover {
    let fingerprints = &finding.fingerprints;
    match &suppression.covers {
        Covers::Any => Cover::Whole,
        Covers::Statement(statement) => {
            match fingerprints
                .earlier
                .as_ref()
                .map(|earlier| earlier.statement)
            {
                Some(found) if found == *statement => Cover::Whole,
                _ => Cover::None,
            }
        }
        Covers::Defect {
            fingerprint,
            keys,
            principals,
        } => {
            let is_of_key = || {
                matches!(suppression.target, Target::Subject(_))
                    || keys.has(subject)
                    || finding.subject.is_file()
            };
            if *fingerprint != fingerprints.defect || !is_of_key() {
                return Cover::None;
            }
            Cover::of(&finding.principals, |principal| principals.has(principal))
        }
    }
}

/// At most so many of these as a help names.
fn fingerprint_words(fingerprints: &BTreeSet<String>) -> String {
    let named = fingerprints.iter().take(MOST_NAMED);
    let named: Vec<_> = named
        .map(|of| format!("`fingerprint = \"{of}\"`"))
        .collect();
    named.join(" or ")
}

/// A list as it is written in the configuration, or where it is found where it is long.
fn list_words(name: &str, list: &BTreeSet<String>) -> String {
    if list.len() > MOST_NAMED {
        return format!("`{name}` as `kmslint check --no-config --format json` shows them");
    }
    let quoted: Vec<_> = list.iter().map(|of| format!("\"{of}\"")).collect();
    format!("`{name} = [{}]`", quoted.join(", "))
}
