//! What a statement sees while it is evaluated: the request, one case, its policy's language.

use crate::aws::action::ResourceLevel;
use crate::aws::condition_key::{iam_policy_only, presence};
use crate::aws::{KmsAction, PendingWindowInDays, Presence, PrincipalKind};
use crate::policy::{Effect, PolicyKind, Value};

use super::caller::CallerKind;
use super::language::Language;
use super::shape::{ACCOUNT_DIGITS, Class, Shape};
use super::{Case, Lookup, Request, Truth, Values, WINDOW_KEY, Window};

/// Of a session the ARN of its role.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
pub(super) const PRINCIPAL_ARN: &str = "aws:PrincipalArn";

const PRINCIPAL_ACCOUNT: &str = "aws:PrincipalAccount";

/// Of a session its role's unique id, a colon and its name.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
pub(super) const USER_ID: &str = "aws:userid";

/// Keys that hold names of aliases.
const ALIAS_KEYS: [&str; 2] = ["kms:ResourceAliases", "kms:RequestAlias"];

/// What a statement is held against: most actions are about one thing, those on aliases about two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The key: key policy and IAM policies.
    Key,
    /// The alias, which the request does not name: IAM policies only.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html>
    Alias,
    /// No resource at all, as for `ListKeys`: IAM policies only.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html>
    Account,
}

impl Part {
    /// All that must be allowed for the action.
    pub(super) const fn of(action: KmsAction) -> &'static [Self] {
        match action.resource_level() {
            ResourceLevel::Key => &[Self::Key],
            ResourceLevel::KeyAndAlias => &[Self::Key, Self::Alias],
            ResourceLevel::None => &[Self::Account],
        }
    }
}

/// The request as one statement sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'r> {
    pub(super) request: &'r Request,
    pub(super) kind: PolicyKind,
    /// Whether `${…}` is replaced: only under Version 2012-10-17.
    pub(super) replaces_variables: bool,
    pub(super) part: Part,
    /// What the statement does where it applies.
    pub(super) effect: Effect,
    /// Which case is looked at, where the window differs from case to case.
    case: Option<Case>,
    /// Whether names of keys ignore the case of letters outside ASCII too.
    folds_names: bool,
    /// A key that is taken to have these values; none say that it is absent.
    assumed: Option<(&'r str, &'r [Box<str>])>,
}

/// `"7"` to `"30"`, so that a lookup can lend them.
const DAYS: [&str; 24] = [
    "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22",
    "23", "24", "25", "26", "27", "28", "29", "30",
];

impl<'r> Scope<'r> {
    pub(super) const fn new(
        request: &'r Request,
        kind: PolicyKind,
        replaces_variables: bool,
    ) -> Self {
        let part = match Part::of(request.action) {
            [first, ..] => *first,
            [] => Part::Key,
        };
        Self {
            request,
            kind,
            replaces_variables,
            part,
            effect: Effect::Allow,
            case: None,
            folds_names: false,
            assumed: None,
        }
    }

    pub(super) const fn about(self, part: Part) -> Self {
        Self { part, ..self }
    }

    pub(super) const fn of_effect(self, effect: Effect) -> Self {
        Self { effect, ..self }
    }

    /// The same of another request.
    pub(super) const fn of(self, request: &'r Request) -> Self {
        Self { request, ..self }
    }

    pub(super) const fn with_case(self, case: Case) -> Self {
        Self {
            case: Some(case),
            ..self
        }
    }

    pub(super) const fn folding_names(self) -> Self {
        Self {
            folds_names: true,
            ..self
        }
    }

    pub(super) const fn assuming(self, key: &'r str, values: &'r [Box<str>]) -> Self {
        Self {
            assumed: Some((key, values)),
            ..self
        }
    }

    /// Whether the value of this key differs from case to case.
    pub(super) fn varies(&self, key: &str) -> bool {
        self.request.window == Window::Every && key.eq_ignore_ascii_case(WINDOW_KEY)
    }

    /// A point that AWS does not document. With a complete context, where the answer must be
    /// firm, the reading that SEMANTICS recommends counts; otherwise it is as unknown as a key
    /// that was not given, so that no doubtful deny is credited as protection.
    pub(super) fn undocumented(&self, recommended: bool) -> Truth {
        if self.request.context.is_complete() {
            recommended.into()
        } else {
            Truth::Unknown
        }
    }

    /// Whether not all is known of this text of a policy, and so what it will match. With a complete
    /// context the text of a policy counts as AWS would take it; what has no text stays open.
    pub(super) fn is_open(&self, value: &Value) -> bool {
        value.is_open() && (!self.request.context.is_complete() || !value.is_written())
    }

    /// Whether not all is known of what the request has under this key: it follows from a caller or an
    /// account that stands in for one of which not all is known.
    pub(super) fn is_open_key(&self, key: &str) -> bool {
        self.assumed
            .is_none_or(|(assumed, _)| !assumed.eq_ignore_ascii_case(key))
            && self.request.context.is_open_key(key)
            && !self.request.context.is_complete()
    }

    /// What holds under two readings of a point that AWS does not document. With a complete context,
    /// where the answer must be firm, an Allow needs both and one is enough for a Deny.
    pub(super) fn either(&self, one: Truth, other: Truth) -> Truth {
        if one == other {
            return one;
        }
        match self.effect {
            _ if !self.request.context.is_complete() => Truth::Unknown,
            Effect::Allow => one.and(other),
            Effect::Deny => one.or(other),
        }
    }

    pub(super) fn lookup(&self, key: &str) -> Lookup<'r> {
        if self.varies(key) {
            return match self.case.map(Case::window) {
                Some(Some(days)) => day(days),
                Some(None) => Lookup::Absent,
                None => Lookup::Unknown {
                    may_be_absent: true,
                },
            };
        }
        let context = &self.request.context;
        match self.given(key) {
            Some(values) if values.is_empty() => Lookup::Absent,
            Some(values) => Lookup::Known(values),
            None if context.is_complete() || context.is_closed_to(key) => Lookup::Absent,
            None => unknown(key, self.request.action, self.request.caller.class()),
        }
    }

    fn given(&self, key: &str) -> Option<Values<'r>> {
        if let Some((assumed, values)) = self.assumed
            && assumed.eq_ignore_ascii_case(key)
        {
            return Some(Values::Many(values));
        }
        let context = &self.request.context;
        let exact = context.get(key);
        if exact.is_some() || !self.folds_names || key.is_ascii() {
            return exact;
        }
        let key = key.to_lowercase();
        let mut entries = context.iter();
        let folded = entries.find(|(name, _)| !name.is_ascii() && name.to_lowercase() == key);
        folded.map(|(_, values)| values)
    }

    /// What an unknown key is known to be one of: names of aliases begin alike, and the ARN of a session
    /// leaves out its role's path and unique id.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/alias-about.html> and
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    pub(super) fn language(&self, key: &str) -> Option<Language> {
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        if ALIAS_KEYS.into_iter().any(is) {
            return Some(Language::new(vec![
                Shape::text("alias/").and_some(Class::Any),
            ]));
        }
        if is(PRINCIPAL_ARN) {
            return self.principal_arns();
        }
        match self.request.caller.kind() {
            CallerKind::Session(_, _, session) if is(USER_ID) => {
                let id = Shape::text("AROA").and_some(Class::Any);
                let shape = id.and_text(":").and_text(session);
                Some(Language::new(vec![shape]))
            }
            _ => None,
        }
    }

    /// The ARNs that the caller can have: of a role, a user, a federated user or the root user.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
    fn principal_arns(&self) -> Option<Language> {
        let caller = &self.request.caller;
        let partition = match self.request.known_partition() {
            Some(partition) => Shape::text("arn:").and_text(partition),
            None => Shape::text("arn:").and_some(Class::Host),
        };
        // A caller that stands for those of any account has none.
        let account = match self.lookup(PRINCIPAL_ACCOUNT) {
            Lookup::Known(account) if !self.is_open_key(PRINCIPAL_ACCOUNT) => account.single(),
            _ => None,
        };
        let of = |service: &str, resource: &str| {
            let shape = partition.clone().and_text(service);
            let shape = match account {
                Some(account) => shape.and_text(account),
                None => shape.and_many(Class::Digit, ACCOUNT_DIGITS),
            };
            shape.and_text(resource)
        };
        let below = |kind: &str| of(":iam::", kind).and_some(Class::Any).and_text("/");
        let named = |kind: &str| {
            let shapes = [of(":iam::", kind), below(kind)];
            shapes.map(|shape| shape.and_some(Class::Name)).to_vec()
        };
        let shapes = match caller.kind() {
            CallerKind::Session(_, role, _) => vec![
                of(":iam::", ":role/").and_text(role),
                below(":role/").and_text(role),
            ],
            CallerKind::Role(..) => named(":role/"),
            CallerKind::User(..) => named(":user/"),
            CallerKind::FederatedUser(..) => {
                vec![of(":sts::", ":federated-user/").and_some(Class::Name)]
            }
            CallerKind::Root(_) => vec![of(":iam::", ":root")],
            CallerKind::Service => return None,
        };
        Some(Language::new(shapes))
    }

    /// Whether KMS documents that the key is not supported in a policy of this kind. What it
    /// then holds is not documented (SEMANTICS U8).
    pub(super) fn is_unsupported(&self, key: &str) -> bool {
        self.kind == PolicyKind::Key && !self.request.context.is_complete() && iam_policy_only(key)
    }
}

fn day(days: PendingWindowInDays) -> Lookup<'static> {
    let index = days.days().saturating_sub(PendingWindowInDays::MIN.days());
    DAYS.get(usize::from(index))
        .map_or(Lookup::Absent, |day| Lookup::Known(Values::One(day)))
}

/// A key that was not given: absent where AWS never supplies it, else unknown.
fn unknown(key: &str, action: KmsAction, class: PrincipalKind) -> Lookup<'static> {
    match presence(key, action, class) {
        Presence::Never => Lookup::Absent,
        Presence::Always => Lookup::Unknown {
            may_be_absent: false,
        },
        Presence::Sometimes => Lookup::Unknown {
            may_be_absent: true,
        },
    }
}
