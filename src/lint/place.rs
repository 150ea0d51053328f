//! From places of the facts to bytes of files.

use crate::document::Fact;
use crate::facts::Facts;
use crate::finding::Subject;
use crate::rule::Selected;
use crate::text::{Location, SourceId, Span};
use std::cell::OnceCell;

/// What facts are about.
pub(super) fn subject(facts: &Fact<'_>) -> Subject {
    let subject = facts.peek("subject");
    let name = subject.as_deref().and_then(Fact::text).unwrap_or_default();
    let key = facts.get("key");
    let arn = key.as_ref().and_then(|key| key.peek("arn"));
    if arn.as_deref().and_then(Fact::text) == Some(name) {
        return Subject::arn(name);
    }
    let sources = facts.get("sources");
    let sources = sources.as_ref().and_then(|list| list.items());
    let files = sources.iter().flat_map(|files| files.iter());
    let files: Vec<_> = files.filter_map(Fact::text).collect();
    Subject::named(name, &files)
}

/// The files that the places of one document refer to.
#[derive(Debug)]
pub(super) struct Files<'a, 'f> {
    /// Of a document, whose places are numbers.
    ids: &'a [SourceId],
    /// Where to point for a node that has no place and lies in nothing that has one.
    fallback: OnceCell<Location>,
    facts: &'a Fact<'f>,
    /// The same facts, where they are more than a document.
    typed: Option<&'a Facts>,
    /// Every statement of the facts, sorted; they do not lie in each other.
    statements: OnceCell<Vec<Location>>,
    /// What the facts are about: all their findings share it.
    subject: OnceCell<Subject>,
}

impl<'a, 'f> Files<'a, 'f> {
    /// The files of these facts.
    pub(super) const fn new(facts: &'a Fact<'f>, files: &'a [SourceId]) -> Self {
        Self {
            ids: files,
            fallback: OnceCell::new(),
            facts,
            typed: None,
            statements: OnceCell::new(),
            subject: OnceCell::new(),
        }
    }

    /// The same, of facts that say themselves where their statements stand.
    pub(super) fn of(facts: &'a Facts, document: &'a Fact<'f>) -> Self {
        Self {
            typed: Some(facts),
            ..Self::new(document, &[])
        }
    }

    /// What the facts are about.
    pub(super) fn subject(&self) -> Subject {
        self.subject.get_or_init(|| subject(self.facts)).clone()
    }

    /// The policy, or else the key, or else the first file.
    fn whole(&self) -> Location {
        let parts = [self.facts.get("policy"), self.facts.get("key")];
        let place = parts.into_iter().flatten().find_map(|part| part.get("at"));
        place
            .and_then(|at| self.resolve(at))
            .unwrap_or_else(|| Location {
                source: self.ids.first().copied().unwrap_or_default(),
                span: Span::default(),
            })
    }

    /// The bytes of a node: its own place, else that of what it lies in. A finding is never
    /// dropped for the want of one.
    pub(super) fn locate(&self, node: &Selected<'_, '_>) -> Location {
        node.nearest("at")
            .and_then(|at| self.resolve(&at))
            .unwrap_or_else(|| *self.fallback.get_or_init(|| self.whole()))
    }

    /// The statement around these bytes, wherever the facts tell of one.
    pub(super) fn statement(&self, at: Location) -> Option<Location> {
        let statements = self.statements.get_or_init(|| {
            let mut found = Vec::new();
            match self.typed {
                Some(facts) => {
                    found.extend(facts.statements_at());
                }
                None => self.gather(self.facts, &mut found),
            }
            found.sort_unstable();
            found
        });
        let starts = |statement: &Location| {
            (statement.source, statement.span.start) <= (at.source, at.span.start)
        };
        let after = statements.partition_point(starts);
        let statement = statements.get(after.checked_sub(1)?)?;
        let encloses = statement.source == at.source && at.span.end <= statement.span.end;
        encloses.then_some(*statement)
    }

    /// What has an effect, actions and a place is a statement. Nothing of what is passed is kept.
    fn gather(&self, value: &Fact<'f>, found: &mut Vec<Location>) {
        match value {
            Fact::Record(record) => {
                if value.peek("effect").is_some()
                    && let Some(at) = value.peek("at")
                    && value.peek("actions").is_some()
                {
                    found.extend(self.resolve(&at));
                } else {
                    record.each(&mut |value| self.gather(value, found));
                }
            }
            Fact::List(list) if list.numbers().is_none() => {
                list.each(&mut |item| {
                    self.gather(item, found);
                    true
                });
            }
            _ => {}
        }
    }

    fn resolve(&self, at: &Fact<'_>) -> Option<Location> {
        if let Some(at) = at.location() {
            return Some(at);
        }
        let [file, start, end] = at.numbers()?;
        Some(Location {
            source: *self.ids.get(file as usize)?,
            span: Span { start, end },
        })
    }
}
