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

/// Refuses bad regular expressions, unknown functions, arguments of another type, names in several words
/// without quotes.
pub(super) fn check(path: &str, query: &JpQuery) -> Checked {
    match name_of_several_words(path) {
        Some(name) => Err(SelectorError::Name { name }),
        None => within(query),
    }
}

/// A name behind a dot with a blank in it, which the parser takes for one name. Only a quoted name can
/// have one (RFC 9535, section 2.5.1.1).
fn name_of_several_words(path: &str) -> Option<String> {
    let mut quote = None;
    let mut characters = path.char_indices();
    while let Some((at, c)) = characters.next() {
        match quote {
            Some(_) if c == '\\' => drop(characters.next()),
            Some(open) if c == open => quote = None,
            None if matches!(c, '\'' | '"') => quote = Some(c),
            None if c == '.' => {
                let rest = path.get(at.saturating_add(1)..)?;
                let blank = rest.find(|c: char| !is_in_name(c)).unwrap_or(rest.len());
                let behind = rest.get(blank..)?.trim_start();
                let has_blank = behind.len() < rest.len().saturating_sub(blank);
                if blank > 0 && has_blank && behind.starts_with(is_in_name) {
                    let end = behind.find(|c: char| !is_in_name(c));
                    let second = behind.get(..end.unwrap_or(behind.len()))?;
                    return Some([rest.get(..blank)?, " ", second].concat());
                }
            }
            Some(_) | None => {}
        }
    }
    None
}

fn is_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

fn within(query: &JpQuery) -> Checked {
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
        Test::AbsQuery(query) => within(query),
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
