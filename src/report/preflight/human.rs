//! The verdict on a deletion for people: the verdict first, then why, when, who, what else.

use std::io::{self, Write};

use super::{brief, chart, counted, coverage, overall, words};
use crate::access::{Decision, KnownDecision};
use crate::preflight::{
    Cancellers, Evidence, Milestone, Operation, Preflight, Reason, Severity, Timeline,
    UnusedAcceptance, Verdict,
};
use crate::report::Style;
use crate::report::explanation;
use crate::report::snippet::{Tone, paint};
use crate::report::visible::{prose, wrap};
use crate::text::Sources;

/// Columns before the words of a reason.
const INDENT: usize = 12;

/// Writes one answer: on one screen, or all of it.
///
/// # Errors
/// Where writing fails.
pub fn one(
    out: &mut impl Write,
    sources: &Sources,
    preflight: &Preflight,
    (style, verbose): (&Style, bool),
) -> io::Result<()> {
    if !verbose {
        return brief::one(out, sources, preflight, style);
    }
    let mut page = Page::new(out, sources, style);
    page.head(preflight)?;
    page.reasons(preflight)?;
    page.coverage(preflight)?;
    if let Some(timeline) = &preflight.timeline {
        page.timeline(timeline)?;
    }
    page.permissions(preflight)?;
    page.cancellers(&preflight.cancellers)?;
    page.evidence(&preflight.evidence)?;
    page.commands(preflight)?;
    page.explanation(preflight)
}

/// Writes the answers for all keys that are pending deletion, and what they come to.
///
/// # Errors
/// Where writing fails.
pub fn pending(
    out: &mut impl Write,
    sources: &Sources,
    (operation, all): (Operation, &[Preflight]),
    (style, verbose): (&Style, bool),
) -> io::Result<()> {
    for preflight in all {
        one(out, sources, preflight, (style, verbose))?;
        writeln!(out)?;
    }
    let verdict = overall(all);
    let (word, tone) = (verdict.word().to_ascii_uppercase(), tone_of(verdict));
    writeln!(
        out,
        "{}: {}",
        paint(&word, tone, style),
        counted(operation, all)
    )?;
    for preflight in all {
        let verdict = preflight.verdict;
        let word = paint(&format!("{:<8}", verdict.word()), tone_of(verdict), style);
        let key = preflight.key.as_ref().map(|key| key.name.as_str());
        let key = prose(key.unwrap_or(&preflight.given_key), style.unicode);
        let names = words::prominent_names(preflight).join(", ");
        let line = format!("  {word} {key}  {names}");
        writeln!(out, "{}", line.trim_end())?;
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
    style: &Style,
) -> io::Result<()> {
    if unused.is_empty() {
        return Ok(());
    }
    let mut page = Page::new(out, sources, style);
    page.title("What accepts nothing")?;
    for unused in unused {
        write!(page.out, "  ")?;
        page.words(&words::unused(sources, unused), 2)?;
    }
    Ok(())
}

const fn tone_of(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Go => Tone::Good,
        Verdict::Caution => Tone::Warning,
        Verdict::Stop => Tone::Error,
    }
}

/// A page, and what it is written from.
pub(super) struct Page<'p, W: Write> {
    pub(super) out: &'p mut W,
    pub(super) sources: &'p Sources,
    pub(super) style: &'p Style,
}

impl<'p, W: Write> Page<'p, W> {
    pub(super) const fn new(out: &'p mut W, sources: &'p Sources, style: &'p Style) -> Self {
        Self {
            out,
            sources,
            style,
        }
    }

    /// Words on lines of their own, behind as many blanks.
    pub(super) fn text(&mut self, text: &str, indent: usize) -> io::Result<()> {
        write!(self.out, "{}", " ".repeat(indent))?;
        self.words(text, indent)
    }

    /// The verdict and its sentence, and an empty line.
    pub(super) fn headline(&mut self, preflight: &Preflight) -> io::Result<()> {
        let verdict = preflight.verdict;
        let word = verdict.word().to_ascii_uppercase();
        let headline = format!("{word}: {}", words::headline(preflight));
        let headline = paint(&headline, tone_of(verdict), self.style);
        writeln!(self.out, "{headline}\n")
    }

    /// The sign of a reason, before its words.
    pub(super) fn glyph(&mut self, severity: Severity) -> io::Result<()> {
        let (glyph, tone) = self.sign(severity);
        write!(self.out, "  {} ", paint(glyph, tone, self.style))
    }

    const fn sign(&self, severity: Severity) -> (&'static str, Tone) {
        let unicode = self.style.unicode;
        match severity {
            Severity::Stop => (if unicode { "✗" } else { "x" }, Tone::Error),
            Severity::Caution => (self.caution(), Tone::Warning),
            Severity::Info => (if unicode { "·" } else { "-" }, Tone::Note),
        }
    }

    fn shown(&self, text: &str) -> String {
        prose(text, self.style.unicode)
    }

    fn title(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.out, "\n{}\n", paint(title, Tone::Note, self.style))
    }

    /// Words that may take several lines, each after the first behind as many blanks.
    pub(super) fn words(&mut self, text: &str, indent: usize) -> io::Result<()> {
        let columns = self.style.columns().saturating_sub(indent);
        let text = wrap(&self.shown(text), columns, columns);
        let mut lines = text.lines();
        writeln!(self.out, "{}", lines.next().unwrap_or_default())?;
        for line in lines {
            writeln!(self.out, "{}{line}", " ".repeat(indent))?;
        }
        Ok(())
    }

    fn head(&mut self, preflight: &Preflight) -> io::Result<()> {
        self.headline(preflight)?;
        self.prominent(preflight)?;
        let key = preflight.key.as_ref().map(|key| key.name.as_str());
        self.field("key", key.unwrap_or(&preflight.given_key))?;
        for line in words::key(preflight) {
            self.field("", &line)?;
        }
        if let Some(principal) = &preflight.principal {
            self.field("principal", principal)?;
        }
        self.field("request", &words::request(preflight))?;
        if let Some(written) = preflight.written {
            let place = super::place(self.sources, written.at);
            self.field("", &format!("planned in {place}"))?;
        }
        let now = preflight.now.as_deref();
        self.field(
            "at",
            now.unwrap_or("not said (days are counted from the call)"),
        )
    }

    /// What nobody may miss, whatever the exit code is.
    fn prominent(&mut self, preflight: &Preflight) -> io::Result<()> {
        let prominent = words::prominent(preflight);
        let glyph = paint(self.caution(), Tone::Warning, self.style);
        for reason in &prominent {
            write!(self.out, "  {glyph} ")?;
            let accepted = reason.accepted.as_ref().map_or("", |_| ", accepted");
            let words = format!("{} [{}]{accepted}", reason.sentence, reason.id);
            self.words(&words, 4)?;
        }
        if !prominent.is_empty() {
            writeln!(self.out)?;
        }
        Ok(())
    }

    const fn caution(&self) -> &'static str {
        if self.style.unicode { "▲" } else { "!" }
    }

    pub(super) fn field(&mut self, name: &str, text: &str) -> io::Result<()> {
        write!(self.out, "  {name:<9} ")?;
        self.words(text, INDENT)
    }

    fn reasons(&mut self, preflight: &Preflight) -> io::Result<()> {
        self.title("Why")?;
        for severity in [Severity::Stop, Severity::Caution, Severity::Info] {
            for reason in preflight.of(severity) {
                self.reason(reason)?;
            }
        }
        Ok(())
    }

    fn reason(&mut self, reason: &Reason) -> io::Result<()> {
        let (glyph, tone) = self.sign(reason.severity);
        let word = format!("{glyph} {:<7}", reason.severity.word());
        write!(self.out, "  {} ", paint(&word, tone, self.style))?;
        self.words(&format!("{} [{}]", reason.sentence, reason.id), INDENT)?;
        let blanks = " ".repeat(INDENT);
        if let Some(help) = &reason.help {
            write!(self.out, "{blanks}")?;
            self.words(&format!("help: {help}"), INDENT)?;
        }
        if let Some(by) = &reason.accepted {
            write!(self.out, "{blanks}")?;
            self.words(&words::accepted(self.sources, by), INDENT)?;
        }
        if reason.severity == Severity::Info {
            return Ok(());
        }
        if let Some(place) = words::place(self.sources, reason.at) {
            writeln!(self.out, "{blanks}{}", self.shown(&place))?;
        }
        writeln!(self.out, "{blanks}{}", reason.reference)
    }

    /// Which days before the call are covered; nothing where that does not matter.
    fn coverage(&mut self, preflight: &Preflight) -> io::Result<()> {
        let period = preflight.evidence.period.as_ref();
        let Some(period) = period.filter(|_| preflight.operation != Operation::Cancel) else {
            return Ok(());
        };
        self.title("What is covered")?;
        coverage::days(self.out, period, self.style)?;
        write!(self.out, "\n  ")?;
        self.words(&coverage::sentence(period), 2)?;
        for command in &period.commands {
            self.command(&command.purpose, &command.command)?;
        }
        Ok(())
    }

    fn timeline(&mut self, timeline: &Timeline) -> io::Result<()> {
        if timeline.lanes.is_empty() && timeline.milestones.is_empty() {
            return Ok(());
        }
        self.title("When")?;
        self.bars(&timeline.lanes, &timeline.milestones)?;
        let Some(plan) = &timeline.plan else {
            return Ok(());
        };
        self.title(&words::plan(plan))?;
        self.bars(&plan.lanes, &plan.milestones)?;
        writeln!(self.out)?;
        for call in &plan.calls {
            let words = format!("{}: {}{}", call.region, call.purpose, words::planned(call));
            self.command(&words, &call.command)?;
        }
        if !plan.way_out.is_empty() {
            self.title("To delete only this key")?;
            for call in &plan.way_out {
                self.command(&call.purpose, &call.command)?;
            }
        }
        Ok(())
    }

    fn bars(
        &mut self,
        lanes: &[crate::preflight::Lane],
        milestones: &[Milestone],
    ) -> io::Result<()> {
        chart::lanes(self.out, lanes, self.style)?;
        let dates = milestones.iter().map(|of| words::moment(of.when));
        let dates: Vec<String> = dates.collect();
        let widest = dates.iter().map(|date| date.chars().count()).max();
        let widest = widest.unwrap_or_default();
        for (date, milestone) in dates.iter().zip(milestones) {
            write!(self.out, "  {date:<widest$}  ")?;
            self.words(&milestone.what, widest.saturating_add(4))?;
        }
        Ok(())
    }

    fn answer(&self, answer: KnownDecision) -> String {
        let unicode = self.style.unicode;
        let (glyph, tone) = match answer.decision {
            Decision::Allowed => (if unicode { "✓" } else { "+" }, Tone::Good),
            Decision::ImplicitDeny | Decision::ExplicitDeny => {
                (if unicode { "✗" } else { "x" }, Tone::Error)
            }
            Decision::Conditional => ("?", Tone::Warning),
        };
        paint(glyph, tone, self.style)
    }

    fn permissions(&mut self, preflight: &Preflight) -> io::Result<()> {
        if preflight.permissions.is_empty() {
            return Ok(());
        }
        self.title("What the principal may do")?;
        for permission in &preflight.permissions {
            let glyph = self.answer(permission.answer);
            let word = permission.answer.word();
            let action = permission.action.qualified();
            write!(self.out, "  {glyph} {action:<23} {word:<11} ")?;
            self.words(&words::decided(permission), 40)?;
        }
        Ok(())
    }

    fn cancellers(&mut self, cancellers: &Cancellers) -> io::Result<()> {
        if !cancellers.known {
            return Ok(());
        }
        self.title("Who else can cancel")?;
        if cancellers.others.is_empty() {
            return writeln!(self.out, "  nobody whom these files name");
        }
        let names = cancellers
            .others
            .iter()
            .map(|other| self.shown(&other.name));
        let names: Vec<String> = names.collect();
        let widest = names.iter().map(|name| name.chars().count()).max();
        let widest = widest.unwrap_or_default().min(36);
        for (name, other) in names.iter().zip(&cancellers.others) {
            let glyph = self.answer(other.answer);
            write!(self.out, "  {glyph} {name:<widest$}  ")?;
            self.words(&words::canceller(other), widest.saturating_add(6))?;
        }
        Ok(())
    }

    fn evidence(&mut self, evidence: &Evidence) -> io::Result<()> {
        self.title("What was recorded")?;
        match &evidence.last_usage {
            Some(usage) => self.record("last usage", &words::last_usage(usage))?,
            None => self.record("last usage", "no answer of `get-key-last-usage`")?,
        }
        match &evidence.coverage {
            Some(coverage) => self.record("CloudTrail", &words::coverage(coverage))?,
            None => self.record("CloudTrail", "no files")?,
        }
        let (rows, more) = words::calls(evidence);
        if rows.is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        let operations = rows.iter().map(|row| row[0].chars().count()).max();
        let operations = operations.unwrap_or_default().min(44);
        for [operation, who, count, last] in rows {
            let operation = self.shown(&operation);
            let who = self.shown(&who);
            writeln!(
                self.out,
                "  {last}  {operation:<operations$}  {count:>5}  {who}"
            )?;
        }
        if more > 0 {
            writeln!(self.out, "  and {more} more")?;
        }
        Ok(())
    }

    fn record(&mut self, name: &str, text: &str) -> io::Result<()> {
        write!(self.out, "  {name:<10}  ")?;
        self.words(text, 14)
    }

    fn commands(&mut self, preflight: &Preflight) -> io::Result<()> {
        let all = words::commands(preflight);
        if all.is_empty() {
            return Ok(());
        }
        let title = match preflight.operation {
            Operation::Schedule => "To do it, to disable instead, and to undo it",
            Operation::Cancel | Operation::Pending => "To bring the key back",
        };
        self.title(title)?;
        for command in all {
            let may = words::may(command);
            let words = if may.is_empty() {
                command.purpose.to_owned()
            } else {
                format!("{} ({may})", command.purpose)
            };
            self.command(&words, &command.command)?;
        }
        Ok(())
    }

    /// A command stays on one line, so that it can be copied.
    pub(super) fn command(&mut self, words: &str, command: &str) -> io::Result<()> {
        write!(self.out, "  ")?;
        self.words(words, 2)?;
        writeln!(self.out, "      {}", self.shown(command))
    }

    /// Of a permission that is not there, the statements that decide.
    fn explanation(&mut self, preflight: &Preflight) -> io::Result<()> {
        let Some(own) = preflight.permissions.first() else {
            return Ok(());
        };
        let is_telling = !own.answer.is_allowed() && !own.answer.lacks_policies;
        let decides = is_telling && preflight.operation != Operation::Pending;
        let Some(explained) = own.explanation.as_ref().filter(|_| decides) else {
            return Ok(());
        };
        self.title("The decision")?;
        explanation::human(self.out, self.sources, explained, 0, self.style)
    }
}
