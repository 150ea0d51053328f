//! What of a key decides about users and roles that its policy does not name: keys with the same are
//! decided alike, but for what tells their ids apart.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::aws::action::ResourceLevel;
use crate::aws::{ActionSet, KmsAction};
use crate::eval::{Caller, Request, RequestContext, Truth, everything};
use crate::policy::{
    Effect, Piece, PolicyDocument, PrincipalForm, ResourcePattern, Statement, Text, pieces,
};
use crate::text::Span;

use super::key::AskedKey;
use super::synthetic_caller::SOME_ACCOUNT;

/// What policies of callers ask of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct AskedOfKeys {
    /// Condition keys that are tested or replaced, in lower case.
    pub(super) names: BTreeSet<String>,
    /// Resource patterns other than `*`.
    pub(super) patterns: BTreeSet<String>,
    /// Whether a pattern has variables or is to be filled in, so that it has to be compared with each key.
    pub(super) is_open: bool,
}

impl AskedOfKeys {
    /// Adds what a policy asks.
    pub(super) fn add(&mut self, document: &PolicyDocument) {
        for statement in &document.statements {
            self.add_conditions(statement);
            let elements = statement.resource.iter();
            for pattern in elements.flat_map(|element| &element.patterns) {
                if pattern.is_everything() {
                    continue;
                }
                let text = &pattern.text.value;
                self.is_open |= text.is_open() || text.contains('$');
                self.patterns.insert(text.as_str().to_owned());
            }
        }
    }

    fn add_conditions(&mut self, statement: &Statement) {
        for condition in &statement.conditions {
            self.names.insert(condition.key.value.to_ascii_lowercase());
            for value in &condition.values {
                let text = &value.text.value;
                for piece in pieces(text).filter(|_| text.contains('$')) {
                    if let Piece::Variable { key, .. } = piece {
                        self.names.insert(key.to_ascii_lowercase());
                    }
                }
            }
        }
    }
}

/// What is compared of a key.
#[derive(Debug)]
pub(super) struct Surface {
    /// All but its id, its aliases, its tags and what else only a condition asks of it.
    pub(super) text: String,
    /// What its request context has, for conditions of callers' policies.
    context: RequestContext,
    /// The actions that its policy may give to one that it does not name and that no own policy gives them.
    pub(super) open_to_all: ActionSet,
    /// Whether its policy was loaded; one that was not may give everyone everything.
    pub(super) has_policy: bool,
}

/// Whether the answers about the actions depend on no other resource than the key.
pub(super) fn are_about_keys(actions: &[KmsAction]) -> bool {
    let mut levels = actions.iter().map(|action| action.resource_level());
    levels.all(|level| level == ResourceLevel::Key)
}

impl Surface {
    /// Nothing for a key that has to be asked about by itself: its policy tests attributes of principals or has
    /// yet to be filled in, or its account is not known.
    pub(super) fn of(key: &AskedKey<'_>, control: &AskedOfKeys) -> Option<Self> {
        let account = key.identity.account?;
        if !key.tested.is_empty() || control.is_open {
            return None;
        }
        let caller = Caller::parse(&format!("arn:aws:iam::{SOME_ACCOUNT}:root")).ok()?;
        let action = KmsAction::ScheduleKeyDeletion;
        let (identity, context) = (key.identity.clone(), key.context.clone());
        let context = Request::open(caller, action, identity, context, None).context;
        let mut text = format!("{account}");
        if let Some(arn) = &key.identity.arn {
            let is_multi_region = arn.is_multi_region_id();
            add(&mut text, &(arn.partition(), arn.region(), is_multi_region));
        }
        let mut surface = Self {
            text,
            context,
            open_to_all: ActionSet::EMPTY,
            has_policy: key.policy.is_some(),
        };
        surface.add_values(&control.names);
        for pattern in &control.patterns {
            add(&mut surface.text, &covers(key, pattern));
        }
        match key.policy {
            Some(policy) => surface.add_policy(policy, key)?,
            None => surface.text.push_str("no policy"),
        }
        Some(surface)
    }

    fn add_values(&mut self, names: &BTreeSet<String>) {
        let values = self.values(names);
        self.text.push_str(&values);
    }

    /// What the request context has for condition keys, as text.
    pub(super) fn values(&self, names: &BTreeSet<String>) -> String {
        let mut text = String::new();
        for name in names {
            let values: Option<Vec<_>> = self.context.get(name).map(|of| of.iter().collect());
            add(&mut text, &(name, values, self.context.is_closed_to(name)));
        }
        text
    }

    /// Adds the statements that can be about one that the policy does not name.
    fn add_policy(&mut self, policy: &PolicyDocument, key: &AskedKey<'_>) -> Option<()> {
        if policy.open_values > 0 {
            return None;
        }
        add(&mut self.text, &policy.replaces_variables());
        let mut names = AskedOfKeys::default();
        for (index, statement) in policy.statements.iter().enumerate() {
            let Some(principals) = principals(statement) else {
                continue;
            };
            let everyone = principals.contains('*') || principals.starts_with('!');
            if everyone && statement.effect.value == Effect::Allow {
                self.open_to_all = self.open_to_all.union(statement.possible());
            }
            names.add_conditions(statement);
            let sid = statement.sid.as_ref().map(|sid| sid.value.as_str());
            let actions = (
                statement.covered(),
                statement.doubtful(),
                statement.possible(),
            );
            let actions: [Vec<KmsAction>; 3] =
                [actions.0, actions.1, actions.2].map(|set| set.iter().collect());
            add(
                &mut self.text,
                &(index, sid, statement.effect.value, principals, actions),
            );
            let resource = statement.resource.as_ref().map(|element| {
                let covers = |pattern: &ResourcePattern| {
                    let has_variable = pattern.text.value.contains('$');
                    (!has_variable).then(|| number(key.covered_by(pattern, policy)))
                };
                let each: Option<Vec<u8>> = element.patterns.iter().map(covers).collect();
                each.map(|each| (element.negated, each))
            });
            // A pattern with a variable has to be compared with each key.
            let resource = resource.map_or(Some(None), |found| found.map(Some))?;
            add(&mut self.text, &resource);
            for condition in &statement.conditions {
                let values = condition.values.iter();
                let values = values.map(|value| (value.text.value.as_str(), value.quoted));
                let values: Vec<_> = values.collect();
                let operator = condition.operator;
                let name = condition.key.value.as_str();
                let operator = (
                    operator.quantifier,
                    operator.comparison,
                    operator.if_exists,
                    operator.as_documented,
                );
                add(&mut self.text, &(operator, name, values));
            }
        }
        self.add_values(&names.names);
        Some(())
    }
}

/// Whom a statement is about of those whom it does not name: `*`, accounts, or all but those that a
/// `NotPrincipal` lists; nothing where it is about none of them.
fn principals(statement: &Statement) -> Option<String> {
    let Some(element) = &statement.principal else {
        return Some("?".to_owned());
    };
    let mut text = String::new();
    for entry in &element.entries {
        let is_general = matches!(
            entry.form(),
            PrincipalForm::Everyone | PrincipalForm::Account(_)
        );
        if is_general || element.negated {
            text.push(' ');
            text.push_str(&entry.text().value);
        }
    }
    if element.negated {
        return Some(format!("!{text}"));
    }
    (!text.is_empty()).then_some(text)
}

/// Appends what is compared. As JSON, what differs is written differently.
fn add(text: &mut String, what: &impl Serialize) {
    // Nothing of this fails to be written.
    text.push_str(&serde_json::to_string(what).unwrap_or_default());
}

/// Whether a pattern of a caller's policy, without variables, covers the key, as a number.
pub(super) fn covers(key: &AskedKey<'_>, pattern: &str) -> u8 {
    let text = Text::new(pattern.into(), Span::default());
    let pattern = ResourcePattern { text };
    let policy = everything().first();
    let covered = policy.map(|policy| key.covered_by(&pattern, &policy.document));
    number(covered.unwrap_or(Truth::Unknown))
}

const fn number(truth: Truth) -> u8 {
    match truth {
        Truth::No => 0,
        Truth::Yes => 1,
        Truth::Unknown => 2,
    }
}

/// Gives each text a number, the same to equal ones.
#[derive(Debug, Default)]
pub(super) struct Numbers(BTreeMap<String, usize>);

impl Numbers {
    pub(super) fn of(&mut self, text: String) -> usize {
        let next = self.0.len();
        *self.0.entry(text).or_insert(next)
    }
}
