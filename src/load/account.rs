//! A key's account and the name by which to speak of it.

use crate::aws::{AccountId, KeyArn};
use crate::inventory::Key;
use crate::policy::{Effect, PolicyDocument, PrincipalEntry, PrincipalForm, Statement, rendered};

/// Fills in what follows from the rest: the account and the name.
pub(super) fn complete(key: &mut Key) {
    let said = key.arn.as_ref().map(KeyArn::account);
    let policy = key.policy.as_ref().map(|policy| &policy.document);
    key.account = said.or(key.account).or_else(|| policy.and_then(account_of));
    if let Some(arn) = &key.arn {
        key.name = arn.to_string();
    } else if let Some(key_id) = &key.metadata.key_id {
        key.name.clone_from(&key_id.value);
    }
}

/// The account that a key policy lets no doubt about: the only one that an `Allow` statement names
/// as a whole and gives KMS actions, or else the only one that any principal belongs to.
fn account_of(policy: &PolicyDocument) -> Option<AccountId> {
    let rendered = rendered(policy, None, None);
    let policy = rendered
        .as_ref()
        .map_or(policy, |rendered| &rendered.document);
    let all = || policy.statements.iter();
    let whole = |form: PrincipalForm<'_>| match form {
        PrincipalForm::Account(account) => Some(account),
        _ => None,
    };
    let any = |form: PrincipalForm<'_>| form.account();
    let allowing = all().filter(|statement| allows_kms(statement));
    let of_whole = allowing.flat_map(forms).filter_map(whole);
    let account = only(of_whole).or_else(|| only(all().flat_map(forms).filter_map(any)));
    account.filter(|account| !account.is_placeholder())
}

fn allows_kms(statement: &Statement) -> bool {
    let names = statement.principal.as_ref().is_some_and(|p| !p.negated);
    statement.effect.value == Effect::Allow && names && !statement.possible().is_empty()
}

/// Whom the statement names.
fn forms(statement: &Statement) -> impl Iterator<Item = PrincipalForm<'_>> {
    let entries = statement.principal.iter();
    entries
        .flat_map(|element| &element.entries)
        .map(PrincipalEntry::form)
}

/// The account that all of them are.
fn only(mut accounts: impl Iterator<Item = AccountId>) -> Option<AccountId> {
    let first = accounts.next()?;
    accounts.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicyKind, PolicyReading};

    fn account(statements: &str) -> Option<String> {
        let text = format!(r#"{{"Statement":[{statements}]}}"#);
        let policy = PolicyReading::of_text(&text, PolicyKind::Key)
            .document
            .unwrap();
        account_of(&policy).map(|account| account.to_string())
    }

    fn statement(effect: &str, principal: &str, action: &str) -> String {
        format!(
            r#"{{"Effect":"{effect}","Principal":{{"AWS":"{principal}"}},"Action":"{action}","Resource":"*"}}"#
        )
    }

    #[test]
    fn the_account_is_told_only_where_there_is_no_doubt() {
        let root = statement("Allow", "arn:aws:iam::111122223333:root", "kms:*");
        let id = statement("Allow", "111122223333", "kms:Describe*");
        let foreign_role = statement("Allow", "arn:aws:iam::444455556666:role/r", "kms:Decrypt");
        let foreign_root = statement("Allow", "444455556666", "kms:Decrypt");
        let denied = statement("Deny", "444455556666", "kms:*");
        let nothing = statement("Allow", "444455556666", "kms:NoSuchAction");
        let everyone = statement("Allow", "*", "kms:*");
        let cases = [
            (
                vec![&root, &id, &foreign_role, &denied, &nothing],
                Some("111122223333"),
            ),
            (vec![&root, &foreign_root], None),
            (vec![&foreign_role, &everyone], Some("444455556666")),
            (vec![&denied], Some("444455556666")),
            (vec![&everyone], None),
        ];
        for (statements, expected) in cases {
            let text = statements.iter().map(|s| s.as_str()).collect::<Vec<_>>();
            assert_eq!(account(&text.join(",")).as_deref(), expected, "{text:?}");
        }
    }
}
