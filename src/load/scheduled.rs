//! What `schedule-key-deletion` answered, held against what `describe-key` says of the same key.

use std::sync::Arc;

use crate::aws::Reported;
use crate::aws::key::KeyState;
use crate::inventory::Key;

/// Takes over what `describe-key` leaves open. Where the two name states that do not follow one
/// from the other, neither is taken.
pub(super) fn complete(key: &mut Key) {
    if key.metadata.scheduled.is_none() {
        return;
    }
    let metadata = Arc::make_mut(&mut key.metadata);
    let Some(scheduled) = &mut metadata.scheduled else {
        return;
    };
    match &metadata.state {
        None => metadata.state = Some(scheduled.state.clone()),
        Some(state) if follows(&scheduled.state.value, &state.value) => {}
        Some(_) => scheduled.contradicts = metadata.state.take(),
    }
    let date = || scheduled.date.clone();
    metadata.deletion_date = metadata.deletion_date.take().or_else(date);
    let is_waiting =
        |state: &Reported<KeyState>| state.known() == Some(KeyState::PendingReplicaDeletion);
    // `describe-key` has the window only of a key that waits for its replicas:
    // <https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html>
    if metadata
        .state
        .as_ref()
        .is_some_and(|state| is_waiting(&state.value))
    {
        let window = || scheduled.window.clone();
        metadata.pending_window = metadata.pending_window.take().or_else(window);
    }
}

/// Whether a key that was answered to be in the one state can be in the other without anybody's
/// doing: a primary key whose last replica is gone begins its own waiting period.
fn follows(answered: &Reported<KeyState>, described: &Reported<KeyState>) -> bool {
    answered == described
        || (answered.known(), described.known())
            == (
                Some(KeyState::PendingReplicaDeletion),
                Some(KeyState::PendingDeletion),
            )
}
