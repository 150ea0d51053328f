//! A statement of a policy, as answers speak of it.

use serde::Serialize;

use crate::eval::{Layer, PolicyRef, PolicySet};
use crate::policy::Effect;

/// A statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementReference {
    /// `key_policy`, `identity/NAME`, `boundary/NAME`, `scp/LEVEL/NAME`, `rcp/LEVEL/NAME` or
    /// `session_policy`.
    pub policy: String,
    /// Position of the statement, from 0.
    pub index: usize,
    /// Its `Sid`, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
}

impl StatementReference {
    /// Nothing where the policies have no such statement.
    pub fn of(policy: PolicyRef, statement: usize, policies: &PolicySet<'_>) -> Option<Self> {
        let (name, document) = policies.named(policy)?;
        let level = policy.level;
        let found = document.statements.get(statement)?;
        Some(Self {
            policy: match policy.layer {
                Layer::KeyPolicy => "key_policy".to_owned(),
                Layer::Session => "session_policy".to_owned(),
                Layer::Identity => format!("identity/{name}"),
                Layer::Boundary => format!("boundary/{name}"),
                Layer::Scp => format!("scp/{level}/{name}"),
                Layer::Rcp => format!("rcp/{level}/{name}"),
            },
            index: statement,
            sid: found.sid.as_ref().map(|sid| sid.value.to_string()),
            effect: found.effect.value,
        })
    }
}
