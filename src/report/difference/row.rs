//! A difference as a table: like changes of one subject share a row.

use crate::aws::KmsAction;
use crate::difference::{ActionGroup, Change, ChangedSubject, Presence, Way, Who};

use super::Gate;
use super::words::{operation, proviso, sides, standing, unknown_action, who};

/// In which direction a row goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// More is allowed.
    Gain,
    /// Some is allowed that was not, and some that was is not.
    Both,
    /// Less is allowed.
    Loss,
}

impl Sign {
    const fn of(change: &Change) -> Self {
        match (change.gains.is_empty(), change.loses.is_empty()) {
            (false, true) => Self::Gain,
            (true, false) => Self::Loss,
            _ => Self::Both,
        }
    }

    pub(super) const fn character(self) -> char {
        match self {
            Self::Gain => '+',
            Self::Both => '~',
            Self::Loss => '-',
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) sign: Sign,
    /// Whether a gate fails on it.
    pub(super) grave: bool,
    pub(super) who: Vec<String>,
    /// On what else it hangs for all of them; may be empty.
    pub(super) proviso: &'static str,
    pub(super) operation: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// What rows that are one have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    question: ActionGroup,
    sign: Sign,
    way: Way,
    sides: (String, String),
}

/// The rows of a subject: by operation, gains first.
pub(super) fn rows(subject: &ChangedSubject, gate: Gate) -> Vec<Row> {
    let grave = subject.gained(gate.fail_on_gain);
    let mut by_person: Vec<(Key, &Who, Vec<KmsAction>)> = Vec::new();
    let mut positions = std::collections::BTreeMap::new();
    for change in &subject.changes {
        let question = change.question();
        let key = Key {
            question,
            sign: Sign::of(change),
            way: change.who.way,
            sides: shown_sides(subject, change),
        };
        // Only operations by which the key is used share a row.
        let alone = (question != ActionGroup::Use).then_some(change.action);
        let next = by_person.len();
        let at = *positions
            .entry((key.clone(), alone, &change.who))
            .or_insert(next);
        match by_person.get_mut(at) {
            Some((_, _, actions)) => actions.push(change.action),
            None => by_person.push((key, &change.who, vec![change.action])),
        }
    }
    let mut rows: Vec<(Key, Vec<KmsAction>, Vec<&Who>)> = Vec::new();
    let mut positions = std::collections::BTreeMap::new();
    for (key, person, actions) in by_person {
        let next = rows.len();
        let at = *positions
            .entry((key.clone(), actions.clone()))
            .or_insert(next);
        match rows.get_mut(at) {
            Some((_, _, people)) => people.push(person),
            None => rows.push((key, actions, vec![person])),
        }
    }
    rows.sort_by(|a, b| {
        let order = |(key, _, people): &(Key, _, Vec<&Who>)| {
            let first = people.first().map(|who| (*who).clone());
            (key.question, key.sign, key.way, first)
        };
        order(a).cmp(&order(b))
    });
    rows.into_iter()
        .map(|(key, actions, people)| Row {
            sign: key.sign,
            grave: key.sign != Sign::Loss && actions.iter().any(|action| grave.contains(*action)),
            who: people.iter().map(|one| who(one, subject.account)).collect(),
            proviso: proviso(key.way, people.len()),
            operation: operation(key.question, &actions),
            before: key.sides.0,
            after: key.sides.1,
        })
        .collect()
}

/// What was allowed on a side that does not have the subject is not known.
fn shown_sides(subject: &ChangedSubject, change: &Change) -> (String, String) {
    let (before, after) = sides(change);
    let nothing = || "not there".to_owned();
    match subject.presence {
        Presence::Both => (before, after),
        Presence::Added => (nothing(), after),
        Presence::Removed => (before, nothing()),
    }
}

/// Sentences on what nobody can do any more, and whether a gate fails on it; then on
/// actions that this version does not know.
pub(super) fn remarks(subject: &ChangedSubject) -> Vec<(bool, String)> {
    let unknown = subject.unknown.iter();
    let unknown = unknown.map(|change| (false, unknown_action(change)));
    losses(subject).into_iter().chain(unknown).collect()
}

fn losses(subject: &ChangedSubject) -> Vec<(bool, String)> {
    let mut by_words: std::collections::BTreeMap<(ActionGroup, &str), Vec<KmsAction>> =
        std::collections::BTreeMap::new();
    for found in &subject.standings {
        if let Some(words) = standing(subject.kind, found.before, found.after) {
            let question = ActionGroup::of(found.action);
            by_words
                .entry((question, words))
                .or_default()
                .push(found.action);
        }
    }
    by_words
        .into_iter()
        .map(|((question, words), actions)| {
            let lost = actions
                .iter()
                .all(|action| subject.lost().contains(*action));
            let sentence = format!("{words}: {}", operation(question, &actions));
            let grave = matches!(question, ActionGroup::Cancel | ActionGroup::PutKeyPolicy);
            (lost && grave, sentence)
        })
        .collect()
}
