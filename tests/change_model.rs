//! A naive model of fixes and differences: the second evaluator of these tests decides single requests
//! with the policy before and after, and what `kmslint` says of the change must hold of each.
//!
//! `SEEDS=40 FIRST_SEED=9000 cargo test --test change_model` runs forty seeds from the 9000th instead of one.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod generate;
mod naive;

use std::path::Path;

use kmslint::aws::arn::reserved_role;
use kmslint::aws::condition_key::{self, MFA_KEYS, NameForm};
use kmslint::aws::{ActionSet, KmsAction, Presence, PrincipalKind, ValueType};
use kmslint::config::FAIL_ON_GAIN;
use kmslint::difference::{Change, Difference, Side, Way, between};
use kmslint::eval::{Caller, CaseSet};
use kmslint::facts::{FactMaker, Facts, Limits};
use kmslint::finding::{Finding, fingerprint};
use kmslint::fix::{FixEngine, FixKind, Proposal, Repaired};
use kmslint::lint::{run, run_all};
use kmslint::load::{Loaded, load_over};
use kmslint::report::difference::{Named, effects};
use kmslint::rule::Catalogue;
use kmslint::text::{Discovery, Overlay};
use serde_json::{Map, Value as Json, json};

const WINDOW: &str = "kms:ScheduleKeyDeletionPendingWindowInDays";

/// What is asked of each caller.
const ACTIONS: [KmsAction; 8] = [
    KmsAction::ScheduleKeyDeletion,
    KmsAction::CancelKeyDeletion,
    KmsAction::PutKeyPolicy,
    KmsAction::DeleteImportedKeyMaterial,
    KmsAction::DisableKey,
    KmsAction::EnableKey,
    KmsAction::CreateGrant,
    KmsAction::Decrypt,
];

/// The day counts that are asked about, and none.
const DAYS: [Option<u8>; 4] = [Some(7), Some(14), Some(30), None];

fn seeds() -> std::ops::Range<u64> {
    let count = std::env::var("SEEDS").ok();
    let count = count.map_or(1, |count| count.parse().unwrap());
    let first = std::env::var("FIRST_SEED").ok();
    let first = first.map_or(500, |first| first.parse().unwrap());
    first..first + count
}

/// A key with its description and a policy, as two answers of AWS.
fn load(key: &str, policy: &Json) -> (Loaded, Discovery, Overlay) {
    let answer = json!({"Policy": policy.to_string(), "PolicyName": "default"});
    let mut parts = key.rsplit(['/', ':']);
    let id = parts.next().unwrap();
    let account = key.split(':').nth(4).unwrap();
    let describe = json!({"KeyMetadata": {"Arn": key, "KeyId": id, "AWSAccountId": account}});
    let (mut overlay, mut discovery) = (Overlay::default(), Discovery::default());
    for (name, text) in [("describe-key.json", describe), ("policy.json", answer)] {
        let path = Path::new("key").join(name);
        overlay.put(&path, text.to_string().as_bytes());
        discovery.found.push(path);
    }
    (load_over(&discovery, &overlay), discovery, overlay)
}

fn side(loaded: &Loaded) -> Side<'_> {
    Side {
        inventory: &loaded.inventory,
        sources: &loaded.sources,
        roots: &[],
    }
}

fn difference(before: &Loaded, after: &Loaded) -> Difference {
    between(side(before), side(after), ACTIONS.into_iter().collect())
}

fn set(context: &mut Map<String, Json>, name: &str, value: &str) {
    context.retain(|own, _| !own.eq_ignore_ascii_case(name));
    context.insert(name.to_owned(), json!(value));
}

fn drop_what_never_is(context: &mut Map<String, Json>, action: KmsAction, kind: PrincipalKind) {
    context.retain(|name, _| condition_key::presence(name, action, kind) != Presence::Never);
    let role = context.get("aws:PrincipalArn").and_then(Json::as_str);
    let is_federated = kind == PrincipalKind::FederatedUser;
    if is_federated || role.is_some_and(reserved_role::is_identity_center) {
        context.retain(|name, _| !MFA_KEYS.iter().any(|key| key.eq_ignore_ascii_case(name)));
    }
}

/// Makes a context one that AWS could send for this caller, key and action.
fn complete(context: &mut Map<String, Json>, principal: &str, key: &str, action: KmsAction) {
    let caller = Caller::parse(principal).unwrap();
    let kind = caller.class();
    drop_what_never_is(context, action, kind);
    let parts: Vec<_> = key.split(':').collect();
    let is_multi_region = key.contains("/mrk-");
    set(context, "aws:SecureTransport", "true");
    set(context, "aws:RequestedRegion", parts[3]);
    set(context, "aws:ResourceAccount", parts[4]);
    set(context, "kms:MultiRegion", &is_multi_region.to_string());
    if !is_multi_region {
        context.retain(|own, _| !own.eq_ignore_ascii_case("kms:MultiRegionKeyType"));
    }
    set(
        context,
        "aws:PrincipalIsAWSService",
        &caller.is_service().to_string(),
    );
    if let Some(account) = caller.account() {
        set(context, "aws:PrincipalAccount", account.as_str());
        set(context, "kms:CallerAccount", account.as_str());
        let name = principal.rsplit(['/', ':']).next().unwrap();
        let (word, is_itself) = match kind {
            PrincipalKind::User => {
                set(context, "aws:username", name);
                ("User", true)
            }
            PrincipalKind::Root => ("Account", true),
            PrincipalKind::FederatedUser => {
                set(
                    context,
                    "aws:userid",
                    &format!("{}:{name}", account.as_str()),
                );
                ("FederatedUser", true)
            }
            _ => ("AssumedRole", false),
        };
        set(context, "aws:PrincipalType", word);
        if is_itself {
            set(context, "aws:PrincipalArn", principal);
        }
    }
    for known in condition_key::all().filter(|known| known.form == NameForm::Whole) {
        let is_there = context
            .keys()
            .any(|own| own.eq_ignore_ascii_case(known.name));
        if !is_there && known.presence(action, kind) == Presence::Always {
            let sample = match known.value_type {
                ValueType::Bool => "false",
                ValueType::Numeric => "5",
                ValueType::Date => "2026-05-05T05:05:05Z",
                ValueType::Arn => "arn:aws:iam::111122223333:role/sample",
                ValueType::Ip => "203.0.113.5",
                ValueType::String | ValueType::Binary => "sample",
            };
            set(context, known.name, sample);
        }
    }
}

/// What a request says of its caller, where nothing but the key policy decides.
const ALONE: [&str; 4] = ["id", "principal", "context", "complete_context"];

/// Requests with this key and policy in place of their own: every caller with its context, without
/// policies of its own and with them.
fn questions(
    callers: &[Json],
    key: &str,
    action: KmsAction,
    days: Option<u8>,
) -> impl Iterator<Item = Json> {
    let ask = move |request: &Json, alone: bool| {
        let mut request = request.clone();
        let fields = request.as_object_mut().unwrap();
        if alone {
            fields.retain(|field, _| ALONE.contains(&field.as_str()));
        }
        for field in ["alias_arn", "alias"] {
            fields.remove(field);
        }
        fields.insert("key_arn".to_owned(), json!(key));
        fields.insert("action".to_owned(), json!(action.qualified()));
        let principal = fields["principal"].as_str().unwrap().to_owned();
        let context = fields["context"].as_object_mut().unwrap();
        context.retain(|name, _| !name.eq_ignore_ascii_case(WINDOW));
        if let (KmsAction::ScheduleKeyDeletion, Some(days)) = (action, days) {
            context.insert(WINDOW.to_owned(), json!(days.to_string()));
        }
        complete(context, &principal, key, action);
        request
    };
    let asked: Vec<_> = callers
        .iter()
        .flat_map(|caller| [ask(caller, true), ask(caller, false)])
        .collect();
    asked.into_iter()
}

/// A federated user is asked about with a session policy that takes nothing away where none is given:
/// whoever calls `GetFederationToken` chooses it, and without one the session has no permissions but by name.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>
fn is_allowed(request: &Json, policy: &Json) -> bool {
    let mut request = request.clone();
    request["key_policy"] = policy.clone();
    let caller = request["principal"].as_str().unwrap();
    if caller.contains(":federated-user/") && request["session_policy"].is_null() {
        let everything = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        request["session_policy"] = json!({"Version": "2012-10-17", "Statement": [everything]});
    }
    naive::decide(&request).decision == "allowed"
}

fn days_of(action: KmsAction) -> &'static [Option<u8>] {
    if action == KmsAction::ScheduleKeyDeletion {
        &DAYS
    } else {
        &DAYS[3..]
    }
}

/// Whether the cases hold the day count; an omitted one where they hold either reading of it.
fn holds(cases: CaseSet, days: Option<u8>) -> bool {
    match days {
        Some(days) => cases.days().any(|own| own.days() == days),
        None => !(cases & CaseSet::OMITTED).is_empty(),
    }
}

fn kind(finding: &Finding) -> Option<FixKind> {
    let rules = Catalogue::builtin().unwrap().rules().iter();
    let mut own = rules.filter(|rule| *rule.id.as_str() == *finding.rule);
    FixKind::from_name(own.next()?.fix.as_ref()?)
}

fn facts(loaded: &Loaded) -> Vec<Facts> {
    FactMaker::new(&loaded.inventory, &loaded.sources, Limits::default()).all()
}

fn findings(loaded: &Loaded) -> Vec<Finding> {
    let mut findings = run_all(&facts(loaded), Catalogue::builtin().unwrap());
    fingerprint(&mut findings, &loaded.sources);
    findings
}

/// The wanted fixes that are accepted, all made.
fn repaired(
    loaded: &Loaded,
    wanted: &(dyn Fn(&Finding) -> Option<FixKind> + Sync),
    accept: &(dyn Fn(&Proposal) -> bool + Sync),
) -> Repaired {
    let check = |facts: &Facts| run(facts, Catalogue::builtin().unwrap());
    let engine = FixEngine {
        facts: &FactMaker::new(&loaded.inventory, &loaded.sources, Limits::default()),
        organization: None,
        check: &check,
    };
    engine.repair(&findings(loaded), wanted, accept)
}

/// What a safe fix may give to somebody: ways to undo a deletion, and to see the key.
const MAY_BE_GIVEN: [KmsAction; 4] = [
    KmsAction::CancelKeyDeletion,
    KmsAction::DescribeKey,
    KmsAction::DisableKey,
    KmsAction::EnableKey,
];

#[test]
fn safe_fixes_give_nobody_what_loses_a_key() {
    let (mut changed, mut sets) = (0, 0);
    for seed in seeds() {
        let requests: Vec<_> = generate::Requests::new(seed, false).take(120).collect();
        for (number, request) in requests.iter().enumerate() {
            let (policy, key) = (&request["key_policy"], request["key_arn"].as_str().unwrap());
            if !policy.is_object() {
                continue;
            }
            let (before, discovery, mut overlay) = load(key, policy);
            let done = repaired(&before, &kind, &Proposal::is_safe);
            let Some(text) = done.files.values().next() else {
                continue;
            };
            sets += 1;
            overlay.put("key/policy.json", text.as_bytes());
            let after = load_over(&discovery, &overlay);
            let answer: Json = serde_json::from_str(text).unwrap();
            let edited: Json = serde_json::from_str(answer["Policy"].as_str().unwrap()).unwrap();
            let at = format!("seed {seed}, {number}");
            // The two commands do not contradict each other.
            let told = difference(&before, &after);
            assert!(!told.fails(FAIL_ON_GAIN), "{at}: {told:#?}");
            let [old, new] = [facts(&before), facts(&after)];
            let [old, new] = [&old[0].access, &new[0].access];
            for (old, new) in [
                (old.someone_can_schedule, new.someone_can_schedule),
                (old.someone_can_cancel, new.someone_can_cancel),
                (
                    old.someone_can_put_key_policy,
                    new.someone_can_put_key_policy,
                ),
            ] {
                assert!(new || !old, "{at}: {policy:#} {edited:#}");
            }
            let callers = &requests[number..requests.len().min(number + 4)];
            for action in ACTIONS {
                for days in days_of(action) {
                    for request in questions(callers, key, action, *days) {
                        let could = is_allowed(&request, policy);
                        let can = is_allowed(&request, &edited);
                        if could == can {
                            continue;
                        }
                        changed += 1;
                        let gained = can && !MAY_BE_GIVEN.contains(&action);
                        assert!(!gained, "{at}: {request:#} {policy:#} {edited:#}");
                        let totals = done.totals.iter();
                        let lines = totals.flat_map(|total| effects(&total.effects, Named::All));
                        let mut lines = lines.filter(|line| line.contains(action.name()));
                        assert!(lines.next().is_some(), "{at}: {action:?} {:?}", done.totals);
                        assert!(is_told(&told, action, *days, can), "{at}: {request:#}");
                    }
                }
            }
        }
    }
    assert!(changed > 50 && sets > 30, "{changed} {sets}");
}

/// Conditions that ask of everyone no more than the account or the organization, alone or with others.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
fn conditions_of_the_account() -> Vec<Json> {
    let account = "111122223333";
    vec![
        json!({"StringEquals": {"kms:CallerAccount": account}}),
        json!({"StringEquals": {"KMS:calleraccount": [account]}}),
        json!({"StringLike": {"aws:PrincipalAccount": account}}),
        json!({"StringEquals": {"kms:CallerAccount": [account, "444455556666"]}}),
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}}),
        json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}),
        json!({"StringEquals": {"kms:CallerAccount": account, "aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"StringEquals": {"kms:CallerAccount": account}, "Bool": {"aws:SecureTransport": "true"}}),
        json!({"StringEquals": {"kms:CallerAccount": account},
            "Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        json!({"StringEquals": {"kms:CallerAccount": account, "aws:PrincipalTag/team": "keys"}}),
        json!({"StringEquals": {"aws:PrincipalAccount": account},
            "NumericGreaterThanEquals": {WINDOW: "14"}}),
    ]
}

/// Key policies that let everyone through under one of these conditions, beside other statements.
fn policies_open_to_an_account() -> Vec<Json> {
    let of = |sid: &str, arn: &str| {
        json!({"Sid": sid, "Effect": "Allow", "Action": "kms:*", "Resource": "*",
            "Principal": {"AWS": arn}})
    };
    let root = of("Iam", "arn:aws:iam::111122223333:root");
    let admin = of("Admin", "arn:aws:iam::111122223333:role/admin");
    let beside = [vec![], vec![root.clone()], vec![admin, root]];
    let everyone = [
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": ["*"]}),
        json!({"AWS": ["arn:aws:iam::111122223333:role/admin", "*"]}),
    ];
    let actions = [
        json!("kms:ScheduleKeyDeletion"),
        json!(["kms:PutKeyPolicy", "kms:Decrypt"]),
        json!("kms:*"),
    ];
    let mut all = Vec::new();
    for condition in conditions_of_the_account() {
        for principal in &everyone {
            for action in &actions {
                let number = all.len() / 4 + all.len();
                let mut statements = beside[number % 3].clone();
                statements.push(
                    json!({"Sid": "Open", "Effect": "Allow", "Principal": principal,
                    "Action": action, "Resource": "*", "Condition": condition}),
                );
                all.push(json!({"Version": "2012-10-17", "Statement": statements}));
            }
        }
    }
    all
}

/// Callers of the account and of another one, with policies of their own that allow everything.
fn callers_of_accounts() -> Vec<Json> {
    let everything = json!({"Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let principals = [
        ("arn:aws:iam::111122223333:user/bob", None),
        ("arn:aws:iam::111122223333:root", None),
        ("arn:aws:sts::111122223333:assumed-role/app/ci", Some("app")),
        (
            "arn:aws:sts::111122223333:assumed-role/admin/jo",
            Some("admin"),
        ),
        ("arn:aws:sts::111122223333:federated-user/fed", None),
        ("arn:aws:iam::444455556666:user/bob", None),
    ];
    let caller = |(principal, role): (&str, Option<&str>)| {
        let mut context = json!({"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:PrincipalTag/team": "keys",
            "aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/"], "aws:MultiFactorAuthPresent": "true"});
        if let Some(role) = role {
            context["aws:PrincipalArn"] = json!(format!("arn:aws:iam::111122223333:role/{role}"));
        }
        json!({"principal": principal, "context": context, "complete_context": true,
            "identity_policies": [{"name": "own", "policy": everything}]})
    };
    principals.into_iter().map(caller).collect()
}

/// Whether IAM does not let this caller, or it is of another account: that this one loses what it had is for
/// a person to decide. A federated user has no permissions of IAM policies.
fn may_lose(request: &Json, is_safe: bool) -> bool {
    let caller = request["principal"].as_str().unwrap();
    request.get("identity_policies").is_none()
        || caller.contains("federated-user")
        || (caller.contains(":444455556666:") && !is_safe)
}

/// Where everyone is allowed and no more is asked than the account, IAM decides after the fix: nobody gains,
/// the finding goes, and whom the account's own policies allow loses nothing.
#[test]
fn everyone_of_an_account_is_narrowed_to_it() {
    const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let narrowing = |finding: &Finding| {
        let is_own = finding.rule.contains("-open-to-a");
        is_own.then(|| kind(finding)).flatten()
    };
    let callers = callers_of_accounts();
    let (mut fixed, mut changed, mut safe) = (0, 0, 0);
    for policy in policies_open_to_an_account().iter().step_by(2) {
        let (before, discovery, mut overlay) = load(KEY, policy);
        let done = repaired(&before, &narrowing, &|_| true);
        assert!(done.refused.is_empty(), "{policy:#}: {:?}", done.refused);
        let Some(text) = done.files.values().next() else {
            assert!(!findings(&before).iter().any(|of| narrowing(of).is_some()));
            continue;
        };
        let is_safe = done.done.iter().all(Proposal::is_safe);
        (fixed, safe) = (fixed + 1, safe + usize::from(is_safe));
        overlay.put("key/policy.json", text.as_bytes());
        let after = load_over(&discovery, &overlay);
        let left = findings(&after).iter().any(|of| narrowing(of).is_some());
        let answer: Json = serde_json::from_str(text).unwrap();
        let edited: Json = serde_json::from_str(answer["Policy"].as_str().unwrap()).unwrap();
        let told = difference(&before, &after);
        assert!(
            !left && !told.fails(FAIL_ON_GAIN),
            "{policy:#} {edited:#} {told:#?}"
        );
        for action in ACTIONS {
            for days in days_of(action) {
                for request in questions(&callers, KEY, action, *days) {
                    let could = is_allowed(&request, policy);
                    let can = is_allowed(&request, &edited);
                    if could != can {
                        changed += 1;
                        let gained = can && MAY_BE_GIVEN.contains(&action);
                        let fine = gained || (!can && may_lose(&request, is_safe));
                        let fine = fine && is_told(&told, action, *days, can);
                        assert!(fine, "{request:#} {policy:#} {edited:#}");
                    }
                }
            }
        }
    }
    assert!(
        fixed > 40 && changed > 300 && safe > 0,
        "{fixed} {changed} {safe}"
    );
}

fn is_told(told: &Difference, action: KmsAction, days: Option<u8>, gains: bool) -> bool {
    let mut changes = told.subjects.iter().flat_map(|subject| &subject.changes);
    changes.any(|change| {
        let cases = if gains { change.gains } else { change.loses };
        change.action == action && holds(cases, days)
    })
}

/// Statements of both policies, some on each side.
fn mixed(one: &Json, other: &Json, pick: u64) -> Option<(Json, Json)> {
    let statements = |policy: &Json| match &policy["Statement"] {
        Json::Array(all) => all.clone(),
        single => vec![single.clone()],
    };
    let mut all = statements(one);
    all.extend(statements(other));
    let some = |pick: u64| {
        let kept = all.iter().enumerate();
        let kept = kept.filter(|(at, _)| pick >> (at % 16) & 3 > 0);
        let kept: Vec<_> = kept.map(|(_, statement)| statement.clone()).collect();
        let mut policy = one.clone();
        policy["Statement"] = json!(kept);
        (!kept.is_empty()).then_some(policy)
    };
    Some((some(pick)?, some(pick.rotate_right(7))?))
}

/// Whether the change is about the caller of this request, and about it alone. Of a session it is that of the
/// role that the request says: a role of that name with another path is another one.
fn is_about(change: &Change, request: &Json) -> bool {
    let caller = request["principal"].as_str().unwrap();
    let name = &change.who.name;
    let role = || {
        if let Some(arn) = request["context"]["aws:PrincipalArn"].as_str() {
            return Some(name == arn);
        }
        let (head, session) = caller.split_once(":assumed-role/")?;
        let role = session.split('/').next()?;
        let account = head.rsplit(':').next()?;
        let own = name.split_once(":role/")?;
        let last = own.1.rsplit('/').next()?;
        Some(own.0.ends_with(account) && last == role)
    };
    change.who.way == Way::Known
        && match change.who.kind {
            PrincipalKind::User | PrincipalKind::Session => name == caller,
            PrincipalKind::Role => name == caller || role() == Some(true),
            _ => false,
        }
}

/// Whether the policies name a role of this request's role name, but with another path. No account has both,
/// and a session's ARN does not tell of which one it is.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
fn names_a_role_twice(request: &Json, policies: [&Json; 2]) -> bool {
    let Some(own) = request["context"]["aws:PrincipalArn"].as_str() else {
        return false;
    };
    let Some((account, role)) = own.split_once(":role/") else {
        return false;
    };
    let last = |name: &str| name.rsplit('/').next().map(str::to_owned);
    let is_other = |text: &str| {
        let named = text.split_once(":role/");
        named.is_some_and(|named| {
            named.0 == account && named.1 != role && last(named.1) == last(role)
        })
    };
    let text = policies.map(Json::to_string).concat();
    text.split('"').any(is_other)
}

#[test]
fn differences_miss_nobody_and_invent_nobody() {
    let (mut missed, mut invented) = (0, 0);
    for seed in seeds() {
        let requests: Vec<_> = generate::Requests::new(seed + 10_000, false)
            .take(150)
            .collect();
        for (number, request) in requests.iter().enumerate() {
            let other = &requests[(number * 7 + 3) % requests.len()];
            let key = request["key_arn"].as_str().unwrap();
            let both = [request, other].map(|of| &of["key_policy"]);
            if both.iter().any(|policy| !policy.is_object()) {
                continue;
            }
            let pick = (number as u64 + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let Some((old, new)) = mixed(both[0], both[1], pick) else {
                continue;
            };
            let [before, after] = [&old, &new].map(|policy| load(key, policy).0);
            let told = difference(&before, &after);
            let at = format!("seed {seed}, {number}");
            let callers = [request.clone(), other.clone()];
            for action in ACTIONS {
                for days in days_of(action) {
                    for request in questions(&callers, key, action, *days) {
                        if names_a_role_twice(&request, [&old, &new]) {
                            continue;
                        }
                        let (could, can) = (is_allowed(&request, &old), is_allowed(&request, &new));
                        if could != can {
                            missed += 1;
                            let is_told = is_told(&told, action, *days, can);
                            assert!(is_told, "{at}: {request:#} {old:#} {new:#} {told:#?}");
                        }
                        // What is firmly said of one caller is so.
                        let alone = request.as_object().unwrap().len() == ALONE.len() + 2;
                        let changes = told.subjects.iter().flat_map(|subject| &subject.changes);
                        let own = changes.filter(|change| {
                            change.action == action && alone && is_about(change, &request)
                        });
                        for change in own {
                            for (permission, is) in [(&change.before, could), (&change.after, can)]
                            {
                                let firm = permission.decisions.possible().is_empty() && is
                                    || holds(permission.decisions.allowed, *days)
                                        && permission.decisions.allowed.includes(CaseSet::OMITTED)
                                        && !is;
                                invented += 1;
                                assert!(!firm, "{at}: {change:#?} {request:#} {old:#} {new:#}");
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(missed > 200 && invented > 150, "{missed} {invented}");
    assert!(ACTIONS.into_iter().collect::<ActionSet>().len() == ACTIONS.len());
}
