//! What became of every file of a run.

use std::borrow::Cow;
use std::fmt;

use super::SpecialFile;

/// A file, or a directory that was left out as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    /// The path as the user gave it, or as it was found below that.
    pub path: String,
    /// What became of it.
    pub fate: Fate,
    /// Whether it was not checked although something in it speaks of AWS KMS.
    pub looks_like_ours: bool,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was read, and what it holds was checked.
    Checked {
        /// What that is, in the singular: `key policy`.
        holds: &'static str,
        /// What could not be concluded from it, in words that finish "checked: …".
        note: Option<String>,
    },
    /// It was looked into and is of no use here; the reason in words that finish "passed over: …".
    PassedOver(Cow<'static, str>),
    /// It was not looked into.
    LeftOut(LeftOut),
    /// It could not be read or understood, as the complaints about it say.
    Broken,
}

impl Fate {
    /// One word for it, for programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Checked { .. } => "checked",
            Self::PassedOver(_) => "passed_over",
            Self::LeftOut(_) => "left_out",
            Self::Broken => "broken",
        }
    }

    /// What it holds, or why it was not checked.
    pub fn reason(&self) -> Cow<'_, str> {
        match self {
            Self::Checked { holds, note: None } => Cow::Borrowed(holds),
            Self::Checked {
                holds,
                note: Some(note),
            } => Cow::Owned(format!("{holds}; {note}")),
            Self::PassedOver(reason) => Cow::Borrowed(reason),
            Self::LeftOut(reason) => Cow::Owned(reason.to_string()),
            Self::Broken => Cow::Borrowed("it could not be read or understood"),
        }
    }
}

/// Why a file or directory was not looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// A directory that a tool fills with what others wrote.
    ToolDirectory,
    /// No pattern of files to look at matches it.
    NotIncluded,
    /// A pattern of files not to look at matches it.
    Excluded,
    /// A symbolic link, which may lead out of the directory that was given, a pipe, a socket or a
    /// device.
    Special(SpecialFile),
    /// A submodule of a git repository.
    Submodule,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ToolDirectory => "it is a directory of a tool",
            Self::NotIncluded => "no pattern of files to look at matches it",
            Self::Excluded => "a pattern of files not to look at matches it",
            Self::Special(special) => return write!(formatter, "it is {special}"),
            Self::Submodule => "it is a submodule",
        })
    }
}
