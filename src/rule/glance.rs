//! Whether a selector finds anything, without making what it looks at.
//!
//! Most selectors find nothing in most facts, and a walk that only asks whether there is anything sees
//! that at a tenth of the cost. It knows the plain parts of JSONPath and takes few steps; of all else
//! it says that it does not know.

use std::borrow::Cow;
use std::cell::Cell;
use std::cmp::Ordering;

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, Literal, Segment, Selector, SingularQuery,
    SingularQuerySegment, Test,
};

use crate::document::Fact;

/// Whether something is so; none where that is not known.
type Known = Option<bool>;

/// So many nodes are looked at.
const MOST_STEPS: u32 = 1_000_000;

/// A quick look at one document.
#[derive(Debug)]
pub(super) struct Glance<'a, 'f> {
    root: &'a Fact<'f>,
    steps: Cell<u32>,
}

impl<'a, 'f> Glance<'a, 'f> {
    pub(super) const fn of(root: &'a Fact<'f>) -> Self {
        Self {
            root,
            steps: Cell::new(MOST_STEPS),
        }
    }

    /// Whether the segments may find a node from the top.
    pub(super) fn may_find(&self, segments: &[Segment]) -> bool {
        self.finds(segments, self.root) != Some(false)
    }

    /// Whether the segments find a node from here.
    fn finds(&self, segments: &[Segment], from: &Fact<'f>) -> Known {
        let Some((first, rest)) = segments.split_first() else {
            return Some(true);
        };
        let Segment::Selector(first) = first else {
            return None;
        };
        match first {
            Selector::Name(name) => match from.peek(name) {
                Some(value) => self.finds(rest, &value),
                None => Some(false),
            },
            Selector::Index(index) => {
                let index = usize::try_from(*index).ok()?;
                match item(from, index) {
                    Some(item) => self.finds(rest, &item),
                    None => Some(false),
                }
            }
            Selector::Wildcard => self.any_child(from, |child| self.finds(rest, child)),
            Selector::Filter(filter) => self.any_child(from, |child| {
                both(self.holds(filter, child), || self.finds(rest, child))
            }),
            Selector::Slice(..) => None,
        }
    }

    /// Takes so many steps, where there are as many.
    fn tick(&self, steps: usize) -> bool {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        let left = self.steps.get().checked_sub(steps);
        self.steps.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Whether it is so for some child. The fields of a record are all made to be looked at.
    fn any_child(&self, of: &Fact<'f>, mut is_so: impl FnMut(&Fact<'f>) -> Known) -> Known {
        let mut sum = Some(false);
        let mut look = |child: &Fact<'f>| {
            if !self.tick(1) {
                sum = None;
                return false;
            }
            match is_so(child) {
                Some(true) => sum = Some(true),
                Some(false) => {}
                None => sum = None,
            }
            sum != Some(true)
        };
        match of {
            Fact::List(list) => list.each(&mut |item| look(&item)),
            Fact::Record(record) => drop(record.fields().iter().all(|(_, value)| look(value))),
            _ => {}
        }
        sum
    }

    fn holds(&self, filter: &Filter, item: &Fact<'f>) -> Known {
        match filter {
            Filter::Or(parts) => any(parts, |part| self.holds(part, item)),
            // All hold where none does not.
            Filter::And(parts) => any(parts, |part| self.holds(part, item).map(|holds| !holds))
                .map(|one_does_not| !one_does_not),
            Filter::Atom(FilterAtom::Filter { expr, not }) => {
                self.holds(expr, item).map(|holds| holds != *not)
            }
            Filter::Atom(FilterAtom::Test { expr, not }) => {
                let found = match &**expr {
                    Test::RelQuery(segments) => self.finds(segments, item),
                    Test::AbsQuery(query) => self.finds(&query.segments, self.root),
                    Test::Function(_) => None,
                };
                found.map(|found| found != *not)
            }
            Filter::Atom(FilterAtom::Comparison(comparison)) => self.compare(comparison, item),
        }
    }

    fn compare(&self, comparison: &Comparison, item: &Fact<'f>) -> Known {
        let (left, right) = comparison.vals();
        let (left, right) = (side(left, item, self.root)?, side(right, item, self.root)?);
        // A text may have to be made first.
        if !self.tick(left.pieces().saturating_add(right.pieces())) {
            return None;
        }
        let order = || order(&left, &right);
        match comparison {
            Comparison::Eq(..) => equal(&left, &right),
            Comparison::Ne(..) => equal(&left, &right).map(|equal| !equal),
            Comparison::Lt(..) => Some(order() == Some(Ordering::Less)),
            Comparison::Gt(..) => Some(order() == Some(Ordering::Greater)),
            // With texts and records the engine has ways of its own.
            Comparison::Lte(..) | Comparison::Gte(..) => None,
        }
    }
}

fn item<'f>(of: &Fact<'f>, index: usize) -> Option<Fact<'f>> {
    let (mut at, mut found) = (0_usize, None);
    if let Fact::List(list) = of {
        list.each(&mut |item| {
            let is_it = at == index;
            at = at.saturating_add(1);
            if is_it {
                found = Some(item);
            }
            !is_it
        });
    }
    found
}

fn any<T>(of: impl IntoIterator<Item = T>, is_so: impl Fn(T) -> Known) -> Known {
    let mut sum = Some(false);
    for one in of {
        match is_so(one) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => sum = None,
        }
    }
    sum
}

fn both(one: Known, other: impl FnOnce() -> Known) -> Known {
    match one {
        Some(false) => Some(false),
        Some(true) => other(),
        None => other().filter(|other| !other),
    }
}

/// One side of a comparison.
enum Side<'a> {
    /// A path to nothing.
    Nothing,
    /// A list or a record.
    Many,
    Text(Cow<'a, str>),
    Number(f64),
    Bool(bool),
    Null,
}

impl Side<'_> {
    /// How many pieces a long text has.
    fn pieces(&self) -> usize {
        match self {
            Side::Text(text) => text.len().div_euclid(64),
            _ => 0,
        }
    }
}

fn side<'s, 'f: 's>(of: &'s Comparable, item: &Fact<'f>, root: &Fact<'f>) -> Option<Side<'s>> {
    match of {
        Comparable::Literal(Literal::Null) => Some(Side::Null),
        Comparable::Literal(Literal::Bool(flag)) => Some(Side::Bool(*flag)),
        Comparable::Literal(Literal::String(text)) => Some(Side::Text(text.into())),
        #[expect(clippy::cast_precision_loss, reason = "as the engine does")]
        Comparable::Literal(Literal::Int(number)) => Some(Side::Number(*number as f64)),
        Comparable::Literal(Literal::Float(number)) => Some(Side::Number(*number)),
        Comparable::Function(_) => None,
        Comparable::SingularQuery(query) => {
            let (path, from) = match query {
                SingularQuery::Current(path) => (path, item),
                SingularQuery::Root(path) => (path, root),
            };
            let mut at = Cow::Borrowed(from);
            for step in path {
                let next = match step {
                    SingularQuerySegment::Name(name) => at.peek(name),
                    SingularQuerySegment::Index(index) => {
                        self::item(&at, usize::try_from(*index).ok()?)
                    }
                };
                match next {
                    Some(next) => at = Cow::Owned(next),
                    None => return Some(Side::Nothing),
                }
            }
            Some(plain(at.into_owned()))
        }
    }
}

fn plain(fact: Fact<'_>) -> Side<'_> {
    match fact {
        Fact::Null => Side::Null,
        Fact::Bool(flag) => Side::Bool(flag),
        #[expect(clippy::cast_precision_loss, reason = "as the engine does")]
        Fact::Integer(number) => Side::Number(number as f64),
        Fact::Float(number) => Side::Number(number),
        Fact::Text(text) => Side::Text(text),
        Fact::List(_) | Fact::Record(_) => Side::Many,
    }
}

fn equal(left: &Side<'_>, right: &Side<'_>) -> Known {
    Some(match (left, right) {
        (Side::Nothing, Side::Nothing) | (Side::Null, Side::Null) => true,
        (Side::Text(one), Side::Text(two)) => one == two,
        (Side::Number(one), Side::Number(two)) => one.partial_cmp(two) == Some(Ordering::Equal),
        (Side::Bool(one), Side::Bool(two)) => one == two,
        (Side::Many, Side::Many) => return None,
        _ => false,
    })
}

fn order(left: &Side<'_>, right: &Side<'_>) -> Option<Ordering> {
    match (left, right) {
        (Side::Text(one), Side::Text(two)) => Some(one.cmp(two)),
        (Side::Number(one), Side::Number(two)) => one.partial_cmp(two),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jsonpath_rust::parser::parse_json_path;
    use serde_json::json;

    use super::super::Selector;
    use super::*;
    use crate::document::written;

    /// The engine is the judge of what the quick look is sure of.
    #[test]
    fn it_is_right_where_it_is_sure() {
        let facts = json!({
            "a": [{"b": 1, "c": ["x"], "t": true, "n": null}, {"b": 2.5, "s": "y", "r": {"q": []}}],
            "l": {"m": 2, "e": [], "o": {}}
        });
        let facts = written(&facts).unwrap();
        let fields = ["b", "c", "t", "n", "s", "r", "r.q", "z", "c[0]", "r.q[0]"];
        let values = [
            "1", "2", "2.5", "'x'", "'y'", "true", "false", "null", "$.l.m", "$.z", "@.b",
        ];
        let (mut sure, mut all) = (0, 0);
        let mut judge = |text: &str| {
            let query = parse_json_path(text).unwrap();
            let quick = Glance::of(&facts).finds(&query.segments, &facts);
            let selector = Selector::parse(text).unwrap();
            let by_engine = selector.select_by_engine(&facts);
            let found = !by_engine.is_empty();
            assert!(quick.is_none_or(|quick| quick == found), "{text}");
            assert_eq!(selector.select(&facts).unwrap(), by_engine, "{text}");
            all += 1;
            sure += usize::from(quick.is_some());
        };
        for field in fields {
            judge(&format!("$.a[?@.{field}]"));
            judge(&format!("$.a[?!@.{field}].b"));
            judge(&format!("$.a[*].{field}"));
            judge(&format!("$.l[?@.{field}]"));
            for value in values {
                for operator in ["==", "!=", "<", ">", "<=", ">="] {
                    judge(&format!("$.a[?@.{field} {operator} {value}]"));
                    judge(&format!("$.a[?!(@.{field} {operator} {value}) && @.b].c"));
                    judge(&format!(
                        "$.a[?@.t == true || @.{field} {operator} {value}].s"
                    ));
                    judge(&format!("$.a[?@.c[?@ {operator} {value}]].{field}"));
                }
            }
        }
        assert!(sure * 2 > all, "{sure} of {all}");
    }
}
