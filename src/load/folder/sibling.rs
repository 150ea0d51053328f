//! What a file can say of what another one in its directory describes, by its shape alone.

use crate::aws::{AccountId, Arn};
use crate::load::policy_shape::{PolicyShape, policy_shape};
use crate::tree::Node;

/// What a file that does not say whose it is holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::load) enum Sibling {
    /// Nothing at all.
    Empty,
    /// ARNs of managed policies: those that are attached.
    ManagedPolicies,
    /// ARNs of groups: those that a user is in.
    Groups,
    /// ARNs of instance profiles, which give no permission to their role.
    InstanceProfiles,
    /// Policies with their names: the inline ones.
    InlinePolicies,
    /// Strings by name: tags.
    Tags,
    /// A policy that names principals: of a role, who may assume it.
    ResourcePolicy,
    /// A policy that names none.
    Policy,
    /// Control policies by the account to which they are attached.
    Accounts,
    /// Control policies by the root or organizational unit.
    Units,
}

impl Sibling {
    /// What a document of this shape holds; nothing where it is of no such shape.
    pub(in crate::load) fn of(root: &Node<'_>) -> Option<Self> {
        if let Some(items) = root.items() {
            return Self::of_list(items);
        }
        let members = root.members()?;
        if members.is_empty() {
            return Some(Self::Empty);
        }
        if let Some(shape) = policy_shape(root) {
            return match shape {
                PolicyShape::Key
                | PolicyShape::Open
                | PolicyShape::ResourceControl
                | PolicyShape::OtherResource(_) => Some(Self::ResourcePolicy),
                PolicyShape::WithoutPrincipal => Some(Self::Policy),
                PolicyShape::Misspelt => None,
            };
        }
        if members.iter().all(|member| is_attached(&member.value)) {
            let mut ids = members.iter().map(|member| &*member.key);
            let are_accounts = ids.all(|id| AccountId::parse(id).is_some());
            return Some(if are_accounts {
                Self::Accounts
            } else {
                Self::Units
            });
        }
        let mut values = members.iter().map(|member| &member.value);
        values
            .all(|value| value.as_str().is_some())
            .then_some(Self::Tags)
    }

    fn of_list(items: &[Node<'_>]) -> Option<Self> {
        let is_inline = |item: &Node<'_>| {
            let has = |name| item.get(name).is_some();
            has("PolicyName") && has("PolicyDocument")
        };
        let are_arns = |kind| items.iter().all(|item| is_arn_of(item, kind));
        if items.is_empty() {
            Some(Self::Empty)
        } else if items.iter().all(is_inline) {
            Some(Self::InlinePolicies)
        } else if are_arns("policy/") {
            Some(Self::ManagedPolicies)
        } else if are_arns("group/") {
            Some(Self::Groups)
        } else {
            are_arns("instance-profile/").then_some(Self::InstanceProfiles)
        }
    }
}

/// Whether it has a list of service control policies, and of resource control policies unless it
/// comes from before there were any.
fn is_attached(node: &Node<'_>) -> bool {
    let are_texts = |list: &Node<'_>| {
        let items = list.items();
        items.is_some_and(|items| items.iter().all(|item| item.as_str().is_some()))
    };
    node.get("scps").is_some_and(are_texts) && node.get("rcps").is_none_or(are_texts)
}

fn is_arn_of(node: &Node<'_>, kind: &str) -> bool {
    let arn = node.as_str().and_then(Arn::parse);
    arn.is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::json;

    #[test]
    fn shapes_tell_what_files_hold() {
        let of = |text: &str| Sibling::of(&json::parse(text).unwrap());
        for (text, wanted) in [
            ("[]", Some(Sibling::Empty)),
            ("{}", Some(Sibling::Empty)),
            (
                r#"["arn:aws:iam::aws:policy/PowerUserAccess","arn:aws:iam::111122223333:policy/a/B"]"#,
                Some(Sibling::ManagedPolicies),
            ),
            (
                r#"["arn:aws:iam::111122223333:group/ops"]"#,
                Some(Sibling::Groups),
            ),
            (
                r#"["arn:aws:iam::111122223333:instance-profile/web"]"#,
                Some(Sibling::InstanceProfiles),
            ),
            (
                r#"[{"PolicyName":"Own","PolicyDocument":{}}]"#,
                Some(Sibling::InlinePolicies),
            ),
            (r#"{"team":"payments"}"#, Some(Sibling::Tags)),
            (
                r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}"#,
                Some(Sibling::ResourcePolicy),
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#,
                Some(Sibling::Policy),
            ),
            (r#"["arn:aws:iam::aws:policy/PowerUserAccess",null]"#, None),
            (
                r#"["arn:aws:iam::aws:policy/A","arn:aws:iam::111122223333:group/ops"]"#,
                None,
            ),
            (r#"["PowerUserAccess"]"#, None),
            (
                r#"{"111122223333":{"ou":"ou-ab12-1","rcps":[],"scps":["arn:x"]}}"#,
                Some(Sibling::Accounts),
            ),
            (
                r#"{"r-ab12":{"scps":[]},"ou-ab12-1":{"parent":"r-ab12","rcps":[],"scps":[]}}"#,
                Some(Sibling::Units),
            ),
            (r#"{"r-ab12":{"children":{}}}"#, None),
            (r#"{"a":"b","c":5}"#, None),
            ("5", None),
        ] {
            assert_eq!(of(text), wanted, "{text}");
        }
    }
}
