//! The principals that policies name.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::aws::{AccountId, PrincipalKind};
use crate::eval::Caller;
use crate::policy::{Effect, PolicyDocument, PrincipalForm, Statement, Value};
use crate::text::Span;

use super::candidate::Candidate;
use super::class::{Class, StatementNaming};
use super::synthetic_caller::ACCOUNT_KEYS;

/// A principal of a key policy's Allow statements, as written.
#[derive(Debug)]
pub(super) struct NamedPrincipal<'a> {
    pub(super) kind: PrincipalKind,
    pub(super) text: &'a str,
    /// The last part of the name of a user or role, by which it is looked up.
    pub(super) last_name: &'a str,
    /// Whether it stands in for a principal whose name is only partly known.
    pub(super) stands_in: bool,
    /// The account that it names.
    pub(super) account: Option<AccountId>,
    /// Each statement that names it, and where; ascending, at least one.
    places: Vec<(usize, Span)>,
    /// Who is asked for it, found when first asked: it is asked about several actions.
    pub(super) candidates: OnceCell<Vec<Candidate<'a>>>,
    /// How the statements name it that can be about it.
    pub(super) naming: OnceCell<Rc<[StatementNaming]>>,
    /// The principals that are decided as it is; nothing where it is decided by itself.
    pub(super) class: OnceCell<Option<Rc<Class>>>,
}

/// Everyone as an Allow statement with `NotPrincipal` means it.
const EVERYONE: &str = "*";

/// The principals that the Allow statements of a key policy name, each once, in order.
#[derive(Debug)]
pub(super) struct NamedPrincipals<'a> {
    all: Vec<NamedPrincipal<'a>>,
    /// Whom each statement names, by position in `all`, in the order of their first places.
    by_statement: Vec<Vec<usize>>,
}

impl<'a> NamedPrincipals<'a> {
    pub(super) fn of(statements: &'a [Statement]) -> Self {
        let mut list = List::default();
        let by_statement = statements.iter().enumerate();
        let by_statement = by_statement.map(|at| list.add_statement(at)).collect();
        Self {
            all: list.found,
            by_statement,
        }
    }

    /// All of them.
    pub(super) fn all(&self) -> &[NamedPrincipal<'a>] {
        &self.all
    }

    /// Whom these statements name, in the order in which they do.
    pub(super) fn of_statements(
        &self,
        statements: impl Iterator<Item = usize>,
    ) -> Vec<&NamedPrincipal<'a>> {
        let positions = self.positions(statements).into_iter();
        positions
            .filter_map(|position| self.all.get(position))
            .collect()
    }

    /// The same as positions in [`all`](Self::all).
    pub(super) fn positions(&self, statements: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut is_new = vec![true; self.all.len()];
        let positions = statements.filter_map(|statement| self.by_statement.get(statement));
        let positions = positions.flatten().filter(|position| {
            let is_new = is_new.get_mut(**position);
            is_new.is_some_and(std::mem::take)
        });
        positions.copied().collect()
    }
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
    /// Adds whom the statement names where it allows something, and tells their positions.
    fn add_statement(&mut self, (index, statement): (usize, &'a Statement)) -> Vec<usize> {
        let allows = statement.effect.value == Effect::Allow;
        let Some(element) = statement.principal.as_ref().filter(|_| allows) else {
            return Vec::new();
        };
        if element.negated {
            let everyone = (EVERYONE, false);
            return vec![self.add(PrincipalForm::Everyone, everyone, (index, element.span))];
        }
        let entries = element.entries.iter();
        let forms = entries.map(|entry| (entry.form(), entry.text()));
        let named = forms.filter(|(form, _)| *form != PrincipalForm::NoCaller);
        named
            .map(|(form, text)| {
                let named = (text.value.as_str(), text.value.is_open());
                self.add(form, named, (index, text.span))
            })
            .collect()
    }

    fn add(
        &mut self,
        form: PrincipalForm<'_>,
        (text, stands_in): (&'a str, bool),
        place: (usize, Span),
    ) -> usize {
        let kind = form.kind();
        let position = self.position(kind, text).unwrap_or(self.found.len());
        match self.found.get_mut(position) {
            Some(named) => named.places.push(place),
            None => self.found.push(NamedPrincipal {
                kind,
                text,
                last_name: text.rsplit('/').next().unwrap_or_default(),
                stands_in,
                account: form.account(),
                places: vec![place],
                candidates: OnceCell::new(),
                naming: OnceCell::new(),
                class: OnceCell::new(),
            }),
        }
        position
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
    /// Where the first of these statements that names it does, or else the first of which that `is_asked`.
    pub(super) fn place(
        &self,
        granting: &BTreeSet<usize>,
        is_asked: impl Fn(usize) -> bool,
    ) -> Span {
        let granted = |(index, _): &&(usize, Span)| granting.contains(index);
        let asked = |(index, _): &&(usize, Span)| is_asked(*index);
        let mut places = self.places.iter();
        let place = self.places.iter().find(granted).or(places.find(asked));
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
    /// The ARN that stands in for one of which not all is known.
    StandIn(String),
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
                match entry.form() {
                    PrincipalForm::Everyone | PrincipalForm::NoCaller => {}
                    PrincipalForm::Account(account) => drop(self.accounts.insert(account)),
                    PrincipalForm::UniqueId(id) => {
                        self.has_ids = true;
                        self.callers.insert(PrincipalName::Id(id.to_owned()));
                    }
                    _ => self.name(&entry.text().value),
                }
            }
            for condition in &statement.conditions {
                let key = &*condition.key.value;
                let values = condition.values.iter().map(|value| &value.text.value);
                if key.eq_ignore_ascii_case("aws:PrincipalArn") {
                    for value in values.filter(|value| Caller::parse(value).is_ok()) {
                        self.name(value);
                    }
                } else if ACCOUNT_KEYS.iter().any(|own| own.eq_ignore_ascii_case(key)) {
                    let accounts = values.filter_map(|value| AccountId::parse(value));
                    self.accounts.extend(accounts);
                }
            }
        }
    }

    /// Whether a user or role of this name may be named, by its ARN, that of a session of it, or an
    /// id.
    pub(crate) fn singles_out(&self, name: &str) -> bool {
        self.has_ids || self.parts.contains(name)
    }

    fn name(&mut self, value: &Value) {
        let text = value.as_str();
        self.parts.extend(text.split('/').map(str::to_owned));
        self.callers.insert(if value.is_open() {
            PrincipalName::StandIn(text.to_owned())
        } else {
            PrincipalName::Caller(text.to_owned())
        });
    }
}
