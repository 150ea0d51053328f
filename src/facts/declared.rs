//! The resource of a template, a plan or a state by which a key is managed.

use crate::aws::PendingWindowInDays;
use crate::document::record;
use crate::inventory::{DeclaredPolicy, DeclaredResource, Located};

use super::IndexedLocation;
use super::source_index::SourceIndex;

record! {
    /// A resource that declares the key.
    #[derive(Clone, Debug)]
    pub struct DeclaredRecord {
        /// Whose resource it is: `CloudFormation` or `Terraform`.
        pub tool: &'static str,
        /// Its type, for example `aws_kms_key`.
        pub resource_type: String,
        /// How the tool names it: an address, or a logical id.
        pub address: String,
        /// What it says of the key policy: `written`; `default`, where it says nothing and AWS KMS attaches its
        /// default policy; or `unknown`, where nothing is known of it before the tool runs.
        pub policy: &'static str,
        /// The waiting period with which the tool deletes the key when it destroys the resource; left out
        /// where the resource sets none, and where a plan destroys it.
        @left_out pub waiting_period: Option<DeclaredWaitingPeriod>,
        /// Where it is named.
        pub at: IndexedLocation,
    }
}

record! {
    /// A waiting period that a resource sets.
    #[derive(Clone, Debug)]
    pub struct DeclaredWaitingPeriod {
        /// Days, as written.
        pub days: i64,
        /// The same as text.
        pub text: String,
        /// Whether AWS KMS takes no such waiting period; left out where it does.
        @left_out pub out_of_range: bool,
        /// Where it is set.
        pub at: IndexedLocation,
    }
}

pub(super) fn record(
    declared: &DeclaredResource,
    source_index: &SourceIndex<'_>,
) -> DeclaredRecord {
    let planned = declared.planned.as_deref();
    let goes = planned.is_some_and(|of| of.destruction.is_some() || of.vanished.is_some());
    let window = declared.waiting_period.as_ref().filter(|_| !goes);
    DeclaredRecord {
        tool: declared.tool.name(),
        resource_type: declared.resource_type.clone(),
        address: declared.address.clone(),
        policy: match declared.policy {
            DeclaredPolicy::Written => "written",
            DeclaredPolicy::Default => "default",
            DeclaredPolicy::Unknown => "unknown",
        },
        waiting_period: window.map(|window| waiting_period(window, source_index)),
        at: source_index.place(declared.at),
    }
}

fn waiting_period(window: &Located<i64>, source_index: &SourceIndex<'_>) -> DeclaredWaitingPeriod {
    let days = window.value;
    DeclaredWaitingPeriod {
        days,
        text: days.to_string(),
        out_of_range: PendingWindowInDays::new(days).is_err(),
        at: source_index.place(window.at),
    }
}
