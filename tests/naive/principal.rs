//! Who calls, and how a key policy names the caller.

use serde_json::Value;

use super::context::list;

/// The kind of a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An IAM user.
    User,
    /// An IAM role, no session named.
    Role,
    /// A session of the role with this name.
    Session(String),
    /// A `GetFederationToken` session.
    Federated,
    /// The account's root user.
    Root,
    /// An AWS service by itself.
    Service,
}

/// The caller of a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its ARN, or the service principal.
    pub(crate) arn: String,
    /// Its account; empty for a service.
    pub(crate) account: String,
}

/// How an entry of `Principal` names the caller (the rows of §3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// `*`.
    Everyone,
    /// The root ARN or the number of the caller's account.
    Account,
    /// The ARN of the role whose session (or which) calls.
    Role,
    /// The caller's own ARN: user, session, federated user; or the service principal.
    Itself,
}

impl Caller {
    /// Reads the `principal` of a request (§1.6 forms).
    pub(crate) fn parse(principal: &str) -> Self {
        let parts: Vec<&str> = principal.splitn(6, ':').collect();
        let [_, _, service, _, account, resource] = parts.as_slice() else {
            return Self {
                kind: Kind::Service,
                arn: principal.to_owned(),
                account: String::new(),
            };
        };
        let segments: Vec<&str> = resource.split('/').collect();
        let kind = match (*service, segments.as_slice()) {
            ("iam", ["root"]) => Kind::Root,
            ("iam", ["role", ..]) => Kind::Role,
            ("sts", ["assumed-role", role, ..]) => Kind::Session((*role).to_owned()),
            ("sts", ["federated-user", ..]) => Kind::Federated,
            _ => Kind::User,
        };
        Self {
            kind,
            arn: principal.to_owned(),
            account: (*account).to_owned(),
        }
    }

    /// Whether this is a service-linked role (§3.6: neither SCPs nor RCPs apply). A session's own ARN
    /// does not tell (Appendix E): `aws:PrincipalArn` does.
    pub(crate) fn is_service_linked_role(&self, principal_arn: Option<&str>) -> bool {
        let linked = |arn: &str| arn.contains(":role/aws-service-role/");
        match self.kind {
            Kind::Role => linked(&self.arn),
            Kind::Session(_) => principal_arn.is_some_and(linked),
            Kind::User | Kind::Federated | Kind::Root | Kind::Service => false,
        }
    }

    /// Whether `entry` under `AWS` names this caller, and how (§1.6). A unique id is that of a deleted
    /// entity and names nobody; a partial wildcard names nobody.
    fn named_by_aws_entry(&self, entry: &str, role: Option<&str>) -> Option<Naming> {
        if entry == "*" {
            Some(Naming::Everyone)
        } else if self.kind == Kind::Service || self.is_of_other_partition(entry) {
            None
        } else if entry == self.account || is_root_arn_of(entry, &self.account) {
            Some(Naming::Account)
        } else if self.role_is(entry, role) {
            Some(Naming::Role)
        } else {
            (entry == self.arn).then_some(Naming::Itself)
        }
    }

    /// The partition of the caller's ARN; none for a service principal.
    pub(crate) fn partition(&self) -> Option<&str> {
        (self.kind != Kind::Service).then(|| partition(&self.arn))
    }

    /// Whether `entry` is an ARN of another partition, which has accounts and identities of its own:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>. The bare number of an
    /// account names no partition.
    fn is_of_other_partition(&self, entry: &str) -> bool {
        entry.starts_with("arn:") && partition(entry) != partition(&self.arn)
    }

    /// Whether `entry` is the ARN of the caller's role. §1.6: a session ARN carries no path, so a
    /// session goes with the role whose last path component is the role name; where the request says
    /// its role's ARN, with no other one.
    fn role_is(&self, entry: &str, own: Option<&str>) -> bool {
        match &self.kind {
            Kind::Role => entry == self.arn,
            Kind::Session(role) => {
                let parts: Vec<&str> = entry.splitn(6, ':').collect();
                let [_, _, "iam", "", account, resource] = parts.as_slice() else {
                    return false;
                };
                let last = |name: &str| name.rsplit('/').next() == Some(role.as_str());
                let known = own.filter(|own| own.contains(":role/") && last(own));
                *account == self.account
                    && resource.starts_with("role/")
                    && last(resource)
                    && known.is_none_or(|own| own == entry)
            }
            Kind::User | Kind::Federated | Kind::Root | Kind::Service => false,
        }
    }
}

/// What is between the first two colons.
pub(crate) fn partition(arn: &str) -> &str {
    arn.split(':').nth(1).unwrap_or_default()
}

/// Every way in which the `Principal` element names the caller (§1.6: mixed types are alternatives).
/// `role` is `aws:PrincipalArn`: of a session the ARN of its role.
pub(crate) fn namings(element: &Value, caller: &Caller, role: Option<&str>) -> Vec<Naming> {
    match element {
        Value::Object(types) => types
            .iter()
            .flat_map(|(kind, entries)| list(entries).into_iter().map(move |entry| (kind, entry)))
            .filter_map(|(kind, entry)| match kind.as_str() {
                "AWS" => caller.named_by_aws_entry(&entry, role),
                "Service" => {
                    (caller.kind == Kind::Service && entry == caller.arn).then_some(Naming::Itself)
                }
                _ => None,
            })
            .collect(),
        other => list(other)
            .iter()
            .filter_map(|entry| caller.named_by_aws_entry(entry, role))
            .collect(),
    }
}

/// Whether a Deny with this `NotPrincipal` spares the caller (§1.6): a session needs its own ARN, its
/// role and the account root in the list, the others their own ARN and the account root, root only
/// itself; whoever has a permissions boundary is never spared.
pub(crate) fn spared_by_not_principal(
    element: &Value,
    caller: &Caller,
    role: Option<&str>,
    boundary: bool,
) -> bool {
    if boundary {
        return false;
    }
    let named = namings(element, caller, role);
    let has = |naming: Naming| named.contains(&naming);
    if has(Naming::Everyone) {
        return true;
    }
    match caller.kind {
        Kind::Session(_) => has(Naming::Itself) && has(Naming::Role) && has(Naming::Account),
        Kind::Role => has(Naming::Role) && has(Naming::Account),
        Kind::User | Kind::Federated => has(Naming::Itself) && has(Naming::Account),
        Kind::Root => has(Naming::Account),
        Kind::Service => has(Naming::Itself),
    }
}

/// `arn:PARTITION:iam::ACCOUNT:root`.
fn is_root_arn_of(entry: &str, account: &str) -> bool {
    let parts: Vec<&str> = entry.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", _, "iam", "", named, "root"] if *named == account)
}
