//! Names of files as reports give them: from the working directory, and as URI references.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::text::SourceFile;

/// What follows the name of a compressed file before a line of what it holds.
pub(super) const DECOMPRESSED: &str = " (decompressed)";

/// The name of a file before a line of its text.
pub(super) fn shown_name(file: &SourceFile) -> Cow<'_, str> {
    if file.is_decompressed() {
        Cow::Owned(format!("{}{DECOMPRESSED}", file.name()))
    } else {
        Cow::Borrowed(file.name())
    }
}

/// The path from `directory` for a file that lies below it, with `/` between its parts and none
/// of them `.`; any other path stays what it is.
pub(super) fn relative(name: &str, directory: &str) -> String {
    let (name, directory) = (forward(name), forward(directory));
    let below = name
        .strip_prefix(directory.trim_end_matches('/'))
        .and_then(|rest| rest.strip_prefix('/'))
        .filter(|_| !directory.is_empty());
    let name = below.unwrap_or(&name);
    let parts: Vec<_> = name
        .split('/')
        .enumerate()
        .filter(|(index, part)| *part != "." && (*index == 0 || !part.is_empty()))
        .map(|(_, part)| part)
        .collect();
    parts.join("/")
}

/// Elsewhere than on Windows a backslash is a character like any other.
fn forward(path: &str) -> String {
    if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    }
}

/// Whether a URI reference has a scheme (RFC 3986, section 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UriKind {
    /// It has, `file`.
    Absolute,
    /// It has none.
    Relative,
}

/// A path as a URI reference (RFC 3986, section 4.1): what is not unreserved is percent-encoded,
/// and a path from the root has the scheme `file`.
pub(super) fn uri(path: &str) -> (String, UriKind) {
    let has_drive = cfg!(windows) && path.as_bytes().get(1) == Some(&b':');
    let (scheme, kind) = match (has_drive, path.starts_with('/')) {
        (true, _) => ("file:///", UriKind::Absolute),
        (false, true) => ("file://", UriKind::Absolute),
        (false, false) => ("", UriKind::Relative),
    };
    let mut uri = String::with_capacity(path.len());
    uri.push_str(scheme);
    for (index, byte) in path.bytes().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            b':' if has_drive && index == 1 => uri.push(':'),
            // Writing to memory does not fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    (uri, kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_working_directory() {
        for (name, wanted) in [
            ("keys/a.json", "keys/a.json"),
            ("./keys/./a.json", "keys/a.json"),
            ("keys//a.json", "keys/a.json"),
            ("/repo/keys/a.json", "keys/a.json"),
            ("/repository/a.json", "/repository/a.json"),
            ("../a.json", "../a.json"),
            ("-", "-"),
            ("", ""),
        ] {
            assert_eq!(relative(name, "/repo"), wanted);
        }
        assert_eq!(relative("/a.json", ""), "/a.json");
        assert_eq!(relative("/a.json", "/"), "a.json");
    }

    #[test]
    fn uris_hold_nothing_that_means_something() {
        assert_eq!(uri("a b/ü#?%:.json").0, "a%20b/%C3%BC%23%3F%25%3A.json");
        assert_eq!(uri("/a"), ("file:///a".to_owned(), UriKind::Absolute));
        assert_eq!(uri("a\n\\[](){}").0, "a%0A%5C%5B%5D%28%29%7B%7D");
    }
}
