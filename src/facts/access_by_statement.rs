//! The shape of what is said of principals together that one statement of an IAM policy lets.

use std::sync::Arc;

use crate::access::Decision;
use crate::aws::PendingWindowInDays;
use crate::document::record;
use crate::policy::Effect;

use super::{GrantedBy, IndexedLocation};

record! {
    /// Principals with an entry of their own whose `through_iam` is true.
    #[derive(Clone, Debug, Default)]
    pub struct ThroughIam, or nothing if is_empty {
        /// `ScheduleKeyDeletion`.
        pub schedule: Vec<AccessByStatement>,
        /// `PutKeyPolicy`.
        pub put_key_policy: Vec<AccessByStatement>,
        /// `DeleteImportedKeyMaterial`; empty where the key's material is not known to be imported.
        pub delete_imported_material: Vec<AccessByStatement>,
    }
}

impl ThroughIam {
    /// Whether there is no group.
    pub const fn is_empty(&self) -> bool {
        self.schedule.is_empty()
            && self.put_key_policy.is_empty()
            && self.delete_imported_material.is_empty()
    }
}

record! {
    /// Principals to whom one statement of their own policies gives an action, with the same days and
    /// through the same statements of the key policy. A principal to whom several statements give it
    /// is a member of one group only, that of the statement that most have in common.
    #[derive(Clone, Debug)]
    pub struct AccessByStatement {
        /// The first names in a sentence, each in backticks; of more than five it says how many.
        pub who_text: String,
        /// What tells a finding about them from a later one in the same statement: their ARNs, how
        /// sure it is, and the days.
        pub identity: String,
        /// `its` or `their`.
        pub whose: &'static str,
        /// All of them, sorted by ARN.
        pub members: Vec<GroupMember>,
        /// How many they are.
        pub count: usize,
        /// `allowed` or `conditional`.
        pub decision: Decision,
        /// As in [`super::Access`].
        pub can_text: &'static str,
        /// Condition keys on which it depends for some of them, sorted.
        pub depends_on: Vec<String>,
        /// As in [`super::Access`].
        pub days_text: String,
        /// As in [`super::Access`].
        pub shortest: Option<PendingWindowInDays>,
        /// As in [`super::Access`].
        pub trusted: bool,
        /// As in [`super::Access`].
        pub can_schedule: bool,
        /// As in [`super::Access`]; left out where not.
        @left_out pub held_back: bool,
        /// Names of the policies that give it to all of them, sorted.
        pub policies: Vec<String>,
        /// The statements that give it to all of them: those of the key policy, then those of their
        /// own policies.
        pub via: Vec<Arc<GrantedBy>>,
        /// The statement of their own policies.
        pub statement: GivingStatement,
        /// Where the pattern stands by which that statement covers the action.
        pub at: IndexedLocation,
    }
}

record! {
    /// A member of a group.
    #[derive(Clone, Debug)]
    pub struct GroupMember {
        /// Its ARN.
        pub principal: String,
        /// The end of its ARN, for example `role/ci-deploy`.
        pub name: String,
        /// Where its ARN stands.
        pub at: IndexedLocation,
    }
}

record! {
    /// The statement of an IAM policy that gives an action.
    #[derive(Clone, Debug)]
    pub struct GivingStatement {
        /// Its `Sid`, or null.
        pub sid: Option<String>,
        /// `Allow`.
        pub effect: Effect,
        /// The pattern by which it covers the action.
        pub actions: Vec<String>,
        /// The whole statement.
        pub at: IndexedLocation,
    }
}
