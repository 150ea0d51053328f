//! Findings on one line each, as compilers write them: editors and `grep` take them apart.

use std::io::{self, Write};

use super::run::{FileRange, Run};
use super::visible::prose;
use super::{Style, pieces};

/// Writes a line for each finding that is not suppressed and each failure:
/// `path:line:column: severity[rule]: message`.
///
/// # Errors
/// Where writing fails.
pub fn findings(out: &mut impl Write, run: &Run<'_>, style: &Style) -> io::Result<()> {
    let open: Vec<_> = run.open().collect();
    pieces::each(out, &open, |out, found| {
        let found_fixable = found.is_fixable;
        let found = &found.finding;
        let place = run.place(found.primary.at);
        let kind = format!("{}[{}]", found.severity.name(), found.rule);
        let mark = if found_fixable { " [fixable]" } else { "" };
        let message = format!("{}{mark}", found.message);
        line(out, (place.as_ref(), ""), (&kind, &message), style)
    })?;
    for failure in run.failures {
        let (file, place) = run.failed(failure);
        let message = &failure.error.message;
        line(out, (place.as_ref(), &file), ("error", message), style)?;
    }
    Ok(())
}

/// Where no place is known, the file alone stands before what is said.
fn line(
    out: &mut impl Write,
    (place, file): (Option<&FileRange>, &str),
    (kind, message): (&str, &str),
    style: &Style,
) -> io::Result<()> {
    let place = match place {
        Some(place) => format!("{}:{}: ", place.short(), place.start.column),
        None if file.is_empty() => String::new(),
        None => format!("{file}: "),
    };
    let text = format!("{place}{kind}: {message}");
    writeln!(out, "{}", prose(&text, style.unicode))
}

#[cfg(test)]
mod tests {
    use super::super::example::hostile;
    use super::*;
    use crate::text::is_command;

    #[test]
    fn each_finding_and_each_failure_has_one_line_that_is_no_command() {
        let style = Style {
            color: false,
            unicode: true,
            width: 100,
        };
        hostile(|example| {
            let mut out = Vec::new();
            findings(&mut out, example, &style).unwrap();
            let text = String::from_utf8(out).unwrap();
            let count = example.open().count() + example.failures.len();
            assert_eq!(text.lines().count(), count, "{text}");
            assert!(!text.lines().any(is_command), "{text}");
        });
    }
}
