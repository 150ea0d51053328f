//! What a run found, as the formats take it that other programs read.

use super::Summary;
use super::path::{DECOMPRESSED, relative};
use crate::config::InForce;
use crate::finding::{Confidence, Finding, Fingerprint, Severity, own_fingerprints};
use crate::fix::Proposal;
use crate::lint::{Defect, NameLookup};
use crate::text::{FileRecord, InputFailure, Location, Position, Root, Sources, Span};

/// What a run found.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Every file that was recognised or is complained of.
    pub sources: &'a Sources,
    /// The findings in order, those that are suppressed among them.
    pub findings: &'a [Reported<'a>],
    /// What could not be read or understood.
    pub failures: &'a [InputFailure],
    /// What became of every file.
    pub files: &'a [FileRecord],
    /// Safe fixes of findings, where they were asked for.
    pub fixes: &'a [Proposal],
    /// What it comes to; suppressed findings are not counted.
    pub summary: &'a Summary,
    /// What it went by.
    pub configuration: &'a InForce,
    /// The rules that ran.
    pub rules: &'a [RuleInfo<'a>],
    /// The working directory. Files below it are named from there, whatever the user wrote,
    /// because the readers of reports know the checkout and not this machine; empty if unknown.
    pub directory: &'a str,
    /// How keys and statements are called.
    pub names: Option<&'a dyn NameLookup>,
    /// What fingerprints tell the names of files from.
    pub root: &'a Root,
}

/// A defect and what was decided of it.
#[derive(Clone, Copy, Debug)]
pub struct Reported<'a> {
    /// The defect.
    pub defect: &'a Defect<'a>,
    /// Why it is suppressed, in the words of whoever did; `None` where it is not.
    pub suppressed: Option<&'a str>,
}

impl<'a> Reported<'a> {
    /// What is told of it.
    pub fn finding(&self) -> &'a Finding {
        &self.defect.finding
    }
}

/// What a report says of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleInfo<'a> {
    /// The rule's id, for example `cancel-by-nobody`.
    pub id: &'a str,
    /// What it finds, in a few words.
    pub title: &'a str,
    /// What it finds, in a paragraph.
    pub description: String,
    /// The whole page, in Markdown.
    pub page: &'a str,
    /// How bad what it finds is, unless a finding says otherwise.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The page of AWS that says so best.
    pub reference: &'a str,
}

impl<'a> Run<'a> {
    /// The findings that are not suppressed.
    pub(super) fn open(&self) -> impl Iterator<Item = &'a Defect<'a>> + use<'a> {
        let open = self.findings.iter().filter(|r| r.suppressed.is_none());
        open.map(|reported| reported.defect)
    }

    /// The fingerprint of every finding itself, in their order.
    pub(super) fn fingerprints(&self) -> Vec<Fingerprint> {
        let findings = self.findings.iter();
        let findings: Vec<_> = findings
            .map(|of| (of.finding(), of.defect.subjects()))
            .collect();
        own_fingerprints(&findings, self.root)
    }

    /// The path from the working directory by which a file's name is reported.
    pub(super) fn path(&self, name: &str) -> String {
        relative(name, self.directory)
    }

    /// A place in a file; `None` where no file has it.
    pub(super) fn place(&self, at: Location) -> Option<FileRange> {
        let file = self.sources.get(at.source)?;
        let length = u32::try_from(file.text().len()).unwrap_or(u32::MAX);
        let start = at.span.start.min(length);
        let span = Span {
            start,
            end: at.span.end.clamp(start, length),
        };
        let before = |offset: u32| file.characters_before(offset as usize);
        Some(FileRange {
            path: self.path(file.name()),
            start: file.position(span.start),
            end: file.position(span.end),
            characters: (before(span.start), before(span.end)),
            decompressed: file.is_decompressed(),
            span,
        })
    }

    /// The file of an input that could not be read, and the place where it has one.
    pub(super) fn failed(&self, failure: &InputFailure) -> (String, Option<FileRange>) {
        let place = failure.at.and_then(|at| self.place(at));
        (self.path(&failure.file), place)
    }
}

/// A range of a file by every measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileRange {
    /// From the working directory.
    pub(super) path: String,
    /// Of the first character.
    pub(super) start: Position,
    /// Just after the last character.
    pub(super) end: Position,
    /// Characters of the file before the start and before the end.
    pub(super) characters: (usize, usize),
    /// Within the file.
    pub(super) span: Span,
    /// Whether it is a place in what a compressed file holds: the file itself has no lines.
    pub(super) decompressed: bool,
}

impl FileRange {
    /// `path:line`, for example `keys/policy.json:8`.
    pub(super) fn short(&self) -> String {
        let of = if self.decompressed { DECOMPRESSED } else { "" };
        format!("{}{of}:{}", self.path, self.start.line)
    }
}
