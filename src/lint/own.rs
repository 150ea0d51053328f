//! What kmslint itself says of suppressions and baselines: not selected from facts, so without a
//! page.

use crate::finding::Severity;

/// A rule about `kmslint.toml` or a baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnRule {
    /// Its name.
    pub id: &'static str,
    /// How bad what it finds is, unless configured.
    pub severity: Severity,
    /// What it finds, in one sentence.
    pub title: &'static str,
    /// Why, and what to do.
    pub text: &'static str,
}

/// The last day of an accepted reason for caution is over.
pub const EXPIRED_ACCEPTANCE: OwnRule = OwnRule {
    id: "expired-acceptance",
    severity: Severity::Warning,
    title: "An accepted reason for caution has expired",
    text: "The last day of a `[[preflight.accept]]` entry of `kmslint.toml` is over: `kmslint preflight` \
           takes the reason for caution into account again.\n\nRemove the entry, or decide anew and \
           set another day.",
};

/// A suppression's last day is over.
pub const EXPIRED_SUPPRESSION: OwnRule = OwnRule {
    id: "expired-suppression",
    severity: Severity::Warning,
    title: "A suppression has expired",
    text: "The last day of a `[[suppressions]]` entry of `kmslint.toml` is over: it suppresses \
           nothing any more.\n\nPut right what it covered and remove it, or decide anew and set \
           another day.",
};

/// A baseline or suppression names a fingerprint that kmslint made before.
pub const OUTDATED_FINGERPRINT: OwnRule = OwnRule {
    id: "outdated-fingerprint",
    severity: Severity::Info,
    title: "A baseline or suppression has an earlier fingerprint",
    text: "A `--baseline` file of version 1, or a `[[suppressions]]` entry with `statement`, still covers what \
           it covered. It names the statement as it is written, with its order and syntax, and does not record \
           the keys and principals that it covers.\n\nBring a baseline over with `kmslint baseline migrate FILE \
           PATH...`. In a suppression write `fingerprint`, `keys` and `principals` instead of `statement`.",
};

/// A suppression covers no finding.
pub const UNUSED_SUPPRESSION: OwnRule = OwnRule {
    id: "unused-suppression",
    severity: Severity::Warning,
    title: "A suppression covers no finding",
    text: "No finding of its rule stands in the statement that a `[[suppressions]]` entry of \
           `kmslint.toml` was written for: the statement was changed or removed, or the rule no \
           longer finds anything in it. Whoever wrote the same statement again would not hear of \
           it.\n\nRemove the entry. Where the statement was changed and what is found there now \
           may stay, write the statement's new fingerprint.",
};

/// Entries of the baseline match no finding.
pub const STALE_BASELINE: OwnRule = OwnRule {
    id: "stale-baseline",
    severity: Severity::Info,
    title: "The baseline holds what is no longer found",
    text: "No finding matches an entry of the `--baseline` file: what it held was put right, or its \
           statement was changed. If it came back as it was, nobody would hear of it.\n\nWrite the \
           baseline anew with `--write-baseline`, or remove the entries.",
};

/// A configuration is looser than the one that decides.
pub const CONFIGURATION_LOOSENED: OwnRule = OwnRule {
    id: "configuration-loosened",
    severity: Severity::Error,
    title: "A configuration loosens what the team decided",
    text: "A `kmslint.toml` below the team's own turns off or lowers a rule, excludes files, suppresses \
           findings, trusts administrators, or lowers a limit. Whoever may change a file of the \
           repository could blind the gate in this way.\n\nWhat the configuration above does not \
           allow with `nested_may_loosen = true` has no effect, and is an error: remove it. What it \
           allows is in force, and a note. What makes the gate stricter is always in force.\n\nWith \
           `--trusted-ref` the files at that revision decide. What is looser in the working tree, or \
           another rule, baseline or control policy there, has no effect and is a warning: it will \
           decide once it is merged.",
};

/// All of them, sorted by id.
pub const OWN_RULES: [OwnRule; 6] = [
    CONFIGURATION_LOOSENED,
    EXPIRED_ACCEPTANCE,
    EXPIRED_SUPPRESSION,
    OUTDATED_FINGERPRINT,
    STALE_BASELINE,
    UNUSED_SUPPRESSION,
];

/// A rule's own severity.
pub fn own_severity(rule: &str) -> Option<Severity> {
    let own = OWN_RULES.iter().find(|own| own.id == rule);
    own.map(|own| own.severity)
}
