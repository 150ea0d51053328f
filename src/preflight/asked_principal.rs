//! The principal of the question, with the policies that decide, and what of them is not known.

use crate::access::{
    AskedKey, Caller, Candidate, CandidateQuestion, Explained, Identities, MissingInput,
    MissingPolicies,
};
use crate::aws::{Arn, KmsAction, PendingWindowInDays};
use crate::inventory::Inventory;
use crate::policy::PolicyDocument;

use super::key::TargetKey;
use super::listing;
use super::reference::{ARNS, CONTROL_POLICIES, EVALUATION};
use super::verdict::{Reason, Severity, Topic};

/// The principal of the question and everything that decides about it.
#[derive(Debug)]
pub(super) struct AskedPrincipal<'a> {
    subject: &'a TargetKey,
    candidate: Candidate<'a>,
    key: &'a AskedKey<'a>,
    identities: &'a Identities<'a>,
    /// What is not known, each of which may deny what all else allows.
    pub(super) doubts: Vec<Reason>,
}

impl<'a> AskedPrincipal<'a> {
    /// `identities` hold the caller, with its whole policies; `key` is the key of `subject`.
    pub(super) fn new(
        subject: &'a TargetKey,
        caller: &Caller,
        key: &'a AskedKey<'a>,
        (identities, inventory): (&'a Identities<'a>, &Inventory),
    ) -> Self {
        let candidate = Candidate::new(caller.clone(), key.seen(), identities);
        let mut asked = Self {
            subject,
            candidate,
            key,
            identities,
            doubts: Vec::new(),
        };
        let elsewhere = asked.another_partition();
        let is_elsewhere = elsewhere.is_some();
        asked.doubts.extend(elsewhere);
        let mut control = Vec::new();
        for missing in asked.candidate.missing_inputs(key, identities) {
            match missing {
                MissingInput::KeyPolicy => {
                    let sentence = "no file has the key policy, so what it allows is not known";
                    let help = "add the output of `aws kms get-key-policy`";
                    asked.doubt("key-policy-not-loaded", sentence, help, EVALUATION);
                }
                // Whoever is of another partition is stopped, whatever its policies are.
                MissingInput::PrincipalPolicies | MissingInput::Principal if !is_elsewhere => {
                    asked.doubt_principal(inventory);
                }
                MissingInput::Boundary if !is_elsewhere => asked.doubt_boundary(),
                MissingInput::ControlPolicy(name) => control.push(name),
                MissingInput::PrincipalPolicies
                | MissingInput::Principal
                | MissingInput::Boundary
                | MissingInput::File(_) => {}
            }
        }
        asked.doubt_organization(&control);
        asked
    }

    fn doubt(&mut self, id: &'static str, sentence: &str, help: &str, reference: &'static str) {
        let reason = Reason::new(
            Severity::Caution,
            Topic::Permission,
            id,
            reference,
            sentence,
        );
        let at = self.subject.key.at;
        self.doubts.push(reason.help(help).at(at));
    }

    fn doubt_principal(&mut self, inventory: &Inventory) {
        let reason = listing::not_loaded(&self.candidate.caller, inventory);
        let at = reason.at.unwrap_or(self.subject.key.at);
        self.doubts.push(reason.at(at));
    }

    fn doubt_boundary(&mut self) {
        let sentence =
            "the principal's permissions boundary is in no file, and what it stops is not known";
        let help = "call `aws iam get-account-authorization-details` without `--filter`";
        self.doubt("boundary-not-loaded", sentence, help, EVALUATION);
    }

    fn doubt_organization(&mut self, missing: &[String]) {
        if missing.is_empty() {
            return;
        }
        let sentence = format!(
            "the organization's polic{} `{}` {} in no file, and may deny it",
            if missing.len() == 1 { "y" } else { "ies" },
            missing.join("`, `"),
            if missing.len() == 1 { "is" } else { "are" },
        );
        let help = "add the output of `aws organizations describe-policy`";
        self.doubt(
            "control-policy-not-loaded",
            &sentence,
            help,
            CONTROL_POLICIES,
        );
    }

    /// Partitions share neither accounts nor credentials.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    fn another_partition(&self) -> Option<Reason> {
        let own = self.candidate.caller.partition()?;
        let key = self.subject.arn.as_ref()?.partition();
        let sentence = format!(
            "`{}` is of partition `{own}`, and the key is in `{key}`: no principal of one partition can call anything in another",
            self.candidate.caller.as_str()
        );
        (own != key).then(|| {
            let id = "principal-of-another-partition";
            Reason::new(Severity::Stop, Topic::Permission, id, ARNS, sentence)
                .help("give the ARN of a principal of the key's partition")
                .at(self.subject.key.at)
        })
    }

    /// The question whether the principal may do it, for every day count.
    pub(super) fn asked(&self, action: KmsAction) -> CandidateQuestion<'_, 'a> {
        self.candidate.asked(action, self.key)
    }

    /// What the loaded policies decide and why, with the places of their statements.
    pub(super) fn explained(&self, question: &CandidateQuestion<'_, '_>) -> Explained {
        question.explained(self.identities)
    }

    /// Every policy that was loaded.
    pub(super) fn documents(&self) -> impl Iterator<Item = &PolicyDocument> {
        self.candidate.documents(self.key)
    }

    /// The waiting periods with which the principal is not surely denied `ScheduleKeyDeletion`,
    /// ascending.
    pub(super) fn possible_days(&self) -> Vec<PendingWindowInDays> {
        let question = self.asked(KmsAction::ScheduleKeyDeletion);
        question
            .decisions(MissingPolicies::AllowEverything)
            .possible()
            .days()
            .collect()
    }

    /// Whether the caller's session may have policies of its own, which no file holds.
    pub(super) fn may_have_session_policy(&self) -> bool {
        let caller = &self.candidate.caller;
        !caller.is_root()
            && !caller.is_service()
            && Arn::parse(caller.as_str())
                .is_some_and(|arn| arn.resource.starts_with("role/") || arn.service == "sts")
    }
}
