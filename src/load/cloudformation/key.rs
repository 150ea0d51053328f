//! Keys and replica keys of a template.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html>

use std::sync::Arc;

use crate::aws::key::{ApiEnum, KeySpec, KeyUsage, MultiRegionKeyType, Origin, Reported};
use crate::inventory::{
    Address, DeclaredPolicy, DeclaredResource, DeclaringTool, Key, KeyMetadata, Located, Provenance,
};
use crate::policy::PolicyKind;
use crate::text::{InputError, Location};
use crate::tree::{Content, Step};

use super::Reader;
use super::condition::Case;
use super::function::scalar;
use super::resolve::Resolver;
use super::template::Resource;

impl<'t, 'a> Reader<'_, 't, 'a> {
    /// Reads a key in one case of the template's conditions.
    pub(super) fn key(
        &mut self,
        resource: Resource<'t, 'a>,
        resolver: &Resolver<'_, 't, 'a>,
        case: &Case,
    ) {
        let name = self.name(resource, &[]);
        let node = resource.property("KeyPolicy");
        let policy = node.and_then(|node| self.policy(resolver, (node, PolicyKind::Key), &name));
        let at = self.document.at(resource.id_span);
        let declared = DeclaredResource {
            tool: DeclaringTool::CloudFormation,
            resource_type: resource.kind.to_owned(),
            address: resource.id.to_owned(),
            waiting_period: self.days(resource, resolver),
            policy: match (&policy, node) {
                (Some(_), _) => DeclaredPolicy::Written,
                (None, None) => DeclaredPolicy::Default,
                (None, Some(_)) => DeclaredPolicy::Unknown,
            },
            planned: None,
            at,
        };
        let mut path = [&self.document.path[..], &Self::path(resource)].concat();
        path.extend(case.description().map(Step::Key));
        let key = Key {
            name,
            address: Address {
                source: self.document.source,
                path: path.into(),
            },
            provenance: Provenance::Declared,
            declared: Some(Arc::new(declared)),
            stack_removal: Some(Arc::new(self.removal(resource, resolver))),
            account: self.template.given.account,
            metadata: Arc::new(self.metadata(resource, resolver)),
            policy,
            ..self.document.key(at)
        };
        let same = |other: &Key| {
            let seen = |key: &Key| {
                format!(
                    "{:?}",
                    (
                        &key.policy,
                        &key.declared,
                        &key.metadata,
                        &key.stack_removal
                    )
                )
            };
            other.name == key.name && seen(other) == seen(&key)
        };
        if !self.contents.keys.iter().any(same) {
            self.contents.keys.push(key);
        }
    }

    /// `PendingWindowInDays`, where it is known. What is no number of days is complained of.
    fn days(
        &mut self,
        resource: Resource<'t, 'a>,
        resolver: &Resolver<'_, 't, 'a>,
    ) -> Option<Located<i64>> {
        let node = resource.property("PendingWindowInDays")?;
        let window = resolver.resolve(node)?;
        if matches!(window.value, Content::Deferred(_)) {
            return None;
        }
        let Some(value) = scalar(&window).and_then(|text| text.parse().ok()) else {
            let message = "`PendingWindowInDays` must be a number of days";
            let error = InputError::new(node.span, message).label("not a number of days");
            self.complain(error.help("AWS KMS takes 7 to 30 days, and 30 where it is left out"));
            return None;
        };
        let at = self.document.at(node.span);
        Some(Located { value, at })
    }

    /// What is known of the key. Its tags are not: those of the stack are its own, too.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html>
    fn metadata(&self, resource: Resource<'t, 'a>, resolver: &Resolver<'_, 't, 'a>) -> KeyMetadata {
        let property = |name: &str| {
            let node = resource.property(name)?;
            let at = self.document.at(node.span);
            let value = resolver.text(node)?;
            Some(Located { value, at })
        };
        let flag =
            |name: &str| Some(property(name)?.map(|value| value.eq_ignore_ascii_case("true")));
        let at = self.document.at(resource.id_span);
        let bypass = flag("BypassPolicyLockoutSafetyCheck").filter(|bypass| bypass.value);
        let bypass = bypass.map(|flag| flag.map(|_| "PutKeyPolicy"));
        if resource.kind == "AWS::KMS::ReplicaKey" {
            return KeyMetadata {
                multi_region: Some(Located { value: true, at }),
                multi_region_type: Some(Located {
                    value: Reported::Known(MultiRegionKeyType::Replica),
                    at,
                }),
                lockout_check_bypassed: bypass,
                ..KeyMetadata::default()
            };
        }
        let is_written = |name: &str| resource.property(name).is_some();
        let multi_region = match flag("MultiRegion") {
            None if is_written("MultiRegion") => None,
            None => Some(Located { value: false, at }),
            found => found,
        };
        let primary = multi_region.as_ref().filter(|of| of.value);
        KeyMetadata {
            spec: reported(
                property("KeySpec"),
                is_written("KeySpec"),
                KeySpec::SymmetricDefault,
                at,
            ),
            usage: reported(
                property("KeyUsage"),
                is_written("KeyUsage"),
                KeyUsage::EncryptDecrypt,
                at,
            ),
            origin: reported(property("Origin"), is_written("Origin"), Origin::AwsKms, at),
            multi_region_type: primary.map(|of| Located {
                value: Reported::Known(MultiRegionKeyType::Primary),
                at: of.at,
            }),
            multi_region,
            lockout_check_bypassed: bypass,
            ..KeyMetadata::default()
        }
    }
}

/// A property, or the value that AWS CloudFormation takes where it is left out.
fn reported<T: ApiEnum>(
    found: Option<Located<String>>,
    is_written: bool,
    default: T,
    at: Location,
) -> Option<Located<Reported<T>>> {
    match found {
        Some(found) => Some(Located {
            value: Reported::parse(&found.value),
            at: found.at,
        }),
        None if is_written => None,
        None => Some(Located {
            value: Reported::Known(default),
            at,
        }),
    }
}
