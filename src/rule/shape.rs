//! Which fields a document can have, as its JSON Schema says, and what of a rule names none of them.
//!
//! A selector on a field that does not exist selects nothing, and a message with one says `unknown`: the
//! rule is then one that passed.

use serde_json::Value;

use jsonpath_rust::parser::model::{
    Comparable, Filter, FilterAtom, FnArg, JpQuery, Segment, Selector as Step, SingularQuery,
    SingularQuerySegment, Test, TestFunction,
};

use super::{FieldPath, Nodes, Related, Rule, Template, TogetherTemplate};

/// The shape of a document.
#[derive(Clone, Debug)]
pub struct Shape {
    schema: Value,
}

/// What a node can be: schemas without references.
type Kinds<'s> = Vec<&'s Value>;

/// A name in a rule that no field there has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownField {
    /// The name.
    pub name: String,
    /// The selector or the text that has it.
    pub within: String,
    /// Names of the fields there, sorted.
    pub known: Vec<String>,
}

/// The name, and what could stand there.
type Missing = (String, Vec<String>);

impl Shape {
    /// The shape of the items of this schema's array. Nothing where it is no JSON.
    pub fn of_items(schema: &str) -> Option<Self> {
        let schema = serde_json::from_str(schema).ok()?;
        Some(Self { schema })
    }

    /// The first name in the rule that no field has where it stands.
    pub fn unknown_field(&self, rule: &Rule) -> Option<UnknownField> {
        let unknown = |within: &str| {
            let within = within.to_owned();
            move |(name, known): Missing| UnknownField {
                name,
                within,
                known,
            }
        };
        let mut chains = Vec::new();
        for (_, selector) in rule.graded() {
            let text = selector.text();
            match self.select(selector.query()) {
                Ok(chain) => chains.push(chain),
                Err(missing) => return Some(unknown(text)(missing)),
            }
        }
        for template in [&rule.message, &rule.label, &rule.help] {
            let mut missing = chains.iter().map(|chain| self.template(template, chain));
            if let Some(missing) = missing.find_map(Result::err) {
                return Some(unknown(template.text())(missing));
            }
        }
        for template in rule.together.iter().flat_map(TogetherTemplate::values) {
            let mut missing = chains.iter().map(|chain| self.template(template, chain));
            if let Some(missing) = missing.find_map(Result::err) {
                return Some(unknown(template.text())(missing));
            }
        }
        let mut also = rule.also.iter();
        if let Some(unknown) = also.find_map(|also| self.unknown_field(also)) {
            return Some(unknown);
        }
        // What one selector finds may have places that another's has not.
        for related in &rule.related {
            let mut found = chains.iter().map(|chain| self.related(related, chain));
            let Some(Err(first)) = found.next() else {
                continue;
            };
            if found.all(|found| found.is_err()) {
                return Some(first);
            }
        }
        None
    }

    fn related(&self, related: &Related, chain: &[Kinds<'_>]) -> Result<(), UnknownField> {
        let unknown = |within: &str, (name, known): Missing| UnknownField {
            name,
            within: within.to_owned(),
            known,
        };
        let inner = match &related.nodes {
            Nodes::Enclosing => enclosing(chain),
            Nodes::Selected(selector) => {
                let found = self.select(selector.query());
                found.map_err(|missing| unknown(selector.text(), missing))?
            }
            Nodes::Field(path) => {
                let found = self.find(path, chain);
                let found = found.map_err(|missing| unknown(&path.names.join("."), missing))?;
                let mut inner = chain.to_vec();
                inner.push(self.items_or_self(&found));
                inner
            }
        };
        let label = self.template(&related.label, &inner);
        label.map_err(|missing| unknown(related.label.text(), missing))
    }

    fn template(&self, template: &Template, chain: &[Kinds<'_>]) -> Result<(), Missing> {
        let mut fields = template.fields();
        fields.try_for_each(|path| self.find(path, chain).map(drop))
    }

    /// What the path of a template leads to, from the last of the chain outwards.
    fn find<'s>(&'s self, path: &FieldPath, chain: &[Kinds<'s>]) -> Result<Kinds<'s>, Missing> {
        let Some((first, rest)) = path.names.split_first() else {
            return Ok(Vec::new());
        };
        let outwards = chain.iter().rev();
        let start = if path.absolute {
            self.property(&self.root(), first)
        } else {
            let mut found = outwards.clone().map(|kinds| self.property(kinds, first));
            let found = found.find(|found| !found.is_empty());
            found.unwrap_or_default()
        };
        if start.is_empty() {
            let known = outwards.flat_map(|kinds| names(kinds)).collect();
            return Err((first.to_string(), sorted(known)));
        }
        rest.iter()
            .try_fold(start, |kinds, name| self.step(&kinds, name))
    }

    /// The kinds that a query comes to, each step of its way.
    fn select(&self, query: &JpQuery) -> Result<Vec<Kinds<'_>>, Missing> {
        self.walk(&query.segments, self.root())
    }

    fn walk<'s>(
        &'s self,
        segments: &[Segment],
        from: Kinds<'s>,
    ) -> Result<Vec<Kinds<'s>>, Missing> {
        let mut chain = vec![from];
        for segment in segments {
            let current = chain.last().cloned().unwrap_or_default();
            chain.push(self.segment(segment, &current)?);
        }
        Ok(chain)
    }

    fn segment<'s>(&'s self, segment: &Segment, on: &Kinds<'s>) -> Result<Kinds<'s>, Missing> {
        match segment {
            Segment::Descendant(inner) => self.segment(inner, &self.below(on)),
            Segment::Selector(one) => self.one(one, on),
            Segment::Selectors(many) => {
                let mut found = Vec::new();
                for one in many {
                    self.one(one, on)?
                        .into_iter()
                        .for_each(|kind| add(&mut found, kind));
                }
                Ok(found)
            }
        }
    }

    fn one<'s>(&'s self, step: &Step, on: &Kinds<'s>) -> Result<Kinds<'s>, Missing> {
        match step {
            Step::Name(name) => self.step(on, bare(name)),
            Step::Index(_) | Step::Slice(..) => Ok(self.items(on)),
            Step::Wildcard => Ok(self.children(on)),
            Step::Filter(filter) => {
                let children = self.children(on);
                self.filter(filter, &children)?;
                Ok(children)
            }
        }
    }

    fn filter<'s>(&'s self, filter: &Filter, on: &Kinds<'s>) -> Result<(), Missing> {
        match filter {
            Filter::Or(parts) | Filter::And(parts) => {
                parts.iter().try_for_each(|part| self.filter(part, on))
            }
            Filter::Atom(FilterAtom::Filter { expr, .. }) => self.filter(expr, on),
            Filter::Atom(FilterAtom::Test { expr, .. }) => self.test(expr, on),
            Filter::Atom(FilterAtom::Comparison(comparison)) => {
                let (left, right) = comparison.vals();
                [left, right].into_iter().try_for_each(|side| match side {
                    Comparable::Literal(_) => Ok(()),
                    Comparable::Function(function) => self.function(function, on),
                    Comparable::SingularQuery(SingularQuery::Current(path)) => {
                        self.path(path, on.clone())
                    }
                    Comparable::SingularQuery(SingularQuery::Root(path)) => {
                        self.path(path, self.root())
                    }
                })
            }
        }
    }

    fn path<'s>(&'s self, path: &[SingularQuerySegment], from: Kinds<'s>) -> Result<(), Missing> {
        let step = |kinds: Kinds<'s>, segment: &SingularQuerySegment| match segment {
            SingularQuerySegment::Index(_) => Ok(self.items(&kinds)),
            SingularQuerySegment::Name(name) => self.step(&kinds, bare(name)),
        };
        path.iter().try_fold(from, step).map(drop)
    }

    fn test<'s>(&'s self, test: &Test, on: &Kinds<'s>) -> Result<(), Missing> {
        match test {
            Test::RelQuery(segments) => self.walk(segments, on.clone()).map(drop),
            Test::AbsQuery(query) => self.select(query).map(drop),
            Test::Function(function) => self.function(function, on),
        }
    }

    fn function<'s>(&'s self, function: &TestFunction, on: &Kinds<'s>) -> Result<(), Missing> {
        let argument = |argument: &FnArg| match argument {
            FnArg::Literal(_) => Ok(()),
            FnArg::Test(test) => self.test(test, on),
            FnArg::Filter(filter) => self.filter(filter, on),
        };
        match function {
            TestFunction::Custom(_, arguments) => arguments.iter().try_for_each(argument),
            TestFunction::Length(inner) => argument(inner),
            TestFunction::Value(inner) | TestFunction::Count(inner) => argument(inner),
            TestFunction::Search(text, pattern) | TestFunction::Match(text, pattern) => {
                argument(text)?;
                argument(pattern)
            }
        }
    }

    fn root(&self) -> Kinds<'_> {
        self.resolved(self.schema.get("items"))
    }

    /// The field of this name of any of the kinds.
    fn step<'s>(&'s self, on: &Kinds<'s>, name: &str) -> Result<Kinds<'s>, Missing> {
        let found = self.property(on, name);
        if found.is_empty() {
            return Err((name.to_owned(), sorted(names(on).collect())));
        }
        Ok(found)
    }

    fn property<'s>(&'s self, on: &Kinds<'s>, name: &str) -> Kinds<'s> {
        let fields = on.iter().map(|kind| kind.get("properties")?.get(name));
        self.all_resolved(fields)
    }

    fn items<'s>(&'s self, on: &Kinds<'s>) -> Kinds<'s> {
        self.all_resolved(on.iter().map(|kind| kind.get("items")))
    }

    fn items_or_self<'s>(&'s self, on: &Kinds<'s>) -> Kinds<'s> {
        let items = self.items(on);
        if items.is_empty() { on.clone() } else { items }
    }

    /// The items and the fields of each.
    fn children<'s>(&'s self, on: &Kinds<'s>) -> Kinds<'s> {
        let fields = on
            .iter()
            .filter_map(|kind| kind.get("properties")?.as_object());
        let fields = fields.flat_map(|fields| fields.values()).map(Some);
        self.all_resolved(on.iter().map(|kind| kind.get("items")).chain(fields))
    }

    /// They themselves, and all that lies in them at any depth.
    fn below<'s>(&'s self, on: &Kinds<'s>) -> Kinds<'s> {
        let mut all = on.clone();
        let mut next = 0_usize;
        while let Some(kind) = all.get(next).copied() {
            for child in self.children(&vec![kind]) {
                add(&mut all, child);
            }
            next = next.saturating_add(1);
        }
        all
    }

    fn all_resolved<'s>(&'s self, found: impl Iterator<Item = Option<&'s Value>>) -> Kinds<'s> {
        let mut all = Vec::new();
        for kind in found.flat_map(|kind| self.resolved(kind)) {
            add(&mut all, kind);
        }
        all
    }

    /// The schema without references and alternatives.
    fn resolved<'s>(&'s self, schema: Option<&'s Value>) -> Kinds<'s> {
        let Some(schema) = schema else {
            return Vec::new();
        };
        if let Some(alternatives) = schema.get("anyOf").and_then(Value::as_array) {
            return self.all_resolved(alternatives.iter().map(Some));
        }
        let target = schema.get("$ref").and_then(Value::as_str);
        match target.and_then(|target| target.strip_prefix('#')) {
            Some(pointer) => self.resolved(self.schema.pointer(pointer)),
            None => vec![schema],
        }
    }
}

fn add<'s>(all: &mut Kinds<'s>, kind: &'s Value) {
    if !all.iter().any(|known| std::ptr::eq(*known, kind)) {
        all.push(kind);
    }
}

/// The chain up to the innermost node around the last that has a place.
fn enclosing<'s>(chain: &[Kinds<'s>]) -> Vec<Kinds<'s>> {
    let outer = chain.split_last().map_or(chain, |(_, outer)| outer);
    let has_place = |kinds: &Kinds<'_>| names(kinds).any(|name| name == "at");
    let length = outer.iter().rposition(has_place);
    let length = length.map_or(outer.len(), |last| last.saturating_add(1));
    outer.iter().take(length).cloned().collect()
}

fn names(kinds: &Kinds<'_>) -> impl Iterator<Item = String> {
    let fields = kinds
        .iter()
        .filter_map(|kind| kind.get("properties")?.as_object());
    fields.flat_map(|fields| fields.keys().cloned())
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names.dedup();
    names
}

/// A name in brackets keeps its quotes.
fn bare(name: &str) -> &str {
    name.trim_matches(['\'', '"'])
}
