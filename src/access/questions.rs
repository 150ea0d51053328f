//! Who can do what to one key: everyone that its policy names, and everyone who was loaded.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::aws::{AccountId, ActionSet, KmsAction, PrincipalKind};
use crate::eval::{
    CaseSet, Evaluation, Layer, Match, PolicySet, deciding, dependencies, open_key_policy,
};
use crate::policy::{Effect, PolicyDocument, PrincipalForm, Statement};

use super::answer::Answer;
use super::candidate::Candidate;
use super::cast::Cast;
use super::class::{Class, Traits};
use super::holder::{Holder, Permitted};
use super::identities::Identities;
use super::key::AskedKey;
use super::loaded_principal::LoadedPrincipal;
use super::named::{NamedPrincipal, NamedPrincipals};
use super::placeholders::Placeholders;

/// What all questions about one key share.
pub(crate) struct KeyQuestions<'a> {
    pub(super) key: &'a AskedKey<'a>,
    pub(super) identities: &'a Identities<'a>,
    pub(super) statements: &'a [Statement],
    /// The actions that each statement is about, undocumented ones included.
    covered: Vec<ActionSet>,
    /// Those too that a placeholder may name.
    possible: Vec<ActionSet>,
    pub(super) denies_nothing: bool,
    /// Whether service or resource control policies are above the key's account.
    pub(super) has_control_policies: bool,
    /// Whom the Allow statements name, found when first asked.
    named: OnceCell<NamedPrincipals<'a>>,
    /// The classes of them that were met.
    pub(super) classes: RefCell<BTreeMap<Traits, Rc<Class>>>,
    /// The actions that each statement gives to those that it names, under no condition.
    pub(super) given_plainly: OnceCell<Vec<ActionSet>>,
    /// The policy with a principal in place of each placeholder, made when first asked.
    pub(super) rendered: OnceCell<(Placeholders, PolicyDocument)>,
    /// Whether what needs no evaluation is answered without; only tests ask the plain way.
    takes_shortcuts: bool,
}

impl<'a> KeyQuestions<'a> {
    pub(crate) fn new(key: &'a AskedKey<'a>, identities: &'a Identities<'a>) -> Self {
        let statements = key.policy.map_or(&[][..], |policy| &policy.statements);
        let account = key.identity.account;
        Self {
            key,
            identities,
            statements,
            covered: statements
                .iter()
                .map(|statement| statement.covered().union(statement.doubtful()))
                .collect(),
            possible: statements.iter().map(Statement::possible).collect(),
            denies_nothing: denies_nothing(statements),
            has_control_policies: identities.has_control_policies(account, account),
            named: OnceCell::new(),
            classes: RefCell::default(),
            given_plainly: OnceCell::new(),
            rendered: OnceCell::new(),
            takes_shortcuts: true,
        }
    }

    /// The same questions, each answered by evaluating: the judge of all shortcuts.
    #[cfg(test)]
    pub(super) fn plainly(key: &'a AskedKey<'a>, identities: &'a Identities<'a>) -> Self {
        Self {
            takes_shortcuts: false,
            ..Self::new(key, identities)
        }
    }

    /// An answer that needs no evaluation, where there is one. Whatever is done for speed alone goes
    /// through here, and is compared with the plain way over generated accounts.
    pub(super) fn shortcut<T>(&self, answer: impl FnOnce() -> Option<T>) -> Option<T> {
        self.takes_shortcuts.then(answer).flatten()
    }

    /// For each action, the principals that can or might be able to perform it: first those that the key
    /// policy names, in its order, then loaded users and roles, sorted by ARN.
    pub(crate) fn who_can<const N: usize>(&self, actions: [KmsAction; N]) -> [Vec<Holder<'a>>; N] {
        let principals = self.principals();
        let positions = actions.map(|action| {
            let granting = self.granting(action);
            (
                action,
                principals.positions(granting.map(|(index, _)| index)),
            )
        });
        let mut asked = vec![[None; N]; principals.all().len()];
        for (slot, (action, positions)) in positions.iter().enumerate() {
            for position in positions {
                let of_principal = asked.get_mut(*position);
                if let Some(asked) = of_principal.and_then(|actions| actions.get_mut(slot)) {
                    *asked = Some(*action);
                }
            }
        }
        // One principal is asked about all actions before the next one is: the code that answers is long,
        // and would have to be fetched for each action anew.
        let each = principals.all().iter().zip(asked);
        let each = each.map(|(named, asked)| asked.map(|action| self.holder(named, action?)));
        let mut found: Vec<_> = each.collect();
        let mut slots = 0..;
        positions.map(|(action, positions)| {
            let slot = slots.next().unwrap_or(N);
            let take = |position: &usize| found.get_mut(*position)?.get_mut(slot)?.take();
            let mut all: Vec<_> = positions.iter().filter_map(take).collect();
            all.extend(self.loaded_who_can(action));
            all
        })
    }

    /// Whether anyone who still exists surely or perhaps can do it.
    pub(crate) fn someone_can(&self, action: KmsAction) -> bool {
        let exists = |named: &NamedPrincipal<'a>| {
            named.kind != PrincipalKind::UniqueId && !self.is_foreign(named)
        };
        let can = |named: &NamedPrincipal<'a>| self.permitted(named, action).is_some();
        let given = self.shortcut(|| self.plainly_given(action).then_some(true));
        if given.is_some()
            || self.is_given_to_placeholder(action)
            || self.may_be_given_by_placeholder(action)
        {
            return true;
        }
        let named = self.named(action);
        named.iter().any(|named| exists(named) && can(named))
            || !self.loaded_who_can(action).is_empty()
    }

    /// Whom the Allow statements about the action name, in their order.
    pub(super) fn named(&self, action: KmsAction) -> Vec<&NamedPrincipal<'a>> {
        let granting = self.granting(action);
        self.principals()
            .of_statements(granting.map(|(index, _)| index))
    }

    /// Everyone that the Allow statements name, in the order of the statements.
    pub(super) fn everyone_named(&self) -> impl Iterator<Item = &NamedPrincipal<'a>> {
        self.principals().all().iter()
    }

    /// Whom the Allow statements name.
    fn principals(&self) -> &NamedPrincipals<'a> {
        let find = || NamedPrincipals::of(self.statements);
        self.named.get_or_init(find)
    }

    /// The Allow statements about the action, each with its position.
    pub(super) fn granting(
        &self,
        action: KmsAction,
    ) -> impl Iterator<Item = (usize, &'a Statement)> + Clone {
        Self::allowing(&self.covered, self.statements, action)
    }

    /// The same with those that are about it if a placeholder names it.
    pub(super) fn possibly_granting(
        &self,
        action: KmsAction,
    ) -> impl Iterator<Item = (usize, &'a Statement)> + Clone {
        Self::allowing(&self.possible, self.statements, action)
    }

    fn allowing<'s>(
        about: &'s [ActionSet],
        statements: &'a [Statement],
        action: KmsAction,
    ) -> impl Iterator<Item = (usize, &'a Statement)> + Clone + 's
    where
        'a: 's,
    {
        let granting = about.iter().enumerate().zip(statements);
        let granting = granting.filter(move |((_, about), statement)| {
            statement.effect.value == Effect::Allow && about.contains(action)
        });
        granting.map(|((index, _), statement)| (index, statement))
    }

    /// Those of them that can be about the principal.
    pub(super) fn possibly_granting_to(
        &self,
        named: &NamedPrincipal<'a>,
        action: KmsAction,
    ) -> Vec<(usize, &'a Statement)> {
        let policy = self.key.policy;
        let Some(policy) = policy.filter(|_| named.kind.is_user_or_role()) else {
            return self.possibly_granting(action).collect();
        };
        let is_allow = |of: &Statement| of.effect.value == Effect::Allow;
        policy
            .about(named.account, named.last_name)
            .filter(|(index, of)| is_allow(of) && self.is_possibly_about(*index, action))
            .collect()
    }

    /// Whether a statement is about the action if a placeholder names it.
    pub(super) fn is_possibly_about(&self, statement: usize, action: KmsAction) -> bool {
        let possible = self.possible.get(statement);
        possible.is_some_and(|possible| possible.contains(action))
    }

    /// What the principal can do; nothing where it surely cannot.
    fn holder(&self, named: &NamedPrincipal<'a>, action: KmsAction) -> Option<Holder<'a>> {
        if self.is_foreign(named) {
            return None;
        }
        let permitted = self.permitted(named, action)?;
        Some(Holder {
            principal: named.text,
            kind: named.kind,
            account: named.account,
            loaded: self.loaded_of(named),
            named_at: Some(named.place(&permitted.granting, |statement| {
                let covered = self.covered.get(statement);
                covered.is_some_and(|covered| covered.contains(action))
            })),
            permitted,
            companions: self.companions(named, action),
        })
    }

    /// Whether it belongs to another account or partition than the key, which none of the actions
    /// that are asked about reaches.
    fn is_foreign(&self, named: &NamedPrincipal<'_>) -> bool {
        let pair = named.account.zip(self.key.identity.account);
        pair.is_some_and(|(own, key)| own != key) || self.key.is_elsewhere(named.text)
    }

    /// The answer for a principal that the key policy names; none where it surely cannot do it.
    pub(super) fn permitted(
        &self,
        named: &NamedPrincipal<'a>,
        action: KmsAction,
    ) -> Option<Rc<Permitted>> {
        let unconditional = self.shortcut(|| self.unconditionally(named, action));
        if let Some(granting) = unconditional {
            return Some(Permitted::unconditional(granting).into());
        }
        let evaluate = || self.evaluated(named, action).map(Rc::new);
        match self.shortcut(|| self.class(named)) {
            Some(class) => class.permitted(action, evaluate),
            None => evaluate(),
        }
    }

    /// The same for a user, role or session, but only what gives it the action, by evaluating.
    pub(super) fn given(&self, named: &NamedPrincipal<'a>, action: KmsAction) -> Option<Given> {
        let asked = ActionQuestion {
            of: self,
            named: Some(named),
            action,
        };
        let mut given = self.candidates(named).iter();
        given.find_map(|one| Some(asked.given(one)?.1))
    }

    /// Who is asked for a principal.
    fn candidates<'n>(&self, named: &'n NamedPrincipal<'a>) -> &'n [Candidate<'a>] {
        named.candidates.get_or_init(|| {
            let cast = Cast::new(self.key, self.identities);
            cast.of_named(named)
        })
    }

    /// The same by evaluating: the best that any candidate can.
    fn evaluated(&self, named: &NamedPrincipal<'a>, action: KmsAction) -> Option<Permitted> {
        let candidates = self.candidates(named);
        let asked = ActionQuestion {
            of: self,
            named: Some(named),
            action,
        };
        let mut best: Option<Permitted> = None;
        for candidate in candidates {
            let surely = |found: &Permitted| found.decisions.allowed == CaseSet::ALL;
            if best.as_ref().is_some_and(surely) {
                break;
            }
            if let Some(next) = asked.of(candidate) {
                best = Some(match best {
                    None => next,
                    Some(found) => found.or(&next),
                });
            }
        }
        best
    }

    /// The answer for a loaded user or role that the key policy does not name; none where its own
    /// policies do not give it the action.
    pub(super) fn through_own_policies(
        &self,
        principal: &'a LoadedPrincipal<'a>,
        action: KmsAction,
    ) -> Option<Permitted> {
        let asked = ActionQuestion {
            of: self,
            named: None,
            action,
        };
        asked.of(&Candidate::loaded(
            principal,
            self.key.seen(),
            self.identities,
        ))
    }
}

/// Whether a policy's statements deny nothing.
fn denies_nothing(statements: &[Statement]) -> bool {
    let mut effects = statements.iter().map(|statement| statement.effect.value);
    effects.all(|effect| effect == Effect::Allow)
}

/// What gives an action to a candidate, as in [`Permitted`].
#[derive(Default)]
pub(super) struct Given {
    pub(super) granting: BTreeSet<usize>,
    delegating: BTreeSet<usize>,
    pub(super) own: BTreeSet<(usize, usize)>,
    through_iam: bool,
}

/// One question, put to several candidates.
pub(super) struct ActionQuestion<'q, 'a> {
    pub(super) of: &'q KeyQuestions<'a>,
    /// Whom the key policy names; nothing for what one can do by its own policies.
    named: Option<&'q NamedPrincipal<'a>>,
    pub(super) action: KmsAction,
}

impl<'a> ActionQuestion<'_, 'a> {
    fn of(&self, candidate: &Candidate<'a>) -> Option<Permitted> {
        let (answer, given) = self.given(candidate)?;
        let evaluation = &answer.evaluation;
        let depends_on = dependencies(&answer.request, &answer.policies, evaluation).keys;
        let without_mfa = self.may_be_without_mfa(candidate, evaluation, &depends_on);
        Some(Permitted {
            decision: answer.decisions.best(),
            decisions: answer.decisions,
            through_iam: given.through_iam,
            granting: given.granting,
            delegating: given.delegating,
            own: given.own,
            depends_on: depends_on.into_iter().collect(),
            without_mfa,
            only_root: candidate.caller.is_root(),
            held_back: self.is_held_back(candidate),
        })
    }

    /// The answer and what gives it; nothing where the candidate surely cannot do it.
    fn given(&self, candidate: &Candidate<'a>) -> Option<(Answer<'a>, Given)> {
        let request = candidate.request(self.action, self.of.key);
        let answer = Answer::with(candidate, request, self.policies(candidate));
        if !answer.decisions.best().is_possible() {
            return None;
        }
        let direct = self.direct(&answer.evaluation);
        let (delegating, own) = if candidate.principal.is_some() {
            through_iam(&answer.evaluation)
        } else {
            Default::default()
        };
        let given = Given {
            granting: &direct | &delegating,
            through_iam: direct.is_empty(),
            delegating,
            own,
        };
        (!given.granting.is_empty()).then_some((answer, given))
    }

    pub(super) fn policies(&self, candidate: &Candidate<'a>) -> PolicySet<'a> {
        // What the policy gives to one who is part of everyone is not given to everyone.
        let of_everyone = self
            .named
            .is_some_and(|of| of.kind == PrincipalKind::Everyone);
        if of_everyone && candidate.is_itself() && !candidate.has_id() {
            return candidate.applicable.with(self.of.key.for_everyone());
        }
        candidate.policies(self.of.key)
    }

    /// Asked only of those who can change the key policy: whether that would not give them
    /// deletion, because an organization's policy or one of their own denies it.
    fn is_held_back(&self, candidate: &Candidate<'a>) -> bool {
        let others = candidate.applicable;
        if self.action != KmsAction::PutKeyPolicy || others.with(None).is_empty() {
            return false;
        }
        let schedule = KmsAction::ScheduleKeyDeletion;
        let key_policy = open_key_policy();
        let policies = others.with(key_policy);
        key_policy.is_some() && !candidate.may_by(&policies, schedule, self.of.key, |_| ())
    }

    /// The statements of the key policy that may grant it by themselves: for an account those that
    /// name it, for all others those that do not merely delegate the decision to IAM policies.
    fn direct(&self, evaluation: &Evaluation) -> BTreeSet<usize> {
        let Some(named) = self.named else {
            return BTreeSet::new();
        };
        let of_key_policy = evaluation
            .matches
            .iter()
            .filter(|found| found.policy.layer == Layer::KeyPolicy)
            .filter(|found| found.effect == Effect::Allow);
        let names_account = |index| {
            let statement = self.of.statements.get(index);
            statement.is_some_and(|of| names_account(of, named.account))
        };
        of_key_policy
            .filter(|found| match named.kind {
                PrincipalKind::Account => names_account(found.statement),
                _ => !found.delegates,
            })
            .map(|found| found.statement)
            .collect()
    }
}

/// Whether the statement names the account, so that it delegates to the account's policies.
pub(super) fn names_account(statement: &Statement, account: Option<AccountId>) -> bool {
    let own = |form| matches!(form, PrincipalForm::Account(own) if Some(own) == account);
    let element = statement.principal.as_ref().filter(|of| !of.negated);
    element.is_some_and(|element| {
        let mut entries = element.candidates(account, "");
        entries.any(|entry| own(entry.form()))
    })
}

/// The statements of the key policy that delegate the decision to IAM, and those of the principal's
/// own policies that decide; both or none.
fn through_iam(evaluation: &Evaluation) -> (BTreeSet<usize>, BTreeSet<(usize, usize)>) {
    let allows = |found: &Match| found.effect == Effect::Allow;
    let (mut delegating, mut own) = (BTreeSet::new(), BTreeSet::new());
    for found in deciding(evaluation).into_iter().filter(allows) {
        match found.policy.layer {
            Layer::KeyPolicy if found.delegates => drop(delegating.insert(found.statement)),
            Layer::Identity => drop(own.insert((found.policy.index, found.statement))),
            _ => {}
        }
    }
    if delegating.is_empty() || own.is_empty() {
        return Default::default();
    }
    (delegating, own)
}
