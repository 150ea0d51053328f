//! One policy that is no key's, by itself: whoever has it, or whomever it limits, on a key that
//! leaves every decision to other policies.

use std::sync::LazyLock;

use crate::aws::PrincipalKind;
use crate::eval::{KeyIdentity, NamedPolicy, RequestContext, assume_full_access, everything};
use crate::inventory::LoadedPolicy;
use crate::policy::{PolicyDocument, PolicyKind, PolicyReading};

use super::candidate::Candidate;
use super::given_policies::GivenPolicies;
use super::key::AskedKey;
use super::synthetic_caller::{SOME_ACCOUNT, synthetic_caller};

/// A key policy that leaves everything to the policies of this account, as AWS's default one does.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
pub(crate) fn delegating_policy(account: &str) -> Option<PolicyDocument> {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",
        "Principal":{{"AWS":"{account}"}},"Action":"kms:*","Resource":"*"}}]}}"#
    );
    PolicyReading::of_text(&text, PolicyKind::Key).document.ok()
}

static DELEGATES: LazyLock<Option<PolicyDocument>> =
    LazyLock::new(|| delegating_policy(SOME_ACCOUNT));

/// A key whose policy leaves everything to other policies; always there.
pub(crate) fn delegating_key() -> Option<AskedKey<'static>> {
    let policy = DELEGATES.as_ref()?;
    let (identity, context) = (KeyIdentity::default(), RequestContext::open());
    Some(AskedKey::new(identity, context, Some(policy)))
}

/// What one policy does.
#[derive(Debug)]
pub(crate) struct PolicyAlone(GivenPolicies);

impl PolicyAlone {
    /// A policy of this kind, or none where such a one would be.
    pub(crate) fn new(kind: PolicyKind, policy: Option<&LoadedPolicy>) -> Self {
        let named = policy.map(|policy| NamedPolicy {
            name: policy.name.as_str().into(),
            document: policy.document.clone(),
        });
        let mut all: Vec<_> = named.into_iter().collect();
        let mut given = GivenPolicies::default();
        if Self::limits(kind) {
            given.identity = everything().to_vec();
        }
        match kind {
            PolicyKind::Identity | PolicyKind::Session | PolicyKind::Key => given.identity = all,
            PolicyKind::PermissionsBoundary => {
                given.boundary = Some(all).filter(|all| !all.is_empty());
            }
            PolicyKind::ServiceControl => {
                assume_full_access(&mut all);
                given.scps = vec![all];
            }
            PolicyKind::ResourceControl => given.rcps = vec![all],
        }
        Self(given)
    }

    /// The same beside a policy that allows everything: what it denies to whoever has it.
    pub(crate) fn beside_everything(kind: PolicyKind, policy: Option<&LoadedPolicy>) -> Self {
        let mut alone = Self::new(kind, policy);
        if !Self::limits(kind) {
            alone.0.identity.extend_from_slice(everything());
        }
        alone
    }

    /// Whether a policy of this kind only limits what others allow.
    pub(crate) const fn limits(kind: PolicyKind) -> bool {
        match kind {
            PolicyKind::Identity | PolicyKind::Session | PolicyKind::Key => false,
            PolicyKind::PermissionsBoundary
            | PolicyKind::ServiceControl
            | PolicyKind::ResourceControl => true,
        }
    }

    /// A role and a user who have the policy or whom it limits; only control policies limit an
    /// account's root user, who can have no policies:
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
    pub(crate) fn candidates(&self) -> Vec<Candidate<'_>> {
        let with_root = !self.0.scps.is_empty() || !self.0.rcps.is_empty();
        let classes = [
            PrincipalKind::Role,
            PrincipalKind::User,
            PrincipalKind::Root,
        ];
        let asked = classes
            .into_iter()
            .filter(|class| with_root || *class != PrincipalKind::Root);
        let callers = asked.filter_map(|class| synthetic_caller(class, SOME_ACCOUNT));
        let applicable = self.0.applicable();
        callers
            .map(|caller| Candidate::given(caller, applicable).standing_for_class())
            .collect()
    }
}
