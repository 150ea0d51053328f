//! Whether a `Resource` element covers the key.

use crate::aws::Arn;
use crate::policy::{
    OpenValue, PolicyKind, Possible, ResourceElement, ResourcePattern, Text, Value, glob,
};

use super::Truth;
use super::expansion::{Expansion, as_pattern, has_variables};
use super::language::Language;
use super::reaching::can_reach;
use super::scope::{Part, Scope};
use super::shape::{Class, Shape};

/// Whether the element covers the request's key.
pub(super) fn covers(element: &ResourceElement, scope: &Scope<'_>) -> Truth {
    let listed = Truth::any(
        element
            .patterns
            .iter()
            .map(|pattern| matches(pattern, scope)),
    );
    let covered = if element.negated { !listed } else { listed };
    let mut values = element.patterns.iter().map(|pattern| &pattern.text.value);
    match covered {
        Truth::Unknown if values.any(|value| scope.is_open(value)) => Truth::Unknown,
        // Which alias it is stays unknown where the context is complete, too.
        Truth::Unknown => scope.either(Truth::No, Truth::Yes),
        truth => truth,
    }
}

/// Whether the pattern matches the key's ARN.
pub(super) fn matches(pattern: &ResourcePattern, scope: &Scope<'_>) -> Truth {
    if pattern.is_everything() {
        return Truth::Yes;
    }
    let value = &pattern.text.value;
    let open = value.open().filter(|_| scope.is_open(value));
    if let Some(Possible::OneOf(values)) = open.map(OpenValue::possible) {
        let each = values.iter().map(|one| {
            let text = Text::new(one.clone(), pattern.text.span);
            matches(&ResourcePattern { text }, scope)
        });
        return each.reduce(Truth::where_both).unwrap_or(Truth::Unknown);
    }
    let text = value.as_str();
    let read = |scope: &Scope<'_>| of_text(text, scope);
    // Names of keys in variables: see the conditions.
    let truth = if !text.is_ascii() && has_variables(text, scope) {
        scope.either(read(scope), read(&scope.folding_names()))
    } else {
        read(scope)
    };
    match (truth, open) {
        (Truth::Yes, _) | (_, None) => truth,
        _ if may_cover(value, scope) => Truth::Unknown,
        _ => Truth::No,
    }
}

/// Whether what is not known of the pattern leaves room for the key.
fn may_cover(value: &Value, scope: &Scope<'_>) -> bool {
    let pattern = &*value.with_wildcards();
    if !value.stays_one() || has_variables(pattern, scope) {
        return true;
    }
    match (scope.part, &scope.request.key.arn) {
        (Part::Account, _) => pattern.bytes().all(|byte| byte == b'*'),
        (Part::Alias, _) => true,
        (Part::Key, Some(key)) => glob(pattern, key.as_str()),
        // What is not known may have colons, so that only what stands before it says what it is.
        (Part::Key, None) => {
            let known = pattern.split('*').next().unwrap_or_default();
            match known.split(':').collect::<Vec<_>>().as_slice() {
                [_, _, service, _, ..] => *service == "kms",
                _ => true,
            }
        }
    }
}

fn of_text(text: &str, scope: &Scope<'_>) -> Truth {
    match scope.part {
        // An action without a resource needs `*`: https://docs.aws.amazon.com/service-authorization/
        Part::Account => return text.bytes().all(|byte| byte == b'*').into(),
        Part::Alias => return of_some_alias(text, scope),
        Part::Key => {}
    }
    let Some(key) = &scope.request.key.arn else {
        return of_unknown_key(text, scope);
    };
    if has_variables(text, scope) && variable_before_fifth_colon(text) {
        // Variables are for the last part only; what they do elsewhere is not documented.
        return match expanded(text, key.as_str(), scope) {
            Truth::No => Truth::No,
            Truth::Unknown | Truth::Yes => scope.undocumented(false),
        };
    }
    expanded(text, key.as_str(), scope)
}

/// The alias is one of the key's account and Region, and its name was not given.
fn of_some_alias(text: &str, scope: &Scope<'_>) -> Truth {
    let key = scope.request.key.arn.as_ref();
    let Some(key) = key.and_then(|key| Arn::parse(key.as_str())) else {
        return Truth::Unknown;
    };
    let pattern = match as_pattern(text, scope) {
        Expansion::Is(pattern) => pattern,
        Expansion::NoValue => return Truth::No,
        Expansion::Unknown => return Truth::Unknown,
    };
    let (partition, region, account) = (key.partition, key.region, key.account);
    let head = format!("arn:{partition}:kms:{region}:{account}:alias/");
    let aliases = Language::new(vec![Shape::text(&head).and_some(Class::Any)]);
    match aliases.arn(&pattern.atoms()) {
        // A `*` that ends its part may reach past the colon.
        Truth::No if pattern.can_reach() => match aliases.glob(&*pattern.atoms()) {
            Truth::Yes => scope.undocumented(true),
            truth => truth,
        },
        truth => truth,
    }
}

fn variable_before_fifth_colon(text: &str) -> bool {
    let head = text
        .match_indices(':')
        .nth(4)
        .map_or(text.len(), |(at, _)| at);
    text.find("${").is_some_and(|at| at < head)
}

fn expanded(text: &str, key: &str, scope: &Scope<'_>) -> Truth {
    let Some(arn) = Arn::parse(key) else {
        return Truth::No;
    };
    let pattern = match as_pattern(text, scope) {
        Expansion::Is(pattern) => pattern,
        Expansion::NoValue => return Truth::No,
        Expansion::Unknown => return Truth::Unknown,
    };
    if pattern.arn_parts_match(arn.parts()) {
        return Truth::Yes;
    }
    // A `*` that ends its part may reach past the colon, says the current page; the reading part
    // by part says no. Where they differ nothing is sure (SEMANTICS 1.5, U10).
    if pattern.reaches(key) {
        scope.undocumented(true)
    } else {
        Truth::No
    }
}

/// A key policy that came without its key: `*` is the key, and an ARN may or may not be its own.
fn of_unknown_key(text: &str, scope: &Scope<'_>) -> Truth {
    let account = scope.request.key.account;
    let account = account.filter(|account| !account.is_placeholder());
    let Some(arn) = Arn::parse(text) else {
        // `arn:aws:kms:*` may reach past its colons, as it may where the key is known.
        return if can_reach(text) && may_begin_an_arn(text) {
            scope.undocumented(true)
        } else {
            Truth::No
        };
    };
    let wild = |part: &str| part.contains(['*', '?', '$']);
    let kms = arn.service == "kms" && (arn.resource.starts_with("key/") || wild(arn.resource));
    let own = account.is_none_or(|own| own.as_str() == arn.account) || wild(arn.account);
    if !kms || !own {
        return Truth::No;
    }
    if scope.kind != PolicyKind::Key && arn.resource == "key/*" && arn.region == "*" {
        return account.map_or(Truth::Unknown, |_| Truth::Yes);
    }
    Truth::Unknown
}

/// Whether what stands before the first wildcard is the beginning of a key's ARN.
fn may_begin_an_arn(text: &str) -> bool {
    let plain = text.split(['*', '?']).next().unwrap_or_default();
    let mut parts = plain.split(':');
    let last = parts.next_back().unwrap_or_default();
    let mut wanted = [Some("arn"), None, Some("kms")].into_iter();
    parts.all(|part| wanted.next().flatten().is_none_or(|want| want == part))
        && wanted
            .next()
            .flatten()
            .is_none_or(|want| want.starts_with(last))
}
