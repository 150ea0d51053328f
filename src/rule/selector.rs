//! What a rule selects from the facts: a compiled JSONPath (RFC 9535).

use std::borrow::Cow;
use std::sync::Arc;

use super::Selected;
use super::builtin::query;
use super::comments::{kept, without_comments};
use super::evaluate::{TooManySteps, select};
use super::needs::{Needs, needed};
use super::selector_check::check;
use crate::document::{AskedTexts, Fact, Vocabulary, Word};
use jsonpath_rust::parser::errors::JsonPathError;
use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::parser::parse_json_path;
use pest::error::InputLocation;

/// A JSONPath over the facts, compiled once and shared by all its clones.
#[derive(Clone, Debug)]
pub struct Selector {
    compiled: Arc<Compiled>,
    /// The rarest of what it needs: most selectors are put aside by this one look.
    rarest: Option<Word>,
}

#[derive(Debug)]
struct Compiled {
    text: Box<str>,
    query: JpQuery,
    /// Without any of these it selects nothing.
    needed: Needs,
}

/// A selector that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// It is not a JSONPath.
    #[error("`{selector}` is not a JSONPath: {reason}")]
    Syntax {
        /// The selector.
        selector: String,
        /// What the parser says.
        reason: String,
        /// The byte of the selector at which that is so, where the parser says it.
        at: Option<usize>,
    },
    /// It calls a function that does not exist; it would count as false.
    #[error("unknown function `{function}`")]
    UnknownFunction {
        /// The function's name.
        function: String,
    },
    /// It matches against something that is no regular expression; it would count as false.
    #[error("`{pattern}` is not a regular expression")]
    Regex {
        /// What is written.
        pattern: String,
    },
    /// A function whose value is no truth stands by itself; it would count as false.
    #[error("`{function}` is a value: compare it")]
    NoTest {
        /// The function as written.
        function: String,
    },
    /// A function takes something else; it would count as false.
    #[error("`{function}`: it takes {takes}")]
    Argument {
        /// The function as written.
        function: String,
        /// What it takes.
        takes: &'static str,
    },
    /// A name with a blank in it and without quotes, which is a forgotten dot or operator.
    #[error(
        "`{name}` is not the name of a field: write `['{name}']` for a name with a blank in it"
    )]
    Name {
        /// What is written.
        name: String,
    },
}

impl Selector {
    /// Compiles a JSONPath. One that stands on several lines may have comments: what stands behind a `#`
    /// outside of strings.
    ///
    /// # Errors
    /// Where it is not one, or where the engine would take it for something else without a word.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let path = without_comments(text);
        if let Some(at) = too_deep(&path) {
            return Err(SelectorError::Syntax {
                selector: text.to_owned(),
                reason: format!(
                    "brackets nest more than {MOST_BRACKETS} deep, or parentheses more than {MOST_PARENTHESES}"
                ),
                at: Some(in_selector(text, at)),
            });
        }
        let query = parse_json_path(&path).map_err(|error| syntax(text, &error))?;
        check(&path, &query)?;
        Ok(Self::of(text, query))
    }

    /// The same where the build script has parsed it, unless it is none of a rule that comes with
    /// kmslint.
    pub(super) fn builtin(text: &str) -> Result<Self, SelectorError> {
        query(text).map_or_else(|| Self::parse(text), |query| Ok(Self::of(text, query)))
    }

    fn of(text: &str, query: JpQuery) -> Self {
        let needed = needed(&query);
        Self {
            rarest: needed.rarest(),
            compiled: Arc::new(Compiled {
                text: text.into(),
                needed,
                query,
            }),
        }
    }

    /// The query.
    pub(super) fn query(&self) -> &JpQuery {
        &self.compiled.query
    }

    /// The JSONPath as written.
    pub fn text(&self) -> &str {
        &self.compiled.text
    }

    /// The JSONPath alone, without the comments of a selector that stands on several lines.
    pub fn path(&self) -> Cow<'_, str> {
        without_comments(&self.compiled.text)
    }

    /// Whether facts that have these words may have nodes for it.
    pub fn may_select(&self, words: &Vocabulary) -> bool {
        self.rarest.is_none_or(|word| words.has(word)) && self.compiled.needed.are_in(words)
    }

    /// Adds the fields of which it asks for texts.
    pub(super) fn ask(&self, asked: &mut AskedTexts) {
        self.compiled.needed.ask(asked);
    }

    /// Whether it may read this member of the facts.
    pub fn may_read(&self, member: &str) -> bool {
        let path = self.path();
        let mut roots = path.split('$').skip(1);
        let names_one = |rest: &str| {
            let name = rest.strip_prefix('.');
            name.is_some_and(|name| name.starts_with(|first: char| first.is_ascii_alphabetic()))
        };
        path.contains(member) || !roots.all(names_one)
    }

    /// The nodes that it selects, in the order of the document.
    ///
    /// # Errors
    /// Where it would take too long.
    pub fn select<'a, 'f>(
        &self,
        facts: &'a Fact<'f>,
    ) -> Result<Vec<Selected<'a, 'f>>, TooManySteps> {
        select(&self.compiled.query, facts)
    }
}

/// Brackets within each other: the parser recurses.
const MOST_BRACKETS: usize = 64;
/// Parentheses within each other: the parser reads what is in those of a function twice, so that each level
/// doubles its time.
const MOST_PARENTHESES: usize = 8;

/// The byte of the first bracket or parenthesis that is in too many others; those in strings are none.
fn too_deep(path: &str) -> Option<usize> {
    let (mut brackets, mut parentheses) = (0_usize, 0_usize);
    let mut quote = None;
    let mut bytes = path.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match (quote, byte) {
            (Some(_), b'\\') => drop(bytes.next()),
            (Some(open), _) => quote = quote.filter(|_| open != byte),
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'[') => brackets = brackets.saturating_add(1),
            (None, b']') => brackets = brackets.saturating_sub(1),
            (None, b'(') => parentheses = parentheses.saturating_add(1),
            (None, b')') => parentheses = parentheses.saturating_sub(1),
            (None, _) => {}
        }
        if brackets > MOST_BRACKETS || parentheses > MOST_PARENTHESES {
            return Some(at);
        }
    }
    None
}

/// The parser's own message draws a picture over several lines; one line is enough.
fn syntax(text: &str, error: &JsonPathError) -> SelectorError {
    let (reason, at) = match error {
        JsonPathError::PestError(error) => {
            let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
            let reason = error.variant.message().into_owned();
            (reason, Some(in_selector(text, at)))
        }
        other => (other.to_string(), None),
    };
    SelectorError::Syntax {
        selector: text.to_owned(),
        reason,
        at,
    }
}

/// Where in a selector the byte of its JSONPath stands.
fn in_selector(text: &str, at: usize) -> usize {
    if !text.contains('\n') {
        return at;
    }
    let kept = kept(text).into_iter();
    let path = kept.skip_while(|(_, c)| c.is_whitespace());
    let mut end = 0_usize;
    let mut last = 0;
    for (place, c) in path {
        if end >= at {
            return place;
        }
        end = end.saturating_add(c.len_utf8());
        last = place.saturating_add(c.len_utf8());
    }
    last
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::document::written;

    fn values(selector: &str, facts: &Value) -> Vec<Value> {
        let selector = Selector::parse(selector).unwrap();
        let facts = written(facts).unwrap();
        let nodes = selector.select(&facts).unwrap();
        nodes
            .iter()
            .map(|node| serde_json::to_value(node.value()).unwrap())
            .collect()
    }

    #[test]
    fn two_paths_can_be_compared_and_children_of_the_top_filtered() {
        let facts = json!({
            "limits": {"minimum_waiting_period": 14},
            "access": {"someone": true, "schedule": [{"shortest": 7}, {"shortest": 14}, {"shortest": null}]}
        });
        let short = "$.access.schedule[?@.shortest < $.limits.minimum_waiting_period]";
        assert_eq!(values(short, &facts), [json!({"shortest": 7})]);
        let commented =
            "$.access.schedule[?\n  @.shortest > 7 # long\n  && @.shortest # 'known'\n]\n";
        assert_eq!(values(commented, &facts), [json!({"shortest": 14})]);
        let first = "$[?@.someone == true && !@.nobody].schedule[0].shortest";
        assert_eq!(values(first, &facts), [json!(7)]);
        assert_eq!(values("$.limits.nothing[*]", &facts), [] as [Value; 0]);
    }

    #[test]
    fn what_a_selector_reads_is_known_where_it_names_members() {
        for (selector, reads) in [
            (
                "$.key[?@.pending && $.limits.minimum_waiting_period > 7]",
                false,
            ),
            ("$.statements[?$.access.someone]", true),
            ("$.statements[?match(@.sid, 'a$')]", true),
            ("$[?@.kind == 'key']", true),
            ("$..schedule", true),
            ("$.*.at", true),
            ("$.key[?$['access']]", true),
            ("$.key[?$ ['acc\\u0065ss']]", true),
        ] {
            let selector = Selector::parse(selector).unwrap();
            assert_eq!(selector.may_read("access"), reads, "{}", selector.text());
        }
    }

    #[test]
    fn what_the_engine_would_silently_take_for_false_is_refused() {
        for bad in [
            "",
            "access",
            "$.a[",
            "$.a[?match(@.b, '[')]",
            "$.a[?search(@.b, '(') && @.c]",
            "$.a[?contains(@.b, 'c')]",
            "$.a[?length(@.b)]",
            "$.a[?count(@.b[*]) && @.c]",
            "$.a[?!value(@.b)]",
            "$.a[?match(@.b, '(?x)a # b')]",
            "$.a[?match(@.b, 'a)|(b')]",
            "$.a[?length(@.c[*]) == 1]",
            "$.a[?search(@.c[?@.d], 'x')]",
            "$.a[?search(@..c, 'x')]",
            "$.a[?match(length(@.b), 'x') && @.c[?length(@.*) > 1]]",
            "$.a[?count('x') == 1]",
            "$.a[?value(length(@.b)) == 1]",
            "$.a[?length(match(@.b, 'x')) == 1]",
            "$.a b",
        ] {
            assert!(Selector::parse(bad).is_err(), "{bad}");
        }
        for good in [
            "$.a[?match(@.b, 'Numeric.*')]",
            "$['a b']['']",
            "$.a ['b'] .c",
            "$.a[?@.b == '.c d' && @.e]",
        ] {
            assert!(Selector::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn what_would_take_the_parser_too_long_is_refused() {
        for open in [
            "[?length(@",
            "[?search(@.",
            "[?@",
            "[?(",
            "[?!(",
            "[?@.a[?@ || (@",
        ] {
            let error = Selector::parse(&format!("$.a{}", open.repeat(100_000))).unwrap_err();
            assert!(error.to_string().contains(" deep"), "{open}");
        }
        let deep = format!(
            "$.a{}{}",
            "[?@.b".repeat(MOST_BRACKETS),
            "]".repeat(MOST_BRACKETS)
        );
        assert!(Selector::parse(&deep).is_ok());
        let quoted = format!(
            "$.a[?@.b == '{}\\'' && @.c == \"'{}\"]",
            "(".repeat(99),
            "[".repeat(99)
        );
        assert!(Selector::parse(&quoted).is_ok());
    }

    #[test]
    fn what_stands_in_the_path_is_found_in_the_selector() {
        let text = "\n$.a # the list\n[?@.b == 'ä'] # its items\n";
        let path = without_comments(text);
        let from = |at: usize| text.split_at(in_selector(text, at)).1;
        for (at, c) in path.char_indices() {
            assert!(from(at).starts_with(c), "{at} {c}");
        }
        assert!(from(path.len()).starts_with(" # its"));
        assert_eq!(in_selector("$.a", 2), 2);
    }
}
