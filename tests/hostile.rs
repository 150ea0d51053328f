//! Nothing panics, whatever the bytes: policies cut, doubled and scrambled, through the whole run.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use kmslint::aws::PendingWindowInDays;
use kmslint::facts::{Limits, of_inventory};
use kmslint::lint::run_all;
use kmslint::load::load;
use kmslint::report::{self, Style};
use kmslint::rule::Catalogue;
use kmslint::source::{Discovery, Filter, InputFailure, discover};

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

/// Every word that means something, to be put where it does not belong.
const WORDS: &[&str] = &[
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
    "}",
    "kms:*",
    "arn:",
    "\"Deny\"",
    "\"NotPrincipal\"",
    "\"NotAction\"",
    "ForAllValues:",
    "IfExists",
    "\\u0000",
    "é",
    "\u{202e}",
    "\u{1b}[31m",
    "🔑",
    "::::::",
    "\"Condition\"",
    "-1",
    "99999999999999999999",
];

fn scramble(text: &str, random: &mut Random) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len());
        match random.below(4) {
            0 => drop(bytes.splice(
                at..at,
                WORDS.get(random.below(WORDS.len())).unwrap().bytes(),
            )),
            1 => bytes.truncate(at.max(1)),
            2 => *bytes.get_mut(at).unwrap() = u8::try_from(random.below(256)).unwrap(),
            _ => {
                let end = (at + random.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
        }
        if bytes.is_empty() {
            bytes.push(b'{');
        }
    }
    bytes
}

fn seeds() -> Vec<PathBuf> {
    let found = discover(
        &["fixtures/quickstart".into(), "fixtures/load".into()],
        &Filter::default(),
    );
    found.found
}

fn whole_run(discovery: &Discovery) {
    let loaded = load(discovery);
    let limits = Limits {
        minimum_waiting_period: PendingWindowInDays::new(14).unwrap(),
        ..Limits::default()
    };
    let facts = of_inventory(&loaded.inventory, &loaded.sources, limits);
    let findings = run_all(&facts, Catalogue::builtin().unwrap());
    let failures: Vec<_> = loaded
        .errors
        .iter()
        .map(|e| InputFailure {
            file: e.file.clone(),
            at: e.at,
            error: e.error.clone(),
        })
        .collect();
    let style = Style {
        color: true,
        unicode: true,
        width: 80,
    };
    let mut out = Vec::new();
    report::human::findings(&mut out, &loaded.sources, &findings, &style).unwrap();
    report::human::input_errors(&mut out, &loaded.sources, &failures, &style).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        !text.contains('\u{202e}'),
        "a bidirectional control was shown"
    );
}

#[test]
fn scrambled_files_are_findings_or_errors() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scrambled");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let texts: Vec<_> = seeds()
        .iter()
        .map(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned())
        .filter(|text| !text.is_empty())
        .collect();
    for number in 0..3_000 {
        let text = texts.get(random.below(texts.len())).unwrap();
        fs::write(
            directory.join(format!("{number}.json")),
            scramble(text, &mut random),
        )
        .unwrap();
    }
    whole_run(&discover(&[directory], &Filter::default()));
}
