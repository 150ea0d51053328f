//! A statement of a policy, as answers speak of it.

use std::fmt;

use serde::Serialize;

use crate::eval::{Layer, PolicyRef, PolicySet};
use crate::policy::Effect;

/// A policy, as answers speak of it. The batch protocol spells it `key_policy`, `session_policy`,
/// `identity/NAME`, `boundary/NAME`, `scp/LEVEL/NAME` or `rcp/LEVEL/NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyReference {
    /// What the policy takes part as.
    pub layer: Layer,
    /// Level from the organization's root, from 0; always 0 but for SCPs and RCPs.
    pub level: usize,
    /// Its name, which a key policy and a session policy need not have.
    pub name: Box<str>,
}

impl fmt::Display for PolicyReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { level, name, .. } = self;
        match self.layer {
            Layer::KeyPolicy => f.write_str("key_policy"),
            Layer::Session => f.write_str("session_policy"),
            Layer::Identity => write!(f, "identity/{name}"),
            Layer::Boundary => write!(f, "boundary/{name}"),
            Layer::Scp => write!(f, "scp/{level}/{name}"),
            Layer::Rcp => write!(f, "rcp/{level}/{name}"),
        }
    }
}

impl Serialize for PolicyReference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementReference {
    /// The policy.
    pub policy: PolicyReference,
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
        let found = document.statements.get(statement)?;
        Some(Self {
            policy: PolicyReference {
                layer: policy.layer,
                level: policy.level,
                name: name.into(),
            },
            index: statement,
            sid: found.sid.as_ref().map(|sid| sid.value.to_string()),
            effect: found.effect.value,
        })
    }
}
