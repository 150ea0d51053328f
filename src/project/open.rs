//! From paths to everything that a command needs: configuration, discovery, loading, organization,
//! limits.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use crate::config::Config;
use crate::facts::{self, Facts, Limits};
use crate::inventory::EvidenceType;
use crate::load::{Loaded, load_over, load_watched};
use crate::source::{
    AtRevision, Discovery, InputError, InputFailure, Overlay, Progress, SourceFile, SourceId, Span,
    at_revision, discover,
};

use super::configuration::{self, Configuration, Found};
use super::options::{Options, ProjectError};
use super::organization;

/// What the paths hold, and what a team has decided about it.
#[derive(Debug, Default)]
pub struct Project {
    /// The inventory and its files, the control policies of the configuration among them.
    pub loaded: Loaded,
    /// The files that were looked into.
    pub discovery: Discovery,
    /// What rules and checks compare with; as without a configuration where that is broken.
    pub limits: Limits,
    /// What could not be read or understood. With any of these nothing that was concluded is the
    /// whole truth.
    pub failures: Vec<InputFailure>,
    /// Files that hold nothing of interest.
    pub passed_over: usize,
    /// The configuration; the default where there is none or it is broken.
    pub config: Config,
    /// The configuration's file among the sources; none where there is none.
    pub config_source: Option<SourceId>,
    /// Whether all below the configuration's directory was looked at, so that what is not found is
    /// not there.
    pub whole: bool,
    /// The paths that were given, those that are not there any more among them.
    pub paths: Vec<PathBuf>,
    /// Bytes that stand in for files on the disk.
    overlay: Overlay,
}

impl Project {
    /// Reads the configuration, then everything else; nothing else where the configuration is
    /// broken. Rules that the configuration names need not exist.
    ///
    /// # Errors
    /// Where the configuration that was asked for cannot be read, or a pattern of paths is none.
    pub fn open(options: &Options) -> Result<Self, ProjectError> {
        Self::open_knowing(options, None)
    }

    /// As [`open`](Self::open); the configuration may name `known` rules only.
    ///
    /// # Errors
    /// As [`open`](Self::open). A rule that is not known is among the failures.
    pub fn open_with_rules(options: &Options, known: &[&str]) -> Result<Self, ProjectError> {
        Self::open_knowing(options, Some(known))
    }

    fn open_knowing(options: &Options, known: Option<&[&str]>) -> Result<Self, ProjectError> {
        let paths = options.given();
        let configuration = match Configuration::find(options, paths.first(), known)? {
            Found::Sound(configuration) => *configuration,
            Found::Broken(file, errors) => return Ok(Self::broken(file, errors)),
        };
        let discovery = discover(&paths, &configuration.filter(options)?);
        let loaded = load(&discovery, options);
        let mut project = Self::put_together(
            loaded,
            discovery,
            Overlay::default(),
            configuration,
            options,
        );
        project.paths = paths;
        project.refuse_nothing();
        Ok(project)
    }

    /// The paths as they were at a revision, and as they are, by the configuration that holds now.
    /// Control policies of the configuration are read as they were, where the repository has them.
    ///
    /// # Errors
    /// As [`open`](Self::open), and where the files cannot be had at the revision.
    pub fn since(options: &Options, revision: &str) -> Result<[Self; 2], ProjectError> {
        let paths = options.given();
        if paths.iter().any(|path| path.as_os_str() == "-") {
            return Err(ProjectError::StandardInputAtRevision);
        }
        let configuration = match Configuration::find(options, paths.first(), None)? {
            Found::Sound(configuration) => *configuration,
            Found::Broken(file, errors) => {
                return Ok([Self::default(), Self::broken(file, errors)]);
            }
        };
        let filter = configuration.filter(options)?;
        let AtRevision {
            discovery,
            mut overlay,
        } = at_revision(revision, &paths, &filter)?;
        if let Some(organization) = &configuration.config.organization {
            organization::add_files_at(revision, organization, &mut overlay);
        }
        let loaded = load_over(&discovery, &overlay);
        let then = Self::put_together(loaded, discovery, overlay, configuration.clone(), options);
        // What is not there any more is on one side only; git has said that it was there.
        let there: Vec<_> = paths.iter().filter(|path| path.exists()).cloned().collect();
        let discovery = discover(&there, &filter);
        let loaded = load(&discovery, options);
        let now = Self::put_together(
            loaded,
            discovery,
            Overlay::default(),
            configuration,
            options,
        );
        let mut sides = [then, now];
        for side in &mut sides {
            side.paths.clone_from(&paths);
            // That files are there and nothing is recognised in them is a failure of this side;
            // that there are none is not, the other may have them.
            if side.looked_at() > 0 {
                side.refuse_nothing();
            }
        }
        let nothing = |side: &Self| side.loaded.recognized == 0 && side.failures.is_empty();
        if sides.iter().all(nothing) {
            let [_, now] = &mut sides;
            now.refuse_nothing();
        }
        Ok(sides)
    }

    /// The same project with edits laid over: what was read once is not read from the disk again,
    /// but for records of CloudTrail, whose text is not kept.
    #[must_use]
    pub fn with(&self, edits: &Overlay) -> Self {
        let mut overlay = self.overlay.clone();
        let evidence = self.loaded.inventory.evidence.iter();
        let trails: BTreeSet<_> = evidence
            .filter(|of| of.kind == EvidenceType::CloudTrail)
            .map(|of| of.source)
            .collect();
        for (source, file) in self.loaded.sources.iter() {
            if !trails.contains(&source) {
                overlay.put(file.name(), file.text());
            }
        }
        for path in edits.paths() {
            overlay.put(path, edits.get(path).unwrap_or_default());
        }
        let configuration = Configuration {
            config: self.config.clone(),
            file: self
                .config_source
                .and_then(|source| self.loaded.sources.get(source).cloned()),
        };
        let discovery = self.discovery.clone();
        let loaded = load_over(&discovery, &overlay);
        let options = Options {
            minimum_waiting_period: Some(self.limits.minimum_waiting_period),
            ..Options::default()
        };
        let mut project = Self::put_together(loaded, discovery, overlay, configuration, &options);
        project.whole = self.whole;
        project.paths.clone_from(&self.paths);
        project.refuse_nothing();
        project
    }

    fn put_together(
        mut loaded: Loaded,
        discovery: Discovery,
        overlay: Overlay,
        Configuration { config, file }: Configuration,
        options: &Options,
    ) -> Self {
        if let Some(organization) = &config.organization {
            organization::read_over(organization, &overlay, &mut loaded);
        }
        let minimum = options.minimum_waiting_period;
        let minimum = minimum.or(config.minimum_waiting_period);
        let limits = minimum.map(|minimum_waiting_period| Limits {
            minimum_waiting_period,
        });
        let filtered = !options.include.is_empty() || !options.exclude.is_empty();
        let mut given = options.given().into_iter();
        let config_source = file.map(|file| loaded.sources.add(file));
        Self {
            limits: limits.unwrap_or_default(),
            failures: loaded.errors.clone(),
            passed_over: discovery
                .passed_over
                .saturating_add(loaded.passed_over.len()),
            whole: !filtered && given.any(|path| config.root.is_within(&path)),
            loaded,
            discovery,
            config,
            config_source,
            paths: Vec::new(),
            overlay,
        }
    }

    fn broken(file: SourceFile, errors: Vec<InputError>) -> Self {
        let mut project = Self::default();
        project.failures = configuration::failures(file, errors, &mut project.loaded.sources);
        project
    }

    /// How many files were looked into.
    fn looked_at(&self) -> usize {
        let discovery = &self.discovery;
        discovery.named.len().saturating_add(discovery.found.len())
    }

    /// That nothing at all was recognised is a failure: a gate that looked at nothing has not
    /// passed.
    fn refuse_nothing(&mut self) {
        if self.loaded.recognized != 0 || !self.failures.is_empty() {
            return;
        }
        let looked = self.looked_at().saturating_add(self.discovery.passed_over);
        let files = if looked == 1 { "file" } else { "files" };
        let paths = self.paths.iter().map(|path| path.to_string_lossy());
        let error = InputError::new(
            Span::default(),
            format!("nothing to check was recognised in {looked} {files}"),
        )
        .help(
            "give key policies, IAM policies, or the output of `aws kms get-key-policy` and \
             `describe-key`",
        );
        let paths: Vec<_> = paths.collect();
        self.failures
            .push(InputFailure::of_file(paths.join(" "), error));
    }

    /// What `conclude` makes of the facts of keys, then of policies, on all cores.
    pub fn each_facts<T: Send>(&self, conclude: impl Fn(Facts) -> T + Sync) -> Vec<T> {
        let loaded = &self.loaded;
        facts::each(
            &loaded.inventory,
            &loaded.sources,
            self.limits,
            |mut facts| {
                facts.trust(&self.config.trusted_administrators);
                conclude(facts)
            },
        )
    }
}

/// Loads what was discovered, and lets it be watched if somebody asked to.
fn load(discovery: &Discovery, options: &Options) -> Loaded {
    let progress = Progress::default();
    let Some(watch) = options.watch else {
        return load_watched(discovery, &progress);
    };
    thread::scope(|scope| {
        let (done, watched) = mpsc::channel();
        let progress = &progress;
        // Where no thread can be started, nobody watches.
        let watch = move || watch(discovery, progress, &watched);
        let _ = thread::Builder::new().spawn_scoped(scope, watch);
        let loaded = load_watched(discovery, progress);
        drop(done);
        loaded
    })
}
