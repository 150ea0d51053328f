//! Which contexts AWS could supply: the forms of values, the keys that every request has, and the keys
//! that go together. Examples keep to it; that an answer is firm never rests on it.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use crate::aws::condition_key::{self, NameForm};
use crate::aws::key::{ApiEnum as _, KeySpec, KeyUsage, MultiRegionKeyType, Origin};
use crate::aws::{Arn, Presence, ValueType};
use crate::policy::Moment;

use super::caller::CallerKind;
use super::scope::{PRINCIPAL_ARN, USER_ID};
use super::shape::{is_path, path_of_role, shapes};
use super::{Request, RequestContext, Values};

/// A time after all dates that this version knows of.
const NOW: &str = "2026-12-01T00:00:00Z";

/// Values that a key could have, where not every text is one: all that are known, or two, so that one is
/// left where a policy names the other.
pub(super) fn samples(name: &str) -> Vec<&'static str> {
    match name {
        "kms:KeySpec" | "kms:CustomerMasterKeySpec" => {
            KeySpec::KNOWN.iter().map(|spec| spec.as_str()).collect()
        }
        "kms:KeyUsage" | "kms:CustomerMasterKeyUsage" => {
            KeyUsage::KNOWN.iter().map(|usage| usage.as_str()).collect()
        }
        _ => two_of(name).to_vec(),
    }
}

fn two_of(name: &str) -> &'static [&'static str] {
    match name {
        "kms:CallerAccount"
        | "aws:PrincipalAccount"
        | "aws:ResourceAccount"
        | "aws:SourceAccount"
        | "aws:VpceAccount" => &["444455556666", "777788889999"],
        "aws:PrincipalOrgID" | "aws:ResourceOrgID" | "aws:SourceOrgID" | "aws:VpceOrgID" => {
            &["o-exampleorgid", "o-a1b2c3d4e5"]
        }
        "aws:PrincipalOrgPaths"
        | "aws:ResourceOrgPaths"
        | "aws:SourceOrgPaths"
        | "aws:VpceOrgPaths" => &["o-exampleorgid/r-ab12/", "o-a1b2c3d4e5/r-cd34/"],
        "kms:ViaService" => &["s3.us-east-1.amazonaws.com", "ec2.us-east-1.amazonaws.com"],
        "aws:CalledVia" | "aws:CalledViaFirst" | "aws:CalledViaLast" => {
            &["cloudformation.amazonaws.com", "athena.amazonaws.com"]
        }
        "kms:ResourceAliases" | "kms:RequestAlias" => &["alias/example", "alias/other"],
        "aws:SourceVpc" => &["vpc-1a2b3c4d", "vpc-5e6f7a8b"],
        "aws:SourceVpce" => &["vpce-1a2b3c4d", "vpce-5e6f7a8b"],
        "aws:PrincipalType" => &["AssumedRole", "User", "Account", "FederatedUser"],
        "aws:RequestedRegion" => &["us-east-1", "eu-west-1"],
        "aws:UserAgent" => &["aws-cli/2.31.0", "Boto3/1.40.0"],
        _ => &[],
    }
}

/// Whether `*` and `?` are in no value of the key: values of the API, ids, Regions and names of services.
pub(super) fn has_no_wildcards(name: &str) -> bool {
    // Tags, names that people choose and texts of clients can have them.
    let is_of_api = name.starts_with("kms:Key") || name.starts_with("kms:CustomerMasterKey");
    is_of_api || (!two_of(name).is_empty() && name != "aws:UserAgent")
}

/// Whether AWS could supply these values of a key with the request; none say that it is absent.
pub(super) fn could_be(key: &str, values: &[Box<str>], request: &Request) -> bool {
    let Some(row) = condition_key::find(key) else {
        return true;
    };
    match (
        row.presence(request.action, request.caller.class()),
        values.is_empty(),
    ) {
        (Presence::Always, true) | (Presence::Never, false) => return false,
        _ => {}
    }
    if values.len() > 1 && !row.multi_valued {
        return false;
    }
    values
        .iter()
        .all(|value| of_type(value, row.value_type, row.name) && has_form(value, row.name, request))
}

fn of_type(value: &str, value_type: ValueType, name: &str) -> bool {
    match value_type {
        ValueType::Bool => matches!(value, "true" | "false"),
        ValueType::Numeric => {
            name == "ec2:RoleDelivery" || value.bytes().all(|b| b.is_ascii_digit())
        }
        ValueType::Date => Moment::parse(value).is_some(),
        ValueType::Ip => value.parse().is_ok_and(|address| is_source(&address)),
        ValueType::Arn => Arn::parse(value).is_some(),
        ValueType::String | ValueType::Binary => true,
    }
}

/// Whether requests come from the address.
fn is_source(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [first, ..] = four.octets();
            first != 0 && first < 224 && first != 127
        }
        // Global unicast and unique local addresses.
        IpAddr::V6(six) => six.segments()[0] >> 13 == 1 || six.segments()[0] >> 9 == 0x7e,
    }
}

fn has_form(value: &str, name: &str, request: &Request) -> bool {
    match name {
        "kms:KeySpec" | "kms:CustomerMasterKeySpec" => return KeySpec::parse(value).is_some(),
        "kms:KeyUsage" | "kms:CustomerMasterKeyUsage" => return KeyUsage::parse(value).is_some(),
        "kms:KeyOrigin" => return Origin::parse(value).is_some(),
        "kms:MultiRegionKeyType" => return MultiRegionKeyType::parse(value).is_some(),
        "aws:PrincipalType" => return two_of(name).contains(&value),
        PRINCIPAL_ARN if !is_role_of_session(value, request) => return false,
        _ => {
            if let Some(known) = condition_key::values(name) {
                return known.contains(&value);
            }
        }
    }
    let shapes = shapes(name, request);
    shapes.is_empty() || shapes.iter().any(|shape| shape.fits(value))
}

/// Roles of AWS's own have a path of AWS's own.
fn is_role_of_session(value: &str, request: &Request) -> bool {
    let CallerKind::Session(_, role, _) = request.caller.kind() else {
        return true;
    };
    let path = value
        .split_once(":role/")
        .and_then(|(_, name)| name.strip_suffix(&**role));
    path.is_some_and(|path| is_path(path, role))
}

/// What `aws:userid` is where the user or the session's role has this unique id; nothing where the caller
/// is of another kind. A role's caller is a session of any name.
pub(super) fn user_id(id: &str, request: &Request) -> Option<String> {
    match request.caller.kind() {
        CallerKind::User(..) => id.starts_with("AIDA").then(|| id.to_owned()),
        CallerKind::Role(..) => id.starts_with("AROA").then(|| format!("{id}:session")),
        CallerKind::Session(_, _, session) => {
            id.starts_with("AROA").then(|| format!("{id}:{session}"))
        }
        CallerKind::FederatedUser(..) | CallerKind::Root(_) | CallerKind::Service => None,
    }
}

/// The context of a request that has these keys and all others that go with them, complete; nothing
/// where AWS could not supply these together.
pub(super) fn completed(request: &Request) -> Option<RequestContext> {
    let mut filling = Filling {
        request,
        context: request.context.clone(),
    };
    filling.key_properties();
    filling.services();
    filling.session();
    filling.network_and_organization();
    filling.what_every_request_has();
    let goes_together = filling.key_goes_together()
        && filling.services_go_together()
        && filling.session_goes_together()
        && filling.network_goes_together();
    goes_together.then(|| filling.context.completed())
}

struct Filling<'r> {
    request: &'r Request,
    context: RequestContext,
}

impl Filling<'_> {
    /// The only value of a key; nothing where it is absent, not set, or has several.
    fn one(&self, key: &str) -> Option<&str> {
        self.context.get(key).and_then(Values::single)
    }

    fn is_set(&self, key: &str) -> bool {
        self.context.get(key).is_some()
    }

    fn is_there(&self, key: &str) -> bool {
        self.context
            .get(key)
            .is_some_and(|values| !values.is_empty())
    }

    /// Sets a key that is not set, unless AWS never supplies it here.
    fn put(&mut self, key: &str, value: &str) {
        let (action, class) = (self.request.action, self.request.caller.class());
        if !self.is_set(key) && condition_key::presence(key, action, class) != Presence::Never {
            self.context.set(key, [value]);
        }
    }

    fn moment(&self, key: &str) -> Option<Timestamp> {
        Moment::parse(self.one(key)?).map(Moment::timestamp)
    }

    /// Spec, usage and origin have older names too.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
    fn key_properties(&mut self) {
        let text = |key: &str, older: &str| {
            let found = self.one(key).or(self.one(older));
            found.map(str::to_owned)
        };
        let spec = text("kms:KeySpec", "kms:CustomerMasterKeySpec");
        let usage = text("kms:KeyUsage", "kms:CustomerMasterKeyUsage");
        let wanted = usage.as_deref().and_then(KeyUsage::parse);
        let fits =
            |spec: &&KeySpec| wanted.is_none_or(|usage| spec.valid_usages().contains(&usage));
        let spec = spec.or_else(|| {
            let mut known = KeySpec::KNOWN.iter();
            known.find(fits).map(|spec| spec.as_str().to_owned())
        });
        let usage = usage.or_else(|| {
            let usages = KeySpec::parse(spec.as_deref()?)?.valid_usages();
            usages.first().map(|usage| usage.as_str().to_owned())
        });
        for (key, value) in [
            ("kms:KeySpec", &spec),
            ("kms:CustomerMasterKeySpec", &spec),
            ("kms:KeyUsage", &usage),
            ("kms:CustomerMasterKeyUsage", &usage),
        ] {
            if let Some(value) = value {
                self.put(key, value);
            }
        }
        self.put("kms:KeyOrigin", Origin::AwsKms.as_str());
        let part = self.is_there("kms:MultiRegionKeyType");
        self.put("kms:MultiRegion", if part { "true" } else { "false" });
        if self.one("kms:MultiRegion") == Some("true") {
            self.put(
                "kms:MultiRegionKeyType",
                MultiRegionKeyType::Primary.as_str(),
            );
        }
    }

    fn key_goes_together(&self) -> bool {
        let same = |one: &str, other: &str| {
            !self.is_there(one) || !self.is_there(other) || self.one(one) == self.one(other)
        };
        let spec = self.one("kms:KeySpec").and_then(KeySpec::parse);
        let usage = self.one("kms:KeyUsage").and_then(KeyUsage::parse);
        let origin = self.one("kms:KeyOrigin").and_then(Origin::parse);
        let in_store = origin.is_some_and(Origin::is_custom_key_store);
        let is_multi = self.one("kms:MultiRegion") == Some("true");
        same("kms:KeySpec", "kms:CustomerMasterKeySpec")
            && same("kms:KeyUsage", "kms:CustomerMasterKeyUsage")
            && spec
                .zip(usage)
                .is_none_or(|(spec, usage)| spec.valid_usages().contains(&usage))
            // Custom key stores hold symmetric encryption keys of one Region only.
            && (!in_store || (spec.is_none_or(|spec| spec == KeySpec::SymmetricDefault) && !is_multi))
            && (!self.is_there("kms:MultiRegionKeyType") || is_multi)
    }

    /// Where a service calls on behalf of the principal, the request tells so.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-viaawsservice>
    fn services(&mut self) {
        let called: Vec<Box<str>> = self
            .context
            .get("aws:CalledVia")
            .into_iter()
            .flat_map(Values::iter)
            .map(Into::into)
            .collect();
        if let (Some(first), Some(last)) = (called.first(), called.last()) {
            self.put("aws:CalledViaFirst", first);
            self.put("aws:CalledViaLast", last);
        }
        let through_service = self.is_through_service();
        self.put(
            "aws:ViaAWSService",
            if through_service { "true" } else { "false" },
        );
        if self.one("aws:ViaAWSService") == Some("true") && !through_service {
            self.put("kms:ViaService", "s3.us-east-1.amazonaws.com");
        }
    }

    /// Whether a key that only calls through a service have is there.
    fn is_through_service(&self) -> bool {
        let via = [
            "kms:ViaService",
            "aws:CalledVia",
            "aws:CalledViaFirst",
            "aws:CalledViaLast",
        ];
        via.iter().any(|key| self.is_there(key))
    }

    fn services_go_together(&self) -> bool {
        let through_service = self.is_through_service();
        let called = self.context.get("aws:CalledVia");
        let end = |key: &str, found: Option<&str>| !self.is_there(key) || self.one(key) == found;
        let (first, last) = (
            called.and_then(Values::first),
            called.and_then(|called| called.iter().last()),
        );
        (self.one("aws:ViaAWSService") == Some("true")) == through_service
            && (!self.is_there("aws:CalledVia")
                || (end("aws:CalledViaFirst", first) && end("aws:CalledViaLast", last)))
    }

    /// Temporary credentials have a time of issue, and only they tell of a second factor.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent>
    fn session(&mut self) {
        if self.is_there("aws:MultiFactorAuthAge") {
            self.put("aws:MultiFactorAuthPresent", "true");
        }
        let known = self
            .moment("aws:CurrentTime")
            .or_else(|| self.moment("aws:EpochTime"));
        let issued = self.moment("aws:TokenIssueTime");
        let now = known.or_else(|| NOW.parse().ok().max(issued));
        let Some(now) = now else {
            return;
        };
        self.put("aws:CurrentTime", &now.to_string());
        self.put("aws:EpochTime", &now.as_second().to_string());
        let (action, class) = (self.request.action, self.request.caller.class());
        let always =
            condition_key::presence("aws:TokenIssueTime", action, class) == Presence::Always;
        if always || self.is_there("aws:MultiFactorAuthPresent") {
            let minutes = SignedDuration::from_mins(5);
            let before = now.checked_sub(minutes).unwrap_or(now);
            self.put("aws:TokenIssueTime", &before.to_string());
        }
    }

    fn session_goes_together(&self) -> bool {
        let now = self.moment("aws:CurrentTime");
        let seconds = self.moment("aws:EpochTime").map(Timestamp::as_second);
        let age = self.is_there("aws:MultiFactorAuthAge");
        let present = self.is_there("aws:MultiFactorAuthPresent");
        now.map(Timestamp::as_second) == seconds
            && self.moment("aws:TokenIssueTime") <= now
            && (!age || self.one("aws:MultiFactorAuthPresent") == Some("true"))
            && (!present || self.is_there("aws:TokenIssueTime"))
    }

    /// A request comes from an address or through an endpoint; who is in an organization has a path
    /// in it.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce>
    fn network_and_organization(&mut self) {
        if VPC_KEYS.iter().any(|key| self.is_there(key)) {
            self.put("aws:SourceVpc", "vpc-1a2b3c4d");
            self.put("aws:SourceVpce", "vpce-1a2b3c4d");
            self.put("aws:VpcSourceIp", "10.0.0.7");
        } else {
            self.put("aws:SourceIp", "198.51.100.7");
        }
        for (id, paths) in ORGANIZATIONS {
            let of_path = self.context.get(paths).and_then(Values::first);
            let of_path = of_path
                .and_then(|path| path.split('/').next())
                .map(str::to_owned);
            if let Some(organization) = of_path {
                self.put(id, &organization);
            }
            if let Some(organization) = self.one(id).map(str::to_owned) {
                self.put(paths, &format!("{organization}/r-ab12/"));
            }
        }
    }

    fn network_goes_together(&self) -> bool {
        let through_endpoint = VPC_KEYS.iter().any(|key| self.is_there(key));
        let organizations = ORGANIZATIONS.iter().all(|(id, paths)| {
            let head = self.one(id).map(|id| format!("{id}/"));
            let paths = || self.context.get(paths).into_iter().flat_map(Values::iter);
            let inside = |path: &str| {
                head.as_ref()
                    .is_some_and(|head| path.starts_with(head.as_str()))
            };
            paths().all(inside)
        });
        let same_account = self.request.caller.account() == self.request.key.account;
        let ids = || {
            [
                self.one("aws:PrincipalOrgID"),
                self.one("aws:ResourceOrgID"),
            ]
        };
        let [principal, resource] = ids();
        organizations
            && (!same_account || principal.is_none() || resource.is_none() || principal == resource)
            && !(through_endpoint && self.is_there("aws:SourceIp"))
    }

    fn what_every_request_has(&mut self) {
        let caller = &self.request.caller;
        match caller.kind() {
            CallerKind::Session(account, role, _) => {
                let (partition, path) = (self.request.partition(), path_of_role(role));
                let account = account.as_str();
                let arn = format!("arn:{partition}:iam::{account}:role/{path}{role}");
                self.put(PRINCIPAL_ARN, &arn);
            }
            CallerKind::Service => {
                self.put("aws:PrincipalServiceName", caller.as_str());
                self.put("aws:PrincipalServiceNamesList", caller.as_str());
            }
            _ => {}
        }
        for id in ["AIDAEXAMPLEEXAMPLE11", "AROAEXAMPLEEXAMPLE11"] {
            if let Some(id) = user_id(id, self.request) {
                self.put(USER_ID, &id);
            }
        }
        let (action, class) = (self.request.action, caller.class());
        for row in condition_key::all().filter(|row| row.form == NameForm::Whole) {
            if row.presence(action, class) == Presence::Always
                && let Some(sample) = samples(row.name).first().copied()
            {
                self.put(row.name, sample);
            }
        }
    }
}

/// Keys of requests that come through a VPC endpoint.
const VPC_KEYS: [&str; 7] = [
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceVpcArn",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
];

const ORGANIZATIONS: [(&str, &str); 4] = [
    ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths"),
    ("aws:ResourceOrgID", "aws:ResourceOrgPaths"),
    ("aws:SourceOrgID", "aws:SourceOrgPaths"),
    ("aws:VpceOrgID", "aws:VpceOrgPaths"),
];
