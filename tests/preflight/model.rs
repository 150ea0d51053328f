//! Coverage a second time, written from the text without a thought of spans: a moment is
//! looked at by all that was recorded around it, and a time by every moment at which that may change.

use jiff::{SignedDuration, Timestamp};

use super::ARN;
use super::scenario::{Class, Event, History, OWN, READ, Scenario, Usage, WRITE, hours, seconds};

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A scenario, with the moments of its events sorted.
pub(crate) struct Model<'s> {
    of: &'s Scenario,
    reads: Vec<Timestamp>,
    writes: Vec<Timestamp>,
    kms_reads: Vec<Timestamp>,
    home_reads: Vec<Timestamp>,
    home_writes: Vec<Timestamp>,
    /// Calls after which a trail may record less.
    changes: Vec<Timestamp>,
    /// Every moment at which what is known may change.
    marks: Vec<Timestamp>,
}

/// Days have 24 hours.
fn before(now: Timestamp, days: u16) -> Timestamp {
    hours(now, -24 * i64::from(days))
}

impl<'s> Model<'s> {
    pub(crate) fn new(of: &'s Scenario) -> Self {
        let sorted = |is_one: &dyn Fn(&Event) -> bool| {
            let found = of.events.iter().filter(|event| is_one(event));
            let mut times: Vec<_> = found.map(|event| event.at).collect();
            times.sort_unstable();
            times
        };
        let home = of.selectors.map(|(home, _)| home);
        let at_home = |event: &Event| home.is_some_and(|home| event.is_of(home));
        let mut model = Self {
            of,
            reads: sorted(&|event| event.is_of(OWN) && event.class == READ),
            writes: sorted(&|event| event.is_of(OWN) && event.class == WRITE),
            kms_reads: sorted(&|event| {
                event.is_of(OWN) && event.class == READ && event.service == "kms"
            }),
            home_reads: sorted(&|event| at_home(event) && event.class == READ),
            home_writes: sorted(&|event| at_home(event) && event.class == WRITE),
            changes: Vec::new(),
            marks: sorted(&|_| true),
        };
        let changes = model.recorded().filter(|event| model.changes_trail(event));
        model.changes = changes.map(|event| event.at).collect();
        model.changes.sort_unstable();
        for history in &of.histories {
            model
                .marks
                .extend(history.start.into_iter().chain(history.end));
            model
                .marks
                .extend(history.events.iter().map(|event| event.at));
        }
        let spans = of.stopped.into_iter().chain(of.missing_log);
        model
            .marks
            .extend(spans.flat_map(|(one, other)| [one, other]));
        let tracked = of
            .usage
            .iter()
            .flat_map(|usage| [usage.since, usage.created]);
        model.marks.extend(tracked);
        model.marks.push(before(of.now, 90));
        model.marks.sort_unstable();
        model.marks.dedup();
        model
    }

    /// Whether there is a go.
    pub(crate) fn is_go(&self) -> bool {
        let of = self.of;
        if self.was_never_used() {
            return true;
        }
        let used = self
            .uses()
            .chain(of.usage.and_then(|usage| usage.used))
            .max();
        let quiet_from = before(of.now, of.needed.days);
        let quiet = used.is_none_or(|used| used < quiet_from)
            && self.all(quiet_from, of.now, &|at| self.shown(at) || self.tracked(at));
        let watched_from = before(of.now, of.needed.disabled_days);
        let watched = self.all(watched_from, of.now, &|at| self.shown(at));
        quiet && watched && self.is_disabled_since(watched_from) && !self.has_failed()
    }

    /// Every call that any file recorded. Insights events are about calls, and are none.
    fn recorded(&self) -> impl Iterator<Item = &'s Event> {
        let histories = self.of.histories.iter().flat_map(|history| &history.events);
        let all = self.of.events.iter().chain(histories);
        all.filter(|event| event.class != Class::Insight)
    }

    /// Calls of this name about the key, and how they ended.
    fn calls(&self, name: &str) -> impl Iterator<Item = (Timestamp, Option<&'s str>)> {
        let of_key = self.recorded().filter(|event| event.key == Some(ARN));
        let named = of_key.filter(move |event| event.name == name);
        named.map(|event| (event.at, event.error))
    }

    /// Uses of the key; `Decrypt` is the only one here.
    fn uses(&self) -> impl Iterator<Item = Timestamp> {
        let succeeded = self.calls("Decrypt").filter(|(_, error)| error.is_none());
        succeeded.map(|(at, _)| at)
    }

    fn has_failed(&self) -> bool {
        let mut calls = self.calls("Decrypt");
        calls.any(|(_, error)| error == Some("DisabledException"))
    }

    /// `get-key-last-usage`, unless a record shows a use that it misses.
    fn believed(&self) -> Option<Usage> {
        let usage = self.of.usage?;
        let known = usage.used.unwrap_or(usage.since.max(usage.created));
        let missed = |at: Timestamp| at.duration_since(known) > SignedDuration::from_hours(2);
        (!self.uses().any(missed)).then_some(usage)
    }

    /// It speaks for its tracked time.
    fn tracked(&self, at: Timestamp) -> bool {
        let usage = self.believed();
        usage.is_some_and(|usage| at >= usage.since.max(usage.created))
    }

    /// Never used in its whole life, which is tracked.
    fn was_never_used(&self) -> bool {
        let lifelong = |usage: Usage| usage.since <= usage.created && usage.used.is_none();
        self.of.usage.is_some_and(lifelong) && self.uses().next().is_none() && !self.has_failed()
    }

    /// Disabled by a recorded call that no other follows; or at all while records with write events
    /// show that nothing changed it.
    fn is_disabled_since(&self, from: Timestamp) -> bool {
        let succeeded = |name: &str| {
            let calls = self.calls(name).filter(|(_, error)| error.is_none());
            calls.map(|(at, _)| at).collect::<Vec<_>>()
        };
        let enabled = succeeded("EnableKey").into_iter().max();
        let disabled = succeeded("DisableKey").into_iter();
        let disabled = disabled.filter(|at| enabled.is_none_or(|enabled| *at > enabled));
        let known = match disabled.min() {
            Some(disabled) => disabled <= from,
            None => enabled.is_none() && self.all(from, self.of.now, &|at| self.state_shown(at)),
        };
        self.of.state == "Disabled" && known
    }

    /// Whether something holds at all moments of a time: between two moments at which something
    /// happened nothing changes. Whole seconds that follow one another leave nothing out.
    fn all(&self, from: Timestamp, to: Timestamp, holds: &dyn Fn(Timestamp) -> bool) -> bool {
        let inside = self.marks.iter().copied();
        let inside = inside.filter(|mark| from < *mark && *mark < to);
        let marks: Vec<_> = [from].into_iter().chain(inside).chain([to]).collect();
        marks.windows(2).all(|pair| {
            let half = pair[1].duration_since(pair[0]).as_secs_f64() / 2.0;
            let middle = pair[0].checked_add(SignedDuration::from_secs_f64(half));
            let is_second = pair[1] == seconds(pair[0], 1) && pair[0] != from && pair[1] != to;
            is_second || holds(middle.unwrap())
        })
    }

    fn shown(&self, at: Timestamp) -> bool {
        self.by_trail(at) || self.by_history(at, Need::Use, OWN)
    }

    fn state_shown(&self, at: Timestamp) -> bool {
        (self.by_trail(at) && self.follow(&self.writes, at, WEEK))
            || self.by_history(at, Need::State, OWN)
    }

    /// Whether events follow one another around a moment within a gap; now may be the end of it.
    fn follow(&self, times: &[Timestamp], at: Timestamp, gap: SignedDuration) -> bool {
        let Some(last) = latest(times, at) else {
            return false;
        };
        let next = earliest(times, at).unwrap_or(self.of.now);
        next.duration_since(last) <= gap
    }

    fn gap(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.of.needed.maximum_gap_hours))
    }

    fn by_trail(&self, at: Timestamp) -> bool {
        let of = self.of;
        let within = |span: Option<(Timestamp, Timestamp)>| {
            span.is_some_and(|(from, to)| from < at && at < to)
        };
        let shows_use = of.events.iter().any(|event| {
            let reads = event.is_of(OWN) && event.class == READ;
            reads && (event.service != "kms" || event.name == "Decrypt")
        });
        of.selectors.is_none_or(|(_, with_kms)| with_kms)
            && shows_use
            && !within(of.stopped)
            && !within(of.missing_log)
            && self.follow(&self.reads, at, self.gap())
            && self.kms_is_in(at)
    }

    /// KMS is in the trail where events of it show that, and no call that may have taken it out was
    /// made between the two; for a week, or for as long as such a call would have been recorded.
    fn kms_is_in(&self, at: Timestamp) -> bool {
        let next = earliest(&self.kms_reads, at);
        let Some(last) = latest(&self.kms_reads, at) else {
            return next.is_some_and(|next| {
                let changed = earliest(&self.changes, at).is_some_and(|change| change <= next);
                !changed && self.seen_at_home(at, next)
            });
        };
        let until = next.unwrap_or(self.of.now);
        let end = earliest(&self.changes, last).map_or(until, |change| change.min(until));
        at <= end && (end.duration_since(last) <= WEEK || self.seen_at_home(last, at))
    }

    /// Calls after which a trail may record less: they succeeded, in any account, as the trail may be
    /// one of an organization; where the trail is known, in its account or the key's.
    fn changes_trail(&self, event: &Event) -> bool {
        let names = [
            "PutEventSelectors",
            "StopLogging",
            "UpdateTrail",
            "DeleteTrail",
        ];
        let harmless = event
            .request
            .to_string()
            .contains("\"readWriteType\":\"All\"");
        let selectors = self.of.selectors;
        let known = selectors.is_none_or(|(home, _)| [home.0, OWN.0].contains(&event.place.0));
        event.service == "cloudtrail"
            && names.contains(&event.name)
            && event.error.is_none()
            && !harmless
            && known
    }

    /// Whether such a call would have been recorded at all moments of a time.
    fn seen_at_home(&self, from: Timestamp, to: Timestamp) -> bool {
        let Some((home, _)) = self.of.selectors else {
            return false;
        };
        self.all(from, to, &|at| {
            (self.follow(&self.home_reads, at, self.gap())
                && self.follow(&self.home_writes, at, WEEK))
                || self.by_history(at, Need::Trails, home)
        })
    }

    fn by_history(&self, at: Timestamp, need: Need, place: (&str, &str)) -> bool {
        self.of.histories.iter().any(|history| {
            let usable = history.has_request && !history.has_more && answers(history, need, place);
            usable && self.reaches(history, at)
        })
    }

    /// The call was made between what is known of it and now, and reached back 90 days. What it
    /// covers may end a gap before now.
    fn reaches(&self, history: &History, at: Timestamp) -> bool {
        let now = self.of.now;
        let newest = history.events.iter().map(|event| event.at).max();
        let end = history.end.filter(|end| *end <= now).or(newest);
        let Some(end) = end.map(|end| end.min(now)) else {
            return false;
        };
        let oldest = before(now, 90);
        let start = history.start.map_or(oldest, |start| start.max(oldest));
        let is_recent = now.duration_since(end) <= self.gap();
        start <= end && start <= at && (at <= end || is_recent)
    }
}

fn latest(times: &[Timestamp], at: Timestamp) -> Option<Timestamp> {
    times[..times.partition_point(|time| *time <= at)]
        .last()
        .copied()
}

fn earliest(times: &[Timestamp], at: Timestamp) -> Option<Timestamp> {
    times[times.partition_point(|time| *time < at)..]
        .first()
        .copied()
}

#[derive(Clone, Copy, PartialEq)]
enum Need {
    Use,
    State,
    Trails,
}

/// Whether all that is needed was asked for, of this account and Region.
fn answers(history: &History, need: Need, place: (&str, &str)) -> bool {
    let events = &history.events;
    if events.iter().any(|event| !event.is_of(place)) {
        return false;
    }
    match (history.asked, need) {
        (Some(["ResourceName", name]), Need::Use | Need::State) => name == ARN,
        (None, _)
        | (Some(["EventSource", "kms.amazonaws.com"]), Need::Use | Need::State)
        | (Some(["EventSource", "cloudtrail.amazonaws.com"]), Need::Trails)
        | (Some(["ReadOnly", "true"]), Need::Use)
        | (Some(["ReadOnly", "false"]), Need::State | Need::Trails) => !events.is_empty(),
        _ => false,
    }
}
