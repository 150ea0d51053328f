//! The kinds of policies that a user can name, where a document does not tell of which it is.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html>

/// The kinds of policies that a document does not tell by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentKind {
    /// The key policy of a KMS key.
    KeyPolicy,
    /// An identity-based policy.
    IamPolicy,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::KeyPolicy, Self::IamPolicy, Self::Scp, Self::Rcp];

    /// As `--as` and `kmslint.toml` write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeyPolicy => "key-policy",
            Self::IamPolicy => "iam-policy",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
