//! What depends on the key and on the class of its caller alone: whether a condition of a policy
//! holds, and whether a resource pattern covers the key.

use std::sync::LazyLock;

use crate::aws::{KmsAction, PrincipalKind};
use crate::eval::{
    CaseSet, FROM_KEY, KeyIdentity, Request, RequestContext, Truth, condition_holds,
    resource_covers,
};
use crate::policy::{Condition, PolicyDocument, ResourcePattern};

use super::candidate::Candidate;
use super::identities::Identities;
use super::key::AskedKey;
use super::synthetic_caller::EVERY_CLASS;

/// For which cases a condition holds for callers of some classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConditionCases {
    /// The cases for which it surely holds for callers of each class.
    pub(crate) surely: CaseSet,
    /// The cases for which it may hold for callers of some class.
    pub(crate) maybe: CaseSet,
}

impl AskedKey<'_> {
    /// The request for which a condition is evaluated, for callers of this class. If the key cannot decide
    /// whether the condition holds, it is a request for any key, which is made once.
    fn probe_of(&self, condition: &Condition, class: PrincipalKind) -> Option<&Request> {
        static ANY_KEY: LazyLock<[Option<Request>; EVERY_CLASS.len()]> = LazyLock::new(|| {
            let any = AskedKey::new(KeyIdentity::default(), RequestContext::open(), None);
            EVERY_CLASS.map(|class| any.probe(class).cloned())
        });
        if self.decides_about(condition) {
            return self.probe(class);
        }
        ANY_KEY.get(position(class)?)?.as_ref()
    }

    /// Whether what is known of the key, or who is asked about it, can decide whether the condition holds.
    fn decides_about(&self, condition: &Condition) -> bool {
        let key = &*condition.key.value;
        let mut values = condition.values.iter();
        !key.is_ascii()
            || key.eq_ignore_ascii_case("aws:PrincipalArn")
            || FROM_KEY.iter().any(|own| own.eq_ignore_ascii_case(key))
            || self.context.is_complete()
            || self.context.is_closed_to(key)
            || self.context.get(key).is_some()
            || values.any(|value| value.text.value.contains('{'))
    }

    /// A request for `ScheduleKeyDeletion` with every day count by a caller of this class; nothing
    /// where the class is none of [`EVERY_CLASS`].
    fn probe(&self, class: PrincipalKind) -> Option<&Request> {
        let made = self.probes.get(position(class)?)?.get_or_init(|| {
            let (account, nobody) = (self.account_text(), Identities::default());
            let any = Candidate::any(class, &account, self.seen(), &nobody)?;
            let any = any.of_any_account();
            Some(any.request(KmsAction::ScheduleKeyDeletion, self))
        });
        made.as_ref()
    }

    /// When the condition of this policy holds for callers of these classes.
    pub(crate) fn condition_cases(
        &self,
        condition: &Condition,
        policy: &PolicyDocument,
        classes: &[PrincipalKind],
    ) -> ConditionCases {
        let (mut surely, mut maybe) = (CaseSet::ALL, CaseSet::NONE);
        let probes = classes.iter();
        for request in probes.filter_map(|class| self.probe_of(condition, *class)) {
            let holds = condition_holds(condition, request, policy);
            surely = surely & holds.surely();
            maybe = maybe | holds.maybe();
        }
        ConditionCases { surely, maybe }
    }

    /// Whether the resource pattern of this policy covers the key; nothing where that is not known.
    pub(crate) fn is_covered_by(
        &self,
        pattern: &ResourcePattern,
        policy: &PolicyDocument,
    ) -> Option<bool> {
        match self.covered_by(pattern, policy) {
            Truth::Yes => Some(true),
            Truth::No => Some(false),
            Truth::Unknown => None,
        }
    }

    pub(super) fn covered_by(&self, pattern: &ResourcePattern, policy: &PolicyDocument) -> Truth {
        if pattern.is_everything() {
            return Truth::Yes;
        }
        if pattern.text.value.is_open() {
            return Truth::Unknown;
        }
        let request = self.probe(PrincipalKind::Role);
        request.map_or(Truth::Unknown, |request| {
            resource_covers(pattern, request, policy)
        })
    }
}

fn position(class: PrincipalKind) -> Option<usize> {
    EVERY_CLASS.iter().position(|own| *own == class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{KeyArn, condition_key};
    use crate::policy::{PolicyKind, PolicyReading};

    const KEY: &str =
        "arn:aws:kms:eu-central-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";

    /// Conditions about which the key decides nothing hold for any key when they hold for this one.
    #[test]
    fn what_is_found_for_any_key_is_found_for_each() {
        let mut context = RequestContext::open();
        context.set("kms:KeySpec", ["SYMMETRIC_DEFAULT"]);
        context.close_prefix("aws:ResourceTag/");
        let identity = KeyIdentity::of(KeyArn::parse(KEY).unwrap());
        let key = AskedKey::new(identity, context, None);
        let (mut of_any, mut of_this) = (0, 0);
        for row in condition_key::all() {
            let prefix = row.name.ends_with('/') || row.name.ends_with(':');
            let name = [row.name, if prefix { "x" } else { "" }].concat();
            for (operator, value) in [
                ("StringEquals", "111122223333"),
                ("StringNotLike", "a*"),
                ("StringLike", "${aws:ResourceAccount}"),
                ("ArnLike", "arn:aws:iam::111122223333:role/*"),
                ("BoolIfExists", "true"),
                ("Null", "true"),
                ("NumericLessThan", "20"),
                ("ForAllValues:StringEquals", "alias/a"),
                ("ForAnyValue:StringLike", "*"),
            ] {
                let text = format!(
                    r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*",
                        "Condition":{{"{operator}":{{"{name}":"{value}"}}}}}}}}"#
                );
                // KMS takes no `ForAllValues` with some keys.
                let Ok(policy) = PolicyReading::of_text(&text, PolicyKind::Key).document else {
                    continue;
                };
                let condition = &policy.statements[0].conditions[0];
                for class in EVERY_CLASS {
                    let holds =
                        |of: Option<&Request>| condition_holds(condition, of.unwrap(), &policy);
                    let found = holds(key.probe_of(condition, class));
                    assert_eq!(found, holds(key.probe(class)), "{class:?} {text}");
                }
                let counted = if key.decides_about(condition) {
                    &mut of_this
                } else {
                    &mut of_any
                };
                *counted += 1;
            }
        }
        assert!(of_any > 200 && of_this > 20, "{of_any} {of_this}");
    }
}
