//! What evaluation concludes about one key or one unattached policy: the document that rules are
//! written over.

mod access;
mod access_by_statement;
mod action;
mod any_key;
mod condition;
mod coverage;
mod days_text;
mod declared;
mod evidence;
mod gates;
mod indexed_location;
mod inert;
mod key;
mod located;
mod maker;
mod pending;
mod planned;
mod policy_context;
mod principal;
mod record;
mod related;
mod removal;
mod resource;
mod schema;
mod source_index;
mod statement;
mod surroundings;
mod values;
mod ways_round;
mod wideness;

#[cfg(test)]
mod tests;

pub use crate::aws::PrincipalKind;
pub use access_by_statement::{AccessByStatement, GivingStatement, GroupMember, ThroughIam};
pub use coverage::{CoverageRecord, CoverageSpan};
pub use declared::{DeclaredRecord, DeclaredWaitingPeriod};
pub use evidence::{CallRecord, ChangeRecord, EvidenceRecord, PublicKeyDownloads, StillUsed};
pub use located::LocatedFacts;
pub use maker::FactMaker;
pub use planned::{
    DependentRecord, DestructionRecord, LoweredWaitingPeriod, OpenedGate, PlannedRecord,
    PlannedUpdate, ReplicasLeft, VanishedRecord,
};
pub use record::{
    Access, AccessTable, ActionForm, ActionRecord, BypassRecord, ConditionEffect, ConditionRecord,
    Facts, GateAttribute, GrantedBy, IndexedLocation, Inert, InertCause, KeyRecord, Limits,
    PendingRecord, PolicyRecord, PrincipalRecord, ResourceRecord, SidAgain, StatementRecord,
    SubjectKind, TagRecord, TooLarge, ValueRecord, WaysRound,
};
pub use related::{LastRelated, WaitsForReplicas};
pub use removal::{NotRetained, RetainedDependentRecord};

pub use schema::schema;

/// JSON Schema of a list of facts, with and without the locations that [`Facts::located`] adds.
pub const SCHEMA: &str = include_str!("facts.schema.json");
