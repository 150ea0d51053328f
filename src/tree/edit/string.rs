//! Edits of the document that a string holds, as edits of the text in which the string is.

use std::fmt::Write as _;

use crate::text::Span;
use crate::tree::{Content, Embedded, Encoding, Node, OffsetMap, Step, Syntax};

use super::draft::{as_written, says_the_same};
use super::lines::{before, indent, newline};
use super::{Edit, apply, hcl, yaml};

/// A string, and the text in which it is.
#[derive(Clone, Debug)]
pub(super) struct StringInText {
    syntax: Syntax,
    text: String,
    path: Vec<Step>,
    span: Span,
    embedded: Embedded,
    /// Whether a template would compute parts of it.
    is_template: bool,
}

/// How a string is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// In double quotes, with the escapes of its syntax.
    Quoted(Syntax),
    /// In single quotes of YAML.
    SingleQuoted,
    /// Without quotes, in YAML.
    Plain,
    /// A block of YAML, literal or folded.
    Block { folded: bool },
    /// A heredoc of HCL.
    Heredoc,
}

impl StringInText {
    /// The string at this path of the first document of a text; nothing where none is there.
    pub(super) fn find(syntax: Syntax, text: &str, path: &[Step]) -> Option<Self> {
        let (root, _) = as_written(syntax, text).ok()?;
        let node = root.at(path)?;
        Some(Self {
            syntax,
            path: path.to_vec(),
            span: node.span,
            embedded: syntax.embedded(text, node)?,
            is_template: node.deferred().is_some(),
            text: text.to_owned(),
        })
    }

    /// The text of the document.
    pub(super) fn document(&self) -> &str {
        &self.embedded.text
    }

    /// From the document to the text.
    pub(super) const fn map(&self) -> &OffsetMap {
        &self.embedded.map
    }

    /// Edits that make the document be `after` as edits of the text, and the text with them; nothing where
    /// the string cannot be written so.
    ///
    /// Where single edits cannot be written into the string as it is written, all of it is written anew.
    pub(super) fn write(&self, edits: &[Edit], after: &str) -> Option<(Vec<Edit>, String)> {
        let style = self.style()?;
        let brings_template =
            |edit: &Edit| ["${", "%{"].iter().any(|of| edit.replacement.contains(of));
        if self.is_template && edits.iter().any(brings_template) {
            return None;
        }
        let within = edits.iter().map(|edit| Edit {
            span: self.embedded.map.outer_span(edit.span),
            replacement: self.inside(style, &self.encoded(&edit.replacement)),
        });
        let within = self.checked(within.collect(), after);
        within.or_else(|| {
            let whole = (!self.is_template).then(|| self.whole(style, &self.encoded(after)))?;
            let edit = Edit {
                span: self.span,
                replacement: whole,
            };
            self.checked(vec![edit], after)
        })
    }

    /// The edits with the text after them, where only the document in the string is another.
    fn checked(&self, edits: Vec<Edit>, after: &str) -> Option<(Vec<Edit>, String)> {
        let edited = apply(&self.text, &edits).ok()?;
        let (mut old, _) = as_written(self.syntax, &self.text).ok()?;
        let (mut new, _) = as_written(self.syntax, &edited).ok()?;
        let node = new.at(&self.path)?;
        let document = self.syntax.embedded(&edited, node)?;
        let is_template = node.deferred().is_some();
        if document.text != after
            || document.encoding != self.embedded.encoding
            || is_template != self.is_template
        {
            return None;
        }
        for root in [&mut old, &mut new] {
            *root.at_mut(&self.path)? = Node {
                value: Content::Null,
                span: self.span,
            };
        }
        says_the_same(&old, &new).then_some((edits, edited))
    }

    fn style(&self) -> Option<Style> {
        let first = self.span.of(&self.text).chars().next()?;
        Some(match (self.syntax, first) {
            (_, '"') => Style::Quoted(self.syntax),
            (Syntax::Hcl, '<') => Style::Heredoc,
            (Syntax::Yaml, '\'') => Style::SingleQuoted,
            (Syntax::Yaml, '|') => Style::Block { folded: false },
            (Syntax::Yaml, '>') => Style::Block { folded: true },
            (Syntax::Yaml, _) => Style::Plain,
            _ => return None,
        })
    }

    /// A part of the document as the string's text has it.
    fn encoded(&self, part: &str) -> String {
        match self.embedded.encoding {
            Encoding::String => part.to_owned(),
            Encoding::PercentEncoded => percent_encode(part),
        }
    }

    /// A part of the string's text as it is written inside.
    fn inside(&self, style: Style, part: &str) -> String {
        match style {
            Style::Quoted(Syntax::Hcl) => hcl::escaped(part),
            Style::Quoted(Syntax::Yaml) => unquoted(&yaml::quoted(part)),
            Style::Quoted(Syntax::Json) => unquoted(&serde_json::Value::from(part).to_string()),
            Style::SingleQuoted => part.replace('\'', "''"),
            Style::Plain => part.to_owned(),
            Style::Block { folded } => {
                let newline = format!("{}{}", newline(&self.text), self.indentation());
                let mut written = String::new();
                for (number, line) in part.split('\n').enumerate() {
                    if number > 0 {
                        // A break between lines that begin with a space is one also where lines are folded.
                        let kept = !folded || line.starts_with([' ', '\t']);
                        written.push_str(if kept {
                            ""
                        } else {
                            newline.trim_end_matches(' ')
                        });
                        written.push_str(&newline);
                    }
                    written.push_str(line);
                }
                written
            }
            Style::Heredoc => {
                let part = hcl::without_templates(part);
                part.replace('\n', &format!("\n{}", self.indentation()))
            }
        }
    }

    /// The white space that each line of a block or heredoc has before what it says.
    fn indentation(&self) -> String {
        let document = &self.embedded.text;
        let filled = document
            .char_indices()
            .find(|(_, c)| *c != '\n' && *c != '\r');
        let Some((first, _)) = filled else {
            return format!("{}  ", indent(&self.text, self.span.start as usize));
        };
        let line = document.get(..first).unwrap_or_default().rfind('\n');
        let line = line.map_or(0, |newline| newline + 1);
        let at = self.embedded.map.outer(Span::new(line, line).start);
        before(&self.text, at as usize).to_owned()
    }

    /// The string anew, with this text.
    fn whole(&self, style: Style, text: &str) -> String {
        match style {
            Style::Quoted(Syntax::Hcl) | Style::Heredoc => hcl::string(text),
            Style::Quoted(Syntax::Json) => serde_json::Value::from(text).to_string(),
            Style::Block { .. } => self.block(text),
            Style::Quoted(Syntax::Yaml) | Style::SingleQuoted | Style::Plain => yaml::quoted(text),
        }
    }

    /// A literal block with this text, or a string in quotes where no block can have it.
    fn block(&self, text: &str) -> String {
        let body = text.trim_end_matches('\n');
        let chomping = match text.len().saturating_sub(body.len()) {
            0 => "-",
            1 => "",
            _ => "+",
        };
        let is_printable = |c: char| c == '\n' || c == '\t' || !c.is_control();
        if body.is_empty() || body.starts_with([' ', '\n']) || !text.chars().all(is_printable) {
            return yaml::quoted(text);
        }
        let (newline, indentation) = (newline(&self.text), self.indentation());
        let mut written = format!("|{chomping}");
        for line in body.split('\n') {
            written.push_str(newline);
            if !line.is_empty() {
                written.push_str(&indentation);
            }
            written.push_str(line);
        }
        // The break of the last line is there already.
        let more = text.len().saturating_sub(body.len()).saturating_sub(1);
        written + &newline.repeat(more)
    }
}

/// Without the quotes around it.
fn unquoted(text: &str) -> String {
    let inner = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}

/// What is not unreserved in RFC 3986 is escaped, as IAM does.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>
fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len().saturating_mul(3));
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to memory does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
