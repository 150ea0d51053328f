//! Commands of the AWS CLI with exact arguments. Keys and Regions hold letters, digits, colons,
//! slashes and hyphens only, so that no shell makes anything of them.

use crate::aws::PendingWindowInDays;

fn command(name: &str, region: Option<&str>, key: &str) -> String {
    let region = region.map(|region| format!(" --region {region}"));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/-".contains(&byte);
    // A key that is known by its policy's file only has no name that KMS takes.
    let is_name = key.starts_with("arn:") || !key.contains(['/', ':']);
    let key = if is_name && key.bytes().all(is_plain) {
        key
    } else {
        "KEY-ID"
    };
    format!(
        "aws kms {name}{} --key-id {key}",
        region.unwrap_or_default()
    )
}

/// `aws kms schedule-key-deletion`.
/// <https://docs.aws.amazon.com/cli/latest/reference/kms/schedule-key-deletion.html>
pub(super) fn schedule(
    region: Option<&str>,
    key: &str,
    window: Option<PendingWindowInDays>,
) -> String {
    let days = window.map(|days| format!(" --pending-window-in-days {days}"));
    command("schedule-key-deletion", region, key) + &days.unwrap_or_default()
}

/// `aws kms cancel-key-deletion`.
/// <https://docs.aws.amazon.com/cli/latest/reference/kms/cancel-key-deletion.html>
pub(super) fn cancel(region: Option<&str>, key: &str) -> String {
    command("cancel-key-deletion", region, key)
}

/// `aws kms disable-key`.
/// <https://docs.aws.amazon.com/cli/latest/reference/kms/disable-key.html>
pub(super) fn disable(region: Option<&str>, key: &str) -> String {
    command("disable-key", region, key)
}

/// `aws kms enable-key`.
/// <https://docs.aws.amazon.com/cli/latest/reference/kms/enable-key.html>
pub(super) fn enable(region: Option<&str>, key: &str) -> String {
    command("enable-key", region, key)
}

/// `aws kms update-primary-region`.
/// <https://docs.aws.amazon.com/cli/latest/reference/kms/update-primary-region.html>
pub(super) fn update_primary_region(region: Option<&str>, key: &str, to: &str) -> String {
    format!(
        "{} --primary-region {to}",
        command("update-primary-region", region, key)
    )
}
