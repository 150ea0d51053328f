//! What is known of the key, as a record.

use jiff::civil::Date;

use crate::aws::Reported;
use crate::aws::key::{ApiEnum, KeySpec, KeyUsage, Origin};
use crate::inventory::{Key, KeyMetadata, Located};

use super::source_index::SourceIndex;
use super::{BypassRecord, KeyRecord, TagRecord};

fn word<T: ApiEnum>(reported: Option<&Located<Reported<T>>>) -> Option<String> {
    reported.map(|found| found.value.as_str().to_owned())
}

pub(super) fn record(key: &Key, source_index: &SourceIndex<'_>, day: Option<Date>) -> KeyRecord {
    let metadata = &key.metadata;
    let spec = metadata.spec.as_ref();
    KeyRecord {
        arn: key.arn.as_ref().map(|arn| arn.as_str().to_owned()),
        account: key.account,
        spec: word(spec),
        usage: word(metadata.usage.as_ref()),
        state: word(metadata.state.as_ref()),
        origin: word(metadata.origin.as_ref()),
        manager: word(metadata.manager.as_ref()),
        multi_region_type: word(metadata.multi_region_type.as_ref()),
        asymmetric: spec
            .and_then(|spec| spec.value.known())
            .map(KeySpec::is_asymmetric),
        public_key_goes_on: public_key_goes_on(metadata),
        deletion_date: metadata
            .deletion_date
            .as_ref()
            .map(|date| date.value.clone()),
        aliases: metadata.aliases.as_ref().map(|found| found.value.clone()),
        tags: metadata.tags.as_ref().map(|found| {
            let tag = |(key, value): &(String, String)| TagRecord {
                key: key.clone(),
                value: value.clone(),
            };
            found.value.iter().map(tag).collect()
        }),
        last_used: metadata
            .last_usage
            .as_ref()
            .and_then(|usage| usage.value.timestamp.clone()),
        pending: super::pending::record(metadata, source_index, day),
        waits_for_replicas: None,
        last_related: None,
        lockout_check_bypassed: metadata
            .lockout_check_bypassed
            .as_ref()
            .map(|of| BypassRecord {
                operation: of.value,
                by: key.declared.as_ref().map_or_else(
                    || "this request".to_owned(),
                    |declared| format!("`{}`", declared.address),
                ),
                at: source_index.place(of.at),
            }),
        not_retained: super::removal::record(key, source_index),
        declared: key
            .declared
            .as_ref()
            .map(|declared| Box::new(super::declared::record(declared, source_index))),
        planned: None,
        evidence: None,
        at: source_index.place(spec.map_or(key.at, |spec| spec.at)),
    }
}

/// KMS sees no use of a public key, and only the private one undoes these two.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>
/// <https://docs.aws.amazon.com/kms/latest/developerguide/pqkeys.html>
pub(super) fn public_key_goes_on(metadata: &KeyMetadata) -> Option<&'static str> {
    let spec = metadata.spec.as_ref()?.value.known();
    let is_asymmetric = spec.is_some_and(KeySpec::is_asymmetric);
    match metadata.usage.as_ref()?.value.known()? {
        KeyUsage::EncryptDecrypt if is_asymmetric => Some("encrypting what nothing can decrypt"),
        // Whatever its spec is called, a key of this usage is a pair.
        KeyUsage::EncapsulateDecapsulate if is_asymmetric || spec.is_none() => {
            Some("encapsulating secrets that nothing can decapsulate")
        }
        _ => None,
    }
}

/// Whether the key's material was imported; nothing where that is not known.
pub(super) fn material_is_imported(metadata: &KeyMetadata) -> Option<bool> {
    let origin = metadata.origin.as_ref()?.value.known()?;
    Some(origin == Origin::External)
}
