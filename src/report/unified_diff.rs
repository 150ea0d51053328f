//! Unified diffs as `git apply` takes them.
//!
//! Lines end at line feeds alone, as git has it, so that carriage returns are bytes of a line.

use std::fmt::{self, Write as _};
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use super::path::relative;
use crate::text::{is_command, is_deceptive};

/// Lines around a change.
const CONTEXT: usize = 3;

/// The change of one file; nothing is written where nothing changes.
#[derive(Clone, Debug)]
pub struct Patch {
    /// The names of the file.
    header: String,
    hunks: String,
}

impl Patch {
    /// The file is named from `directory`, in which the patch is to be applied.
    pub fn new(name: &str, directory: &str, before: &str, after: &str) -> Self {
        let hunks = hunks(before, after);
        let name = relative(name, directory);
        let name = name.trim_start_matches('/');
        let (old, new) = (header_name("a/", name), header_name("b/", name));
        Self {
            header: format!("--- {old}\n+++ {new}\n"),
            hunks,
        }
    }

    /// Whether it has a line that a terminal or a runner of continuous integration would obey. A patch
    /// cannot be written in other characters.
    pub fn is_obeyed(&self) -> bool {
        // The header's own dashes only begin a group in the log of Buildkite.
        let is_steering = |c: char| is_octal(c) && !matches!(c, '\t' | '\r' | '\n');
        let mut lines = self.hunks.split(['\n', '\r']);
        self.hunks.contains(is_steering) || lines.any(is_command)
    }
}

impl fmt::Display for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hunks.is_empty() {
            return Ok(());
        }
        write!(f, "{}{}", self.header, self.hunks)
    }
}

/// Names with a quote, a backslash or a character that should not be shown are written as C strings,
/// and a tab ends one with a blank in it, as git does.
fn header_name(prefix: &str, name: &str) -> String {
    let special =
        |c: char| matches!(c, '"' | '\\') || is_octal(c) || (c == '#' && is_command(name));
    if name.contains(special) {
        let mut quoted = format!("\"{prefix}");
        for c in name.chars() {
            match c {
                '"' | '\\' => quoted.extend(['\\', c]),
                c if special(c) => {
                    let mut bytes = [0; 4];
                    for byte in c.encode_utf8(&mut bytes).bytes() {
                        // Writing to memory does not fail.
                        let _ = write!(quoted, "\\{byte:03o}");
                    }
                }
                c => quoted.push(c),
            }
        }
        quoted.push('"');
        quoted
    } else if name.contains(' ') {
        format!("{prefix}{name}\t")
    } else {
        format!("{prefix}{name}")
    }
}

fn is_octal(c: char) -> bool {
    c.is_control() || is_deceptive(c)
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineChange {
    /// It stays.
    Stays,
    /// It goes.
    Goes,
    /// It comes.
    Comes,
}

impl LineChange {
    /// The character before such a line.
    pub(super) const fn sign(self) -> char {
        match self {
            Self::Stays => ' ',
            Self::Goes => '-',
            Self::Comes => '+',
        }
    }
}

/// Lines that change, with some around them.
struct Hunk<'t> {
    old: Range<usize>,
    new: Range<usize>,
    lines: Vec<(LineChange, &'t str)>,
}

fn changes<'t>(before: &'t str, after: &'t str, context: usize) -> Vec<Hunk<'t>> {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let mut hunks = Vec::new();
    for group in group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), context) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        let mut lines = Vec::new();
        for op in &group {
            let gone = op.old_range().filter_map(|index| old.get(index));
            let came = op.new_range().filter_map(|index| new.get(index));
            if matches!(op, DiffOp::Equal { .. }) {
                lines.extend(gone.map(|line| (LineChange::Stays, *line)));
            } else {
                lines.extend(gone.map(|line| (LineChange::Goes, *line)));
                lines.extend(came.map(|line| (LineChange::Comes, *line)));
            }
        }
        hunks.push(Hunk {
            old: first.old_range().start..last.old_range().end,
            new: first.new_range().start..last.new_range().end,
            lines,
        });
    }
    hunks
}

/// The lines that change, each with its end, and one around each change.
pub(super) fn changed_lines<'t>(before: &'t str, after: &'t str) -> Vec<(LineChange, &'t str)> {
    let hunks = changes(before, after, 1).into_iter();
    hunks.flat_map(|hunk| hunk.lines).collect()
}

fn hunks(before: &str, after: &str) -> String {
    let mut out = String::new();
    for Hunk { old, new, lines } in changes(before, after, CONTEXT) {
        // Writing to memory does not fail.
        let _ = writeln!(out, "@@ -{} +{} @@", extent(&old), extent(&new));
        for (change, line) in lines {
            out.push(change.sign());
            out.push_str(line);
            if !line.ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    out
}

/// First line and number of lines, as a hunk's header has them.
fn extent(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start.saturating_add(1)),
        length => format!("{},{length}", range.start.saturating_add(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_without_an_end_and_with_carriage_returns_are_kept() {
        assert_eq!(
            Patch::new("./k/x.json", "", "a\r\nb\rc", "a\r\nd").to_string(),
            "--- a/./k/x.json\n+++ b/./k/x.json\n@@ -1,2 +1,2 @@\n a\r\n-b\rc\n\
             \\ No newline at end of file\n+d\n\\ No newline at end of file\n"
                .replace("/./", "/")
        );
        assert_eq!(Patch::new("x", "", "a", "a").to_string(), "");
    }

    #[test]
    fn a_patch_with_a_command_is_known() {
        let is_obeyed = |line: &str| {
            let (before, after) = (format!("{line}\na\n"), format!("{line}\nb\n"));
            Patch::new("x", "", &before, &after).is_obeyed()
        };
        for harmless in ["::error::x", "--- x", "é"] {
            assert!(!is_obeyed(&format!("x{harmless}")), "{harmless}");
        }
        for obeyed in [
            "  ::error::x",
            "x##vso[y]",
            "section_end:1:x",
            "\u{202e}",
            "\x1b[1m",
        ] {
            assert!(is_obeyed(obeyed), "{obeyed}");
        }
    }

    #[test]
    fn names_are_quoted_as_git_does() {
        assert_eq!(header_name("a/", "my key.json"), "a/my key.json\t");
        assert_eq!(header_name("a/", "x\n\"y"), "\"a/x\\012\\\"y\"");
        assert_eq!(header_name("a/", "##vso[x]#"), r#""a/\043\043vso[x]\043""#);
        assert_eq!(header_name("a/", "\u{202e}"), r#""a/\342\200\256""#);
    }
}
