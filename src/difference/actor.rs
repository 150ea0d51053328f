//! One caller on one side, with all that limits it.

use std::cell::OnceCell;

use crate::aws::{AccountId, KmsAction};
use crate::eval::{Caller, NamedPolicy, Request};
use crate::facts::{ACCOUNT_KEYS, Identities, Member, Mentions, forget_identity};
use crate::inventory::Boundary;

use super::answer::KeySide;

/// One caller on one side: all questions are about the same side of one key.
#[derive(Clone, Debug)]
pub(super) struct Actor<'a> {
    pub(super) caller: Caller,
    /// Whether it stands for all callers of its class, so that who it is is not known.
    many: bool,
    /// Whether it stands for callers of any account.
    any_account: bool,
    user_id: Option<String>,
    organization: Option<&'a str>,
    member: Option<&'a Member<'a>>,
    pub(super) identity: &'a [NamedPolicy],
    pub(super) boundary: Option<&'a [NamedPolicy]>,
    pub(super) unknown_boundary: bool,
    pub(super) scps: &'a [Vec<NamedPolicy>],
    pub(super) rcps: &'a [Vec<NamedPolicy>],
    /// What is asked, but for the action; made when it is first asked.
    open: OnceCell<Request>,
}

impl<'a> Actor<'a> {
    /// A caller of whom nothing is known but its ARN, below the control policies of its account.
    pub(super) fn new(
        caller: Caller,
        key_account: Option<AccountId>,
        identities: &'a Identities<'_>,
    ) -> Self {
        let control = identities.control();
        let above = |account: Option<AccountId>| {
            let pair = account.zip(control);
            pair.map_or((&[][..], &[][..]), |(account, control)| {
                control.above(account)
            })
        };
        let account = caller.account();
        Self {
            many: false,
            any_account: false,
            user_id: None,
            organization: account.and_then(|account| identities.organization_id(account)),
            member: None,
            identity: &[],
            boundary: None,
            unknown_boundary: false,
            scps: above(account).0,
            rcps: above(key_account).1,
            caller,
            open: OnceCell::new(),
        }
    }

    /// With these policies of its own.
    pub(super) fn with_policies(self, identity: &'a [NamedPolicy]) -> Self {
        Self { identity, ..self }
    }

    /// Standing for all callers of its class and account.
    pub(super) fn any(self) -> Self {
        Self { many: true, ..self }
    }

    /// Standing for all callers of its class and of any account.
    pub(super) fn of_any_account(self) -> Self {
        Self {
            any_account: true,
            organization: None,
            scps: &[],
            ..self.any()
        }
    }

    /// With this id.
    pub(super) fn with_id(self, id: String) -> Self {
        Self {
            user_id: Some(id),
            ..self
        }
    }

    /// With all that was loaded of it.
    pub(super) fn of_member(
        self,
        member: &'a Member<'a>,
        identities: &'a Identities<'_>,
        of_key: &Mentions,
    ) -> Self {
        let Some(policies) = identities.policies_of(member) else {
            return self;
        };
        let mentions = identities.mentions(member, of_key);
        Self {
            user_id: member.user_id_of(&self.caller, &mentions),
            member: Some(member),
            identity: &policies.bundle.policies,
            boundary: policies.boundary,
            unknown_boundary: member.principal.boundary == Boundary::NotLoaded,
            ..self
        }
    }

    /// Whether the caller's id is known, so that the ids of a key policy name it or do not.
    pub(super) const fn has_id(&self) -> bool {
        self.user_id.is_some()
    }

    /// The question whether this caller may do it, for every day count.
    pub(super) fn request(&self, action: KmsAction, key: &KeySide<'_>) -> Request {
        self.open.get_or_init(|| self.open(key)).about(action)
    }

    fn open(&self, key: &KeySide<'_>) -> Request {
        let mut context = key.context.clone();
        if let Some(member) = self.member {
            member.set_context(&mut context);
        }
        if let Some(id) = self.organization {
            context.set("aws:PrincipalOrgID", [id]);
        }
        let (caller, identity) = (self.caller.clone(), key.identity.clone());
        let action = KmsAction::ScheduleKeyDeletion;
        let mut request = Request::open(caller, action, identity, context, None);
        if self.many {
            forget_identity(&mut request.context);
        }
        if self.any_account || (self.many && key.identity.account.is_none()) {
            for name in ACCOUNT_KEYS {
                request.context.forget(name);
            }
        }
        if let Some(id) = &self.user_id {
            request.context.set("aws:userid", [id.as_str()]);
        }
        request
    }
}
