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
mod companions;
mod control_policies;
mod given_policies;
mod holder;
mod identities;
mod key;
mod kms_policies;
mod loaded_principal;
mod named;
mod policy_alone;
mod questions;
mod questions_loaded;
mod synthetic_caller;
mod tested_attributes;
mod tried;
mod unconditional;

pub(crate) use answer::Answer;
pub(crate) use candidate::Candidate;
pub use given_policies::GivenPolicies;
pub(crate) use holder::{Holder, Permitted};
pub use identities::Identities;
pub use key::key_context;
pub(crate) use key::{AskedKey, rendered};
pub(crate) use loaded_principal::{DecidingTraits, LoadedPrincipal};
pub(crate) use named::{PrincipalName, PrincipalNames};
pub(crate) use policy_alone::{PolicyAlone, delegating_key};
pub(crate) use questions::KeyQuestions;
pub(crate) use synthetic_caller::{SOME_ACCOUNT, synthetic_caller};
pub(crate) use tried::user_with_id;
