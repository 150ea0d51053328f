//! `kmslint diff` on changes of all kinds: who is told to gain and to lose, and on what the run fails.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value as Json, json};

const ACCOUNT: &str = "arn:aws:iam::111122223333:root";
const APP: &str = "arn:aws:iam::111122223333:role/app";
const BOB: &str = "arn:aws:iam::111122223333:user/bob";

/// Files, before or after a change.
type Files<'f> = &'f [(&'f str, String)];

/// What a run came to.
struct Told {
    code: i32,
    text: String,
    json: Json,
}

impl Told {
    /// `KIND NAME ACTION` of everyone who gains.
    fn gains(&self) -> Vec<String> {
        self.changes("gains")
    }

    /// The same of everyone who loses.
    fn loses(&self) -> Vec<String> {
        self.changes("loses")
    }

    fn changes(&self, how: &str) -> Vec<String> {
        let subjects = self.json["subjects"].as_array().unwrap().iter();
        let changes = subjects.flat_map(|subject| subject["changes"].as_array().unwrap());
        let told = changes.filter(|change| change[how] == true).map(|change| {
            let principal = &change["principal"];
            let [kind, name, action] =
                [&principal["kind"], &principal["name"], &change["action"]].map(text);
            format!("{kind} {name} {action}")
        });
        told.collect()
    }
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap()
}

fn place(name: &str, files: Files<'_>) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("diff")
        .join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    for (path, text) in files {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn run(arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kmslint"));
    let output = command.arg("diff").args(arguments).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "");
    let stdout = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), stdout)
}

/// The difference between files in directories of their own; every format comes to the same code.
fn diff(name: &str, before: Files<'_>, after: Files<'_>) -> Told {
    let before = place(&format!("{name}/before"), before);
    let after = place(&format!("{name}/after"), after);
    let paths = [before.to_str().unwrap(), after.to_str().unwrap()];
    let (code, text) = run(&paths);
    let (as_json, json) = run(&[&paths[..], &["--format", "json"]].concat());
    let (as_comment, _) = run(&[&paths[..], &["--format", "markdown"]].concat());
    assert_eq!([as_json, as_comment], [code, code]);
    let json: Json = serde_json::from_str(&json).unwrap();
    assert_eq!(json["fails"], code == 1, "{json:#}");
    Told { code, text, json }
}

fn policy(statements: &[Json]) -> Vec<(&'static str, String)> {
    vec![("policy.json", document(statements))]
}

fn document(statements: &[Json]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn allow(principal: &str, actions: &[&str]) -> Json {
    let principal = match principal {
        "*" => json!("*"),
        name => json!({"AWS": name}),
    };
    json!({"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"})
}

fn with(mut statement: Json, key: &str, value: Json) -> Json {
    statement[key] = value;
    statement
}

fn deny(actions: &[&str]) -> Json {
    json!({"Effect": "Deny", "Action": actions, "Resource": "*"})
}

/// AWS's default key policy:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
fn account() -> Json {
    allow(ACCOUNT, &["kms:*"])
}

fn mfa() -> Json {
    json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})
}

/// A federated user may be bob's, but then bob is told, and nobody else of the account gains.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>
#[test]
fn only_the_user_that_a_statement_names_gains() {
    let describe = allow(BOB, &["kms:DescribeKey"]);
    let more = with(
        allow(BOB, &["kms:DescribeKey", "kms:ScheduleKeyDeletion"]),
        "Condition",
        mfa(),
    );
    let told = diff(
        "user",
        &policy(&[account(), describe]),
        &policy(&[account(), more]),
    );
    assert_eq!(told.code, 1);
    assert_eq!(told.gains(), [format!("user {BOB} ScheduleKeyDeletion")]);
    // Near misses: by exception, and by a denial of one.
    let except = |name: &str| {
        json!({"Effect": "Allow", "NotPrincipal": {"AWS": [name]}, "Action": "kms:Decrypt",
            "Resource": "*"})
    };
    let told = diff(
        "user-except",
        &policy(&[account()]),
        &policy(&[account(), except(BOB)]),
    );
    assert!(told.gains().contains(&"anyone  Decrypt".to_owned()));
    let denied = json!({"Effect": "Deny", "Principal": {"AWS": BOB}, "Action": "kms:Decrypt",
        "Resource": "*"});
    let told = diff(
        "user-denied",
        &policy(&[account()]),
        &policy(&[account(), denied]),
    );
    assert_eq!(told.loses(), [format!("user {BOB} Decrypt")]);
}

/// What one user could do, everyone of the account can.
#[test]
fn the_whole_account_gains_what_one_user_had() {
    let root = allow(
        ACCOUNT,
        &["kms:Describe*", "kms:PutKeyPolicy", "kms:CancelKeyDeletion"],
    );
    let deletion = ["kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"];
    let by = |principal| with(allow(principal, &deletion), "Condition", mfa());
    let told = diff(
        "star",
        &policy(&[root.clone(), by(BOB)]),
        &policy(&[root, by("*")]),
    );
    assert_eq!(told.code, 1);
    let gains = told.gains();
    for who in ["anyone ", "account 111122223333", "root 111122223333"] {
        let gain = format!("{who} ScheduleKeyDeletion");
        assert!(gains.contains(&gain), "{gain}: {gains:?}");
    }
    assert!(!told.text.contains("by other statements"), "{}", told.text);
}

/// Control policies only limit: whom a weaker one limits no longer gains, though it names nobody.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
#[test]
fn a_weakened_guardrail_fails_though_it_names_nobody() {
    let days = |days: &str| {
        let window =
            json!({"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": days}});
        with(deny(&["kms:ScheduleKeyDeletion"]), "Condition", window)
    };
    let both = deny(&["kms:ScheduleKeyDeletion", "kms:DisableKey"]);
    let changes = [
        (
            "fewer-actions",
            Some(both.clone()),
            Some(deny(&["kms:DisableKey"])),
        ),
        ("fewer-days", Some(days("30")), Some(days("7"))),
        ("gone", Some(both), None),
    ];
    let everyone = |statement: &Json| with(statement.clone(), "Principal", json!("*"));
    let answer = |statement: &Json, kind: &str| {
        json!({"Policy": {
            "PolicySummary": {"Id": "p-examplepolicyid111", "Name": "Guardrail", "Type": kind,
                "Arn": "arn:aws:organizations::111122223333:policy/o-exampleorgid/x/p-examplepolicyid111"},
            "Content": document(std::slice::from_ref(statement)),
        }})
        .to_string()
    };
    let toml = "[[organization.levels]]\nservice_control_policies = [\"scp/scp.json\"]\n";
    for (name, before, after) in changes {
        let side = |form: &str, statement: &Option<Json>| -> Vec<(&str, String)> {
            // A side with nothing at all would be no side.
            let mut files = vec![("key.json", document(&[account()]))];
            files.extend(statement.as_ref().map(|statement| match form {
                "rcp" => ("scp/scp.json", document(&[everyone(statement)])),
                "answer" => ("scp/scp.json", answer(statement, "SERVICE_CONTROL_POLICY")),
                _ => ("scp/scp.json", document(std::slice::from_ref(statement))),
            }));
            if form == "configured" {
                let toml = if statement.is_some() { toml } else { "" };
                files.push(("kmslint.toml", toml.to_owned()));
            }
            files
        };
        for form in ["bare", "rcp", "answer", "configured"] {
            let (old, new) = (side(form, &before), side(form, &after));
            let told = diff(&format!("guardrail-{name}-{form}"), &old, &new);
            assert_eq!(told.code, 1, "{name} {form}: {}", told.text);
            let gains = told.gains();
            assert!(
                gains.contains(&"limited  ScheduleKeyDeletion".to_owned()),
                "{name} {form}: {gains:?}"
            );
            // The other way round a guardrail is made stronger.
            let told = diff(&format!("guardrail-{name}-{form}-back"), &new, &old);
            assert_eq!((told.code, told.gains().len()), (0, 0), "{name} {form}");
        }
    }
}

/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>: without anyone who can
/// change the policy a key is unmanageable.
#[test]
fn a_run_fails_where_control_of_the_policy_or_the_last_canceller_is_lost() {
    let all = policy(&[account()]);
    let rest = |left_out: &str| {
        let actions = [
            "kms:PutKeyPolicy",
            "kms:CancelKeyDeletion",
            "kms:ScheduleKeyDeletion",
        ];
        let actions: Vec<_> = actions
            .into_iter()
            .filter(|name| *name != left_out)
            .collect();
        policy(&[allow(ACCOUNT, &actions)])
    };
    let told = diff("policy-control", &all, &rest("kms:PutKeyPolicy"));
    assert_eq!(told.code, 1);
    assert!(told.text.contains("! nobody is left who can: PutKeyPolicy"));
    let lost = "nobody is left who could change the key policy in 1";
    assert!(told.text.contains(lost), "{}", told.text);
    assert_eq!(told.json["loses_policy_control"], true);
    let told = diff("canceller", &all, &rest("kms:CancelKeyDeletion"));
    assert_eq!(
        (told.code, &told.json["loses_last_canceller"]),
        (1, &json!(true))
    );
    // Near miss: somebody else keeps it.
    let kept = allow(APP, &["kms:PutKeyPolicy"]);
    let only = allow(
        ACCOUNT,
        &["kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
    );
    let told = diff(
        "policy-control-kept",
        &policy(&[account(), kept.clone()]),
        &policy(&[only, kept]),
    );
    assert_eq!(told.code, 0, "{}", told.text);
}

fn describe_key(origin: &str) -> (&'static str, String) {
    let metadata = json!({"KeyMetadata": {
        "AWSAccountId": "111122223333",
        "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab",
        "Arn": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "Origin": origin,
    }});
    ("describe-key.json", metadata.to_string())
}

/// Material that was imported is deleted at once; who puts the policy gives itself the rest.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteImportedKeyMaterial.html>
#[test]
fn gains_of_destruction_by_another_way_fail() {
    let gain = |name: &str, action: &str, key: Option<(&'static str, String)>| {
        let side = |statements: &[Json]| {
            let mut files = policy(statements);
            files.extend(key.clone());
            files
        };
        let told = diff(
            name,
            &side(&[account()]),
            &side(&[account(), allow(APP, &[action])]),
        );
        let bare = action.trim_start_matches("kms:");
        assert_eq!(told.gains(), [format!("role {APP} {bare}")], "{name}");
        told.code
    };
    let material = "kms:DeleteImportedKeyMaterial";
    for (name, action, origin, code) in [
        ("material", material, None, 1),
        ("material-imported", material, Some("EXTERNAL"), 1),
        ("material-newer", material, Some("SOMETHING_NEWER"), 1),
        ("material-of-aws", material, Some("AWS_KMS"), 0),
        ("material-of-store", material, Some("EXTERNAL_KEY_STORE"), 0),
        ("put-policy", "kms:PutKeyPolicy", None, 1),
        ("deletion", "kms:ScheduleKeyDeletion", Some("AWS_KMS"), 1),
        ("grant", "kms:CreateGrant", None, 0),
        ("disable", "kms:DisableKey", None, 0),
        ("use", "kms:Decapsulate", None, 0),
    ] {
        assert_eq!(gain(name, action, origin.map(describe_key)), code, "{name}");
    }
    let same = diff("same", &policy(&[account()]), &policy(&[account()]));
    let watched = "no difference in ScheduleKeyDeletion, CancelKeyDeletion, PutKeyPolicy, \
                   DeleteImportedKeyMaterial, DisableKey, CreateGrant or use of the key\n";
    assert!(same.text.starts_with(watched), "{}", same.text);
}

/// Another account's use: <https://docs.aws.amazon.com/kms/latest/APIReference/API_Decapsulate.html>
#[test]
fn key_encapsulation_by_another_account_is_use() {
    let foreign = "arn:aws:iam::444455556666:role/app";
    let told = diff(
        "ml-kem",
        &policy(&[account()]),
        &policy(&[
            account(),
            allow(foreign, &["kms:Encapsulate", "kms:Decapsulate"]),
        ]),
    );
    let wanted = ["Decapsulate", "Encapsulate"].map(|name| format!("role {foreign} {name}"));
    assert_eq!((told.code, told.gains()), (0, wanted.to_vec()));
}

#[test]
fn a_policy_that_moved_is_the_same() {
    let keys = |path: &'static str| {
        vec![
            (path, document(&[account(), allow(APP, &["kms:*"])])),
            ("other.json", document(&[account()])),
        ]
    };
    let told = diff("moved", &keys("a/policy.json"), &keys("b/c/renamed.json"));
    assert_eq!((told.code, &told.json["subjects"]), (0, &json!([])));
    // Of two that say the same, one stays; and a guardrail that moved is as strong as before.
    let two = |one: &'static str| {
        vec![
            (one, document(&[account()])),
            ("other.json", document(&[account()])),
            (
                "scp/b.json",
                document(&[deny(&["kms:ScheduleKeyDeletion"])]),
            ),
        ]
    };
    let mut moved = two("c.json");
    moved[2].0 = "b.json";
    let told = diff("moved-two", &two("a.json"), &moved);
    assert_eq!((told.code, &told.json["subjects"]), (0, &json!([])));
    // Near miss: what moved and gives more is a new key.
    let wider = vec![
        (
            "b.json",
            document(&[account(), allow(APP, &["kms:ScheduleKeyDeletion"])]),
        ),
        ("other.json", document(&[account()])),
    ];
    let before = vec![("a.json", document(&[account()])), wider[1].clone()];
    let told = diff("moved-wider", &before, &wider);
    assert_eq!(told.code, 1);
    assert!(told.text.contains("key b.json (added)"), "{}", told.text);
}

/// What an omitted day count is compared as, AWS does not document: as `simulate` says, it is
/// conditional where it is allowed by one reading only.
#[test]
fn decision_in_json_is_that_of_simulate() {
    let omitted = json!({"Null": {"kms:ScheduleKeyDeletionPendingWindowInDays": "true"}});
    let statement = with(
        allow(APP, &["kms:ScheduleKeyDeletion"]),
        "Condition",
        omitted,
    );
    let told = diff(
        "omitted",
        &policy(&[account()]),
        &policy(&[account(), statement]),
    );
    let after = &told.json["subjects"][0]["changes"][0]["after"];
    let [decision, days, without] = ["decision", "days", "without_day_count"].map(|of| &after[of]);
    assert_eq!(
        [decision, days, without],
        [&json!("conditional"), &json!([]), &json!("conditional")]
    );
}

/// A team decides on which gains it fails; a change cannot take them out of its own gate.
#[test]
fn configured_actions_are_what_a_gain_fails_on() {
    let files = |statements: &[Json], list: Option<&str>| {
        let mut files = policy(statements);
        let toml = list.map(|list| format!("[diff]\nfail_on_gain = [{list}]\n"));
        files.extend(toml.map(|toml| ("kmslint.toml", toml)));
        files
    };
    let code = |name: &str, action: &str, lists: [Option<&str>; 2]| {
        let more = [account(), allow(APP, &[action])];
        let (old, new) = (files(&[account()], lists[0]), files(&more, lists[1]));
        diff(name, &old, &new).code
    };
    let (deletion, grant) = ("kms:ScheduleKeyDeletion", "kms:CreateGrant");
    let listed = Some("\"kms:CreateGrant\", \"enablekey\"");
    assert_eq!(code("listed-grant", grant, [listed, listed]), 1);
    assert_eq!(code("listed-enable", "kms:EnableKey", [listed, listed]), 1);
    assert_eq!(code("unlisted-deletion", deletion, [listed, listed]), 0);
    assert_eq!(code("nothing-listed", deletion, [Some(""), Some("")]), 0);
    assert_eq!(code("loosened", deletion, [None, Some("")]), 1);
    assert_eq!(code("added", grant, [None, listed]), 1);
}

/// A Deny that needs a condition key which does not exist protected nothing: put right, it only takes.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
#[test]
fn a_denial_by_a_key_that_does_not_exist_is_no_protection() {
    let deny = |key: &str| {
        let window = json!({"NumericLessThan": {key: "30"}});
        let actions = ["kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"];
        with(
            with(deny(&actions), "Principal", json!("*")),
            "Condition",
            window,
        )
    };
    let slip = policy(&[account(), deny("kms:PendingWindowInDays")]);
    let right = policy(&[
        account(),
        deny("kms:ScheduleKeyDeletionPendingWindowInDays"),
    ]);
    let told = diff("nonexistent", &slip, &right);
    assert_eq!((told.code, told.gains().len()), (0, 0), "{}", told.text);
    assert!(!told.loses().is_empty());
    // Gone, it gives nothing; the one that was right gives.
    let none = policy(&[account()]);
    assert_eq!(diff("nonexistent-gone", &slip, &none).code, 0);
    assert_eq!(diff("existent-gone", &right, &none).code, 1);
}

/// A service control policy with a statement, as the configuration names it, and a key that it limits.
fn limited(statement: Option<&Json>, account: &str) -> Vec<(&'static str, String)> {
    let toml = format!(
        "[[organization.levels]]\naccounts = [\"{account}\"]\n\
         service_control_policies = [\"scp/scp.json\"]\n"
    );
    let nothing = json!({"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"});
    vec![
        (
            "scp/scp.json",
            document(&[statement.unwrap_or(&nothing).clone()]),
        ),
        ("kmslint.toml", toml),
    ]
}

/// A control policy that takes the cancellation or the control of the key policy from everyone: keys that are
/// loaded and limited by it tell whether somebody is left; without any, the policy itself does.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
#[test]
fn a_control_policy_that_leaves_nobody_to_cancel_fails() {
    let (name, metadata) = describe_key("AWS_KMS");
    for (action, told_as) in [
        ("kms:CancelKeyDeletion", "loses_last_canceller"),
        ("kms:PutKeyPolicy", "loses_policy_control"),
    ] {
        let everyone = deny(&[action]);
        let but_one = with(
            everyone.clone(),
            "Condition",
            json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-glass"}}),
        );
        let key = |files: Vec<(&'static str, String)>| {
            let mut files = files;
            files.push((name, metadata.clone()));
            files.push((
                "policy.json",
                json!({"Policy": document(&[account()])}).to_string(),
            ));
            files
        };
        let own = "111122223333";
        let label = |form: &str| format!("control-{told_as}-{form}");
        let old = limited(None, own);
        let told = diff(&label("alone"), &old, &limited(Some(&everyone), own));
        assert_eq!(
            (told.code, &told.json[told_as]),
            (1, &json!(true)),
            "{}",
            told.text
        );
        let words = "! nobody whom the policy limits is left who can: ";
        assert!(told.text.contains(words), "{}", told.text);
        let told = diff(
            &label("keys"),
            &key(old.clone()),
            &key(limited(Some(&everyone), own)),
        );
        assert_eq!(
            (told.code, &told.json[told_as]),
            (1, &json!(true)),
            "{}",
            told.text
        );
        // Near misses: somebody is spared; the key is of an account that it does not limit; given back.
        let spared = limited(Some(&but_one), own);
        let told = diff(&label("spared"), &old, &spared);
        assert_eq!(told.code, 0, "{}", told.text);
        let told = diff(&label("spared-keys"), &key(old.clone()), &key(spared));
        assert_eq!(told.code, 0, "{}", told.text);
        let elsewhere = |of| key(limited(of, "444455556666"));
        let told = diff(
            &label("elsewhere"),
            &elsewhere(None),
            &elsewhere(Some(&everyone)),
        );
        assert_eq!(told.code, 0, "{}", told.text);
        let told = diff(&label("back"), &limited(Some(&everyone), own), &old);
        assert_eq!(told.json[told_as], false, "{}", told.text);
    }
}

/// One configuration for both sides names a control policy that lies in one of them.
#[test]
fn a_control_policy_in_a_checked_directory_is_told_once() {
    let (before, after) = (
        deny(&["kms:ScheduleKeyDeletion"]),
        deny(&["kms:DisableKey"]),
    );
    let own = "111122223333";
    let old = place("named-once/before", &limited(Some(&before), own));
    let new = place("named-once/after", &limited(Some(&after), own));
    let toml = old.join("kmslint.toml");
    let paths = [&old, &new, &toml].map(|path| path.to_str().unwrap());
    let all = |paths: &[&str]| {
        let (code, out) = run(&[paths, &["--format", "json"]].concat());
        let told: Json = serde_json::from_str(&out).unwrap();
        (code, told["subjects"].as_array().unwrap().len())
    };
    assert_eq!(all(&paths[..2]), (1, 1));
    assert_eq!(all(&[paths[0], paths[1], "--config", paths[2]]), (1, 1));
    assert_eq!(all(&[paths[1], paths[0], "--config", paths[2]]), (0, 1));
    assert_eq!(all(&[paths[0], paths[0], "--config", paths[2]]), (0, 0));
    // Only the file itself is the same: what lies twice is there twice.
    let mut twice = limited(Some(&before), own);
    twice.push(("copy.json", document(&[before])));
    let twice = place("named-once/twice", &twice);
    assert_eq!(all(&[paths[0], twice.to_str().unwrap()]), (0, 1));
}

/// Beside keys that were loaded, too: in a control policy and in a role's own policy.
#[test]
fn denials_by_a_key_that_does_not_exist_protect_nothing_beside_keys() {
    let window = |key: &str| {
        let condition = json!({"NumericLessThan": {key: "30"}});
        with(deny(&["kms:ScheduleKeyDeletion"]), "Condition", condition)
    };
    let (name, metadata) = describe_key("AWS_KMS");
    let files = |statement: Option<&Json>| {
        let mut files = limited(statement, "111122223333");
        files.push((name, metadata.clone()));
        files.push((
            "policy.json",
            json!({"Policy": document(&[account()])}).to_string(),
        ));
        files
    };
    let slip = files(Some(&window("kms:PendingWindowInDays")));
    let right = files(Some(&window("kms:ScheduleKeyDeletionPendingWindowInDays")));
    let none = files(None);
    let told = diff("nonexistent-control", &slip, &right);
    assert_eq!((told.code, told.gains().len()), (0, 0), "{}", told.text);
    assert!(!told.loses().is_empty());
    let told = diff("nonexistent-control-gone", &slip, &none);
    assert_eq!((told.code, told.gains().len()), (0, 0), "{}", told.text);
    assert_eq!(diff("existent-control-gone", &right, &none).code, 1);
    let told = diff("nonexistent-control-added", &none, &slip);
    assert_eq!((told.code, told.loses().len()), (0, 0), "{}", told.text);
}
