//! What each statement contributes to an answer: in which part of the decision, for which cases, and
//! what of it is not known to hold.

use crate::aws::PrincipalKind;
use crate::eval::{
    Caller, CaseSet, Holds, Layer, Match, Request, Truth, condition_holds, resource_covers,
};
use crate::policy::{
    Condition, Effect, PolicyDocument, PrincipalElement, PrincipalEntry, PrincipalForm, Statement,
};

use super::answer::Answer;
use super::applicable::UnknownBoundary;

/// Which part of a decision a statement takes part in. All parts but [`DecisionPart::Deny`] must
/// allow, of the key policy's one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DecisionPart {
    /// The key policy grants, and nothing limits it.
    Direct,
    /// The key policy grants what a permissions boundary limits.
    Limited,
    /// The key policy hands the decision on.
    Delegated,
    /// The caller's own policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
    /// Service control policies of this level.
    Scp(usize),
    /// Any policy denies.
    Deny,
}

/// Something that has to hold for a statement to apply, and is not known to.
#[derive(Clone, Debug)]
pub(crate) enum OpenElement<'a> {
    /// This condition of the policy.
    Condition(&'a Condition, &'a PolicyDocument),
    /// The key is, or with `negated` is not, covered by one of these resource patterns of the policy.
    Resource {
        negated: bool,
        patterns: Vec<&'a str>,
        policy: &'a PolicyDocument,
    },
    /// The caller is one of these entries of a `Principal`, each of which it may be.
    Principals(Vec<&'a PrincipalEntry>),
    /// The `Principal` or `NotPrincipal` as a whole applies to the caller.
    PrincipalElement(&'a PrincipalElement),
    /// A permissions boundary that was not loaded allows it.
    UnknownBoundary,
}

/// What a statement, or a limit that is not there, contributes to an answer.
#[derive(Clone, Debug)]
pub(crate) struct Contribution<'a> {
    pub(crate) part: DecisionPart,
    /// For which cases it may apply.
    pub(crate) cases: CaseSet,
    /// What must hold for it to; each of these.
    pub(crate) open: Vec<OpenElement<'a>>,
}

impl<'a> Contribution<'a> {
    /// A limit that there is not, and that limits nothing.
    const fn always(part: DecisionPart) -> Self {
        Self {
            part,
            cases: CaseSet::ALL,
            open: Vec::new(),
        }
    }

    fn of(
        matched: &Match,
        statement: &'a Statement,
        policy: &'a PolicyDocument,
        request: &Request,
    ) -> Self {
        let cases = matched.holds.maybe();
        let mut open = Vec::new();
        let mut applies = Holds::ALWAYS;
        for condition in &statement.conditions {
            let holds = condition_holds(condition, request, policy);
            applies = applies.and(holds);
            if !holds.surely().includes(cases) {
                open.push(OpenElement::Condition(condition, policy));
            }
        }
        let covers = covers(statement, request, policy, &mut open);
        // Where something else is open too, what holds does not tell that the caller is.
        if applies.and(covers) != matched.holds || is_caller_open(statement, &request.caller) {
            open.push(principals(statement, &request.caller));
        }
        Self {
            part: part(matched),
            cases,
            open,
        }
    }
}

impl<'a> Answer<'a> {
    /// What the cases that are conditional depend on.
    pub(crate) fn contributions(&self) -> Vec<Contribution<'a>> {
        let conditional = self.decisions.conditional;
        let matches = self.evaluation.matches.iter();
        let mut all: Vec<_> = matches
            .filter(|matched| !(matched.holds.maybe() & conditional).is_empty())
            .filter_map(|matched| {
                let policy = self.policies.document(matched.policy)?;
                let statement = policy.statements.get(matched.statement)?;
                Some(Contribution::of(matched, statement, policy, &self.request))
            })
            .collect();
        if self.is_cross_account() {
            // However the key policy names the caller, its own account must allow, too:
            // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
            for one in &mut all {
                if matches!(one.part, DecisionPart::Direct | DecisionPart::Limited) {
                    one.part = DecisionPart::Delegated;
                }
            }
            // The root user has no policies of its own.
            if self.request.caller.is_root() {
                all.push(Contribution::always(DecisionPart::Identity));
            }
        }
        let has_boundary = self.policies.boundary.is_some();
        if !has_boundary {
            // What nothing limits is as good as what cannot be limited.
            let limited = all.iter_mut();
            for one in limited.filter(|one| one.part == DecisionPart::Limited) {
                one.part = DecisionPart::Direct;
            }
        }
        if self.unknown_boundary != UnknownBoundary::No {
            // The boundary that is not known takes its place.
            all.retain(|one| one.part != DecisionPart::Boundary);
            all.push(Contribution {
                open: vec![OpenElement::UnknownBoundary],
                ..Contribution::always(DecisionPart::Boundary)
            });
        } else if !has_boundary {
            all.push(Contribution::always(DecisionPart::Boundary));
        }
        if self.policies.session.is_none() {
            all.push(Contribution::always(DecisionPart::Session));
        }
        all
    }

    fn is_cross_account(&self) -> bool {
        let accounts = self.request.caller.account();
        let accounts = accounts.zip(self.request.key.account);
        accounts.is_some_and(|(caller, key)| caller != key)
    }
}

const fn part(matched: &Match) -> DecisionPart {
    if let Effect::Deny = matched.effect {
        return DecisionPart::Deny;
    }
    match matched.policy.layer {
        Layer::KeyPolicy if matched.delegates => DecisionPart::Delegated,
        Layer::KeyPolicy if matched.limited => DecisionPart::Limited,
        // Resource control policies only deny; what their Allow says counts for nothing.
        Layer::KeyPolicy | Layer::Rcp => DecisionPart::Direct,
        Layer::Identity => DecisionPart::Identity,
        Layer::Boundary => DecisionPart::Boundary,
        Layer::Session => DecisionPart::Session,
        Layer::Scp => DecisionPart::Scp(matched.policy.level),
    }
}

/// Whether the resource covers the key; where that is not known, what it depends on.
fn covers<'a>(
    statement: &'a Statement,
    request: &Request,
    policy: &'a PolicyDocument,
    open: &mut Vec<OpenElement<'a>>,
) -> Holds {
    let Some(element) = &statement.resource else {
        return Holds::NEVER;
    };
    let covers = |pattern| resource_covers(pattern, request, policy);
    let listed = Truth::any(element.patterns.iter().map(covers));
    if listed == Truth::Unknown {
        let patterns = element.patterns.iter();
        let unknown = patterns.filter(|pattern| covers(pattern) == Truth::Unknown);
        open.push(OpenElement::Resource {
            negated: element.negated,
            patterns: unknown.map(|pattern| &*pattern.text.value).collect(),
            policy,
        });
    }
    let covered = if element.negated { !listed } else { listed };
    covered.into()
}

/// Whom the statement names, where it is not known whether the caller is among them: of the
/// entries of a `Principal` those that can be the caller; a `NotPrincipal` as a whole.
fn principals<'a>(statement: &'a Statement, caller: &Caller) -> OpenElement<'a> {
    let Some(element) = &statement.principal else {
        return OpenElement::Principals(Vec::new());
    };
    let denies = statement.effect.value == Effect::Deny;
    let entries = element.entries.iter().filter(|_| !element.negated);
    let possible: Vec<_> = entries
        .filter(|entry| may_be(entry.form(), caller, denies))
        .collect();
    if possible.is_empty() {
        OpenElement::PrincipalElement(element)
    } else {
        OpenElement::Principals(possible)
    }
}

/// Whether some entry of the `Principal` may be the caller and none surely is.
fn is_caller_open(statement: &Statement, caller: &Caller) -> bool {
    let Some(element) = statement.principal.as_ref().filter(|of| !of.negated) else {
        return false;
    };
    let denies = statement.effect.value == Effect::Deny;
    let mut entries = element.entries.iter();
    let surely = |entry: &PrincipalEntry| match entry.form() {
        PrincipalForm::Everyone => true,
        PrincipalForm::Account(account) => !denies && caller.account() == Some(account),
        PrincipalForm::Role(account, name) if caller.session().is_some() => {
            let role = caller.session().map(|(role, _)| role);
            caller.account() == Some(account) && name.rsplit('/').next() == role
        }
        _ => *entry.text().value == *caller.as_str(),
    };
    entries.any(|entry| may_be(entry.form(), caller, denies)) && !element.entries.iter().any(surely)
}

/// Whether it is not known that the entry is not the caller: a federated user may be any user's,
/// a role may call in the session that is named, ids are not known, and AWS does not document
/// which principals a Deny for an account applies to (SEMANTICS U2).
fn may_be(form: PrincipalForm<'_>, caller: &Caller, denies: bool) -> bool {
    let own = |account| caller.account() == Some(account);
    match form {
        PrincipalForm::User(account, _) => {
            own(account) && caller.class() == PrincipalKind::FederatedUser
        }
        PrincipalForm::AssumedRole(account, role, _) => {
            own(account) && caller.as_str().rsplit('/').next() == Some(role)
        }
        PrincipalForm::UniqueId(_) => true,
        PrincipalForm::Account(account) => denies && own(account),
        _ => false,
    }
}
