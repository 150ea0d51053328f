//! The cases in which a resource has to be looked at.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::tree::{Content, Node};

use super::condition::{Case, Comparison};
use super::function::intrinsic;
use super::resolve::Resolver;
use super::template::{Parameter, Resource, Template};

/// The cases of open conditions that decide more of a resource than a string, in which the resource is
/// there. Where there are too many, one in which all are open.
pub(super) fn cases<'t, 'a>(
    template: &Template<'t, 'a>,
    resource: Resource<'t, 'a>,
    budget: &Cell<usize>,
) -> Vec<Case> {
    let open = Case::default();
    let resolver = Resolver::new(template, &open, budget);
    let mut found = BTreeSet::new();
    if let Some(properties) = resource.properties() {
        add(&resolver, properties, &mut found);
    }
    if let Some(policy) = resource.attribute("DeletionPolicy") {
        add_all(&resolver, policy, &mut found);
    }
    let exists = resource.attribute("Condition").and_then(Node::as_str);
    if let Some(name) = exists.filter(|_| !found.is_empty()) {
        resolver.add_comparisons(name, &mut found);
    }
    let cases = resolver.cases(&found).unwrap_or_else(|| vec![open.clone()]);
    let is_there = |case: &Case| {
        let resolver = Resolver::new(template, case, budget);
        exists.is_none_or(|name| resolver.holds(name) != Some(false))
    };
    cases.into_iter().filter(is_there).collect()
}

/// Adds what decides about lists, maps and members, and not only which of two strings a value is.
fn add<'a>(resolver: &Resolver<'_, '_, 'a>, node: &Node<'a>, found: &mut BTreeSet<Comparison>) {
    each(resolver, node, found, &|one, other| {
        is_text(resolver, one) && is_text(resolver, other)
    });
}

/// Adds all that decides about a value.
fn add_all<'a>(resolver: &Resolver<'_, '_, 'a>, node: &Node<'a>, found: &mut BTreeSet<Comparison>) {
    each(resolver, node, found, &|_, _| false);
}

fn each<'a>(
    resolver: &Resolver<'_, '_, 'a>,
    node: &Node<'a>,
    found: &mut BTreeSet<Comparison>,
    is_left: &dyn Fn(&Node<'a>, &Node<'a>) -> bool,
) {
    if let Some(of) = intrinsic(node) {
        if let ("If", Some([name, one, other])) = (of.name, of.argument.items())
            && let Some(name) = name.as_str()
        {
            if resolver.holds(name).is_none() && !is_left(one, other) {
                resolver.add_comparisons(name, found);
            }
            each(resolver, one, found, is_left);
            each(resolver, other, found, is_left);
            return;
        }
        each(resolver, of.argument, found, is_left);
        return;
    }
    match &node.value {
        Content::Array(items) => {
            for item in items {
                each(resolver, item, found, is_left);
            }
        }
        Content::Object(members) => {
            for member in members {
                each(resolver, &member.value, found, is_left);
            }
        }
        _ => {}
    }
}

/// Whether a value is a string, whatever it will be.
fn is_text<'a>(resolver: &Resolver<'_, '_, 'a>, node: &Node<'a>) -> bool {
    let Some(of) = intrinsic(node) else {
        let is_other = matches!(
            node.value,
            Content::Array(_) | Content::Object(_) | Content::Null | Content::Deferred(_)
        );
        return !is_other;
    };
    let names = of.argument.as_str().unwrap_or_default();
    match of.name {
        "Ref" => {
            let parameter = resolver.template.parameter(names);
            names != "AWS::NoValue" && !parameter.is_some_and(Parameter::is_list)
        }
        "If" => match of.argument.items() {
            Some([_, one, other]) => is_text(resolver, one) && is_text(resolver, other),
            _ => false,
        },
        "GetAtt" | "Sub" | "Join" | "Select" | "ImportValue" | "Base64" => true,
        _ => false,
    }
}
