//! What a runner of continuous integration or a terminal obeys in an output.

use std::sync::LazyLock;

use regex::Regex;

static COLORS: LazyLock<Regex> = LazyLock::new(|| Regex::new("\u{1b}\\[[0-9;]*m").unwrap());
static ANYWHERE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i:##[a-z]*\[)|section_(start|end):").unwrap());
static AT_START: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(::|---|\+\+\+|~~~)").unwrap());
static OWN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^::(error|warning|notice) (file|title)=[^\r]*$").unwrap());
static HEADER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"^(--- "?a|\+\+\+ "?b)/"#).unwrap());

/// The lines that are obeyed, as each runner looks for them: GitHub, Azure Pipelines, TeamCity,
/// GitLab and Buildkite. `github` is the format that has commands of its own.
pub fn obeyed(output: &str, github: bool, colored: bool) -> Vec<String> {
    let output = if colored {
        COLORS.replace_all(output, "")
    } else {
        output.into()
    };
    let steering = |c: char| {
        (c.is_control() && c != '\t' && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let lines = output.split('\n').filter(|line| {
        let line = if github && OWN.is_match(line) {
            line.trim_start_matches(':')
        } else if HEADER.is_match(line) {
            line.trim_start_matches(['-', '+'])
        } else {
            line
        };
        ANYWHERE.is_match(line) || AT_START.is_match(line) || line.contains(steering)
    });
    lines.map(str::to_owned).collect()
}
