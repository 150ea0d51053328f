//! The principals that policies name.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::{AccountId, PrincipalKind};
use crate::eval::Caller;
use crate::policy::{PolicyDocument, PrincipalForm, Statement};
use crate::text::Span;

use super::synthetic_caller::ACCOUNT_KEYS;

/// A principal of a key policy's Allow statements, as written.
#[derive(Clone, Debug)]
pub(super) struct NamedPrincipal<'a> {
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
pub(super) fn named_by<'a>(
    statements: impl Iterator<Item = (usize, &'a Statement)>,
) -> Vec<NamedPrincipal<'a>> {
    let mut list = List::default();
    for (index, statement) in statements {
        let Some(element) = &statement.principal else {
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
    found: Vec<NamedPrincipal<'a>>,
    /// Those of a long list; few are compared one by one sooner than they are sorted.
    positions: BTreeMap<(PrincipalKind, &'a str), usize>,
}

/// So many are few.
const FEW: usize = 8;

impl<'a> List<'a> {
    fn add(&mut self, form: PrincipalForm<'_>, text: &'a str, place: (usize, Span)) {
        let kind = form.kind();
        let position = self.position(kind, text);
        match position.and_then(|position| self.found.get_mut(position)) {
            Some(named) => named.places.push(place),
            None => self.found.push(NamedPrincipal {
                kind,
                text,
                account: form.account(),
                places: vec![place],
            }),
        }
    }

    /// Where the principal stands in the list already.
    fn position(&mut self, kind: PrincipalKind, text: &str) -> Option<usize> {
        let name = |named: &NamedPrincipal<'a>| (named.kind, named.text);
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

impl NamedPrincipal<'_> {
    /// The last part of the name of a user or role, by which it is looked up.
    pub(super) fn last_name(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or_default()
    }

    /// Where the first of these statements that names it does, or else any statement.
    pub(super) fn place(&self, granting: &BTreeSet<usize>) -> Span {
        let granted = |(index, _): &&(usize, Span)| granting.contains(index);
        let place = self.places.iter().find(granted).or(self.places.first());
        place.map(|(_, span)| *span).unwrap_or_default()
    }
}

/// A principal that a policy names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PrincipalName {
    /// Its ARN, or a service.
    Caller(String),
    /// A unique id.
    Id(String),
}

/// The principals and accounts that policies name, in whatever way.
#[derive(Debug, Default)]
pub(crate) struct PrincipalNames {
    pub(crate) callers: BTreeSet<PrincipalName>,
    pub(crate) accounts: BTreeSet<AccountId>,
    /// The parts of the callers' names.
    parts: BTreeSet<String>,
    has_ids: bool,
}

impl PrincipalNames {
    /// Adds whom a policy names in `Principal` and `NotPrincipal` and by conditions on
    /// `aws:PrincipalArn` and on the account.
    pub(crate) fn add(&mut self, document: &PolicyDocument) {
        for statement in &document.statements {
            let entries = statement.principal.iter().flat_map(|e| &e.entries);
            for entry in entries {
                let text = &*entry.text().value;
                match entry.form() {
                    PrincipalForm::Everyone | PrincipalForm::NoCaller => {}
                    PrincipalForm::Account(account) => drop(self.accounts.insert(account)),
                    PrincipalForm::UniqueId(id) => {
                        self.has_ids = true;
                        self.callers.insert(PrincipalName::Id(id.to_owned()));
                    }
                    _ => self.name(text),
                }
            }
            for condition in &statement.conditions {
                let key = &*condition.key.value;
                let values = condition.values.iter().map(|value| &*value.text.value);
                if key.eq_ignore_ascii_case("aws:PrincipalArn") {
                    for text in values.filter(|text| Caller::parse(text).is_ok()) {
                        self.name(text);
                    }
                } else if ACCOUNT_KEYS.iter().any(|own| own.eq_ignore_ascii_case(key)) {
                    self.accounts.extend(values.filter_map(AccountId::parse));
                }
            }
        }
    }

    /// Whether a user or role of this name may be named, by its ARN, that of a session of it, or an
    /// id.
    pub(crate) fn singles_out(&self, name: &str) -> bool {
        self.has_ids || self.parts.contains(name)
    }

    fn name(&mut self, text: &str) {
        self.parts.extend(text.split('/').map(str::to_owned));
        self.callers.insert(PrincipalName::Caller(text.to_owned()));
    }
}
