//! What a plan does to a key, as records.

use crate::aws::KeyArn;
use crate::document::record;
use crate::inventory::{
    DeclaredResource, DeclaringTool, Key, KeyDependent, PlannedChange, PlannedDestruction,
    VanishedKey,
};

use super::IndexedLocation;
use super::key::public_key_goes_on;
use super::source_index::SourceIndex;

record! {
    /// What a plan does to the key once it is carried out; each is left out where it does not.
    #[derive(Clone, Debug, Default)]
    pub struct PlannedRecord {
        /// That it schedules the key's deletion.
        @left_out pub destruction: Option<DestructionRecord>,
        /// That it deletes a multi-Region primary key and leaves replicas of it.
        @left_out pub replicas_left: Option<ReplicasLeft>,
        /// That it disables the key.
        @left_out pub disabled: Option<PlannedUpdate>,
        /// That it makes the waiting period of a later deletion shorter.
        @left_out pub waiting_period_lowered: Option<LoweredWaitingPeriod>,
        /// That it puts the default key policy in place of the key's own.
        @left_out pub policy_reset: Option<PlannedUpdate>,
        /// That its change of tags or aliases lets somebody schedule deletion who could not.
        @left_out pub gate_opened: Option<OpenedGate>,
        /// That the key was gone, or pending deletion, when the tool looked.
        @left_out pub vanished: Option<VanishedRecord>,
    }
}

record! {
    /// The deletion of the key by a plan.
    #[derive(Clone, Debug)]
    pub struct DestructionRecord {
        /// How the tool names the resource.
        pub address: String,
        /// The tool.
        pub tool: &'static str,
        /// What the plan does: `destroys` or `replaces`.
        pub what: &'static str,
        /// Why, in words that follow the resource; empty where the plan does not tell.
        pub why: String,
        /// The waiting period that is sent, days; 30 where none is, null where it is not known.
        pub days: Option<u16>,
        /// The same in words.
        pub days_text: String,
        /// What is lost beside what the key encrypted, in words that follow.
        pub loss: String,
        /// What else of the plan is encrypted under the key.
        pub dependents: Vec<DependentRecord>,
        /// What to do instead, in words.
        pub instead: String,
        /// Which deletion of which key it is.
        pub identity: String,
        /// Where the plan says so.
        pub at: IndexedLocation,
    }
}

record! {
    /// A resource that is encrypted under the key.
    #[derive(Clone, Debug)]
    pub struct DependentRecord {
        /// How the tool names it.
        pub address: String,
        /// The attribute that names the key.
        pub attribute: String,
        /// Whether the plan destroys it, too.
        pub destroyed: bool,
    }
}

record! {
    /// Replicas that a plan leaves without their primary key.
    #[derive(Clone, Debug)]
    pub struct ReplicasLeft {
        /// How the tool names the primary key.
        pub address: String,
        /// How the tool names the replicas.
        pub replicas: Vec<String>,
        /// The same in words.
        pub words: String,
        /// Which primary key it is.
        pub identity: String,
        /// Where the plan deletes the primary key.
        pub at: IndexedLocation,
    }
}

record! {
    /// A change that a plan makes.
    #[derive(Clone, Debug)]
    pub struct PlannedUpdate {
        /// How the tool names the resource that changes, or goes.
        pub address: String,
        /// Which change of which key it is.
        pub identity: String,
        /// Where the plan says so.
        pub at: IndexedLocation,
    }
}

record! {
    /// A waiting period that a plan makes shorter.
    #[derive(Clone, Debug)]
    pub struct LoweredWaitingPeriod {
        /// How the tool names the resource.
        pub address: String,
        /// The tool.
        pub tool: &'static str,
        /// Before, days.
        pub before: u16,
        /// After, days.
        pub after: u16,
        /// Which change of which key it is.
        pub identity: String,
        /// Where the plan says so.
        pub at: IndexedLocation,
    }
}

record! {
    /// A change of tags or aliases that opens a condition.
    #[derive(Clone, Debug)]
    pub struct OpenedGate {
        /// How the tool names the resource.
        pub address: String,
        /// What changes: `tags`, `aliases`, or `tags and aliases`.
        pub attributes: &'static str,
        /// Those who can schedule deletion after the plan and could not before, or not so soon.
        pub principals: Vec<String>,
        /// The same in words.
        pub words: String,
        /// Which change of which key it is.
        pub identity: String,
        /// Where the plan says so.
        pub at: IndexedLocation,
    }
}

record! {
    /// A key that was gone, or pending deletion, when the tool looked.
    #[derive(Clone, Debug)]
    pub struct VanishedRecord {
        /// How the tool names the resource.
        pub address: String,
        /// The key, in words.
        pub key_text: String,
        /// What the plan does about it, in words.
        pub what: &'static str,
        /// Which key it is.
        pub identity: String,
        /// Where the plan says so.
        pub at: IndexedLocation,
    }
}

/// Resources that words name.
const MOST_NAMED: usize = 3;

/// What the plan does to the key, if rules report any of it. `opened` are the principals that a change of tags or
/// aliases allows to delete the key.
pub(super) fn record(
    key: &Key,
    opened: Option<Vec<String>>,
    source_index: &SourceIndex<'_>,
) -> Option<PlannedRecord> {
    let declared = key.declared.as_deref()?;
    let of = Planned {
        key,
        declared,
        change: declared.planned.as_deref()?,
        source_index,
    };
    let record = PlannedRecord {
        destruction: of.change.destruction.as_ref().map(|it| of.destruction(it)),
        replicas_left: of.replicas_left(),
        disabled: of.change.disabled.map(|at| PlannedUpdate {
            address: declared.address.clone(),
            identity: of.identity("disable"),
            at: source_index.place(at),
        }),
        waiting_period_lowered: of.waiting_period_lowered(),
        policy_reset: of.change.policy_reset.as_ref().map(|reset| PlannedUpdate {
            address: reset.value.clone(),
            identity: of.identity("default policy"),
            at: source_index.place(reset.at),
        }),
        gate_opened: opened.and_then(|principals| of.gate_opened(principals)),
        vanished: of.change.vanished.as_ref().map(|it| of.vanished(it)),
    };
    let is_told = record.destruction.is_some()
        || record.disabled.is_some()
        || record.waiting_period_lowered.is_some()
        || record.policy_reset.is_some()
        || record.gate_opened.is_some()
        || record.vanished.is_some();
    is_told.then_some(record)
}

struct Planned<'a> {
    key: &'a Key,
    declared: &'a DeclaredResource,
    change: &'a PlannedChange,
    source_index: &'a SourceIndex<'a>,
}

impl Planned<'_> {
    /// The key by its ARN, or else by how the tool names it.
    fn key_name(&self) -> &str {
        let arn = self.key.arn.as_ref().map(KeyArn::as_str);
        arn.unwrap_or(&self.declared.address)
    }

    /// What the same line of another plan, or for another key, must not be taken for.
    fn identity(&self, change: &str) -> String {
        format!("{change} {} {}", self.declared.address, self.key_name())
    }

    fn destruction(&self, of: &PlannedDestruction) -> DestructionRecord {
        let tool = self.declared.tool.name();
        let what = if of.is_replacement {
            "replaces"
        } else {
            "destroys"
        };
        let (days, days_text) = days(of, self.declared.tool);
        let dependents = of.dependents.iter().map(|of| DependentRecord {
            address: of.address.clone(),
            attribute: of.attribute.clone(),
            destroyed: of.is_destroyed,
        });
        DestructionRecord {
            address: self.declared.address.clone(),
            tool,
            what,
            why: why(of),
            days,
            days_text,
            loss: self.loss(of),
            dependents: dependents.collect(),
            instead: instead(of, self.declared.tool),
            identity: self.identity(what),
            at: self.source_index.place(of.at),
        }
    }

    fn loss(&self, of: &PlannedDestruction) -> String {
        let mut words = String::new();
        if of.is_replacement {
            words.push_str("; the key that takes its place cannot decrypt what this one encrypted");
        }
        if let Some(goes_on) = public_key_goes_on(&self.key.metadata) {
            words = format!("{words}; whoever has the public key goes on {goes_on}");
        }
        words.push_str(&encrypted(&of.dependents));
        if let Some(refused) = self.change.refused {
            words = format!(
                "{words}; {} does not carry out this plan: {refused}",
                self.declared.tool
            );
        }
        words
    }

    fn replicas_left(&self) -> Option<ReplicasLeft> {
        let of = self.change.destruction.as_ref()?;
        let first = of.replicas_left.first()?;
        Some(ReplicasLeft {
            address: self.declared.address.clone(),
            replicas: of.replicas_left.clone(),
            words: match of.replicas_left.len() {
                1 => format!("its replica `{first}`"),
                count => format!("{count} replicas, `{first}` among them"),
            },
            identity: self.identity("replicas left"),
            at: self.source_index.place(of.at),
        })
    }

    fn waiting_period_lowered(&self) -> Option<LoweredWaitingPeriod> {
        let (before, after) = self.change.waiting_period_lowered.as_ref()?;
        Some(LoweredWaitingPeriod {
            address: self.declared.address.clone(),
            tool: self.declared.tool.name(),
            before: *before,
            after: after.value,
            identity: self.identity(&format!("{before} to {}", after.value)),
            at: self.source_index.place(after.at),
        })
    }

    fn gate_opened(&self, principals: Vec<String>) -> Option<OpenedGate> {
        let of = self.change.gate_attributes.as_ref()?;
        let first = principals.first()?;
        Some(OpenedGate {
            address: self.declared.address.clone(),
            attributes: match (&of.tags, &of.aliases) {
                (Some(_), Some(_)) => "tags and aliases",
                (None, Some(_)) => "aliases",
                _ => "tags",
            },
            words: match principals.len() {
                1 => format!("`{first}`"),
                count => format!("{count} principals, `{first}` among them,"),
            },
            identity: self.identity(&format!("gate {}", principals.join(" "))),
            principals,
            at: self.source_index.place(of.at),
        })
    }

    fn vanished(&self, of: &VanishedKey) -> VanishedRecord {
        let key = of.arn.as_deref();
        VanishedRecord {
            address: self.declared.address.clone(),
            key_text: key.map_or_else(|| "the key".to_owned(), |arn| format!("the key `{arn}`")),
            what: if of.is_recreated {
                "makes a new key in its place"
            } else {
                "takes it out of the state"
            },
            identity: self.identity(key.unwrap_or("vanished")),
            at: self.source_index.place(of.at),
        }
    }
}

/// AWS KMS takes 30 days where the request names none.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>
fn days(of: &PlannedDestruction, tool: DeclaringTool) -> (Option<u16>, String) {
    match of.waiting_period {
        _ if of.waiting_period_is_open => {
            let words = "a waiting period that the plan does not tell";
            (None, words.to_owned())
        }
        Some(days) => (Some(days), format!("a waiting period of {days} days")),
        None => {
            let named = match tool {
                DeclaringTool::Terraform => "the state",
                DeclaringTool::CloudFormation => "its resource",
            };
            let words = format!("a waiting period of 30 days, as {named} names none");
            (Some(30), words)
        }
    }
}

/// <https://developer.hashicorp.com/terraform/internals/json-format#change-representation>
fn why(of: &PlannedDestruction) -> String {
    if of.deposed.is_some() {
        return ", an object that an earlier run replaced and did not delete".to_owned();
    }
    let attributes = || {
        let names: Vec<_> = of.replaced_by.iter().map(|of| format!("`{of}`")).collect();
        names.join(", ")
    };
    let Some(reason) = &of.reason else {
        return String::new();
    };
    match reason.as_str() {
        "delete_because_no_resource_config" => {
            ", whose block is no longer in the configuration".to_owned()
        }
        "delete_because_no_module" => ", whose module is no longer called".to_owned(),
        "delete_because_wrong_repetition" => {
            ", whose `count` or `for_each` was added or removed".to_owned()
        }
        "delete_because_count_index" => ", whose index is not in `count` any more".to_owned(),
        "delete_because_each_key" => ", whose key is not in `for_each` any more".to_owned(),
        "delete_because_no_move_target" => {
            ", which was moved to an address without a block".to_owned()
        }
        "replace_because_cannot_update" if !of.replaced_by.is_empty() => {
            format!(", of which {} cannot be changed in place", attributes())
        }
        "replace_because_cannot_update" => ", which cannot be changed in place".to_owned(),
        "replace_because_tainted" => ", which is marked as tainted".to_owned(),
        "replace_by_request" => ", as `-replace` asks for".to_owned(),
        "replace_by_triggers" => ", as `replace_triggered_by` asks for".to_owned(),
        // What a later version says.
        _ => String::new(),
    }
}

fn instead(of: &PlannedDestruction, tool: DeclaringTool) -> String {
    let words = if of.deposed.is_some() {
        "make sure that nothing is encrypted under the old key any more; to keep it, take it out of the state"
    } else if of.is_replacement {
        "undo what replaces the key, or declare a second key beside it and move to that what is encrypted \
         under this one"
    } else if tool == DeclaringTool::CloudFormation {
        "to keep the key, leave its resource in the template, or set `DeletionPolicy: Retain` in an update before the \
         one that removes it"
    } else {
        "to keep the key, put its block back, or take it out of the state without deleting it: a `removed` \
         block with `lifecycle { destroy = false }`"
    };
    words.to_owned()
}

/// What else is encrypted under the key: first what the plan keeps, which is lost.
fn encrypted(dependents: &[KeyDependent]) -> String {
    let (gone, kept): (Vec<_>, Vec<_>) = dependents.iter().partition(|of| of.is_destroyed);
    let named = |all: &[&KeyDependent]| {
        let first = all.iter().take(MOST_NAMED);
        let first: Vec<_> = first
            .map(|of| format!("`{}` (`{}`)", of.address, of.attribute))
            .collect();
        let first = first.join(", ");
        match all.len().saturating_sub(MOST_NAMED) {
            0 => first,
            more => format!("{first} and {more} more"),
        }
    };
    match (kept.as_slice(), gone.as_slice()) {
        ([], []) => String::new(),
        ([], gone) => format!("; what is encrypted under it goes with it: {}", named(gone)),
        (kept, _) => format!(
            "; what the plan keeps is encrypted under it: {}",
            named(kept)
        ),
    }
}
