//! The configuration that is in force: the team's file, those below it, and what of these counts.

use std::path::{Path, PathBuf};

use crate::config::{Config, Loosening, Stands, Unconfigured, loosened};
use crate::facts::Limits;
use crate::lint::Standing;
use crate::load::Declared;
use crate::text::{Filter, InputError, InputFailure, Location, Root, SourceFile, Sources};

use super::options::{ConfigurationFile, Options, ProjectError};
use super::rules::Known;
use super::team_files::{TeamFileError, TeamFiles, refused};

/// Everything that the team has configured for some paths.
#[derive(Clone, Debug, Default)]
pub(super) struct Configuration {
    /// What is in force.
    pub(super) config: Config,
    /// Its files, the outermost first.
    pub(super) layers: Vec<Layer>,
    /// What is looser than it may be, or would be where the working tree decided.
    pub(super) loosened: Vec<Loose>,
    /// Where the team's files are read.
    pub(super) team: TeamFiles,
}

/// One `kmslint.toml`.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Where it belongs, as a person would write it.
    pub(super) path: PathBuf,
    /// Its text.
    pub(super) file: SourceFile,
    /// What it says by itself.
    pub(super) config: Config,
    /// Whether what it loosens counts.
    pub(super) in_force: bool,
}

/// Something that a file loosens.
#[derive(Clone, Debug)]
pub(super) struct Loose {
    pub(super) file: SourceFile,
    pub(super) what: Loosening,
    pub(super) standing: Standing,
}

/// Files that are no configuration, with what is wrong.
pub(super) type Broken = Vec<(SourceFile, Vec<InputError>)>;

/// How a configuration is found and judged.
pub(super) struct Search<'a> {
    pub(super) options: &'a Options,
    /// The rules that there are; none where rules are not run.
    pub(super) known: Option<Known<'a>>,
    pub(super) team: TeamFiles,
}

impl Search<'_> {
    /// The configuration for the first of the paths, or what is wrong with its files.
    pub(super) fn find(
        self,
        first: Option<&PathBuf>,
    ) -> Result<Result<Configuration, Broken>, ProjectError> {
        let layers = match self.layers(&self.team, first)? {
            Ok(layers) => layers,
            Err(broken) => return Ok(Err(broken)),
        };
        let mut configuration = self.merge(layers);
        if let Some(revision) = &self.team.revision {
            let tree = match self.layers(&TeamFiles::default(), first)? {
                Ok(tree) => tree,
                Err(broken) => return Ok(Err(broken)),
            };
            let standing = Standing::WorkingTree(revision.name().to_owned());
            let loose = self.looser_in(&tree, &configuration, &standing);
            configuration.loosened.extend(loose);
        }
        configuration.team = self.team;
        Ok(Ok(configuration))
    }

    /// The files, the outermost first.
    fn layers(
        &self,
        team: &TeamFiles,
        first: Option<&PathBuf>,
    ) -> Result<Result<Vec<Layer>, Broken>, ProjectError> {
        let paths = match (&self.options.configuration, first) {
            (ConfigurationFile::Nothing, _) | (ConfigurationFile::Nearest, None) => Vec::new(),
            (ConfigurationFile::At(path), _) => vec![path.clone()],
            (ConfigurationFile::Nearest, Some(path)) => team.configurations(path)?,
        };
        let (mut layers, mut broken) = (Vec::<Layer>::new(), Broken::new());
        let mut outermost: Option<String> = None;
        for path in paths {
            let file = match team.read(&path) {
                Ok(file) => file,
                // The revision decides; whether the working tree has the file does not matter.
                Err(_) if self.is_beside_revision(team) && !path.exists() => continue,
                Err(error) => return Err(unreadable(&path, &error)),
            };
            let root = Root::new(path.parent().unwrap_or(Path::new("")));
            let presence = |path: &Path| team.presence(&root, path);
            let parsed = Config::parse_in(&file, &root, &presence);
            let above = outermost.get_or_insert_with(|| file.name().to_owned());
            let parsed = parsed.and_then(|config| match nested_baseline(&config, above) {
                Some(error) if *above != file.name() => Err(vec![error]),
                _ => self.known(config, team),
            });
            match parsed {
                Ok(config) => layers.push(Layer {
                    path,
                    file,
                    config,
                    in_force: true,
                }),
                Err(errors) => broken.push((file, errors)),
            }
        }
        Ok(if broken.is_empty() {
            Ok(layers)
        } else {
            Err(broken)
        })
    }

    /// Whether these are the files of the working tree while a revision decides.
    const fn is_beside_revision(&self, team: &TeamFiles) -> bool {
        self.team.revision.is_some() && team.revision.is_none()
    }

    /// The configuration, if it names known rules and reasons only.
    fn known(&self, config: Config, team: &TeamFiles) -> Result<Config, Vec<InputError>> {
        let cautions = self.options.cautions;
        let mut errors = Vec::new();
        if !cautions.is_empty() {
            errors.extend(config.unknown_cautions(cautions));
        }
        // The working tree may have rules that the revision has not.
        let known = self.known.as_ref();
        if let Some(known) = known.filter(|_| !self.is_beside_revision(team)) {
            errors.extend(config.unknown_rules(known.names));
        }
        if errors.is_empty() {
            Ok(config)
        } else {
            Err(errors)
        }
    }

    fn unconfigured(&self) -> Unconfigured<'_> {
        Unconfigured {
            minimum_waiting_period: Limits::default().minimum_waiting_period,
            severity: match &self.known {
                Some(known) => known.severity,
                None => &|_| None,
            },
        }
    }

    /// Each file adds to those above it, and loosens them where they let it.
    fn merge(&self, layers: Vec<Layer>) -> Configuration {
        let mut merged = Configuration::default();
        for mut layer in layers {
            if merged.layers.is_empty() {
                merged.config = layer.config.clone();
            } else {
                layer.in_force = merged.config.nested_may_loosen;
                let standing = if layer.in_force {
                    Standing::Allowed
                } else {
                    Standing::Refused
                };
                let above = &merged.config;
                let unconfigured = self.unconfigured();
                let found = loosened(above, &layer.config, Stands::Below, unconfigured);
                let loose = found.into_iter().map(|what| Loose {
                    file: layer.file.clone(),
                    what,
                    standing: standing.clone(),
                });
                merged.loosened.extend(loose);
                let config = std::mem::take(&mut merged.config);
                merged.config = config.with_nested(&layer.config, layer.in_force, unconfigured);
            }
            merged.layers.push(layer);
        }
        merged
    }

    /// What the working tree's files loosen of what is in force.
    fn looser_in(
        &self,
        tree: &[Layer],
        in_force: &Configuration,
        standing: &Standing,
    ) -> Vec<Loose> {
        let unconfigured = self.unconfigured();
        let nothing = Config::default();
        let mut found = Vec::new();
        for (index, layer) in tree.iter().enumerate() {
            let same = in_force.layers.iter().find(|old| old.path == layer.path);
            let looser = match same {
                Some(old) => loosened(&old.config, &layer.config, Stands::InPlace, unconfigured),
                None if index == 0 => {
                    loosened(&nothing, &layer.config, Stands::InPlace, unconfigured)
                }
                None => loosened(&in_force.config, &layer.config, Stands::Below, unconfigured),
            };
            found.extend(looser.into_iter().map(|what| (&layer.file, what)));
        }
        for old in &in_force.layers {
            if tree.iter().all(|layer| layer.path != old.path) {
                let looser = loosened(&old.config, &nothing, Stands::InPlace, unconfigured);
                found.extend(looser.into_iter().map(|what| (&old.file, what)));
            }
        }
        found
            .into_iter()
            .map(|(file, what)| Loose {
                file: file.clone(),
                what,
                standing: standing.clone(),
            })
            .collect()
    }
}

impl Configuration {
    /// What the options and the configurations say of files.
    pub(super) fn declared(&self, options: &Options) -> Result<Declared, ProjectError> {
        let mut declared = Declared {
            named: options.kind,
            unrecognized: options.unrecognized,
            stack: options.stack.clone(),
            ..Declared::default()
        };
        for Layer { config, .. } in self.in_force() {
            for document in &config.documents {
                declared.add(&config.root, &document.path, document.kind)?;
            }
        }
        Ok(declared)
    }

    /// The files whose patterns and suppressions count.
    pub(super) fn in_force(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter().filter(|layer| layer.in_force)
    }

    /// Which files to look at: the patterns of the options, and those of each configuration, from
    /// where it is.
    pub(super) fn filter(&self, options: &Options) -> Result<Filter, ProjectError> {
        let mut filter = Filter::new(&options.include, &options.exclude)?;
        for (index, Layer { config, .. }) in self.in_force().enumerate() {
            let (root, include, exclude) = (&config.root, &config.include, &config.exclude);
            filter = match index {
                0 => filter.from_root(root, include, exclude)?,
                _ => filter.below_root(root, include, exclude)?,
            };
        }
        Ok(filter)
    }
}

/// What is wrong with a configuration below another one that names a baseline: there is one of a check.
fn nested_baseline(config: &Config, above: &str) -> Option<InputError> {
    let at = config.spans.baseline?;
    let message = "a configuration below another one cannot name a baseline";
    let help = format!(
        "name it in `{above}`, as a path from there; a check below takes that one, or what `--baseline` names"
    );
    Some(InputError::new(at, message).label("not used").help(help))
}

fn unreadable(path: &Path, error: &TeamFileError) -> ProjectError {
    refused(path, &error.reason())
}

/// What is wrong with configurations; their files become sources, to be shown.
pub(super) fn failures(broken: Broken, sources: &mut Sources) -> Vec<InputFailure> {
    let mut failures = Vec::new();
    for (file, errors) in broken {
        let name = file.name().to_owned();
        let source = sources.add(file);
        failures.extend(errors.into_iter().map(|error| InputFailure {
            file: name.clone(),
            at: Some(Location {
                source,
                span: error.span,
            }),
            error,
        }));
    }
    failures
}
