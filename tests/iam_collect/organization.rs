//! The organization, and the control policies above the accounts.

use std::fs;

use kmslint::aws::AccountId;
use kmslint::inventory::Organization;
use kmslint::policy::PolicyKind;
use serde_json::{Value, json};

use super::{ACCOUNT, Folder, answer, facts, messages, with_keys, write_account};

const ORGANIZATION: &str = "aws/aws/organizations/o-a1b2c3d4e5";
const MANAGEMENT: &str = "999988887777";

fn scp(id: &str) -> String {
    format!("arn:aws:organizations::{MANAGEMENT}:policy/o-a1b2c3d4e5/service_control_policy/{id}")
}

/// An organization with a guard on the unit of the account, and the account with its keys.
fn organization(name: &str) -> Folder {
    let folder = with_keys(name);
    write_account(&folder, &answer());
    let write = |path: &str, value: &Value| folder.write(&format!("{ORGANIZATION}/{path}"), value);
    let arn = format!("arn:aws:organizations::{MANAGEMENT}:organization/o-a1b2c3d4e5");
    write(
        "metadata.json",
        &json!({"arn": arn, "id": "o-a1b2c3d4e5", "rootOu": "r-ab12", "rootAccountId": MANAGEMENT}),
    );
    let attached = |to: &str, above: &str, all: &[&str]| {
        let scps: Vec<_> = all.iter().map(|id| scp(id)).collect();
        json!({to: above, "scps": scps, "rcps": []})
    };
    write(
        "ous.json",
        &json!({
            "ou-ab12-empty": attached("parent", "r-ab12", &["p-guard"]),
            "ou-ab12-leaf": attached("parent", "ou-ab12-middle", &["p-full", "p-guard"]),
            "ou-ab12-middle": attached("parent", "r-ab12", &["p-full"]),
            "r-ab12": {"scps": [scp("p-full")], "rcps": []},
        }),
    );
    write(
        "accounts.json",
        &json!({
            ACCOUNT: attached("ou", "ou-ab12-leaf", &["p-full"]),
            "444455556666": attached("ou", "ou-ab12-middle", &["p-full"]),
            MANAGEMENT: attached("ou", "r-ab12", &["p-full"]),
        }),
    );
    for (id, effect, action) in [
        ("p-full", "Allow", "*"),
        ("p-guard", "Deny", "kms:ScheduleKeyDeletion"),
    ] {
        let metadata = json!({"arn": scp(id), "awsManaged": false, "name": id});
        write(&format!("scps/{id}/metadata.json"), &metadata);
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": effect, "Action": action, "Resource": "*"}]});
        write(&format!("scps/{id}/policy.json"), &policy);
    }
    folder
}

#[test]
fn the_organization_stands_above_its_accounts() {
    let loaded = organization("organization").load();
    assert_eq!(messages(&loaded), [""; 0]);
    let found = loaded.inventory.organization.as_ref().unwrap();
    let account = |id: &str| AccountId::parse(id).unwrap();
    let [own, other, management] = [ACCOUNT, "444455556666", MANAGEMENT].map(account);
    let [full, guard] = ["p-full", "p-guard"].map(scp);
    let wanted = Organization {
        id: Some("o-a1b2c3d4e5".into()),
        management_account: Some(management),
        accounts: [own, other, management].into(),
        below: vec![
            [own, other, management].into(),
            [own, other].into(),
            [own].into(),
            [own, other, management].into(),
        ],
        scps: vec![
            vec![full.clone()],
            vec![full.clone()],
            vec![full.clone(), guard],
            vec![full],
        ],
        rcps: vec![Vec::new(); 4],
    };
    assert_eq!(*found, wanted);
    // Nobody but the account itself, of whom nobody is known, stays able to delete a key.
    let others = facts(&loaded)
        .iter()
        .flat_map(|facts| facts.access.schedule.clone())
        .filter(|access| !access.resolved)
        .count();
    assert_eq!(others, 0);
}

#[test]
fn a_resource_control_policy_is_no_key_policy() {
    let folder = organization("rcp");
    let arn = "arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess";
    let place = format!("{ORGANIZATION}/rcps/p-rcpfullawsaccess");
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]});
    folder.write(&format!("{place}/policy.json"), &policy);
    // `*` alone is no evidence of a key, also where nothing says what the policy is.
    assert_eq!(folder.load().inventory.keys.len(), 2);
    let metadata = json!({"arn": arn, "awsManaged": true, "name": "RCPFullAWSAccess"});
    folder.write(&format!("{place}/metadata.json"), &metadata);
    let loaded = folder.load();
    assert_eq!(loaded.inventory.keys.len(), 2);
    let mut policies = loaded.inventory.organization_policies.iter();
    let found = policies.find(|policy| policy.is_called(arn)).unwrap();
    assert_eq!(found.policy.document.kind, PolicyKind::ResourceControl);
}

/// What is done to a folder that is whole.
type Change = Box<dyn Fn(&Folder)>;

#[test]
fn an_organization_that_is_not_whole_is_an_error() {
    let remove = |path: &'static str| {
        move |folder: &Folder| fs::remove_file(folder.0.join(ORGANIZATION).join(path)).unwrap()
    };
    let ring = |folder: &Folder| {
        let unit = |above: &str| json!({"parent": above, "scps": [], "rcps": []});
        folder.write(
            &format!("{ORGANIZATION}/ous.json"),
            &json!({"ou-ab12-leaf": unit("ou-ab12-middle"), "ou-ab12-middle": unit("ou-ab12-leaf"),
                "r-ab12": {"scps": [], "rcps": []}}),
        );
    };
    let second = |folder: &Folder| {
        let mut text = json!({"id": "o-zzzzzzzzzz", "rootOu": "r-zz12"});
        text["arn"] = json!("arn:aws:organizations::777788889999:organization/o-zzzzzzzzzz");
        folder.write("aws/aws/organizations/o-zzzzzzzzzz/metadata.json", &text);
    };
    let guard = format!(
        "`{}` is attached and not in any file, and could deny",
        scp("p-guard")
    );
    let changes: [(&str, Change, &str); 5] = [
        (
            "no-policy",
            Box::new(remove("scps/p-guard/policy.json")),
            &guard,
        ),
        (
            "no-accounts",
            Box::new(remove("accounts.json")),
            "`o-a1b2c3d4e5` is described without the files that say where its policies are attached",
        ),
        (
            "no-units",
            Box::new(remove("ous.json")),
            "`o-a1b2c3d4e5` is described without the files that say where its policies are attached",
        ),
        (
            "ring",
            Box::new(ring),
            "`111122223333` is in no unit that is described up to the root",
        ),
        (
            "second",
            Box::new(second),
            "`o-zzzzzzzzzz` is a second organization",
        ),
    ];
    for (name, change, wanted) in changes {
        let folder = organization(&format!("organization-{name}"));
        change(&folder);
        let found = messages(&folder.load());
        assert!(
            found.iter().any(|message| message == wanted),
            "{name}: {found:?}"
        );
    }
}
