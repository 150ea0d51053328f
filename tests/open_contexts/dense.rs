//! Random questions in which many conditions ask for the same few keys.

use serde_json::{Map, Value, json};

use super::rng::Rng;
use super::universe::{KEY, KEYS, Key, Question, SESSION, USER, WINDOW};

/// The stream of questions; it never ends, and the same seed gives the same.
pub(crate) struct Dense {
    rng: Rng,
}

impl Dense {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed),
        }
    }
}

impl Iterator for Dense {
    type Item = Question;

    fn next(&mut self) -> Option<Question> {
        let rng = &mut self.rng;
        let principal = if rng.chance(35) { SESSION } else { USER };
        let schedules = rng.chance(25);
        let action = if schedules {
            "kms:ScheduleKeyDeletion"
        } else {
            rng.pick(&["kms:DisableKey", "kms:CancelKeyDeletion", "kms:DisableKey"])
        };
        let mut keys: Vec<Key> = Vec::new();
        for _ in 0..rng.between(1, 3) {
            let key = *rng.pick(KEYS);
            let is_known = keys.iter().any(|known| known.name == key.name);
            // Sets of values have many combinations.
            let is_too_much = key.many && keys.len() > 1;
            if !(is_known || is_too_much || never_supplied(key.name) == action) {
                keys.push(key);
            }
        }
        if keys.is_empty() {
            keys.push(KEYS[1]);
        }
        let mut maker = Maker {
            rng,
            keys: &keys,
            schedules,
            principal,
        };
        let document = maker.document(action);
        Some(Question { document, keys })
    }
}

/// The action of the universe for which AWS never supplies the key.
fn never_supplied(key: &str) -> &'static str {
    match key {
        "kms:TrailingDaysWithoutKeyUsage" => "kms:CancelKeyDeletion",
        _ => "",
    }
}

struct Maker<'r> {
    rng: &'r mut Rng,
    keys: &'r [Key],
    schedules: bool,
    principal: &'static str,
}

impl Maker<'_> {
    fn document(&mut self, action: &str) -> Value {
        let mut statements = Vec::new();
        for _ in 0..self.rng.between(2, 4) {
            statements.push(self.key_statement());
        }
        let mut document = json!({
            "principal": self.principal,
            "key_arn": KEY,
            "action": action,
            "complete_context": false,
            "context": {},
            "key_policy": self.policy(statements),
        });
        let identity = self.policies(60, 2);
        document["identity_policies"] = Value::Array(identity);
        if self.rng.chance(15) {
            document["permission_boundaries"] = Value::Array(self.policies(100, 1));
        }
        if self.rng.chance(15) {
            document["scps"] = json!([self.policies(100, 1)]);
        }
        if self.rng.chance(15) {
            // A known key is no open one.
            let key = *self.rng.pick(self.keys);
            let value = self.rng.text(key.held);
            let is_own = key.name == "aws:PrincipalArn" && self.principal == USER;
            if !is_own {
                document["context"][key.name] = if key.many {
                    json!([value])
                } else {
                    json!(value)
                };
            }
        }
        document
    }

    /// A policy with these statements in a random order.
    fn policy(&mut self, mut statements: Vec<Value>) -> Value {
        self.rng.shuffle(&mut statements);
        json!({"Version": "2012-10-17", "Statement": Value::Array(statements)})
    }

    fn key_statement(&mut self) -> Value {
        let principal = match self.rng.between(0, 9) {
            0..=3 => json!("*"),
            4..=6 => json!({"AWS": "arn:aws:iam::111122223333:root"}),
            _ if self.principal == USER => json!({"AWS": USER}),
            _ => json!({"AWS": "arn:aws:iam::111122223333:role/Ops"}),
        };
        let effect = if self.rng.chance(35) { "Deny" } else { "Allow" };
        // A Deny on the account is not documented to reach its users and roles.
        let principal = if effect == "Deny" {
            json!("*")
        } else {
            principal
        };
        let mut statement = self.statement(effect, true);
        statement.insert("Principal".to_owned(), principal);
        Value::Object(statement)
    }

    fn policies(&mut self, chance: u64, most: u64) -> Vec<Value> {
        if !self.rng.chance(chance) {
            return Vec::new();
        }
        let mut statements = Vec::new();
        for _ in 0..self.rng.between(1, most) {
            let effect = if self.rng.chance(20) { "Deny" } else { "Allow" };
            statements.push(Value::Object(self.statement(effect, false)));
        }
        vec![self.policy(statements)]
    }

    fn statement(&mut self, effect: &str, in_key_policy: bool) -> Map<String, Value> {
        let mut blocks = Map::new();
        for _ in 0..self.rng.between(0, 2) {
            self.condition(&mut blocks, in_key_policy);
        }
        if self.schedules && self.rng.chance(25) {
            let operator = self
                .rng
                .text(&["NumericLessThan", "NumericGreaterThanEquals"]);
            put(&mut blocks, operator, WINDOW, json!("14"));
        }
        let mut statement = Map::new();
        statement.insert("Effect".to_owned(), json!(effect));
        statement.insert("Action".to_owned(), json!("kms:*"));
        statement.insert("Resource".to_owned(), json!("*"));
        if !blocks.is_empty() {
            statement.insert("Condition".to_owned(), Value::Object(blocks));
        }
        statement
    }

    fn condition(&mut self, blocks: &mut Map<String, Value>, in_key_policy: bool) {
        let key = *self.rng.pick(self.keys);
        // What such a key does in a key policy is not documented.
        if key.many && in_key_policy {
            return;
        }
        if self.rng.chance(12) {
            let word = self.rng.text(&["true", "false"]);
            put(blocks, "Null".to_owned(), key.name, json!(word));
            return;
        }
        let base = self.rng.text(key.operators);
        let has_opposite = base != "Bool" && !base.contains("Less") && !base.contains("Greater");
        let negated = has_opposite && self.rng.chance(40);
        let base = if negated { opposite(&base) } else { base };
        let quantifier = match self.rng.between(0, 9) {
            0 => "ForAllValues:",
            1 => "ForAnyValue:",
            2..=5 if key.many => "ForAllValues:",
            _ if key.many => "ForAnyValue:",
            _ => "",
        };
        // What the suffix does behind `ForAnyValue` is not documented.
        let suffix = if quantifier != "ForAnyValue:" && self.rng.chance(25) {
            "IfExists"
        } else {
            ""
        };
        let mut wanted = vec![self.rng.text(key.wanted)];
        if self.rng.chance(30) {
            wanted.push(self.rng.text(key.wanted));
        }
        put(
            blocks,
            format!("{quantifier}{base}{suffix}"),
            key.name,
            json!(wanted),
        );
    }
}

fn opposite(operator: &str) -> String {
    for family in ["String", "Numeric", "Date", "Arn"] {
        if let Some(rest) = operator.strip_prefix(family) {
            return format!("{family}Not{rest}");
        }
    }
    format!("Not{operator}")
}

fn put(blocks: &mut Map<String, Value>, operator: String, key: &str, wanted: Value) {
    let block = blocks.entry(operator).or_insert_with(|| json!({}));
    block[key] = wanted;
}
