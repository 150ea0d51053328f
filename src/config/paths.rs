//! Files that `kmslint.toml` names.

use std::path::{Component, Path, PathBuf};

use crate::text::{InputError, Root, Span};

use super::Presence;

/// The file at this path from `root`. It must lie below: a pull request must not make the gate
/// read, and show, what lies elsewhere on the machine.
pub(super) fn below(
    root: &Root,
    presence: &dyn Fn(&Path) -> Presence,
    text: &str,
    at: Span,
) -> Result<PathBuf, InputError> {
    let shown = text.escape_default();
    let stays = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    let outside = || {
        InputError::new(
            at,
            format!("`{shown}` does not lie below the directory of `kmslint.toml`"),
        )
        .help("write a relative path without `..`; symbolic links must not lead elsewhere")
    };
    let written = Path::new(text);
    if text.is_empty() || !written.components().all(stays) {
        return Err(outside());
    }
    let path = root.directory().join(written);
    let missing = || InputError::new(at, format!("there is no file `{shown}`"));
    match presence(&path) {
        Presence::File => Ok(path),
        Presence::Nothing => Err(missing()),
        Presence::Elsewhere => Err(outside()),
    }
}
