//! A baseline from the day it is written: what it holds is left out, what is new is not.
#![expect(clippy::unwrap_used, reason = "tests")]

mod check_command;

use std::fs;
use std::path::Path;
use std::process::Command;

use check_command::{check, scratch};

const POLICY: &str = "tests/program/check-baseline/policy.json";
const WRITTEN: &str = "tests/program/check-baseline/baseline.json";

#[test]
fn a_baseline_is_written_the_same_every_time() {
    let file = scratch("baseline.json");
    let argument = file.to_string_lossy().into_owned();
    let (code, text) = check(&["--write-baseline", &argument], Path::new(POLICY));
    assert_eq!(code, 0, "{text}");
    let written = fs::read_to_string(&file).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(WRITTEN, &written).unwrap();
    }
    assert_eq!(written, fs::read_to_string(WRITTEN).unwrap());
}

#[test]
fn what_is_new_or_weaker_is_not_in_the_baseline() {
    let directory = scratch("weakened");
    fs::create_dir_all(&directory).unwrap();
    let (policy, file) = (directory.join("policy.json"), directory.join("base.json"));
    let argument = file.to_string_lossy().into_owned();
    let text = fs::read_to_string(POLICY).unwrap();
    fs::write(&policy, &text).unwrap();
    assert_eq!(check(&["--write-baseline", &argument], &policy).0, 0);
    fs::write(&policy, text.replace("  ", "\t")).unwrap();
    assert_eq!(check(&["--baseline", &argument], &policy).0, 0);
    fs::write(&policy, text.replace("role/key-admin", "root")).unwrap();
    assert_eq!(check(&["--baseline", &argument], &policy).0, 1);
}

#[test]
fn nothing_is_written_where_something_could_not_be_read() {
    let file = scratch("none.json");
    let _ = fs::remove_file(&file);
    let argument = file.to_string_lossy().into_owned();
    let (code, text) = check(&["--write-baseline", &argument], Path::new("Cargo.toml"));
    assert_eq!(code, 2, "{text}");
    assert!(!file.exists());
}

#[test]
fn what_is_no_longer_found_is_told_in_one_note() {
    let directory = scratch("mended");
    fs::create_dir_all(&directory).unwrap();
    let (policy, file) = (directory.join("policy.json"), directory.join("base.json"));
    let argument = file.to_string_lossy().into_owned();
    fs::write(&policy, fs::read_to_string(POLICY).unwrap()).unwrap();
    assert_eq!(check(&["--write-baseline", &argument], &policy).0, 0);
    let mended = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":
        {"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:Describe*","Resource":"*"}]}"#;
    fs::write(&policy, mended).unwrap();
    let (code, text) = check(&["--baseline", &argument], &policy);
    let note = "info[stale-baseline]: ";
    assert_eq!((code, text.matches(note).count()), (1, 1), "{text}");
    assert!(
        text.contains("entries of the baseline hold what is no longer found"),
        "{text}"
    );
    let only = ["--baseline", &argument, "--select", "sid-repeated"];
    assert_eq!(check(&only, &policy).0, 0);
    let off = ["--baseline", &argument, "--ignore", "stale-baseline"];
    assert!(!check(&off, &policy).1.contains(note));
}

const EARLIER: &str = "tests/program/check-baseline-earlier/baseline.json";
const OF_EARLIER: &str = "tests/program/check-baseline-earlier/policy.json";

#[test]
fn a_baseline_of_version_1_still_holds_and_is_brought_over() {
    let file = scratch("earlier.json");
    let argument = file.to_string_lossy().into_owned();
    fs::copy(EARLIER, &file).unwrap();
    let told = "info[outdated-fingerprint]";
    let (code, text) = check(&["--baseline", &argument], Path::new(OF_EARLIER));
    assert_eq!((code, text.matches("info[").count()), (1, 1), "{text}");
    assert!(text.contains(told), "{text}");
    let migrate = || {
        let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
            .args(["baseline", "migrate", "--no-config", &argument, OF_EARLIER])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{text}");
        text
    };
    assert!(migrate().ends_with("7 findings written, 0 entries left out that match no finding\n"));
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(
        check(&["--baseline", &argument], Path::new(OF_EARLIER)).0,
        0
    );
    assert!(migrate().contains("has the present form"));
    assert_eq!(fs::read_to_string(&file).unwrap(), written);
}

/// A policy of the account's, given to these roles, and the default policy of two keys.
fn account(directory: &Path, roles: &[&str], keys: &[&str]) {
    let _ = fs::remove_dir_all(directory);
    fs::create_dir_all(directory).unwrap();
    let wide = serde_json::json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Wide", "Effect": "Allow", "Action": "kms:*", "Resource": "*"}]});
    let arn = "arn:aws:iam::111122223333:policy/Wide";
    let role = |name: &&str| {
        serde_json::json!({"RoleName": name, "Path": "/", "RoleId": name,
            "Arn": format!("arn:aws:iam::111122223333:role/{name}"),
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
            "RolePolicyList": [],
            "AttachedManagedPolicies": [{"PolicyName": "Wide", "PolicyArn": arn}]})
    };
    let roles: Vec<_> = roles.iter().map(role).collect();
    let details = serde_json::json!({"UserDetailList": [], "GroupDetailList": [],
        "RoleDetailList": roles, "Policies": [{"PolicyName": "Wide", "Arn": arn,
            "DefaultVersionId": "v1", "PolicyVersionList": [
                {"VersionId": "v1", "IsDefaultVersion": true, "Document": wide}]}]});
    fs::write(directory.join("account.json"), details.to_string()).unwrap();
    for key in keys {
        let of_key = directory.join(key);
        fs::create_dir(&of_key).unwrap();
        let metadata = serde_json::json!({"KeyMetadata": {"KeyId": key, "Enabled": true,
            "Arn": format!("arn:aws:kms:eu-west-1:111122223333:key/{key}"),
            "AWSAccountId": "111122223333", "KeyState": "Enabled", "KeyManager": "CUSTOMER",
            "Origin": "AWS_KMS", "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT",
            "MultiRegion": false}});
        fs::write(of_key.join("key.json"), metadata.to_string()).unwrap();
        let policy = serde_json::json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "Account", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
             "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}]});
        fs::write(of_key.join("policy.json"), policy.to_string()).unwrap();
    }
}

const KEYS: [&str; 2] = [
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "0987dcba-09fe-87dc-65ba-ab0987654321",
];

#[test]
fn another_principal_or_key_is_not_in_the_baseline_and_alone_is_named() {
    let directory = scratch("covered");
    let file = scratch("covered.json");
    let argument = file.to_string_lossy().into_owned();
    account(&directory, &["one", "two"], &KEYS[..1]);
    assert_eq!(check(&["--write-baseline", &argument], &directory).0, 0);
    let compare = |roles: &[&str], keys: &[&str]| {
        account(&directory, roles, keys);
        let select = ["--baseline", &argument, "--select", "deletion-through-iam"];
        let (code, text) = check(&select, &directory);
        (code, text.matches("[deletion-through-iam]").count(), text)
    };
    assert_eq!(compare(&["one", "two"], &KEYS[..1]).0, 0);
    let (code, count, text) = compare(&["one", "two", "three"], &KEYS[..1]);
    assert_eq!((code, count), (1, 1), "{text}");
    let new = "new, and not covered as others are: `arn:aws:iam::111122223333:role/three`;";
    assert!(text.replace("\n        ", " ").contains(new), "{text}");
    let (code, count, text) = compare(&["one", "two"], &KEYS);
    assert_eq!((code, count), (1, 1), "{text}");
    assert!(!text.contains("not covered"), "{text}");
    // One principal less is nothing new.
    assert_eq!(compare(&["one"], &KEYS[..1]).1, 0);
}
