//! A finding that somebody has decided to live with: which, why, and until when.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};
use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use crate::finding::Fingerprint;
use crate::text;
use crate::text::{InputError, Span};

use super::complaint::Complaints;
use super::{parse_date, span};

/// One `[[suppressions]]` entry. It covers all findings of a rule in some files or about a key, or those in one
/// statement as it is written today, for the keys and principals that it names: a later change of the statement brings them
/// back, and another key or principal is found. Or it approves of one thing that a plan or a template does to a key, until
/// a day.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// The rule's id and where it stands.
    pub rule: text::Spanned<String>,
    /// What the findings are about.
    pub target: Target,
    /// Which of these findings.
    pub covers: Covers,
    /// Why; never empty.
    pub reason: String,
    /// The last day on which it holds; for ever where none.
    pub expires: Option<Date>,
    /// Where the entry stands.
    pub at: Span,
}

/// What the findings of a suppression are about.
#[derive(Clone, Debug)]
pub enum Target {
    /// Files whose path from the directory of `kmslint.toml` matches.
    Path(GlobMatcher),
    /// The key with this ARN.
    Subject(String),
    /// What is done to a key by the resource with this address, or with this logical id.
    Resource(String),
    /// What is done to the key with this ARN or id.
    Key(String),
}

/// Which findings a suppression covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Covers {
    /// All, as `fingerprint = "any"` says.
    Any,
    /// Those in the statement with this fingerprint; [`crate::finding::EarlierFingerprints::statement`].
    Statement(Fingerprint),
    /// Those of the defect with this fingerprint; [`crate::finding::Fingerprints::defect`].
    Defect {
        /// The fingerprint.
        fingerprint: Fingerprint,
        /// The keys, where the findings are about keys and the entry does not name one as `subject`.
        keys: Names,
        /// The principals, where the findings concern some.
        principals: Names,
    },
}

impl Covers {
    /// Whether it covers whatever the other one does.
    pub(super) fn reaches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (Self::Statement(own), Self::Statement(other)) => own == other,
            (
                Self::Defect {
                    fingerprint,
                    keys,
                    principals,
                },
                Self::Defect {
                    fingerprint: other,
                    keys: other_keys,
                    principals: other_principals,
                },
            ) => {
                fingerprint == other
                    && keys.reaches(other_keys)
                    && principals.reaches(other_principals)
            }
            _ => false,
        }
    }
}

/// ARNs that an entry covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Names {
    /// All, as `"any"` says.
    Any,
    /// These.
    These(BTreeSet<String>),
}

impl Names {
    /// Whether this one is covered.
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(names) => names.contains(name),
        }
    }

    fn reaches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (Self::These(_), Self::Any) => false,
            (Self::These(own), Self::These(other)) => own.is_superset(other),
        }
    }

    fn read(written: Option<Spanned<WrittenNames>>) -> Result<Self, InputError> {
        let Some(written) = written else {
            return Ok(Self::These(BTreeSet::new()));
        };
        let at = span(&written);
        match written.into_inner() {
            WrittenNames::List(names) => Ok(Self::These(names.into_iter().collect())),
            WrittenNames::Word(word) if word == "any" => Ok(Self::Any),
            WrittenNames::Word(word) => {
                let shown = word.escape_default();
                let error = InputError::new(at, format!("`{shown}` is no list of ARNs"));
                Err(error.help("write a list of ARNs, or `\"any\"`"))
            }
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum WrittenNames {
    List(Vec<String>),
    Word(String),
}

impl Target {
    /// Whether a finding that stands in `path` and is about `subject` is meant.
    pub fn covers(&self, path: &str, subject: &str) -> bool {
        match self {
            Self::Path(glob) => glob.is_match(path),
            Self::Subject(named) => named == subject,
            Self::Resource(_) | Self::Key(_) => false,
        }
    }

    /// Whether it is about one thing that is done to a key.
    pub const fn is_action(&self) -> bool {
        matches!(self, Self::Resource(_) | Self::Key(_))
    }

    /// As written.
    pub fn text(&self) -> &str {
        match self {
            Self::Path(glob) => glob.glob().glob(),
            Self::Subject(named) | Self::Resource(named) | Self::Key(named) => named,
        }
    }
}

impl Suppression {
    /// Whether it no longer holds on this day.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenSuppression {
    rule: Spanned<String>,
    path: Option<Spanned<String>>,
    subject: Option<Spanned<String>>,
    address: Option<Spanned<String>>,
    logical_id: Option<Spanned<String>>,
    key: Option<Spanned<String>>,
    statement: Option<Spanned<String>>,
    fingerprint: Option<Spanned<String>>,
    keys: Option<Spanned<WrittenNames>>,
    principals: Option<Spanned<WrittenNames>>,
    reason: Spanned<String>,
    expires: Option<Spanned<toml::Value>>,
}

impl WrittenSuppression {
    pub(super) fn check(
        written: Spanned<Self>,
        complaints: &mut Complaints,
    ) -> Option<Suppression> {
        let at = span(&written);
        let written = written.into_inner();
        // Each is looked at, so that all that is wrong is told at once.
        let named = [
            ("path", written.path),
            ("subject", written.subject),
            ("address", written.address),
            ("logical_id", written.logical_id),
            ("key", written.key),
        ];
        let target = target(named, at);
        let told_of_keys = written.keys.as_ref().map(span);
        let covers = if target.as_ref().is_ok_and(Target::is_action) {
            let told = [
                written.statement.as_ref().map(span),
                written.fingerprint.as_ref().map(span),
                told_of_keys,
                written.principals.as_ref().map(span),
            ];
            let told = told.into_iter().flatten().next();
            of_action(told, written.expires.is_some(), at)
        } else {
            covers(
                (written.statement, written.fingerprint),
                (written.keys, written.principals),
                at,
            )
        };
        let reason = reason(written.reason);
        let expires = written.expires.map(|day| expiry(&day)).transpose();
        let mut told = |error| complaints.add(error);
        let target = target.map_err(&mut told).ok();
        let covers = covers.map_err(&mut told).ok();
        if let (Some(Target::Subject(_)), Some(at)) = (&target, told_of_keys) {
            let error = InputError::new(at, "a suppression has both `subject` and `keys`");
            told(error.help("keep `subject`, which names the one key"));
        }
        let reason = reason.map_err(&mut told).ok();
        let expires = expires.map_err(&mut told).ok();
        Some(Suppression {
            rule: text::Spanned::new(written.rule.get_ref().clone(), span(&written.rule)),
            target: target?,
            covers: covers?,
            reason: reason?,
            expires: expires?,
            at,
        })
    }
}

fn target(
    named: [(&'static str, Option<Spanned<String>>); 5],
    at: Span,
) -> Result<Target, InputError> {
    let mut named = named
        .into_iter()
        .filter_map(|(name, text)| Some((name, text?)));
    let Some((name, text)) = named.next() else {
        let help = "say which file, or the ARN of which key, it is about; or, to approve of what a plan or a template \
                    does to one key, `address`, `logical_id` or `key`";
        let error = InputError::new(at, "a suppression has neither `path` nor `subject`");
        return Err(error.help(help));
    };
    if let Some((other, text)) = named.next() {
        let message = format!("a suppression has both `{name}` and `{other}`");
        return Err(InputError::new(span(&text), message).help("keep one of the two"));
    }
    if name != "path" {
        let text = text.into_inner();
        return Ok(match name {
            "subject" => Target::Subject(text),
            "key" => Target::Key(text),
            _ => Target::Resource(text),
        });
    }
    let glob = GlobBuilder::new(text.get_ref())
        .literal_separator(true)
        .build();
    let glob = glob.map_err(|error| {
        let shown = text.get_ref().escape_default();
        let message = format!("`{shown}` is not a path pattern: {}", error.kind());
        InputError::new(span(&text), message)
    });
    Ok(Target::Path(glob?.compile_matcher()))
}

/// What an approval of one action covers: it names nothing else, and ends on a day.
fn of_action(told: Option<Span>, expires: bool, at: Span) -> Result<Covers, InputError> {
    if let Some(told) = told {
        let message =
            "an approval of what is done to a key covers one finding, and names nothing of it";
        return Err(InputError::new(told, message).help("leave it out"));
    }
    if !expires {
        let message = "an approval of what is done to a key has no last day";
        let help = "write `expires`, for example `expires = 2027-01-31`";
        return Err(InputError::new(at, message).help(help));
    }
    Ok(Covers::Any)
}

fn covers(
    (statement, defect): (Option<Spanned<String>>, Option<Spanned<String>>),
    (keys, principals): (Option<Spanned<WrittenNames>>, Option<Spanned<WrittenNames>>),
    at: Span,
) -> Result<Covers, InputError> {
    match (statement, defect) {
        (None, Some(defect)) if defect.get_ref() == "any" => {
            match keys.as_ref().or(principals.as_ref()) {
                None => Ok(Covers::Any),
                Some(names) => Err(InputError::new(
                    span(names),
                    "keys and principals are covered beside a fingerprint, not beside `any`",
                )
                .help("leave them out: every finding of the rule is covered there")),
            }
        }
        (None, Some(defect)) => Ok(Covers::Defect {
            fingerprint: fingerprint(&defect)?,
            keys: Names::read(keys)?,
            principals: Names::read(principals)?,
        }),
        (Some(statement), None) => match keys.as_ref().or(principals.as_ref()) {
            None => Ok(Covers::Statement(fingerprint(&statement)?)),
            Some(names) => Err(InputError::new(
                span(names),
                "keys and principals are covered beside `fingerprint`, not beside `statement`",
            )
            .help(FINGERPRINT_HELP)),
        },
        (Some(statement), Some(_)) => Err(InputError::new(
            span(&statement),
            "a suppression has both `statement` and `fingerprint`",
        )
        .help("keep `fingerprint`")),
        (None, None) => {
            Err(InputError::new(at, "a suppression has no `fingerprint`").help(FINGERPRINT_HELP))
        }
    }
}

/// Where a fingerprint is found.
const FINGERPRINT_HELP: &str = "write `fingerprint`, and `keys` and `principals` where the finding has some, \
                                as `kmslint check --format json` shows them";

fn fingerprint(written: &Spanned<String>) -> Result<Fingerprint, InputError> {
    Fingerprint::parse(written.get_ref()).ok_or_else(|| {
        let shown = written.get_ref().escape_default();
        InputError::new(span(written), format!("`{shown}` is not a fingerprint")).help(
            "write the 32 digits that `kmslint check --format json` shows as `fingerprint` of the \
             finding",
        )
    })
}

pub(super) fn reason(written: Spanned<String>) -> Result<String, InputError> {
    if written.get_ref().trim().is_empty() {
        return Err(InputError::new(span(&written), "the reason is empty")
            .help("say why somebody decided to live with it"));
    }
    Ok(written.into_inner())
}

pub(super) fn expiry(written: &Spanned<toml::Value>) -> Result<Date, InputError> {
    let text = match written.get_ref() {
        toml::Value::String(text) => text.clone(),
        toml::Value::Datetime(moment) => moment.to_string(),
        other => other.type_str().to_owned(),
    };
    parse_date(&text).ok_or_else(|| {
        InputError::new(
            span(written),
            format!("`{}` is not a day", text.escape_default()),
        )
        .help("write for example `2027-01-31`")
    })
}
