//! What a plain scalar is by its text: the rules of YAML 1.1, <https://yaml.org/type/>.

/// The kind of a plain scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plain {
    /// Nothing, `~` or `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer or a float, in whatever base.
    Number,
    /// Anything else.
    Text,
}

/// What this text is without quotes and without a tag.
pub(super) fn kind(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Plain::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Plain::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            Plain::Bool(false)
        }
        ".nan" | ".NaN" | ".NAN" => Plain::Number,
        _ if is_number(text) => Plain::Number,
        _ => Plain::Text,
    }
}

/// Whether this text may be written without quotes, and is then a string and nothing else.
pub(in crate::tree) fn is_text(text: &str, flow: bool) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || "_-./+=@*".contains(c);
    let is_plain = |c: char| inner(c) || (c == ':' && !flow);
    kind(text) == Plain::Text
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with(':')
        && text.chars().all(is_plain)
}

/// Whether this text without quotes is a number.
pub(in crate::tree) fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    // A fraction without a whole part has no sign in YAML 1.1.
    if let Some(fraction) = text.strip_prefix('.') {
        return fraction.starts_with(|c: char| c.is_ascii_digit()) && is_fraction(fraction);
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    is_integer(unsigned) || is_float(unsigned) || is_sexagesimal(unsigned)
}

fn all(text: &str, is: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(|c| c == '_' || is(c))
}

fn is_integer(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("0b") {
        return all(digits, |c| matches!(c, '0' | '1'));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return all(digits, |c| c.is_ascii_hexdigit());
    }
    match text.strip_prefix('0') {
        Some("") => true,
        Some(octal) => all(octal, |c| matches!(c, '0'..='7')),
        None => all(text, |c| c.is_ascii_digit()),
    }
}

fn is_float(text: &str) -> bool {
    text.split_once('.').is_some_and(|(whole, rest)| {
        all(whole, |c| c.is_ascii_digit()) && (rest.is_empty() || is_fraction(rest))
    })
}

/// Digits after the point, and an exponent with its sign.
fn is_fraction(text: &str) -> bool {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, Some(exponent)),
        None => (text, None),
    };
    let has_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']);
        digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
    });
    has_exponent && digits.chars().all(|c| c == '_' || c.is_ascii_digit())
}

/// Base 60: `190:20:30`, and `190:20:30.15`.
fn is_sexagesimal(text: &str) -> bool {
    let (text, fraction) = match text.split_once('.') {
        Some((text, fraction)) => (text, Some(fraction)),
        None => (text, None),
    };
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default();
    let mut later = parts.peekable();
    let is_whole = fraction.is_some() || !first.starts_with('0');
    later.peek().is_some()
        && is_whole
        && all(first, |c| c.is_ascii_digit())
        && fraction.is_none_or(|f| f.chars().all(|c| c == '_' || c.is_ascii_digit()))
        && later.all(|part| match part.as_bytes() {
            [one] => one.is_ascii_digit(),
            [ten, one] => matches!(ten, b'0'..=b'5') && one.is_ascii_digit(),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// <https://yaml.org/type/int.html>, `float.html`, `bool.html`, `null.html`.
    #[test]
    fn plain_scalars_are_what_yaml_1_1_says() {
        let numbers = [
            "0",
            "-1",
            "+12",
            "685_230",
            "0b1010_0111",
            "0x_0A_74_AE",
            "02472256",
            "190:20:30",
            "6.8523015e+5",
            "685.230_15",
            "190:20:30.15",
            "-.inf",
            ".NaN",
            "1.",
            ".5",
            "111122223333",
            "-0.5",
        ];
        for text in numbers {
            assert_eq!(kind(text), Plain::Number, "{text}");
        }
        let texts = [
            "1e3",
            "089",
            "2012-10-17",
            "1.2.3",
            "kms:*",
            "-",
            "+",
            ".",
            "0x",
            "12:99",
            "y",
            "n",
            "tRue",
            "-.5",
            "1:2:",
            "0.1e5",
            "arn:aws:kms",
            "1_a",
            "_1",
            "--1",
            ".e+1",
        ];
        for text in texts {
            assert_eq!(kind(text), Plain::Text, "{text}");
        }
        assert_eq!(kind("Yes"), Plain::Bool(true));
        assert_eq!(kind("off"), Plain::Bool(false));
        assert_eq!(kind("~"), Plain::Null);
        assert_eq!(kind(""), Plain::Null);
    }
}
