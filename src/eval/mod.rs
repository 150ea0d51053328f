//! May this caller do this to this key: conditions, statements, policies, decision.
//!
//! Everything about waiting periods is a set: one pass answers for 7 to 30 days and for a request
//! that names none. What is not known stays unknown, is never allowed, and never protects.

mod caller;
mod candidates;
mod cases;
mod combine;
mod condition;
mod context;
mod decide;
mod decision;
mod depends;
mod derive;
mod element;
mod example;
mod expansion;
mod explain;
mod full_access;
mod holds;
mod language;
mod nearest_miss;
mod open_principal;
#[cfg(test)]
mod open_values;
mod possible;
mod principal;
mod reaching;
mod request;
mod resource;
mod scope;
mod settle;
mod shape;
mod statement;
#[cfg(test)]
pub(crate) mod steps;
mod widest;

pub use caller::{Caller, CallerError};
pub use cases::{Case, CaseSet, day_ranges, days_in_words};
pub use condition::whole_number;
pub use context::{Lookup, RequestContext, Values};
pub use decide::evaluate;
pub use decision::{Decision, Decisions, Evaluation, Layer, Match, PolicyRef, Reason};
pub use depends::{Dependencies, NotGiven, dependencies};
pub use derive::FROM_KEY;
pub use element::{condition_holds, resource_covers};
pub use example::{Example, Examples};
pub use explain::{Explanation, deciding, explain};
pub use full_access::{assume_full_access, full_access};
pub use holds::{Holds, Truth};
pub use nearest_miss::{FailedElement, Failure, NearestMiss};
pub use request::{KeyIdentity, NamedPolicy, PolicySet, Request, WINDOW_KEY, Window};
pub use widest::{everything, open_key_policy};
