//! What an entry of a baseline or a suppression covers of a finding.

/// How much of a finding is covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    /// Nothing.
    None,
    /// All but these principals.
    Partly(Vec<String>),
    /// Everything.
    Whole,
}

impl Cover {
    /// The cover of a finding that concerns these principals, of which `covers` tells.
    pub(super) fn of(principals: &[String], covers: impl Fn(&str) -> bool) -> Self {
        let new: Vec<_> = principals
            .iter()
            .filter(|of| !covers(of))
            .cloned()
            .collect();
        match new.len() {
            0 => Self::Whole,
            count if count == principals.len() => Self::None,
            _ => Self::Partly(new),
        }
    }
}
