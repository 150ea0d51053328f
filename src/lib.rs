//! Who can destroy an AWS KMS key, after what waiting period, who can still stop it, what is lost.
//!
//! The gate of `kmslint check` as a library call:
//!
//! ```
//! use kmslint::project::{CheckOptions, Gate, Options, check, today};
//!
//! # fn main() -> Result<(), kmslint::project::ProjectError> {
//! let checked = check(&Options::for_paths(["fixtures/quickstart"]), &CheckOptions::on(today()))?;
//! for finding in &checked.findings {
//!     println!("{}: {}", finding.rule, finding.message);
//! }
//! assert_eq!(checked.gate(), Gate::Fails);
//! # Ok(())
//! # }
//! ```
//!
//! Whoever wants only what was loaded calls [`project::Project::open`] and reads its inventory or its
//! facts.
//!
//! | room | holds |
//! | --- | --- |
//! | [`text`] | files as people wrote them: bytes, lines, discovery, git revisions |
//! | [`tree`] | a file as written: one node for JSON, YAML and HCL |
//! | [`aws`] | what AWS defines: ARNs, actions, condition keys, key states |
//! | [`policy`] | the grammar of policies |
//! | [`inventory`] | what was loaded: keys, principals, policies, evidence |
//! | [`load`] | from files to the inventory, by shape |
//! | [`eval`] | the decision on one request, with its explanation |
//! | [`simulate`] | requests and answers as JSON Lines |
//! | [`document`] | facts as selectors see them |
//! | [`facts`] | what rules are written over, one record for each key or policy |
//! | [`finding`] | findings and their fingerprints |
//! | [`rule`] | pages and selectors of rules |
//! | [`config`] | `kmslint.toml` |
//! | [`lint`] | the run of the rules, suppressions, baselines |
//! | [`project`] | all of the above as one value: what every command starts from |
//! | [`preflight`] | the verdict on one deletion |
//! | [`who_can`] | who can do what to each key, as tables |
//! | [`difference`] | what a change does to permissions |
//! | [`fix`] | edits with their proof |
//! | [`report`] | values as text, one file for each format |
//! | [`cli`] | arguments, terminal, exit codes |

pub mod access;
pub mod aws;
pub mod cli;
pub mod config;
pub mod difference;
pub mod document;
pub mod eval;
pub mod facts;
pub mod finding;
pub mod fix;
pub mod inventory;
pub mod lint;
pub mod load;
pub mod policy;
pub mod preflight;
pub mod project;
pub mod report;
pub mod rule;
pub mod simulate;
pub mod text;
pub mod tree;
pub mod who_can;
