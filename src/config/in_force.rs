//! What a run goes by, for its report.

use serde::Serialize;

/// The configuration in force: which files, and what it switches off or leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InForce {
    /// The configuration files, the outermost first; none where nothing is configured.
    pub files: Vec<String>,
    /// The revision at which they were read, as it was given; none for the working tree.
    pub revision: Option<String>,
    /// Its commit.
    pub commit: Option<String>,
    /// Rules that do not run, sorted.
    pub rules_off: Vec<String>,
    /// Rules that find something less bad than by themselves, sorted.
    pub rules_lowered: Vec<String>,
    /// Patterns of the only files that are looked at, of the configuration and the arguments.
    pub include: Vec<String>,
    /// Patterns of files that are not looked at, likewise.
    pub exclude: Vec<String>,
    /// Patterns of principals that may administer keys.
    pub trusted_administrators: Vec<String>,
    /// Files of control policies that the configuration names.
    pub control_policies: Vec<String>,
    /// Suppressions, those that cover nothing among them.
    pub suppressions: usize,
    /// Reasons for caution of preflight that the configuration accepts.
    pub accepted_cautions: usize,
    /// The baseline.
    pub baseline: Option<String>,
    /// The shortest waiting period that is not reported, in days.
    pub minimum_waiting_period: u8,
    /// The severity from which on findings close the gate; none where there is no gate.
    pub fail_on: Option<&'static str>,
}
