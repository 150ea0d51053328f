//! Who can do what, and by which statement.

use std::sync::Arc;

use crate::access::Decision;
use crate::aws::{AccountId, ActionSet, PendingWindowInDays, PrincipalKind};
use crate::document::record;
use crate::facts::ThroughIam;

use super::IndexedLocation;

record! {
    /// Who can do what on the key.
    #[derive(Clone, Debug, Default)]
    pub struct AccessTable {
        /// `ScheduleKeyDeletion`.
        pub schedule: Vec<Access>,
        /// `CancelKeyDeletion`.
        pub cancel: Vec<Access>,
        /// `PutKeyPolicy`.
        pub put_key_policy: Vec<Access>,
        /// `DeleteImportedKeyMaterial`; left out where the key's material is not known to be imported.
        @left_out pub delete_imported_material: Vec<Access>,
        /// Those of these principals that can do it through their own policies only, put together by
        /// the statement that gives it to them; left out where there are none.
        @left_out pub through_iam: ThroughIam,
        /// Whether someone surely or perhaps can schedule, the account's IAM policies included;
        /// deleted users and roles do not count.
        pub someone_can_schedule: bool,
        /// Whether someone surely or perhaps can cancel, likewise.
        pub someone_can_cancel: bool,
        /// Whether everyone who can cancel is a role, a session or a federated user and can do so only
        /// with multi-factor authentication, of which their requests may never tell; left out where not.
        @left_out pub cancel_doubtful: bool,
        /// Whether someone surely or perhaps can enable the key again after that, likewise.
        pub someone_can_enable: bool,
        /// Whether someone surely or perhaps can put another key policy, likewise.
        pub someone_can_put_key_policy: bool,
    }
}

record! {
    /// What one principal can do: one that the key policy names, or a user or role that was loaded
    /// and whose own policies allow it. Principals that surely cannot are left out.
    #[derive(Clone, Debug)]
    pub struct Access {
        /// As the policy names it, or the ARN of a loaded user or role.
        pub principal: String,
        /// The end of its ARN, for example `role/ci-deploy`; `principal` where that is none, and
        /// `root user` where it is only that.
        pub name: String,
        /// `principal` in backticks, or `the root user`.
        pub who_text: String,
        /// What it names. For an account the decision is what its IAM policies could give at most.
        /// Everyone of whom only the root user can do it is an account, too.
        pub kind: PrincipalKind,
        /// The account, or null.
        pub account: Option<AccountId>,
        /// For an account, whether its users and roles were loaded: those that can do it have entries
        /// of their own, and this one stands for the root user and for what changes later.
        pub resolved: bool,
        /// `allowed` or `conditional`.
        pub decision: Decision,
        /// The same in a sentence: `can`, or `can perhaps`.
        pub can_text: &'static str,
        /// Day counts that are surely allowed; only for `ScheduleKeyDeletion`.
        pub days: Vec<PendingWindowInDays>,
        /// Day counts that hang on context.
        pub conditional_days: Vec<PendingWindowInDays>,
        /// The shortest of `days`, or of `conditional_days` where none is sure; null for other
        /// actions.
        pub shortest: Option<PendingWindowInDays>,
        /// `days` and `conditional_days` in words, for example `7 to 30 days`, or `14 to 30 days,
        /// perhaps 7 to 13 days`; `30 days by default` where only a request without a day count is
        /// possible. Empty for other actions.
        pub days_text: String,
        /// Condition keys on which the answer hangs.
        pub depends_on: Vec<String>,
        /// Whether it may be done without multi-factor authentication.
        pub without_mfa: bool,
        /// Whether the statements that grant it narrow whom `*` means by a condition on the caller, or a
        /// `Deny` for everyone leaves only some.
        pub narrowed: bool,
        /// Whether those conditions let every principal of one account or organization through
        /// (`kms:CallerAccount`, `aws:PrincipalAccount`, `aws:PrincipalOrgID`, …) and single out no
        /// principal; false where nothing narrows.
        pub narrowed_to_account: bool,
        /// Whether the configuration's `trusted_administrators` name this principal; never true for
        /// everyone, an account or a service.
        pub trusted: bool,
        /// Whether `access.schedule` holds this principal, or everyone, too.
        pub can_schedule: bool,
        /// Whether the key policy gives it only together with an IAM policy of the principal: it
        /// names the account, and not the principal.
        pub through_iam: bool,
        /// Names of the principal's IAM policies that take part, sorted.
        pub policies: Vec<String>,
        /// For an account or everyone: whether nobody of them can do it but the account's root user, as
        /// with a condition that `aws:PrincipalType` is `Account`; left out where not.
        @left_out pub only_root: bool,
        /// For a principal that can put another key policy: whether policies other than the key policy
        /// surely deny it `ScheduleKeyDeletion`, so that it could not give itself that; left out where
        /// not.
        @left_out pub held_back: bool,
        /// For a principal that can put another key policy: whether it is a user or a role, and nobody else
        /// can; left out where not.
        @left_out pub sole: bool,
        /// For a principal that can schedule: a cryptographic operation that it can call too, for
        /// example `kms:Decrypt`; left out where there is none, and for accounts, services, everyone.
        @left_out pub uses: Option<&'static str>,
        /// For a principal that can schedule: what it lacks of the permissions that go with that
        /// (`kms:CancelKeyDeletion`, `kms:DescribeKey`, `kms:DisableKey`, `kms:EnableKey`); left out
        /// where it lacks nothing, and for accounts, services, everyone.
        @left_out pub lacks: Option<ActionSet>,
        /// The statements that grant it: those of the key policy, then those of IAM policies.
        pub via: Vec<Arc<GrantedBy>>,
        /// Where the first of them names the principal; for one that the key policy does not name,
        /// where its ARN stands in the file that describes the account.
        pub at: IndexedLocation,
    }
}

record! {
    /// A statement that grants.
    #[derive(Clone, Debug)]
    pub struct GrantedBy {
        /// The name of the IAM policy that it belongs to; null for the key policy.
        pub policy: Option<String>,
        /// Whether it grants by itself; a statement that names the account and a statement of an IAM
        /// policy grant only together.
        pub direct: bool,
        /// Whether it grants to everyone, and not to this principal by name; left out where not.
        @left_out pub everyone: bool,
        /// Its position in that policy, from 0.
        pub statement: usize,
        /// Its `Sid`.
        pub sid: Option<String>,
        /// The pattern by which it covers the action, or `NotAction`.
        pub pattern: String,
        /// Whether that is the action's own name.
        pub by_name: bool,
        /// Where the pattern stands.
        pub at: IndexedLocation,
        /// Where the statement stands.
        @hidden pub statement_at: IndexedLocation,
    }
}
