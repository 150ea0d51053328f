//! Policy variables: `${aws:username}`, with a default `${aws:PrincipalTag/team, 'none'}`, and the
//! escapes `${*}`, `${?}` and `${$}`.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

/// A piece of a string that may hold variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text in which `*` and `?` are wildcards, where the place takes wildcards.
    Literal(&'a str),
    /// `${*}`, `${?}` or `${$}`: that character itself.
    Escaped(char),
    /// The value of a condition key.
    Variable {
        /// The key's name.
        key: &'a str,
        /// What stands in where the key is absent.
        default: Option<&'a str>,
    },
}

/// The pieces of `text`. A `${` without an end is literal text.
pub fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = next_piece(rest);
        rest = after;
        Some(piece)
    })
}

fn next_piece(rest: &str) -> (Piece<'_>, &str) {
    let Some(inside) = rest.strip_prefix("${") else {
        let length = rest.find("${").unwrap_or(rest.len());
        let (literal, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        return (Piece::Literal(literal), after);
    };
    let Some((name, after)) = inside.split_once('}') else {
        return (Piece::Literal(rest), "");
    };
    let piece = match name {
        "*" => Piece::Escaped('*'),
        "?" => Piece::Escaped('?'),
        "$" => Piece::Escaped('$'),
        _ => variable(name),
    };
    (piece, after)
}

/// The default stands after a comma, a space and in single quotes.
fn variable(name: &str) -> Piece<'_> {
    let with_default = name.split_once(',').and_then(|(key, default)| {
        let default = default.trim().strip_prefix('\'')?.strip_suffix('\'')?;
        Some(Piece::Variable {
            key: key.trim(),
            default: Some(default),
        })
    });
    with_default.unwrap_or(Piece::Variable {
        key: name.trim(),
        default: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_value() {
        let all: Vec<_> =
            pieces("a/${aws:username}/${*}${aws:PrincipalTag/t, 'x y'}${open").collect();
        assert_eq!(
            all,
            [
                Piece::Literal("a/"),
                Piece::Variable {
                    key: "aws:username",
                    default: None
                },
                Piece::Literal("/"),
                Piece::Escaped('*'),
                Piece::Variable {
                    key: "aws:PrincipalTag/t",
                    default: Some("x y")
                },
                Piece::Literal("${open"),
            ]
        );
    }
}
