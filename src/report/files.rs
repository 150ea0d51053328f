//! What became of files, in the words of every format.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::snippet::{Tone, paint};
use super::visible::prose;
use super::{Style, counted};
use crate::text::{Fate, FileRecord, LeftOut};

/// So many files are named at most where not all are asked for.
const MOST: usize = 50;

/// Which files are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// Those that speak of KMS and were not checked, and what was left out by no pattern; at most 50.
    LooksLikeOurs,
    /// Every one that was not checked.
    All,
}

/// The files to name, and how many more there are.
pub(super) fn named(files: &[FileRecord], which: Named) -> (Vec<&FileRecord>, usize) {
    let is_named = |file: &&FileRecord| match (&file.fate, which) {
        (Fate::Checked { note, .. }, _) => note.is_some(),
        // What is broken has its complaint.
        (Fate::Broken, _)
        | (Fate::LeftOut(LeftOut::Excluded | LeftOut::NotIncluded), Named::LooksLikeOurs) => false,
        (Fate::PassedOver(_), Named::LooksLikeOurs) => file.looks_like_ours,
        (Fate::LeftOut(_) | Fate::PassedOver(_), _) => true,
    };
    let all = files.iter().filter(is_named);
    let count = all.clone().count();
    let limit = match which {
        Named::LooksLikeOurs => MOST,
        Named::All => usize::MAX,
    };
    (all.take(limit).collect(), count.saturating_sub(limit))
}

/// A file and what became of it: `tfplan.json: passed over: it is …`.
pub(super) fn line(file: &FileRecord) -> String {
    let word = match file.fate {
        Fate::Checked { .. } => "checked",
        Fate::PassedOver(_) => "passed over",
        Fate::LeftOut(_) => "left out",
        Fate::Broken => "not understood",
    };
    format!("{}: {word}: {}", file.path, file.fate.reason())
}

/// What was checked: `2 key policies, 1 key description`; empty where nothing was.
pub(super) fn checked(files: &[FileRecord]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        if let Fate::Checked { holds, .. } = file.fate {
            let count = counts.entry(holds).or_default();
            *count = count.saturating_add(1);
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let words: Vec<_> = counts
        .into_iter()
        .map(|(holds, count)| counted(count, holds))
        .collect();
    words.join(", ")
}

/// All of it in lines, without the names.
pub(super) fn lines(files: &[FileRecord], which: Named) -> Vec<String> {
    let (named, more) = named(files, which);
    let mut lines: Vec<_> = named.into_iter().map(line).collect();
    if more > 0 {
        lines.push(format!(
            "and {}: `--show-passed-over` names them",
            counted(more, "more file")
        ));
    }
    lines
}

/// Writes what was checked, for the record, and names files that were not.
///
/// # Errors
/// Where writing fails.
pub fn run(
    out: &mut impl Write,
    files: &[FileRecord],
    which: Named,
    style: &Style,
) -> io::Result<()> {
    let checked = checked(files);
    if !checked.is_empty() {
        let title = paint("checked:", Tone::Note, style);
        writeln!(out, "{title} {checked}")?;
    }
    names(out, files, which, style)
}

/// Writes the names of files that were not checked, each on a line of its own.
///
/// # Errors
/// Where writing fails.
pub fn names(
    out: &mut impl Write,
    files: &[FileRecord],
    which: Named,
    style: &Style,
) -> io::Result<()> {
    for line in lines(files, which) {
        writeln!(out, "  {}", prose(&line, style.unicode))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, fate: Fate, looks_like_ours: bool) -> FileRecord {
        FileRecord {
            path: path.into(),
            fate,
            looks_like_ours,
        }
    }

    #[test]
    fn files_that_look_like_ours_are_named_up_to_a_limit() {
        let passed = |name: &str, ours| file(name, Fate::PassedOver("x".into()), ours);
        let checked_file = |name: &str| {
            file(
                name,
                Fate::Checked {
                    holds: "key policy",
                    note: None,
                },
                false,
            )
        };
        let mut files = vec![
            passed("a", true),
            passed("b", false),
            file("node_modules", Fate::LeftOut(LeftOut::ToolDirectory), false),
            file("c", Fate::LeftOut(LeftOut::Excluded), false),
            checked_file("d"),
            checked_file("e"),
        ];
        assert_eq!(
            lines(&files, Named::LooksLikeOurs),
            [
                "a: passed over: x",
                "node_modules: left out: it is a directory of a tool"
            ]
        );
        assert_eq!(lines(&files, Named::All).len(), 4);
        assert_eq!(checked(&files), "2 key policies");
        files.extend((0..60).map(|n| passed(&n.to_string(), true)));
        let named = lines(&files, Named::LooksLikeOurs);
        assert_eq!(named.len(), 51);
        assert_eq!(
            named[50],
            "and 12 more files: `--show-passed-over` names them"
        );
        assert_eq!(lines(&files, Named::All).len(), 64);
    }
}
