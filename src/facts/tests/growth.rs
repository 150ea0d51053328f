//! What evaluations look at grows with the length of a policy, and not with its square.

use super::*;
use crate::access::steps;

/// A statement and its element in which a list grows; of `n` items.
type Form = fn(usize) -> String;

const ROOT: &str =
    r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}"#;

fn roles(count: usize) -> String {
    let role = |number| format!(r#""arn:aws:iam::111122223333:role/path/r{number}""#);
    (0..count).map(role).collect::<Vec<_>>().join(",")
}

fn statement(effect: &str, rest: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Action":"kms:*","Resource":"*",{rest}}}"#)
}

fn each(count: usize, of: impl Fn(&str) -> String) -> String {
    let roles = roles(count);
    let statements = roles.split(',').map(of);
    statements.collect::<Vec<_>>().join(",")
}

fn tags(count: usize) -> String {
    let tag = |number| format!(r#""aws:PrincipalTag/t{number}":"x""#);
    (0..count).map(tag).collect::<Vec<_>>().join(",")
}

const FORMS: [(&str, Form); 14] = [
    ("services", |n| {
        let service = |number| format!(r#""s{number}.amazonaws.com""#);
        let services = (0..n).map(service).collect::<Vec<_>>().join(",");
        statement(
            "Allow",
            &format!(r#""Principal":{{"Service":[{services}]}}"#),
        )
    }),
    ("values that are addresses", |n| {
        let range = |number| format!(r#""10.{}.{}.0/24""#, number / 250 % 250, number % 250);
        let ranges = (0..n).map(range).collect::<Vec<_>>().join(",");
        let values = format!(r#"{{"IpAddress":{{"aws:SourceIp":[{ranges}]}}}}"#);
        statement("Allow", &format!(r#""Principal":"*","Condition":{values}"#))
    }),
    ("tags", |n| {
        let tags = format!(r#"{{"StringEquals":{{{}}}}}"#, tags(n));
        statement("Allow", &format!(r#""Principal":"*","Condition":{tags}"#))
    }),
    ("tags of a Deny", |n| {
        let tags = format!(r#"{{"StringNotEquals":{{{}}}}}"#, tags(n));
        statement("Deny", &format!(r#""Principal":"*","Condition":{tags}"#))
    }),
    ("denials, each on a tag", |n| {
        let of = |tag: &str| {
            let condition = format!(r#"{{"StringEquals":{{{tag}}}}}"#);
            statement(
                "Deny",
                &format!(r#""Principal":"*","Condition":{condition}"#),
            )
        };
        tags(n).split(',').map(of).collect::<Vec<_>>().join(",")
    }),
    ("statements", |n| {
        each(n, |role| {
            statement("Allow", &format!(r#""Principal":{{"AWS":{role}}}"#))
        })
    }),
    ("denials", |n| {
        each(n, |role| {
            statement("Deny", &format!(r#""Principal":{{"AWS":{role}}}"#))
        })
    }),
    ("principals", |n| {
        statement("Allow", &format!(r#""Principal":{{"AWS":[{}]}}"#, roles(n)))
    }),
    ("exceptions", |n| {
        statement(
            "Deny",
            &format!(r#""NotPrincipal":{{"AWS":[{}]}}"#, roles(n)),
        )
    }),
    ("exceptions beside principals", |n| {
        let principals = format!(r#""Principal":{{"AWS":[{}]}}"#, roles(n));
        let exceptions = format!(r#""NotPrincipal":{{"AWS":[{}]}}"#, roles(n));
        let one = statement("Deny", &exceptions);
        format!("{},{one},{one}", statement("Allow", &principals))
    }),
    ("statements with an exception", |n| {
        each(n, |role| {
            let listed = format!(r#"{role},"111122223333""#);
            statement("Deny", &format!(r#""NotPrincipal":{{"AWS":[{listed}]}}"#))
        })
    }),
    ("values", |n| {
        let values = format!(r#"{{"ArnLike":{{"aws:PrincipalArn":[{}]}}}}"#, roles(n));
        statement("Allow", &format!(r#""Principal":"*","Condition":{values}"#))
    }),
    ("values of a Deny", |n| {
        let values = format!(r#"{{"ArnNotLike":{{"aws:PrincipalArn":[{}]}}}}"#, roles(n));
        statement("Deny", &format!(r#""Principal":"*","Condition":{values}"#))
    }),
    ("sessions", |n| {
        each(n, |role| {
            let session = role
                .replace(":iam:", ":sts:")
                .replace("role/path", "assumed-role");
            let session = session.trim_end_matches('"');
            statement("Allow", &format!(r#""Principal":{{"AWS":{session}/s"}}"#))
        })
    }),
];

#[test]
fn evaluations_look_at_as_much_again_where_a_policy_is_twice_as_long() {
    for (name, form) in FORMS {
        // So many values are no longer compared each with each.
        let least = match name {
            _ if name.starts_with("values") => 1_000,
            // As many again as AWS has room for; twice as many are refused.
            "statements with an exception" => 100,
            _ => 200,
        };
        let counts = [1, 2, 4].map(|times| {
            let count = least * times;
            steps::take();
            facts(&format!("{ROOT},{}", form(count)));
            steps::take()
        });
        let [first, second, third] = counts;
        assert!(first > 0, "{name}");
        let doubled = |one: u64, two: u64| two * 2 <= one * 5 + 1_000;
        assert!(
            doubled(first, second) && doubled(second, third),
            "{name}: {counts:?}"
        );
    }
}
