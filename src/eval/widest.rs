//! The widest policies: what stands in where a policy is not known and could allow everything.

use std::sync::LazyLock;

use crate::policy::{PolicyDocument, PolicyKind, PolicyReading};

use super::NamedPolicy;

static EVERYTHING: LazyLock<Vec<NamedPolicy>> = LazyLock::new(|| {
    let text =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let named = document(text, PolicyKind::Identity).map(|document| NamedPolicy {
        name: "everything".into(),
        document,
    });
    named.into_iter().collect()
});

static OPEN: LazyLock<Option<PolicyDocument>> = LazyLock::new(|| {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",
        "Action":"kms:*","Resource":"*"}]}"#;
    document(text, PolicyKind::Key)
});

fn document(text: &str, kind: PolicyKind) -> Option<PolicyDocument> {
    PolicyReading::of_text(text, kind).document.ok()
}

/// What a caller's own policies could allow at most; always one policy.
pub fn everything() -> &'static [NamedPolicy] {
    &EVERYTHING
}

/// A key policy that gives everyone everything: what is denied under it, other policies deny.
/// Always there.
pub fn open_key_policy() -> Option<&'static PolicyDocument> {
    OPEN.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_there() {
        assert_eq!(everything().len(), 1);
        assert!(open_key_policy().is_some());
    }
}
