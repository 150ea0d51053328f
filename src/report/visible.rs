//! Makes text safe to show: what would steer a terminal or hide from a reader becomes a visible
//! stand-in one column wide.

use crate::text::{begins_command, defuse, is_deceptive};

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
        return defuse(text.to_owned());
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
    defuse(shown)
}

/// Words of more than one line as shown, of which no line is a command.
pub fn lines(text: &str, unicode: bool) -> String {
    let lines = text.split('\n').map(|line| prose(line, unicode));
    lines.collect::<Vec<_>>().join("\n")
}

/// The first characters of a text, with an ellipsis where it has more than `most`.
pub(super) fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Breaks words into lines at spaces only: the first has `first` columns, the others `rest`. A
/// word that is longer than a line, such as an ARN, stays whole, and no line but the first begins
/// as a command of a runner does.
pub(super) fn wrap(text: &str, first: usize, rest: usize) -> String {
    let mut wrapped = String::with_capacity(text.len());
    let (mut used, mut room) = (0_usize, first);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        let fits = used.saturating_add(length).saturating_add(1) <= room;
        if used > 0 && !fits && !begins_command(word) {
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
    fn no_command_of_a_runner_is_left() {
        assert_eq!(prose("a ##[error]b ###[x]", true), "a #?[error]b ##?[x]");
        assert_eq!(prose("\n::error::x", true), " ?:error::x");
        assert_eq!(
            lines("a\n  ::error::x\n--- y", true),
            "a\n  ?:error::x\n?-- y"
        );
    }

    #[test]
    fn lines_break_at_spaces_only() {
        assert_eq!(
            wrap("one two three arn:aws:kms:x", 7, 9),
            "one two\nthree\narn:aws:kms:x"
        );
        assert_eq!(wrap("one two ::error::x", 7, 9), "one two ::error::x");
        assert_eq!(wrap("one two --- three", 7, 9), "one two ---\nthree");
        assert_eq!(wrap("", 0, 0), "");
        assert_eq!(wrap("a b", 0, 0), "a\nb");
    }
}
