//! What else a principal can do that can schedule deletion.

use crate::aws::{ActionSet, KmsAction, RECOMMENDED_BESIDE_DELETION, TELLING_USE};

use super::holder::Companions;
use super::named::NamedPrincipal;
use super::questions::KeyQuestions;

impl<'a> KeyQuestions<'a> {
    /// What else a user or role can do that can schedule deletion; of others it is not asked.
    pub(super) fn companions(&self, named: &NamedPrincipal<'a>, action: KmsAction) -> Companions {
        if action != KmsAction::ScheduleKeyDeletion || !named.kind.is_one() {
            return Companions::default();
        }
        let recommended = RECOMMENDED_BESIDE_DELETION.into_iter();
        let lacks: ActionSet = recommended
            .filter(|action| !self.can(named, *action))
            .collect();
        let mut uses = TELLING_USE.into_iter();
        Companions {
            uses: uses.find(|action| self.can(named, *action)),
            lacks: (!lacks.is_empty()).then_some(lacks),
        }
    }

    /// Whether the principal surely or perhaps can do it.
    fn can(&self, named: &NamedPrincipal<'a>, action: KmsAction) -> bool {
        // Most statements of a long policy name somebody else.
        let nobody = || {
            let mut granting = self.possibly_granting(action);
            let is_somebody = granting.any(|(_, statement)| self.may_name(statement, named));
            (!is_somebody).then_some(false)
        };
        self.shortcut(nobody)
            .unwrap_or_else(|| self.permitted(named, action).is_some())
    }
}
