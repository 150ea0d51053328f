//! Selectors on several lines, with comments. JSONPath (RFC 9535) has no comments, and ends of lines are
//! blanks in it, which may stand between most things but not around the whole.

use std::borrow::Cow;

/// The JSONPath of a selector: of one line it is the selector itself, of several what is left without a
/// `#` outside of strings and what stands behind it on its line, and without blanks around it.
pub(super) fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') {
        return text.into();
    }
    let rest: String = kept(text).into_iter().map(|(_, c)| c).collect();
    rest.trim().to_owned().into()
}

/// What is no comment, each character with its byte.
pub(super) fn kept(text: &str) -> Vec<(usize, char)> {
    let mut rest = Vec::with_capacity(text.len());
    let mut quote = None;
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match (quote, c) {
            (None, '#') => {
                rest.extend(characters.by_ref().find(|(_, c)| *c == '\n'));
                continue;
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            _ => {}
        }
        rest.push((at, c));
        if quote.is_some() && c == '\\' {
            rest.extend(characters.next());
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::without_comments;

    #[test]
    fn what_stands_behind_a_number_sign_is_left_out_but_in_strings() {
        for (text, expected) in [
            ("$.a[?@.b == '#']", "$.a[?@.b == '#']"),
            ("$.a # no comment", "$.a # no comment"),
            ("$.a # the list\n[*]\n", "$.a \n[*]"),
            ("\n$.a[*] # its items", "$.a[*]"),
            ("# 'x\n$.a['#\\'#', \"#'#\"] # \"y", "$.a['#\\'#', \"#'#\"]"),
            (" $.a", " $.a"),
            ("", ""),
        ] {
            assert_eq!(without_comments(text), expected, "{text}");
        }
    }
}
