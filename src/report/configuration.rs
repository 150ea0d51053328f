//! The configuration in force, as one line of every report.

use std::io::{self, Write};

use super::Style;
use super::markdown::escape::inline;
use super::visible::{clip, prose};
use crate::config::InForce;

/// Names of one list that are written out at most.
const MOST_NAMES: usize = 5;
/// Characters of a name at most.
const NAME: usize = 80;
/// Characters of the line at most where it is part of a comment.
const COMMENT: usize = 300;

/// Writes the line, for example
/// `configuration: kmslint.toml at origin/main; rules off: sid-repeated; 2 suppressions`.
///
/// # Errors
/// Where writing fails.
pub fn human(out: &mut impl Write, configuration: &InForce, style: &Style) -> io::Result<()> {
    writeln!(out, "{}", line(configuration, style.unicode))
}

/// Writes the line as a paragraph of Markdown after an empty line.
///
/// # Errors
/// Where writing fails.
pub fn markdown(out: &mut impl Write, configuration: &InForce) -> io::Result<()> {
    let line = clip(&line(configuration, true), COMMENT);
    writeln!(out, "\n{}", inline(&line))
}

/// The line.
pub(super) fn line(configuration: &InForce, unicode: bool) -> String {
    format!("configuration: {}", words(configuration, unicode))
}

/// What it says. What it names is escaped for terminals and logs.
pub(super) fn words(configuration: &InForce, unicode: bool) -> String {
    let name = |name: &String| prose(&clip(name, NAME), unicode);
    let mut parts = Vec::new();
    let files: Vec<_> = configuration.files.iter().map(name).collect();
    let mut first = match files.as_slice() {
        [] => "none".to_owned(),
        files => files.join(", "),
    };
    if let Some(revision) = &configuration.revision {
        let commit = configuration.commit.as_deref().unwrap_or_default();
        let commit = commit.get(..COMMIT).unwrap_or(commit);
        first = format!("{first} at {} ({commit})", name(revision));
    }
    parts.push(first);
    for (what, names) in [
        ("rules off", &configuration.rules_off),
        ("rules lowered", &configuration.rules_lowered),
        ("only files", &configuration.include),
        ("files excluded", &configuration.exclude),
        ("trusted", &configuration.trusted_administrators),
        ("control policies", &configuration.control_policies),
    ] {
        if names.is_empty() {
            continue;
        }
        let shown: Vec<_> = names.iter().take(MOST_NAMES).map(name).collect();
        let more = names.len().saturating_sub(MOST_NAMES);
        let more = match more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        parts.push(format!("{what}: {}{more}", shown.join(", ")));
    }
    for (count, what) in [
        (configuration.suppressions, "suppression"),
        (configuration.accepted_cautions, "accepted caution"),
    ] {
        match count {
            0 => {}
            1 => parts.push(format!("1 {what}")),
            many => parts.push(format!("{many} {what}s")),
        }
    }
    if let Some(baseline) = &configuration.baseline {
        parts.push(format!("baseline {}", name(baseline)));
    }
    parts.join("; ")
}

/// Digits of a commit's id that are shown.
const COMMIT: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_switched_off_is_named_or_counted() {
        assert_eq!(line(&InForce::default(), true), "configuration: none");
        let names = |count: usize| (0..count).map(|n| format!("r{n}")).collect();
        let all = InForce {
            files: vec!["kmslint.toml".to_owned(), "a\u{1b}/kmslint.toml".to_owned()],
            revision: Some("origin/main".to_owned()),
            commit: Some("0123456789abcdef".repeat(3)),
            rules_off: names(7),
            rules_lowered: names(1),
            include: names(1),
            exclude: names(2),
            trusted_administrators: names(1),
            control_policies: names(1),
            suppressions: 2,
            accepted_cautions: 1,
            baseline: Some("baseline.json".to_owned()),
            minimum_waiting_period: 14,
            fail_on: Some("error"),
        };
        assert_eq!(
            line(&all, false),
            "configuration: kmslint.toml, a?/kmslint.toml at origin/main (0123456789ab); \
             rules off: r0, r1, r2, r3, r4 and 2 more; rules lowered: r0; only files: r0; \
             files excluded: r0, r1; trusted: r0; control policies: r0; 2 suppressions; \
             1 accepted caution; baseline baseline.json"
        );
    }
}
