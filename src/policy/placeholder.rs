//! Placeholders of templates that nobody has rendered yet: `${account_id}`, `<account>`,
//! `{{ account }}`, `arn:aws:iam::account-id:root`.

use super::{Piece, pieces};

/// What stands where an account would in ARNs that are complete all the same.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html>
const NAMED_ACCOUNTS: [&str; 2] = ["aws", "cloudfront"];

/// Whether something of the text is still to be filled in. Policy variables such as
/// `${aws:username}` are AWS's own and no placeholders.
pub fn has_placeholder(text: &str) -> bool {
    if memchr::memchr3(b'{', b'<', b'[', text.as_bytes()).is_none() {
        return has_account_in_words(text);
    }
    has_unknown_variable(text)
        || encloses_words(text, "{{", "}}")
        || encloses_words(text, "#{", "}")
        || encloses_words(text, "%{", "}")
        || encloses_words(text, "<", ">")
        || has_bracketed_name(text)
        || has_account_in_words(text)
}

/// The first policy variable in the text, for example `aws:username`.
pub fn first_variable(text: &str) -> Option<&str> {
    if !text.contains("${") {
        return None;
    }
    pieces(text).find_map(|piece| match piece {
        Piece::Variable { key, .. } if is_condition_key(key) => Some(key),
        Piece::Variable { .. } | Piece::Literal(_) | Piece::Escaped(_) => None,
    })
}

fn has_unknown_variable(text: &str) -> bool {
    text.contains("${")
        && pieces(text)
            .any(|piece| matches!(piece, Piece::Variable { key, .. } if !is_condition_key(key)))
}

/// `service:name`, as condition keys are called. `AWS::AccountId` is CloudFormation's.
fn is_condition_key(key: &str) -> bool {
    let Some((service, name)) = key.split_once(':') else {
        return false;
    };
    let in_service = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    !service.is_empty()
        && service.chars().all(in_service)
        && !name.is_empty()
        && !name.starts_with(':')
}

/// Whether letters stand between the two.
fn encloses_words(text: &str, open: &str, close: &str) -> bool {
    let inside = text
        .split_once(open)
        .and_then(|(_, rest)| rest.split_once(close));
    inside.is_some_and(|(words, _)| words.contains(|c: char| c.is_ascii_alphabetic()))
}

/// `[PRIVILEGED_ROLE]`: no name in AWS has brackets.
fn has_bracketed_name(text: &str) -> bool {
    let inside = text
        .split_once('[')
        .and_then(|(_, rest)| rest.split_once(']'));
    let fits =
        |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | ' ');
    inside.is_some_and(|(name, _)| name.len() > 1 && name.chars().all(fits))
}

/// `arn:aws:iam::account-id:root`: accounts are numbers.
fn has_account_in_words(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    let (Some("arn"), Some(account), Some(_)) = (parts.next(), parts.nth(3), parts.next()) else {
        return false;
    };
    account.contains(|c: char| c.is_ascii_alphabetic())
        && !account.contains(['*', '?', '$'])
        && !NAMED_ACCOUNTS.contains(&account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_to_be_filled_in() {
        for text in [
            "arn:aws:iam::${account_id}:root",
            "arn:${data.aws_partition.current.partition}:iam::1:root",
            "${AWS::AccountId}",
            "#{AWS::AccountId}",
            "%{ for a in accounts }",
            "<YOUR ADMIN USER ARN>",
            "{{ account }}",
            "arn:aws:iam::account-id:root",
            "arn:aws:kms:Region:account_ID:key/key_ID",
            "arn:aws:iam::111122223333:role/[PRIVILEGED_ROLE]",
        ] {
            assert!(has_placeholder(text), "{text}");
        }
    }

    #[test]
    fn what_is_complete() {
        for text in [
            "*",
            "arn:aws:iam::111122223333:role/a",
            "arn:aws:iam::123456789:root",
            "arn:aws:iam::*:role/a",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
            "arn:aws:kms:*:111122223333:key/${aws:PrincipalTag/key, 'none'}",
            "arn:aws:iam::${aws:PrincipalAccount}:role/a",
            "arn:aws:kms:*:key/mrk-1234abcd12ab34cd56ef1234567890ab",
            "a${*}b${?}${$}",
            "${open",
            "",
        ] {
            assert!(!has_placeholder(text), "{text}");
        }
        assert_eq!(first_variable("a/${x}/${AWS:userid}"), Some("AWS:userid"));
        assert_eq!(first_variable("${*}"), None);
    }
}
