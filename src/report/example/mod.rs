//! A run with hostile text in every place that a policy's author can fill, for tests of formats.

use std::fs;
use std::path::Path;

use super::{Reported, RuleInfo, Run, Summary};
use crate::config::InForce;
use crate::finding::{Confidence, Finding, Fingerprints, Label, Severity, Subject, fingerprint};
use crate::lint::Defect;
use crate::text::{
    Fate, FileRecord, InputError, InputFailure, Location, Root, SourceFile, SourceId, Sources,
    Span, is_command, is_deceptive,
};

const POLICY: &str = "{\n  \"Sid\": \"a\",\n  \"Action\": [\n    \"kms:*\"\n  ]\n}\n";

/// Words that mean something in each of the formats.
const HOSTILE: &str = "`x`\r\n::error::y\n%0A##[stop-commands]z ##vso[task.complete]\n\
    --- ##teamcity[x]\r\n+++ section_start:0:x\r\n~~~ ](https://evil.example) | @all #1 \
    <b onclick=\"x\">]]></failure> \u{1b}[31m\u{202e}\0\u{fffe} ``` www.evil.example {0}";

fn label(source: SourceId, words: &str, text: &str) -> Label {
    let start = POLICY.find(words).unwrap();
    let at = Location {
        source,
        span: Span::new(start, start + words.len()),
    };
    let text = text.to_owned();
    Label {
        at,
        text: text.into(),
    }
}

fn findings(policy: SourceId, odd: SourceId) -> [Finding; 3] {
    let bad = Finding {
        rule: "cancel-by-nobody".into(),
        severity: Severity::Error,
        confidence: Confidence::High,
        subject: Subject::arn("arn:aws:kms:eu-west-1:111122223333:key/1"),
        message: "`kms:*` lets `role/a` schedule deletion | nobody cancels".into(),
        help: "allow `kms:CancelKeyDeletion`".into(),
        reference: "https://docs.aws.amazon.com/kms/a(b).html".into(),
        primary: label(policy, "\"kms:*\"", "here"),
        related: vec![
            label(policy, "\"a\"", "the [statement]"),
            label(policy, "[\n    \"kms:*\"\n  ]", ""),
        ],
        statement: None,
        principals: Vec::new(),
        new_principals: Vec::new(),
        values: Box::default(),
        together: None,
        depends_on: None,
        identity: String::new(),
        fingerprints: Fingerprints::default(),
    };
    let hostile = Finding {
        severity: Severity::Info,
        confidence: Confidence::Low,
        subject: Subject::named(HOSTILE, &[]),
        message: HOSTILE.into(),
        help: HOSTILE.into(),
        primary: label(odd, "\"kms:*\"", HOSTILE),
        related: vec![label(odd, "\"a\"", HOSTILE)],
        rule: "deletion-open-to-anyone".into(),
        ..bad.clone()
    };
    let suppressed = Finding {
        severity: Severity::Warning,
        rule: "inert-statement".into(),
        ..bad.clone()
    };
    [bad, suppressed, hostile]
}

fn failures(broken: SourceId) -> [InputFailure; 2] {
    let at = Location {
        source: broken,
        span: Span::new(0, 1),
    };
    [
        InputFailure {
            file: "keys/broken.json".into(),
            at: Some(at),
            error: InputError::new(at.span, HOSTILE).help(HOSTILE),
        },
        InputFailure {
            file: "a\n::error::b.json".into(),
            at: None,
            error: InputError::new(Span::default(), "cannot read the file"),
        },
    ]
}

/// Calls `check` with the run.
pub(super) fn hostile(check: impl FnOnce(&Run<'_>)) {
    let mut sources = Sources::default();
    let policy = sources.add(SourceFile::new("./keys/policy.json", POLICY));
    let odd = sources.add(SourceFile::new(
        "/work dir/é,:%\n::error::|`<\u{202e}##vso[x].json",
        POLICY,
    ));
    let broken = sources.add(SourceFile::new("keys/broken.json", "{"));
    sources.add(SourceFile::new("keys/fine.json", "{}"));
    let mut findings = findings(policy, odd);
    fingerprint(&mut findings, &sources);
    let defects: Vec<_> = findings.iter().map(Defect::one).collect();
    let reported: Vec<_> = defects
        .iter()
        .map(|defect| Reported {
            defect,
            suppressed: (defect.finding.severity == Severity::Warning)
                .then_some("known, until <June>"),
        })
        .collect();
    let [bad, _, info] = findings.clone();
    let failures = failures(broken);
    let rules = [RuleInfo {
        id: "cancel-by-nobody",
        title: "Deletion can be scheduled and nobody can cancel it",
        description: "A key policy that nobody can live with.".to_owned(),
        page: "# Deletion can be scheduled and nobody can cancel it\n",
        severity: Severity::Error,
        confidence: Confidence::High,
        reference: "https://docs.aws.amazon.com/kms/a.html",
    }];
    let files = [FileRecord {
        path: "/work dir/a\n::error::|`<\u{202e}##vso[x].tf".to_owned(),
        fate: Fate::PassedOver("it is no JSON, and speaks of AWS KMS".into()),
        looks_like_ours: true,
    }];
    check(&Run {
        sources: &sources,
        findings: &reported,
        fixes: &[],
        failures: &failures,
        files: &files,
        summary: &Summary::new(&[&bad, &info], &failures, 4, &files),
        configuration: &InForce {
            files: vec!["<kms|lint>.toml".to_owned()],
            exclude: vec!["::error::\n##vso[x]".to_owned()],
            ..InForce::default()
        },
        rules: &rules,
        directory: "/work dir",
        names: None,
        root: &Root::new(Path::new("")),
    });
}

/// Compares with a file beside this one; `UPDATE=1` writes it. In none of them does a workflow
/// runner find a command, but for those that are meant for it.
#[track_caller]
pub(super) fn expect(file: &str, found: &str) {
    let is_meant = file == "github.txt";
    for line in found.lines() {
        let meant = line.strip_prefix("::").filter(|_| is_meant);
        assert!(!is_command(meant.unwrap_or(line)), "{line}");
        assert!(!line.chars().any(is_deceptive), "{line}");
    }
    let path = Path::new("src/report/example").join(file);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, found).unwrap();
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "{}:\n{found}", path.display());
}
