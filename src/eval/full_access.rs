//! `FullAWSAccess`, the service control policy that AWS keeps beside those that only deny.

use std::sync::LazyLock;

use crate::inventory::FULL_AWS_ACCESS;
use crate::policy::{Effect, PolicyDocument, PolicyKind, PolicyReading};

use super::NamedPolicy;

static DOCUMENT: LazyLock<Option<PolicyDocument>> = LazyLock::new(|| {
    let text =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    PolicyReading::of_text(text, PolicyKind::ServiceControl)
        .document
        .ok()
});

/// `FullAWSAccess` as AWS attaches it; always there.
pub fn full_access() -> Option<NamedPolicy> {
    let document = DOCUMENT.clone()?;
    Some(NamedPolicy {
        name: FULL_AWS_ACCESS.into(),
        document,
    })
}

/// Adds `FullAWSAccess` to a level of service control policies of which none allows anything:
/// AWS has a policy that allows on every level, and whoever lists only denials left it out.
/// Without it such a level would deny everything to everyone.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_strategies.html>
pub fn assume_full_access(level: &mut Vec<NamedPolicy>) {
    let mut statements = level.iter().flat_map(|policy| &policy.document.statements);
    if !statements.any(|statement| statement.effect.value == Effect::Allow) {
        level.extend(full_access());
    }
}
