//! Who makes the request.

use std::sync::Arc;

use crate::aws::{AccountId, Arn, PrincipalKind};
use crate::policy::Value;

/// The principal of a request, read from its ARN or service name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    // Shared: a caller is cloned for each question.
    text: Arc<str>,
    kind: CallerKind,
    /// Where its name begins in the text: what follows a user's or role's path, or a service's whole
    /// name.
    name: usize,
    open: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CallerKind {
    /// Path and name as in the ARN.
    User(AccountId, Arc<str>),
    /// Path and name as in the ARN; stands for any session of the role.
    Role(AccountId, Arc<str>),
    /// Role name without path, and session name.
    Session(AccountId, Arc<str>, Arc<str>),
    FederatedUser(AccountId, Arc<str>),
    Root(AccountId),
    Service,
}

/// Why a text is no caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallerError {
    /// Neither an ARN nor a service principal.
    #[error("`{0}` is neither the ARN of a principal nor a service principal")]
    NotAPrincipal(String),
    /// An ARN of something that cannot make a request.
    #[error("`{0}` cannot make a request: {1}")]
    NoCaller(String, &'static str),
}

impl CallerError {
    /// What to do about it.
    pub const fn help(&self) -> &'static str {
        "give the ARN of a user, a role, a role session (`arn:aws:sts::…:assumed-role/ROLE/SESSION`), \
         a federated user or an account's root, or a service such as `backup.amazonaws.com`"
    }
}

impl Caller {
    /// Reads a principal's ARN or a service principal's name.
    ///
    /// # Errors
    /// Where the text names nobody who could make a request: a group, an instance profile, an ARN
    /// with a wildcard, a resource.
    pub fn parse(text: &str) -> Result<Self, CallerError> {
        let kind = if text.starts_with("arn:") {
            arn_kind(text)?
        } else if is_service(text) {
            CallerKind::Service
        } else {
            return Err(CallerError::NotAPrincipal(text.to_owned()));
        };
        let name = match kind {
            CallerKind::User(..) | CallerKind::Role(..) => {
                text.rfind('/').map_or(0, |end| end.saturating_add(1))
            }
            _ => 0,
        };
        let caller = Self {
            text: text.into(),
            kind,
            name,
            open: false,
        };
        let account = caller.account();
        Ok(Self {
            open: account.is_some_and(AccountId::is_placeholder),
            ..caller
        })
    }

    /// The same, standing in for a principal whose name is only partly known.
    #[must_use]
    pub(crate) fn standing_in(self) -> Self {
        Self { open: true, ..self }
    }

    /// The caller that a principal of a policy names; one that stands in for it where not all of the name is
    /// known.
    pub(crate) fn named(value: &Value) -> Result<Self, CallerError> {
        let caller = Self::parse(value)?;
        Ok(if value.is_open() {
            caller.standing_in()
        } else {
            caller
        })
    }

    /// Whether not all is known of its name or account.
    pub(super) const fn is_open(&self) -> bool {
        self.open
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) const fn text(&self) -> &Arc<str> {
        &self.text
    }

    pub(super) const fn kind(&self) -> &CallerKind {
        &self.kind
    }

    /// The caller's account; a service principal has none.
    pub const fn account(&self) -> Option<AccountId> {
        match &self.kind {
            CallerKind::User(account, _)
            | CallerKind::Role(account, _)
            | CallerKind::Session(account, _, _)
            | CallerKind::FederatedUser(account, _)
            | CallerKind::Root(account) => Some(*account),
            CallerKind::Service => None,
        }
    }

    /// The name by which `Principal` elements are looked through: of a user or role without its path,
    /// of a session its role's, of a service all; of others none.
    pub(super) fn indexed_name(&self) -> &str {
        match &self.kind {
            CallerKind::Session(_, role, _) => role,
            CallerKind::User(..) | CallerKind::Role(..) | CallerKind::Service => {
                self.text.get(self.name..).unwrap_or_default()
            }
            CallerKind::Root(_) | CallerKind::FederatedUser(..) => "",
        }
    }

    /// The partition of its ARN, such as `aws-cn`. A service principal has none, and neither has
    /// one that stands for callers of any partition: its ARN leaves the partition empty.
    pub fn partition(&self) -> Option<&str> {
        Arn::partition_of(&self.text)
    }

    /// The kind of principal that this is.
    pub const fn kind_of_principal(&self) -> PrincipalKind {
        match &self.kind {
            CallerKind::Session(..) => PrincipalKind::Session,
            _ => self.class(),
        }
    }

    /// Which class of caller this is, for the presence of condition keys.
    pub const fn class(&self) -> PrincipalKind {
        match &self.kind {
            CallerKind::User(..) => PrincipalKind::User,
            CallerKind::Role(..) | CallerKind::Session(..) => PrincipalKind::Role,
            CallerKind::FederatedUser(..) => PrincipalKind::FederatedUser,
            CallerKind::Root(_) => PrincipalKind::Root,
            CallerKind::Service => PrincipalKind::Service,
        }
    }

    /// The name of the role, without its path, and of the session, where this is a role's session.
    pub fn session(&self) -> Option<(&str, &str)> {
        match &self.kind {
            CallerKind::Session(_, role, session) => Some((role, session)),
            _ => None,
        }
    }

    /// Whether this is the account's root user.
    pub const fn is_root(&self) -> bool {
        matches!(self.kind, CallerKind::Root(_))
    }

    /// Whether this is a session from `GetFederationToken`.
    pub const fn is_federated_user(&self) -> bool {
        matches!(self.kind, CallerKind::FederatedUser(..))
    }

    /// Whether this is an AWS service acting on its own.
    pub const fn is_service(&self) -> bool {
        matches!(self.kind, CallerKind::Service)
    }
}

fn arn_kind(text: &str) -> Result<CallerKind, CallerError> {
    let not_a_principal = || CallerError::NotAPrincipal(text.to_owned());
    let no_caller = |why| CallerError::NoCaller(text.to_owned(), why);
    let arn = Arn::parse(text).ok_or_else(not_a_principal)?;
    if text.contains(['*', '?']) {
        return Err(no_caller(
            "a wildcard names many principals, and a request has one",
        ));
    }
    let account = AccountId::of_stand_in(arn.account).ok_or_else(not_a_principal)?;
    if arn.service == "iam" && arn.resource == "root" {
        return Ok(CallerKind::Root(account));
    }
    let (kind, name) = arn.resource.split_once('/').ok_or_else(not_a_principal)?;
    if name.is_empty() || name.ends_with('/') {
        return Err(not_a_principal());
    }
    match (arn.service, kind) {
        ("iam", "user") => Ok(CallerKind::User(account, name.into())),
        ("iam", "role") => Ok(CallerKind::Role(account, name.into())),
        ("iam", "group") => Err(no_caller("a group is no principal; its users are")),
        ("iam", "instance-profile") => Err(no_caller("its role is the principal")),
        ("sts", "assumed-role") => {
            let (role, session) = name.split_once('/').ok_or_else(not_a_principal)?;
            Ok(CallerKind::Session(account, role.into(), session.into()))
        }
        ("sts", "federated-user") => Ok(CallerKind::FederatedUser(account, name.into())),
        _ => Err(not_a_principal()),
    }
}

/// `backup.amazonaws.com`, `cloudtrail.cn-north-1.amazonaws.com.cn` and the like.
fn is_service(text: &str) -> bool {
    let host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    (text.ends_with(".amazonaws.com")
        || text.ends_with(".amazonaws.com.cn")
        || text.ends_with(".amazon.com")
        || text.ends_with(".aws.internal"))
        && text.chars().all(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_can_be_a_caller() {
        for text in [
            "arn:aws:iam::111122223333:user/eng/alice",
            "arn:aws-cn:iam::111122223333:role/r",
            "arn:aws:sts::111122223333:assumed-role/r/s@x",
            "arn:aws:sts::111122223333:federated-user/f",
            "arn:aws:iam::111122223333:root",
            "backup.amazonaws.com",
        ] {
            assert!(Caller::parse(text).is_ok(), "{text}");
        }
        for text in [
            "alice",
            "",
            "*",
            "arn:aws:iam::111122223333:role/app-*",
            "arn:aws:iam::1:root",
            "arn:aws:iam::111122223333:group/g",
            "arn:aws:sts::111122223333:assumed-role/r",
            "arn:aws:kms:us-east-1:111122223333:key/x",
            "arn:aws:iam::111122223333:role/",
        ] {
            assert!(Caller::parse(text).is_err(), "{text}");
        }
    }
}
