//! Which reasons for caution are accepted: by the command line, and by the configuration.

use crate::preflight::{Acceptance, AcceptanceSource, AcceptedBy, REASONS};
use crate::project::Project;
use crate::text::Location;

/// The name of a reason as an argument.
pub(super) fn parse(text: &str) -> Result<String, String> {
    if REASONS.contains(&text) {
        return Ok(text.to_owned());
    }
    let nearest = crate::aws::nearest(text, REASONS.iter().copied());
    let nearest = nearest.map(|name| format!("; did you mean `{name}`?"));
    Err(format!(
        "there is no reason of that name{}\n  help: reasons are {}",
        nearest.unwrap_or_default(),
        REASONS.join(", ")
    ))
}

/// What the command line accepts, then what the configuration accepts.
pub(super) fn all(given: &[String], project: &Project) -> Vec<Acceptance> {
    let given = given.iter().map(|caution| Acceptance {
        caution: caution.clone(),
        key: None,
        by: AcceptedBy {
            source: AcceptanceSource::CommandLine,
            reason: None,
            expires: None,
            at: None,
        },
    });
    let configured = project.configurations().flat_map(|(source, config)| {
        let entries = config.accepted_cautions.iter();
        entries.map(move |entry| Acceptance {
            caution: entry.caution.value.clone(),
            key: entry.key.clone(),
            by: AcceptedBy {
                source: AcceptanceSource::Configuration,
                reason: Some(entry.reason.clone()),
                expires: Some(entry.expires),
                at: Some(Location {
                    source,
                    span: entry.at,
                }),
            },
        })
    });
    given.chain(configured).collect()
}
