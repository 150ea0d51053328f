//! The shape of the facts; one record for each key, and for each policy without one.
//!
//! Everything that a finding can point at has an `at`: the index of its file in `sources`, and
//! the first byte and the one after the last.
//!
//! A field that says "left out where" is rare: it is not written where it would be null or false,
//! so that a selector which asks for it costs nothing on facts without it.

use std::ops::Not;

use serde::Serialize;

use crate::aws::condition_key::ValueType;
use crate::aws::{ActionSet, PendingWindowInDays};
use crate::eval::Decision;
use crate::policy::{Effect, PolicyKind, PrincipalType, glob};
use crate::source::{Location, SourceId, Span};

use super::{EvidenceRecord, LastRelated, ThroughIam, WaitsForReplicas};

/// Index into `sources`, first byte, byte after the last.
pub type Place = (u32, u32, u32);

/// The facts of one key or one unattached policy.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    /// Version of this shape; 1.
    pub format: u8,
    /// How to speak of it: a key's ARN, or the name of a policy's file.
    pub subject: String,
    /// What it is.
    pub kind: SubjectKind,
    /// Files that places refer to by index.
    pub sources: Vec<String>,
    /// The same files as the run knows them; for [`Facts::locate`].
    #[serde(skip)]
    pub source_ids: Vec<SourceId>,
    /// The limits that rules compare with.
    pub limits: Limits,
    /// The key; nothing is known of it where only a policy was loaded.
    pub key: KeyRecord,
    /// The policy as a whole; a key without a loaded policy has none.
    pub policy: Option<PolicyRecord>,
    /// Every statement of the policy, in order.
    pub statements: Vec<StatementRecord>,
    /// Who can do what; empty for an unattached policy.
    pub access: AccessTable,
}

impl Facts {
    /// The bytes that a place of these facts stands for; none for a place that is not theirs.
    pub fn locate(&self, place: Place) -> Option<Location> {
        let (file, start, end) = place;
        let source = *self.source_ids.get(usize::try_from(file).ok()?)?;
        Some(Location {
            source,
            span: Span { start, end },
        })
    }
}

impl Facts {
    /// Where every statement stands that these facts tell of.
    pub fn statements_at(&self) -> impl Iterator<Item = Place> {
        let through_iam = &self.access.through_iam;
        let groups = through_iam.schedule.iter();
        let groups = groups.chain(&through_iam.put_key_policy);
        let groups = groups.chain(&through_iam.delete_imported_material);
        let own = self.statements.iter().map(|statement| statement.at);
        own.chain(groups.map(|group| group.statement.at))
    }

    /// Marks the principals that one of these ARN patterns names as trusted. `*` is any run of
    /// characters and `?` one, as in a policy.
    pub fn trust(&mut self, patterns: &[String]) {
        let table = &mut self.access;
        let lists = [
            &mut table.schedule,
            &mut table.cancel,
            &mut table.put_key_policy,
            &mut table.delete_imported_material,
        ];
        for access in lists.into_iter().flatten() {
            let is_one = match access.kind {
                PrincipalKind::Role
                | PrincipalKind::User
                | PrincipalKind::Session
                | PrincipalKind::FederatedUser => true,
                PrincipalKind::Everyone
                | PrincipalKind::Account
                | PrincipalKind::UniqueId
                | PrincipalKind::Service
                | PrincipalKind::Placeholder
                | PrincipalKind::None => false,
            };
            access.trusted = is_one
                && patterns
                    .iter()
                    .any(|pattern| glob(pattern, &access.principal));
        }
        table.through_iam = super::access::through_iam(table);
    }
}

/// What the facts are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A key, or a key policy that came without its key.
    Key,
    /// An IAM policy that is attached to nothing that was loaded.
    Policy,
}

/// What the configuration limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// The shortest waiting period that is not reported, days, 7 to 30; 14 unless configured.
    pub minimum_waiting_period: PendingWindowInDays,
}

/// 14 days.
impl Default for Limits {
    fn default() -> Self {
        Self {
            minimum_waiting_period: PendingWindowInDays::new(14).unwrap_or_default(),
        }
    }
}

/// What is known of the key; a field is null where no file says it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct KeyRecord {
    /// ARN.
    pub arn: Option<String>,
    /// Account, 12 digits.
    pub account: Option<String>,
    /// `KeySpec`.
    pub spec: Option<String>,
    /// `KeyUsage`.
    pub usage: Option<String>,
    /// `KeyState`.
    pub state: Option<String>,
    /// `Origin`.
    pub origin: Option<String>,
    /// `KeyManager`.
    pub manager: Option<String>,
    /// `MultiRegionKeyType`.
    pub multi_region_type: Option<String>,
    /// Whether the spec is an asymmetric one.
    pub asymmetric: Option<bool>,
    /// `DeletionDate` as written.
    pub deletion_date: Option<String>,
    /// All its aliases, for example `alias/payments`.
    pub aliases: Option<Vec<String>>,
    /// All its tags.
    pub tags: Option<Vec<TagRecord>>,
    /// When it was last used, as written; null where no file says it or no use was recorded.
    pub last_used: Option<String>,
    /// The deletion that is under way; left out where the key is not pending it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<PendingRecord>,
    /// What keeps a primary key in `PendingReplicaDeletion`; left out elsewhere, and where all its
    /// replicas are known to be pending deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for_replicas: Option<WaitsForReplicas>,
    /// That the deletion that is under way leaves no key of the multi-Region set; left out where
    /// one is left or that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_related: Option<LastRelated>,
    /// What CloudTrail recorded; left out where no file of CloudTrail was loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceRecord>,
    /// Where the spec stands, else where the key stands.
    pub at: Place,
}

/// A tag of the key.
#[derive(Clone, Debug, Serialize)]
pub struct TagRecord {
    /// The tag's key.
    pub key: String,
    /// The tag's value.
    pub value: String,
}

/// A deletion that is under way.
#[derive(Clone, Debug, Serialize)]
pub struct PendingRecord {
    /// `PendingDeletion` or `PendingReplicaDeletion`.
    pub state: String,
    /// When, in words that finish "the key will be deleted …".
    pub when: String,
    /// Where the state stands.
    pub at: Place,
}

/// A policy as a whole.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyRecord {
    /// Where it is attached.
    pub kind: PolicyKind,
    /// `2012-10-17`, `2008-10-17`, or null where it is missing.
    pub version: Option<&'static str>,
    /// How far it is longer than AWS takes; left out where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub too_large: Option<TooLarge>,
    /// The whole document.
    pub at: Place,
}

/// How far a policy is longer than AWS takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TooLarge {
    /// How long it is.
    pub length: usize,
    /// How long it may be.
    pub limit: usize,
    /// What both count: `bytes`, or `characters without white space`.
    pub unit: &'static str,
    /// Where the document begins.
    pub at: Place,
}

/// One statement.
#[derive(Clone, Debug, Serialize)]
pub struct StatementRecord {
    /// Position from 0.
    pub index: usize,
    /// `Sid`, or null.
    pub sid: Option<String>,
    /// The `Sid` as that of an earlier statement; left out where none has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid_again: Option<SidAgain>,
    /// `Allow` or `Deny`.
    pub effect: Effect,
    /// Why the statement has no effect at all; null where it has.
    pub inert: Option<Inert>,
    /// Whether `principals` came as `NotPrincipal`.
    pub not_principal: bool,
    /// Whom it names.
    pub principals: Vec<PrincipalRecord>,
    /// Whether `actions` came as `NotAction`.
    pub not_action: bool,
    /// The action patterns.
    pub actions: Vec<ActionRecord>,
    /// KMS actions that the statement is about, by all of its patterns; `kms:…` names.
    pub covers: ActionSet,
    /// Of those, the ones by which a key is lost, made useless, brought back or put under another
    /// policy: `kms:ScheduleKeyDeletion`, `kms:CancelKeyDeletion`, `kms:DisableKey`,
    /// `kms:DeleteImportedKeyMaterial` and `kms:PutKeyPolicy`.
    pub critical: ActionSet,
    /// For a `Deny` of deletion that no condition on the waiting period bounds: other actions with
    /// much the same outcome that no `Deny` of the policy names. Left out where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ways_round: Option<ActionSet>,
    /// Whether `resources` came as `NotResource`.
    pub not_resource: bool,
    /// The resource patterns.
    pub resources: Vec<ResourceRecord>,
    /// The conditions.
    pub conditions: Vec<ConditionRecord>,
    /// The whole statement.
    pub at: Place,
}

/// A `Sid` that an earlier statement has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SidAgain {
    /// The `Sid`.
    pub text: String,
    /// Where it stands.
    pub at: Place,
}

/// Why a statement has no effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inert {
    /// The element that is to blame.
    pub cause: InertCause,
    /// In words that finish "the statement has no effect: …".
    pub reason: String,
    /// What to point at.
    pub at: Place,
}

/// What makes a statement have no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InertCause {
    /// An element is missing or empty.
    Missing,
    /// Its principals are nobody.
    Principal,
    /// Its principals are nobody, and there are wildcards inside.
    PrincipalWildcard,
    /// Its actions are none on a key.
    Action,
    /// One of its actions is a `kms:` name that does not exist.
    UnknownAction,
    /// Its resources are no keys.
    Resource,
}

/// One principal of a statement.
#[derive(Clone, Debug, Serialize)]
pub struct PrincipalRecord {
    /// As written.
    pub text: String,
    /// `AWS`, `Service`, `Federated` or `CanonicalUser`.
    #[serde(rename = "type")]
    pub principal_type: PrincipalType,
    /// What it names.
    pub kind: PrincipalKind,
    /// The account that it names, or null.
    pub account: Option<String>,
    /// Whether that is another account than the key's; null where either is not known.
    pub foreign: Option<bool>,
    /// Whether there is a wildcard inside, which AWS takes for none; left out where not.
    #[serde(skip_serializing_if = "Not::not")]
    pub partial_wildcard: bool,
    /// Whether it is a role that IAM Identity Center made; left out where not.
    #[serde(skip_serializing_if = "Not::not")]
    pub identity_center: bool,
    /// Where it stands.
    pub at: Place,
}

/// What a principal names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// Everyone.
    Everyone,
    /// An account: its IAM policies decide.
    Account,
    /// A role.
    Role,
    /// A user.
    User,
    /// One session of a role.
    Session,
    /// A federated user.
    FederatedUser,
    /// The id of a user or role that was deleted.
    UniqueId,
    /// An AWS service.
    Service,
    /// A template's placeholder: whom it names shows once the template is rendered.
    Placeholder,
    /// Nobody who could call KMS.
    None,
}

/// One action pattern.
#[derive(Clone, Debug, Serialize)]
pub struct ActionRecord {
    /// As written.
    pub text: String,
    /// How it names actions.
    pub form: ActionForm,
    /// KMS actions that it matches.
    pub matches: ActionSet,
    /// For a `kms:` name that does not exist, the nearest that does.
    pub nearest: Option<String>,
    /// Why a `kms:` name or pattern matches nothing, as a sentence; left out where it matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mistake: Option<String>,
    /// Where it stands.
    pub at: Place,
}

/// How a pattern names actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionForm {
    /// A KMS action by its name.
    Exact,
    /// A pattern with a wildcard that matches some KMS action.
    Wildcard,
    /// A `kms:` name or pattern that matches nothing.
    Unknown,
    /// Another service's.
    OtherService,
    /// A template's placeholder.
    Placeholder,
}

/// One resource pattern.
#[derive(Clone, Debug, Serialize)]
pub struct ResourceRecord {
    /// As written.
    pub text: String,
    /// Whether it covers this key; null where that is not known.
    pub covers_key: Option<bool>,
    /// The policy variable in it, without braces; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// Whether a policy variable stands before the fifth colon; left out where not.
    #[serde(skip_serializing_if = "Not::not")]
    pub variable_misplaced: bool,
    /// Where it stands.
    pub at: Place,
}

/// One operator applied to one key.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent claims, each with its own name for selectors"
)]
#[derive(Clone, Debug, Serialize)]
pub struct ConditionRecord {
    /// As AWS spells it, for example `ForAnyValue:StringLike`.
    pub operator: String,
    /// `ForAllValues`, `ForAnyValue` or null.
    pub quantifier: Option<&'static str>,
    /// The comparison without prefix and suffix, for example `StringLike`.
    pub comparison: &'static str,
    /// Whether it ends in `IfExists`.
    pub if_exists: bool,
    /// Whether it is a negated comparison.
    pub negated: bool,
    /// The key as written.
    pub key: String,
    /// The key in lower case, for comparisons.
    pub key_lower: String,
    /// Whether AWS documents such a key. The table holds the global keys and those of KMS, so a
    /// key of another service counts as known.
    pub key_known: bool,
    /// For a key that is not known, the nearest that is, as AWS spells it.
    pub key_nearest: Option<String>,
    /// Whether no such key exists and its name speaks of a window: it is meant for
    /// `kms:ScheduleKeyDeletionPendingWindowInDays`.
    pub misnamed_window: bool,
    /// `; did you mean …?` with `key_nearest`, or nothing.
    pub key_hint: String,
    /// The type of its values, such as `String` or `Numeric`; null where the key is not known.
    pub key_type: Option<ValueType>,
    /// Whether a request can hold several values of it; left out where not.
    #[serde(skip_serializing_if = "Not::not")]
    pub multi_valued: bool,
    /// Whether it asks for a number and compares none: a numeric condition key compared as
    /// something else, or a numeric operator with a value that is no number; left out where not.
    #[serde(skip_serializing_if = "Not::not")]
    pub compares_no_number: bool,
    /// What of the key it asks, where that can be changed by permissions of their own: its `tags`
    /// or its `aliases`; left out elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<&'static str>,
    /// Whether it is a `ForAllValues` without a condition beside it that demands the key: a
    /// request without the key satisfies it. Left out where not.
    #[serde(skip_serializing_if = "Not::not")]
    pub unpaired: bool,
    /// Of the watched actions that the statement covers, those for which AWS never supplies the
    /// key; `kms:…` names. Watched are the two deletion actions, `kms:PutKeyPolicy` and
    /// `kms:DisableKey`.
    pub never_present_for: ActionSet,
    /// Whether KMS documents that the key is not supported in a policy of this kind.
    pub unsupported_here: bool,
    /// What it does to `ScheduleKeyDeletion` where the statement covers that; null elsewhere.
    pub effect: Option<ConditionEffect>,
    /// The values.
    pub values: Vec<ValueRecord>,
    /// Where the operator stands.
    pub operator_at: Place,
    /// Where the key stands.
    pub at: Place,
}

/// What a condition does to the day counts of `ScheduleKeyDeletion`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionEffect {
    /// It holds for every day count: it constrains nothing.
    Always,
    /// It holds for none.
    Never,
    /// It holds for some day counts and not for others.
    ByDays,
    /// It hangs on context that was not given.
    Depends,
}

/// One value of a condition.
#[derive(Clone, Debug, Serialize)]
pub struct ValueRecord {
    /// As written; a bare number or boolean as its text.
    pub text: String,
    /// The number that it is, or null.
    pub number: Option<f64>,
    /// Whether it has `*` or `?` in it, outside variables; left out where not.
    #[serde(skip_serializing_if = "Not::not")]
    pub wildcard: bool,
    /// The policy variable in it, without braces; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// Whether a template's placeholder is in it; left out where not.
    #[serde(skip_serializing_if = "Not::not")]
    pub placeholder: bool,
    /// Where it stands.
    pub at: Place,
}

/// Who can do what on the key.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent claims, each with its own name for selectors"
)]
#[derive(Clone, Debug, Default, Serialize)]
pub struct AccessTable {
    /// `ScheduleKeyDeletion`.
    pub schedule: Vec<Access>,
    /// `CancelKeyDeletion`.
    pub cancel: Vec<Access>,
    /// `PutKeyPolicy`.
    pub put_key_policy: Vec<Access>,
    /// `DeleteImportedKeyMaterial`; left out where the key's material is not known to be imported.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub delete_imported_material: Vec<Access>,
    /// Those of these principals that can do it through their own policies only, put together by
    /// the statement that gives it to them; left out where there are none.
    #[serde(skip_serializing_if = "ThroughIam::is_empty")]
    pub through_iam: ThroughIam,
    /// Whether someone surely or perhaps can schedule, the account's IAM policies included;
    /// deleted users and roles do not count.
    pub someone_can_schedule: bool,
    /// Whether someone surely or perhaps can cancel, likewise.
    pub someone_can_cancel: bool,
    /// Whether someone surely or perhaps can enable the key again after that, likewise.
    pub someone_can_enable: bool,
    /// Whether someone surely or perhaps can put another key policy, likewise.
    pub someone_can_put_key_policy: bool,
}

/// What one principal can do: one that the key policy names, or a user or role that was loaded
/// and whose own policies allow it. Principals that surely cannot are left out.
#[expect(
    clippy::struct_excessive_bools,
    reason = "a record of claims that rules ask for one by one"
)]
#[derive(Clone, Debug, Serialize)]
pub struct Access {
    /// As the policy names it, or the ARN of a loaded user or role.
    pub principal: String,
    /// The end of its ARN, for example `role/ci-deploy`; `principal` where that is none.
    pub name: String,
    /// `principal` in backticks.
    pub who_text: String,
    /// What it names. For an account the decision is what its IAM policies could give at most.
    pub kind: PrincipalKind,
    /// The account, or null.
    pub account: Option<String>,
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
    /// Whether the statements that grant it narrow whom `*` means by a condition on the caller.
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
    /// For a principal that can put another key policy: whether policies other than the key policy
    /// surely deny it `ScheduleKeyDeletion`, so that it could not give itself that; left out where
    /// not.
    #[serde(skip_serializing_if = "Not::not")]
    pub held_back: bool,
    /// For a principal that can schedule: a cryptographic operation that it can call too, for
    /// example `kms:Decrypt`; left out where there is none, and for accounts, services, everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<&'static str>,
    /// For a principal that can schedule: what it lacks of the permissions that go with that
    /// (`kms:CancelKeyDeletion`, `kms:DescribeKey`, `kms:DisableKey`, `kms:EnableKey`); left out
    /// where it lacks nothing, and for accounts, services, everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacks: Option<ActionSet>,
    /// The statements that grant it: those of the key policy, then those of IAM policies.
    pub via: Vec<Via>,
    /// Where the first of them names the principal; for one that the key policy does not name,
    /// where its ARN stands in the file that describes the account.
    pub at: Place,
}

/// A statement that grants.
#[derive(Clone, Debug, Serialize)]
pub struct Via {
    /// The name of the IAM policy that it belongs to; null for the key policy.
    pub policy: Option<String>,
    /// Whether it grants by itself; a statement that names the account and a statement of an IAM
    /// policy grant only together.
    pub direct: bool,
    /// Its position in that policy, from 0.
    pub statement: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// The pattern by which it covers the action, or `NotAction`.
    pub pattern: String,
    /// Whether that is the action's own name.
    pub by_name: bool,
    /// Where the pattern stands.
    pub at: Place,
    /// Where the statement stands.
    #[serde(skip)]
    pub statement_at: Place,
}
