//! Who can do what to a key: the one room that answers it. Facts, the pre-deletion check, the
//! difference and fixes read it and nothing else.
//!
//! [`Identities`] holds the users, roles and control policies that were loaded. A `Candidate` is a
//! caller with the policies and limits that apply to it, which `Identities::applicable` alone
//! decides; put to an `AskedKey` it gives an `Answer`. `KeyQuestions` asks everyone about one
//! key: whom the key policy names, classes of callers, and everyone who was loaded.

mod answer;
mod applicable;
mod candidate;
mod cast;
mod changed;
mod class;
mod companions;
mod contribution;
mod control_policies;
mod exempt;
mod explained;
mod given_policies;
mod grant;
mod holder;
mod identities;
mod key;
mod kms_policies;
mod limits;
mod loaded_principal;
mod mfa;
mod missing;
mod missing_input;
mod named;
mod permission;
mod placeholders;
mod policy_alone;
mod population;
mod probe;
mod questions;
mod questions_classes;
mod questions_loaded;
mod questions_placeholders;
mod restriction;
#[cfg(test)]
mod shortcuts_agree;
mod statement_reference;
mod surface;
mod survey;
mod synthetic_caller;
mod tested_attributes;
mod unconditional;

pub use crate::eval::{
    Caller, CallerError, Case, CaseSet, Decision, Decisions, FailedElement, KeyIdentity, Layer,
    NamedPolicy, NotGiven, PolicyRef, Reason, Request, RequestContext, Values, WINDOW_KEY,
    day_ranges, days_in_words,
};

pub(crate) use answer::{Answer, AnsweringStatement, MissingAllow};
pub(crate) use candidate::Candidate;
pub(crate) use cast::{Cast, account_of_either};
pub(crate) use changed::{changed_principals, control_policies_differ};
pub(crate) use contribution::{Contribution, DecisionPart, OpenElement};
pub use explained::{
    AskedAction, Explained, ExplainedDays, ExplainedMiss, ExplainedStatement, StatementOutcome,
};
pub use given_policies::GivenPolicies;
pub(crate) use grant::Standing;
pub use grant::{Dependency, Grant, GrantingPolicy, GrantingStatement};
pub(crate) use holder::{Holder, Permitted};
pub use identities::Identities;
pub use key::key_context;
pub(crate) use key::{AskedKey, partition_of};
pub(crate) use loaded_principal::{DecidingTraits, LoadedPrincipal};
pub use missing_input::MissingInput;
pub(crate) use named::{PrincipalName, PrincipalNames};
pub use permission::KnownDecision;
pub(crate) use permission::{CandidateQuestion, MissingPolicies};
pub(crate) use placeholders::Placeholders;
pub(crate) use policy_alone::{PolicyAlone, delegating_key, delegating_policy};
pub use population::Asked;
pub(crate) use population::ClassStanding;
pub(crate) use probe::ConditionCases;
pub(crate) use questions::KeyQuestions;
pub use restriction::{BoundaryLimit, Limits, Restriction, StoppedBy};
pub use statement_reference::{PolicyReference, StatementReference};
pub(crate) use survey::Survey;
pub(crate) use synthetic_caller::{EVERY_CLASS, SOME_ACCOUNT};

pub use crate::policy::Effect;

#[cfg(test)]
pub(crate) use crate::eval::steps;
