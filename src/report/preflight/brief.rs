//! The verdict on one screen: why, how much is known, when, and what to do; the rest is counted.

use std::io::{self, Write};

use super::human::Page;
use super::{chart, coverage, words};
use crate::preflight::{Operation, Preflight, Reason, Severity, Verdict};
use crate::report::Style;
use crate::text::Sources;

/// Lines of a screen that the verdict takes at most.
const SCREEN: usize = 43;
/// Lines that reasons have at least, however much else there is.
const REASONS: usize = 12;
/// Columns before the words of a reason.
const INDENT: usize = 4;
/// Commands that are shown.
const MOST_COMMANDS: usize = 2;

/// What holds for every key of its kind, and is told in one line.
const ALWAYS: [(&str, &str); 3] = [
    (
        "session-policy-not-known",
        "a session policy can take permissions away",
    ),
    (
        "documented-differently",
        "AWS documents the last 24 hours in two ways",
    ),
    ("data-is-lost", "what was encrypted under the key is lost"),
];

/// Writes one answer.
pub(super) fn one(
    out: &mut impl Write,
    sources: &Sources,
    preflight: &Preflight,
    style: &Style,
) -> io::Result<()> {
    let head = part(sources, style, |page| head(page, preflight))?;
    let rest = [
        part(sources, style, |page| evidence(page, preflight))?,
        part(sources, style, |page| timeline(page, preflight))?,
        part(sources, style, |page| commands(page, preflight))?,
    ];
    let taken = lines(&head).saturating_add(rest.iter().map(|of| lines(of)).sum());
    let room = SCREEN.saturating_sub(taken).max(REASONS);
    out.write_all(&head)?;
    let left_out = reasons(out, (sources, style), preflight, room)?;
    for part in &rest {
        out.write_all(part)?;
    }
    let mut page = Page::new(out, sources, style);
    let more = match left_out {
        0 => "permissions, who can cancel, what was recorded".to_owned(),
        1 => "one more reason, permissions, who can cancel, what was recorded".to_owned(),
        more => format!("{more} more reasons, permissions, who can cancel, what was recorded"),
    };
    writeln!(page.out)?;
    page.text(&format!("{more}: --verbose"), 0)
}

/// A part by itself, so that its lines can be counted.
fn part(
    sources: &Sources,
    style: &Style,
    write: impl FnOnce(&mut Page<'_, Vec<u8>>) -> io::Result<()>,
) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    write(&mut Page::new(&mut out, sources, style))?;
    Ok(out)
}

fn lines(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text).count()
}

fn head<W: Write>(page: &mut Page<'_, W>, preflight: &Preflight) -> io::Result<()> {
    page.headline(preflight)?;
    let key = preflight.key.as_ref().map(|key| key.name.as_str());
    page.field("key", key.unwrap_or(&preflight.given_key))?;
    page.field("", &words::key(preflight).join("; "))?;
    let request = words::request(preflight);
    let request = match &preflight.principal {
        Some(principal) => format!("{request} by {principal}"),
        None => request,
    };
    page.field("request", &request)?;
    if let Some(written) = preflight.written {
        let place = super::place(page.sources, written.at);
        page.field("", &format!("planned in {place}"))?;
    }
    let now = preflight.now.as_deref();
    page.field(
        "at",
        now.unwrap_or("not said (days are counted from the call)"),
    )?;
    writeln!(page.out)
}

/// Writes as many reasons as there is room for, in the order in which they decide; how many are left out.
fn reasons(
    out: &mut impl Write,
    (sources, style): (&Sources, &Style),
    preflight: &Preflight,
    room: usize,
) -> io::Result<usize> {
    let mut used = 0_usize;
    let mut left_out = 0_usize;
    let is_always = |reason: &&Reason| ALWAYS.iter().any(|(id, _)| *id == reason.id);
    let deciding = [Severity::Stop, Severity::Caution].into_iter();
    let mut told: Vec<_> = deciding
        .flat_map(|severity| preflight.of(severity))
        .collect();
    told.sort_by_key(|reason| (std::cmp::Reverse(reason.severity), !reason.is_prominent()));
    let infos = preflight
        .of(Severity::Info)
        .filter(|reason| !is_always(reason));
    let (always, _): (Vec<_>, Vec<_>) = preflight.of(Severity::Info).partition(is_always);
    let is_go = preflight.verdict == Verdict::Go;
    // What does not decide is told where nothing else is to be told.
    let infos: Vec<_> = infos.collect();
    let (shown, hidden) = if is_go {
        (infos, 0)
    } else {
        (Vec::new(), infos.len())
    };
    left_out = left_out.saturating_add(hidden);
    told.extend(shown);
    for reason in told {
        let text = part(sources, style, |page| self::reason(page, reason))?;
        let length = lines(&text);
        if used > 0 && used.saturating_add(length) > room {
            left_out = left_out.saturating_add(1);
            continue;
        }
        used = used.saturating_add(length);
        out.write_all(&text)?;
    }
    if is_go && !always.is_empty() {
        let known = ALWAYS
            .iter()
            .filter(|(id, _)| always.iter().any(|of| of.id == *id));
        let known: Vec<_> = known.map(|(_, words)| *words).collect();
        let mut page = Page::new(out, sources, style);
        page.text(&format!("as always: {}", known.join("; ")), 2)?;
    } else {
        left_out = left_out.saturating_add(always.len());
    }
    Ok(left_out)
}

fn reason<W: Write>(page: &mut Page<'_, W>, reason: &Reason) -> io::Result<()> {
    page.glyph(reason.severity)?;
    page.words(&format!("{} [{}]", reason.sentence, reason.id), INDENT)?;
    if reason.severity == Severity::Info {
        return Ok(());
    }
    if let Some(help) = &reason.help {
        page.text(&format!("help: {help}"), INDENT)?;
    }
    if let Some(by) = &reason.accepted {
        let accepted = words::accepted(page.sources, by);
        page.text(&accepted, INDENT)?;
    }
    if let Some(place) = words::place(page.sources, reason.at) {
        page.text(&place, INDENT)?;
    }
    Ok(())
}

fn evidence<W: Write>(page: &mut Page<'_, W>, preflight: &Preflight) -> io::Result<()> {
    let period = preflight.evidence.period.as_ref();
    let Some(period) = period.filter(|_| preflight.operation != Operation::Cancel) else {
        return Ok(());
    };
    writeln!(page.out)?;
    coverage::rows(page.out, period, page.style)?;
    page.text(&coverage::sentence(period), 2)
}

fn timeline<W: Write>(page: &mut Page<'_, W>, preflight: &Preflight) -> io::Result<()> {
    let Some(timeline) = &preflight.timeline else {
        return Ok(());
    };
    // Of a primary key that waits for its replicas, what it takes to delete all of them tells more.
    let plan = timeline.plan.as_ref();
    let lanes = plan.map_or(&timeline.lanes, |plan| &plan.lanes);
    let chart = part(page.sources, page.style, |page| {
        chart::lanes(page.out, lanes, page.style).map(drop)
    })?;
    if chart.is_empty() {
        return Ok(());
    }
    writeln!(page.out)?;
    if let Some(plan) = plan {
        page.text(&words::plan(plan), 0)?;
        writeln!(page.out)?;
    }
    let chart = String::from_utf8_lossy(&chart);
    let rows = chart.trim_end().lines().filter(|line| !line.is_empty());
    rows.into_iter()
        .try_for_each(|row| writeln!(page.out, "{row}"))
}

fn commands<W: Write>(page: &mut Page<'_, W>, preflight: &Preflight) -> io::Result<()> {
    let all = words::commands(preflight);
    if !all.is_empty() {
        writeln!(page.out)?;
    }
    for command in all.into_iter().take(MOST_COMMANDS) {
        let may = words::may(command);
        let words = match may {
            "" => command.purpose.to_owned(),
            may => format!("{} ({may})", command.purpose),
        };
        page.command(&words, &command.command)?;
    }
    Ok(())
}
