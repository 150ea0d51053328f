//! Files as people wrote them: bytes, lines, discovery, compressed files, revisions of git.
//!
//! Nothing here knows AWS or a syntax. All that comes later points back at these bytes by [`Span`].

mod admit;
mod comparison;
mod defuse;
mod discover;
mod fate;
mod file;
mod git;
mod input_error;
mod opened;
mod overlay;
mod read;
mod read_error;
mod replace;
mod revision;
mod root;
mod span;

pub use admit::{MAX_FILE, Refusal, SpecialFile, admit, is_descriptor};
pub use comparison::{Base, Comparison};
pub use defuse::{begins_command, defuse, escape_json, is_command, is_deceptive};
pub use discover::{Discovery, Filter, FilterError, PathPatterns, discover};
pub use fate::{Fate, FileRecord, LeftOut};
pub use file::{Location, Position, SourceFile, SourceId, Sources};
pub use git::{AtRevision, GitError, at_revision};
pub use input_error::{InputError, InputFailure};
pub use opened::{FileBytes, GZIP_MAGIC, Opened, Progress, open, read_whole};
pub use overlay::Overlay;
pub use read::{decode, read};
pub use read_error::ReadError;
pub use replace::{Replacement, WriteError, replace, write_whole};
pub use revision::{Revision, RevisionError};
pub use root::Root;
pub use span::{Span, Spanned};
