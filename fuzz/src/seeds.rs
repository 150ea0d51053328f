//! What fuzzing begins with: the fixtures, as each target takes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::BETWEEN;

/// Longer files teach nothing that a short one does not.
const LONGEST: usize = 24 << 10;

/// The seeds of a target, from the files below the top of the repository.
pub fn seeds(target: &str, repository: &Path) -> Vec<Vec<u8>> {
    let files = Files::below(repository);
    match target {
        "whole_files" => files.whole(),
        "policy_text" => files.with(".json", b"\"Statement\""),
        "batch_lines" => files.batches(),
        "edits" => with_changes(files.with(".json", b"\"Statement\"")),
        "trees" => files.trees(),
        "configuration" => files.with("kmslint.toml", b""),
        "baseline" => BASELINES.map(|text| text.as_bytes().to_vec()).to_vec(),
        "selectors" => files.selectors(),
        "cloud_trail" => files.trails(),
        _ => Vec::new(),
    }
}

/// The files of fixtures and tests, by path.
struct Files {
    texts: BTreeMap<PathBuf, Vec<u8>>,
    rules: BTreeMap<PathBuf, Vec<u8>>,
}

impl Files {
    fn below(repository: &Path) -> Self {
        let mut texts = BTreeMap::new();
        for directory in ["fixtures", "tests/program", "tests/trees"] {
            gather(repository, &repository.join(directory), &mut texts);
        }
        let mut rules = BTreeMap::new();
        gather(repository, &repository.join("rules"), &mut rules);
        Self { texts, rules }
    }

    /// Files whose name ends so and which hold a word.
    fn with(&self, end: &str, word: &[u8]) -> Vec<Vec<u8>> {
        let files = self.texts.iter();
        let files =
            files.filter(|(path, text)| path.to_string_lossy().ends_with(end) && holds(text, word));
        files.map(|(_, text)| text.clone()).collect()
    }

    /// Each file that is no expected output, and each directory.
    fn whole(&self) -> Vec<Vec<u8>> {
        let mut directories: BTreeMap<&Path, Vec<Vec<u8>>> = BTreeMap::new();
        let mut seeds = Vec::new();
        for (path, text) in &self.texts {
            let is_input = path.extension().is_some_and(|of| of == "json");
            if !is_input || path.starts_with("fixtures/decisions") {
                continue;
            }
            seeds.push(text.clone());
            // What lies in directories of its own, as iam-collect writes it, belongs together.
            let depth = if path.starts_with("fixtures/iam-collect") {
                2
            } else {
                3
            };
            let steps = path.components().count().min(depth + 1) - 1;
            let top = path
                .ancestors()
                .nth(path.components().count() - steps)
                .unwrap();
            let name = path.strip_prefix(top).unwrap();
            let mut part = format!("#{}\n", name.display()).into_bytes();
            part.extend(text);
            directories.entry(top).or_default().push(part);
        }
        let several = directories.into_values().filter(|files| files.len() > 1);
        let joined = several.map(|files| {
            let files: Vec<_> = files.into_iter().take(12).collect();
            files.join(&[BETWEEN][..])
        });
        seeds.extend(joined.filter(|seed| seed.len() < 2 * LONGEST));
        seeds
    }

    fn batches(&self) -> Vec<Vec<u8>> {
        let mut seeds = self.with("input", b"\"principal\"");
        seeds.extend(
            self.with(".json", b"\"key_arn\"")
                .into_iter()
                .filter_map(|text| {
                    let value: serde_json::Value = serde_json::from_slice(&text).ok()?;
                    Some(value.to_string().into_bytes())
                }),
        );
        seeds.extend(self.with(".jsonl", b""));
        seeds
    }

    /// Texts of every syntax, and policies in strings of each.
    fn trees(&self) -> Vec<Vec<u8>> {
        let mut texts = self.with(".yaml", b"");
        texts.extend(self.with(".tf", b""));
        texts.extend(TREES.map(|text| text.as_bytes().to_vec()));
        let policies = self.with(".json", b"\"Statement\"");
        for policy in policies.iter().step_by(policies.len().div_ceil(12)) {
            let Ok(text) = std::str::from_utf8(policy) else {
                continue;
            };
            let indented = text.trim_end().replace('\n', "\n    ");
            texts.push(format!("Key:\n  Policy: |\n    {indented}\n  a: b\n").into_bytes());
            texts
                .push(format!("a {{\n  policy = <<-EOT\n    {indented}\n  EOT\n}}\n").into_bytes());
            texts.push(
                serde_json::json!({ "Policy": text })
                    .to_string()
                    .into_bytes(),
            );
        }
        with_changes(texts)
    }

    fn selectors(&self) -> Vec<Vec<u8>> {
        let mut seeds = Vec::new();
        for text in self.rules.values() {
            let text = String::from_utf8_lossy(text);
            let lines = text
                .lines()
                .filter_map(|line| line.strip_prefix("selector = \""));
            seeds
                .extend(lines.filter_map(|line| Some(line.strip_suffix('"')?.as_bytes().to_vec())));
        }
        seeds.extend(SELECTORS.map(|text| text.as_bytes().to_vec()));
        seeds
    }

    fn trails(&self) -> Vec<Vec<u8>> {
        let texts = self.with(".json", b"eventSource");
        let seeds = texts.into_iter().enumerate().map(|(number, text)| {
            let how = u8::try_from(number % 256).unwrap();
            [vec![how], text].concat()
        });
        seeds.collect()
    }
}

/// Texts with a line before each that says what to change.
fn with_changes(texts: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let seed = |(number, text): (usize, Vec<u8>)| {
        let change = |at: usize| u8::try_from((number * 7 + at * 13) % 255).unwrap();
        let mut seed: Vec<u8> = (0..12).map(change).filter(|byte| *byte != b'\n').collect();
        seed.push(b'\n');
        seed.extend(text);
        seed
    };
    texts.into_iter().enumerate().map(seed).collect()
}

/// Short texts in which there is much.
const TREES: [&str; 6] = [
    "Statement:\n- Sid: A # first\n  Action: [kms:*, 'b']\n  Principal:\n    AWS: \"*\"\n# second\n-   Sid: B\n    Empty: {}\n",
    "a: &a\n  x: 1\nb: *a\nc:\n- - 1\n  - ? d\n    : e\n-\n...\n",
    "k: !Sub\n  - '{\"A\":\"${x}\"}'\n  - x: \"{\\\"B\\\":[]}\"\nl: >-\n  {\"C\":\n\n   []}\n",
    "resource \"aws_kms_key\" \"k\" {\n  policy = jsonencode({ Statement = [{ a = 1, \"b\" : [] }] })\n  one { x = 1 }\n  two {}\n}\n",
    "x = <<-EOT\n  {\"A\": \"${var.a}\", \"B\": [\"$${c}\"]}\nEOT\ny = \"{\\\"C\\\":{}}\"\n",
    "{\"Policy\":\"{\\\"Statement\\\":[]}\",\"b\":\"%7B%22A%22%3A1%7D\",\"c\":[1,{\"d\":null}]}",
];

const BASELINES: [&str; 3] = [
    r#"{"version":1,"findings":[]}"#,
    r#"{"version": 1, "findings": [{"subject": "arn:aws:kms:eu-west-1:111122223333:key/1", "rule":
        "cancel-by-nobody", "fingerprint": "0123456789abcdef0123456789abcdef"}]}"#,
    r#"{"version":1,"findings":[
        {"subject":"a","rule":"b","fingerprint":"0123456789abcdef0123456789abcdef"},
        {"subject":"é","rule":"b","fingerprint":"ffffffffffffffffffffffffffffffff"}]}"#,
];

/// Of what rules have little.
const SELECTORS: [&str; 8] = [
    "$..*",
    "$.a.b[-1]",
    "$.a.b[::-2]",
    "$.statements[0,1].at[0:2]",
    "$['a']['c']",
    "$.access.schedule[?@.shortest <= $.key.days]",
    "$..[?@.text == 'kms:*' || !@.form]",
    "$[?@.c]",
];

fn holds(text: &[u8], word: &[u8]) -> bool {
    word.is_empty() || text.windows(word.len()).any(|at| at == word)
}

fn gather(repository: &Path, directory: &Path, into: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(repository, &path, into);
        } else if let Ok(text) = fs::read(&path)
            && text.len() < LONGEST
        {
            into.insert(path.strip_prefix(repository).unwrap().to_owned(), text);
        }
    }
}
