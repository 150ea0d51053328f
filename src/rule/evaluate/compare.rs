//! Comparisons and functions in filters (RFC 9535, sections 2.3.5.2.2 and 2.4).

use std::borrow::Cow;
use std::cmp::Ordering;

use jsonpath_rust::parser::model::{
    Comparable, Comparison, FnArg, Literal, Segment, Selector, SingularQuery, SingularQuerySegment,
    Test, TestFunction,
};

use crate::document::Fact;

use super::i_regexp::Match;
use super::{Run, Walk, at};

/// One side of a comparison.
#[derive(Clone, Debug)]
enum Side<'s, 'a, 'f> {
    /// A path to nothing.
    Nothing,
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'s, str>),
    /// A list or a record.
    Many(&'a Fact<'f>),
}

impl<'a, 'f> Run<'a, 'f> {
    pub(super) fn compare(&self, comparison: &Comparison, item: &'a Fact<'f>) -> Walk<bool> {
        let (left, right) = comparison.vals();
        let (left, right) = (self.side(left, item)?, self.side(right, item)?);
        let equal = || self.equal(&left, &right);
        if let (Side::Text(one), Side::Text(two)) = (&left, &right) {
            self.tick_text(one.len().min(two.len()))?;
        }
        let order = order(&left, &right);
        Ok(match comparison {
            Comparison::Eq(..) => equal()?,
            Comparison::Ne(..) => !equal()?,
            Comparison::Lt(..) => order == Some(Ordering::Less),
            Comparison::Gt(..) => order == Some(Ordering::Greater),
            Comparison::Lte(..) => order == Some(Ordering::Less) || equal()?,
            Comparison::Gte(..) => order == Some(Ordering::Greater) || equal()?,
        })
    }

    fn side<'s>(&self, of: &'s Comparable, item: &'a Fact<'f>) -> Walk<Side<'s, 'a, 'f>>
    where
        'a: 's,
    {
        Ok(match of {
            Comparable::Literal(value) => literal(value),
            Comparable::Function(function) => self.value_of(function, item)?,
            Comparable::SingularQuery(query) => {
                let (path, from) = match query {
                    SingularQuery::Current(path) => (path, item),
                    SingularQuery::Root(path) => (path, self.root()),
                };
                let end = path.iter().try_fold(from, |at, step| one_step(at, step));
                end.map_or(Side::Nothing, plain)
            }
        })
    }

    /// Equal numbers are equal however they are written; nothing equals nothing.
    fn equal(&self, left: &Side<'_, 'a, 'f>, right: &Side<'_, 'a, 'f>) -> Walk<bool> {
        Ok(match (left, right) {
            (Side::Nothing, Side::Nothing) | (Side::Null, Side::Null) => true,
            (Side::Bool(one), Side::Bool(two)) => one == two,
            (Side::Number(one), Side::Number(two)) => one.partial_cmp(two) == Some(Ordering::Equal),
            (Side::Text(one), Side::Text(two)) => one == two,
            (Side::Many(one), Side::Many(two)) => self.same(one, two)?,
            _ => false,
        })
    }

    /// Whether two facts say the same, each part of which is a step.
    fn same(&self, one: &'a Fact<'f>, two: &'a Fact<'f>) -> Walk<bool> {
        self.tick(1)?;
        match (one, two) {
            (Fact::List(_), Fact::List(_)) => {
                let items = |of: &'a Fact<'f>| of.items().map(Vec::as_slice).unwrap_or_default();
                let (one, two) = (items(one), items(two));
                if one.len() != two.len() {
                    return Ok(false);
                }
                for (one, two) in one.iter().zip(two) {
                    if !self.same(one, two)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Fact::Record(first), Fact::Record(second)) => {
                if first.fields().len() != second.fields().len() {
                    return Ok(false);
                }
                for (name, value) in first.fields() {
                    match two.get(name) {
                        Some(other) if self.same(value, other)? => {}
                        _ => return Ok(false),
                    }
                }
                Ok(true)
            }
            (Fact::List(_), Fact::Record(_)) | (Fact::Record(_), Fact::List(_)) => Ok(false),
            (Fact::Text(one), Fact::Text(two)) => {
                self.tick_text(one.len().min(two.len()))?;
                Ok(one == two)
            }
            _ => self.equal(&plain(one), &plain(two)),
        }
    }

    /// What a function comes to.
    fn value_of<'s>(&self, function: &'s TestFunction, item: &'a Fact<'f>) -> Walk<Side<'s, 'a, 'f>>
    where
        'a: 's,
    {
        Ok(match function {
            TestFunction::Length(argument) => match self.argument(argument, item)? {
                Argument::Nodes(nodes) => number(nodes.len()),
                Argument::Side(Side::Text(text)) => {
                    self.tick_text(text.len())?;
                    number(text.chars().count())
                }
                Argument::Side(Side::Many(fact)) => number(size(fact)),
                Argument::Side(_) => Side::Nothing,
            },
            TestFunction::Count(argument) => match self.argument(argument, item)? {
                Argument::Nodes(nodes) => number(nodes.len()),
                Argument::Side(Side::Nothing) => number(0),
                Argument::Side(_) => number(1),
            },
            TestFunction::Value(argument) => match self.argument(argument, item)? {
                Argument::Nodes(nodes) => match nodes.as_slice() {
                    [one] => plain(one),
                    _ => Side::Nothing,
                },
                Argument::Side(side) => side,
            },
            TestFunction::Search(..) | TestFunction::Match(..) | TestFunction::Custom(..) => {
                Side::Bool(self.matches(function, item)?)
            }
        })
    }

    /// Whether a text matches a pattern; functions that say nothing of the kind do not.
    pub(super) fn matches(&self, function: &TestFunction, item: &'a Fact<'f>) -> Walk<bool> {
        let (text, pattern, how) = match function {
            TestFunction::Search(text, pattern) => (text, pattern, Match::Part),
            TestFunction::Match(text, pattern) => (text, pattern, Match::Whole),
            _ => return Ok(false),
        };
        let (Argument::Side(Side::Text(text)), Argument::Side(Side::Text(pattern))) =
            (self.argument(text, item)?, self.argument(pattern, item)?)
        else {
            return Ok(false);
        };
        match self.regexp(&pattern, how)? {
            Some(regexp) => {
                self.tick(regexp.steps(&text))?;
                Ok(regexp.is_match(&text))
            }
            None => Ok(false),
        }
    }

    fn argument<'s>(&self, argument: &'s FnArg, item: &'a Fact<'f>) -> Walk<Argument<'s, 'a, 'f>>
    where
        'a: 's,
    {
        Ok(match argument {
            FnArg::Literal(value) => Argument::Side(literal(value)),
            FnArg::Filter(filter) => Argument::Side(Side::Bool(self.holds(filter, item)?)),
            FnArg::Test(test) => match &**test {
                Test::Function(function) => Argument::Side(self.value_of(function, item)?),
                Test::RelQuery(segments) if !is_singular(segments) => {
                    Argument::Nodes(self.nodes(test, item)?)
                }
                Test::AbsQuery(query) if !is_singular(&query.segments) => {
                    Argument::Nodes(self.nodes(test, item)?)
                }
                Test::RelQuery(_) | Test::AbsQuery(_) => {
                    let node = self.nodes(test, item)?.pop();
                    Argument::Side(node.map_or(Side::Nothing, plain))
                }
            },
        })
    }
}

/// What a function is given.
enum Argument<'s, 'a, 'f> {
    /// One value, or nothing.
    Side(Side<'s, 'a, 'f>),
    /// The nodes of a query that may find many.
    Nodes(Vec<&'a Fact<'f>>),
}

/// Whether the segments lead to one node at most.
pub(in crate::rule) fn is_singular(segments: &[Segment]) -> bool {
    let is_one = |segment: &Segment| {
        matches!(
            segment,
            Segment::Selector(Selector::Name(_) | Selector::Index(_))
        )
    };
    segments.iter().all(is_one)
}

fn one_step<'a, 'f>(from: &'a Fact<'f>, step: &SingularQuerySegment) -> Option<&'a Fact<'f>> {
    match step {
        SingularQuerySegment::Name(name) => from.get(name),
        SingularQuerySegment::Index(index) => at(from.items()?, *index),
    }
}

fn literal<'a, 'f>(literal: &Literal) -> Side<'_, 'a, 'f> {
    match literal {
        Literal::Null => Side::Null,
        Literal::Bool(flag) => Side::Bool(*flag),
        #[expect(clippy::cast_precision_loss, reason = "numbers of JSON are floating")]
        Literal::Int(number) => Side::Number(*number as f64),
        Literal::Float(number) => Side::Number(*number),
        Literal::String(text) => Side::Text(text.as_str().into()),
    }
}

fn plain<'s, 'a: 's, 'f>(fact: &'a Fact<'f>) -> Side<'s, 'a, 'f> {
    match fact {
        Fact::Null => Side::Null,
        Fact::Bool(flag) => Side::Bool(*flag),
        #[expect(clippy::cast_precision_loss, reason = "numbers of JSON are floating")]
        Fact::Integer(number) => Side::Number(*number as f64),
        Fact::Float(number) => Side::Number(*number),
        Fact::Text(text) => Side::Text(text.as_ref().into()),
        Fact::List(_) | Fact::Record(_) => Side::Many(fact),
    }
}

fn number<'s, 'a, 'f>(count: usize) -> Side<'s, 'a, 'f> {
    #[expect(clippy::cast_precision_loss, reason = "numbers of JSON are floating")]
    Side::Number(count as f64)
}

/// How many items or fields it has.
fn size(fact: &Fact<'_>) -> usize {
    match fact {
        Fact::List(list) => list.items().len(),
        Fact::Record(record) => record.fields().len(),
        _ => 0,
    }
}

fn order(left: &Side<'_, '_, '_>, right: &Side<'_, '_, '_>) -> Option<Ordering> {
    match (left, right) {
        (Side::Text(one), Side::Text(two)) => Some(one.cmp(two)),
        (Side::Number(one), Side::Number(two)) => one.partial_cmp(two),
        _ => None,
    }
}
