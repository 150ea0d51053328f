//! What the values of condition keys look like: names of services, ids of organizations, ARNs of roles.
//!
//! Examples keep to it. An answer is firm only on what AWS documents of every value, which is
//! [`Language`](super::language::Language).

use crate::aws::arn::reserved_role::{
    IDENTITY_CENTER_NAME, IDENTITY_CENTER_PATH, SERVICE_LINKED_NAME, SERVICE_LINKED_PATH,
};

use super::Request;
use super::caller::CallerKind;
use super::scope::PRINCIPAL_ARN;

/// <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html>
pub(super) const ACCOUNT_DIGITS: usize = 12;

/// Characters of an unknown part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Whatever AWS takes.
    Any,
    /// Printable ASCII without blanks, `*` and `?`.
    Visible,
    /// Lower-case letters and digits, as in ids.
    Lower,
    /// Lower-case letters, digits, `-` and `/`, as in a path of an organization.
    Path,
    /// Lower-case letters, digits, `-` and `.`, as in names of services and Regions.
    Host,
    /// Digits, as in ids of accounts.
    Digit,
    /// Capital letters and digits, as in unique ids.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
    Capital,
    /// Letters, digits and `_+=,.@-`, as in names of users, roles and federated users.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
    Name,
    /// Letters, digits, `/`, `_` and `-`.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/alias-create.html>
    Alias,
}

impl Class {
    /// Whether the character is one of them.
    pub(super) const fn has(self, character: char) -> bool {
        let c = character;
        match self {
            Self::Any => true,
            Self::Visible => c.is_ascii_graphic() && !matches!(c, '*' | '?'),
            Self::Lower => c.is_ascii_lowercase() || c.is_ascii_digit(),
            Self::Path => Self::Lower.has(c) || matches!(c, '-' | '/'),
            Self::Host => Self::Lower.has(c) || matches!(c, '-' | '.'),
            Self::Digit => c.is_ascii_digit(),
            Self::Capital => c.is_ascii_uppercase() || c.is_ascii_digit(),
            Self::Name => {
                c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '=' | ',' | '.' | '@' | '-')
            }
            Self::Alias => c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-'),
        }
    }
}

/// A piece of a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// One or more characters.
    Some(Class),
    /// So many characters.
    Many(Class, usize),
}

/// A text of which some parts are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape(Vec<Piece>);

impl Shape {
    pub(super) fn text(text: &str) -> Self {
        Self(vec![Piece::Text(text.to_owned())])
    }

    pub(super) fn and_text(mut self, text: &str) -> Self {
        match self.0.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.0.push(Piece::Text(text.to_owned())),
        }
        self
    }

    pub(super) fn and_some(mut self, class: Class) -> Self {
        self.0.push(Piece::Some(class));
        self
    }

    pub(super) fn and_many(mut self, class: Class, count: usize) -> Self {
        self.0.push(Piece::Many(class, count));
        self
    }

    /// All texts in lower case.
    pub(super) fn lower_case(&self) -> Self {
        let lower = |piece: &Piece| match piece {
            Piece::Text(text) => Piece::Text(text.to_ascii_lowercase()),
            other => other.clone(),
        };
        Self(self.0.iter().map(lower).collect())
    }

    /// The first five parts of ARNs and what follows; nothing where the known parts are no ARN's. No unknown
    /// piece before the fifth colon has a colon.
    pub(super) fn parts_of_arn(&self) -> Option<[Self; 6]> {
        let mut parts = vec![Self(Vec::new())];
        for piece in &self.0 {
            let Piece::Text(text) = piece else {
                parts.last_mut()?.0.push(piece.clone());
                continue;
            };
            let left = 7_usize.saturating_sub(parts.len());
            let mut texts = text.splitn(left, ':');
            let first = texts.next()?;
            if !first.is_empty() {
                parts.last_mut()?.0.push(Piece::Text(first.to_owned()));
            }
            parts.extend(texts.map(Self::text));
        }
        let parts: [Self; 6] = parts.try_into().ok()?;
        parts.first()?.fits("arn").then_some(parts)
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Whether the text has this shape.
    pub(super) fn fits(&self, text: &str) -> bool {
        fit(&self.0, text)
    }

    /// The shortest text of this shape.
    pub(super) fn example(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Some(Class::Capital) => "EXAMPLEEXAMPLE11".to_owned(),
            Piece::Some(_) => "x".to_owned(),
            Piece::Many(class, count) => {
                let one = if class.has('x') { "x" } else { "4" };
                one.repeat(*count)
            }
        };
        self.0.iter().map(piece).collect()
    }
}

fn fit(pieces: &[Piece], text: &str) -> bool {
    let Some((first, rest)) = pieces.split_first() else {
        return text.is_empty();
    };
    match first {
        Piece::Text(wanted) => text
            .strip_prefix(wanted.as_str())
            .is_some_and(|text| fit(rest, text)),
        Piece::Many(class, count) => {
            let end = text
                .char_indices()
                .map(|(at, _)| at)
                .chain([text.len()])
                .nth(*count);
            let parts = end.and_then(|end| text.split_at_checked(end));
            parts.is_some_and(|(part, text)| part.chars().all(|c| class.has(c)) && fit(rest, text))
        }
        Piece::Some(class) => {
            let ends = text.char_indices().take_while(|(_, c)| class.has(*c));
            let mut ends = ends.map(|(at, c)| at.saturating_add(c.len_utf8()));
            ends.any(|end| text.get(end..).is_some_and(|text| fit(rest, text)))
        }
    }
}

/// The shapes of a key's values with this request; nothing where they have none or are listed
/// elsewhere. `name` is spelled as AWS does.
pub(super) fn shapes(name: &str, request: &Request) -> Vec<Shape> {
    let after = |head: &str, class: Class| vec![Shape::text(head).and_some(class)];
    match name {
        "kms:CallerAccount"
        | "aws:PrincipalAccount"
        | "aws:ResourceAccount"
        | "aws:SourceAccount"
        | "aws:VpceAccount" => vec![Shape(vec![Piece::Many(Class::Digit, ACCOUNT_DIGITS)])],
        "aws:PrincipalOrgID" | "aws:ResourceOrgID" | "aws:SourceOrgID" | "aws:VpceOrgID" => {
            after("o-", Class::Lower)
        }
        "aws:PrincipalOrgPaths"
        | "aws:ResourceOrgPaths"
        | "aws:SourceOrgPaths"
        | "aws:VpceOrgPaths" => paths_of_organizations(),
        "kms:ViaService" | "aws:CalledVia" | "aws:CalledViaFirst" | "aws:CalledViaLast" => {
            let service = Shape(vec![Piece::Some(Class::Host)]);
            let end = match request.partition() {
                "aws-cn" => ".amazonaws.com.cn",
                _ => ".amazonaws.com",
            };
            vec![service.and_text(end)]
        }
        "kms:ResourceAliases" | "kms:RequestAlias" => after("alias/", Class::Alias),
        "aws:SourceVpc" => after("vpc-", Class::Visible),
        "aws:SourceVpce" => after("vpce-", Class::Visible),
        "aws:userid" => unique_ids(request),
        PRINCIPAL_ARN => roles(request),
        _ => Vec::new(),
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed-view-data-orgs.html#access_policies_last-accessed-viewing-orgs-entity-path>
fn paths_of_organizations() -> Vec<Shape> {
    let root = Shape::text("o-")
        .and_some(Class::Lower)
        .and_text("/r-")
        .and_some(Class::Lower)
        .and_text("/");
    let unit = root.clone().and_text("ou-").and_some(Class::Path);
    vec![root, unit.and_text("/")]
}

/// Ids of roles begin with `AROA`, of users with `AIDA`; a session adds its name.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
fn unique_ids(request: &Request) -> Vec<Shape> {
    let after = |head: &str| Shape::text(head).and_some(Class::Capital);
    match request.caller.kind() {
        CallerKind::User(..) => vec![after("AIDA")],
        CallerKind::Role(..) => vec![after("AROA").and_text(":").and_some(Class::Visible)],
        CallerKind::Session(_, _, session) => {
            vec![after("AROA").and_text(":").and_text(session)]
        }
        CallerKind::FederatedUser(..) | CallerKind::Root(_) | CallerKind::Service => Vec::new(),
    }
}

/// The ARNs that a session's role can have: roles of AWS's own have a path of AWS's own, other roles
/// have not ([`is_path`]).
fn roles(request: &Request) -> Vec<Shape> {
    let CallerKind::Session(account, role, _) = request.caller.kind() else {
        return Vec::new();
    };
    let (partition, account) = (request.partition(), account.as_str());
    let below = |path: &str| Shape::text(&format!("arn:{partition}:iam::{account}:role/{path}"));
    let named = |shape: Shape| shape.and_text("/").and_text(role);
    if role.starts_with(IDENTITY_CENTER_NAME) {
        let region = below(IDENTITY_CENTER_PATH).and_some(Class::Host);
        return vec![below(IDENTITY_CENTER_PATH).and_text(role), named(region)];
    }
    if role.starts_with(SERVICE_LINKED_NAME) {
        return vec![named(below(SERVICE_LINKED_PATH).and_some(Class::Host))];
    }
    vec![
        below("").and_text(role),
        named(below("").and_some(Class::Visible)),
    ]
}

/// Whether a role of this name can have this path: only those of AWS's own have one of AWS's own.
pub(super) fn is_path(path: &str, role: &str) -> bool {
    let is_of_aws = role.starts_with(IDENTITY_CENTER_NAME) || role.starts_with(SERVICE_LINKED_NAME);
    is_of_aws || !(path.starts_with("aws-reserved/") || path.starts_with(SERVICE_LINKED_PATH))
}

/// The path that AWS gives to a role of this name.
pub(super) fn path_of_role(role: &str) -> &'static str {
    if role.starts_with(IDENTITY_CENTER_NAME) {
        IDENTITY_CENTER_PATH
    } else if role.starts_with(SERVICE_LINKED_NAME) {
        "aws-service-role/example.amazonaws.com/"
    } else {
        ""
    }
}
