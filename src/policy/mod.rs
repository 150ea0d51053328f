//! The IAM policy grammar as types: what a policy says, before anyone asks what it means.
//!
//! [`PolicyReading`] has all that AWS refuses, with its place, and how long the policy is. What AWS accepts although it has no
//! effect is kept: it is `eval` and `facts` that say so.

mod action;
mod condition;
mod deferred;
mod document;
mod kind;
mod moment;
mod parse;
mod placeholder;
mod principal;
mod principal_index;
mod reading;
mod resource;
mod size;
mod statement;
mod statement_index;
mod value;
mod variable;
mod wildcard;

pub use action::{ActionElement, ActionPattern};
pub use condition::{Comparison, Condition, ConditionOperator, ConditionValue, Family, Quantifier};
pub use document::{PolicyDocument, Version};
pub use kind::PolicyKind;
pub use moment::Moment;
pub use placeholder::{
    Rendered, as_foreign, first_variable, may_be_foreign, rendered, rendered_foreign,
};
pub use principal::{PrincipalElement, PrincipalEntry, PrincipalForm, PrincipalType};
pub use reading::{PolicyReading, StoredText};
pub use resource::{ResourceElement, ResourcePattern};
pub use size::{MAX_POLICY, PolicySize, refuse_bulk};
pub use statement::{Effect, Statement};
pub use statement_index::StatementIndex;
pub use value::{OpenValue, Possible, Reason, Segment, UnknownPart, Value};
pub use variable::{Piece, may_hold_variables, pieces};
pub use wildcard::{Atom, Atoms, first_wildcard, glob, glob_ignore_case, glob_matches};

use crate::text::Spanned;

/// A string of a policy with its escapes undone, and its bytes.
pub type Text = Spanned<Value>;
