//! Principals to whom their own policies give an action, put together by the statement that does:
//! a wide policy is one thing to say, however many roles have it.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{
    Access, AccessByStatement, AccessTable, GivingStatement, GrantedBy, GroupMember,
    IndexedLocation, ThroughIam,
};
use crate::policy::Effect;

/// Principals that a sentence names.
const MOST_NAMED: usize = 5;

/// What members of one group have in common, beside the statement.
type Alike<'a> = (IndexedLocation, Vec<usize>, &'a str, &'a str, [bool; 3]);

/// The groups of the table's lists.
pub(super) fn of(table: &AccessTable) -> ThroughIam {
    ThroughIam {
        schedule: groups(&table.schedule),
        put_key_policy: groups(&table.put_key_policy),
        delete_imported_material: groups(&table.delete_imported_material),
    }
}

fn groups(list: &[Access]) -> Vec<AccessByStatement> {
    let members = || list.iter().filter(|access| access.through_iam);
    let mut shared: BTreeMap<IndexedLocation, usize> = BTreeMap::new();
    for via in members().flat_map(own) {
        let count = shared.entry(via.statement_at).or_default();
        *count = count.saturating_add(1);
    }
    let mut groups: BTreeMap<Alike<'_>, Vec<(&Access, &GrantedBy)>> = BTreeMap::new();
    for access in members() {
        if let Some(giving) = most_shared(access, &shared) {
            let alike = alike(access, giving);
            groups.entry(alike).or_default().push((access, giving));
        }
    }
    groups
        .values()
        .filter_map(|members| group(members))
        .collect()
}

/// The statements of the principal's own policies.
fn own(access: &Access) -> impl Iterator<Item = &GrantedBy> {
    let via = access.via.iter().map(|via| &**via);
    via.filter(|via| via.policy.is_some())
}

/// Of the statements that give it the action, the one that gives it to most others too; the first
/// of several.
fn most_shared<'a>(
    access: &'a Access,
    shared: &BTreeMap<IndexedLocation, usize>,
) -> Option<&'a GrantedBy> {
    let count = |via: &GrantedBy| shared.get(&via.statement_at).copied().unwrap_or_default();
    own(access).reduce(|best, next| {
        if count(next) > count(best) {
            next
        } else {
            best
        }
    })
}

fn alike<'a>(access: &'a Access, giving: &GrantedBy) -> Alike<'a> {
    let of_key_policy = access.via.iter().filter(|via| via.policy.is_none());
    (
        giving.statement_at,
        of_key_policy.map(|via| via.statement).collect(),
        access.can_text,
        &access.days_text,
        [access.can_schedule, access.held_back, access.trusted],
    )
}

fn group(members: &[(&Access, &GrantedBy)]) -> Option<AccessByStatement> {
    let (first, giving) = *members.first()?;
    let common = common(members);
    let via = first.via.iter();
    let via: Vec<_> = via
        .filter(|via| common.contains(&via.statement_at))
        .cloned()
        .collect();
    let policies: BTreeSet<_> = via.iter().filter_map(|via| via.policy.clone()).collect();
    let names: Vec<_> = members.iter().map(|(access, _)| &*access.name).collect();
    let member = |(access, _): &(&Access, &GrantedBy)| GroupMember {
        principal: access.principal.clone(),
        name: access.name.clone(),
        at: access.at,
    };
    Some(AccessByStatement {
        who_text: who_text(&names),
        identity: identity(members),
        whose: if members.len() == 1 { "its" } else { "their" },
        members: members.iter().map(member).collect(),
        count: members.len(),
        decision: first.decision,
        can_text: first.can_text,
        depends_on: depends_on(members),
        days_text: first.days_text.clone(),
        shortest: first.shortest,
        trusted: first.trusted,
        can_schedule: first.can_schedule,
        held_back: first.held_back,
        policies: policies.into_iter().collect(),
        via,
        statement: GivingStatement {
            sid: giving.sid.clone(),
            effect: Effect::Allow,
            actions: vec![giving.pattern.clone()],
            at: giving.statement_at,
        },
        at: giving.at,
    })
}

/// Those of all members.
fn depends_on(members: &[(&Access, &GrantedBy)]) -> Vec<String> {
    let keys = members.iter().flat_map(|(access, _)| &access.depends_on);
    let keys: BTreeSet<_> = keys.collect();
    keys.into_iter().cloned().collect()
}

fn identity(members: &[(&Access, &GrantedBy)]) -> String {
    let mut text = String::new();
    for (access, _) in members {
        if text.is_empty() {
            text = format!("{} {}", access.can_text, access.days_text);
        }
        text.push(' ');
        text.push_str(&access.principal);
    }
    text
}

/// The statements that give it to every member.
fn common(members: &[(&Access, &GrantedBy)]) -> BTreeSet<IndexedLocation> {
    let places = |(access, _): &(&Access, &GrantedBy)| -> BTreeSet<IndexedLocation> {
        access.via.iter().map(|via| via.statement_at).collect()
    };
    let mut rest = members.iter().map(places);
    let first = rest.next().unwrap_or_default();
    rest.fold(first, |common, next| &common & &next)
}

/// The first names, each in backticks, and how many there are beside them.
fn who_text(names: &[&str]) -> String {
    let more = names.len().saturating_sub(MOST_NAMED);
    let first: Vec<_> = names.iter().take(MOST_NAMED).copied().collect();
    match first.as_slice() {
        [rest @ .., last] if more == 0 && !rest.is_empty() => {
            format!("`{}` and `{last}`", rest.join("`, `"))
        }
        first if more > 0 => format!("`{}` and {more} more", first.join("`, `")),
        first => format!("`{}`", first.concat()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_names_five() {
        assert_eq!(who_text(&["a"]), "`a`");
        assert_eq!(who_text(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(
            who_text(&["a", "b", "c", "d", "e", "f", "g"]),
            "`a`, `b`, `c`, `d`, `e` and 2 more"
        );
    }
}
