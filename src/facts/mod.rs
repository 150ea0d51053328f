//! What evaluation concludes about one key or one unattached policy: the document that rules are
//! written over.

mod record;

pub use record::{
    Access, AccessTable, ActionForm, ActionRecord, ConditionEffect, ConditionRecord, Facts, Inert,
    KeyRecord, Limits, Place, PolicyRecord, PrincipalKind, PrincipalRecord, ResourceRecord,
    StatementRecord, SubjectKind, ValueRecord, Via,
};
