//! The answer of `aws iam get-account-authorization-details`: users, groups, roles and managed
//! policies of an account.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

use crate::aws::{AccountId, Arn, PrincipalKind};
use crate::inventory::{LoadedPolicy, Located};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::identity::{Attachments, GroupPart, PrincipalPart};
use crate::load::policy::read_policy;
use crate::load::trust::session_may_tag;
use crate::policy::PolicyKind;
use crate::text::InputError;
use crate::tree::{Content, Node};

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
        reader.principal(node, PrincipalKind::User);
    }
    for node in roles {
        reader.principal(node, PrincipalKind::Role);
    }
    for node in groups {
        reader.group(node);
    }
    for node in managed {
        reader.managed(node);
    }
    reader.contents.into()
}

/// The ARN of a user, group or role with what it says.
struct Identity {
    arn: Located<String>,
    account: AccountId,
    name: String,
}

/// Whom the fields are about; the name stands under `name`.
fn identity(fields: &mut Fields<'_, '_>, name: &str, node: &Node<'_>) -> Option<Identity> {
    let (Some(name), Some(arn)) = (fields.text(name), fields.text("Arn")) else {
        if fields.errors.is_empty() {
            let message = format!("a user, group or role needs `{name}` and `Arn`");
            let error = InputError::new(node.span, message).label("this one");
            fields.errors.push(error);
        }
        return None;
    };
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

struct Reader<'d, 'a> {
    document: &'d Document<'a>,
    contents: Contents,
}

impl<'d, 'a> Reader<'d, 'a> {
    fn principal(&mut self, node: &'d Node<'a>, kind: PrincipalKind) {
        let mut fields = Fields::new(self.document, node);
        let (name, id, inline) = if kind == PrincipalKind::User {
            ("UserName", "UserId", "UserPolicyList")
        } else {
            ("RoleName", "RoleId", "RolePolicyList")
        };
        let identity = identity(&mut fields, name, node);
        let id = fields.text(id).map(|id| id.value);
        let mut tags = fields.tags("Tags", ("Key", "Value"));
        if kind == PrincipalKind::Role
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
            self.contents.account().principals.push(PrincipalPart {
                kind,
                arn: identity.arn,
                account: identity.account,
                name: identity.name,
                id,
                tags,
                groups,
                attachments,
                boundary,
                is_declared: false,
            });
        }
    }

    fn group(&mut self, node: &'d Node<'a>) {
        let mut fields = Fields::new(self.document, node);
        let identity = identity(&mut fields, "GroupName", node);
        let attachments = self.attachments(&mut fields, "GroupPolicyList");
        self.contents.errors.append(&mut fields.errors);
        if let Some(identity) = identity {
            self.contents.account().groups.push(GroupPart {
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
            let managed = &mut self.contents.account().managed;
            managed.push((arn.value, policy));
        }
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
            Content::String(text) => Some(Located {
                value: text.clone().into_owned(),
                at: self.document.at(node.span),
            }),
            _ => None,
        };
        fields.list(list).iter().filter_map(text).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::contents;
    use crate::tree::Encoding;

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}"#;

    fn role(policy: &Value, attached: &Value) -> String {
        json!({"RoleDetailList": [{"RoleName": "r", "RoleId": "AROAX",
            "Arn": "arn:aws:iam::111122223333:role/r",
            "RolePolicyList": [{"PolicyName": "Own", "PolicyDocument": policy}],
            "AttachedManagedPolicies": attached}]})
        .to_string()
    }

    #[test]
    fn documents_and_lists_are_read_however_they_are_written() {
        let object: Value = serde_json::from_str(POLICY).unwrap();
        let encoded = POLICY.replace('{', "%7B").replace('"', "%22");
        let one = json!({"PolicyName": "P", "PolicyArn": "arn:aws:iam::aws:policy/P"});
        for (document, encoding, attached) in [
            (object, None, json!([one])),
            (json!(POLICY), Some(Encoding::String), one.clone()),
            (json!(encoded), Some(Encoding::PercentEncoded), one),
        ] {
            let found = contents(&role(&document, &attached));
            assert!(found.errors.is_empty(), "{:?}", found.errors);
            let role = &found.account.as_ref().unwrap().principals[0];
            let attachments = &role.attachments;
            assert_eq!(attachments.inline[0].name, "Own");
            assert_eq!(attachments.inline[0].encoding, encoding);
            assert_eq!(attachments.managed[0].value, "arn:aws:iam::aws:policy/P");
            // Without a trust policy it is not known whether sessions have tags of their own.
            assert_eq!(
                (role.tags.as_ref(), role.id.as_deref()),
                (None, Some("AROAX"))
            );
        }
    }

    #[test]
    fn the_default_version_is_in_force() {
        let version = |id: &str, default: bool, action: &str| {
            json!({"VersionId": id, "IsDefaultVersion": default, "Document":
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}})
        };
        let found = contents(
            &json!({"UserDetailList": [], "Policies": [{"PolicyName": "P", "Arn": "arn:p",
            "PolicyVersionList": [version("v2", false, "kms:*"), version("v1", true, "s3:*")]}]})
            .to_string(),
        );
        let (arn, policy) = &found.account.as_ref().unwrap().managed[0];
        let action = policy.document.statements[0].action.as_ref().unwrap();
        assert_eq!(
            (&**arn, &*action.patterns()[0].text().value),
            ("arn:p", "s3:*")
        );
    }

    #[test]
    fn nobody_is_dropped_without_a_word() {
        for text in [
            r#"{"UserDetailList":[{"UserName":"a"}]}"#,
            r#"{"UserDetailList":["a"]}"#,
            r#"{"UserDetailList":"a"}"#,
            r#"{"RoleDetailList":[{"RoleName":"a","Arn":"a"}]}"#,
            r#"{"UserDetailList":[],"Policies":[{"Arn":"a","PolicyVersionList":[]}]}"#,
            r#"{"UserDetailList":[],"IsTruncated":true}"#,
        ] {
            assert_eq!(contents(text).errors.len(), 1, "{text}");
        }
    }
}
