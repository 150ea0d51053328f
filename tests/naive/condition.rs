//! The `Condition` element of a statement.

use serde_json::Value;

use super::context::{Context, list};
use super::operator::{Operator, Quantifier, value_matches};

/// Whether the whole `Condition` holds (§2.1): all operator blocks, all keys in each.
///
/// An absent or empty element holds (§1.2). `replace` is whether variables are known (§1.7).
pub(crate) fn holds(condition: Option<&Value>, replace: bool, context: Context<'_>) -> bool {
    let Some(Value::Object(blocks)) = condition else {
        return true;
    };
    blocks.iter().all(|(name, keys)| {
        let operator = Operator::parse(name);
        keys.as_object().is_none_or(|keys| {
            keys.iter().all(|(key, wanted)| {
                key_holds(
                    &operator,
                    context.values(key),
                    &list(wanted),
                    replace,
                    context,
                )
            })
        })
    })
}

/// One operator over one key (§2.1 to §2.3).
fn key_holds(
    operator: &Operator,
    given: Option<Vec<String>>,
    wanted: &[String],
    replace: bool,
    context: Context<'_>,
) -> bool {
    if operator.base == "null" {
        return null_holds(operator.quantifier, given.is_some(), wanted);
    }
    // §2.2: for the set operators an empty string is an empty data set too.
    let given = given.filter(|values| {
        operator.quantifier == Quantifier::Plain || values.iter().any(|value| !value.is_empty())
    });
    let Some(given) = given else {
        return holds_when_missing(operator);
    };
    let one_matches = |value: &String| {
        wanted
            .iter()
            .any(|entry| value_matches(&operator.base, value, entry, replace, context))
    };
    match operator.quantifier {
        Quantifier::Plain => given.iter().any(one_matches) != operator.negated,
        Quantifier::All => given
            .iter()
            .all(|value| one_matches(value) != operator.negated),
        Quantifier::Any => given
            .iter()
            .any(|value| one_matches(value) != operator.negated),
    }
}

/// `Null` (§2.2): the existence test. §2.3: `ForAllValues:Null` always holds, `ForAnyValue:Null`
/// never does.
fn null_holds(quantifier: Quantifier, exists: bool, wanted: &[String]) -> bool {
    match quantifier {
        Quantifier::All => true,
        Quantifier::Any => false,
        Quantifier::Plain => wanted
            .iter()
            .any(|entry| match entry.to_ascii_lowercase().as_str() {
                "true" => !exists,
                "false" => exists,
                _ => false,
            }),
    }
}

/// The table of §2.2 for a key that is not in the context (U5 decided as false).
fn holds_when_missing(operator: &Operator) -> bool {
    match operator.quantifier {
        Quantifier::All => true,
        Quantifier::Any => false,
        Quantifier::Plain => operator.if_exists || operator.negated,
    }
}
