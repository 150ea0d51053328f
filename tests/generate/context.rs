//! The scene of a request: key, action, caller, and the condition keys it comes with.

use serde_json::{Map, Value, json};

use super::ACCOUNT;
use super::caller::Caller;
use super::keys::{DATES, DAYS, KEYS, Key, TRAILING_DAYS, WINDOW};
use super::rng::Rng;

/// Actions on a key, of which some work across accounts.
const ON_A_KEY: [&str; 10] = [
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:PutKeyPolicy",
    "kms:DeleteImportedKeyMaterial",
    "kms:Decrypt",
    "kms:CreateGrant",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:GetPublicKey",
    "kms:TagResource",
];

/// Actions that need permission on an alias too.
pub(super) const ON_AN_ALIAS: [&str; 3] = ["kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"];

/// Actions without a resource.
pub(super) const ON_NOTHING: [&str; 5] = [
    "kms:ListKeys",
    "kms:CreateKey",
    "kms:ListAliases",
    "kms:GenerateRandom",
    "kms:DeleteCustomKeyStore",
];

/// Everything about a request but the policies.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) caller: Caller,
    pub(super) key_arn: String,
    pub(super) action: String,
    pub(super) context: Map<String, Value>,
    pub(super) contested: bool,
}

impl Scene {
    /// A random scene.
    pub(super) fn random(rng: &mut Rng, contested: bool) -> Self {
        let caller = Caller::random(rng, contested);
        let region = rng.text(&["us-west-2", "eu-central-1"]);
        let id = rng.text(&[
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "mrk-1234abcd12ab34cd56ef1234567890ab",
        ]);
        let action = match rng.between(0, 99) {
            0..=54 => "kms:ScheduleKeyDeletion".to_owned(),
            55..=77 => "kms:CancelKeyDeletion".to_owned(),
            78..=89 => rng.text(&ON_A_KEY),
            90..=94 => rng.text(&ON_AN_ALIAS),
            _ => rng.text(&ON_NOTHING),
        };
        let mut scene = Self {
            caller,
            key_arn: format!("arn:aws:kms:{region}:{ACCOUNT}:key/{id}"),
            action,
            context: Map::new(),
            contested,
        };
        scene.fill_context(rng);
        scene
    }

    /// The value of a condition key as AWS has it in the context: two keys are for few actions only.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        let schedules = self.action == "kms:ScheduleKeyDeletion";
        let disables = self.action == "kms:DisableKey";
        match name {
            WINDOW if !schedules => return None,
            TRAILING_DAYS if !schedules && !disables => return None,
            _ => {}
        }
        self.context
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    fn fill_context(&mut self, rng: &mut Rng) {
        let mut found: Vec<(String, Value)> = self.derived(rng);
        for key in KEYS {
            if !rng.chance(key.presence) {
                continue;
            }
            let value = if key.multi {
                several(rng, key.pool, self.contested)
            } else {
                single(rng, key, self.contested)
            };
            found.push((key.name.to_owned(), value));
        }
        for index in 0..rng.between(0, 1) {
            found.push((
                format!("aws:PrincipalTag/KeyId{index}"),
                json!(self.key_id()),
            ));
        }
        if rng.chance(12) {
            // A tag value with a wildcard in it, beside one that it would match.
            found.push(("aws:PrincipalTag/team".to_owned(), json!("al*ha")));
            found.push(("aws:ResourceTag/Project".to_owned(), json!("alpha")));
        } else {
            rng.shuffle(&mut found);
        }
        for (name, value) in found {
            self.context
                .retain(|known, _| !known.eq_ignore_ascii_case(&name));
            let name = if rng.chance(4) {
                name.to_lowercase()
            } else {
                name
            };
            self.context.insert(name, value);
        }
    }

    /// The keys that AWS takes from the request and the caller.
    fn derived(&self, rng: &mut Rng) -> Vec<(String, Value)> {
        let caller = &self.caller;
        let mut found = Vec::new();
        let mut put = |present: bool, name: &str, value: &str| {
            if present {
                found.push((name.to_owned(), json!(value)));
            }
        };
        let scheduling = self.action == "kms:ScheduleKeyDeletion";
        let days = if rng.chance(60) {
            rng.text(DAYS)
        } else {
            rng.between(7, 30).to_string()
        };
        put(
            if scheduling {
                rng.chance(95)
            } else {
                rng.chance(3)
            },
            WINDOW,
            &days,
        );
        let is_identity = !caller.is_service();
        put(
            is_identity && rng.chance(95),
            "kms:CallerAccount",
            &caller.account,
        );
        put(
            is_identity && rng.chance(95),
            "aws:PrincipalAccount",
            &caller.account,
        );
        put(
            is_identity && rng.chance(95),
            "aws:PrincipalArn",
            &caller.principal_arn,
        );
        put(rng.chance(90), "aws:PrincipalType", caller.principal_type());
        if let Some(name) = &caller.user_name {
            put(rng.chance(95), "aws:username", name);
        }
        put(
            caller.is_temporary() && rng.chance(90),
            "aws:TokenIssueTime",
            &rng.text(DATES),
        );
        found
    }

    /// Whether the action needs permission on an alias, and none of a key alone is enough.
    pub(super) fn is_about_alias(&self) -> bool {
        ON_AN_ALIAS.contains(&self.action.as_str())
    }

    /// Whether the action has no resource.
    pub(super) fn is_about_nothing(&self) -> bool {
        ON_NOTHING.contains(&self.action.as_str())
    }

    /// The last component of the key's ARN.
    pub(super) fn key_id(&self) -> &str {
        self.key_arn.rsplit('/').next().unwrap_or_default()
    }
}

/// One value; an array of one only for keys that no variable uses.
fn single(rng: &mut Rng, key: &Key, contested: bool) -> Value {
    let value = rng.text(key.pool);
    let in_array = key.name.starts_with("kms:Key") && rng.chance(5);
    if in_array || (contested && rng.chance(5)) {
        json!([value])
    } else {
        json!(value)
    }
}

/// None, one or more values of a multi-valued key; one may come without brackets.
fn several(rng: &mut Rng, pool: &[&str], contested: bool) -> Value {
    let mut values: Vec<&str> = Vec::new();
    for _ in 0..rng.between(0, 3) {
        let value = *rng.pick(pool);
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if contested && rng.chance(10) {
        values.push("");
    }
    match values.as_slice() {
        [only] if rng.chance(30) => json!(only),
        _ => json!(values),
    }
}
