//! The pages of AWS that reasons refer to.

/// Deleting keys: the waiting period, asymmetric keys, what is lost.
pub(super) const DELETING: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html";
/// Deleting multi-Region keys.
pub(super) const MULTI_REGION: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html";
/// Changing the primary Region.
pub(super) const PRIMARY_REGION: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-update.html";
/// The operation that schedules.
pub(super) const SCHEDULE: &str =
    "https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html";
/// What CloudTrail records of it.
pub(super) const SCHEDULED_EVENT: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/ct-schedule-key-deletion.html";
/// The operation that cancels.
pub(super) const CANCEL: &str =
    "https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html";
/// What a key's state lets through.
pub(super) const KEY_STATE: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html";
/// Metadata of a key.
pub(super) const METADATA: &str =
    "https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html";
/// Permissions for deleting.
pub(super) const PERMISSIONS: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-adding-permission.html";
/// How KMS evaluates policies.
pub(super) const EVALUATION: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html";
/// The parts of an ARN.
pub(super) const ARNS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html";
/// Condition keys of KMS.
pub(super) const CONDITIONS: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html";
/// Post-quantum keys: ML-KEM and ML-DSA.
pub(super) const POST_QUANTUM: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/pqkeys.html";
/// Imported key material.
pub(super) const IMPORTED: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys.html";
/// When imported key material expires.
pub(super) const EXPIRATION: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-import-key-material.html#importing-keys-expiration";
/// Determining past use.
pub(super) const PAST_USE: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-determining-usage.html";
/// Who may use a key by grants.
pub(super) const GRANTS: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/determining-access-grants.html";
/// Disabling a key before it is deleted.
pub(super) const DISABLE_FIRST: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/monitoring-keys-determining-usage.html";
/// When a key was last used.
pub(super) const LAST_USAGE: &str =
    "https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html";
/// An alarm on use of a key that is pending deletion.
pub(super) const ALARM: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-creating-cloudwatch-alarm.html";
/// Downloading public keys.
pub(super) const PUBLIC_KEY: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/download-public-key.html";
/// Disabling keys.
pub(super) const DISABLING: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html";
/// HMAC keys.
pub(super) const HMAC: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html";
/// Service control policies.
pub(super) const CONTROL_POLICIES: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html";
/// A key's aliases.
pub(super) const ALIASES: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";
/// Keys that AWS manages.
pub(super) const AWS_MANAGED: &str =
    "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html";
/// CloudTrail's own limits.
pub(super) const EVENT_HISTORY: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-cli.html";
