//! Runs a selector: the nodes that it selects, in the order of the document (RFC 9535, section 2).
//!
//! A selector of a team's rule may look at the facts as often as it has brackets, `$[*,*][*,*]…`, so
//! each node that it comes by is a step, and steps have a bound. What is asked of the whole document
//! inside of a filter is asked once.

mod compare;
mod i_regexp;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use jsonpath_rust::parser::model::{Filter, FilterAtom, JpQuery, Segment, Selector, Test};

use crate::document::Fact;

use super::Selected;
pub(super) use compare::is_singular;
pub(super) use i_regexp::{IRegexp, Match};

/// How many steps one selector may take over the facts of one key or policy: a linear walk over the
/// facts of the longest policy that is read takes a tenth.
pub const MOST_STEPS: u32 = 10_000_000;

/// How many steps a node counts for that is selected: it is kept.
const SELECTED: u32 = 16;

/// How many steps the compiling of a regular expression counts for.
const COMPILED: u32 = 1_000;

/// A selector takes more than [`MOST_STEPS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the selector takes more than {MOST_STEPS} steps")]
pub struct TooManySteps;

/// Why a walk ends before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// What was looked for is found.
    Found,
    /// It takes too many steps.
    Steps,
}

pub(super) type Walk<T = ()> = Result<T, Stop>;

/// A node, and what it lies in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trace<'t, 'a, 'f> {
    value: &'a Fact<'f>,
    outer: Option<&'t Self>,
}

impl<'a, 'f> Trace<'_, 'a, 'f> {
    const fn root(value: &'a Fact<'f>) -> Self {
        Self { value, outer: None }
    }

    pub(super) const fn value(&self) -> &'a Fact<'f> {
        self.value
    }

    /// From below the root to the node.
    fn chain(&self) -> Vec<&'a Fact<'f>> {
        let mut chain = Vec::new();
        let mut at = *self;
        while let Some(outer) = at.outer {
            chain.push(at.value);
            at = *outer;
        }
        chain.reverse();
        chain
    }
}

/// What is done with a node.
type Visit<'v, 'a, 'f> = &'v mut dyn FnMut(&Trace<'_, 'a, 'f>) -> Walk;

/// One run over one document.
#[derive(Debug)]
pub(super) struct Run<'a, 'f> {
    root: &'a Fact<'f>,
    steps: Cell<u32>,
    /// Whether queries of the whole document find something, by their places in memory: they are
    /// parts of one selector.
    known: RefCell<Vec<(*const JpQuery, bool)>>,
    regexps: RefCell<Vec<Compiled>>,
}

/// A pattern, what it must match, and the expression that it is, if it is one.
type Compiled = (String, Match, Option<Rc<IRegexp>>);

/// How many expressions are kept: those that a selector writes, and not each that facts say.
const MOST_REGEXPS: usize = 16;

/// The nodes that the query selects.
pub(super) fn select<'a, 'f>(
    query: &JpQuery,
    root: &'a Fact<'f>,
) -> Result<Vec<Selected<'a, 'f>>, TooManySteps> {
    let run = Run::of(root);
    let mut found = Vec::new();
    let walk = run.each(&query.segments, &Trace::root(root), &mut |node| {
        run.tick(SELECTED)?;
        found.push(Selected::of_chain(root, node.chain()));
        Ok(())
    });
    walk.map(|()| found).map_err(|_| TooManySteps)
}

impl<'a, 'f> Run<'a, 'f> {
    fn of(root: &'a Fact<'f>) -> Self {
        Self {
            root,
            steps: Cell::new(MOST_STEPS),
            known: RefCell::default(),
            regexps: RefCell::default(),
        }
    }

    /// Takes so many steps.
    pub(super) fn tick(&self, steps: u32) -> Walk {
        let left = self.steps.get().checked_sub(steps).ok_or(Stop::Steps)?;
        self.steps.set(left);
        Ok(())
    }

    /// Takes the steps of a look at so many bytes of a text.
    pub(super) fn tick_text(&self, bytes: usize) -> Walk {
        self.tick(u32::try_from(bytes.div_euclid(64)).unwrap_or(u32::MAX))
    }

    /// Shows each node that the segments select from here.
    fn each(
        &self,
        segments: &[Segment],
        from: &Trace<'_, 'a, 'f>,
        visit: Visit<'_, 'a, 'f>,
    ) -> Walk {
        self.tick(1)?;
        match segments.split_first() {
            None => visit(from),
            Some((first, rest)) => {
                self.segment(first, from, &mut |node| self.each(rest, node, visit))
            }
        }
    }

    /// Shows each node that one segment selects.
    fn segment(
        &self,
        segment: &Segment,
        from: &Trace<'_, 'a, 'f>,
        visit: Visit<'_, 'a, 'f>,
    ) -> Walk {
        match segment {
            Segment::Selector(one) => self.selector(one, from, visit),
            Segment::Selectors(many) => many
                .iter()
                .try_for_each(|one| self.selector(one, from, visit)),
            Segment::Descendant(inner) => {
                self.segment(inner, from, visit)?;
                self.children(from, &mut |child| self.segment(segment, child, visit))
            }
        }
    }

    fn selector(
        &self,
        selector: &Selector,
        from: &Trace<'_, 'a, 'f>,
        visit: Visit<'_, 'a, 'f>,
    ) -> Walk {
        let items = || from.value.items().map(Vec::as_slice).unwrap_or_default();
        let mut show = |value: Option<&'a Fact<'f>>| match value {
            Some(value) => visit(&Trace {
                value,
                outer: Some(from),
            }),
            None => Ok(()),
        };
        match selector {
            Selector::Name(name) => show(from.value.get(name)),
            Selector::Index(index) => show(at(items(), *index)),
            Selector::Wildcard => self.children(from, visit),
            Selector::Slice(start, end, step) => {
                slice(items(), *start, *end, *step).try_for_each(|item| show(Some(item)))
            }
            Selector::Filter(filter) => self.children(from, &mut |child| {
                if self.holds(filter, child.value)? {
                    visit(child)
                } else {
                    Ok(())
                }
            }),
        }
    }

    fn children(&self, from: &Trace<'_, 'a, 'f>, visit: Visit<'_, 'a, 'f>) -> Walk {
        let items = from.value.items().map(Vec::as_slice).unwrap_or_default();
        let fields = match from.value {
            Fact::Record(record) => record.fields(),
            _ => &[],
        };
        let values = items.iter().chain(fields.iter().map(|(_, value)| value));
        for value in values {
            self.tick(1)?;
            visit(&Trace {
                value,
                outer: Some(from),
            })?;
        }
        Ok(())
    }

    /// Whether the filter holds of a node.
    pub(super) fn holds(&self, filter: &Filter, item: &'a Fact<'f>) -> Walk<bool> {
        self.tick(1)?;
        match filter {
            Filter::Or(parts) => self.any(parts, item, true),
            Filter::And(parts) => self
                .any(parts, item, false)
                .map(|one_does_not| !one_does_not),
            Filter::Atom(FilterAtom::Filter { expr, not }) => Ok(self.holds(expr, item)? != *not),
            Filter::Atom(FilterAtom::Test { expr, not }) => Ok(self.test(expr, item)? != *not),
            Filter::Atom(FilterAtom::Comparison(comparison)) => self.compare(comparison, item),
        }
    }

    /// Whether one of the parts holds, or does not.
    fn any(&self, parts: &[Filter], item: &'a Fact<'f>, wanted: bool) -> Walk<bool> {
        for part in parts {
            if self.holds(part, item)? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A test by itself: that a query finds something, or that a text matches.
    fn test(&self, test: &Test, item: &'a Fact<'f>) -> Walk<bool> {
        match test {
            Test::RelQuery(segments) => self.finds(segments, item),
            Test::AbsQuery(query) => self.finds_in_all(query),
            Test::Function(function) => self.matches(function, item),
        }
    }

    fn finds(&self, segments: &[Segment], from: &'a Fact<'f>) -> Walk<bool> {
        match self.each(segments, &Trace::root(from), &mut |_| Err(Stop::Found)) {
            Ok(()) => Ok(false),
            Err(Stop::Found) => Ok(true),
            Err(Stop::Steps) => Err(Stop::Steps),
        }
    }

    /// What does not depend on the node is found out once.
    fn finds_in_all(&self, query: &JpQuery) -> Walk<bool> {
        let place = std::ptr::from_ref(query);
        let known = self
            .known
            .borrow()
            .iter()
            .find(|(at, _)| *at == place)
            .copied();
        if let Some((_, known)) = known {
            return Ok(known);
        }
        let finds = self.finds(&query.segments, self.root)?;
        self.known.borrow_mut().push((place, finds));
        Ok(finds)
    }

    /// The nodes that a query finds from a node, or from the root.
    pub(super) fn nodes(&self, test: &Test, item: &'a Fact<'f>) -> Walk<Vec<&'a Fact<'f>>> {
        let (segments, from) = match test {
            Test::RelQuery(segments) => (segments, item),
            Test::AbsQuery(query) => (&query.segments, self.root),
            Test::Function(_) => return Ok(Vec::new()),
        };
        let mut nodes = Vec::new();
        self.each(segments, &Trace::root(from), &mut |node| {
            nodes.push(node.value());
            Ok(())
        })?;
        Ok(nodes)
    }

    /// The expression that a pattern is; each is compiled once.
    pub(super) fn regexp(&self, pattern: &str, how: Match) -> Walk<Option<Rc<IRegexp>>> {
        let mut regexps = self.regexps.borrow_mut();
        let known = regexps
            .iter()
            .find(|(text, of, _)| text == pattern && *of == how);
        if let Some((_, _, known)) = known {
            return Ok(known.clone());
        }
        self.tick(COMPILED)?;
        let made = IRegexp::new(pattern, how).map(Rc::new);
        if regexps.len() < MOST_REGEXPS {
            regexps.push((pattern.to_owned(), how, made.clone()));
        }
        Ok(made)
    }

    pub(super) const fn root(&self) -> &'a Fact<'f> {
        self.root
    }
}

/// The item at an index; one that is negative counts from the end.
pub(super) fn at<T>(items: &[T], index: i64) -> Option<&T> {
    let from_end = |index: u64| items.len().checked_sub(usize::try_from(index).ok()?);
    let index = match usize::try_from(index) {
        Ok(index) => index,
        Err(_) => from_end(index.unsigned_abs())?,
    };
    items.get(index)
}

/// The items of a slice (RFC 9535, section 2.3.4.2.2).
fn slice<T>(
    items: &[T],
    start: Option<i64>,
    end: Option<i64>,
    step: Option<i64>,
) -> impl Iterator<Item = &T> {
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let step = step.unwrap_or(1);
    let absolute = |index: i64| {
        if index < 0 {
            index.saturating_add(length)
        } else {
            index
        }
    };
    // Where it begins, and the first place that is not in it any more.
    let (mut at, end) = if step > 0 {
        let bound = |index: i64| absolute(index).clamp(0, length);
        (bound(start.unwrap_or(0)), bound(end.unwrap_or(length)))
    } else {
        let last = length.saturating_sub(1);
        let bound = |index: i64| absolute(index).clamp(-1, last);
        (start.map_or(last, bound), end.map_or(-1, bound))
    };
    std::iter::from_fn(move || {
        let inside = (step > 0 && at < end) || (step < 0 && at > end);
        let item = inside.then(|| items.get(usize::try_from(at).ok()?))??;
        at = at.saturating_add(step);
        Some(item)
    })
}

#[cfg(test)]
mod tests;
