//! Nothing panics, whatever the bytes: policies cut, doubled and scrambled, through the whole run.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

#[path = "../fuzz/src/mutation.rs"]
#[expect(unreachable_pub, reason = "it is of a crate elsewhere")]
mod mutation;

use kmslint::aws::PendingWindowInDays;
use kmslint::facts::{FactMaker, Limits};
use kmslint::lint::{Names, defects, run_all};
use kmslint::load::load;
use kmslint::report::{self, Style};
use kmslint::rule::Catalogue;
use kmslint::text::{Discovery, Filter, InputFailure, discover};

use mutation::{Random, mutated};

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
    let facts = FactMaker::new(&loaded.inventory, &loaded.sources, limits).all();
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
    let names = Names::new(&loaded.inventory);
    let context = report::human::Context {
        sources: &loaded.sources,
        names: Some(&names),
        style: &style,
        verbose: true,
    };
    report::human::findings(&mut out, &defects(&findings, &names), &context).unwrap();
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
    let mut random = Random::new(1);
    let texts: Vec<_> = seeds()
        .iter()
        .map(|path| fs::read(path).unwrap())
        .filter(|text| !text.is_empty())
        .collect();
    for number in 0..3_000 {
        let text = texts.get(random.below(texts.len())).unwrap();
        let other = texts.get(random.below(texts.len())).unwrap();
        fs::write(
            directory.join(format!("{number}.json")),
            mutated(text, other, &mut random),
        )
        .unwrap();
    }
    whole_run(&discover(&[directory], &Filter::default()));
}
