//! Which key is meant: a key id or key ARN, held against the keys that the files describe.

use crate::aws::{AccountId, Arn, KeyArn, KeyArnError};
use crate::inventory::{Evidence, EvidenceType, Inventory, Key, Provenance};

use super::key::TargetKey;
use super::reference::{ALIASES, SCHEDULE};
use super::verdict::{Reason, Severity, Topic};
use super::{PreflightError, Question};

/// What a text for a key came to.
#[derive(Debug)]
pub(super) enum Found {
    /// A key, and what is to be said of how it was found.
    Key(Box<TargetKey>, Vec<Reason>),
    /// KMS would refuse the request, or would mean another key.
    Refused(Option<Box<TargetKey>>, Reason),
}

/// Where the key of a question is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyGiven {
    /// On the command line.
    CommandLine,
    /// In a file, as the `KeyId` of a planned request.
    Plan,
}

impl KeyGiven {
    /// How to give another key.
    fn instead(self, key: &str) -> String {
        match self {
            Self::CommandLine => format!("call again with `--key {key}`"),
            Self::Plan => format!("write into `KeyId` `{key}`"),
        }
    }
}

/// Finds the key.
pub(super) fn find(
    question: &Question,
    given: KeyGiven,
    inventory: &Inventory,
) -> Result<Found, PreflightError> {
    let text = question.key.as_str();
    if text.starts_with("alias/") {
        return Ok(alias(question, given, inventory));
    }
    if text.starts_with("arn:") {
        return match KeyArn::parse(text) {
            Ok(arn) => by_arn(&arn, given, inventory),
            Err(KeyArnError::AliasArn(_)) => Ok(alias(question, given, inventory)),
            Err(error) => Err(PreflightError::not_a_key(&error)),
        };
    }
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if text.is_empty() || !text.bytes().all(is_id) {
        return Err(PreflightError::NotAKey {
            message: format!("`{text}` is no key id"),
            help: "give the key id or the key ARN, as `aws kms describe-key` shows them",
        });
    }
    by_id(text, inventory)
}

/// Without the ARN neither Region nor account is confirmed, and a call may mean another key.
pub(super) fn place_not_known(subject: &TargetKey) -> Option<Reason> {
    if subject.arn.is_some() {
        return None;
    }
    let text = "no file and no argument says the key's ARN, so its Region is not known";
    let id = "region-not-known";
    let found = Reason::new(Severity::Caution, Topic::Request, id, SCHEDULE, text);
    Some(found.help("give the key ARN").at(subject.key.at))
}

fn refusal(id: &'static str, sentence: String) -> Reason {
    Reason::new(Severity::Stop, Topic::Request, id, SCHEDULE, sentence)
}

/// `ScheduleKeyDeletion` and `CancelKeyDeletion` take no alias.
fn alias(question: &Question, given: KeyGiven, inventory: &Inventory) -> Found {
    let text = question.key.as_str();
    let arn = Arn::parse(text);
    let name = arn.map_or(text, |arn| arn.resource);
    let has = |key: &&Key| {
        let aliases = key.metadata.aliases.iter().flat_map(|found| &found.value);
        let in_place = key.arn.as_ref().is_none_or(|own| {
            arn.is_none_or(|arn| {
                arn.region == own.region() && arn.account == own.account().as_str()
            })
        });
        in_place && aliases.into_iter().any(|alias| alias == name)
    };
    let keys: Vec<&Key> = inventory.keys.iter().filter(has).collect();
    let call = question.operation.call().unwrap_or("this check");
    let target = match keys.as_slice() {
        [] => "no file says which key it points to".to_owned(),
        keys => {
            let names: Vec<_> = keys.iter().map(|key| format!("`{}`", key.name)).collect();
            format!("it points to {}", names.join(" and "))
        }
    };
    let mut reason = refusal(
        "alias-given",
        format!("`{text}` is an alias, and {call} takes a key id or key ARN; {target}"),
    );
    reason.reference = ALIASES;
    let subject = match keys.as_slice() {
        [key] => {
            let at = key.metadata.aliases.as_ref().map(|aliases| aliases.at);
            reason = reason.at(at).help(given.instead(&key.name));
            Some(Box::new(TargetKey::new(key, None)))
        }
        _ => None,
    };
    Found::Refused(subject, reason)
}

fn by_arn(arn: &KeyArn, given: KeyGiven, inventory: &Inventory) -> Result<Found, PreflightError> {
    let subjects = subjects(inventory);
    let exact = subjects.iter().filter(|key| key.arn.as_ref() == Some(arn));
    match exact.collect::<Vec<_>>().as_slice() {
        [] => {}
        [key] => return Ok(with_only_policy(key, &subjects, inventory)),
        _ => return Ok(several(arn.as_str())),
    }
    let same_id: Vec<_> = subjects
        .iter()
        .filter(|key| key.id.as_deref() == Some(arn.key_id()))
        .collect();
    let without_arn = same_id.iter().filter(|key| key.arn.is_none());
    if let [key] = without_arn.collect::<Vec<_>>().as_slice() {
        return Ok(confirmed(key, arn));
    }
    let is_related = subjects.iter().any(|key| key.names_as_related(arn));
    if let ([other, ..], false) = (same_id.as_slice(), is_related) {
        return Ok(Found::Refused(None, elsewhere(arn, given, other)));
    }
    assumed(Some(arn), &subjects, inventory)
        .ok_or_else(|| PreflightError::not_described(arn.as_str()))
}

/// The key is there with its id only: what else is known must not contradict the ARN.
fn confirmed(key: &TargetKey, arn: &KeyArn) -> Found {
    if let Some(account) = key.account
        && account != arn.account()
    {
        let sentence = wrong_account(arn, account);
        return Found::Refused(None, refusal("wrong-account", sentence));
    }
    let reason = Reason::new(
        Severity::Caution,
        Topic::Request,
        "region-not-confirmed",
        SCHEDULE,
        format!(
            "the files know the key by its id only, so that `{}` is its Region is not confirmed",
            arn.region()
        ),
    );
    let subject = TargetKey::new(&key.key, Some(arn.clone()));
    Found::Key(Box::new(subject), vec![reason.at(key.key.at)])
}

fn wrong_account(arn: &KeyArn, account: AccountId) -> String {
    format!(
        "`{arn}` names account {}, and the key with this id belongs to {account}",
        arn.account()
    )
}

/// The id is that of a key in another place.
fn elsewhere(arn: &KeyArn, given: KeyGiven, other: &TargetKey) -> Reason {
    let at = Some(other.key.at);
    let Some(own) = other.arn.as_ref() else {
        return refusal("wrong-key", format!("`{arn}` is none of the keys here")).at(at);
    };
    let reason = if own.account() != arn.account() {
        refusal("wrong-account", wrong_account(arn, own.account()))
    } else if own.region() == arn.region() {
        refusal(
            "wrong-partition",
            format!("`{arn}` names another partition than the key, `{own}`"),
        )
    } else {
        refusal(
            "wrong-region",
            format!(
                "`{arn}` names Region `{}`, and the key with this id is in `{}`",
                arn.region(),
                own.region()
            ),
        )
    };
    let instead = given.instead(own.as_str());
    reason
        .at(at)
        .help(format!("{instead} if that key is meant"))
}

fn by_id(id: &str, inventory: &Inventory) -> Result<Found, PreflightError> {
    let subjects = subjects(inventory);
    let same = subjects.iter().filter(|key| key.id.as_deref() == Some(id));
    match same.collect::<Vec<_>>().as_slice() {
        [key] => Ok(with_only_policy(key, &subjects, inventory)),
        [] => {
            let by_alias = format!("alias/{id}");
            let has = |key: &&TargetKey| key.aliases().any(|alias| alias == by_alias);
            if let Some(key) = subjects.iter().find(has) {
                let sentence = format!(
                    "`{id}` is no key id here; `{by_alias}` is an alias of `{}`",
                    key.name()
                );
                return Ok(Found::Refused(None, refusal("alias-given", sentence)));
            }
            assumed(None, &subjects, inventory).ok_or_else(|| PreflightError::not_described(id))
        }
        [first, rest @ ..] => {
            if rest.iter().any(|key| key.arn == first.arn) {
                return Ok(several(id));
            }
            let names: Vec<_> = std::iter::once(first)
                .chain(rest)
                .map(|key| format!("`{}`", key.name()))
                .collect();
            let reason = refusal(
                "key-ambiguous",
                format!(
                    "`{id}` is the id of {} keys: {}",
                    names.len(),
                    names.join(", ")
                ),
            );
            let help = "give the key ARN: with the id alone KMS takes the key of the Region that is called";
            Ok(Found::Refused(None, reason.help(help)))
        }
    }
}

fn several(text: &str) -> Found {
    let sentence = format!(
        "several key policies are said to be that of `{text}`, and which is in force is not known"
    );
    Found::Refused(None, refusal("several-key-policies", sentence))
}

/// The only key policy here, where nothing is said of whose it is.
fn assumed(arn: Option<&KeyArn>, subjects: &[TargetKey], inventory: &Inventory) -> Option<Found> {
    let only = only_policy(subjects, inventory)?;
    let contradicts = arn.is_some_and(|arn| only.account.is_some_and(|own| own != arn.account()));
    (!contradicts).then(|| {
        let subject = TargetKey::new(&only.key, arn.cloned());
        Found::Key(Box::new(subject), vec![policy_assumed(only)])
    })
}

/// A key of which CloudTrail alone tells, with the only key policy here.
fn with_only_policy(key: &TargetKey, subjects: &[TargetKey], inventory: &Inventory) -> Found {
    let mut subject = key.clone();
    let only = only_policy(subjects, inventory).filter(|_| is_only_recorded(key, inventory));
    let only = only.filter(|only| only.account.is_none_or(|own| key.account == Some(own)));
    let reasons = only.map(|only| {
        subject.key.policy.clone_from(&only.key.policy);
        policy_assumed(only)
    });
    Found::Key(Box::new(subject), reasons.into_iter().collect())
}

/// Whether no other file tells of the key than CloudTrail's.
fn is_only_recorded(key: &TargetKey, inventory: &Inventory) -> bool {
    let is_trail = |of: &Evidence| of.kind == EvidenceType::CloudTrail;
    let mut trails = inventory.evidence.iter().filter(|of| is_trail(of));
    trails.any(|of| of.source == key.key.at.source)
}

/// The only key of which anything is told but by CloudTrail, where that is a key policy alone.
fn only_policy<'s>(subjects: &'s [TargetKey], inventory: &Inventory) -> Option<&'s TargetKey> {
    let mut others = subjects
        .iter()
        .filter(|key| !is_only_recorded(key, inventory));
    let only = others.next()?;
    let is_bare = only.id.is_none() && only.key.policy.is_some();
    (is_bare && others.next().is_none()).then_some(only)
}

fn policy_assumed(only: &TargetKey) -> Reason {
    Reason::new(
        Severity::Caution,
        Topic::Request,
        "key-policy-assumed",
        SCHEDULE,
        format!(
            "no file describes the key; the only key policy here, `{}`, is taken to be its own",
            only.key.name
        ),
    )
    .at(only.key.at)
    .help("add the output of `aws kms describe-key` for the key")
}

/// Every key once: what AWS said of a key counts before what a plan says of it, which fills in the rest.
fn subjects(inventory: &Inventory) -> Vec<TargetKey> {
    let is_planned = |key: &&Key| key.provenance == Provenance::Planned;
    let (planned, others): (Vec<_>, Vec<_>) = inventory.keys.iter().partition(is_planned);
    let mut subjects: Vec<_> = others
        .into_iter()
        .map(|key| TargetKey::new(key, None))
        .collect();
    for key in planned {
        let same = |of: &&mut TargetKey| of.arn.is_some() && of.arn == key.arn;
        match subjects.iter_mut().find(same) {
            Some(known) if known.key.provenance != Provenance::Planned => known.fill_in(key),
            _ => subjects.push(TargetKey::new(key, None)),
        }
    }
    subjects
}
