//! What would settle a conditional answer.

use std::fmt;

use crate::access::{Dependency, Grant, MissingInput, WINDOW_KEY};

/// What makes a conditional answer firm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Settlement {
    /// The output of this command of the AWS CLI, beside the other files.
    Output(&'static str),
    /// The organization, in `kmslint.toml` or the files of iam-collect.
    Organization,
    /// The template, once it is filled in.
    Template,
    /// A file that can be read.
    ReadableFile,
    /// `get-key-last-usage`, by which `kmslint preflight` judges one deletion.
    Preflight,
    /// No file: the request decides, as `kmslint simulate --context` shows.
    Request,
    /// Nothing that AWS documents.
    Nothing,
}

/// As an imperative.
impl fmt::Display for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Output(command) => return write!(f, "add the output of `{command}`"),
            Self::Organization => "name the organization in kmslint.toml",
            Self::Template => "fill in the template",
            Self::ReadableFile => "give a file that can be read",
            Self::Preflight => "ask `kmslint preflight` with `get-key-last-usage`",
            Self::Request => "no file tells it; the request decides",
            Self::Nothing => "no file tells it; AWS does not document it",
        })
    }
}

const LISTING: Settlement = Settlement::Output("aws iam get-account-authorization-details");

/// What settles one dependency of an answer.
pub fn settlement(dependency: &Dependency, grant: &Grant) -> Settlement {
    match dependency {
        Dependency::ConditionKey(key) => of_key(key, grant),
        Dependency::Undocumented => Settlement::Nothing,
        Dependency::Alias => Settlement::Request,
        Dependency::Placeholder(_) => Settlement::Template,
        Dependency::Missing(missing) => match missing {
            MissingInput::KeyPolicy => Settlement::Output("aws kms get-key-policy"),
            MissingInput::PrincipalPolicies | MissingInput::Principal | MissingInput::Boundary => {
                LISTING
            }
            MissingInput::ControlPolicy(_) => {
                Settlement::Output("aws organizations describe-policy")
            }
            MissingInput::File(_) => Settlement::ReadableFile,
        },
    }
}

/// Condition keys, or how they begin, and what tells their values.
const TOLD_BY: [(&str, Settlement); 12] = [
    (
        "aws:ResourceTag/",
        Settlement::Output("aws kms list-resource-tags"),
    ),
    (
        "kms:ResourceAliases",
        Settlement::Output("aws kms list-aliases"),
    ),
    ("kms:KeySpec", DESCRIBE_KEY),
    ("kms:KeyUsage", DESCRIBE_KEY),
    ("kms:KeyOrigin", DESCRIBE_KEY),
    ("kms:CustomerMasterKey", DESCRIBE_KEY),
    ("kms:MultiRegion", DESCRIBE_KEY),
    ("aws:RequestedRegion", DESCRIBE_KEY),
    ("aws:ResourceAccount", DESCRIBE_KEY),
    ("aws:PrincipalOrg", Settlement::Organization),
    ("aws:ResourceOrg", Settlement::Organization),
    ("kms:TrailingDaysWithoutKeyUsage", Settlement::Preflight),
];

const DESCRIBE_KEY: Settlement = Settlement::Output("aws kms describe-key");

/// Condition keys that the listing tells of users and roles.
const OF_PRINCIPALS: [&str; 4] = [
    "aws:PrincipalTag/",
    "aws:PrincipalArn",
    "aws:userid",
    "aws:username",
];

fn begins(key: &str, name: &str) -> bool {
    let beginning = key.get(..name.len());
    beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(name))
}

fn of_key(key: &str, grant: &Grant) -> Settlement {
    let is_loaded = !grant.depends_on.iter().any(|dependency| {
        matches!(
            dependency,
            Dependency::Missing(MissingInput::PrincipalPolicies | MissingInput::Principal)
        )
    });
    settlement_of_key(key, is_loaded)
}

/// What settles a dependency on the value of a condition key; `is_loaded` says whether the policies of the
/// callers were.
pub fn settlement_of_key(key: &str, is_loaded: bool) -> Settlement {
    if key.eq_ignore_ascii_case(WINDOW_KEY) {
        return Settlement::Nothing;
    }
    if OF_PRINCIPALS.iter().any(|name| begins(key, name)) {
        // Of a loaded role the session decides: its name, and tags that it may be given.
        return if is_loaded {
            Settlement::Request
        } else {
            LISTING
        };
    }
    let told = TOLD_BY.iter().find(|(name, _)| begins(key, name));
    told.map_or(Settlement::Request, |(_, told)| *told)
}
