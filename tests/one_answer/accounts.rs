//! Generated accounts: users, roles, groups, boundaries, tags, control policies, and keys of two
//! Regions, as a model and as the files that a person has.

use serde_json::{Value, json};

use super::rng::Rng;

/// The account that owns the keys.
pub(crate) const ACCOUNT: &str = "111122223333";

/// The organization that the account is a member of, where there is one.
pub(crate) const ORGANIZATION: &str = "o-exampleorgid";

/// The beginning of the keys' ids.
const KEY: &str = "1234abcd-12ab-34cd-56ef-12345678900";

/// The Regions of the keys.
const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];

/// The permissions boundary of a user or role.
#[derive(Clone, Debug)]
pub(crate) enum Limit {
    None,
    Loaded(Value),
    NotLoaded,
}

/// The path of roles that IAM Identity Center makes.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html>
const IDENTITY_CENTER: &str = "/aws-reserved/sso.amazonaws.com/eu-west-1/";

/// A user or role.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) is_role: bool,
    pub(crate) name: String,
    path: &'static str,
    pub(crate) id: String,
    /// The policies that are its own.
    inline: Vec<Value>,
    /// Positions of the groups of a user.
    groups: Vec<usize>,
    pub(crate) boundary: Limit,
    pub(crate) tags: Vec<(String, String)>,
}

/// A key with its key policy.
#[derive(Clone, Debug)]
pub(crate) struct OwnKey {
    pub(crate) arn: String,
    id: String,
    pub(crate) policy: Value,
    /// Tags and aliases, where they were loaded.
    pub(crate) tags: Option<Vec<(String, String)>>,
    pub(crate) aliases: Option<Vec<String>>,
}

/// Everything of one account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) people: Vec<Person>,
    groups: Vec<Value>,
    pub(crate) keys: Vec<OwnKey>,
    /// Service control policies, a level each; none where there is no organization.
    pub(crate) scps: Vec<Value>,
    pub(crate) rcps: Vec<Value>,
    pub(crate) has_organization: bool,
}

impl Person {
    pub(crate) fn arn(&self) -> String {
        let kind = if self.is_role { "role" } else { "user" };
        format!("arn:aws:iam::{ACCOUNT}:{kind}{}{}", self.path, self.name)
    }

    /// Whether its requests come by federation, and so tell nothing of multi-factor authentication.
    pub(crate) fn is_of_identity_center(&self) -> bool {
        self.path == IDENTITY_CENTER
    }

    /// Every policy that applies to it, those of its groups included.
    pub(crate) fn identity<'a>(&'a self, account: &'a Account) -> Vec<&'a Value> {
        let groups = self.groups.iter().map(|at| &account.groups[*at]);
        self.inline.iter().chain(groups).collect()
    }

    fn written(&self) -> Value {
        let kind = if self.is_role { "Role" } else { "User" };
        let inline = self.inline.iter().enumerate().map(
            |(at, policy)| json!({"PolicyName": format!("Own{at}"), "PolicyDocument": policy}),
        );
        let tags = self
            .tags
            .iter()
            .map(|(key, value)| json!({"Key": key, "Value": value}));
        let groups = self.groups.iter().map(|at| format!("group{at}"));
        let mut written = json!({
            format!("{kind}Name"): self.name, format!("{kind}Id"): self.id, "Arn": self.arn(),
            format!("{kind}PolicyList"): inline.collect::<Vec<_>>(),
            "AttachedManagedPolicies": [], "Tags": tags.collect::<Vec<_>>(),
        });
        if self.is_role {
            written["AssumeRolePolicyDocument"] = json!({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole",
                 "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}}]});
        } else {
            written["GroupList"] = groups.collect();
        }
        match self.boundary {
            Limit::None => {}
            Limit::Loaded(_) => written["PermissionsBoundary"] = boundary(&self.id),
            Limit::NotLoaded => written["PermissionsBoundary"] = boundary("elsewhere"),
        }
        written
    }
}

fn boundary(name: &str) -> Value {
    json!({"PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": format!("arn:aws:iam::{ACCOUNT}:policy/{name}")})
}

impl OwnKey {
    /// The answers of `list-resource-tags` and `list-aliases` about it.
    fn described(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        if let Some(tags) = &self.tags {
            let tags = tags.iter();
            let tags = tags.map(|(key, value)| json!({"TagKey": key, "TagValue": value}));
            let answer = json!({"Tags": tags.collect::<Vec<_>>(), "Truncated": false});
            files.push((format!("{}/tags.json", self.id), answer.to_string()));
        }
        if let Some(aliases) = &self.aliases {
            let (region, _) = self.arn.split_once(":key/").unwrap();
            let aliases = aliases.iter().map(|name| {
                json!({"AliasName": name, "AliasArn": format!("{region}:{name}"),
                    "TargetKeyId": self.id})
            });
            let answer = json!({"Aliases": aliases.collect::<Vec<_>>(), "Truncated": false});
            files.push((format!("{}/aliases.json", self.id), answer.to_string()));
        }
        files
    }
}

impl Account {
    /// The files that describe it, by name.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let of = |role| {
            self.people
                .iter()
                .filter(move |person| person.is_role == role)
        };
        let written = |role| of(role).map(Person::written).collect::<Vec<_>>();
        let groups = self.groups.iter().enumerate().map(|(at, policy)| {
            json!({"GroupName": format!("group{at}"), "GroupId": format!("AGPA{at}"),
                "Arn": format!("arn:aws:iam::{ACCOUNT}:group/group{at}"),
                "GroupPolicyList": [{"PolicyName": format!("Of{at}"), "PolicyDocument": policy}],
                "AttachedManagedPolicies": []})
        });
        let managed = self
            .people
            .iter()
            .filter_map(|person| match &person.boundary {
                Limit::Loaded(policy) => Some(json!({"PolicyName": person.id,
                "Arn": format!("arn:aws:iam::{ACCOUNT}:policy/{}", person.id),
                "DefaultVersionId": "v1", "PolicyVersionList": [
                    {"VersionId": "v1", "IsDefaultVersion": true, "Document": policy}]})),
                Limit::None | Limit::NotLoaded => None,
            });
        let account = json!({"UserDetailList": written(false), "RoleDetailList": written(true),
            "GroupDetailList": groups.collect::<Vec<_>>(),
            "Policies": managed.collect::<Vec<_>>()});
        let mut files = vec![("account.json".to_owned(), account.to_string())];
        for key in &self.keys {
            let described = json!({"KeyMetadata": {"AWSAccountId": ACCOUNT, "KeyId": key.id,
                "Arn": key.arn, "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT",
                "KeyState": "Enabled", "Origin": "AWS_KMS", "KeyManager": "CUSTOMER",
                "MultiRegion": false}});
            files.push((format!("{}/key.json", key.id), described.to_string()));
            let policy = serde_json::to_string_pretty(&key.policy).unwrap();
            files.push((format!("{}/policy.json", key.id), policy));
            files.extend(key.described());
        }
        let control = |name: String, kind: &str, policy: &Value| {
            let answer = json!({"Policy": {"PolicySummary": {"Id": format!("p-{name}"),
                "Name": name, "Type": kind}, "Content": policy.to_string()}});
            (format!("{name}.json"), answer.to_string())
        };
        let scps = self.scps.iter().enumerate();
        files.extend(
            scps.map(|(at, policy)| control(format!("scp{at}"), "SERVICE_CONTROL_POLICY", policy)),
        );
        let rcps = self.rcps.iter().enumerate();
        files.extend(
            rcps.map(|(at, policy)| control(format!("rcp{at}"), "RESOURCE_CONTROL_POLICY", policy)),
        );
        files
    }
}

/// An account that the numbers decide.
pub(crate) fn account(rng: &mut Rng) -> Account {
    let groups: Vec<_> = (0..2).map(|_| identity(rng)).collect();
    let mut people = Vec::new();
    for at in 0..rng.between(2, 3) {
        people.push(person(rng, true, at));
    }
    for at in 0..rng.between(1, 2) {
        people.push(person(rng, false, at));
    }
    let has_organization = rng.chance(35);
    let control = if has_organization {
        rng.between(0, 2)
    } else {
        0
    };
    let scps = (0..control).map(|_| scp(rng)).collect();
    let rcps = (0..control.min(1)).map(|_| rcp(rng)).collect();
    let keys = REGIONS.iter().enumerate().map(|(at, region)| {
        let id = format!("{KEY}{at}");
        let some = |rng: &mut Rng, texts| {
            let text = rng.chance(60).then(|| rng.text(texts));
            rng.chance(60).then(|| text.into_iter().collect::<Vec<_>>())
        };
        let tags = some(rng, &["keys", "apps"]);
        let aliases = some(rng, &["alias/keys", "alias/apps"]);
        OwnKey {
            arn: format!("arn:aws:kms:{region}:{ACCOUNT}:key/{id}"),
            policy: key_policy(rng, &people),
            tags: tags.map(|values| {
                let named = values.into_iter().map(|value| ("Team".to_owned(), value));
                named.collect()
            }),
            aliases,
            id,
        }
    });
    let keys = keys.collect();
    Account {
        people,
        groups,
        keys,
        scps,
        rcps,
        has_organization,
    }
}

fn person(rng: &mut Rng, is_role: bool, at: u64) -> Person {
    let (letter, paths) = if is_role {
        ("Role", ["/", "/", "/team/", IDENTITY_CENTER])
    } else {
        ("User", ["/", "/people/", "/", "/people/"])
    };
    let kind = if is_role { "AROA" } else { "AIDA" };
    let tag = (!rng.chance(50)).then(|| rng.text(&["keys", "apps"]));
    let path: &'static str = rng.pick::<&'static str>(&paths);
    // Identity Center ends each name with an id.
    let name = if path == IDENTITY_CENTER {
        format!("AWSReservedSSO_{letter}{at}_0123456789abcdef")
    } else {
        format!("{letter}{at}")
    };
    Person {
        is_role,
        name,
        path,
        id: format!("{kind}{letter}{at}EXAMPLEID").to_uppercase(),
        inline: (0..rng.between(0, 2)).map(|_| identity(rng)).collect(),
        groups: match (is_role, rng.between(0, 2)) {
            (false, at @ 0..2) => vec![usize::try_from(at).unwrap()],
            _ => Vec::new(),
        },
        boundary: match rng.between(0, 9) {
            0..=5 => Limit::None,
            6..=8 => Limit::Loaded(limit(rng)),
            _ => Limit::NotLoaded,
        },
        tags: tag
            .map(|value| ("Team".to_owned(), value))
            .into_iter()
            .collect(),
    }
}

fn actions(rng: &mut Rng) -> Value {
    let lists = [
        json!("kms:*"),
        json!(["kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"]),
        json!("kms:ScheduleKeyDeletion"),
        json!(["kms:CancelKeyDeletion", "kms:EnableKey"]),
        json!(["kms:*KeyDeletion", "kms:Describe*"]),
        json!(["kms:PutKeyPolicy", "kms:DisableKey", "kms:EnableKey"]),
    ];
    rng.pick(&lists).clone()
}

/// A condition on the caller, the request or the key; none in most cases.
fn condition(rng: &mut Rng) -> Value {
    if rng.chance(62) {
        return json!({});
    }
    let conditions = [
        json!({"StringEquals": {"aws:PrincipalTag/Team": "keys"}}),
        json!({"StringNotEquals": {"aws:PrincipalTag/Team": "keys"}}),
        json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::{ACCOUNT}:role/Role*")}}),
        json!({"ArnNotLike": {"aws:PrincipalArn": format!("arn:aws:iam::{ACCOUNT}:role/team/*")}}),
        json!({"StringEquals": {"aws:username": "User0"}}),
        json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        json!({"NumericGreaterThanEquals": {"kms:ScheduleKeyDeletionPendingWindowInDays": "14"}}),
        json!({"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": "10"}}),
        json!({"StringLike": {"aws:userid": "AROAROLE0EXAMPLEID:*"}}),
        json!({"StringEquals": {"aws:userid": "AROAROLE0EXAMPLEID:alice"}}),
        json!({"StringNotLike": {"aws:userid": ["AROAROLE1EXAMPLEID:alice", "AIDAUSER0EXAMPLEID"]}}),
        json!({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}),
        json!({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}),
        json!({"StringEquals": {"kms:CallerAccount": ACCOUNT}}),
        json!({"StringEquals": {"aws:ResourceTag/Team": "keys"}}),
        json!({"StringEquals": {"aws:ResourceTag/Team": "${aws:PrincipalTag/Team}"}}),
        json!({"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/keys"}}),
        json!({"Null": {"aws:MultiFactorAuthAge": "true"}}),
        json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
        json!({"StringEquals": {"aws:PrincipalType": ["Account", "User"]}}),
        json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}),
    ];
    rng.pick(&conditions).clone()
}

fn statement(rng: &mut Rng, effect: &str) -> Value {
    let mut statement = json!({"Effect": effect, "Action": actions(rng), "Resource": "*"});
    let condition = condition(rng);
    if condition != json!({}) {
        statement["Condition"] = condition;
    }
    statement
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// What a policy that is no key's is about: every key, those of one Region, one key, one alias.
fn resource(rng: &mut Rng) -> Value {
    match rng.between(0, 7) {
        0 => json!(format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/*")),
        1 => json!([
            "arn:aws:s3:::bucket",
            format!("arn:aws:kms:*:{ACCOUNT}:key/{}0", KEY)
        ]),
        2 => json!(format!("arn:aws:kms:*:{ACCOUNT}:alias/keys")),
        _ => json!("*"),
    }
}

/// A policy of a user, role or group.
fn identity(rng: &mut Rng) -> Value {
    let mut statements = Vec::new();
    for _ in 0..rng.between(1, 2) {
        let effect = if rng.chance(72) { "Allow" } else { "Deny" };
        let mut statement = statement(rng, effect);
        statement["Resource"] = resource(rng);
        statements.push(statement);
    }
    if rng.chance(20) {
        statements.push(json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}));
    }
    document(&statements)
}

/// A permissions boundary: of all, of all but some, or of another service.
fn limit(rng: &mut Rng) -> Value {
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    match rng.between(0, 3) {
        0 => document(&[json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})]),
        1 => document(&[statement(rng, "Allow")]),
        2 => document(&[all]),
        _ => document(&[all, statement(rng, "Deny")]),
    }
}

fn scp(rng: &mut Rng) -> Value {
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    document(&[all, statement(rng, "Deny")])
}

fn rcp(rng: &mut Rng) -> Value {
    let mut deny = statement(rng, "Deny");
    deny["Principal"] = json!("*");
    deny["Condition"] = json!({"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}});
    document(&[deny])
}

/// Principals of a template that is not filled in: one as a whole, its name, its account.
pub(crate) const PLACEHOLDERS: [&str; 3] = [
    "${KeyAdministrator}",
    "arn:aws:iam::111122223333:role/${Role}",
    "arn:aws:iam::${AWS::AccountId}:root",
];

/// Whom a statement of a key policy names.
fn principal(rng: &mut Rng, people: &[Person]) -> Value {
    let person = rng.pick(people);
    let session =
        |name: &str| format!("arn:aws:sts::{ACCOUNT}:assumed-role/{}/{name}", person.name);
    match rng.between(0, 20) {
        0..=2 => json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}),
        3 => json!({"AWS": ACCOUNT}),
        4..=6 => json!({"AWS": person.arn()}),
        7..=9 if person.is_role => json!({"AWS": session("alice")}),
        10 if person.is_role => json!({"AWS": [session("alice"), session("bob")]}),
        7..=10 => json!({"AWS": format!("arn:aws:sts::{ACCOUNT}:federated-user/{}", person.name)}),
        11 => json!({"AWS": [format!("arn:aws:iam::{ACCOUNT}:role/Gone"), person.arn()]}),
        12 => json!({"AWS": format!("arn:aws:sts::{ACCOUNT}:assumed-role/Gone/alice")}),
        13 => json!({"Service": "backup.amazonaws.com"}),
        14 => json!({"AWS": [person.id.clone(), "arn:aws:iam::444455556666:root".to_owned()]}),
        15 => json!({"AWS": "*"}),
        16 => json!({"Federated": "cognito-identity.amazonaws.com"}),
        17 => json!({"Federated": format!("arn:aws:iam::{ACCOUNT}:saml-provider/Idp")}),
        18 => json!({"AWS": ["arn:aws:iam::444455556666:role/Role0", person.arn()]}),
        19 => rng
            .pick(&PLACEHOLDERS.map(|text| json!({ "AWS": text })))
            .clone(),
        _ => json!("*"),
    }
}

fn key_policy(rng: &mut Rng, people: &[Person]) -> Value {
    let mut statements = Vec::new();
    for at in 0..rng.between(2, 4) {
        let effect = if at == 0 || rng.chance(78) {
            "Allow"
        } else {
            "Deny"
        };
        let mut statement = statement(rng, effect);
        let principal = principal(rng, people);
        if effect == "Deny" && rng.chance(25) && principal != json!("*") {
            statement["NotPrincipal"] = principal;
        } else {
            statement["Principal"] = principal;
        }
        statements.push(statement);
    }
    rng.shuffle(&mut statements);
    document(&statements)
}
