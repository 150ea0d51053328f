//! Which fields and words facts must have somewhere for a selector to select anything of them.

use crate::document::{AskedTexts, Vocabulary, Word};
use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, JpQuery, Literal, Segment, Selector, SingularQuery,
    SingularQuerySegment, Test,
};

/// What a selector cannot do without.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs {
    /// All of them.
    all: Vec<Word>,
    /// The fields of which a text is among them.
    fields: Vec<Word>,
    /// Whether one of them is a text of any field.
    anywhere: bool,
    /// Of each of these, one.
    one_of: Vec<Vec<Self>>,
}

impl Needs {
    fn add(&mut self, word: Word) {
        self.all.push(word);
    }

    /// That the field has the text.
    fn add_text_of(&mut self, name: &str, text: &str) {
        let field = Word::field(name);
        self.fields.push(field);
        self.add(field.with(Word::text(text)));
    }

    /// Adds the fields of which texts are needed.
    pub(super) fn ask(&self, asked: &mut AskedTexts) {
        self.fields.iter().for_each(|field| asked.add_field(*field));
        if self.anywhere {
            asked.add_all();
        }
        self.one_of.iter().flatten().for_each(|way| way.ask(asked));
    }

    fn are_none(&self) -> bool {
        self.all.is_empty() && self.one_of.is_empty()
    }

    /// The innermost of what is needed, which fewest facts have.
    pub(super) fn rarest(&self) -> Option<Word> {
        self.all.last().copied()
    }

    /// Whether all that is needed is there.
    pub(super) fn are_in(&self, words: &Vocabulary) -> bool {
        self.all.iter().rev().all(|word| words.has(*word))
            && self
                .one_of
                .iter()
                .all(|ways| ways.iter().any(|way| way.are_in(words)))
    }
}

/// Without any of these the query selects nothing.
pub(super) fn needed(query: &JpQuery) -> Needs {
    let mut needs = Needs::default();
    segments(&query.segments, &mut needs);
    needs
}

fn segments(all: &[Segment], needs: &mut Needs) {
    for one in all {
        segment(one, needs);
    }
    for (one, next) in all.iter().zip(all.iter().skip(1)) {
        if let (
            Segment::Selector(Selector::Name(name)),
            Segment::Selector(Selector::Filter(inner)),
        ) = (one, next)
        {
            items(name, inner, needs);
        }
    }
}

/// `name[?@ == 'text']`: the list of that name must hold the text.
fn items(name: &str, filter: &Filter, needs: &mut Needs) {
    match filter {
        Filter::And(parts) => parts.iter().for_each(|part| items(name, part, needs)),
        Filter::Or(parts) => {
            if let [only] = parts.as_slice() {
                items(name, only, needs);
            }
        }
        Filter::Atom(FilterAtom::Comparison(comparison)) => {
            if let Comparison::Eq(
                Comparable::SingularQuery(SingularQuery::Current(path)),
                Comparable::Literal(Literal::String(text)),
            ) = &**comparison
                && path.is_empty()
                && !text.contains('\\')
            {
                needs.add_text_of(name, text);
            }
        }
        Filter::Atom(_) => {}
    }
}

fn segment(segment_: &Segment, needs: &mut Needs) {
    match segment_ {
        Segment::Descendant(inner) => segment(inner, needs),
        Segment::Selector(Selector::Name(name)) => needs.add(Word::field(name)),
        Segment::Selector(Selector::Filter(inner)) => filter(inner, needs),
        // Of several any may select.
        Segment::Selector(_) | Segment::Selectors(_) => {}
    }
}

fn filter(filter_: &Filter, needs: &mut Needs) {
    match filter_ {
        Filter::And(parts) => parts.iter().for_each(|part| filter(part, needs)),
        Filter::Or(parts) => {
            let ways = parts.iter().map(|part| {
                let mut way = Needs::default();
                filter(part, &mut way);
                way
            });
            let ways: Vec<_> = ways.collect();
            if !ways.iter().any(Needs::are_none) {
                needs.one_of.push(ways);
            }
        }
        Filter::Atom(FilterAtom::Filter { expr, not: false }) => filter(expr, needs),
        Filter::Atom(FilterAtom::Test { expr, not: false }) => match &**expr {
            Test::RelQuery(inner) => segments(inner, needs),
            Test::AbsQuery(inner) => segments(&inner.segments, needs),
            Test::Function(_) => {}
        },
        Filter::Atom(FilterAtom::Comparison(comparison)) => compare(comparison, needs),
        // What is denied is true of a field that is missing.
        Filter::Atom(FilterAtom::Filter { .. } | FilterAtom::Test { .. }) => {}
    }
}

/// A field that is missing equals no value.
fn compare(comparison: &Comparison, needs: &mut Needs) {
    let (Comparison::Eq(Comparable::SingularQuery(query), Comparable::Literal(value))
    | Comparison::Eq(Comparable::Literal(value), Comparable::SingularQuery(query))) = comparison
    else {
        return;
    };
    let (SingularQuery::Current(path) | SingularQuery::Root(path)) = query;
    // Whether the engine tells null from missing is not relied on.
    if matches!(value, Literal::Null) {
        return;
    }
    for step in path {
        if let SingularQuerySegment::Name(name) = step {
            needs.add(Word::field(name));
        }
    }
    match (path.last(), value) {
        // Nor how it reads escapes.
        (_, Literal::String(text)) if text.contains('\\') => {}
        (Some(SingularQuerySegment::Name(name)), Literal::String(text)) => {
            needs.add_text_of(name, text);
        }
        (_, Literal::String(text)) => {
            needs.anywhere = true;
            needs.add(Word::text(text));
        }
        (Some(SingularQuerySegment::Name(name)), Literal::Bool(flag)) => {
            needs.add(Word::field(name).with(Word::flag(*flag)));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use jsonpath_rust::parser::parse_json_path;
    use serde_json::{Value, json};

    use super::*;
    use crate::document::written;

    fn needs(selector: &str, facts: &Value) -> bool {
        let query = parse_json_path(selector).unwrap();
        let (needed, facts) = (needed(&query), written(facts).unwrap());
        let mut asked = AskedTexts::default();
        needed.ask(&mut asked);
        let are_in = needed.are_in(&facts.words());
        let are_in_asked = needed.are_in(&facts.asked_words(&asked.into()));
        assert_eq!(are_in, are_in_asked, "{selector}");
        are_in
    }

    #[test]
    fn a_missing_field_makes_a_selector_vain() {
        let facts = json!({"a": [{"b": 1, "c": ["x"], "t": true, "s": "y2"}], "e": [[{"f": 1, "g": "y3"}]]});
        for vain in [
            "$.z",
            "$.a[*].z",
            "$.a[?@.z]",
            "$.a[?@.z == true]",
            "$.a[?@.b == 1 && (@.z.y == 'x')]",
            "$.a[?@.c[?@.z == 1]]",
            "$.a[?$.z[?@.b]]",
            "$.a[?@.b == 'y']",
            "$.a[?@.c[?@ == 'y']]",
            "$.a[?@.t == false]",
            "$.a[?@.b == 'y2']",
            "$.a[?@.g == 'y2']",
            "$.a[?$.e[0][0].f == 'y3']",
            "$.a[?@.z == 'x' || @.s == 'y3']",
            "$.a[?(@.z == 'x' || @.t == false) && @.b]",
            "$.a[?@.c[?@ == 'y2']]",
            "$.a[?@.a[?@ == 'x']]",
        ] {
            assert!(!needs(vain, &facts), "{vain}");
        }
        for useful in [
            "$.a[?@.b]",
            "$.a[?@.z == null]",
            "$.a[?!@.z]",
            "$.a[?!(@.z == 1)]",
            "$.a[?@.z != 1]",
            "$.a[?@.z == 1 || @.b == 1]",
            "$.a[?@.z <= 1]",
            "$.e[*][?@.f]",
            "$.a[?@.c[?@ == 'x']]",
            "$.a[?@.b != 'y']",
            "$.a[?@.b == 'y' || @.b == 1]",
            "$.a[?length(@.z) < 4]",
            "$.a[?@.t == true]",
            "$.a[?'y2' == @.s]",
            "$.a[?$.e[0][0].g == 'y3']",
            "$.a[?@.c[0] == 'x']",
            "$.a[?@.z == 'x' || @.s == 'y2']",
            "$.a[?@.z == 'x' || !@.q]",
        ] {
            assert!(needs(useful, &facts), "{useful}");
        }
    }
}
