//! Who can do what to each key, through what, within which limits: a table for each key in which
//! principals with identical access share a row. Reads `access` and nothing else.

mod by_principal;
mod filter;
mod question;
mod row;
mod settlement;
mod tables;
mod totals;

pub use crate::access::{
    Asked, BoundaryLimit, CaseSet, Decision, Dependency, Grant, GrantingPolicy, GrantingStatement,
    Limits, MissingInput, Restriction, StoppedBy,
};
pub use by_principal::{KeyRow, PrincipalTable, by_principal};
pub use filter::{Filter, FilterError, Only, Through};
pub use question::{DELETION, Question, WhoCan};
pub use row::{Grants, KeyAccess, Part, Row, place};
pub use settlement::{Settlement, settlement, settlement_of_key};
pub use tables::{KeyTable, by_key};
pub use totals::{ActionTotal, Totals};
