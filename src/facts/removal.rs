//! That AWS CloudFormation schedules the deletion of a key when its resource leaves the stack.

use crate::document::record;
use crate::inventory::{Key, RemovalOutcome, RetainedDependent};

use super::IndexedLocation;
use super::key::public_key_goes_on;
use super::source_index::SourceIndex;

record! {
    /// What happens to a key that a template does not keep.
    #[derive(Clone, Debug)]
    pub struct NotRetained {
        /// The resource's logical id.
        pub logical_id: String,
        /// Why it is not kept, in words that follow a colon.
        pub why: String,
        /// The waiting period, in words that follow "with".
        pub waiting_period: String,
        /// What is lost beyond the key, in words that follow; empty where the template tells of nothing.
        pub loss: String,
        /// Whether more than the key is lost.
        pub loses_data: bool,
        /// Whether it is a replica key.
        pub replica: bool,
        /// Resources that the template keeps and that name the key.
        pub dependents: Vec<RetainedDependentRecord>,
        /// `DeletionPolicy`, or the logical id of a resource without one.
        pub at: IndexedLocation,
    }
}

record! {
    /// A resource that is kept and names the key.
    #[derive(Clone, Debug)]
    pub struct RetainedDependentRecord {
        /// Its logical id.
        pub logical_id: String,
        /// Its type.
        pub resource_type: String,
        /// Where its logical id stands.
        pub at: IndexedLocation,
    }
}

/// Nothing where the key is kept, or no template declares it.
pub(super) fn record(key: &Key, source_index: &SourceIndex<'_>) -> Option<Box<NotRetained>> {
    let removal = key.stack_removal.as_ref()?;
    let why = match &removal.outcome {
        RemovalOutcome::Kept => return None,
        RemovalOutcome::DeletedByDefault => "it has no `DeletionPolicy`".to_owned(),
        RemovalOutcome::Deleted(policy) => format!("its `DeletionPolicy` is `{policy}`"),
        RemovalOutcome::Unknown => {
            "what its `DeletionPolicy` is, the template does not tell".to_owned()
        }
    };
    let goes_on = public_key_goes_on(&key.metadata);
    let goes_on = goes_on.map(|what| format!("; whoever has its public key goes on {what}"));
    let dependents = removal.dependents.as_slice();
    let kept = (!dependents.is_empty()).then(|| {
        let names = dependents
            .iter()
            .map(|of| format!("`{}`", of.logical_id.value));
        let names: Vec<_> = names.collect();
        let are = if names.len() == 1 { "is" } else { "are" };
        format!(
            "; {} {are} kept and cannot be decrypted without it",
            listed(&names)
        )
    });
    let replica = removal
        .is_replica
        .then(|| "; the primary key and other replicas of it stay".to_owned());
    let loses_data = !removal.is_replica && (goes_on.is_some() || kept.is_some());
    let dependent = |of: &RetainedDependent| RetainedDependentRecord {
        logical_id: of.logical_id.value.clone(),
        resource_type: of.resource_type.clone(),
        at: source_index.place(of.logical_id.at),
    };
    Some(Box::new(NotRetained {
        logical_id: removal.logical_id.clone(),
        why,
        waiting_period: removal.waiting_period.map_or_else(
            || "a waiting period that the template does not tell".to_owned(),
            |days| format!("a waiting period of {days} days"),
        ),
        loss: replica.or(kept).or(goes_on).unwrap_or_default(),
        loses_data,
        replica: removal.is_replica,
        dependents: dependents.iter().map(dependent).collect(),
        at: source_index.place(removal.at),
    }))
}

/// The names as a sentence lists them.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
