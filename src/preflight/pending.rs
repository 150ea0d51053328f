//! The same checks for every key that files name as pending deletion.

use crate::inventory::{Inventory, Key};
use crate::source::{Location, Sources};

use super::archive::Archive;
use super::key::Subject;
use super::{Operation, Preflight, Question, whole};

/// Checks every key whose state, as `named` tells by its place, is pending deletion; sorted as
/// loaded. The question's own key and operation are not looked at.
pub fn pending(
    question: &Question,
    inventory: &Inventory,
    sources: &Sources,
    named: &dyn Fn(Location) -> bool,
) -> Vec<Preflight> {
    let archive = Archive::new(inventory, sources);
    let keys = inventory.keys.iter().filter(|key| is_pending(key, named));
    keys.map(|key| {
        let subject = Subject::new(key, None);
        let question = Question {
            key: subject.name().to_owned(),
            operation: Operation::Pending,
            days: None,
            ..question.clone()
        };
        whole(&question, &subject, Vec::new(), &archive)
    })
    .collect()
}

/// A deletion date stands only with a key that is pending deletion:
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html>
fn is_pending(key: &Key, named: &dyn Fn(Location) -> bool) -> bool {
    let metadata = &key.metadata;
    let scheduled = metadata.scheduled.as_ref();
    if scheduled.is_some_and(|scheduled| named(scheduled.state.at)) {
        return true;
    }
    let contradicts = scheduled.and_then(|scheduled| scheduled.contradicts.as_ref());
    let described = contradicts.filter(|state| {
        let known = state.value.known();
        known.is_some_and(crate::aws::key::KeyState::is_pending_deletion)
    });
    if described.is_some_and(|state| named(state.at)) {
        return true;
    }
    let by_state = metadata.state.as_ref().filter(|state| {
        state
            .value
            .known()
            .is_none_or(crate::aws::key::KeyState::is_pending_deletion)
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
