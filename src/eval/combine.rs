//! From the statements that may apply to a decision.

use crate::aws::KeyArn;
use crate::policy::Effect;

use super::scope::Part;
use super::{Decisions, Evaluation, Holds, Layer, Match, PolicySet, Reason, Request, Truth};

/// What of a request and its policies the statements do not tell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    parts: &'static [Part],
    accounts: Accounts,
    caller: Caller,
    has_boundary: bool,
    session: Session,
    /// Levels of service control policies, of which each must allow.
    levels: usize,
    /// Whether these levels limit the caller.
    is_limited_by_levels: Truth,
    /// What a key policy that was not given grants.
    unknown_key_policy: Holds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Accounts {
    Same,
    /// The key is another account's, and both sides must allow.
    Both,
    /// The key is another account's, and AWS does not allow the action across accounts, or it is of
    /// another partition.
    Impossible,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Root,
    Service,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Session {
    /// No session policy limits anything.
    Unlimited,
    Limited,
    /// A federated user without session policy has no permissions of IAM policies.
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>
    Nothing,
}

impl Frame {
    pub(super) fn of(
        request: &Request,
        policies: &PolicySet<'_>,
        is_service_linked: Truth,
    ) -> Self {
        let caller = &request.caller;
        let kind = match () {
            () if caller.is_root() => Caller::Root,
            () if caller.is_service() => Caller::Service,
            () => Caller::Other,
        };
        let limits = |given: bool| given && kind != Caller::Root;
        let session = match policies.session {
            Some(_) if limits(true) => Session::Limited,
            None if caller.is_federated_user() => Session::Nothing,
            Some(_) | None => Session::Unlimited,
        };
        let is_asked = request.action.resource_level().has_key();
        let is_given = policies.key_policy.is_some() || request.context.is_complete();
        Self {
            parts: Part::of(request.action),
            accounts: accounts(request),
            caller: kind,
            has_boundary: limits(policies.boundary.is_some()),
            session,
            levels: policies.scps.len(),
            is_limited_by_levels: match kind {
                Caller::Service => Truth::No,
                Caller::Root | Caller::Other => !is_service_linked,
            },
            unknown_key_policy: if is_given || !is_asked {
                Holds::NEVER
            } else {
                Holds::UNKNOWN
            },
        }
    }
}

impl Frame {
    /// Whether a key policy decides that was not given.
    pub(super) fn has_unknown_key_policy(&self) -> bool {
        self.unknown_key_policy == Holds::UNKNOWN
    }
}

/// Each partition has accounts and credentials of its own, and no ARN of one names anything in
/// another: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
fn is_cross_partition(request: &Request) -> bool {
    let key = request.key.arn.as_ref().map(KeyArn::partition);
    let partitions = request.caller.partition().zip(key);
    partitions.is_some_and(|(caller, key)| caller != key)
}

/// A service principal has no account; a key whose account is not known is taken to be the
/// caller's, since that is the reading under which the caller can do more.
fn accounts(request: &Request) -> Accounts {
    if request.action.resource_level().has_key() && is_cross_partition(request) {
        return Accounts::Impossible;
    }
    match (request.caller.account(), request.key.account) {
        (Some(caller), Some(key)) if caller != key && request.action.resource_level().has_key() => {
            if request.action.cross_account_possible() {
                Accounts::Both
            } else {
                Accounts::Impossible
            }
        }
        _ => Accounts::Same,
    }
}

/// The decision.
pub(super) fn combine(matches: Vec<Match>, frame: Frame) -> Evaluation {
    let Decided {
        allow,
        deny,
        layers,
    } = decide(&matches, &frame);
    let allowed = allow.surely().without(deny.maybe());
    let possible = allow.maybe().without(deny.surely());
    Evaluation {
        decisions: Decisions {
            allowed,
            conditional: possible.without(allowed),
            explicit_deny: deny.surely(),
        },
        matches,
        layers,
        frame,
    }
}

/// What the policies together allow and deny.
pub(super) struct Decided {
    pub(super) allow: Holds,
    pub(super) deny: Holds,
    pub(super) layers: Layers,
}

/// Takes the statements together.
pub(super) fn decide(matches: &[Match], frame: &Frame) -> Decided {
    let mut deny = Holds::NEVER;
    for matched in matches.iter().filter(|m| m.effect == Effect::Deny) {
        deny = deny.or(matched.applies.and(matched.naming.direct.into()));
    }
    let mut parts = frame.parts.iter().map(|part| {
        let layers = Layers::of(matches, frame, *part);
        (layers.allow(), layers)
    });
    let (mut allow, mut layers) = parts.next().unwrap_or((Holds::NEVER, Layers::NOTHING));
    for (next, of_part) in parts {
        // The part that stops the request explains it.
        if allow.maybe().includes(next.maybe()) && allow != next {
            layers = of_part;
        }
        allow = allow.and(next);
    }
    Decided {
        allow,
        deny,
        layers,
    }
}

/// What each layer says.
#[derive(Clone, Debug)]
pub(super) struct Layers {
    part: Part,
    accounts: Accounts,
    caller: Caller,
    direct: Holds,
    limited: Holds,
    delegated: Holds,
    identity: Holds,
    boundary: Holds,
    session: Holds,
    scp: Holds,
}

impl Layers {
    const NOTHING: Self = Self {
        part: Part::Key,
        accounts: Accounts::Same,
        caller: Caller::Other,
        direct: Holds::NEVER,
        limited: Holds::NEVER,
        delegated: Holds::NEVER,
        identity: Holds::NEVER,
        boundary: Holds::ALWAYS,
        session: Holds::ALWAYS,
        scp: Holds::ALWAYS,
    };

    fn of(matches: &[Match], frame: &Frame, part: Part) -> Self {
        let mut layers = Self {
            part,
            accounts: frame.accounts,
            caller: frame.caller,
            direct: frame.unknown_key_policy,
            boundary: present(!frame.has_boundary),
            session: present(frame.session == Session::Unlimited),
            ..Self::NOTHING
        };
        let allows = |m: &&Match| m.effect == Effect::Allow && m.part == part;
        for matched in matches.iter().filter(allows) {
            let by = |truth: Truth| matched.applies.and(truth.into());
            let layer = match matched.policy.layer {
                Layer::KeyPolicy => {
                    layers.direct = layers.direct.or(by(matched.naming.direct));
                    layers.limited = layers.limited.or(by(matched.naming.limited));
                    layers.delegated = layers.delegated.or(by(matched.naming.delegated));
                    continue;
                }
                Layer::Identity => &mut layers.identity,
                Layer::Boundary => &mut layers.boundary,
                Layer::Session => &mut layers.session,
                Layer::Scp | Layer::Rcp => continue,
            };
            *layer = layer.or(matched.applies);
        }
        layers.scp = scps(matches, frame, part);
        layers
    }

    /// What each of them says.
    pub(super) const fn each(&mut self) -> [&mut Holds; 7] {
        [
            &mut self.direct,
            &mut self.limited,
            &mut self.delegated,
            &mut self.identity,
            &mut self.boundary,
            &mut self.session,
            &mut self.scp,
        ]
    }

    fn through_iam(&self) -> Holds {
        if self.part == Part::Key {
            return self.delegated.and(self.identity);
        }
        match self.caller {
            // The root user needs no policy of its own.
            Caller::Root => Holds::ALWAYS,
            // A service has none.
            Caller::Service => Holds::NEVER,
            Caller::Other => self.identity,
        }
    }

    fn limits(&self) -> Holds {
        self.boundary.and(self.session)
    }

    fn allow(&self) -> Holds {
        let granted = match self.accounts {
            Accounts::Impossible => Holds::NEVER,
            // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
            Accounts::Both => self.named().and(self.own()).and(self.limits()),
            Accounts::Same if self.part == Part::Key => {
                let limited = self.limited.or(self.through_iam());
                self.direct.or(limited.and(self.limits()))
            }
            Accounts::Same => self.through_iam().and(self.limits()),
        };
        granted.and(self.scp)
    }

    /// Whether the key policy names the caller, in whichever way.
    fn named(&self) -> Holds {
        self.direct.or(self.limited).or(self.delegated)
    }

    /// Whether the caller's own account allows it.
    fn own(&self) -> Holds {
        if self.caller == Caller::Root {
            Holds::ALWAYS
        } else {
            self.identity
        }
    }

    /// Whether an Allow statement takes part in granting these cases: one that delegates only
    /// together with an identity-based policy, and the other way round.
    pub(super) fn grants_through(&self, matched: &Match, cases: super::CaseSet) -> bool {
        let counts = !(self.through_iam().maybe() & cases).is_empty();
        match matched.policy.layer {
            Layer::KeyPolicy => !matched.delegates || counts,
            Layer::Identity => counts || self.accounts == Accounts::Both,
            Layer::Scp | Layer::Rcp | Layer::Boundary | Layer::Session => false,
        }
    }

    /// Cases that are surely allowed but for denials.
    pub(super) fn surely_granted(&self) -> super::CaseSet {
        self.allow().surely()
    }

    /// Cases that are surely granted, but for denials, without anything that a permissions boundary or
    /// session policy limits.
    pub(super) fn surely_unlimited(&self) -> super::CaseSet {
        match self.accounts {
            Accounts::Same if self.part == Part::Key => self.direct.and(self.scp).surely(),
            _ => super::CaseSet::NONE,
        }
    }

    /// What grants these cases.
    pub(super) fn granted_by(&self, cases: super::CaseSet) -> Reason {
        let by_key_policy = self.direct.or(self.limited.and(self.limits()));
        if (by_key_policy.maybe() & cases).is_empty() {
            Reason::IdentityPolicy
        } else {
            Reason::KeyPolicy
        }
    }

    /// The first thing that is missing on the way to an allow.
    pub(super) fn missing(&self, cases: super::CaseSet) -> Reason {
        let lacks = |holds: Holds| (holds.maybe() & cases).is_empty();
        if self.accounts == Accounts::Impossible {
            return Reason::CrossAccount;
        }
        if lacks(self.scp) {
            return Reason::Scp;
        }
        let granted = match self.accounts {
            Accounts::Both => self.named().and(self.own()),
            Accounts::Same | Accounts::Impossible => self.limited.or(self.through_iam()),
        };
        if lacks(granted) {
            let only_identity = self.part == Part::Key
                && self.accounts == Accounts::Same
                && lacks(self.delegated)
                && !lacks(self.identity);
            return if only_identity {
                Reason::NoDelegation
            } else {
                Reason::NotGranted
            };
        }
        if lacks(self.boundary) {
            return Reason::Boundary;
        }
        if lacks(self.session) {
            Reason::SessionPolicy
        } else {
            Reason::NotGranted
        }
    }
}

const fn present(unlimited: bool) -> Holds {
    if unlimited {
        Holds::ALWAYS
    } else {
        Holds::NEVER
    }
}

/// Every level must allow.
fn scps(matches: &[Match], frame: &Frame, part: Part) -> Holds {
    let mut all = Holds::ALWAYS;
    if frame.is_limited_by_levels == Truth::No {
        return all;
    }
    for level in 0..frame.levels {
        let of_level = |m: &&Match| {
            m.policy.layer == Layer::Scp
                && m.policy.level == level
                && m.effect == Effect::Allow
                && m.part == part
        };
        let allows = matches.iter().filter(of_level);
        let any = allows.fold(Holds::NEVER, |any, m| any.or(m.applies));
        all = all.and(any);
    }
    all.or((!frame.is_limited_by_levels).into())
}
