//! `Principal` and `NotPrincipal`.

use serde::Serialize;

use crate::aws::{AccountId, Arn, PrincipalKind};
use crate::text::Span;

use super::placeholder::{value, value_or_word};
use super::principal_index::PrincipalIndex;
use super::{Text, Value, first_wildcard};

/// `Principal` or `NotPrincipal` with all that it lists.
#[derive(Clone, Debug)]
pub struct PrincipalElement {
    /// Whether this is `NotPrincipal`: all but these.
    pub negated: bool,
    /// What it lists, in order.
    pub entries: Vec<PrincipalEntry>,
    /// The element's value.
    pub span: Span,
    index: PrincipalIndex,
}

impl PrincipalElement {
    /// An element that lists these.
    pub fn new(negated: bool, entries: Vec<PrincipalEntry>, span: Span) -> Self {
        Self {
            negated,
            entries,
            span,
            index: PrincipalIndex::default(),
        }
    }

    /// The entries that can be about a principal with this account and name: those that name
    /// it, its account or everyone, unique ids, and perhaps others. In a long list they are looked
    /// up, so that a policy with a thousand principals is not read a thousand times for each.
    ///
    /// `name` is the last part of a user's or role's name, of a session the role's name, or a
    /// service's whole name.
    pub fn candidates<'a>(
        &'a self,
        account: Option<AccountId>,
        name: &'a str,
    ) -> impl Iterator<Item = &'a PrincipalEntry> {
        self.index
            .find(&self.entries, account, name)
            .filter_map(|position| self.entries.get(position))
    }
}

/// The key under which a principal is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum PrincipalType {
    /// Accounts, users, roles, sessions.
    #[serde(rename = "AWS")]
    Aws,
    /// An AWS service.
    Service,
    /// An identity provider: only trust policies can name one.
    Federated,
    /// An account as only Amazon S3 names it.
    CanonicalUser,
}

/// One principal as written.
#[derive(Clone, Debug)]
pub struct PrincipalEntry {
    principal_type: PrincipalType,
    text: Text,
    // INVARIANT: what `text` names; found once, since it is asked for each caller.
    named: Named,
}

/// What is known of a text that was found to name this.
fn value_of(named: Named, text: &str) -> Value {
    match named {
        Named::Everyone | Named::UniqueId => text.into(),
        Named::Account(_) if text.len() == 12 => text.into(),
        Named::NoCaller | Named::Placeholder => value_or_word(text),
        Named::Account(_)
        | Named::Role(..)
        | Named::User(..)
        | Named::AssumedRole(..)
        | Named::FederatedUser(..)
        | Named::Service => value(text),
    }
}

/// A [`PrincipalForm`] that says where its texts begin, in bytes, and does not borrow them.
#[derive(Clone, Copy, Debug)]
enum Named {
    Everyone,
    Account(AccountId),
    Role(AccountId, u32),
    User(AccountId, u32),
    /// Where the role's name begins, and the session's.
    AssumedRole(AccountId, u32, u32),
    FederatedUser(AccountId, u32),
    UniqueId,
    Service,
    Placeholder,
    NoCaller,
}

/// What a principal's text names.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalForm<'a> {
    /// `*`: everyone, anonymous callers included.
    Everyone,
    /// The account's id, or the ARN of its root: the account and its root user.
    Account(AccountId),
    /// `arn:aws:iam::…:role/PATH/NAME`: every session of that role.
    Role(AccountId, &'a str),
    /// `arn:aws:iam::…:user/PATH/NAME`.
    User(AccountId, &'a str),
    /// `arn:aws:sts::…:assumed-role/ROLE/SESSION`: that one session.
    AssumedRole(AccountId, &'a str, &'a str),
    /// `arn:aws:sts::…:federated-user/NAME`.
    FederatedUser(AccountId, &'a str),
    /// `AIDA…` or `AROA…`: stands in place of the ARN of a user or role that was deleted.
    UniqueId(&'a str),
    /// A service such as `backup.amazonaws.com`.
    Service(&'a str),
    /// Something that never matches a caller of KMS, for example a group, an instance profile, an
    /// identity provider or an ARN with a wildcard.
    NoCaller,
}

impl PrincipalEntry {
    /// A principal that is listed under this key.
    pub fn new(principal_type: PrincipalType, text: Text) -> Self {
        let named = named(principal_type, &text.value);
        Self::of(principal_type, text, named)
    }

    /// A principal whose text was found to name this, unless something of it is not known.
    fn of(principal_type: PrincipalType, text: Text, named: Named) -> Self {
        let takes_callers = matches!(principal_type, PrincipalType::Aws | PrincipalType::Service);
        Self {
            named: if takes_callers && text.value.is_open() {
                Named::Placeholder
            } else {
                named
            },
            principal_type,
            text,
        }
    }

    /// The principal that this text names where it is listed under this key. A template may not have
    /// filled in all of it.
    pub(super) fn read(principal_type: PrincipalType, text: &str, span: Span) -> Self {
        let named = named(principal_type, text);
        let text = Text::new(value_of(named, text), span);
        Self::of(principal_type, text, named)
    }

    /// A principal that stands in for one of which not all is known: what is written counts.
    pub(super) fn stand_in(principal_type: PrincipalType, text: Text) -> Self {
        let named = named(principal_type, &text.value);
        Self {
            principal_type,
            text,
            named,
        }
    }

    /// Whether a template has yet to fill in whom it names. Until then its form is
    /// [`PrincipalForm::NoCaller`].
    pub const fn is_placeholder(&self) -> bool {
        matches!(self.named, Named::Placeholder)
    }

    /// The key under which it is listed; a bare `*` counts as [`PrincipalType::Aws`].
    pub const fn principal_type(&self) -> PrincipalType {
        self.principal_type
    }

    /// As written.
    pub const fn text(&self) -> &Text {
        &self.text
    }

    /// What the text names.
    pub fn form(&self) -> PrincipalForm<'_> {
        let text = &*self.text.value;
        let from = |start: u32| text.get(start as usize..).unwrap_or_default();
        match self.named {
            Named::Everyone => PrincipalForm::Everyone,
            Named::Account(account) => PrincipalForm::Account(account),
            Named::Role(account, name) => PrincipalForm::Role(account, from(name)),
            Named::User(account, name) => PrincipalForm::User(account, from(name)),
            Named::AssumedRole(account, role, session) => {
                let role = text.get(role as usize..(session as usize).saturating_sub(1));
                PrincipalForm::AssumedRole(account, role.unwrap_or_default(), from(session))
            }
            Named::FederatedUser(account, name) => {
                PrincipalForm::FederatedUser(account, from(name))
            }
            Named::UniqueId => PrincipalForm::UniqueId(text),
            Named::Service => PrincipalForm::Service(text),
            Named::NoCaller | Named::Placeholder => PrincipalForm::NoCaller,
        }
    }
}

fn named(principal_type: PrincipalType, text: &str) -> Named {
    match principal_type {
        PrincipalType::Aws => aws(text),
        PrincipalType::Service if text == "*" => Named::NoCaller,
        PrincipalType::Service => Named::Service,
        PrincipalType::Federated | PrincipalType::CanonicalUser => Named::NoCaller,
    }
}

fn aws(text: &str) -> Named {
    if text == "*" {
        return Named::Everyone;
    }
    if let Some(account) = AccountId::parse(text) {
        return Named::Account(account);
    }
    if is_unique_id(text) {
        return Named::UniqueId;
    }
    // A wildcard inside an ARN is not a pattern here: AWS refuses it, and it matches nobody.
    if first_wildcard(text).is_some() {
        return Named::NoCaller;
    }
    of_arn(text).unwrap_or(Named::NoCaller)
}

fn of_arn(text: &str) -> Option<Named> {
    let arn = Arn::parse(text)?;
    let account = AccountId::of_stand_in(arn.account)?;
    if !arn.region.is_empty() {
        return None;
    }
    if arn.service == "iam" && arn.resource == "root" {
        return Some(Named::Account(account));
    }
    let (kind, name) = arn.resource.split_once('/')?;
    if name.is_empty() {
        return None;
    }
    // What is left of the text stands at its end.
    let start = |rest: &str| u32::try_from(text.len().saturating_sub(rest.len())).ok();
    match (arn.service, kind) {
        ("iam", "role") => Some(Named::Role(account, start(name)?)),
        ("iam", "user") => Some(Named::User(account, start(name)?)),
        ("sts", "assumed-role") => {
            let (_, session) = name.split_once('/')?;
            Some(Named::AssumedRole(account, start(name)?, start(session)?))
        }
        ("sts", "federated-user") => Some(Named::FederatedUser(account, start(name)?)),
        _ => None,
    }
}

/// Unique ids of users and roles begin with these four letters.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
fn is_unique_id(text: &str) -> bool {
    (text.starts_with("AIDA") || text.starts_with("AROA"))
        && text.len() >= 16
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

impl PrincipalForm<'_> {
    /// The kind of what is named; a placeholder is nobody.
    pub const fn kind(self) -> PrincipalKind {
        match self {
            Self::Everyone => PrincipalKind::Everyone,
            Self::Account(_) => PrincipalKind::Account,
            Self::Role(..) => PrincipalKind::Role,
            Self::User(..) => PrincipalKind::User,
            Self::AssumedRole(..) => PrincipalKind::Session,
            Self::FederatedUser(..) => PrincipalKind::FederatedUser,
            Self::UniqueId(_) => PrincipalKind::UniqueId,
            Self::Service(_) => PrincipalKind::Service,
            Self::NoCaller => PrincipalKind::None,
        }
    }

    /// The account, where the form names one.
    pub const fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account(account)
            | Self::Role(account, _)
            | Self::User(account, _)
            | Self::AssumedRole(account, _, _)
            | Self::FederatedUser(account, _) => Some(*account),
            Self::Everyone | Self::UniqueId(_) | Self::Service(_) | Self::NoCaller => None,
        }
    }
}
