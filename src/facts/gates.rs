//! Whether what decides over deletion, a tag or an alias of the key, can be changed by those over whom
//! it decides.
//!
//! Of users and roles that were loaded the evaluation tells, over all policies that apply to them. A
//! policy by itself, or a control policy, is judged by its words: a change that no `Deny` as wide
//! denies is open.

use crate::access::{
    AskedKey, Candidate, Identities, KeyIdentity, RequestContext, delegating_policy,
};
use crate::aws::{ActionSet, KmsAction};
use crate::policy::{
    Comparison, Condition, Effect, PolicyDocument, PolicyKind, Quantifier, Statement, glob,
    glob_ignore_case,
};

use super::policy_context::PolicyContext;
use super::surroundings::{PolicyHolder, Surroundings};
use super::wideness::{for_at_least_the_same, implies};
use super::{ConditionRecord, GateAttribute, StatementRecord};

/// The beginning of the condition keys that hold the tags of a key, in lower case.
const TAG: &str = "aws:resourcetag/";

/// Says of each condition on tags or aliases that decides over deletion who can change them.
pub(super) fn find(
    records: &mut [StatementRecord],
    subject: &PolicyContext<'_>,
    around: (&Surroundings<'_>, &Identities<'_>),
) {
    if subject.document.kind == PolicyKind::Key {
        return;
    }
    let decides = |record: &StatementRecord| {
        record.inert.is_none() && record.critical.contains(KmsAction::ScheduleKeyDeletion)
    };
    let statements = subject.document.statements.iter();
    for (record, statement) in records.iter_mut().zip(statements) {
        if !decides(record) {
            continue;
        }
        for (found, condition) in record.conditions.iter_mut().zip(&statement.conditions) {
            let Some(gate) = Gate::of(found, condition, statement) else {
                continue;
            };
            found.gate_open = gate.open(subject, around);
        }
    }
}

/// A condition on the key's tags or aliases that decides over deletion.
struct Gate<'a> {
    judged: &'a Statement,
    condition: &'a Condition,
    /// The tag's key; nothing where it is about aliases.
    tag: Option<&'a str>,
    /// By what deletion becomes possible of a key of which it is not.
    lifting: ActionSet,
}

impl<'a> Gate<'a> {
    fn of(
        record: &ConditionRecord,
        condition: &'a Condition,
        judged: &'a Statement,
    ) -> Option<Self> {
        let key = &*condition.key.value;
        let is_about_tags = record.gate? == GateAttribute::Tags;
        Some(Self {
            judged,
            condition,
            tag: is_about_tags.then(|| key.get(TAG.len()..)).flatten(),
            lifting: lifting(record, condition, judged.effect.value),
        })
    }

    /// Who can change it, in words; nothing where that is nobody.
    fn open(
        &self,
        subject: &PolicyContext<'_>,
        (around, identities): (&Surroundings<'_>, &Identities<'_>),
    ) -> Option<String> {
        let holders = around.holders(subject);
        if !holders.is_empty() {
            let can: Vec<_> = holders
                .iter()
                .filter_map(|holder| {
                    Some((holder.name, self.possible(holder, around, identities)?))
                })
                .collect();
            let actions = can
                .iter()
                .fold(ActionSet::EMPTY, |all, (_, actions)| all.union(*actions));
            let names: Vec<_> = can.iter().map(|(name, _)| *name).collect();
            return (!names.is_empty())
                .then(|| format!("{} can change by {}", named(&names), listed(actions)));
        }
        let documents = around.beside(subject);
        let left = self.left(subject.document, &documents);
        (!left.is_empty()).then(|| {
            let by = listed(left);
            if only_denies(subject.document) {
                format!("those whom it denies can change by {by}")
            } else {
                format!("whoever has this policy can change by {by}")
            }
        })
    }

    /// What the words of the policies leave of what lifts it: for a policy that allows, what it
    /// allows under other conditions.
    fn left(&self, own: &PolicyDocument, beside: &[&PolicyDocument]) -> ActionSet {
        let statements = || {
            let documents = std::iter::once(own).chain(beside.iter().copied());
            documents.flat_map(|document| &document.statements)
        };
        let of = |effect| statements().filter(move |of| of.effect.value == effect);
        let denied = of(Effect::Deny)
            .filter(|other| self.closes(other, !own.kind.is_control_policy()))
            .fold(ActionSet::EMPTY, |all, other| all.union(other.covered()));
        let left = self.lifting.difference(denied);
        if only_denies(own) {
            return left;
        }
        let is_free = |other: &&Statement| {
            let mut conditions = other.conditions.iter();
            !conditions.any(|condition| {
                condition
                    .key
                    .value
                    .eq_ignore_ascii_case(&self.condition.key.value)
            })
        };
        let allowed = of(Effect::Allow)
            .filter(is_free)
            .fold(ActionSet::EMPTY, |all, other| all.union(other.covered()));
        left.intersection(allowed)
    }

    /// Whether the `Deny` keeps everyone from the change over whom the gate decides: as wide as the
    /// statement, but for conditions that name this tag in the request to change it.
    fn closes(&self, other: &Statement, of_one_account: bool) -> bool {
        let names_tag = |condition: &Condition| {
            let Some(tag) = self.tag else { return false };
            let key = &*condition.key.value;
            let mut values = condition.values.iter();
            let in_request = key.split_once('/').is_some_and(|(head, own)| {
                head.eq_ignore_ascii_case("aws:RequestTag") && own.eq_ignore_ascii_case(tag)
            });
            let in_keys = key.eq_ignore_ascii_case("aws:TagKeys")
                && !condition.operator.comparison.is_negated()
                && values.any(|value| glob_ignore_case(&value.text.value, tag));
            in_request || in_keys
        };
        let mut conditions = other.conditions.iter();
        let judged = &self.judged.conditions;
        let alias_of_gate = self.tag.is_none() && self.is_about_its_aliases(other, of_one_account);
        (for_at_least_the_same(other, self.judged) || alias_of_gate)
            && conditions
                .all(|wide| names_tag(wide) || judged.iter().any(|narrow| implies(narrow, wide)))
    }

    /// Whether the statement is for all aliases by which deletion becomes possible, or stops to be
    /// impossible, of every key that the gate is for.
    fn is_about_its_aliases(&self, other: &Statement, of_one_account: bool) -> bool {
        let operator = self.condition.operator;
        let by_matching = operator.quantifier == Some(Quantifier::ForAnyValue)
            && matches!(
                operator.comparison,
                Comparison::StringEquals | Comparison::StringLike
            );
        // By any other condition an alias of whatever name lifts it.
        let names: Vec<&str> = if by_matching {
            let values = self.condition.values.iter();
            values.map(|value| &*value.text.value).collect()
        } else {
            vec!["alias/*"]
        };
        let (Some(aliases), Some(keys)) = (&other.resource, &self.judged.resource) else {
            return false;
        };
        let keys: Vec<_> = if keys.negated {
            vec!["*"]
        } else {
            keys.patterns.iter().map(|of| &*of.text.value).collect()
        };
        let covers = |name: &str, key: &str| {
            let mut patterns = aliases.patterns.iter().map(|of| &*of.text.value);
            patterns.any(|wide| {
                let alias = format!("{}:{name}", place_of_key(key, wide, of_one_account));
                !wide.contains(['?', '$']) && glob(wide, &alias)
            })
        };
        let of_key = |key: &&str| {
            names
                .iter()
                .all(|name| !name.contains('$') && covers(name, key))
        };
        !aliases.negated && keys.iter().all(of_key)
    }

    /// What of it the user or role can do on a key that the gate keeps it from deleting.
    fn possible(
        &self,
        holder: &PolicyHolder<'_>,
        around: &Surroundings<'_>,
        identities: &Identities<'_>,
    ) -> Option<ActionSet> {
        let on = |document: &PolicyDocument, identity: KeyIdentity| {
            let key = AskedKey::new(identity, RequestContext::open(), Some(document));
            let candidate = Candidate::new(holder.caller.clone(), key.seen(), identities);
            let can = |action: &KmsAction| {
                candidate.may_where(*action, &key, |context| self.set_state(context))
            };
            let possible: ActionSet = self.lifting.iter().filter(can).collect();
            (!possible.is_empty()).then_some(possible)
        };
        let mut keys = around.keys_of(holder.account).peekable();
        if keys.peek().is_none() {
            let account = holder.account;
            let document = delegating_policy(account.as_str())?;
            let account = Some(account);
            return on(
                &document,
                KeyIdentity {
                    account,
                    ..KeyIdentity::default()
                },
            );
        }
        let mut found = keys.filter_map(|(document, identity)| on(document, identity));
        found.next()
    }

    /// A key that the gate keeps from deletion, and a request that names the tag.
    fn set_state(&self, context: &mut RequestContext) {
        let operator = self.condition.operator;
        let value = self.condition.values.first();
        let value = value.map_or("value", |value| &*value.text.value);
        let value = value.replace(['*', '?'], "x");
        let allows = self.judged.effect.value == Effect::Allow;
        let key = &*self.condition.key.value;
        let matches = match operator.comparison {
            Comparison::Null => value.eq_ignore_ascii_case("true") == allows,
            comparison => comparison.is_negated() == allows,
        };
        match self.tag {
            Some(tag) => {
                if matches {
                    context.set(key, [value.as_str()]);
                } else {
                    context.set(key, [] as [&str; 0]);
                }
                context.set("aws:TagKeys", [tag]);
                context.set(&format!("aws:RequestTag/{tag}"), [value.as_str()]);
            }
            None if matches => context.set(key, [value.as_str()]),
            None if operator.quantifier == Some(Quantifier::ForAnyValue) => {
                context.set(key, [] as [&str; 0]);
            }
            None => context.set(key, ["alias/x"]),
        }
    }
}

/// Whether the policy allows nothing, as a guardrail does.
fn only_denies(document: &PolicyDocument) -> bool {
    let mut statements = document.statements.iter();
    document.kind.is_control_policy()
        || statements.all(|statement| statement.effect.value == Effect::Deny)
}

/// The part of an alias's ARN that tells its Region and account, for a key of this pattern: a key and its
/// aliases are of the same. Partition and, but for control policies, account are those of whoever wrote the
/// other pattern, where this one leaves them open: nobody can delete a key of another account.
fn place_of_key(key: &str, other: &str, of_one_account: bool) -> String {
    let mut other = other.split(':');
    let partition = other.nth(1).unwrap_or("*");
    let account = other.nth(2).unwrap_or("*");
    let key = key.split_once(":key/").map_or("", |(place, _)| place);
    let mut key = key.split(':');
    let mut of = |position: usize| {
        key.nth(position)
            .filter(|part| *part != "*" && !part.is_empty())
    };
    let (own, region, own_account) = (of(1), of(1), of(0));
    let open = if of_one_account { account } else { "*" };
    format!(
        "arn:{}:kms:{}:{}",
        own.unwrap_or(partition),
        region.unwrap_or("*"),
        own_account.unwrap_or(open)
    )
}

/// By which changes of tags or aliases the condition comes to hold, for an `Allow`, or not to hold,
/// for a `Deny`.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html>
/// <https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html>
fn lifting(record: &ConditionRecord, condition: &Condition, effect: Effect) -> ActionSet {
    let goal = effect == Effect::Allow;
    let without = !record.demands_key;
    let is_null = condition.operator.comparison == Comparison::Null;
    let set = |actions: &[KmsAction]| actions.iter().copied().collect::<ActionSet>();
    let (by_adding, by_removing) = match condition.operator.quantifier {
        _ if is_null => (without != goal, without == goal),
        Some(Quantifier::ForAllValues) => (!goal, goal),
        Some(Quantifier::ForAnyValue) => (goal, !goal),
        None => (true, without == goal),
    };
    let (adding, removing): (&[KmsAction], &[KmsAction]) =
        if record.gate == Some(GateAttribute::Tags) {
            (&[KmsAction::TagResource], &[KmsAction::UntagResource])
        } else {
            (
                &[KmsAction::CreateAlias, KmsAction::UpdateAlias],
                &[KmsAction::DeleteAlias, KmsAction::UpdateAlias],
            )
        };
    let when = |is: bool, actions| if is { set(actions) } else { ActionSet::EMPTY };
    // A tag is overwritten, too.
    let by_adding = by_adding || (record.gate == Some(GateAttribute::Tags) && !is_null);
    when(by_adding, adding).union(when(by_removing, removing))
}

/// Their names in a sentence.
fn listed(actions: ActionSet) -> String {
    let names: Vec<_> = actions.iter().map(KmsAction::qualified).collect();
    named(&names)
}

/// Names in backticks, of many the first.
fn named(names: &[&str]) -> String {
    const MOST: usize = 3;
    let more = names.len().saturating_sub(MOST);
    let first: Vec<_> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{name}`"))
        .collect();
    match first.as_slice() {
        all if more > 0 => format!("{} and {more} more", all.join(", ")),
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        all => all.concat(),
    }
}
