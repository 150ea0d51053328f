//! Every shortcut is judged by the plain way: over generated key policies and accounts the same is
//! asked with all shortcuts, and with none and with policies as they are written.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::aws::{AccountId, KeyArn, KmsAction, PrincipalKind};
use crate::eval::{Caller, CaseSet, Decision, KeyIdentity, RequestContext};
use crate::inventory::{
    Boundary, IdentityPolicy, Inventory, Key, KeyMetadata, LoadedPolicy, Located, Organization,
    OrganizationPolicy, Principal,
};
use crate::policy::{PolicyDocument, PolicyKind, PolicyReading};
use crate::text::{Location, SourceId};

use super::candidate::Candidate;
use super::grant::Standing;
use super::identities::Identities;
use super::key::AskedKey;
use super::population::ClassStanding;
use super::questions::KeyQuestions;
use super::survey::Survey;

/// Random numbers, the same on every machine (`SplitMix64`).
struct Rng(u64);

impl Rng {
    /// A number from `low` to `high`, both included.
    const fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        low + (mixed ^ (mixed >> 31)) % (high - low + 1)
    }

    /// True in `percent` of 100 cases.
    const fn chance(&mut self, percent: u64) -> bool {
        self.between(0, 99) < percent
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[usize::try_from(self.between(0, items.len() as u64 - 1)).unwrap()]
    }

    fn text(&mut self, items: &[&str]) -> String {
        (*self.pick(items)).to_owned()
    }
}

/// Key policies, each with an account around it.
const POLICIES: u64 = 600;

const ACCOUNT: &str = "111122223333";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// Actions on a key, on a key and an alias, and on neither.
const ASKED: [KmsAction; 10] = [
    KmsAction::ScheduleKeyDeletion,
    KmsAction::CancelKeyDeletion,
    KmsAction::EnableKey,
    KmsAction::PutKeyPolicy,
    KmsAction::DescribeKey,
    KmsAction::Decrypt,
    KmsAction::DeleteImportedKeyMaterial,
    KmsAction::CreateAlias,
    KmsAction::CreateKey,
    KmsAction::ListKeys,
];

/// Users and roles that are loaded, where any are: kind, path, name and id.
const LOADED: [(PrincipalKind, &str, &str, &str); 6] = [
    (
        PrincipalKind::Role,
        "/aws-reserved/sso.amazonaws.com/",
        "AWSReservedSSO_Ops_0123456789abcdef",
        "AROASSO",
    ),
    (PrincipalKind::Role, "/", "Ops", "AROAOPS"),
    (PrincipalKind::Role, "/team/", "Dev", "AROADEV"),
    (PrincipalKind::Role, "/", "Twin", "AROATWIN"),
    (PrincipalKind::User, "/", "eve", "AIDAEVE"),
    (PrincipalKind::User, "/team/", "bob", "AIDABOB"),
];

const PRINCIPALS: [&str; 28] = [
    "arn:aws:iam::111122223333:role/Another",
    "arn:aws:iam::111122223333:role/AThird",
    "arn:aws:iam::111122223333:user/another",
    "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_0123456789abcdef",
    "arn:aws:iam::111122223333:role/Gone",
    "arn:aws:iam::111122223333:role/Gone",
    "arn:aws:iam::111122223333:user/gone",
    "arn:aws:iam::111122223333:role/team/Gone",
    "arn:aws-cn:iam::111122223333:role/Gone",
    "arn:aws:iam::111122223333:role/gone",
    "arn:aws:iam::444455556666:role/Gone",
    "arn:aws:iam::111122223333:role/Ops",
    "arn:aws:iam::111122223333:role/team/Dev",
    "arn:aws:iam::111122223333:role/Twin",
    "arn:aws:iam::111122223333:user/eve",
    "arn:aws:sts::111122223333:assumed-role/Gone/alice",
    "arn:aws:sts::111122223333:assumed-role/Ops/alice",
    "arn:aws:sts::111122223333:assumed-role/Dev/alice",
    "arn:aws:sts::111122223333:federated-user/gone",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:root",
    "111122223333",
    "444455556666",
    "AROAOPS",
    "AIDAGONE",
    "*",
    "${AdminRole}",
    "arn:aws:iam::111122223333:role/<name>",
];

const ACTIONS: [&str; 18] = [
    "kms:*",
    "kms:*",
    "*",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
    "kms:*KeyDeletion",
    "kms:PutKeyPolicy",
    "kms:DescribeKey",
    "kms:De*",
    "kms:CreateAlias",
    "kms:List*",
    "*:*",
    "k*:ScheduleKeyDeletion",
    "*:*KeyDeletion",
    "kms:${action}",
    "${service}:ScheduleKeyDeletion",
    "<actions>",
    "s3:*",
];

const RESOURCES: [&str; 10] = [
    "*",
    "*",
    "*",
    KEY,
    "arn:aws:kms:*:111122223333:key/*",
    "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws:kms:eu-west-1:111122223333:alias/app",
    "${KeyArn}",
    "arn:aws:kms:eu-west-1:${AWS::AccountId}:key/*",
    "arn:aws:s3:::bucket",
];

/// Conditions, of which some are always true and some never.
fn condition(rng: &mut Rng) -> Value {
    let all = [
        json!({"StringLike": {"aws:PrincipalArn": "*"}}),
        json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        json!({"StringNotEquals": {"kms:CallerAccount": "999999999999"}}),
        json!({"Null": {"aws:PrincipalArn": "false"}}),
        json!({"StringLikeIfExists": {"kms:ViaService": "*"}}),
        json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        json!({"StringEquals": {"aws:userid": "AIDAEVE"}}),
        json!({"StringEquals": {"aws:username": "${aws:username}"}}),
        json!({"StringEquals": {"aws:PrincipalTag/team": "crypto"}}),
        json!({"StringEquals": {"aws:ResourceTag/team": "crypto"}}),
        json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/team/*"}}),
        json!({"NumericGreaterThanEquals":
            {"kms:ScheduleKeyDeletionPendingWindowInDays": "14"}}),
        json!({"StringEquals": {"aws:PrincipalArn": "${placeholder}"}}),
        json!({}),
    ];
    rng.pick(&all).clone()
}

fn texts(rng: &mut Rng, from: &[&str]) -> Value {
    let count = rng.between(1, 3);
    let texts: BTreeSet<_> = (0..count).map(|_| rng.text(from)).collect();
    json!(texts)
}

fn statement(rng: &mut Rng, kind: PolicyKind, denies: u64) -> Value {
    let (no_action, no_resource) = (rng.chance(8), rng.chance(4));
    let action = if no_action { "NotAction" } else { "Action" };
    let resource = if no_resource {
        "NotResource"
    } else {
        "Resource"
    };
    let is_deny = kind == PolicyKind::ResourceControl || rng.chance(denies);
    let effect = if is_deny { "Deny" } else { "Allow" };
    let mut made = json!({"Effect": effect, action: texts(rng, &ACTIONS),
        resource: texts(rng, &RESOURCES)});
    if rng.chance(25) {
        made["Condition"] = condition(rng);
    }
    if kind == PolicyKind::ResourceControl {
        made["Principal"] = json!("*");
    }
    if kind == PolicyKind::Key {
        let negated = effect == "Deny" && rng.chance(20);
        let name = if negated { "NotPrincipal" } else { "Principal" };
        made[name] = match rng.between(0, 9) {
            0 => json!({"Service": "backup.amazonaws.com", "AWS": texts(rng, &PRINCIPALS)}),
            1 if !negated => json!("*"),
            _ => json!({"AWS": texts(rng, &PRINCIPALS)}),
        };
    }
    made
}

/// A policy that AWS would take.
fn document(rng: &mut Rng, kind: PolicyKind, denies: u64) -> (PolicyDocument, String) {
    for _ in 0..1_000 {
        let count = rng.between(1, 4);
        let statements: Vec<_> = (0..count).map(|_| statement(rng, kind, denies)).collect();
        let version = *rng.pick(&["2012-10-17", "2012-10-17", "2008-10-17"]);
        let text = json!({"Version": version, "Statement": statements}).to_string();
        if let Ok(document) = PolicyReading::of_text(&text, kind).document {
            return (document, text);
        }
    }
    panic!("no {kind:?} policy could be made");
}

fn loaded(name: &str, document: PolicyDocument) -> LoadedPolicy {
    LoadedPolicy {
        name: name.to_owned(),
        source: SourceId::default(),
        encoding: None,
        size: None,
        document,
    }
}

/// The users and roles of an account; two of them may have the same policies.
fn account(rng: &mut Rng) -> Inventory {
    let mut inventory = Inventory::default();
    let policies = (0..4).map(|at| IdentityPolicy {
        arn: None,
        policy: loaded(&format!("p{at}"), document(rng, PolicyKind::Identity, 25).0),
    });
    inventory.identity_policies = policies.map(Arc::new).collect();
    for (kind, path, name, id) in LOADED {
        let word = if kind == PrincipalKind::Role {
            "role"
        } else {
            "user"
        };
        let arn = format!("arn:aws:iam::{ACCOUNT}:{word}{path}{name}");
        let own: BTreeSet<usize> = (0..rng.between(0, 2))
            .map(|_| usize::try_from(rng.between(0, 3)).unwrap())
            .collect();
        let tag = ("team".to_owned(), rng.text(&["crypto", "crypto", "web"]));
        inventory.principals.push(Arc::new(Principal {
            kind,
            arn: Located {
                value: arn,
                at: Location::default(),
            },
            account: AccountId::parse(ACCOUNT).unwrap(),
            name: name.to_owned(),
            id: rng.chance(80).then(|| id.to_owned()),
            tags: rng.chance(80).then(|| vec![tag]),
            policies: own.into_iter().collect(),
            is_declared: false,
            of_groups: Vec::new(),
            boundary: match rng.between(0, 9) {
                0 => Boundary::NotLoaded,
                1 => Boundary::Policy(0),
                _ => Boundary::None,
            },
        }));
    }
    inventory
        .principals
        .sort_by(|one, other| one.arn.value.cmp(&other.arn.value));
    inventory
}

fn in_organization(rng: &mut Rng, inventory: &mut Inventory) {
    let kind = *rng.pick(&[PolicyKind::ServiceControl, PolicyKind::ResourceControl]);
    let (policy, _) = document(rng, kind, 60);
    let level = vec![vec!["limit".to_owned()]];
    inventory.organization_policies = vec![OrganizationPolicy {
        id: None,
        arn: None,
        policy: loaded("limit", policy),
    }];
    let (scps, rcps) = if kind == PolicyKind::ServiceControl {
        (level, Vec::new())
    } else {
        (Vec::new(), level)
    };
    inventory.organization = Some(Organization {
        scps,
        rcps,
        ..Organization::default()
    });
}

/// What is told of one holder: who it is, what it can do, by which statements, and what else it can.
type Told = (String, Decision, CaseSet, CaseSet, String);

fn told(questions: &KeyQuestions<'_>, action: KmsAction) -> Vec<Told> {
    let [holders] = questions.who_can([action]);
    let holders = holders.into_iter();
    let told = |holder: super::Holder<'_>| {
        let permitted = &holder.permitted;
        let own: BTreeSet<_> = permitted
            .own
            .iter()
            .map(|position| {
                let origin = questions
                    .identities
                    .origin(holder.loaded.unwrap(), *position);
                let (policy, statement) = origin.unwrap();
                (policy.policy.name.clone(), statement)
            })
            .collect();
        let rest = super::Permitted {
            own: BTreeSet::new(),
            ..(**permitted).clone()
        };
        let words = format!("{own:?} {:?} {rest:?}", holder.companions);
        let (allowed, conditional) = (permitted.decisions.allowed, permitted.decisions.conditional);
        let who = holder.principal.to_owned();
        (who, permitted.decision, allowed, conditional, words)
    };
    holders.map(told).collect()
}

/// Whoever is decided together with others, for several keys at once, is decided as by itself, by policies as
/// they are written.
fn alike(
    rng: &mut Rng,
    (policy, inventory): (&PolicyDocument, &Inventory),
    action: KmsAction,
) -> usize {
    let keys: Vec<_> = (0..6).map(|at| surveyed_key(rng, at, policy)).collect();
    let identities = Identities::new(inventory);
    let survey = Survey::new(&identities, keys.iter().collect(), vec![action]);
    let whole = Identities::whole(inventory);
    let mut can = 0;
    for (position, key) in keys.iter().enumerate() {
        let (found, plain) = (survey.ask(position, &[]), survey.plainly(position, &[]));
        let key = AskedKey::of(key);
        for principal in &inventory.principals {
            let arn = principal.arn.value.as_str();
            let caller = Caller::parse(arn).unwrap();
            let alone = Candidate::new(caller, key.seen(), &whole);
            let alone = alone.standing(action, &key, &whole);
            let told = |classes: &[ClassStanding<'_>]| {
                let mut classes = classes.iter();
                let class = classes.find(|class| class.who.iter().any(|of| of.text == arn));
                class.map(|class| class.standings[0].clone())
            };
            let together = told(&found);
            assert_eq!(together, told(&plain), "{arn} {action:?}");
            // Of whom no policy allows it, it is not asked what stops it.
            let is_asked = !matches!(alone, Standing::Stopped(_)) || together.is_some();
            let together = together.unwrap_or(Standing::Cannot);
            let are_equal = together == alone || !is_asked;
            assert!(are_equal, "{arn} {action:?}: {together:?}, {alone:?}");
            can += usize::from(matches!(together, Standing::Can(_)));
        }
    }
    can
}

/// A key of one of two Regions with this policy or without a policy, perhaps with a tag.
fn surveyed_key(rng: &mut Rng, at: u64, policy: &PolicyDocument) -> Key {
    let arn = KEY.replace("90ab", &format!("90{:02x}", 0xab_u64.saturating_sub(at)));
    let arn = if rng.chance(30) {
        arn.replace("eu-west-1", "us-east-1")
    } else {
        arn
    };
    let mut metadata = KeyMetadata::default();
    if rng.chance(50) {
        let team = rng.text(&["crypto", "web"]);
        metadata.tags = Some(Located {
            value: vec![("team".to_owned(), team)],
            at: Location::default(),
        });
    }
    Key {
        name: arn.clone(),
        account: AccountId::parse(ACCOUNT),
        arn: Some(KeyArn::parse(&arn).unwrap()),
        metadata: Arc::new(metadata),
        policy: rng.chance(90).then(|| loaded("policy", policy.clone())),
        ..Key::default()
    }
}

#[test]
fn shortcuts_say_what_evaluation_says() {
    let mut rng = Rng(1212);
    let (mut asked, mut allowed, mut surveyed) = (0_usize, 0_usize, 0_usize);
    for number in 0..POLICIES {
        let denies = if rng.chance(60) { 0 } else { 30 };
        let (policy, text) = document(&mut rng, PolicyKind::Key, denies);
        let mut inventory = if rng.chance(50) {
            account(&mut rng)
        } else {
            Inventory::default()
        };
        if rng.chance(25) {
            in_organization(&mut rng, &mut inventory);
        }
        let identity = match rng.between(0, 4) {
            0 => KeyIdentity::default(),
            1 => KeyIdentity {
                account: AccountId::parse(ACCOUNT),
                ..KeyIdentity::default()
            },
            _ => KeyIdentity::of(KeyArn::parse(KEY).unwrap()),
        };
        let key = AskedKey::new(identity, RequestContext::open(), Some(&policy));
        let (quick, whole) = (Identities::new(&inventory), Identities::whole(&inventory));
        let quick = KeyQuestions::new(&key, &quick);
        let plain = KeyQuestions::plainly(&key, &whole);
        for action in ASKED {
            let told_of = told(&quick, action);
            assert_eq!(
                told_of,
                told(&plain, action),
                "{number}: {action:?}\n{text}"
            );
            let (one, other) = (quick.someone_can(action), plain.someone_can(action));
            assert_eq!(one, other, "{number}: someone, {action:?}\n{text}");
            if number.is_multiple_of(4) {
                surveyed += alike(&mut rng, (&policy, &inventory), action);
            }
            asked += 1;
            allowed += usize::from(told_of.iter().any(|told| told.1 == Decision::Allowed));
        }
    }
    assert!(surveyed > 1_000, "{surveyed}");
    assert!(
        asked > 4_000 && allowed > asked / 10,
        "{allowed} of {asked}"
    );
}
