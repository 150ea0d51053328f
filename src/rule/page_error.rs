//! What is wrong with a rule page, and where.

use crate::text::Span;

use super::{RuleIdError, SelectorError};

/// A rule page that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{page}:{line}:{column}: {problem}")]
pub struct PageError {
    /// The page's file.
    pub page: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The bytes that are wrong.
    pub span: Span,
    /// What is wrong.
    pub problem: PageProblem,
}

/// What is wrong with a rule page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageProblem {
    /// The name of its file is no rule id.
    #[error(transparent)]
    Id(#[from] RuleIdError),
    /// Another rule has its name.
    #[error("there is another rule `{0}`: give the file of this page another name")]
    NameTaken(String),
    /// It does not begin with its declaration.
    #[error("the page does not begin with a `toml` block, which declares the rule")]
    NoDeclaration,
    /// A block of code has no end.
    #[error("the block of code has no end: close it by a line of three backticks")]
    OpenBlock,
    /// The declaration is not what a rule needs.
    #[error("{0}")]
    Declaration(String),
    /// A selector cannot be used.
    #[error(transparent)]
    Selector(#[from] SelectorError),
    /// A text of the declaration is empty.
    #[error("`{0}` is empty")]
    NoText(&'static str),
    /// A name in a text that has a brace before it and none behind it.
    #[error("a `}}` is missing behind `{{{0}`")]
    OpenBrace(String),
    /// `nodes` of a related place is neither a JSONPath, nor a field, nor `^`.
    #[error("`{0}` is neither a JSONPath, nor a field, nor `^`")]
    Nodes(String),
    /// There is no reference, or one that is no page on the web.
    #[error("`{0}` is not an `https` address")]
    Reference(String),
    /// There is no reference.
    #[error("`references` is empty")]
    NoReference,
    /// The title is missing, or text stands before it.
    #[error("expected the title, `# …`, after the declaration")]
    NoTitle,
    /// Another heading was expected.
    #[error("expected the heading `## {expected}`, found `{found}`")]
    Heading {
        /// The heading's text.
        expected: &'static str,
        /// The line that stands there instead.
        found: String,
    },
    /// A heading is missing at the end.
    #[error("the heading `## {0}` is missing")]
    MissingHeading(&'static str),
    /// Nothing stands below a heading.
    #[error("nothing stands below `## {0}`")]
    EmptySection(&'static str),
    /// A selector or a text names a field that the facts do not have there.
    #[error(
        "`{name}` is no field of the facts here, which have {known}; `kmslint schema facts` describes them"
    )]
    UnknownField {
        /// The name.
        name: String,
        /// What is there, in words.
        known: String,
    },
    /// It names a kind of fix that does not exist.
    #[error("there is no fix `{name}`; {hint}")]
    UnknownFix {
        /// The name.
        name: String,
        /// What may be meant, in words.
        hint: String,
    },
    /// An example is not what the page says of it.
    #[error("{0}")]
    Example(String),
    /// There is no example on which the rule fires, or none on which it is silent.
    #[error("there is no example of kind `{0}`: begin a block of code with ```json {0}")]
    NoExample(&'static str),
}
