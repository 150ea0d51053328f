//! The question: which actions, on which keys, by whom.

use rayon::prelude::*;

use crate::access::{Caller, Identities, MissingInput, Survey};
use crate::aws::KmsAction;
use crate::inventory::{Inventory, Key};

use super::filter::{Filter, FilterError};
use super::row::KeyAccess;

/// The actions that are asked about where none are named.
pub const DELETION: [KmsAction; 2] = [KmsAction::ScheduleKeyDeletion, KmsAction::CancelKeyDeletion];

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The actions, in the order in which they are shown.
    pub actions: Vec<KmsAction>,
    /// Which answers are wanted.
    pub filter: Filter,
    /// The files that could not be read or understood: with any of these nothing is surely allowed.
    pub failed: Vec<String>,
}

/// Everyone who was loaded, ready to be asked about one key after the other.
#[derive(Debug)]
pub struct WhoCan<'a> {
    survey: Survey<'a>,
    question: Question,
    failed: Vec<MissingInput>,
    /// Callers that the question names and that were neither loaded nor named by a key policy.
    others: Vec<Caller>,
}

impl<'a> WhoCan<'a> {
    /// Prepares the question.
    ///
    /// # Errors
    /// Where a filter names a key, a principal or a policy that there is not.
    pub fn new(
        inventory: &'a Inventory,
        identities: &'a Identities<'a>,
        question: Question,
    ) -> Result<Self, FilterError> {
        let others = question.filter.check(inventory, &question.actions)?;
        let failed = question.failed.iter().cloned().map(MissingInput::File);
        let all = inventory.keys.iter();
        let mut keys: Vec<_> = all.filter(|key| question.filter.wants_key(key)).collect();
        keys.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Self {
            survey: Survey::new(identities, keys, question.actions.clone()),
            failed: failed.collect(),
            question,
            others,
        })
    }

    /// What is asked.
    pub const fn question(&self) -> &Question {
        &self.question
    }

    /// The keys that are asked about, sorted by name.
    pub fn keys(&self) -> &[&'a Key] {
        self.survey.keys()
    }

    /// Who can do it to the key at this position.
    fn of_key(&self, (position, key): (usize, &'a Key)) -> KeyAccess<'a> {
        let classes = self.survey.ask(position, &self.others);
        KeyAccess::new(key, self.question.filter.apply(key, classes, &self.failed))
    }

    /// The access to every key that is asked about, sorted by name.
    pub fn all(&self) -> Vec<KeyAccess<'a>> {
        let keys = self.keys().par_iter().enumerate();
        keys.map(|(at, key)| self.of_key((at, key))).collect()
    }

    /// Gives `take` what `conclude` makes of the access to each key, sorted by name. As many as there are cores
    /// are made at once, and no more are kept.
    ///
    /// # Errors
    /// The first that `take` returns.
    pub fn each_in_turn<T: Send, E>(
        &self,
        conclude: impl Fn(KeyAccess<'a>) -> T + Sync,
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let at_once = rayon::current_num_threads().max(1);
        let keys: Vec<_> = self.keys().iter().copied().enumerate().collect();
        for keys in keys.chunks(at_once) {
            let made = keys.par_iter().map(|key| conclude(self.of_key(*key)));
            let made: Vec<_> = made.collect();
            made.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    }
}
