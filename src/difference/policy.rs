//! What a change does to what one policy gives to whoever has it, or takes from whom it limits.

use std::sync::LazyLock;

use crate::access::{Answer, Applicable, AskedKey, Candidate, Identities, SOME_ACCOUNT};
use crate::aws::{ActionSet, CallerClass, KmsAction};
use crate::eval::{KeyIdentity, NamedPolicy, RequestContext, assume_full_access, everything};
use crate::inventory::LoadedPolicy;
use crate::policy::{PolicyDocument, PolicyKind, parse};
use crate::source::json;

use super::canonical::Canonical;
use super::change::{Change, ChangedSubject, Permission, Presence, SubjectKind, Way, Who, WhoKind};
use super::compare::{Compared, compare};

/// A key policy that leaves everything to other policies, as AWS's default one does.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
static HANDS_ON: LazyLock<Option<PolicyDocument>> = LazyLock::new(|| {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Principal":{"AWS":"000000000000"},"Action":"kms:*","Resource":"*"}]}"#;
    parse(&json::parse(text).ok()?, PolicyKind::Key).ok()
});

/// What a change does to a policy that is no key's; nothing where it changes no permission.
pub(super) fn policy(
    subject: String,
    (before, after): (Option<&LoadedPolicy>, Option<&LoadedPolicy>),
    operations: ActionSet,
) -> Option<ChangedSubject> {
    let presence = match (before, after) {
        // Both sides share it.
        (Some(before), Some(after)) if std::ptr::eq(before, after) => return None,
        (None, _) => Presence::Added,
        (_, None) => Presence::Removed,
        (Some(_), Some(_)) => Presence::Both,
    };
    let mut changed = ChangedSubject {
        kind: SubjectKind::Policy,
        subject,
        account: None,
        presence,
        changes: Vec::new(),
        standings: Vec::new(),
        unknown: Vec::new(),
    };
    let canonical = |policy: Option<&LoadedPolicy>| Some(Canonical::new(&policy?.document));
    let differing = match (canonical(before), canonical(after)) {
        (Some(before), Some(after)) => {
            changed.unknown = before.differing_unknown(&after);
            before.differing(&after)
        }
        _ => ActionSet::ALL,
    };
    let asked = differing.intersection(operations);
    if !asked.is_empty() {
        let kind = after.or(before)?.document.kind;
        changed.changes = changes(kind, (before, after), asked).unwrap_or_default();
    }
    changed.differs().then_some(changed)
}

/// How a policy takes part in a decision.
#[derive(Debug, Default)]
struct Part {
    /// It allows and denies.
    identity: Vec<NamedPolicy>,
    /// It limits, as one of these.
    boundary: Option<Vec<NamedPolicy>>,
    scps: Vec<Vec<NamedPolicy>>,
    rcps: Vec<Vec<NamedPolicy>>,
}

impl Part {
    fn new(kind: PolicyKind, policy: Option<&LoadedPolicy>) -> Self {
        let named = policy.map(|policy| NamedPolicy {
            name: policy.name.as_str().into(),
            document: policy.document.clone(),
        });
        let mut all: Vec<_> = named.into_iter().collect();
        match kind {
            PolicyKind::Identity | PolicyKind::Session | PolicyKind::Key => Self {
                identity: all,
                ..Self::default()
            },
            PolicyKind::PermissionsBoundary => Self {
                boundary: Some(all).filter(|all| !all.is_empty()),
                ..Self::default()
            },
            PolicyKind::ServiceControl => {
                assume_full_access(&mut all);
                Self {
                    scps: vec![all],
                    ..Self::default()
                }
            }
            PolicyKind::ResourceControl => Self {
                rcps: vec![all],
                ..Self::default()
            },
        }
    }

    fn candidate<'a>(
        &'a self,
        class: CallerClass,
        who: WhoKind,
        key: &AskedKey<'_>,
        nobody: &'a Identities<'a>,
    ) -> Option<Candidate<'a>> {
        let any = Candidate::any(class, SOME_ACCOUNT, key.seen(), nobody)?;
        Some(any.under(Applicable {
            identity: match who {
                WhoKind::Holder => &self.identity,
                _ => everything(),
            },
            boundary: self.boundary.as_deref(),
            unknown_boundary: false,
            scps: &self.scps,
            rcps: &self.rcps,
        }))
    }
}

/// What changes for any user or role, on a key that hands every decision on.
fn changes(
    kind: PolicyKind,
    (before, after): (Option<&LoadedPolicy>, Option<&LoadedPolicy>),
    asked: ActionSet,
) -> Option<Vec<Change>> {
    let key_policy = HANDS_ON.as_ref()?;
    let key = AskedKey::new(
        KeyIdentity::default(),
        RequestContext::open(),
        Some(key_policy),
    );
    let who = match kind {
        PolicyKind::Identity | PolicyKind::Session | PolicyKind::Key => WhoKind::Holder,
        PolicyKind::PermissionsBoundary
        | PolicyKind::ServiceControl
        | PolicyKind::ResourceControl => WhoKind::Limited,
    };
    let (old, new) = (Part::new(kind, before), Part::new(kind, after));
    let nobody = Identities::default();
    let classes = [CallerClass::Role, CallerClass::User, CallerClass::Root];
    let root_too = matches!(
        kind,
        PolicyKind::ServiceControl | PolicyKind::ResourceControl
    );
    let classes = classes
        .into_iter()
        .filter(|class| root_too || *class != CallerClass::Root);
    let callers: Vec<_> = classes
        .filter_map(|class| {
            let before = old.candidate(class, who, &key, &nobody)?;
            Some((before, new.candidate(class, who, &key, &nobody)?))
        })
        .collect();
    let change = |action| change(&callers, who, action, &key);
    Some(asked.iter().filter_map(change).collect())
}

fn change<'a>(
    callers: &[(Candidate<'a>, Candidate<'a>)],
    who: WhoKind,
    action: KmsAction,
    key: &'a AskedKey<'a>,
) -> Option<Change> {
    let mut compared = Compared::default();
    let (mut old, mut new) = (Permission::default(), Permission::default());
    for (before, after) in callers {
        let before = Answer::new(before, action, key);
        let after = Answer::new(after, action, key);
        compared = compared.or(compare(&before, &after));
        old.or(before.permission());
        new.or(after.permission());
    }
    (!compared.is_nothing()).then(|| Change {
        who: Who {
            kind: who,
            name: String::new(),
            way: Way::Known,
        },
        action,
        before: old,
        after: new,
        gains: compared.gains,
        loses: compared.loses,
    })
}
