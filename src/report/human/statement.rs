//! What is found about one statement, or at one place: the sentences, the lines that they are about, and what
//! to do.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::decoded::DecodedPolicy;
use super::marks::{Mark, MarkedFile, draw};
use super::{Context, footnote, tone};
use crate::finding::{Confidence, Label};
use crate::lint::{Defect, PolicyOwner, StatementName};
use crate::report::snippet::{Tone, paint};
use crate::report::visible::{prose, wrap};
use crate::text::{Location, Span};

/// Places that are marked at most.
const MOST_MARKS: usize = 8;
/// Further places that are named at most.
const MOST_PLACES: usize = 2;

/// Writes what is found about one statement, the worst first, and an empty line.
pub(super) fn write(
    out: &mut impl Write,
    defects: &[&Defect<'_>],
    context: &Context<'_>,
) -> io::Result<()> {
    for defect in defects {
        sentence(out, defect, context)?;
    }
    let Some(first) = defects.first() else {
        return Ok(());
    };
    let places = Places::of(defects, first.finding.statement);
    let statement = first.finding.statement;
    let statement = statement.and_then(|at| context.names?.statement_at(at));
    if let Some(file) = context.sources.get(first.finding.primary.at.source) {
        let policy = statement.map(|statement| statement.policy);
        let decoded = policy.and_then(|policy| DecodedPolicy::of(file, policy));
        let title = statement
            .map(|statement| title(&statement))
            .unwrap_or_default();
        let marked = MarkedFile {
            file,
            decoded: decoded.as_ref(),
            title: &title,
        };
        draw(out, &marked, &places.marks, context.style)?;
    }
    places.write_others(out, context)?;
    let mut told = BTreeSet::new();
    for (name, note) in defects.iter().flat_map(|defect| defect.lines()) {
        if told.insert(note) {
            footnote(out, name, note, context.style)?;
        }
    }
    for defect in defects {
        let help = &*defect.finding.help;
        if !help.is_empty() && told.insert(help) {
            let room = context.style.columns().saturating_sub(8);
            let help = wrap(&prose(help, context.style.unicode), room, room);
            let title = paint("help:", Tone::Note, context.style);
            writeln!(out, "  {title} {}", help.replace('\n', "\n        "))?;
        }
    }
    writeln!(out)
}

/// What is wrong, in one sentence.
fn sentence(out: &mut impl Write, defect: &Defect<'_>, context: &Context<'_>) -> io::Result<()> {
    let (finding, style) = (&defect.finding, context.style);
    let title = format!("{}[{}]", finding.severity.name(), finding.rule);
    let mut words = finding.message.clone();
    match finding.confidence {
        Confidence::High => {}
        Confidence::Medium => words.push_str(" (confidence: medium)"),
        Confidence::Low => words.push_str(" (confidence: low)"),
    }
    if defect.is_fixable {
        words.push_str(" [fixable]");
    }
    let columns = style.columns();
    let first = columns.saturating_sub(title.chars().count().saturating_add(2));
    let words = wrap(
        &prose(&words, style.unicode),
        first,
        columns.saturating_sub(4),
    );
    let title = paint(&prose(&title, style.unicode), tone(finding.severity), style);
    writeln!(out, "{title}: {}", words.replace('\n', "\n    "))
}

/// How a statement is called.
fn title(statement: &StatementName<'_>) -> String {
    let name = match statement.sid {
        Some(sid) => format!("statement \"{sid}\""),
        None => format!("statement {}", statement.number),
    };
    match statement.of {
        PolicyOwner::Key(_) | PolicyOwner::Other => name,
        PolicyOwner::Identity(_) => format!("{name} of `{}`", statement.policy.name),
    }
}

/// The places that findings about one statement speak of.
struct Places<'d> {
    /// Those in the statement.
    marks: Vec<Mark<'d>>,
    others: Vec<&'d Label>,
}

impl<'d> Places<'d> {
    fn of(defects: &'d [&Defect<'_>], statement: Option<Location>) -> Self {
        let (mut marks, mut others) = (Vec::<Mark<'_>>::new(), Vec::new());
        let mut seen = BTreeSet::new();
        let primary = defects.iter().map(|of| (*of, &of.finding.primary, true));
        let related = defects.iter().flat_map(|of| {
            let labels = of.finding.related.iter();
            labels.map(move |label| (*of, label, false))
        });
        let source = defects.first().map(|of| of.finding.primary.at.source);
        for (defect, label, is_primary) in primary.chain(related) {
            let is_inside = Some(label.at.source) == source
                && statement.is_none_or(|at| holds(at.span, label.at.span));
            let is_whole = statement == Some(label.at) && !(is_primary && marks.is_empty());
            // Several findings may say the same there.
            if is_whole || !seen.insert((label.at, &*label.text)) {
                continue;
            }
            if (is_inside || is_primary && marks.is_empty()) && marks.len() < MOST_MARKS {
                let tone = if is_primary {
                    tone(defect.finding.severity)
                } else {
                    Tone::Note
                };
                marks.push(Mark {
                    at: label.at.span,
                    words: &label.text,
                    tone,
                });
            } else if !label.text.is_empty() && defect.parts().len() == 1 {
                others.push(label);
            }
        }
        Self { marks, others }
    }

    /// Names the first places elsewhere.
    fn write_others(&self, out: &mut impl Write, context: &Context<'_>) -> io::Result<()> {
        for label in self.others.iter().take(MOST_PLACES) {
            if let Some(file) = context.sources.get(label.at.source) {
                let position = file.position(label.at.span.start);
                let (name, line, column) = (file.name(), position.line, position.column);
                let words = format!("{name}:{line}:{column}: {}", label.text);
                footnote(out, "see also", &words, context.style)?;
            }
        }
        match self.others.len().saturating_sub(MOST_PLACES) {
            0 => Ok(()),
            1 => footnote(out, "see also", "one more place", context.style),
            more => footnote(
                out,
                "see also",
                &format!("{more} more places"),
                context.style,
            ),
        }
    }
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
