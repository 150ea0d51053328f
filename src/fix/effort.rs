//! How much is proven: each proof reads its policy, and a policy may have as many findings as it has
//! statements.

use super::plan::Refusal;

/// Bytes of policies that are read at most, a policy once for each proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// For the fixes of one policy. The first is always proven.
    pub policy: usize,
    /// For all policies together.
    pub whole: usize,
    /// Fixes that are tried one after the other in one policy at most: each is proven with all before it.
    pub rounds: usize,
    /// Whether it is told how many fixes would be made of what these leave.
    pub looks_ahead: bool,
}

impl Effort {
    /// Where fixes are asked for: 512 proofs of the longest key policy that AWS stores, 32 KiB.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>
    pub const ASKED: Self = Self {
        policy: 16 << 20,
        whole: usize::MAX,
        rounds: 100,
        looks_ahead: true,
    };

    /// How many findings of a policy of this length are tried; what they take is taken from the whole.
    pub(super) fn take(&mut self, length: usize, findings: usize) -> usize {
        let length = length.max(1);
        let most = self.policy.min(self.whole).checked_div(length);
        let proofs = findings.min(most.unwrap_or_default().max(1));
        self.whole = self.whole.saturating_sub(proofs.saturating_mul(length));
        proofs
    }
}

/// That so many findings of a policy were not tried.
pub(super) fn untried(findings: usize) -> Refusal {
    let s = if findings == 1 { "" } else { "s" };
    Refusal::input(format!(
        "{findings} finding{s} not tried: the policy is too long to prove a fix for each of its \
         findings at once; make the fixes that are proposed and run `kmslint fix` again"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_are_bounded_by_the_length_of_policies() {
        let tried = |length, findings| {
            let mut effort = Effort::ASKED;
            effort.take(length, findings)
        };
        assert_eq!(tried(32 << 10, 1_000), 512);
        assert_eq!(tried(32 << 10, 100), 100);
        assert_eq!(tried(1 << 20, 1_000), 16);
        assert_eq!([tried(0, 3), tried(1 << 30, 3)], [3, 1]);
        let mut effort = Effort {
            policy: 4 << 20,
            whole: 6 << 20,
            ..Effort::ASKED
        };
        let taken = [(); 3].map(|()| effort.take(1 << 20, 1_000));
        assert_eq!(taken, [4, 2, 1]);
    }
}
