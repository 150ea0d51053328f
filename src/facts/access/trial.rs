//! The callers that are tried in place of a principal that a key policy names.

use std::cell::OnceCell;

use crate::aws::{CallerClass, KmsAction};
use crate::eval::{Caller, NamedPolicy, Request, RequestContext, everything};
use crate::facts::PrincipalKind;
use crate::facts::identities::{Member, MemberPolicies};
use crate::facts::subject::{ACCOUNT_KEYS, Subject, forget_identity, someone};
use crate::inventory::Boundary;
use crate::policy::{Effect, PrincipalForm};

use super::Desk;
use super::named::Named;

/// How the condition keys about multi-factor authentication begin, in lower case.
pub(super) const MFA_KEYS: &str = "aws:multifactorauth";

/// Whether the session was signed in with a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mfa {
    /// Not said.
    Open,
    /// Long-term access keys: the condition keys are absent.
    Absent,
    /// Temporary credentials that were got without it.
    False,
}

/// One caller.
#[derive(Clone, Debug)]
pub(super) struct Trial<'d> {
    caller: Caller,
    /// Whether it stands for all callers of its class and account.
    stands_for_many: bool,
    user_id: Option<String>,
    identity: &'d [NamedPolicy],
    boundary: Option<&'d [NamedPolicy]>,
    /// The user or role that was loaded.
    pub(super) member: Option<&'d Member<'d>>,
    /// What is asked of it, with nothing said of a second factor.
    open: OnceCell<Request>,
}

impl<'d> Trial<'d> {
    fn itself(caller: Caller) -> Self {
        Self {
            caller,
            stands_for_many: false,
            user_id: None,
            identity: &[],
            boundary: None,
            member: None,
            open: OnceCell::new(),
        }
    }

    /// A loaded user or role, or a session of one, with all that is known of it.
    pub(super) fn of_member(
        caller: Caller,
        member: &'d Member<'d>,
        policies: MemberPolicies<'d>,
        user_id: Option<String>,
    ) -> Self {
        Self {
            user_id,
            identity: &policies.bundle.policies,
            boundary: policies.boundary,
            member: Some(member),
            ..Self::itself(caller)
        }
    }

    /// The root user of the account, or of any where that is a mere stand-in.
    fn root(account: &str, is_known: bool) -> Option<Self> {
        let class = CallerClass::Root;
        if is_known {
            someone(class, account).map(Self::itself)
        } else {
            Self::any(class, account)
        }
    }

    fn any(class: CallerClass, account: &str) -> Option<Self> {
        Some(Self {
            stands_for_many: true,
            ..Self::itself(someone(class, account)?)
        })
    }

    /// Whether it stands for nobody else.
    pub(super) const fn is_itself(&self) -> bool {
        !self.stands_for_many
    }

    /// Whether this is the account's root user.
    pub(super) const fn is_root(&self) -> bool {
        self.caller.is_root()
    }

    /// The caller's own policies.
    pub(super) const fn identity(&self) -> &'d [NamedPolicy] {
        self.identity
    }

    /// The caller's permissions boundary.
    pub(super) const fn boundary(&self) -> Option<&'d [NamedPolicy]> {
        self.boundary
    }

    /// Whether the caller has a permissions boundary that was not loaded.
    pub(super) fn has_unknown_boundary(&self) -> bool {
        let member = self.member.map(|member| member.principal.boundary);
        member == Some(Boundary::NotLoaded)
    }

    /// Whether the caller's id is known, so that the ids of a key policy name it or do not.
    pub(super) const fn has_id(&self) -> bool {
        self.user_id.is_some()
    }

    /// The question whether this caller may do it, for every day count.
    pub(super) fn request(&self, action: KmsAction, mfa: Mfa, desk: &Desk<'_>) -> Request {
        let open = self.open.get_or_init(|| self.open_request(desk));
        let mut request = open.about(action);
        set_mfa(&mut request.context, mfa);
        request
    }

    fn open_request(&self, desk: &Desk<'_>) -> Request {
        let subject = desk.subject;
        let mut context = subject.context.clone();
        if let Some(member) = self.member {
            member.set_context(&mut context);
        }
        let account = self.caller.account();
        let organization = account.and_then(|account| desk.identities.organization_id(account));
        if let Some(id) = organization {
            context.set("aws:PrincipalOrgID", [id]);
        }
        if let Some(id) = &self.user_id {
            context.set("aws:userid", [id.as_str()]);
        }
        let (caller, key) = (self.caller.clone(), subject.key.clone());
        let action = KmsAction::ScheduleKeyDeletion;
        let mut request = Request::open(caller, action, key, context, None);
        if self.stands_for_many {
            forget_identity(&mut request.context);
            if let Some(id) = &self.user_id {
                request.context.set("aws:userid", [id.as_str()]);
            }
            // Its account is a mere stand-in.
            if subject.key.account.is_none() {
                for key in ACCOUNT_KEYS {
                    request.context.forget(key);
                }
            }
        }
        request
    }
}

fn set_mfa(context: &mut RequestContext, mfa: Mfa) {
    let present = match mfa {
        Mfa::Open => return,
        Mfa::Absent => None,
        Mfa::False => Some("false"),
    };
    context.say("aws:MultiFactorAuthPresent", present);
    context.say("aws:MultiFactorAuthAge", None);
}

/// Who is tried for a principal; the first is the likeliest to be allowed most.
pub(super) fn trials_of<'a>(named: &Named<'_>, desk: &Desk<'a>) -> Vec<Trial<'a>> {
    let subject = desk.subject;
    let account = named
        .account
        .map_or_else(|| subject.account_text(), |account| account.to_string());
    match named.kind {
        PrincipalKind::Everyone => anyone(&account, subject.key.account.is_some(), &[], subject),
        PrincipalKind::Account => {
            let is_known = named.account.or(subject.key.account).is_some();
            anyone(&account, is_known, everything(), subject)
        }
        PrincipalKind::UniqueId => by_id(named.text, &account).into_iter().collect(),
        PrincipalKind::Placeholder | PrincipalKind::None => Vec::new(),
        PrincipalKind::Role
        | PrincipalKind::User
        | PrincipalKind::Session
        | PrincipalKind::FederatedUser
        | PrincipalKind::Service => Caller::parse(named.text)
            .ok()
            .map(|caller| desk.trial_of(caller))
            .into_iter()
            .collect(),
    }
}

/// Somebody of whom only the ARN is known.
pub(super) fn stranger(caller: Caller) -> Trial<'static> {
    Trial::itself(caller)
}

/// `aws:userid` of a role's session is the role's id, a colon and the session's name.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
fn by_id(id: &str, account: &str) -> Option<Trial<'static>> {
    let (class, user_id) = if id.starts_with("AIDA") {
        (CallerClass::User, id.to_owned())
    } else {
        (CallerClass::Role, format!("{id}:session"))
    };
    let trial = Trial::any(class, account)?;
    Some(Trial {
        user_id: Some(user_id),
        ..trial
    })
}

/// A role and a user of whom nothing is known but the account, and whoever the policy spares from
/// a Deny by `NotPrincipal`: such a Deny reaches the two. Then the account's root user, to whom the
/// account's own statement is one by name, and conditions on `aws:PrincipalType` may leave no other:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
fn anyone(
    account: &str,
    is_known: bool,
    identity: &'static [NamedPolicy],
    subject: &Subject<'_>,
) -> Vec<Trial<'static>> {
    let mut trials: Vec<Trial<'static>> = [CallerClass::Role, CallerClass::User]
        .into_iter()
        .filter_map(|class| Trial::any(class, account))
        .collect();
    let spared = subject
        .document
        .statements
        .iter()
        .filter(|statement| statement.effect.value == Effect::Deny)
        .filter_map(|statement| statement.principal.as_ref())
        .filter(|element| element.negated)
        .flat_map(|element| &element.entries);
    for entry in spared {
        let form = entry.form();
        if form.account().is_none_or(|own| own.as_str() != account) {
            continue;
        }
        if !matches!(form, PrincipalForm::Account(_)) {
            let caller = Caller::parse(&entry.text().value).ok();
            trials.extend(caller.map(Trial::itself));
        }
    }
    trials.extend(Trial::root(account, is_known));
    for trial in &mut trials {
        trial.identity = identity;
    }
    trials
}
