//! Placeholders of templates that nobody has rendered yet: `${account_id}`, `<account>`,
//! `{{ account }}`, `arn:aws:iam::ACCOUNT_ID:root`.
//!
//! Nobody can list all tools that render templates. What is found here are their delimiters (`scan`)
//! and, where AWS takes only digits or an ARN, words (`words`). Policy variables such as
//! `${aws:username}` are AWS's own and no placeholders; `$${…}` and `&{…}` are how Terraform writes
//! them.

mod rendered;
mod scan;
mod stand_in;
mod words;

use std::ops::Range;

use super::{Piece, Reason, UnknownPart, Value, pieces};

pub use rendered::{Rendered, as_foreign, may_be_foreign, rendered, rendered_foreign};

/// What is known of a text of a policy.
pub(super) fn value(text: &str) -> Value {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(range) = scan::next(text, at) {
        at = range.end;
        found.push(part(range));
    }
    if found.is_empty() {
        found.extend(words::account(text).map(part));
    }
    Value::with_unknown(text, found)
}

/// What is known of a text that AWS takes only as an ARN, an account id or `*`: a principal or a resource.
/// Words such as `ADMIN_ROLE_ARN` are placeholders there.
pub(super) fn value_or_word(text: &str) -> Value {
    let value = value(text);
    if !value.is_open() && words::is_word(text) {
        return Value::unknown(text, Reason::Word);
    }
    value
}

const fn part(at: Range<usize>) -> UnknownPart {
    UnknownPart {
        at,
        reason: Reason::Placeholder,
    }
}

/// The first policy variable in the text, for example `aws:username`.
pub fn first_variable(text: &str) -> Option<&str> {
    if !text.contains('{') {
        return None;
    }
    pieces(text).find_map(|piece| match piece {
        Piece::Variable { key, .. } if is_condition_key(key) => Some(key),
        Piece::Variable { .. } | Piece::Literal(_) | Piece::Escaped(_) => None,
    })
}

/// What stands before the colon in variables of the Serverless Framework; no service is called so.
/// <https://www.serverless.com/framework/docs/guides/variables>
const OF_SERVERLESS: [&str; 8] = ["cf", "custom", "env", "file", "opt", "param", "self", "sls"];

/// Names that the Serverless Framework has under `aws`, and IAM has not.
const OF_SERVERLESS_AWS: [&str; 2] = ["accountId", "region"];

/// `service:name`, as condition keys are called. `AWS::AccountId` is CloudFormation's.
fn is_condition_key(key: &str) -> bool {
    let Some((service, name)) = key.split_once(':') else {
        return false;
    };
    let in_service = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let is_other = OF_SERVERLESS.contains(&service)
        || service == "aws" && OF_SERVERLESS_AWS.contains(&name)
        || name.starts_with([':', '/', '$']);
    !service.is_empty() && service.chars().all(in_service) && !name.is_empty() && !is_other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_of_every_style_are_found() {
        for text in [
            "arn:aws:iam::${account_id}:root",
            "arn:${data.aws_partition.current.partition}:iam::1:root",
            "${AWS::AccountId}",
            "${aws:accountId}",
            "${env:ACCOUNT}",
            "${self:custom.account}",
            "${ssm:/accounts/prod}",
            "#{AWS::AccountId}",
            "%{ for a in accounts }",
            "<YOUR ADMIN USER ARN>",
            "<%= account %>",
            "{{ account }}",
            "{{account}}",
            "{% if x %}",
            "[[ account ]]",
            "((account))",
            "arn:aws:iam::{account}:root",
            "arn:aws:iam::{}:root",
            "arn:aws:iam::$ACCOUNT:root",
            "arn:aws:iam::$(ACCOUNT):root",
            "arn:aws:iam::%ACCOUNT%:root",
            "arn:aws:iam::%(account)s:root",
            "arn:aws:iam::%s:root",
            "arn:aws:iam::__ACCOUNT__:root",
            "arn:aws:iam::@@ACCOUNT@@:root",
            "arn:aws:iam::@ACCOUNT@:root",
            "arn:aws:iam::##ACCOUNT##:root",
            "arn:aws:iam::account-id:root",
            "arn:aws:iam::ACCOUNT_ID:root",
            "arn:aws:iam::XXXXXXXXXXXX:root",
            "ACCOUNT_ID",
            "YOUR-ACCOUNT-ID",
            "arn:aws:kms:Region:account_ID:key/key_ID",
            "arn:aws:kms:us-east-1:111122223333:key/KEY_ID",
            "arn:aws:iam::111122223333:role/[PRIVILEGED_ROLE]",
        ] {
            assert!(value(text).is_open(), "{text}");
            assert!(value(text).with_wildcards().contains('*'), "{text}");
        }
    }

    #[test]
    fn complete_texts_have_no_placeholder() {
        for text in [
            "*",
            "arn:aws:iam::111122223333:role/a",
            "arn:aws:iam::111122223333:role/my__role__x",
            "arn:aws:iam::111122223333:role/app@EXAMPLE.com",
            "arn:aws:iam::123456789:root",
            "arn:aws:iam::*:role/a",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
            "arn:aws:kms:*:111122223333:key/${aws:PrincipalTag/key, 'none'}",
            "arn:aws:kms:*:111122223333:key/${kms:ViaService}",
            "arn:aws:kms:*:111122223333:key/$${aws:username}",
            "arn:aws:kms:*:111122223333:key/&{aws:username}",
            "arn:aws:iam::${aws:PrincipalAccount}:role/a",
            "arn:aws:kms:*:key/mrk-1234abcd12ab34cd56ef1234567890ab",
            "${accounts.google.com:aud}",
            "a${*}b${?}${$}",
            "100% of keys",
            "a < b",
            "%2Fpath%20AB%CD",
            "${open",
            "TEAM_PAYMENTS",
            "",
        ] {
            assert!(!value(text).is_open(), "{text}");
        }
        assert_eq!(first_variable("a/${x}/${AWS:userid}"), Some("AWS:userid"));
        assert_eq!(first_variable("a/$${aws:userid}"), Some("aws:userid"));
        assert_eq!(first_variable("a/&{aws:userid}"), Some("aws:userid"));
        assert_eq!(first_variable("${*}"), None);
    }

    #[test]
    fn wildcards_stand_where_placeholders_stood() {
        for (text, pattern) in [
            ("arn:aws:iam::${a}:role/${b}-x", "arn:aws:iam::*:role/*-x"),
            ("arn:aws:iam::ACCOUNT_ID:root", "arn:aws:iam::*:root"),
            ("{{ lookup('a:b') }}", "*"),
            ("${join(\":\", [\"${a}\"])}/x", "*/x"),
            ("ADMIN_ROLE_ARN", "*"),
            (
                "arn:aws:iam::111122223333:root",
                "arn:aws:iam::111122223333:root",
            ),
        ] {
            assert_eq!(value_or_word(text).with_wildcards(), pattern, "{text}");
        }
    }
}
