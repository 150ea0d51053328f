//! The access to one key: a row for principals with identical access.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::{
    Asked, ClassStanding, Decision, Grant, GrantingPolicy, GrantingStatement, Standing, StoppedBy,
};
use crate::aws::PrincipalKind;
use crate::inventory::Key;
use crate::text::Location;

/// What the principals of a row can do, an answer for each action that was asked about; nothing
/// where they surely cannot.
pub type Grants = Vec<Option<Arc<Grant>>>;

/// Principals with identical access whose policies stand at the same places.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// Who, sorted by kind and name.
    pub who: Arc<[Asked<'a>]>,
    /// What they can do.
    pub grants: Grants,
}

/// Principals with identical access.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// At least one; their grants are equal but for the places of inline policies.
    pub parts: Vec<Part<'a>>,
}

/// Everyone who can do something to a key.
#[derive(Clone, Debug)]
pub struct KeyAccess<'a> {
    /// The key.
    pub key: &'a Key,
    /// Sorted: what is allowed before what is conditional, users and roles before others.
    pub rows: Vec<Row<'a>>,
    /// How many loaded users and roles each limit alone stops.
    pub stopped: BTreeMap<StoppedBy, usize>,
}

impl<'a> Row<'a> {
    /// Everyone of the row, sorted by kind and name.
    pub fn who(&self) -> Vec<&Asked<'a>> {
        let parts = self.parts.iter();
        let mut all: Vec<_> = parts.flat_map(|part| part.who.iter()).collect();
        all.sort();
        all
    }

    /// The first of them, so many at most.
    pub fn first(&self, most: usize) -> Vec<&Asked<'a>> {
        let parts = self.parts.iter();
        let first = parts.flat_map(|part| part.who.iter().take(most));
        let mut first: Vec<_> = first.collect();
        first.sort();
        first.truncate(most);
        first
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.parts.iter().map(|part| part.who.len()).sum()
    }

    /// What each of them can do.
    pub fn grants(&self) -> &[Option<Arc<Grant>>] {
        self.parts.first().map_or(&[], |part| &part.grants)
    }

    /// The first of all, behind the rank of its kind.
    fn leading(&self) -> Option<(u8, &Asked<'a>)> {
        let first = self.parts.iter().filter_map(|part| part.who.first()).min();
        first.map(|asked| (rank(asked.kind), asked))
    }

    /// What decides about the row's place: the decision for each action, then who.
    fn order(&self, other: &Self) -> Ordering {
        let decisions = |row: &Self| -> Vec<Decision> {
            let each = row.grants().iter();
            each.map(|grant| {
                grant
                    .as_ref()
                    .map_or(Decision::ImplicitDeny, |of| of.decision())
            })
            .collect()
        };
        let (own, others) = (self.leading(), other.leading());
        let ranks = own
            .as_ref()
            .map(|of| of.0)
            .cmp(&others.as_ref().map(|of| of.0));
        ranks
            .then_with(|| decisions(self).cmp(&decisions(other)))
            .then_with(|| own.cmp(&others))
    }

    pub(super) fn is_equal(&self, other: &Self) -> bool {
        let mut pairs = self.parts.iter().zip(&other.parts);
        let is_same = |(one, other): (&Part<'_>, &Part<'_>)| Arc::ptr_eq(&one.who, &other.who);
        let are_same = self.parts.len() == other.parts.len() && pairs.all(is_same);
        self.grants() == other.grants() && (are_same || self.who() == other.who())
    }
}

/// Users and roles first.
const fn rank(kind: PrincipalKind) -> u8 {
    match kind {
        PrincipalKind::Role | PrincipalKind::User => 0,
        PrincipalKind::Session | PrincipalKind::FederatedUser => 1,
        PrincipalKind::Root => 2,
        PrincipalKind::Service | PrincipalKind::AnyService => 3,
        _ => 4,
    }
}

impl<'a> KeyAccess<'a> {
    /// The rows of what was answered.
    pub(super) fn new(key: &'a Key, classes: Vec<Answered<'a>>) -> Self {
        let mut rows: Vec<Row<'a>> = Vec::new();
        let mut by_number: BTreeMap<usize, usize> = BTreeMap::new();
        let mut stopped: BTreeMap<StoppedBy, usize> = BTreeMap::new();
        for Answered {
            part,
            number,
            stopped: by,
        } in classes
        {
            if let Some(by) = by {
                let count = stopped.entry(by).or_default();
                *count = count.saturating_add(part.who.len());
            }
            if !part.grants.iter().any(Option::is_some) {
                continue;
            }
            let known = number.and_then(|number| by_number.get(&number).copied());
            let same = |row: &Row<'_>| row.grants() == part.grants;
            let at = known.or_else(|| rows.iter().position(same));
            let at = at.unwrap_or(rows.len());
            by_number.extend(number.map(|number| (number, at)));
            match rows.get_mut(at) {
                Some(row) => row.parts.push(part),
                None => rows.push(Row { parts: vec![part] }),
            }
        }
        for row in &mut rows {
            row.parts.sort_by(|one, other| one.who.cmp(&other.who));
        }
        rows.sort_by(Row::order);
        Self { key, rows, stopped }
    }
}

/// What a class of principals can do, as far as it is asked for.
pub(super) struct Answered<'a> {
    pub(super) part: Part<'a>,
    /// The limit that alone stops them from the first action.
    pub(super) stopped: Option<StoppedBy>,
    /// Equal for equal answers, of those that have one.
    pub(super) number: Option<usize>,
}

impl<'a> Answered<'a> {
    /// What is left of an answer once `change` has looked at each action.
    pub(super) fn of(class: ClassStanding<'a>, change: impl Fn(&mut Standing)) -> Self {
        let mut stopped = None;
        let mut grants = Vec::with_capacity(class.standings.len());
        for (slot, standing) in class.standings.iter().enumerate() {
            let mut standing = standing.clone();
            change(&mut standing);
            grants.push(match standing {
                Standing::Can(grant) => Some(grant),
                Standing::Stopped(by) => {
                    stopped = (slot == 0).then_some(by).or(stopped);
                    None
                }
                Standing::Cannot => None,
            });
        }
        Self {
            part: Part {
                who: class.who,
                grants,
            },
            stopped,
            number: class.number,
        }
    }
}

/// Where a statement through which access is given stands; that of a key policy is told by the key.
pub fn place(through: &GrantingStatement, key: &Key) -> Option<Location> {
    let is_of_key = matches!(
        through.policy,
        GrantingPolicy::KeyPolicy | GrantingPolicy::Account
    );
    let policy = key.policy.as_ref().filter(|_| is_of_key);
    let statement = policy.and_then(|policy| policy.document.statements.get(through.index));
    let own = policy.zip(statement).map(|(policy, statement)| Location {
        source: policy.source,
        span: statement.span,
    });
    own.or(through.at)
}
