//! What else a principal can do that can schedule deletion.

use crate::aws::{ActionSet, KmsAction, PrincipalKind, RECOMMENDED_BESIDE_DELETION, TELLING_USE};
use crate::policy::{PrincipalEntry, PrincipalForm, Statement};

use super::holder::Companions;
use super::named::NamedPrincipal;
use super::questions::{Given, KeyQuestions};

impl<'a> KeyQuestions<'a> {
    /// What else a user or role can do that can schedule deletion; of others it is not asked.
    pub(super) fn companions(&self, named: &NamedPrincipal<'a>, action: KmsAction) -> Companions {
        if action != KmsAction::ScheduleKeyDeletion || !named.kind.is_one() {
            return Companions::default();
        }
        match self.shortcut(|| self.class(named)) {
            Some(class) => *class.companions.get_or_init(|| self.reached(named)),
            None => self.reached(named),
        }
    }

    fn reached(&self, named: &NamedPrincipal<'a>) -> Companions {
        let recommended = RECOMMENDED_BESIDE_DELETION.into_iter();
        let lacks: ActionSet = recommended
            .filter(|action| self.reach(named, *action) != Reach::Itself)
            .collect();
        let mut uses = TELLING_USE.into_iter();
        Companions {
            uses: uses.find(|action| self.reach(named, *action) != Reach::None),
            lacks: (!lacks.is_empty()).then_some(lacks),
        }
    }

    /// Whether the principal surely or perhaps can do it.
    fn reach(&self, named: &NamedPrincipal<'a>, action: KmsAction) -> Reach {
        if let Some(known) = self.shortcut(|| self.plain_reach(named, action)) {
            return known;
        }
        let possible = self.possibly_granting_to(named, action);
        match self.given(named, action) {
            None => Reach::None,
            Some(given) if is_for_sessions(named, &possible, &given) => Reach::Sessions,
            Some(_) => Reach::Itself,
        }
    }

    /// The same where it needs no evaluation.
    fn plain_reach(&self, named: &NamedPrincipal<'a>, action: KmsAction) -> Option<Reach> {
        // A session may come in by its role, a federated user by its user, and one that was loaded
        // by its account.
        let is_somebody = if named.kind.is_user_or_role() && self.loaded_of(named).is_none() {
            // Most statements of a long policy name somebody else.
            let mut naming = self.possibly_naming(named, action);
            naming.any(|of| of.may_name())
        } else {
            self.possibly_granting(action).next().is_some()
        };
        if !is_somebody {
            return Some(Reach::None);
        }
        self.unconditionally(named, action).map(|_| Reach::Itself)
    }
}

/// How a principal can do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Not at all.
    None,
    /// A role in single sessions only, which the key policy names: every other session lacks it.
    Sessions,
    /// In any session; a conditional decision counts.
    Itself,
}

/// Whether what gives an action to a role gives it to single sessions alone.
fn is_for_sessions(
    named: &NamedPrincipal<'_>,
    possible: &[(usize, &Statement)],
    given: &Given,
) -> bool {
    let name = named.last_name;
    let is_alone = |statement: &Statement| {
        let lists = |is: fn(&PrincipalEntry, &str) -> bool| {
            let element = statement.principal.iter().filter(|of| !of.negated);
            let mut entries = element.flat_map(|of| of.candidates(named.account, name));
            entries.any(|entry| is(entry, name))
        };
        lists(names_session) && !lists(may_name_role)
    };
    if named.kind != PrincipalKind::Role || !given.own.is_empty() {
        return false;
    }
    let mut is_any = false;
    for (index, statement) in possible {
        if is_alone(statement) {
            is_any = true;
        } else if given.granting.contains(index) {
            return false;
        }
    }
    is_any
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
