//! What a rule says of several keys and principals together, as `together` of its page.

use std::sync::Arc;

use super::template::Piece;
use super::{FieldPath, Selected, Template};
use crate::finding::{Together, TogetherPiece};

/// A text about several keys and principals. `{principals}`, `{can}` and `{keys}` stand for how many there
/// are, which is known when all is found; all else is as in any [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TogetherTemplate {
    text: Box<str>,
    pieces: Arc<[TogetherPiece]>,
    /// The other paths, in their order.
    fields: Vec<Template>,
}

impl TogetherTemplate {
    /// The template that `text` writes.
    pub fn parse(text: &str) -> Self {
        let (mut pieces, mut fields) = (Vec::new(), Vec::new());
        for piece in Template::parse(text).into_pieces() {
            pieces.push(match piece {
                Piece::Text(text) => TogetherPiece::Text(text),
                Piece::Field(path) => told(&path).unwrap_or_else(|| {
                    fields.push(Template::of_field(path));
                    TogetherPiece::Value
                }),
            });
        }
        Self {
            text: text.into(),
            pieces: pieces.into(),
            fields,
        }
    }

    /// The template as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The templates of its values.
    pub(super) fn values(&self) -> impl Iterator<Item = &Template> {
        self.fields.iter()
    }

    /// What it says of this node, but for how many there are.
    pub fn render(&self, node: &Selected<'_, '_>) -> Together {
        let values = self.fields.iter();
        Together {
            pieces: Arc::clone(&self.pieces),
            values: values.map(|of| of.render(node).into()).collect(),
        }
    }
}

/// What is only known of all of them.
fn told(path: &FieldPath) -> Option<TogetherPiece> {
    let [name] = path.names.as_slice() else {
        return None;
    };
    match &**name {
        "principals" => Some(TogetherPiece::Principals),
        "can" => Some(TogetherPiece::Can),
        "keys" => Some(TogetherPiece::Keys),
        _ => None,
    }
}
