//! Two keys of one file are two subjects: in findings, baselines, fixes and differences.
#![expect(clippy::unwrap_used, reason = "tests")]

mod check_command;

use std::fs;
use std::process::Command;

use check_command::{check, scratch};

/// Two keys of one file, as answers one after the other, a list and a map; with each, what the second is
/// called.
fn two_keys(first: &str, second: &str) -> Vec<(&'static str, String, &'static str)> {
    let of = |role: &str| {
        serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                 "Action": "kms:*", "Resource": "*"},
                {"Sid": "App", "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::111122223333:role/{role}")},
                 "Action": ["kms:Decrypt", "kms:S*"], "Resource": "*"}
            ]
        })
    };
    let (one, two) = (of(first), of(second));
    let answer = |policy: &serde_json::Value| serde_json::json!({ "Policy": policy.to_string() });
    vec![
        (
            "appended",
            format!("{}\n{}\n", answer(&one), answer(&two)),
            "#/1",
        ),
        ("list", serde_json::json!([one, two]).to_string(), "#/1"),
        (
            "map",
            serde_json::json!({"payments": answer(&one), "orders": answer(&two)}).to_string(),
            "#/orders",
        ),
    ]
}

#[test]
fn two_keys_of_one_file_are_two_subjects_in_a_baseline() {
    let directory = scratch("two-keys");
    fs::create_dir_all(&directory).unwrap();
    let base = directory.join("base.json");
    let argument = base.to_string_lossy().into_owned();
    let after = two_keys("App", "Else");
    for ((name, before, second), (_, after, _)) in two_keys("App", "App").into_iter().zip(after) {
        let policy = directory.join(format!("{name}.json"));
        fs::write(&policy, before).unwrap();
        assert_eq!(check(&["--write-baseline", &argument], &policy).0, 0);
        // Each finding of both keys is in it, by the key's own name.
        let written = fs::read_to_string(&base).unwrap();
        let covered = written.matches(&format!("{name}.json{second}\"")).count();
        assert!(covered > 0, "{name}: {written}");
        assert_eq!(check(&["--baseline", &argument], &policy).0, 0, "{name}");
        // What becomes of one key is not covered by what the other had.
        fs::write(&policy, after).unwrap();
        let (code, text) = check(&["--baseline", &argument], &policy);
        assert_eq!(code, 1, "{name}: {text}");
        assert!(
            text.contains(&format!("{name}.json{second}")),
            "{name}: {text}"
        );
        let first = second.replace('1', "0").replace("orders", "payments");
        assert!(
            !text.contains(&format!("{name}.json{first}")),
            "{name}: {text}"
        );
    }
}

/// The keys of a file have the same names wherever the run is started.
#[test]
fn a_baseline_of_two_keys_of_one_file_holds_from_another_directory() {
    let directory = scratch("two-keys-elsewhere");
    fs::create_dir_all(directory.join("keys/team")).unwrap();
    fs::write(directory.join("kmslint.toml"), "").unwrap();
    let check_in = |from: &str, arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
            .args(["check", "--fail-on", "info"])
            .args(arguments)
            .current_dir(directory.join(from))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    };
    for (name, text, _) in two_keys("App", "Else") {
        let file = format!("keys/{name}.json");
        fs::write(directory.join(&file), text).unwrap();
        assert_eq!(check_in(".", &[&file]).0, 1);
        assert_eq!(check_in(".", &["--write-baseline", "b", &file]).0, 0);
        let (code, text) = check_in(
            "keys/team",
            &["--baseline", "../../b", &format!("../{name}.json")],
        );
        assert_eq!(code, 0, "{name}: {text}");
    }
}

/// A fix of each key of a file is made, also of one after the first document.
#[test]
fn two_keys_of_one_file_have_a_fix_each() {
    let directory = scratch("two-keys-fixed");
    fs::create_dir_all(&directory).unwrap();
    for (name, text, second) in two_keys("App", "Else") {
        let policy = directory.join(format!("{name}.json"));
        fs::write(&policy, &text).unwrap();
        let run = |arguments: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
                .args(["fix", "--no-config"])
                .args(arguments)
                .arg(&policy)
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        let told: serde_json::Value = serde_json::from_str(&run(&["--format", "json"])).unwrap();
        let told = told.to_string();
        assert!(
            told.contains(&format!("{name}.json{second}\"")),
            "{name}: {told}"
        );
        run(&["--write"]);
        let written = fs::read_to_string(&policy).unwrap();
        assert_eq!(text.matches("kms:S*").count(), 2);
        assert_eq!(written.matches("kms:S*").count(), 0, "{name}: {written}");
        let remains = written.matches("kms:Sign").count();
        assert_eq!(remains, 2, "{name}: {written}");
    }
}

/// A change of one key of a file is one of that key.
#[test]
fn two_keys_of_one_file_differ_each_by_itself() {
    let directory = scratch("two-keys-differ");
    let after = two_keys("App", "Else");
    for ((name, before, second), (_, after, _)) in two_keys("App", "App").into_iter().zip(after) {
        for (side, text) in [("before", before), ("after", after)] {
            let side = directory.join(side);
            fs::create_dir_all(&side).unwrap();
            fs::write(side.join(format!("{name}.json")), text).unwrap();
        }
        let file = |side: &str| directory.join(side).join(format!("{name}.json"));
        let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
            .args(["diff", "--no-config", "--format", "json"])
            .args([file("before"), file("after")])
            .output()
            .unwrap();
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let subjects = told.get("subjects").and_then(|of| of.as_array()).unwrap();
        let changed = subjects.iter().filter(|subject| {
            let changes = subject.get("changes").and_then(|of| of.as_array());
            changes.is_some_and(|changes| !changes.is_empty())
        });
        let changed: Vec<_> = changed.collect();
        assert_eq!(changed.len(), 1, "{name}: {told}");
        let text = changed.first().map(ToString::to_string).unwrap();
        assert!(text.contains(second), "{name}: {text}");
        assert!(text.contains("role/Else"), "{name}: {text}");
    }
}
