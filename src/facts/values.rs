//! How single values of facts stand in a document.

use serde_json::{Value, json};

use crate::access::Decision;
use crate::aws::condition_key::ValueType;
use crate::aws::{AccountId, ActionSet, PendingWindowInDays, PrincipalKind};
use crate::document::{AsFact, Definitions, Described, Fact, Items, Vocabulary, Word, word};
use crate::policy::{Comparison, Effect, PolicyKind, PrincipalType, Quantifier};

use super::record::{ActionForm, ConditionEffect, GateAttribute, InertCause, SubjectKind};

/// Enumerations whose words serde knows, with all their values that facts can have; behind `;` the others.
macro_rules! words {
    ($($kind:ident { $($variant:ident)+ $(; $($other:ident)+)? })+) => { $(
        impl AsFact for $kind {
            fn as_fact(&self) -> Fact<'_> {
                Fact::Text(word(self).into())
            }

            fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
                words.add_text(field, word(self));
            }
        }

        impl Described for $kind {
            fn schema(definitions: &mut Definitions) -> Value {
                const ALL: &[$kind] = &[$($kind::$variant),+];
                // A new value is named here, too, or this does not compile.
                let words = ALL.iter().map(|kind| match kind {
                    $($kind::$variant)|+ $($(| $kind::$other)+)? => word(kind),
                });
                definitions.words(stringify!($kind), &words.collect::<Vec<_>>())
            }
        }
    )+ };
}

words! {
    ActionForm { Exact Wildcard Unknown OtherService Placeholder }
    ConditionEffect { Always Never ByDays Depends }
    Decision { Allowed Conditional ExplicitDeny ImplicitDeny }
    Effect { Allow Deny }
    GateAttribute { Tags Aliases }
    InertCause { Missing Principal PrincipalWildcard Action UnknownAction Resource }
    PolicyKind { Key Identity PermissionsBoundary Session ServiceControl ResourceControl }
    PrincipalKind {
        Everyone Account Role User Session FederatedUser Service UniqueId Placeholder None;
        Root AnotherAccount AnyService Holder Limited Anonymous
    }
    PrincipalType { Aws Service Federated CanonicalUser }
    Quantifier { ForAllValues ForAnyValue }
    SubjectKind { Key Policy }
    ValueType { String Numeric Date Bool Arn Ip Binary }
}

impl AsFact for Comparison {
    fn as_fact(&self) -> Fact<'_> {
        Fact::Text(self.name().into())
    }

    fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
        words.add_text(field, self.name());
    }
}

impl Described for Comparison {
    fn schema(definitions: &mut Definitions) -> Value {
        let names: Vec<_> = Self::ALL
            .iter()
            .map(|comparison| comparison.name())
            .collect();
        definitions.words("Comparison", &names)
    }
}

impl AsFact for AccountId {
    fn as_fact(&self) -> Fact<'_> {
        Fact::Text(self.as_str().into())
    }

    fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
        words.add_text(field, self.as_str());
    }
}

impl Described for AccountId {
    fn schema(definitions: &mut Definitions) -> Value {
        String::schema(definitions)
    }
}

impl AsFact for PendingWindowInDays {
    fn as_fact(&self) -> Fact<'_> {
        Fact::Integer(self.days().into())
    }

    fn note(&self, _: Option<Word>, _: &mut Vocabulary) {}
}

impl Described for PendingWindowInDays {
    fn schema(definitions: &mut Definitions) -> Value {
        definitions.named(
            "PendingWindowInDays",
            |_| json!({"description": "Days.", "type": "integer", "minimum": 7, "maximum": 30}),
        )
    }
}

impl AsFact for ActionSet {
    fn as_fact(&self) -> Fact<'_> {
        Fact::list(self)
    }

    fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
        if words.notes_texts(field) {
            for action in self {
                words.add_value(field, Word::text(action.qualified()));
            }
        }
    }
}

impl Items for ActionSet {
    fn each<'a>(&'a self, visit: &mut dyn FnMut(Fact<'a>) -> bool) {
        self.iter()
            .all(|action| visit(Fact::Text(action.qualified().into())));
    }
}

impl Described for ActionSet {
    fn schema(definitions: &mut Definitions) -> Value {
        definitions.named("ActionSet", |_| {
            json!({
                "description": "Names of KMS actions, sorted.",
                "type": "array",
                "items": {"type": "string", "pattern": "^kms:[A-Za-z]+$"}
            })
        })
    }
}
