//! A folder as iam-collect writes it: the same account, told in many small files.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod account;
mod organization;

use std::fs;
use std::path::{Path, PathBuf};

use kmslint::aws::PendingWindowInDays;
use kmslint::facts::{FactMaker, Facts, Limits};
use kmslint::lint::run_all;
use kmslint::load::{Loaded, load};
use kmslint::rule::Catalogue;
use kmslint::text::{Filter, discover};
use serde_json::{Map, Value, json};

const ACCOUNT: &str = "111122223333";

/// A directory of a test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("iam-collect-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes what is not empty, as iam-collect does.
    fn write(&self, path: &str, value: &Value) {
        let empty = match value {
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            other => other.is_null(),
        };
        if !empty {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, serde_json::to_string_pretty(value).unwrap()).unwrap();
        }
    }

    fn load(&self) -> Loaded {
        load(&discover(std::slice::from_ref(&self.0), &Filter::default()))
    }
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// The directory of an ARN: its resource in lower case, path and name in one segment.
fn directory(arn: &str) -> String {
    let (rest, resource) = arn.rsplit_once(':').unwrap();
    let (kind, name) = resource.split_once('/').unwrap();
    let of_aws = if rest.ends_with(":aws") { "aws/" } else { "" };
    let name = name.replace('/', "%2F");
    format!("aws/aws/accounts/{ACCOUNT}/iam/{of_aws}{kind}/{name}").to_lowercase()
}

/// Writes the answer of `get-account-authorization-details` as iam-collect would have.
fn write_account(folder: &Folder, answer: &Value) {
    let arn_of_group = |name: &Value| {
        let mut groups = list(answer, "GroupDetailList").iter();
        groups.find(|group| group["GroupName"] == *name).unwrap()["Arn"].clone()
    };
    for (details, prefix) in [
        ("UserDetailList", "User"),
        ("GroupDetailList", "Group"),
        ("RoleDetailList", "Role"),
    ] {
        for one in list(answer, details) {
            let place = directory(one["Arn"].as_str().unwrap());
            let mut metadata = json!({"arn": one["Arn"], "created": one["CreateDate"],
                "id": one[format!("{prefix}Id")], "name": one[format!("{prefix}Name")],
                "path": one["Path"]});
            if let Some(arn) = one.pointer("/PermissionsBoundary/PermissionsBoundaryArn") {
                metadata["permissionBoundary"] = arn.clone();
            }
            let attached = list(one, "AttachedManagedPolicies").iter();
            let tags = list(one, "Tags").iter();
            let tags: Map<_, _> = tags
                .map(|tag| {
                    (
                        tag["Key"].as_str().unwrap().to_owned(),
                        tag["Value"].clone(),
                    )
                })
                .collect();
            for (file, value) in [
                ("metadata", metadata),
                (
                    "managed-policies",
                    attached.map(|a| a["PolicyArn"].clone()).collect(),
                ),
                (
                    "inline-policies",
                    one[format!("{prefix}PolicyList")].clone(),
                ),
                (
                    "groups",
                    list(one, "GroupList").iter().map(arn_of_group).collect(),
                ),
                ("trust-policy", one["AssumeRolePolicyDocument"].clone()),
                ("tags", Value::Object(tags)),
            ] {
                folder.write(&format!("{place}/{file}.json"), &value);
            }
        }
    }
    write_managed(folder, list(answer, "Policies"));
}

fn write_managed(folder: &Folder, policies: &[Value]) {
    for policy in policies {
        let place = directory(policy["Arn"].as_str().unwrap());
        let metadata = json!({"arn": policy["Arn"], "name": policy["PolicyName"],
            "id": policy["PolicyId"], "path": policy["Path"],
            "defaultVersionId": policy["DefaultVersionId"]});
        folder.write(&format!("{place}/metadata.json"), &metadata);
        let mut versions = list(policy, "PolicyVersionList").iter();
        let current = versions.find(|v| v["IsDefaultVersion"] == true).unwrap();
        folder.write(
            &format!("{place}/current-policy.json"),
            &current["Document"],
        );
    }
}

fn facts(loaded: &Loaded) -> Vec<Facts> {
    let limits = Limits {
        minimum_waiting_period: PendingWindowInDays::new(14).unwrap(),
        ..Limits::default()
    };
    FactMaker::new(&loaded.inventory, &loaded.sources, limits).all()
}

/// Who can schedule and cancel, with days and policies, and every finding.
fn conclusions(loaded: &Loaded) -> Vec<String> {
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    let facts = facts(loaded);
    let mut lines = Vec::new();
    for facts in &facts {
        for access in facts.access.schedule.iter().chain(&facts.access.cancel) {
            lines.push(format!(
                "{} {:?} {} {} {:?}",
                facts.subject, access.decision, access.name, access.days_text, access.policies
            ));
        }
    }
    for finding in run_all(&facts, Catalogue::builtin().unwrap()) {
        lines.push(format!("{} {}", finding.rule, finding.message));
    }
    lines.sort();
    lines
}

fn answer() -> Value {
    let text = fs::read_to_string("fixtures/account/account.json").unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The keys of that account, and this as the rest.
fn with_keys(name: &str) -> Folder {
    let folder = Folder::new(name);
    let mut files: Vec<_> = walkdir::WalkDir::new("fixtures/account/keys")
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .collect();
    files.push("fixtures/account/aliases.json".into());
    for file in files.iter().filter(|file| file.is_file()) {
        let text = fs::read_to_string(file).unwrap();
        let place = file.strip_prefix("fixtures/account").unwrap();
        folder.write(
            place.to_str().unwrap(),
            &serde_json::from_str(&text).unwrap(),
        );
    }
    folder
}

fn messages(loaded: &Loaded) -> Vec<String> {
    let errors = loaded.errors.iter();
    errors.map(|error| error.error.to_string()).collect()
}
