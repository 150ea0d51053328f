//! What AWS defines: names, tables and limits of KMS and IAM; no policy is read or judged here.

pub mod action;
pub mod arn;
pub mod condition_key;
pub mod data;
mod document_kind;
pub mod key;
pub mod key_state;
mod nearest;
mod principal_kind;
pub mod quota;
mod reported;
mod time;
pub mod waiting_period;

pub use action::{
    ActionSet, CONTROL, CRITICAL, EVERY, KmsAction, RECOMMENDED_BESIDE_DELETION,
    RECOMMENDED_BY_NEED, SAME_HARM_AS_DELETION, TELLING_USE, USE, VITAL, WATCHED,
};
pub use arn::{AccountId, Arn, KeyArn, KeyArnError};
pub use condition_key::{ConditionKey, Presence, ValueType};
pub use document_kind::DocumentKind;
pub(crate) use nearest::nearest;
pub use principal_kind::PrincipalKind;
pub use reported::Reported;
pub use time::{normalized_time, parse_time};
pub use waiting_period::PendingWindowInDays;
