//! Who can stop the deletion.

use serde::Serialize;

use crate::access::{Caller, Decision, KnownDecision};
use crate::aws::{Arn, PrincipalKind};
use crate::facts::{Access, FactMaker};
use crate::text::Location;

use super::Question;
use super::key::TargetKey;
use super::reference::{CANCEL, PERMISSIONS};
use super::verdict::{Reason, Severity, Topic};

/// Who can cancel.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent claims, each with its own name"
)]
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cancellers {
    /// Whether that is known at all: the key policy was loaded.
    pub known: bool,
    /// Everyone but the principal of the question.
    pub others: Vec<Canceller>,
    /// Whether anyone surely or perhaps can, the account's IAM policies included.
    pub somebody: bool,
    /// Whether anyone surely or perhaps can enable the key again after that.
    pub somebody_can_enable: bool,
    /// Whether anyone surely or perhaps can put another key policy, and so let somebody cancel.
    pub somebody_can_put_key_policy: bool,
}

/// One who can cancel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Canceller {
    /// As a policy names it, or the ARN of a loaded user or role.
    pub principal: String,
    /// The end of its ARN, for example `role/ops`.
    pub name: String,
    /// What it names.
    pub kind: PrincipalKind,
    /// Whether it surely can, or it hangs on something.
    pub answer: KnownDecision,
    /// Condition keys on which it hangs.
    pub depends_on: Vec<String>,
    /// Whether it needs an IAM policy of its own beside the key policy.
    pub through_iam: bool,
    /// Where it stands.
    #[serde(rename = "location")]
    pub at: Option<Location>,
}

/// Asks for everyone.
pub(super) fn of(subject: &TargetKey, facts: &FactMaker<'_>, question: &Question) -> Cancellers {
    if subject.key.policy.is_none() {
        return Cancellers::default();
    }
    let facts = facts.of_key(&subject.key);
    let own = question.principal.as_ref();
    let others = facts.access.cancel.iter();
    let others = others.filter(|access| {
        access.kind != PrincipalKind::UniqueId && !own.is_some_and(|own| is_same(access, own))
    });
    let access = &facts.access;
    Cancellers {
        known: true,
        others: others.map(canceller).collect(),
        somebody: access.someone_can_cancel,
        somebody_can_enable: access.someone_can_enable,
        somebody_can_put_key_policy: access.someone_can_put_key_policy,
    }
}

/// Whether that is the caller, or the role of its session; the session's ARN leaves out the path.
fn is_same(access: &Access, caller: &Caller) -> bool {
    let own = || -> Option<bool> {
        let session = Arn::parse(caller.as_str())?;
        let role = Arn::parse(&access.principal)?;
        let (name, _) = session
            .resource
            .strip_prefix("assumed-role/")?
            .split_once('/')?;
        let is_role = role.resource.strip_prefix("role/")?.rsplit('/').next() == Some(name);
        Some(is_role && role.account == session.account)
    };
    access.principal == caller.as_str() || own() == Some(true)
}

fn canceller(access: &Access) -> Canceller {
    // Of an account it is only known what its policies could give at most; of its root user more.
    let answer = match (access.kind, access.decision) {
        (PrincipalKind::Account, _) if !access.only_root && !access.resolved => {
            KnownDecision::UNKNOWN
        }
        (PrincipalKind::Account, _) if !access.only_root => {
            KnownDecision::firm(Decision::Conditional)
        }
        (_, decision) => KnownDecision::firm(decision),
    };
    Canceller {
        principal: access.principal.clone(),
        name: access.name.clone(),
        kind: access.kind,
        answer,
        depends_on: access.depends_on.clone(),
        through_iam: access.through_iam,
        at: Some(access.at.at),
    }
}

impl Cancellers {
    /// What is to be said of them; `own`: whether the principal of the question can cancel.
    pub(super) fn reasons(&self, own: Option<KnownDecision>, subject: &TargetKey) -> Vec<Reason> {
        if !self.known {
            return Vec::new();
        }
        let reason = |severity, id, text: String| {
            Reason::new(severity, Topic::Permission, id, PERMISSIONS, text).at(subject.at())
        };
        let mut reasons = Vec::new();
        let sure = self.sure();
        let own_can = own.is_some_and(KnownDecision::is_allowed);
        if !self.somebody && !own_can {
            let text =
                "nobody can cancel the deletion: the waiting period saves nothing".to_owned();
            let found = reason(Severity::Stop, "nobody-can-cancel", text);
            let help = if self.somebody_can_put_key_policy {
                "let whoever may call kms:PutKeyPolicy allow kms:CancelKeyDeletion first"
            } else {
                "let a second role call kms:CancelKeyDeletion first"
            };
            reasons.push(found.help(help));
        } else if sure.is_empty() {
            let perhaps: Vec<_> = self
                .others
                .iter()
                .map(|other| other.name.as_str())
                .collect();
            let perhaps = if perhaps.is_empty() {
                String::new()
            } else {
                format!("; perhaps {}", listed(&perhaps))
            };
            let severity = if own_can {
                Severity::Info
            } else {
                Severity::Caution
            };
            let text = format!("no one else is known to surely be able to cancel{perhaps}");
            reasons.push(reason(severity, "nobody-else-can-cancel", text));
        } else {
            let text = format!("it can be cancelled by {}", listed(&sure));
            let mut found = reason(Severity::Info, "others-can-cancel", text);
            found.reference = CANCEL;
            reasons.push(found);
        }
        if !self.somebody_can_enable {
            let text = "nobody can enable the key again after a cancellation leaves it Disabled";
            reasons.push(reason(
                Severity::Caution,
                "nobody-can-enable",
                text.to_owned(),
            ));
        }
        reasons
    }

    fn sure(&self) -> Vec<&str> {
        let others = self.others.iter().filter(|of| of.answer.is_allowed());
        others.map(|other| other.name.as_str()).collect()
    }
}

/// How many names a sentence holds.
const NAMED: usize = 4;

fn listed(names: &[&str]) -> String {
    let shown: Vec<_> = names
        .iter()
        .take(NAMED)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
