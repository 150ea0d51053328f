//! A suppression that is written into the configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use crate::aws::nearest;
use crate::config::{Config, Date, FILE_NAME};
use crate::finding::{Finding, Fingerprint};
use crate::text::{Root, SourceFile, write_whole};

use super::open::Project;
use super::options::{ConfigurationFile, Options, ProjectError};

/// What is suppressed of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuppressionTarget {
    /// Everything in files that this pattern matches, from the directory of the configuration.
    Path(String),
    /// Everything about the key of this ARN, id or alias.
    Key(String),
    /// What has this fingerprint, for its keys and principals.
    Defect(String),
}

/// What a suppression covers that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressedFindings {
    /// The configuration.
    pub file: PathBuf,
    /// Findings that it covers.
    pub findings: usize,
}

/// One `[[suppressions]]` entry.
struct Entry<'e> {
    rule: &'e str,
    /// `path` or `subject`, and its value.
    target: (&'static str, String),
    fingerprint: String,
    keys: BTreeSet<String>,
    principals: BTreeSet<String>,
    reason: &'e str,
    expires: Date,
}

impl Entry<'_> {
    fn text(&self) -> String {
        let list = |names: &BTreeSet<String>| {
            let names: Vec<_> = names.iter().map(|name| quoted(name)).collect();
            format!("[{}]", names.join(", "))
        };
        let mut lines = vec![
            "[[suppressions]]".to_owned(),
            format!("rule = {}", quoted(self.rule)),
            format!("{} = {}", self.target.0, quoted(&self.target.1)),
            format!("fingerprint = {}", quoted(&self.fingerprint)),
        ];
        for (name, names) in [("keys", &self.keys), ("principals", &self.principals)] {
            if !names.is_empty() {
                lines.push(format!("{name} = {}", list(names)));
            }
        }
        lines.push(format!("reason = {}", quoted(self.reason)));
        lines.push(format!("expires = {}", self.expires));
        lines.join("\n") + "\n"
    }
}

/// A basic string of TOML. <https://toml.io/en/v1.0.0#string>
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\U{:08X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Adds entries for these findings to the configuration; `findings` are all that a run found.
pub(super) fn write(
    options: &Options,
    project: &Project,
    findings: &[Finding],
    (rule, target): (&str, &SuppressionTarget),
    (reason, expires): (&str, Date),
) -> Result<SuppressedFindings, ProjectError> {
    let file = configuration_file(options, project);
    let root = Root::new(file.parent().unwrap_or(Path::new("")));
    let of_rule = findings.iter().filter(|finding| *finding.rule == *rule);
    let (entries, covered) = entries(project, &root, &of_rule.collect::<Vec<_>>(), target)?;
    if covered == 0 {
        return Err(refused(
            &file,
            format!("`{rule}` finds nothing there that is to be suppressed"),
        ));
    }
    let before = match std::fs::metadata(&file) {
        Ok(_) => crate::text::read(&file).map_err(|error| refused(&file, error.to_string()))?,
        Err(_) => SourceFile::new(file.to_string_lossy(), ""),
    };
    let mut text = before.text().to_owned();
    for (target, fingerprint, keys, principals) in entries {
        if !text.is_empty() {
            text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        let entry = Entry {
            rule,
            target,
            fingerprint,
            keys,
            principals,
            reason,
            expires,
        };
        text.push_str(&entry.text());
    }
    let parsed = Config::parse(&SourceFile::new(before.name(), text.as_str()));
    if let Err(errors) = parsed {
        let first = errors.first().map(ToString::to_string).unwrap_or_default();
        return Err(refused(
            &file,
            format!("it would not be a configuration any more: {first}"),
        ));
    }
    write_whole(&file, &text).map_err(|error| refused(&file, error.reason))?;
    Ok(SuppressedFindings {
        file,
        findings: covered,
    })
}

fn refused(file: &Path, reason: String) -> ProjectError {
    ProjectError::UnwrittenSuppression {
        path: file.display().to_string(),
        reason,
    }
}

/// The file that is asked for, the nearest one, or one that is not there yet.
fn configuration_file(options: &Options, project: &Project) -> PathBuf {
    let mut layers = project.configuration.layers.iter().rev();
    match (&options.configuration, layers.find(|layer| layer.in_force)) {
        (ConfigurationFile::At(path), _) => path.clone(),
        (_, Some(layer)) => layer.path.clone(),
        (_, None) => PathBuf::from(FILE_NAME),
    }
}

/// The target, the fingerprint, the keys and the principals of an entry.
type Written = (
    (&'static str, String),
    String,
    BTreeSet<String>,
    BTreeSet<String>,
);

/// What is written, and how many findings it covers.
fn entries(
    project: &Project,
    root: &Root,
    findings: &[&Finding],
    target: &SuppressionTarget,
) -> Result<(Vec<Written>, usize), ProjectError> {
    let path_of = |finding: &Finding| {
        let file = project.loaded.sources.get(finding.primary.at.source);
        root.relative(file.map_or("", |file| file.name()))
    };
    let any = |target| vec![(target, "any".to_owned(), BTreeSet::new(), BTreeSet::new())];
    Ok(match target {
        SuppressionTarget::Path(pattern) => {
            let glob = GlobBuilder::new(pattern).literal_separator(true).build();
            let glob = glob.map_err(|error| ProjectError::Suppression(error.to_string()))?;
            let glob = glob.compile_matcher();
            let covered = findings
                .iter()
                .filter(|of| glob.is_match(path_of(of)))
                .count();
            (any(("path", pattern.clone())), covered)
        }
        SuppressionTarget::Key(name) => {
            let subject = subject(project, root, name)?;
            let is_about = |of: &&&Finding| of.subject.name_from(root) == subject;
            let covered = findings.iter().filter(is_about).count();
            (any(("subject", subject)), covered)
        }
        SuppressionTarget::Defect(text) => {
            let fingerprint = Fingerprint::parse(text).ok_or_else(|| {
                let shown = text.escape_default();
                ProjectError::Suppression(format!("`{shown}` is not a fingerprint"))
            })?;
            let same = findings
                .iter()
                .filter(|of| of.fingerprints.defect == fingerprint);
            let mut by_path: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> =
                BTreeMap::new();
            let mut covered = 0_usize;
            for finding in same {
                covered = covered.saturating_add(1);
                let (keys, principals) = by_path.entry(path_of(finding)).or_default();
                principals.extend(finding.principals.iter().cloned());
                if !finding.subject.is_file() {
                    keys.insert(finding.subject.name_from(root));
                }
            }
            let written = by_path.into_iter().map(|(path, (keys, principals))| {
                let path = globset::escape(&path);
                (("path", path), text.clone(), keys, principals)
            });
            (written.collect(), covered)
        }
    })
}

/// The key that is called so, as findings name it.
fn subject(project: &Project, root: &Root, name: &str) -> Result<String, ProjectError> {
    let keys = &project.loaded.inventory.keys;
    let names = |key: &crate::inventory::Key| {
        let aliases = key.metadata.aliases.iter().flat_map(|of| of.value.clone());
        let arn = key.arn.iter();
        let arn = arn.flat_map(|arn| [arn.as_str().to_owned(), arn.key_id().to_owned()]);
        let own = [key.name.clone(), root.relative(&key.name)];
        own.into_iter()
            .chain(arn)
            .chain(aliases)
            .collect::<Vec<_>>()
    };
    let found = keys
        .iter()
        .find(|key| names(key).iter().any(|known| known == name));
    let Some(key) = found else {
        let known: Vec<_> = keys.iter().flat_map(names).collect();
        let near = nearest(name, known.iter().map(String::as_str));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let shown = name.escape_default();
        return Err(ProjectError::Suppression(format!(
            "no key is called `{shown}`{hint}"
        )));
    };
    Ok(match &key.arn {
        Some(arn) => arn.as_str().to_owned(),
        None => root.relative(&key.name),
    })
}
