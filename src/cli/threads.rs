//! The threads that share the work.

use std::io;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rayon::{ThreadBuilder, ThreadPoolBuilder};

/// How many threads rayon is to have where somebody wants another number than that of the cores.
const WANTED: &str = "RAYON_NUM_THREADS";

/// Starts as many threads as there are cores, or as the system lets be started: where it lets none
/// (`ulimit -u`, a container's limit of processes), all work is done on this one.
pub(super) fn start() {
    let wanted = std::env::var(WANTED).ok();
    let wanted = wanted.and_then(|wanted| wanted.parse().ok());
    let wanted = wanted.filter(|wanted| *wanted > 0);
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let (work, waiting) = channel::<ThreadBuilder>();
    let waiting = Arc::new(Mutex::new(waiting));
    let started = (0..wanted.unwrap_or_else(cores))
        .map_while(|_| spawn(Arc::clone(&waiting)).ok())
        .count();
    let pool = ThreadPoolBuilder::new().num_threads(started.max(1));
    // An error says that there is a pool already, in a program that calls this as a library.
    let _ = if started == 0 {
        pool.use_current_thread().build_global()
    } else {
        pool.spawn_handler(move |thread| {
            let gone = |_| io::ErrorKind::BrokenPipe.into();
            work.send(thread).map_err(gone)
        })
        .build_global()
    };
}

/// A thread that waits for what it is to do.
fn spawn(waiting: Arc<Mutex<Receiver<ThreadBuilder>>>) -> io::Result<()> {
    let run = move || {
        let thread = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        if let Ok(thread) = thread {
            thread.run();
        }
    };
    thread::Builder::new().spawn(run).map(drop)
}
