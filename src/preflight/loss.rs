//! What is lost with the key, by its spec, usage and origin.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>

use crate::aws::data::NOT_KNOWN;
use crate::aws::key::{KeySpec, KeyState, KeyUsage, MultiRegionKeyType, Origin};
use crate::aws::key_state::compatibility;
use crate::aws::{KmsAction, Reported};
use crate::text::Location;

use super::key::TargetKey;
use super::reference::{
    DELETING, HMAC, IMPORTED, METADATA, MULTI_REGION, POST_QUANTUM, PUBLIC_KEY,
};
use super::related::{Family, Related};
use super::verdict::{Reason, Severity, Topic};

/// The loss of all that a symmetric key encrypted.
const DATA_IS_LOST: &str = "data-is-lost";

/// Every reason from what is lost.
pub(super) fn reasons(subject: &TargetKey, family: &Family) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let by_usage = by_usage(subject);
    // What a related key decrypts is not lost.
    if by_usage.id != DATA_IS_LOST || !family.all().iter().any(lasting) {
        reasons.push(by_usage);
    }
    reasons.extend(by_origin(subject));
    reasons.extend(by_family(subject, family));
    reasons
}

fn reason(severity: Severity, id: &'static str, reference: &'static str, text: &str) -> Reason {
    Reason::new(severity, Topic::Loss, id, reference, text)
}

fn by_usage(subject: &TargetKey) -> Reason {
    let metadata = &subject.key.metadata;
    let at = metadata.usage.as_ref().map(|usage| usage.at);
    let at = at.or(metadata.spec.as_ref().map(|spec| spec.at));
    let (Some(spec), Some(usage)) = (subject.spec(), subject.usage()) else {
        return not_known(subject).at(at.unwrap_or(subject.key.at));
    };
    let found = match (spec.is_asymmetric(), usage) {
        (true, KeyUsage::EncryptDecrypt) => reason(
            Severity::Caution,
            "public-key-goes-on-encrypting",
            DELETING,
            "this is the private half of a key pair for encryption: whoever has the public key goes on encrypting with it, without any notice and without KMS, an alarm or a log seeing it, and nobody can decrypt that, neither while the key is pending deletion nor ever after",
        )
        .help("find out with CloudTrail who called GetPublicKey, verify that none of them uses it any more, and consider disabling the key instead"),
        (true, KeyUsage::EncapsulateDecapsulate) => reason(
            Severity::Caution,
            "public-key-goes-on-encapsulating",
            POST_QUANTUM,
            "this is the private half of a key pair for key encapsulation: whoever has the public key goes on encapsulating shared secrets with it, without any notice and without KMS, an alarm or a log seeing it, and nobody can decapsulate them or read what is encrypted under them, neither while the key is pending deletion nor ever after",
        )
        .help("find out with CloudTrail who called GetPublicKey, verify that none of them uses it any more, and consider disabling the key instead"),
        (true, KeyUsage::KeyAgreement) => reason(
            Severity::Caution,
            "shared-secrets-are-lost",
            PUBLIC_KEY,
            "this is the private half of a key pair for key agreement: whoever has the public key goes on deriving shared secrets from it outside KMS, and this side can derive none of them any more, old or new",
        )
        .help("find out who has the public key: KMS does not see its use"),
        (true, KeyUsage::SignVerify) => reason(
            Severity::Caution,
            "nothing-can-be-signed",
            DELETING,
            "this is the private half of a key pair for signatures: nothing can be signed with it any more, and KMS verifies nothing with it; signatures that were made stay verifiable with a downloaded public key only, which goes on being trusted wherever it is",
        )
        .help("download the public key before the deletion if signatures must stay verifiable, and withdraw trust in it where they need not"),
        (false, KeyUsage::GenerateVerifyMac) => reason(
            Severity::Info,
            "macs-cannot-be-verified",
            HMAC,
            "this is an HMAC key: no code that was made with it, such as a token or a signed cookie, can be verified ever again, and none can be made",
        ),
        _ => reason(
            Severity::Info,
            DATA_IS_LOST,
            DELETING,
            "all that was encrypted under the key, data keys included, is unreadable for ever; services that hold a data key in memory, such as EBS for an attached volume, fail only when they need the key next",
        ),
    };
    pair(spec, usage, found).at(at)
}

/// What is missing or not known to this version, of spec and usage.
fn not_known(subject: &TargetKey) -> Reason {
    let metadata = &subject.key.metadata;
    let spec = metadata.spec.as_ref().map(|spec| &spec.value);
    let usage = metadata.usage.as_ref().map(|usage| &usage.value);
    let new = [
        ("spec", spec.and_then(Reported::unrecognized)),
        ("usage", usage.and_then(Reported::unrecognized)),
    ];
    let new: Vec<_> = new
        .iter()
        .filter_map(|(what, value)| value.map(|value| format!("{what} `{value}`")))
        .collect();
    if !new.is_empty() {
        let text = format!(
            "the key's {} {} {NOT_KNOWN}, so what is lost with it is not known; if it has a public half, that goes on being used",
            new.join(" and "),
            if new.len() == 1 { "is" } else { "are" },
        );
        return reason(Severity::Caution, "loss-not-known", METADATA, &text)
            .help("look for the spec and the usage in the AWS KMS Developer Guide, or use a newer kmslint");
    }
    let text =
        "no file has the spec and the usage of the key, so what is lost with it is not known";
    reason(Severity::Caution, "loss-not-known", METADATA, text)
        .help("add the output of `aws kms describe-key`")
}

/// A pair of spec and usage that AWS does not have says that one of the files is wrong.
fn pair(spec: KeySpec, usage: KeyUsage, found: Reason) -> Reason {
    if spec.valid_usages().contains(&usage) {
        return found;
    }
    let text = format!("no key of spec {spec} has usage {usage}: one of the files is wrong");
    reason(Severity::Caution, "loss-not-known", METADATA, &text)
}

fn by_origin(subject: &TargetKey) -> Option<Reason> {
    let metadata = &subject.key.metadata;
    let at = metadata.origin.as_ref().map(|origin| origin.at);
    let written = metadata.origin.as_ref();
    let found = match subject.origin() {
        None => origin_not_known(written.and_then(|origin| origin.value.unrecognized())),
        Some(Origin::AwsKms) => return None,
        Some(Origin::External) => imported(subject.spec()),
        Some(Origin::AwsCloudHsm) => cloud_hsm(subject.state()),
        Some(Origin::ExternalKeyStore) => reason(
            Severity::Info,
            "external-key-stays-and-is-useless",
            DELETING,
            "the external key stays where it is, and decrypts nothing: ciphertext was encrypted by KMS, too, and no new KMS key with the same external key can read it",
        ),
    };
    Some(found.at(at.unwrap_or(subject.key.at)))
}

/// No file has the origin, or one that is new.
fn origin_not_known(new: Option<&str>) -> Reason {
    let why = new.map_or_else(
        || "no file has the origin of the key material".to_owned(),
        |origin| format!("the key's origin `{origin}` is {NOT_KNOWN}"),
    );
    let text = format!("{why}, so whether anything of it could be restored is not known");
    reason(Severity::Caution, "origin-not-known", METADATA, &text)
}

fn imported(spec: Option<KeySpec>) -> Reason {
    match spec {
        Some(KeySpec::SymmetricDefault) => reason(
            Severity::Info,
            "imported-material-does-not-help",
            IMPORTED,
            "the key material is imported, and that saves nothing: a new key with the same material cannot decrypt what this one encrypted",
        )
        .help("to take the key out of use and be able to bring it back, delete only its imported material, or disable it"),
        Some(_) => reason(
            Severity::Info,
            "imported-material-restores",
            IMPORTED,
            "the key material is imported: an equivalent key can be made again, as long as somebody has the material",
        )
        .help("make sure that the material is there before the key is deleted"),
        None => reason(
            Severity::Caution,
            "imported-material-not-known",
            IMPORTED,
            "the key material is imported, and without its spec it is not known whether importing it again helps",
        ),
    }
}

fn cloud_hsm(state: Option<KeyState>) -> Reason {
    let (severity, more) = if state == Some(KeyState::Unavailable) {
        (
            Severity::Caution,
            "; the key store is not connected, so it stays in the cluster as an orphan",
        )
    } else {
        (
            Severity::Info,
            "; it may have to be deleted there by hand, and it stays in backups",
        )
    };
    let text = format!(
        "KMS deletes the key material from the CloudHSM cluster as far as it can{more}; ciphertext cannot be decrypted with it alone"
    );
    reason(severity, "cluster-may-keep-the-material", DELETING, &text)
}

/// Whether the key is known to stay.
fn lasting(key: &Related) -> bool {
    key.state.is_some_and(|state| !state.is_pending_deletion())
}

/// A replica alone is no great loss; the last of its family is all of it.
fn by_family(subject: &TargetKey, family: &Family) -> Option<Reason> {
    if subject.multi_region() != Some(true) {
        return None;
    }
    let part = subject.part()?;
    let at = subject.key.metadata.related.as_ref().map(|found| found.at);
    let at = at.unwrap_or(subject.at());
    let staying = family
        .all()
        .iter()
        .find(|key| lasting(key))
        .map(|key| key.region.clone());
    Some(match (part, staying) {
        (MultiRegionKeyType::Replica, Some(region))
            if family.primary.as_ref().is_some_and(lasting) =>
        {
            let again = not_replicable(family);
            let text = format!(
                "this is a replica, and its primary exists: related keys, such as that in {region}, decrypt what it encrypted; it can be made again from the primary, in this Region only after KMS has deleted this one{again}"
            );
            reason(
                Severity::Info,
                "replica-can-be-made-again",
                MULTI_REGION,
                &text,
            )
            .at(at)
        }
        (MultiRegionKeyType::Replica, _) => replica(family, at),
        (MultiRegionKeyType::Primary, Some(region)) => {
            let text = format!(
                "related keys that are not pending deletion, such as that in {region}, decrypt what this one encrypted; once they are deleted, too, all is lost as with a single-Region key"
            );
            reason(Severity::Info, "related-keys-decrypt", MULTI_REGION, &text).at(at)
        }
        (MultiRegionKeyType::Primary, None) => last_of_family(family, at),
    })
}

/// That the primary's state does not let a replica be made; empty where it does.
fn not_replicable(family: &Family) -> String {
    let state = family.primary.as_ref().and_then(|primary| primary.state);
    let refused = state.filter(|state| compatibility(KmsAction::ReplicateKey, *state).is_error());
    refused.map_or_else(String::new, |state| {
        format!(", and not while the primary is {state}")
    })
}

/// A replica whose primary is not known to stay.
fn replica(family: &Family, at: Location) -> Reason {
    let primary = family.primary.as_ref();
    match primary.and_then(|primary| primary.state) {
        None => {
            let text = "this is a replica, and whether its primary still exists is not known: only then can it be made again";
            reason(Severity::Caution, "primary-not-known", MULTI_REGION, text)
                .help("add the output of `aws kms describe-key` for the primary key")
                .at(at)
        }
        Some(_) => last_of_family(family, at),
    }
}

fn last_of_family(family: &Family, at: Location) -> Reason {
    let all = family.all();
    if all.is_empty() && family.is_whole {
        let text =
            "this primary key has no replicas: deleting it is like deleting a single-Region key";
        return reason(
            Severity::Info,
            "like-a-single-region-key",
            MULTI_REGION,
            text,
        )
        .at(at);
    }
    if !all.is_empty() && all.iter().all(Related::is_pending) {
        let text = "every related key is pending deletion: with this one all are deleted, which is like deleting a single-Region key";
        return reason(
            Severity::Caution,
            "last-related-key-deleted",
            MULTI_REGION,
            text,
        )
        .at(at);
    }
    let text = "whether a related key stays that can decrypt is not known; without one this is like deleting a single-Region key";
    reason(
        Severity::Caution,
        "related-keys-not-known",
        MULTI_REGION,
        text,
    )
    .at(at)
}
