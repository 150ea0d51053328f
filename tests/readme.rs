//! The README says what is there.

use std::fs;
use std::path::Path;

#[test]
fn the_two_commands_and_every_link_are_there() {
    let readme = fs::read_to_string("README.md").unwrap();
    for command in [
        "cargo run --release -- check fixtures/quickstart",
        "cargo test",
    ] {
        assert!(readme.contains(command), "{command}");
    }
    let links = readme.match_indices("](").map(|(at, _)| {
        let rest = readme.get(at + 2..).unwrap();
        rest.split(')').next().unwrap()
    });
    for link in links.filter(|link| !link.starts_with("http")) {
        assert!(Path::new(link).exists(), "{link}");
    }
}

#[test]
fn what_is_shown_is_what_comes_out() {
    let readme = fs::read_to_string("README.md").unwrap();
    let blocks = readme.split("```text\n").skip(1);
    let shown = blocks.map(|block| block.split("```").next().unwrap());
    let cases = [
        "who-can",
        "preflight-multi-region",
        "simulate-conditional",
        "diff",
    ];
    assert_eq!(shown.clone().count(), cases.len());
    for (shown, case) in shown.zip(cases) {
        let output = fs::read_to_string(format!("tests/program/{case}/output")).unwrap();
        assert!(output.contains(shown.trim_end()), "{shown}");
    }
}
