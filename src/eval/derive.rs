//! What of the request context follows from the caller and the key.
//!
//! Values: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
//! and <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>.

use std::sync::Arc;

use crate::aws::KeyArn;

use super::caller::CallerKind;
use super::context::Shared;
use super::{Caller, KeyIdentity, RequestContext};

/// Sets every condition key whose value follows; what was set before stays.
pub(super) fn derive(caller: &Caller, key: &KeyIdentity, context: &mut RequestContext) {
    of_caller(caller, key, context);
    if let Some(account) = key.account {
        context.derive("aws:ResourceAccount", account.to_string());
    }
    if let Some(arn) = &key.arn {
        // A key is reached only through the endpoint of its own Region.
        context.derive("aws:RequestedRegion", arn.region().to_owned());
        // Only multi-Region keys have ids that begin with `mrk-`:
        // https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
        let multi_region = arn.is_multi_region_id();
        context.derive(
            "kms:MultiRegion",
            if multi_region { "true" } else { "false" },
        );
        if !multi_region {
            context.absent_default("kms:MultiRegionKeyType");
        }
    }
    // KMS endpoints take TLS connections only:
    // https://docs.aws.amazon.com/kms/latest/developerguide/infrastructure-security.html
    context.derive("aws:SecureTransport", "true");
}

fn of_caller(caller: &Caller, key: &KeyIdentity, context: &mut RequestContext) {
    context.derive(
        "aws:PrincipalIsAWSService",
        if caller.is_service() { "true" } else { "false" },
    );
    let Some(account) = caller.account() else {
        return;
    };
    let account: &Arc<str> = &account.as_str().into();
    context.derive("aws:PrincipalAccount", account);
    context.derive("kms:CallerAccount", account);
    let principal_type = match caller.kind() {
        CallerKind::User(_, name) => {
            let name = name.rsplit('/').next().unwrap_or(name);
            context.derive("aws:username", name.to_owned());
            "User"
        }
        CallerKind::Root(_) => {
            context.derive("aws:userid", account);
            "Account"
        }
        CallerKind::FederatedUser(_, name) => {
            context.derive("aws:userid", format!("{account}:{name}"));
            "FederatedUser"
        }
        CallerKind::Role(..) | CallerKind::Session(..) => "AssumedRole",
        CallerKind::Service => return,
    };
    context.derive("aws:PrincipalType", principal_type);
    if let Some(arn) = principal_arn(caller, key) {
        context.derive("aws:PrincipalArn", arn);
    }
}

/// For a session the ARN of its role, as it is without a path, which the session's ARN leaves out;
/// see `Scope::may_be_role` for patterns that have one. A caller that stands for those of any
/// partition is of the key's, where that is known.
fn principal_arn(caller: &Caller, key: &KeyIdentity) -> Option<Shared> {
    let of_key = || key.arn.as_ref().map_or("aws", KeyArn::partition);
    let partition = || caller.partition().unwrap_or_else(of_key);
    match caller.kind() {
        CallerKind::Session(account, role, _) => {
            let account = account.as_str();
            Some(format!("arn:{}:iam::{account}:role/{role}", partition()).into())
        }
        CallerKind::Root(account) if caller.partition().is_none() => {
            Some(format!("arn:{}:iam::{}:root", partition(), account.as_str()).into())
        }
        CallerKind::Service => None,
        _ => Some(caller.text().into()),
    }
}
