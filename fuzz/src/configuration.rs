//! `kmslint.toml`, and what one loosens of another.

use std::path::Path;

use kmslint::aws::PendingWindowInDays;
use kmslint::config::{Config, Presence, Stands, Unconfigured, loosened};
use kmslint::finding::Severity;
use kmslint::text::{Root, SourceFile};

use super::{parts, spans};

/// Each part is a configuration: read, or refused with the place. What one loosens of another has a
/// place in the looser; nothing is looser than itself.
pub fn configuration(data: &[u8]) {
    let mut read = Vec::new();
    for part in parts(data).take(3) {
        let Ok(text) = std::str::from_utf8(part) else {
            continue;
        };
        let file = SourceFile::new("keys/kmslint.toml", text);
        let root = Root::new(Path::new("keys"));
        let presence = |path: &Path| match path.as_os_str().len() % 3 {
            0 => Presence::Nothing,
            1 => Presence::Elsewhere,
            _ => Presence::File,
        };
        match Config::parse_in(&file, &root, &presence) {
            Ok(config) => {
                for rule in config.named_rules() {
                    spans::is_in_text(text, rule.span);
                }
                read.push((config, text));
            }
            Err(errors) => spans::are_complaints(text, &errors),
        }
    }
    let unconfigured = Unconfigured {
        minimum_waiting_period: PendingWindowInDays::new(14).unwrap(),
        severity: &|_| Some(Severity::Warning),
    };
    for (config, text) in &read {
        for (other, _) in &read {
            for stands in [Stands::Below, Stands::InPlace] {
                for loosening in loosened(other, config, stands, unconfigured) {
                    spans::is_in_text(text, loosening.at);
                    assert!(!loosening.what.to_string().is_empty());
                }
            }
        }
        let itself = loosened(config, config, Stands::InPlace, unconfigured);
        assert!(itself.is_empty(), "{itself:?}");
    }
}
