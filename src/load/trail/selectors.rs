//! Which management events a trail records, by its event selectors.
//!
//! `get-event-selectors` answers with the names of the API (`ReadWriteType`), and an event of
//! `PutEventSelectors` has them in lower case (`readWriteType`); both are read.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html>
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html>

use crate::tree::{Content, Node};

use super::KMS;

/// Calls after which a trail, or an event data store, may record less than before.
/// `PutInsightSelectors` and `CreateTrail` take nothing away.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Operations.html>
const CHANGES: [&[u8]; 7] = [
    b"StopLogging",
    b"DeleteTrail",
    b"UpdateTrail",
    PUT.as_bytes(),
    b"StopEventDataStoreIngestion",
    b"UpdateEventDataStore",
    b"DeleteEventDataStore",
];

const PUT: &str = "PutEventSelectors";

/// Whether it is one of those calls.
pub(super) fn is_change(operation: &[u8]) -> bool {
    CHANGES.contains(&operation)
}

/// Whether one of those calls may have taken the read events of AWS KMS out of a trail: it
/// succeeded, and does not itself select them.
pub(super) fn may_take_kms_out(event: &Node<'_>) -> bool {
    let failed = event
        .get("errorCode")
        .is_some_and(|code| code.as_str().is_some());
    let name = event.get("eventName").and_then(Node::as_str);
    let selects = || {
        let request = event.get("requestParameters")?;
        record_kms_reads(request)
    };
    !failed && (name != Some(PUT) || selects() != Some(true))
}

/// Whether these event selectors record every management read event of AWS KMS; none where there
/// are no selectors.
pub(in crate::load) fn record_kms_reads(holder: &Node<'_>) -> Option<bool> {
    let list = |name: &str| member(holder, name).and_then(Node::items);
    let (basic, advanced) = (list("EventSelectors"), list("AdvancedEventSelectors"));
    if basic.is_none() && advanced.is_none() {
        return None;
    }
    let mut basic = basic.unwrap_or_default().iter();
    let mut advanced = advanced.unwrap_or_default().iter();
    Some(basic.any(basic_selects) || advanced.any(advanced_selects))
}

/// A member by its name in the API, or by the name that begins in lower case.
fn member<'n, 'a>(node: &'n Node<'a>, name: &str) -> Option<&'n Node<'a>> {
    let found = node.get(name).or_else(|| {
        let members = node.members()?.iter();
        let mut same = members.filter(|member| member.key.eq_ignore_ascii_case(name));
        same.next().map(|member| &member.value)
    })?;
    (found.value != Content::Null).then_some(found)
}

/// By default a selector records all management events; `ExcludeManagementEventSources` takes
/// services out.
fn basic_selects(selector: &Node<'_>) -> bool {
    let management = match member(selector, "IncludeManagementEvents") {
        None => true,
        Some(node) => node.as_bool() == Some(true),
    };
    let reads = match member(selector, "ReadWriteType") {
        None => true,
        Some(node) => matches!(node.as_str(), Some("All" | "ReadOnly")),
    };
    let excluded = match member(selector, "ExcludeManagementEventSources") {
        None => false,
        Some(node) => node.items().is_none_or(|items| {
            let is_kms = |item: &Node<'_>| item.as_str().is_none_or(|source| source == KMS);
            items.iter().any(is_kms)
        }),
    };
    management && reads && !excluded
}

/// Every field selector of an advanced one must hold. One on a field that is not known here may
/// leave some events out.
fn advanced_selects(selector: &Node<'_>) -> bool {
    let fields = member(selector, "FieldSelectors").and_then(Node::items);
    let fields = fields.unwrap_or_default();
    let holds = |field: &Node<'_>| match member(field, "Field").and_then(Node::as_str) {
        Some("eventCategory") => takes(field, "Management"),
        Some("readOnly") => takes(field, "true"),
        Some("eventSource") => takes(field, KMS),
        _ => false,
    };
    let is_category =
        |field: &Node<'_>| member(field, "Field").and_then(Node::as_str) == Some("eventCategory");
    fields.iter().any(is_category) && fields.iter().all(holds)
}

/// Whether the operators of a field selector let this value in. Within one operator any value may
/// fit (of the negated ones none), and every operator must.
fn takes(field: &Node<'_>, value: &str) -> bool {
    type Fits = fn(&str, &str) -> bool;
    let equals: Fits = |value, wanted| value == wanted;
    let starts: Fits = |value, wanted| value.starts_with(wanted);
    let ends: Fits = |value, wanted| value.ends_with(wanted);
    let operators = [
        ("Equals", equals, true),
        ("StartsWith", starts, true),
        ("EndsWith", ends, true),
        ("NotEquals", equals, false),
        ("NotStartsWith", starts, false),
        ("NotEndsWith", ends, false),
    ];
    let mut any_operator = false;
    for (name, fits, wanted) in operators {
        let Some(node) = member(field, name) else {
            continue;
        };
        let Some(values) = node.items().filter(|values| !values.is_empty()) else {
            continue;
        };
        any_operator = true;
        let fit = |item: &Node<'_>| item.as_str().map(|text| fits(value, text));
        let known: Option<Vec<bool>> = values.iter().map(fit).collect();
        if known.is_none_or(|fit| fit.contains(&true) != wanted) {
            return false;
        }
    }
    any_operator
}

#[cfg(test)]
mod tests {
    use crate::tree::json;

    use super::*;

    fn selects(text: &str) -> Option<bool> {
        record_kms_reads(&json::parse(text).unwrap())
    }

    /// The default of a trail, the examples of CloudTrail-UG `logging-management-events-with-cloudtrail`,
    /// and what is one word away from them.
    #[test]
    fn selectors_with_reads_and_kms_record_kms_reads() {
        for text in [
            r#"{"EventSelectors":[{"ReadWriteType":"All","IncludeManagementEvents":true,"DataResources":[],"ExcludeManagementEventSources":[]}]}"#,
            r#"{"EventSelectors":[{}]}"#,
            r#"{"EventSelectors":[{"ReadWriteType":"WriteOnly"},{"ReadWriteType":"ReadOnly"}]}"#,
            r#"{"EventSelectors":[{"ExcludeManagementEventSources":["rdsdata.amazonaws.com"]}]}"#,
            r#"{"eventSelectors":[{"readWriteType":"All","excludeManagementEventSources":[]}]}"#,
            r#"{"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]}]}]}"#,
            r#"{"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},
                {"Field":"readOnly","Equals":["true"]}]}]}"#,
            r#"{"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]}]},
                {"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},
                {"Field":"eventSource","NotEquals":["rdsdata.amazonaws.com"]}]}]}"#,
        ] {
            assert_eq!(selects(text), Some(true), "{text}");
        }
    }

    #[test]
    fn selectors_that_leave_out_reads_or_kms_do_not() {
        for text in [
            r#"{"EventSelectors":[]}"#,
            r#"{"EventSelectors":[{"ReadWriteType":"WriteOnly"}]}"#,
            r#"{"EventSelectors":[{"IncludeManagementEvents":false}]}"#,
            r#"{"EventSelectors":[{"ExcludeManagementEventSources":["kms.amazonaws.com"]}]}"#,
            r#"{"eventSelectors":[{"excludeManagementEventSources":["kms.amazonaws.com"]}]}"#,
            r#"{"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]}]}]}"#,
            r#"{"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},
                {"Field":"eventSource","NotEquals":["kms.amazonaws.com","rdsdata.amazonaws.com"]}]}]}"#,
            r#"{"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},
                {"Field":"readOnly","Equals":["false"]}]}]}"#,
            r#"{"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},
                {"Field":"eventName","Equals":["Decrypt"]}]}]}"#,
            r#"{"AdvancedEventSelectors":[{"FieldSelectors":[]}]}"#,
        ] {
            assert_eq!(selects(text), Some(false), "{text}");
        }
        assert_eq!(selects("{}"), None);
    }
}
