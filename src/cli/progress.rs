//! How far reading has come, on standard error, where that is a terminal and it takes longer than
//! a second.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::text::{Discovery, Progress};

/// How long nothing is shown.
const QUIET: Duration = Duration::from_secs(1);

/// How often what is shown changes.
const TICK: Duration = Duration::from_millis(100);

/// Shows the progress until the other end of `watch` is dropped.
pub(super) fn show(discovery: &Discovery, progress: &Progress, watch: &mpsc::Receiver<()>) {
    let mut wait = QUIET;
    let mut bar = None;
    while watch.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let bar = bar.get_or_insert_with(|| new_bar(discovery));
        bar.set_position(progress.bytes());
        let files = discovery.named.len().saturating_add(discovery.found.len());
        bar.set_message(format!("{} of {files} files", progress.files()));
        wait = TICK;
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

/// The sizes of the files are asked for only here: most runs never come so far.
fn new_bar(discovery: &Discovery) -> ProgressBar {
    let files = discovery.named.iter().chain(&discovery.found);
    let sizes = files.map(|path| path.metadata().map_or(0, |metadata| metadata.len()));
    let bar = ProgressBar::with_draw_target(Some(sizes.sum()), ProgressDrawTarget::stderr());
    let style = "reading [{bar:30}] {bytes} of {total_bytes}, {msg}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}
