//! The statements of a long policy, sorted by whom they name.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::aws::AccountId;

use super::Statement;
use super::principal_index::{ForWhom, equal, for_whom};

/// So many statements are read one by one sooner than they are sorted.
const SHORT: usize = 8;

/// Positions of statements by the account and name of the principals that they name; made when it is
/// first asked. A copy begins without: it may be changed.
#[derive(Debug, Default)]
pub struct StatementIndex {
    sorted: OnceLock<Vec<ForWhom>>,
}

impl Clone for StatementIndex {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl StatementIndex {
    /// Positions, ascending, of the statements that can be about such a principal.
    pub(super) fn find(
        &self,
        statements: &[Statement],
        account: Option<AccountId>,
        name: &str,
    ) -> Vec<usize> {
        if statements.len() <= SHORT {
            return (0..statements.len()).collect();
        }
        let sorted = self.sorted.get_or_init(|| sort(statements));
        let everyone = equal(sorted, None, "");
        let of_account = equal(sorted, account, "");
        let own = equal(sorted, account, name);
        let found: BTreeSet<_> = everyone.chain(of_account).chain(own).collect();
        found.into_iter().collect()
    }
}

fn sort(statements: &[Statement]) -> Vec<ForWhom> {
    let mut sorted = Vec::new();
    for (position, statement) in statements.iter().enumerate() {
        match &statement.principal {
            Some(element) if !element.negated => {
                let named = element.entries.iter().filter_map(for_whom);
                sorted.extend(named.map(|(account, name)| (account, name.into(), position)));
            }
            // It is about all but some.
            Some(_) | None => sorted.push((None, "".into(), position)),
        }
    }
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::super::{PolicyKind, PolicyReading};
    use crate::aws::AccountId;

    /// However long a policy is, for each principal few statements are looked at.
    #[test]
    fn statements_of_others_are_not_looked_at() {
        let mut statements = String::new();
        let mut add = |element: &str, arn: &str| {
            let _ = write!(
                statements,
                r#"{{"Effect":"Deny","{element}":{{"AWS":"{arn}"}},"Action":"kms:*","Resource":"*"}},"#
            );
        };
        for number in 0..1_000 {
            add(
                "Principal",
                &format!("arn:aws:iam::111122223333:role/path/r{number}"),
            );
        }
        add("Principal", "arn:aws:sts::111122223333:assumed-role/r7/s");
        add("NotPrincipal", "arn:aws:iam::111122223333:role/r8");
        add("Principal", "111122223333");
        add("Principal", "*");
        add("Principal", "444455556666");
        let text = format!(r#"{{"Statement":[{}]}}"#, statements.trim_end_matches(','));
        let document = PolicyReading::of_text(&text, PolicyKind::Key)
            .document
            .unwrap();
        let about = |name| {
            let account = AccountId::parse("111122223333");
            let found = document.about(account, name);
            found.map(|(position, _)| position).collect::<Vec<_>>()
        };
        assert_eq!(about("r7"), [7, 1_000, 1_001, 1_002, 1_003]);
        assert_eq!(about("r8"), [8, 1_001, 1_002, 1_003]);
        assert_eq!(about("nobody"), [1_001, 1_002, 1_003]);
        // A copy may be changed, and is not known by what the first one says.
        let mut copy = document.clone();
        copy.statements.rotate_right(1);
        let account = AccountId::parse("111122223333");
        assert_eq!(copy.about(account, "r7").count(), 5);
        assert_eq!(copy.about(account, "r7").next().unwrap().0, 8);
    }

    #[test]
    fn too_many_exceptions_are_refused() {
        let policy = |count: usize, condition: &str| {
            let statement = r#"{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:role/r"},
                "Action":"kms:*","Resource":"*"}"#;
            let statement = statement.replace("\"*\"}", &format!("\"*\"{condition}}}"));
            let text = format!("{{\"Statement\":[{}]}}", vec![statement; count].join(","));
            PolicyReading::of_text(&text, PolicyKind::Key)
                .document
                .map(|_| ())
        };
        assert!(policy(724, "").is_ok());
        let condition = r#","Condition":{"Null":{"aws:PrincipalTag/t":"true"}}"#;
        assert!(policy(418, condition).is_ok() && policy(419, condition).is_err());
        let errors = policy(725, "").unwrap_err();
        assert!(
            errors[0]
                .message
                .contains("725 statements with `NotPrincipal`"),
            "{}",
            errors[0].message
        );
    }
}
