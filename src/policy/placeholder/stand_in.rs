//! The principal that stands in for a placeholder.
//!
//! A principal with a placeholder becomes one principal of the key's account that no other text of the
//! policy names: `arn:aws:iam::${account_id}:role/KeyAdmin` the role of that name, `${admin_arn}` a role
//! of its own, `arn:aws:iam::${account_id}:root` the account.

use crate::aws::{AccountId, Arn};
use crate::policy::{PrincipalEntry, PrincipalType, Text};
use crate::text::Spanned;

use super::placeholders;

/// What a placeholder most likely names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StandsFor {
    Account,
    User,
    Role,
}

/// What the text of a principal stands for. Of a whole placeholder its name tells: `${account_id}`,
/// `${admin_user_arn}`; what does not tell is a role.
pub(super) fn stands_for(text: &str) -> StandsFor {
    let kind = match parts(text) {
        Some([_, _, _, _, _, "root"]) => return StandsFor::Account,
        Some([.., resource]) => resource,
        None => text,
    };
    let name = kind.to_ascii_lowercase();
    let names = |word: &str| name.contains(word);
    if name.starts_with("role/") || name.starts_with("assumed-role/") {
        StandsFor::Role
    } else if name.starts_with("user/") {
        StandsFor::User
    } else if names("role") {
        StandsFor::Role
    } else if names("root") || names("account") || names("acct") {
        StandsFor::Account
    } else if names("user") {
        StandsFor::User
    } else {
        StandsFor::Role
    }
}

/// The six parts of an ARN; colons inside placeholders part nothing.
fn parts(text: &str) -> Option<[&str; 6]> {
    let ranges = placeholders(text);
    let is_inside = |at: &usize| ranges.iter().any(|range| range.contains(at));
    let mut colons = memchr::memchr_iter(b':', text.as_bytes()).filter(|at| !is_inside(at));
    let mut parts = [""; 6];
    let mut start = 0_usize;
    for part in parts.iter_mut().take(5) {
        let colon = colons.next()?;
        *part = text.get(start..colon)?;
        start = colon.saturating_add(1);
    }
    if let Some(last) = parts.last_mut() {
        *last = text.get(start..)?;
    }
    (parts.first() == Some(&"arn")).then_some(parts)
}

/// The principal of this account that stands in for a placeholder.
pub(super) fn stand_in(
    entry: &PrincipalEntry,
    account: AccountId,
    partition: &str,
) -> PrincipalEntry {
    let written = &*entry.text().value;
    let text = if entry.principal_type() == PrincipalType::Service {
        service(written)
    } else {
        arn(written, account, partition)
    };
    let text: Text = Spanned::new(text.into(), entry.text().span);
    PrincipalEntry::stand_in(entry.principal_type(), text)
}

/// A service that a template has yet to fill in, under a name that none has.
fn service(written: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = written.chars().map(plain).collect();
    format!("{name}.placeholder.amazonaws.com")
}

fn arn(written: &str, account: AccountId, partition: &str) -> String {
    let is_complete = |part: &str| placeholders(part).is_empty();
    let parts = parts(written);
    let partition = match parts {
        Some([_, own, ..]) if is_complete(own) => own,
        _ => partition,
    };
    let account = match parts {
        Some([_, _, _, _, own, _]) if AccountId::parse(own).is_some() => own,
        _ => account.as_str(),
    };
    let resource = match parts {
        Some([.., resource]) => resource,
        None => written,
    };
    let name = without_inner_wildcards(resource);
    let has_kind = |kind: &str| name.starts_with(kind);
    match stands_for(written) {
        StandsFor::Account => format!("arn:{partition}:iam::{account}:root"),
        StandsFor::Role | StandsFor::User if has_kind("role/") || has_kind("user/") => {
            format!("arn:{partition}:iam::{account}:{name}")
        }
        StandsFor::Role if has_kind("assumed-role/") && Arn::parse(written).is_some() => {
            format!("arn:{partition}:sts::{account}:{name}")
        }
        StandsFor::User => format!("arn:{partition}:iam::{account}:user/{name}"),
        StandsFor::Role => format!("arn:{partition}:iam::{account}:role/{name}"),
    }
}

/// The text with `_` for what AWS would take for a wildcard inside of a placeholder: `${admins[*]}`.
fn without_inner_wildcards(text: &str) -> String {
    let ranges = placeholders(text);
    let inside = |at: usize| ranges.iter().any(|range| range.contains(&at));
    text.char_indices()
        .map(|(at, c)| {
            if matches!(c, '*' | '?') && inside(at) {
                '_'
            } else {
                c
            }
        })
        .collect()
}

/// The account that stands in the ARN as digits.
pub(super) fn literal_account(text: &str) -> Option<AccountId> {
    let [_, _, _, _, account, _] = parts(text)?;
    AccountId::parse(account)
}

/// The placeholder that stands for the account, where it has a name: two `%s` need not be the same.
pub(super) fn account_token(text: &str) -> Option<&str> {
    let token = match parts(text) {
        Some([_, _, _, _, account, _]) => account,
        None if stands_for(text) == StandsFor::Account => text,
        None => return None,
    };
    let ranges = placeholders(text);
    let start = text
        .len()
        .checked_sub(token.len())
        .map(|_| text.find(token))??;
    let is_whole = ranges.contains(&(start..start.saturating_add(token.len())));
    let named = token.bytes().filter(u8::is_ascii_alphanumeric).count() > 1;
    (is_whole && named).then_some(token)
}
