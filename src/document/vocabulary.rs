//! Which words facts have.
//!
//! Most facts have nothing for most rules. To see that, one walk over the facts notes the names of
//! all fields and all strings, and a selector that needs another one is not run at all.

use std::sync::Arc;

/// Number of bits; facts have some hundred different words.
const BITS: usize = 8_192;
const LANES: usize = BITS / 64;

/// The names of fields and the strings of facts, as one bit each: one may be found that is not
/// there, which costs only time, but never the other way round.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    words: Bits,
    /// Of which fields texts are noted; of all where that is not said.
    asked: Option<Arc<AskedTexts>>,
}

/// Of which fields selectors ask for texts.
#[derive(Clone, Debug, Default)]
pub struct AskedTexts {
    fields: Bits,
    /// A selector asks for a text wherever it stands.
    anywhere: bool,
}

impl AskedTexts {
    /// Of the field with this name.
    pub(crate) fn add_field(&mut self, field: Word) {
        self.fields.set(field);
    }

    /// Of any field.
    pub(crate) const fn add_all(&mut self) {
        self.anywhere = true;
    }
}

#[derive(Clone, Debug)]
struct Bits([u64; LANES]);

impl Default for Bits {
    fn default() -> Self {
        Self([0; LANES])
    }
}

impl Bits {
    fn set(&mut self, word: Word) {
        let bit = word.bit();
        if let Some(lane) = self.0.get_mut(bit / 64) {
            *lane |= 1 << (bit % 64);
        }
    }

    fn has(&self, word: Word) -> bool {
        let bit = word.bit();
        let lane = self.0.get(bit / 64);
        lane.is_some_and(|lane| lane >> (bit % 64) & 1 == 1)
    }
}

impl Vocabulary {
    /// One that notes only the texts that selectors ask for.
    pub(super) fn of_asked(asked: &Arc<AskedTexts>) -> Self {
        Self {
            words: Bits::default(),
            asked: Some(Arc::clone(asked)),
        }
    }

    pub(crate) fn add(&mut self, word: Word) {
        self.words.set(word);
    }

    /// Notes a text by itself, and that the field has it.
    pub(crate) fn add_text(&mut self, field: Option<Word>, text: &str) {
        if self.notes_texts(field) {
            self.add_value(field, Word::text(text));
        }
    }

    /// Whether texts of this field are noted.
    pub(crate) fn notes_texts(&self, field: Option<Word>) -> bool {
        let asked = self.asked.as_ref();
        asked.is_none_or(|of| of.anywhere || field.is_some_and(|field| of.fields.has(field)))
    }

    /// Notes a text, whose word is given, where [`notes_texts`](Self::notes_texts) says so.
    pub(crate) fn add_value(&mut self, field: Option<Word>, text: Word) {
        if self.asked.as_ref().is_none_or(|asked| asked.anywhere) {
            self.add(text);
        }
        if let Some(field) = field {
            self.add(field.with(text));
        }
    }

    /// Notes that the field is true or false.
    pub(super) fn add_flag(&mut self, field: Option<Word>, flag: bool) {
        if let Some(field) = field {
            self.add(field.with(Word::flag(flag)));
        }
    }

    /// Whether the word may be there.
    pub fn has(&self, word: Word) -> bool {
        self.words.has(word)
    }
}

/// The hash of a name, a text, or of both together.
#[derive(Clone, Copy, Debug)]
pub struct Word(u32);

impl Word {
    /// The name of a field.
    pub const fn field(name: &str) -> Self {
        Self::new(name, 0x811c_9dc5)
    }

    /// A text.
    pub const fn text(text: &str) -> Self {
        Self::new(text, 0x9dc5_811c)
    }

    /// True or false.
    pub const fn flag(flag: bool) -> Self {
        Self(if flag { 0x5bd1_e995 } else { 0x1b87_3593 })
    }

    /// This field with that value, by itself or in its list.
    #[must_use]
    pub const fn with(self, value: Self) -> Self {
        Self(self.0.rotate_left(7).wrapping_mul(0x0100_0193) ^ value.0)
    }

    /// A hash of both ends and the length: policies repeat long texts that differ at their ends.
    const fn new(text: &str, seed: u32) -> Self {
        let bytes = text.as_bytes();
        let (first, last) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => (fold(bytes), 0),
        };
        // Odd constants with bits all over: a product carries every bit to the upper half.
        let hash = (first ^ seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let hash = hash ^ (hash >> 32) ^ last ^ bytes.len() as u64;
        let hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd) >> 32;
        Self(hash as u32)
    }

    const fn bit(self) -> usize {
        (self.0 ^ (self.0 >> 16)) as usize % BITS
    }
}

/// Fewer than eight bytes as one number.
const fn fold(mut bytes: &[u8]) -> u64 {
    let mut all = 0;
    while let Some((first, rest)) = bytes.split_first() {
        all = (all << 8) | *first as u64;
        bytes = rest;
    }
    all
}
