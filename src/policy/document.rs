//! A whole policy.

use serde::Serialize;

use crate::aws::AccountId;
use crate::text::{InputError, Span};

use super::{PolicyKind, Statement, StatementIndex, Text};

/// The version of the policy language.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Version {
    /// Policy variables are literal text.
    #[serde(rename = "2008-10-17")]
    V2008,
    /// Policy variables such as `${aws:username}` are replaced.
    #[serde(rename = "2012-10-17")]
    V2012,
}

/// A policy that AWS would store.
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    /// Where it is attached.
    pub kind: PolicyKind,
    /// The version as written; a policy without one behaves as [`Version::V2008`].
    pub version: Option<(Version, Span)>,
    /// The optional `Id`.
    pub id: Option<Text>,
    /// The statements as written; their order means nothing.
    pub statements: Vec<Statement>,
    /// The whole document.
    pub span: Span,
    /// What AWS refuses although it decides nothing, such as two statements with one `Sid`. The
    /// policy can be evaluated, and whoever shows the answer shows these too.
    pub refusals: Vec<InputError>,
    /// Which of the statements are about whom.
    pub by_principal: StatementIndex,
    /// How many [`placeholders`](Self::placeholders) it has.
    pub open_values: usize,
}

impl PolicyDocument {
    /// A policy of these statements only, of the same kind and version.
    #[must_use]
    pub fn of_statements(&self, statements: Vec<Statement>) -> Self {
        let mut of = Self {
            kind: self.kind,
            version: self.version,
            id: None,
            statements,
            span: self.span,
            refusals: Vec::new(),
            by_principal: StatementIndex::default(),
            open_values: 0,
        };
        of.open_values = of.placeholders().count();
        of
    }

    /// The values of which not all is known.
    pub fn placeholders(&self) -> impl Iterator<Item = &Text> {
        let all = self.statements.iter().flat_map(Statement::values);
        all.filter(|text| text.value.is_open())
    }

    /// Whether `${…}` is replaced.
    pub fn replaces_variables(&self) -> bool {
        matches!(self.version, Some((Version::V2012, _)))
    }

    /// The statements that can be about a principal with this account and name, each with its position:
    /// those that name it, its account or everyone, all with `NotPrincipal`, and perhaps others. In a
    /// long policy they are looked up, so that one with a thousand statements is not read a thousand
    /// times for each. The name is one as
    /// [`candidates`](super::PrincipalElement::candidates) takes it.
    pub fn about(
        &self,
        account: Option<AccountId>,
        name: &str,
    ) -> impl Iterator<Item = (usize, &Statement)> {
        let found = self.by_principal.find(&self.statements, account, name);
        found
            .into_iter()
            .filter_map(|position| Some((position, self.statements.get(position)?)))
    }
}
