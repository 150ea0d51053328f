//! The facts as a document: the fields of each record in order, those in brackets where they are
//! not left out. `record.rs` and its kin say the same to serde.

use crate::access::Decision;
use crate::aws::condition_key::ValueType;
use crate::aws::{ActionSet, PendingWindowInDays, PrincipalKind};
use crate::document::{AsFact, Fact, Items, Vocabulary, Word, fields, word};
use crate::policy::{Comparison, Effect, PolicyKind, PrincipalType, Quantifier};

use super::access_by_statement::{AccessByStatement, GivingStatement, GroupMember, ThroughIam};
use super::coverage::{CoverageRecord, CoverageSpan};
use super::evidence::{CallRecord, ChangeRecord, EvidenceRecord, PublicKeyDownloads, StillUsed};
use super::record::{
    Access, AccessTable, ActionForm, ActionRecord, BypassRecord, ConditionEffect, ConditionRecord,
    Facts, GateAttribute, GrantedBy, Inert, InertCause, KeyRecord, Limits, PendingRecord,
    PolicyRecord, PrincipalRecord, ResourceRecord, SidAgain, StatementRecord, SubjectKind,
    TagRecord, TooLarge, ValueRecord, WaysRound,
};
use super::related::{LastRelated, WaitsForReplicas};

fields!(Facts {
    format subject kind sources limits key policy statements access
});
fields!(Limits {
    minimum_waiting_period
});
fields!(KeyRecord {
    arn account spec usage state origin manager multi_region_type asymmetric
    [public_key_goes_on] deletion_date aliases tags last_used [pending] [waits_for_replicas] [last_related]
    [lockout_check_bypassed] [evidence] at
});
fields!(BypassRecord {
    operation by at
});
fields!(TagRecord {
    key value
});
fields!(PendingRecord {
    state when recorded identity at
});
fields!(PolicyRecord {
    kind version [whole] [of_aws_key] [too_large] at
});
fields!(TooLarge {
    length limit unit at
});
fields!(StatementRecord {
    index sid [sid_again] effect inert not_principal principals not_action actions covers
    critical denied_together denied_in_part [ways_round] [deletes_any_key] [allows_everything]
    not_resource resources conditions at
});
fields!(WaysRound {
    actions words
});
fields!(SidAgain {
    text at
});
fields!(Inert {
    cause reason at
});
fields!(PrincipalRecord {
    text (principal_type as "type") kind account foreign [partial_wildcard] [identity_center]
    [reserved_path] [unlisted] at
});
fields!(ActionRecord {
    text form matches nearest [mistake] [may_be_newer] at
});
fields!(ResourceRecord {
    text covers_key [variable] [variable_misplaced] at
});
fields!(ConditionRecord {
    operator quantifier comparison if_exists negated key key_lower key_known key_nearest
    misnamed_window key_hint key_type [multi_valued] [compares_no_number] [gate] [gate_open] [unpaired]
    [missed_keys] [demands_key] never_present_for unsupported_here effect values operator_at at
});
fields!(ValueRecord {
    text number [wildcard] [variable] [placeholder] at
});
fields!(AccessTable {
    schedule cancel put_key_policy [delete_imported_material] [through_iam] someone_can_schedule
    someone_can_cancel [cancel_doubtful] someone_can_enable someone_can_put_key_policy
});
fields!(Access {
    principal name who_text kind account resolved decision can_text days conditional_days
    shortest days_text depends_on without_mfa narrowed narrowed_to_account trusted can_schedule
    through_iam policies [only_root] [held_back] [sole] [uses] [lacks] via at
});
fields!(GrantedBy {
    policy direct [everyone] statement sid pattern by_name at
});
fields!(EvidenceRecord {
    coverage events scheduled cancelled last_use [still_used] [public_key] [deleted]
    [material_deleted] [lockout_check_bypassed]
});
fields!(ChangeRecord {
    operation who by region source_address when identity at
});
fields!(CoverageRecord {
    files events kms_events first last regions accounts truncated covers_region spans
});
fields!(CoverageSpan {
    account region from to missing
});
fields!(CallRecord {
    operation principal account invoked_by when count error days file
});
fields!(StillUsed {
    uses words at
});
fields!(PublicKeyDownloads {
    downloads words at
});
fields!(ThroughIam, or nothing if is_empty {
    schedule put_key_policy delete_imported_material
});
fields!(AccessByStatement {
    who_text identity whose members count decision can_text days_text shortest trusted
    can_schedule [held_back] policies via statement at
});
fields!(GroupMember {
    principal name at
});
fields!(GivingStatement {
    sid effect actions at
});
fields!(WaitsForReplicas {
    replicas words at
});
fields!(LastRelated {
    others words at
});

macro_rules! words {
    ($($kind:ty)+) => { $(
        impl AsFact for $kind {
            fn as_fact(&self) -> Fact<'_> {
                Fact::Text(word(self).into())
            }

            fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
                words.add_text(field, word(self));
            }
        }
    )+ };
}

words!(ActionForm ConditionEffect Decision Effect InertCause PolicyKind PrincipalKind PrincipalType);
words!(Comparison GateAttribute Quantifier SubjectKind ValueType);

impl AsFact for PendingWindowInDays {
    fn as_fact(&self) -> Fact<'_> {
        Fact::Integer(self.days().into())
    }

    fn note(&self, _: Option<Word>, _: &mut Vocabulary) {}
}

impl AsFact for ActionSet {
    fn as_fact(&self) -> Fact<'_> {
        Fact::list(self)
    }

    fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
        for action in self {
            words.add_text(field, action.qualified());
        }
    }
}

impl Items for ActionSet {
    fn each<'a>(&'a self, visit: &mut dyn FnMut(Fact<'a>) -> bool) {
        self.iter()
            .all(|action| visit(Fact::Text(action.qualified().into())));
    }
}
