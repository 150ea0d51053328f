//! The access to one key: a row for principals with identical access.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::{Asked, ClassStanding, Decision, Grant, Standing, StoppedBy};
use crate::aws::PrincipalKind;
use crate::inventory::Key;

/// What the principals of a row can do, an answer for each action that was asked about; nothing
/// where they surely cannot.
pub type Grants = Vec<Option<Arc<Grant>>>;

/// Principals with identical access whose policies stand at the same places.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// Who, sorted by kind and name.
    pub who: Vec<Asked<'a>>,
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
        let mut all: Vec<_> = self.parts.iter().flat_map(|part| &part.who).collect();
        all.sort();
        all
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.parts.iter().map(|part| part.who.len()).sum()
    }

    /// What each of them can do.
    pub fn grants(&self) -> &[Option<Arc<Grant>>] {
        self.parts.first().map_or(&[], |part| &part.grants)
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
        let first = |row: &Self| {
            let first = row.parts.iter().filter_map(|part| part.who.first()).min();
            first.map(|asked| (rank(asked.kind), asked.text.clone()))
        };
        let (own, others) = (first(self), first(other));
        let ranks = own
            .as_ref()
            .map(|of| of.0)
            .cmp(&others.as_ref().map(|of| of.0));
        ranks
            .then_with(|| decisions(self).cmp(&decisions(other)))
            .then_with(|| own.cmp(&others))
    }

    pub(super) fn is_equal(&self, other: &Self) -> bool {
        self.grants() == other.grants() && self.who() == other.who()
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
    pub(super) fn new(key: &'a Key, standings: Vec<ClassStanding<'a>>) -> Self {
        let mut rows: BTreeMap<Grants, Vec<Part<'a>>> = BTreeMap::new();
        let mut stopped: BTreeMap<StoppedBy, usize> = BTreeMap::new();
        for ClassStanding { mut who, standings } in standings {
            let mut grants = Vec::new();
            for standing in standings {
                if let (0, Standing::Stopped(by)) = (grants.len(), &standing) {
                    let count = stopped.entry(by.clone()).or_default();
                    *count = count.saturating_add(who.len());
                }
                grants.push(match standing {
                    Standing::Can(grant) => Some(Arc::new(grant)),
                    Standing::Stopped(_) | Standing::Cannot => None,
                });
            }
            if grants.iter().any(Option::is_some) {
                who.sort();
                let part = Part { who, grants };
                rows.entry(part.grants.clone()).or_default().push(part);
            }
        }
        let mut rows: Vec<_> = rows.into_values().map(|parts| Row { parts }).collect();
        for row in &mut rows {
            row.parts.sort_by(|one, other| one.who.cmp(&other.who));
        }
        rows.sort_by(Row::order);
        Self { key, rows, stopped }
    }
}
