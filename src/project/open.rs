//! From paths to everything that a command needs: configuration, discovery, loading, organization,
//! limits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use crate::config::Config;
use crate::facts::{FactMaker, Limits};
use crate::inventory::EvidenceType;
use crate::lint::{LoosenedConfiguration, Standing};
use crate::load::{Declared, Loaded, is_plan, load_declared, may_be_read};
use crate::text::{
    AtRevision, Base, Comparison, Discovery, Fate, Filter, InputError, InputFailure, Location,
    Overlay, Progress, Root, SourceId, Span, at_revision, discover,
};

use super::configuration::{self, Broken, Configuration, Layer, Search};
use super::options::{Options, ProjectError};
use super::organization::{self, ControlPolicies};
use super::rules::Known;
use super::team_files::TeamFiles;

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
    /// What is configured; the default where nothing is or a configuration is broken.
    pub config: Config,
    /// What configurations loosen, and whether that counts.
    pub loosened: Vec<LoosenedConfiguration>,
    /// The files of the configuration, the outermost first.
    pub(super) layers: Vec<ReadLayer>,
    /// Whether all below the configuration's directory was looked at, so that what is not found is
    /// not there.
    pub whole: bool,
    /// The paths that were given, those that are not there any more among them.
    pub paths: Vec<PathBuf>,
    /// As it was found.
    pub(super) configuration: Configuration,
    /// Bytes that stand in for files on the disk.
    overlay: Overlay,
    /// What the user says of files.
    declared: Declared,
    pub(super) options: Options,
}

/// A `kmslint.toml` among the sources.
#[derive(Clone, Debug)]
pub(super) struct ReadLayer {
    pub(super) source: SourceId,
    /// Whether all below its directory was looked at.
    pub(super) whole: bool,
}

impl Project {
    /// Reads the configuration, then everything else; nothing else where the configuration is
    /// broken. Rules that the configuration names need not exist.
    ///
    /// # Errors
    /// Where the configuration that was asked for cannot be read, or a pattern of paths is none.
    pub fn open(options: &Options) -> Result<Self, ProjectError> {
        Self::open_knowing(options, None, TeamFiles::of(options)?)
    }

    /// As [`open`](Self::open); the configuration may name `known` rules only.
    pub(super) fn open_knowing(
        options: &Options,
        known: Option<Known<'_>>,
        team: TeamFiles,
    ) -> Result<Self, ProjectError> {
        let paths = options.given();
        let search = Search {
            options,
            known,
            team,
        };
        let configuration = match search.find(paths.first())? {
            Ok(configuration) => configuration,
            Err(broken) => return Ok(Self::broken(broken)),
        };
        let discovery = discover(&paths, &configuration.filter(options)?);
        let declared = configuration.declared(options)?;
        let loaded = load(&discovery, options, &declared);
        let mut project = Self {
            declared,
            paths,
            discovery,
            loaded,
            configuration,
            options: options.clone(),
            ..Self::default()
        };
        project.complete();
        project.refuse_nothing();
        Ok(project)
    }

    /// The paths as they were before a change and are after it, by the configuration that holds now.
    /// Control policies of the configuration are read as they were, where the repository has them.
    ///
    /// # Errors
    /// As [`open`](Self::open), and where the files cannot be had at a revision.
    pub fn since(options: &Options, compared: &Comparison) -> Result<[Self; 2], ProjectError> {
        let paths = options.given();
        if paths.iter().any(|path| path.as_os_str() == "-") {
            return Err(ProjectError::StandardInputAtRevision);
        }
        let search = Search {
            options,
            known: None,
            team: TeamFiles::of(options)?,
        };
        let configuration = match search.find(paths.first())? {
            Ok(configuration) => configuration,
            Err(broken) => return Ok([Self::default(), Self::broken(broken)]),
        };
        let history = History {
            filter: configuration.filter(options)?,
            paths,
            declared: configuration.declared(options)?,
            configuration,
            options,
        };
        let then = history.at(&compared.before)?;
        let now = match &compared.after {
            Some(revision) => history.at(&Base::Exact(revision.clone()))?,
            None => history.now(),
        };
        let mut sides = [then, now];
        for side in &mut sides {
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
    /// but for records of CloudTrail, whose text is not kept, and bytes that are no text.
    #[must_use]
    pub fn with(&self, edits: &Overlay) -> Self {
        let mut overlay = self.overlay.clone();
        let evidence = self.loaded.inventory.evidence.iter();
        let trails: BTreeSet<_> = evidence
            .filter(|of| of.kind == EvidenceType::CloudTrail)
            .map(|of| of.source)
            .collect();
        for (source, file) in self.loaded.sources.iter() {
            if !trails.contains(&source) && file.is_exact() {
                overlay.put(file.name(), file.text());
            }
        }
        for path in edits.paths() {
            overlay.put(path, edits.get(path).unwrap_or_default());
        }
        let mut project = Self {
            loaded: load_declared(
                &self.discovery,
                &overlay,
                &self.declared,
                &Progress::default(),
            ),
            declared: self.declared.clone(),
            discovery: self.discovery.clone(),
            configuration: self.configuration.clone(),
            paths: self.paths.clone(),
            options: self.options.clone(),
            overlay,
            ..Self::default()
        };
        project.complete();
        project.refuse_nothing();
        project
    }

    /// The configurations of which all counts, the outermost first, each with its file.
    pub fn configurations(&self) -> impl Iterator<Item = (SourceId, &Config)> {
        let layers = self.configuration.layers.iter().zip(&self.layers);
        let layers = layers.filter(|(layer, _)| layer.in_force);
        layers.map(|(layer, read)| (read.source, &layer.config))
    }

    /// From what was loaded and the configuration to all the rest.
    fn complete(&mut self) {
        let Configuration {
            config,
            layers,
            loosened,
            team,
        } = &self.configuration;
        self.config = config.clone();
        let mut others = Vec::new();
        if let Some(organization) = &config.organization {
            let files = ControlPolicies {
                organization,
                team,
                overlay: &self.overlay,
            };
            others = organization::read(&files, &mut self.loaded);
        }
        let minimum = self.options.minimum_waiting_period;
        let minimum = minimum.or(config.minimum_waiting_period);
        let default = Limits::default();
        let gap = config.evidence.maximum_gap_hours;
        self.limits = Limits {
            minimum_waiting_period: minimum.unwrap_or(default.minimum_waiting_period),
            maximum_gap_hours: gap.unwrap_or(default.maximum_gap_hours),
            day: self.options.day,
        };
        self.failures.clone_from(&self.loaded.errors);
        let filtered = !self.options.include.is_empty() || !self.options.exclude.is_empty();
        let whole = |config: &Config| {
            let mut paths = self.paths.iter();
            !filtered && paths.any(|path| config.root.is_within(path))
        };
        self.whole = whole(config);
        let sources = &mut self.loaded.sources;
        let read = layers.iter().map(|layer| ReadLayer {
            source: sources.add(layer.file.clone()),
            whole: whole(&layer.config),
        });
        self.layers = read.collect();
        let mut names: BTreeMap<_, _> = layers
            .iter()
            .zip(&self.layers)
            .map(|(layer, read)| (layer.file.name(), read.source))
            .collect();
        for loose in loosened {
            let name = loose.file.name();
            let source = *names
                .entry(name)
                .or_insert_with(|| sources.add(loose.file.clone()));
            self.loosened.push(LoosenedConfiguration {
                at: Location {
                    source,
                    span: loose.what.at,
                },
                what: loose.what.what.to_string(),
                standing: loose.standing.clone(),
            });
        }
        for source in others {
            self.tell_of_other(source);
        }
    }

    /// Notes that a file is read at the trusted revision, and is another in the working tree.
    pub(super) fn tell_of_other(&mut self, source: SourceId) {
        let Some(revision) = &self.configuration.team.revision else {
            return;
        };
        let loosened = LoosenedConfiguration {
            at: Location {
                source,
                span: Span::default(),
            },
            what: "is another in the working tree".to_owned(),
            standing: Standing::WorkingTree(revision.name().to_owned()),
        };
        if !self.loosened.contains(&loosened) {
            self.loosened.push(loosened);
        }
    }

    fn broken(broken: Broken) -> Self {
        let mut project = Self::default();
        // A report names them, though nothing goes by them.
        let layers = broken.iter().map(|(file, _)| Layer {
            path: PathBuf::from(file.name()),
            file: file.clone(),
            config: Config::default(),
            in_force: false,
        });
        project.configuration.layers = layers.collect();
        project.failures = configuration::failures(broken, &mut project.loaded.sources);
        project
    }

    /// How many files were looked into.
    fn looked_at(&self) -> usize {
        self.discovery.count()
    }

    /// That nothing at all was recognised is a failure: a gate that looked at nothing has not
    /// passed.
    fn refuse_nothing(&mut self) {
        if self.loaded.recognized != 0 || !self.failures.is_empty() {
            return;
        }
        let looked = self.looked_at();
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

    /// Makes the facts of everything that was loaded.
    pub fn fact_maker(&self) -> FactMaker<'_> {
        let Loaded {
            inventory, sources, ..
        } = &self.loaded;
        FactMaker::new(inventory, sources, self.limits)
            .trusting(&self.config.trusted_administrators)
    }

    /// Whether the file of this place is one of these, or lies below one of them.
    pub fn is_below(&self, at: Location, paths: &[PathBuf]) -> bool {
        let file = self.loaded.sources.get(at.source);
        file.is_some_and(|file| {
            // The files of `.` have names without it.
            let file = Root::new(Path::new(file.name()));
            paths.iter().any(|path| file.is_within(path))
        })
    }

    /// Whether a file at the path, or below it, was read as a plan.
    pub fn holds_plan(&self, path: &Path) -> bool {
        self.loaded.files.iter().any(|file| {
            let is = matches!(&file.fate, Fate::Checked { holds, .. } if is_plan(holds));
            is && Root::new(Path::new(&file.path)).is_within(path)
        })
    }
}

/// The same paths at several times, by one configuration.
struct History<'o> {
    paths: Vec<PathBuf>,
    configuration: Configuration,
    filter: Filter,
    declared: Declared,
    options: &'o Options,
}

impl History<'_> {
    /// As they were at a commit.
    fn at(&self, base: &Base) -> Result<Project, ProjectError> {
        let AtRevision {
            discovery,
            mut overlay,
        } = at_revision(base, &self.paths, &self.filter, may_be_read)?;
        let organization = self.configuration.config.organization.as_ref();
        if let Some(organization) = organization
            && self.configuration.team.revision.is_none()
        {
            organization::add_files_at(base, organization, &mut overlay);
        }
        let progress = Progress::default();
        let loaded = load_declared(&discovery, &overlay, &self.declared, &progress);
        Ok(self.side(discovery, loaded, overlay))
    }

    /// As they are. What is not there any more is on one side only; git has said that it was there.
    fn now(&self) -> Project {
        let there = self.paths.iter().filter(|path| path.exists());
        let there: Vec<_> = there.cloned().collect();
        let discovery = discover(&there, &self.filter);
        let loaded = load(&discovery, self.options, &self.declared);
        self.side(discovery, loaded, Overlay::default())
    }

    fn side(&self, discovery: Discovery, loaded: Loaded, overlay: Overlay) -> Project {
        let mut side = Project {
            paths: self.paths.clone(),
            discovery,
            loaded,
            configuration: self.configuration.clone(),
            overlay,
            options: self.options.clone(),
            declared: self.declared.clone(),
            ..Project::default()
        };
        side.complete();
        side
    }
}

/// Loads what was discovered, and lets it be watched if somebody asked to.
fn load(discovery: &Discovery, options: &Options, declared: &Declared) -> Loaded {
    let overlay = Overlay::default();
    let progress = Progress::default();
    let Some(watch) = options.watch else {
        return load_declared(discovery, &overlay, declared, &progress);
    };
    thread::scope(|scope| {
        let (done, watched) = mpsc::channel();
        let progress = &progress;
        // Where no thread can be started, nobody watches.
        let watch = move || watch(discovery, progress, &watched);
        let _ = thread::Builder::new().spawn_scoped(scope, watch);
        let loaded = load_declared(discovery, &overlay, declared, progress);
        drop(done);
        loaded
    })
}
