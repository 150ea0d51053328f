//! A principal that is not among the users and roles of its account that were loaded.

use crate::access::Caller;
use crate::aws::{AccountId, Arn, PrincipalKind, nearest};
use crate::inventory::{Inventory, Principal};

use super::reference::EVALUATION;
use super::verdict::{Reason, Severity, Topic};

/// How to get the listing.
const LISTING: &str = "`aws iam get-account-authorization-details`";

/// That nothing is known of the principal's policies, and why: its account was not listed, or the
/// listing has nobody of that name.
pub(super) fn not_loaded(caller: &Caller, inventory: &Inventory) -> Reason {
    Wanted::new(caller)
        .and_then(|wanted| wanted.not_listed(inventory))
        .unwrap_or_else(|| {
            let sentence = format!(
                "the policies of `{}` are in no file: they may allow it, and they may deny it",
                caller.as_str()
            );
            reason("principal-not-loaded", sentence).help(format!("add the output of {LISTING}"))
        })
}

fn reason(id: &'static str, sentence: String) -> Reason {
    Reason::new(
        Severity::Caution,
        Topic::Permission,
        id,
        EVALUATION,
        sentence,
    )
}

/// A user or role as its ARN or that of its session names it.
struct Wanted<'a> {
    account: AccountId,
    kind: PrincipalKind,
    /// Without the path.
    name: &'a str,
    /// Of a session.
    session: Option<&'a str>,
    partition: &'a str,
}

impl<'a> Wanted<'a> {
    fn new(caller: &'a Caller) -> Option<Self> {
        let arn = Arn::parse(caller.as_str())?;
        let (kind, name) = arn.resource.split_once('/')?;
        let (kind, name, session) = match kind {
            "user" => (PrincipalKind::User, name, None),
            "role" => (PrincipalKind::Role, name, None),
            "assumed-role" => {
                let (role, session) = name.split_once('/')?;
                (PrincipalKind::Role, role, Some(session))
            }
            _ => return None,
        };
        Some(Self {
            account: caller.account()?,
            kind,
            name: name.rsplit('/').next()?,
            session,
            partition: arn.partition,
        })
    }

    /// What is to be said where the account's users and roles were loaded. Every account has roles
    /// that AWS made, so one without any was loaded in part.
    fn not_listed(&self, inventory: &Inventory) -> Option<Reason> {
        let of = |kind| {
            let all = inventory.principals.iter().map(|principal| &**principal);
            let listed = all.filter(|other| !other.is_declared);
            listed.filter(move |other| other.account == self.account && other.kind == kind)
        };
        of(PrincipalKind::Role).next()?;
        let word = word(self.kind);
        let none = if of(self.kind).next().is_none() {
            format!(", and no {word} at all")
        } else {
            String::new()
        };
        let sentence = format!(
            "the listing of account {} has no {word} `{}`{none}",
            self.account, self.name
        );
        let found = reason("principal-not-listed", sentence);
        let others = || of(PrincipalKind::User).chain(of(PrincipalKind::Role));
        let same = |other: &&Principal| other.name.eq_ignore_ascii_case(self.name);
        let near = of(self.kind).find(same).or_else(|| {
            let names = of(self.kind).map(|other| other.name.as_str());
            let name = nearest(self.name, names);
            let near = name.and_then(|name| of(self.kind).find(|other| other.name == name));
            near.or_else(|| others().find(same))
        });
        let anew = format!(
            "if the {word} is newer than the listing, add the output of {LISTING} again, without `--filter`"
        );
        Some(match near {
            Some(near) => found
                .help(format!("did you mean `{}`? {anew}", self.instead(near)))
                .at(near.at()),
            None => found.help(anew),
        })
    }

    /// The ARN that was probably meant.
    fn instead(&self, near: &Principal) -> String {
        match self.session.filter(|_| near.kind == PrincipalKind::Role) {
            Some(session) => format!(
                "arn:{}:sts::{}:assumed-role/{}/{session}",
                self.partition, self.account, near.name
            ),
            None => near.arn.value.clone(),
        }
    }
}

const fn word(kind: PrincipalKind) -> &'static str {
    if matches!(kind, PrincipalKind::User) {
        "user"
    } else {
        "role"
    }
}
