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
mod companions;
mod control_policies;
mod given_policies;
mod holder;
mod identities;
mod key;
mod kms_policies;
mod loaded_principal;
mod missing;
mod named;
mod placeholders;
mod policy_alone;
mod questions;
mod questions_loaded;
mod questions_placeholders;
#[cfg(test)]
mod shortcuts_agree;
mod synthetic_caller;
mod tested_attributes;
mod unconditional;

pub(crate) use answer::Answer;
pub(crate) use applicable::UnknownBoundary;
pub(crate) use candidate::Candidate;
pub(crate) use cast::{Cast, account_of_either};
pub(crate) use changed::{changed_principals, control_policies_differ};
pub use given_policies::GivenPolicies;
pub(crate) use holder::{Holder, Permitted};
pub use identities::Identities;
pub(crate) use key::AskedKey;
pub use key::key_context;
pub(crate) use loaded_principal::{DecidingTraits, LoadedPrincipal};
pub(crate) use named::{PrincipalName, PrincipalNames};
pub(crate) use placeholders::Placeholders;
pub(crate) use policy_alone::{PolicyAlone, delegating_key};
pub(crate) use questions::KeyQuestions;
pub(crate) use synthetic_caller::SOME_ACCOUNT;
