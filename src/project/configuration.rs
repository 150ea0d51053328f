//! The configuration that is in force, and which files it lets be looked at.

use std::path::{Path, PathBuf};

use crate::config::{Config, find};
use crate::source::{
    Filter, InputError, InputFailure, Location, ReadError, SourceFile, Sources, read,
};

use super::options::{ConfigurationFile, Options, ProjectError};

/// A configuration and its file; the default where there is none.
#[derive(Clone, Debug, Default)]
pub(super) struct Configuration {
    pub(super) config: Config,
    /// Its text; none where there is no configuration.
    pub(super) file: Option<SourceFile>,
}

/// What came of looking for the configuration.
#[derive(Debug)]
pub(super) enum Found {
    /// It holds.
    Sound(Box<Configuration>),
    /// It is broken, and nothing can be judged by it.
    Broken(SourceFile, Vec<InputError>),
}

impl Configuration {
    /// The configuration for the first path. It may name `known` rules only; any where none are
    /// given.
    pub(super) fn find(
        options: &Options,
        first: Option<&PathBuf>,
        known: Option<&[&str]>,
    ) -> Result<Found, ProjectError> {
        let path = match &options.configuration {
            ConfigurationFile::Nothing => None,
            ConfigurationFile::At(path) => Some(path.clone()),
            ConfigurationFile::Nearest => first.and_then(|path| find(path)),
        };
        let Some(path) = path else {
            return Ok(Found::Sound(Box::default()));
        };
        let file = read_file(&path)?;
        let checked = Config::parse(&file).and_then(|config| {
            let unknown = known.map(|known| config.unknown_rules(known));
            unknown
                .filter(|errors| !errors.is_empty())
                .map_or(Ok(config), Err)
        });
        Ok(match checked {
            Ok(config) => Found::Sound(Box::new(Self {
                config,
                file: Some(file),
            })),
            Err(errors) => Found::Broken(file, errors),
        })
    }

    /// Which files to look at: the patterns of the options, and those of the configuration.
    pub(super) fn filter(&self, options: &Options) -> Result<Filter, ProjectError> {
        let filter = Filter::new(&options.include, &options.exclude)?;
        let config = &self.config;
        Ok(filter.from_root(&config.root, &config.include, &config.exclude)?)
    }
}

fn read_file(path: &Path) -> Result<SourceFile, ProjectError> {
    read(path).map_err(|error| {
        let reason = match error {
            ReadError::Io(error) => error.to_string(),
            other => other.to_string(),
        };
        ProjectError::Configuration {
            path: path.display().to_string(),
            reason,
        }
    })
}

/// What is wrong with a configuration; its file becomes one of the sources, to be shown.
pub(super) fn failures(
    file: SourceFile,
    errors: Vec<InputError>,
    sources: &mut Sources,
) -> Vec<InputFailure> {
    let name = file.name().to_owned();
    let source = sources.add(file);
    let failure = |error: InputError| InputFailure {
        file: name.clone(),
        at: Some(Location {
            source,
            span: error.span,
        }),
        error,
    };
    errors.into_iter().map(failure).collect()
}
