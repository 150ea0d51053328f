//! Words where AWS takes only digits or an ARN: `arn:aws:iam::account-id:root`, `ADMIN_ROLE_ARN`.

use std::ops::Range;

use crate::aws::Arn;

/// What stands where an account would in ARNs that are complete all the same.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html>
const NAMED_ACCOUNTS: [&str; 2] = ["aws", "cloudfront"];

/// The word that stands for an account or a key's id: `arn:aws:iam::account-id:root`, `ACCOUNT_ID`,
/// `arn:aws:kms:us-east-1:111122223333:key/KEY_ID`.
pub(super) fn account(text: &str) -> Option<Range<usize>> {
    if is_upper_word(text) {
        let stands_for_account = text.contains("ACCOUNT") && has_any(text, &["ID", "NUMBER"]);
        return stands_for_account.then_some(0..text.len());
    }
    let Arn {
        service,
        account,
        resource,
        ..
    } = Arn::parse(text)?;
    let end = text.len().saturating_sub(resource.len()).saturating_sub(1);
    let is_word = account.bytes().any(|b| b.is_ascii_alphabetic())
        && !account.contains(['*', '?', '$', '{'])
        && !NAMED_ACCOUNTS.contains(&account);
    if is_word {
        return Some(end.saturating_sub(account.len())..end);
    }
    let key = resource.strip_prefix("key/").filter(|_| service == "kms")?;
    let is_word = is_upper_word(key) && has_any(key, &["KEY", "ID"]);
    is_word.then(|| text.len().saturating_sub(key.len())..text.len())
}

/// Whether the text is a word that stands for an ARN or an account.
pub(super) fn is_word(text: &str) -> bool {
    const MEANT: [&str; 8] = [
        "ACCOUNT",
        "ADMIN",
        "ARN",
        "KEY",
        "PRINCIPAL",
        "ROLE",
        "USER",
        "RESOURCE",
    ];
    is_upper_word(text) && has_any(text, &MEANT)
}

/// `ADMIN_ROLE_ARN`, `YOUR-ACCOUNT-ID`, `ACCOUNT`: no id of AWS has only such letters.
fn is_upper_word(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_uppercase() || matches!(b, b'_' | b'-');
    text.len() > 2 && text.bytes().all(fits)
}

fn has_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}
