//! One record: what it is of, and how it is counted.

use crate::text::{Location, SourceId, Span};
use crate::tree::{Node, json};

use super::scan::{Fields, Record, Stop};
use super::shape::INSIGHT;
use super::tally::{EventKind, Tally};
use super::{KMS, Recorder, clock, event, selectors};

/// Where the events of AWS CloudTrail itself come from.
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// What is wrong with a record, and the byte of it.
pub(super) type Wrong = (usize, String);

/// What was done with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It was counted.
    Counted,
    /// It is of another service than KMS and says no time: CloudTrail wrote it not so.
    WithoutTime,
}

/// Where a record comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub(super) source: SourceId,
    pub(super) recorder: Recorder,
    /// Where it begins in the file's content; none where that cannot be shown.
    pub(super) offset: Option<u64>,
    /// What to point at in it, where it is itself a string inside another record.
    pub(super) within: Option<Span>,
}

impl Origin {
    /// What to point at: the name of the event, which has this span in the record. Nothing where it
    /// lies beyond what spans reach.
    fn place(self, name: Option<Span>) -> Location {
        let found = || {
            let offset = u32::try_from(self.offset?).ok()?;
            let span = self.within.or(name)?;
            Some(Span {
                start: span.start.checked_add(offset)?,
                end: span.end.checked_add(offset)?,
            })
        };
        Location {
            source: self.source,
            span: found().unwrap_or_default(),
        }
    }
}

/// Counts one record.
pub(super) fn take(
    tally: &mut Tally,
    origin: Origin,
    record: &Record<'_>,
    bytes: &[u8],
) -> Result<Taken, Wrong> {
    if record.repeated {
        let message = "a field of the event stands twice: readers differ in which they take";
        return Err((0, message.to_owned()));
    }
    if record.wrapped.is_some() {
        return take_wrapped(tally, origin, bytes);
    }
    if let Some(fields) = record.fields() {
        return take_event(tally, origin, &fields, bytes);
    }
    let node = parse(bytes)?;
    take_event(tally, origin, &Fields::of(&node), bytes)
}

/// An item of `lookup-events`, in which the event is a string.
fn take_wrapped(tally: &mut Tally, origin: Origin, bytes: &[u8]) -> Result<Taken, Wrong> {
    let node = parse(bytes)?;
    let Some(event) = node.get("CloudTrailEvent") else {
        return Err((0, "the event has no `CloudTrailEvent`".to_owned()));
    };
    let place = usize::try_from(event.span.start).unwrap_or_default();
    let Some(text) = event.as_str() else {
        return Err((place, "`CloudTrailEvent` must be a string".to_owned()));
    };
    let wrong = |what: &str| (place, format!("the event in this string is broken: {what}"));
    let start = text.len().saturating_sub(text.trim_start().len());
    let text = text.get(start..).unwrap_or_default();
    let record = Record::scan(text.as_bytes()).map_err(|stop| match stop {
        Stop::Cut => wrong("it is cut off"),
        Stop::Broken { what, .. } => wrong(what),
    })?;
    let (event, rest) = text.split_at_checked(record.length).unwrap_or((text, ""));
    if record.wrapped.is_some() || !rest.trim().is_empty() {
        return Err(wrong("it is no single event"));
    }
    let name = node.get("EventName").map(|name| name.span);
    let origin = Origin {
        recorder: Recorder::History,
        within: name.or(Some(Span::new(0, 1))),
        ..origin
    };
    take(tally, origin, &record, event.as_bytes()).map_err(|(_, what)| wrong(&what))
}

fn take_event(
    tally: &mut Tally,
    origin: Origin,
    fields: &Fields<'_>,
    bytes: &[u8],
) -> Result<Taken, Wrong> {
    let missing = |field: &str| (0, format!("the event has no `{field}`"));
    let is_insight = fields.kind == Some(INSIGHT.as_bytes());
    if !is_insight && fields.source.is_none() {
        return Err(missing("eventSource"));
    }
    if !is_insight && fields.name.is_none() {
        return Err(missing("eventName"));
    }
    let Some(time) = fields.time else {
        return match fields.source {
            Some(from) if !is_insight && from != KMS.as_bytes() => Ok(Taken::WithoutTime),
            _ => Err(missing("eventTime")),
        };
    };
    let time = clock::read(time).ok_or_else(|| {
        let shown = String::from_utf8_lossy(time);
        let shown = shown.escape_default();
        (
            0,
            format!("`eventTime` must be a date and a time: `{shown}` is none"),
        )
    })?;
    let from = fields.source.filter(|_| !is_insight);
    let event = if from == Some(KMS.as_bytes()) {
        Some(parse(bytes)?)
    } else {
        None
    };
    let is_change = from == Some(CLOUDTRAIL.as_bytes())
        && fields.name.is_some_and(selectors::is_change)
        && selectors::may_take_kms_out(&parse(bytes)?);
    let kind = EventKind::of(fields, event.is_some());
    let recorded = (origin.source, origin.recorder);
    tally.cover(recorded, (fields.recipient, fields.region), time, kind);
    if is_change {
        tally.change(fields.recipient, time);
    }
    if let Some(event) = event {
        let likeness = event::likeness(&event);
        let source_address = likeness.change.is_some().then(|| event::address(&event));
        let place = origin.place(event.get("eventName").map(|name| name.span));
        tally.count(likeness, time, (place, source_address.flatten()));
    }
    Ok(Taken::Counted)
}

fn parse(bytes: &[u8]) -> Result<Node<'_>, Wrong> {
    let text = str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        (at, "the event is not UTF-8".to_owned())
    })?;
    json::parse(text).map_err(|error| {
        let at = usize::try_from(error.span.start).unwrap_or_default();
        (at, error.message)
    })
}
