//! Text as Markdown takes it without making anything of it.
//!
//! GitHub and GitLab look for mentions and references in the rendered text too, where entities
//! are characters again; a tag between a sign and its word stops them.

use std::fmt::Write as _;

use crate::report::visible::prose;

/// Words of a sentence. What stands in backticks is shown as code, as long as they are paired.
pub(in crate::report) fn inline(text: &str) -> String {
    let shown = prose(text, true);
    let pieces: Vec<&str> = shown.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return words(&shown);
    }
    let mut escaped = String::with_capacity(shown.len());
    for (index, piece) in pieces.into_iter().enumerate() {
        if index.is_multiple_of(2) {
            escaped.push_str(&words(piece));
        } else {
            escaped.push_str(&code(piece));
        }
    }
    escaped
}

/// A name, as code.
pub(in crate::report) fn code(text: &str) -> String {
    let mut escaped = String::from("<code>");
    for c in prose(text, true).chars() {
        if c.is_ascii_punctuation() && !matches!(c, '-' | ',') {
            // Writing to memory does not fail.
            let _ = write!(escaped, "&#{};", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped.push_str("</code>");
    escaped
}

fn words(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = characters.next() {
        let next = characters.peek().copied().unwrap_or(' ');
        let is_plain = match c {
            ',' | ';' | '(' | ')' | '\'' | '"' => true,
            // `www.…` is a link.
            '.' => !next.is_alphanumeric(),
            // `GH-1` and `ABC-1` are, `us-east-1` is none; where a line may begin it is a list.
            '-' if next.is_ascii_digit() => {
                before.is_ascii_digit() || (before.is_lowercase() && !escaped.ends_with("gh"))
            }
            '-' => before.is_alphanumeric() && next != '-',
            // `:x:` is a picture and `https:…` a link; a time of day is neither.
            ':' => next == ' ' || (before.is_ascii_digit() && next.is_ascii_digit()),
            // Inside of a word it emphasises nothing.
            '_' => before.is_alphanumeric() && next.is_alphanumeric(),
            _ => !c.is_ascii_punctuation(),
        };
        before = c;
        if is_plain {
            escaped.push(c);
        } else {
            let _ = write!(escaped, "<span>&#{};</span>", u32::from(c));
        }
    }
    escaped
}

/// A link with words that are escaped already; the words alone where the address is none of the
/// web.
pub(in crate::report) fn link(words: &str, address: &str) -> String {
    if !address.starts_with("https://") {
        return words.to_owned();
    }
    let mut link = format!("[{words}](");
    for byte in address.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => link.push(char::from(byte)),
            b'-' | b'.' | b'_' | b'~' | b'/' | b':' | b'#' | b'?' | b'=' | b'&' | b'%' => {
                link.push(char::from(byte));
            }
            _ => drop(write!(link, "%{byte:02X}")),
        }
    }
    link.push(')');
    link
}

/// A block of code whose fence is longer than any row of backticks in it.
pub(in crate::report) fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default().saturating_add(1).max(3));
    format!("{fence}text\n{}\n{fence}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_become_code_when_they_are_paired() {
        assert_eq!(inline("a `b*c` d"), "a <code>b&#42;c</code> d");
        assert_eq!(
            inline("a `b* d"),
            "a <span>&#96;</span>b<span>&#42;</span> d"
        );
        assert_eq!(inline("@all"), "<span>&#64;</span>all");
        for plain in [
            "a: b_c, us-east-1",
            "2026-07-01 at 09:00 UTC",
            "multi-Region keys",
        ] {
            assert_eq!(inline(plain), plain);
        }
        for hostile in [
            ":x:",
            "a:x:",
            "https://a",
            "_a_",
            "- a",
            "a -- b",
            "ABC-12",
            "gh-1",
            "x\n- a",
        ] {
            assert!(inline(hostile).contains("<span>"), "{hostile}");
        }
        assert_eq!(inline("GH-1. x"), "GH<span>&#45;</span>1. x");
        assert_eq!(code("|<"), "<code>&#124;&#60;</code>");
    }

    #[test]
    fn nothing_breaks_out_of_a_link_or_a_fence() {
        assert_eq!(
            link("x", "https://a/(b)\n]<"),
            "[x](https://a/%28b%29%0A%5D%3C)"
        );
        assert_eq!(link("x", "javascript:"), "x");
        assert_eq!(fenced("a ```` b\n"), "`````text\na ```` b\n`````\n");
        assert_eq!(fenced("a"), "```text\na\n```\n");
    }
}
