//! Makes a finding of a selected node.

use crate::document::Fact;
use crate::finding::{Finding, Fingerprints, Label, Severity};
use crate::rule::{FieldPath, Nodes, Related, Rule, Selected, Template, TooManySteps};

use super::place::Files;

/// So many further places one finding shows.
pub(super) const MOST_RELATED: usize = 50;

/// What `rule` says about `node`, and how bad that is.
pub(super) fn finding(
    (rule, severity): (&Rule, Severity),
    node: &Selected<'_, '_>,
    files: &Files<'_, '_>,
) -> Result<Finding, TooManySteps> {
    let primary = label(&rule.label, node, files);
    let mut related = Vec::new();
    for more in &rule.related {
        add_labels(&mut related, more, node, files)?;
    }
    related.retain(|label: &Label| label.at != primary.at);
    related.truncate(MOST_RELATED);
    // There may be thousands of findings, each with one.
    related.shrink_to_fit();
    let (message, values) = rule.message.render_with_values(node, tells_no_days);
    Ok(Finding {
        rule: rule.id.shared(),
        severity,
        confidence: rule.confidence,
        subject: files.subject(),
        message,
        help: rule.help.render_shared(node),
        reference: rule.references.first().cloned().unwrap_or_default(),
        related,
        statement: files.statement(primary.at),
        principals: principals(node),
        new_principals: Vec::new(),
        values: values.into(),
        together: rule.together.as_ref().map(|of| of.render(node)),
        depends_on: depends_on(node),
        identity: text(node.value().peek("identity").as_deref()),
        fingerprints: Fingerprints::default(),
        primary,
    })
}

/// The ARNs of the principals that a node is about: its members, or the principal of the innermost
/// record around it that has one.
fn principals(node: &Selected<'_, '_>) -> Vec<String> {
    let text = |of: Option<&Fact<'_>>| of.and_then(Fact::text).map(str::to_owned);
    let value = node.value().peek("members");
    let Some(Fact::List(members)) = value.as_deref() else {
        // Nearly always: the list of thousands of findings is no longer than it must be.
        let principal = text(node.nearest("principal").as_deref());
        return principal.map_or_else(Vec::new, |principal| vec![principal]);
    };
    let mut principals = Vec::new();
    members.each(&mut |member| {
        principals.extend(text(member.peek("principal").as_deref()));
        true
    });
    principals.sort_unstable();
    principals.dedup();
    principals
}

/// The condition keys on which the permission depends that a node is about; none where it is firm, or about
/// no permission.
fn depends_on(node: &Selected<'_, '_>) -> Option<Vec<String>> {
    let decision = node.nearest("decision")?;
    if decision.text() != Some("conditional") {
        return None;
    }
    let mut keys = Vec::new();
    if let Some(Fact::List(list)) = node.nearest("depends_on").as_deref() {
        list.each(&mut |key| {
            keys.extend(key.text().map(str::to_owned));
            true
        });
    }
    Some(keys)
}

/// Fields that tell of day counts.
const DAY_COUNTS: [&str; 2] = ["days_text", "shortest"];

/// Whether the path is not one of a day count.
fn tells_no_days(path: &FieldPath) -> bool {
    let last = path.names.last();
    !last.is_some_and(|name| DAY_COUNTS.contains(&&**name))
}

fn text(value: Option<&Fact<'_>>) -> String {
    value.and_then(Fact::text).unwrap_or_default().to_owned()
}

fn label(text: &Template, node: &Selected<'_, '_>, files: &Files<'_, '_>) -> Label {
    Label {
        at: files.locate(node),
        text: text.render_shared(node),
    }
}

fn add_labels(
    labels: &mut Vec<Label>,
    related: &Related,
    node: &Selected<'_, '_>,
    files: &Files<'_, '_>,
) -> Result<(), TooManySteps> {
    let mut add = |node: &Selected<'_, '_>| labels.push(label(&related.label, node, files));
    match &related.nodes {
        Nodes::Enclosing => node.enclosing_with("at").iter().for_each(add),
        Nodes::Selected(selector) => {
            let selected = selector.select(node.facts())?;
            selected.iter().take(MOST_RELATED).for_each(add);
        }
        Nodes::Field(path) => match node.find(path) {
            Some(Fact::List(list)) => {
                for item in list.items().iter().take(MOST_RELATED) {
                    add(&node.with(item));
                }
            }
            Some(item @ Fact::Record(_)) => add(&node.with(item)),
            _ => {}
        },
    }
    Ok(())
}
