//! Signs that something uses the key, or tries to, beside its use.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-determining-usage.html>

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::action::event_may_be_use;
use crate::inventory::{CallOutcome, Grant};

use super::super::Operation;
use super::super::reference::{GRANTS, PAST_USE};
use super::super::verdict::{Reason, Severity};
use super::Calls;
use super::judge::{Judge, named, reason};

/// How many grantees a sentence names.
const GRANTEES: usize = 4;

impl Judge<'_> {
    /// Every sign: each is a reason for caution before a deletion, and none against a cancellation.
    pub(super) fn signs(&self) -> Vec<Reason> {
        let signs = [
            self.live_grants(),
            self.grants_not_whole(),
            self.created_grants(),
            self.tried(),
            self.denied(),
        ];
        signs.into_iter().flatten().collect()
    }

    fn severity(&self) -> Severity {
        match self.question.operation {
            Operation::Schedule | Operation::Pending => Severity::Caution,
            Operation::Cancel => Severity::Info,
        }
    }

    /// A grant that was neither retired nor revoked lets its grantee use the key, often a service
    /// that needs it only when a resource is used again.
    fn live_grants(&self) -> Option<Reason> {
        let Some(grants) = &self.subject.key.metadata.grants else {
            let text =
                "no file has the grants of the key, so whether one allows use of it is not known";
            let found = reason(Severity::Info, "grants-not-known", GRANTS, text.to_owned());
            let before = self.question.operation != Operation::Cancel;
            return before.then(|| found.help("add the output of `aws kms list-grants`"));
        };
        let usable = grants.value.list.iter().filter(|grant| allows_use(grant));
        let text = grantees(&usable.collect::<Vec<_>>())?;
        let text = format!("grants that are in effect allow use of the key: to {text}");
        let found = reason(self.severity(), "live-grants", GRANTS, text);
        let help = "find out what each grantee needs the key for, and have grants that nothing needs retired or revoked";
        Some(found.help(help).at(grants.at))
    }

    fn grants_not_whole(&self) -> Option<Reason> {
        let grants = self.subject.key.metadata.grants.as_ref()?;
        (!grants.value.is_whole).then(|| {
            let text = "the answer of `list-grants` is not whole: grants that allow use of the key may be missing";
            let id = "grants-not-whole";
            reason(self.severity(), id, GRANTS, text.to_owned())
                .help("call `aws kms list-grants` without `--limit` and `--max-items`")
                .at(grants.at)
        })
    }

    /// Mostly a service creates a grant when it begins to use the key for a resource.
    fn created_grants(&self) -> Option<Reason> {
        let recent = self.recent(&self.evidence.grants);
        let latest = recent.first()?;
        let text = format!("grants were created for the key: {}", named(&recent, "by"));
        let id = "grant-created-recently";
        let found = reason(self.severity(), id, GRANTS, text);
        let help = "list the grants with `aws kms list-grants`, and find out what they are for";
        Some(found.help(help).at(latest.at))
    }

    /// Calls that were throttled, or that failed inside of KMS or what it depends on, would have
    /// used the key.
    fn tried(&self) -> Option<Reason> {
        let failed =
            |calls: &&Calls| calls.outcome == CallOutcome::Failed && !self.is_while_pending(calls);
        let failed: Vec<_> = self
            .evidence
            .failures
            .iter()
            .filter(failed)
            .cloned()
            .collect();
        let latest = failed.first()?;
        let recent = self.recent(&failed);
        if recent.is_empty() {
            let text = format!(
                "something tried to use the key long ago, and failed: {}",
                named(&failed, "by")
            );
            return Some(reason(Severity::Info, "tried-long-ago", PAST_USE, text).at(latest.at));
        }
        let text = format!(
            "something tried to use the key, and failed for another reason than the key's state: {}",
            named(&recent, "by")
        );
        let found = reason(self.severity(), "tried-recently", PAST_USE, text);
        Some(found.help("find out what needs the key").at(latest.at))
    }

    /// Who has no permission cannot use the key, but may believe to need it.
    fn denied(&self) -> Option<Reason> {
        let failures = self.evidence.failures.iter();
        let of = |outcome| {
            let calls = failures
                .clone()
                .filter(move |calls| calls.outcome == outcome);
            calls.cloned().collect::<Vec<_>>()
        };
        let (denied, dry) = (of(CallOutcome::Denied), of(CallOutcome::DryRun));
        let mut texts = Vec::new();
        if !denied.is_empty() {
            texts.push(format!("access was denied to {}", named(&denied, "by")));
        }
        if !dry.is_empty() {
            texts.push(format!("only asked with `DryRun`: {}", named(&dry, "by")));
        }
        let at = denied.first().or(dry.first())?.at;
        let text = format!("attempts that have not used the key: {}", texts.join("; "));
        Some(reason(Severity::Info, "use-denied", PAST_USE, text).at(at))
    }

    /// Those within the time for which a deletion asks for no use; all where it is not known what
    /// day it is.
    fn recent(&self, calls: &[Calls]) -> Vec<Calls> {
        let recent = calls.iter().filter(|calls| self.is_recent(calls.last));
        recent.cloned().collect()
    }
}

/// Whether the grant allows an operation that uses key material, or one that this version does not
/// know; also where its operations are not given.
pub(super) fn allows_use(grant: &Grant) -> bool {
    let uses = |operation: &String| event_may_be_use(operation);
    grant.operations.is_empty() || grant.operations.iter().any(uses)
}

/// Each grantee with its operations; nothing where there is no grant.
pub(super) fn grantees(grants: &[&Grant]) -> Option<String> {
    let mut grantees: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for grant in grants {
        let grantee = grant.grantee.as_deref().unwrap_or("somebody");
        let operations = grant.operations.iter().map(String::as_str);
        grantees.entry(grantee).or_default().extend(operations);
    }
    let one = |(grantee, operations): (&&str, &BTreeSet<&str>)| {
        let operations: Vec<_> = operations.iter().copied().collect();
        format!("`{grantee}` ({})", operations.join(", "))
    };
    let mut shown: Vec<_> = grantees.iter().take(GRANTEES).map(one).collect();
    let more = grantees.len().saturating_sub(GRANTEES);
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    (!shown.is_empty()).then(|| shown.join("; "))
}
