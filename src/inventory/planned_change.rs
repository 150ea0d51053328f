//! What a plan does to a key once it is carried out.

use crate::text::Location;

use super::{Located, Tag};

/// The changes of one key; each is none where the plan does not make it.
#[derive(Clone, Debug, Default)]
pub struct PlannedChange {
    /// That it schedules the key's deletion.
    pub destruction: Option<PlannedDestruction>,
    /// That it disables the key.
    pub disabled: Option<Location>,
    /// That the waiting period of a later deletion becomes shorter: days before, and after.
    pub waiting_period_lowered: Option<(u16, Located<u16>)>,
    /// That it puts the default key policy in place of the key's own: the resource that goes.
    pub policy_reset: Option<Located<String>>,
    /// That the key was deleted, or its deletion scheduled, outside of the plan.
    pub vanished: Option<VanishedKey>,
    /// The key's tags and aliases as they are before the plan, where it changes some of them.
    pub gate_attributes: Option<GateAttributes>,
    /// That the tool refuses to carry out the plan, for this reason.
    pub refused: Option<&'static str>,
}

/// The deletion of a key by a plan.
#[derive(Clone, Debug)]
pub struct PlannedDestruction {
    /// Whether another key takes its place in the template: it has none of the key's material.
    pub is_replacement: bool,
    /// The mark under which the tool remembers a key that an earlier run replaced and could not delete.
    pub deposed: Option<String>,
    /// Why, as the tool says it, for example `delete_because_no_resource_config`.
    pub reason: Option<String>,
    /// The attributes that cannot be changed without another key, for example `key_usage`.
    pub replaced_by: Vec<String>,
    /// The waiting period that is sent to AWS KMS, days; none where it is left out, which is 30.
    pub waiting_period: Option<u16>,
    /// Whether the waiting period is not known: the tool does not send the one that stands in the template.
    pub waiting_period_is_open: bool,
    /// What else in the plan is encrypted under the key.
    pub dependents: Vec<KeyDependent>,
    /// Of a multi-Region primary key: the addresses of replicas that the plan leaves.
    pub replicas_left: Vec<String>,
    /// Where the plan says so.
    pub at: Location,
}

/// A resource that names the key in one of its attributes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyDependent {
    /// How the tool names the resource.
    pub address: String,
    /// The attribute, for example `kms_key_id`.
    pub attribute: String,
    /// Whether the plan destroys the resource, too.
    pub is_destroyed: bool,
}

/// A key that was gone, or pending deletion, when the tool looked.
#[derive(Clone, Debug)]
pub struct VanishedKey {
    /// Its ARN, where the state has it.
    pub arn: Option<String>,
    /// Whether the plan makes a new key in its place.
    pub is_recreated: bool,
    /// Where the plan says so.
    pub at: Location,
}

/// What conditions on `aws:ResourceTag` and `kms:ResourceAliases` compare with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateAttributes {
    /// All its tags; none where they are not known.
    pub tags: Option<Vec<Tag>>,
    /// The aliases that the plan knows; none where it changes none of them.
    pub aliases: Option<AliasChange>,
    /// Where the plan says so.
    pub at: Location,
}

/// The aliases of a key that a plan knows, before and after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AliasChange {
    /// Before.
    pub before: Vec<String>,
    /// After.
    pub after: Vec<String>,
}
