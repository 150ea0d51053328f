//! The callers that are tried in place of a principal that a key policy names.

use std::sync::LazyLock;

use crate::aws::{CallerClass, KmsAction};
use crate::eval::{Caller, NamedPolicy, Request, RequestContext};
use crate::facts::PrincipalKind;
use crate::facts::subject::{ACCOUNT_KEYS, Subject, forget_identity, someone};
use crate::policy::{self, Effect, PolicyKind, PrincipalForm};
use crate::source::json;

use super::named::Named;

/// How the condition keys about multi-factor authentication begin, in lower case.
pub(super) const MFA_KEYS: &str = "aws:multifactorauth";

/// What a caller's own policies could allow at most.
static EVERYTHING: LazyLock<Vec<NamedPolicy>> = LazyLock::new(|| {
    let text =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let parsed = json::parse(text).ok();
    let document = parsed.and_then(|node| policy::parse(&node, PolicyKind::Identity).ok());
    let named = document.map(|document| NamedPolicy {
        name: "everything".into(),
        document,
    });
    named.into_iter().collect()
});

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
pub(super) struct Trial {
    caller: Caller,
    /// Whether it stands for all callers of its class and account.
    stands_for_many: bool,
    user_id: Option<String>,
    identity: &'static [NamedPolicy],
}

impl Trial {
    fn itself(caller: Caller) -> Self {
        Self {
            caller,
            stands_for_many: false,
            user_id: None,
            identity: &[],
        }
    }

    fn any(class: CallerClass, account: &str) -> Option<Self> {
        Some(Self {
            stands_for_many: true,
            ..Self::itself(someone(class, account)?)
        })
    }

    /// The caller's own policies.
    pub(super) const fn identity(&self) -> &'static [NamedPolicy] {
        self.identity
    }

    /// The question whether this caller may do it, for every day count.
    pub(super) fn request(&self, action: KmsAction, mfa: Mfa, subject: &Subject<'_>) -> Request {
        let mut context = subject.context.clone();
        if let Some(id) = &self.user_id {
            context.set("aws:userid", [id.as_str()]);
        }
        set_mfa(&mut context, mfa);
        let caller = self.caller.clone();
        let mut request = Request::open(caller, action, subject.key.clone(), context, None);
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
    let absent: [&str; 0] = [];
    match mfa {
        Mfa::Open => return,
        Mfa::Absent => context.set("aws:MultiFactorAuthPresent", absent),
        Mfa::False => context.set("aws:MultiFactorAuthPresent", ["false"]),
    }
    context.set("aws:MultiFactorAuthAge", absent);
}

/// Who is tried for a principal; the first is the likeliest to be allowed most.
pub(super) fn trials(named: &Named<'_>, subject: &Subject<'_>) -> Vec<Trial> {
    let account = named
        .account
        .map_or_else(|| subject.account_text(), |account| account.to_string());
    match named.kind {
        PrincipalKind::Everyone => anyone(&account, &[], subject),
        PrincipalKind::Account => anyone(&account, &EVERYTHING, subject),
        PrincipalKind::UniqueId => by_id(named.text, &account).into_iter().collect(),
        PrincipalKind::Placeholder | PrincipalKind::None => Vec::new(),
        PrincipalKind::Role
        | PrincipalKind::User
        | PrincipalKind::Session
        | PrincipalKind::FederatedUser
        | PrincipalKind::Service => Caller::parse(named.text)
            .ok()
            .map(Trial::itself)
            .into_iter()
            .collect(),
    }
}

/// `aws:userid` of a role's session is the role's id, a colon and the session's name.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
fn by_id(id: &str, account: &str) -> Option<Trial> {
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
/// a Deny by `NotPrincipal`: such a Deny reaches the two.
fn anyone(account: &str, identity: &'static [NamedPolicy], subject: &Subject<'_>) -> Vec<Trial> {
    let mut trials: Vec<Trial> = [CallerClass::Role, CallerClass::User]
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
        let caller = match form {
            PrincipalForm::Account(_) => someone(CallerClass::Root, account),
            _ => Caller::parse(&entry.text.value).ok(),
        };
        trials.extend(caller.map(Trial::itself));
    }
    for trial in &mut trials {
        trial.identity = identity;
    }
    trials
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_identity_policy_is_there() {
        assert_eq!(EVERYTHING.len(), 1);
    }
}
