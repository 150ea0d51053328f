//! What a change does to permissions, as values.

use crate::access::{CaseSet, Decision, Decisions};
use crate::aws::{AccountId, KmsAction, PrincipalKind};

use super::ActionGroup;
use super::StackChange;

/// All that a change does; nothing where it does nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Keys, then policies, by name; only those whose permissions differ and those that one side
    /// does not have.
    pub subjects: Vec<ChangedSubject>,
    /// What becomes of keys that templates of AWS CloudFormation declared before the change.
    pub stacks: Vec<StackChange>,
}

/// What a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// A key.
    Key,
    /// A policy of people: what it gives to whoever has it, or takes from whom it limits.
    Policy,
}

/// Which sides have the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Both.
    Both,
    /// Only the side after the change.
    Added,
    /// Only the side before it.
    Removed,
}

/// One key or policy whose permissions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedSubject {
    /// What it is.
    pub kind: SubjectKind,
    /// Its ARN, id or path, as the side after the change calls it where it has it.
    pub subject: String,
    /// The key's account, where it is known; a policy has none.
    pub account: Option<AccountId>,
    /// Whether somebody may have imported the key's material: its origin is `EXTERNAL` or not known. Of a
    /// policy, whether one of the keys may.
    pub may_have_imported_material: bool,
    /// Which sides have it. Of a key whose key policy only one side has, only that side knows who
    /// can do what, so it counts as being on that side only.
    pub presence: Presence,
    /// What somebody gains or loses, by operation and then by principal.
    pub changes: Vec<Change>,
    /// Operations that somebody could do on one side and that nobody, or only perhaps somebody,
    /// can do on the other; of a control policy, a principal that it limits. Empty where only one side has
    /// the key, and where keys tell what the control policy leaves.
    pub standings: Vec<StandingChange>,
    /// Actions that this version does not know and of which the two sides do not say the same, by
    /// name. Who can do them is not known on either side.
    pub unknown: Vec<UnknownChange>,
}

/// What differs of an action that AWS may have added since this version was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownChange {
    /// Its name or a pattern, in lower case.
    pub action: String,
    /// Whether more may be allowed: a statement allows it that did not, or none denies it any more.
    pub gains: bool,
    /// Whether less may be allowed.
    pub loses: bool,
}

/// What one principal, or class of principals, gains or loses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Who.
    pub who: Who,
    /// Which operation.
    pub action: KmsAction,
    /// What it could do.
    pub before: EffectivePermission,
    /// What it can do.
    pub after: EffectivePermission,
    /// Cases that are allowed after the change under circumstances under which they were not
    /// before, or that cannot be shown not to be. Day counts for `ScheduleKeyDeletion`; for every
    /// other operation all or none.
    pub gains: CaseSet,
    /// Cases that were allowed before under circumstances under which they no longer are.
    pub loses: CaseSet,
}

/// For which cases somebody may do something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EffectivePermission {
    /// The decision for each case.
    pub decisions: Decisions,
    /// The condition keys on which the conditional ones hang, sorted.
    pub depends_on: Vec<String>,
    /// The conditions of the statements on which these hang, sorted.
    pub hangs_on: Vec<Hanging>,
}

/// A statement that a conditional permission depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hanging {
    /// Whether it takes the permission away where the conditions hold.
    pub denies: bool,
    /// What must hold; all of them.
    pub conditions: Vec<Requirement>,
}

impl Hanging {
    /// What must hold, each in words.
    pub fn in_words(&self) -> Vec<&str> {
        let conditions = self.conditions.iter();
        conditions.map(|of| of.text.as_str()).collect()
    }
}

/// One of the things that must hold for a statement to apply.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement {
    /// In words, for example `Bool aws:MultiFactorAuthPresent true`.
    pub text: String,
    /// Where it is that the caller is one of the principals that the statement names: these. Empty
    /// for every other requirement.
    pub principals: Vec<String>,
}

/// A principal or a class of principals.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who {
    /// Of what kind.
    pub kind: PrincipalKind,
    /// Its ARN, account id, service, id or placeholder; empty for a class without a name.
    pub name: String,
    /// What is said of it.
    pub way: Way,
}

/// By which policies a principal may do what is said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// By all policies that were loaded.
    Known,
    /// If its own policies, which were not loaded, allow it.
    OwnPolicies,
    /// If it has a permissions boundary, which is not known, whatever its own policies allow.
    Boundary,
}

/// An operation for which the best decision among all principals differs. Users and roles that the
/// account's IAM policies allow count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandingChange {
    /// The operation.
    pub action: KmsAction,
    /// The best decision that anybody had; [`Decision::ImplicitDeny`] where nobody could do it.
    pub before: Decision,
    /// The best decision that anybody has.
    pub after: Decision,
}

impl Difference {
    /// Whether permissions are the same and both sides have the same keys and policies.
    pub const fn is_empty(&self) -> bool {
        self.subjects.is_empty() && self.stacks.is_empty()
    }

    /// The difference of the change in the other direction, as far as permissions go.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let subjects = self.subjects.iter();
        Self {
            subjects: subjects.map(ChangedSubject::reversed).collect(),
            stacks: Vec::new(),
        }
    }
}

impl ChangedSubject {
    /// Whether the two sides do not say the same of it.
    pub(super) const fn differs(&self) -> bool {
        let is_on_both = matches!(self.presence, Presence::Both);
        !is_on_both || !self.changes.is_empty() || !self.unknown.is_empty()
    }

    /// What differs by either of two readings of the same policies.
    pub(super) fn or(&mut self, other: Self) {
        for change in other.changes {
            let of = |own: &&mut Change| own.action == change.action && own.who == change.who;
            match self.changes.iter_mut().find(of) {
                Some(own) => {
                    own.gains = own.gains | change.gains;
                    own.loses = own.loses | change.loses;
                }
                None => self.changes.push(change),
            }
        }
        self.changes
            .sort_by(|a, b| (a.action, &a.who).cmp(&(b.action, &b.who)));
        let is_said = |standing: &StandingChange| {
            let mut own = self.standings.iter();
            own.any(|own| own.action == standing.action)
        };
        let mut others = other.standings;
        others.retain(|standing| !is_said(standing));
        self.standings.append(&mut others);
        self.standings.sort_by_key(|standing| standing.action);
    }

    fn reversed(&self) -> Self {
        let changes = self.changes.iter().map(|change| Change {
            before: change.after.clone(),
            after: change.before.clone(),
            gains: change.loses,
            loses: change.gains,
            ..change.clone()
        });
        let standings = self.standings.iter().map(|standing| StandingChange {
            before: standing.after,
            after: standing.before,
            ..*standing
        });
        let unknown = self.unknown.iter().map(|unknown| UnknownChange {
            gains: unknown.loses,
            loses: unknown.gains,
            ..unknown.clone()
        });
        Self {
            presence: match self.presence {
                Presence::Both => Presence::Both,
                Presence::Added => Presence::Removed,
                Presence::Removed => Presence::Added,
            },
            changes: changes.collect(),
            standings: standings.collect(),
            unknown: unknown.collect(),
            ..self.clone()
        }
    }
}

impl Change {
    /// Which question it answers.
    pub fn question(&self) -> ActionGroup {
        ActionGroup::of(self.action)
    }
}

impl EffectivePermission {
    /// What either of two callers may do.
    pub(super) fn or(&mut self, other: Self) {
        self.decisions = self.decisions.or(other.decisions);
        self.depends_on.extend(other.depends_on);
        self.depends_on.sort();
        self.depends_on.dedup();
        self.hangs_on.extend(other.hangs_on);
        self.hangs_on.sort();
        self.hangs_on.dedup();
    }
}
