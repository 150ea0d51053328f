//! One titled block: a sentence, the places it speaks of, and what to do, drawn by miette.

use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode,
    ThemeCharacters, ThemeStyles,
};

use super::Style;
use super::excerpt::{CONTEXT, Excerpt, Mark};
use super::visible::{prose, wrap};
use super::window::TAB;
use crate::text::{Location, Sources, Span};

/// Places that one block underlines at most; drawing takes time in the square of them.
const MOST_PLACES: usize = 8;
/// Columns that the text of a label has at least before it is broken into lines.
const LABEL_COLUMNS: usize = 24;

/// How a block is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Red.
    Error,
    /// Yellow.
    Warning,
    /// Cyan.
    Note,
    /// Green.
    Good,
}

/// A block.
#[derive(Debug)]
pub(super) struct Block<'a> {
    pub(super) tone: Tone,
    /// What the first line begins with, for example `error[cancel-by-nobody]`.
    pub(super) title: &'a str,
    /// The sentence after it.
    pub(super) message: &'a str,
    /// What it speaks of, and what to say there; the first is the one that matters most.
    pub(super) places: &'a [(Location, &'a str)],
    /// What to do.
    pub(super) help: Option<&'a str>,
}

/// Draws a block. miette draws one file a block, and labels on one line apart from each other;
/// places in other files, or that cover each other, follow as notes of their own.
pub(super) fn render(
    out: &mut impl Write,
    sources: &Sources,
    block: &Block<'_>,
    style: &Style,
) -> io::Result<()> {
    let (together, apart) = group(sources, block.places);
    let left_out = apart.len().saturating_sub(MOST_PLACES);
    let notes = apart.get(..MOST_PLACES).unwrap_or(&apart);
    let help = |is_last: bool| block.help.filter(|help| is_last && !help.is_empty());
    let head = Shown::new(sources, block, &together, help(notes.is_empty()), style);
    out.write_all(head.draw(style)?.as_bytes())?;
    for (index, place) in notes.iter().enumerate() {
        let is_last = index.saturating_add(1) == notes.len();
        let note = Block {
            tone: Tone::Note,
            title: "note",
            message: if place.1.is_empty() {
                "see also"
            } else {
                place.1
            },
            places: &[],
            help: None,
        };
        let bare = [(place.0, "")];
        let shown = Shown::new(sources, &note, &bare, help(is_last), style);
        out.write_all(shown.draw(style)?.as_bytes())?;
    }
    if left_out > 0 {
        writeln!(out, "  and {left_out} more places")?;
    }
    Ok(())
}

type Marked<'a> = (Location, &'a str);

/// The places that are drawn in one excerpt with the first, and all others.
fn group<'a>(sources: &Sources, places: &[Marked<'a>]) -> (Vec<Marked<'a>>, Vec<Marked<'a>>) {
    let (mut together, mut apart) = (Vec::<Marked<'a>>::new(), Vec::new());
    for place in places {
        let fits = together.len() < MOST_PLACES
            && together
                .iter()
                .all(|other| can_be_drawn_together(sources, other.0, place.0));
        if fits {
            together.push(*place);
        } else {
            apart.push(*place);
        }
    }
    (together, apart)
}

fn can_be_drawn_together(sources: &Sources, one: Location, other: Location) -> bool {
    let apart = one.span.end.max(one.span.start.saturating_add(1)) <= other.span.start
        || other.span.end.max(other.span.start.saturating_add(1)) <= one.span.start;
    let has_lines = |at: Location| {
        let Some(file) = sources.get(at.source) else {
            return false;
        };
        let line = |offset| file.position(offset).line;
        line(at.span.start) != line(at.span.end)
    };
    one.source == other.source && (apart || has_lines(one) != has_lines(other))
}

/// A block as miette takes it.
struct Shown {
    title: String,
    message: String,
    tone: Tone,
    excerpt: Option<Excerpt>,
    /// Ascending, as miette colours them.
    labels: Vec<LabeledSpan>,
    help: Option<String>,
}

impl Shown {
    fn new(
        sources: &Sources,
        block: &Block<'_>,
        places: &[Marked<'_>],
        help: Option<&str>,
        style: &Style,
    ) -> Self {
        let title = prose(block.title, style.unicode);
        let width = style.columns();
        let first = width.saturating_sub(title.chars().count().saturating_add(2));
        let words = |text: &str, first: usize, indent: usize| {
            wrap(
                &prose(text, style.unicode),
                first,
                width.saturating_sub(indent),
            )
        };
        let (excerpt, labels) = excerpt(sources, places, style).unzip();
        Self {
            message: words(block.message, first, 4),
            help: help.map(|help| words(help, width.saturating_sub(8), 8)),
            title,
            tone: block.tone,
            excerpt,
            labels: labels.unwrap_or_default(),
        }
    }

    fn draw(&self, style: &Style) -> io::Result<String> {
        let mut drawn = String::new();
        GraphicalReportHandler::new_themed(self.theme(style))
            .with_context_lines(CONTEXT)
            .tab_width(TAB)
            // Lines are broken here, at spaces only; and links are for terminals that know them.
            .with_wrap_lines(false)
            .with_links(false)
            .with_width(style.columns())
            .without_syntax_highlighting()
            .render_report(&mut drawn, self)
            .map_err(|_| io::Error::other("a diagnostic could not be drawn"))?;
        Ok(drawn.strip_prefix("  ").map(str::to_owned).unwrap_or(drawn))
    }

    fn theme(&self, style: &Style) -> GraphicalTheme {
        let mut theme = theme(style);
        let title = format!("{}:", self.title);
        let (place, color) = match self.tone {
            Tone::Error => (&mut theme.characters.error, theme.styles.error),
            Tone::Warning => (&mut theme.characters.warning, theme.styles.warning),
            Tone::Note | Tone::Good => (&mut theme.characters.advice, theme.styles.advice),
        };
        *place = title;
        let other = theme.styles.highlights.first().copied().unwrap_or(color);
        theme.styles.highlights = self
            .labels
            .iter()
            .map(|label| if label.primary() { color } else { other })
            .collect();
        theme
    }
}

/// miette's own choice looks at the standard error stream and the environment; this one does not.
fn theme(style: &Style) -> GraphicalTheme {
    GraphicalTheme {
        characters: if style.unicode {
            ThemeCharacters::unicode()
        } else {
            ThemeCharacters::ascii()
        },
        styles: if style.color {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    }
}

/// Words in the colour of a tone.
pub(super) fn paint(text: &str, tone: Tone, style: &Style) -> String {
    let styles = theme(style).styles;
    let color = match tone {
        Tone::Error => styles.error,
        Tone::Warning => styles.warning,
        Tone::Note => styles.advice,
        // miette's own green.
        Tone::Good => styles.highlights.last().copied().unwrap_or(styles.advice),
    };
    color.style(text).to_string()
}

/// The lines around places that are all of one file; `None` where no file has them.
fn excerpt(
    sources: &Sources,
    places: &[Marked<'_>],
    style: &Style,
) -> Option<(Excerpt, Vec<LabeledSpan>)> {
    let file = sources.get(places.first()?.0.source)?;
    let spans: Vec<Span> = places.iter().map(|(at, _)| at.span).collect();
    let (excerpt, marks) = Excerpt::new(file, &spans, style);
    let mut labels: Vec<_> = places
        .iter()
        .zip(&marks)
        .enumerate()
        .map(|(index, ((_, text), mark))| label(index == 0, text, mark, style))
        .collect();
    labels.sort_by_key(LabeledSpan::offset);
    Some((excerpt, labels))
}

fn label(is_primary: bool, text: &str, mark: &Mark, style: &Style) -> LabeledSpan {
    let mut words = prose(text, style.unicode);
    if let Some(line) = mark.runs_to {
        let gap = if words.is_empty() { "" } else { " " };
        words = format!("{words}{gap}(up to line {line})");
    }
    // Beside the text stand the line number, the bar and the arrow of the label.
    let room = style.columns().saturating_sub(mark.column);
    let room = room.saturating_sub(12).max(LABEL_COLUMNS);
    let words = Some(wrap(&words, room, room)).filter(|words| !words.is_empty());
    let length = mark.shown.end.saturating_sub(mark.shown.start);
    if is_primary {
        LabeledSpan::new_primary_with_span(words, (mark.shown.start, length))
    } else {
        LabeledSpan::new(words, mark.shown.start, length)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn severity(&self) -> Option<Severity> {
        Some(match self.tone {
            Tone::Error => Severity::Error,
            Tone::Warning => Severity::Warning,
            Tone::Note | Tone::Good => Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        let excerpt = self.excerpt.as_ref()?;
        Some(excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
