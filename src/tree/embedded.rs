//! Text inside a string of another document, and the way back to the outer bytes.
//!
//! `aws kms get-key-policy` answers with the policy as one escaped string. A finding must still
//! underline the word in that file, so the text is decoded together with a map of offsets.

use crate::text::{InputError, Span};

use super::{Decoded, Node, json};

/// How a text is written inside its outer string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As a string of its syntax: what an edit puts there must be escaped once more.
    String,
    /// As a string that is percent-encoded (RFC 3986), as IAM's API answers.
    PercentEncoded,
}

/// From offsets in a decoded text to offsets in the outer file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetMap {
    /// Decoded and outer offset where a run of equal bytes begins, ascending in both.
    runs: Vec<(u32, u32)>,
}

impl OffsetMap {
    /// The map of a text that stands in the file as it is, from this offset.
    pub(crate) fn shift(by: u32) -> Self {
        Self {
            runs: vec![(0, by)],
        }
    }

    /// The map of these runs: decoded and outer offset where each begins, ascending in both.
    pub(crate) const fn of_runs(runs: Vec<(u32, u32)>) -> Self {
        Self { runs }
    }

    /// The runs, ascending.
    pub(super) fn runs(&self) -> &[(u32, u32)] {
        &self.runs
    }

    /// The outer offset of what stands at `decoded`.
    pub fn outer(&self, decoded: u32) -> u32 {
        let after = self.runs.partition_point(|(start, _)| *start <= decoded);
        match after.checked_sub(1).and_then(|index| self.runs.get(index)) {
            Some((start, outer)) => {
                let ahead = outer.saturating_add(decoded.saturating_sub(*start));
                // A character that one escape wrote may decode to several bytes: they all stand
                // at the escape, and none may run into what comes after it.
                self.runs
                    .get(after)
                    .map_or(ahead, |(_, next)| ahead.min(*next))
            }
            None => decoded,
        }
    }

    /// The map of a text inside a text: `inner` leads to this map's decoded text, and from there on.
    #[must_use]
    pub fn after(&self, inner: &Self) -> Self {
        let mut runs: Vec<_> = inner
            .runs
            .iter()
            .map(|(decoded, middle)| (*decoded, self.outer(*middle)))
            .collect();
        // Jumps of this map that fall inside a run of the inner one begin a run of their own.
        for (middle, outer) in &self.runs {
            if let Some(decoded) = inner.decoded(*middle) {
                runs.push((decoded, *outer));
            }
        }
        runs.sort_unstable();
        runs.dedup_by_key(|(decoded, _)| *decoded);
        Self { runs }
    }

    /// The decoded offset of what stands at `outer`, or of the next that stands in the text.
    pub fn inner(&self, outer: u32) -> u32 {
        let after = self.runs.partition_point(|(_, start)| *start <= outer);
        let next = self.runs.get(after).map(|(decoded, _)| *decoded);
        match after.checked_sub(1).and_then(|index| self.runs.get(index)) {
            Some((decoded, start)) => {
                let ahead = decoded.saturating_add(outer.saturating_sub(*start));
                next.map_or(ahead, |next| ahead.min(next))
            }
            None => next.unwrap_or_default(),
        }
    }

    /// The decoded offset of an outer one that stands inside a run of equal bytes.
    fn decoded(&self, outer: u32) -> Option<u32> {
        let after = self.runs.partition_point(|(_, start)| *start <= outer);
        let (decoded, start) = *self.runs.get(after.checked_sub(1)?)?;
        let found = decoded.saturating_add(outer.saturating_sub(start));
        match self.runs.get(after) {
            Some((next, _)) if found >= *next => None,
            _ => Some(found),
        }
    }

    /// The outer range of a decoded one.
    pub fn outer_span(&self, decoded: Span) -> Span {
        Span {
            start: self.outer(decoded.start),
            end: self.outer(decoded.end),
        }
    }
}

/// A text taken out of a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// The text with the string's escapes undone.
    pub text: String,
    /// The way back.
    pub map: OffsetMap,
    /// How it was written.
    pub encoding: Encoding,
}

impl Embedded {
    /// Takes a policy out of the JSON string at `span` of `outer`; `None` where no string
    /// is there.
    pub fn from_string(outer: &str, span: Span) -> Option<Self> {
        json::decode(outer, span).map(Self::of)
    }

    /// The document that this string holds. One that does not begin with `{` or `[` but does so after
    /// percent-decoding counts as percent-encoded; `+` stays `+`.
    pub(super) fn of(string: Decoded) -> Self {
        let plain = Self {
            text: string.text,
            map: string.map,
            encoding: Encoding::String,
        };
        if plain.looks_like_json() || !plain.text.trim_start().starts_with('%') {
            return plain;
        }
        let decoded = percent_decode(&plain);
        if decoded.looks_like_json() {
            decoded
        } else {
            plain
        }
    }

    fn looks_like_json(&self) -> bool {
        self.text.trim_start().starts_with(['{', '['])
    }

    /// Reads the text as JSON, with every span moved to the outer file.
    ///
    /// # Errors
    /// Where the text is not JSON; the span is the outer file's.
    pub fn parse(&self) -> Result<Node<'_>, InputError> {
        match json::parse(&self.text) {
            Ok(mut node) => {
                node.relocate(&self.map);
                Ok(node)
            }
            Err(mut error) => {
                error.span = self.map.outer_span(error.span);
                Err(error)
            }
        }
    }
}

/// Undoes percent-encoding; a `%` that two hexadecimal digits do not follow stays.
fn percent_decode(outer: &Embedded) -> Embedded {
    let bytes = outer.text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut runs = vec![(0, outer.map.outer(0))];
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let digits = outer.text.get(at.saturating_add(1)..at.saturating_add(3));
        let code = digits
            .filter(|digits| byte == b'%' && digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let here = Span::new(decoded.len(), 0).start;
        // One run a byte where the outer text itself has escapes would be wrong to merge, so every
        // place at which either side jumps begins a new run.
        runs.push((here, outer.map.outer(Span::new(at, 0).start)));
        decoded.push(code.unwrap_or(byte));
        at = at.saturating_add(if code.is_some() { 3 } else { 1 });
    }
    runs.push((
        Span::new(decoded.len(), 0).start,
        outer.map.outer(Span::new(at, 0).start),
    ));
    runs.dedup();
    Embedded {
        text: String::from_utf8(decoded)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        map: OffsetMap { runs },
        encoding: Encoding::PercentEncoded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every string value of the embedded document, read back from the outer file's bytes.
    #[test]
    fn places_in_an_escaped_policy_are_the_outer_bytes() {
        let outer = r#"{"Policy" : "{\n  \"Sid\" : \"a\\u00e9\",\n\t\"Effect\":\"\u0041llow\"}"}"#;
        let node = json::parse(outer).unwrap();
        let policy = Embedded::from_string(outer, node.get("Policy").unwrap().span).unwrap();
        let inner = policy.parse().unwrap();
        assert_eq!(inner.get("Sid").unwrap().as_str(), Some("aé"));
        assert_eq!(inner.get("Sid").unwrap().span.of(outer), r#"\"a\\u00e9\""#);
        assert_eq!(
            inner.get("Effect").unwrap().span.of(outer),
            r#"\"\u0041llow\""#
        );
        assert_eq!(
            inner.members().unwrap()[1].key_span.of(outer),
            r#"\"Effect\""#
        );
    }

    #[test]
    fn two_levels_compose() {
        let inner = r#"{"Sid":"x\ty"}"#;
        let middle = serde_json::json!({ "Policy": inner }).to_string();
        let outer = serde_json::json!({ "Event": middle }).to_string();
        let event = Embedded::from_string(
            &outer,
            json::parse(&outer).unwrap().get("Event").unwrap().span,
        )
        .unwrap();
        let parsed = json::parse(&event.text).unwrap();
        let mut policy =
            Embedded::from_string(&event.text, parsed.get("Policy").unwrap().span).unwrap();
        policy.map = event.map.after(&policy.map);
        let node = policy.parse().unwrap();
        let sid = node.get("Sid").unwrap();
        let decoded: String =
            serde_json::from_str(&format!("\"{}\"", sid.span.of(&outer))).unwrap();
        let decoded: String = serde_json::from_str(&format!("\"{decoded}\"")).unwrap();
        assert_eq!(decoded, r#""x\ty""#);
    }

    #[test]
    fn percent_encoded_policies_are_found_and_mapped() {
        let outer = r#"{"PolicyDocument":"%7B%22Sid%22%3A%22a+b%22%7D"}"#;
        let node = json::parse(outer).unwrap();
        let policy =
            Embedded::from_string(outer, node.get("PolicyDocument").unwrap().span).unwrap();
        assert_eq!(policy.encoding, Encoding::PercentEncoded);
        let inner = policy.parse().unwrap();
        assert_eq!(inner.get("Sid").unwrap().as_str(), Some("a+b"));
        assert_eq!(inner.get("Sid").unwrap().span.of(outer), "%22a+b%22");
    }

    #[test]
    fn errors_point_into_the_outer_file() {
        let outer = r#"{"Policy":"{\"Sid\" 1}"}"#;
        let node = json::parse(outer).unwrap();
        let policy = Embedded::from_string(outer, node.get("Policy").unwrap().span).unwrap();
        assert_eq!(policy.parse().unwrap_err().span.of(outer), "1");
    }
}
