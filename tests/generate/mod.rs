//! A seeded stream of random `simulate --batch` requests with complete contexts.
//!
//! Same seed, same stream. Every policy is one that AWS would store. Points that AWS leaves open are
//! left out unless `contested` is asked for. About four in ten requests are allowed, and most of the
//! others miss by one element.

mod caller;
mod clause;
mod condition;
mod context;
mod keys;
mod policy;
mod rng;
mod scalar;
mod value;

use serde_json::{Value, json};

use context::Scene;
use policy::{Document, Kind};
use rng::Rng;

/// The account that owns every generated key.
const ACCOUNT: &str = "111122223333";
/// Another account.
const FOREIGN_ACCOUNT: &str = "444455556666";

/// The stream of requests; it never ends.
#[derive(Clone, Debug)]
pub(crate) struct Requests {
    rng: Rng,
    count: u64,
    contested: bool,
}

impl Requests {
    /// A stream for `seed`; `contested` adds the cases that AWS leaves open.
    pub(crate) fn new(seed: u64, contested: bool) -> Self {
        Self {
            rng: Rng::new(seed),
            count: 0,
            contested,
        }
    }
}

impl Iterator for Requests {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        self.count += 1;
        let rng = &mut self.rng;
        let scene = Scene::random(rng, self.contested);
        let mut request = json!({
            "id": format!("r{}", self.count),
            "principal": scene.caller.arn,
            "key_arn": scene.key_arn,
            "action": scene.action,
            "context": scene.context,
            "complete_context": true,
        });
        if let Some(fields) = request.as_object_mut() {
            // Whether the policies all mean to let this request through; errors come on top.
            let granted = rng.chance(69);
            fields.insert("key_policy".to_owned(), key_policy(rng, &scene, granted));
            for (field, value) in around(rng, &scene, granted) {
                fields.insert(field.to_owned(), value);
            }
        }
        Some(request)
    }
}

/// The key policy: grants that are meant to hold or to miss, and Denies that are meant to miss.
fn key_policy(rng: &mut Rng, scene: &Scene, granted: bool) -> Value {
    let mut document = Document::new(rng, Kind::Key);
    // A caller who is no IAM identity has no policy of its own to delegate to.
    let direct = scene.caller.is_service() || rng.chance(40);
    let granted = granted && !scene.is_about_nothing();
    let count = rng.between(1, 3);
    for turn in 0..count {
        let holds = if turn == 0 { granted } else { rng.chance(35) };
        let principal = if direct && turn == 0 {
            scene.caller.direct_principal(rng)
        } else {
            scene.caller.some_principal(rng)
        };
        document.push(rng, scene, "Allow", holds);
        document.name("Principal", principal);
    }
    if !direct && rng.chance(93) {
        let account = scene.caller.account_principal(rng);
        document.push(rng, scene, "Allow", granted);
        document.name("Principal", account);
    }
    if rng.chance(40) {
        let principal = scene.caller.denied_principal(rng);
        let holds = rng.chance(12);
        document.push(rng, scene, "Deny", holds);
        document.name("Principal", principal);
    }
    let spareable = !scene.caller.is_federated() && !scene.caller.is_service();
    if (spareable || scene.contested) && rng.chance(6) {
        let listed = scene.caller.not_principal(rng);
        let holds = rng.chance(45);
        document.push(rng, scene, "Deny", holds);
        document.name("NotPrincipal", listed);
    }
    document.finish(rng)
}

/// All the policies other than the key policy.
fn around(rng: &mut Rng, scene: &Scene, granted: bool) -> Vec<(&'static str, Value)> {
    let caller = &scene.caller;
    let mut identity = Vec::new();
    if caller.has_own_policies(rng) {
        for number in 0..rng.between(1, 2) {
            let policy = granting_policy(rng, scene, Kind::Identity, granted, 12);
            identity.push(wrapped(rng, &format!("Own{number}"), policy));
        }
    }
    let boundary = match (caller.may_have_boundary() && rng.chance(26), rng.chance(5)) {
        (false, _) => Value::Null,
        (true, true) => json!([]),
        (true, false) => {
            let policy = granting_policy(rng, scene, Kind::Boundary, granted, 8);
            json!([wrapped(rng, "Boundary", policy)])
        }
    };
    let has_session_policy = if caller.mostly_has_session_policy() {
        rng.chance(75)
    } else {
        caller.is_session() && rng.chance(30)
    };
    let session = if has_session_policy {
        granting_policy(rng, scene, Kind::Session, granted, 8)
    } else {
        Value::Null
    };
    vec![
        ("identity_policies", Value::Array(identity)),
        ("permission_boundaries", boundary),
        ("scps", scps(rng, scene, granted)),
        ("rcps", rcps(rng, scene)),
        ("session_policy", session),
    ]
}

/// A policy with an Allow that is meant to hold where `granted`, and perhaps a Deny.
///
/// `denied` is the chance in percent that the Deny is meant to hit.
fn granting_policy(rng: &mut Rng, scene: &Scene, kind: Kind, granted: bool, denied: u64) -> Value {
    let mut document = Document::new(rng, kind);
    let holds = rng.chance(if granted { 85 } else { 45 });
    document.push(rng, scene, "Allow", holds);
    if rng.chance(30) {
        let also_holds = rng.chance(30);
        document.push(rng, scene, "Allow", also_holds);
    }
    if rng.chance(25) {
        let hits = rng.chance(denied);
        document.push(rng, scene, "Deny", hits);
    }
    document.finish(rng)
}

/// Levels of SCPs; `FullAWSAccess` stands in most of them.
fn scps(rng: &mut Rng, scene: &Scene, granted: bool) -> Value {
    if scene.caller.is_foreign() || rng.chance(55) {
        return json!([]);
    }
    let mut levels = Vec::new();
    for _ in 0..rng.between(1, 3) {
        let mut level = Vec::new();
        if rng.chance(68) {
            let full = json!({
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
            });
            level.push(wrapped(rng, "FullAWSAccess", full));
        }
        if level.is_empty() || rng.chance(40) {
            let policy = granting_policy(rng, scene, Kind::Scp, granted, 5);
            level.push(wrapped(rng, "Guard", policy));
        }
        levels.push(Value::Array(level));
    }
    Value::Array(levels)
}

/// Levels of RCPs, which hold Denies only; a level may be empty.
fn rcps(rng: &mut Rng, scene: &Scene) -> Value {
    if rng.chance(70) {
        return json!([]);
    }
    let mut levels = Vec::new();
    for _ in 0..rng.between(1, 3) {
        let mut level = Vec::new();
        if rng.chance(60) {
            let mut document = Document::new(rng, Kind::Rcp);
            for _ in 0..rng.between(1, 2) {
                let hits = rng.chance(8);
                document.push(rng, scene, "Deny", hits);
                document.name("Principal", json!("*"));
            }
            let policy = document.finish(rng);
            level.push(wrapped(rng, "Perimeter", policy));
        }
        levels.push(Value::Array(level));
    }
    Value::Array(levels)
}

/// The policy with its name, or bare.
fn wrapped(rng: &mut Rng, name: &str, policy: Value) -> Value {
    if rng.chance(80) {
        json!({"name": name, "policy": policy})
    } else {
        policy
    }
}
