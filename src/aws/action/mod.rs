//! The KMS actions that a policy can name, and what AWS says about each.

use std::fmt;

use serde::{Serialize, Serializer};

use super::nearest::nearest as nearest_name;

/// Declares [`KmsAction`] from the rows of the table.
macro_rules! kms_actions {
    ($(
        $(#[$doc:meta])*
        $name:ident: $level:ident, $resource:ident, $purpose:ident, $scope:ident, $grant:ident,
        [$($key:literal,)*];
    )+) => {
        /// One KMS action, in alphabetical order.
        ///
        /// Source: Service Authorization Reference, `list_kms`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum KmsAction {
            $($(#[$doc])* $name,)+
        }

        impl KmsAction {
            /// Every action, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the name without the service, such as `ScheduleKeyDeletion`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }

            /// Returns the name as a policy spells it, such as `kms:ScheduleKeyDeletion`.
            pub const fn qualified(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("kms:", stringify!($name)),)+
                }
            }

            /// Returns the action's row.
            pub(super) const fn record(self) -> &'static ActionRecord {
                match self {
                    $(Self::$name => &ActionRecord {
                        access_level: AccessLevel::$level,
                        resource_level: ResourceLevel::$resource,
                        purpose: Purpose::$purpose,
                        account_scope: AccountScope::$scope,
                        grantability: Grantability::$grant,
                        condition_keys: &[$($key),*],
                    },)+
                }
            }
        }
    };
}

mod groups;
mod set;
mod table;
mod unknown;

pub use groups::{
    CONTROL, CRITICAL, EVERY, RECOMMENDED_BESIDE_DELETION, RECOMMENDED_BY_NEED,
    SAME_HARM_AS_DELETION, TELLING_USE, USE, VITAL, WATCHED,
};
pub use set::{ActionSet, ActionSetIter};
pub use table::KmsAction;
pub use unknown::{may_be_newer, meant, why_unknown};

/// The actions whose names begin with each letter from A: every action of every policy is looked up.
const BY_LETTER: [&[KmsAction]; 26] = {
    let mut letters: [&[KmsAction]; 26] = [&[]; 26];
    let mut left: &mut [&[KmsAction]] = &mut letters;
    let mut letter = b'A';
    let mut rest = KmsAction::ALL;
    // INVARIANT: the table is in the order of its names.
    while let Some((place, others)) = left.split_first_mut() {
        let mut length = 0;
        while length < rest.len() && begins_with(rest.split_at(length).1, letter) {
            length += 1;
        }
        (*place, rest) = rest.split_at(length);
        left = others;
        letter += 1;
    }
    letters
};

/// Whether the name of the first of these actions begins with the letter.
const fn begins_with(actions: &[KmsAction], letter: u8) -> bool {
    match actions.first() {
        Some(action) => matches!(action.name().as_bytes().first(), Some(first) if *first == letter),
        None => false,
    }
}

/// A row of the table.
struct ActionRecord {
    access_level: AccessLevel,
    resource_level: ResourceLevel,
    purpose: Purpose,
    account_scope: AccountScope,
    grantability: Grantability,
    condition_keys: &'static [&'static str],
}

/// How AWS classes an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum AccessLevel {
    /// Sees that resources exist.
    List,
    /// Sees what is in them.
    Read,
    /// Changes tags.
    Tagging,
    /// Makes, changes, deletes or uses resources; KMS counts cryptography here.
    Write,
    /// Changes who may do what.
    #[serde(rename = "Permissions management")]
    PermissionsManagement,
}

/// Which resources of an IAM policy statement an action is checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ResourceLevel {
    /// A key ARN.
    Key,
    /// A key ARN and an alias ARN, each checked on its own.
    KeyAndAlias,
    /// Only `*`: a statement that names ARNs never covers it.
    None,
}

impl ResourceLevel {
    /// Says whether the action is checked against a key.
    pub const fn has_key(self) -> bool {
        matches!(self, Self::Key | Self::KeyAndAlias)
    }

    /// Says whether the action is checked against an alias.
    pub const fn has_alias(self) -> bool {
        matches!(self, Self::KeyAndAlias)
    }
}

/// What an action does to a key's life; our grouping, not AWS's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Purpose {
    /// Destroys, disables or takes out of reach.
    Destroy,
    /// Undoes that.
    Recover,
    /// Changes who may do what.
    PermissionsManagement,
    /// Changes tags.
    Tagging,
    /// Makes, replicates, rotates or describes.
    Create,
    /// Uses key material.
    Crypto,
    /// Looks only.
    Read,
}

/// Whether an action can reach a key of another account.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AccountScope {
    CrossAccount,
    SameAccount,
}

/// Whether a KMS grant can hold an action.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grantability {
    Grantable,
    NotGrantable,
}

impl KmsAction {
    /// Returns the action of this name, with or without `kms:`, upper and lower case alike.
    ///
    /// Source: IAM user guide, `reference_policies_elements_action` (case is ignored).
    pub fn from_name(text: &str) -> Option<Self> {
        Self::from_bare_name(without_service(text))
    }

    /// Returns the action of this name without `kms:`, upper and lower case alike.
    pub fn from_bare_name(name: &str) -> Option<Self> {
        let fits = |action: &&Self| {
            let own = action.name();
            own.len() == name.len() && own.eq_ignore_ascii_case(name)
        };
        Self::with_letter(*name.as_bytes().first()?)
            .iter()
            .find(fits)
            .copied()
    }

    /// Returns the actions whose names begin so, upper and lower case alike, in alphabetical order.
    pub fn with_head(head: &str) -> &'static [Self] {
        let Some(letter) = head.as_bytes().first() else {
            return Self::ALL;
        };
        let begins = |action: &Self| {
            let start = action.name().get(..head.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(head))
        };
        let same = Self::with_letter(*letter);
        let first = same.iter().position(begins).unwrap_or(same.len());
        let from = same.get(first..).unwrap_or_default();
        from.get(..from.partition_point(begins)).unwrap_or_default()
    }

    /// Returns the actions whose names begin with this letter.
    fn with_letter(letter: u8) -> &'static [Self] {
        let place = letter.to_ascii_uppercase().checked_sub(b'A');
        let same = place.and_then(|place| BY_LETTER.get(usize::from(place)));
        same.copied().unwrap_or_default()
    }

    /// Returns AWS's access level.
    pub const fn access_level(self) -> AccessLevel {
        self.record().access_level
    }

    /// Returns which resources a statement must cover.
    pub const fn resource_level(self) -> ResourceLevel {
        self.record().resource_level
    }

    /// Returns what the action does to a key's life.
    pub const fn purpose(self) -> Purpose {
        self.record().purpose
    }

    /// Says whether a caller may use the action on a key of another account.
    ///
    /// Where this is false, no policy can make it work. Source: API reference, "Cross-account use".
    pub const fn cross_account_possible(self) -> bool {
        matches!(self.record().account_scope, AccountScope::CrossAccount)
    }

    /// Says whether a KMS grant can give the action.
    ///
    /// Source: API reference, `GrantOperation`; never deletion, disabling or key policies.
    pub const fn grantable(self) -> bool {
        matches!(self.record().grantability, Grantability::Grantable)
    }

    /// Says whether the action uses the key's material: the cryptographic operations, but for
    /// `GenerateRandom`, which uses no key. `GetKeyLastUsage` tracks just these.
    ///
    /// Source: API reference, `KeyLastUsageData` and `GetKeyLastUsage`.
    pub const fn uses_key(self) -> bool {
        matches!(self.purpose(), Purpose::Crypto) && self.resource_level().has_key()
    }

    /// Returns the condition keys of the action itself, beside those of the key it acts on.
    ///
    /// A name that ends in `/`, `:` or `PCR` stands for all that begin with it.
    pub const fn condition_keys(self) -> &'static [&'static str] {
        self.record().condition_keys
    }
}

/// Returns the action that a misspelt name most likely means, with or without `kms:`.
pub fn nearest(text: &str) -> Option<KmsAction> {
    let names = KmsAction::ALL.iter().map(|action| action.name());
    nearest_name(without_service(text), names).and_then(KmsAction::from_name)
}

/// What KMS does by itself and records under a name that no action has, none of it a use.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html>
const SERVICE_EVENTS: [&str; 3] = ["DeleteExpiredKeyMaterial", "DeleteKey", "RotateKey"];

/// The operation that needs two permissions, each of another name.
const RE_ENCRYPT: &str = "ReEncrypt";

/// Says whether an event of KMS with this name may be a use of the key that it names. An operation
/// that is not known here may be one that AWS has added since.
pub fn event_may_be_use(name: &str) -> bool {
    match KmsAction::from_bare_name(name) {
        Some(action) => action.uses_key(),
        None => !SERVICE_EVENTS.contains(&name),
    }
}

/// Says whether it is known what an event of KMS with this name is about.
pub fn is_known_event(name: &str) -> bool {
    let others = SERVICE_EVENTS.into_iter().chain([RE_ENCRYPT]);
    KmsAction::from_bare_name(name).is_some() || others.into_iter().any(|other| other == name)
}

fn without_service(text: &str) -> &str {
    match (text.get(..4), text.get(4..)) {
        (Some(service), Some(name)) if service.eq_ignore_ascii_case("kms:") => name,
        _ => text,
    }
}

impl fmt::Display for KmsAction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.qualified())
    }
}

impl Serialize for KmsAction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A unit variant, so that a serializer can keep the name without copying it.
        serializer.serialize_unit_variant("KmsAction", *self as u32, self.qualified())
    }
}

#[cfg(test)]
mod tests;
