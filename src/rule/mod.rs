//! Rules: one Markdown page each, which declares what to select from the facts and what to say.
//!
//! A page is `<id>.md`: a `toml` block with the declaration, a title, the headings of
//! [`HEADINGS`]. Its examples are executed by the tests.

mod builtin;
mod catalogue;
mod comments;
mod declaration;
mod evaluate;
mod example;
mod id;
mod markdown;
mod needs;
mod page;
mod page_error;
mod selected;
mod selector;
mod selector_check;
mod shape;
mod template;
mod together;

use std::borrow::Cow;
use std::sync::Arc;

pub(crate) use catalogue::RuleSelector;
pub use catalogue::{Catalogue, CatalogueError};
pub use evaluate::{MOST_STEPS, TooManySteps};
pub use example::{Example, Outcome};
pub use id::{RuleId, RuleIdError};
pub use page::{HEADINGS, parse};
pub use page_error::{PageError, PageProblem};
pub use selected::Selected;
pub use selector::{Selector, SelectorError};
pub use shape::{Shape, UnknownField};
pub use template::{FieldPath, Template};
pub use together::TogetherTemplate;

use crate::finding::{Confidence, Severity};

/// The kinds of fixes that a page can name.
pub const FIXES: [&str; 12] = [
    "add-cancellation",
    "add-recovery",
    "add-resource",
    "deny-deletion",
    "deny-deletion-without-mfa",
    "deny-short-waiting-period",
    "mfa-for-access-keys",
    "name-denied-action",
    "narrow-principal",
    "remove-deletion",
    "remove-orphan",
    "waiting-period-condition",
];

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name, for example `cancel-by-nobody`.
    pub id: RuleId,
    /// The page's title: what it finds, in one sentence.
    pub title: String,
    /// How bad what it finds is.
    pub severity: Severity,
    /// How sure what it finds is.
    pub confidence: Confidence,
    /// What it selects; a node that two of them select is one finding.
    pub selectors: Vec<Selector>,
    /// What it selects that is worse than the rest; nothing where all is as bad.
    pub raised: Option<Raised>,
    /// What it selects that is less bad than the rest, likewise.
    pub lowered: Option<Raised>,
    /// What is wrong, in one sentence without a final stop.
    pub message: Template,
    /// The same of several keys and principals together; none where `message` does for them, too.
    pub together: Option<TogetherTemplate>,
    /// A few words at the underlined bytes; may be empty.
    pub label: Template,
    /// What to do.
    pub help: Template,
    /// The kind of fix, for example `add-cancellation`; none where only a person can mend it.
    pub fix: Option<String>,
    /// Pages of AWS that say so, the most telling first; at least one.
    pub references: Vec<Arc<str>>,
    /// What else to show.
    pub related: Vec<Related>,
    /// The same rule in other words where it finds the defect elsewhere, as `[[also]]` tables say.
    pub also: Vec<Self>,
    /// The page's file.
    pub file: String,
    /// The whole page.
    pub page: Cow<'static, str>,
}

/// What is worse or less bad than the rest of what a rule finds, as a `[raised]` or `[lowered]` table says.
#[derive(Clone, Debug)]
pub struct Raised {
    /// How bad it is.
    pub severity: Severity,
    /// What is so.
    pub selectors: Vec<Selector>,
}

impl Rule {
    /// How bad the worst is that it finds.
    pub fn worst(&self) -> Severity {
        let raised = self.raised.as_ref().map(|raised| raised.severity);
        raised.map_or(self.severity, |raised| raised.max(self.severity))
    }

    /// Makes everything that it finds as bad as this.
    pub fn set_severity(&mut self, severity: Severity) {
        self.severity = severity;
        for of in self.raised.iter_mut().chain(&mut self.lowered) {
            of.severity = severity;
        }
        for also in &mut self.also {
            also.severity = severity;
        }
    }

    /// The rule with these selectors and words: its message, label and help.
    fn worded(&self, selectors: Vec<Selector>, [message, label, help]: [Template; 3]) -> Self {
        Self {
            selectors,
            raised: None,
            lowered: None,
            message,
            label,
            help,
            together: None,
            related: Vec::new(),
            also: Vec::new(),
            file: String::new(),
            page: Cow::Borrowed(""),
            ..self.clone()
        }
    }

    /// Each selector, and how bad what it selects is.
    pub fn graded(&self) -> impl Iterator<Item = (Severity, &Selector)> {
        let own = self.selectors.iter().map(|one| (self.severity, one));
        let others = self.raised.iter().chain(&self.lowered);
        let others = others.flat_map(|raised| {
            let selectors = raised.selectors.iter();
            selectors.map(|one| (raised.severity, one))
        });
        own.chain(others)
    }

    /// Whether the rule may read this member of the facts: one of its texts names it, or a selector asks
    /// for members whatever they are called.
    pub fn may_read(&self, member: &str) -> bool {
        let related = self.related.iter();
        let selectors = related.clone().filter_map(|related| match &related.nodes {
            Nodes::Selected(selector) => Some(selector),
            Nodes::Enclosing | Nodes::Field(_) => None,
        });
        let mut selectors = selectors.chain(self.graded().map(|(_, selector)| selector));
        let templates = [&self.message, &self.label, &self.help].into_iter();
        let templates = templates.chain(related.clone().map(|related| &related.label));
        let together = self.together.iter().flat_map(TogetherTemplate::values);
        let templates = templates.chain(together);
        let paths = related.filter_map(|related| match &related.nodes {
            Nodes::Field(path) => Some(path),
            Nodes::Enclosing | Nodes::Selected(_) => None,
        });
        let mut paths = paths.chain(templates.flat_map(Template::fields));
        self.also.iter().any(|also| also.may_read(member))
            || selectors.any(|selector| selector.may_read(member))
            || paths.any(|path| path.names.first().is_some_and(|name| **name == *member))
    }

    /// The executed examples.
    pub fn examples(&self) -> Vec<Example> {
        page::examples(&self.page)
    }

    /// The page of AWS that says so best.
    pub fn reference(&self) -> &str {
        self.references.first().map_or("", |page| page)
    }

    /// The page without its declaration, as people read it.
    pub fn text(&self) -> &str {
        let title = self.page.find("\n# ").map(|at| at.saturating_add(1));
        title.and_then(|at| self.page.get(at..)).unwrap_or_default()
    }

    /// The first paragraph below one of the [`HEADINGS`], on one line.
    pub fn first_paragraph(&self, heading: &str) -> String {
        let marker = format!("\n## {heading}\n");
        let section = self.text().split_once(&marker).map(|(_, rest)| rest.trim());
        let paragraph = section.and_then(|section| section.split("\n\n").next());
        let lines = paragraph.unwrap_or_default().lines().map(str::trim);
        lines.collect::<Vec<_>>().join(" ")
    }
}

/// Further places that a finding shows.
#[derive(Clone, Debug)]
pub struct Related {
    /// Which nodes.
    pub nodes: Nodes,
    /// What to say there.
    pub label: Template,
}

/// How a rule names further nodes, as `nodes` of a `[[related]]` table.
#[derive(Clone, Debug)]
pub enum Nodes {
    /// `^`: the innermost object with a place around the selected node.
    Enclosing,
    /// A JSONPath from the top of the facts, for example `$.access.schedule[*]`.
    Selected(Selector),
    /// A field, looked up as in a message, that holds an object with a place or a list of them.
    Field(FieldPath),
}
