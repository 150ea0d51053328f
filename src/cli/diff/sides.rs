//! Both sides of a change, read from the disk and from git.

use std::path::{Path, PathBuf};

use crate::cli::gather::{config_failures, failures, read_config};
use crate::cli::{Failure, organization};
use crate::config::{Config, find};
use crate::difference::Side;
use crate::load::{Loaded, load_over};
use crate::report::InputFailure;
use crate::source::{
    AtRevision, Discovery, Filter, InputError, Overlay, SourceFile, at_revision, discover,
};

/// What decides how either side is read.
#[derive(Debug)]
pub(super) struct Loading<'a> {
    pub(super) include: &'a [String],
    pub(super) exclude: &'a [String],
    pub(super) config: Option<&'a Path>,
    pub(super) no_config: bool,
}

/// One side.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) loaded: Loaded,
    pub(super) failures: Vec<InputFailure>,
    roots: Vec<PathBuf>,
}

impl Read {
    pub(super) fn side(&self) -> Side<'_> {
        Side {
            inventory: &self.loaded.inventory,
            sources: &self.loaded.sources,
            roots: &self.roots,
        }
    }

    /// Says of everything that could not be read on which side.
    fn named(mut self, side: &str) -> Self {
        for failure in &mut self.failures {
            failure.error.message = format!("{side}: {}", failure.error.message);
        }
        self
    }
}

/// Reads both sides; what cannot be read of them is among their failures.
pub(super) fn load_both(
    loading: &Loading<'_>,
    revision: Option<&str>,
    paths: &[PathBuf],
) -> Result<[Read; 2], Failure> {
    let sides = match (revision, paths) {
        (Some(revision), []) => loading.with_git(revision, &[PathBuf::from(".")]),
        (Some(revision), paths) => loading.with_git(revision, paths),
        (None, [before, after]) => {
            if before == Path::new("-") && after == Path::new("-") {
                return Err(Failure::usage("standard input cannot be both sides"));
            }
            Ok([loading.of_path(before)?, loading.of_path(after)?])
        }
        (None, _) => Err(Failure::usage(
            "give the paths before and after the change, or `--git REV` and any paths",
        )),
    };
    let [before, after] = sides?;
    Ok([
        before.named("before the change"),
        after.named("after the change"),
    ])
}

impl Loading<'_> {
    /// The configuration that holds for a path, or what is wrong with it.
    fn config(&self, path: Option<&PathBuf>) -> Result<Result<Config, Read>, Failure> {
        let found = match self.config {
            _ if self.no_config => None,
            Some(path) => Some(path.to_path_buf()),
            None => path.and_then(|path| find(path)),
        };
        let Some(found) = found else {
            return Ok(Ok(Config::default()));
        };
        let file = read_config(&found)?;
        Ok(Config::parse(&file).map_err(|errors| broken(file, errors)))
    }

    fn filter(&self, config: &Config) -> Result<Filter, Failure> {
        let filter = Filter::new(self.include, self.exclude).map_err(Failure::usage)?;
        let filter = filter.from_root(&config.root, &config.include, &config.exclude);
        filter.map_err(Failure::usage)
    }

    fn of_path(&self, path: &PathBuf) -> Result<Read, Failure> {
        let config = match self.config(Some(path))? {
            Ok(config) => config,
            Err(broken) => return Ok(broken),
        };
        let paths = std::slice::from_ref(path);
        let discovery = discover(paths, &self.filter(&config)?);
        let mut read = load(&discovery, &Overlay::default(), &config);
        read.failures = failures(&read.loaded, &discovery, paths);
        read.roots = vec![path.clone()];
        Ok(read)
    }

    /// The paths as they were at the revision, and now. The configuration is the one of now; the
    /// policies of the organization are read as they were, where the repository has them.
    fn with_git(&self, revision: &str, paths: &[PathBuf]) -> Result<[Read; 2], Failure> {
        if paths.iter().any(|path| path == Path::new("-")) {
            return Err(Failure::usage("standard input has no revisions"));
        }
        let config = match self.config(paths.first())? {
            Ok(config) => config,
            Err(broken) => return Ok([Read::default(), broken]),
        };
        let filter = self.filter(&config)?;
        let mut then = at_revision(revision, paths, &filter).map_err(Failure::usage)?;
        add_organization(revision, &config, &mut then.overlay);
        // What is not there any more is on one side only; git has said that it was there.
        let there: Vec<_> = paths.iter().filter(|path| path.exists()).cloned().collect();
        let now = discover(&there, &filter);
        let AtRevision { discovery, overlay } = then;
        let mut before = load(&discovery, &overlay, &config);
        let mut after = load(&now, &Overlay::default(), &config);
        before.failures = side_failures(&before.loaded, &discovery, paths);
        after.failures = side_failures(&after.loaded, &now, paths);
        let nothing = before.loaded.recognized == 0 && after.loaded.recognized == 0;
        if nothing && before.failures.is_empty() && after.failures.is_empty() {
            after.failures = failures(&after.loaded, &now, paths);
        }
        Ok([before, after])
    }
}

fn load(discovery: &Discovery, overlay: &Overlay, config: &Config) -> Read {
    let mut loaded = load_over(discovery, overlay);
    if let Some(organization) = &config.organization {
        organization::read_over(organization, overlay, &mut loaded);
    }
    Read {
        loaded,
        ..Read::default()
    }
}

/// What could not be read of one side of which the other may be missing: that files are there and
/// nothing is recognised in them is one of these, that there are none is not.
fn side_failures(loaded: &Loaded, discovery: &Discovery, paths: &[PathBuf]) -> Vec<InputFailure> {
    let looked = discovery.named.len().saturating_add(discovery.found.len());
    if looked == 0 && loaded.errors.is_empty() {
        return Vec::new();
    }
    failures(loaded, discovery, paths)
}

/// Adds the policies of the organization as they were. What the repository does not have, or had
/// not, is read from the disk.
fn add_organization(revision: &str, config: &Config, overlay: &mut Overlay) {
    for path in config.organization.iter().flat_map(organization::files) {
        let found = at_revision(revision, std::slice::from_ref(&path), &Filter::default());
        if let Ok(found) = found
            && let Some(bytes) = found.overlay.get(&path)
        {
            overlay.put(path, bytes);
        }
    }
}

fn broken(file: SourceFile, errors: Vec<InputError>) -> Read {
    let mut read = Read::default();
    read.failures = config_failures(file, errors, &mut read.loaded.sources);
    read
}
