//! Small random changes of texts, the same for the same number at every run.

/// A generator of numbers: xorshift, which is not for secrets.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// The generator that begins with this number.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below the bound, or 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

/// Words that mean something, to be put where they do not belong.
const WORDS: [&str; 62] = [
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "1e9",
    "*",
    "?",
    "${",
    "..",
    "[?@.at]",
    "[?",
    "@",
    "kms:*",
    "arn:",
    "arn:aws:iam::111122223333:root",
    "\"Deny\"",
    "\"Allow\"",
    "\"NotPrincipal\"",
    "\"NotAction\"",
    "ForAllValues:",
    "IfExists",
    "\\u0000",
    "\\ud800",
    "é",
    "\u{202e}",
    "\u{1b}[31m",
    "🔑",
    "::::::",
    "\n::error::x",
    "\n##vso[x]",
    "\"Condition\"",
    "-1",
    "0.1",
    "99999999999999999999",
    "2027-01-01T00:00:00Z",
    "\n",
    "= \"",
    "\n[[suppressions]]\n",
    "true",
    ": ",
    "\n- ",
    "\n  ",
    "? ",
    "|\n",
    ">-\n",
    "!Sub ",
    "&a ",
    "*a",
    "'",
    "#",
    " = ",
    "<<-EOT\n",
    "EOT\n",
    "%{",
    "}\n",
    "\r\n",
    "...",
];

/// A text with a few places that are another's, cut, doubled, or some word.
pub fn mutated(text: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for _ in 0..=random.below(5) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(40)).min(bytes.len());
        match random.below(8) {
            0 => bytes.truncate(at.max(1)),
            1 => drop(bytes.drain(at..end)),
            2 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = u8::try_from(random.below(256)).unwrap();
                }
            }
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => {
                let from = random.below(other.len() + 1);
                let to = (from + random.below(120)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => drop(bytes.splice(at..at, WORDS[random.below(WORDS.len())].bytes())),
        }
    }
    bytes
}
