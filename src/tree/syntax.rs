//! The syntaxes: what reads a text, and what leads a string back to its bytes.

use crate::text::{InputError, Span};
use crate::tree::{Embedded, Value, json};

use super::decoded::Decoded;
use super::{Node, hcl, yaml};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// RFC 8259.
    Json,
    /// YAML 1.1 and 1.2.
    Yaml,
    /// HCL's native syntax: `.tf`, `.tofu`, `.hcl`, `.tfvars`.
    Hcl,
}

impl Syntax {
    /// What the end of a file's name says; nothing where it says none of these.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Some(match extension.to_ascii_lowercase().as_str() {
            "json" => Self::Json,
            "yaml" | "yml" => Self::Yaml,
            "tf" | "tofu" | "hcl" | "tfvars" => Self::Hcl,
            _ => return None,
        })
    }

    /// Reads the documents of a text: of JSON those that follow one another, of YAML those that `---`
    /// parts, of HCL the one.
    ///
    /// # Errors
    /// The first place at which the text is not of this syntax, or goes beyond one of the bounds of
    /// [`crate::tree`].
    pub fn read(self, text: &str) -> Result<Vec<Node<'_>>, InputError> {
        match self {
            Self::Json => json::parse_all(text, 0),
            Self::Yaml => Ok(yaml::read(text)?.documents),
            Self::Hcl => Ok(vec![hcl::read(text)?]),
        }
    }

    /// The text of a string with the way back to its bytes in the file; nothing where the node is no
    /// string. Of a template of HCL it is that of its piece.
    pub fn decode(self, text: &str, node: &Node<'_>) -> Option<Decoded> {
        let Value::String(value) = &node.value else {
            return None;
        };
        match self {
            Self::Json => Embedded::from_string(text, node.span)
                .filter(|embedded| embedded.text == **value)
                .map(|embedded| Decoded {
                    text: embedded.text,
                    map: embedded.map,
                }),
            Self::Yaml => yaml::decode(text, node.span, value),
            Self::Hcl => hcl::decode(text, node.span, value),
        }
    }
}

/// That a text has more values than are read, and what to do about it.
pub(super) fn too_many_values(span: Span, most: usize, help: &'static str) -> InputError {
    InputError::new(span, format!("the text has more than {most} values"))
        .label("one value too many")
        .help(help)
}
