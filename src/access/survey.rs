//! Many keys, one question: users and roles that do not differ in what decides about them are asked once
//! about keys that do not either. The cost grows with classes and keys, not with their pairs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::aws::{AccountId, KmsAction};
use crate::eval::Caller;
use crate::inventory::Key;

use super::grant::Standing;
use super::identities::Identities;
use super::key::AskedKey;
use super::population::{AccountPopulation, Asked, Asker, ClassStanding, Population, asked};
use super::surface::{AskedOfKeys, Numbers, Surface, are_about_keys, covers};

/// An answer that several keys share, one for each action.
#[derive(Clone, Debug)]
struct SharedAnswer {
    number: usize,
    standings: Arc<[Standing]>,
}

/// A class of users and roles.
#[derive(Debug)]
struct SurveyedClass<'a> {
    /// Sorted by kind and name.
    who: Arc<[Asked<'a>]>,
    /// One for each key; nothing where they surely cannot do anything.
    answers: Vec<Option<SharedAnswer>>,
}

/// Everyone, asked about some actions on some keys.
#[derive(Debug)]
pub(crate) struct Survey<'a> {
    population: Population<'a>,
    actions: Vec<KmsAction>,
    keys: Vec<&'a Key>,
    /// Whether a key's answers are among those that are shared; others are asked about one by one.
    is_shared: Vec<bool>,
    /// In the order of the population's classes.
    classes: BTreeMap<AccountId, Vec<SurveyedClass<'a>>>,
}

impl<'a> Survey<'a> {
    pub(crate) fn new(
        identities: &'a Identities<'a>,
        keys: Vec<&'a Key>,
        actions: Vec<KmsAction>,
    ) -> Self {
        let population = Population::new(identities);
        let surveyor = Surveyor::new(&population, &keys, &actions);
        let is_shared = surveyor.surfaces.iter().map(Option::is_some).collect();
        let classes = population
            .accounts
            .iter()
            .map(|(account, people)| (*account, surveyor.classes((*account, people))));
        let classes = classes.collect();
        Self {
            population,
            actions,
            keys,
            is_shared,
            classes,
        }
    }

    /// The keys, in the order in which they were given.
    pub(crate) fn keys(&self) -> &[&'a Key] {
        &self.keys
    }

    /// The same question to everyone about one key alone, by its position: the judge of what is shared.
    #[cfg(test)]
    pub(super) fn plainly(&self, position: usize, others: &[Caller]) -> Vec<ClassStanding<'a>> {
        let key = AskedKey::of(self.keys[position]);
        let asker = self.population.asker(&key, &self.actions);
        with_others(&asker, asker.loaded(), others)
    }

    /// What everyone can do to the key at this position who can do something, or is stopped by one limit
    /// alone; `others` are asked, too.
    pub(crate) fn ask(&self, position: usize, others: &[Caller]) -> Vec<ClassStanding<'a>> {
        let Some(key) = self.keys.get(position) else {
            return Vec::new();
        };
        let key = AskedKey::of(key);
        let asker = self.population.asker(&key, &self.actions);
        let is_shared = self.is_shared.get(position) == Some(&true);
        let loaded = if is_shared {
            self.loaded(position, (&key, &asker))
        } else {
            asker.loaded()
        };
        with_others(&asker, loaded, others)
    }

    fn loaded(
        &self,
        position: usize,
        (key, asker): (&AskedKey<'_>, &Asker<'_, 'a>),
    ) -> Vec<ClassStanding<'a>> {
        let mut found = Vec::new();
        for (account, people) in &self.population.accounts {
            if !asker.is_reached_from(*account) {
                continue;
            }
            let alone = people.singled_out(key).unwrap_or_default();
            let classes = self.classes.get(account).into_iter().flatten();
            for (class, members) in classes.zip(&people.classes) {
                if let Some(Some(answer)) = class.answers.get(position) {
                    found.extend(shared(class, answer, (people, members, &alone)));
                }
            }
            let each = alone.iter().filter_map(|at| people.principals.get(*at));
            found.extend(each.map(|principal| {
                ClassStanding::new(vec![asked(principal)], asker.of_loaded(principal, true))
            }));
        }
        found
    }
}

/// The class without those whom the key policy singles out.
fn shared<'a>(
    class: &SurveyedClass<'a>,
    answer: &SharedAnswer,
    (people, members, alone): (&AccountPopulation<'a>, &[usize], &BTreeSet<usize>),
) -> Option<ClassStanding<'a>> {
    let is_touched = alone.iter().any(|at| members.binary_search(at).is_ok());
    let who = if is_touched {
        let rest = members.iter().filter(|at| !alone.contains(at));
        let rest = rest.filter_map(|at| people.principals.get(*at));
        let mut rest: Vec<_> = rest.map(asked).collect();
        rest.sort();
        rest.into()
    } else {
        Arc::clone(&class.who)
    };
    (!who.is_empty()).then(|| ClassStanding {
        who,
        standings: Arc::clone(&answer.standings),
        number: Some(answer.number),
    })
}

fn with_others<'a>(
    asker: &Asker<'_, 'a>,
    mut all: Vec<ClassStanding<'a>>,
    others: &[Caller],
) -> Vec<ClassStanding<'a>> {
    all.extend(asker.beside_loaded(others));
    all.retain(|class| !says_nothing(&class.standings));
    all
}

fn says_nothing(standings: &[Standing]) -> bool {
    let mut standings = standings.iter();
    standings.all(|standing| *standing == Standing::Cannot)
}

/// What of a key and a class decides: of the key all but what only conditions and patterns ask, what the
/// conditions of the class's policies ask, which of their patterns cover the key, and the key itself where one of
/// these has variables.
type Signature = (usize, usize, Vec<u8>, Option<usize>);

/// What is prepared of all keys.
struct Surveyor<'s, 'a> {
    population: &'s Population<'a>,
    keys: &'s [&'a Key],
    actions: &'s [KmsAction],
    surfaces: Vec<Option<Surface>>,
    /// One for each key, the same for surfaces with equal text.
    numbers: Vec<usize>,
    answers: Mutex<BTreeMap<Arc<[Standing]>, usize>>,
}

/// What the policies of a class ask of keys.
struct ClassQuestion<'s> {
    asked: &'s AskedOfKeys,
    /// One for each key, the same where the values are equal that are asked for.
    values: &'s [usize],
    /// Positions of its patterns.
    patterns: Vec<usize>,
}

impl<'s, 'a> Surveyor<'s, 'a> {
    fn new(population: &'s Population<'a>, keys: &'s [&'a Key], actions: &'s [KmsAction]) -> Self {
        let control = population.identities.control_policies_ask();
        let are_shared = are_about_keys(actions);
        let surface = |key: &&Key| {
            let key = AskedKey::of(key);
            are_shared.then(|| Surface::of(&key, &control)).flatten()
        };
        let surfaces: Vec<_> = keys.par_iter().map(surface).collect();
        let mut numbers = Numbers::default();
        let each = surfaces.iter().map(|surface| {
            let text = surface.as_ref().map_or("", |surface| &surface.text);
            numbers.of(text.to_owned())
        });
        Self {
            numbers: each.collect(),
            population,
            keys,
            actions,
            surfaces,
            answers: Mutex::default(),
        }
    }

    /// The answers of the classes of one account.
    fn classes(
        &self,
        (account, people): (AccountId, &AccountPopulation<'a>),
    ) -> Vec<SurveyedClass<'a>> {
        let identities = self.population.identities;
        let opens = self.surfaces.iter().flatten();
        let is_open = opens.clone().any(|surface| self.opens(surface));
        let asked_of_keys: Vec<_> = people
            .classes
            .par_iter()
            .map(|class| {
                let principal = class.first().and_then(|at| people.principals.get(*at))?;
                let mut actions = self.actions.iter();
                let may = actions.any(|action| identities.may_allow(principal, *action));
                (may || is_open).then(|| identities.asked_of_keys(principal))
            })
            .collect();
        // Each set of condition keys once, and each pattern.
        let sets: BTreeSet<_> = asked_of_keys.iter().flatten().map(|of| &of.names).collect();
        let values: BTreeMap<_, _> = sets
            .into_iter()
            .map(|set| (set, self.values(set)))
            .collect();
        let patterns = asked_of_keys.iter().flatten().flat_map(|of| &of.patterns);
        let patterns: BTreeSet<&str> = patterns.map(String::as_str).collect();
        let patterns: Vec<_> = patterns.into_iter().collect();
        let covered: Vec<Vec<u8>> = self
            .keys
            .par_iter()
            .zip(&self.surfaces)
            .map(|(key, surface)| {
                let key = AskedKey::of(key);
                let patterns = patterns.iter().filter(|_| surface.is_some());
                patterns.map(|pattern| covers(&key, pattern)).collect()
            })
            .collect();
        let classes = people.classes.par_iter().zip(&asked_of_keys);
        let made = classes.map(|(class, asked_of_keys)| {
            let members = class.iter().filter_map(|at| people.principals.get(*at));
            let mut who: Vec<_> = members.map(asked).collect();
            who.sort();
            let question = asked_of_keys.as_ref().and_then(|asked| {
                let of = |text: &String| patterns.binary_search(&text.as_str()).ok();
                Some(ClassQuestion {
                    values: values.get(&asked.names)?,
                    patterns: asked.patterns.iter().filter_map(of).collect(),
                    asked,
                })
            });
            SurveyedClass {
                answers: question.map_or_else(Vec::new, |question| {
                    self.answers((account, people, class), &question, &covered)
                }),
                who: who.into(),
            }
        });
        made.collect()
    }

    /// Whether the key policy may give one of the actions to one that it does not name.
    fn opens(&self, surface: &Surface) -> bool {
        let mut actions = self.actions.iter();
        !surface.has_policy || actions.any(|action| surface.open_to_all.contains(*action))
    }

    /// For each key a number, the same where the values of these condition keys are.
    fn values(&self, names: &BTreeSet<String>) -> Vec<usize> {
        let mut numbers = Numbers::default();
        let each = self.surfaces.iter().map(|surface| {
            let values = surface.as_ref().map(|surface| surface.values(names));
            numbers.of(values.unwrap_or_default())
        });
        each.collect()
    }

    fn answers(
        &self,
        (account, people, class): (AccountId, &AccountPopulation<'a>, &[usize]),
        question: &ClassQuestion<'_>,
        covered: &[Vec<u8>],
    ) -> Vec<Option<SharedAnswer>> {
        let mut known: BTreeMap<Signature, Option<SharedAnswer>> = BTreeMap::new();
        let each = self.surfaces.iter().enumerate().map(|(position, surface)| {
            surface.as_ref()?;
            let covered = covered.get(position)?;
            let patterns = question.patterns.iter();
            let signature = (
                *self.numbers.get(position)?,
                *question.values.get(position)?,
                patterns
                    .filter_map(|at| covered.get(*at))
                    .copied()
                    .collect(),
                question.asked.is_open.then_some(position),
            );
            if let Some(known) = known.get(&signature) {
                return known.clone();
            }
            let answer = self.answer(position, (account, people, class));
            known.insert(signature, answer.clone());
            answer
        });
        each.collect()
    }

    /// The answer of a class about a key.
    fn answer(
        &self,
        position: usize,
        (account, people, class): (AccountId, &AccountPopulation<'a>, &[usize]),
    ) -> Option<SharedAnswer> {
        let key = AskedKey::of(self.keys.get(position)?);
        let asker = self.population.asker(&key, self.actions);
        let principal = people.principals.get(*class.first()?)?;
        let standings = asker.of_loaded(principal, false);
        if !asker.is_reached_from(account) || says_nothing(&standings) {
            return None;
        }
        let standings: Arc<[Standing]> = standings.into();
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let next = answers.len();
        let number = *answers.entry(Arc::clone(&standings)).or_insert(next);
        Some(SharedAnswer { number, standings })
    }
}
