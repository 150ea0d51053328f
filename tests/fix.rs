//! `kmslint fix` on policies of all kinds: one final set of fixes in every output, with what it does.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value as Json, json};

const ACCOUNT: &str = "arn:aws:iam::111122223333:root";
const ADMIN: &str = "arn:aws:iam::111122223333:role/KeyAdmin";
const APP: &str = "arn:aws:iam::111122223333:role/App";
const ORPHAN: &str = "AROAEXAMPLEID1234567A";

/// A directory with a policy in it, and maybe other files.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str, statements: &[Json]) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("fix")
            .join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        let directory = Self(path);
        directory.write("policy.json", &document(statements));
        directory
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn policy(&self) -> Json {
        let text = fs::read_to_string(self.0.join("policy.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Exit code, output and errors.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kmslint"));
        let command = command.args(arguments).current_dir(&self.0);
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }

    /// The set as programs are told of it.
    fn listed(&self, arguments: &[&str]) -> Json {
        let all = [&["fix", "--format", "json"], arguments].concat();
        let (code, out, err) = self.run(&all);
        assert_eq!((code, err.as_str()), (0, ""));
        serde_json::from_str(&out).unwrap()
    }

    /// The ids of the rules that find something.
    fn found(&self) -> Vec<String> {
        let (_, out, _) = self.run(&["check", "--format", "json"]);
        let report: Json = serde_json::from_str(&out).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .map(|finding| finding["rule"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn document(statements: &[Json]) -> String {
    serde_json::to_string_pretty(&json!({"Version": "2012-10-17", "Statement": statements}))
        .unwrap()
}

fn statement(effect: &str, principal: &str, actions: &[&str]) -> Json {
    let principal = match principal {
        "*" => json!("*"),
        name => json!({"AWS": name}),
    };
    json!({"Effect": effect, "Principal": principal, "Action": actions, "Resource": "*"})
}

fn allow(principal: &str, actions: &[&str]) -> Json {
    statement("Allow", principal, actions)
}

/// AWS's default key policy:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
fn account() -> Json {
    allow(ACCOUNT, &["kms:*"])
}

fn with(mut statement: Json, key: &str, value: Json) -> Json {
    statement[key] = value;
    statement
}

fn titles(listed: &Json) -> Vec<&str> {
    let proposals = listed["proposals"].as_array().unwrap().iter();
    proposals.map(|of| of["title"].as_str().unwrap()).collect()
}

fn effects(of: &Json) -> Vec<&str> {
    let effects = of["effects"].as_array().unwrap().iter();
    effects.map(|effect| effect.as_str().unwrap()).collect()
}

/// The list, the patch and the edited file are one set, and `check` counts what it mends; of several
/// fixes the total is told.
#[test]
fn list_patch_and_file_are_one_set() {
    let policies = [
        ("chain", vec![account(), allow(APP, &["kms:*"])]),
        ("only-admin", vec![allow(ADMIN, &["kms:*"])]),
        (
            "app",
            vec![account(), allow(APP, &["kms:Decrypt", "kms:S*"])],
        ),
    ];
    for (name, mut statements) in policies {
        if name == "chain" {
            statements[1]["Principal"]["AWS"] = json!([ORPHAN, APP]);
        }
        let directory = Directory::new(&format!("set-{name}"), &statements);
        let listed = directory.listed(&[]);
        let mended = listed["mended"].as_u64().unwrap();
        let (_, checked, _) = directory.run(&["check"]);
        let counted = format!("{mended} fixable by `kmslint fix`");
        assert!(checked.contains(&counted), "{name}: {counted}\n{checked}");
        let (_, out, _) = directory.run(&["fix"]);
        let findings = if mended == 1 { "finding" } else { "findings" };
        assert!(
            out.contains(&format!("{mended} {findings}")),
            "{name}: {out}"
        );
        let found = directory.found();
        let (code, patch, _) = directory.run(&["fix", "--diff"]);
        assert_eq!(code, 0, "{name}");
        let before = directory.policy();
        let (code, written, err) = directory.run(&["fix", "--write"]);
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        for title in titles(&listed) {
            assert!(written.contains(title), "{name}: {title}\n{written}");
        }
        let fixes = titles(&listed).len();
        assert!(
            written.contains(&format!("{mended} {findings}")),
            "{name}: {written}"
        );
        assert_eq!(listed["totals"][0]["fixes"], fixes, "{name}");
        // The JSON Patches one after the other make the same.
        let mut patched = before;
        for proposal in listed["proposals"].as_array().unwrap() {
            let patch: json_patch::Patch =
                serde_json::from_value(proposal["patch"].clone()).unwrap();
            json_patch::patch(&mut patched, &patch).unwrap();
        }
        assert_eq!(patched, directory.policy(), "{name}");
        assert!(!patch.is_empty(), "{name}");
        let after = directory.found();
        let mended = usize::try_from(mended).unwrap();
        assert!(
            found.len() - after.len() >= mended,
            "{name}: {found:?} {after:?}"
        );
    }
}

/// What is unsafe on the file is not made because another fix makes it look safe.
#[test]
fn what_is_unsafe_on_the_file_stays_so_in_one_run() {
    // The orphan would lose deletion too: only once it is removed is that one role's.
    let mut admins = allow(APP, &["kms:*"]);
    admins["Principal"]["AWS"] = json!([ORPHAN, APP]);
    let directory = Directory::new("chain", &[account(), admins]);
    let (code, _, _) = directory.run(&["fix", "--write"]);
    assert_eq!(code, 0);
    let actions = &directory.policy()["Statement"][1]["Action"];
    assert_eq!(*actions, json!(["kms:*"]));
    assert_eq!(
        directory.policy()["Statement"][1]["Principal"]["AWS"],
        json!([APP])
    );
    // Everyone keeps `kms:PutKeyPolicy`, so that the gate must not open.
    let open = |sid: &str| with(allow("*", &["kms:*"]), "Sid", json!(sid));
    let by_exception = json!({"Sid": "Open2", "Effect": "Allow", "Principal": "*",
        "NotAction": "iam:*", "Resource": "*"});
    let admin = allow(ADMIN, &["kms:*Deletion", "kms:S*", "kms:Decrypt"]);
    let directory = Directory::new(
        "chain-open",
        &[account(), open("Open"), admin, by_exception],
    );
    assert_eq!(directory.run(&["check"]).0, 1);
    directory.run(&["fix", "--write"]);
    assert_eq!(directory.run(&["check"]).0, 1);
    assert_eq!(directory.policy()["Statement"][3]["Principal"], "*");
}

/// A fix that mends a part of what another finding tells leaves the rest of it to that finding's own fix, in
/// the same run.
#[test]
fn what_is_mended_in_part_is_mended_in_one_run() {
    let admin = allow(ADMIN, &["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"]);
    // What this one lacks is for a person: it uses the key.
    let app = allow(APP, &["kms:Decrypt", "kms:ScheduleKeyDeletion"]);
    let directory = Directory::new("in-part", &[admin, app]);
    assert_eq!(directory.run(&["fix", "--write"]).0, 0);
    let once = directory.policy();
    let actions = once["Statement"][0]["Action"].to_string();
    for action in ["Cancel", "DisableKey", "EnableKey", "DescribeKey"] {
        assert!(actions.contains(action), "{actions}");
    }
    assert_eq!(directory.run(&["fix", "--write"]).0, 0);
    assert_eq!(directory.policy(), once);
}

/// It succeeds only where evaluation afterwards says exactly the days and the cancellation.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-adding-permission.html>
#[test]
fn deletion_is_allowed_as_asked_or_refused_with_what_is_in_the_way() {
    let named = |sid: &str, statement: Json| with(statement, "Sid", json!(sid));
    let window = |operator: &str, days: &str| json!({operator: {"kms:ScheduleKeyDeletionPendingWindowInDays": days}});
    let deny = |actions: &[&str]| named("Protect", statement("Deny", "*", actions));
    let of_account = json!({"StringEquals": {"kms:CallerAccount": "111122223333"}});
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}});
    let refused = [
        (
            "denied",
            deny(&["kms:ScheduleKeyDeletion"]),
            "the statement `Protect` denies it",
        ),
        (
            "cancel-denied",
            deny(&["kms:CancelKeyDeletion"]),
            "it could not surely cancel deletion",
        ),
        (
            "longer",
            with(
                deny(&["kms:ScheduleKeyDeletion"]),
                "Condition",
                window("NumericLessThan", "25"),
            ),
            "with 21 to 24 days: the statement `Protect` denies it",
        ),
        (
            "perhaps",
            with(deny(&["kms:ScheduleKeyDeletion"]), "Condition", mfa),
            "the statement `Protect` denies it",
        ),
        (
            "by-everyone",
            with(
                named("Open", allow("*", &["kms:*"])),
                "Condition",
                of_account,
            ),
            "can schedule deletion with 7 days already",
        ),
        (
            "by-itself",
            allow(ADMIN, &["kms:ScheduleKeyDeletion"]),
            "with 7 days already",
        ),
    ];
    let ask = ["fix", "--allow-deletion-by", ADMIN, "--min-days", "21"];
    for (name, statement, reason) in refused {
        let directory = Directory::new(&format!("allow-{name}"), &[account(), statement]);
        for output in [None, Some("--diff"), Some("--write")] {
            let arguments: Vec<_> = ask.iter().copied().chain(output).collect();
            let before = directory.policy();
            let (code, out, err) = directory.run(&arguments);
            let told = format!("{out}{err}");
            assert_eq!(code, 2, "{name}: {told}");
            assert!(told.contains(reason), "{name}: {told}");
            assert_eq!(directory.policy(), before, "{name}");
        }
    }
}

/// Near misses: a guardrail that is not longer, and one for somebody else.
#[test]
fn deletion_is_allowed_beside_what_is_not_in_the_way() {
    let ask = ["fix", "--allow-deletion-by", ADMIN, "--min-days", "21"];
    let window = json!({"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": "21"}});
    let guardrail = statement("Deny", "*", &["kms:ScheduleKeyDeletion"]);
    let granted = [
        ("guardrail", with(guardrail, "Condition", window)),
        (
            "other",
            statement("Deny", APP, &["kms:ScheduleKeyDeletion"]),
        ),
    ];
    for (name, statement) in granted {
        let directory = Directory::new(&format!("allowed-{name}"), &[account(), statement]);
        let arguments = [&ask[..], &["--write"]].concat();
        let (code, _, err) = directory.run(&arguments);
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        let (code, _, err) = directory.run(&ask);
        assert_eq!(code, 0, "{name}");
        assert!(err.contains("nothing to do"), "{name}: {err}");
    }
}

/// What a person has to decide keeps nothing else from being done.
#[test]
fn statements_by_exception_are_for_a_person() {
    let all = json!({"Effect": "Allow", "NotPrincipal": {"AWS": APP},
        "Action": "kms:ScheduleKeyDeletion", "Resource": "*"});
    let denied = json!({"Effect": "Deny", "Principal": "*", "NotAction": ["kms:DeleteKey", "kms:*"],
        "Resource": "*"});
    let directory = Directory::new("by-exception", &[account(), all, denied]);
    for arguments in [
        &["fix", "--diff"][..],
        &["fix", "--only", "all", "--write"],
        &["fix"],
    ] {
        let (code, out, err) = directory.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {out}{err}");
    }
}

/// Nothing that is safe leaves nobody who can schedule deletion: AWS has no other way to delete a key
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>).
#[test]
fn no_safe_fix_takes_deletion_from_the_last_who_can() {
    let directory = Directory::new("only-admin", &[allow(ADMIN, &["kms:*"])]);
    let listed = directory.listed(&["--rule", "deletion-by-wildcard-action"]);
    assert_eq!(effects(&listed["proposals"][0]), ["no permission changes"]);
    directory.run(&["fix", "--rule", "deletion-by-wildcard-action", "--write"]);
    let policy = directory.policy();
    let actions = policy["Statement"][0]["Action"].as_array().unwrap();
    assert!(actions.contains(&json!("kms:ScheduleKeyDeletion")));
    assert!(
        !directory
            .found()
            .contains(&"deletion-by-wildcard-action".to_owned())
    );
    for rule in ["key-user-can-delete", "deletion-by-wildcard-action"] {
        assert!(
            titles(&directory.listed(&["--rule", rule])).is_empty(),
            "{rule}"
        );
    }
    // A denial of everyone's is a person's decision, whatever its slip.
    for denied in ["kms:DeleteKey", "kms:Delete*"] {
        let deny = statement("Deny", "*", &[denied]);
        let directory = Directory::new("deny-all", &[account(), deny]);
        let listed = directory.listed(&["--only", "all"]);
        let reasons = listed["proposals"][0]["reasons"].to_string();
        assert!(
            reasons.contains("nobody is left for ScheduleKeyDeletion"),
            "{reasons}"
        );
        assert!(titles(&directory.listed(&[])).is_empty(), "{denied}");
    }
    // Near miss: where the account can delete, an application loses it.
    let directory = Directory::new("two", &[account(), allow(APP, &["kms:*"])]);
    let listed = directory.listed(&["--rule", "deletion-by-wildcard-action"]);
    assert!(effects(&listed["proposals"][0])[0].contains("ScheduleKeyDeletion"));
}

/// Who uses the key must not get `kms:DisableKey` by an undone deletion.
#[test]
fn no_safe_fix_lets_an_application_disable_the_key() {
    let rule = ["--rule", "recovery-permissions-missing"];
    let uses = allow(
        APP,
        &[
            "kms:Decrypt",
            "kms:ScheduleKeyDeletion",
            "kms:CancelKeyDeletion",
        ],
    );
    let directory = Directory::new("app-recovery", &[account(), uses]);
    assert!(titles(&directory.listed(&rule)).is_empty());
    let listed = directory.listed(&[&rule[..], &["--only", "all"]].concat());
    let reasons = listed["proposals"][0]["reasons"].to_string();
    assert!(reasons.contains("could disable it"), "{reasons}");
    // Near miss: an administrator.
    let administers = allow(ADMIN, &["kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"]);
    let directory = Directory::new("admin-recovery", &[account(), administers]);
    assert_eq!(titles(&directory.listed(&rule)).len(), 1);
}

/// A role gains although one of its sessions had everything, also where the resource leaves it open.
#[test]
fn a_role_gains_what_one_session_had() {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let of_key = |statement: Json| with(statement, "Resource", json!(key));
    let session = "arn:aws:sts::111122223333:assumed-role/KeyAdmin/alice";
    let statements = [
        of_key(allow(ADMIN, &["kms:ScheduleKeyDeletion"])),
        of_key(allow(session, &["kms:*"])),
    ];
    let directory = Directory::new("session", &statements);
    let listed = directory.listed(&["--rule", "recovery-permissions-missing", "--only", "all"]);
    let told = effects(&listed["proposals"][0]).join("\n");
    for action in ["CancelKeyDeletion", "EnableKey", "DisableKey"] {
        assert!(
            told.contains(action) && told.contains("`role/KeyAdmin`"),
            "{told}"
        );
    }
}

/// A finding does not go away because another one was mended: without administration the rest looks
/// like a piece of a policy, of which it is not said that nobody can change it.
#[test]
fn a_finding_does_not_fall_silent() {
    let actions = [
        "kms:Sign",
        "kms:GetPublicKey",
        "kms:ScheduleKeyDeletion",
        "kms:DescribeKey",
    ];
    let directory = Directory::new("silent", &[allow(APP, &actions)]);
    let silent = "policy-change-by-nobody".to_owned();
    assert!(directory.found().contains(&silent));
    directory.run(&["fix", "--write"]);
    assert!(directory.found().contains(&silent));
    let listed = directory.listed(&["--rule", "key-user-can-delete", "--only", "all"]);
    let reasons = listed["proposals"][0]["reasons"].to_string();
    assert!(
        reasons.contains("`policy-change-by-nobody` would be found no longer"),
        "{reasons}"
    );
}

/// Whom a control policy limits is told, and a denial of everyone's is none that is safe.
#[test]
fn fixes_of_control_policies_tell_whom_they_limit() {
    let deny = |action: &str| json!({"Effect": "Deny", "Action": action, "Resource": "*"});
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let answer = json!({"Policy": {
        "PolicySummary": {"Id": "p-examplepolicyid111", "Name": "Guardrail",
            "Type": "SERVICE_CONTROL_POLICY",
            "Arn": "arn:aws:organizations::111122223333:policy/o-exampleorgid/service_control_policy/p-examplepolicyid111"},
        "Content": document(&[all, deny("kms:DeleteKey")]),
    }});
    let forms = [
        ("bare", document(&[deny("kms:DeleteKey")])),
        ("answer", answer.to_string()),
    ];
    for (name, text) in forms {
        let directory = Directory::new(&format!("control-{name}"), &[account()]);
        directory.write("scp.json", &text);
        let listed = directory.listed(&["--rule", "deny-of-unknown-action", "--only", "all"]);
        let told = effects(&listed["proposals"][0]).join("\n");
        assert!(
            told.contains("whomever the policy limits: ScheduleKeyDeletion"),
            "{name}: {told}"
        );
        let reasons = listed["proposals"][0]["reasons"].to_string();
        // Nothing tells of the bare one that it is no control policy.
        assert!(
            reasons.contains("nobody whom the policy limits"),
            "{name}: {reasons}"
        );
    }
}

#[test]
fn effects_in_json_name_every_action() {
    let mut admins = allow(APP, &["kms:*"]);
    admins["Principal"]["AWS"] = json!([ORPHAN, APP]);
    let directory = Directory::new("effects", &[account(), admins]);
    let listed = directory.listed(&["--rule", "orphaned-principal"]);
    let told = effects(&listed["proposals"][0]).join("\n");
    assert!(!told.contains(" more"), "{told}");
    for action in ["VerifyMac", "EnableKey", "Decapsulate"] {
        assert!(told.contains(action), "{told}");
    }
    assert_eq!(
        listed["totals"][0]["effects"],
        listed["proposals"][0]["effects"]
    );
    let (_, out, _) = directory.run(&["fix", "--rule", "orphaned-principal"]);
    assert!(out.contains(" more "), "{out}");
}

/// What is left of a policy that is a file by itself must still be told to be a key's.
#[test]
fn a_fixed_file_is_recognised_as_what_it_was() {
    let named = with(allow(ORPHAN, &["kms:Decrypt"]), "Sid", json!("Named"));
    let rest = statement("Deny", "*", &["kms:Decrypt"]);
    let directory = Directory::new("recognised", &[named.clone(), rest.clone()]);
    let listed = directory.listed(&["--rule", "orphaned-principal", "--only", "all"]);
    assert!(titles(&listed).is_empty());
    assert!(
        listed["refused"]
            .to_string()
            .contains("to be a key's by itself"),
        "{listed:#}"
    );
    assert_eq!(directory.run(&["fix", "--only", "all", "--write"]).0, 0);
    // Near miss: the answer of `aws kms get-key-policy` is told by its form.
    let answer = json!({"Policy": document(&[named, rest]), "PolicyName": "default"});
    directory.write("policy.json", &answer.to_string());
    let listed = directory.listed(&["--rule", "orphaned-principal", "--only", "all"]);
    assert_eq!(titles(&listed).len(), 1);
}

/// A placeholder of a template is nobody's to rewrite.
#[test]
fn no_fix_rewrites_a_placeholder() {
    let template = allow(
        "arn:aws:iam::${account}:role/App",
        &["kms:Decrypt", "kms:*"],
    );
    let directory = Directory::new("placeholder", &[account(), template]);
    let before = directory.policy();
    let (_, _, _) = directory.run(&["fix", "--only", "all", "--write"]);
    assert_eq!(directory.policy()["Statement"][1], before["Statement"][1]);
}

/// Who may change the key policy is narrowed as who may delete is: safe where nothing else goes with it, as IAM
/// goes on to decide and the account keeps the control of the policy.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
#[test]
fn an_open_key_policy_is_narrowed_to_the_account() {
    let open = |actions: &[&str]| allow("*", actions);
    let put = |statement| with(statement, "Sid", json!("Open"));
    let metadata = json!({"KeyMetadata": {"AWSAccountId": "111122223333",
        "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab",
        "Arn": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}});
    let title = "name the account `111122223333` in place of `*` in the statement `Open`";
    for (name, statements, safe) in [
        (
            "alone",
            vec![account(), put(open(&["kms:PutKeyPolicy"]))],
            true,
        ),
        (
            "last",
            vec![
                put(open(&["kms:PutKeyPolicy"])),
                allow(ADMIN, &["kms:*Deletion"]),
            ],
            true,
        ),
        (
            "with-use",
            vec![account(), put(open(&["kms:PutKeyPolicy", "kms:Decrypt"]))],
            false,
        ),
    ] {
        let directory = Directory::new(&format!("narrow-{name}"), &statements);
        directory.write("key.json", &metadata.to_string());
        let rule = "policy-change-open-to-anyone";
        let listed = directory.listed(&["--rule", rule, "--only", "all"]);
        assert_eq!(titles(&listed), [title], "{name}");
        assert_eq!(listed["proposals"][0]["safe"], safe, "{name}: {listed:#}");
        assert!(directory.found().contains(&rule.to_owned()), "{name}");
        let (code, _, err) = directory.run(&["fix", "--write", "--rule", rule]);
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        assert_eq!(
            !directory.found().contains(&rule.to_owned()),
            safe,
            "{name}"
        );
        assert!(
            !directory
                .found()
                .contains(&"policy-change-by-nobody".to_owned()),
            "{name}"
        );
    }
}

#[test]
fn files_that_are_not_edited_are_named_with_the_reason() {
    let directory = Directory::new("not-edited", &[statement("Allow", ACCOUNT, &["kms:*"])]);
    let policy = document(&[statement("Allow", ADMIN, &["kms:*"])]);
    directory.write(
        "stack.json",
        &json!({"Resources": {"Key": {"Type": "AWS::KMS::Key", "DeletionPolicy": "Retain",
            "Properties": {"KeyPolicy": policy}}}})
        .to_string(),
    );
    let listed = directory.listed(&["stack.json"]);
    let not_edited = listed["not_edited"].as_array().unwrap();
    assert_eq!(not_edited.len(), 1);
    assert_eq!(not_edited[0]["file"], "stack.json");
    assert!(not_edited[0]["findings"].as_u64().unwrap() > 0);
    let reason = not_edited[0]["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("it is a CloudFormation template"),
        "{reason}"
    );
    assert_eq!(listed["files"], json!([]));

    let (code, out, _) = directory.run(&["fix", "stack.json"]);
    assert_eq!(code, 0);
    assert!(out.contains("not edited: stack.json ("), "{out}");
    let (code, out, err) = directory.run(&["fix", "stack.json", "--diff"]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.contains("not edited: stack.json ("), "{err}");
    // Nothing is found of a rule that is not asked about.
    let none = directory.listed(&["stack.json", "--rule", "sid-repeated"]);
    assert_eq!(none["not_edited"], json!([]));
    // What was asked for cannot be made.
    let (code, out, err) = directory.run(&["fix", "stack.json", "--allow-deletion-by", APP]);
    assert_eq!(code, 2, "{out}{err}");
    assert!(out.contains("the file is not edited"), "{out}");
}
