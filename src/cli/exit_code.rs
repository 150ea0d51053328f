//! What the program tells its caller.

/// Exit codes of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitCode {
    /// 0: nothing at or above the threshold; allowed.
    Clean,
    /// 1: findings at or above the threshold; not surely allowed.
    Findings,
    /// 2: bad usage, or an input that could not be read. A gate never passes because it failed to
    /// read.
    Failure,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(match code {
            ExitCode::Clean => 0,
            ExitCode::Findings => 1,
            ExitCode::Failure => 2,
        })
    }
}
