//! Actions of which a set of policies says the same: one answer is that of all of them.
//!
//! Two actions differ where a statement is about one of them only, where a condition key that is tested
//! may be there for one only, and in what AWS says of them: on what they act, and whether another
//! account may call them.

use std::collections::BTreeSet;

use crate::aws::condition_key;
use crate::aws::{ActionSet, KmsAction, Presence, PrincipalKind};
use crate::policy::{ActionElement, PolicyDocument};

/// The kinds of callers that decide which condition keys there are.
const CALLERS: [PrincipalKind; 6] = [
    PrincipalKind::User,
    PrincipalKind::Role,
    PrincipalKind::FederatedUser,
    PrincipalKind::Root,
    PrincipalKind::Service,
    PrincipalKind::Anonymous,
];

/// Actions in classes; in each class, policies that were looked at say the same of all.
#[derive(Clone, Debug)]
pub(super) struct ActionClasses {
    classes: Vec<ActionSet>,
    /// The condition keys that were looked at, in lower case.
    keys: BTreeSet<String>,
}

impl Default for ActionClasses {
    /// The classes where there is no policy.
    fn default() -> Self {
        let mut all = Self {
            classes: vec![ActionSet::ALL],
            keys: BTreeSet::new(),
        };
        all.split(KmsAction::cross_account_possible);
        all.split(|action| action.resource_level().has_key());
        all.split(|action| action.resource_level().has_alias());
        // Only these have a day count, and are spared by resource control policies.
        all.split(|action| action == KmsAction::ScheduleKeyDeletion);
        all.split(|action| action == KmsAction::RetireGrant);
        // Its rules on use without a waiting period are about these two:
        // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
        all.split(|action| action == KmsAction::DisableKey);
        all
    }
}

impl ActionClasses {
    /// Looks at a policy.
    pub(super) fn add(&mut self, document: &PolicyDocument) {
        for statement in &document.statements {
            if let Some(element) = &statement.action {
                self.split_by(element);
            }
            for condition in &statement.conditions {
                let key = condition.key.value.to_ascii_lowercase();
                if !self.keys.contains(&key) {
                    self.split_by_presence(&key);
                    self.keys.insert(key);
                }
            }
        }
    }

    fn split_by(&mut self, element: &ActionElement) {
        let covered = element.covered();
        self.split(|action| covered.contains(action));
        self.split(|action| element.is_doubtful(action));
    }

    fn split_by_presence(&mut self, key: &str) {
        let Some(known) = condition_key::find(key) else {
            return;
        };
        for caller in CALLERS {
            let presence = |action| known.presence(action, caller);
            self.split(|action| presence(action) == Presence::Always);
            self.split(|action| presence(action) == Presence::Never);
        }
    }

    /// Parts every class into those for which `is` holds and the others.
    fn split(&mut self, is: impl Fn(KmsAction) -> bool) {
        let mut classes = Vec::with_capacity(self.classes.len());
        for class in &self.classes {
            let these: ActionSet = class.iter().filter(|action| is(*action)).collect();
            let others = class.difference(these);
            classes.extend(
                [these, others]
                    .into_iter()
                    .filter(|class| !class.is_empty()),
            );
        }
        self.classes = classes;
    }

    /// Parts every class into those in the set and the others.
    pub(super) fn split_by_set(&mut self, set: ActionSet) {
        self.split(|action| set.contains(action));
    }

    /// The classes of these actions.
    pub(super) fn of(&self, actions: ActionSet) -> impl Iterator<Item = ActionSet> {
        let classes = self.classes.iter();
        let classes = classes.map(move |class| class.intersection(actions));
        classes.filter(|class| !class.is_empty())
    }
}
