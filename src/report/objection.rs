//! Why a fix is unsafe, in words.

use super::difference::{actions_in_sentence, who_in_sentence};
use crate::difference::SubjectKind;
use crate::fix::{Objection, Proposal, Unfound};

/// Why a proposal is unsafe; nothing where it is safe.
pub fn reasons(proposal: &Proposal) -> Vec<String> {
    all_in_words(proposal.reasons())
}

fn all_in_words(objections: &[Objection]) -> Vec<String> {
    objections.iter().map(in_words).collect()
}

fn in_words(objection: &Objection) -> String {
    let (who, actions) = (who_in_sentence, actions_in_sentence);
    match objection {
        Objection::Gains(who_gains, of) => format!("{} gains {}", who(who_gains), actions(*of)),
        Objection::Loses(who_loses, of) => format!("{} loses {}", who(who_loses), actions(*of)),
        Objection::CanDisable(user) => {
            format!("{}, by whom the key is used, could disable it", who(user))
        }
        Objection::NobodyLeft(kind, of) => {
            let of_policy = match kind {
                SubjectKind::Key => "",
                SubjectKind::Policy => " whom the policy limits",
            };
            format!("nobody{of_policy} is left for {}", actions(*of))
        }
        Objection::NoLongerSure(of) => {
            format!("it is no longer sure that anybody can do {}", actions(*of))
        }
        Objection::Stays(rule) => format!("the finding of `{rule}` stays"),
        Objection::Comes(rule) => format!("`{rule}` is found then, where it was not before"),
        Objection::Silenced(unfound) => {
            let still = match unfound {
                Unfound::PolicyChangeByNobody => "nobody can change the key policy",
                Unfound::CancelByNobody => "nobody can cancel a deletion",
                Unfound::EnableByNobody => "nobody can enable the key",
                Unfound::OpenToAnyone => "anyone can change the key policy",
            };
            let rule = unfound.rule();
            format!("`{rule}` would be found no longer, and still {still}")
        }
        Objection::Caution(words) => words.clone(),
        Objection::Together(of) => {
            let of = all_in_words(of).join("; ");
            format!("together with the fixes before it: {of}")
        }
    }
}
