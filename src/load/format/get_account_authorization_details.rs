//! The answer of `aws iam get-account-authorization-details`: users, groups, roles and managed
//! policies of an account.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

use crate::aws::{AccountId, Arn};
use crate::inventory::{IdentityType, LoadedPolicy, Located};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::identity::{Attachments, GroupPart, PrincipalPart};
use crate::load::policy::read_policy;
use crate::load::trust::session_may_tag;
use crate::policy::PolicyKind;
use crate::source::InputError;
use crate::source::json::{Node, Value};

use super::Answer;

/// Reads everyone and every policy.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let lists = ["UserDetailList", "GroupDetailList", "RoleDetailList"];
    if !lists.iter().any(|list| root.get(list).is_some()) {
        return Answer::NotThis;
    }
    let mut reader = Reader {
        document,
        contents: Contents::default(),
    };
    let mut fields = Fields::new(document, root);
    fields.refuse_truncated("what is missing could hold a permission");
    let [users, groups, roles] = lists.map(|list| fields.list(list));
    let managed = fields.list("Policies");
    reader.contents.errors.append(&mut fields.errors);
    for node in users {
        reader.principal(node, IdentityType::User);
    }
    for node in roles {
        reader.principal(node, IdentityType::Role);
    }
    for node in groups {
        reader.group(node);
    }
    for node in managed {
        reader.managed(node);
    }
    Answer::Read(reader.contents)
}

/// The ARN of a user, group or role with what it says.
struct Identity {
    arn: Located<String>,
    account: AccountId,
    name: String,
}

struct Reader<'d, 'a> {
    document: &'d Document<'a>,
    contents: Contents,
}

impl<'d, 'a> Reader<'d, 'a> {
    fn principal(&mut self, node: &'d Node<'a>, kind: IdentityType) {
        let mut fields = Fields::new(self.document, node);
        let (name, id, inline) = match kind {
            IdentityType::User => ("UserName", "UserId", "UserPolicyList"),
            IdentityType::Role => ("RoleName", "RoleId", "RolePolicyList"),
        };
        let identity = self.identity(&mut fields, name);
        let id = fields.text(id).map(|id| id.value);
        let mut tags = fields.tags("Tags", ("Key", "Value"));
        if kind == IdentityType::Role
            && session_may_tag(self.document, fields.node("AssumeRolePolicyDocument"))
        {
            tags = None;
        }
        let boundary = fields.node("PermissionsBoundary").and_then(|node| {
            let mut boundary = Fields::new(self.document, node);
            let arn = boundary.text("PermissionsBoundaryArn");
            fields.errors.append(&mut boundary.errors);
            arn.map(|arn| arn.value)
        });
        let groups = self.texts(&mut fields, "GroupList");
        let attachments = self.attachments(&mut fields, inline);
        self.contents.errors.append(&mut fields.errors);
        if let Some(identity) = identity {
            self.contents.account.principals.push(PrincipalPart {
                kind,
                arn: identity.arn,
                account: identity.account,
                name: identity.name,
                id,
                tags,
                groups,
                attachments,
                boundary,
            });
        }
    }

    fn group(&mut self, node: &'d Node<'a>) {
        let mut fields = Fields::new(self.document, node);
        let identity = self.identity(&mut fields, "GroupName");
        let attachments = self.attachments(&mut fields, "GroupPolicyList");
        self.contents.errors.append(&mut fields.errors);
        if let Some(identity) = identity {
            self.contents.account.groups.push(GroupPart {
                account: identity.account,
                name: identity.name,
                attachments,
            });
        }
    }

    /// The version that is in force.
    fn managed(&mut self, node: &'d Node<'a>) {
        let mut fields = Fields::new(self.document, node);
        let arn = fields.text("Arn");
        let name = fields.text("PolicyName");
        let default = fields.text("DefaultVersionId");
        let versions = fields.list("PolicyVersionList");
        self.contents.errors.append(&mut fields.errors);
        let is_default = |version: &&Node<'_>| {
            let id = version.get("VersionId").and_then(Node::as_str);
            version.get("IsDefaultVersion").and_then(Node::as_bool) == Some(true)
                || default.as_ref().is_some_and(|d| id == Some(&*d.value))
        };
        let Some(version) = versions.iter().find(is_default) else {
            let error = InputError::new(node.span, "the policy has no version that is its default")
                .label("this policy")
                .help("write the whole answer of `aws iam get-account-authorization-details` into the file");
            self.contents.errors.push(error);
            return;
        };
        let policy = self.document_of(version, "Document", name);
        if let (Some(arn), Some(policy)) = (arn, policy) {
            let managed = &mut self.contents.account.managed;
            managed.push((arn.value, policy));
        }
    }

    fn identity(&mut self, fields: &mut Fields<'_, '_>, name: &str) -> Option<Identity> {
        let name = fields.text(name)?;
        let arn = fields.text("Arn")?;
        let account = Arn::parse(&arn.value).and_then(|arn| AccountId::parse(arn.account));
        let Some(account) = account else {
            let message = format!("`{}` is not the ARN of a user, group or role", arn.value);
            let error = InputError::new(arn.at.span, message).label("this ARN");
            fields.errors.push(error);
            return None;
        };
        Some(Identity {
            arn,
            account,
            name: name.value,
        })
    }

    fn attachments(&mut self, fields: &mut Fields<'d, 'a>, inline: &str) -> Attachments {
        let mut attachments = Attachments::default();
        for node in fields.list(inline) {
            let mut policy = Fields::new(self.document, node);
            let name = policy.text("PolicyName");
            fields.errors.append(&mut policy.errors);
            let found = self.document_of(node, "PolicyDocument", name);
            attachments.inline.extend(found);
        }
        for node in fields.list("AttachedManagedPolicies") {
            let mut policy = Fields::new(self.document, node);
            attachments.managed.extend(policy.text("PolicyArn"));
            fields.errors.append(&mut policy.errors);
        }
        attachments
    }

    fn document_of(
        &mut self,
        node: &Node<'_>,
        field: &str,
        name: Option<Located<String>>,
    ) -> Option<LoadedPolicy> {
        let Some(found) = node.get(field) else {
            let error = InputError::new(node.span, format!("the policy has no `{field}`"))
                .label("this policy");
            self.contents.errors.push(error);
            return None;
        };
        let policy = read_policy(
            self.document,
            found,
            PolicyKind::Identity,
            &mut self.contents,
        );
        policy.map(|policy| LoadedPolicy {
            name: name.map_or(policy.name, |name| name.value),
            ..policy
        })
    }

    fn texts(&self, fields: &mut Fields<'d, 'a>, list: &str) -> Vec<Located<String>> {
        let text = |node: &Node<'_>| match &node.value {
            Value::String(text) => Some(Located {
                value: text.clone().into_owned(),
                at: self.document.at(node.span),
            }),
            _ => None,
        };
        fields.list(list).iter().filter_map(text).collect()
    }
}
