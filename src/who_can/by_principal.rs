//! Tables by principal: principals with the same access to the same keys share one.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::{Asked, Grant};
use crate::inventory::Key;

use super::row::{Grants, KeyAccess};

/// Keys to which a principal has the same access.
#[derive(Clone, Debug)]
pub struct KeyRow<'a> {
    /// Sorted by name.
    pub keys: Vec<&'a Key>,
    /// What the principal can do to each.
    pub grants: Grants,
}

/// A table, and the principals that it is about.
#[derive(Clone, Debug)]
pub struct PrincipalTable<'a> {
    /// At least one, sorted by kind and name.
    pub who: Vec<Asked<'a>>,
    /// At least one row.
    pub rows: Vec<KeyRow<'a>>,
}

/// The same answers turned round, sorted by principal.
pub fn by_principal<'a>(all: &[KeyAccess<'a>]) -> Vec<PrincipalTable<'a>> {
    // Each combination of grants once, so that rows are compared by number.
    let mut numbers: BTreeMap<&[Option<Arc<Grant>>], usize> = BTreeMap::new();
    let mut of: BTreeMap<&Asked<'a>, Vec<(usize, usize)>> = BTreeMap::new();
    for (key, access) in all.iter().enumerate() {
        for row in &access.rows {
            let next = numbers.len();
            let number = *numbers.entry(row.grants()).or_insert(next);
            for asked in row.parts.iter().flat_map(|part| part.who.iter()) {
                of.entry(asked).or_default().push((key, number));
            }
        }
    }
    let mut grants = vec![&[][..]; numbers.len()];
    for (of_number, number) in numbers {
        if let Some(place) = grants.get_mut(number) {
            *place = of_number;
        }
    }
    let mut tables: BTreeMap<Vec<(usize, usize)>, Vec<Asked<'a>>> = BTreeMap::new();
    for (asked, answers) in of {
        tables.entry(answers).or_default().push(asked.clone());
    }
    let mut tables: Vec<_> = tables
        .into_iter()
        .map(|(answers, who)| PrincipalTable {
            rows: rows(&answers, all, &grants),
            who,
        })
        .collect();
    tables.sort_by(|one, other| one.who.cmp(&other.who));
    tables
}

fn rows<'a>(
    answers: &[(usize, usize)],
    all: &[KeyAccess<'a>],
    grants: &[&[Option<Arc<Grant>>]],
) -> Vec<KeyRow<'a>> {
    let mut rows: Vec<(usize, Vec<&'a Key>)> = Vec::new();
    for (key, number) in answers {
        let Some(access) = all.get(*key) else {
            continue;
        };
        match rows.iter_mut().find(|row| row.0 == *number) {
            Some((_, keys)) => keys.push(access.key),
            None => rows.push((*number, vec![access.key])),
        }
    }
    let made = rows.into_iter().map(|(number, keys)| KeyRow {
        keys,
        grants: grants.get(number).map_or_else(Vec::new, |of| of.to_vec()),
    });
    made.collect()
}
