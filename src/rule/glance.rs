//! What a selector finds, without running it.
//!
//! The engine writes the path of every node that it passes. Most selectors find nothing in most
//! facts, and a walk that only asks whether there is anything sees that at a tenth of the cost; what
//! there is, another walk gathers. Both know the plain parts of JSONPath; of all else they say that
//! they do not know.

use std::borrow::Cow;
use std::cmp::Ordering;

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, Literal, Segment, Selector, SingularQuery,
    SingularQuerySegment, Test,
};

use crate::document::Fact;

use super::Selected;

/// Whether something is so; none where that is not known.
type Known = Option<bool>;

/// Whether the segments find a node from here.
pub(super) fn finds<'f>(segments: &[Segment], from: &Fact<'f>, root: &Fact<'f>) -> Known {
    let Some((first, rest)) = segments.split_first() else {
        return Some(true);
    };
    let Segment::Selector(first) = first else {
        return None;
    };
    match first {
        Selector::Name(name) => match from.peek(name) {
            Some(value) => finds(rest, &value, root),
            None => Some(false),
        },
        Selector::Index(index) => {
            let index = usize::try_from(*index).ok()?;
            match item(from, index) {
                Some(item) => finds(rest, &item, root),
                None => Some(false),
            }
        }
        Selector::Wildcard => any_child(from, |child| finds(rest, child, root)),
        Selector::Filter(filter) => any_child(from, |child| {
            both(holds(filter, child, root), || finds(rest, child, root))
        }),
        Selector::Slice(..) => None,
    }
}

/// Gathers what the segments find from this node, in the order of the document; nothing where that is
/// not known.
pub(super) fn gather<'a, 'f>(
    segments: &[Segment],
    from: &Selected<'a, 'f>,
    found: &mut Vec<Selected<'a, 'f>>,
) -> Option<()> {
    let Some((first, rest)) = segments.split_first() else {
        found.push(from.clone());
        return Some(());
    };
    let Segment::Selector(first) = first else {
        return None;
    };
    let value = from.value();
    match first {
        Selector::Name(name) => match value.get(name) {
            Some(child) => gather(rest, &from.with(child), found),
            None => Some(()),
        },
        Selector::Index(index) => {
            let index = usize::try_from(*index).ok()?;
            match value.items().and_then(|items| items.get(index)) {
                Some(child) => gather(rest, &from.with(child), found),
                None => Some(()),
            }
        }
        Selector::Wildcard => {
            children(value).try_for_each(|child| gather(rest, &from.with(child), found))
        }
        Selector::Filter(filter) => children(value).try_for_each(|child| {
            if holds(filter, child, from.facts())? {
                gather(rest, &from.with(child), found)?;
            }
            Some(())
        }),
        Selector::Slice(..) => None,
    }
}

/// The items of a list or the values of a record, kept.
fn children<'a, 'f>(of: &'a Fact<'f>) -> impl Iterator<Item = &'a Fact<'f>> {
    let items = of.items().map(Vec::as_slice).unwrap_or_default();
    let fields = match of {
        Fact::Record(record) => record.fields(),
        _ => &[],
    };
    items.iter().chain(fields.iter().map(|(_, value)| value))
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

/// Whether it is so for some child. The fields of a record are all made to be looked at.
fn any_child<'f>(of: &Fact<'f>, mut is_so: impl FnMut(&Fact<'f>) -> Known) -> Known {
    let mut sum = Some(false);
    let mut look = |child: &Fact<'f>| {
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

fn holds<'f>(filter: &Filter, item: &Fact<'f>, root: &Fact<'f>) -> Known {
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

fn compare<'f>(comparison: &Comparison, item: &Fact<'f>, root: &Fact<'f>) -> Known {
    let (left, right) = comparison.vals();
    let (left, right) = (side(left, item, root)?, side(right, item, root)?);
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
        (Side::Number(one), Side::Number(two)) => (one - two).abs() < f64::EPSILON,
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
        let (mut sure, mut both, mut all) = (0, 0, 0);
        let mut judge = |text: &str| {
            let query = parse_json_path(text).unwrap();
            let quick = finds(&query.segments, &facts, &facts);
            let by_engine = Selector::parse(text).unwrap().select_by_engine(&facts);
            let found = !by_engine.is_empty();
            assert!(quick.is_none_or(|quick| quick == found), "{text}");
            let mut gathered = Vec::new();
            if gather(&query.segments, &Selected::root(&facts), &mut gathered).is_some() {
                assert_eq!(gathered, by_engine, "{text}");
                both += 1;
            }
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
        assert!(both * 2 > all, "{both} of {all}");
    }
}
