//! The policy that a fix is about: its text beside its facts.

use serde_json::{Value as Json, json};

use crate::aws::{AccountId, KmsAction};
use crate::facts::{Access, Facts, IndexedLocation, StatementRecord};
use crate::finding::Finding;
use crate::policy::{PolicyDocument, PolicyKind};
use crate::tree::Step;
use crate::tree::edit::Draft;

use super::plan::Refusal;

/// The condition key of the waiting period.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
pub(super) const WINDOW_KEY: &str = "kms:ScheduleKeyDeletionPendingWindowInDays";

/// A policy, its text, and what is known about it.
#[derive(Debug)]
pub(super) struct Target<'a> {
    pub(super) facts: &'a Facts,
    /// The position of each statement in the file as it was read; nothing for one that is new.
    pub(super) positions: Vec<Option<usize>>,
    /// What the policy says.
    pub(super) policy: &'a PolicyDocument,
    /// The key's account.
    pub(super) account: Option<AccountId>,
    /// The organization's id, where it is configured.
    pub(super) organization: Option<&'a str>,
    /// The document in which the policy stands, unchanged.
    pub(super) draft: Draft,
    /// The way to the policy in it.
    pub(super) base: &'a [Step],
    /// The policy.
    pub(super) value: Json,
}

/// A statement as it is written.
#[derive(Debug)]
pub(super) struct Written<'t> {
    pub(super) record: &'t StatementRecord,
    /// Its position in the file as it was read; nothing where a fix added it.
    position: Option<usize>,
    pub(super) path: Vec<Step>,
    pub(super) value: &'t Json,
}

/// One operator and key of a `Condition`, as written.
#[derive(Debug)]
pub(super) struct WrittenCondition<'t> {
    pub(super) operator: &'t str,
    pub(super) key: &'t str,
    pub(super) values: &'t Json,
    pub(super) path: Vec<Step>,
}

pub(super) fn key(key: &str) -> Step {
    Step::Key(key.to_owned())
}

/// A path and one step more.
pub(super) fn then(path: &[Step], step: Step) -> Vec<Step> {
    let mut path = path.to_vec();
    path.push(step);
    path
}

/// The first of these whose place is the finding's.
pub(super) fn at_finding<'t, T>(
    finding: &Finding,
    things: impl IntoIterator<Item = &'t T>,
    at: impl Fn(&T) -> IndexedLocation,
) -> Option<&'t T> {
    let own = finding.primary.at;
    things.into_iter().find(|thing| at(thing).at == own)
}

impl Target<'_> {
    pub(super) fn draft(&self) -> Draft {
        self.draft.clone()
    }

    pub(super) fn statements_path(&self) -> Vec<Step> {
        then(self.base, key("Statement"))
    }

    /// Who can schedule deletion and is named, or granted it, where the finding stands.
    pub(super) fn schedulers(&self, finding: &Finding) -> Vec<&Access> {
        let own = finding.primary.at;
        let is_there =
            |access: &&Access| access.at.at == own || access.via.iter().any(|via| via.at.at == own);
        self.facts.access.schedule.iter().filter(is_there).collect()
    }

    /// The statement in which the finding stands.
    pub(super) fn statement_of(&self, finding: &Finding) -> Result<Written<'_>, Refusal> {
        let own = finding.primary.at;
        let inside = |record: &&StatementRecord| {
            let at = record.at.at;
            at.source == own.source
                && at.span.start <= own.span.start
                && own.span.end <= at.span.end
        };
        let record = self.facts.statements.iter().find(inside);
        let index = record.map(|record| record.index);
        self.statement(index.unwrap_or(usize::MAX))
    }

    /// The statement at that position. One that a template still has to complete is not touched.
    pub(super) fn statement(&self, index: usize) -> Result<Written<'_>, Refusal> {
        let none = || Refusal::input("the statement cannot be found in the file again");
        let record = self.facts.statements.get(index).ok_or_else(none)?;
        let statements = self.value.get("Statement").ok_or_else(none)?;
        let (path, value) = match statements {
            Json::Array(items) => {
                let value = items.get(index).ok_or_else(none)?;
                (then(&self.statements_path(), Step::Index(index)), value)
            }
            single => (self.statements_path(), single),
        };
        let mut open = self
            .policy
            .statements
            .get(index)
            .ok_or_else(none)?
            .open_texts();
        match open.next() {
            Some(text) => Err(Refusal::input(format!(
                "the statement holds the placeholder `{}`: change the template, or render it \
                 first",
                text.value
            ))),
            None => Ok(Written {
                record,
                position: self.positions.get(index).copied().flatten(),
                path,
                value,
            }),
        }
    }

    /// The position of the statement by which the key policy lets this principal schedule
    /// deletion.
    pub(super) fn grants_deletion(access: &Access) -> Option<usize> {
        let own = access.via.iter().find(|via| via.policy.is_none());
        own.map(|via| via.statement)
    }

    /// A new statement with these elements, in AWS's order.
    pub(super) fn new_statement(&self, sid: &str, elements: &[(&str, Json)]) -> Json {
        let mut statement = serde_json::Map::new();
        if let Some(sid) = self.sid(sid) {
            statement.insert("Sid".to_owned(), sid.into());
        }
        for (element, value) in elements {
            statement.insert((*element).to_owned(), value.clone());
        }
        Json::Object(statement)
    }

    /// A `Sid` in the style of the policy's, which no statement has yet; none where the policy
    /// uses none. Only key policies have blanks in them.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
    fn sid(&self, words: &str) -> Option<String> {
        let present: Vec<_> = self
            .facts
            .statements
            .iter()
            .filter_map(|s| s.sid.as_deref())
            .collect();
        if present.is_empty() {
            return None;
        }
        let blanks =
            present.iter().any(|sid| sid.contains(' ')) && self.policy.kind == PolicyKind::Key;
        let plain = if blanks {
            words.to_owned()
        } else {
            joined(words)
        };
        let gap = if blanks { " " } else { "" };
        let numbered = (2_u32..).map(|number| format!("{plain}{gap}{number}"));
        let mut candidates = std::iter::once(plain.clone()).chain(numbered);
        candidates.find(|sid| !present.contains(&sid.as_str()))
    }
}

/// `deny short waiting periods` as `DenyShortWaitingPeriods`.
fn joined(words: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    words.split(' ').map(capital).collect()
}

/// How to speak of a statement with this `Sid`, at this position of the file as it was read; that is
/// nothing for one that a fix adds.
pub(super) fn statement_in_words(sid: Option<&str>, position: Option<usize>) -> String {
    match (sid.filter(|sid| !sid.is_empty()), position) {
        (Some(sid), _) => format!("the statement `{sid}`"),
        (None, Some(position)) => format!("statement {}", position.saturating_add(1)),
        (None, None) => "an added statement".to_owned(),
    }
}

impl<'t> Written<'t> {
    /// How to speak of it.
    pub(super) fn name(&self) -> String {
        statement_in_words(self.record.sid.as_deref(), self.position)
    }

    pub(super) fn element(&self, name: &str) -> Option<&'t Json> {
        self.value.get(name)
    }

    /// The way to a value of an element that may be one value or an array of them.
    pub(super) fn value_path(&self, name: &str, index: usize) -> Vec<Step> {
        let path = then(&self.path, key(name));
        if self.element(name).is_some_and(Json::is_array) {
            then(&path, Step::Index(index))
        } else {
            path
        }
    }

    /// The position of the first action pattern that covers this action.
    pub(super) fn pattern_of(&self, action: KmsAction) -> Option<usize> {
        let actions = &self.record.actions;
        actions
            .iter()
            .position(|pattern| pattern.matches.contains(action))
    }

    /// Every operator and key, in the order of the facts.
    pub(super) fn conditions(&self) -> Vec<WrittenCondition<'t>> {
        let mut all = Vec::new();
        let Some(operators) = self.element("Condition").and_then(Json::as_object) else {
            return all;
        };
        let path = then(&self.path, key("Condition"));
        for (operator, keys) in operators {
            for (name, values) in keys.as_object().into_iter().flatten() {
                all.push(WrittenCondition {
                    operator,
                    key: name,
                    values,
                    path: then(&then(&path, key(operator)), key(name)),
                });
            }
        }
        all
    }
}

/// Gives a condition another operator and key; what else the operators hold stays.
pub(super) fn rewrite_condition(
    draft: &mut Draft,
    statement: &Written<'_>,
    condition: &WrittenCondition<'_>,
    operator: &str,
    name: &str,
) -> Result<(), Refusal> {
    let block = then(&statement.path, key("Condition"));
    let old = then(&block, key(condition.operator));
    if name != condition.key {
        draft.rename(&condition.path, name)?;
    }
    if operator == condition.operator {
        return Ok(());
    }
    let keys = draft.get(&old);
    let values = draft.get(&then(&old, key(name))).unwrap_or_default();
    let alone = keys
        .as_ref()
        .and_then(Json::as_object)
        .is_some_and(|keys| keys.len() == 1);
    let new = then(&block, key(operator));
    match (alone, draft.get(&new)) {
        (true, None) => draft.rename(&old, operator)?,
        (_, Some(other)) if other.get(name).is_some() => {
            return Err(Refusal::decide(format!(
                "decide what is meant: the statement compares `{name}` by `{operator}` already"
            )));
        }
        (alone, present) => {
            if alone {
                draft.remove(&old)?;
            } else {
                draft.remove(&then(&old, key(name)))?;
            }
            if present.is_some() {
                draft.insert_member(&new, &[], name, &values)?;
            } else {
                let value = json!({ name: values });
                draft.insert_member(&block, &[condition.operator], operator, &value)?;
            }
        }
    }
    Ok(())
}

/// Actions as a policy lists them.
pub(super) fn names(actions: impl IntoIterator<Item = KmsAction>) -> Vec<Json> {
    actions
        .into_iter()
        .map(|action| Json::from(action.qualified()))
        .collect()
}

/// Texts in backticks, as a sentence lists them.
pub(super) fn listed(texts: &[String]) -> String {
    let quoted: Vec<_> = texts.iter().map(|text| format!("`{text}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Names of actions in backticks, as a sentence lists them.
pub(super) fn listed_actions(actions: impl IntoIterator<Item = KmsAction>) -> String {
    let names: Vec<_> = actions
        .into_iter()
        .map(|a| a.qualified().to_owned())
        .collect();
    listed(&names)
}
