//! Makes a rule of its page.

use std::borrow::Cow;

use crate::text::Span;

use super::declaration::Declaration;
use super::example::{Example, Outcome};
use super::markdown::{Part, PartKind, parts};
use super::{PageError, PageProblem, Rule, RuleId};

/// The headings of every page below its title, in order.
pub const HEADINGS: [&str; 5] = [
    "What it finds",
    "Why it matters",
    "Example",
    "How to fix",
    "References",
];

/// A problem, its bytes and its line.
type Misplaced = (PageProblem, Span, usize);

/// Reads the page of the rule `id`; `file` is the name to speak of it by.
///
/// # Errors
/// Where the declaration, a selector, the order of the headings or the examples are not what a
/// page needs.
pub fn parse(file: &str, id: &str, page: Cow<'static, str>) -> Result<Rule, PageError> {
    let rule = read(id, &page);
    let misplaced = |(problem, span, line)| PageError {
        page: file.to_owned(),
        line,
        column: column(&page, span),
        span,
        problem,
    };
    rule.map_err(misplaced).map(|rule| Rule {
        file: file.to_owned(),
        page,
        ..rule
    })
}

/// The column at which the bytes begin, in characters, from 1.
fn column(page: &str, span: Span) -> usize {
    let before = Span {
        start: 0,
        end: span.start,
    }
    .of(page);
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.chars().count().saturating_add(1)
}

impl Rule {
    /// A problem of the page at the bytes `within`, which stand somewhere in it, and there at `name`;
    /// at its beginning where they do not.
    pub fn problem_at(&self, within: &str, name: &str, problem: PageProblem) -> PageError {
        let page = &*self.page;
        let start = page.find(within).filter(|_| !within.is_empty());
        let inside = start.and_then(|start| {
            let at = within.find(name)?;
            Some((start.checked_add(at)?, name.len()))
        });
        let (start, length) = inside
            .or(start.map(|start| (start, within.len())))
            .unwrap_or_default();
        self.problem(Span::new(start, start.saturating_add(length)), problem)
    }

    /// A problem of the page at the line, from 1.
    pub fn problem_at_line(&self, line: usize, problem: PageProblem) -> PageError {
        let lines = self.page.split_inclusive('\n').take(line.saturating_sub(1));
        let start = lines.map(str::len).sum();
        self.problem(Span::new(start, start), problem)
    }

    /// A problem of the page at the bytes `span` of `text`, which stands somewhere in it.
    pub fn problem_in(&self, text: &str, span: Span, problem: PageProblem) -> PageError {
        let start = self.page.find(text).unwrap_or_default();
        let start = start.saturating_add(span.start as usize);
        self.problem(Span::new(start, start.saturating_add(span.len())), problem)
    }

    fn problem(&self, span: Span, problem: PageProblem) -> PageError {
        let before = Span {
            start: 0,
            end: span.start,
        }
        .of(&self.page);
        PageError {
            page: self.file.clone(),
            line: before.split('\n').count(),
            column: column(&self.page, span),
            span,
            problem,
        }
    }
}

fn read(id: &str, page: &str) -> Result<Rule, Misplaced> {
    let start = |problem| (problem, Span::new(0, 0), 1);
    let id = RuleId::new(id).map_err(|error| start(error.into()))?;
    let parts = parts(page);
    if let Some(open) = parts.iter().find(|part| part.kind == PartKind::OpenBlock) {
        return Err((PageProblem::OpenBlock, open.span, open.line));
    }
    let (front, rest) = match parts.split_first() {
        Some((front, rest)) if front.kind == PartKind::Block("toml") => (front, rest),
        _ => return Err(start(PageProblem::NoDeclaration)),
    };
    let declaration = Declaration::parse(front.text)
        .map_err(|(problem, span)| place_in_block(page, front, problem, span))?;
    let (title, body) = match rest.split_first() {
        Some((title, body)) if title.kind == PartKind::Title => (title, body),
        other => {
            return Err(missing(
                other.map(|(part, _)| part),
                page,
                PageProblem::NoTitle,
            ));
        }
    };
    check_headings(body, page)?;
    let examples = examples_in(body);
    for (outcome, word) in [(Outcome::Fires, "fires"), (Outcome::Silent, "silent")] {
        if examples.iter().all(|example| example.outcome != outcome) {
            return Err((PageProblem::NoExample(word), title.span, title.line));
        }
    }
    let rule = Rule {
        id,
        title: title.text.to_owned(),
        severity: declaration.severity,
        confidence: declaration.confidence,
        selectors: declaration.selectors,
        raised: declaration.raised,
        lowered: declaration.lowered,
        message: declaration.message,
        together: declaration.together,
        label: declaration.label,
        help: declaration.help,
        fix: declaration.fix,
        references: declaration.references.into_iter().map(Into::into).collect(),
        related: declaration.related,
        file: String::new(),
        page: Cow::Borrowed(""),
        also: Vec::new(),
    };
    let also = declaration.also.into_iter();
    let also = also.map(|(selectors, words)| rule.worded(selectors, words));
    let also = also.collect();
    Ok(Rule { also, ..rule })
}

/// A problem at a part, or at the end of the page where there is none.
fn missing(part: Option<&Part<'_>>, page: &str, problem: PageProblem) -> Misplaced {
    match part {
        Some(part) => (problem, part.span, part.line),
        None => (
            problem,
            Span::new(page.len(), page.len()),
            page.lines().count(),
        ),
    }
}

fn place_in_block(
    page: &str,
    front: &Part<'_>,
    problem: PageProblem,
    span: Option<Span>,
) -> Misplaced {
    let Some(inner) = span else {
        return (problem, front.span, front.line);
    };
    let span = Span {
        start: front.span.start.saturating_add(inner.start),
        end: front.span.start.saturating_add(inner.end),
    };
    let before = Span { start: 0, ..span };
    let before = before.of(page).len().saturating_sub(span.len());
    let lines = page.get(..before).unwrap_or_default().split('\n').count();
    (problem, span, lines)
}

/// Holds that the headings are [`HEADINGS`], with something below each.
fn check_headings(body: &[Part<'_>], page: &str) -> Result<(), Misplaced> {
    let mut parts = body.iter().peekable();
    for expected in HEADINGS {
        let heading = match parts.next() {
            Some(part) if part.kind == PartKind::Heading && part.text == expected => part,
            Some(part) => {
                let found = part.text.lines().next().unwrap_or_default().to_owned();
                let problem = PageProblem::Heading { expected, found };
                return Err((problem, part.span, part.line));
            }
            None => return Err(missing(None, page, PageProblem::MissingHeading(expected))),
        };
        let is_content =
            |part: &&Part<'_>| matches!(part.kind, PartKind::Text | PartKind::Block(_));
        if parts.next_if(is_content).is_none() {
            let problem = PageProblem::EmptySection(expected);
            return Err((problem, heading.span, heading.line));
        }
        while parts.next_if(is_content).is_some() {}
    }
    match parts.next() {
        Some(part) => Err((
            PageProblem::Heading {
                expected: "(the end)",
                found: part.text.to_owned(),
            },
            part.span,
            part.line,
        )),
        None => Ok(()),
    }
}

/// The blocks of a page whose first line says what the rule does with them.
pub(super) fn examples(page: &str) -> Vec<Example> {
    examples_in(&parts(page))
}

fn examples_in(body: &[Part<'_>]) -> Vec<Example> {
    let mut examples = Vec::new();
    for part in body {
        let PartKind::Block(info) = part.kind else {
            continue;
        };
        let mut words = info.split_whitespace();
        let (Some(language), Some(outcome)) =
            (words.next(), words.next().and_then(Outcome::from_word))
        else {
            continue;
        };
        let name = match words.next() {
            Some(name) => name.to_owned(),
            None => format!("policy.{language}"),
        };
        let file = (name, part.text.to_owned());
        Example::add(&mut examples, outcome, file, part.line);
    }
    examples
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "```toml\nseverity = \"error\"\nconfidence = \"high\"\n\
        selector = \"$.access.schedule[*]\"\nmessage = \"m\"\nhelp = \"h\"\n\
        references = [\"https://docs.aws.amazon.com/\"]\n```\n\n# Title\n\n## What it finds\n\nx\n\n\
        ## Why it matters\n\nx\n\n## Example\n\n```json fires policy.json\n{}\n```\n\n\
        ```json fires key.json\n{}\n```\n\n```json fires key.json\n{}\n```\n\n\
        ```json silent\n{}\n```\n\n## How to fix\n\nx\n\n## References\n\nx\n";

    fn parsed(page: &str) -> Result<Rule, PageError> {
        parse("rules/a.md", "a", Cow::Owned(page.to_owned()))
    }

    #[test]
    fn blocks_of_one_outcome_with_new_names_are_one_directory() {
        let rule = parsed(PAGE).unwrap();
        let seen: Vec<_> = rule
            .examples()
            .iter()
            .map(|example| (example.outcome, example.files.len(), example.line))
            .collect();
        assert_eq!(
            seen,
            [
                (Outcome::Fires, 2, 22),
                (Outcome::Fires, 1, 30),
                (Outcome::Silent, 1, 34)
            ]
        );
        assert_eq!(rule.examples()[2].files[0].0, "policy.json");
        assert!(rule.text().starts_with("# Title\n"));
    }

    fn hold_place((from, to): (&str, &str), at: (usize, &str), problem: &str) {
        let page = PAGE.replacen(from, to, 1);
        let error = parsed(&page).unwrap_err();
        assert!(error.to_string().contains(problem), "{to}: {error}");
        assert_eq!((error.line, error.span.of(&page)), at, "{error}");
    }

    #[test]
    fn a_selector_is_wrong_at_one_place_in_it() {
        for (from, to, line, underlined, problem) in [
            ("[*]", "[", 4, "\"", "not a JSONPath"),
            ("[*]", "[*]]", 4, "]\"", "not a JSONPath"),
            ("[*]", "[?@[\\\"a\\\"] = 1]", 4, "= 1]\"", "not a JSONPath"),
            (
                "\"$.access.schedule[*]\"",
                "'''\n$.a # the list\n[?@.b = 1]\n'''",
                6,
                "= 1]\n'''",
                "not a JSONPath",
            ),
            (
                "\"$.access.schedule[*]\"",
                "[\"$.a\", \"$.b[\"]",
                4,
                "\"",
                "not a JSONPath",
            ),
            (
                "\"$.access.schedule[*]\"",
                "7",
                4,
                "7",
                "expected a selector or a list of selectors",
            ),
        ] {
            hold_place((from, to), (line, underlined), problem);
        }
    }

    #[test]
    fn problems_are_placed_in_the_page() {
        for (from, to, line, underlined, problem) in [
            ("high", "sure", 3, "\"sure\"", "unknown variant"),
            ("help", "halp", 6, "halp", "unknown field `halp`"),
            (
                "https",
                "http",
                7,
                "[\"http://docs.aws.amazon.com/\"]",
                "not an `https`",
            ),
            ("# Title", "Title", 10, "Title", "expected the title"),
            (
                "## How to fix\n\nx\n",
                "",
                39,
                "## References",
                "expected the heading",
            ),
            (
                "## How to fix\n\nx\n",
                "## How to fix\n",
                38,
                "## How to fix",
                "nothing stands below",
            ),
            (
                "```json silent",
                "```json",
                10,
                "# Title",
                "no example of kind `silent`",
            ),
            (
                "```json silent\n{}\n```",
                "```json silent",
                34,
                "```json silent",
                "no end",
            ),
            ("```toml", "```json", 1, "", "does not begin"),
        ] {
            hold_place((from, to), (line, underlined), problem);
        }
        let error = parse("b", "Bad_Id", Cow::Borrowed(PAGE)).unwrap_err();
        assert!(matches!(error.problem, PageProblem::Id(_)));
    }

    #[test]
    fn texts_are_not_empty_and_close_their_braces() {
        for (written, problem) in [
            ("\" \"", "5:11: `message` is empty"),
            ("\"{who` can\"", "5:11: a `}` is missing behind `{who`"),
        ] {
            let error = parsed(&PAGE.replacen("\"m\"", written, 1)).unwrap_err();
            assert_eq!(error.to_string(), format!("rules/a.md:{problem}"));
        }
        assert!(parsed(&PAGE.replacen("\"m\"", "'{\"Bool\": {}} {'", 1)).is_ok());
    }
}
