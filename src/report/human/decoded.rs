//! A policy that stands in a string of its file, as it reads.

use crate::inventory::LoadedPolicy;
use crate::text::{SourceFile, Span};
use crate::tree::{Embedded, OffsetMap};

/// The text of a string, and where its bytes are in the file.
#[derive(Debug)]
pub(super) struct DecodedPolicy {
    /// The text, called as the file is.
    pub(super) file: SourceFile,
    map: OffsetMap,
}

impl DecodedPolicy {
    /// The text of a policy; nothing where it stands in no string, and where it stands in a string inside
    /// another one.
    pub(super) fn of(file: &SourceFile, policy: &LoadedPolicy) -> Option<Self> {
        policy.encoding?;
        let (start, end) = (
            policy.document.span.start as usize,
            policy.document.span.end as usize,
        );
        let before = file.text().get(..start)?.rfind('"')?;
        let after = file.text().get(end..)?.find('"')?;
        let string = Span::new(before, end.saturating_add(after).saturating_add(1));
        let Embedded { text, map, .. } = Embedded::from_string(file.text(), string)?;
        let is_policy = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        is_policy.then(|| Self {
            file: SourceFile::new(file.name(), text),
            map,
        })
    }

    /// The bytes of the text that stand at these bytes of the file.
    pub(super) fn inner(&self, outer: Span) -> Span {
        Span {
            start: self.map.inner(outer.start),
            end: self.map.inner(outer.end),
        }
    }
}
