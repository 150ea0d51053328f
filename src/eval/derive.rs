//! What of the request context follows from the caller and the key.
//!
//! Values: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
//! and <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>.

use std::sync::Arc;

use crate::aws::arn::reserved_role::is_identity_center;
use crate::aws::condition_key::MFA_KEYS;

use super::caller::CallerKind;
use super::{Caller, KeyIdentity, RequestContext, Values};

/// Sets every condition key whose value follows; what was set before stays. Of a request that is about
/// no key nothing follows from one.
pub(super) fn derive(caller: &Caller, key: Option<&KeyIdentity>, context: &mut RequestContext) {
    of_caller(caller, key, context);
    if let Some(key) = key {
        of_key(key, context);
    }
    // KMS endpoints take TLS connections only:
    // https://docs.aws.amazon.com/kms/latest/developerguide/infrastructure-security.html
    context.derive("aws:SecureTransport", "true");
}

/// Condition keys whose values follow from the key that a request is about.
pub const FROM_KEY: [&str; 4] = [
    "aws:ResourceAccount",
    "aws:RequestedRegion",
    "kms:MultiRegion",
    "kms:MultiRegionKeyType",
];

fn of_key(key: &KeyIdentity, context: &mut RequestContext) {
    let [
        resource_account,
        requested_region,
        multi_region_key,
        multi_region_type,
    ] = FROM_KEY;
    if let Some(account) = key.account {
        let is_open = account.is_placeholder();
        context.derive_open(resource_account, account.to_string(), is_open);
    }
    if let Some(arn) = &key.arn {
        // A key is reached only through the endpoint of its own Region.
        context.derive(requested_region, arn.region().to_owned());
        // Only multi-Region keys have ids that begin with `mrk-`:
        // https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
        let multi_region = arn.is_multi_region_id();
        context.derive(
            multi_region_key,
            if multi_region { "true" } else { "false" },
        );
        if !multi_region {
            context.absent_default(multi_region_type);
        }
    }
}

fn of_caller(caller: &Caller, key: Option<&KeyIdentity>, context: &mut RequestContext) {
    context.derive(
        "aws:PrincipalIsAWSService",
        if caller.is_service() { "true" } else { "false" },
    );
    let Some(account) = caller.account() else {
        return;
    };
    let is_open = caller.is_open();
    let is_open_account = account.is_placeholder();
    let account: &Arc<str> = &account.as_str().into();
    context.derive_open("aws:PrincipalAccount", account, is_open_account);
    context.derive_open("kms:CallerAccount", account, is_open_account);
    let principal_type = match caller.kind() {
        CallerKind::User(_, name) => {
            let name = name.rsplit('/').next().unwrap_or(name);
            context.derive_open("aws:username", name.to_owned(), is_open);
            "User"
        }
        CallerKind::Root(_) => {
            context.derive_open("aws:userid", account, is_open_account);
            "Account"
        }
        CallerKind::FederatedUser(_, name) => {
            context.derive_open("aws:userid", format!("{account}:{name}"), is_open);
            "FederatedUser"
        }
        CallerKind::Role(..) | CallerKind::Session(..) => "AssumedRole",
        CallerKind::Service => return,
    };
    context.derive("aws:PrincipalType", principal_type);
    match caller.kind() {
        // It is the ARN of the role, with the path that the session's ARN leaves out.
        CallerKind::Session(..) => {}
        // A caller that stands for those of any partition is of the key's, where that is known.
        CallerKind::Root(_) if caller.partition().is_none() => {
            if let Some(partition) = key.and_then(KeyIdentity::partition) {
                let arn = format!("arn:{partition}:iam::{account}:root");
                context.derive_open("aws:PrincipalArn", arn, is_open);
            }
        }
        _ => context.derive_open("aws:PrincipalArn", caller.text(), is_open),
    }
    let role = context.get("aws:PrincipalArn").and_then(Values::single);
    if caller.is_federated_user() || role.is_some_and(is_identity_center) {
        for key in MFA_KEYS {
            context.absent_default(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::KmsAction;
    use crate::eval::Request;

    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
    #[test]
    fn a_role_of_identity_center_never_tells_of_mfa() {
        const ROLE: &str =
            "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef";
        const SESSION: &str =
            "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/jo";
        let role = format!("arn:aws:iam::111122223333:{ROLE}");
        let asked = |caller: &str, given: &[(&str, &str)]| {
            let mut context = RequestContext::open();
            for (key, value) in given {
                context.set_one(key, value);
            }
            let caller = Caller::parse(caller).unwrap();
            let action = KmsAction::CancelKeyDeletion;
            let request = Request::open(caller, action, KeyIdentity::default(), context, None);
            let held = request.context.get("aws:MultiFactorAuthPresent");
            held.map(|values| values.single().map(str::to_owned))
        };
        let principal_arn = ("aws:PrincipalArn", &*role);
        assert_eq!(asked(&role, &[]), Some(None));
        assert_eq!(asked(SESSION, &[principal_arn]), Some(None));
        // What is given stays; without its path, a session may be another role's.
        let given = ("aws:multifactorauthpresent", "true");
        assert_eq!(asked(&role, &[given]), Some(Some("true".to_owned())));
        assert_eq!(asked(SESSION, &[]), None);
        assert_eq!(asked("arn:aws:iam::111122223333:role/Admin", &[]), None);
    }
}
