//! What a user says of files: their kind, and whether one that is not understood is an error.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The default policy of a VPC endpoint, or a key policy that anybody may change.
const OPEN: &str =
    r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
const GOOD: &str = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}"#;
const IAM: &str = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const DENY: &str =
    r#"{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}"#;

/// A directory with these files.
fn directory(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("declared-{name}"));
    let _ = fs::remove_dir_all(&directory);
    for (path, text) in files {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

/// The exit code, and all that is said in one line.
fn check(directory: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(["check", "--now", "2027-01-01"])
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    let words: Vec<_> = text
        .iter()
        .flat_map(|text| text.split_whitespace())
        .collect();
    (output.status.code().unwrap(), words.join(" "))
}

#[test]
fn kind_of_a_file_given_by_its_path_is_what_the_user_says() {
    let files = [
        ("p.json", OPEN),
        ("iam.json", IAM),
        ("deny.json", DENY),
        ("x.json", "{}"),
    ];
    let here = directory("as", &files);
    for (arguments, code, says) in [
        (vec!["p.json"], 2, "it may be the policy of a VPC endpoint"),
        (vec!["p.json"], 2, "`--as key-policy|iam-policy|scp|rcp`"),
        (
            vec!["p.json", "--as", "key-policy"],
            1,
            "deletion-open-to-anyone",
        ),
        (vec!["iam.json", "--as", "iam-policy"], 0, "1 IAM policy"),
        (vec!["iam.json", "--as", "scp"], 0, "1 control policy"),
        (vec!["deny.json", "--as", "rcp"], 0, "1 control policy"),
        (
            vec!["iam.json", "--as", "key-policy"],
            2,
            "the statement has no `Principal`",
        ),
        (vec!["p.json", "--as", "iam-policy"], 2, "`Principal`"),
        // What holds no policy does not become one.
        (
            vec!["x.json", "--as", "key-policy"],
            2,
            "the file is not checked",
        ),
        (
            vec!["p.json", "--as", "bucket-policy"],
            2,
            "the kinds are key-policy, iam-policy, scp, rcp",
        ),
        // Files of a directory have the kind that they show.
        (
            vec![".", "--as", "key-policy"],
            0,
            "it may be the policy of a VPC endpoint",
        ),
    ] {
        let (got, text) = check(&here, &arguments);
        assert!(
            got == code && text.contains(says),
            "{arguments:?}: {got}: {text}"
        );
    }
}

#[test]
fn unrecognized_turns_the_default_of_either_way() {
    let files = [
        ("p.json", GOOD),
        ("other.json", "{\"a\":1}"),
        ("endpoint.json", OPEN),
    ];
    let here = directory("unrecognized", &files);
    for (arguments, code, says) in [
        (vec!["."], 0, "2 passed over"),
        (vec![".", "--unrecognized", "skip"], 0, "2 passed over"),
        (
            vec![".", "--unrecognized", "error"],
            2,
            "2 inputs not understood",
        ),
        (vec!["p.json", "other.json"], 2, "the file is not checked: "),
        (
            vec!["p.json", "other.json", "--unrecognized", "skip"],
            0,
            "1 passed over",
        ),
        // A gate that looked at nothing has not passed.
        (
            vec!["other.json", "--unrecognized", "skip"],
            2,
            "nothing to check was recognised",
        ),
    ] {
        let (got, text) = check(&here, &arguments);
        assert!(
            got == code && text.contains(says),
            "{arguments:?}: {got}: {text}"
        );
    }
    // What cannot be read is an error whatever is said of it.
    fs::write(here.join("cut.json"), GOOD.get(..60).unwrap()).unwrap();
    let (code, text) = check(&here, &["p.json", "cut.json", "--unrecognized", "skip"]);
    assert_eq!(code, 2, "{text}");
}

const DECLARED: &str = "[[documents]]\npath = \"kms/**\"\nkind = \"key-policy\"\n";

#[test]
fn documents_of_a_directory_have_the_kind_that_the_configuration_says() {
    let here = directory(
        "documents",
        &[("kmslint.toml", DECLARED), ("kms/a.json", OPEN)],
    );
    let (code, text) = check(&here, &["."]);
    assert!(
        code == 1 && text.contains("deletion-open-to-anyone"),
        "{code}: {text}"
    );
}

#[cfg(unix)]
#[test]
fn nothing_is_left_out_where_the_configuration_says_the_kind() {
    use std::os::unix::fs::symlink;

    let files = [
        ("kmslint.toml", DECLARED),
        ("kms/good.json", GOOD),
        ("other/open.json", OPEN),
        ("kms/node_modules/open.json", OPEN),
    ];
    let here = directory("left-out", &files);
    symlink("../other/open.json", here.join("kms/link.json")).unwrap();
    symlink("../other", here.join("kms/more")).unwrap();
    let (code, told) = check(&here, &["kms"]);
    assert_eq!(code, 2, "{told}");
    for path in ["kms/link.json", "kms/more", "kms/node_modules"] {
        assert!(
            told.contains(&format!("`{path}`: what stands here is not checked")),
            "{path}: {told}"
        );
    }
    let (code, told) = check(
        &here,
        &["kms", "--exclude", "{link.json,more,node_modules/**}"],
    );
    assert_eq!(code, 0, "{told}");
    // Elsewhere it is left out, and told.
    fs::remove_file(here.join("kmslint.toml")).unwrap();
    let (code, told) = check(&here, &["kms"]);
    assert_eq!(code, 0, "{told}");
}

#[test]
fn nothing_is_passed_over_where_the_configuration_says_the_kind() {
    for (name, text, says) in [
        (
            "b.json",
            "{\"a\":1}",
            "the file is not checked: its format is not known",
        ),
        (
            "notes.md",
            "# Keys",
            "the file is not checked: it is no JSON",
        ),
        ("empty.json", "", "the file is empty"),
        ("tsconfig.json", "{\"a\":1,}", "error"),
        (
            "bucket.json",
            r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#,
            "the policy is said to be a key's, but it is a bucket policy",
        ),
    ] {
        let files = [("kmslint.toml", DECLARED), ("kms/good.json", GOOD)];
        let here = directory(&format!("nothing-{name}"), &files);
        fs::write(here.join("kms").join(name), text).unwrap();
        for arguments in [&["."][..], &[".", "--unrecognized", "skip"]] {
            let (code, told) = check(&here, arguments);
            assert!(
                code == 2 && told.contains(says),
                "{name} {arguments:?}: {code}: {told}"
            );
        }
        // Elsewhere it is passed over.
        fs::rename(here.join("kms").join(name), here.join(name)).unwrap();
        let (code, told) = check(&here, &["."]);
        assert!(code == 0 || text.is_empty(), "{name}: {code}: {told}");
    }
}
