//! What files say of how far events can be relied on, brought together: requests of `lookup-events`
//! with their answers, digests with the log files that were loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::inventory::{Coverage, Lookup, LookupProblem, MissingLogs};
use crate::text::{Location, SourceId, Span};

use super::answer::AnswerFile;
use super::part::{LookupRequest, NamedLog, TrailPart};

/// The parts that files hold, with what they are joined by.
#[derive(Debug, Default)]
pub(in crate::load) struct TrailParts<'p> {
    /// By directory: the answer of a request lies beside it.
    requests: BTreeMap<&'p Path, Vec<LookupRequest>>,
    answers: BTreeMap<&'p Path, Vec<(SourceId, AnswerFile)>>,
    /// Names of the files of events, without their endings.
    logs: BTreeSet<&'p str>,
    named: Vec<NamedLog>,
}

impl<'p> TrailParts<'p> {
    /// Takes in a part; what stands for itself goes to `coverage`.
    pub(in crate::load) fn take(
        &mut self,
        (path, source): (&'p Path, SourceId),
        part: TrailPart,
        coverage: &mut Coverage,
    ) {
        match part {
            TrailPart::Request(request) => {
                self.requests
                    .entry(directory(path))
                    .or_default()
                    .push(request);
            }
            TrailPart::EmptyAnswer(answer) => {
                coverage.files = coverage.files.saturating_add(1);
                coverage.truncated |= answer.token.is_some();
                self.answer((path, source), answer);
            }
            TrailPart::Selectors(selectors) => coverage.selectors.push(selectors),
            TrailPart::Status(status) => coverage.statuses.push(status),
            TrailPart::Digest(named) => self.named.extend(named),
        }
    }

    fn answer(&mut self, (path, source): (&'p Path, SourceId), answer: AnswerFile) {
        let of_directory = self.answers.entry(directory(path)).or_default();
        of_directory.push((source, answer));
    }

    /// Takes in a file of events, and the answers of `lookup-events` that it holds.
    pub(in crate::load) fn log(
        &mut self,
        (path, source): (&'p Path, SourceId),
        answer: Option<AnswerFile>,
    ) {
        if let Some(answer) = answer {
            self.answer((path, source), answer);
        }
        let name = path.file_name().and_then(std::ffi::OsStr::to_str);
        self.logs.extend(name.map(stem));
    }

    /// Joins them.
    pub(in crate::load) fn join(self, coverage: &mut Coverage) {
        for (directory, answers) in self.answers {
            let requests = self.requests.get(directory).map(Vec::as_slice);
            coverage
                .lookups
                .extend(lookups(requests.unwrap_or_default(), answers));
        }
        coverage.lookups.sort_by_key(|lookup| lookup.at);
        let mut missing: Vec<_> = self.named;
        missing.retain(|named| !self.logs.contains(stem(&named.address)));
        missing.sort_by(|one, other| (one.span, &one.address).cmp(&(other.span, &other.address)));
        missing.dedup();
        for named in missing {
            note(
                coverage.missing.entry(named.place.clone()).or_default(),
                named,
            );
        }
    }
}

/// Adds a file that begins no earlier than those before it.
fn note(logs: &mut MissingLogs, named: NamedLog) {
    logs.count = logs.count.saturating_add(1);
    let (from, to) = named.span;
    match logs.spans.last_mut() {
        Some((_, end)) if *end >= from => *end = to.max(*end),
        _ => logs.spans.push((from, to)),
    }
    if logs.first.is_empty() {
        logs.first = named.address;
    }
}

fn directory(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// The end of a path, without `.json` and `.gz`: a log file may have been decompressed.
fn stem(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let name = name.strip_suffix(".gz").unwrap_or(name);
    name.strip_suffix(".json").unwrap_or(name)
}

/// The lookups of one directory. Answers do not name their requests, so a directory is of one
/// lookup: its request, and its answer, which may have pages.
fn lookups(requests: &[LookupRequest], answers: Vec<(SourceId, AnswerFile)>) -> Vec<Lookup> {
    let problem = problem(requests, &answers);
    let whole = problem.is_none();
    let mut all: Vec<Lookup> = Vec::new();
    for (source, answer) in answers {
        if let Some(first) = all.first_mut().filter(|_| whole) {
            first.newest = first.newest.max(answer.newest);
            first.places.extend(answer.places);
            continue;
        }
        let request = requests.first();
        all.push(Lookup {
            asked: request.map_or(crate::inventory::LookupFilter::Other, |of| of.asked.clone()),
            start: request.and_then(|of| of.start),
            end: request.and_then(|of| of.end),
            newest: answer.newest,
            places: answer.places,
            problem,
            at: Location {
                source,
                span: Span::default(),
            },
        });
    }
    all
}

/// Why the answers of a directory cover nothing. That every page is there can be told in two ways:
/// one file holds them one after another, as a loop appends them; or each page has its own file,
/// and its own request with the token of the page before.
fn problem(
    requests: &[LookupRequest],
    answers: &[(SourceId, AnswerFile)],
) -> Option<LookupProblem> {
    let Some(first) = requests.first() else {
        return Some(LookupProblem::NoRequest);
    };
    let same = |other: &LookupRequest| {
        (&other.asked, other.start, other.end) == (&first.asked, first.start, first.end)
    };
    let last_pages = answers.iter().filter(|(_, answer)| answer.token.is_none());
    let several = answers.iter().any(|(_, answer)| answer.has_several);
    if several || last_pages.count() > 1 || !requests.iter().all(same) {
        return Some(LookupProblem::Ambiguous);
    }
    let asked: BTreeSet<_> = requests
        .iter()
        .map(|request| request.token.as_ref())
        .collect();
    let told: BTreeSet<_> = answers
        .iter()
        .map(|(_, answer)| answer.token.as_ref())
        .collect();
    let whole = match answers {
        [(_, only)] if only.token.is_none() => {
            let pages = u64::try_from(asked.len()).unwrap_or(u64::MAX);
            asked.contains(&None) && (pages == 1 || pages == only.pages)
        }
        _ => {
            let count = answers.len();
            let single = answers.iter().all(|(_, answer)| answer.pages == 1);
            single && asked == told && asked.len() == count && asked.contains(&None)
        }
    };
    (!whole).then_some(LookupProblem::NotWhole)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::inventory::LookupFilter;

    use super::*;

    fn request(token: Option<&str>) -> LookupRequest {
        LookupRequest {
            asked: LookupFilter::Nothing,
            start: None,
            end: None,
            token: token.map(str::to_owned),
        }
    }

    fn page(pages: u64, token: Option<&str>) -> (SourceId, AnswerFile) {
        let answer = AnswerFile {
            pages,
            token: token.map(str::to_owned),
            ..AnswerFile::default()
        };
        (SourceId::default(), answer)
    }

    #[test]
    fn an_answer_is_whole_with_its_request_and_its_last_page() {
        use LookupProblem::{NoRequest, NotWhole};
        let cases = [
            (vec![request(None)], vec![page(1, None)], None),
            (vec![request(None)], vec![page(3, None)], None),
            (vec![], vec![page(1, None)], Some(NoRequest)),
            (
                vec![request(None)],
                vec![page(1, Some("a"))],
                Some(NotWhole),
            ),
            // The last page alone, asked for by its token.
            (
                vec![request(Some("a"))],
                vec![page(1, None)],
                Some(NotWhole),
            ),
            // A page of its own for each request.
            (
                vec![request(None), request(Some("a")), request(Some("b"))],
                vec![page(1, Some("b")), page(1, None), page(1, Some("a"))],
                None,
            ),
            // The page in the middle is missing, with and without its request.
            (
                vec![request(None), request(Some("a")), request(Some("b"))],
                vec![page(1, Some("a")), page(1, None)],
                Some(NotWhole),
            ),
            (
                vec![request(None), request(Some("b"))],
                vec![page(1, Some("a")), page(1, None)],
                Some(NotWhole),
            ),
            (
                vec![request(None)],
                vec![page(1, Some("a")), page(1, None)],
                Some(NotWhole),
            ),
        ];
        for (number, (requests, answers, expected)) in cases.into_iter().enumerate() {
            assert_eq!(problem(&requests, &answers), expected, "{number}");
        }
    }

    #[test]
    fn several_requests_or_answers_of_a_directory_are_ambiguous() {
        let other = LookupRequest {
            start: Some(Timestamp::UNIX_EPOCH),
            ..request(None)
        };
        let two_of_one_file = AnswerFile {
            has_several: true,
            ..page(2, None).1
        };
        for (requests, answers) in [
            (vec![request(None), other], vec![page(1, None)]),
            (vec![request(None)], vec![page(1, None), page(1, None)]),
            (
                vec![request(None)],
                vec![(SourceId::default(), two_of_one_file)],
            ),
        ] {
            let found = problem(&requests, &answers);
            assert_eq!(found, Some(LookupProblem::Ambiguous));
        }
    }
}
