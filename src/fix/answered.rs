//! What one principal can do to a key, and the statements by which it can or cannot.

use crate::access::{Answer, AskedKey, Cast, Identities, UnknownBoundary, key_context};
use crate::aws::KmsAction;
use crate::eval::{Caller, CaseSet, KeyIdentity, Layer, Match, PolicySet};
use crate::inventory::Key;
use crate::policy::Effect;

use super::target::statement_in_words;

/// What a principal can do, and by what.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    /// Cases that are surely allowed.
    pub(super) allowed: CaseSet,
    /// Cases that depend on the request, or on a permissions boundary that was not loaded.
    pub(super) conditional: CaseSet,
    /// Statements that deny or allow, for which cases each may, and how to speak of it.
    statements: Vec<(Effect, CaseSet, String)>,
    /// What allows nothing though it would have to.
    limits: Vec<&'static str>,
}

impl Answered {
    /// Asks the caller about the key, whose policy has its statements at these positions in the file as
    /// it was read.
    pub(super) fn new(
        key: &Key,
        identities: &Identities<'_>,
        caller: &Caller,
        action: KmsAction,
        positions: &[Option<usize>],
    ) -> Self {
        let identity = KeyIdentity {
            arn: key.arn.clone(),
            account: key.account,
        };
        let context = key_context(&key.metadata);
        let asked = AskedKey::loaded(identity, context, key.policy.as_ref());
        let candidate = Cast::new(&asked, identities).one(caller.clone());
        let answer = Answer::new(&candidate, action, &asked);
        let mut limits = Vec::new();
        if answer.unknown_boundary == UnknownBoundary::NotLoaded {
            limits.push("its permissions boundary was not loaded");
        }
        let matches = answer.evaluation.matches.iter();
        let allows = |layer| {
            let mut matches = answer.evaluation.matches.iter();
            matches.any(|of| of.effect == Effect::Allow && of.policy.layer == layer)
        };
        if answer.policies.boundary.is_some() && !allows(Layer::Boundary) {
            limits.push("its permissions boundary does not allow it");
        }
        if !answer.policies.scps.is_empty() && !allows(Layer::Scp) {
            limits.push("a service control policy does not allow it");
        }
        let statements = matches.map(|of| {
            let words = in_words(of, &answer.policies, positions);
            (of.effect, of.holds.maybe(), words)
        });
        Self {
            allowed: answer.allowed,
            conditional: answer.conditional,
            statements: statements.collect(),
            limits,
        }
    }

    /// What keeps some of these cases from being allowed.
    pub(super) fn stopping(&self, cases: CaseSet) -> Vec<String> {
        let mut found: Vec<_> = self
            .limits
            .iter()
            .map(|limit| (*limit).to_owned())
            .collect();
        let denials = self.of(Effect::Deny, cases);
        found.extend(
            denials
                .into_iter()
                .map(|statement| format!("{statement} denies it")),
        );
        if found.is_empty() {
            found.push("no statement allows it under all conditions".to_owned());
        }
        found
    }

    /// The statements by which some of these cases are allowed.
    pub(super) fn granting(&self, cases: CaseSet) -> Vec<String> {
        self.of(Effect::Allow, cases)
    }

    fn of(&self, effect: Effect, cases: CaseSet) -> Vec<String> {
        let statements = self.statements.iter();
        let own = statements.filter(|(own, may, _)| *own == effect && !(*may & cases).is_empty());
        let mut found: Vec<_> = own.map(|(_, _, words)| words.clone()).collect();
        found.dedup();
        found
    }
}

/// ``the statement `Protect` ``, with the policy where that is not the key's.
fn in_words(matched: &Match, policies: &PolicySet<'_>, positions: &[Option<usize>]) -> String {
    let document = policies.document(matched.policy);
    let statement = document.and_then(|document| document.statements.get(matched.statement));
    let sid = statement.and_then(|statement| statement.sid.as_ref());
    let position = match matched.policy.layer {
        Layer::KeyPolicy => positions.get(matched.statement).copied().flatten(),
        _ => Some(matched.statement),
    };
    let name = statement_in_words(sid.map(|sid| &*sid.value), position);
    let policy = match matched.policy.layer {
        Layer::KeyPolicy => return name,
        Layer::Identity => "a policy of its own",
        Layer::Boundary => "its permissions boundary",
        Layer::Session => "a session policy",
        Layer::Scp => "a service control policy",
        Layer::Rcp => "a resource control policy",
    };
    format!("{name} of {policy}")
}
