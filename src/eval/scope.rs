//! What a statement sees while it is evaluated: the request, one case, its policy's language.

use crate::aws::condition_key::{iam_policy_only, presence};
use crate::aws::{CallerClass, KmsAction, PendingWindowInDays, Presence};
use crate::policy::{PolicyKind, glob, has_placeholder, has_placeholder_or_is_word};

use super::caller::CallerKind;
use super::{Case, Lookup, Request, Truth, Values, WINDOW_KEY, Window};

/// The request as one statement sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'r> {
    pub(super) request: &'r Request,
    pub(super) kind: PolicyKind,
    /// Whether `${…}` is replaced: only under Version 2012-10-17.
    pub(super) replaces_variables: bool,
    /// Which case is looked at, where the window differs from case to case.
    case: Option<Case>,
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
        Self {
            request,
            kind,
            replaces_variables,
            case: None,
        }
    }

    pub(super) const fn with_case(self, case: Case) -> Self {
        Self {
            case: Some(case),
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

    /// Whether a template has still to put something into this text of a policy: what it will match
    /// is not known. With a complete context the policy counts as AWS would take it.
    pub(super) fn is_unrendered(&self, text: &str) -> bool {
        !self.request.context.is_complete() && has_placeholder(text)
    }

    /// As [`Scope::is_unrendered`], of a resource, which is an ARN or `*`.
    pub(super) fn is_unrendered_resource(&self, text: &str) -> bool {
        !self.request.context.is_complete() && has_placeholder_or_is_word(text)
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
        match context.get(key) {
            Some(values) if values.is_empty() => Lookup::Absent,
            Some(values) => Lookup::Known(values),
            None if context.is_complete() || context.is_closed_to(key) => Lookup::Absent,
            None => unknown(key, self.request.action, self.request.caller.class()),
        }
    }

    /// Whether the caller's `aws:PrincipalArn` may match a pattern that it does not match as it was
    /// derived: a session's ARN leaves out its role's path, and the pattern has one before a last
    /// part that is the role's name.
    pub(super) fn may_be_role(&self, key: &str, pattern: &str) -> bool {
        let context = &self.request.context;
        let CallerKind::Session(_, role, _) = self.request.caller.kind() else {
            return false;
        };
        if context.is_complete() || !key.eq_ignore_ascii_case("aws:PrincipalArn") {
            return false;
        }
        let derived = context.get(key).and_then(Values::first);
        let without_path = |arn: &str| {
            arn.split_once(":role/")
                .is_some_and(|(_, name)| name == &**role)
        };
        let has_path = pattern
            .split_once(":role/")
            .is_some_and(|(_, name)| name.contains('/'));
        let last = pattern.rsplit('/').next().unwrap_or_default();
        has_path && glob(last, role) && derived.is_some_and(without_path)
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
fn unknown(key: &str, action: KmsAction, class: CallerClass) -> Lookup<'static> {
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
