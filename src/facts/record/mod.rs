//! The shape of the facts; one record for each key, and for each policy without one.
//!
//! Everything that a finding can point at has an `at`: the index of its file in `sources`, and
//! the first byte and the one after the last.
//!
//! A field that says "left out where" is rare: it is not written where it would be null or false,
//! so that a selector which asks for it costs nothing on facts without it.

mod access;
mod action;
mod condition;
mod key;
mod policy;
mod principal;
mod resource;
mod statement;

use jiff::civil::Date;
use serde::Serialize;

use crate::aws::PendingWindowInDays;
use crate::document::record;
use crate::text::Location;

pub use super::indexed_location::IndexedLocation;
pub use access::{Access, AccessTable, GrantedBy};
pub use action::{ActionForm, ActionRecord};
pub use condition::{ConditionEffect, ConditionRecord, GateAttribute, ValueRecord};
pub use key::{BypassRecord, KeyRecord, PendingRecord, TagRecord};
pub use policy::{PolicyRecord, TooLarge};
pub use principal::PrincipalRecord;
pub use resource::ResourceRecord;
pub use statement::{Inert, InertCause, SidAgain, StatementRecord, WaysRound};

record! {
    /// The facts of one key or one unattached policy.
    #[derive(Clone, Debug)]
    pub struct Facts {
        /// Version of this shape; 1.
        pub format: u8,
        /// How to speak of it: a key's ARN, or the name of a policy's file.
        pub subject: String,
        /// What it is.
        pub kind: SubjectKind,
        /// Files that places refer to by index.
        pub sources: Vec<String>,
        /// The limits that rules compare with.
        pub limits: Limits,
        /// The key; nothing is known of it where only a policy was loaded.
        pub key: Box<KeyRecord>,
        /// The policy as a whole; a key without a loaded policy has none.
        pub policy: Option<PolicyRecord>,
        /// Every statement of the policy, in order.
        pub statements: Vec<StatementRecord>,
        /// Who can do what; empty for an unattached policy.
        pub access: AccessTable,
        /// The same under the other reading of a template in which a placeholder names an account as a
        /// whole, and another account is named too: either may be the key's. Only what is found under both
        /// is reported. None where there is no doubt.
        @hidden pub other_reading: Option<Box<Self>>,
    }
}

impl Facts {
    /// Whether what is said of it depends on what else those can do who have the policy.
    pub(crate) fn depends_on_holders(&self) -> bool {
        let mut conditions = self.statements.iter().flat_map(|of| &of.conditions);
        conditions.any(|condition| condition.gate.is_some())
    }

    /// Where every statement stands that these facts tell of.
    pub fn statements_at(&self) -> impl Iterator<Item = Location> {
        let through_iam = &self.access.through_iam;
        let groups = through_iam.schedule.iter();
        let groups = groups.chain(&through_iam.put_key_policy);
        let groups = groups.chain(&through_iam.delete_imported_material);
        let own = self.statements.iter().map(|statement| statement.at);
        own.chain(groups.map(|group| group.statement.at))
            .map(|place| place.at)
    }
}

/// What the facts are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A key, or a key policy that came without its key.
    Key,
    /// An IAM policy that is attached to nothing that was loaded.
    Policy,
}

record! {
    /// What the configuration limits.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Limits {
        /// The shortest waiting period that is not reported, days, 7 to 30; 14 unless configured.
        pub minimum_waiting_period: PendingWindowInDays,
        /// The longest time between two events of covered records, hours; 24 unless configured.
        @hidden pub maximum_gap_hours: u16,
        /// The day of the run, UTC, where it was said: a deletion date before it has passed.
        @hidden pub day: Option<Date>,
    }
}

/// 14 days, 24 hours, and no day.
impl Default for Limits {
    fn default() -> Self {
        Self {
            minimum_waiting_period: PendingWindowInDays::new(14).unwrap_or_default(),
            maximum_gap_hours: 24,
            day: None,
        }
    }
}
