//! Why: the statements that decided, the nearest miss, on what it hangs and two examples.

use crate::policy::Effect;

use super::example::{Examples, examples};
use super::nearest_miss::{NearestMiss, nearest_miss};
use super::{
    CaseSet, Decision, Dependencies, Evaluation, Holds, Layer, Match, PolicySet, Request,
    dependencies, evaluate,
};

/// A decision with its reasons.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The decision.
    pub evaluation: Evaluation,
    /// The statements that decided, key policy first.
    pub deciding: Vec<Match>,
    /// Where some day counts are allowed or conditional: the denials that stop others.
    pub limiting: Vec<Match>,
    /// For a denial that no statement spells out.
    pub nearest_miss: Option<NearestMiss>,
    /// For an answer that is conditional for some day counts.
    pub dependencies: Dependencies,
    /// Likewise.
    pub examples: Examples,
}

/// Decides a request and says why.
pub fn explain(request: &Request, policies: &PolicySet<'_>) -> Explanation {
    let evaluation = evaluate(request, policies);
    let mut explanation = Explanation {
        deciding: deciding(&evaluation),
        limiting: limiting(&evaluation),
        nearest_miss: nearest_miss(request, policies, &evaluation),
        dependencies: Dependencies::default(),
        examples: Examples::default(),
        evaluation,
    };
    let evaluation = &explanation.evaluation;
    if !evaluation.decisions.conditional.is_empty()
        || evaluation.decisions.omitted() == Decision::Conditional
    {
        explanation.dependencies = dependencies(request, policies, evaluation);
        explanation.examples = examples(request, policies, evaluation, &explanation.dependencies);
    }
    explanation
}

/// The statements that decided: those that grant, those that deny, or for a conditional answer
/// those that may. Key policy first.
pub fn deciding(evaluation: &Evaluation) -> Vec<Match> {
    let sure = deciding_where(evaluation, Holds::surely);
    let decision = evaluation.decision();
    let firm = matches!(decision, Decision::Allowed | Decision::ExplicitDeny);
    if firm && sure.is_empty() {
        // No one of them decides in every context, and together they do.
        return deciding_where(evaluation, Holds::maybe);
    }
    sure
}

/// `applies`: for which cases a statement has to apply to a firm decision.
fn deciding_where(evaluation: &Evaluation, applies: fn(Holds) -> CaseSet) -> Vec<Match> {
    let cases = evaluation.decisions.decided();
    let grants = |m: &Match| m.effect == Effect::Allow && evaluation.grants_through(m, cases);
    let applies = |m: &Match| !(applies(m.holds) & cases).is_empty();
    let decides = |m: &Match| match evaluation.decision() {
        Decision::Allowed => grants(m) && applies(m),
        Decision::ExplicitDeny => m.effect == Effect::Deny && applies(m),
        Decision::Conditional => {
            (grants(m) && !(m.holds.maybe() & cases).is_empty())
                || (m.effect == Effect::Deny && !(m.holds.uncertain() & cases).is_empty())
                || (is_limit(m) && !(m.holds.uncertain() & cases).is_empty())
        }
        Decision::ImplicitDeny => false,
    };
    let matches = evaluation.matches.iter();
    let mut found: Vec<_> = matches.filter(|m| decides(m)).copied().collect();
    found.sort_by_key(|m| (m.policy.layer != Layer::KeyPolicy, m.policy, m.statement));
    // One statement can be about a key and about its alias.
    found.dedup_by_key(|m| (m.policy, m.statement));
    found
}

/// Whether the statement belongs to a policy that limits and never grants.
const fn is_limit(matched: &Match) -> bool {
    matches!(
        matched.policy.layer,
        Layer::Boundary | Layer::Session | Layer::Scp
    )
}

fn limiting(evaluation: &Evaluation) -> Vec<Match> {
    let partial = matches!(
        evaluation.decision(),
        Decision::Allowed | Decision::Conditional
    );
    let decided = deciding(evaluation);
    let listed = |m: &Match| {
        decided
            .iter()
            .any(|d| (d.policy, d.statement) == (m.policy, m.statement))
    };
    let denies = evaluation
        .matches
        .iter()
        .filter(|m| partial && m.effect == Effect::Deny);
    let mut found: Vec<Match> = denies.filter(|m| !listed(m)).copied().collect();
    found.dedup_by_key(|m| (m.policy, m.statement));
    found
}
