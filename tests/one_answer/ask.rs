//! One question, put to every part of the program that answers it.

use std::collections::BTreeSet;

use kmslint::aws::{ActionSet, KmsAction, PendingWindowInDays, PrincipalKind};
use kmslint::difference::{Side, Way, Who, between};
use kmslint::eval::{Caller, Decision};
use kmslint::facts::{Access, FactMaker, Facts, Limits};
use kmslint::inventory::{Inventory, Organization};
use kmslint::load::{Loaded, load_over};
use kmslint::preflight::{EvidenceRequirements, Operation, Preflight, Question, preflight};
use kmslint::simulate::{answer, read_simulation};
use kmslint::text::{Discovery, Overlay};
use kmslint::tree::json;
use serde_json::{Value, json};

use super::accounts::{ACCOUNT, Account, Limit, ORGANIZATION, OwnKey, Person};

/// Actions about which everyone is asked.
pub(crate) const ASKED: [KmsAction; 4] = [
    KmsAction::ScheduleKeyDeletion,
    KmsAction::CancelKeyDeletion,
    KmsAction::EnableKey,
    KmsAction::PutKeyPolicy,
];

/// What is said of one caller and one action.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    Allowed,
    Open,
    Denied,
}

/// An answer with the day counts that are surely allowed, none for actions without.
pub(crate) type Told = (Said, BTreeSet<u8>);

/// An account as loaded, and the same where the key policies give nothing.
pub(crate) struct Asked {
    pub(crate) loaded: Loaded,
    shut: Loaded,
}

/// Loads files that exist in memory only.
pub(crate) fn load(files: &[(String, String)]) -> Loaded {
    let (mut overlay, mut discovery) = (Overlay::default(), Discovery::default());
    for (name, text) in files {
        let path = std::path::Path::new("account").join(name);
        overlay.put(&path, text.as_bytes());
        discovery.found.push(path);
    }
    load_over(&discovery, &overlay)
}

pub(crate) const fn of_decision(decision: Decision) -> Said {
    match decision {
        Decision::Allowed => Said::Allowed,
        Decision::Conditional => Said::Open,
        Decision::ImplicitDeny | Decision::ExplicitDeny => Said::Denied,
    }
}

fn in_organization(inventory: &mut Inventory, account: &Account) {
    if !account.has_organization {
        return;
    }
    let level = |kind: &str, at| vec![format!("p-{kind}{at}")];
    inventory.organization = Some(Organization {
        id: Some(ORGANIZATION.to_owned()),
        scps: (0..account.scps.len()).map(|at| level("scp", at)).collect(),
        rcps: (0..account.rcps.len()).map(|at| level("rcp", at)).collect(),
        ..Organization::default()
    });
}

fn side(loaded: &Loaded) -> Side<'_> {
    Side {
        inventory: &loaded.inventory,
        sources: &loaded.sources,
        roots: &[],
    }
}

impl Asked {
    pub(crate) fn new(account: &Account) -> Self {
        let mut shut = account.clone();
        for key in &mut shut.keys {
            key.policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
                "Action": "kms:GetKeyRotationStatus", "Resource": "*"}]});
        }
        let mut both = [account, &shut].map(|account| load(&account.files()));
        for loaded in &mut both {
            // A boundary that is in no file is an error, and what is left is to be asked about.
            let known = |error: &kmslint::text::InputFailure| {
                error.error.to_string().contains("policy/elsewhere")
            };
            assert!(loaded.errors.iter().all(known), "{:?}", loaded.errors);
            in_organization(&mut loaded.inventory, account);
        }
        let [loaded, shut] = both;
        Self { loaded, shut }
    }

    pub(crate) fn key(&self, key: &OwnKey) -> &kmslint::inventory::Key {
        let mut keys = self.loaded.inventory.keys.iter();
        let own = |found: &&kmslint::inventory::Key| found.name == key.arn;
        keys.find(own).unwrap()
    }

    pub(crate) fn facts(&self, key: &OwnKey) -> Facts {
        self.fact_maker().of_key(self.key(key))
    }

    pub(crate) fn fact_maker(&self) -> FactMaker<'_> {
        FactMaker::new(
            &self.loaded.inventory,
            &self.loaded.sources,
            Limits::default(),
        )
    }

    /// The check without a day count, and with some that conditions tell apart.
    pub(crate) fn preflights(&self, key: &OwnKey, caller: &Caller) -> Vec<Preflight> {
        let days = [None, Some(7), Some(12), Some(30)];
        let check = |days| {
            let question = Question {
                key: key.arn.clone(),
                principal: Some(caller.clone()),
                days,
                now: None,
                operation: Operation::Schedule,
                evidence: EvidenceRequirements::default(),
            };
            preflight(&question, &self.fact_maker()).unwrap()
        };
        days.into_iter().map(check).collect()
    }

    /// What a change from key policies that give nothing gives to each of these.
    pub(crate) fn gained(&self, key: &OwnKey, callers: &[Caller]) -> Vec<Vec<Option<Told>>> {
        let actions: ActionSet = ASKED.into_iter().collect();
        let found = between(side(&self.shut), side(&self.loaded), actions);
        let mut subjects = found.subjects.iter();
        let changes = subjects.find(|subject| subject.subject == key.arn);
        let changes = changes.map(|subject| &*subject.changes).unwrap_or_default();
        let told = |caller: &Caller, action| {
            let own = changes.iter().filter(|change| change.action == action);
            let account = caller.account().map(|account| account.to_string());
            let root = account.filter(|_| caller.is_root());
            let name = root.unwrap_or_else(|| caller.as_str().to_owned());
            let is_own = |who: &Who| {
                who.name == name && (who.kind == PrincipalKind::Root) == caller.is_root()
            };
            let mut own = own.filter(|change| is_own(&change.who));
            let known = own.find(|change| change.who.way == Way::Known)?;
            let days = known.after.decisions.allowed.days();
            Some((
                of_decision(known.after.decisions.best()),
                of_action(action, days),
            ))
        };
        let row = |caller: &Caller| ASKED.map(|action| told(caller, action)).to_vec();
        callers.iter().map(row).collect()
    }
}

fn of_action(action: KmsAction, days: impl Iterator<Item = PendingWindowInDays>) -> BTreeSet<u8> {
    let takes_days = action == KmsAction::ScheduleKeyDeletion;
    days.filter(|_| takes_days)
        .map(PendingWindowInDays::days)
        .collect()
}

/// What facts tell of the caller by its name; none where they do not name it.
pub(crate) fn in_facts(facts: &Facts, caller: &Caller, action: KmsAction) -> Option<Told> {
    let table = &facts.access;
    let list: &[Access] = match action {
        KmsAction::ScheduleKeyDeletion => &table.schedule,
        KmsAction::CancelKeyDeletion => &table.cancel,
        KmsAction::PutKeyPolicy => &table.put_key_policy,
        _ => return None,
    };
    let own = list.iter().find(|of| of.principal == caller.as_str())?;
    let days = of_action(action, own.days.iter().copied());
    Some((of_decision(own.decision), days))
}

/// What the checks tell of their own principal, the best of them; none for an action that they do not
/// look at.
pub(crate) fn in_preflight(checks: &[Preflight], action: KmsAction) -> Option<Told> {
    let of = |check: &Preflight| {
        let mut permissions = check.permissions.iter();
        let own = permissions.find(|permission| permission.action == action)?;
        let said = of_decision(own.answer.decision);
        let days = own.days.iter().flat_map(|(first, last)| *first..=*last);
        Some((said, days.collect()))
    };
    checks.iter().filter_map(of).min()
}

/// What the policies that the caller really has come to, put together here and nowhere else.
pub(crate) fn simulated(
    account: &Account,
    key: &OwnKey,
    (caller, person): (&str, Option<&Person>),
    action: KmsAction,
) -> Told {
    let session = caller.strip_prefix(&format!("arn:aws:sts::{ACCOUNT}:assumed-role/"));
    let session = session.and_then(|rest| rest.split_once('/')).map(|of| of.1);
    let mut context = serde_json::Map::new();
    if account.has_organization && caller.starts_with("arn:") {
        context.insert("aws:PrincipalOrgID".into(), json!(ORGANIZATION));
    }
    // AWS supplies these for nobody who signs in by federation:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    let is_federated =
        person.is_some_and(Person::is_of_identity_center) || caller.contains(":federated-user/");
    if is_federated {
        for key in ["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"] {
            context.insert(key.into(), json!([]));
        }
    }
    if let Some(tags) = &key.tags {
        for (tag, value) in tags {
            context.insert(format!("aws:ResourceTag/{tag}"), json!(value));
        }
    }
    if let Some(aliases) = &key.aliases {
        context.insert("kms:ResourceAliases".into(), json!(aliases));
    }
    if let Some(person) = person {
        context.insert("aws:PrincipalArn".into(), json!(person.arn()));
        for (tag, value) in &person.tags {
            context.insert(format!("aws:PrincipalTag/{tag}"), json!(value));
        }
        let id = match (person.is_role, session) {
            (false, _) => Some(person.id.clone()),
            (true, session) => session.map(|name| format!("{}:{name}", person.id)),
        };
        if let Some(id) = id {
            context.insert("aws:userid".into(), json!(id));
        }
    }
    let identity = person.map(|person| person.identity(account));
    let boundary = person.and_then(|person| match &person.boundary {
        Limit::Loaded(policy) => Some(vec![policy.clone()]),
        Limit::None | Limit::NotLoaded => None,
    });
    let levels = |all: &[Value]| all.iter().map(|policy| vec![policy.clone()]).collect();
    let (scps, rcps): (Vec<_>, Vec<_>) = (levels(&account.scps), levels(&account.rcps));
    let request = json!({"principal": caller, "key_arn": key.arn, "action": action.qualified(),
        "key_policy": key.policy, "identity_policies": identity.unwrap_or_default(),
        "permission_boundaries": boundary, "scps": scps, "rcps": rcps, "context": context});
    let text = request.to_string();
    let simulation = read_simulation(&json::parse(&text).unwrap()).unwrap();
    let found = answer(&simulation, None);
    (
        of_decision(found.decision),
        found.days.iter().map(|days| days.days()).collect(),
    )
}
