//! The principal that stands in for a placeholder.
//!
//! A principal with a placeholder becomes one principal of the key's account that no other text of the
//! policy names: `arn:aws:iam::${account_id}:role/KeyAdmin` the role of that name, `${admin_arn}` a role
//! of its own, `arn:aws:iam::${account_id}:root` the account.

use std::ops::Range;

use crate::aws::{AccountId, Arn};
use crate::policy::{PrincipalEntry, PrincipalType, Reason, Segment, Text, UnknownPart, Value};

/// What a placeholder most likely names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StandsFor {
    Account,
    User,
    Role,
}

/// What the text of a principal stands for. Of a whole placeholder its name tells: `${account_id}`,
/// `${admin_user_arn}`; what does not tell is a role.
/// One of several may be anybody, whatever they are called.
pub(super) fn stands_for(written: &Value) -> StandsFor {
    if written.alternatives().len() > 1 {
        return StandsFor::Role;
    }
    let kind = match Parts::of(written) {
        Some(parts) if parts.resource == "root" => return StandsFor::Account,
        Some(parts) => parts.resource,
        None => written,
    };
    let name = kind.to_ascii_lowercase();
    let names = |word: &str| name.contains(word);
    if name.starts_with("role/") || name.starts_with("assumed-role/") {
        StandsFor::Role
    } else if name.starts_with("user/") {
        StandsFor::User
    } else if names("role") {
        StandsFor::Role
    } else if names("root") || names("account") || names("acct") {
        StandsFor::Account
    } else if names("user") {
        StandsFor::User
    } else {
        StandsFor::Role
    }
}

/// The parts of an ARN that say who is named; colons inside of what is not known part nothing.
struct Parts<'v> {
    partition: &'v str,
    account: &'v str,
    resource: &'v str,
    /// Where they stand in the text.
    places: [Range<usize>; 6],
}

impl<'v> Parts<'v> {
    fn of(written: &'v Value) -> Option<Self> {
        let text = written.as_str();
        let unknown = written.unknown_places();
        let is_inside = |at: &usize| unknown.iter().any(|place| place.contains(at));
        let mut colons = memchr::memchr_iter(b':', text.as_bytes()).filter(|at| !is_inside(at));
        let mut places = [const { 0..0 }; 6];
        let mut start = 0_usize;
        for place in places.iter_mut().take(5) {
            let colon = colons.next()?;
            *place = start..colon;
            start = colon.saturating_add(1);
        }
        if let Some(last) = places.last_mut() {
            *last = start..text.len();
        }
        let [arn, partition, _, _, account, resource] = places
            .each_ref()
            .map(|place| text.get(place.clone()).unwrap_or_default());
        (arn == "arn").then_some(Self {
            partition,
            account,
            resource,
            places,
        })
    }

    fn place_of_account(&self) -> Range<usize> {
        let [_, _, _, _, account, _] = &self.places;
        account.clone()
    }
}

/// A text that is put together of what is known and what is not.
#[derive(Default)]
pub(super) struct Writing {
    text: String,
    unknown: Vec<UnknownPart>,
}

impl Writing {
    pub(super) fn known(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn unknown(&mut self, text: &str, reason: Reason) {
        let start = self.text.len();
        self.text.push_str(text);
        let at = start..self.text.len();
        self.unknown.push(UnknownPart { at, reason });
    }

    pub(super) fn account(&mut self, account: AccountId) {
        if account.is_placeholder() {
            self.unknown(account.as_str(), Reason::Placeholder);
        } else {
            self.known(account.as_str());
        }
    }

    pub(super) fn value(self) -> Value {
        Value::with_unknown(&self.text, self.unknown)
    }
}

/// The principal of this account that stands in for a placeholder.
pub(super) fn stand_in(
    entry: &PrincipalEntry,
    account: AccountId,
    partition: &str,
) -> PrincipalEntry {
    let written = &entry.text().value;
    let value = if entry.principal_type() == PrincipalType::Service {
        service(written).into()
    } else {
        arn(written, account, partition)
    };
    PrincipalEntry::stand_in(entry.principal_type(), Text::new(value, entry.text().span))
}

/// A service that a template has yet to fill in, under a name that none has.
fn service(written: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = written.chars().map(plain).collect();
    format!("{name}.placeholder.amazonaws.com")
}

fn arn(written: &Value, account: AccountId, partition: &str) -> Value {
    let parts = Parts::of(written);
    let is_complete = |place: &Range<usize>| {
        let unknown = written.unknown_places();
        !unknown
            .iter()
            .any(|of| place.start <= of.start && of.end <= place.end)
    };
    let partition = match &parts {
        Some(parts) if is_complete(&parts.places[1]) => parts.partition,
        _ => partition,
    };
    let own = parts
        .as_ref()
        .and_then(|parts| AccountId::parse(parts.account));
    let account = own.unwrap_or(account);
    let resource = parts.as_ref().map_or(0, |parts| parts.places[5].start);
    let has_kind = |kind: &str| {
        let name = written.get(resource..);
        name.is_some_and(|name| name.starts_with(kind))
    };
    let (service, kind) = match stands_for(written) {
        StandsFor::Account => {
            let mut root = Writing::default();
            root.known(&format!("arn:{partition}:iam::"));
            root.account(account);
            root.known(":root");
            return root.value();
        }
        StandsFor::Role | StandsFor::User if has_kind("role/") || has_kind("user/") => ("iam", ""),
        StandsFor::Role if has_kind("assumed-role/") && Arn::parse(written).is_some() => {
            ("sts", "")
        }
        StandsFor::User => ("iam", "user/"),
        StandsFor::Role => ("iam", "role/"),
    };
    let mut arn = Writing::default();
    arn.known(&format!("arn:{partition}:{service}::"));
    arn.account(account);
    arn.known(&format!(":{kind}"));
    let mut at = 0_usize;
    for segment in written.segments() {
        let text = segment.written();
        let start = resource.saturating_sub(at).min(text.len());
        at = at.saturating_add(text.len());
        let here = text.get(start..).unwrap_or_default();
        match segment {
            _ if here.is_empty() => {}
            Segment::Known(_) => arn.known(here),
            // What AWS would take for a wildcard inside of a placeholder: `${admins[*]}`.
            Segment::Unknown(_, reason) => arn.unknown(&here.replace(['*', '?'], "_"), reason),
        }
    }
    arn.value()
}

/// The account that stands in the ARN as digits.
pub(super) fn literal_account(written: &Value) -> Option<AccountId> {
    AccountId::parse(Parts::of(written)?.account)
}

/// The placeholder that stands for the account, where it has a name: two `%s` need not be the same.
pub(super) fn account_token(written: &Value) -> Option<&str> {
    let place = match Parts::of(written) {
        Some(parts) => parts.place_of_account(),
        None if stands_for(written) == StandsFor::Account => 0..written.len(),
        None => return None,
    };
    let token = written.get(place.clone())?;
    let is_whole = written.unknown_places().contains(&place);
    let named = token.bytes().filter(u8::is_ascii_alphanumeric).count() > 1;
    (is_whole && named).then_some(token)
}
