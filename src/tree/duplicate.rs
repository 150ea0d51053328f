//! Keys that stand twice in one object.

use crate::text::Span;

use super::{Content, Member, Node};

/// Every key that repeats an earlier one of the same object, as the two places, first and again.
///
/// Other readers keep the last of them without a word; a policy that says a thing twice has no
/// meaning that could be relied on.
pub fn duplicate_keys(node: &Node<'_>) -> Vec<(String, Span, Span)> {
    let mut found = Vec::new();
    collect(node, &mut found);
    found.sort_by_key(|(_, _, again)| *again);
    found
}

fn collect(node: &Node<'_>, found: &mut Vec<(String, Span, Span)>) {
    match &node.value {
        Content::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Content::Object(members) => {
            repeats(members, found);
            for member in members {
                collect(&member.value, found);
            }
        }
        Content::Deferred(deferred) => {
            for argument in &deferred.arguments {
                collect(argument, found);
            }
        }
        Content::Null | Content::Bool(_) | Content::Number(_) | Content::String(_) => {}
    }
}

/// So many keys are compared in pairs sooner than they are sorted.
const FEW: usize = 12;

/// Sorts instead of comparing all pairs: an object of a hundred thousand keys must not stall.
fn repeats(members: &[Member<'_>], found: &mut Vec<(String, Span, Span)>) {
    let mut keys = members.iter().map(|member| &*member.key).enumerate();
    let after = |position: usize| members.iter().skip(position.saturating_add(1));
    if members.len() <= FEW && !keys.any(|(at, key)| after(at).any(|m| m.key == key)) {
        return;
    }
    let mut sorted: Vec<_> = members.iter().map(|m| (&*m.key, m.key_span)).collect();
    sorted.sort_unstable();
    for pair in sorted.windows(2) {
        if let [(key, first), (again, second)] = pair
            && key == again
        {
            found.push(((*key).to_owned(), *first, *second));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::json::parse;

    #[test]
    fn repeats_are_seen_at_every_depth() {
        let text = r#"{"a":1,"b":[{"c":1,"\u0063":2}],"a":2}"#;
        let found = duplicate_keys(&parse(text).unwrap());
        let names: Vec<_> = found
            .iter()
            .map(|(name, first, again)| (name.as_str(), first.of(text), again.of(text)))
            .collect();
        assert_eq!(
            names,
            [("c", r#""c""#, r#""\u0063""#), ("a", r#""a""#, r#""a""#)]
        );
    }
}
