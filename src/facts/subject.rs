//! A policy with all that its analysis needs to know about its key.

use std::cell::OnceCell;

use crate::aws::{AccountId, Arn, CallerClass, KeyArn, KmsAction};
use crate::eval::{Caller, KeyIdentity, Request, RequestContext};
use crate::policy::PolicyDocument;
use crate::source::Span;

use super::Place;

/// Whose account stands in where none is known.
const SOME_ACCOUNT: &str = "000000000000";

/// Condition keys that say who a caller is. A caller that stands for many has none of them.
const IDENTITY_KEYS: [&str; 3] = ["aws:PrincipalArn", "aws:userid", "aws:username"];

/// Condition keys that say which account a caller belongs to.
pub(crate) const ACCOUNT_KEYS: [&str; 2] = ["aws:PrincipalAccount", "kms:CallerAccount"];

/// A policy, its key, and the file that it stands in.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) document: &'a PolicyDocument,
    pub(super) key: KeyIdentity,
    /// What is known of the key.
    pub(super) context: RequestContext,
    /// Whether its material is known to be imported.
    pub(super) imported_material: bool,
    file: u32,
    /// By class.
    probes: [OnceCell<Option<Request>>; 6],
}

impl<'a> Subject<'a> {
    pub(super) const fn new(
        document: &'a PolicyDocument,
        key: KeyIdentity,
        context: RequestContext,
        file: u32,
    ) -> Self {
        Self {
            document,
            key,
            context,
            imported_material: false,
            file,
            probes: [const { OnceCell::new() }; 6],
        }
    }

    pub(super) const fn place(&self, span: Span) -> Place {
        (self.file, span.start, span.end)
    }

    /// Whether the ARN is of another partition than the key, so that it names nobody who could call.
    pub(super) fn is_elsewhere(&self, arn: &str) -> bool {
        let key = self.key.arn.as_ref().map(KeyArn::partition);
        let own = Arn::partition_of(arn);
        own.zip(key).is_some_and(|(own, key)| own != key)
    }

    /// The key's account, or one that stands in for it.
    pub(super) fn account_text(&self) -> String {
        let known = self.key.account.as_ref().map(AccountId::as_str);
        known.unwrap_or(SOME_ACCOUNT).to_owned()
    }

    /// A request for `ScheduleKeyDeletion` with every day count by a caller of whom only the class
    /// is known; nobody of the class can be one where it is anonymous.
    pub(super) fn probe(&self, class: CallerClass) -> Option<&Request> {
        let made = self.probes.get(class as usize)?.get_or_init(|| {
            let mut request = Request::open(
                someone(class, &self.account_text())?,
                KmsAction::ScheduleKeyDeletion,
                self.key.clone(),
                self.context.clone(),
                None,
            );
            forget_identity(&mut request.context);
            for key in ACCOUNT_KEYS {
                request.context.forget(key);
            }
            Some(request)
        });
        made.as_ref()
    }
}

/// A caller of the class whom no policy names: parentheses do not occur in names. Its partition is
/// left empty, since it stands for callers of the key's, whichever that is.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
pub(crate) fn someone(class: CallerClass, account: &str) -> Option<Caller> {
    let text = match class {
        CallerClass::Role => format!("arn::iam::{account}:role/(any)"),
        CallerClass::User => format!("arn::iam::{account}:user/(any)"),
        CallerClass::FederatedUser => format!("arn::sts::{account}:federated-user/(any)"),
        CallerClass::Root => format!("arn::iam::{account}:root"),
        CallerClass::Service => "any.amazonaws.com".to_owned(),
        CallerClass::Anonymous => return None,
    };
    Caller::parse(&text).ok()
}

/// Makes the caller stand for all of its class.
pub(crate) fn forget_identity(context: &mut RequestContext) {
    for key in IDENTITY_KEYS {
        context.forget(key);
    }
}
