//! The syntaxes: what reads a text, and what leads a string back to its bytes.

use crate::text::{InputError, Span};
use crate::tree::{Content, Embedded, Function, json};

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

    /// What a file is written in, by its name and its text: JSON is JSON in a file of whatever name.
    pub fn of_file(name: &str, text: &str) -> Self {
        let named = Self::of_name(name).unwrap_or(Self::Json);
        if named == Self::Json || json::parse_all(text, 0).is_ok() {
            return Self::Json;
        }
        named
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
        let Content::String(value) = &node.value else {
            return None;
        };
        match self {
            Self::Json => json::decode(text, node.span).filter(|decoded| decoded.text == **value),
            Self::Yaml => yaml::decode(text, node.span, value),
            Self::Hcl => hcl::decode(text, node.span, value),
        }
    }

    /// The document that a string holds, for example a key policy, with the way back to the bytes of the
    /// file; nothing where the node is no string. Of a template of HCL what it would compute is as it is
    /// written, `${var.account}`, with what has a meaning in JSON escaped: it is text to who reads the
    /// document.
    pub fn embedded(self, text: &str, node: &Node<'_>) -> Option<Embedded> {
        let decoded = match (self, &node.value) {
            (Self::Hcl, Content::Deferred(deferred)) if deferred.function == Function::Template => {
                hcl::decode_template(text, node.span, &deferred.arguments)
            }
            _ => self.decode(text, node),
        };
        decoded.map(Embedded::of)
    }
}

/// That a text has more values than are read, and what to do about it.
pub(super) fn too_many_values(span: Span, most: usize, help: &'static str) -> InputError {
    InputError::new(span, format!("the text has more than {most} values"))
        .label("one value too many")
        .help(help)
}
