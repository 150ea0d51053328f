//! Refuses selectors that the engine would silently take for something else.
//!
//! The parser bounds how deep a query nests, so these walks are bounded too.

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, FnArg, JpQuery, Literal, Segment, Selector, Test,
    TestFunction,
};
use regex::Regex;

use super::SelectorError;

type Checked = Result<(), SelectorError>;

/// Refuses bad regular expressions, unknown functions, filters right behind `@`, blank names.
pub(super) fn check(query: &JpQuery) -> Checked {
    query.segments.iter().try_for_each(segment)
}

fn segment(segment_: &Segment) -> Checked {
    match segment_ {
        Segment::Descendant(inner) => segment(inner),
        Segment::Selector(one) => selector(one),
        Segment::Selectors(many) => many.iter().try_for_each(selector),
    }
}

fn selector(selector: &Selector) -> Checked {
    match selector {
        Selector::Filter(inner) => filter(inner),
        Selector::Name(name) if name.is_empty() || name.contains(char::is_whitespace) => {
            Err(SelectorError::Name { name: name.clone() })
        }
        Selector::Name(_) | Selector::Wildcard | Selector::Index(_) | Selector::Slice(..) => Ok(()),
    }
}

fn filter(filter_: &Filter) -> Checked {
    match filter_ {
        Filter::Or(parts) | Filter::And(parts) => parts.iter().try_for_each(filter),
        Filter::Atom(FilterAtom::Filter { expr, .. }) => filter(expr),
        Filter::Atom(FilterAtom::Test { expr, .. }) => test(expr),
        Filter::Atom(FilterAtom::Comparison(comparison)) => compare(comparison),
    }
}

fn compare(comparison: &Comparison) -> Checked {
    let (left, right) = comparison.vals();
    [left, right].into_iter().try_for_each(|side| match side {
        Comparable::Function(inner) => function(inner),
        Comparable::Literal(_) | Comparable::SingularQuery(_) => Ok(()),
    })
}

fn test(test: &Test) -> Checked {
    match test {
        Test::RelQuery(segments) => {
            if let Some(Segment::Selector(Selector::Filter(_))) = segments.first() {
                return Err(SelectorError::FilterOnCurrent);
            }
            segments.iter().try_for_each(segment)
        }
        Test::AbsQuery(query) => check(query),
        Test::Function(inner) => function(inner),
    }
}

fn function(function: &TestFunction) -> Checked {
    match function {
        TestFunction::Custom(name, _) => Err(SelectorError::UnknownFunction {
            function: name.clone(),
        }),
        TestFunction::Length(inner) => argument(inner),
        TestFunction::Value(inner) | TestFunction::Count(inner) => argument(inner),
        TestFunction::Search(text, pattern) | TestFunction::Match(text, pattern) => {
            if let FnArg::Literal(Literal::String(pattern)) = pattern {
                Regex::new(pattern).map_err(|_| SelectorError::Regex {
                    pattern: pattern.clone(),
                })?;
            }
            argument(text)?;
            argument(pattern)
        }
    }
}

fn argument(argument: &FnArg) -> Checked {
    match argument {
        FnArg::Literal(_) => Ok(()),
        FnArg::Test(inner) => test(inner),
        FnArg::Filter(inner) => filter(inner),
    }
}
