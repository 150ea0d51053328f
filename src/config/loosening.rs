//! What one configuration loosens compared with another.

use std::fmt;

use crate::aws::{ActionSet, DocumentKind, KmsAction, PendingWindowInDays};
use crate::finding::Severity;
use crate::text::Span;

use super::suppression::Target;
use super::{
    AcceptedCaution, Config, Documents, EvidenceSettings, FAIL_ON_GAIN, RuleLevel, Suppression,
};

/// What holds where no configuration says anything.
#[derive(Clone, Copy)]
pub struct Unconfigured<'a> {
    /// The shortest waiting period that is not reported.
    pub minimum_waiting_period: PendingWindowInDays,
    /// A rule's own severity; none where rules are not run.
    pub severity: &'a (dyn Fn(&str) -> Option<Severity> + Sync),
}

impl fmt::Debug for Unconfigured<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unconfigured").finish_non_exhaustive()
    }
}

/// How a configuration stands to the one that it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Below it: what it says nothing of stays.
    Below,
    /// In its place.
    InPlace,
}

/// One thing that is looser, and the bytes that say so; none where it is looser by what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loosening {
    /// What.
    pub what: Loosened,
    /// The bytes in the looser file.
    pub at: Span,
}

/// A thing that a configuration can loosen. In words: what its file does, as the end of a sentence
/// that begins with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loosened {
    /// Fewer findings close the gate.
    FailOn {
        /// The severity that closes it now.
        from: Severity,
        /// The severity that would.
        to: Severity,
    },
    /// Shorter waiting periods are not reported.
    WaitingPeriod {
        /// The limit now.
        from: PendingWindowInDays,
        /// The limit that would hold.
        to: PendingWindowInDays,
    },
    /// A rule's findings are less bad, or it does not run.
    Rule {
        /// The rule's id.
        rule: String,
        /// Its level now.
        from: Severity,
        /// The level that it would have; none where it would not run.
        to: Option<Severity>,
    },
    /// Only files that match are looked at.
    Include(String),
    /// Files that match are not looked at.
    Exclude(String),
    /// Files that match are read as another kind of policy.
    Documents {
        /// The pattern.
        path: String,
        /// The kind.
        kind: DocumentKind,
    },
    /// A principal may administer keys.
    Administrator(String),
    /// Other control policies count.
    Organization,
    /// Findings are suppressed.
    Suppression {
        /// Of this rule.
        rule: String,
        /// In these files, or about this key.
        target: String,
    },
    /// Less evidence is enough for a go of preflight.
    Evidence {
        /// Which of its requirements.
        what: EvidenceRequirement,
        /// The number now.
        from: u16,
        /// The number that would hold.
        to: u16,
    },
    /// A reason for caution of preflight is accepted.
    AcceptedCaution(String),
    /// `kmslint diff` does not fail where somebody gains these actions.
    FailOnGain(ActionSet),
    /// Configurations below may loosen it.
    NestedMayLoosen,
}

/// A requirement of `[evidence]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvidenceRequirement {
    /// Hours between two events that count as covered: more is looser.
    Gap,
    /// Days without use: fewer is looser.
    Days,
    /// Days for which the key was disabled: fewer is looser.
    DisabledDays,
}

impl EvidenceRequirement {
    /// In the order of the values.
    const ALL: [Self; 3] = [Self::Gap, Self::Days, Self::DisabledDays];

    const fn is_looser(self, from: u16, to: u16) -> bool {
        match self {
            Self::Gap => to > from,
            Self::Days | Self::DisabledDays => to < from,
        }
    }
}

impl fmt::Display for Loosened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FailOn { from, to } => {
                let (from, to) = (from.name(), to.name());
                write!(
                    f,
                    "fails on findings of severity `{to}` instead of `{from}`"
                )
            }
            Self::WaitingPeriod { from, to } => {
                let (from, to) = (from.days(), to.days());
                write!(f, "allows waiting periods of {to} days instead of {from}")
            }
            Self::Rule { rule, to: None, .. } => write!(f, "turns off rule `{rule}`"),
            Self::Rule {
                rule,
                from,
                to: Some(to),
            } => {
                let (from, to) = (from.name(), to.name());
                write!(f, "lowers rule `{rule}` from `{from}` to `{to}`")
            }
            Self::Include(pattern) => write!(f, "includes only files that match `{pattern}`"),
            Self::Exclude(pattern) => write!(f, "excludes files that match `{pattern}`"),
            Self::Documents { path, kind } => {
                let kind = kind.name();
                write!(f, "reads files that match `{path}` as `{kind}`")
            }
            Self::Administrator(arn) => write!(f, "trusts `{arn}` as an administrator"),
            Self::Organization => write!(f, "defines the control policies of the organization"),
            Self::Suppression { rule, target } => {
                write!(f, "suppresses findings of `{rule}` in `{target}`")
            }
            Self::Evidence { what, from, to } => match what {
                EvidenceRequirement::Gap => {
                    write!(
                        f,
                        "takes gaps of {to} hours between events as covered instead of {from}"
                    )
                }
                EvidenceRequirement::Days => {
                    write!(f, "requires {to} days without use instead of {from}")
                }
                EvidenceRequirement::DisabledDays => {
                    write!(
                        f,
                        "requires the key to be disabled for {to} days instead of {from}"
                    )
                }
            },
            Self::AcceptedCaution(caution) => write!(f, "accepts the caution `{caution}`"),
            Self::FailOnGain(actions) => {
                let names: Vec<_> = actions.iter().map(KmsAction::name).collect();
                write!(f, "lets a change give `{}`", names.join("`, `"))
            }
            Self::NestedMayLoosen => write!(f, "lets configurations below it loosen it"),
        }
    }
}

/// Everything that `other` loosens compared with `strict`, in the order of its file.
pub fn loosened(
    strict: &Config,
    other: &Config,
    stands: Stands,
    unconfigured: Unconfigured<'_>,
) -> Vec<Loosening> {
    let compared = Compared {
        strict,
        other,
        below: stands == Stands::Below,
        unconfigured,
    };
    let mut found: Vec<_> = compared
        .thresholds()
        .chain(compared.rules())
        .chain(compared.lists())
        .chain(compared.documents())
        .chain(compared.suppressions())
        .chain(compared.evidence())
        .chain(compared.accepted_cautions())
        .collect();
    found.sort_by_key(|loosening| loosening.at);
    found
}

struct Compared<'a> {
    strict: &'a Config,
    other: &'a Config,
    below: bool,
    unconfigured: Unconfigured<'a>,
}

impl<'a> Compared<'a> {
    fn thresholds(&self) -> impl Iterator<Item = Loosening> {
        let (strict, other) = (self.strict, self.other);
        let standing = |of: Option<Severity>| of.filter(|_| self.below);
        let from = strict.fail_on.unwrap_or(Severity::Error);
        let to = other.fail_on.or(standing(strict.fail_on));
        let to = to.unwrap_or(Severity::Error);
        let fail_on = (to > from).then_some(Loosened::FailOn { from, to });

        let unconfigured = self.unconfigured.minimum_waiting_period;
        let standing = strict.minimum_waiting_period.filter(|_| self.below);
        let from = strict.minimum_waiting_period.unwrap_or(unconfigured);
        let to = other.minimum_waiting_period.or(standing);
        let to = to.unwrap_or(unconfigured);
        let period = (to < from).then_some(Loosened::WaitingPeriod { from, to });

        let standing = strict.fail_on_gain.filter(|_| self.below);
        let gains = other.fail_on_gain.or(standing).unwrap_or(FAIL_ON_GAIN);
        let gains = strict
            .fail_on_gain
            .unwrap_or(FAIL_ON_GAIN)
            .difference(gains);
        let gains = (!gains.is_empty()).then_some(Loosened::FailOnGain(gains));

        let nested = other.nested_may_loosen && !strict.nested_may_loosen;
        let nested = nested.then_some(Loosened::NestedMayLoosen);
        let organization = match (&strict.organization, &other.organization) {
            (_, None) => false,
            (Some(strict), Some(other)) => self.below || strict != other,
            (None, Some(_)) => true,
        };
        let organization = organization.then_some(Loosened::Organization);
        let spans = &other.spans;
        [
            (fail_on, spans.fail_on),
            (period, spans.minimum_waiting_period),
            (gains, spans.fail_on_gain),
            (nested, spans.nested_may_loosen),
            (organization, spans.organization),
        ]
        .into_iter()
        .filter_map(|(what, at)| {
            let at = at.unwrap_or_default();
            Some(Loosening { what: what?, at })
        })
    }

    fn rules(&self) -> impl Iterator<Item = Loosening> {
        let names = |config: &'a Config| config.rules.iter().map(|level| &level.rule.value);
        let missing = names(self.strict).filter(|rule| level(self.other, rule).is_none());
        let missing = missing.filter(|_| !self.below);
        names(self.other).chain(missing).filter_map(|rule| {
            let (from, to) = self.levels(rule)?;
            if to >= Some(from) {
                return None;
            }
            let at = level(self.other, rule).map(|level| level.rule.span);
            Some(Loosening {
                what: Loosened::Rule {
                    rule: rule.clone(),
                    from,
                    to,
                },
                at: at.unwrap_or_default(),
            })
        })
    }

    /// The rule's level in both; nothing where it does not run in the strict one or is not known.
    fn levels(&self, rule: &str) -> Option<(Severity, Option<Severity>)> {
        let own = (self.unconfigured.severity)(rule);
        let from = level(self.strict, rule).map_or(own, |level| level.severity)?;
        let unsaid = if self.below { Some(from) } else { own };
        let to = level(self.other, rule).map_or(unsaid, |level| level.severity);
        Some((from, to))
    }

    /// Patterns and principals. A list of files to include that grows, once there is one, loosens
    /// nothing.
    fn lists(&self) -> impl Iterator<Item = Loosening> {
        let (strict, other, spans) = (self.strict, self.other, &self.other.spans);
        let below = self.below;
        let grows = strict.include.iter().all(|old| other.include.contains(old));
        let narrows = below || strict.include.is_empty() || !grows;
        let include = other.include.iter().zip(&spans.include);
        let include = include
            .filter(move |_| narrows)
            .map(|(pattern, at)| (Loosened::Include(pattern.clone()), *at));
        // From another directory the same pattern means other files.
        let exclude = other.exclude.iter().zip(&spans.exclude);
        let exclude = exclude
            .filter(move |(pattern, _)| below || !strict.exclude.contains(pattern))
            .map(|(pattern, at)| (Loosened::Exclude(pattern.clone()), *at));
        let trusted = other
            .trusted_administrators
            .iter()
            .zip(&spans.trusted_administrators);
        let trusted = trusted
            .filter(|(arn, _)| !strict.trusted_administrators.contains(arn))
            .map(|(arn, at)| (Loosened::Administrator(arn.clone()), *at));
        let all = include.chain(exclude).chain(trusted);
        all.map(|(what, at)| Loosening { what, at })
    }

    /// Files that are read as a kind that their text does not show: an open key policy that is read
    /// as another kind of policy is not checked as one.
    fn documents(&self) -> impl Iterator<Item = Loosening> {
        let known = |of: &&Documents| {
            let mut strict = self.strict.documents.iter();
            !self.below && strict.any(|strict| strict.path == of.path && strict.kind == of.kind)
        };
        let new = self.other.documents.iter();
        new.filter(move |of| !known(of)).map(|of| Loosening {
            what: Loosened::Documents {
                path: of.path.clone(),
                kind: of.kind,
            },
            at: of.at,
        })
    }

    fn evidence(&self) -> impl Iterator<Item = Loosening> {
        let (strict, other) = (self.strict.evidence.values(), self.other.evidence.values());
        let unconfigured = EvidenceSettings::UNCONFIGURED.values();
        let below = self.below;
        let values = strict.into_iter().zip(other).zip(unconfigured);
        let named = EvidenceRequirement::ALL.into_iter().zip(values);
        let spans = self.other.spans.evidence;
        named
            .zip(spans)
            .filter_map(move |((what, ((strict, other), unconfigured)), at)| {
                let from = strict.or(unconfigured)?;
                let to = other.or(strict.filter(|_| below)).or(unconfigured)?;
                what.is_looser(from, to).then_some(Loosening {
                    what: Loosened::Evidence { what, from, to },
                    at: at.unwrap_or_default(),
                })
            })
    }

    fn accepted_cautions(&self) -> impl Iterator<Item = Loosening> {
        let known = |of: &&AcceptedCaution| {
            let mut strict = self.strict.accepted_cautions.iter();
            strict.any(|strict| {
                strict.caution.value == of.caution.value
                    && (strict.key.is_none() || strict.key == of.key)
                    && strict.expires >= of.expires
            })
        };
        let new = self.other.accepted_cautions.iter();
        new.filter(move |of| !known(of)).map(|of| Loosening {
            what: Loosened::AcceptedCaution(of.caution.value.clone()),
            at: of.caution.span,
        })
    }

    fn suppressions(&self) -> impl Iterator<Item = Loosening> {
        let known = |of: &&Suppression| {
            let mut strict = self.strict.suppressions.iter();
            !self.below && strict.any(|strict| strict.reaches(of))
        };
        let new = self.other.suppressions.iter();
        new.filter(move |of| !known(of)).map(|of| Loosening {
            what: Loosened::Suppression {
                rule: of.rule.value.clone(),
                target: of.target.text().to_owned(),
            },
            at: of.rule.span,
        })
    }
}

fn level<'a>(config: &'a Config, rule: &str) -> Option<&'a RuleLevel> {
    config.rules.iter().find(|level| level.rule.value == rule)
}

impl Suppression {
    /// Whether it covers whatever the other one does, at least as long.
    fn reaches(&self, other: &Self) -> bool {
        let kind = std::mem::discriminant::<Target>;
        let same_kind = kind(&self.target) == kind(&other.target);
        let lasts = match (self.expires, other.expires) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(other)) => own >= other,
        };
        same_kind
            && lasts
            && self.rule.value == other.rule.value
            && self.target.text() == other.target.text()
            && self.covers.reaches(&other.covers)
    }
}

impl Config {
    /// This configuration with one below it: all that makes it stricter, and what loosens it where
    /// that is in force. Patterns and suppressions are told from another directory and stay where
    /// they are.
    #[must_use]
    pub fn with_nested(
        mut self,
        nested: &Self,
        in_force: bool,
        unconfigured: Unconfigured<'_>,
    ) -> Self {
        let loosens = |what: &dyn Fn(&Loosened) -> bool| {
            let all = loosened(&self, nested, Stands::Below, unconfigured);
            !in_force && all.iter().any(|loosening| what(&loosening.what))
        };
        let fail_on = !loosens(&|what| matches!(what, Loosened::FailOn { .. }));
        let period = !loosens(&|what| matches!(what, Loosened::WaitingPeriod { .. }));
        let gains = !loosens(&|what| matches!(what, Loosened::FailOnGain(_)));
        let rules: Vec<_> = nested
            .rules
            .iter()
            .filter(|level| {
                let is_it = |what: &Loosened| {
                    matches!(what, Loosened::Rule { rule, .. } if *rule == level.rule.value)
                };
                !loosens(&is_it)
            })
            .cloned()
            .collect();
        let kept = EvidenceRequirement::ALL.map(|requirement| {
            let is_it = |what: &Loosened| {
                matches!(what, Loosened::Evidence { what, .. } if *what == requirement)
            };
            !loosens(&is_it)
        });
        if fail_on {
            self.fail_on = nested.fail_on.or(self.fail_on);
        }
        let listed = nested.fail_on_gain.map(|nested| {
            // What one below adds counts, also where what it leaves out does not.
            let kept = self.fail_on_gain.unwrap_or(FAIL_ON_GAIN);
            if gains { nested } else { nested.union(kept) }
        });
        self.fail_on_gain = listed.or(self.fail_on_gain);
        if period {
            let nested = nested.minimum_waiting_period;
            self.minimum_waiting_period = nested.or(self.minimum_waiting_period);
        }
        let values = self.evidence.values().into_iter();
        let mut values = values.zip(nested.evidence.values()).zip(kept);
        let mut next = || {
            let ((old, new), is_kept) = values.next()?;
            new.filter(|_| is_kept).or(old)
        };
        self.evidence = EvidenceSettings::of([next(), next(), next()]);
        for level in rules {
            self.rules.retain(|old| old.rule.value != level.rule.value);
            self.rules.push(level);
        }
        if in_force {
            let trusted = nested.trusted_administrators.iter().cloned();
            self.trusted_administrators.extend(trusted);
            self.nested_may_loosen |= nested.nested_may_loosen;
            if nested.organization.is_some() {
                self.organization.clone_from(&nested.organization);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceFile;

    fn config(text: &str) -> Config {
        Config::parse(&SourceFile::new("tests/kmslint.toml", text)).unwrap()
    }

    fn unconfigured() -> Unconfigured<'static> {
        Unconfigured {
            minimum_waiting_period: PendingWindowInDays::new(14).unwrap(),
            severity: &|rule| (rule != "unknown").then_some(Severity::Warning),
        }
    }

    fn told(strict: &str, other: &str, stands: Stands) -> Vec<String> {
        loosened(&config(strict), &config(other), stands, unconfigured())
            .into_iter()
            .map(|loosening| loosening.what.to_string())
            .collect()
    }

    const SUPPRESSION: &str = "[[suppressions]]\nrule = \"a\"\npath = \"x\"\nreason = \"r\"\n\
        statement = \"0123456789abcdef0123456789abcdef\"\n";

    #[test]
    fn kind_of_documents_that_a_nested_file_declares_loosens() {
        let documents = "[[documents]]\npath = \"kms/**\"\nkind = \"scp\"\n";
        let expected = ["reads files that match `kms/**` as `scp`"];
        assert_eq!(told("", documents, Stands::Below), expected);
        assert_eq!(told(documents, documents, Stands::Below), expected);
        assert!(told(documents, documents, Stands::InPlace).is_empty());
        assert_eq!(told("", documents, Stands::InPlace), expected);
    }

    #[test]
    fn what_a_nested_configuration_loosens_is_told() {
        let loose = format!(
            "fail_on = \"error\"\ninclude = [\"a\"]\nexclude = [\"b\"]\nnested_may_loosen = true\n\
             trusted_administrators = [\"arn:aws:iam::111122223333:role/x\"]\n\
             limits.minimum_waiting_period = 7\n\
             rules = {{ a = \"off\", b = \"info\", c = \"error\" }}\n[organization]\n{SUPPRESSION}\
             [evidence]\nmaximum_gap_hours = 48\ndays = 100\ndisabled_days = 7\n\
             [[preflight.accept]]\ncaution = \"x\"\nreason = \"r\"\nexpires = 2027-01-31\n\
             [diff]\nfail_on_gain = [\"CreateGrant\", \"kms:schedulekeydeletion\"]\n"
        );
        let strict = "fail_on = \"warning\"\nlimits.minimum_waiting_period = 30";
        assert_eq!(
            told(strict, &loose, Stands::Below),
            [
                "fails on findings of severity `error` instead of `warning`",
                "includes only files that match `a`",
                "excludes files that match `b`",
                "lets configurations below it loosen it",
                "trusts `arn:aws:iam::111122223333:role/x` as an administrator",
                "allows waiting periods of 7 days instead of 30",
                "turns off rule `a`",
                "lowers rule `b` from `warning` to `info`",
                "defines the control policies of the organization",
                "suppresses findings of `a` in `x`",
                "takes gaps of 48 hours between events as covered instead of 24",
                "requires the key to be disabled for 7 days instead of 14",
                "accepts the caution `x`",
                "lets a change give `DeleteImportedKeyMaterial`, `PutKeyPolicy`",
            ]
        );
        let merged = config(strict).with_nested(&config(&loose), false, unconfigured());
        assert_eq!(merged.fail_on, Some(Severity::Warning));
        assert_eq!(merged.minimum_waiting_period.unwrap().days(), 30);
        assert_eq!(merged.evidence.values(), [None, Some(100), None]);
        let grant = ActionSet::only(KmsAction::CreateGrant);
        assert_eq!(merged.fail_on_gain, Some(FAIL_ON_GAIN.union(grant)));
        let rules: Vec<_> = merged.rules.iter().map(|l| &*l.rule.value).collect();
        assert_eq!(rules, ["c"]);
        assert!(merged.trusted_administrators.is_empty() && merged.organization.is_none());
        let merged = config(strict).with_nested(&config(&loose), true, unconfigured());
        assert_eq!(merged.fail_on, Some(Severity::Error));
        assert_eq!(merged.minimum_waiting_period.unwrap().days(), 7);
        assert_eq!(merged.rules.len(), 3);
        assert_eq!(merged.evidence.values(), [Some(48), Some(100), Some(7)]);
        let deletion = ActionSet::only(KmsAction::ScheduleKeyDeletion);
        assert_eq!(merged.fail_on_gain, Some(grant.union(deletion)));
        assert!(merged.organization.is_some() && merged.nested_may_loosen);
    }

    #[test]
    fn what_only_makes_stricter_is_not_told() {
        let strict =
            format!("fail_on = \"warning\"\nexclude = [\"b\"]\nrules.a = \"info\"\n{SUPPRESSION}");
        let stricter =
            "fail_on = \"info\"\nlimits.minimum_waiting_period = 15\nrules.a = \"error\"";
        assert!(told(&strict, stricter, Stands::Below).is_empty());
        assert!(told(&strict, stricter, Stands::InPlace).is_empty());
        assert!(told(&strict, "", Stands::Below).is_empty());
        assert!(told(&strict, &strict, Stands::InPlace).is_empty());
        // The same words below another directory are about other files.
        assert_eq!(
            told(&strict, &strict, Stands::Below),
            [
                "excludes files that match `b`",
                "suppresses findings of `a` in `x`"
            ]
        );
    }

    #[test]
    fn what_is_missing_in_its_place_loosens_too() {
        let strict = "fail_on = \"info\"\nlimits.minimum_waiting_period = 30\nrules.a = \"error\"\n\
            include = [\"a\"]";
        assert_eq!(
            told(strict, "include = [\"a\", \"b\"]", Stands::InPlace),
            [
                "fails on findings of severity `error` instead of `info`",
                "allows waiting periods of 14 days instead of 30",
                "lowers rule `a` from `error` to `warning`",
            ]
        );
        let other = "include = [\"b\"]\nfail_on = \"info\"\nlimits.minimum_waiting_period = 30\n\
            rules.a = \"error\"";
        let told = told(strict, other, Stands::InPlace);
        assert_eq!(told, ["includes only files that match `b`"]);
    }

    #[test]
    fn suppression_that_lasts_longer_loosens() {
        let short = format!("{SUPPRESSION}expires = 2027-01-31");
        let told = |strict: &str, other: &str| told(strict, other, Stands::InPlace).len();
        assert_eq!(
            (told(&short, SUPPRESSION), told(SUPPRESSION, &short)),
            (1, 0)
        );
    }
}
