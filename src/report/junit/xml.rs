//! Text as XML takes it.

/// Escapes a text for the content of an element and for an attribute in double quotes. Characters
/// that XML 1.0 does not have, not even escaped, are replaced
/// (<https://www.w3.org/TR/xml/#charsets>).
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            // `]]>` may not stand in content.
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'.. => escaped.push(c),
            _ => escaped.push('\u{fffd}'),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_is_left_that_xml_does_not_have() {
        assert_eq!(
            escape("a\0<b>&\"'\n]]>\u{fffe}\u{b}😀"),
            "a\u{fffd}&lt;b&gt;&amp;&quot;'\n]]&gt;\u{fffd}\u{fffd}😀"
        );
    }
}
