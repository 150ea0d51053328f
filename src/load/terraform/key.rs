//! A key as a resource declares it.

use std::sync::Arc;

use crate::aws::key::{ApiEnum, KeyState, MultiRegionKeyType, Origin};
use crate::aws::{AccountId, KeyArn, Reported};
use crate::inventory::{
    Address, DeclaredPolicy, DeclaredResource, DeclaringTool, Key, KeyMetadata, LoadedPolicy,
    Located, Provenance, SensitivePolicy,
};
use crate::load::contents::Contents;
use crate::load::policy::read_policy;
use crate::policy::PolicyKind;
use crate::text::{InputError, Location};
use crate::tree::{Node, Step};

use super::attributes::Attribute;
use super::key_type::KeyType;
use super::{Attributes, ResourceName};

/// A resource that is a key, at one time.
pub(super) struct KeyResource<'n, 'a> {
    pub(super) kind: &'static KeyType,
    pub(super) name: ResourceName<'n>,
    pub(super) attributes: Attributes<'n, 'a>,
    /// The way to the attributes.
    pub(super) path: Vec<Step>,
    /// Where it is named.
    pub(super) at: Location,
    /// Whether the key's tags are all among the attributes.
    pub(super) has_all_tags: bool,
}

impl KeyResource<'_, '_> {
    /// What an observed key is as the resource says it. In which state it is, a file that is older than the
    /// answers of AWS beside it cannot tell.
    pub(super) fn observed(&self, contents: &mut Contents) -> Key {
        self.key(Provenance::Observed, contents)
    }

    /// What the key will be, or is before the plan.
    pub(super) fn planned(&self, contents: &mut Contents) -> Key {
        self.key(Provenance::Planned, contents)
    }

    fn key(&self, provenance: Provenance, contents: &mut Contents) -> Key {
        let document = self.attributes.document();
        let arn = self.attributes.text("arn");
        let arn = arn.and_then(|arn| KeyArn::parse(arn.value).ok());
        let read = read_attribute(
            &self.attributes,
            self.kind.policy,
            self.name.address,
            contents,
        );
        let mut metadata = self.metadata(arn.as_ref());
        if provenance == Provenance::Planned {
            metadata.state = self.state();
        }
        Key {
            name: called(document.name, self.name.address),
            address: Address {
                source: document.source,
                path: [document.path.as_slice(), &self.path].concat().into(),
            },
            provenance,
            account: arn.as_ref().map(KeyArn::account),
            arn,
            metadata: Arc::new(metadata),
            policy: read.policy,
            sensitive_policy: read.sensitive,
            stack_removal: None,
            declared: Some(Arc::new(DeclaredResource {
                tool: DeclaringTool::Terraform,
                resource_type: self.name.kind.to_owned(),
                address: self.name.address.to_owned(),
                waiting_period: self.attributes.days(self.kind.waiting_period).map(|days| {
                    Located {
                        value: days.value.into(),
                        at: days.at,
                    }
                }),
                policy: read.declared,
                planned: None,
                at: self.at,
            })),
            at: self.at,
        }
    }

    fn metadata(&self, arn: Option<&KeyArn>) -> KeyMetadata {
        let KeyType {
            spec,
            bypass,
            tags,
            is_replica,
            ..
        } = *self.kind;
        let of = &self.attributes;
        let key_id = of.text("key_id").or_else(|| {
            let id = of.text("id")?;
            (arn.is_some_and(|arn| arn.key_id() == id.value)).then_some(id)
        });
        let multi_region = of.flag("multi_region");
        let kind = if is_replica {
            Some(self.here(MultiRegionKeyType::Replica))
        } else {
            let is_primary = multi_region.as_ref().filter(|flag| flag.value);
            is_primary.map(|flag| Located {
                value: MultiRegionKeyType::Primary,
                at: flag.at,
            })
        };
        KeyMetadata {
            key_id: key_id.as_ref().map(owned),
            spec: self.reported(spec).or_else(|| self.reported("key_spec")),
            usage: self.reported("key_usage"),
            origin: self.origin(),
            multi_region: if is_replica {
                Some(self.here(true))
            } else {
                multi_region
            },
            multi_region_type: kind.map(|kind| Located {
                value: Reported::Known(kind.value),
                at: kind.at,
            }),
            expiration: self.reported("expiration_model"),
            valid_to: of.text("valid_to").as_ref().map(owned),
            tags: of.tags(tags).filter(|_| self.has_all_tags),
            lockout_check_bypassed: of
                .flag(bypass)
                .filter(|flag| flag.value)
                .map(|flag| Located {
                    value: if is_replica {
                        "ReplicateKey"
                    } else {
                        "CreateKey"
                    },
                    at: flag.at,
                }),
            ..KeyMetadata::default()
        }
    }

    /// A key whose resource says that it is enabled is so after the plan.
    fn state(&self) -> Option<Located<Reported<KeyState>>> {
        let said = self.reported("key_state");
        said.or_else(|| {
            let enabled = self.attributes.flag(self.kind.enabled)?;
            let state = if enabled.value {
                KeyState::Enabled
            } else {
                KeyState::Disabled
            };
            Some(Located {
                value: Reported::Known(state),
                at: enabled.at,
            })
        })
    }

    fn origin(&self) -> Option<Located<Reported<Origin>>> {
        let known = |origin, at| {
            Some(Located {
                value: Reported::Known(origin),
                at,
            })
        };
        if let Some(said) = self.reported("origin") {
            return Some(said);
        }
        if let Some(origin) = self.kind.origin {
            return known(origin, self.at);
        }
        if let Some(id) = self.attributes.text("xks_key_id") {
            return known(Origin::ExternalKeyStore, id.at);
        }
        if let Some(id) = self.attributes.text("custom_key_store_id") {
            return known(Origin::AwsCloudHsm, id.at);
        }
        // A replica has the origin of its primary key, which another file declares.
        let is_plain = !self.kind.is_replica
            && self.kind.sends_waiting_period
            && self.attributes.get("custom_key_store_id") == Attribute::Absent;
        is_plain.then(|| self.here(Reported::Known(Origin::AwsKms)))
    }

    fn reported<T: ApiEnum>(&self, name: &str) -> Option<Located<Reported<T>>> {
        let text = self.attributes.text(name)?;
        Some(Located {
            value: Reported::parse(text.value),
            at: text.at,
        })
    }

    const fn here<T>(&self, value: T) -> Located<T> {
        Located { value, at: self.at }
    }
}

/// A key that only a resource beside it names, which gives it its policy: the attributes of that resource, the
/// way to them, and where it is named.
pub(super) fn key_elsewhere(
    name: &ResourceName<'_>,
    attributes: &Attributes<'_, '_>,
    (path, at): (Vec<Step>, Location),
    provenance: Provenance,
) -> Key {
    let document = attributes.document();
    let named = attributes.text("key_id");
    let arn = named
        .as_ref()
        .and_then(|named| KeyArn::parse(named.value).ok());
    let mut key = document.key(at);
    key.name = called(document.name, name.address);
    key.address.path = [document.path.as_slice(), &path].concat().into();
    key.provenance = provenance;
    key.account = arn.as_ref().map(KeyArn::account);
    let id = arn.as_ref().map(KeyArn::key_id);
    let id = id.or_else(|| named.as_ref().map(|named| named.value));
    key.metadata = Arc::new(KeyMetadata {
        key_id: id.zip(named.as_ref()).map(|(id, named)| Located {
            value: id.to_owned(),
            at: named.at,
        }),
        ..KeyMetadata::default()
    });
    key.arn = arn;
    key.declared = Some(Arc::new(DeclaredResource {
        tool: DeclaringTool::Terraform,
        resource_type: name.kind.to_owned(),
        address: name.address.to_owned(),
        waiting_period: None,
        policy: DeclaredPolicy::Written,
        planned: None,
        at,
    }));
    key
}

fn owned(text: &Located<&str>) -> Located<String> {
    Located {
        value: text.value.to_owned(),
        at: text.at,
    }
}

/// How to speak of what a resource of a file declares.
pub(super) fn called(file: &str, address: &str) -> String {
    format!("{file}#{address}")
}

/// The policy of an attribute of a resource.
pub(super) struct ReadPolicy {
    /// The policy, where it is known and may be shown.
    pub(super) policy: Option<LoadedPolicy>,
    /// The policy, where it is marked as sensitive.
    pub(super) sensitive: Option<Box<SensitivePolicy>>,
    /// What the resource says of it.
    pub(super) declared: DeclaredPolicy,
}

/// The key policy of an attribute.
pub(super) fn read_attribute(
    attributes: &Attributes<'_, '_>,
    name: &str,
    address: &str,
    contents: &mut Contents,
) -> ReadPolicy {
    read_policy_of(attributes, (name, PolicyKind::Key), address, contents)
}

/// The policy of this kind of an attribute.
pub(super) fn read_policy_of(
    attributes: &Attributes<'_, '_>,
    (name, kind): (&str, PolicyKind),
    address: &str,
    contents: &mut Contents,
) -> ReadPolicy {
    let without = |declared| ReadPolicy {
        policy: None,
        sensitive: None,
        declared,
    };
    let is_empty = |node: &Node<'_>| node.as_str().is_some_and(str::is_empty);
    match attributes.get(name) {
        Attribute::Absent => without(DeclaredPolicy::Default),
        Attribute::Unknown => without(DeclaredPolicy::Unknown),
        Attribute::Known(node) | Attribute::Sensitive(node) if is_empty(node) => {
            without(DeclaredPolicy::Default)
        }
        Attribute::Sensitive(node) => ReadPolicy {
            sensitive: read_sensitive(attributes, (node, kind), address, contents).map(Box::new),
            ..without(DeclaredPolicy::Unknown)
        },
        Attribute::Known(node) => {
            let document = attributes.document();
            let policy = read_policy(document, node, kind, contents);
            let policy = policy.map(|policy| LoadedPolicy {
                name: called(document.name, address),
                ..policy
            });
            ReadPolicy {
                policy,
                ..without(DeclaredPolicy::Written)
            }
        }
    }
}

/// A policy that is marked as sensitive. Complaints of it would show what it says, so there is one at most, which
/// says nothing of it.
pub(super) fn read_sensitive(
    attributes: &Attributes<'_, '_>,
    (node, kind): (&Node<'_>, PolicyKind),
    resource: &str,
    contents: &mut Contents,
) -> Option<SensitivePolicy> {
    let document = attributes.document();
    let mut own = Contents::default();
    let policy = read_policy(document, node, kind, &mut own);
    if policy.is_none() || !own.errors.is_empty() {
        let message = format!(
            "the policy of `{resource}` is marked as sensitive, and is none that AWS would take"
        );
        let error = InputError::new(attributes.at().span, message).label("its policy is not shown");
        let help = "check the policy by itself, in a file of its own, to see what is wrong with it";
        contents.errors.push(error.help(help));
    }
    Some(SensitivePolicy {
        resource: resource.to_owned(),
        at: attributes.at(),
        policy: LoadedPolicy {
            name: called(document.name, resource),
            ..policy?
        },
    })
}

/// The only account that the values name.
pub(super) fn only(mut accounts: impl Iterator<Item = AccountId>) -> Option<AccountId> {
    let first = accounts.next()?;
    accounts.all(|other| other == first).then_some(first)
}
