//! Turns values into text, one file per output format; never decides anything.
//!
//! Policy text is untrusted: whatever is shown of it goes through `visible`, so that no terminal
//! escape or bidirectional control of a policy reaches a terminal.

pub mod concise;
pub mod configuration;
pub mod difference;
#[cfg(test)]
mod example;
mod excerpt;
pub mod explanation;
pub mod files;
pub mod fixes;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
mod lines;
pub mod markdown;
pub mod objection;
mod path;
mod pieces;
pub mod preflight;
mod run;
pub mod sarif;
mod snippet;
mod summary;
pub mod unified_diff;
mod visible;
pub mod who_can;
mod window;

pub use run::{Reported, RuleInfo, Run};
pub use summary::{Summary, placeholders};
pub use visible::lines as visible_lines;

/// A number and what it counts, in the plural where it is not one: `2 key policies`.
fn counted(count: usize, noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if count == 1 => format!("{count} {noun}"),
        Some(stem) if stem.ends_with(['c', 't']) => format!("{count} {stem}ies"),
        _ => format!("{count} {noun}s"),
    }
}

/// How text for people looks. Detecting what a terminal can show is the caller's task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours are written.
    pub color: bool,
    /// Whether anything but ASCII is written.
    pub unicode: bool,
    /// Columns of the terminal; fewer than 30 count as 30. Identifiers such as ARNs and links are
    /// never broken, so that they can be copied, and may reach past it.
    pub width: usize,
}

impl Style {
    fn columns(&self) -> usize {
        self.width.max(30)
    }
}
