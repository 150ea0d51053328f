//! Callers that stand for all of a class.

use std::cell::OnceCell;

use crate::aws::PrincipalKind;
use crate::aws::condition_key::MFA_KEYS;
use crate::eval::{Caller, Request, RequestContext};

/// The account of a synthetic caller where a key's account is not known.
pub(crate) const SOME_ACCOUNT: &str = "000000000000";

/// Condition keys that say who a caller is. A caller that stands for many has none of them.
const IDENTITY_KEYS: [&str; 3] = ["aws:PrincipalArn", "aws:userid", "aws:username"];

/// Condition keys that say which account a caller belongs to.
pub(crate) const ACCOUNT_KEYS: [&str; 2] = ["aws:PrincipalAccount", "kms:CallerAccount"];

/// The classes of callers, for what depends on the class alone.
pub(crate) const EVERY_CLASS: [PrincipalKind; 5] = [
    PrincipalKind::User,
    PrincipalKind::Role,
    PrincipalKind::FederatedUser,
    PrincipalKind::Root,
    PrincipalKind::Service,
];

/// A request of each class of [`EVERY_CLASS`], made when it is first asked for.
pub(super) type ClassRequests = [OnceCell<Option<Request>>; EVERY_CLASS.len()];

/// A caller of the class that no policy names: parentheses do not occur in names. Its partition is
/// left empty, since it stands for callers of the key's, whichever that is.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
pub(crate) fn synthetic_caller(class: PrincipalKind, account: &str) -> Option<Caller> {
    let text = match class {
        PrincipalKind::Role => format!("arn::iam::{account}:role/(any)"),
        PrincipalKind::User => format!("arn::iam::{account}:user/(any)"),
        PrincipalKind::FederatedUser => format!("arn::sts::{account}:federated-user/(any)"),
        PrincipalKind::Root => format!("arn::iam::{account}:root"),
        PrincipalKind::Service => "any.amazonaws.com".to_owned(),
        _ => return None,
    };
    Caller::parse(&text).ok()
}

/// Makes the caller represent its whole class: a federated caller represents users and roles,
/// too, and these may have the MFA keys.
pub(crate) fn forget_identity(context: &mut RequestContext) {
    for key in IDENTITY_KEYS.into_iter().chain(MFA_KEYS) {
        context.forget(key);
    }
}
