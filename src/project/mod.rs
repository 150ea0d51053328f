//! Everything that a command needs, as one value: configuration, discovery, loading, organization,
//! limits and rules; the same at a git revision, and with edits laid over.
//!
//! [`check`] is the gate as a library call; [`Project::open`] reads without running rules.

mod configuration;
mod exclusions;
mod in_force;
mod open;
mod options;
mod organization;
mod rule_pages;
mod rules;
mod run;
mod sensitive;
mod simulation;
mod suppress;
mod team_files;

pub use crate::load::{StackValues, Unrecognized, same_policy_shape};
pub use exclusions::{Exclusions, Migrated, today};
pub use open::Project;
pub use options::{ConfigurationFile, Options, ProjectError, Watch};
pub use rules::{RuleOptions, rule_names};
pub use run::{CheckOptions, Checked, Gate, check, migrate_baseline, suppress};
pub use simulation::{SimulationFiles, SimulationPaths};
pub use suppress::{SuppressedFindings, SuppressionTarget};
