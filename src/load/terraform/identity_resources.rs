//! Users, groups and roles as resources declare them, with their policies.
//!
//! A plan or a state tells of some of an account. So what the policies give is known, and what they do not give is
//! not: another configuration can attach more.

use crate::aws::{AccountId, Arn, KeyArn, PrincipalKind};
use crate::inventory::{LoadedPolicy, Located};
use crate::load::contents::Contents;
use crate::load::identity::{Attachments, PrincipalPart};
use crate::tree::Node;

use super::attributes::Attribute;
use super::configuration::Configuration;
use super::{Attributes, ResourceName, identity_policies};

/// A type of resources with policies of their own: users, groups and roles.
struct HolderType {
    kind: &'static str,
    holder: Holder,
    /// The attribute with its name.
    name: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Role,
    User,
    Group,
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role>
const HOLDERS: [HolderType; 6] = [
    holder("aws_iam_role", Holder::Role, "name"),
    holder("aws_iam_user", Holder::User, "name"),
    holder("aws_iam_group", Holder::Group, "name"),
    holder("awscc_iam_role", Holder::Role, "role_name"),
    holder("awscc_iam_user", Holder::User, "user_name"),
    holder("awscc_iam_group", Holder::Group, "group_name"),
];

const fn holder(kind: &'static str, holder: Holder, name: &'static str) -> HolderType {
    HolderType { kind, holder, name }
}

/// Attributes of resources beside holders that name them: one, or a list.
const LINKS: [(Holder, &str); 9] = [
    (Holder::Role, "role"),
    (Holder::Role, "role_name"),
    (Holder::Role, "roles"),
    (Holder::User, "user"),
    (Holder::User, "user_name"),
    (Holder::User, "users"),
    (Holder::Group, "group"),
    (Holder::Group, "group_name"),
    (Holder::Group, "groups"),
];

/// A resource of IAM.
struct Resource<'n, 'a> {
    name: ResourceName<'n>,
    attributes: Attributes<'n, 'a>,
    policies: Vec<LoadedPolicy>,
}

/// The resources of IAM of a plan or a state.
#[derive(Default)]
pub(super) struct IdentityResources<'n, 'a> {
    all: Vec<Resource<'n, 'a>>,
}

/// What is known of resources beside what they say themselves.
#[derive(Clone, Copy)]
pub(super) struct Around<'n, 'a> {
    /// What the resources were made from.
    pub(super) configuration: Option<Configuration<'n, 'a>>,
    /// The account in which all of them are.
    pub(super) account: Option<AccountId>,
}

impl Around<'_, '_> {
    /// Of a state, which says all itself.
    pub(super) const fn nothing() -> Self {
        Self {
            configuration: None,
            account: None,
        }
    }
}

/// A user, group or role, and what is attached to it.
struct Holding<'n> {
    holder: Holder,
    resource: ResourceName<'n>,
    name: &'n str,
    part: Option<PrincipalPart>,
    attachments: Attachments,
    /// Of a user: the positions of its groups.
    groups: Vec<usize>,
}

impl<'n, 'a> IdentityResources<'n, 'a> {
    /// Takes a resource, where it is one of IAM.
    pub(super) fn add(
        &mut self,
        name: ResourceName<'n>,
        attributes: &Attributes<'n, 'a>,
        contents: &mut Contents,
    ) {
        if !identity_policies::KINDS.contains(&name.kind) || !attributes.are_there() {
            return;
        }
        let policies = identity_policies::read(&name, attributes, contents);
        self.all.push(Resource {
            name,
            attributes: attributes.clone(),
            policies,
        });
    }

    /// Gives each user and role the policies that the resources attach to it. The others stay policies by themselves.
    pub(super) fn join(mut self, around: Around<'n, 'a>, contents: &mut Contents) {
        let keys = contents.keys.iter();
        let mut partitions = keys.filter_map(|key| key.arn.as_ref().map(KeyArn::partition));
        let partition = partitions.next().unwrap_or("aws").to_owned();
        let arns = Arns {
            account: around.account,
            partition,
        };
        let mut holdings: Vec<_> = self.all.iter().filter_map(|of| of.holding(&arns)).collect();
        let mut managed = Vec::new();
        for of in &mut self.all {
            if of.name.kind != "aws_iam_policy" && of.name.kind != "awscc_iam_managed_policy" {
                continue;
            }
            let arn = arns.of(&of.attributes, ("policy", &["name", "managed_policy_name"]));
            if let Some((arn, policy)) = arn.zip(of.policies.pop()) {
                managed.push((of.name, arn.value.clone()));
                contents.account().declared.push((arn.value, policy));
            }
        }
        for of in &mut self.all {
            let policies = std::mem::take(&mut of.policies);
            let named = of.named(&holdings, around);
            let arns = of.attached(&managed, around);
            if of.name.kind.ends_with("_membership") {
                join_groups(&named, &mut holdings);
                continue;
            }
            let is_kept = named.iter().any(|at| {
                holdings
                    .get(*at)
                    .is_some_and(|of| of.part.is_some() || of.holder == Holder::Group)
            });
            for at in &named {
                if let Some(holding) = holdings.get_mut(*at) {
                    holding.attachments.managed.extend(arns.iter().cloned());
                    holding.attachments.inline.extend(policies.iter().cloned());
                }
            }
            if !is_kept {
                contents.policies.extend(policies);
            }
        }
        finish(holdings, contents);
    }
}

/// Hands over the users and roles, each user with the policies of its groups; what nobody has is a policy by itself.
fn finish(mut holdings: Vec<Holding<'_>>, contents: &mut Contents) {
    let users: Vec<_> = holdings
        .iter()
        .map(|of| (of.part.is_some(), of.groups.clone()))
        .collect();
    let mut has_member = vec![false; holdings.len()];
    for (at, (is_known, groups)) in users.into_iter().enumerate() {
        for group in groups.into_iter().filter(|_| is_known) {
            let of_group = holdings.get(group).map(|group| {
                let Attachments { inline, managed } = &group.attachments;
                (inline.clone(), managed.clone())
            });
            if let (Some((inline, managed)), Some(user)) = (of_group, holdings.get_mut(at)) {
                user.attachments.inline.extend(inline);
                user.attachments.managed.extend(managed);
                has_member
                    .iter_mut()
                    .skip(group)
                    .take(1)
                    .for_each(|has| *has = true);
            }
        }
    }
    for (of, has_member) in holdings.into_iter().zip(has_member) {
        match of.part {
            Some(part) => contents.account().principals.push(PrincipalPart {
                attachments: of.attachments,
                ..part
            }),
            // Those of a user or role without an ARN are policies by themselves already.
            None if has_member || of.holder != Holder::Group => {}
            None => contents.policies.extend(of.attachments.inline),
        }
    }
}

/// How ARNs are made of names before AWS has made them.
struct Arns {
    account: Option<AccountId>,
    partition: String,
}

impl Arns {
    /// The ARN of a resource of this type; one of these attributes has its name.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>
    fn of(
        &self,
        attributes: &Attributes<'_, '_>,
        what: (&str, &[&str]),
    ) -> Option<Located<String>> {
        let (word, names) = what;
        let said = ["arn", "policy_arn"]
            .iter()
            .find_map(|of| attributes.text(of));
        if let Some(arn) = said {
            return Some(Located {
                value: arn.value.to_owned(),
                at: arn.at,
            });
        }
        let name = names.iter().find_map(|of| attributes.text(of))?;
        let path = match attributes.get("path") {
            Attribute::Absent => "/",
            Attribute::Known(node) => node.as_str()?,
            Attribute::Unknown | Attribute::Sensitive(_) => return None,
        };
        let (account, partition) = (self.account?, &self.partition);
        Some(Located {
            value: format!("arn:{partition}:iam::{account}:{word}{path}{}", name.value),
            at: name.at,
        })
    }
}

impl<'n, 'a> Resource<'n, 'a> {
    /// The user, group or role that it is.
    fn holding(&self, arns: &Arns) -> Option<Holding<'n>> {
        let of = HOLDERS.iter().find(|of| of.kind == self.name.kind)?;
        let name = self.attributes.text(of.name);
        let kind = match of.holder {
            Holder::Role => Some((PrincipalKind::Role, "role")),
            Holder::User => Some((PrincipalKind::User, "user")),
            Holder::Group => None,
        };
        let part = kind.zip(name.as_ref()).and_then(|((kind, word), name)| {
            let arn = arns.of(&self.attributes, (word, &[of.name]))?;
            let account = AccountId::parse(Arn::parse(&arn.value)?.account)?;
            Some(PrincipalPart {
                kind,
                arn,
                account,
                name: name.value.to_owned(),
                id: None,
                tags: None,
                groups: Vec::new(),
                attachments: Attachments::default(),
                boundary: self.boundary(),
                is_declared: true,
            })
        });
        Some(Holding {
            holder: of.holder,
            resource: self.name,
            name: name.map_or("", |name| name.value),
            part,
            attachments: Attachments::default(),
            groups: Vec::new(),
        })
    }

    /// The ARN of the permissions boundary; no ARN at all where it has one that is not known.
    fn boundary(&self) -> Option<String> {
        match self.attributes.get("permissions_boundary") {
            Attribute::Absent => None,
            Attribute::Known(node) => {
                let arn = node.as_str().unwrap_or_default();
                (node.as_str() != Some("")).then(|| arn.to_owned())
            }
            Attribute::Unknown | Attribute::Sensitive(_) => Some(String::new()),
        }
    }

    /// The positions of those that it names, or of the one that it is.
    fn named(&self, holdings: &[Holding<'_>], around: Around<'_, '_>) -> Vec<usize> {
        if HOLDERS.iter().any(|of| of.kind == self.name.kind) {
            let own = |of: &Holding<'_>| of.resource.address == self.name.address;
            return holdings.iter().position(own).into_iter().collect();
        }
        let mut found = Vec::new();
        for (holder, attribute) in LINKS {
            let texts = self.texts(attribute);
            let is_unknown = self.attributes.get(attribute) == Attribute::Unknown;
            if texts.is_empty() && !is_unknown {
                continue;
            }
            let links = holdings
                .iter()
                .enumerate()
                .filter(|(_, of)| of.holder == holder);
            let meant = links.filter(|(_, of)| {
                let by_name = !of.name.is_empty() && texts.iter().any(|text| text.value == of.name);
                by_name || (is_unknown && self.refers_to(attribute, &of.resource, around))
            });
            found.extend(meant.map(|(at, _)| at));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether the attribute refers to the instance of the resource that belongs to this one.
    fn refers_to(&self, attribute: &str, other: &ResourceName<'_>, around: Around<'_, '_>) -> bool {
        let own = format!("{}.{}", other.kind, other.name);
        let references = around
            .configuration
            .map(|of| of.references(&self.name, attribute));
        let mut references = references.into_iter().flatten();
        other.module == self.name.module
            && (other.index().is_empty() || other.index() == self.name.index())
            && references.any(|text| text == own)
    }

    /// The ARNs of managed policies that it attaches.
    fn attached(
        &self,
        managed: &[(ResourceName<'n>, String)],
        around: Around<'_, '_>,
    ) -> Vec<Located<String>> {
        let mut arns = Vec::new();
        for attribute in ["policy_arn", "managed_policy_arns"] {
            let texts = self.texts(attribute).into_iter();
            arns.extend(texts.map(|text| Located {
                value: text.value.to_owned(),
                at: text.at,
            }));
            if self.attributes.get(attribute) == Attribute::Unknown {
                let meant = managed.iter();
                let meant = meant.filter(|(name, _)| self.refers_to(attribute, name, around));
                arns.extend(meant.map(|(_, arn)| Located {
                    value: arn.clone(),
                    at: self.attributes.at(),
                }));
            }
        }
        arns
    }

    /// A string, or a list of strings.
    fn texts(&self, attribute: &str) -> Vec<Located<&'n str>> {
        let Some(node) = self.attributes.node(attribute) else {
            return Vec::new();
        };
        let one = std::slice::from_ref(node);
        let nodes = node.items().unwrap_or(one).iter();
        let located = |node: &'n Node<'a>| Some(self.attributes.located(node, node.as_str()?));
        nodes.filter_map(located).collect()
    }
}

/// Makes the users among these members of the groups among them.
fn join_groups(named: &[usize], holdings: &mut [Holding<'_>]) {
    let of = |holder| {
        let all = named.iter().copied();
        let is = |at: &usize| holdings.get(*at).is_some_and(|of| of.holder == holder);
        all.filter(is).collect::<Vec<_>>()
    };
    let (users, groups) = (of(Holder::User), of(Holder::Group));
    for user in users {
        if let Some(user) = holdings.get_mut(user) {
            user.groups.extend(&groups);
        }
    }
}
