//! What a change does to permissions, for people, for pull requests and for programs.

pub mod human;
pub mod json;
pub mod markdown;
mod row;
mod words;

#[cfg(test)]
mod tests;

use crate::difference::{ChangedSubject, Difference, Presence, SubjectKind};

/// The subjects in the order in which people should see them: those that close a gate first.
fn by_weight(difference: &Difference) -> Vec<&ChangedSubject> {
    let mut subjects: Vec<_> = difference.subjects.iter().collect();
    subjects.sort_by_key(|subject| {
        let weight = if subject.gains_deletion() {
            0
        } else if subject.loses_last_canceller() {
            1
        } else {
            2
        };
        (weight, subject.kind)
    });
    subjects
}

/// `key` or `policy`, and on which side only it is.
const fn what(subject: &ChangedSubject) -> (&'static str, &'static str) {
    let kind = match subject.kind {
        SubjectKind::Key => "key",
        SubjectKind::Policy => "policy",
    };
    let presence = match subject.presence {
        Presence::Both => "",
        Presence::Added => "added",
        Presence::Removed => "removed",
    };
    (kind, presence)
}

/// One sentence that sums up, for example `2 keys differ; somebody gains ScheduleKeyDeletion of 1`.
fn summary(difference: &Difference) -> String {
    if difference.is_empty() {
        return "no difference in permissions".to_owned();
    }
    let subjects = &difference.subjects;
    let of_kind = |kind| subjects.iter().filter(move |s| s.kind == kind).count();
    let (keys, policies) = (of_kind(SubjectKind::Key), of_kind(SubjectKind::Policy));
    let mut parts = Vec::new();
    if keys > 0 {
        parts.push(counted(keys, "key", "keys"));
    }
    if policies > 0 {
        parts.push(counted(policies, "policy", "policies"));
    }
    let differ = if subjects.len() == 1 {
        "differs"
    } else {
        "differ"
    };
    let mut summary = format!("{} {differ}", parts.join(" and "));
    let gaining = subjects.iter().filter(|s| s.gains_deletion()).count();
    if gaining > 0 {
        summary = format!("{summary}; somebody gains ScheduleKeyDeletion in {gaining}");
    } else {
        summary = format!("{summary}; nobody gains ScheduleKeyDeletion");
    }
    let lost = subjects.iter().filter(|s| s.loses_last_canceller()).count();
    if lost > 0 {
        summary = format!("{summary}; nobody is left who could cancel deletion in {lost}");
    }
    summary
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
