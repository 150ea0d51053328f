//! A key as it is asked about: what is known of it, and its policy.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::aws::key::{ApiEnum, MultiRegionKeyType};
use crate::aws::{AccountId, Arn, KeyArn, Reported};
use crate::eval::{KeyIdentity, RequestContext};
use crate::inventory::{Key, KeyMetadata, Located};
use crate::policy::{
    Effect, PolicyDocument, PrincipalElement, PrincipalEntry, PrincipalForm, Statement,
};
use crate::text::SourceId;

use super::synthetic_caller::{ClassRequests, SOME_ACCOUNT};
use super::tested_attributes::TestedAttributes;

/// A key as it is asked about.
#[derive(Debug)]
pub(crate) struct AskedKey<'a> {
    pub(crate) identity: KeyIdentity,
    /// What its metadata says of the request context.
    pub(crate) context: RequestContext,
    /// Its policy; nothing where none was loaded.
    pub(crate) policy: Option<&'a PolicyDocument>,
    /// The file of the policy.
    pub(crate) source: Option<SourceId>,
    /// Attributes of principals that the policy tests.
    pub(crate) tested: TestedAttributes,
    /// The policy without the ids of deleted users and roles: nobody else has such an id, and
    /// with an unknown `aws:userid` everyone might.
    /// Nothing where it names none.
    without_ids: OnceCell<Option<PolicyDocument>>,
    /// The same with what is given to everyone and no other.
    for_everyone: OnceCell<PolicyDocument>,
    /// Requests for what depends on the key and the class of its caller alone.
    pub(super) probes: ClassRequests,
}

impl<'a> AskedKey<'a> {
    pub(crate) fn new(
        mut identity: KeyIdentity,
        context: RequestContext,
        policy: Option<&'a PolicyDocument>,
    ) -> Self {
        if identity.partition().is_none() {
            identity.partition = policy.and_then(partition_of);
        }
        let mut tested = TestedAttributes::default();
        if let Some(policy) = policy {
            tested.add(policy);
        }
        Self {
            identity,
            context,
            policy,
            source: None,
            tested,
            without_ids: OnceCell::new(),
            for_everyone: OnceCell::new(),
            probes: ClassRequests::default(),
        }
    }

    /// A key as it was loaded.
    pub(crate) fn of(key: &'a Key) -> Self {
        let identity = KeyIdentity {
            arn: key.arn.clone(),
            account: key.account,
            partition: None,
        };
        let (context, policy) = (key_context(&key.metadata), key.policy.as_ref());
        Self {
            source: policy.map(|policy| policy.source),
            ..Self::new(identity, context, policy.map(|policy| &policy.document))
        }
    }

    /// What a candidate needs to know of the key.
    pub(crate) const fn seen(&self) -> (Option<AccountId>, &TestedAttributes) {
        (self.identity.account, &self.tested)
    }

    /// The key's account, or one that stands in for it.
    pub(crate) fn account_text(&self) -> String {
        let known = self.identity.account.as_ref().map(AccountId::as_str);
        known.unwrap_or(SOME_ACCOUNT).to_owned()
    }

    /// Whether the ARN is of another partition than the key, so that it names nobody who could call.
    pub(crate) fn is_elsewhere(&self, arn: &str) -> bool {
        let key = self.identity.arn.as_ref().map(KeyArn::partition);
        let own = Arn::partition_of(arn);
        own.zip(key).is_some_and(|(own, key)| own != key)
    }

    /// The policy as it is for a candidate whose id is known or is not.
    pub(super) fn policy_for(&self, has_id: bool) -> Option<&PolicyDocument> {
        if has_id {
            self.policy
        } else {
            self.without_ids()
        }
    }

    fn without_ids(&self) -> Option<&PolicyDocument> {
        let policy = self.policy?;
        let rest = self.without_ids.get_or_init(|| without_ids(policy));
        Some(rest.as_ref().unwrap_or(policy))
    }

    /// The policy without what it gives to those whom it names, for one who is asked as a part of
    /// everyone.
    pub(super) fn for_everyone(&self) -> Option<&PolicyDocument> {
        let without_ids = self.without_ids()?;
        let made = self.for_everyone.get_or_init(|| {
            let mut rest = without_ids.clone();
            let gives = |statement: &&mut Statement| {
                let element = statement.principal.as_ref();
                statement.effect.value == Effect::Allow && element.is_some_and(|of| !of.negated)
            };
            for statement in rest.statements.iter_mut().filter(gives) {
                change_entries(statement, |entry| {
                    (entry.form() == PrincipalForm::Everyone).then(|| entry.clone())
                });
            }
            rest
        });
        Some(made)
    }
}

/// The partition of the principals that a key policy names, which are of the key's: KMS takes no policy that
/// names one that does not exist.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>
pub(crate) fn partition_of(policy: &PolicyDocument) -> Option<Arc<str>> {
    let statements = policy.statements.iter();
    let elements = statements.filter_map(|statement| statement.principal.as_ref());
    let mut names = elements.flat_map(|element| element.entries.iter().map(PrincipalEntry::text));
    names.find_map(|name| {
        let known = !name.value.is_open();
        Some(Arn::partition_of(&name.value).filter(|_| known)?.into())
    })
}

/// The policy without ids, where it names any.
fn without_ids(document: &PolicyDocument) -> Option<PolicyDocument> {
    let is_id = |entry: &PrincipalEntry| matches!(entry.form(), PrincipalForm::UniqueId(_));
    let statements = document.statements.iter();
    let mut elements = statements.filter_map(|statement| statement.principal.as_ref());
    if !elements.any(|element| element.entries.iter().any(is_id)) {
        return None;
    }
    let mut rest = document.clone();
    for statement in &mut rest.statements {
        change_entries(statement, |entry| (!is_id(entry)).then(|| entry.clone()));
    }
    Some(rest)
}

/// Changes, or takes out, the entries of the statement's `Principal` or `NotPrincipal`.
pub(super) fn change_entries(
    statement: &mut Statement,
    change: impl Fn(&PrincipalEntry) -> Option<PrincipalEntry>,
) {
    if let Some(element) = &mut statement.principal {
        let entries = element.entries.iter().filter_map(change).collect();
        *element = PrincipalElement::new(element.negated, entries, element.span);
    }
}

/// The condition keys whose values follow from the key's metadata, tags and aliases.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
pub fn key_context(metadata: &KeyMetadata) -> RequestContext {
    let mut context = RequestContext::open();
    // The older names have the same values.
    let named: [(&str, Option<&str>); 5] = [
        ("kms:KeySpec", text(metadata.spec.as_ref())),
        ("kms:CustomerMasterKeySpec", text(metadata.spec.as_ref())),
        ("kms:KeyUsage", text(metadata.usage.as_ref())),
        ("kms:CustomerMasterKeyUsage", text(metadata.usage.as_ref())),
        ("kms:KeyOrigin", text(metadata.origin.as_ref())),
    ];
    for (key, value) in named {
        if let Some(value) = value {
            context.set(key, [value]);
        }
    }
    if let Some(aliases) = &metadata.aliases {
        context.set(
            "kms:ResourceAliases",
            aliases.value.iter().map(String::as_str),
        );
    }
    if let Some(tags) = &metadata.tags {
        context.close_prefix("aws:ResourceTag/");
        for (key, value) in &tags.value {
            context.set(&format!("aws:ResourceTag/{key}"), [value.as_str()]);
        }
    }
    let part = metadata.multi_region_type.as_ref();
    let multi_region = metadata.multi_region.as_ref().map(|found| found.value);
    if let Some(multi_region) = multi_region.or_else(|| part.map(|_| true)) {
        context.set("kms:MultiRegion", [multi_region.to_string()]);
        if !multi_region {
            context.absent_default("kms:MultiRegionKeyType");
        } else if let Some(part) = text::<MultiRegionKeyType>(part) {
            context.set("kms:MultiRegionKeyType", [part]);
        }
    }
    context
}

fn text<T: ApiEnum>(reported: Option<&Located<Reported<T>>>) -> Option<&str> {
    reported.map(|found| found.value.as_str())
}
