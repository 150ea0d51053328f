//! Random `Action` and `Resource` elements that are meant to fit, or to miss by a little.

use super::ACCOUNT;
use super::context::Scene;
use super::policy::Kind;
use super::rng::Rng;

const SCHEDULE: [&str; 8] = [
    "kms:ScheduleKeyDeletion",
    "KMS:schedulekeydeletion",
    "kms:Schedule*",
    "kms:*Deletion",
    "kms:S*",
    "kms:ScheduleKeyDeletio?",
    "kms:Sch*Key*n",
    "kms:?chedule*??letion",
];
const CANCEL: [&str; 6] = [
    "kms:CancelKeyDeletion",
    "kms:cancelkeydeletion",
    "kms:Cancel*",
    "kms:C*",
    "kms:*KeyDeletion",
    "kms:Cancel?eyDeletion",
];
const WIDE: [&str; 3] = ["kms:*", "kms:*Key*", "KMS:*"];
const MISSES: [&str; 10] = [
    "kms:Delete*",
    "kms:ScheduleKeyDeletion?",
    "kms:ScheduleKeyDeletio",
    "kms:Cancel",
    "kms:DeleteKey",
    "kms:Encrypt",
    "kms:Get*",
    "s3:*",
    "iam:ScheduleKeyDeletion",
    "kms:TagResource",
];

/// The element's name and its entries, for an action that is meant to fit or not.
pub(super) fn actions(
    rng: &mut Rng,
    scene: &Scene,
    kind: Kind,
    fits: bool,
) -> (&'static str, Vec<String>) {
    let negated = kind.allows_not_action() && rng.chance(10);
    let first = if fits == negated {
        other_action(rng, scene, kind)
    } else {
        fitting_action(rng, scene, kind)
    };
    let mut entries = vec![first];
    while rng.chance(30) {
        entries.push(other_action(rng, scene, kind));
    }
    rng.shuffle(&mut entries);
    (if negated { "NotAction" } else { "Action" }, entries)
}

fn fitting_action(rng: &mut Rng, scene: &Scene, kind: Kind) -> String {
    if kind != Kind::Rcp && rng.chance(12) {
        return "*".to_owned();
    }
    if rng.chance(25) {
        return rng.text(&WIDE);
    }
    match scene.action.as_str() {
        "kms:ScheduleKeyDeletion" => rng.text(&SCHEDULE),
        "kms:CancelKeyDeletion" => rng.text(&CANCEL),
        other => other.to_owned(),
    }
}

/// An entry for another action than the request's.
fn other_action(rng: &mut Rng, scene: &Scene, kind: Kind) -> String {
    let entry = match scene.action.as_str() {
        "kms:ScheduleKeyDeletion" if rng.chance(25) => rng.text(&["kms:Cancel*", "kms:C*"]),
        "kms:CancelKeyDeletion" if rng.chance(25) => rng.text(&["kms:Schedule*", "kms:S*"]),
        _ => rng.text(&MISSES),
    };
    // RCPs know few services, and IAM is not among them.
    if kind == Kind::Rcp {
        entry.replace("iam:", "sqs:")
    } else {
        entry
    }
}

/// The element's name and its entries, for a resource that is meant to fit or not.
pub(super) fn resources(
    rng: &mut Rng,
    scene: &Scene,
    kind: Kind,
    effect: &str,
    fits: bool,
) -> (&'static str, Vec<String>) {
    if kind == Kind::Scp && effect == "Allow" {
        // An SCP's Allow knows no other resource.
        return ("Resource", vec!["*".to_owned()]);
    }
    let negated = rng.chance(8);
    let mut entries = if fits == negated {
        vec![missing_resource(rng, scene, kind)]
    } else {
        fitting_resources(rng, scene, kind)
    };
    while rng.chance(20) {
        entries.push(missing_resource(rng, scene, kind));
    }
    rng.shuffle(&mut entries);
    (if negated { "NotResource" } else { "Resource" }, entries)
}

/// For an action without a resource `*`, for one on an alias the alias too.
fn fitting_resources(rng: &mut Rng, scene: &Scene, kind: Kind) -> Vec<String> {
    if scene.is_about_nothing() && rng.chance(85) {
        return vec!["*".to_owned()];
    }
    let mut entries = vec![fitting_resource(rng, scene, kind)];
    if scene.is_about_alias() && rng.chance(80) {
        let region = scene.key_arn.split(':').nth(3).unwrap_or_default();
        let pattern = rng.text(&["*", "*", "?*", "alias-*", "prod", "*/*"]);
        entries.push(format!("arn:aws:kms:{region}:{ACCOUNT}:alias/{pattern}"));
    }
    entries
}

fn fitting_resource(rng: &mut Rng, scene: &Scene, kind: Kind) -> String {
    if rng.chance(if kind == Kind::Key { 75 } else { 35 }) {
        return "*".to_owned();
    }
    let arn = &scene.key_arn;
    let id = scene.key_id();
    let region = arn.split(':').nth(3).unwrap_or_default();
    match rng.between(0, 11) {
        0 | 1 => arn.clone(),
        2 | 3 => format!("arn:aws:kms:*:{ACCOUNT}:key/*"),
        4 => format!("arn:aws:kms:{region}:*:key/{id}"),
        5 => format!("arn:*:kms:{region}:{ACCOUNT}:*"),
        6 => format!("arn:aws:kms:*-*-?:{ACCOUNT}:key/*4*ab"),
        7 => format!("arn:aws:kms:{region}:11112222????:key/?*"),
        8 => format!("arn:aws:kms:{region}:{ACCOUNT}:key/${{aws:PrincipalTag/KeyId0}}"),
        9 => format!("arn:aws:kms:{region}:{ACCOUNT}:key/${{aws:PrincipalTag/None, '{id}'}}"),
        10 if kind.allows_short_arns() => "arn:aws:kms:*".to_owned(),
        11 if kind.allows_short_arns() => format!("arn:aws:kms:*:key/{id}"),
        _ => format!("arn:aws:kms:{region}:{ACCOUNT}:key*"),
    }
}

fn missing_resource(rng: &mut Rng, scene: &Scene, kind: Kind) -> String {
    let arn = &scene.key_arn;
    let id = scene.key_id();
    match rng.between(0, 10) {
        0 => arn.replace("1234abcd", "1234abce"),
        1 => arn.replace(ACCOUNT, "111122223334"),
        2 => format!("arn:aws:kms:ap-*:{ACCOUNT}:key/*"),
        3 => format!("arn:aws:kms:*:{ACCOUNT}:alias/*"),
        4 => format!("{arn}?"),
        5 => arn.replace(":key/", ":KEY/"),
        6 => format!("arn:aws:kms:*:{ACCOUNT}:key/${{aws:PrincipalTag/None}}"),
        7 => format!(
            "arn:aws:kms:us-*-?:{ACCOUNT}:key/{}x",
            id.replace("ab", "*")
        ),
        8 => format!("arn:aws:s3:*:{ACCOUNT}:key/{id}"),
        // A `*` before another character stays in its segment.
        _ if kind.allows_short_arns() => format!("arn:aws:kms:*3:key/{id}"),
        _ => format!("arn:aws-cn:kms:*:{ACCOUNT}:key/{id}"),
    }
}
