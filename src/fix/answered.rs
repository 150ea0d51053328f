//! The statements by which a principal can do something to a key or cannot, in words.

use crate::access::{
    Answer, AnsweringStatement, AskedKey, Caller, CaseSet, Cast, Decisions, Identities, Layer,
    MissingAllow,
};
use crate::aws::KmsAction;
use crate::inventory::Key;
use crate::policy::Effect;

use super::target::statement_in_words;

/// What a principal can do, and by what.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) decisions: Decisions,
    /// Statements that deny or allow, for which cases each may, and how to speak of it.
    statements: Vec<(Effect, CaseSet, String)>,
    limits: Vec<MissingAllow>,
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
        let asked = AskedKey::of(key);
        let candidate = Cast::new(&asked, identities).one(caller.clone());
        let answer = Answer::new(&candidate, action, &asked);
        let statements = answer.statements().map(|of| {
            let words = in_words(of, positions);
            (of.matched.effect, of.matched.holds.maybe(), words)
        });
        Self {
            decisions: answer.decisions,
            statements: statements.collect(),
            limits: answer.missing_allows(),
        }
    }

    /// What keeps some of these cases from being allowed.
    pub(super) fn stopping(&self, cases: CaseSet) -> Vec<String> {
        let limit = |limit: &MissingAllow| match limit {
            MissingAllow::UnknownBoundary => "its permissions boundary was not loaded",
            MissingAllow::Boundary => "its permissions boundary does not allow it",
            MissingAllow::ServiceControl => "a service control policy does not allow it",
        };
        let limits = self.limits.iter().map(|of| limit(of).to_owned());
        let denials = self.of(Effect::Deny, cases);
        let denials = denials.iter().map(|of| format!("{of} denies it"));
        let mut found: Vec<_> = limits.chain(denials).collect();
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
fn in_words(of: AnsweringStatement<'_>, positions: &[Option<usize>]) -> String {
    let (layer, index) = (of.matched.policy.layer, of.matched.statement);
    let sid = of.statement.sid.as_ref();
    let position = match layer {
        Layer::KeyPolicy => positions.get(index).copied().flatten(),
        _ => Some(index),
    };
    let name = statement_in_words(sid.map(|sid| &*sid.value), position);
    let policy = match layer {
        Layer::KeyPolicy => return name,
        Layer::Identity => "a policy of its own",
        Layer::Boundary => "its permissions boundary",
        Layer::Session => "a session policy",
        Layer::Scp => "a service control policy",
        Layer::Rcp => "a resource control policy",
    };
    format!("{name} of {policy}")
}
