//! What else a principal can do that can schedule deletion.

use crate::aws::{ActionSet, KmsAction, PrincipalKind, RECOMMENDED_BESIDE_DELETION, TELLING_USE};
use crate::policy::{PrincipalEntry, PrincipalForm};

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
            .filter(|action| !self.can(named, *action) || self.is_for_sessions(named, *action))
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
            let mut granting = self.possibly_granting_to(named, action).into_iter();
            let is_somebody = granting.any(|(_, statement)| self.may_name(statement, named));
            (!is_somebody).then_some(false)
        };
        self.shortcut(nobody)
            .unwrap_or_else(|| self.permitted(named, action).is_some())
    }

    /// Whether a role can do it in single sessions only, which the key policy names: every other
    /// session of the role lacks it.
    fn is_for_sessions(&self, named: &NamedPrincipal<'a>, action: KmsAction) -> bool {
        if named.kind != PrincipalKind::Role {
            return false;
        }
        let name = named.last_name();
        let (mut of_sessions, mut of_role) = (Vec::new(), Vec::new());
        for (index, statement) in self.possibly_granting_to(named, action) {
            let lists = |is: fn(&PrincipalEntry, &str) -> bool| {
                let element = statement.principal.iter().filter(|of| !of.negated);
                let mut entries = element.flat_map(|of| of.candidates(named.account, name));
                entries.any(|entry| is(entry, name))
            };
            let is_alone = lists(names_session) && !lists(may_name_role);
            if is_alone {
                &mut of_sessions
            } else {
                &mut of_role
            }
            .push(index);
        }
        !of_sessions.is_empty()
            && self.permitted(named, action).is_some_and(|found| {
                found.own.is_empty() && found.granting.is_disjoint(&of_role.into_iter().collect())
            })
    }
}

fn names_session(entry: &PrincipalEntry, role: &str) -> bool {
    matches!(entry.form(), PrincipalForm::AssumedRole(_, of, _) if of == role)
}

/// Whether the entry may be about each session of the role.
fn may_name_role(entry: &PrincipalEntry, role: &str) -> bool {
    match entry.form() {
        PrincipalForm::Everyone | PrincipalForm::Account(_) | PrincipalForm::UniqueId(_) => true,
        PrincipalForm::Role(_, path) => path.rsplit('/').next() == Some(role),
        _ => entry.is_placeholder(),
    }
}
