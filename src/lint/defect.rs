//! Findings as reports tell them: one for each defect of one statement, however many keys and principals it
//! concerns.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use rayon::prelude::*;

use crate::finding::{Finding, Fingerprint, Label, Subject, first_names};
use crate::text::Location;
use crate::who_can::settlement_of_key;

use super::found::MOST_RELATED;
use super::names::{Names, PolicyOwner};

/// Principals that a sentence names instead of their number.
const MOST_IN_SENTENCE: usize = 3;
/// Keys and principals that a list of their first names has.
const MOST_NAMED: usize = 5;

/// One defect of one statement.
#[derive(Clone, Debug)]
pub struct Defect<'a> {
    /// What is told of it: of several findings, what they say together, as bad as the worst of them.
    pub finding: Told<'a>,
    found: Found<'a>,
    details: Option<Box<Details>>,
    /// Whether a safe fix takes away each of its findings, where that was looked at.
    pub is_fixable: bool,
}

/// What was found of a defect. Thousands have one finding, so there is no room here for more.
#[derive(Clone, Debug)]
enum Found<'a> {
    /// For one key or policy.
    One(&'a Finding, &'a Subject),
    /// For several keys and sets of principals.
    Several(Box<Several<'a>>),
}

#[derive(Clone, Debug)]
struct Several<'a> {
    parts: Vec<&'a Finding>,
    subjects: Vec<&'a Subject>,
}

/// More than one sentence can tell.
#[derive(Clone, Debug, Default)]
struct Details {
    /// Lists of keys and principals, by what they are of.
    notes: Vec<(&'static str, String)>,
    /// The command that lists all keys and principals; none where they are all named.
    who_can: Option<String>,
}

/// What is told of a defect. Most have one finding, so there is no room here for another.
#[derive(Clone, Debug)]
pub enum Told<'a> {
    /// What was found.
    Found(&'a Finding),
    /// What several findings say together, or one in other words.
    Made(Box<Finding>),
}

impl Told<'_> {
    /// Other than what was found.
    pub fn made(finding: Finding) -> Self {
        Self::Made(Box::new(finding))
    }
}

impl Deref for Told<'_> {
    type Target = Finding;

    fn deref(&self) -> &Finding {
        match self {
            Self::Found(finding) => finding,
            Self::Made(finding) => finding,
        }
    }
}

/// Where, by which rule, about which defect: findings with the same are one.
type Alike<'a> = (Location, &'a str, Fingerprint, &'a str);

impl<'a> Defect<'a> {
    /// Of one finding.
    pub fn one(finding: &'a Finding) -> Self {
        let is_new = !finding.new_principals.is_empty();
        Self {
            finding: if is_new {
                Told::made(Finding {
                    help: help(finding, &finding.new_principals.iter().collect()).into(),
                    ..finding.clone()
                })
            } else {
                Told::Found(finding)
            },
            found: Found::One(finding, &finding.subject),
            details: None,
            is_fixable: false,
        }
    }

    /// What was found of it for each key and set of principals, the worst first; at least one.
    pub fn parts(&self) -> &[&'a Finding] {
        match &self.found {
            Found::One(finding, _) => std::slice::from_ref(finding),
            Found::Several(several) => &several.parts,
        }
    }

    /// What the findings are about, sorted.
    pub fn subjects(&self) -> &[&'a Subject] {
        match &self.found {
            Found::One(_, subject) => std::slice::from_ref(subject),
            Found::Several(several) => &several.subjects,
        }
    }

    /// The command that lists all keys and principals; none where they are all named.
    pub fn who_can(&self) -> Option<&str> {
        self.details.as_ref()?.who_can.as_deref()
    }

    /// What is told beside the sentence, a line for each.
    pub fn lines(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let notes = self.details.iter().flat_map(|details| &details.notes);
        let notes = notes.map(|(name, note)| (*name, note.as_str()));
        let who_can = self.who_can().map(|command| ("all of them", command));
        notes.chain(who_can)
    }

    /// Of one or several findings; `names` are those of everything that was loaded.
    fn of(mut parts: Vec<&'a Finding>, names: &Names<'_>) -> Option<Self> {
        // The first of the worst.
        parts.sort_by_key(|of| {
            (
                Reverse((of.severity, of.confidence)),
                of.depends_on.is_some(),
            )
        });
        let (first, rest) = parts.split_first()?;
        if rest.is_empty() {
            return Some(Self::one(first).explained(names));
        }
        let subjects: BTreeSet<_> = parts.iter().map(|of| &of.subject).collect();
        let who = Principals::of(&parts);
        let mut finding = (*first).clone();
        finding.message = sentence(first, &who, subjects.len());
        finding.values = Box::default();
        finding
            .related
            .extend(rest.iter().flat_map(|of| places(of)));
        let mut seen = BTreeSet::from([first.primary.at]);
        finding.related.retain(|label| seen.insert(label.at));
        finding.related.truncate(MOST_RELATED);
        finding.principals = sorted(parts.iter().flat_map(|of| &of.principals));
        if parts.iter().any(|of| !of.new_principals.is_empty()) {
            finding.help = help(&finding, &who.all).into();
            finding.new_principals = who.all.iter().copied().cloned().collect();
        }
        let conditional: Vec<_> = parts
            .iter()
            .filter_map(|of| of.depends_on.as_ref())
            .collect();
        finding.depends_on =
            (!conditional.is_empty()).then(|| sorted(conditional.into_iter().flatten()));
        let subjects: Vec<_> = subjects.into_iter().collect();
        let is_long = who.all.len() > MOST_NAMED || subjects.len() > MOST_NAMED;
        let who_can = if is_long {
            who_can(&finding, &subjects, names)
        } else {
            None
        };
        let explained = Self {
            details: Some(Box::new(Details {
                notes: notes(&who, &subjects, names),
                who_can,
            })),
            is_fixable: false,
            finding: Told::made(finding),
            found: Found::Several(Box::new(Several { parts, subjects })),
        };
        Some(explained.explained(names))
    }

    /// With what a conditional permission depends on, and what would settle it.
    fn explained(mut self, names: &Names<'_>) -> Self {
        let Some(keys) = &self.finding.depends_on else {
            return self;
        };
        let mut principals = self.finding.principals.iter();
        let is_loaded = principals.all(|arn| names.has_principal(arn));
        let mut by_settlement: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for key in keys {
            let of = by_settlement.entry(settlement_of_key(key, is_loaded));
            of.or_default().push(format!("`{key}`"));
        }
        let notes = by_settlement.into_iter();
        let notes = notes.map(|(of, keys)| ("depends on", format!("{} ({of})", keys.join(", "))));
        self.details.get_or_insert_default().notes.extend(notes);
        self
    }
}

/// The defects of these findings, in the order of their first. Findings about one statement must stand
/// together, as sorted ones do.
pub fn defects<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
    names: &Names<'_>,
) -> Vec<Defect<'a>> {
    let findings: Vec<_> = findings.into_iter().collect();
    let near = findings.par_chunk_by(|one, next| place(one) == place(next));
    let of_near = |near: &[&'a Finding]| {
        // Nearly always.
        let lone = match near {
            [one] => Some(Defect::one(one).explained(names)),
            _ => None,
        };
        let several = match near {
            [_] => Vec::new(),
            _ => of_statement(near),
        };
        let several = several.into_iter();
        let several = several.filter_map(|parts| Defect::of(parts, names));
        lone.into_iter().chain(several)
    };
    near.flat_map_iter(of_near).collect()
}

/// Findings about one statement by their defects.
fn of_statement<'a>(near: &[&'a Finding]) -> Vec<Vec<&'a Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut known: BTreeMap<Alike<'_>, usize> = BTreeMap::new();
    for finding in near {
        let group = *known.entry(alike(finding)).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(parts) => parts.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

/// The statement, or what else a finding points at.
fn place(finding: &Finding) -> Location {
    finding.statement.unwrap_or(finding.primary.at)
}

/// What is found about principals is about the statement that names them or gives them something; anything
/// else is what it points at and says.
fn alike(finding: &Finding) -> Alike<'_> {
    let (at, message) = if finding.principals.is_empty() {
        (finding.primary.at, &*finding.message)
    } else {
        (place(finding), "")
    };
    (at, &finding.rule, finding.fingerprints.defect, message)
}

fn places(finding: &Finding) -> impl Iterator<Item = Label> {
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    labels.cloned()
}

fn sorted<'f, T: Iterator<Item = &'f String>>(texts: T) -> Vec<String> {
    let texts: BTreeSet<_> = texts.collect();
    texts.into_iter().cloned().collect()
}

/// The principals of findings, but for those that a baseline or a suppression covers.
struct Principals<'a> {
    all: BTreeSet<&'a String>,
    /// Those for whom no finding is firm.
    perhaps: usize,
    /// Whether their names tell them apart without their ARNs.
    are_short: bool,
}

impl<'a> Principals<'a> {
    fn of(parts: &[&'a Finding]) -> Self {
        let of = |part: &&'a Finding| match part.new_principals.as_slice() {
            [] => &part.principals,
            _ => &part.new_principals,
        };
        let all: BTreeSet<_> = parts.iter().flat_map(of).collect();
        let firm = parts.iter().filter(|part| part.depends_on.is_none());
        let firm: BTreeSet<_> = firm.flat_map(of).collect();
        let own = parts
            .first()
            .map_or("", |part| account(part.subject.as_str()));
        Self {
            perhaps: all.difference(&firm).count(),
            are_short: all.iter().all(|principal| account(principal) == own),
            all,
        }
    }

    fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.all.iter().map(|arn| {
            let short = arn.splitn(6, ':').nth(5).filter(|_| self.are_short);
            short.unwrap_or(arn)
        })
    }

    /// By name where they are few.
    fn words(&self) -> String {
        let names: Vec<_> = self.names().collect();
        match names.as_slice() {
            [] => "nobody".to_owned(),
            [one] => format!("`{one}`"),
            [rest @ .., last] if names.len() <= MOST_IN_SENTENCE => {
                format!("`{}` and `{last}`", rest.join("`, `"))
            }
            _ => format!("{} principals", names.len()),
        }
    }
}

/// The account of an ARN; empty where there is none.
fn account(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

fn sentence(first: &Finding, who: &Principals<'_>, keys: usize) -> String {
    if let Some(together) = &first.together {
        let is_firm = who.perhaps < who.all.len();
        let can = if is_firm { "can" } else { "can perhaps" };
        let keys = match keys {
            1 => "the key".to_owned(),
            _ => format!("{keys} keys"),
        };
        let sentence = together.sentence(&who.words(), can, &keys);
        return match who.perhaps {
            perhaps if perhaps > 0 && is_firm => format!("{sentence} ({perhaps} of them perhaps)"),
            _ => sentence,
        };
    }
    let more = who.all.len().saturating_sub(first.principals.len().max(1));
    let more = [(more, "principal"), (keys.saturating_sub(1), "key")];
    let more = more.into_iter().filter(|(count, _)| *count > 0);
    let more: Vec<_> = more
        .map(|(count, noun)| format!("{count} more {noun}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if more.is_empty() {
        return first.message.clone();
    }
    format!("{} (and {})", first.message, more.join(", "))
}

/// What to do, which names those that no baseline or suppression covers.
fn help(finding: &Finding, new: &BTreeSet<&String>) -> String {
    let named = first_names(new, MOST_NAMED);
    format!(
        "new, and not covered as others are: {named}; {}",
        finding.help
    )
}

fn notes(
    who: &Principals<'_>,
    subjects: &[&Subject],
    names: &Names<'_>,
) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if who.all.len() > MOST_IN_SENTENCE {
        notes.push(("principals", first_names(who.names(), MOST_NAMED)));
    }
    if subjects.len() > 1 {
        let subjects = subjects.iter().map(|subject| {
            let name = subject.as_str();
            names.alias(name).unwrap_or(name)
        });
        notes.push(("keys", first_names(subjects, MOST_NAMED)));
    }
    notes
}

/// The command that lists everyone to whom the statement gives access; for one key, everyone who can delete it.
fn who_can(finding: &Finding, subjects: &[&Subject], names: &Names<'_>) -> Option<String> {
    if let [key] = subjects {
        return Some(format!("kmslint who-can --key {}", quoted(key.as_str())));
    }
    let statement = names.statement(finding.statement?)?;
    let policy = match statement.of {
        PolicyOwner::Identity(Some(arn)) if arn.contains(":aws:policy/") => &statement.policy.name,
        PolicyOwner::Identity(Some(arn)) => arn,
        PolicyOwner::Identity(None) | PolicyOwner::Key(_) => &*statement.policy.name,
        PolicyOwner::Other => return None,
    };
    let through = quoted(&format!("{policy}#{}", statement.number));
    let principal = match (statement.of, finding.principals.as_slice()) {
        // Inline policies of others may have the same name.
        (PolicyOwner::Identity(None), [one]) => format!(" --principal {}", quoted(one)),
        _ => String::new(),
    };
    Some(format!("kmslint who-can --through {through}{principal}"))
}

/// An argument as a shell takes it.
fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,#".contains(c);
    if !argument.is_empty() && !argument.starts_with('#') && argument.chars().all(is_plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', r"'\''"))
}
