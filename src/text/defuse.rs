//! Words of others that a terminal obeys, or a runner of continuous integration that reads the log.
//!
//! What a runner takes for a command: GitHub `::name::` at the start of a line and `##[name]`
//! anywhere (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>),
//! Azure Pipelines `##vso[…]` and `##[…]`
//! (<https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands>), TeamCity
//! `##teamcity[…]` (<https://www.jetbrains.com/help/teamcity/service-messages.html>), GitLab
//! `section_start:…` and `section_end:…`, in lower case only
//! (<https://docs.gitlab.com/ci/jobs/job_logs/>), Buildkite `---`, `+++` and `~~~` at the start of a
//! line
//! (<https://buildkite.com/docs/pipelines/managing-log-output>).

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether the character shows nothing or changes how others are shown: C1 controls, which some
/// terminals obey, and what Unicode calls default-ignorable (Unicode Standard Annex #9 and #44).
pub const fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A text that stands anywhere in a line of output, in which no runner finds a command; as many
/// bytes long as before.
pub fn defuse(text: String) -> String {
    let start = line_command(&text);
    if start.is_none() && !may_command(&text) {
        return text;
    }
    let mut defused = String::with_capacity(text.len());
    let mut reached = 0_usize;
    for at in start.into_iter().chain(commands(&text)) {
        defused.push_str(text.get(reached..at).unwrap_or_default());
        defused.push('?');
        reached = at.saturating_add(1);
    }
    defused.push_str(text.get(reached..).unwrap_or_default());
    defused
}

/// Whether a line of output that is nothing but this text would be a command.
pub fn is_command(line: &str) -> bool {
    line_command(line).is_some() || commands(line).next().is_some()
}

/// A JSON document with every character escaped that deceives or makes a command. They stand only
/// inside strings, so the document means the same.
pub fn escape_json(document: &str) -> Cow<'_, str> {
    // What else is deceptive is not ASCII, and most documents are.
    let plain = document.is_ascii() && memchr::memchr(0x7f, document.as_bytes()).is_none();
    if plain && !may_command(document) {
        return document.into();
    }
    let mut escaped = String::with_capacity(document.len());
    let mut commands = commands(document).peekable();
    for (at, c) in document.char_indices() {
        let commands = commands.next_if_eq(&at).is_some();
        if commands || c == '\x7f' || is_deceptive(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to memory does not fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped.into()
}

/// How a line begins that is a command, after blanks: some runners cut them off.
const AT_START: [&str; 4] = ["::", "---", "+++", "~~~"];

/// Whether this word at the start of a line makes the line a command.
pub fn begins_command(word: &str) -> bool {
    AT_START.iter().any(|command| word.starts_with(command))
}

/// Where the text begins with what is a command at the start of a line.
fn line_command(text: &str) -> Option<usize> {
    let begin = text.trim_start();
    begins_command(begin).then(|| text.len().saturating_sub(begin.len()))
}

/// A quick look, which may be wrong in saying that there are commands.
fn may_command(text: &str) -> bool {
    let has = |wanted| memchr::memmem::find(text.as_bytes(), wanted).is_some();
    has(b"##") || has(b"section_")
}

/// The bytes, all of them ASCII, without which nothing in the text is a command that may stand
/// anywhere in a line.
fn commands(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'#', b':', bytes).filter(|at| {
        let (before, sign) = bytes.split_at_checked(*at).unwrap_or_default();
        match sign.split_first() {
            Some((b'#', name)) => {
                let mut name = name.iter().skip_while(|byte| byte.is_ascii_alphabetic());
                before.ends_with(b"#") && name.next() == Some(&b'[')
            }
            _ => before.ends_with(b"section_start") || before.ends_with(b"section_end"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each with what is left of it.
    const COMMANDS: [(&str, &str); 13] = [
        ("::error::x", "?:error::x"),
        ("  ::add-mask::x", "  ?:add-mask::x"),
        ("a ##[error]b", "a #?[error]b"),
        ("###[x]##[y]", "##?[x]#?[y]"),
        (
            "##vso[task.setvariable variable=PATH]x",
            "#?vso[task.setvariable variable=PATH]x",
        ),
        ("x##VSO[task.complete]", "x#?VSO[task.complete]"),
        ("##teamcity[buildStop]", "#?teamcity[buildStop]"),
        ("section_start:0:x", "section_start?0:x"),
        ("\u{fffd}section_end:0:x", "\u{fffd}section_end?0:x"),
        ("--- group", "?-- group"),
        ("+++ ##[x]", "?++ #?[x]"),
        ("~~~", "?~~"),
        ("é::section_end:", "é::section_end?"),
    ];

    #[test]
    fn commands_of_runners_are_defused_at_their_length() {
        for (command, wanted) in COMMANDS {
            assert_eq!(defuse(command.to_owned()), wanted);
            assert!(is_command(command) && !is_command(wanted), "{command}");
        }
        for harmless in [
            "a::b",
            "a --- b",
            "#[x]",
            "## [x]",
            "##x",
            "section_start",
            "Section_start:0:x",
            "a+++",
        ] {
            assert_eq!(defuse(harmless.to_owned()), harmless);
        }
    }

    #[test]
    fn json_means_the_same_when_it_is_escaped() {
        let deceptive = ["x\u{202e}\u{e0041}\x7fä", "\u{9b}31m", "é##[x]"];
        for text in COMMANDS
            .map(|(command, _)| command)
            .into_iter()
            .chain(deceptive)
        {
            let plain = serde_json::to_string(text).unwrap();
            let escaped = escape_json(&plain);
            assert_eq!(commands(&escaped).count(), 0, "{escaped}");
            assert!(!escaped.chars().any(is_deceptive), "{escaped}");
            assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
        }
        assert_eq!(
            escape_json("\"x\u{202e}\u{e0041}\x7fä\""),
            r#""x\u202e\udb40\udc41\u007fä""#
        );
    }
}
