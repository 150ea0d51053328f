//! Random policy values for condition operators.

use serde_json::{Value, json};

use super::context::Scene;
use super::keys::{Key, Type};
use super::rng::Rng;
use super::scalar::{date, network_of, number, other_network};

/// Makes values for one key and one positive operator.
#[derive(Clone, Copy, Debug)]
pub(super) struct Maker<'a> {
    pub(super) scene: &'a Scene,
    pub(super) key: &'a Key,
    pub(super) operator: &'a str,
    pub(super) variables: bool,
}

impl Maker<'_> {
    /// A policy value meant to match `given`.
    pub(super) fn matching(&self, rng: &mut Rng, given: &str) -> String {
        match (self.key.holds, self.operator) {
            (_, "StringEquals" | "StringEqualsIgnoreCase") => self.equal_text(rng, given),
            (_, "StringLike") => self.like(rng, given),
            (Type::Arn, _) => self.like_arn(rng, given),
            (_, name) if name.starts_with("Numeric") => number(rng, given, name, true),
            (_, name) if name.starts_with("Date") => date(rng, given, name, true),
            (Type::Address, _) => network_of(rng, given),
            _ => given.to_owned(),
        }
    }

    /// A policy value meant not to match `given`.
    pub(super) fn missing(&self, rng: &mut Rng, given: &str) -> String {
        match (self.key.holds, self.operator) {
            (_, name) if name.starts_with("Numeric") => number(rng, given, name, false),
            (_, name) if name.starts_with("Date") => date(rng, given, name, false),
            (Type::Address, _) => other_network(rng, given),
            (Type::Bool, _) if self.scene.contested && rng.chance(10) => "yes".to_owned(),
            (Type::Bool, _) => (given != "true").to_string(),
            (Type::Text, _) => self.other_text(rng, given),
            (Type::Arn, _) => self.other_arn(rng, given),
            _ => other_of_pool(rng, self.key, given),
        }
    }

    /// A value for a key that the context does not have.
    pub(super) fn pooled(&self, rng: &mut Rng) -> String {
        let given = rng.text(self.key.pool);
        self.matching(rng, &given)
    }

    fn equal_text(&self, rng: &mut Rng, given: &str) -> String {
        if self.operator == "StringEqualsIgnoreCase" && rng.chance(60) {
            return if rng.chance(50) {
                given.to_uppercase()
            } else {
                given.to_lowercase()
            };
        }
        self.variable_for(rng, given)
            .unwrap_or_else(|| given.to_owned())
    }

    /// A variable that has the value `given`, sometimes.
    fn variable_for(&self, rng: &mut Rng, given: &str) -> Option<String> {
        if !self.variables || !rng.chance(30) || given.is_empty() || given.contains(':') {
            return None;
        }
        if given.contains('*') {
            return Some(given.replace('*', "${*}"));
        }
        let own = self.key.name;
        let usable = self.key.holds == Type::Text && !own.starts_with("kms:Key") && !self.key.multi;
        match rng.between(0, 2) {
            0 if usable => Some(format!("${{{own}}}")),
            1 => Some(format!("${{aws:PrincipalTag/None, '{given}'}}")),
            _ => {
                let key = rng.text(&["aws:PrincipalTag/team", "aws:username"]);
                Some(format!("${{{key}, '{given}'}}"))
            }
        }
    }

    fn like(&self, rng: &mut Rng, given: &str) -> String {
        if let Some(variable) = self.variable_for(rng, given) {
            let tail = if rng.chance(40) { "*" } else { "" };
            return format!("{variable}{tail}");
        }
        globbed(rng, given)
    }

    /// An ARN pattern; wildcards stay in their components.
    fn like_arn(&self, rng: &mut Rng, given: &str) -> String {
        let mut parts: Vec<String> = given.splitn(6, ':').map(str::to_owned).collect();
        if let Some(resource) = parts.get_mut(5)
            && rng.chance(50)
        {
            *resource = globbed(rng, resource);
        }
        if let Some(account) = parts.get_mut(4) {
            match rng.between(0, 5) {
                0 => "*".clone_into(account),
                1 => *account = globbed(rng, account),
                2 if self.variables => "${aws:PrincipalAccount}".clone_into(account),
                _ => {}
            }
        }
        parts.join(":")
    }

    fn other_text(&self, rng: &mut Rng, given: &str) -> String {
        let shorter: String = given.chars().skip(1).collect();
        let tag = self.key.name.starts_with("aws:ResourceTag/");
        match rng.between(0, 7) {
            // What a variable brings is no pattern, whatever is in it.
            _ if tag && self.variables && rng.chance(50) => "${aws:PrincipalTag/team}".to_owned(),
            0 if self.operator != "StringEqualsIgnoreCase" => flipped(given),
            1 => format!("{given}?"),
            2 => shorter,
            3 if self.operator == "StringEquals" => format!("{given}*"),
            4 if self.operator == "StringLike" => format!("?{given}"),
            // Without variables in this version the text stands for itself.
            5 => "${aws:PrincipalTag/None}".to_owned(),
            6 if !self.variables => "${aws:username}".to_owned(),
            _ => other_of_pool(rng, self.key, given),
        }
    }

    fn other_arn(&self, rng: &mut Rng, given: &str) -> String {
        if given.contains(":store/") && rng.chance(60) {
            return "arn:aws:backup:*:111122223333:plan/*".to_owned();
        }
        match rng.between(0, 5) {
            0 => "arn:aws:iam::111122223333:role/Other*".to_owned(),
            1 => given.replace("1111", "1112"),
            2 => format!("{given}/"),
            3 => "arn:aws:iam::*:group/*".to_owned(),
            // Only under `StringLike` does a `*` cross the first five colons.
            4 => "arn:aws:backup:*:111122223333:plan/*".to_owned(),
            _ => other_of_pool(rng, self.key, given),
        }
    }
}

/// `true` or `false`, quoted or not.
pub(super) fn bool_value(rng: &mut Rng, truth: bool) -> Value {
    match rng.between(0, 3) {
        0 => json!(truth),
        1 => json!([truth.to_string()]),
        _ => json!(truth.to_string()),
    }
}

/// Numbers and booleans without their quotes.
pub(super) fn unquoted(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(unquoted).collect()),
        Value::String(text) if text == "true" || text == "false" => json!(text == "true"),
        // Longer digits are account numbers, whose zeros would count.
        Value::String(text) if text.len() < 6 && !text.starts_with('0') => text
            .parse::<u32>()
            .map_or(Value::String(text), |number| json!(number)),
        other => other,
    }
}

fn other_of_pool(rng: &mut Rng, key: &Key, given: &str) -> String {
    let others: Vec<&str> = key
        .pool
        .iter()
        .copied()
        .filter(|text| *text != given)
        .collect();
    if others.is_empty() {
        format!("{given}x")
    } else {
        rng.text(&others)
    }
}

/// `given` with the case of its letters changed; the same text if it has none.
fn flipped(given: &str) -> String {
    let upper = given.to_uppercase();
    if upper == given {
        given.to_lowercase()
    } else {
        upper
    }
}

/// A pattern that `given` matches: a run replaced by `*`, or a character by `?`.
fn globbed(rng: &mut Rng, given: &str) -> String {
    let characters: Vec<char> = given.chars().collect();
    let length = characters.len() as u64;
    if length < 2 {
        return "*".to_owned();
    }
    let start = usize::try_from(rng.between(0, length - 1)).unwrap_or(0);
    let end = usize::try_from(rng.between(start as u64, length)).unwrap_or(start);
    let before: String = characters.iter().take(start).collect();
    let after = |from: usize| characters.iter().skip(from).collect::<String>();
    match rng.between(0, 3) {
        0 => format!("{before}?{}", after(start + 1)),
        1 => format!("{before}*"),
        2 => format!("*{}", after(start)),
        _ => format!("{before}*{}", after(end)),
    }
}
