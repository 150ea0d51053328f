//! What decides about a caller and a key and was not loaded.

use super::applicable::UnknownBoundary;
use super::candidate::Candidate;
use super::identities::Identities;
use super::key::AskedKey;

/// An input that decides about an answer and was not loaded: with any of these nothing is surely
/// allowed, since what is missing may deny it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MissingInput {
    /// The key policy.
    KeyPolicy,
    /// The policies of the caller, whose account was not listed.
    PrincipalPolicies,
    /// The caller itself: its account was listed, and has no such user or role.
    Principal,
    /// The permissions boundary, which the listing names.
    Boundary,
    /// A control policy that the organization's configuration names.
    ControlPolicy(String),
    /// A file that could not be read or understood.
    File(String),
}

impl Candidate<'_> {
    /// What decides about this caller and the key and was not loaded.
    pub(crate) fn missing_inputs(
        &self,
        key: &AskedKey<'_>,
        identities: &Identities<'_>,
    ) -> Vec<MissingInput> {
        let mut missing = Vec::new();
        if key.policy.is_none() {
            missing.push(MissingInput::KeyPolicy);
        }
        if !self.has_known_policies() {
            missing.push(
                if identities.missing(&self.caller).is_some() && self.is_itself() {
                    MissingInput::Principal
                } else {
                    MissingInput::PrincipalPolicies
                },
            );
        }
        if self.applicable.unknown_boundary == UnknownBoundary::NotLoaded {
            missing.push(MissingInput::Boundary);
        }
        let control = identities.missing_control_policies().into_iter();
        missing.extend(control.map(|name| MissingInput::ControlPolicy(name.to_owned())));
        missing
    }
}
