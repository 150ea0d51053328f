//! What tells a finding from all others, run after run: a hash over its rule and the statement as a tree.
//! It survives moved lines, indentation and another syntax, but not another statement.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::text::{Location, Root, Sources};

use super::earlier::EarlierFingerprints;
use super::{Finding, Subject, canonical};

/// The first 128 bits of a SHA-256, written as 32 hexadecimal digits; the same on every machine.
///
/// A pull request may come from anybody: were the hash not a cryptographic one, a statement could
/// be written that has the fingerprint of a suppressed one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u128);

/// The fingerprints of one finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprints {
    /// Of the defect: the rule and the statement, as a tree; where the finding is about an event, that
    /// event, too. It is the same for every key and principal that the defect concerns: baselines and
    /// suppressions hold it, and beside it the keys and principals that they cover.
    pub defect: Fingerprint,
    /// What kmslint made before, where a baseline or a suppression has one of that time; few runs have any.
    pub earlier: Option<Box<EarlierFingerprints>>,
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

/// The names of what these are about, told from `root`, in their order; findings about one thing mostly
/// follow each other.
pub(super) fn names(findings: &[&Finding], root: &Root) -> Vec<Arc<str>> {
    let mut last: Option<(&Subject, Arc<str>)> = None;
    let mut names = Vec::with_capacity(findings.len());
    for Finding { subject, .. } in findings.iter().copied() {
        let known = last.take().filter(|(of, _)| *of == subject);
        let (_, name) =
            last.insert(known.unwrap_or_else(|| (subject, subject.name_from(root).into())));
        names.push(Arc::clone(name));
    }
    names
}

/// Gives every finding the fingerprint of its defect.
pub fn fingerprint(findings: &mut [Finding], sources: &Sources) {
    let mut known = BTreeMap::new();
    for finding in findings {
        let at = finding.statement.unwrap_or(finding.primary.at);
        let statement = known.entry(at).or_insert_with(|| statement(at, sources));
        // The principals stand beside the fingerprint.
        let event = if finding.principals.is_empty() {
            &*finding.identity
        } else {
            ""
        };
        finding.fingerprints.defect = Fingerprint::of(&[&*finding.rule, &*statement, event]);
    }
}

/// The fingerprint of each finding itself: its defect, its subject, its principals, and which of several it
/// is. No other of them has it, so programs that keep findings apart can. The findings have those of their
/// defects and are sorted: of several with one defect, subject and principals, the first is the first in the
/// file. With each finding stand all subjects that it is about.
pub fn own_fingerprints(findings: &[(&Finding, &[&Subject])], root: &Root) -> Vec<Fingerprint> {
    let own = |finding: &Finding, subject: &str, subjects: &[&Subject]| {
        let others = subjects.iter().filter(|of| ***of != finding.subject);
        let others: Vec<_> = others.map(|of| of.name_from(root)).collect();
        let principals = finding.principals.iter().chain(&others);
        let parts: Vec<_> = [&*finding.rule, subject]
            .into_iter()
            .chain(principals.map(String::as_str))
            .collect();
        finding.fingerprints.defect.written(|defect| {
            let parts: Vec<_> = [defect].into_iter().chain(parts).collect();
            Fingerprint::of(&parts)
        })
    };
    let chunks = findings.par_chunks(CHUNK);
    let alike = chunks.flat_map_iter(|some| {
        let findings: Vec<_> = some.iter().map(|(finding, _)| *finding).collect();
        let with_names = some.iter().zip(names(&findings, root));
        with_names
            .map(|((finding, subjects), subject)| own(finding, &subject, subjects))
            .collect::<Vec<_>>()
    });
    let alike: Vec<_> = alike.collect();
    let ordinals = ordinals(&alike);
    let numbered = alike.into_iter().zip(ordinals);
    let numbered = numbered.map(|(own, ordinal)| match ordinal {
        0 => own,
        _ => own.written(|own| Fingerprint::of(&[own, &ordinal.to_string()])),
    });
    numbered.collect()
}

/// Findings whose subjects are named in one piece of work.
const CHUNK: usize = 256;

/// Which of several equal ones each is, from 0, in their order.
pub(super) fn ordinals<T: Ord + Sync>(of: &[T]) -> Vec<u32> {
    let mut order: Vec<(&T, usize)> = of.iter().zip(0..).collect();
    order.par_sort_unstable();
    let mut ordinals = vec![0; of.len()];
    for alike in order.chunk_by(|one, two| one.0 == two.0) {
        for ((_, index), ordinal) in alike.iter().zip(0..) {
            if let Some(slot) = ordinals.get_mut(*index) {
                *slot = ordinal;
            }
        }
    }
    ordinals
}

/// The digits of the hash of a statement: it is hashed once however many findings are in it.
fn statement(at: Location, sources: &Sources) -> String {
    let file = sources.get(at.source);
    let text = file.map_or_else(String::new, |file| canonical::of_file(file, at.span));
    Fingerprint::of(&[&text]).to_string()
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;

    use crate::finding::{Confidence, Label, Severity};
    use crate::text::{SourceFile, SourceId, Span};

    use super::*;

    pub(in crate::finding) fn finding(source: SourceId, text: &str, part: &str) -> Finding {
        let start = text.find(part).unwrap();
        let at = Location {
            source,
            span: Span::new(start, start + part.len()),
        };
        Finding {
            rule: "cancel-by-nobody".into(),
            severity: Severity::Error,
            confidence: Confidence::High,
            subject: Subject::file("keys/a.json"),
            message: String::new(),
            help: "".into(),
            reference: "".into(),
            primary: Label {
                at,
                text: "".into(),
            },
            related: Vec::new(),
            statement: Some(at),
            principals: Vec::new(),
            new_principals: Vec::new(),
            values: Box::default(),
            together: None,
            depends_on: None,
            identity: String::new(),
            fingerprints: Fingerprints::default(),
        }
    }

    /// Of the defect and of the finding itself.
    fn both(findings: &mut [Finding], sources: &Sources, root: &Root) -> Vec<[Fingerprint; 2]> {
        fingerprint(findings, sources);
        let subjects: Vec<_> = findings.iter().map(|of| [&of.subject]).collect();
        let with = findings
            .iter()
            .zip(&subjects)
            .map(|(of, subjects)| (of, subjects.as_slice()));
        let own = own_fingerprints(&with.collect::<Vec<_>>(), root);
        let defects = findings.iter().map(|of| of.fingerprints.defect);
        defects
            .zip(own)
            .map(|(defect, own)| [defect, own])
            .collect()
    }

    fn fingerprints(name: &str, text: &str, part: &str) -> Vec<[Fingerprint; 2]> {
        let mut sources = Sources::default();
        let source = sources.add(SourceFile::new(name, text));
        let mut one = finding(source, text, part);
        one.subject = Subject::file(name);
        let mut findings = vec![one.clone(), one];
        both(&mut findings, &sources, &Root::new(Path::new(".")))
    }

    #[test]
    fn a_fingerprint_is_the_same_for_ever() {
        let statement = r#"{"Effect": "Allow"}"#;
        let found = fingerprints("keys/a.json", statement, statement);
        let own = found.iter().map(|[_, own]| own.to_string());
        assert_eq!(
            own.collect::<Vec<_>>(),
            [
                "635b54669e2f1f42f8b5865390dba639",
                "c82199b0f3869e5cade711e48cc1e7df"
            ]
        );
        let [[defect, _], [again, _]] = found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(defect.to_string(), "a82ba165630054116357ce227b52418a");
        assert_eq!(defect, again);
        assert_eq!(Fingerprint::parse(&defect.to_string()), Some(defect));
    }

    #[test]
    fn only_white_space_order_and_the_way_to_the_file_do_not_count() {
        let plain = r#"{"Effect":"Allow","Sid":"a b"}"#;
        let first = fingerprints("keys/a.json", plain, plain);
        let spaced = "\n\n{ \"Sid\": \"a b\",\n\"Effect\" :\n\"Allow\" }";
        assert_eq!(fingerprints("./keys/a.json", spaced, spaced.trim()), first);
        let weaker = r#"{"Effect":"Allow","Sid":"ab"}"#;
        assert_ne!(fingerprints("keys/a.json", weaker, weaker), first);
        let elsewhere = fingerprints("keys/b.json", plain, plain);
        assert_ne!(elsewhere[0][1], first[0][1]);
        assert_eq!(elsewhere[0][0], first[0][0]);
    }

    #[test]
    fn principals_stand_beside_the_defect() {
        let mut sources = Sources::default();
        let source = sources.add(SourceFile::new("a.json", "{}"));
        let of = |principals: &[&str], identity: &str| {
            let mut one = finding(source, "{}", "{}");
            one.principals = principals.iter().map(|of| (*of).to_owned()).collect();
            identity.clone_into(&mut one.identity);
            both(&mut [one], &sources, &Root::default())[0]
        };
        let (one, two) = (of(&["p"], "p"), of(&["p", "q"], "p q"));
        assert_eq!(one[0], two[0]);
        assert_ne!(one[1], two[1]);
        assert_ne!(of(&[], "first event")[0], of(&[], "next event")[0]);
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
