//! Which fields and words facts must have somewhere for a selector to select anything of them.
//!
//! Most facts have nothing for most rules. To see that, one walk over the facts notes the names
//! of all fields and all strings, and a selector that needs another one is not run at all.

use super::document::Fact;
use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, JpQuery, Literal, Segment, Selector, SingularQuery,
    SingularQuerySegment, Test,
};

/// Number of bits; facts have some hundred different words.
const BITS: usize = 16_384;
const WORDS: usize = BITS / 64;

/// The names of fields and the strings of facts, as one bit each: one may be found that is not
/// there, which costs only time, but never the other way round.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary {
    bits: [u64; WORDS],
}

/// What a selector cannot do without.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs {
    /// Bits of a [`Vocabulary`], all of them.
    all: Vec<usize>,
    /// Of each of these, one.
    one_of: Vec<Vec<Self>>,
}

impl Needs {
    fn add(&mut self, word: Word) {
        self.all.push(word.bit());
    }

    fn are_none(&self) -> bool {
        self.all.is_empty() && self.one_of.is_empty()
    }
}

impl Vocabulary {
    /// The names of all fields and all strings in the facts, and which field has which string or
    /// boolean, by itself or in its list.
    pub fn of(facts: &Fact) -> Self {
        let mut words = Self { bits: [0; WORDS] };
        words.walk(facts);
        words
    }

    /// Facts nest as deep as their records do, not as what was loaded does.
    fn walk(&mut self, value: &Fact) {
        match value {
            Fact::Record(fields) => {
                for (name, value) in fields {
                    let name = field(name);
                    self.add(name.bit());
                    match value {
                        Fact::Text(text) => {
                            let text = string(text);
                            self.add(text.bit());
                            self.add(name.with(text).bit());
                        }
                        Fact::Bool(flag) => self.add(name.with(boolean(*flag)).bit()),
                        Fact::List(items) => {
                            for item in items {
                                if let Fact::Text(text) = item {
                                    self.add(name.with(string(text)).bit());
                                }
                                self.walk(item);
                            }
                        }
                        _ => self.walk(value),
                    }
                }
            }
            Fact::List(items) => items.iter().for_each(|item| self.walk(item)),
            Fact::Text(text) => self.add(string(text).bit()),
            Fact::Null | Fact::Bool(_) | Fact::Integer(_) | Fact::Float(_) | Fact::Place(..) => {}
        }
    }

    fn add(&mut self, bit: usize) {
        if let Some(word) = self.bits.get_mut(bit / 64) {
            *word |= 1 << (bit % 64);
        }
    }

    fn has(&self, bit: usize) -> bool {
        let word = self.bits.get(bit / 64);
        word.is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    /// Whether all that is needed is there.
    pub(super) fn have(&self, needs: &Needs) -> bool {
        needs.all.iter().all(|bit| self.has(*bit))
            && needs
                .one_of
                .iter()
                .all(|ways| ways.iter().any(|way| self.have(way)))
    }
}

/// The hash of a word.
#[derive(Clone, Copy, Debug)]
struct Word(u32);

impl Word {
    fn bit(self) -> usize {
        usize::try_from(self.0 ^ (self.0 >> 16)).unwrap_or_default() % BITS
    }

    /// This field with that value.
    const fn with(self, value: Self) -> Self {
        Self(self.0.rotate_left(7).wrapping_mul(0x0100_0193) ^ value.0)
    }
}

fn field(name: &str) -> Word {
    word(name, 0x811c_9dc5)
}

fn string(text: &str) -> Word {
    word(text, 0x9dc5_811c)
}

const fn boolean(flag: bool) -> Word {
    Word(if flag { 0x5bd1_e995 } else { 0x1b87_3593 })
}

/// A hash of both ends and the length: policies repeat long texts that differ at their ends.
fn word(text: &str, seed: u32) -> Word {
    let bytes = text.as_bytes();
    let (first, last) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (
            bytes
                .iter()
                .fold(0, |all, byte| (all << 8) | u64::from(*byte)),
            0,
        ),
    };
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    // Odd constants with bits all over: a product carries every bit to the upper half.
    let hash = (first ^ u64::from(seed)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let hash = (hash ^ (hash >> 32) ^ last ^ length).wrapping_mul(0xff51_afd7_ed55_8ccd);
    Word(u32::try_from(hash >> 32).unwrap_or_default())
}

/// Without any of these the query selects nothing.
pub(super) fn needed(query: &JpQuery) -> Needs {
    let mut needs = Needs::default();
    segments(&query.segments, &mut needs);
    needs
}

fn segments(all: &[Segment], needs: &mut Needs) {
    for one in all {
        segment(one, needs);
    }
    for (one, next) in all.iter().zip(all.iter().skip(1)) {
        if let (
            Segment::Selector(Selector::Name(name)),
            Segment::Selector(Selector::Filter(inner)),
        ) = (one, next)
        {
            items(name, inner, needs);
        }
    }
}

/// `name[?@ == 'text']`: the list of that name must hold the text.
fn items(name: &str, filter: &Filter, needs: &mut Needs) {
    match filter {
        Filter::And(parts) => parts.iter().for_each(|part| items(name, part, needs)),
        Filter::Or(parts) => {
            if let [only] = parts.as_slice() {
                items(name, only, needs);
            }
        }
        Filter::Atom(FilterAtom::Comparison(comparison)) => {
            if let Comparison::Eq(
                Comparable::SingularQuery(SingularQuery::Current(path)),
                Comparable::Literal(Literal::String(text)),
            ) = &**comparison
                && path.is_empty()
                && !text.contains('\\')
            {
                needs.add(field(name).with(string(text)));
            }
        }
        Filter::Atom(_) => {}
    }
}

fn segment(segment_: &Segment, needs: &mut Needs) {
    match segment_ {
        Segment::Descendant(inner) => segment(inner, needs),
        Segment::Selector(Selector::Name(name)) => needs.add(field(name)),
        Segment::Selector(Selector::Filter(inner)) => filter(inner, needs),
        // Of several any may select.
        Segment::Selector(_) | Segment::Selectors(_) => {}
    }
}

fn filter(filter_: &Filter, needs: &mut Needs) {
    match filter_ {
        Filter::And(parts) => parts.iter().for_each(|part| filter(part, needs)),
        Filter::Or(parts) => {
            let ways = parts.iter().map(|part| {
                let mut way = Needs::default();
                filter(part, &mut way);
                way
            });
            let ways: Vec<_> = ways.collect();
            if !ways.iter().any(Needs::are_none) {
                needs.one_of.push(ways);
            }
        }
        Filter::Atom(FilterAtom::Filter { expr, not: false }) => filter(expr, needs),
        Filter::Atom(FilterAtom::Test { expr, not: false }) => match &**expr {
            Test::RelQuery(inner) => segments(inner, needs),
            Test::AbsQuery(inner) => segments(&inner.segments, needs),
            Test::Function(_) => {}
        },
        Filter::Atom(FilterAtom::Comparison(comparison)) => compare(comparison, needs),
        // What is denied is true of a field that is missing.
        Filter::Atom(FilterAtom::Filter { .. } | FilterAtom::Test { .. }) => {}
    }
}

/// A field that is missing equals no value.
fn compare(comparison: &Comparison, needs: &mut Needs) {
    let (Comparison::Eq(Comparable::SingularQuery(query), Comparable::Literal(value))
    | Comparison::Eq(Comparable::Literal(value), Comparable::SingularQuery(query))) = comparison
    else {
        return;
    };
    let (SingularQuery::Current(path) | SingularQuery::Root(path)) = query;
    let value = match value {
        // Whether the engine tells null from missing is not relied on.
        Literal::Null => return,
        // Nor how it reads escapes.
        Literal::String(text) if text.contains('\\') => None,
        Literal::String(text) => {
            needs.add(string(text));
            Some(string(text))
        }
        Literal::Bool(flag) => Some(boolean(*flag)),
        Literal::Int(_) | Literal::Float(_) => None,
    };
    for step in path {
        if let SingularQuerySegment::Name(name) = step {
            needs.add(field(name));
        }
    }
    if let (Some(SingularQuerySegment::Name(name)), Some(value)) = (path.last(), value) {
        needs.add(field(name).with(value));
    }
}

#[cfg(test)]
mod tests {
    use jsonpath_rust::parser::parse_json_path;
    use serde_json::{Value, json};

    use super::super::document::Document;
    use super::*;

    fn needs(selector: &str, facts: &Value) -> bool {
        let query = parse_json_path(selector).unwrap();
        let facts = Document::new(facts).unwrap();
        facts.words().have(&needed(&query))
    }

    #[test]
    fn a_missing_field_makes_a_selector_vain() {
        let facts = json!({"a": [{"b": 1, "c": ["x"], "t": true, "s": "y2"}], "e": [[{"f": 1, "g": "y3"}]]});
        for vain in [
            "$.z",
            "$.a[*].z",
            "$.a[?@.z]",
            "$.a[?@.z == true]",
            "$.a[?@.b == 1 && (@.z.y == 'x')]",
            "$.a[?@.c[?@.z == 1]]",
            "$.a[?$.z[?@.b]]",
            "$.a[?@.b == 'y']",
            "$.a[?@.c[?@ == 'y']]",
            "$.a[?@.t == false]",
            "$.a[?@.b == 'y2']",
            "$.a[?@.g == 'y2']",
            "$.a[?$.e[0][0].f == 'y3']",
            "$.a[?@.z == 'x' || @.s == 'y3']",
            "$.a[?(@.z == 'x' || @.t == false) && @.b]",
            "$.a[?@.c[?@ == 'y2']]",
            "$.a[?@.a[?@ == 'x']]",
        ] {
            assert!(!needs(vain, &facts), "{vain}");
        }
        for useful in [
            "$.a[?@.b]",
            "$.a[?@.z == null]",
            "$.a[?!@.z]",
            "$.a[?!(@.z == 1)]",
            "$.a[?@.z != 1]",
            "$.a[?@.z == 1 || @.b == 1]",
            "$.a[?@.z <= 1]",
            "$.e[*][?@.f]",
            "$.a[?@.c[?@ == 'x']]",
            "$.a[?@.b != 'y']",
            "$.a[?@.b == 'y' || @.b == 1]",
            "$.a[?length(@.z) < 4]",
            "$.a[?@.t == true]",
            "$.a[?'y2' == @.s]",
            "$.a[?$.e[0][0].g == 'y3']",
            "$.a[?@.c[0] == 'x']",
            "$.a[?@.z == 'x' || @.s == 'y2']",
            "$.a[?@.z == 'x' || !@.q]",
        ] {
            assert!(needs(useful, &facts), "{useful}");
        }
    }
}
