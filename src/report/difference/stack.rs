//! What a change of templates does to keys, in sentences.

use crate::difference::StackChange;

/// How bad it is, and the sentence that says it.
pub(super) fn sentence(change: &StackChange) -> (&'static str, String) {
    match change {
        StackChange::Removed {
            key,
            waiting_period,
            is_sure,
            condition,
            is_replica,
        } => {
            let window = waiting_period.map_or_else(
                || "a waiting period that the template does not tell".to_owned(),
                |days| format!("a waiting period of {days} days"),
            );
            let verb = if *is_sure {
                "schedules"
            } else {
                "may schedule"
            };
            let condition = condition.as_ref().map_or_else(String::new, |name| {
                format!(" where its condition `{name}` held")
            });
            let replica = if *is_replica {
                "; the primary key and other replicas of it stay"
            } else {
                ""
            };
            let severity = if *is_replica { "info" } else { "error" };
            let sentence = format!(
                "AWS CloudFormation {verb} the deletion of the key `{}` of `{}`, which the change removes, with \
                 {window}{condition}{replica}",
                key.logical_id, key.template
            );
            (severity, sentence)
        }
        StackChange::Moved { key, to } => {
            let sentence = format!(
                "the key `{}` leaves `{}`, and `{to}` has one of that name: unless it is imported there, it is \
                 another key, and the deletion of this one is scheduled",
                key.logical_id, key.template
            );
            ("info", sentence)
        }
        StackChange::Immutable {
            key,
            property,
            values: [before, after],
        } => {
            let sentence = format!(
                "the update of the stack fails and nothing is lost: `{property}` of the key `{}` of `{}` is \
                 `{before}` and cannot become `{after}`",
                key.logical_id, key.template
            );
            ("warning", sentence)
        }
    }
}
