//! From a decision in the words of the protocol to what is shown of it.

use crate::access::{Explained, ExplainedStatement};

use super::{Context, Days, Examples, NearestMiss, StatementView, View};

impl<'a> From<&'a Explained> for View<'a> {
    fn from(explained: &'a Explained) -> Self {
        Self {
            principal: &explained.principal,
            action: &explained.action,
            key: &explained.key,
            decision: explained.decision,
            reason: explained.reason.word(),
            days: explained.days.as_ref().map(|days| Days {
                asked: days.asked,
                allowed: days.allowed.clone(),
                conditional: days.conditional.clone(),
                omitted: days.omitted,
            }),
            deciding: explained.statements.iter().map(statement).collect(),
            nearest_miss: explained.nearest_miss.as_ref().map(|(miss, failed)| {
                let failed = failed.iter().map(|(at, text)| (*at, text.as_str()));
                NearestMiss {
                    statement: statement(miss),
                    failed: failed.collect(),
                }
            }),
            depends_on: explained.depends_on.iter().map(String::as_str).collect(),
            undocumented: undocumented(explained),
            unknown_action: explained.unknown_action.as_deref(),
            not_given: explained.not_given.clone(),
            placeholders: 0,
            examples: examples(explained),
        }
    }
}

fn undocumented(explained: &Explained) -> Vec<&'static str> {
    let points = [
        (
            explained.undocumented,
            "how AWS evaluates part of these policies",
        ),
        (
            explained.is_beyond_known && explained.allowing.is_none(),
            "whether any request is allowed: none is whose values this version of kmslint knows",
        ),
        (
            explained.is_beyond_known && explained.denying.is_none(),
            "whether any request is denied: none is whose values this version of kmslint knows",
        ),
    ];
    let points = points.into_iter().filter(|(applies, _)| *applies);
    points.map(|(_, point)| point).collect()
}

fn statement(statement: &ExplainedStatement) -> StatementView<'_> {
    let described = &statement.described;
    StatementView {
        policy: &described.policy,
        index: described.index,
        sid: described.sid.as_deref(),
        effect: described.effect.word(),
        at: statement.at,
        note: statement.note,
        delegates: statement.delegates,
    }
}

fn examples(explained: &Explained) -> Option<Examples<'_>> {
    if explained.allowing.is_none() && explained.denying.is_none() {
        return None;
    }
    Some(Examples {
        allowed: explained.allowing.as_deref().map(context),
        denied: explained.denying.as_deref().map(context),
    })
}

fn context(chosen: &[(String, Vec<String>)]) -> Context<'_> {
    let pairs = chosen.iter();
    pairs
        .map(|(key, values)| (&**key, values.iter().map(String::as_str).collect()))
        .collect()
}
