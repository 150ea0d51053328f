//! Values of a key that may show one side of a conditional answer.

use std::collections::BTreeSet;

use crate::aws::{AccountId, KeyArn};
use crate::policy::{Condition, Moment, Piece, PrincipalElement, PrincipalForm, Statement, pieces};

use super::scope::{PRINCIPAL_ARN, Scope, USER_ID};
use super::settle::{Choices, Domain, Tested, Texts, depends_on_own_key, kind};
use super::{Evaluation, PolicySet, Request, possible};

/// The time of a request in seconds since 1970.
const EPOCH_TIME: &str = "aws:EpochTime";

/// How many values that no condition tells apart are tried of one key: not every one goes together with
/// the values of other keys.
const MOST_ALIKE: usize = 3;

/// Values of the key that the conditions tell apart and that AWS could supply; absence last, since an
/// example that names a value says more. Complete where one of every kind is among them that this version
/// knows of.
pub(super) fn candidates(
    key: &str,
    request: &Request,
    policies: &PolicySet<'_>,
    evaluation: &Evaluation,
) -> Choices {
    let Asked { tested, elsewhere } = Asked::of(key, request, policies, evaluation);
    let domain = Domain::usual(key, request);
    let some = domain.as_ref().map(|domain| domain.some(&tested));
    let every = domain.as_ref().map(|domain| domain.all(&tested));
    let every = every.unwrap_or_default();
    let mut all = some.unwrap_or_default();
    all.extend(every.values);
    all.extend(elsewhere);
    let by_itself = |(condition, scope): &Tested<'_>| depends_on_own_key(condition, scope);
    let complete = every.complete && tested.iter().all(by_itself);
    all.retain(|values| possible::could_be(key, values, request));
    all.sort_by_key(Vec::is_empty);
    let mut seen = BTreeSet::new();
    all.retain(|values| seen.insert(values.clone()));
    // Which values of these go together with others no condition tells.
    if key.to_ascii_lowercase().starts_with("kms:key") || is_time(key) {
        return Choices {
            values: all,
            complete,
        };
    }
    // What AWS does not document is told apart only where the context is complete.
    let closed = Request {
        context: request.context.completed(),
        ..request.clone()
    };
    let of_complete = tested
        .iter()
        .map(|(condition, scope)| (*condition, scope.of(&closed)));
    let firm: Vec<Tested<'_>> = of_complete.collect();
    let mut kinds = Vec::new();
    all.retain(|values| {
        let kind = (kind(values, &tested), kind(values, &firm));
        let alike = kinds.iter().filter(|known| **known == kind).count();
        kinds.push(kind);
        alike < MOST_ALIKE
    });
    Choices {
        values: all,
        complete,
    }
}

/// What the policies ask of a key.
#[derive(Default)]
struct Asked<'p> {
    /// The conditions on it.
    tested: Vec<Tested<'p>>,
    /// Values that it is compared with in other ways.
    elsewhere: Vec<Texts>,
}

impl<'p> Asked<'p> {
    fn of(
        key: &str,
        request: &'p Request,
        policies: &PolicySet<'p>,
        evaluation: &Evaluation,
    ) -> Self {
        let mut asked = Self::default();
        for matched in &evaluation.matches {
            let Some(document) = policies.document(matched.policy) else {
                continue;
            };
            let Some(statement) = document.statements.get(matched.statement) else {
                continue;
            };
            let scope = Scope::new(request, document.kind, document.replaces_variables())
                .of_effect(matched.effect)
                .about(matched.part);
            asked.statement(key, statement, scope);
        }
        let id = request.key.arn.as_ref().map(KeyArn::key_id);
        asked.elsewhere.extend(id.map(|id| vec![id.into()]));
        asked
    }

    fn statement(&mut self, key: &str, statement: &'p Statement, scope: Scope<'p>) {
        let request = scope.request;
        if key.eq_ignore_ascii_case(USER_ID) {
            let elements = statement.principal.iter();
            self.elsewhere
                .extend(elements.flat_map(|element| ids(element, request)));
        }
        if key.eq_ignore_ascii_case(PRINCIPAL_ARN) {
            let elements = statement.principal.iter();
            let roles = elements.flat_map(|element| roles(element, request));
            self.elsewhere.extend(roles.map(|role| vec![role.into()]));
        }
        for condition in &statement.conditions {
            let other = &*condition.key.value;
            if other.eq_ignore_ascii_case(key) {
                self.tested.push((condition, scope));
            } else if in_variables(condition, key) {
                self.elsewhere.extend(values_of(other, request));
            } else if is_time(key) && is_time(other) {
                // One time is at or before another.
                self.elsewhere
                    .extend(times(key, (condition, scope), request));
            }
        }
    }
}

/// What a key has that is compared with a variable, or could have.
fn values_of(key: &str, request: &Request) -> Vec<Texts> {
    match request.context.get(key) {
        Some(known) => known.iter().map(|value| vec![value.into()]).collect(),
        None => Domain::usual(key, request).map_or_else(Vec::new, |domain| domain.some(&[])),
    }
}

/// Keys whose values are moments of which one is not before the other.
fn is_time(key: &str) -> bool {
    ["aws:CurrentTime", EPOCH_TIME, "aws:TokenIssueTime"]
        .iter()
        .any(|name| key.eq_ignore_ascii_case(name))
}

/// The moments that a condition on another key tells apart, as the key has them.
fn times(key: &str, tested: Tested<'_>, request: &Request) -> Vec<Texts> {
    let other = Domain::usual(&tested.0.key.value, request);
    let values = other.map_or_else(Vec::new, |domain| domain.some(&[tested]));
    let moments = values
        .iter()
        .flatten()
        .filter_map(|text| Moment::parse(text));
    let is_epoch = key.eq_ignore_ascii_case(EPOCH_TIME);
    let texts = moments.map(Moment::timestamp).map(|moment| {
        if is_epoch {
            moment.as_second().to_string()
        } else {
            moment.to_string()
        }
    });
    texts.map(|text| vec![text.into()]).collect()
}

/// What `aws:userid` is of the caller where its unique id is one that the element names.
fn ids(element: &PrincipalElement, request: &Request) -> Vec<Texts> {
    let entries = element.entries.iter();
    let texts = entries.filter_map(|entry| match entry.form() {
        PrincipalForm::UniqueId(id) => possible::user_id(id, request),
        _ => None,
    });
    texts.map(|text| vec![text.into()]).collect()
}

/// The ARNs in the element that name the role of the session that calls.
fn roles<'p>(element: &'p PrincipalElement, request: &Request) -> impl Iterator<Item = &'p str> {
    let caller = request.caller.account().zip(request.caller.session());
    let is_own = move |(account, name): (AccountId, &str)| {
        caller.is_some_and(|(of, (role, _))| account == of && name.rsplit('/').next() == Some(role))
    };
    let entries = element.entries.iter().filter(move |entry| {
        matches!(entry.form(), PrincipalForm::Role(account, name) if is_own((account, name)))
    });
    entries.map(|entry| &*entry.text().value)
}

/// The ARN by which the key policy names the role of the session that calls: it tells the path, that the
/// session's own ARN leaves out.
pub(super) fn role_in_key_policy<'p>(
    policies: &PolicySet<'p>,
    request: &Request,
) -> Option<&'p str> {
    let statements = policies.key_policy?.statements.iter();
    let elements = statements.filter_map(|statement| statement.principal.as_ref());
    let mut roles = elements.flat_map(|element| roles(element, request));
    roles.find(|role| possible::could_be(PRINCIPAL_ARN, &[(*role).into()], request))
}

/// Whether a variable of the condition's values names the key.
fn in_variables(condition: &Condition, key: &str) -> bool {
    let is_key = |piece| matches!(piece, Piece::Variable { key: name, .. } if name.eq_ignore_ascii_case(key));
    let mut texts = condition.values.iter().map(|value| &*value.text.value);
    texts.any(|text| pieces(text).any(is_key))
}
