//! A set of KMS actions in one machine word.

use serde::{Serialize, Serializer};

use super::KmsAction;

/// A set of KMS actions; each is one of 58 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ActionSet(u64);

impl ActionSet {
    /// The set without actions.
    pub const EMPTY: Self = Self(0);

    /// The set of all KMS actions.
    pub const ALL: Self = Self((1 << KmsAction::ALL.len()) - 1);

    /// Returns the set of one action.
    pub const fn only(action: KmsAction) -> Self {
        // INVARIANT: the discriminants are 0 to 57, so the shift is below 64.
        Self(1 << action as u8)
    }

    /// Adds an action; says whether it is new.
    pub const fn insert(&mut self, action: KmsAction) -> bool {
        let new = !self.contains(action);
        self.0 |= Self::only(action).0;
        new
    }

    /// Says whether the action is in the set.
    pub const fn contains(self, action: KmsAction) -> bool {
        self.0 & Self::only(action).0 != 0
    }

    /// Returns the actions that are in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the actions that are in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns the actions that are in this set and not in the other.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Says whether no action is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns how many actions are in the set, 0 to 58.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Returns the actions in alphabetical order.
    pub fn iter(self) -> ActionSetIter {
        ActionSetIter { rest: self }
    }
}

/// The actions of an [`ActionSet`], in alphabetical order.
#[derive(Debug, Clone)]
pub struct ActionSetIter {
    rest: ActionSet,
}

impl Iterator for ActionSetIter {
    type Item = KmsAction;

    fn next(&mut self) -> Option<KmsAction> {
        let first = self.rest.0.trailing_zeros() as usize;
        let action = KmsAction::ALL.get(first).copied()?;
        self.rest = self.rest.difference(ActionSet::only(action));
        Some(action)
    }
}

impl IntoIterator for ActionSet {
    type Item = KmsAction;
    type IntoIter = ActionSetIter;

    fn into_iter(self) -> ActionSetIter {
        self.iter()
    }
}

impl IntoIterator for &ActionSet {
    type Item = KmsAction;
    type IntoIter = ActionSetIter;

    fn into_iter(self) -> ActionSetIter {
        self.iter()
    }
}

impl FromIterator<KmsAction> for ActionSet {
    fn from_iter<I: IntoIterator<Item = KmsAction>>(actions: I) -> Self {
        actions
            .into_iter()
            .fold(Self::EMPTY, |set, action| set.union(Self::only(action)))
    }
}

impl Extend<KmsAction> for ActionSet {
    fn extend<I: IntoIterator<Item = KmsAction>>(&mut self, actions: I) {
        *self = self.union(actions.into_iter().collect());
    }
}

impl Serialize for ActionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behaves_like_a_set() {
        let mut set = ActionSet::default();
        assert!(set.is_empty());
        assert!(set.insert(KmsAction::ScheduleKeyDeletion));
        assert!(!set.insert(KmsAction::ScheduleKeyDeletion));
        set.extend([KmsAction::CancelKeyDeletion]);
        assert_eq!(set.len(), 2);
        let json = serde_json::to_string(&set).unwrap();
        assert_eq!(
            json,
            r#"["kms:CancelKeyDeletion","kms:ScheduleKeyDeletion"]"#
        );
        assert_eq!(ActionSet::ALL.difference(set).len(), 56);
        assert_eq!(ActionSet::ALL.intersection(set), set);
        assert!(!set.contains(KmsAction::Decrypt));
    }

    #[test]
    fn holds_every_action() {
        let all: ActionSet = KmsAction::ALL.iter().copied().collect();
        assert_eq!(all, ActionSet::ALL);
        assert_eq!(all.iter().collect::<Vec<_>>(), KmsAction::ALL);
    }
}
