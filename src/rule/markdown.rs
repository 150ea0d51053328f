//! Reads as much Markdown as rule pages have: headings and fenced blocks of code.

use crate::text::Span;

/// One line or one block of a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    /// What it is.
    pub kind: PartKind<'a>,
    /// The heading, the line, or the block's content.
    pub text: &'a str,
    /// The bytes of the line, or of the block's content.
    pub span: Span,
    /// The line on which it begins, from 1.
    pub line: usize,
}

/// What a part of a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind<'a> {
    /// `# …`.
    Title,
    /// `## …`.
    Heading,
    /// A line of anything else that is not blank.
    Text,
    /// A fenced block; what stands behind the first three backticks.
    Block(&'a str),
    /// The first line of a fenced block that has no end.
    OpenBlock,
}

const FENCE: &str = "```";

/// The parts of a page in order.
pub(super) fn parts(page: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut block: Option<(Part<'_>, &str, usize)> = None;
    let mut start = 0_usize;
    for (line, text) in (1..).zip(page.split_inclusive('\n')) {
        let end = start.saturating_add(text.len());
        let text = text.trim_end();
        block = match block {
            Some((mut part, info, content)) if text == FENCE => {
                part.kind = PartKind::Block(info);
                part.text = page.get(content..start).unwrap_or_default();
                part.span = Span::new(content, start);
                parts.push(part);
                None
            }
            Some(open) => Some(open),
            None => {
                let part = part(text, start, line);
                if let Some(info) = text.strip_prefix(FENCE) {
                    Some((part, info.trim(), end))
                } else {
                    parts.extend((!text.is_empty()).then_some(part));
                    None
                }
            }
        };
        start = end;
    }
    parts.extend(block.map(|(part, ..)| part));
    parts
}

fn part(text: &str, start: usize, line: usize) -> Part<'_> {
    let span = Span::new(start, start.saturating_add(text.len()));
    let (kind, text) = if text.starts_with(FENCE) {
        (PartKind::OpenBlock, text)
    } else if let Some(title) = text.strip_prefix("# ") {
        (PartKind::Title, title)
    } else if let Some(heading) = text.strip_prefix("## ") {
        (PartKind::Heading, heading)
    } else {
        (PartKind::Text, text)
    };
    Part {
        kind,
        text,
        span,
        line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_inside_blocks_are_code() {
        let page = "# A\n\ntext\n```json fires\n# {}\n```\n## B\n```\nopen";
        let parts = parts(page);
        let seen: Vec<_> = parts.iter().map(|p| (p.kind, p.text, p.line)).collect();
        assert_eq!(
            seen,
            [
                (PartKind::Title, "A", 1),
                (PartKind::Text, "text", 3),
                (PartKind::Block("json fires"), "# {}\n", 4),
                (PartKind::Heading, "B", 7),
                (PartKind::OpenBlock, "```", 8),
            ]
        );
        assert_eq!(parts[2].span.of(page), "# {}\n");
    }
}
