//! Requests for an action that this version does not know: AWS may have added it since.

use crate::access::{Explained, GivenPolicies};
use crate::aws::data::NOT_KNOWN;
use crate::aws::{KmsAction, action};
use crate::eval::{CaseSet, Evaluation, Examples, PolicyRef, Request, deciding, explain};
use crate::policy::{ActionElement, ActionPattern, Effect, PolicyDocument, Statement};
use crate::text::{SourceId, Span, Spanned};

/// A name that may be an action that AWS has added since the tables of this version.
///
/// What the action does, on what it acts and which condition keys it supplies is not known. So no
/// denial of it counts, and what would allow it makes the answer conditional; where nothing would,
/// it is denied, since IAM allows nothing by default:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownAction {
    /// As a policy spells it, such as `kms:Foo`.
    qualified: String,
}

/// The action that is asked about instead: it acts on one key, reaches across accounts, and
/// supplies no condition keys of its own.
const STAND_IN: KmsAction = KmsAction::DescribeKey;

impl UnknownAction {
    /// Nothing where the name is a slip, is of another service, or cannot be an action.
    pub fn parse(text: &str) -> Option<Self> {
        let qualified = if text.contains(':') {
            text.to_owned()
        } else {
            format!("kms:{text}")
        };
        let of_kms = |(service, _): (&str, &str)| service.eq_ignore_ascii_case("kms");
        let is_name = qualified.split_once(':').is_some_and(of_kms)
            && !qualified.contains(['*', '?'])
            && KmsAction::from_name(&qualified).is_none();
        (is_name && action::may_be_newer(&qualified)).then_some(Self { qualified })
    }

    /// The name as a policy spells it.
    pub fn qualified(&self) -> &str {
        &self.qualified
    }

    /// What is to be said of it.
    pub fn sentence(&self) -> String {
        format!("`{}` is an action {NOT_KNOWN}", self.qualified)
    }

    /// The action that a request for this one has to name.
    pub const fn stand_in() -> KmsAction {
        STAND_IN
    }

    /// The policies as they are about the stand-in: each statement in its place, with an effect where it
    /// allows the unknown action.
    pub(super) fn read(&self, given: &GivenPolicies) -> GivenPolicies {
        let mut read = given.clone();
        let lists = read.scps.iter_mut().chain(&mut read.rcps);
        let lists = lists
            .chain([&mut read.identity])
            .chain(&mut read.boundary)
            .chain(&mut read.session);
        let named = lists.flatten().map(|policy| &mut policy.document);
        for document in named.chain(&mut read.key_policy) {
            rewrite(document, &self.qualified);
        }
        read
    }

    /// Decides a request for it, which names the stand-in, and says why.
    pub fn explain(
        &self,
        request: &Request,
        given: &GivenPolicies,
        file: &dyn Fn(PolicyRef) -> Option<SourceId>,
    ) -> Explained {
        let mut explanation = explain(request, &self.read(given).policies());
        explanation.evaluation = open(explanation.evaluation);
        explanation.deciding = deciding(&explanation.evaluation);
        explanation.examples = Examples::default();
        let explained = Explained::new(request, &explanation, &given.policies(), file);
        explained.of_unknown(&self.qualified, self.sentence())
    }
}

/// What would be allowed is conditional.
pub(super) fn open(mut evaluation: Evaluation) -> Evaluation {
    evaluation.decisions = evaluation.decisions.in_doubt(CaseSet::ALL);
    evaluation
}

/// Leaves an effect to the statements that allow the action.
fn rewrite(document: &mut PolicyDocument, name: &str) {
    for statement in &mut document.statements {
        let action = statement.action.as_ref();
        let covers = action.filter(|action| action.covers_name(name));
        let allows = statement.effect.value == Effect::Allow;
        statement.action = covers
            .filter(|_| allows)
            .map(|action| about_stand_in(action.span));
        drop_conditions_of_kms(statement);
    }
}

fn about_stand_in(span: Span) -> ActionElement {
    let text = Spanned::new(STAND_IN.qualified().into(), span);
    ActionElement::new(false, vec![ActionPattern::new(text)], span)
}

/// Which condition keys of KMS the action supplies is not known, so their conditions may hold.
fn drop_conditions_of_kms(statement: &mut Statement) {
    let is_of_kms = |key: &str| {
        let service = key.split_once(':').map(|(service, _)| service);
        service.is_some_and(|service| service.eq_ignore_ascii_case("kms"))
    };
    let conditions = &mut statement.conditions;
    conditions.retain(|condition| !is_of_kms(&condition.key.value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_could_be_an_action_of_kms_is_one() {
        for text in ["kms:Frobnicate", "KMS:frobnicate", "Frobnicate"] {
            assert!(UnknownAction::parse(text).is_some(), "{text}");
        }
        for text in [
            "kms:Decrypt",
            "kms:DeleteKey",
            "kms:Decryptt",
            "kms:Frob*",
            "kms:",
            "kms:Frob nicate",
            "s3:Frobnicate",
            "",
        ] {
            assert_eq!(UnknownAction::parse(text), None, "{text}");
        }
    }
}
