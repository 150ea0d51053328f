//! Users, roles, groups and managed policies, each in a directory of its own.

use std::fs;
use std::path::PathBuf;

use kmslint::aws::PrincipalKind;
use kmslint::load::{Loaded, load};
use kmslint::text::{Discovery, Filter, discover};
use serde_json::{Value, json};

use super::{ACCOUNT, Folder, answer, conclusions, messages, with_keys, write_account};

#[test]
fn a_folder_says_what_the_answer_of_the_whole_account_says() {
    let folder = with_keys("same");
    write_account(&folder, &answer());
    let collected = folder.load();
    let answered = load(&discover(
        &[PathBuf::from("fixtures/account")],
        &Filter::default(),
    ));
    let wanted = conclusions(&answered);
    assert!(wanted.len() > 20, "{wanted:#?}");
    assert_eq!(conclusions(&collected), wanted);
    assert!(collected.inventory.policies.is_empty());
    let principals = |loaded: &Loaded| {
        let all = loaded.inventory.principals.iter();
        all.map(|one| (one.arn.value.clone(), one.id.clone(), one.tags.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(principals(&collected), principals(&answered));
}

const ROLE: &str = "aws/aws/accounts/111122223333/iam/role/app";

fn metadata(kind: &str, name: &str) -> Value {
    json!({"arn": format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}"), "created": "2030-01-01T00:00:00Z",
        "id": "AROAEXAMPLE", "name": name, "path": "/"})
}

fn trust(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action,
        "Principal": {"Service": "ec2.amazonaws.com"}}]})
}

fn policy() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]})
}

/// The role `app` with these files beside its metadata.
fn role(name: &str, files: &[(&str, Value)]) -> Loaded {
    let folder = Folder::new(name);
    folder.write(&format!("{ROLE}/metadata.json"), &metadata("role", "app"));
    for (name, value) in files {
        fs::create_dir_all(folder.0.join(ROLE)).unwrap();
        fs::write(folder.0.join(ROLE).join(name), value.to_string()).unwrap();
    }
    folder.load()
}

#[test]
fn the_names_of_files_do_not_matter() {
    let inline = json!([{"PolicyName": "Own", "PolicyDocument": policy()}]);
    let profiles = json!([format!("arn:aws:iam::{ACCOUNT}:instance-profile/app")]);
    let loaded = role(
        "names",
        &[
            ("a.json", inline),
            ("b.json", trust("sts:AssumeRole")),
            ("c.json", json!({"Team": "keys"})),
            ("d.json", profiles),
            ("e.json", json!([])),
            ("notes.txt", json!("for people")),
        ],
    );
    assert_eq!(messages(&loaded), [""; 0]);
    let app = &loaded.inventory.principals[0];
    assert_eq!((app.kind, &*app.name), (PrincipalKind::Role, "app"));
    assert_eq!(app.tags, Some(vec![("Team".into(), "keys".into())]));
    assert_eq!(loaded.inventory.identity_policies[0].policy.name, "Own");
    assert_eq!((loaded.recognized, loaded.passed_over().len()), (4, 3));
}

#[test]
fn sessions_with_tags_of_their_own_make_the_tags_unknown() {
    let loaded = role("sessions", &[("trust-policy.json", trust("sts:*"))]);
    assert_eq!(messages(&loaded), [""; 0]);
    assert_eq!(loaded.inventory.principals[0].tags, None);
}

fn usual_trust() -> (&'static str, Value) {
    ("trust-policy.json", trust("sts:AssumeRole"))
}

#[test]
fn what_is_not_understood_beside_a_role_is_an_error() {
    let group = format!("arn:aws:iam::{ACCOUNT}:group/ops");
    for (name, value) in [
        ("names", json!(["AdministratorAccess"])),
        ("members", json!([{"name": "Own", "policy": policy()}])),
        ("groups", json!([group])),
        (
            "half",
            json!(["arn:aws:iam::aws:policy/AdministratorAccess", null]),
        ),
        ("number", json!(5)),
    ] {
        let loaded = role(
            &format!("strange-{name}"),
            &[usual_trust(), ("managed-policies.json", value)],
        );
        let wanted = format!(
            "the file stands beside what describes `arn:aws:iam::{ACCOUNT}:role/app`, and says \
             nothing known"
        );
        assert_eq!(messages(&loaded), [wanted], "{name}");
    }
}

#[test]
fn nobody_passes_for_powerless_whose_files_are_missing_or_contradict_each_other() {
    let attached = json!(["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    let one = json!({"a": "b"});
    let other = json!({"c": "d"});
    for (name, files, wanted) in [
        (
            "twice",
            vec![usual_trust(), ("a.json", one), ("b.json", other)],
            "of `arn:aws:iam::111122223333:role/app` this is said in two files",
        ),
        (
            "partial",
            vec![],
            "`arn:aws:iam::111122223333:role/app` is described without the files that say what it \
             may do",
        ),
        (
            "missing",
            vec![usual_trust(), ("managed-policies.json", attached)],
            "`arn:aws:iam::aws:policy/ReadOnlyAccess` is attached and not in any file, and could \
             hold a permission",
        ),
        (
            "second",
            vec![usual_trust(), ("other.json", metadata("role", "other"))],
            "`arn:aws:iam::111122223333:role/app` is not the only one that this directory \
             describes",
        ),
    ] {
        let found = messages(&role(name, &files));
        assert_eq!(found.first().map(String::as_str), Some(wanted), "{name}");
    }
}

#[test]
fn a_group_that_was_not_collected_is_an_error() {
    let folder = Folder::new("group");
    let place = format!("aws/aws/accounts/{ACCOUNT}/iam/user/ann");
    folder.write(&format!("{place}/metadata.json"), &metadata("user", "ann"));
    let group = json!([format!("arn:aws:iam::{ACCOUNT}:group/a/ops")]);
    folder.write(&format!("{place}/groups.json"), &group);
    let missing = "`ops` is a group that is not in any file, and could hold a permission";
    assert_eq!(messages(&folder.load()), [missing]);
    let ops = format!("aws/aws/accounts/{ACCOUNT}/iam/group/a%2fops");
    folder.write(
        &format!("{ops}/metadata.json"),
        &metadata("group", "a/ops")
            .as_object()
            .map_or(Value::Null, |all| {
                let mut all = all.clone();
                all.insert("name".to_owned(), json!("ops"));
                Value::Object(all)
            }),
    );
    let loaded = folder.load();
    assert_eq!(messages(&loaded), [""; 0]);
    assert_eq!(loaded.inventory.principals[0].tags, Some(Vec::new()));
}

#[test]
fn what_stands_beside_nobody_is_passed_over_as_ever() {
    let folder = Folder::new("nobody");
    folder.write("tags.json", &json!({"Team": "keys"}));
    folder.write(
        "list.json",
        &json!(["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
    );
    folder.write("trust.json", &trust("sts:AssumeRole"));
    let loaded = folder.load();
    assert_eq!(messages(&loaded), [""; 0]);
    assert_eq!((loaded.recognized, loaded.passed_over().len()), (0, 3));
    assert_eq!(loaded.sources.iter().count(), 0);
}

#[test]
fn a_file_given_by_two_paths_is_of_one_role() {
    let folder = Folder::new("two-paths");
    let file = |name: &str| folder.0.join(ROLE).join(name);
    folder.write(&format!("{ROLE}/metadata.json"), &metadata("role", "app"));
    folder.write(&format!("{ROLE}/trust.json"), &trust("sts:AssumeRole"));
    let again = file("trust.json");
    let discovery = Discovery {
        named: vec![
            file("metadata.json"),
            again,
            folder.0.join(".").join(ROLE).join("./metadata.json"),
        ],
        ..Discovery::default()
    };
    let loaded = load(&discovery);
    assert_eq!(messages(&loaded), [""; 0]);
    assert_eq!(loaded.inventory.principals.len(), 1);
}
