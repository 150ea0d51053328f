//! Writes the files of a made-up AWS account, as the AWS CLI writes them: `ROLES KEYS DIR`.
//!
//! Users, groups, roles with managed and inline policies, permissions boundaries and tags; keys with
//! key policies, tags and aliases; conditions as real accounts have them. The same numbers give the
//! same files on every machine.
//!
//! ```text
//! cargo run --release --example generate_account -- 2000 200 /tmp/account
//! kmslint who-can /tmp/account
//! ```
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "an example")]
#![expect(clippy::arithmetic_side_effects, reason = "small numbers")]

use std::fs;
use std::path::Path;

use serde::Serialize as _;
use serde_json::ser::PrettyFormatter;
use serde_json::{Value, json};

/// The account.
const ACCOUNT: &str = "111122223333";
const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
const TEAMS: [&str; 9] = [
    "payments", "ledger", "search", "mail", "web", "data", "fraud", "mobile", "platform",
];
const STAGES: [&str; 3] = ["prod", "staging", "dev"];

/// Random numbers, the same on every machine (`SplitMix64`).
struct Rng(u64);

impl Rng {
    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments[at].parse().unwrap();
    write_account(number(0), number(1), Path::new(&arguments[2]));
}

/// Writes the account with so many roles and keys.
pub(crate) fn write_account(roles: usize, keys: usize, directory: &Path) {
    let mut rng = Rng(16);
    let made = Made { roles, keys };
    write(&directory.join("account.json"), &made.account(&mut rng));
    for (at, region) in REGIONS.iter().enumerate() {
        let aliases = (0..keys).filter(|key| key % REGIONS.len() == at);
        let aliases: Vec<_> = aliases.map(Made::alias).collect();
        let answer = json!({"Aliases": aliases});
        write(&directory.join(format!("aliases-{region}.json")), &answer);
    }
    for key in 0..keys {
        let files = directory.join("keys").join(key_id(key));
        write(&files.join("key.json"), &Made::description(key, &mut rng));
        let policy = serde_json::to_string_pretty(&made.key_policy(&mut rng)).unwrap();
        let answer = json!({"Policy": policy, "PolicyName": "default"});
        write(&files.join("policy.json"), &answer);
        let tags = json!([{"TagKey": "team", "TagValue": team(key)},
            {"TagKey": "stage", "TagValue": stage(key)}]);
        let answer = json!({"Tags": tags, "Truncated": false});
        write(&files.join("tags.json"), &answer);
    }
}

/// Writes a file as the AWS CLI does: on lines of their own, indented by four.
fn write(path: &Path, value: &Value) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut text = Vec::new();
    let formatter = PrettyFormatter::with_indent(b"    ");
    value
        .serialize(&mut serde_json::Serializer::with_formatter(
            &mut text, formatter,
        ))
        .unwrap();
    text.push(b'\n');
    fs::write(path, text).unwrap();
}

fn team(number: usize) -> &'static str {
    TEAMS[number % TEAMS.len()]
}

fn stage(number: usize) -> &'static str {
    STAGES[number / TEAMS.len() % STAGES.len()]
}

fn region(key: usize) -> &'static str {
    REGIONS[key % REGIONS.len()]
}

fn key_id(key: usize) -> String {
    format!("{key:08x}-12ab-34cd-56ef-1234567890ab")
}

fn key_arn(key: usize) -> String {
    format!("arn:aws:kms:{}:{ACCOUNT}:key/{}", region(key), key_id(key))
}

fn id(prefix: &str, number: usize) -> String {
    format!("{prefix}{number:016X}")
}

fn iam(kind: &str, name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}")
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(actions: &[&str], resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

const USE: [&str; 5] = [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
    "kms:DescribeKey",
];

/// How many managed policies of its own the account has.
const OWN_POLICIES: usize = 60;
/// The policies that AWS wrote.
const AWS_POLICIES: [&str; 4] = [
    "AdministratorAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "AmazonS3FullAccess",
];

struct Made {
    roles: usize,
    keys: usize,
}

impl Made {
    fn account(&self, rng: &mut Rng) -> Value {
        let users: Vec<_> = (0..=self.roles / 20).map(|at| user(at, rng)).collect();
        let roles: Vec<_> = (0..self.roles).map(|at| self.role(at, rng)).collect();
        let groups: Vec<_> = TEAMS.iter().enumerate().map(group).collect();
        let own = (0..OWN_POLICIES).map(own_policy);
        let aws = AWS_POLICIES.iter().enumerate().map(aws_policy);
        let boundary = managed(
            (
                OWN_POLICIES,
                "DeveloperBoundary",
                &iam("policy", "DeveloperBoundary"),
            ),
            &document(&[
                allow(&["*"], "*"),
                json!({"Sid": "KeepKeys", "Effect": "Deny", "Resource": "*",
                    "Action": ["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy"]}),
            ]),
        );
        let policies: Vec<_> = own.chain(aws).chain([boundary]).collect();
        json!({"UserDetailList": users, "GroupDetailList": groups, "RoleDetailList": roles,
            "Policies": policies})
    }

    /// Most roles are those of services, which use some keys; a few administer, deploy, or belong to people.
    fn role(&self, at: usize, rng: &mut Rng) -> Value {
        let (name, path, managed, inline) = match at % 50 {
            0 => (format!("admin-{at}"), "/", vec![0], vec![]),
            1 => (
                format!("AWSReservedSSO_Engineer{at}_{at:016x}"),
                "/aws-reserved/sso.amazonaws.com/",
                vec![1],
                vec![],
            ),
            2 | 3 => (
                format!("ci-deploy-{at}"),
                "/ci/",
                vec![],
                vec![("Deploy", deploy(at))],
            ),
            4 => (
                format!("key-admin-{}", team(at)) + &format!("-{at}"),
                "/",
                vec![],
                vec![],
            ),
            5 => (format!("audit-{at}"), "/", vec![2], vec![]),
            _ => (
                format!("{}-service-{at}", team(at)),
                "/service/",
                vec![3],
                vec![("Keys", self.key_use(rng))],
            ),
        };
        let mut attached: Vec<_> = managed.into_iter().map(aws_reference).collect();
        if at % 50 > 5 {
            let own = (0..rng.below(3)).map(|_| rng.below(OWN_POLICIES));
            let own: std::collections::BTreeSet<_> = own.collect();
            attached.extend(own.into_iter().map(own_reference));
        }
        let inline: Vec<_> = inline
            .into_iter()
            .map(|(name, policy)| json!({"PolicyName": name, "PolicyDocument": policy}))
            .collect();
        let trusted = if path == "/service/" {
            json!({"Service": *rng.pick(&["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"])})
        } else {
            json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")})
        };
        let arn = format!("arn:aws:iam::{ACCOUNT}:role{path}{name}");
        let mut role = json!({"Path": path, "RoleName": name, "RoleId": id("AROA", at),
            "Arn": arn, "CreateDate": "2024-03-01T09:00:00+00:00",
            "AssumeRolePolicyDocument": document(&[json!({"Effect": "Allow", "Principal": trusted,
                "Action": "sts:AssumeRole"})]),
            "InstanceProfileList": [], "RolePolicyList": inline,
            "AttachedManagedPolicies": attached,
            "Tags": [{"Key": "team", "Value": team(at)}, {"Key": "stage", "Value": stage(at)}],
            "RoleLastUsed": {}});
        if at % 10 == 3 {
            role["PermissionsBoundary"] = json!({"PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": iam("policy", "DeveloperBoundary")});
        }
        role
    }

    /// A policy for the use of a few keys.
    fn key_use(&self, rng: &mut Rng) -> Value {
        let keys = (0..=rng.below(3)).map(|_| key_arn(rng.below(self.keys)));
        let keys: Vec<_> = keys.collect();
        document(&[
            json!({"Sid": "UseKeys", "Effect": "Allow", "Action": USE, "Resource": keys}),
            json!({"Sid": "Queues", "Effect": "Allow", "Action": ["sqs:SendMessage",
                "sqs:ReceiveMessage", "sqs:DeleteMessage"], "Resource": "*"}),
        ])
    }

    fn alias(key: usize) -> Value {
        let name = format!("alias/{}/{}-{key}", stage(key), team(key));
        let region = region(key);
        json!({"AliasName": name, "AliasArn": format!("arn:aws:kms:{region}:{ACCOUNT}:{name}"),
            "TargetKeyId": key_id(key), "CreationDate": "2024-03-01T09:00:00+00:00",
            "LastUpdatedDate": "2024-03-01T09:00:00+00:00"})
    }

    fn description(key: usize, rng: &mut Rng) -> Value {
        let (spec, usage, algorithm) = if rng.chance(94) {
            ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")
        } else {
            ("RSA_4096", "ENCRYPT_DECRYPT", "RSAES_OAEP_SHA_256")
        };
        json!({"KeyMetadata": {"AWSAccountId": ACCOUNT, "KeyId": key_id(key), "Arn": key_arn(key),
            "CreationDate": "2024-03-01T09:00:00+00:00", "Enabled": true,
            "Description": format!("{} of {}", stage(key), team(key)), "KeyUsage": usage,
            "KeyState": "Enabled", "Origin": "AWS_KMS", "KeyManager": "CUSTOMER",
            "CustomerMasterKeySpec": spec, "KeySpec": spec, "EncryptionAlgorithms": [algorithm],
            "MultiRegion": false}})
    }

    /// The account, and for most keys an administrator and a service by name.
    fn key_policy(&self, rng: &mut Rng) -> Value {
        let mut statements = vec![
            json!({"Sid": "Enable IAM User Permissions", "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
            "Action": "kms:*", "Resource": "*"}),
        ];
        if rng.chance(60) {
            let admin = rng.below(self.roles / 50 + 1) * 50 + 4;
            let name = format!("key-admin-{}-{admin}", team(admin));
            statements.push(json!({"Sid": "Allow access for Key Administrators",
                "Effect": "Allow", "Principal": {"AWS": iam("role", &name)},
                "Action": ["kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*",
                    "kms:Update*", "kms:Revoke*", "kms:Disable*", "kms:Get*", "kms:Delete*",
                    "kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion",
                    "kms:CancelKeyDeletion"], "Resource": "*"}));
        }
        if rng.chance(40) {
            let service = rng.below(self.roles) / 50 * 50 + 6;
            let name = format!("service/{}-service-{service}", team(service));
            statements.push(json!({"Sid": "Allow use of the key", "Effect": "Allow",
                "Principal": {"AWS": iam("role", &name)}, "Action": USE, "Resource": "*"}));
        }
        if rng.chance(25) {
            statements.push(json!({"Sid": "Keep for two weeks", "Effect": "Deny",
                "Principal": "*", "Action": "kms:ScheduleKeyDeletion", "Resource": "*",
                "Condition": {"NumericLessThan":
                    {"kms:ScheduleKeyDeletionPendingWindowInDays": "14"}}}));
        }
        json!({"Version": "2012-10-17", "Id": "key-default-1", "Statement": statements})
    }
}

fn user(at: usize, rng: &mut Rng) -> Value {
    let name = format!("user-{at}");
    let groups: Vec<_> = rng.chance(80).then(|| team(at)).into_iter().collect();
    json!({"Path": "/", "UserName": name, "UserId": id("AIDA", at), "Arn": iam("user", &name),
        "CreateDate": "2024-03-01T09:00:00+00:00", "UserPolicyList": [], "GroupList": groups,
        "AttachedManagedPolicies": [], "Tags": [{"Key": "team", "Value": team(at)}]})
}

fn group((at, name): (usize, &&str)) -> Value {
    let inline = json!({"PolicyName": "WithMfa", "PolicyDocument": document(&[
        json!({"Effect": "Allow", "Action": ["kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
            "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"},
                "StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}})])});
    json!({"Path": "/", "GroupName": name, "GroupId": id("AGPA", at), "Arn": iam("group", name),
        "CreateDate": "2024-03-01T09:00:00+00:00",
        "GroupPolicyList": if at % 3 == 0 { json!([inline]) } else { json!([]) },
        "AttachedManagedPolicies": [own_reference(at)]})
}

fn deploy(at: usize) -> Value {
    let kms = if at.is_multiple_of(4) {
        allow(&["kms:*"], "*")
    } else {
        json!({"Effect": "Allow", "Action": "kms:*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/team": team(at)}}})
    };
    document(&[
        allow(&["cloudformation:*", "s3:*", "iam:PassRole"], "*"),
        kms,
    ])
}

fn managed((at, name, arn): (usize, &str, &str), policy: &Value) -> Value {
    json!({"PolicyName": name, "PolicyId": id("ANPA", at), "Arn": arn, "Path": "/",
        "DefaultVersionId": "v1", "AttachmentCount": 1, "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": true, "CreateDate": "2024-03-01T09:00:00+00:00",
        "UpdateDate": "2024-03-01T09:00:00+00:00",
        "PolicyVersionList": [{"Document": policy, "VersionId": "v1", "IsDefaultVersion": true,
            "CreateDate": "2024-03-01T09:00:00+00:00"}]})
}

fn own_name(at: usize) -> String {
    format!(
        "{}-{}-{at}",
        team(at),
        ["keys", "tables", "buckets"][at % 3]
    )
}

fn own_reference(at: usize) -> Value {
    let name = own_name(at);
    json!({"PolicyName": name, "PolicyArn": iam("policy", &name)})
}

/// A few of the account's own policies are about the deletion of keys.
fn own_policy(at: usize) -> Value {
    let statements = match at % 15 {
        0 => vec![allow(
            &["kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
            "*",
        )],
        3 => vec![
            json!({"Effect": "Allow", "Action": ["kms:ScheduleKeyDeletion", "kms:EnableKey"],
            "Resource": format!("arn:aws:kms:*:{ACCOUNT}:key/*"),
            "Condition": {"StringEquals": {"aws:ResourceTag/stage": "dev"}}}),
        ],
        6 => vec![
            json!({"Sid": "NoDeletion", "Effect": "Deny", "Action": "kms:ScheduleKeyDeletion",
            "Resource": "*"}),
        ],
        9 => vec![json!({"Effect": "Allow", "Action": "kms:*", "Resource":
            format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/*")})],
        n if n % 3 == 0 => vec![allow(&USE, "*")],
        n if n % 3 == 1 => vec![allow(
            &[
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ],
            "*",
        )],
        _ => vec![allow(
            &["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
            "*",
        )],
    };
    let name = own_name(at);
    managed((at, &name, &iam("policy", &name)), &document(&statements))
}

fn aws_arn(at: usize) -> String {
    format!("arn:aws:iam::aws:policy/{}", AWS_POLICIES[at])
}

fn aws_reference(at: usize) -> Value {
    json!({"PolicyName": AWS_POLICIES[at], "PolicyArn": aws_arn(at)})
}

fn aws_policy((at, name): (usize, &&str)) -> Value {
    let statements = match at {
        0 => vec![allow(&["*"], "*")],
        1 => vec![
            json!({"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"],
            "Resource": "*"}),
        ],
        2 => vec![allow(
            &[
                "kms:Describe*",
                "kms:Get*",
                "kms:List*",
                "s3:Get*",
                "s3:List*",
                "iam:Get*",
                "iam:List*",
            ],
            "*",
        )],
        _ => vec![allow(&["s3:*", "s3-object-lambda:*"], "*")],
    };
    managed((100 + at, name, &aws_arn(at)), &document(&statements))
}
