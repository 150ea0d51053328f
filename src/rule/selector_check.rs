//! Refuses selectors that would silently mean something else than they say.
//!
//! The parser bounds how deep a query nests, so these walks are bounded too.

use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, FnArg, JpQuery, Literal, Segment, Selector, Test,
    TestFunction,
};

use super::SelectorError;
use super::evaluate::{IRegexp, Match, is_singular};

type Checked = Result<(), SelectorError>;

/// Refuses bad regular expressions, unknown functions, arguments of another type, blank names.
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
        Filter::Atom(FilterAtom::Test { expr, .. }) => match &**expr {
            Test::Function(function) if !expr.is_res_bool() => Err(SelectorError::NoTest {
                function: function.to_string(),
            }),
            _ => test(expr),
        },
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
        Test::RelQuery(segments) => segments.iter().try_for_each(segment),
        Test::AbsQuery(query) => check(query),
        Test::Function(inner) => function(inner),
    }
}

fn function(function: &TestFunction) -> Checked {
    match function {
        TestFunction::Custom(name, _) => Err(SelectorError::UnknownFunction {
            function: name.clone(),
        }),
        TestFunction::Length(inner) => value(inner, function),
        TestFunction::Value(inner) | TestFunction::Count(inner) => nodes(inner, function),
        TestFunction::Search(text, pattern) => {
            expression(pattern, &[Match::Part])?;
            value(text, function)?;
            value(pattern, function)
        }
        TestFunction::Match(text, pattern) => {
            expression(pattern, &[Match::Part, Match::Whole])?;
            value(text, function)?;
            value(pattern, function)
        }
    }
}

fn expression(pattern: &FnArg, ways: &[Match]) -> Checked {
    let FnArg::Literal(Literal::String(pattern)) = pattern else {
        return Ok(());
    };
    let is_one = |how: &Match| IRegexp::new(pattern, *how).is_some();
    if ways.iter().all(is_one) {
        Ok(())
    } else {
        Err(SelectorError::Regex {
            pattern: pattern.clone(),
        })
    }
}

/// The functions `length`, `match` and `search` take values (RFC 9535, section 2.4.3).
fn value(argument: &FnArg, of: &TestFunction) -> Checked {
    let is_value = match argument {
        FnArg::Literal(_) => true,
        FnArg::Filter(_) => false,
        FnArg::Test(inner) => match &**inner {
            Test::RelQuery(segments) => is_singular(segments),
            Test::AbsQuery(query) => is_singular(&query.segments),
            Test::Function(inner_function) => {
                function(inner_function)?;
                !inner.is_res_bool()
            }
        },
    };
    typed(is_value, of, "one value")
}

/// The functions `count` and `value` take the nodes of a query.
fn nodes(argument: &FnArg, of: &TestFunction) -> Checked {
    match argument {
        FnArg::Test(inner) => match &**inner {
            Test::RelQuery(_) | Test::AbsQuery(_) => test(inner),
            Test::Function(_) => typed(false, of, "a path"),
        },
        FnArg::Literal(_) | FnArg::Filter(_) => typed(false, of, "a path"),
    }
}

fn typed(is_so: bool, of: &TestFunction, takes: &'static str) -> Checked {
    if is_so {
        return Ok(());
    }
    Err(SelectorError::Argument {
        function: of.to_string(),
        takes,
    })
}
