//! The verdict on a deletion as a change ticket, in Markdown as GitHub and GitLab read it.

use std::io::{self, Write};

use super::{counted, coverage, overall, words};
use crate::preflight::{Operation, Preflight, Reason, Severity, Timeline, UnusedAcceptance};
use crate::report::Style;
use crate::report::markdown::escape::{code, fenced, inline, link};
use crate::text::Sources;

/// How bars are drawn in a ticket.
const STYLE: Style = Style {
    color: false,
    unicode: true,
    width: 80,
};

/// Writes one ticket.
///
/// # Errors
/// Where writing fails.
pub fn one(out: &mut impl Write, sources: &Sources, preflight: &Preflight) -> io::Result<()> {
    let mut ticket = Ticket { out, sources };
    ticket.head(preflight)?;
    ticket.reasons(preflight)?;
    ticket.coverage(preflight)?;
    if let Some(timeline) = &preflight.timeline {
        ticket.timeline(timeline)?;
    }
    ticket.people(preflight)?;
    ticket.evidence(preflight)?;
    ticket.commands(preflight)
}

/// Writes a ticket for every key that is pending deletion, and an overview before them.
///
/// # Errors
/// Where writing fails.
pub fn pending(
    out: &mut impl Write,
    sources: &Sources,
    (operation, all): (Operation, &[Preflight]),
) -> io::Result<()> {
    let verdict = overall(all);
    writeln!(out, "## {}: {}\n", counted(operation, all), verdict.word())?;
    if !all.is_empty() {
        writeln!(out, "| Verdict | Key | Look at |\n| --- | --- | --- |")?;
    }
    for preflight in all {
        let key = preflight.key.as_ref().map(|key| key.name.as_str());
        let key = key.unwrap_or(&preflight.given_key);
        let names = words::prominent_names(preflight);
        let names: Vec<_> = names.into_iter().map(code).collect();
        let word = preflight.verdict.word();
        writeln!(out, "| {word} | {} | {} |", code(key), names.join(", "))?;
    }
    for preflight in all {
        writeln!(out)?;
        one(out, sources, preflight)?;
    }
    Ok(())
}

/// Writes which acceptances accept nothing; nothing where each accepts something.
///
/// # Errors
/// Where writing fails.
pub fn unused(
    out: &mut impl Write,
    sources: &Sources,
    unused: &[UnusedAcceptance],
) -> io::Result<()> {
    if unused.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### What accepts nothing\n")?;
    for unused in unused {
        writeln!(out, "- {}", inline(&words::unused(sources, unused)))?;
    }
    Ok(())
}

struct Ticket<'t, W: Write> {
    out: &'t mut W,
    sources: &'t Sources,
}

impl<W: Write> Ticket<'_, W> {
    fn head(&mut self, preflight: &Preflight) -> io::Result<()> {
        let what = match preflight.operation {
            Operation::Schedule => "Schedule the deletion of a KMS key",
            Operation::Cancel => "Cancel the deletion of a KMS key",
            Operation::Pending => "A KMS key is pending deletion",
        };
        let verdict = preflight.verdict;
        let sentence = words::headline(preflight);
        writeln!(self.out, "## {what}\n")?;
        writeln!(self.out, "**Verdict: {}** ({sentence})\n", verdict.word())?;
        let prominent = words::prominent(preflight);
        for reason in &prominent {
            let accepted = reason.accepted.as_ref().map_or("", |_| " (accepted)");
            writeln!(self.out, "- **{}**{accepted}", inline(&reason.sentence))?;
        }
        if !prominent.is_empty() {
            writeln!(self.out)?;
        }
        let key = preflight.key.as_ref().map(|key| key.name.as_str());
        writeln!(self.out, "| | |\n| --- | --- |")?;
        self.row("Key", &code(key.unwrap_or(&preflight.given_key)))?;
        let about: Vec<_> = words::key(preflight)
            .iter()
            .map(|line| inline(line))
            .collect();
        self.row("About it", &about.join("; "))?;
        if let Some(principal) = &preflight.principal {
            self.row("Principal", &code(principal))?;
        }
        self.row("Request", &inline(&words::request(preflight)))?;
        if let Some(written) = preflight.written {
            let place = super::place(self.sources, written.at);
            self.row("Planned in", &code(&place))?;
        }
        let now = preflight.now.as_deref().unwrap_or("not said");
        self.row("At", &inline(now))
    }

    fn row(&mut self, name: &str, text: &str) -> io::Result<()> {
        writeln!(self.out, "| {name} | {text} |")
    }

    fn reasons(&mut self, preflight: &Preflight) -> io::Result<()> {
        for (severity, title) in [
            (Severity::Stop, "What stops it"),
            (Severity::Caution, "To be looked at and ticked off"),
            (Severity::Info, "Worth knowing"),
        ] {
            let reasons: Vec<&Reason> = preflight.of(severity).collect();
            if reasons.is_empty() {
                continue;
            }
            writeln!(self.out, "\n### {title}\n")?;
            for reason in reasons {
                self.reason(reason)?;
            }
        }
        Ok(())
    }

    fn reason(&mut self, reason: &Reason) -> io::Result<()> {
        let tick = match reason.severity {
            Severity::Caution if reason.accepted.is_some() => "[x] ",
            Severity::Caution => "[ ] ",
            Severity::Stop | Severity::Info => "",
        };
        let id = link(&code(reason.id), reason.reference);
        write!(self.out, "- {tick}{id}: {}", inline(&reason.sentence))?;
        if let Some(help) = &reason.help {
            write!(self.out, ". To do: {}", inline(help))?;
        }
        if let Some(place) = words::place(self.sources, reason.at) {
            write!(self.out, " ({})", code(&place))?;
        }
        if let Some(by) = &reason.accepted {
            write!(self.out, ". {}", inline(&words::accepted(self.sources, by)))?;
        }
        writeln!(self.out)
    }

    /// Which days before the call are covered; nothing where that does not matter.
    fn coverage(&mut self, preflight: &Preflight) -> io::Result<()> {
        let period = preflight.evidence.period.as_ref();
        let Some(period) = period.filter(|_| preflight.operation != Operation::Cancel) else {
            return Ok(());
        };
        writeln!(self.out, "\n### What is covered\n")?;
        let mut drawn = Vec::new();
        coverage::days(&mut drawn, period, &STYLE)?;
        writeln!(self.out, "{}", fenced(&String::from_utf8_lossy(&drawn)))?;
        writeln!(self.out, "{}.", inline(&coverage::sentence(period)))?;
        for command in &period.commands {
            writeln!(self.out, "\n- {}\n", inline(&command.purpose))?;
            self.command(&command.command, "  ")?;
        }
        Ok(())
    }

    fn timeline(&mut self, timeline: &Timeline) -> io::Result<()> {
        let mut drawn = Vec::new();
        super::chart::lanes(&mut drawn, &timeline.lanes, &STYLE)?;
        self.dates("Timeline", &drawn, &timeline.milestones)?;
        let Some(plan) = &timeline.plan else {
            return Ok(());
        };
        let mut drawn = Vec::new();
        super::chart::lanes(&mut drawn, &plan.lanes, &STYLE)?;
        let title = words::plan(plan);
        self.dates(&title, &drawn, &plan.milestones)?;
        self.calls("", &plan.calls)?;
        if plan.way_out.is_empty() {
            return Ok(());
        }
        self.calls(
            "To delete only this key, make another one the primary first:\n\n",
            &plan.way_out,
        )
    }

    fn dates(
        &mut self,
        title: &str,
        drawn: &[u8],
        milestones: &[crate::preflight::Milestone],
    ) -> io::Result<()> {
        if drawn.is_empty() && milestones.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n### {title}\n")?;
        if !drawn.is_empty() {
            writeln!(self.out, "{}", fenced(&String::from_utf8_lossy(drawn)))?;
        }
        if !milestones.is_empty() {
            writeln!(self.out, "| When | What |\n| --- | --- |")?;
        }
        for milestone in milestones {
            let when = inline(&words::moment(milestone.when));
            writeln!(self.out, "| {when} | {} |", inline(&milestone.what))?;
        }
        Ok(())
    }

    fn calls(&mut self, before: &str, calls: &[crate::preflight::PlannedCall]) -> io::Result<()> {
        write!(self.out, "\n{before}")?;
        for (number, call) in calls.iter().enumerate() {
            let number = number.saturating_add(1);
            let planned = words::planned(call);
            let purpose = inline(&format!("{}: {}{planned}", call.region, call.purpose));
            writeln!(self.out, "{number}. {purpose}\n")?;
            self.command(&call.command, "   ")?;
        }
        Ok(())
    }

    fn people(&mut self, preflight: &Preflight) -> io::Result<()> {
        if !preflight.permissions.is_empty() {
            writeln!(self.out, "\n### Permissions of the principal\n")?;
            writeln!(self.out, "| Action | Answer | By |\n| --- | --- | --- |")?;
        }
        for permission in &preflight.permissions {
            let by = inline(&words::decided(permission));
            let action = code(permission.action.qualified());
            writeln!(
                self.out,
                "| {action} | {} | {by} |",
                permission.answer.word()
            )?;
        }
        let cancellers = &preflight.cancellers;
        if !cancellers.known {
            return Ok(());
        }
        writeln!(self.out, "\n### Who else can cancel\n")?;
        if cancellers.others.is_empty() {
            return writeln!(self.out, "Nobody whom these files name.");
        }
        for other in &cancellers.others {
            let word = if other.answer.is_allowed() {
                "can"
            } else {
                "perhaps"
            };
            let how = inline(&words::canceller(other));
            writeln!(self.out, "- {word}: {} ({how})", code(&other.principal))?;
        }
        Ok(())
    }

    fn evidence(&mut self, preflight: &Preflight) -> io::Result<()> {
        let evidence = &preflight.evidence;
        writeln!(self.out, "\n### Evidence of use\n")?;
        let usage = evidence.last_usage.as_ref().map(words::last_usage);
        let usage = usage.unwrap_or_else(|| "no answer of `get-key-last-usage`".to_owned());
        writeln!(self.out, "- Last usage: {}", inline(&usage))?;
        let coverage = evidence.coverage.as_ref().map(words::coverage);
        let coverage = coverage.unwrap_or_else(|| "no files".to_owned());
        writeln!(self.out, "- CloudTrail: {}", inline(&coverage))?;
        let (rows, more) = words::calls(evidence);
        if !rows.is_empty() {
            writeln!(
                self.out,
                "\n| Last | Operation | Calls | Who |\n| --- | --- | --- | --- |"
            )?;
        }
        for [operation, who, count, last] in rows {
            let (operation, who) = (inline(&operation), code(&who));
            writeln!(self.out, "| {last} | {operation} | {count} | {who} |")?;
        }
        if more > 0 {
            writeln!(self.out, "\n{more} more.")?;
        }
        Ok(())
    }

    fn commands(&mut self, preflight: &Preflight) -> io::Result<()> {
        let all = words::commands(preflight);
        if all.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n### Commands, alternative and roll-back\n")?;
        for command in all {
            let may = words::may(command);
            let may = if may.is_empty() {
                String::new()
            } else {
                format!(" ({may})")
            };
            let purpose = link(&inline(command.purpose), command.reference);
            writeln!(self.out, "- {purpose}{}\n", inline(&may))?;
            self.command(&command.command, "  ")?;
        }
        Ok(())
    }

    /// A command to copy, below an item of a list.
    fn command(&mut self, command: &str, indent: &str) -> io::Result<()> {
        for line in fenced(command).lines() {
            writeln!(self.out, "{indent}{line}")?;
        }
        writeln!(self.out)
    }
}
