//! Tables by key: keys with equal access share one.

use crate::inventory::Key;

use super::row::{KeyAccess, Row};
use super::totals::Totals;

/// A table, and the keys that it is about.
#[derive(Clone, Debug)]
pub struct KeyTable<'a> {
    /// At least one, sorted by name.
    pub keys: Vec<&'a Key>,
    /// As of each of the keys.
    pub rows: Vec<Row<'a>>,
    /// What the rows come to.
    pub totals: Totals,
}

/// The tables of the keys, in the order of their first keys.
pub fn by_key(all: Vec<KeyAccess<'_>>) -> Vec<KeyTable<'_>> {
    let mut tables: Vec<KeyTable<'_>> = Vec::new();
    let mut by_size: std::collections::BTreeMap<Vec<usize>, Vec<usize>> =
        std::collections::BTreeMap::new();
    for access in all {
        let totals = Totals::of(&access);
        // Only tables with as many rows of as many principals are compared.
        let size: Vec<_> = access.rows.iter().map(Row::count).collect();
        let alike = by_size.entry(size).or_default();
        let same = alike.iter().copied().find(|at| {
            tables.get(*at).is_some_and(|table| {
                let mut pairs = table.rows.iter().zip(&access.rows);
                table.totals == totals && pairs.all(|(one, other)| one.is_equal(other))
            })
        });
        if let Some(table) = same.and_then(|at| tables.get_mut(at)) {
            table.keys.push(access.key);
            continue;
        }
        alike.push(tables.len());
        tables.push(KeyTable {
            keys: vec![access.key],
            rows: access.rows,
            totals,
        });
    }
    tables
}
