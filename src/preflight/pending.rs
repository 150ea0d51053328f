//! The same checks for every key that files name as pending deletion, CloudTrail's among them.

use crate::aws::Reported;
use crate::aws::key::KeyState;
use crate::facts::FactMaker;
use crate::inventory::{DeletionStep, Key, Located};
use crate::text::Location;

use super::key::TargetKey;
use super::{Operation, Preflight, Question, whole};

/// Checks every key whose state, as `named` tells by its place, is pending deletion; sorted as
/// loaded. The question's own key and operation are not looked at.
pub fn pending(
    question: &Question,
    facts: &FactMaker<'_>,
    named: &dyn Fn(Location) -> bool,
) -> Vec<Preflight> {
    let keys = facts
        .inventory()
        .keys
        .iter()
        .filter(|key| is_pending(key, named));
    keys.map(|key| {
        let subject = TargetKey::new(key, None);
        let question = Question {
            key: subject.name().to_owned(),
            operation: Operation::Pending,
            days: None,
            ..question.clone()
        };
        whole(&question, &subject, Vec::new(), facts)
    })
    .collect()
}

/// A deletion date stands only with a key that is pending deletion:
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html>
fn is_pending(key: &Key, named: &dyn Fn(Location) -> bool) -> bool {
    let metadata = &key.metadata;
    let is_state = |state: &&Located<Reported<KeyState>>| {
        let known = state.value.known();
        known.is_some_and(KeyState::is_pending_deletion)
    };
    let answer = metadata.scheduled.as_ref();
    let recorded = metadata.recorded.as_ref();
    let scheduled = recorded.filter(|recorded| recorded.step == DeletionStep::Scheduled);
    let contested = [
        answer.and_then(|answer| answer.contradicts.as_ref()),
        recorded.and_then(|recorded| recorded.contradicts.as_ref()),
    ];
    let contested = contested.into_iter().flatten().filter(is_state);
    let said = answer
        .map(|answer| answer.state.at)
        .into_iter()
        .chain(scheduled.map(|recorded| recorded.call.at))
        .chain(contested.map(|state| state.at));
    if said.into_iter().any(named) {
        return true;
    }
    let by_state = metadata.state.as_ref().filter(|state| {
        let known = state.value.known();
        known.is_none_or(KeyState::is_pending_deletion)
    });
    let by_state =
        by_state.filter(|state| state.value.known().is_some() || metadata.deletion_date.is_some());
    let by_date = metadata
        .deletion_date
        .as_ref()
        .filter(|_| metadata.state.is_none());
    by_state
        .map(|state| state.at)
        .or(by_date.map(|date| date.at))
        .is_some_and(named)
}
