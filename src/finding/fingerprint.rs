//! What tells a finding from all others, run after run: a hash that survives moved lines and other
//! white space, but not another statement.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::text::{Location, Root, Sources};

use super::Finding;
use super::normalized::normalized;

/// The first 128 bits of a SHA-256, written as 32 hexadecimal digits; the same on every machine.
///
/// A pull request may come from anybody: were the hash not a cryptographic one, a statement could
/// be written that has the fingerprint of a suppressed one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u128);

/// The fingerprints of one finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprints {
    /// Of the finding: its rule, its subject, its statement, and which of several it is. Baselines
    /// hold this one.
    pub finding: Fingerprint,
    /// Of the statement, and of the finding's identity where it has one: all other findings in the
    /// statement share it. Suppressions name this one.
    pub statement: Fingerprint,
}

impl Fingerprint {
    /// The fingerprint of these parts in this order; where one ends and the next begins counts.
    pub fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // 64 bits on every machine.
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            hash.update(length.to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest: [u8; 32] = hash.finalize().into();
        let first = digest.first_chunk::<16>().copied().unwrap_or_default();
        Self(u128::from_be_bytes(first))
    }

    /// Reads 32 hexadecimal digits in lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let fits = text.len() == 32 && text.bytes().all(is_digit);
        let number = fits.then(|| u128::from_str_radix(text, 16).ok());
        number.flatten().map(Self)
    }
}

impl Fingerprint {
    /// Calls `with` with its digits, as it is written.
    fn written<T>(self, with: impl FnOnce(&str) -> T) -> T {
        let mut digits = [b'0'; 32];
        let mut rest = self.0;
        for digit in digits.iter_mut().rev() {
            // Of the last four bits.
            let value = (rest & 0xf) as u8;
            *digit = if value < 10 { b'0' } else { b'a' - 10 } + value;
            rest >>= 4;
        }
        with(str::from_utf8(&digits).unwrap_or_default())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written(|digits| formatter.pad(digits))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written(|digits| serializer.serialize_str(digits))
    }
}

/// How fingerprints, baselines and suppressions speak of what a finding is about.
#[derive(Debug)]
pub struct Subjects<'a> {
    files: BTreeSet<&'a str>,
    root: &'a Root,
}

impl<'a> Subjects<'a> {
    /// The names of a run over these files; those of files are told from `root`, so that a run
    /// from elsewhere gives the same.
    pub fn new(sources: &'a Sources, root: &'a Root) -> Self {
        Self {
            files: sources.iter().map(|(_, file)| file.name()).collect(),
            root,
        }
    }

    /// A key's ARN or id, or the path from the root of the file that it stands in.
    pub fn name(&self, finding: &Finding) -> String {
        if self.files.contains(&*finding.subject) {
            self.root.relative(&finding.subject)
        } else {
            finding.subject.clone()
        }
    }

    /// The names of these, in their order; findings about one thing mostly follow each other.
    fn names(&self, findings: &[Finding]) -> Vec<Arc<str>> {
        let mut last: Option<(&str, Arc<str>)> = None;
        let name = |finding: &Finding| -> Arc<str> { self.name(finding).into() };
        let mut names = Vec::with_capacity(findings.len());
        for finding in findings {
            let known = last
                .take()
                .filter(|(subject, _)| *subject == finding.subject);
            let (_, name) = last.insert(known.unwrap_or_else(|| (&finding.subject, name(finding))));
            names.push(Arc::clone(name));
        }
        names
    }
}

/// Gives every finding its fingerprints. The findings must be sorted: of several of one rule in
/// equal statements of one subject, the first is the first in the file.
pub fn fingerprint(findings: &mut [Finding], sources: &Sources, root: &Root) {
    fingerprint_statements(findings, sources);
    tell_apart(findings, sources, root);
}

/// Gives every finding the fingerprint of its statement.
pub fn fingerprint_statements(findings: &mut [Finding], sources: &Sources) {
    let mut known = BTreeMap::new();
    for finding in findings {
        let at = finding.statement.unwrap_or(finding.primary.at);
        let statement = known.entry(at).or_insert_with(|| of_text(at, sources));
        finding.fingerprints.statement = with_identity(*statement, &finding.identity);
    }
}

/// Gives every finding, which has the fingerprint of its statement, its own. They must be sorted as
/// for [`fingerprint`].
pub fn tell_apart(findings: &mut [Finding], sources: &Sources, root: &Root) {
    if findings.is_empty() {
        return;
    }
    let subjects = Subjects::new(sources, root);
    let names = findings.par_chunks(CHUNK);
    let names: Vec<_> = names.flat_map_iter(|some| subjects.names(some)).collect();
    let ordinals = ordinals(findings, &names);
    let numbered = findings.par_iter_mut().zip(names).zip(ordinals);
    numbered.for_each(|((finding, subject), ordinal)| {
        let of = |statement: &str| {
            Fingerprint::of(&[&*finding.rule, &*subject, statement, &ordinal.to_string()])
        };
        finding.fingerprints.finding = finding.fingerprints.statement.written(of);
    });
}

/// Findings whose subjects are named in one piece of work.
const CHUNK: usize = 256;

/// Which of several of one rule in equal statements of one subject each finding is, from 0.
fn ordinals(findings: &[Finding], names: &[Arc<str>]) -> Vec<u32> {
    let statements = findings
        .iter()
        .map(|finding| finding.fingerprints.statement);
    let mut order: Vec<(Fingerprint, usize)> = statements.zip(0..).collect();
    let rest = |index: usize| Some((&findings.get(index)?.rule, names.get(index)?));
    // The statement tells most apart.
    order.par_sort_unstable_by(|one, two| {
        let by_statement = one.0.cmp(&two.0);
        by_statement.then_with(|| (rest(one.1), one.1).cmp(&(rest(two.1), two.1)))
    });
    let mut ordinals = vec![0; findings.len()];
    let same = |one: &(_, usize), two: &(_, usize)| one.0 == two.0 && rest(one.1) == rest(two.1);
    for alike in order.chunk_by(same) {
        for ((_, index), ordinal) in alike.iter().zip(0..) {
            if let Some(slot) = ordinals.get_mut(*index) {
                *slot = ordinal;
            }
        }
    }
    ordinals
}

fn of_text(at: Location, sources: &Sources) -> Fingerprint {
    let text = sources
        .get(at.source)
        .map_or("", |file| at.span.of(file.text()));
    Fingerprint::of(&[&normalized(text)])
}

fn with_identity(statement: Fingerprint, identity: &str) -> Fingerprint {
    if identity.is_empty() {
        return statement;
    }
    Fingerprint::of(&[&statement.to_string(), identity])
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::finding::{Confidence, Label, Severity};
    use crate::text::{SourceFile, SourceId, Span};

    use super::*;

    fn finding(source: SourceId, text: &str, part: &str) -> Finding {
        let start = text.find(part).unwrap();
        let at = Location {
            source,
            span: Span::new(start, start + part.len()),
        };
        Finding {
            rule: "cancel-by-nobody".into(),
            severity: Severity::Error,
            confidence: Confidence::High,
            subject: "keys/a.json".into(),
            message: String::new(),
            help: "".into(),
            reference: "".into(),
            primary: Label {
                at,
                text: String::new(),
            },
            related: Vec::new(),
            statement: Some(at),
            identity: String::new(),
            fingerprints: Fingerprints::default(),
        }
    }

    fn fingerprints(name: &str, text: &str, part: &str) -> Vec<Fingerprints> {
        let mut sources = Sources::default();
        let source = sources.add(SourceFile::new(name, text));
        let mut one = finding(source, text, part);
        one.subject = name.into();
        let mut findings = vec![one.clone(), one];
        fingerprint(&mut findings, &sources, &Root::new(Path::new(".")));
        findings
            .iter()
            .map(|finding| finding.fingerprints)
            .collect()
    }

    #[test]
    fn a_fingerprint_is_the_same_for_ever() {
        let found = fingerprints(
            "keys/a.json",
            r#"{"Effect": "Allow"}"#,
            r#"{"Effect": "Allow"}"#,
        );
        assert_eq!(
            found
                .iter()
                .map(|f| f.finding.to_string())
                .collect::<Vec<_>>(),
            [
                "851d1953e8eb1c83fc94baed3842a299",
                "2e78482c22157cf2515481a8d4c24a27"
            ]
        );
        assert_eq!(
            found[0].statement.to_string(),
            "e3e2ac0ea1ecdc38b4a3a005c3a76878"
        );
        assert_eq!(found[0].statement, found[1].statement);
        let text = found[0].statement.to_string();
        assert_eq!(Fingerprint::parse(&text), Some(found[0].statement));
    }

    #[test]
    fn only_white_space_and_the_way_to_the_file_do_not_count() {
        let plain = r#"{"Effect":"Allow","Sid":"a b"}"#;
        let first = fingerprints("keys/a.json", plain, plain);
        let spaced = "\n\n{ \"Effect\" :\n\"Allow\", \"Sid\": \"a b\" }";
        assert_eq!(fingerprints("./keys/a.json", spaced, spaced.trim()), first);
        let weaker = r#"{"Effect":"Allow","Sid":"ab"}"#;
        assert_ne!(fingerprints("keys/a.json", weaker, weaker), first);
        let elsewhere = fingerprints("keys/b.json", plain, plain);
        assert_ne!(elsewhere[0].finding, first[0].finding);
        assert_eq!(elsewhere[0].statement, first[0].statement);
    }

    #[test]
    fn it_is_written_as_a_hexadecimal_number() {
        for number in [0, 1, 0x9af, u128::MAX, 0x0123_4567_89ab_cdef << 60] {
            let digits = format!("{number:032x}");
            assert_eq!(Fingerprint(number).to_string(), digits);
            let json = serde_json::to_string(&Fingerprint(number)).unwrap();
            assert_eq!(json, format!("\"{digits}\""));
        }
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(Fingerprint::of(&["ab", "c"]), Fingerprint::of(&["a", "bc"]));
        assert_eq!(Fingerprint::parse("0"), None);
        assert_eq!(Fingerprint::parse(&"A".repeat(32)), None);
    }
}
