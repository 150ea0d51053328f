//! Principals that may administer keys.

use toml::Spanned;

use crate::text::InputError;

use super::complaint::Complaints;
use super::span;

/// The patterns that can name a principal.
pub(super) fn check(written: Vec<Spanned<String>>, complaints: &mut Complaints) -> Vec<String> {
    let mut patterns = Vec::new();
    for pattern in written {
        if names_principals(pattern.get_ref()) {
            patterns.push(pattern.into_inner());
        } else {
            let message = format!(
                "`{}` is not the ARN of a role, user or session",
                pattern.get_ref().escape_default()
            );
            complaints.add(InputError::new(span(&pattern), message).help(
                "write for example `arn:aws:iam::111122223333:role/key-admin`; `*` and `?` may \
                 stand in the account and after the type of the resource",
            ));
        }
    }
    patterns
}

/// Service and type of resource must be written out: a pattern for everyone is a mistake.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>
fn names_principals(pattern: &str) -> bool {
    let mut parts = pattern.splitn(6, ':');
    let mut next = || parts.next().unwrap_or_default();
    let (arn, partition, service, region, account) = (next(), next(), next(), next(), next());
    let resource = next();
    let types: &[&str] = match service {
        "iam" => &["role/", "user/"],
        "sts" => &["assumed-role/", "federated-user/"],
        _ => return false,
    };
    let is_named = |kind: &&str| resource.len() > kind.len() && resource.starts_with(*kind);
    let is_account = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'*' | b'?');
    arn == "arn"
        && partition.starts_with("aws")
        && region.is_empty()
        && (1..=12).contains(&account.len())
        && account.bytes().all(is_account)
        && types.iter().any(is_named)
}
