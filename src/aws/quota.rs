//! How long policy documents may be.
//!
//! Sources: KMS developer guide, `resource-limits`; IAM user guide, `reference_iam-quotas`;
//! Organizations user guide, `orgs_reference_limits`.

/// Key policy: 32,768 bytes; the API shape allows more, the service then answers
/// `LimitExceededException`.
pub const KEY_POLICY_BYTES: usize = 32 * 1024;

/// Managed IAM policy: 6,144 characters, whitespace not counted.
pub const MANAGED_POLICY_CHARACTERS: usize = 6_144;

/// All inline policies of one user together: 2,048 characters, whitespace not counted.
pub const USER_INLINE_POLICY_CHARACTERS: usize = 2_048;

/// All inline policies of one role together: 10,240 characters, whitespace not counted.
pub const ROLE_INLINE_POLICY_CHARACTERS: usize = 10_240;

/// All inline policies of one group together: 5,120 characters, whitespace not counted.
pub const GROUP_INLINE_POLICY_CHARACTERS: usize = 5_120;

/// Role trust policy: 2,048 characters unless raised, whitespace not counted.
pub const TRUST_POLICY_CHARACTERS: usize = 2_048;

/// Role trust policy: 4,096 characters, the most that the quota can be raised to.
pub const TRUST_POLICY_CHARACTERS_RAISED: usize = 4_096;

/// Service control policy: 10,240 characters, and 5,120 until AWS announced the double on 15 May
/// 2026; whitespace counts unless the console stripped it.
/// <https://aws.amazon.com/about-aws/whats-new/2026/05/aws-organizations-increased-scp-quotas/>
pub const SERVICE_CONTROL_POLICY_CHARACTERS: usize = 10_240;

/// Resource control policy: 5,120 characters; whitespace counts unless the console stripped it.
pub const RESOURCE_CONTROL_POLICY_CHARACTERS: usize = 5_120;

/// The only name that a key policy may have (API reference, `GetKeyPolicy`).
pub const KEY_POLICY_NAME: &str = "default";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_policy_limit_is_in_bytes() {
        assert_eq!(KEY_POLICY_BYTES, 32_768);
    }
}
