//! Policy variables: `${aws:username}`, with a default `${aws:PrincipalTag/team, 'none'}`, and the
//! escapes `${*}`, `${?}` and `${$}`. Terraform writes `$${aws:username}` in templates and
//! `&{aws:username}` in its policy documents for them:
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>
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
    let opening = OPENINGS.iter().find_map(|open| rest.strip_prefix(open));
    let Some(inside) = opening else {
        let length = next_opening(rest);
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

/// How a variable opens.
const OPENINGS: [&str; 3] = ["${", "$${", "&{"];

/// Where the first variable opens, or the end.
fn next_opening(text: &str) -> usize {
    let found = OPENINGS.iter().filter_map(|open| text.find(open));
    found.min().unwrap_or(text.len())
}

/// Whether the text may hold variables.
pub fn may_hold_variables(text: &str) -> bool {
    memchr::memchr(b'{', text.as_bytes()).is_some() && next_opening(text) < text.len()
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
