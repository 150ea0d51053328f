//! The text of `Fn::Sub`.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html>

/// A piece of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// As written.
    Text(&'t str),
    /// `${name}`: a parameter, a resource, an attribute of one, or a variable of the function.
    Variable(&'t str),
}

/// The pieces, in order. `${!name}` stands for the text `${name}`.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut literal = rest;
    while let Some(start) = rest.find("${") {
        let after = rest.get(start.saturating_add(2)..).unwrap_or_default();
        let Some((name, next)) = after.split_once('}') else {
            break;
        };
        let length = literal
            .len()
            .saturating_sub(rest.len())
            .saturating_add(start);
        found.extend(literal.get(..length).map(Piece::Text));
        if let Some(name) = name.strip_prefix('!') {
            found.push(Piece::Text("${"));
            found.push(Piece::Text(name));
            found.push(Piece::Text("}"));
        } else {
            found.push(Piece::Variable(name.trim()));
        }
        rest = next;
        literal = next;
    }
    found.push(Piece::Text(literal));
    found.retain(|piece| *piece != Piece::Text(""));
    found
}

#[cfg(test)]
mod tests {
    use super::Piece::{Text, Variable};
    use super::*;

    #[test]
    fn variables_are_parted_from_what_is_written() {
        for (text, wanted) in [
            ("", vec![]),
            ("a", vec![Text("a")]),
            ("${A}", vec![Variable("A")]),
            (
                "arn:${AWS::Partition}:iam::${ A }x",
                vec![
                    Text("arn:"),
                    Variable("AWS::Partition"),
                    Text(":iam::"),
                    Variable("A"),
                    Text("x"),
                ],
            ),
            (
                "a${!aws:username}b",
                vec![
                    Text("a"),
                    Text("${"),
                    Text("aws:username"),
                    Text("}"),
                    Text("b"),
                ],
            ),
            ("a${open", vec![Text("a${open")]),
            ("$${A}", vec![Text("$"), Variable("A")]),
        ] {
            assert_eq!(pieces(text), wanted, "{text}");
        }
    }
}
