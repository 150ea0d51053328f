//! The files of one simulation.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::aws::KeyArn;
use crate::eval::{Layer, NamedPolicy, PolicyRef, PolicySet, RequestContext, assume_full_access};
use crate::facts::key_context;
use crate::inventory::{KeyMetadata, LoadedPolicy};
use crate::load::{LoadError, key_file, policy_file};
use crate::policy::PolicyKind;
use crate::report;
use crate::source::{InputError, Location, SourceId, Sources, Span};

use super::Failure;
use super::terminal::Terminal;

/// Everything that a simulation reads, and what was wrong with it.
#[derive(Debug, Default)]
pub(super) struct PolicyFiles {
    pub(super) sources: Sources,
    pub(super) key_policy: Option<LoadedPolicy>,
    pub(super) identity: Vec<NamedPolicy>,
    pub(super) boundary: Option<Vec<NamedPolicy>>,
    pub(super) session: Option<Vec<NamedPolicy>>,
    pub(super) scps: Vec<Vec<NamedPolicy>>,
    pub(super) rcps: Vec<Vec<NamedPolicy>>,
    metadata: KeyMetadata,
    /// Which file each policy stands in.
    origins: BTreeMap<PolicyRef, SourceId>,
    errors: Vec<LoadError>,
    broken: bool,
}

impl PolicyFiles {
    /// The key's ARN, given as such or by a file that describes the key.
    pub(super) fn key(&mut self, text: &str) -> Option<KeyArn> {
        if text.starts_with("arn:") || !Path::new(text).exists() {
            return match KeyArn::parse(text) {
                Ok(arn) => Some(arn),
                Err(error) => {
                    let help = error.help();
                    let complaint = InputError::new(Span::default(), error.to_string()).help(help);
                    self.fail(vec![LoadError {
                        file: "--key".to_owned(),
                        at: None,
                        error: complaint,
                    }]);
                    None
                }
            };
        }
        match key_file(Path::new(text), &mut self.sources) {
            Ok((arn, metadata)) => {
                self.metadata = metadata;
                Some(arn)
            }
            Err(errors) => {
                self.fail(errors);
                None
            }
        }
    }

    pub(super) fn key_policy(&mut self, path: Option<&Path>) {
        let reference = PolicyRef {
            layer: Layer::KeyPolicy,
            level: 0,
            index: 0,
        };
        self.key_policy = path.and_then(|path| self.read(path, reference));
    }

    /// The policies of one level of a layer.
    pub(super) fn list(
        &mut self,
        paths: &[PathBuf],
        layer: Layer,
        level: usize,
    ) -> Vec<NamedPolicy> {
        let mut policies = Vec::new();
        for path in paths {
            let reference = PolicyRef {
                layer,
                level,
                index: policies.len(),
            };
            if let Some(policy) = self.read(path, reference) {
                let name = policy.name.into();
                policies.push(NamedPolicy {
                    name,
                    document: policy.document,
                });
            }
        }
        policies
    }

    /// Levels, each of them files separated by commas.
    pub(super) fn levels(&mut self, levels: &[String], layer: Layer) -> Vec<Vec<NamedPolicy>> {
        let split = |level: &String| level.split(',').map(PathBuf::from).collect::<Vec<_>>();
        let numbered = levels.iter().enumerate();
        numbered
            .map(|(level, paths)| self.list(&split(paths), layer, level))
            .collect()
    }

    /// Completes the levels of service control policies as AWS has them.
    pub(super) fn assume_full_access(&mut self) {
        for level in &mut self.scps {
            assume_full_access(level);
        }
    }

    fn read(&mut self, path: &Path, reference: PolicyRef) -> Option<LoadedPolicy> {
        match policy_file(path, kind(reference.layer), &mut self.sources) {
            Ok((policy, refusals)) => {
                self.origins.insert(reference, policy.source);
                self.errors.extend(refusals);
                self.errors.extend(self.too_long(&policy));
                Some(policy)
            }
            Err(errors) => {
                self.fail(errors);
                None
            }
        }
    }

    /// What is to be said of a policy that is longer than AWS takes; `check` has a rule for it.
    fn too_long(&self, policy: &LoadedPolicy) -> Option<LoadError> {
        let error = policy.oversize?.complaint(policy.document.span);
        Some(LoadError {
            file: self.sources.get(policy.source)?.name().to_owned(),
            at: Some(Location {
                source: policy.source,
                span: error.span,
            }),
            error,
        })
    }

    fn fail(&mut self, errors: Vec<LoadError>) {
        self.broken = true;
        self.errors.extend(errors);
    }

    /// Whether something is missing without which there is no answer.
    pub(super) const fn is_broken(&self) -> bool {
        self.broken
    }

    /// Shows what is wrong with the files; true where anything is.
    pub(super) fn report_errors(&self, terminal: &Terminal) -> Result<bool, Failure> {
        let mut err = io::stderr().lock();
        report::human::input_errors(&mut err, &self.sources, &self.failures(), &terminal.style)?;
        err.flush()?;
        Ok(!self.errors.is_empty())
    }

    fn failures(&self) -> Vec<report::InputFailure> {
        self.errors
            .iter()
            .map(super::gather::input_failure)
            .collect()
    }

    /// The file that a policy stands in; one that was assumed stands in none.
    pub(super) fn source_of(&self, policy: PolicyRef) -> Option<SourceId> {
        self.origins.get(&policy).copied()
    }

    /// What the key's description says of the request context.
    pub(super) fn key_context(&self) -> RequestContext {
        key_context(&self.metadata)
    }

    pub(super) fn policies(&self) -> PolicySet<'_> {
        PolicySet {
            key_policy: self.key_policy.as_ref().map(|policy| &policy.document),
            identity: &self.identity,
            boundary: self.boundary.as_deref(),
            session: self.session.as_deref(),
            scps: &self.scps,
            rcps: &self.rcps,
        }
    }
}

const fn kind(layer: Layer) -> PolicyKind {
    match layer {
        Layer::Scp => PolicyKind::ServiceControl,
        Layer::Rcp => PolicyKind::ResourceControl,
        Layer::KeyPolicy => PolicyKind::Key,
        Layer::Identity => PolicyKind::Identity,
        Layer::Boundary => PolicyKind::PermissionsBoundary,
        Layer::Session => PolicyKind::Session,
    }
}
