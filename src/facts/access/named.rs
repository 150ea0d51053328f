//! The principals that a key policy's Allow statements name.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::AccountId;
use crate::facts::principal::kind;
use crate::facts::{PrincipalKind, StatementRecord};
use crate::policy::{PolicyDocument, PrincipalForm};
use crate::source::Span;

/// One principal, as written.
#[derive(Clone, Debug)]
pub(super) struct Named<'a> {
    pub(super) kind: PrincipalKind,
    pub(super) text: &'a str,
    /// The account that it names.
    pub(super) account: Option<AccountId>,
    /// Each statement that names it, and where; ascending, at least one.
    places: Vec<(usize, Span)>,
}

/// Everyone as an Allow statement with `NotPrincipal` means it.
const EVERYONE: &str = "*";

/// Each principal once, in the order in which these statements name them.
pub(super) fn named<'a>(
    document: &'a PolicyDocument,
    statements: impl Iterator<Item = &'a StatementRecord>,
) -> Vec<Named<'a>> {
    let mut list = List::default();
    for index in statements.map(|record| record.index) {
        let statement = document.statements.get(index);
        let Some(element) = statement.and_then(|statement| statement.principal.as_ref()) else {
            continue;
        };
        if element.negated {
            list.add(PrincipalForm::Everyone, EVERYONE, (index, element.span));
            continue;
        }
        for entry in &element.entries {
            let form = entry.form();
            if form != PrincipalForm::NoCaller {
                list.add(form, &entry.text().value, (index, entry.text().span));
            }
        }
    }
    list.found
}

#[derive(Default)]
struct List<'a> {
    found: Vec<Named<'a>>,
    /// Those of a long list; few are compared one by one sooner than they are sorted.
    positions: BTreeMap<(PrincipalKind, &'a str), usize>,
}

/// So many are few.
const FEW: usize = 8;

impl<'a> List<'a> {
    fn add(&mut self, form: PrincipalForm<'_>, text: &'a str, place: (usize, Span)) {
        let kind = kind(form);
        let position = self.position(kind, text);
        match position.and_then(|position| self.found.get_mut(position)) {
            Some(named) => named.places.push(place),
            None => self.found.push(Named {
                kind,
                text,
                account: form.account(),
                places: vec![place],
            }),
        }
    }

    /// Where the principal stands in the list already.
    fn position(&mut self, kind: PrincipalKind, text: &str) -> Option<usize> {
        let name = |named: &Named<'a>| (named.kind, named.text);
        if self.found.len() < FEW {
            return self
                .found
                .iter()
                .position(|named| name(named) == (kind, text));
        }
        for (position, named) in self.found.iter().enumerate().skip(self.positions.len()) {
            self.positions.insert(name(named), position);
        }
        self.positions.get(&(kind, text)).copied()
    }
}

impl Named<'_> {
    /// Where the first of these statements that names it does, or else any statement.
    pub(super) fn place(&self, granting: &BTreeSet<usize>) -> Span {
        let granted = |(index, _): &&(usize, Span)| granting.contains(index);
        let place = self.places.iter().find(granted).or(self.places.first());
        place.map(|(_, span)| *span).unwrap_or_default()
    }
}
