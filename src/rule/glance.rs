//! A quick look whether a selector finds anything, without running it.
//!
//! The engine writes the path of every node that it passes. Most selectors find nothing in most
//! facts, and a walk that only asks whether there is anything sees that at a tenth of the cost. It
//! knows the plain parts of JSONPath; of all else it says that it does not know.

use std::cmp::Ordering;

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, Literal, Segment, Selector, SingularQuery,
    SingularQuerySegment, Test,
};

use super::document::Fact;

/// Whether something is so; none where that is not known.
type Known = Option<bool>;

/// Whether the segments find a node from here.
pub(super) fn finds(segments: &[Segment], from: &Fact, root: &Fact) -> Known {
    let Some((first, rest)) = segments.split_first() else {
        return Some(true);
    };
    let Segment::Selector(first) = first else {
        return None;
    };
    match first {
        Selector::Name(name) => match from.get(name) {
            Some(value) => finds(rest, value, root),
            None => Some(false),
        },
        Selector::Index(index) => {
            let index = usize::try_from(*index).ok()?;
            match from.items().and_then(|items| items.get(index)) {
                Some(item) => finds(rest, item, root),
                None => Some(false),
            }
        }
        Selector::Wildcard => any(children(from), |child| finds(rest, child, root)),
        Selector::Filter(filter) => any(children(from), |child| {
            both(holds(filter, child, root), || finds(rest, child, root))
        }),
        Selector::Slice(..) => None,
    }
}

fn children(of: &Fact) -> impl Iterator<Item = &Fact> {
    let items = of.items().map(Vec::as_slice).unwrap_or_default();
    let fields = match of {
        Fact::Record(fields) => fields.as_slice(),
        _ => &[],
    };
    items.iter().chain(fields.iter().map(|(_, value)| value))
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

fn holds(filter: &Filter, item: &Fact, root: &Fact) -> Known {
    match filter {
        Filter::Or(parts) => any(parts, |part| holds(part, item, root)),
        // All hold where none does not.
        Filter::And(parts) => any(parts, |part| holds(part, item, root).map(|holds| !holds))
            .map(|one_does_not| !one_does_not),
        Filter::Atom(FilterAtom::Filter { expr, not }) => {
            holds(expr, item, root).map(|holds| holds != *not)
        }
        Filter::Atom(FilterAtom::Test { expr, not }) => {
            let found = match &**expr {
                Test::RelQuery(segments) => finds(segments, item, root),
                Test::AbsQuery(query) => finds(&query.segments, root, root),
                Test::Function(_) => None,
            };
            found.map(|found| found != *not)
        }
        Filter::Atom(FilterAtom::Comparison(comparison)) => compare(comparison, item, root),
    }
}

/// One side of a comparison.
#[derive(Clone, Copy)]
enum Side<'a> {
    /// A path to nothing.
    Nothing,
    /// A list or a record.
    Many,
    Text(&'a str),
    Number(f64),
    Bool(bool),
    Null,
}

fn compare(comparison: &Comparison, item: &Fact, root: &Fact) -> Known {
    let (left, right) = comparison.vals();
    let (left, right) = (side(left, item, root)?, side(right, item, root)?);
    let order = || order(left, right);
    match comparison {
        Comparison::Eq(..) => equal(left, right),
        Comparison::Ne(..) => equal(left, right).map(|equal| !equal),
        Comparison::Lt(..) => Some(order() == Some(Ordering::Less)),
        Comparison::Gt(..) => Some(order() == Some(Ordering::Greater)),
        // With texts and records the engine has ways of its own.
        Comparison::Lte(..) | Comparison::Gte(..) => None,
    }
}

fn side<'a>(of: &'a Comparable, item: &'a Fact, root: &'a Fact) -> Option<Side<'a>> {
    match of {
        Comparable::Literal(Literal::Null) => Some(Side::Null),
        Comparable::Literal(Literal::Bool(flag)) => Some(Side::Bool(*flag)),
        // How the engine reads escapes is not relied on.
        Comparable::Literal(Literal::String(text)) if text.contains('\\') => None,
        Comparable::Literal(Literal::String(text)) => Some(Side::Text(text)),
        #[expect(clippy::cast_precision_loss, reason = "as the engine does")]
        Comparable::Literal(Literal::Int(number)) => Some(Side::Number(*number as f64)),
        Comparable::Literal(Literal::Float(number)) => Some(Side::Number(*number)),
        Comparable::Function(_) => None,
        Comparable::SingularQuery(query) => {
            let (path, from) = match query {
                SingularQuery::Current(path) => (path, item),
                SingularQuery::Root(path) => (path, root),
            };
            let mut at = from;
            for step in path {
                let next = match step {
                    SingularQuerySegment::Name(name) => at.get(name),
                    SingularQuerySegment::Index(index) => {
                        let index = usize::try_from(*index).ok()?;
                        at.items().and_then(|items| items.get(index))
                    }
                };
                match next {
                    Some(next) => at = next,
                    None => return Some(Side::Nothing),
                }
            }
            Some(plain(at))
        }
    }
}

fn plain(fact: &Fact) -> Side<'_> {
    match fact {
        Fact::Null => Side::Null,
        Fact::Bool(flag) => Side::Bool(*flag),
        #[expect(clippy::cast_precision_loss, reason = "as the engine does")]
        Fact::Integer(number) => Side::Number(*number as f64),
        Fact::Float(number) => Side::Number(*number),
        Fact::Text(text) => Side::Text(text),
        Fact::List(_) | Fact::Place(..) | Fact::Record(_) => Side::Many,
    }
}

fn equal(left: Side<'_>, right: Side<'_>) -> Known {
    Some(match (left, right) {
        (Side::Nothing, Side::Nothing) | (Side::Null, Side::Null) => true,
        (Side::Text(one), Side::Text(two)) => one == two,
        (Side::Number(one), Side::Number(two)) => (one - two).abs() < f64::EPSILON,
        (Side::Bool(one), Side::Bool(two)) => one == two,
        (Side::Many, Side::Many) => return None,
        _ => false,
    })
}

fn order(left: Side<'_>, right: Side<'_>) -> Option<Ordering> {
    match (left, right) {
        (Side::Text(one), Side::Text(two)) => Some(one.cmp(two)),
        (Side::Number(one), Side::Number(two)) => one.partial_cmp(&two),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jsonpath_rust::parser::parse_json_path;
    use serde_json::json;

    use super::super::{Document, Selector};
    use super::*;

    /// The engine is the judge of what the quick look is sure of.
    #[test]
    fn it_is_right_where_it_is_sure() {
        let facts = json!({
            "a": [{"b": 1, "c": ["x"], "t": true, "n": null}, {"b": 2.5, "s": "y", "r": {"q": []}}],
            "l": {"m": 2, "e": [], "o": {}}
        });
        let facts = Document::new(&facts).unwrap();
        let fields = ["b", "c", "t", "n", "s", "r", "r.q", "z", "c[0]", "r.q[0]"];
        let values = [
            "1", "2", "2.5", "'x'", "'y'", "true", "false", "null", "$.l.m", "$.z", "@.b",
        ];
        let (mut sure, mut all) = (0, 0);
        let mut judge = |text: &str| {
            let query = parse_json_path(text).unwrap();
            let quick = finds(&query.segments, facts.root(), facts.root());
            let found = !Selector::parse(text)
                .unwrap()
                .select(facts.root())
                .is_empty();
            assert!(quick.is_none_or(|quick| quick == found), "{text}");
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
