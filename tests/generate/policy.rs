//! Random policy documents, valid for their kind.

use serde_json::{Map, Value, json};

use super::clause::{actions, resources};
use super::condition::condition;
use super::context::Scene;
use super::rng::Rng;

/// The kinds of policy, which differ in grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Key,
    Identity,
    Boundary,
    Session,
    Scp,
    Rcp,
}

impl Kind {
    pub(super) fn allows_not_action(self) -> bool {
        self != Self::Rcp
    }

    /// ARNs of fewer than six segments: organization policies refuse them.
    pub(super) fn allows_short_arns(self) -> bool {
        !matches!(self, Self::Scp | Self::Rcp)
    }
}

/// A policy document in the making.
#[derive(Clone, Debug)]
pub(super) struct Document {
    kind: Kind,
    version: Option<&'static str>,
    statements: Vec<Value>,
}

impl Document {
    /// An empty document with a version.
    pub(super) fn new(rng: &mut Rng, kind: Kind) -> Self {
        let version = match (kind, rng.between(0, 99)) {
            (Kind::Rcp, _) | (_, 0..=85) => Some("2012-10-17"),
            (Kind::Scp, _) | (_, 86..=92) => None,
            _ => Some("2008-10-17"),
        };
        Self {
            kind,
            version,
            statements: Vec::new(),
        }
    }

    /// Adds a statement that is meant to hold for the scene, or to miss by one element.
    pub(super) fn push(&mut self, rng: &mut Rng, scene: &Scene, effect: &str, holds: bool) {
        let statement = self.body(rng, scene, effect, holds);
        self.statements.push(Value::Object(statement));
    }

    /// Gives the last statement its `Principal` or `NotPrincipal`.
    pub(super) fn name(&mut self, element: &str, principal: Value) {
        if let Some(Value::Object(statement)) = self.statements.last_mut() {
            statement.insert(element.to_owned(), principal);
        }
    }

    /// A statement without principal.
    fn body(&self, rng: &mut Rng, scene: &Scene, effect: &str, holds: bool) -> Map<String, Value> {
        // 0: the action misses, 1: the resource, 2 and more: the condition.
        let miss = if holds { None } else { Some(rng.between(0, 4)) };
        let variables = self.version == Some("2012-10-17");
        let mut statement = Map::new();
        if rng.chance(50) {
            statement.insert("Sid".to_owned(), json!(self.sid()));
        }
        statement.insert("Effect".to_owned(), json!(effect));
        let (name, entries) = actions(rng, scene, self.kind, miss != Some(0));
        statement.insert(name.to_owned(), listed(rng, &entries));
        let (name, entries) = resources(rng, scene, self.kind, effect, miss != Some(1));
        statement.insert(name.to_owned(), listed(rng, &entries));
        let condition_misses = miss.is_some_and(|element| element > 1);
        if condition_misses || rng.chance(42) {
            let holds = !condition_misses;
            statement.insert(
                "Condition".to_owned(),
                condition(rng, scene, variables, holds),
            );
        } else if rng.chance(3) {
            statement.insert("Condition".to_owned(), json!({}));
        }
        if self.kind == Kind::Key && rng.chance(2) {
            // KMS stores it, and it has no effect.
            let element = rng.text(&["Action", "Resource"]);
            statement.remove(&element);
        }
        statement
    }

    /// An identifier no other statement of the document has; only key policies may have blanks.
    fn sid(&self) -> String {
        let number = self.statements.len();
        match self.kind {
            Kind::Key => format!("Statement number {number}"),
            _ => format!("Statement{number}"),
        }
    }

    /// The document; a single statement may stand without brackets.
    pub(super) fn finish(mut self, rng: &mut Rng) -> Value {
        rng.shuffle(&mut self.statements);
        let mut document = Map::new();
        if let Some(version) = self.version {
            document.insert("Version".to_owned(), json!(version));
        }
        if self.kind == Kind::Key && rng.chance(15) {
            document.insert("Id".to_owned(), json!("key-default-1"));
        }
        let statements = match self.statements.pop() {
            Some(only) if self.statements.is_empty() && rng.chance(30) => only,
            Some(popped) => {
                self.statements.push(popped);
                json!(self.statements)
            }
            None => json!([]),
        };
        document.insert("Statement".to_owned(), statements);
        Value::Object(document)
    }
}

/// The entries as an array, or a single one without brackets.
pub(super) fn listed(rng: &mut Rng, entries: &[String]) -> Value {
    match entries {
        [only] if rng.chance(60) => json!(only),
        _ => json!(entries),
    }
}
