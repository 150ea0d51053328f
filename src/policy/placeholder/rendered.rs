//! A template of a key policy, with a principal in place of each placeholder that names one, so that it
//! is judged as what is made of it.

use std::collections::BTreeMap;

use crate::aws::AccountId;
use crate::policy::{
    Effect, PolicyDocument, PrincipalElement, PrincipalEntry, PrincipalForm, Reason, Segment, Text,
    Value,
};

use super::stand_in::{StandsFor, Writing, account_token, literal_account, stand_in, stands_for};

/// A key policy with a principal in place of every placeholder of a template.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The policy.
    pub document: PolicyDocument,
    /// The account to which its placeholders belong: the key's, or [`AccountId::PLACEHOLDER`].
    pub account: AccountId,
    /// For each user, role or service that stands in for a placeholder the text that names it.
    pub names: BTreeMap<String, String>,
}

/// The policy with stand-ins of this account, where it is known, or else of the one that the policy
/// itself names without a placeholder, unless a placeholder names an account as a whole. Nothing where
/// the policy has no such principal.
///
/// `partition` is that of the key, for ARNs whose own is a placeholder; `aws` where it is not known.
pub fn rendered(
    document: &PolicyDocument,
    account: Option<AccountId>,
    partition: Option<&str>,
) -> Option<Rendered> {
    if !entries(document).any(PrincipalEntry::is_placeholder) {
        return None;
    }
    let account = account.or_else(|| {
        let named = (!names_placeholder_account(document)).then_some(document);
        only_account(named?)
    });
    let account = account.unwrap_or(AccountId::PLACEHOLDER);
    Some(with_stand_ins(document, account, |_| account, partition))
}

/// The other reading of a policy in which a placeholder names an account as a whole, and another
/// account is named too: the placeholder's may not be the key's. Nothing where there is but one.
///
/// `account` and `partition` are those of [`rendered`].
pub fn rendered_foreign(
    document: &PolicyDocument,
    account: Option<AccountId>,
    partition: Option<&str>,
) -> Option<Rendered> {
    may_be_foreign(document, account).then(|| as_foreign(document, account, partition))
}

/// Whether a placeholder names an account as a whole, and a principal of another account than this one
/// is named too.
pub fn may_be_foreign(document: &PolicyDocument, account: Option<AccountId>) -> bool {
    let mut accounts = entries(document).filter_map(account_in);
    let mut open = placeholder_accounts(document);
    open.any(|entry| !is_of_stack(entry)) && accounts.any(|other| account != Some(other))
}

/// The policy with another account than the key's in place of each placeholder that names one as a whole.
pub fn as_foreign(
    document: &PolicyDocument,
    account: Option<AccountId>,
    partition: Option<&str>,
) -> Rendered {
    let own = account.or_else(|| only_account(document));
    let of_key = own.unwrap_or(AccountId::PLACEHOLDER);
    let foreign = |entry: &PrincipalEntry| match stands_for(&entry.text().value) {
        StandsFor::Account if !is_of_stack(entry) => AccountId::OTHER_PLACEHOLDER,
        StandsFor::Account | StandsFor::User | StandsFor::Role => of_key,
    };
    with_stand_ins(document, of_key, foreign, partition)
}

/// Whether a placeholder names an account as a whole, which then most likely is the key's.
fn names_placeholder_account(document: &PolicyDocument) -> bool {
    placeholder_accounts(document).next().is_some()
}

/// The placeholders that name an account as a whole.
fn placeholder_accounts(document: &PolicyDocument) -> impl Iterator<Item = &PrincipalEntry> {
    entries(document).filter(|entry| {
        entry.is_placeholder()
            && account_in(entry).is_none()
            && stands_for(&entry.text().value) == StandsFor::Account
    })
}

/// Whether the account is that of the stack to which the key belongs.
fn is_of_stack(entry: &PrincipalEntry) -> bool {
    let mut reasons = entry.text().value.unknown_reasons();
    reasons.any(|reason| reason == Reason::StackAccount)
}

/// The account that is written in the text, a placeholder or not.
fn account_in(entry: &PrincipalEntry) -> Option<AccountId> {
    let written = || literal_account(&entry.text().value);
    entry.form().account().or_else(written)
}

/// The account of every principal that is named without a placeholder, where it is one.
fn only_account(document: &PolicyDocument) -> Option<AccountId> {
    let mut accounts = entries(document).filter_map(account_in);
    let first = accounts.next()?;
    accounts.all(|other| other == first).then_some(first)
}

/// Puts the stand-ins into a copy. Where the placeholder of an account is written elsewhere too, in a
/// condition or a resource, that account is meant there.
fn with_stand_ins(
    document: &PolicyDocument,
    account: AccountId,
    account_of: impl Fn(&PrincipalEntry) -> AccountId,
    partition: Option<&str>,
) -> Rendered {
    let mut document = document.clone();
    let (mut tokens, mut names) = (BTreeMap::new(), BTreeMap::new());
    for statement in &mut document.statements {
        let Some(element) = &mut statement.principal else {
            continue;
        };
        let of = |entry: PrincipalEntry| {
            if !entry.is_placeholder() {
                return entry;
            }
            let own = account_of(&entry);
            if let Some(token) = account_token(&entry.text().value) {
                tokens.insert(token.to_owned(), own);
            }
            let stand_in = stand_in(&entry, own, partition.unwrap_or("aws"));
            if !matches!(stand_in.form(), PrincipalForm::Account(_)) {
                let texts = [&stand_in, &entry].map(|entry| entry.text().value.to_string());
                let [stand_in, written] = texts;
                names.insert(stand_in, written);
            }
            stand_in
        };
        // Who may be allowed is judged as allowed, and who may be denied as not: of one of several each is
        // allowed or spared, and none is denied.
        let may_be_any = (statement.effect.value == Effect::Allow) != element.negated;
        let each = element.entries.drain(..).flat_map(|entry| {
            if may_be_any {
                alternatives(&entry)
            } else {
                vec![entry]
            }
        });
        let entries = each.map(of).collect();
        *element = PrincipalElement::new(element.negated, entries, element.span);
    }
    if !tokens.is_empty() {
        put_accounts(&mut document, &tokens);
    }
    Rendered {
        document,
        account,
        names,
    }
}

/// Each principal that the entry may name, where it is one of several.
fn alternatives(entry: &PrincipalEntry) -> Vec<PrincipalEntry> {
    let values = entry.text().value.alternatives().iter();
    values
        .map(|value| {
            let text = Text::new(value.clone(), entry.text().span);
            PrincipalEntry::new(entry.principal_type(), text)
        })
        .collect()
}

fn entries(document: &PolicyDocument) -> impl Iterator<Item = &PrincipalEntry> {
    let elements = document.statements.iter();
    let elements = elements.filter_map(|statement| statement.principal.as_ref());
    elements.flat_map(|element| &element.entries)
}

fn put_accounts(document: &mut PolicyDocument, tokens: &BTreeMap<String, AccountId>) {
    for statement in &mut document.statements {
        for condition in &mut statement.conditions {
            for value in &mut condition.values {
                put_account(&mut value.text, tokens);
            }
        }
        for pattern in statement.resource.iter_mut().flat_map(|r| &mut r.patterns) {
            put_account(&mut pattern.text, tokens);
        }
    }
}

fn put_account(text: &mut Text, tokens: &BTreeMap<String, AccountId>) {
    if !text.value.is_open() && !tokens.contains_key(&*text.value) {
        return;
    }
    text.value = with_accounts(&text.value, tokens);
}

fn with_accounts(value: &Value, tokens: &BTreeMap<String, AccountId>) -> Value {
    if let [_, _, ..] = value.alternatives() {
        let each = value.alternatives().iter();
        return Value::one_of(value, each.map(|one| with_accounts(one, tokens)));
    }
    let mut put = Writing::default();
    for segment in value.segments() {
        match (segment, tokens.get(segment.written())) {
            (_, Some(account)) => put.account(*account),
            (Segment::Known(known), None) => put.known(known),
            (Segment::Unknown(written, reason), None) => put.unknown(written, reason),
        }
    }
    put.value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicyKind, PolicyReading, StoredText};
    use crate::tree::hcl;

    /// Of one of several each is allowed or spared, and of a Deny none is reached, whichever it is.
    #[test]
    fn one_of_several_is_judged_as_what_it_may_allow() {
        const A: &str = "arn:aws:iam::111122223333:role/A";
        let element = |effect: &str, element: &str| {
            let text = format!(
                r#"x = {{ Statement = [{{ Effect = "{effect}", {element} = {{ AWS = [
                    var.p ? "{A}" : "arn:aws:iam::111122223333:root", "{A}B"] }},
                    Action = "kms:*", Resource = "*" }}] }}
"#
            );
            let root = hcl::read(&text).unwrap();
            let node = root.get("x").unwrap();
            let document = PolicyReading::of_node(node, PolicyKind::Key, StoredText::Unknown)
                .document
                .unwrap();
            let account = AccountId::parse("444455556666");
            let rendered = rendered(&document, account, None).unwrap();
            let texts = entries(&rendered.document).map(|entry| entry.text().value.to_string());
            texts.collect::<Vec<_>>()
        };
        let both = vec![
            A.to_owned(),
            "arn:aws:iam::111122223333:root".to_owned(),
            format!("{A}B"),
        ];
        assert_eq!(element("Allow", "Principal"), both);
        assert_eq!(element("Deny", "NotPrincipal"), both);
        for (effect, name) in [("Deny", "Principal"), ("Allow", "NotPrincipal")] {
            let found = element(effect, name);
            assert_eq!(found.len(), 2);
            assert!(
                found[0].starts_with("arn:aws:iam::444455556666:role/${var.p _ "),
                "{found:?}"
            );
        }
    }

    /// The principals of a policy as they stand in for these, and the account.
    fn stand_ins(principals: &[&str], account: Option<&str>) -> (Vec<String>, String) {
        let text = serde_json::json!({"Statement": {"Effect": "Allow",
            "Principal": {"AWS": principals}, "Action": "kms:*", "Resource": "*"}})
        .to_string();
        let document = PolicyReading::of_text(&text, PolicyKind::Key)
            .document
            .unwrap();
        let account = account.map(|account| AccountId::parse(account).unwrap());
        let rendered = rendered(&document, account, Some("aws-cn")).unwrap();
        let texts = entries(&rendered.document).map(|entry| entry.text().value.to_string());
        (texts.collect(), rendered.account.to_string())
    }

    #[test]
    fn placeholder_becomes_one_principal_of_the_key_s_account() {
        const OWN: &str = "111122223333";
        for (written, wanted) in [
            (
                "arn:aws:iam::${account_id}:root",
                "arn:aws:iam::111122223333:root",
            ),
            (
                "arn:${AWS::Partition}:iam::${AWS::AccountId}:root",
                "arn:aws-cn:iam::111122223333:root",
            ),
            (
                "arn:aws:iam::ACCOUNT_ID:role/a/KeyAdmin",
                "arn:aws:iam::111122223333:role/a/KeyAdmin",
            ),
            (
                "arn:aws:iam::${account}:user/${name}",
                "arn:aws:iam::111122223333:user/${name}",
            ),
            (
                "arn:aws:iam::444455556666:role/{{ admin }}",
                "arn:aws:iam::444455556666:role/{{ admin }}",
            ),
            (
                "arn:aws:sts::<account>:assumed-role/r/s",
                "arn:aws:sts::111122223333:assumed-role/r/s",
            ),
            ("${account_id}", "arn:aws-cn:iam::111122223333:root"),
            (
                "${data.aws_caller_identity.current.account_id}",
                "arn:aws-cn:iam::111122223333:root",
            ),
            (
                "${service_account_role_arn}",
                "arn:aws-cn:iam::111122223333:role/${service_account_role_arn}",
            ),
            (
                "{{ admin_user_arn }}",
                "arn:aws-cn:iam::111122223333:user/{{ admin_user_arn }}",
            ),
            ("ADMIN_ARN", "arn:aws-cn:iam::111122223333:role/ADMIN_ARN"),
            (
                "${admins[*]}",
                "arn:aws-cn:iam::111122223333:role/${admins[_]}",
            ),
        ] {
            let (found, account) = stand_ins(&[written], Some(OWN));
            assert_eq!((&*found[0], &*account), (wanted, OWN), "{written}");
        }
    }

    #[test]
    fn account_is_that_of_the_policy_where_no_placeholder_names_one() {
        let of = |principals: &[&str]| stand_ins(principals, None).1;
        let literal = "arn:aws:iam::111122223333:role/a";
        assert_eq!(of(&["${admin_arn}"]), AccountId::PLACEHOLDER.as_str());
        assert_eq!(of(&["${admin_arn}", literal]), "111122223333");
        let root = "arn:aws:iam::${account}:root";
        assert_eq!(of(&[root, literal]), AccountId::PLACEHOLDER.as_str());
        let (found, _) = stand_ins(&["arn:aws:iam::${a}:role/r"], None);
        assert_eq!(found, ["arn:aws:iam::<account-id>:role/r"]);
    }
}
