//! What a project goes by, for reports.

use crate::config::{Config, InForce};
use crate::finding::Severity;
use crate::lint::{OWN_RULES, Selection};
use crate::rule::Catalogue;

use super::open::Project;
use super::organization;

impl Project {
    /// The configuration in force, as far as it is not about rules.
    pub fn in_force(&self) -> InForce {
        let configuration = &self.configuration;
        let options = &self.options;
        let name = |config: &dyn Fn(&Config) -> Vec<String>| -> Vec<String> {
            let layers = configuration.in_force();
            layers.flat_map(|layer| config(&layer.config)).collect()
        };
        let mut files = Vec::new();
        for layer in &configuration.layers {
            files.push(layer.path.to_string_lossy().into_owned());
        }
        let revision = configuration.team.revision.as_ref();
        let policies = self.config.organization.as_ref();
        let policies = policies.map(organization::files).unwrap_or_default();
        InForce {
            files,
            revision: revision.map(|revision| revision.name().to_owned()),
            commit: revision.map(|revision| revision.commit().to_owned()),
            include: [
                options.include.clone(),
                name(&|config| config.include.clone()),
            ]
            .concat(),
            exclude: [
                options.exclude.clone(),
                name(&|config| config.exclude.clone()),
            ]
            .concat(),
            trusted_administrators: self.config.trusted_administrators.clone(),
            control_policies: policies
                .iter()
                .map(|path| path.to_string_lossy().into_owned())
                .collect(),
            suppressions: configuration
                .in_force()
                .map(|layer| layer.config.suppressions.len())
                .sum(),
            accepted_cautions: configuration
                .in_force()
                .map(|layer| layer.config.accepted_cautions.len())
                .sum(),
            minimum_waiting_period: self.limits.minimum_waiting_period.days(),
            ..InForce::default()
        }
    }

    /// The configuration in force for a run of rules.
    pub(super) fn in_force_for(&self, known: &Catalogue, selection: &Selection) -> InForce {
        let pages = known.rules().iter();
        let pages = pages.map(|rule| (rule.id.as_str(), rule.worst()));
        let own = OWN_RULES.iter().map(|rule| (rule.id, rule.severity));
        let mut rules: Vec<_> = pages.chain(own).collect();
        rules.sort_unstable();
        let those = |are: &dyn Fn(Option<Severity>, Severity) -> bool| {
            let found = rules
                .iter()
                .filter(|(id, own)| are(selection.severity(id, *own), *own));
            found.map(|(id, _)| (*id).to_owned()).collect()
        };
        InForce {
            rules_off: those(&|severity, _| severity.is_none()),
            rules_lowered: those(&|severity, own| severity.is_some_and(|now| now < own)),
            ..self.in_force()
        }
    }
}
