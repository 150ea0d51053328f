//! How keys and statements are called, for whoever reads of a finding.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::aws::KeyArn;
use crate::inventory::{Inventory, Key, LoadedPolicy};
use crate::text::Location;

/// What was loaded, by the places and names by which findings speak of it. The indexes are made when
/// something is first looked up.
#[derive(Debug)]
pub struct Names<'a> {
    inventory: &'a Inventory,
    keys: OnceLock<BTreeMap<&'a str, &'a Key>>,
    statements: OnceLock<BTreeMap<Location, StatementName<'a>>>,
}

/// A statement of a loaded policy.
#[derive(Clone, Copy, Debug)]
pub struct StatementName<'a> {
    /// Its policy.
    pub policy: &'a LoadedPolicy,
    /// The policy's kind.
    pub of: PolicyOwner<'a>,
    /// Its position in the policy, from 1.
    pub number: usize,
    /// Its `Sid`, where it has one.
    pub sid: Option<&'a str>,
}

/// Whose policy a statement is in.
#[derive(Clone, Copy, Debug)]
pub enum PolicyOwner<'a> {
    /// A key.
    Key(&'a Key),
    /// Users, groups or roles: a managed policy by its ARN, an inline policy without one.
    Identity(Option<&'a str>),
    /// Nobody who was loaded, or an organization.
    Other,
}

impl<'a> Names<'a> {
    /// Of everything that was loaded.
    pub const fn new(inventory: &'a Inventory) -> Self {
        Self {
            inventory,
            keys: OnceLock::new(),
            statements: OnceLock::new(),
        }
    }

    /// The key that findings call so: by its ARN, or else by its name.
    pub fn key(&self, subject: &str) -> Option<&'a Key> {
        let keys = self.keys.get_or_init(|| {
            let keys = self.inventory.keys.iter();
            let named = keys.map(|key| {
                let arn = key.arn.as_ref().map(KeyArn::as_str);
                (arn.unwrap_or(&key.name), key)
            });
            named.collect()
        });
        keys.get(subject).copied()
    }

    /// The first alias of the key that findings call so, where one is known.
    pub fn alias(&self, subject: &str) -> Option<&'a str> {
        let aliases = self.key(subject)?.metadata.aliases.as_ref()?;
        aliases.value.first().map(String::as_str)
    }

    /// Whether a user or role with this ARN was loaded with its policies.
    pub fn has_principal(&self, arn: &str) -> bool {
        let principals = &self.inventory.principals;
        principals
            .binary_search_by(|principal| principal.arn.value.as_str().cmp(arn))
            .is_ok_and(|at| principals.get(at).is_some_and(|of| !of.is_declared))
    }

    /// How the statement is called that stands there, whole.
    pub fn statement(&self, at: Location) -> Option<StatementName<'a>> {
        let statements = self.statements.get_or_init(|| {
            self.owned()
                .flat_map(|(policy, of)| each(policy, of))
                .collect()
        });
        statements.get(&at).copied()
    }

    fn owned(&self) -> impl Iterator<Item = (&'a LoadedPolicy, PolicyOwner<'a>)> {
        let inventory = self.inventory;
        let of_keys = inventory.keys.iter();
        let of_keys = of_keys.filter_map(|key| Some((key.policy.as_ref()?, PolicyOwner::Key(key))));
        let attached = inventory.identity_policies.iter();
        let attached = attached.map(|of| (&of.policy, PolicyOwner::Identity(of.arn.as_deref())));
        let others = inventory.policies.iter();
        let others = others.chain(inventory.organization_policies.iter().map(|of| &of.policy));
        let others = others.map(|policy| (policy, PolicyOwner::Other));
        of_keys.chain(attached).chain(others)
    }
}

/// Names of keys and statements, for reports.
pub trait NameLookup: std::fmt::Debug + Sync {
    /// As [`Names::alias`].
    fn alias_of(&self, subject: &str) -> Option<&str>;
    /// As [`Names::statement`].
    fn statement_at(&self, at: Location) -> Option<StatementName<'_>>;
}

impl NameLookup for Names<'_> {
    fn alias_of(&self, subject: &str) -> Option<&str> {
        self.alias(subject)
    }

    fn statement_at(&self, at: Location) -> Option<StatementName<'_>> {
        self.statement(at)
    }
}

fn each<'a>(
    policy: &'a LoadedPolicy,
    of: PolicyOwner<'a>,
) -> impl Iterator<Item = (Location, StatementName<'a>)> {
    let statements = policy.document.statements.iter().zip(1..);
    statements.map(move |(statement, number)| {
        let at = Location {
            source: policy.source,
            span: statement.span,
        };
        let name = StatementName {
            policy,
            of,
            number,
            sid: statement.sid.as_ref().map(|sid| &*sid.value),
        };
        (at, name)
    })
}
