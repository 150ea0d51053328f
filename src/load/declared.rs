//! What a user says of files: of which kind their policies are, and whether one that is not understood
//! may be passed over.

use std::path::Path;

use crate::aws::DocumentKind;
use crate::policy::PolicyKind;
use crate::text::{FilterError, LeftOut, PathPatterns, Root};

use super::cloudformation::StackValues;

/// What becomes of a file that is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unrecognized {
    /// It is an error.
    Error,
    /// It is passed over, and told of.
    Skip,
}

/// What is said of all files. The default: one that was given by its own path must be understood, one
/// found in a directory need not.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// The kind of policies in files that were given by their own paths.
    pub named: Option<DocumentKind>,
    /// The kinds of policies in files whose paths match; the first that matches counts. Such a file must
    /// be understood.
    pub documents: Vec<(PathPatterns, DocumentKind)>,
    /// With which values templates are read.
    pub stack: StackValues,
    /// What becomes of a file that is not understood, however it was given; files in `documents` excepted.
    pub unrecognized: Option<Unrecognized>,
}

impl Declared {
    /// Adds that the files below `root` whose paths match this pattern hold such policies.
    ///
    /// # Errors
    /// A pattern that globset does not take.
    pub fn add(&mut self, root: &Root, path: &str, kind: DocumentKind) -> Result<(), FilterError> {
        let patterns = PathPatterns::new(root, &[path.to_owned()])?;
        self.documents.push((patterns, kind));
        Ok(())
    }

    fn of_document(&self, path: &Path) -> Option<DocumentKind> {
        let mut documents = self.documents.iter();
        let found = documents.find(|(patterns, _)| patterns.match_path(path));
        found.map(|(_, kind)| *kind)
    }

    /// The kind of policies in a file.
    pub(super) fn kind(&self, path: &Path, is_named: bool) -> Option<DocumentKind> {
        let own = self.named.filter(|_| is_named);
        own.or_else(|| self.of_document(path))
    }

    /// Whether a path may be left out: where the user says what the files hold, only by a pattern of the
    /// user's own.
    pub(super) fn may_be_left_out(&self, path: &Path, reason: LeftOut) -> bool {
        matches!(reason, LeftOut::Excluded | LeftOut::NotIncluded)
            || self.of_document(path).is_none()
    }

    /// Whether a file must be understood.
    pub(super) fn must_be_understood(&self, path: &Path, is_named: bool) -> bool {
        match self.unrecognized {
            Some(Unrecognized::Error) => true,
            Some(Unrecognized::Skip) => self.of_document(path).is_some(),
            None => is_named || self.of_document(path).is_some(),
        }
    }
}

/// The kind of policy that a document of this kind holds.
pub(super) const fn policy_kind(kind: DocumentKind) -> PolicyKind {
    match kind {
        DocumentKind::KeyPolicy => PolicyKind::Key,
        DocumentKind::IamPolicy => PolicyKind::Identity,
        DocumentKind::Scp => PolicyKind::ServiceControl,
        DocumentKind::Rcp => PolicyKind::ResourceControl,
    }
}
