//! Access in words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::aws::{Arn, KmsAction, PrincipalKind};
use crate::inventory::Key;
use crate::report::counted;
use crate::who_can::{
    ActionTotal, Asked, BoundaryLimit, CaseSet, Decision, Dependency, Grant, GrantingPolicy,
    GrantingStatement, MissingInput, Restriction, Settlement, StoppedBy, Totals, settlement,
};

/// A principal in a table of a key of this account.
pub(super) fn who(asked: &Asked<'_>, account: Option<&str>) -> String {
    let text = &*asked.text;
    let own = Arn::parse(text).filter(|arn| Some(arn.account) == account);
    match asked.kind {
        PrincipalKind::Root if own.is_some() => "root user".to_owned(),
        PrincipalKind::Account => format!("users and roles of {text} that were not loaded"),
        PrincipalKind::Everyone => "everyone (*)".to_owned(),
        PrincipalKind::AnyService => "any AWS service".to_owned(),
        PrincipalKind::Placeholder => format!("{text} (not filled in)"),
        _ => own.map_or(text, |arn| arn.resource).to_owned(),
    }
}

/// How an action is called in the head of a table.
pub(super) const fn action(action: KmsAction) -> &'static str {
    match action {
        KmsAction::ScheduleKeyDeletion => "schedule",
        KmsAction::CancelKeyDeletion => "cancel",
        _ => action.name(),
    }
}

/// `7–30 days`, `14–30 days, 7–13 days ?`, `yes` or `no`: what is conditional has a question mark.
pub(super) fn decision(grant: Option<&Grant>) -> String {
    let Some(grant) = grant else {
        return "no".to_owned();
    };
    if !grant.takes_days() {
        let sure = grant.decision() == Decision::Allowed;
        return if sure { "yes" } else { "yes ?" }.to_owned();
    }
    let allowed = days(grant.decisions.allowed);
    let conditional = days(grant.decisions.conditional);
    let parts = [(allowed, ""), (conditional, " ?")].into_iter();
    let parts = parts.filter(|(days, _)| !days.is_empty());
    let parts: Vec<_> = parts
        .map(|(days, mark)| format!("{days} days{mark}"))
        .collect();
    if parts.is_empty() {
        "default days ?".to_owned()
    } else {
        parts.join(", ")
    }
}

/// `7–13, 20`; nothing for no day count.
pub(super) fn days(cases: CaseSet) -> String {
    crate::access::days_in_words(&ranges(cases), "–", ", ")
}

/// The day counts as ranges with both ends.
pub(super) fn ranges(cases: CaseSet) -> Vec<(u8, u8)> {
    crate::access::day_ranges(cases.days())
}

fn statement(through: &GrantingStatement) -> String {
    through.sid.as_ref().map_or_else(
        || format!("statement {}", through.index.saturating_add(1)),
        |sid| format!("\"{sid}\""),
    )
}

/// The policy of a statement, for example `inline DeployPolicy`.
fn policy(through: &GrantingStatement) -> String {
    let of_group = |group: &Option<String>| {
        group
            .as_ref()
            .map_or_else(String::new, |group| format!("group {group} → "))
    };
    match &through.policy {
        GrantingPolicy::KeyPolicy => format!("key policy {}", statement(through)),
        GrantingPolicy::Account => "account".to_owned(),
        GrantingPolicy::Managed { name, group, .. } => format!("{}{name}", of_group(group)),
        GrantingPolicy::Inline { name, group } => format!("{}inline {name}", of_group(group)),
        GrantingPolicy::NotLoaded => "IAM policies (not loaded)".to_owned(),
    }
}

/// Through what it is given: `key policy "Admins"`, or `account → AdministratorAccess`.
pub(super) fn through(grant: &Grant) -> String {
    let mut direct: Vec<String> = Vec::new();
    let mut own: Vec<String> = Vec::new();
    let mut is_delegated = false;
    for through in &grant.through {
        let words = policy(through);
        match through.policy {
            GrantingPolicy::KeyPolicy => direct.push(words),
            GrantingPolicy::Account => is_delegated = true,
            GrantingPolicy::Managed { .. }
            | GrantingPolicy::Inline { .. }
            | GrantingPolicy::NotLoaded => own.push(words),
        }
    }
    own.dedup();
    if !own.is_empty() {
        let own = own.join(", ");
        direct.push(if is_delegated {
            format!("account → {own}")
        } else {
            own
        });
    }
    if direct.is_empty() {
        "key policy (not loaded)".to_owned()
    } else {
        direct.join("; ")
    }
}

/// The permissions boundary, where there is one.
pub(super) fn boundary(limit: &BoundaryLimit) -> Option<String> {
    match limit {
        BoundaryLimit::None => None,
        BoundaryLimit::Applied(name) => Some(format!("within boundary {name}")),
        BoundaryLimit::NotLoaded => Some("within a boundary that was not loaded".to_owned()),
    }
}

/// On what an answer depends.
pub(super) fn dependency(dependency: &Dependency) -> String {
    match dependency {
        Dependency::ConditionKey(key) => key.clone(),
        Dependency::Undocumented => "what AWS does not document".to_owned(),
        Dependency::Alias => "the alias".to_owned(),
        Dependency::Placeholder(text) => format!("whom {text} names"),
        Dependency::Missing(missing) => match missing {
            MissingInput::KeyPolicy => "the key policy (not loaded)".to_owned(),
            MissingInput::PrincipalPolicies => "its IAM policies (not loaded)".to_owned(),
            MissingInput::Principal => {
                "its IAM policies (its account's listing does not have it)".to_owned()
            }
            MissingInput::Boundary => "its permissions boundary (not loaded)".to_owned(),
            MissingInput::ControlPolicy(name) => format!("control policy {name} (not loaded)"),
            MissingInput::File(name) => format!("{name} (could not be read)"),
        },
    }
}

/// These texts without those that stand before, in their order.
pub(super) fn each_once(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

/// What some grants depend on, each once.
pub(super) fn dependencies<'g, G: Iterator<Item = &'g Grant>>(grants: G) -> Option<String> {
    let all = each_once(grants.flat_map(|grant| &grant.depends_on).map(dependency));
    (!all.is_empty()).then(|| format!("? {}", all.join(", ")))
}

/// What settles the dependencies of some grants, a sentence for each way: `? A, B: add …`.
pub(super) fn settlements<'g, G: Iterator<Item = &'g Grant>>(grants: G) -> Vec<String> {
    let mut by_settlement: BTreeMap<Settlement, BTreeSet<String>> = BTreeMap::new();
    for grant in grants {
        for one in &grant.depends_on {
            let of = by_settlement.entry(settlement(one, grant)).or_default();
            of.insert(dependency(one));
        }
    }
    let each = by_settlement.into_iter();
    each.map(|(of, words)| {
        let words: Vec<_> = words.into_iter().collect();
        format!("? {}: {of}", words.join(", "))
    })
    .collect()
}

/// A key in the head of a table: its alias, id, Region and kind.
pub(super) fn key(key: &Key) -> String {
    let metadata = &key.metadata;
    let aliases = metadata.aliases.iter();
    let mut parts: Vec<String> = aliases.flat_map(|found| found.value.clone()).collect();
    match &key.arn {
        Some(arn) => parts.extend([arn.key_id(), arn.region()].map(str::to_owned)),
        None => parts.push(key.name.clone()),
    }
    let spec = metadata.spec.as_ref().map(|found| found.value.as_str());
    let usage = metadata.usage.as_ref().map(|found| found.value.as_str());
    let kind: Vec<_> = spec.into_iter().chain(usage).collect();
    if !kind.is_empty() {
        parts.push(kind.join(" "));
    }
    parts.join("  ")
}

/// In the words of IAM Access Analyzer.
pub(super) const fn restriction(restriction: Restriction) -> &'static str {
    match restriction {
        Restriction::Applied => "applied",
        Restriction::Applicable => "applicable, but not all were loaded",
        Restriction::NotApplicable => "not applicable",
        Restriction::NotEvaluated => "not evaluated (no organization was given)",
    }
}

fn restrictions(all: impl Iterator<Item = Restriction>) -> String {
    let words: Vec<_> = all.map(restriction).collect();
    words.join("; to some ")
}

/// The rows of a table in sentences: how many can what, and what stops others.
pub(super) fn totals(totals: &Totals) -> Vec<String> {
    let mut sentences = Vec::new();
    let counts: Vec<_> = totals.actions.iter().map(total).collect();
    sentences.push(if counts.is_empty() {
        "nobody can".to_owned()
    } else {
        counts.join("; ")
    });
    let stopped = totals.stopped.iter().map(|(by, count)| match by {
        StoppedBy::Boundary(name) => format!("boundary {name} stops {count}"),
        StoppedBy::ServiceControl => format!("service control policies stop {count}"),
        StoppedBy::ResourceControl => format!("resource control policies stop {count}"),
    });
    let stopped: Vec<_> = stopped.collect();
    if !stopped.is_empty() {
        sentences.push(stopped.join("; "));
    }
    if !totals.service_control.is_empty() {
        let service = restrictions(totals.service_control.iter().copied());
        let resource = restrictions(totals.resource_control.iter().copied());
        sentences.push(if service == resource {
            format!("service and resource control policies: {service}")
        } else {
            format!("service control policies: {service}; resource control policies: {resource}")
        });
    }
    sentences
}

fn total(total: &ActionTotal) -> String {
    let verb = match total.action {
        KmsAction::ScheduleKeyDeletion => "schedule deletion".to_owned(),
        KmsAction::CancelKeyDeletion => "cancel".to_owned(),
        other => format!("call {}", other.name()),
    };
    let mut words = format!("{} can {verb}", total.allowed);
    if total.shortest > 0 {
        // Writing to memory does not fail.
        let _ = if total.shortest == total.allowed {
            write!(words, ", with 7 days")
        } else {
            write!(words, ", {} of them with 7 days", total.shortest)
        };
    }
    if total.conditional > 0 {
        let _ = write!(words, ", {} conditionally", total.conditional);
    }
    words
}

/// How many keys and principals a report is about.
pub(super) fn summary(keys: usize, tables: usize) -> String {
    format!("{} in {}", counted(keys, "key"), counted(tables, "table"))
}
