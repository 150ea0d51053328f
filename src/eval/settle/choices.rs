//! Values of one unknown condition key: one of every kind that the conditions on it tell apart.

use std::collections::BTreeSet;

use ipnet::IpNet;
use jiff::Timestamp;

use crate::aws::ValueType;
use crate::aws::condition_key::{self, ConditionKey};
use crate::aws::key::{ApiEnum as _, MultiRegionKeyType, Origin};
use crate::eval::expansion::{Expansion, Pattern, as_pattern, as_text};
use crate::eval::language::{Language, plain};
use crate::eval::possible::{has_no_wildcards, samples};
use crate::eval::scope::Scope;
use crate::eval::shape::{Shape, shapes};
use crate::eval::{Holds, Lookup, Request, condition};
use crate::policy::{Atom, Comparison, Condition, Family, Moment, PolicyKind};

use super::scalars;
use super::strings::Patterns;

/// The values of a key in one request; none where it is absent.
pub(in crate::eval) type Texts = Vec<Box<str>>;

/// A condition on the key, as its statement sees it.
pub(in crate::eval) type Tested<'p> = (&'p Condition, Scope<'p>);

/// So many kinds of single values at most are put together to sets of values.
const MOST_ELEMENTS: usize = 6;

/// A second of 2001, when there was no KMS.
const FIRST_SECOND: &str = "1000000000";

/// Values of a key.
#[derive(Debug, Default)]
pub(in crate::eval) struct Choices {
    pub(in crate::eval) values: Vec<Texts>,
    /// Whether a value of every kind is among them.
    pub(in crate::eval) complete: bool,
}

/// What is known of an unknown key.
#[derive(Debug)]
pub(in crate::eval) struct Domain {
    row: Option<&'static ConditionKey>,
    may_be_absent: bool,
    /// What values look like; nothing where any text can be one.
    shapes: Vec<Shape>,
}

impl Domain {
    /// What AWS documents of every value. Nothing where the key is not unknown.
    pub(in crate::eval) fn of(key: &str, request: &Request) -> Option<Self> {
        // What is known of the request does not differ from policy to policy.
        let scope = Scope::new(request, PolicyKind::Identity, false);
        let Lookup::Unknown { may_be_absent } = scope.lookup(key) else {
            return None;
        };
        let language = scope.language(key);
        Some(Self {
            may_be_absent,
            shapes: language.map_or_else(Vec::new, Language::into_shapes),
            row: condition_key::find(key),
        })
    }

    /// The same with what values look like, which is not documented of every one.
    pub(in crate::eval) fn usual(key: &str, request: &Request) -> Option<Self> {
        let domain = Self::of(key, request)?;
        let usual = domain.row.map(|row| shapes(row.name, request));
        Some(Self {
            shapes: usual
                .filter(|usual| !usual.is_empty())
                .unwrap_or(domain.shapes),
            ..domain
        })
    }

    fn has_many(&self) -> bool {
        self.row.is_none_or(|row| row.multi_valued)
    }

    fn value_type(&self) -> Option<ValueType> {
        self.row.map(|row| row.value_type)
    }

    /// All values that the key can have, where these are few.
    fn vocabulary(&self) -> Option<Vec<&'static str>> {
        match self.row?.name {
            "kms:KeyOrigin" => Some(Origin::KNOWN.iter().map(|origin| origin.as_str()).collect()),
            "kms:MultiRegionKeyType" => Some(
                MultiRegionKeyType::KNOWN
                    .iter()
                    .map(|part| part.as_str())
                    .collect(),
            ),
            _ => (self.value_type() == Some(ValueType::Bool)).then(|| vec!["true", "false"]),
        }
    }

    /// Whether values are whole numbers from 0, such as days and seconds.
    fn counts(&self) -> bool {
        let is_number = self.value_type() == Some(ValueType::Numeric);
        self.is_epoch() || (is_number && self.row.is_some_and(|row| row.name != "ec2:RoleDelivery"))
    }

    /// A few values that are likely to differ, found without a search.
    pub(in crate::eval) fn some(&self, tested: &[Tested<'_>]) -> Vec<Texts> {
        let mut texts: Vec<String> = match self.vocabulary() {
            Some(words) => words.into_iter().map(str::to_owned).collect(),
            None => self.typical(tested),
        };
        texts.retain(|text| self.could_hold(text));
        let mut seen = BTreeSet::new();
        texts.retain(|text| seen.insert(text.clone()));
        let mut values: Vec<Texts> = texts
            .iter()
            .map(|text| vec![text.as_str().into()])
            .collect();
        if self.has_many() {
            values.push(texts.iter().map(|text| text.as_str().into()).collect());
        }
        if self.may_be_absent {
            values.push(Texts::new());
        }
        values
    }

    fn typical(&self, tested: &[Tested<'_>]) -> Vec<String> {
        if !self.shapes.is_empty() {
            let filled = tested
                .iter()
                .flat_map(|(condition, scope)| filled(condition, scope));
            let samples = self.row.map_or_else(Vec::new, |row| samples(row.name));
            let samples = samples.into_iter().map(str::to_owned);
            let examples = self.shapes.iter().map(Shape::example);
            return samples.chain(examples).chain(filled).collect();
        }
        let samples = self.row.map_or_else(Vec::new, |row| samples(row.name));
        let mut texts: Vec<String> = samples.into_iter().map(str::to_owned).collect();
        if texts.is_empty() {
            texts.push(elsewhere(self.value_type()).to_owned());
        }
        for (condition, scope) in tested {
            match condition.operator.comparison.family() {
                Family::Numeric => {
                    let limits = condition.values.iter().map(|value| &*value.text.value);
                    texts.extend(scalars::numbers(limits, self.counts()).unwrap_or_default());
                }
                Family::Date => texts.extend(moments(&[(condition, *scope)], self)),
                Family::IpAddress => {
                    texts.extend(scalars::addresses(&ranges(&[(condition, *scope)])));
                }
                Family::Bool => texts.extend(["true".to_owned(), "false".to_owned()]),
                Family::String | Family::Arn | Family::Binary => {
                    texts.extend(filled(condition, scope));
                }
                Family::Null => {}
            }
        }
        if self.is_epoch() {
            texts.retain(|text| text.len() >= FIRST_SECOND.len() && !text.contains('-'));
            texts.push(FIRST_SECOND.to_owned());
        }
        texts
    }

    /// One value of every kind.
    pub(in crate::eval) fn all(&self, tested: &[Tested<'_>]) -> Choices {
        let (mut texts, complete) = match self.vocabulary() {
            Some(words) => (words.into_iter().map(str::to_owned).collect(), true),
            None => self.texts(tested),
        };
        if texts.is_empty() {
            texts.push(elsewhere(self.value_type()).to_owned());
        }
        let mut choices = if self.has_many() {
            sets(&one_of_each_kind(texts, tested))
        } else {
            let one = |text: &String| vec![text.as_str().into()];
            Choices {
                values: texts.iter().map(one).collect(),
                complete: true,
            }
        };
        choices.complete &= complete;
        // An empty text counts as no value for the set operators.
        if has_quantifier(tested) && self.can_be_empty() {
            choices.values.push(vec!["".into()]);
        }
        if self.may_be_absent {
            choices.values.push(Texts::new());
        }
        choices
    }

    /// Single values, and whether one of every kind is among them.
    fn texts(&self, tested: &[Tested<'_>]) -> (Vec<String>, bool) {
        let mut families: Vec<Family> = tested
            .iter()
            .map(|(condition, _)| condition.operator.comparison.family())
            .map(|family| {
                if family == Family::Arn {
                    Family::String
                } else {
                    family
                }
            })
            .filter(|family| *family != Family::Null)
            .collect();
        families.sort_by_key(|family| *family as u8);
        families.dedup();
        match families.as_slice() {
            [] => (vec![elsewhere(self.value_type()).to_owned()], true),
            [Family::String] => {
                let (mut texts, complete) = self.strings(tested);
                // Those of the usual form, beside those that are merely different.
                let typical = self.typical(tested).into_iter();
                texts.splice(0..0, typical.filter(|text| self.could_hold(text)));
                (texts, complete)
            }
            [Family::Numeric] => {
                let limits = tested.iter().flat_map(|(condition, _)| &condition.values);
                let limits = limits.map(|value| &*value.text.value);
                let numbers = scalars::numbers(limits, self.counts());
                let complete = numbers.is_some();
                self.and_none_of_them(numbers.unwrap_or_default(), ValueType::Numeric, complete)
            }
            [Family::Date] => self.and_none_of_them(moments(tested, self), ValueType::Date, true),
            [Family::IpAddress] => {
                let addresses = scalars::addresses(&ranges(tested));
                self.and_none_of_them(addresses, ValueType::Ip, true)
            }
            [Family::Bool] => {
                let words = vec!["true".to_owned(), "false".to_owned()];
                self.and_none_of_them(words, ValueType::Bool, true)
            }
            [Family::Binary] => {
                let mut texts: Vec<_> = tested.iter().flat_map(|(c, s)| filled(c, s)).collect();
                texts.push("b3RoZXI=".to_owned());
                self.and_none_of_them(texts, ValueType::Binary, true)
            }
            [Family::Numeric, Family::Date] if self.is_epoch() => seconds(tested),
            _ => (self.typical(tested), false),
        }
    }

    /// Whether the text is none of those that the key surely never has.
    fn could_hold(&self, text: &str) -> bool {
        let is_wild = || text.contains(['*', '?']);
        (self.shapes.is_empty() || self.shapes.iter().any(|shape| shape.fits(text)))
            && !(self.row.is_some_and(|row| has_no_wildcards(row.name)) && is_wild())
    }

    /// Whether a value can be an empty text: tags can have such values.
    fn can_be_empty(&self) -> bool {
        self.row.is_none_or(|row| row.name.ends_with("Tag/"))
    }

    /// Whether values are seconds since 1970, to which both numbers and dates are compared.
    fn is_epoch(&self) -> bool {
        self.row.is_some_and(|row| row.name == "aws:EpochTime")
    }

    /// The texts, and one of no such type where the key can hold one.
    fn and_none_of_them(
        &self,
        mut texts: Vec<String>,
        of_type: ValueType,
        complete: bool,
    ) -> (Vec<String>, bool) {
        if self.value_type() != Some(of_type) {
            texts.push("other".to_owned());
        }
        (texts, complete)
    }

    fn strings(&self, tested: &[Tested<'_>]) -> (Vec<String>, bool) {
        let mut patterns = Patterns::default();
        let mut exact = BTreeSet::new();
        let mut has_arns = false;
        let mut complete = true;
        for (condition, scope) in tested {
            let comparison = condition.operator.comparison;
            for value in &condition.values {
                let text = &*value.text.value;
                match comparison {
                    Comparison::StringEquals | Comparison::StringNotEquals => {
                        exact.extend(text_of(as_text(text, scope)));
                    }
                    Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase => {
                        if let Some(text) = text_of(as_text(text, scope)) {
                            // Which letters outside ASCII are the same is not documented.
                            complete &= text.is_ascii();
                            patterns.caseless(&text);
                        }
                    }
                    _ => {
                        let is_arn = comparison.family() == Family::Arn;
                        has_arns |= is_arn;
                        let Some(pattern) = text_of_pattern(text, scope) else {
                            continue;
                        };
                        match plain(&pattern) {
                            Some(text) => drop(exact.insert(text)),
                            None if is_arn => patterns.arn(&pattern),
                            None => patterns.glob(&pattern),
                        }
                    }
                }
            }
        }
        exact.retain(|text| self.could_hold(text));
        if has_arns {
            // What is no ARN matches no pattern of one.
            patterns.glob(&atoms("arn:*:*:*:*:*"));
        }
        if !self.shapes.is_empty() {
            patterns.begin_domain();
            for shape in &self.shapes {
                patterns.shape(shape);
            }
        }
        let mut taken: BTreeSet<&str> = exact.iter().map(String::as_str).collect();
        if !self.can_be_empty() {
            taken.insert("");
        }
        let found = patterns.texts(&taken);
        let mut texts = found.texts;
        texts.extend(exact);
        (texts, found.complete && complete)
    }
}

/// Whether a request can hold several values of the key; of keys that the table does not have it may.
pub(super) fn can_have_many_values(key: &str) -> bool {
    condition_key::find(key).is_none_or(|row| row.multi_valued)
}

/// The first of those texts that no condition tells apart where it is the only value.
fn one_of_each_kind(mut texts: Vec<String>, tested: &[Tested<'_>]) -> Vec<String> {
    let mut seen: Vec<Vec<Holds>> = Vec::new();
    texts.retain(|text| {
        let only: Texts = vec![text.as_str().into()];
        let kind = kind(&only, tested);
        let new = !seen.contains(&kind);
        if new {
            seen.push(kind);
        }
        new
    });
    texts
}

/// What the conditions come to where their key has these values.
pub(in crate::eval) fn kind(values: &[Box<str>], tested: &[Tested<'_>]) -> Vec<Holds> {
    let holds = tested.iter().map(|(condition, scope)| {
        let scope: Scope<'_> = *scope;
        condition::holds(condition, &scope.assuming(&condition.key.value, values))
    });
    holds.collect()
}

fn has_quantifier(tested: &[Tested<'_>]) -> bool {
    let mut operators = tested.iter().map(|(condition, _)| condition.operator);
    operators.any(|operator| operator.quantifier.is_some())
}

/// Every set of these values but the empty one, or some of them where they are many.
fn sets(texts: &[String]) -> Choices {
    let boxed = |text: &String| -> Box<str> { text.as_str().into() };
    if texts.len() <= MOST_ELEMENTS {
        let values = (1_u32..1 << texts.len()).map(|bits| {
            let chosen = texts
                .iter()
                .enumerate()
                .filter(|(at, _)| bits >> at & 1 == 1);
            chosen.map(|(_, text)| boxed(text)).collect()
        });
        return Choices {
            values: values.collect(),
            complete: true,
        };
    }
    let mut values: Vec<Texts> = texts.iter().map(|text| vec![boxed(text)]).collect();
    values.push(texts.iter().map(boxed).collect());
    Choices {
        values,
        complete: false,
    }
}

fn text_of(expansion: Expansion<std::borrow::Cow<'_, str>>) -> Option<String> {
    match expansion {
        Expansion::Is(text) => Some(text.into_owned()),
        Expansion::NoValue | Expansion::Unknown => None,
    }
}

fn text_of_pattern(text: &str, scope: &Scope<'_>) -> Option<Vec<Atom>> {
    match as_pattern(text, scope) {
        Expansion::Is(pattern) => Some(Pattern::atoms(&pattern).into_owned()),
        Expansion::NoValue | Expansion::Unknown => None,
    }
}

fn atoms(text: &str) -> Vec<Atom> {
    let atom = |byte| match byte {
        b'*' => Atom::AnyRun,
        b'?' => Atom::AnyOne,
        byte => Atom::Byte(byte),
    };
    text.bytes().map(atom).collect()
}

/// The values of a condition with something in place of each wildcard.
fn filled(condition: &Condition, scope: &Scope<'_>) -> Vec<String> {
    let comparison = condition.operator.comparison;
    let wild = comparison.family() == Family::Arn
        || matches!(
            comparison,
            Comparison::StringLike | Comparison::StringNotLike
        );
    let texts = condition.values.iter().filter_map(|value| {
        let text = text_of(as_text(&value.text.value, scope))?;
        Some(if wild {
            text.replace(['*', '?'], "x")
        } else {
            text
        })
    });
    texts.collect()
}

/// Seconds since 1970 that numbers and dates tell apart, and whether one of every kind is among them.
fn seconds(tested: &[Tested<'_>]) -> (Vec<String>, bool) {
    let (numbers, dates): (Vec<_>, Vec<_>) = tested
        .iter()
        .partition(|(c, _)| c.operator.comparison.family() == Family::Numeric);
    let dates = limits_of_dates(&dates).into_iter();
    let dates: Vec<_> = dates.map(|limit| limit.as_second().to_string()).collect();
    let numbers = numbers.iter().flat_map(|(condition, _)| &condition.values);
    let numbers = numbers.map(|value| &*value.text.value);
    let limits = numbers.chain(dates.iter().map(String::as_str));
    let found = scalars::numbers(limits, true);
    let complete = found.is_some();
    // No request was made in the years in which fewer digits were enough.
    let mut found = found.unwrap_or_default();
    found.retain(|seconds| seconds.len() >= FIRST_SECOND.len());
    found.push(FIRST_SECOND.to_owned());
    (found, complete)
}

fn ranges(tested: &[Tested<'_>]) -> Vec<IpNet> {
    let values = tested.iter().flat_map(|(condition, _)| &condition.values);
    let texts = values.map(|value| &*value.text.value);
    let read = |text: &str| -> Vec<IpNet> {
        if text.contains('/') {
            return text.parse().into_iter().collect();
        }
        let Ok(address) = text.parse() else {
            return Vec::new();
        };
        // Of an IPv6 address either may be meant.
        let lengths = [32, 128].into_iter();
        lengths
            .filter_map(|length| IpNet::new(address, length).ok())
            .collect()
    };
    texts.flat_map(read).collect()
}

fn limits_of_dates(tested: &[Tested<'_>]) -> Vec<Timestamp> {
    let values = tested.iter().flat_map(|(condition, _)| &condition.values);
    let limits = values.filter_map(|value| Moment::parse(&value.text.value));
    limits.map(Moment::timestamp).collect()
}

fn moments(tested: &[Tested<'_>], domain: &Domain) -> Vec<String> {
    let moments = scalars::moments(limits_of_dates(tested)).into_iter();
    if domain.is_epoch() {
        return moments
            .map(|moment| moment.as_second().to_string())
            .collect();
    }
    moments.map(|moment| moment.to_string()).collect()
}

/// A value that most conditions do not name.
const fn elsewhere(value_type: Option<ValueType>) -> &'static str {
    match value_type {
        Some(ValueType::Bool) => "true",
        Some(ValueType::Numeric) => "0",
        Some(ValueType::Date) => "2026-12-01T00:00:00Z",
        Some(ValueType::Ip) => "198.51.100.7",
        Some(ValueType::Arn) => "arn:aws:iam::444455556666:role/other",
        Some(ValueType::String | ValueType::Binary) | None => "other",
    }
}
