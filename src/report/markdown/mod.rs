//! Findings as a comment on a pull request, in Markdown as GitHub and GitLab read it.

pub(super) mod escape;

use std::io::{self, Write};

use super::files::{self, Named};
use super::run::{FileRange, Run};
use super::visible::clip;
use super::{Style, configuration, human};
use crate::finding::{Finding, Label, Severity, Subject};
use crate::lint::{Defect, Told};
use escape::{code, fenced, inline, link};

/// UTF-16 code units of a comment at most, which is never less than its characters; GitHub takes
/// 65,536 characters.
pub const LIMIT: usize = 65_000;
/// What the table may take of it, so that there is room for excerpts.
const TABLE: usize = 40_000;
/// A room in which no block is looked for any more: drawing takes time.
const ROOM: usize = 600;
/// What is kept free for the note on what was left out.
const NOTE: usize = 300;
/// Characters of a sentence at most.
const SENTENCE: usize = 300;

const STYLE: Style = Style {
    color: false,
    unicode: true,
    width: 100,
};

/// Writes the comment: a line that sums up, a table, the worst first, and a block to unfold for
/// each finding that is not suppressed. What does not fit into [`LIMIT`] is left out and counted.
/// The first line is the same in every comment, so that a script can find and replace its last.
///
/// # Errors
/// Where writing fails.
pub fn run(out: &mut impl Write, run: &Run<'_>) -> io::Result<()> {
    let mut findings: Vec<&Defect<'_>> = run.open().collect();
    findings.sort_by_key(|of| std::cmp::Reverse(of.finding.severity));
    let mut comment = Comment::default();
    comment.text.push_str("<!-- kmslint -->\n");
    comment.text.push_str(&headline(run)?);
    let mut line = Vec::new();
    configuration::markdown(&mut line, run.configuration)?;
    comment.text.push_str(&String::from_utf8_lossy(&line));
    comment.used = units(&comment.text);
    of_files(run, &mut comment);
    let failed = failures(run, &mut comment);
    let shown = table(run, &findings, &mut comment);
    let rows = findings.len().saturating_sub(shown);
    let unfolded = details(run, &findings, &mut comment)?;
    let blocks = findings.len().saturating_sub(unfolded);
    let mut left = Vec::new();
    for (count, what) in [(failed, "inputs"), (rows, "findings"), (blocks, "excerpts")] {
        if count > 0 {
            left.push(format!("{count} {what}"));
        }
    }
    if !left.is_empty() {
        let note = "are left out, because a comment takes no more; the other formats have them";
        comment.text = format!("{}\n{} {note}.\n", comment.text, left.join(" and "));
    }
    out.write_all(comment.text.as_bytes())
}

/// Text that grows up to a limit.
#[derive(Default)]
struct Comment {
    text: String,
    used: usize,
}

impl Comment {
    /// Adds a piece if the whole stays within `limit`.
    fn add(&mut self, piece: &str, limit: usize) -> bool {
        let used = self.used.saturating_add(units(piece));
        let fits = used <= limit.saturating_sub(NOTE);
        if fits {
            self.used = used;
            self.text.push_str(piece);
        }
        fits
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn headline(run: &Run<'_>) -> io::Result<String> {
    let mut line = Vec::new();
    human::summary(&mut line, run.summary, &STYLE)?;
    let suppressed = run.findings.len().saturating_sub(run.open().count());
    let line = String::from_utf8_lossy(&line);
    let mut headline = format!("### kmslint: {}\n", line.trim_end());
    if suppressed > 0 {
        headline = format!("{headline}\n{suppressed} suppressed.\n");
    }
    Ok(headline)
}

/// Lists the files that were not checked although they look like ours.
fn of_files(run: &Run<'_>, comment: &mut Comment) {
    let lines = files::lines(run.files, Named::LooksLikeOurs);
    if lines.is_empty() {
        return;
    }
    comment.add("\nNot checked, or not in full:\n\n", TABLE);
    for line in lines {
        comment.add(&format!("- {}\n", inline(&clip(&line, SENTENCE))), TABLE);
    }
}

/// Lists what could not be read; how many had no room.
fn failures(run: &Run<'_>, comment: &mut Comment) -> usize {
    if run.failures.is_empty() {
        return 0;
    }
    comment.add("\nNot understood, so there may be more to find:\n\n", LIMIT);
    let mut left = 0_usize;
    for failure in run.failures {
        let (file, place) = run.failed(failure);
        let place = place.map_or(file, |place| place.short());
        let message = inline(&clip(&failure.error.message, SENTENCE));
        let item = if place.is_empty() {
            format!("- {message}\n")
        } else {
            format!("- {}: {message}\n", code(&clip(&place, SENTENCE)))
        };
        if !comment.add(&item, TABLE) {
            left = left.saturating_add(1);
        }
    }
    left
}

/// Writes rows as long as there is room; how many.
fn table(run: &Run<'_>, findings: &[&Defect<'_>], comment: &mut Comment) -> usize {
    let head = "\n| Severity | Rule | Where | What |\n| --- | --- | --- | --- |\n";
    if findings.is_empty() || !comment.add(head, TABLE) {
        return 0;
    }
    let fits = |defect: &&&Defect<'_>| {
        let finding = &defect.finding;
        let rule = link(&code(&finding.rule), &finding.reference);
        let severity = word(finding.severity);
        let message = inline(&clip(&finding.message, SENTENCE));
        let row = format!(
            "| {severity} | {rule} | {} | {message} |\n",
            place(run, finding)
        );
        comment.add(&row, TABLE)
    };
    findings.iter().take_while(fits).count()
}

/// Writes blocks as long as there is room; how many.
fn details(run: &Run<'_>, findings: &[&Defect<'_>], comment: &mut Comment) -> io::Result<usize> {
    let mut written = 0_usize;
    for defect in findings {
        let finding = &defect.finding;
        if LIMIT.saturating_sub(NOTE).saturating_sub(comment.used) < ROOM {
            break;
        }
        let excerpt = fenced(&drawn(run, defect)?);
        let (rule, place) = (code(&finding.rule), place(run, finding));
        let severity = word(finding.severity);
        let summary = format!("<summary>{severity}: {rule} at {place}</summary>");
        let block = format!("\n<details>{summary}\n\n{excerpt}\n</details>\n");
        if comment.add(&block, LIMIT) {
            written = written.saturating_add(1);
        }
    }
    Ok(written)
}

/// A finding as the terminal shows it. Its words are cut: no policy gets to fill the comment with
/// one of them.
fn drawn(run: &Run<'_>, defect: &Defect<'_>) -> io::Result<String> {
    let finding = &*defect.finding;
    let cut = |label: &Label| Label {
        at: label.at,
        text: clip(&label.text, SENTENCE).into(),
    };
    let shown = Finding {
        subject: Subject::named(clip(finding.subject.as_str(), SENTENCE), &[]),
        message: clip(&finding.message, SENTENCE),
        help: clip(&finding.help, SENTENCE.saturating_mul(2)).into(),
        primary: cut(&finding.primary),
        related: finding.related.iter().map(cut).collect(),
        ..finding.clone()
    };
    let mut drawn_defect = defect.clone();
    drawn_defect.finding = Told::made(shown);
    let mut drawn = Vec::new();
    let context = human::Context {
        sources: run.sources,
        names: run.names,
        style: &STYLE,
        verbose: true,
    };
    human::findings(&mut drawn, &[drawn_defect], &context)?;
    let drawn = String::from_utf8_lossy(&drawn);
    if run.directory.is_empty() {
        return Ok(drawn.into_owned());
    }
    // The excerpt names files as the user wrote them.
    Ok(drawn.replace(&format!("─[{}/", run.directory), "─["))
}

fn place(run: &Run<'_>, finding: &Finding) -> String {
    let place = run.place(finding.primary.at);
    let place = place.as_ref().map(FileRange::short).unwrap_or_default();
    code(&clip(&place, SENTENCE))
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reported;
    use super::super::example::{expect, hostile};
    use super::*;

    fn written(run_: &Run<'_>) -> String {
        let mut out = Vec::new();
        run(&mut out, run_).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_comment_shows_all_and_makes_nothing_of_policy_text() {
        hostile(|example| expect("comment.md", &written(example)));
    }

    #[test]
    fn a_comment_never_grows_past_its_limit() {
        hostile(|example| {
            let long = Finding {
                message: "|😀".repeat(100_000),
                ..example.findings[0].finding().clone()
            };
            let long = Defect::one(&long);
            let mut findings = vec![*example.findings.first().unwrap(); 2_000];
            let reported = Reported {
                defect: &long,
                suppressed: None,
            };
            for findings in [findings.clone(), {
                findings.fill(reported);
                findings
            }] {
                let text = written(&Run {
                    findings: &findings,
                    ..*example
                });
                assert!(units(&text) <= LIMIT, "{}", units(&text));
                assert!(text.ends_with("the other formats have them.\n"));
                assert!(text.matches("<details>").count() == text.matches("</details>").count());
            }
        });
    }
}
