//! What the terminal can show.

use std::env;
use std::io::{self, IsTerminal as _};

use clap::ValueEnum;

use crate::report::Style;

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set; anywhere where `FORCE_COLOR` or `CLICOLOR_FORCE` is.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where the output goes.
#[derive(Debug)]
pub(super) struct Terminal {
    pub(super) style: Style,
}

/// Columns where there is no terminal to ask.
pub(super) const DEFAULT_WIDTH: usize = 100;

impl Terminal {
    /// Asks standard output, since findings go there.
    pub(super) fn detect(color: ColorChoice) -> Self {
        let terminal = io::stdout().is_terminal();
        let is_set =
            |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        let forced = is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE");
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || env::var_os("TERM").is_some_and(|value| value == "dumb");
        let color = match color {
            ColorChoice::Auto => !plain && (terminal || forced),
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        };
        let width = terminal_size::terminal_size().filter(|_| terminal);
        let width = width.map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0));
        let unicode = !terminal || supports_unicode::on(supports_unicode::Stream::Stdout);
        Self {
            style: Style {
                color,
                unicode,
                width,
            },
        }
    }
}
