//! Heredocs: `<<EOT` and `<<-EOT`.

use crate::text::{InputError, Span};
use crate::tree::Node;

use super::template::Within;
use super::{Read, Reader};

impl<'a> Reader<'a> {
    /// A heredoc, up to the word that ends it.
    pub(super) fn heredoc(&mut self) -> Read<Node<'a>> {
        let start = self.at;
        self.at += 2;
        let dedents = self.take("-");
        let Some((end, _)) = self.name() else {
            return Err(self.expected("the word that ends the heredoc"));
        };
        if !self.take("\r\n") && !self.take("\n") {
            return Err(self.expected("the end of the line"));
        }
        let indent = if dedents {
            least_indent(self.rest(), end)
        } else {
            0
        };
        let within = Within::Heredoc { end, indent };
        let pieces = self.deeper(|reader| reader.all_pieces(within, start))?;
        let last = self.rest().lines().next().unwrap_or_default();
        self.at += last.trim_end().len();
        if last.trim() != end {
            let span = Span::new(start, start + 2);
            return Err(InputError::new(span, "the heredoc has no end")
                .label("opened here")
                .help(format!("close it with `{end}` alone in a line")));
        }
        self.template(pieces, start)
    }
}

/// The white space that all lines begin with; a line of nothing else does not count.
fn least_indent(text: &str, end: &str) -> usize {
    let lines = text.lines().take_while(|line| line.trim() != end);
    let filled = lines.filter(|line| !line.trim().is_empty());
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    filled.map(indent).min().unwrap_or(0)
}
