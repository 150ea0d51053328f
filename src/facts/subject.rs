//! A policy with all that its analysis needs to know about its key.

use std::cell::OnceCell;

use crate::access::{AskedKey, Candidate, Identities};
use crate::aws::{KmsAction, PrincipalKind};
use crate::eval::Request;
use crate::policy::PolicyDocument;
use crate::text::{Location, SourceId, Span};

use super::Place;

/// The classes of callers, for what depends on the class alone.
pub(super) const EVERY_CLASS: [PrincipalKind; 5] = [
    PrincipalKind::User,
    PrincipalKind::Role,
    PrincipalKind::FederatedUser,
    PrincipalKind::Root,
    PrincipalKind::Service,
];

/// A policy, its key, and the file that it stands in.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) document: &'a PolicyDocument,
    pub(super) key: AskedKey<'a>,
    /// Whether its material was imported; nothing where that is not known.
    pub(super) imported_material: Option<bool>,
    /// Whose policies decide beside this one, where they were loaded.
    pub(super) identities: Option<&'a Identities<'a>>,
    /// The file that the policy stands in.
    pub(super) source: SourceId,
    /// Its index in the facts.
    file: u32,
    /// For each class of [`EVERY_CLASS`].
    probes: [OnceCell<Option<Request>>; EVERY_CLASS.len()],
}

impl<'a> Subject<'a> {
    pub(super) const fn new(
        document: &'a PolicyDocument,
        key: AskedKey<'a>,
        (source, file): (SourceId, u32),
    ) -> Self {
        Self {
            document,
            key,
            imported_material: None,
            identities: None,
            source,
            file,
            probes: [const { OnceCell::new() }; EVERY_CLASS.len()],
        }
    }

    pub(super) const fn place(&self, span: Span) -> Place {
        Place {
            file: self.file,
            at: Location {
                source: self.source,
                span,
            },
        }
    }

    /// A request for `ScheduleKeyDeletion` with every day count by a caller of whom only the class
    /// is known; nothing where it is none of [`EVERY_CLASS`].
    pub(super) fn probe(&self, class: PrincipalKind) -> Option<&Request> {
        let position = EVERY_CLASS.iter().position(|own| *own == class)?;
        let made = self.probes.get(position)?.get_or_init(|| {
            let (account, nobody) = (self.key.account_text(), Identities::default());
            let any = Candidate::any(class, &account, self.key.seen(), &nobody)?;
            let any = any.of_any_account();
            Some(any.request(KmsAction::ScheduleKeyDeletion, &self.key))
        });
        made.as_ref()
    }
}
