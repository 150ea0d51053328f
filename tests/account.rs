//! Users and roles of an account: who can delete a key through which policies.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::path::Path;

use kmslint::aws::PendingWindowInDays;
use kmslint::eval::Decision;
use kmslint::facts::{Access, FactMaker, Facts, Limits};
use kmslint::finding::{Finding, Fingerprint, fingerprint, own_fingerprints};
use kmslint::inventory::{Inventory, Organization};
use kmslint::lint::{Baseline, Defect, Names, baseline, defects, run_all};
use kmslint::load::{Loaded, load};
use kmslint::rule::Catalogue;
use kmslint::text::{Filter, Root, discover};
use serde_json::{Value, json};

const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn limits() -> Limits {
    Limits {
        minimum_waiting_period: PendingWindowInDays::new(14).unwrap(),
        ..Limits::default()
    }
}

fn facts(loaded: &Loaded, inventory: &Inventory) -> Vec<Facts> {
    let maker = FactMaker::new(inventory, &loaded.sources, limits());
    let keys = inventory.keys.iter();
    keys.map(|key| maker.of_key(key)).collect()
}

/// What the directory `name` holds when these files are in it.
fn load_files(name: &str, files: &[(&str, Value)]) -> Loaded {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("account-{name}"));
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).unwrap();
    for (name, text) in files {
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text.to_string()).unwrap();
    }
    load(&discover(&[directory], &Filter::default()))
}

fn allow(action: &str, condition: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition}]})
}

fn role(name: &str, policy: &Value) -> Value {
    json!({"RoleName": name, "RoleId": format!("AROA{}", name.to_uppercase()),
        "Arn": format!("arn:aws:iam::111122223333:role/{name}"),
        "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}},
        "RolePolicyList": [{"PolicyName": "Own", "PolicyDocument": policy}],
        "AttachedManagedPolicies": []})
}

fn account(roles: &[Value]) -> Value {
    json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []})
}

fn key() -> Value {
    json!({"KeyMetadata": {"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Arn": ARN}})
}

fn default_policy() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}]})
}

/// The facts of one key with the default policy in an account with these roles.
fn with_roles(name: &str, roles: &[Value]) -> Facts {
    let files = [
        ("account.json", account(roles)),
        ("key.json", key()),
        ("policy.json", default_policy()),
    ];
    let loaded = load_files(name, &files);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    facts(&loaded, &loaded.inventory).remove(0)
}

/// Name, decision, days in words and policies of everyone but the account itself.
fn schedulers(facts: &Facts) -> Vec<(&str, Decision, &str, String)> {
    let others = facts.access.schedule.iter();
    others
        .filter(|access| !access.resolved)
        .map(|a| (&*a.name, a.decision, &*a.days_text, a.policies.join(" ")))
        .collect()
}

#[test]
fn real_principals_are_asked_with_their_own_policies() {
    let loaded = load(&discover(
        &[Path::new("fixtures/account").to_path_buf()],
        &Filter::default(),
    ));
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    let all = facts(&loaded, &loaded.inventory);
    let [scratch, documents] = all.as_slice() else {
        panic!("{} keys", all.len());
    };
    let row = |name, decision, days, policy: &str| (name, decision, days, policy.to_owned());
    let (sure, open) = (Decision::Allowed, Decision::Conditional);
    let admin = "AdministratorAccess";
    assert_eq!(
        schedulers(documents),
        [
            row("role/Admin", sure, "14 to 30 days", admin),
            row("role/break-glass", sure, "7 to 30 days", admin),
            row("role/ci/ci-deploy", sure, "14 to 30 days", "DeployPolicy"),
            row("role/project-owner", sure, "14 to 30 days", "OwnKeys"),
            row("user/alice", open, "14 to 30 days", "Operations"),
        ]
    );
    assert_eq!(
        schedulers(scratch),
        [
            row("role/KeyAdmin", sure, "7 to 30 days", ""),
            row("role/Admin", sure, "7 to 30 days", admin),
            row("role/break-glass", sure, "7 to 30 days", admin),
            row("role/ci/ci-deploy", sure, "7 to 30 days", "DeployPolicy"),
            row("role/test-janitor", sure, "7 to 30 days", "CleanUp"),
            row("user/alice", open, "7 to 30 days", "Operations"),
        ]
    );
    assert_eq!(
        scratch.key.aliases.as_deref().unwrap(),
        ["alias/test/scratch"]
    );
    assert_eq!(scratch.key.tags.as_ref().unwrap()[0].value, "test");
    assert!(documents.access.schedule[0].resolved);
}

#[test]
fn a_way_through_iam_names_both_statements() {
    let facts = with_roles("via", &[role("deploy", &allow("kms:S*", &json!({})))]);
    let access: &Access = &facts.access.schedule[1];
    assert!(access.through_iam && access.without_mfa);
    let via: Vec<_> = access
        .via
        .iter()
        .map(|via| (via.policy.as_deref(), &*via.pattern, via.direct))
        .collect();
    assert_eq!(
        via,
        [(None, "kms:*", false), (Some("Own"), "kms:S*", false)]
    );
    let file = |place: kmslint::facts::IndexedLocation| &facts.sources[place.file as usize];
    assert!(file(access.via[0].at).ends_with("policy.json"));
    assert!(file(access.via[1].at).ends_with("account.json"));
    assert!(file(access.at).ends_with("account.json"));
}

#[test]
fn what_is_not_known_of_a_principal_stays_open() {
    let tagged = allow(
        "kms:*",
        &json!({"StringEquals": {"aws:PrincipalTag/Team": "keys"}}),
    );
    let with_tags = |name: &str, tags: Value, action: &str| {
        let mut role = role(name, &tagged);
        role["Tags"] = tags;
        role["AssumeRolePolicyDocument"]["Statement"]["Action"] = json!(action);
        role
    };
    let keys = json!([{"Key": "Team", "Value": "keys"}]);
    let mut bounded = role("e", &allow("kms:*", &json!({})));
    bounded["PermissionsBoundary"] =
        json!({"PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/Elsewhere"});
    let session = json!({"StringLike": {"aws:userid": "AROAF:alice"}});
    let whole = json!({"StringLike": {"aws:userid": "AROAG:*"}});
    let facts = with_roles(
        "open",
        &[
            with_tags("a", keys, "sts:AssumeRole"),
            with_tags("b", json!([]), "sts:AssumeRole"),
            with_tags("c", json!([]), "sts:*"),
            with_tags("d", Value::Null, "sts:AssumeRole"),
            bounded,
            role("f", &allow("kms:*", &session)),
            role("g", &allow("kms:*", &whole)),
        ],
    );
    let found: Vec<_> = schedulers(&facts)
        .into_iter()
        .map(|(name, decision, ..)| (name, decision))
        .collect();
    let (sure, open) = (Decision::Allowed, Decision::Conditional);
    assert_eq!(
        found,
        [
            ("role/a", sure),
            ("role/c", open),
            ("role/d", open),
            ("role/e", open),
            ("role/f", open),
            ("role/g", sure),
        ]
    );
}

#[test]
fn control_policies_stand_above_the_account() {
    let scp = json!({"Policy": {"PolicySummary": {"Id": "p-guard", "Name": "Guard",
        "Type": "SERVICE_CONTROL_POLICY"}, "Content": json!({"Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/keys"}}}]}).to_string()}});
    let all = allow("*", &json!({}));
    let mut loaded = load_files(
        "organization",
        &[
            (
                "account.json",
                account(&[role("app", &all), role("keys", &all)]),
            ),
            ("key.json", key()),
            ("policy.json", default_policy()),
            ("scp.json", scp),
        ],
    );
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    let mut inventory = std::mem::take(&mut loaded.inventory);
    let names = |inventory: &Inventory| {
        let facts = facts(&loaded, inventory).remove(0);
        let names = schedulers(&facts).into_iter();
        names.map(|row| row.0.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&inventory), ["role/app", "role/keys"]);
    let organization = Organization {
        scps: vec![vec!["FullAWSAccess".into()], vec!["p-guard".into()]],
        ..Organization::default()
    };
    assert!(
        organization
            .missing(&inventory.organization_policies)
            .is_empty()
    );
    inventory.organization = Some(organization.clone());
    assert_eq!(names(&inventory), ["role/keys"]);
    inventory.organization = Some(Organization {
        management_account: kmslint::aws::AccountId::parse("111122223333"),
        ..organization
    });
    assert_eq!(names(&inventory), ["role/app", "role/keys"]);
}

#[test]
fn what_could_hold_the_permission_and_is_missing_is_an_error() {
    let mut attached = role("r", &allow("kms:*", &json!({})));
    attached["AttachedManagedPolicies"] =
        json!({"PolicyArn": "arn:aws:iam::aws:policy/PowerUserAccess"});
    let mut truncated = account(&[attached]);
    truncated["IsTruncated"] = json!(true);
    let loaded = load_files("missing", &[("account.json", truncated)]);
    let messages: Vec<_> = loaded.errors.iter().map(|e| e.error.to_string()).collect();
    assert_eq!(
        messages,
        [
            "the answer is not whole: what is missing could hold a permission",
            "`arn:aws:iam::aws:policy/PowerUserAccess` is attached and not in any file, and could hold a permission",
        ]
    );
}

#[test]
fn an_inline_policy_finds_its_role() {
    let inline = json!({"RoleName": "deploy", "PolicyName": "Extra",
        "PolicyDocument": allow("kms:ScheduleKeyDeletion", &json!({}))});
    let nothing = allow("s3:*", &json!({}));
    let files = [
        ("account.json", account(&[role("deploy", &nothing)])),
        ("extra.json", inline.clone()),
        ("key.json", key()),
        ("policy.json", default_policy()),
    ];
    let loaded = load_files("inline", &files);
    let found = facts(&loaded, &loaded.inventory).remove(0);
    assert_eq!(schedulers(&found)[0].3, "Extra");
    assert!(loaded.inventory.policies.is_empty());
    let alone = load_files("inline-alone", &[("extra.json", inline)]);
    assert_eq!(alone.inventory.policies.len(), 1);
}

/// A key that leaves everything to IAM policies, and an account with these roles.
fn load_through_iam(name: &str, roles: &[Value]) -> Loaded {
    let mut whole = account(roles);
    whole["Policies"] = json!([{"PolicyName": "Wide", "Arn": WIDE, "DefaultVersionId": "v1",
        "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true,
            "Document": allow("kms:*", &json!({}))}]}]);
    let files = [
        ("account.json", whole),
        ("key.json", key()),
        ("policy.json", default_policy()),
    ];
    let loaded = load_files(name, &files);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    loaded
}

/// A finding for each statement that gives deletion, whoever has it.
fn through_iam(name: &str, roles: &[Value]) -> (Facts, Vec<Finding>, Vec<Fingerprint>) {
    let loaded = load_through_iam(name, roles);
    let facts = facts(&loaded, &loaded.inventory);
    let mut findings = run_all(&facts, Catalogue::builtin().unwrap());
    findings.retain(|finding| &*finding.rule == "deletion-through-iam");
    fingerprint(&mut findings, &loaded.sources);
    let subjects: Vec<_> = findings.iter().map(|of| [&of.subject]).collect();
    let all: Vec<_> = findings
        .iter()
        .zip(subjects.iter().map(<[_; 1]>::as_slice))
        .collect();
    let own = own_fingerprints(&all, &Root::default());
    (facts.into_iter().next().unwrap(), findings, own)
}

const WIDE: &str = "arn:aws:iam::111122223333:policy/Wide";

fn wide(number: usize) -> Value {
    let mut role = role(&format!("app{number:03}"), &allow("s3:*", &json!({})));
    role["AttachedManagedPolicies"] = json!([{"PolicyName": "Wide", "PolicyArn": WIDE}]);
    role
}

#[test]
fn a_policy_of_many_roles_is_one_finding() {
    let mut roles: Vec<_> = (0..200).map(wide).collect();
    // One of them has a policy of its own beside it, and one only that.
    roles[7]["RolePolicyList"][0]["PolicyDocument"] = allow("kms:S*", &json!({}));
    roles.push(role("other", &allow("kms:Schedule*", &json!({}))));
    let (facts, findings, _) = through_iam("many", &roles);
    let messages: Vec<_> = findings.iter().map(|f| f.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`role/other` can schedule deletion of the key with 7 to 30 days, through the account \
             statement and its policy `Own`",
            "`role/app000`, `role/app001`, `role/app002`, `role/app003`, `role/app004` and 195 \
             more can schedule deletion of the key with 7 to 30 days, through the account \
             statement and their policy `Wide`",
        ]
    );
    // As many places as one finding shows.
    assert_eq!(findings[1].related.len(), 50);
    let groups = &facts.access.through_iam.schedule;
    assert_eq!((groups[1].members.len(), groups[1].count), (200, 200));
}

#[test]
fn another_role_with_the_permission_is_another_finding_of_the_same_defect() {
    let print = |name, count| {
        let roles: Vec<_> = (0..count).map(wide).collect();
        let (_, findings, own) = through_iam(name, &roles);
        assert_eq!(findings.len(), 1);
        (findings[0].fingerprints.defect, own)
    };
    let first = print("same", 6);
    assert_eq!(print("same", 6), first);
    let more = print("same", 7);
    assert_ne!(more.1, first.1);
    assert_eq!(more.0, first.0);
}

/// `count` roles with one managed policy, and `keys` keys of their account.
fn load_wide(name: &str, count: usize, keys: usize) -> Loaded {
    let roles: Vec<_> = (0..count).map(wide).collect();
    let mut whole = account(&roles);
    whole["Policies"] = json!([{"PolicyName": "Wide", "Arn": WIDE, "DefaultVersionId": "v1",
        "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true,
            "Document": allow("kms:*", &json!({}))}]}]);
    let names: Vec<_> = (0..keys)
        .map(|key| [format!("{key}/key.json"), format!("{key}/policy.json")])
        .collect();
    let mut files = vec![("account.json", whole)];
    for (number, [key_file, policy]) in names.iter().enumerate() {
        let mut described = key();
        let arn = ARN.replace("1234abcd", &format!("1234{number:04}"));
        described["KeyMetadata"]["KeyId"] = json!(arn.split('/').nth(1).unwrap());
        described["KeyMetadata"]["Arn"] = json!(arn);
        files.extend([
            (key_file.as_str(), described),
            (policy.as_str(), default_policy()),
        ]);
    }
    let loaded = load_files(name, &files);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    loaded
}

/// What one statement gives is told once, however many keys and principals it concerns; of what a baseline holds
/// in part, the rest is told.
#[test]
fn a_statement_is_one_defect_for_all_its_keys_and_principals() {
    let found = |loaded: &Loaded| {
        let all = facts(loaded, &loaded.inventory);
        let mut findings = run_all(&all, Catalogue::builtin().unwrap());
        findings.retain(|finding| &*finding.rule == "deletion-through-iam");
        fingerprint(&mut findings, &loaded.sources);
        findings
    };
    let told = |defect: &Defect<'_>| {
        let mut lines = vec![defect.finding.message.clone()];
        lines.extend(defect.lines().map(|(name, note)| format!("{name}: {note}")));
        lines
    };
    let loaded = load_wide("defect", 7, 3);
    let findings = found(&loaded);
    assert_eq!(findings.len(), 3);
    let names = Names::new(&loaded.inventory);
    let all = defects(&findings, &names);
    let of = |number: usize| ARN.replace("1234abcd", &format!("1234{number:04}"));
    assert_eq!(
        all.iter().map(told).collect::<Vec<_>>(),
        [vec![
            "7 principals can schedule deletion of 3 keys through the account statement and IAM policy \
             `Wide`"
                .to_owned(),
            "principals: `role/app000`, `role/app001`, `role/app002`, `role/app003`, `role/app004` and 2 more"
                .to_owned(),
            format!("keys: `{}`, `{}`, `{}`", of(0), of(1), of(2)),
            format!("all of them: kmslint who-can --through {WIDE}#1"),
        ]]
    );
    assert_eq!(all[0].finding.principals.len(), 7);

    // The baseline of two keys and six roles: a third key is new, and so is a seventh role.
    let root = Root::default();
    let before = load_wide("defect-before", 6, 2);
    let held = baseline(&found(&before), &root).unwrap();
    let mut left = findings.clone();
    Baseline::parse(&held).unwrap().take(&mut left, &root);
    let left = defects(&left, &names);
    assert_eq!(left.len(), 1);
    let mut again = found(&load_wide("defect-again", 7, 2));
    Baseline::parse(&held).unwrap().take(&mut again, &root);
    let again = defects(&again, &names);
    assert_eq!(
        told(&again[0])[0],
        "`role/app006` can schedule deletion of 2 keys through the account statement and IAM policy `Wide`"
    );
    let new = "new, and not covered as others are: `arn:aws:iam::111122223333:role/app006`; ";
    assert!(again[0].finding.help.starts_with(new));
}

#[test]
fn whom_the_configuration_trusts_is_in_no_finding() {
    let roles: Vec<_> = (0..3).map(wide).collect();
    let loaded = load_through_iam("trusted", &roles);
    let trusted = ["arn:aws:iam::111122223333:role/app001".to_owned()];
    let maker = FactMaker::new(&loaded.inventory, &loaded.sources, limits()).trusting(&trusted);
    let findings = run_all(&maker.all(), Catalogue::builtin().unwrap());
    let told = findings.iter().find(|f| &*f.rule == "deletion-through-iam");
    let told = &told.unwrap().message;
    assert!(
        told.starts_with("`role/app000` and `role/app002` can"),
        "{told}"
    );
}

#[test]
fn a_folder_of_iam_collect_is_one_key() {
    let files = [
        (
            "metadata.json",
            json!({"arn": ARN, "id": "1234abcd-12ab-34cd-56ef-1234567890ab"}),
        ),
        ("policy.json", default_policy()),
        ("tags.json", json!({"Team": "payments"})),
    ];
    let loaded = load_files("iam-collect", &files);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    let all = facts(&loaded, &loaded.inventory);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].subject, ARN);
    assert_eq!(
        all[0].access.schedule[0]
            .account
            .map(|account| account.to_string())
            .as_deref(),
        Some("111122223333")
    );
    // A record of tags looks like any other object, and is one of tags beside such a file.
    assert_eq!((loaded.recognized, loaded.passed_over().len()), (3, 0));
    let tag = &all[0].key.tags.as_ref().unwrap()[0];
    assert_eq!((&*tag.key, &*tag.value), ("Team", "payments"));
}
