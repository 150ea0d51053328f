//! Makes text safe to show: what would steer a terminal or hide from a reader becomes a visible
//! stand-in one column wide.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The stand-in for what has no picture of its own.
const UNKNOWN: char = '\u{fffd}';

/// A character of a source line as shown; a tab stays, because its width is known.
pub(super) fn source_char(c: char, unicode: bool) -> char {
    match c {
        '\t' => c,
        _ if !unicode => match c {
            ' '..='~' => c,
            _ => '?',
        },
        // Unicode, block "Control Pictures".
        '\0'..='\x1f' => char::from_u32(0x2400_u32.saturating_add(c.into())).unwrap_or(UNKNOWN),
        '\x7f' => '\u{2421}',
        _ if is_deceptive(c) => UNKNOWN,
        _ => c,
    }
}

/// Whether the text is printable ASCII, as most is: every byte is a character of one column that is
/// shown as it is.
pub(super) fn is_plain(text: &str) -> bool {
    // Without a branch for each byte, many are looked at together.
    let plain = |all: bool, byte: u8| all & matches!(byte, b' '..=b'~');
    text.bytes().fold(true, plain)
}

/// Words as shown: on one line, and with stand-ins.
pub(super) fn prose(text: &str, unicode: bool) -> String {
    if is_plain(text) {
        return defused(text.to_owned());
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => shown.push(' '),
            '…' if !unicode => shown.push_str("..."),
            '–' | '—' if !unicode => shown.push('-'),
            '‘' | '’' if !unicode => shown.push('\''),
            '“' | '”' if !unicode => shown.push('"'),
            _ => shown.push(source_char(c, unicode)),
        }
    }
    defused(shown)
}

/// Text in which no workflow runner finds a command of its old form, `##[name]`, which it looks for
/// everywhere in a line of a step's output; as many bytes long as before. What begins a line with
/// `::` is a command too: [`wrap`] does not let it.
/// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>
pub(super) fn defused(text: String) -> String {
    if text.contains(COMMAND) {
        text.replace(COMMAND, "#?[")
    } else {
        text
    }
}

/// How a command of the old form begins.
const COMMAND: &str = "##[";

/// The first characters of a text, with an ellipsis where it has more than `most`.
pub(super) fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// JSON with every deceptive character escaped, and what a workflow runner would take for a command
/// of its old form. They stand only inside strings, so the document means the same.
pub(super) fn escape_json(document: &str) -> Cow<'_, str> {
    let bytes = document.as_bytes();
    let commands = memchr::memmem::find(bytes, COMMAND.as_bytes()).is_some();
    // What else is deceptive is not ASCII, and most documents are.
    if !commands && document.is_ascii() && memchr::memchr(0x7f, bytes).is_none() {
        return document.into();
    }
    let document = document.replace(COMMAND, "#\\u0023[");
    let mut escaped = String::with_capacity(document.len());
    for c in document.chars() {
        if c == '\x7f' || is_deceptive(c) {
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

/// C1 controls, which some terminals obey, and what Unicode calls default-ignorable: it shows
/// nothing, or changes the order of what is shown (Unicode Standard Annex #9 and #44).
fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Breaks words into lines at spaces only: the first has `first` columns, the others `rest`. A
/// word that is longer than a line, such as an ARN, stays whole, and no line but the first begins
/// with `::`.
pub(super) fn wrap(text: &str, first: usize, rest: usize) -> String {
    let mut wrapped = String::with_capacity(text.len());
    let (mut used, mut room) = (0_usize, first);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        let fits = used.saturating_add(length).saturating_add(1) <= room;
        if used > 0 && !fits && !word.starts_with("::") {
            wrapped.push('\n');
            (used, room) = (0, rest);
        } else if used > 0 {
            wrapped.push(' ');
            used = used.saturating_add(1);
        }
        wrapped.push_str(word);
        used = used.saturating_add(length);
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_stays() {
        let hostile = "a\x1b[31m\u{202e}b\u{9b}c\x07\x7f\u{200b}d\ne";
        assert_eq!(prose(hostile, true), "a␛[31m�b�c␇␡�d e");
        assert_eq!(prose(hostile, false), "a?[31m?b?c???d e");
        assert_eq!(prose("“x” – …", false), "\"x\" - ...");
        assert_eq!(source_char('\t', true), '\t');
        for c in (0..=0x7f_u8).map(char::from) {
            let (text, shown) = (c.to_string(), source_char(c, false));
            assert_eq!(is_plain(&text), shown == c && c != '\t', "{c:?}");
            assert!(!is_plain(&text) || prose(&text, true) == text);
        }
        assert!(is_plain("") && !is_plain("é"));
        assert_eq!(source_char('\r', true), '␍');
    }

    #[test]
    fn no_workflow_command_is_left() {
        assert_eq!(prose("a ##[error]b ###[x]", true), "a #?[error]b ##?[x]");
        let text = "##[add-mask]x";
        let plain = serde_json::to_string(text).unwrap();
        let escaped = escape_json(&plain);
        assert!(!escaped.contains("##["), "{escaped}");
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
    }

    #[test]
    fn json_means_the_same_with_its_characters_escaped() {
        let text = "x\u{202e}\u{e0041}\x7fä";
        let plain = serde_json::to_string(text).unwrap();
        let escaped = escape_json(&plain);
        assert_eq!(escaped, "\"x\\u202e\\udb40\\udc41\\u007fä\"");
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
    }

    #[test]
    fn lines_break_at_spaces_only() {
        assert_eq!(
            wrap("one two three arn:aws:kms:x", 7, 9),
            "one two\nthree\narn:aws:kms:x"
        );
        assert_eq!(wrap("one two ::error::x", 7, 9), "one two ::error::x");
        assert_eq!(wrap("", 0, 0), "");
        assert_eq!(wrap("a b", 0, 0), "a\nb");
    }
}
