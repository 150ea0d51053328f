//! What CloudTrail recorded of keys, brought together with what other files say of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::aws::key::{KeyState, MultiRegionKeyType, Reported};
use crate::aws::{KeyArn, PendingWindowInDays, parse_time};
use crate::inventory::{
    Address, DeletionStep, Inventory, Key, KeyMetadata, Located, RecordedDeletion, RecordedEvents,
    RecordedLife, Trail, TrailIndex,
};
use crate::text;
use crate::text::{
    Location, Opened, Overlay, Progress, ReadError, SourceFile, SourceId, Sources, Span,
};

use super::file::Candidate;

/// The largest file of events whose text is kept, to show a place in it; bytes.
const MAX_FILE: usize = 16 << 20;

/// The most text of files of events that is kept; bytes.
const MAX_TEXT: usize = 64 << 20;

/// Keeps the text of files in which a change of a key is recorded, so that the event can be shown: of
/// a compressed file what it holds. What is too large is named only, and calls that change nothing
/// are not shown.
pub(super) fn show(
    trail: &mut Trail,
    candidates: &[Candidate<'_>],
    overlay: &Overlay,
    sources: &mut Sources,
) {
    let paths: BTreeMap<_, _> = candidates.iter().map(|of| (of.source, of.path)).collect();
    let mut kept: BTreeMap<SourceId, bool> = BTreeMap::new();
    let mut room = MAX_TEXT;
    for events in &mut trail.events {
        let is_change = events.change.is_some() && events.error.is_none();
        let is_placed = is_change && !events.at.span.is_empty();
        let source = events.at.source;
        let is_kept = is_placed
            && *kept.entry(source).or_insert_with(|| {
                let file = paths
                    .get(&source)
                    .and_then(|path| small_text(path, overlay));
                let file = file.filter(|file| file.text().len() <= room);
                room = room.saturating_sub(file.as_ref().map_or(0, |file| file.text().len()));
                file.map(|file| sources.put(source, file)).is_some()
            });
        if !is_kept {
            events.at.span = Span::default();
        }
    }
}

/// The text of a file that was read before, decompressed where it is compressed, unless it is large.
fn small_text(path: &Path, overlay: &Overlay) -> Option<SourceFile> {
    // A pipe cannot be read again.
    let on_disk = || path.metadata().ok().filter(Metadata::is_file);
    let length = match overlay.get(path) {
        Some(bytes) => bytes.len(),
        None => usize::try_from(on_disk()?.len()).ok()?,
    };
    if length > MAX_FILE {
        return None;
    }
    let unwatched = Progress::default();
    let opened = match overlay.get(path) {
        Some(bytes) => Opened::in_memory(bytes.to_vec(), &unwatched),
        None => text::open(path, &unwatched).ok()?,
    };
    let is_gzip = opened.is_gzip();
    let most = u64::try_from(MAX_FILE).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let mut content = opened.content().take(most.saturating_add(1));
    content.read_to_end(&mut bytes).ok()?;
    if bytes.len() > MAX_FILE {
        return None;
    }
    let file = match text::decode(&path.to_string_lossy(), bytes) {
        Ok(file) => file,
        // A byte-order mark is no more than that.
        Err(ReadError::NotText { shown, .. }) => *shown,
        Err(_) => return None,
    };
    Some(if is_gzip {
        file.as_decompressed()
    } else {
        file
    })
}

/// Brings what was recorded of each key's deletion together with what other files say of it, and
/// makes a key of what only CloudTrail tells of.
pub(super) fn join(inventory: &mut Inventory) {
    let Inventory { keys, trail, .. } = inventory;
    if trail.events.iter().all(|events| events.change.is_none()) {
        return;
    }
    let index = TrailIndex::new(trail);
    for key in keys.iter_mut() {
        complete(key, &index);
    }
    let mut more = unknown_keys(keys, trail);
    more.retain_mut(|key| complete(key, &index).is_eventful());
    for key in &mut more {
        // Its first event may be another than the one that is told of.
        let recorded = key.metadata.recorded.as_ref();
        key.at = recorded.map_or(key.at, |recorded| recorded.call.at);
    }
    keys.extend(more);
}

/// Takes over what was recorded of the key.
fn complete<'t>(key: &mut Key, index: &TrailIndex<'t>) -> RecordedLife<'t> {
    let events: Vec<_> = index.of_key(key).collect();
    let life = RecordedLife::of(key, &events);
    let Some((step, call)) = life.deletion else {
        return life;
    };
    let region = key.arn.as_ref().map_or(&*call.region, KeyArn::region);
    let account = key.account.or(call.caller.account);
    let reaches = account.and_then(|account| index.reaches(region, account));
    let mut recorded = RecordedDeletion {
        step,
        call: call.clone(),
        reaches: reaches.map_or(call.last, |reaches| reaches.max(call.last)),
        contradicts: None,
    };
    let metadata = Arc::make_mut(&mut key.metadata);
    match step {
        DeletionStep::Scheduled => scheduled(metadata, &mut recorded),
        DeletionStep::Cancelled => cancelled(metadata, &mut recorded),
        DeletionStep::Deleted => deleted(metadata, &mut recorded),
    }
    metadata.recorded = Some(Box::new(recorded));
    life
}

fn is_pending(state: &Reported<KeyState>) -> bool {
    state.known().is_some_and(KeyState::is_pending_deletion)
}

/// Where no other file says a state, the key is in the one that its scheduling left it in.
fn scheduled(metadata: &mut KeyMetadata, recorded: &mut RecordedDeletion) {
    let at = recorded.call.at;
    let answers = metadata.scheduled.as_ref();
    let is_contested = answers.is_some_and(|answer| answer.contradicts.is_some());
    match &metadata.state {
        Some(state) if !is_pending(&state.value) => {
            recorded.contradicts = metadata.state.take();
            return;
        }
        None if is_contested => return,
        None => metadata.state = recorded.state().map(|value| Located { value, at }),
        Some(_) => {}
    }
    let date = || {
        let value = recorded.date()?.to_string();
        Some(Located { value, at })
    };
    let state = metadata
        .state
        .as_ref()
        .and_then(|state| state.value.known());
    if state == Some(KeyState::PendingDeletion) {
        metadata.deletion_date = metadata.deletion_date.take().or_else(date);
    } else if metadata.pending_window.is_none() {
        let value = recorded.window();
        metadata.pending_window = Some(Located { value, at });
    }
}

/// A key that was described as pending deletion after it was cancelled was scheduled again, at most
/// 30 days before its deletion date.
fn cancelled(metadata: &mut KeyMetadata, recorded: &mut RecordedDeletion) {
    let date = metadata.deletion_date.as_ref();
    let date = date.and_then(|date| parse_time(&date.value));
    // KMS may write a date that is up to a day late.
    let longest = i64::from(PendingWindowInDays::MAX.days()).saturating_add(1);
    let longest = SignedDuration::from_hours(longest.saturating_mul(24));
    let earliest = date.and_then(|date| date.checked_sub(longest).ok());
    let is_newer = earliest.is_some_and(|earliest| earliest > recorded.call.last);
    let state = metadata.state.as_ref();
    if state.is_some_and(|state| is_pending(&state.value)) && !is_newer {
        recorded.contradicts = metadata.state.take();
    }
}

/// A deleted key does not come back, but a replica can be made again with the same ARN.
fn deleted(metadata: &mut KeyMetadata, recorded: &mut RecordedDeletion) {
    let part = metadata.multi_region_type.as_ref();
    let part = part.and_then(|part| part.value.known());
    let state = metadata.state.as_ref();
    let stays = state.is_some_and(|state| !is_pending(&state.value));
    if stays && part == Some(MultiRegionKeyType::Replica) {
        recorded.contradicts = metadata.state.take();
    }
}

/// The keys that no other file tells of, by ARN, or by id where no event says one.
fn unknown_keys(keys: &[Key], trail: &Trail) -> Vec<Key> {
    let id = |key: &Key| {
        let said = key.metadata.key_id.as_ref().map(|id| id.value.clone());
        key.arn.as_ref().map(|arn| arn.key_id().to_owned()).or(said)
    };
    let arns: BTreeSet<_> = keys.iter().filter_map(|key| key.arn.as_ref()).collect();
    let ids: BTreeSet<_> = keys.iter().filter_map(id).collect();
    let without_arn = keys.iter().filter(|key| key.arn.is_none());
    let without_arn: BTreeSet<_> = without_arn.filter_map(id).collect();
    let is_new = |name: &Name| match name {
        Name::Arn(arn) => !arns.contains(arn) && !without_arn.contains(arn.key_id()),
        Name::Id(id) => !ids.contains(id),
    };
    let changes = trail.events.iter();
    let changes = changes.filter(|of| of.change.is_some() && of.error.is_none());
    let mut found = BTreeMap::new();
    for events in changes {
        if let Some(name) = Name::of(events).filter(is_new) {
            found.entry(name).or_insert(events.at);
        }
    }
    let seen = |at: Location| Key {
        address: Address {
            source: at.source,
            path: Box::default(),
        },
        metadata: KeyMetadata::nothing(),
        at,
        ..Key::default()
    };
    let key = |(name, at)| match name {
        Name::Arn(arn) => Key {
            name: arn.to_string(),
            account: Some(arn.account()),
            arn: Some(arn),
            ..seen(at)
        },
        Name::Id(id) => Key {
            name: id.clone(),
            metadata: Arc::new(KeyMetadata {
                key_id: Some(Located { value: id, at }),
                ..KeyMetadata::default()
            }),
            ..seen(at)
        },
    };
    found.into_iter().map(key).collect()
}

/// How an event names its key.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Arn(KeyArn),
    Id(String),
}

impl Name {
    fn of(events: &RecordedEvents) -> Option<Self> {
        let replica = events.change.as_ref().and_then(|of| of.replica.as_ref());
        let mut names = replica.into_iter().chain(&events.key_names);
        if let Some(arn) = names.clone().find_map(|name| KeyArn::parse(name).ok()) {
            return Some(Self::Arn(arn));
        }
        let is_id = |name: &&String| !name.contains(['/', ':']);
        names.find(is_id).cloned().map(Self::Id)
    }
}
