//! Compares the tables of AWS KMS in `src/aws` with AWS's own model of the API in botocore, and lists
//! what either has and the other has not. Exit code 0: they agree, 1: they differ.
//!
//! ```sh
//! pip download botocore --no-deps --dest target/botocore
//! unzip -o -d target/botocore target/botocore/botocore-*.whl 'botocore/data/kms/*'
//! cargo run --example aws_tables -- \
//!     target/botocore/botocore/data/kms/2014-11-01/service-2.json.gz
//! ```
//!
//! Every enumeration of the model is compared, or left out because no table of kmslint speaks of it
//! (the list is below, with the reason); one that is neither is a difference, too. The model has no
//! condition keys, no levels of access and no key states of operations: those are in the Service
//! Authorization Reference (`list_kms`) and in the developer guide (`conditions-kms`, `key-state`), and
//! the tests of `src/aws` hold them. Where the tables agree with a newer botocore, write its day into
//! `src/aws/data.rs`.
#![expect(clippy::print_stdout, reason = "it prints what it finds")]

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io::Read as _;
use std::process::ExitCode;

use flate2::read::MultiGzDecoder;
use kmslint::aws::key::{
    ApiEnum, ExpirationModel, KeyManager, KeySpec, KeyState, KeyUsage, MultiRegionKeyType, Origin,
};
use kmslint::aws::{KmsAction, condition_key, data};
use serde_json::Value;

type Names = BTreeSet<String>;

/// Actions that no operation has: KMS calls it itself.
const WITHOUT_OPERATION: &str = "SynchronizeMultiRegionKey";

/// Enumerations of which no table speaks, and why.
const LEFT_OUT: [(&str, &str); 15] = [
    ("ConnectionErrorCodeType", "of custom key stores"),
    ("ConnectionStateType", "of custom key stores"),
    ("CustomKeyStoreType", "of custom key stores"),
    (
        "CustomerMasterKeySpec",
        "a deprecated name that has some of KeySpec",
    ),
    ("DataKeySpec", "of data keys, on which no condition key is"),
    ("DryRunModifierType", "of requests that change nothing"),
    (
        "EncapsulationAlgorithmSpec",
        "follows from the key spec, and no condition key is on it",
    ),
    ("ImportState", "of one key material among several"),
    ("ImportType", "of one key material among several"),
    ("IncludeKeyMaterial", "of listings of rotations"),
    ("KeyEncryptionMechanism", "of answers to enclaves"),
    ("KeyMaterialState", "of one key material among several"),
    ("ResourceOwnerType", "of listings of keys"),
    ("RotationType", "of rotations"),
    ("XksProxyConnectivityType", "of custom key stores"),
];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let path = std::env::args().nth(1);
    let path = path.ok_or("give the path of botocore's service-2.json or service-2.json.gz")?;
    let model = read(&path)?;
    println!("kmslint {} against {path}", env!("CARGO_PKG_VERSION"));
    println!("AWS data of {}", data::DAY);
    let mut differences = 0;
    for shape in not_compared(&model) {
        println!("an enumeration that is not compared: {shape}");
        differences += 1;
    }
    for (shape, why) in LEFT_OUT {
        println!("left out: {shape} ({why})");
    }
    for (what, ours, theirs) in comparisons(&model) {
        if theirs.is_empty() {
            return Err(format!("the model has no {what}: is it that of AWS KMS?").into());
        }
        let missing: Vec<_> = theirs.difference(&ours).collect();
        let extra: Vec<_> = ours.difference(&theirs).collect();
        println!("{what}: {} in both", ours.intersection(&theirs).count());
        for name in &missing {
            println!("  missing in src/aws: {name}");
        }
        for name in &extra {
            println!("  not in the model: {name}");
        }
        differences += missing.len() + extra.len();
    }
    println!("{differences} differences");
    Ok(if differences == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn read(path: &str) -> Result<Value, Box<dyn Error>> {
    let bytes = fs::read(path).map_err(|error| format!("cannot read `{path}`: {error}"))?;
    let mut text = String::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text)?;
    } else {
        text = String::from_utf8(bytes)?;
    }
    Ok(serde_json::from_str(&text)?)
}

/// What is compared, with the names that each side has.
fn comparisons(model: &Value) -> Vec<(&'static str, Names, Names)> {
    let operations = model.get("operations").and_then(Value::as_object);
    let operations = || operations.into_iter().flatten();
    let across = |(_, operation): &(&String, &Value)| is_cross_account(operation);
    let names = |(name, _): (&String, &Value)| name.clone();
    vec![
        (
            "operations",
            actions(|action| action.name() != WITHOUT_OPERATION),
            as_actions(operations().map(names)),
        ),
        (
            "operations across accounts",
            actions(KmsAction::cross_account_possible),
            as_actions(operations().filter(across).map(names)),
        ),
        (
            "operations of grants",
            actions(KmsAction::grantable),
            as_actions(values(model, "GrantOperation")),
        ),
        (
            "operations that GetKeyLastUsage tracks",
            actions(KmsAction::uses_key),
            as_actions(values(model, "KeyLastUsageTrackingOperation")),
        ),
        enumeration::<KeySpec>(model, "key specs", "KeySpec"),
        enumeration::<KeyUsage>(model, "key usages", "KeyUsageType"),
        enumeration::<KeyState>(model, "key states", "KeyState"),
        enumeration::<Origin>(model, "origins", "OriginType"),
        enumeration::<ExpirationModel>(model, "expiration models", "ExpirationModelType"),
        enumeration::<KeyManager>(model, "key managers", "KeyManagerType"),
        enumeration::<MultiRegionKeyType>(model, "multi-Region types", "MultiRegionKeyType"),
    ]
    .into_iter()
    .chain(OF_REQUESTS.map(|(key, shape)| {
        let ours = condition_key::values(key).into_iter().flatten();
        let ours = ours.map(|value| (*value).to_owned()).collect();
        (key, ours, values(model, shape).collect())
    }))
    .collect()
}

/// Enumerations of [`comparisons`] by themselves.
const COMPARED: [&str; 9] = [
    "GrantOperation",
    "KeyLastUsageTrackingOperation",
    "KeySpec",
    "KeyUsageType",
    "KeyState",
    "OriginType",
    "ExpirationModelType",
    "KeyManagerType",
    "MultiRegionKeyType",
];

/// Condition keys whose values are enumerations of requests.
const OF_REQUESTS: [(&str, &str); 9] = [
    ("kms:DataKeyPairSpec", "DataKeyPairSpec"),
    ("kms:EncryptionAlgorithm", "EncryptionAlgorithmSpec"),
    ("kms:ExpirationModel", "ExpirationModelType"),
    ("kms:KeyAgreementAlgorithm", "KeyAgreementAlgorithmSpec"),
    ("kms:MacAlgorithm", "MacAlgorithmSpec"),
    ("kms:MessageType", "MessageType"),
    ("kms:SigningAlgorithm", "SigningAlgorithmSpec"),
    ("kms:WrappingAlgorithm", "AlgorithmSpec"),
    ("kms:WrappingKeySpec", "WrappingKeySpec"),
];

/// Enumerations of the model that are neither compared nor left out.
fn not_compared(model: &Value) -> Names {
    let shapes = model.get("shapes").and_then(Value::as_object);
    let all = shapes.into_iter().flatten();
    let enumerations = all.filter(|(_, shape)| shape.get("enum").is_some());
    let is_known = |name: &String| {
        COMPARED.contains(&name.as_str())
            || OF_REQUESTS.iter().any(|(_, shape)| shape == name)
            || LEFT_OUT.iter().any(|(shape, _)| shape == name)
    };
    let names = enumerations.map(|(name, _)| name.clone());
    names.filter(|name| !is_known(name)).collect()
}

fn actions(is_one: impl Fn(KmsAction) -> bool) -> Names {
    let all = KmsAction::ALL.iter().copied();
    all.filter(|action| is_one(*action))
        .map(|action| action.name().to_owned())
        .collect()
}

/// `ReEncrypt` is one operation under two permissions.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html>
fn as_actions(operations: impl Iterator<Item = String>) -> Names {
    operations
        .flat_map(|name| match name.as_str() {
            "ReEncrypt" => vec!["ReEncryptFrom".to_owned(), "ReEncryptTo".to_owned()],
            _ => vec![name],
        })
        .collect()
}

/// Whether the paragraph "Cross-account use" begins with yes.
fn is_cross_account(operation: &Value) -> bool {
    let text = operation.get("documentation").and_then(Value::as_str);
    let said = text.and_then(|text| text.split_once("Cross-account use"));
    said.is_some_and(|(_, rest)| {
        let letter = |c: char| c.is_ascii_alphabetic();
        let words = rest
            .trim_start_matches("</b>")
            .trim_start_matches(|c| !letter(c));
        words.starts_with("Yes")
    })
}

fn enumeration<T: ApiEnum>(
    model: &Value,
    what: &'static str,
    shape: &str,
) -> (&'static str, Names, Names) {
    let ours = T::KNOWN.iter().map(|value| value.as_str().to_owned());
    (what, ours.collect(), values(model, shape).collect())
}

/// The values of an enumeration of the model.
fn values(model: &Value, shape: &str) -> impl Iterator<Item = String> {
    let found = model.pointer(&format!("/shapes/{shape}/enum"));
    let found = found.and_then(Value::as_array).into_iter().flatten();
    let texts = found.filter_map(Value::as_str).map(str::to_owned);
    texts.collect::<Vec<_>>().into_iter()
}
