//! Conditions in words.

use crate::access::DecisionPart;
use crate::policy::Quantifier;

use super::atom::{Atom, Factor};
use super::change::{Hanging, Requirement};
use super::term::Term;

/// On what a term hangs.
pub(super) fn hanging(term: &Term) -> Hanging {
    Hanging {
        denies: term.part == DecisionPart::Deny,
        conditions: term.factors.iter().map(factor).collect(),
    }
}

fn factor(factor: &Factor) -> Requirement {
    let (mut begins, mut values) = (None, Vec::new());
    for atom in factor {
        let (head, own) = atom_in_words(atom);
        begins.get_or_insert(head);
        values.extend(own);
    }
    let begins = begins.unwrap_or_default();
    let text = if values.is_empty() {
        begins
    } else {
        format!("{begins} {}", values.join(" or "))
    };
    let names_principals = |atom: &Atom| matches!(atom, Atom::Principal { negated: false, .. });
    let is_of_principals = factor.first().is_some_and(names_principals);
    Requirement {
        text,
        principals: if is_of_principals { values } else { Vec::new() },
    }
}

fn atom_in_words(atom: &Atom) -> (String, Vec<String>) {
    match atom {
        Atom::Condition(condition) => {
            let quantifier = condition.quantifier.map(Quantifier::name);
            let quantifier = quantifier.map_or_else(String::new, |name| format!("{name}:"));
            let suffix = if condition.if_exists { "IfExists" } else { "" };
            let name = condition.comparison.name();
            let head = format!("{quantifier}{name}{suffix} {}", condition.key);
            (head, condition.values.iter().cloned().collect())
        }
        Atom::Resource {
            negated, pattern, ..
        } => {
            let head = if *negated { "NotResource" } else { "Resource" };
            (head.to_owned(), vec![pattern.clone()])
        }
        Atom::Principal { negated, names } => {
            let head = if *negated {
                "NotPrincipal"
            } else {
                "Principal"
            };
            (head.to_owned(), names.iter().cloned().collect())
        }
        Atom::UnknownBoundary => (
            "its permissions boundary, which was not loaded".to_owned(),
            Vec::new(),
        ),
    }
}
