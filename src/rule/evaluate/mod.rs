//! Runs a selector: the nodes that it selects, in the order of the document (RFC 9535, section 2).
//!
//! A selector of a team's rule may look at the facts as often as it has brackets, `$[*,*][*,*]…`, so
//! each node that it comes by is a step, and steps have a bound. What is asked of the whole document
//! inside of a filter is asked once.

mod compare;
mod i_regexp;
mod node;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use jsonpath_rust::parser::model::{Filter, FilterAtom, JpQuery, Segment, Selector, Test};

use crate::document::Fact;

use super::Selected;
pub(super) use compare::is_singular;
pub(super) use i_regexp::{IRegexp, Match};
use node::{Kept, Node, Show};

/// How many steps one selector may take over the facts of one key or policy: a linear walk over the
/// facts of the longest policy that is read takes a tenth.
pub const MOST_STEPS: u32 = 10_000_000;

/// How many it takes to see that it finds nothing.
const MOST_STEPS_TO_SEE: u32 = 1_000_000;

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

/// The nodes that the query selects. Most selectors find nothing in most facts, so at first it is only
/// asked whether there is any; what is looked at then is not kept, nor made where it is not looked at.
pub(super) fn select<'a, 'f>(
    query: &JpQuery,
    root: &'a Fact<'f>,
) -> Result<Vec<Selected<'a, 'f>>, TooManySteps> {
    let mut found = Vec::new();
    let run = Run::of(root, MOST_STEPS_TO_SEE);
    if run.finds(&query.segments, root) == Ok(false) {
        return Ok(found);
    }
    run.steps.set(MOST_STEPS);
    let way = RefCell::default();
    let walk = run.each(&query.segments, &Kept::root(root, &way), &mut |_| {
        run.tick(SELECTED)?;
        found.push(Selected::of_chain(root, way.borrow().clone()));
        Ok(())
    });
    walk.map(|()| found).map_err(|_| TooManySteps)
}

impl<'a, 'f> Run<'a, 'f> {
    fn of(root: &'a Fact<'f>, steps: u32) -> Self {
        Self {
            root,
            steps: Cell::new(steps),
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
    fn each<N: Node<'f>>(&self, segments: &[Segment], from: &N, show: Show<'_, N>) -> Walk {
        self.tick(1)?;
        match segments.split_first() {
            None => show(from),
            Some((first, rest)) => {
                self.segment(first, from, &mut |node| self.each(rest, node, show))
            }
        }
    }

    /// Shows each node that one segment selects.
    fn segment<N: Node<'f>>(&self, segment: &Segment, from: &N, show: Show<'_, N>) -> Walk {
        match segment {
            Segment::Selector(one) => self.selector(one, from, show),
            Segment::Selectors(many) => many
                .iter()
                .try_for_each(|one| self.selector(one, from, show)),
            Segment::Descendant(inner) => {
                self.segment(inner, from, show)?;
                self.children(from, &mut |child| self.segment(segment, child, show))
            }
        }
    }

    fn selector<N: Node<'f>>(&self, selector: &Selector, from: &N, show: Show<'_, N>) -> Walk {
        match selector {
            Selector::Name(name) => from.field(name, show),
            Selector::Index(index) => match position(*index, || from.length()) {
                Some(index) => from.item(index, show),
                None => Ok(()),
            },
            Selector::Wildcard => self.children(from, show),
            Selector::Slice(start, end, step) => slice(from.length(), *start, *end, *step)
                .try_for_each(|index| from.item(index, show)),
            Selector::Filter(filter) => self.children(from, &mut |child| {
                if self.holds(filter, child.fact())? {
                    show(child)
                } else {
                    Ok(())
                }
            }),
        }
    }

    fn children<N: Node<'f>>(&self, from: &N, show: Show<'_, N>) -> Walk {
        from.children(&mut |child| {
            self.tick(1)?;
            show(child)
        })
    }

    /// Whether the filter holds of a node.
    pub(super) fn holds(&self, filter: &Filter, item: &Fact<'f>) -> Walk<bool> {
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
    fn any(&self, parts: &[Filter], item: &Fact<'f>, wanted: bool) -> Walk<bool> {
        for part in parts {
            if self.holds(part, item)? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A test by itself: that a query finds something, or that a text matches.
    fn test(&self, test: &Test, item: &Fact<'f>) -> Walk<bool> {
        match test {
            Test::RelQuery(segments) => self.finds(segments, item),
            Test::AbsQuery(query) => self.finds_in_all(query),
            Test::Function(function) => self.matches(function, item),
        }
    }

    fn finds(&self, segments: &[Segment], from: &Fact<'f>) -> Walk<bool> {
        match self.each(segments, from, &mut |_| Err(Stop::Found)) {
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

/// The position of an index; one that is negative counts from the end.
fn position(index: i64, length: impl FnOnce() -> usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => length().checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

/// The positions of a slice (RFC 9535, section 2.3.4.2.2).
fn slice(
    length: usize,
    start: Option<i64>,
    end: Option<i64>,
    step: Option<i64>,
) -> impl Iterator<Item = usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
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
        let position = inside.then(|| usize::try_from(at).ok())??;
        at = at.saturating_add(step);
        Some(position)
    })
}

#[cfg(test)]
mod tests;
