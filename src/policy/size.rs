//! How long a policy is beside what AWS takes.

use crate::aws::quota;
use crate::text::{InputError, Span};

use super::{PolicyDocument, PolicyKind};

/// How long a policy is, and how long AWS lets such a policy be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicySize {
    /// How long it is.
    pub length: usize,
    /// How long it may be at most.
    pub limit: usize,
    /// What both count.
    pub unit: &'static str,
}

/// The longest text that is read as a policy, in bytes: thirty times what AWS takes of a key policy, and
/// of any other a hundred times. What is longer is refused before it becomes a tree.
pub const MAX_POLICY: usize = 1 << 20;

/// Refuses a policy of so many bytes, which begins at `span`, where none of that length is read.
///
/// # Errors
/// Where it is longer than [`MAX_POLICY`].
pub fn refuse_bulk(length: usize, span: Span) -> Result<(), InputError> {
    if length <= MAX_POLICY {
        return Ok(());
    }
    let limit = quota::KEY_POLICY_BYTES;
    let message =
        format!("the policy has {length} bytes, and none of more than {MAX_POLICY} is read");
    Err(InputError::new(first_byte(span), message)
        .label("this policy")
        .help(format!(
            "AWS takes {limit} bytes of a key policy; is this the right file?"
        )))
}

/// How many times a principal is held against a statement with `NotPrincipal` at most. Such a statement
/// is about everyone, so each is looked at for each principal. A key policy that AWS stores has room for
/// two thirds of it: 330 such statements, the shortest there are, and 1,090 accounts.
const MOST_EXCEPTIONS: usize = 1 << 19;

/// For how many others a statement with `NotPrincipal` and a condition counts: what the answer depends on is
/// told for each principal. A key policy that AWS stores has room for nine tenths of [`MOST_EXCEPTIONS`]:
/// 149 such statements, the shortest there are, and 943 accounts.
const CONDITIONAL: usize = 3;

/// Refuses a policy that has too many statements with `NotPrincipal` for the principals that it names.
pub(super) fn refuse_exceptions(document: &PolicyDocument) -> Result<(), InputError> {
    let (mut statements, mut weight, mut principals) = (0_usize, 0_usize, 0_usize);
    for statement in &document.statements {
        let Some(element) = &statement.principal else {
            continue;
        };
        principals = principals.saturating_add(element.entries.len());
        if element.negated {
            let is_conditional = !statement.conditions.is_empty();
            statements = statements.saturating_add(1);
            weight = weight.saturating_add(if is_conditional { CONDITIONAL } else { 1 });
        }
    }
    if weight.saturating_mul(principals) <= MOST_EXCEPTIONS {
        return Ok(());
    }
    let limit = quota::KEY_POLICY_BYTES;
    let message = format!(
        "the policy has {statements} statements with `NotPrincipal` and names {principals} \
         principals, more than are held against each other"
    );
    Err(InputError::new(first_byte(document.span), message)
        .label("this policy")
        .help(format!(
            "AWS takes {limit} bytes of a key policy; is this the right file?"
        )))
}

fn first_byte(span: Span) -> Span {
    Span {
        start: span.start,
        end: span.start.saturating_add(1),
    }
}

/// Characters but for white space, which IAM and the Organizations console do not count.
const CHARACTERS: &str = "characters without white space";

impl PolicySize {
    /// The size of a policy with this text; nothing where it is not known what AWS takes.
    ///
    /// An identity-based policy is held against the most that any of them may have, which are the
    /// inline policies of a role; what is a managed policy does not show. Session policies and
    /// boundaries are not measured.
    pub(super) fn of(text: &str, kind: PolicyKind) -> Option<Self> {
        let (length, limit, unit) = match kind {
            PolicyKind::Key => (text.len(), quota::KEY_POLICY_BYTES, "bytes"),
            PolicyKind::ServiceControl => {
                let limit = quota::SERVICE_CONTROL_POLICY_CHARACTERS;
                (characters(text), limit, CHARACTERS)
            }
            PolicyKind::ResourceControl => {
                let limit = quota::RESOURCE_CONTROL_POLICY_CHARACTERS;
                (characters(text), limit, CHARACTERS)
            }
            PolicyKind::Identity => {
                let limit = quota::ROLE_INLINE_POLICY_CHARACTERS;
                (characters(text), limit, CHARACTERS)
            }
            PolicyKind::PermissionsBoundary | PolicyKind::Session => return None,
        };
        Some(Self {
            length,
            limit,
            unit,
        })
    }

    /// Whether it is longer than AWS takes.
    pub const fn is_too_large(&self) -> bool {
        self.length > self.limit
    }

    /// A complaint about a policy that begins at `span`, where it is too large.
    pub fn complaint(self, span: Span) -> Option<InputError> {
        let Self {
            length,
            limit,
            unit,
        } = self;
        let message = format!("the policy has {length} {unit}, and AWS takes {limit}");
        let error = InputError::new(first_byte(span), message)
            .label("this policy")
            .help("shorten it: join statements, or drop white space");
        self.is_too_large().then_some(error)
    }
}

fn characters(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_does_not_count_is_not_counted() {
        let of = |length: usize, kind| {
            let text = format!("{}{}", "x".repeat(length), " ".repeat(40_000));
            let size = PolicySize::of(&text, kind).filter(PolicySize::is_too_large);
            size.map(|found| (found.length, found.limit))
        };
        assert_eq!(of(10_240, PolicyKind::ServiceControl), None);
        assert_eq!(of(5_120, PolicyKind::ResourceControl), None);
        assert_eq!(of(5_121, PolicyKind::ResourceControl), Some((5_121, 5_120)));
        assert_eq!(of(10_240, PolicyKind::Identity), None);
        assert_eq!(of(10_241, PolicyKind::Identity), Some((10_241, 10_240)));
        assert_eq!(of(0, PolicyKind::Key), Some((40_000, 32_768)));
        let full = PolicySize::of(&"é".repeat(16_384), PolicyKind::Key).unwrap();
        assert!(!full.is_too_large() && full.complaint(Span::default()).is_none());
        assert_eq!(of(99_999, PolicyKind::Session), None);
    }
}
