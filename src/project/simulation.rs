//! The files of one simulation.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::access::{
    Explained, GivenPolicies, Layer, NamedPolicy, PolicyRef, Request, RequestContext, key_context,
};
use crate::aws::KeyArn;
use crate::inventory::{KeyMetadata, LoadedPolicy};
use crate::load::{key_file, policy_file};
use crate::policy::PolicyKind;
use crate::text::{InputError, InputFailure, Location, SourceId, Sources, Span};

/// Where the policies of one request and its key are.
#[derive(Clone, Debug, Default)]
pub struct SimulationPaths {
    /// The key's ARN, or a file that describes the key.
    pub key: String,
    /// The key policy.
    pub key_policy: Option<PathBuf>,
    /// Identity-based policies of the principal.
    pub identity: Vec<PathBuf>,
    /// The principal's permissions boundary.
    pub boundary: Option<PathBuf>,
    /// Policies passed when the session was created; none where the list is empty.
    pub session: Vec<PathBuf>,
    /// The service control policies of each level, the organization's root first.
    pub scps: Vec<Vec<PathBuf>>,
    /// The resource control policies, likewise.
    pub rcps: Vec<Vec<PathBuf>>,
}

/// Everything that a simulation reads, and what was wrong with it.
#[derive(Debug, Default)]
pub struct SimulationFiles {
    /// The files.
    pub sources: Sources,
    /// The key's ARN; none where it could not be read.
    pub key: Option<KeyArn>,
    /// What is wrong with the files.
    pub failures: Vec<InputFailure>,
    /// Whether something is missing without which there is no answer.
    pub is_broken: bool,
    policies: GivenPolicies,
    metadata: KeyMetadata,
    /// Which file each policy stands in.
    origins: BTreeMap<PolicyRef, SourceId>,
}

impl SimulationFiles {
    /// How many values of the policies a template has yet to fill in.
    pub fn placeholders(&self) -> usize {
        self.policies.documents().map(|of| of.open_values).sum()
    }

    /// Reads them. Levels of service control policies are completed as AWS has them: beside one that
    /// only denies, `FullAWSAccess` is assumed.
    pub fn read(paths: &SimulationPaths) -> Self {
        let mut files = Self::default();
        files.key = files.read_key(&paths.key);
        let key_policy = PolicyRef {
            layer: Layer::KeyPolicy,
            level: 0,
            index: 0,
        };
        let read = paths.key_policy.as_deref();
        let read = read.and_then(|path| files.read_policy(path, key_policy));
        let identity = files.list(&paths.identity, Layer::Identity, 0);
        let boundary = paths.boundary.as_ref();
        let boundary =
            boundary.map(|path| files.list(std::slice::from_ref(path), Layer::Boundary, 0));
        let session = files.list(&paths.session, Layer::Session, 0);
        files.policies = GivenPolicies {
            key_policy: read.map(|policy| policy.document),
            identity,
            boundary,
            session: (!session.is_empty()).then_some(session),
            scps: files.levels(&paths.scps, Layer::Scp),
            rcps: files.levels(&paths.rcps, Layer::Rcp),
        };
        files.policies.assume_full_access();
        files
    }

    /// The key's ARN, given as such or by a file that describes the key.
    fn read_key(&mut self, text: &str) -> Option<KeyArn> {
        if text.starts_with("arn:") || !Path::new(text).exists() {
            return match KeyArn::parse(text) {
                Ok(arn) => Some(arn),
                Err(error) => {
                    let help = error.help();
                    let complaint = InputError::new(Span::default(), error.to_string()).help(help);
                    self.fail(vec![InputFailure::of_file("--key", complaint)]);
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

    /// The policies of one level of a layer.
    fn list(&mut self, paths: &[PathBuf], layer: Layer, level: usize) -> Vec<NamedPolicy> {
        let mut policies = Vec::new();
        for path in paths {
            let reference = PolicyRef {
                layer,
                level,
                index: policies.len(),
            };
            if let Some(policy) = self.read_policy(path, reference) {
                let name = policy.name.into();
                policies.push(NamedPolicy {
                    name,
                    document: policy.document,
                });
            }
        }
        policies
    }

    fn levels(&mut self, levels: &[Vec<PathBuf>], layer: Layer) -> Vec<Vec<NamedPolicy>> {
        let numbered = levels.iter().enumerate();
        numbered
            .map(|(level, paths)| self.list(paths, layer, level))
            .collect()
    }

    fn read_policy(&mut self, path: &Path, reference: PolicyRef) -> Option<LoadedPolicy> {
        match policy_file(path, kind(reference.layer), &mut self.sources) {
            Ok((policy, refusals)) => {
                self.origins.insert(reference, policy.source);
                self.failures.extend(refusals);
                self.failures.extend(self.too_long(&policy));
                self.failures.extend(self.invalid_principals(&policy));
                Some(policy)
            }
            Err(errors) => {
                self.fail(errors);
                None
            }
        }
    }

    /// What is to be said of a policy that is longer than AWS takes; `check` has a rule for it.
    fn too_long(&self, policy: &LoadedPolicy) -> Option<InputFailure> {
        let error = policy.size?.complaint(policy.document.span)?;
        Some(InputFailure {
            file: self.sources.get(policy.source)?.name().to_owned(),
            at: Some(Location {
                source: policy.source,
                span: error.span,
            }),
            error,
        })
    }

    /// Principals that AWS refuses; `check` has rules for them.
    fn invalid_principals(&self, policy: &LoadedPolicy) -> Vec<InputFailure> {
        let Some(file) = self.sources.get(policy.source) else {
            return Vec::new();
        };
        let errors = policy.document.invalid_principals();
        let located = errors.map(|error| InputFailure {
            file: file.name().to_owned(),
            at: Some(Location {
                source: policy.source,
                span: error.span,
            }),
            error,
        });
        located.collect()
    }

    fn fail(&mut self, failures: Vec<InputFailure>) {
        self.is_broken = true;
        self.failures.extend(failures);
    }

    /// The file that a policy stands in; one that was assumed stands in none.
    pub fn source_of(&self, policy: PolicyRef) -> Option<SourceId> {
        self.origins.get(&policy).copied()
    }

    /// What the policies decide about a request, and why.
    pub fn explain(&self, request: &Request) -> Explained {
        self.policies
            .explain(request, &|policy| self.source_of(policy))
    }

    /// What the key's description says of the request context.
    pub fn key_context(&self) -> RequestContext {
        key_context(&self.metadata)
    }

    /// The policies that decide the request.
    pub const fn policies(&self) -> &GivenPolicies {
        &self.policies
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
