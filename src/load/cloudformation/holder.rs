//! Users, groups and roles of a template, joined with the policies that it gives them.
//!
//! A template tells of some of an account. So what the policies give is known, and what they do not give is not:
//! another stack can attach more. Who has a name or an ARN that is not known, is there under a condition only, or
//! has its policies under one, is left out: its policies are policies by themselves.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::{AccountId, Arn, PrincipalKind};
use crate::inventory::{LoadedPolicy, Located};
use crate::load::identity::{Attachments, PrincipalPart};
use crate::tree::{Content, Node};

use super::Reader;
use super::condition::Case;
use super::function::{intrinsic, scalar};
use super::resolve::{Resolver, attribute};
use super::template::Resource;

/// What a resource is to those who have policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Role,
    User,
    Group,
}

/// Properties that name holders: one, or a list.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html>
const LINKS: [(Holder, &str); 6] = [
    (Holder::Role, "RoleName"),
    (Holder::Role, "Roles"),
    (Holder::User, "UserName"),
    (Holder::User, "Users"),
    (Holder::Group, "GroupName"),
    (Holder::Group, "Groups"),
];

impl Holder {
    fn of(kind: &str) -> Option<Self> {
        match kind {
            "AWS::IAM::Role" => Some(Self::Role),
            "AWS::IAM::User" => Some(Self::User),
            "AWS::IAM::Group" => Some(Self::Group),
            _ => None,
        }
    }

    const fn principal(self) -> Option<PrincipalKind> {
        match self {
            Self::Role => Some(PrincipalKind::Role),
            Self::User => Some(PrincipalKind::User),
            Self::Group => None,
        }
    }
}

/// A user, group or role that is there whatever the conditions are.
struct Holding<'t> {
    holder: Holder,
    id: &'t str,
    name: String,
    /// None of a group.
    part: Option<PrincipalPart>,
    policies: Vec<LoadedPolicy>,
    managed: Vec<Located<String>>,
    /// Of a user: the names of its groups.
    groups: Vec<String>,
}

impl<'t, 'a> Reader<'_, 't, 'a> {
    /// Gives each user and role the policies that the template attaches to it. The others stay policies by
    /// themselves.
    pub(super) fn join_holders(&mut self) {
        let template = self.template;
        let (open, budget) = (Case::default(), self.budget.clone());
        let resolver = Resolver::new(template, &open, &budget);
        let mut policies = std::mem::take(&mut self.identity);
        let is_certain = |of: &Resource<'t, 'a>| {
            let condition = of.attribute("Condition");
            let holds = |name: &Node<'a>| name.as_str().and_then(|name| resolver.holds(name));
            condition.is_none_or(|name| holds(name) == Some(true))
        };
        let certain: Vec<_> = template.resources().filter(is_certain).collect();
        let certain: Vec<_> = certain
            .into_iter()
            .filter(|of| policies.get(of.id).is_none_or(|of| of.cases == 1))
            .collect();
        let mut holdings: Vec<_> = certain
            .iter()
            .filter_map(|of| self.holding(*of, &resolver))
            .collect();
        for of in &certain {
            let own = policies.remove(of.id).unwrap_or_default().all;
            let given = self.give(*of, (own, &resolver), &mut holdings);
            policies.entry(of.id).or_default().all = given;
        }
        let taken = join_groups(&mut holdings);
        for of in holdings {
            let Some(part) = of.part else {
                if !taken.contains(&of.name) {
                    policies.entry(of.id).or_default().all.extend(of.policies);
                }
                continue;
            };
            let attachments = Attachments {
                inline: of.policies,
                managed: of.managed,
            };
            self.contents.account().principals.push(PrincipalPart {
                attachments,
                ..part
            });
        }
        for of in template.resources() {
            let rest = policies.remove(of.id).unwrap_or_default();
            self.contents.policies.extend(rest.all);
        }
    }

    fn holding(
        &self,
        of: Resource<'t, 'a>,
        resolver: &Resolver<'_, 't, 'a>,
    ) -> Option<Holding<'t>> {
        let holder = Holder::of(of.kind)?;
        let name = scalar(&resolver.name_of(of, of.id_span))?.to_owned();
        let part = match holder.principal() {
            Some(kind) => {
                let arn = resolver.arn_of(of, of.id_span)?;
                let arn = scalar(&arn)?.to_owned();
                Some(PrincipalPart {
                    kind,
                    account: AccountId::parse(Arn::parse(&arn)?.account)?,
                    arn: Located {
                        value: arn,
                        at: self.document.at(of.id_span),
                    },
                    name: name.clone(),
                    id: None,
                    tags: None,
                    groups: Vec::new(),
                    attachments: Attachments::default(),
                    boundary: of.property("PermissionsBoundary").map(|node| {
                        // One that is not known is one that was not loaded.
                        resolver.text(node).unwrap_or_default()
                    }),
                    is_declared: true,
                })
            }
            None => None,
        };
        Some(Holding {
            holder,
            id: of.id,
            name,
            part,
            policies: Vec::new(),
            managed: Vec::new(),
            groups: Vec::new(),
        })
    }

    /// Adds the policies of a resource to the users, groups and roles that it names, or to itself if it is one. Returns the
    /// policies that are attached to none of them.
    fn give(
        &mut self,
        of: Resource<'t, 'a>,
        (policies, resolver): (Vec<LoadedPolicy>, &Resolver<'_, 't, 'a>),
        holdings: &mut [Holding<'t>],
    ) -> Vec<LoadedPolicy> {
        if let Some(holder) = Holder::of(of.kind) {
            let Some(own) = holdings.iter_mut().find(|own| own.id == of.id) else {
                return policies;
            };
            own.policies.extend(policies);
            own.managed
                .extend(self.texts(of, "ManagedPolicyArns", resolver));
            if holder == Holder::User {
                let groups = self.texts(of, "Groups", resolver).into_iter();
                own.groups.extend(groups.map(|group| group.value));
            }
            return Vec::new();
        }
        let mut named = Vec::new();
        for (holder, property) in LINKS {
            let meant = self.texts(of, property, resolver);
            let is_named = |own: &Holding<'_>| {
                own.holder == holder && meant.iter().any(|name| name.value == own.name)
            };
            let all = holdings.iter().enumerate();
            named.extend(all.filter(|(_, own)| is_named(own)).map(|(at, _)| at));
        }
        if of.kind == "AWS::IAM::UserToGroupAddition" {
            let groups = self.texts(of, "GroupName", resolver);
            for at in named {
                if let Some(user) = holdings.get_mut(at) {
                    user.groups.extend(groups.iter().map(|of| of.value.clone()));
                }
            }
            return policies;
        }
        if of.kind == "AWS::IAM::ManagedPolicy" {
            let attach = |own: &Holding<'t>| {
                let resource = self.template.resource(own.id);
                let list = resource.and_then(|of| of.property("ManagedPolicyArns"));
                list.and_then(Node::items)
                    .is_some_and(|items| items.iter().any(|item| refers_to(item, of.id)))
            };
            let all = holdings.iter().enumerate();
            named.extend(all.filter(|(_, own)| attach(own)).map(|(at, _)| at));
            named.sort_unstable();
            named.dedup();
            let arn = resolver.arn_of(of, of.id_span);
            let arn = arn.as_ref().and_then(scalar).map(str::to_owned);
            if let Some((arn, policy)) = arn.zip(policies.first()) {
                self.contents.account().declared.push((arn, policy.clone()));
            }
        }
        for at in &named {
            if let Some(own) = holdings.get_mut(*at) {
                own.policies.extend(policies.iter().cloned());
            }
        }
        if named.is_empty() {
            policies
        } else {
            Vec::new()
        }
    }

    /// The known texts of a property: one, or a list.
    fn texts(
        &self,
        of: Resource<'t, 'a>,
        property: &str,
        resolver: &Resolver<'_, 't, 'a>,
    ) -> Vec<Located<String>> {
        let Some(node) = of
            .property(property)
            .and_then(|node| resolver.resolve(node))
        else {
            return Vec::new();
        };
        let items = match &node.value {
            Content::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(&node),
        };
        let located = |node: &Node<'a>| {
            let value = node.as_str()?.to_owned();
            let at = self.document.at(node.span);
            Some(Located { value, at })
        };
        items.iter().filter_map(located).collect()
    }
}

/// Whether a value is the ARN of this managed policy.
fn refers_to(node: &Node<'_>, id: &str) -> bool {
    intrinsic(node).is_some_and(|of| match of.name {
        "Ref" => of.argument.as_str() == Some(id),
        "GetAtt" => attribute(of.argument) == Some((id, "PolicyArn")),
        _ => false,
    })
}

/// Gives the users the policies of their groups; the names of the groups that have any.
fn join_groups(holdings: &mut [Holding<'_>]) -> BTreeSet<String> {
    let groups = holdings.iter().filter(|of| of.holder == Holder::Group);
    let of_group = |of: &Holding<'_>| (of.name.clone(), (of.policies.clone(), of.managed.clone()));
    let groups: BTreeMap<_, _> = groups.map(of_group).collect();
    let mut taken = BTreeSet::new();
    for user in holdings.iter_mut().filter(|of| of.holder == Holder::User) {
        let own = BTreeSet::from_iter(std::mem::take(&mut user.groups));
        for name in own {
            if let Some((policies, managed)) = groups.get(&name) {
                user.policies.extend(policies.iter().cloned());
                user.managed.extend(managed.iter().cloned());
                taken.insert(name);
            }
        }
    }
    taken
}
