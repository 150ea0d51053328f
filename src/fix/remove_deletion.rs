//! Takes deletion out of what a statement allows: out of a wildcard, or out of what a role that
//! uses the key may do.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::aws::data::DAY;
use crate::aws::{ActionSet, KmsAction, PrincipalKind};
use crate::difference::EVERY;
use crate::facts::{ActionRecord, IndexedLocation};
use crate::finding::Finding;
use crate::policy::PolicyKind;
use crate::tree::edit::Draft;

use super::plan::{Meant, Plan, Refusal};
use super::remaining_actions::patterns;
use super::target::{Target, Written, at_finding, key, listed, then};

const DELETION: ActionSet = ActionSet::only(KmsAction::ScheduleKeyDeletion);

pub(super) fn plan(target: &Target<'_>, finding: &Finding) -> Result<Plan, Refusal> {
    if target.policy.kind != PolicyKind::Key {
        return Err(Refusal::decide(
            "decide which keys the policy is to be about",
        ));
    }
    // A wildcard is what the finding points at; else every pattern that grants deletion goes.
    let at_pattern = pattern_at(target, finding);
    let schedulers = target.schedulers(finding);
    let mut indexes: BTreeSet<usize> = BTreeSet::new();
    match at_pattern {
        Some((index, _)) => drop(indexes.insert(index)),
        None => indexes.extend(
            schedulers
                .iter()
                .flat_map(|access| &access.via)
                .filter(|via| via.policy.is_none() && via.direct)
                .map(|via| via.statement),
        ),
    }
    if let (Some((index, place)), false) = (at_pattern, others_can_delete(target, &indexes)) {
        return name_deletion(target, index, place);
    }
    let mut draft = target.draft();
    let mut titles = Vec::new();
    // Statements that stand later first, so that the positions of the others stay.
    for index in indexes.iter().rev() {
        let statement = target.statement(*index)?;
        let place = at_pattern.map(|(_, place)| place);
        titles.push(take_out(&mut draft, &statement, place)?);
    }
    if titles.is_empty() {
        return Err(Refusal::decide(
            "decide where the permission is to be taken away",
        ));
    }
    titles.reverse();
    // Who uses the key and deletes it by the same statement has the same finding.
    let alike = target.facts.access.schedule.iter().filter(|access| {
        let mut via = access.via.iter().filter(|via| via.policy.is_none());
        at_pattern.is_none()
            && access.uses.is_some()
            && !access.trusted
            && via.any(|via| indexes.contains(&via.statement))
    });
    let who = schedulers.iter().copied().chain(alike).filter(|access| {
        let several = [
            PrincipalKind::Everyone,
            PrincipalKind::Account,
            PrincipalKind::UniqueId,
        ];
        !several.contains(&access.kind)
    });
    Ok(Plan {
        draft,
        title: titles.join("; "),
        meant: Meant::loses_deletion().by(who.map(|access| access.principal.clone()).collect()),
        caution: None,
    })
}

/// Whether anybody who still exists can delete the key without these statements.
fn others_can_delete(target: &Target<'_>, without: &BTreeSet<usize>) -> bool {
    let mut all = target.facts.access.schedule.iter();
    all.any(|access| {
        access.kind != PrincipalKind::UniqueId
            && access
                .via
                .iter()
                .any(|via| via.policy.is_some() || !without.contains(&via.statement))
    })
}

/// Where nobody else could delete the key, deletion is named beside what remains of the wildcard.
fn name_deletion(
    target: &Target<'_>,
    index: usize,
    place: IndexedLocation,
) -> Result<Plan, Refusal> {
    let statement = target.statement(index)?;
    let mut draft = target.draft();
    let written = write_out(&mut draft, &statement, Some(place), Deletion::ByName)?;
    Ok(Plan {
        draft,
        title: format!(
            "write out {} in {} by the actions that AWS had on {DAY}, `kms:ScheduleKeyDeletion` by \
             its name: nobody else can delete the key",
            listed(&texts(&written)),
            statement.name()
        ),
        meant: Meant::NOTHING,
        caution: None,
    })
}

/// What becomes of deletion where a pattern that covers it is written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deletion {
    Goes,
    ByName,
}

/// A pattern and what takes its place.
type Replaced = (usize, String, Vec<String>);

fn texts(replaced: &[Replaced]) -> Vec<String> {
    replaced.iter().map(|(_, text, _)| text.clone()).collect()
}

/// The action pattern at which the finding points.
fn pattern_at(target: &Target<'_>, finding: &Finding) -> Option<(usize, IndexedLocation)> {
    target.facts.statements.iter().find_map(|record| {
        let action = at_finding(finding, &record.actions, |action| action.at)?;
        Some((record.index, action.at))
    })
}

/// Takes deletion out of every pattern of the statement that covers it, or of the one at `place`.
fn take_out(
    draft: &mut Draft,
    statement: &Written<'_>,
    place: Option<IndexedLocation>,
) -> Result<String, Refusal> {
    let replaced = write_out(draft, statement, place, Deletion::Goes)?;
    Ok(title(statement, &replaced))
}

/// Writes out every pattern of the statement that covers deletion, or the one at `place`.
fn write_out(
    draft: &mut Draft,
    statement: &Written<'_>,
    place: Option<IndexedLocation>,
    deletion: Deletion,
) -> Result<Vec<Replaced>, Refusal> {
    let record = statement.record;
    if record.not_action {
        return Err(Refusal::decide(format!(
            "decide which actions {} is to allow, and list them by `Action`",
            statement.name()
        )));
    }
    let goes = |action: &ActionRecord| {
        action.matches.contains(KmsAction::ScheduleKeyDeletion)
            && place.is_none_or(|place| place == action.at)
    };
    let kept = record.actions.iter().filter(|action| !goes(action));
    let kept = kept.fold(ActionSet::EMPTY, |all, action| all.union(action.matches));
    let allowed = record.covers.difference(DELETION);
    let mut written = kept;
    let mut replaced = Vec::new();
    for (index, action) in record.actions.iter().enumerate().filter(|(_, a)| goes(a)) {
        // In a key policy an action that is about no key gives nothing.
        let rest = action.matches.intersection(EVERY);
        let rest = rest.difference(DELETION).difference(written);
        let mut new = patterns(rest, allowed);
        if deletion == Deletion::ByName {
            new.push(KmsAction::ScheduleKeyDeletion.qualified().to_owned());
        }
        written = written.union(action.matches.difference(DELETION));
        replaced.push((index, action.text.clone(), new));
    }
    let survives = record.actions.len() > replaced.len();
    if !survives && replaced.iter().all(|(_, _, new)| new.is_empty()) {
        return Err(Refusal::decide(format!(
            "decide whether {} is needed: it allows deletion and nothing else",
            statement.name()
        )));
    }
    let path = then(&statement.path, key("Action"));
    let single = !statement.element("Action").is_some_and(Json::is_array);
    for (index, _, new) in replaced.iter().rev() {
        let values: Vec<_> = new.iter().map(|name| Json::from(name.as_str())).collect();
        match values.as_slice() {
            [one] if single => draft.replace(&path, one)?,
            all if single => draft.replace(&path, &Json::Array(all.to_vec()))?,
            [] => draft.remove(&then(&path, crate::tree::Step::Index(*index)))?,
            [first, rest @ ..] => {
                draft.replace(&then(&path, crate::tree::Step::Index(*index)), first)?;
                draft.insert_items(&path, index.saturating_add(1), rest)?;
            }
        }
    }
    Ok(replaced)
}

fn title(statement: &Written<'_>, replaced: &[Replaced]) -> String {
    let names = texts(replaced);
    let by_name = names
        .iter()
        .all(|name| name.eq_ignore_ascii_case("kms:ScheduleKeyDeletion"));
    if by_name {
        format!("take `kms:ScheduleKeyDeletion` out of {}", statement.name())
    } else {
        // An action that is newer is not among them.
        format!(
            "write out what remains of {} in {} without `kms:ScheduleKeyDeletion`, by the actions that AWS had on {DAY}",
            listed(&names),
            statement.name()
        )
    }
}
