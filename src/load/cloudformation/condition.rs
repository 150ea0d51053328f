//! The conditions of a template, and the cases that they leave open.
//!
//! A condition that compares a parameter may hold or not, whatever the parameter's default is: whoever
//! deploys the template decides. Only what the user says of a parameter, or what the template compares
//! with itself, settles it. Where a policy's statements depend on open conditions, it is read in
//! each case.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html>

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{Content, Node};

use super::function::{intrinsic, scalar};
use super::resolve::Resolver;
use super::template::Parameter;

/// So many cases are looked at; of more it is not known which statements a policy has.
pub(super) const MOST_CASES: usize = 64;

/// So many comparisons are put together to cases.
const MOST_COMPARISONS: u32 = 12;

/// Which of the open comparisons hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Case(BTreeMap<String, bool>);

/// A comparison whose outcome is open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Comparison {
    /// Both sides in a canonical form.
    text: String,
    /// What is compared with a known text, where one side is one.
    with: Option<(String, String)>,
    /// The parameter that is compared, where it is one by itself.
    parameter: Option<String>,
}

/// What `Fn::Equals` says as far as it is known.
enum Equals {
    Known(bool),
    Open(Comparison),
}

impl Case {
    /// Which comparisons hold, as one text; nothing where none is open.
    pub(super) fn description(&self) -> Option<String> {
        let each = self.0.iter().map(|(text, holds)| {
            let sign = if *holds { "=" } else { "≠" };
            text.replace('\0', sign)
        });
        let all = each.collect::<Vec<_>>().join(", ");
        (!all.is_empty()).then_some(all)
    }
}

impl<'a> Resolver<'_, '_, 'a> {
    /// Whether the condition of this name holds; nothing where that is open.
    pub(super) fn holds(&self, name: &str) -> Option<bool> {
        let node = self.template.condition(name)?;
        self.deeper(|| self.evaluate(node))?
    }

    /// What is made of a condition; nothing where too many name each other, as one does that is made of
    /// itself.
    fn deeper<T>(&self, make: impl FnOnce() -> T) -> Option<T> {
        let depth = self.depth.get();
        if depth >= MOST_NESTED || !self.spend(COMPARED) {
            return None;
        }
        self.depth.set(depth.saturating_add(1));
        let result = make();
        self.depth.set(depth);
        Some(result)
    }

    fn evaluate(&self, node: &Node<'a>) -> Option<bool> {
        match logic(node) {
            Logic::Named(name) => self.holds(name),
            Logic::Not(inner) => self.evaluate(inner).map(|holds| !holds),
            Logic::And(items) => all(items.iter().map(|item| self.evaluate(item)), false),
            Logic::Or(items) => all(items.iter().map(|item| self.evaluate(item)), true),
            Logic::Equals(one, other) => match self.equals(one, other) {
                Equals::Known(holds) => Some(holds),
                Equals::Open(comparison) => self.case.0.get(&comparison.text).copied(),
            },
            Logic::Other => None,
        }
    }

    fn equals(&self, one: &Node<'a>, other: &Node<'a>) -> Equals {
        let undecided = Resolver {
            defaults: false,
            depth: Cell::new(self.depth.get().saturating_add(1)),
            ..Resolver::new(self.template, self.case, self.budget)
        };
        let sides = [one, other].map(|side| {
            let value = undecided.resolve(side);
            let text = value.as_ref().and_then(scalar).map(str::to_owned);
            (text, value.as_ref().map_or_else(String::new, canonical))
        });
        let [(one_text, one_form), (other_text, other_form)] = sides;
        match (&one_text, &other_text) {
            (Some(one), Some(other)) => return Equals::Known(one == other),
            _ if one_form == other_form => return Equals::Known(true),
            _ => {}
        }
        let with = match (one_text, other_text) {
            (Some(text), None) => Some((other_form.clone(), text, other)),
            (None, Some(text)) => Some((one_form.clone(), text, one)),
            _ => None,
        };
        let parameter = with.as_ref().and_then(|(_, _, side)| {
            let of = intrinsic(side).filter(|of| of.name == "Ref")?;
            let name = of.argument.as_str()?;
            self.template.parameter(name).map(|_| name.to_owned())
        });
        let mut forms = [one_form, other_form];
        forms.sort();
        Equals::Open(Comparison {
            text: forms.join("\0"),
            with: with.map(|(form, text, _)| (form, text)),
            parameter,
        })
    }

    /// Adds the open comparisons that decide a condition.
    pub(super) fn add_comparisons(&self, name: &str, found: &mut BTreeSet<Comparison>) {
        let Some(node) = self.template.condition(name) else {
            return;
        };
        self.deeper(|| self.comparisons_in(node, found));
    }

    fn comparisons_in(&self, node: &Node<'a>, found: &mut BTreeSet<Comparison>) {
        match logic(node) {
            Logic::Named(name) => self.add_comparisons(name, found),
            Logic::Not(inner) => self.comparisons_in(inner, found),
            Logic::And(items) | Logic::Or(items) => {
                for item in items {
                    self.comparisons_in(item, found);
                }
            }
            Logic::Equals(one, other) => {
                if let Equals::Open(comparison) = self.equals(one, other) {
                    found.insert(comparison);
                }
            }
            Logic::Other => {}
        }
    }

    /// The cases of these comparisons that can be; nothing where there are too many.
    pub(super) fn cases(&self, comparisons: &BTreeSet<Comparison>) -> Option<Vec<Case>> {
        let count = u32::try_from(comparisons.len()).ok()?;
        if count > MOST_COMPARISONS {
            return None;
        }
        let mut cases = Vec::new();
        for bits in 0..(1_u32 << count) {
            let holds = |at: usize| bits >> at & 1 == 1;
            let truths = comparisons.iter().enumerate();
            let truths: Vec<_> = truths.map(|(at, of)| (of, holds(at))).collect();
            if self.can_be(&truths) {
                let truths = truths.into_iter();
                cases.push(Case(
                    truths.map(|(of, holds)| (of.text.clone(), holds)).collect(),
                ));
            }
            if cases.len() > MOST_CASES {
                return None;
            }
        }
        Some(cases)
    }

    /// Whether no value is two texts at once, and each parameter has one of its allowed values.
    fn can_be(&self, truths: &[(&Comparison, bool)]) -> bool {
        let mut equal: BTreeMap<&str, &str> = BTreeMap::new();
        for (comparison, holds) in truths {
            let Some((form, text)) = &comparison.with else {
                continue;
            };
            if *holds && equal.insert(form, text).is_some() {
                return false;
            }
        }
        truths.iter().all(|(comparison, holds)| {
            let parameter = comparison.parameter.as_deref();
            let parameter = parameter.and_then(|name| self.template.parameter(name));
            let (Some(allowed), Some((form, text))) = (
                parameter.as_ref().and_then(Parameter::allowed),
                &comparison.with,
            ) else {
                return true;
            };
            if *holds {
                return allowed.contains(&text.as_str());
            }
            // Some allowed value is left that it may be.
            let excluded = |value: &&str| {
                truths.iter().any(|(of, holds)| {
                    let same = of.with.as_ref();
                    !holds && same.is_some_and(|(of, text)| of == form && text == value)
                })
            };
            equal.contains_key(form.as_str()) || !allowed.iter().all(excluded)
        })
    }
}

/// How deep conditions may name each other.
const MOST_NESTED: usize = 32;

/// How much a look at a condition counts of what functions may make.
const COMPARED: usize = 1 << 10;

/// A condition as written.
enum Logic<'n, 'a> {
    Named(&'n str),
    Not(&'n Node<'a>),
    And(&'n [Node<'a>]),
    Or(&'n [Node<'a>]),
    Equals(&'n Node<'a>, &'n Node<'a>),
    Other,
}

fn logic<'n, 'a>(node: &'n Node<'a>) -> Logic<'n, 'a> {
    if let Some([member]) = node.members()
        && member.key == "Condition"
        && let Some(name) = member.value.as_str()
    {
        return Logic::Named(name);
    }
    let Some(of) = intrinsic(node) else {
        return Logic::Other;
    };
    match (of.name, of.argument.items()) {
        ("Condition", _) => of.argument.as_str().map_or(Logic::Other, Logic::Named),
        ("Not", Some([inner])) => Logic::Not(inner),
        ("And", Some(items)) => Logic::And(items),
        ("Or", Some(items)) => Logic::Or(items),
        ("Equals", Some([one, other])) => Logic::Equals(one, other),
        _ => Logic::Other,
    }
}

/// Whether all hold, or for `any` one of them, as far as that is known.
fn all(each: impl Iterator<Item = Option<bool>>, any: bool) -> Option<bool> {
    let mut is_open = false;
    for holds in each {
        match holds {
            Some(holds) if holds == any => return Some(any),
            Some(_) => {}
            None => is_open = true,
        }
    }
    (!is_open).then_some(!any)
}

/// A value as a text that no other value has, wherever it stands.
fn canonical(node: &Node<'_>) -> String {
    let mut text = String::new();
    write(node, &mut text);
    text
}

/// A text of which the end is told.
fn quoted(text: &str, into: &mut String) {
    into.push('"');
    into.push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
    into.push('"');
}

fn write(node: &Node<'_>, text: &mut String) {
    let mut list = |sign: char, items: &[Node<'_>]| {
        text.push(sign);
        for item in items {
            write(item, text);
            text.push(',');
        }
        text.push(')');
    };
    match &node.value {
        Content::Null => text.push('~'),
        Content::Array(items) => list('[', items),
        Content::Deferred(deferred) => {
            list('(', &deferred.arguments);
            text.push_str(deferred.function.name());
        }
        Content::Object(members) => {
            for member in members {
                quoted(&member.key, text);
                text.push(':');
                write(&member.value, text);
            }
        }
        _ => {
            quoted(scalar(node).unwrap_or_default(), text);
        }
    }
}
