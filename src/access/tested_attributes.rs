//! On which properties of a principal policies hang: principals that do not differ in these are
//! decided alike.

use std::collections::BTreeSet;

use crate::policy::{Piece, PolicyDocument, Statement, pieces};

/// The condition key of the id of a user, or of a role and its session's name.
const USER_ID: &str = "aws:userid";

/// The beginning of the condition keys of a principal's tags, in lower case.
pub(super) const PRINCIPAL_TAG: &str = "aws:principaltag/";

/// Condition keys about the principal that policies name, and what they compare its id with.
#[derive(Clone, Debug, Default)]
pub(crate) struct TestedAttributes {
    /// In lower case.
    pub(super) keys: BTreeSet<String>,
    /// Values that `aws:userid` is compared with.
    user_ids: BTreeSet<String>,
    /// Whether `${aws:userid}` stands somewhere.
    user_id_as_variable: bool,
}

impl TestedAttributes {
    /// Whether no attribute of principals is tested.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Adds what a policy names.
    pub(crate) fn add(&mut self, document: &PolicyDocument) {
        for statement in &document.statements {
            self.add_statement(statement);
        }
    }

    fn add_statement(&mut self, statement: &Statement) {
        for condition in &statement.conditions {
            let key = &*condition.key.value;
            self.add_key(key);
            for value in &condition.values {
                if key.eq_ignore_ascii_case(USER_ID) {
                    self.user_ids.insert(value.text.value.to_string());
                }
                self.add_variables(&value.text.value);
            }
        }
        let patterns = statement.resource.iter().flat_map(|e| &e.patterns);
        for pattern in patterns {
            self.add_variables(&pattern.text.value);
        }
    }

    fn add_variables(&mut self, text: &str) {
        if !text.contains('$') {
            return;
        }
        for piece in pieces(text) {
            if let Piece::Variable { key, .. } = piece {
                self.add_key(key);
                self.user_id_as_variable |= key.eq_ignore_ascii_case(USER_ID);
            }
        }
    }

    fn add_key(&mut self, key: &str) {
        let beginning = key.get(..PRINCIPAL_TAG.len());
        let is_tag = beginning.is_some_and(|text| text.eq_ignore_ascii_case(PRINCIPAL_TAG));
        let mut others = ["aws:PrincipalArn", "aws:username", USER_ID].into_iter();
        if is_tag || others.any(|other| key.eq_ignore_ascii_case(other)) {
            self.keys.insert(key.to_ascii_lowercase());
        }
    }

    /// Whether the answer is the same for every session of the role with this id. The session's
    /// name is a part of `aws:userid`, and is not known.
    pub(crate) fn same_for_all_sessions(&self, role_id: &str) -> bool {
        let every_session = format!("{role_id}:");
        !self.user_id_as_variable
            && self
                .user_ids
                .iter()
                .all(|value| decides_whole_role(value, &every_session))
    }
}

/// Whether a pattern matches either all or none of the texts that begin so.
fn decides_whole_role(pattern: &str, beginning: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(head) if !head.contains(['*', '?']) => {
            beginning.starts_with(head) || !head.starts_with(beginning)
        }
        _ => !pattern.contains(['*', '?']) && !pattern.starts_with(beginning),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_part_the_sessions_of_a_role_are_known() {
        for (pattern, decides) in [
            ("AROAX:*", true),
            ("AROAX*", true),
            ("*", true),
            ("AROAY:alice", true),
            ("AROAX:alice", false),
            ("AROAX:a*", false),
            ("*:alice", false),
            ("AROA?:*", false),
        ] {
            assert_eq!(decides_whole_role(pattern, "AROAX:"), decides, "{pattern}");
        }
    }
}
