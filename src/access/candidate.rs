//! One caller with the policies and limits that apply to it.

use std::cell::OnceCell;

use crate::aws::{AccountId, KmsAction, PrincipalKind};
use crate::eval::{
    Caller, CaseSet, Layer, NamedPolicy, PolicyRef, PolicySet, Request, RequestContext, evaluate,
    everything, open_key_policy,
};
use crate::text::SourceId;

use super::applicable::{Applicable, UnknownBoundary};
use super::identities::Identities;
use super::key::AskedKey;
use super::loaded_principal::LoadedPrincipal;
use super::synthetic_caller::{ACCOUNT_KEYS, forget_identity, synthetic_caller};
use super::tested_attributes::TestedAttributes;

/// For whom a candidate is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StandsFor {
    Itself,
    /// All callers of its class and account.
    Class,
    /// All callers of its class, of any account that nothing names.
    AnyAccount,
}

/// One caller. All questions to it are about the same key.
#[derive(Clone, Debug)]
pub(crate) struct Candidate<'a> {
    pub(crate) caller: Caller,
    stands_for: StandsFor,
    /// `aws:userid`, where it is known.
    user_id: Option<String>,
    organization: Option<&'a str>,
    /// The loaded user or role that it is, or whose session it is.
    pub(crate) principal: Option<&'a LoadedPrincipal<'a>>,
    pub(crate) applicable: Applicable<'a>,
    /// What is asked, but for the action; made when it is first asked.
    open: OnceCell<Request>,
}

impl<'a> Candidate<'a> {
    /// A caller with all that was loaded of it.
    pub(crate) fn new(
        caller: Caller,
        key: (Option<AccountId>, &TestedAttributes),
        identities: &'a Identities<'_>,
    ) -> Self {
        let principal = identities.principal_of(&caller);
        Self::of(caller, principal, key, identities)
    }

    /// A caller of which only the ARN is known, whatever was loaded of it.
    pub(crate) fn stranger(
        caller: Caller,
        key: (Option<AccountId>, &TestedAttributes),
        identities: &'a Identities<'_>,
    ) -> Self {
        Self::of(caller, None, key, identities)
    }

    /// A loaded user or role, as itself.
    pub(crate) fn loaded(
        principal: &'a LoadedPrincipal<'a>,
        key: (Option<AccountId>, &TestedAttributes),
        identities: &'a Identities<'_>,
    ) -> Self {
        Self::of(principal.caller.clone(), Some(principal), key, identities)
    }

    fn of(
        caller: Caller,
        principal: Option<&'a LoadedPrincipal<'a>>,
        (key_account, tested): (Option<AccountId>, &TestedAttributes),
        identities: &'a Identities<'_>,
    ) -> Self {
        let user_id = principal.and_then(|principal| {
            let tested = identities.tested_attributes(principal, tested);
            principal.user_id_of(&caller, &tested)
        });
        let account = caller.account();
        Self {
            stands_for: StandsFor::Itself,
            user_id,
            organization: account.and_then(|account| identities.organization_id(account)),
            applicable: Applicable {
                // Session policies are in no file. A federated user without one has no permissions,
                // so what is asked is what it could do with one.
                session: caller.is_federated_user().then_some(everything()),
                ..identities.applicable(account, principal, key_account)
            },
            principal,
            caller,
            open: OnceCell::new(),
        }
    }

    /// A caller of which nothing was loaded, under these policies and limits alone.
    pub(super) const fn given(caller: Caller, applicable: Applicable<'a>) -> Self {
        Self {
            caller,
            stands_for: StandsFor::Itself,
            user_id: None,
            organization: None,
            principal: None,
            applicable,
            open: OnceCell::new(),
        }
    }

    /// A caller of the class and account that stands for all of them.
    pub(crate) fn any(
        class: PrincipalKind,
        account: &str,
        key: (Option<AccountId>, &TestedAttributes),
        identities: &'a Identities<'_>,
    ) -> Option<Self> {
        let caller = synthetic_caller(class, account)?;
        Some(Self::stranger(caller, key, identities).standing_for_class())
    }

    /// The same with these identity-based policies.
    pub(crate) fn with_policies(mut self, identity: &'a [NamedPolicy]) -> Self {
        self.applicable.identity = identity;
        self
    }

    /// The same, standing for all callers of its class and account.
    pub(crate) fn standing_for_class(self) -> Self {
        Self {
            stands_for: StandsFor::Class,
            ..self
        }
    }

    /// The same, standing for all callers of its class and of any account.
    pub(crate) fn of_any_account(mut self) -> Self {
        self.applicable.scps = &[];
        Self {
            stands_for: StandsFor::AnyAccount,
            organization: None,
            ..self
        }
    }

    /// The same as if it had a permissions boundary of which only that is known.
    pub(crate) fn with_unknown_boundary(mut self) -> Self {
        self.applicable.boundary = Some(everything());
        self.applicable.unknown_boundary = UnknownBoundary::Supposed;
        self
    }

    /// The same with this id.
    pub(crate) fn with_id(self, id: String) -> Self {
        Self {
            user_id: Some(id),
            ..self
        }
    }

    /// Whether it stands for nobody else.
    pub(crate) fn is_itself(&self) -> bool {
        self.stands_for == StandsFor::Itself
    }

    /// Whether the caller's id is known, so that the ids of a key policy name it or do not.
    pub(crate) const fn has_id(&self) -> bool {
        self.user_id.is_some()
    }

    /// The policies that decide about it and this key.
    pub(crate) fn policies<'p>(&self, key: &'p AskedKey<'_>) -> PolicySet<'p>
    where
        'a: 'p,
    {
        self.applicable.with(key.policy_for(self.has_id()))
    }

    /// The same with the most permissive reading of what is not known: a key policy and
    /// identity-based policies that were not loaded.
    pub(crate) fn policies_at_most<'p>(&self, key: &'p AskedKey<'_>) -> PolicySet<'p>
    where
        'a: 'p,
    {
        let loaded = key.policy_for(self.has_id());
        let applicable = if self.has_known_policies() {
            self.applicable
        } else {
            Applicable {
                identity: everything(),
                ..self.applicable
            }
        };
        applicable.with(loaded.or(open_key_policy()))
    }

    /// Whether its identity-based policies are all known, or it has none.
    pub(crate) fn has_known_policies(&self) -> bool {
        let is_listed = self.principal.is_some_and(|of| !of.principal.is_declared);
        self.caller.is_root() || self.caller.is_service() || is_listed
    }

    /// The question whether this caller may do it, for every day count.
    pub(crate) fn request(&self, action: KmsAction, key: &AskedKey<'_>) -> Request {
        self.open.get_or_init(|| self.open(key)).about(action)
    }

    /// The cases that are allowed or conditional.
    pub(super) fn possible(&self, action: KmsAction, key: &AskedKey<'_>) -> CaseSet {
        let request = self.request(action, key);
        evaluate(&request, &self.policies(key)).decisions.possible()
    }

    /// Whether the decision for this caller is allowed or conditional when the request context is
    /// changed in this way.
    pub(crate) fn may_where(
        &self,
        action: KmsAction,
        key: &AskedKey<'_>,
        change: impl FnOnce(&mut RequestContext),
    ) -> bool {
        self.may_by(&self.policies(key), action, key, change)
    }

    /// The same by these policies.
    pub(super) fn may_by(
        &self,
        policies: &PolicySet<'_>,
        action: KmsAction,
        key: &AskedKey<'_>,
        change: impl FnOnce(&mut RequestContext),
    ) -> bool {
        let mut request = self.request(action, key);
        change(&mut request.context);
        evaluate(&request, policies).decision().is_possible()
    }

    fn open(&self, key: &AskedKey<'_>) -> Request {
        let mut context = key.context.clone();
        if let Some(principal) = self.principal {
            principal.set_context(&mut context);
        }
        if let Some(id) = self.organization {
            context.set("aws:PrincipalOrgID", [id]);
        }
        let (caller, identity) = (self.caller.clone(), key.identity.clone());
        let action = KmsAction::ScheduleKeyDeletion;
        let mut request = Request::open(caller, action, identity, context, None);
        if !self.is_itself() {
            forget_identity(&mut request.context);
        }
        // The account of a synthetic caller is no key's where that is not known.
        let is_of_some_account = match self.stands_for {
            StandsFor::Itself => false,
            StandsFor::Class => key.identity.account.is_none(),
            StandsFor::AnyAccount => true,
        };
        if is_of_some_account {
            for name in ACCOUNT_KEYS {
                request.context.forget(name);
            }
        }
        if let Some(id) = &self.user_id {
            request.context.set("aws:userid", [id.as_str()]);
        }
        request
    }

    /// The file that a policy of [`Self::policies`] stands in; one that was assumed stands in none.
    pub(crate) fn source_of(
        &self,
        policy: PolicyRef,
        key: &AskedKey<'_>,
        identities: &Identities<'_>,
    ) -> Option<SourceId> {
        if policy.layer == Layer::KeyPolicy {
            return key.source;
        }
        let Applicable { scps, rcps, .. } = self.applicable;
        let levels = if policy.layer == Layer::Scp {
            scps
        } else {
            rcps
        };
        let control = levels
            .get(policy.level)
            .and_then(|level| level.get(policy.index));
        identities.source_of(policy, self.principal, control)
    }
}
