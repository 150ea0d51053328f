//! What a change does to permissions, for people, for pull requests and for programs.

pub mod human;
pub mod json;
pub mod markdown;
mod row;
mod stack;
mod words;

#[cfg(test)]
mod tests;

pub use words::{Named, effects};
pub(super) use words::{actions_in_sentence, who_in_sentence};

use std::collections::BTreeMap;

use crate::aws::{ActionSet, KmsAction};
use crate::difference::{ActionGroup, ChangedSubject, Difference, Presence, SubjectKind};

/// What was asked, and on what a gate fails.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    /// The operations that were asked about.
    pub watched: ActionSet,
    /// Those whose gain a gate fails on.
    pub fail_on_gain: ActionSet,
}

/// The subjects in the order in which people should see them: those that a gate fails on first.
fn by_weight(difference: &Difference, gate: Gate) -> Vec<&ChangedSubject> {
    let mut subjects: Vec<_> = difference.subjects.iter().collect();
    subjects.sort_by_key(|subject| {
        let weight = if !subject.gained(gate.fail_on_gain).is_empty() {
            0
        } else if subject.fails(gate.fail_on_gain) {
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

/// One sentence that sums up, for example `2 keys differ; somebody gains ScheduleKeyDeletion in 1`.
fn summary(difference: &Difference, gate: Gate) -> String {
    if difference.is_empty() {
        return format!("no difference in {}", watched(gate.watched));
    }
    if difference.subjects.is_empty() {
        return with_stacks(difference, String::new());
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
    let before = summary.len();
    let mut failing: Vec<_> = gate.fail_on_gain.iter().collect();
    failing.sort_by_key(|action| ActionGroup::of(*action));
    for action in &failing {
        let only = ActionSet::only(*action);
        let gaining = subjects.iter().filter(|s| !s.gained(only).is_empty());
        let gaining = gaining.count();
        if gaining > 0 {
            summary = format!("{summary}; somebody gains {} in {gaining}", action.name());
        }
    }
    if summary.len() == before && !gate.fail_on_gain.is_empty() {
        let names: Vec<_> = failing.iter().map(|action| action.name()).collect();
        summary = format!("{summary}; nobody gains {}", listed(&names));
    }
    let lost = |loses: fn(&ChangedSubject) -> bool| subjects.iter().filter(|s| loses(s)).count();
    for (count, what) in [
        (
            lost(ChangedSubject::loses_last_canceller),
            "cancel deletion",
        ),
        (
            lost(ChangedSubject::loses_policy_control),
            "change the key policy",
        ),
    ] {
        if count > 0 {
            summary = format!("{summary}; nobody is left who could {what} in {count}");
        }
    }
    with_stacks(difference, summary)
}

/// A summary with how many keys templates remove.
fn with_stacks(difference: &Difference, summary: String) -> String {
    let removed = difference.stacks.iter().filter(|change| change.fails());
    let removed = removed.count();
    let words = match removed {
        0 if summary.is_empty() => "templates differ".to_owned(),
        0 => return summary,
        _ => format!("{} removed from templates", counted(removed, "key", "keys")),
    };
    if summary.is_empty() {
        words
    } else {
        format!("{summary}; {words}")
    }
}

/// The operations that were asked about, those by which a key is used together.
fn watched(actions: ActionSet) -> String {
    let mut questions: BTreeMap<ActionGroup, Vec<KmsAction>> = BTreeMap::new();
    for action in actions {
        questions
            .entry(ActionGroup::of(action))
            .or_default()
            .push(action);
    }
    let words = questions.iter();
    let words: Vec<_> = words
        .map(|(question, all)| words::operation(*question, all))
        .collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    listed(&words)
}

/// `a, b or c`.
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
