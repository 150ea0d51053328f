//! The rules that come with kmslint, made of what the build script makes of their pages.

use std::borrow::Cow;

use jsonpath_rust::parser::model::JpQuery;

use crate::finding::{Confidence, Severity};

use super::declaration::nodes;
use super::{
    PageProblem, Raised, Related, Rule, RuleId, Selector, SelectorError, Template, TogetherTemplate,
};

/// What the build script writes.
mod generated {
    use jsonpath_rust::parser::model;

    use super::{BuiltinPage, BuiltinQuery};
    use crate::finding::{Confidence, Severity};

    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}

pub(super) use generated::PAGES;

use generated::QUERIES;

/// A selector, and what makes its query.
type BuiltinQuery = (&'static str, fn() -> JpQuery);

/// A page of `rules/`, and what it declares.
#[derive(Debug)]
pub(super) struct BuiltinPage {
    pub(super) id: &'static str,
    page: &'static str,
    title: &'static str,
    severity: Severity,
    confidence: Confidence,
    selectors: &'static [&'static str],
    raised: Option<(Severity, &'static [&'static str])>,
    lowered: Option<(Severity, &'static [&'static str])>,
    message: &'static str,
    together: Option<&'static str>,
    label: &'static str,
    help: &'static str,
    fix: Option<&'static str>,
    references: &'static [&'static str],
    /// `nodes` and `label` of each.
    related: &'static [(&'static str, &'static str)],
    /// The selectors of each, and its message, label and help.
    also: &'static [(&'static [&'static str], [&'static str; 3])],
}

impl BuiltinPage {
    /// The rule that the page makes.
    pub(super) fn rule(&self) -> Result<Rule, PageProblem> {
        let graded = |of: Option<(Severity, &[&str])>| {
            let of = of.map(|(severity, texts)| {
                Ok::<_, SelectorError>(Raised {
                    severity,
                    selectors: selectors(texts)?,
                })
            });
            of.transpose()
        };
        let related = self.related.iter().map(|(text, label)| {
            Ok::<_, PageProblem>(Related {
                nodes: nodes(text, Selector::builtin)?,
                label: Template::parse(label),
            })
        });
        let rule = Rule {
            id: RuleId::new(self.id)?,
            title: self.title.to_owned(),
            severity: self.severity,
            confidence: self.confidence,
            selectors: selectors(self.selectors)?,
            raised: graded(self.raised)?,
            lowered: graded(self.lowered)?,
            message: Template::parse(self.message),
            together: self.together.map(TogetherTemplate::parse),
            label: Template::parse(self.label),
            help: Template::parse(self.help),
            fix: self.fix.map(str::to_owned),
            references: self.references.iter().map(|&url| url.into()).collect(),
            related: related.collect::<Result<_, _>>()?,
            file: format!("rules/{}.md", self.id),
            page: Cow::Borrowed(self.page),
            also: Vec::new(),
        };
        let also = self.also.iter().map(|(texts, words)| {
            let words = words.map(Template::parse);
            Ok::<_, SelectorError>(rule.worded(selectors(texts)?, words))
        });
        let also = also.collect::<Result<_, _>>()?;
        Ok(Rule { also, ..rule })
    }
}

/// The query of a selector of one of these pages.
pub(super) fn query(text: &str) -> Option<JpQuery> {
    let position = QUERIES.binary_search_by_key(&text, |(text, _)| text).ok()?;
    QUERIES.get(position).map(|(_, query)| query())
}

fn selectors(texts: &[&str]) -> Result<Vec<Selector>, SelectorError> {
    texts.iter().map(|text| Selector::builtin(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::parse;

    /// The parser of pages, and with it that of jsonpath-rust, is the judge of the build script.
    #[test]
    fn rules_are_what_their_pages_say() {
        for built in PAGES {
            let rule = built.rule().unwrap();
            let page = parse(&rule.file, built.id, Cow::Borrowed(built.page)).unwrap();
            for (_, selector) in rule.graded() {
                assert!(query(selector.text()).is_some(), "{}", selector.text());
            }
            assert_eq!(format!("{rule:?}"), format!("{page:?}"));
        }
        assert!(PAGES.is_sorted_by(|one, two| one.id < two.id));
    }
}
