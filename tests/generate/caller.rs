//! Random callers, and the `Principal` elements that name them or somebody else.

use serde_json::{Value, json};

use super::rng::Rng;
use super::{ACCOUNT, FOREIGN_ACCOUNT};

/// The kinds of caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Session,
    User,
    Role,
    LinkedRole,
    LinkedSession,
    Root,
    Federated,
    Service,
}

/// A caller of a request.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    kind: Kind,
    /// The `principal` of the request.
    pub(super) arn: String,
    /// `aws:PrincipalArn`, as AWS would give it.
    pub(super) principal_arn: String,
    /// The caller's account; empty for a service.
    pub(super) account: String,
    /// `aws:username`, for users.
    pub(super) user_name: Option<String>,
    contested: bool,
}

const ROLES: [&str; 6] = [
    "KeyAdmin",
    "team/ops/Deployer",
    "Auditor",
    "app/Backup",
    "aws-reserved/sso.amazonaws.com/AWSReservedSSO_KeyAdmin_1a2b3c4d5e6f7a8b",
    "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_9f8e7d6c5b4a3f2e",
];
const USERS: [&str; 4] = ["Alice", "people/Bob", "KMSKeyAdmin", "people/eu/Carol"];
const SERVICES: [&str; 3] = [
    "backup.amazonaws.com",
    "ec2.amazonaws.com",
    "rds.amazonaws.com",
];
const LINKED: &str = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";

impl Caller {
    /// A random caller, mostly of the key's account.
    pub(super) fn random(rng: &mut Rng, contested: bool) -> Self {
        let kind = match rng.between(0, 99) {
            0..=40 => Kind::Session,
            41..=61 => Kind::User,
            62..=73 => Kind::Role,
            74..=76 => Kind::LinkedRole,
            77..=78 => Kind::LinkedSession,
            79..=86 => Kind::Root,
            87..=94 => Kind::Federated,
            _ => Kind::Service,
        };
        let linked = matches!(kind, Kind::LinkedRole | Kind::LinkedSession);
        let foreign = !linked && kind != Kind::Service && rng.chance(9);
        let account = if foreign { FOREIGN_ACCOUNT } else { ACCOUNT };
        let mut user_name = None;
        let iam = |rest: &str| format!("arn:aws:iam::{account}:{rest}");
        let sts = |rest: &str| format!("arn:aws:sts::{account}:{rest}");
        let (arn, principal_arn) = match kind {
            Kind::Session => {
                let role = *rng.pick(&ROLES);
                let session = rng.text(&["ci-42", "alice@example.com", "i-0abc"]);
                (
                    sts(&format!("assumed-role/{}/{session}", last(role))),
                    iam(&format!("role/{role}")),
                )
            }
            Kind::User => {
                let user = *rng.pick(&USERS);
                user_name = Some(last(user).to_owned());
                twice(iam(&format!("user/{user}")))
            }
            Kind::Role => twice(iam(&format!("role/{}", rng.pick(&ROLES)))),
            Kind::LinkedRole => twice(iam(&format!("role/{LINKED}"))),
            Kind::LinkedSession => (
                sts(&format!("assumed-role/{}/AutoScaling", last(LINKED))),
                iam(&format!("role/{LINKED}")),
            ),
            Kind::Root => twice(iam("root")),
            Kind::Federated => twice(sts(&format!(
                "federated-user/{}",
                rng.pick(&["Dave", "Eve"])
            ))),
            Kind::Service => twice(rng.text(&SERVICES)),
        };
        let account = if kind == Kind::Service {
            String::new()
        } else {
            account.to_owned()
        };
        Self {
            kind,
            arn,
            principal_arn,
            account,
            user_name,
            contested,
        }
    }

    pub(super) fn is_service(&self) -> bool {
        self.kind == Kind::Service
    }

    pub(super) fn is_federated(&self) -> bool {
        self.kind == Kind::Federated
    }

    /// Whether the caller is of another account than the key.
    pub(super) fn is_foreign(&self) -> bool {
        self.account == FOREIGN_ACCOUNT
    }

    /// Whether a session policy can bear on the caller.
    pub(super) fn is_session(&self) -> bool {
        matches!(
            self.kind,
            Kind::Session | Kind::LinkedSession | Kind::Federated
        )
    }

    /// A federated user without a session policy has few permissions.
    pub(super) fn mostly_has_session_policy(&self) -> bool {
        self.kind == Kind::Federated
    }

    /// Whether temporary credentials are in use.
    pub(super) fn is_temporary(&self) -> bool {
        !matches!(self.kind, Kind::User | Kind::Root | Kind::Service)
    }

    /// `aws:PrincipalType`.
    pub(super) fn principal_type(&self) -> &'static str {
        match self.kind {
            Kind::Session | Kind::LinkedSession | Kind::Role | Kind::LinkedRole => "AssumedRole",
            Kind::User => "User",
            Kind::Root => "Account",
            Kind::Federated => "FederatedUser",
            Kind::Service => "Service",
        }
    }

    /// Services have no policies of their own; the root user's would be ignored.
    pub(super) fn has_own_policies(&self, rng: &mut Rng) -> bool {
        match self.kind {
            Kind::Service => false,
            Kind::Root => rng.chance(60),
            _ => rng.chance(85),
        }
    }

    pub(super) fn may_have_boundary(&self) -> bool {
        match self.kind {
            Kind::Service | Kind::LinkedRole | Kind::LinkedSession => false,
            Kind::Root => self.contested,
            _ => true,
        }
    }

    /// The caller's account, as number or root ARN.
    pub(super) fn account_principal(&self, rng: &mut Rng) -> Value {
        let account = if self.is_service() {
            ACCOUNT
        } else {
            &self.account
        };
        let entry = account_entry(rng, account);
        Self::in_aws(rng, vec![entry])
    }

    /// A `Principal` that names the caller without regard to IAM, mostly.
    pub(super) fn direct_principal(&self, rng: &mut Rng) -> Value {
        if rng.chance(20) {
            return everyone(rng);
        }
        if self.is_service() {
            return json!({"Service": self.arn});
        }
        let mut entries = vec![self.own_entry(rng)];
        if rng.chance(30) {
            entries.push(self.other_entry(rng));
        }
        rng.shuffle(&mut entries);
        let mut principal = Self::in_aws(rng, entries);
        if rng.chance(8)
            && let Some(types) = principal.as_object_mut()
        {
            types.insert("Service".to_owned(), json!(rng.text(&SERVICES)));
        }
        principal
    }

    /// A `Principal` that may or may not name the caller.
    pub(super) fn some_principal(&self, rng: &mut Rng) -> Value {
        match rng.between(0, 9) {
            0 => self.direct_principal(rng),
            1 => self.account_principal(rng),
            2 => json!({"Service": rng.text(&SERVICES)}),
            3 => json!({"Service": [SERVICES[0], SERVICES[2]]}),
            _ => {
                let mut entries = vec![self.other_entry(rng)];
                if rng.chance(40) {
                    entries.push(self.other_entry(rng));
                }
                Self::in_aws(rng, entries)
            }
        }
    }

    /// A `Principal` for a Deny: everyone, the account, the caller or somebody else.
    pub(super) fn denied_principal(&self, rng: &mut Rng) -> Value {
        match rng.between(0, 9) {
            0..=4 => everyone(rng),
            5 => self.account_principal(rng),
            6 | 7 => self.direct_principal(rng),
            _ => self.some_principal(rng),
        }
    }

    /// The entries of a `NotPrincipal`, some of those that the caller needs being there.
    pub(super) fn not_principal(&self, rng: &mut Rng) -> Value {
        if self.is_service() {
            return json!({"Service": rng.text(&SERVICES)});
        }
        let mut entries = Vec::new();
        for needed in [self.arn.clone(), self.principal_arn.clone()] {
            if rng.chance(88) && !entries.contains(&needed) {
                entries.push(needed);
            }
        }
        let root = format!("arn:aws:iam::{}:root", self.account);
        if rng.chance(85) && !entries.contains(&root) {
            entries.push(account_entry(rng, &self.account));
        }
        if entries.is_empty() || rng.chance(30) {
            entries.push(self.other_entry(rng));
        }
        rng.shuffle(&mut entries);
        Self::in_aws(rng, entries)
    }

    /// One of the forms that name the caller itself: for sessions also the role.
    fn own_entry(&self, rng: &mut Rng) -> String {
        match self.kind {
            Kind::Session if rng.chance(55) => self.principal_arn.clone(),
            // No role of the account but for the name: the request says the path of its role.
            Kind::Session if rng.chance(25) => {
                let name = last(&self.principal_arn);
                format!("arn:aws:iam::{}:role/moved/{name}", self.account)
            }
            Kind::Root => account_entry(rng, &self.account),
            _ => self.arn.clone(),
        }
    }

    /// An entry under `AWS` that names somebody else, often only just.
    fn other_entry(&self, rng: &mut Rng) -> String {
        let account = if self.is_foreign() {
            FOREIGN_ACCOUNT
        } else {
            ACCOUNT
        };
        let entry = match rng.between(0, 8) {
            0 => rng.text(&["AIDACKCEVSQ6C2EXAMPLE", "AROADBQP57FF2AEXAMPLE"]),
            1 => format!("arn:aws:iam::{account}:user/{}", rng.pick(&USERS)),
            2 => format!("arn:aws:iam::{account}:role/{}", rng.pick(&ROLES)),
            3 => format!("arn:aws:sts::{account}:assumed-role/Auditor/other-session"),
            4 => format!("arn:aws:sts::{account}:federated-user/Mallory"),
            5 => "arn:aws:iam::777788889999:root".to_owned(),
            6 => "777788889999".to_owned(),
            7 => self.arn.replace(account, "777788889999"),
            _ => self
                .arn
                .replace("/ci-42", "/ci-43")
                .replace("Alice", "alice"),
        };
        if self.in_doubt(&entry) {
            "AIDAJQABLZS4A3QDU576Q".to_owned()
        } else {
            entry
        }
    }

    /// Entries whose meaning AWS leaves open for this caller.
    fn in_doubt(&self, entry: &str) -> bool {
        match self.kind {
            // The user behind a federated session is open, and so is the session behind a role.
            Kind::Federated => entry.contains(":user/") && !self.contested,
            Kind::Role => entry.contains(":assumed-role/") && !self.contested,
            Kind::Service => entry == self.arn,
            _ => false,
        }
    }

    /// `{"AWS": …}`, with or without brackets.
    fn in_aws(rng: &mut Rng, mut entries: Vec<String>) -> Value {
        match entries.pop() {
            Some(only) if entries.is_empty() && rng.chance(60) => json!({"AWS": only}),
            Some(popped) => {
                entries.push(popped);
                json!({"AWS": entries})
            }
            None => json!({"AWS": "*"}),
        }
    }
}

/// The four ways to write everyone (the bare array is not among them).
fn everyone(rng: &mut Rng) -> Value {
    match rng.between(0, 3) {
        0 | 1 => json!("*"),
        2 => json!({"AWS": "*"}),
        _ => json!({"AWS": ["*"]}),
    }
}

fn account_entry(rng: &mut Rng, account: &str) -> String {
    if rng.chance(25) {
        account.to_owned()
    } else {
        format!("arn:aws:iam::{account}:root")
    }
}

/// The last component of a path.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn twice(text: String) -> (String, String) {
    (text.clone(), text)
}
