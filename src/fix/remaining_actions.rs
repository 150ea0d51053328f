//! What remains of a pattern when actions are taken out of it, in as few words as can be read.

use crate::aws::{ActionSet, KmsAction};

/// Patterns that match exactly `wanted` and, beside it, at most what `allowed` holds. Actions of
/// one verb become one pattern, such as `kms:Describe*`, where every action of that verb may be
/// matched: as AWS's own statement for key administrators has it.
pub(super) fn patterns(wanted: ActionSet, allowed: ActionSet) -> Vec<String> {
    let mut patterns: Vec<String> = Vec::new();
    for action in wanted {
        let verb = verb(action.name());
        let alike: ActionSet = KmsAction::ALL
            .iter()
            .copied()
            .filter(|other| other.name().starts_with(verb))
            .collect();
        let pattern = if alike.len() > 1 && alike.difference(allowed).is_empty() {
            format!("kms:{verb}*")
        } else {
            action.qualified().to_owned()
        };
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    patterns
}

/// The first word of a name that says something: `Generate` of `GenerateDataKey`, `ReEncrypt` of
/// `ReEncryptFrom`.
fn verb(name: &str) -> &str {
    let capitals = name
        .char_indices()
        .filter(|(_, letter)| letter.is_ascii_uppercase());
    let mut ends = capitals.map(|(at, _)| at).filter(|at| *at > 2);
    ends.next().and_then(|at| name.get(..at)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::glob_ignore_case;

    fn matched(patterns: &[String]) -> ActionSet {
        let all = KmsAction::ALL.iter().copied();
        all.filter(|action| {
            patterns
                .iter()
                .any(|p| glob_ignore_case(p, action.qualified()))
        })
        .collect()
    }

    #[test]
    fn nothing_but_deletion_goes() {
        let rest = ActionSet::ALL.difference(ActionSet::only(KmsAction::ScheduleKeyDeletion));
        let patterns = patterns(rest, rest);
        assert_eq!(matched(&patterns), rest);
        assert!(patterns.len() < 35, "{patterns:?}");
        assert!(patterns.contains(&"kms:Describe*".to_owned()));
        assert!(patterns.contains(&"kms:CancelKeyDeletion".to_owned()));
        assert!(patterns.contains(&"kms:ReEncrypt*".to_owned()));
    }

    #[test]
    fn a_verb_is_not_widened() {
        let some: ActionSet = [KmsAction::Sign, KmsAction::EnableKey]
            .into_iter()
            .collect();
        assert_eq!(patterns(some, some), ["kms:EnableKey", "kms:Sign"]);
    }
}
