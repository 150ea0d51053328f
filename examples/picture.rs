//! Draws the coloured output of a command as an SVG, as it looks in a terminal: `TITLE < OUTPUT > PICTURE`.
//!
//! ```text
//! kmslint --color always check keys | cargo run --example picture -- 'kmslint check keys' > picture.svg
//! ```
//!
//! `docs/pictures.sh` draws those of the documentation.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "an example")]
#![expect(clippy::arithmetic_side_effects, reason = "small numbers")]

use std::fmt::Write as _;
use std::io::Read as _;

/// Columns of the picture; what is longer is cut.
const COLUMNS: usize = 108;
/// Points of a column and of a line.
const COLUMN: f64 = 8.43;
const LINE: f64 = 19.0;
const MARGIN: f64 = 18.0;
const PLAIN: &str = "#d4d7dd";

fn main() {
    let title = std::env::args().nth(1).unwrap_or_default();
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    println!("{}", picture(&title, &text));
}

fn picture(title: &str, text: &str) -> String {
    let command = format!("\u{1b}[1m$ {title}\u{1b}[0m");
    let lines: Vec<_> = [command.as_str(), ""]
        .into_iter()
        .chain(text.trim_end().lines())
        .collect();
    let count = f64::from(u32::try_from(lines.len()).unwrap());
    let columns = f64::from(u32::try_from(COLUMNS).unwrap());
    let (width, height) = (
        columns.mul_add(COLUMN, 2.0 * MARGIN),
        count.mul_add(LINE, 2.0 * MARGIN),
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\" aria-label=\"The output of {}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#16191f\"/>\n\
         <g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, monospace\" font-size=\"14\" \
         xml:space=\"preserve\">",
        escaped(title)
    );
    let mut style = Sgr::default();
    let mut y = MARGIN + LINE * 0.75;
    for line in lines {
        let row = row(line, &mut style);
        if !row.is_empty() {
            write!(svg, "\n<text y=\"{y:.1}\">{row}</text>").unwrap();
        }
        y += LINE;
    }
    svg.push_str("\n</g>\n</svg>");
    svg
}

/// What a terminal was told of the text that follows (SGR, ECMA-48 section 8.3.117).
#[derive(Clone, Copy, Default)]
struct Sgr {
    color: Option<&'static str>,
    bold: bool,
    dim: bool,
}

impl Sgr {
    fn set(&mut self, code: &str) {
        match code {
            "" | "0" => *self = Self::default(),
            "1" => self.bold = true,
            "2" => self.dim = true,
            "31" | "91" => self.color = Some("#f4736b"),
            "32" | "92" => self.color = Some("#8ccf7e"),
            "33" | "93" => self.color = Some("#e5c76b"),
            "34" | "94" => self.color = Some("#67b0e8"),
            "35" | "95" => self.color = Some("#c47fd5"),
            "36" | "96" => self.color = Some("#6cbfbf"),
            "39" => self.color = None,
            _ => {}
        }
    }
}

/// The pieces of a line, each at its column, so that fonts of other widths keep them in place.
fn row(line: &str, style: &mut Sgr) -> String {
    let mut row = String::new();
    let mut column = 0;
    for (index, piece) in line.split("\u{1b}[").enumerate() {
        let words = match piece.split_once('m').filter(|_| index > 0) {
            Some((codes, words)) => {
                codes.split(';').for_each(|code| style.set(code));
                words
            }
            None => piece,
        };
        let room = COLUMNS.saturating_sub(column);
        let shown: String = words.chars().take(room).collect();
        if !shown.trim().is_empty() {
            let blanks = shown.len() - shown.trim_start().len();
            let start = f64::from(u32::try_from(column + blanks).unwrap());
            let weight = if style.bold {
                " font-weight=\"bold\""
            } else {
                ""
            };
            let opacity = if style.dim { " opacity=\"0.7\"" } else { "" };
            write!(
                row,
                "<tspan x=\"{:.1}\" fill=\"{}\"{weight}{opacity}>{}</tspan>",
                start.mul_add(COLUMN, MARGIN),
                style.color.unwrap_or(PLAIN),
                escaped(shown.trim())
            )
            .unwrap();
        }
        column += words.chars().count();
    }
    row
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
