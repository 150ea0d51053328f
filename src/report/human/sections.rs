//! The order of a report for people: by key, the key with the worst finding first; of a key what is found
//! about one statement together, the worst statement first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::finding::Severity;
use crate::lint::Defect;
use crate::text::Location;

/// Findings about one statement, the worst first.
pub(super) type Group<'d> = Vec<&'d Defect<'d>>;

/// What is found about one key or file, or about several of them together.
pub(super) struct Section<'d> {
    /// The key or file; none where each of its findings is about several.
    pub(super) subject: Option<&'d str>,
    /// In the order in which they are told.
    pub(super) groups: Vec<Group<'d>>,
}

/// The sections of a report, in the order in which they are told.
pub(super) fn sections<'d>(defects: &'d [Defect<'d>]) -> Vec<Section<'d>> {
    let mut sections: Vec<(Option<&str>, Vec<Group<'_>>)> = Vec::new();
    let mut of_subject = BTreeMap::new();
    let mut of_statement: BTreeMap<(usize, Location), usize> = BTreeMap::new();
    for defect in defects {
        let subject = match defect.subjects() {
            [one] => Some(one.as_str()),
            _ => None,
        };
        let section = *of_subject.entry(subject).or_insert_with(|| {
            sections.push((subject, Vec::new()));
            sections.len().saturating_sub(1)
        });
        let Some((_, groups)) = sections.get_mut(section) else {
            continue;
        };
        let finding = &defect.finding;
        let place = finding.statement.unwrap_or(finding.primary.at);
        let group = *of_statement.entry((section, place)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len().saturating_sub(1)
        });
        if let Some(group) = groups.get_mut(group) {
            group.push(defect);
        }
    }
    for (_, groups) in &mut sections {
        for group in groups.iter_mut() {
            group.sort_by_key(|defect| Reverse(defect.finding.severity));
        }
        groups.sort_by_key(|group| Reverse((worst(group), keys(group))));
    }
    sections.sort_by_key(|(_, groups)| Reverse(groups.first().and_then(|group| worst(group))));
    let sections = sections.into_iter();
    sections
        .map(|(subject, groups)| Section { subject, groups })
        .collect()
}

/// Keys that the widest of them concerns.
fn keys(group: &[&Defect<'_>]) -> usize {
    let keys = group.iter().map(|defect| defect.subjects().len());
    keys.max().unwrap_or_default()
}

fn worst(group: &[&Defect<'_>]) -> Option<Severity> {
    group.iter().map(|defect| defect.finding.severity).max()
}
