//! Comparisons and functions in filters (RFC 9535, sections 2.3.5.2.2 and 2.4).

use std::borrow::Cow;
use std::cmp::Ordering;

use jsonpath_rust::parser::model::{
    Comparable, Comparison, FnArg, Literal, Segment, Selector, SingularQuery, SingularQuerySegment,
    Test, TestFunction,
};

use crate::document::Fact;

use super::i_regexp::Match;
use super::{Run, Walk, position};

/// One side of a comparison.
#[derive(Clone, Debug)]
enum Side<'s, 'f> {
    /// A path to nothing.
    Nothing,
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'s, str>),
    /// A list or a record.
    Many(Cow<'s, Fact<'f>>),
}

impl<'f> Run<'_, 'f> {
    pub(super) fn compare(&self, comparison: &Comparison, item: &Fact<'f>) -> Walk<bool> {
        if let Some((name, literal, is_equal)) = field_and_literal(comparison) {
            return Ok(self.field_is(item, name, literal)? == is_equal);
        }
        let (left, right) = comparison.vals();
        let (left, right) = (self.side(left, item)?, self.side(right, item)?);
        let equal = || self.equal(&left, &right);
        if let (Side::Text(one), Side::Text(two)) = (&left, &right) {
            self.tick_text(one.len().min(two.len()))?;
        }
        let order = || order(&left, &right);
        Ok(match comparison {
            Comparison::Eq(..) => equal()?,
            Comparison::Ne(..) => !equal()?,
            Comparison::Lt(..) => order() == Some(Ordering::Less),
            Comparison::Gt(..) => order() == Some(Ordering::Greater),
            Comparison::Lte(..) => order() == Some(Ordering::Less) || equal()?,
            Comparison::Gte(..) => order() == Some(Ordering::Greater) || equal()?,
        })
    }

    /// Whether a field of the item equals a literal; one that is missing equals none.
    fn field_is(&self, item: &Fact<'f>, name: &str, literal: &Literal) -> Walk<bool> {
        let Some(field) = item.peek(name) else {
            return Ok(false);
        };
        Ok(match (&*field, literal) {
            (Fact::Null, Literal::Null) => true,
            (Fact::Bool(one), Literal::Bool(two)) => one == two,
            (Fact::Text(one), Literal::String(two)) => {
                self.tick_text(one.len().min(two.len()))?;
                one == two
            }
            (Fact::Integer(_) | Fact::Float(_), Literal::Int(_) | Literal::Float(_)) => {
                self.equal(&plain(field), &self::literal(literal))?
            }
            _ => false,
        })
    }

    fn side<'s>(&'s self, of: &'s Comparable, item: &'s Fact<'f>) -> Walk<Side<'s, 'f>> {
        Ok(match of {
            Comparable::Literal(value) => literal(value),
            Comparable::Function(function) => self.value_of(function, item)?,
            Comparable::SingularQuery(query) => {
                let (path, from) = match query {
                    SingularQuery::Current(path) => (path, item),
                    SingularQuery::Root(path) => (path, self.root()),
                };
                end(
                    from,
                    path.iter().map(|step| match step {
                        SingularQuerySegment::Name(name) => Some(Step::Name(name)),
                        SingularQuerySegment::Index(index) => Some(Step::Index(*index)),
                    }),
                )
            }
        })
    }

    /// Equal numbers are equal however they are written; nothing equals nothing.
    fn equal(&self, left: &Side<'_, 'f>, right: &Side<'_, 'f>) -> Walk<bool> {
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
    fn same(&self, one: &Fact<'f>, two: &Fact<'f>) -> Walk<bool> {
        self.tick(1)?;
        match (one, two) {
            (Fact::List(one), Fact::List(two)) => {
                let (one, two) = (one.items(), two.items());
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
            _ => self.equal(&plain(Cow::Borrowed(one)), &plain(Cow::Borrowed(two))),
        }
    }

    /// What a function comes to.
    fn value_of<'s>(
        &'s self,
        function: &'s TestFunction,
        item: &'s Fact<'f>,
    ) -> Walk<Side<'s, 'f>> {
        Ok(match function {
            TestFunction::Length(argument) => match self.argument(argument, item)? {
                Argument::Nodes(count, _) => number(count),
                Argument::Side(Side::Text(text)) => {
                    self.tick_text(text.len())?;
                    number(text.chars().count())
                }
                Argument::Side(Side::Many(fact)) => number(size(&fact)),
                Argument::Side(_) => Side::Nothing,
            },
            TestFunction::Count(argument) => match self.argument(argument, item)? {
                Argument::Nodes(count, _) => number(count),
                Argument::Side(Side::Nothing) => number(0),
                Argument::Side(_) => number(1),
            },
            TestFunction::Value(argument) => match self.argument(argument, item)? {
                Argument::Nodes(1, side) | Argument::Side(side) => side,
                Argument::Nodes(..) => Side::Nothing,
            },
            TestFunction::Search(..) | TestFunction::Match(..) | TestFunction::Custom(..) => {
                Side::Bool(self.matches(function, item)?)
            }
        })
    }

    /// Whether a text matches a pattern; functions that say nothing of the kind do not.
    pub(super) fn matches(&self, function: &TestFunction, item: &Fact<'f>) -> Walk<bool> {
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

    fn argument<'s>(&'s self, argument: &'s FnArg, item: &'s Fact<'f>) -> Walk<Argument<'s, 'f>> {
        Ok(match argument {
            FnArg::Literal(value) => Argument::Side(literal(value)),
            FnArg::Filter(filter) => Argument::Side(Side::Bool(self.holds(filter, item)?)),
            FnArg::Test(test) => {
                let (segments, from) = match &**test {
                    Test::Function(function) => {
                        return self.value_of(function, item).map(Argument::Side);
                    }
                    Test::RelQuery(segments) => (segments, item),
                    Test::AbsQuery(query) => (&query.segments, self.root()),
                };
                if is_singular(segments) {
                    return Ok(Argument::Side(end(from, segments.iter().map(Step::of))));
                }
                let (mut count, mut first) = (0_usize, Side::Nothing);
                self.each(segments, from, &mut |node| {
                    if count == 0 {
                        first = plain(Cow::Owned(node.clone()));
                    }
                    count = count.saturating_add(1);
                    Ok(())
                })?;
                Argument::Nodes(count, first)
            }
        })
    }
}

/// The name, the literal, and whether they are to be equal, of a comparison of a field with a literal:
/// most are such, and neither side has to be made for them.
fn field_and_literal(comparison: &Comparison) -> Option<(&str, &Literal, bool)> {
    let (left, right, is_equal) = match comparison {
        Comparison::Eq(left, right) => (left, right, true),
        Comparison::Ne(left, right) => (left, right, false),
        _ => return None,
    };
    match (left, right) {
        (Comparable::SingularQuery(SingularQuery::Current(path)), Comparable::Literal(literal)) => {
            match path.as_slice() {
                [SingularQuerySegment::Name(name)] => Some((name, literal, is_equal)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What a function is given.
enum Argument<'s, 'f> {
    /// One value, or nothing.
    Side(Side<'s, 'f>),
    /// How many nodes a query finds that may find many, and the first.
    Nodes(usize, Side<'s, 'f>),
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

/// One step of a path that leads to one node at most.
enum Step<'s> {
    Name(&'s str),
    Index(i64),
}

impl<'s> Step<'s> {
    fn of(segment: &'s Segment) -> Option<Self> {
        match segment {
            Segment::Selector(Selector::Name(name)) => Some(Self::Name(name)),
            Segment::Selector(Selector::Index(index)) => Some(Self::Index(*index)),
            _ => None,
        }
    }

    fn from<'a, 'f>(&self, from: &'a Fact<'f>) -> Option<Cow<'a, Fact<'f>>> {
        match self {
            Self::Name(name) => from.peek(name),
            Self::Index(index) => {
                let items = from.items()?;
                let position = position(*index, || items.len())?;
                items.get(position).map(Cow::Borrowed)
            }
        }
    }
}

/// What stands at the end of the path.
fn end<'a, 'f>(
    from: &'a Fact<'f>,
    mut path: impl Iterator<Item = Option<Step<'a>>>,
) -> Side<'a, 'f> {
    let end = path.try_fold(Cow::Borrowed(from), |at, step| match at {
        Cow::Borrowed(at) => step?.from(at),
        Cow::Owned(at) => step?.from(&at).map(Cow::into_owned).map(Cow::Owned),
    });
    end.map_or(Side::Nothing, plain)
}

fn literal<'f>(literal: &Literal) -> Side<'_, 'f> {
    match literal {
        Literal::Null => Side::Null,
        Literal::Bool(flag) => Side::Bool(*flag),
        #[expect(clippy::cast_precision_loss, reason = "numbers of JSON are floating")]
        Literal::Int(number) => Side::Number(*number as f64),
        Literal::Float(number) => Side::Number(*number),
        Literal::String(text) => Side::Text(text.as_str().into()),
    }
}

fn plain<'s, 'f: 's>(fact: Cow<'s, Fact<'f>>) -> Side<'s, 'f> {
    match &*fact {
        Fact::Null => Side::Null,
        Fact::Bool(flag) => Side::Bool(*flag),
        #[expect(clippy::cast_precision_loss, reason = "numbers of JSON are floating")]
        Fact::Integer(number) => Side::Number(*number as f64),
        Fact::Float(number) => Side::Number(*number),
        Fact::Text(_) => Side::Text(match fact {
            Cow::Borrowed(Fact::Text(text)) => Cow::Borrowed(text),
            Cow::Owned(Fact::Text(text)) => text,
            _ => Cow::default(),
        }),
        Fact::List(_) | Fact::Record(_) => Side::Many(fact),
    }
}

fn number<'s, 'f>(count: usize) -> Side<'s, 'f> {
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

fn order(left: &Side<'_, '_>, right: &Side<'_, '_>) -> Option<Ordering> {
    match (left, right) {
        (Side::Text(one), Side::Text(two)) => Some(one.cmp(two)),
        (Side::Number(one), Side::Number(two)) => one.partial_cmp(two),
        _ => None,
    }
}
