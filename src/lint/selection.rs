//! Which rules run, and how bad what they find counts as.

use globset::{Glob, GlobMatcher};

use crate::aws::nearest;
use crate::config::{Config, RuleLevel};
use crate::finding::Severity;
use crate::rule::Rule;

/// A pattern that stands for no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` matches no rule{1}")]
pub struct NoSuchRule(pub String, pub String);

impl NoSuchRule {
    /// That a pattern matches none of these, and the one that may be meant.
    pub fn of(text: &str, known: &[&str]) -> Self {
        let hint = match nearest(text, known.iter().copied()) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => "; `kmslint rules` lists them".to_owned(),
        };
        Self(text.escape_default().to_string(), hint)
    }
}

/// The decisions of the command line and the configuration about rules.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    select: Vec<Pattern>,
    ignore: Vec<Pattern>,
    levels: Vec<RuleLevel>,
}

#[derive(Clone, Debug)]
struct Pattern {
    text: String,
    glob: GlobMatcher,
}

impl Selection {
    /// Only rules that one of `select` matches, all where it is empty, without those that one of
    /// `ignore` matches, with the levels of `config`. Patterns are ids, in which `*` and `?` may
    /// stand.
    ///
    /// # Errors
    /// A pattern that matches none of the `known` rules: it would be taken for a check that passed.
    pub fn new(
        select: &[String],
        ignore: &[String],
        config: &Config,
        known: &[&str],
    ) -> Result<Self, NoSuchRule> {
        let patterns = |texts: &[String]| {
            let patterns = texts.iter().map(|text| Pattern::new(text, known));
            patterns.collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            select: patterns(select)?,
            ignore: patterns(ignore)?,
            levels: config.rules.clone(),
        })
    }

    /// How bad what the rule finds counts as; none where it does not run. A rule that the command
    /// line selects by its whole id runs although the configuration turns it off.
    pub fn severity(&self, rule: &str, own: Severity) -> Option<Severity> {
        let matched = |patterns: &[Pattern]| patterns.iter().any(|p| p.glob.is_match(rule));
        if matched(&self.ignore) || !(self.select.is_empty() || matched(&self.select)) {
            return None;
        }
        match self.levels.iter().find(|level| level.rule.value == rule) {
            None => Some(own),
            Some(level) if self.select.iter().any(|pattern| pattern.text == rule) => {
                level.severity.or(Some(own))
            }
            Some(level) => level.severity,
        }
    }
}

impl Selection {
    /// Gives the rule the severity that is decided, if any; false where it does not run.
    pub fn adjust(&self, rule: &mut Rule) -> bool {
        let id = rule.id.as_str();
        let is_decided = |level: &RuleLevel| level.rule.value == id && level.severity.is_some();
        let decided = self.levels.iter().any(is_decided);
        let severity = self.severity(id, rule.worst());
        if let Some(severity) = severity.filter(|_| decided) {
            rule.set_severity(severity);
        }
        severity.is_some()
    }
}

impl Pattern {
    fn new(text: &str, known: &[&str]) -> Result<Self, NoSuchRule> {
        let none = || NoSuchRule::of(text, known);
        let glob = Glob::new(text).map_err(|_| none())?.compile_matcher();
        if !known.iter().any(|rule| glob.is_match(rule)) {
            return Err(none());
        }
        let text = text.to_owned();
        Ok(Self { text, glob })
    }
}

#[cfg(test)]
mod tests {
    use crate::text::SourceFile;

    use super::*;

    const KNOWN: [&str; 3] = ["cancel-by-nobody", "deletion-open", "deletion-without-mfa"];

    fn severities(select: &[&str], ignore: &[&str]) -> Vec<Option<Severity>> {
        let file = SourceFile::new(
            "kmslint.toml",
            "[rules]\ndeletion-without-mfa = \"off\"\ncancel-by-nobody = \"info\"",
        );
        let owned = |texts: &[&str]| texts.iter().map(|&t| t.into()).collect::<Vec<String>>();
        let config = Config::parse(&file).unwrap();
        let selection = Selection::new(&owned(select), &owned(ignore), &config, &KNOWN).unwrap();
        KNOWN
            .iter()
            .map(|rule| selection.severity(rule, Severity::Error))
            .collect()
    }

    #[test]
    fn the_command_line_stands_above_the_configuration() {
        let (error, info) = (Some(Severity::Error), Some(Severity::Info));
        assert_eq!(severities(&[], &[]), [info, error, None]);
        assert_eq!(severities(&["deletion-*"], &[]), [None, error, None]);
        assert_eq!(
            severities(&["deletion-without-mfa"], &[]),
            [None, None, error]
        );
        assert_eq!(severities(&["*"], &["*-open"]), [info, None, None]);
    }

    #[test]
    fn a_pattern_for_no_rule_is_refused() {
        let near = "; did you mean `cancel-by-nobody`?";
        let none = "; `kmslint rules` lists them";
        for (text, near) in [
            ("cancel-by-nobod", near),
            ("x*", none),
            ("[", none),
            ("", none),
        ] {
            let made = Selection::new(&[text.into()], &[], &Config::default(), &KNOWN);
            assert_eq!(made.err(), Some(NoSuchRule(text.into(), near.into())));
        }
    }
}
