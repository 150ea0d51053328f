//! The answers of `aws iam get-role-policy`, `get-user-policy` and `get-group-policy`:
//! `{"RoleName": …, "PolicyName": …, "PolicyDocument": …}`.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>

use crate::aws::PrincipalKind;
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::identity::{Holder, InlinePart};
use crate::load::policy::read_policy;
use crate::policy::PolicyKind;

use super::Answer;

/// The field that names the holder, for each.
const HOLDERS: [(&str, Holder); 3] = [
    ("RoleName", Holder::Principal(PrincipalKind::Role)),
    ("UserName", Holder::Principal(PrincipalKind::User)),
    ("GroupName", Holder::Group),
];

/// Reads an inline policy with the name of its holder; the account is not said.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let holder = HOLDERS
        .iter()
        .find_map(|(field, holder)| root.get(field).map(|_| (*field, *holder)));
    let (Some((field, holder)), Some(node)) = (holder, root.get("PolicyDocument")) else {
        return Answer::NotThis;
    };
    let mut contents = Contents::default();
    let mut fields = Fields::new(document, root);
    let name = fields.text(field);
    let policy_name = fields.text("PolicyName");
    contents.errors.append(&mut fields.errors);
    let policy = read_policy(document, node, PolicyKind::Identity, &mut contents);
    if let Some(mut policy) = policy {
        if let Some(policy_name) = policy_name {
            policy.name = policy_name.value;
        }
        match name {
            Some(name) => contents.account().inline.push(InlinePart {
                holder,
                name: name.value,
                policy,
            }),
            None => contents.policies.push(policy),
        }
    }
    contents.into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::contents;
    use super::*;

    #[test]
    fn an_inline_policy_names_its_holder() {
        for (field, holder) in HOLDERS {
            let found = contents(&format!(
                r#"{{"{field}":"deploy","PolicyName":"Deploy","PolicyDocument":{{"Version":"2012-10-17",
                "Statement":[{{"Effect":"Allow","Action":"kms:*","Resource":"*"}}]}}}}"#
            ));
            let inline = &found.account.as_ref().unwrap().inline[0];
            assert_eq!((inline.holder, &*inline.name), (holder, "deploy"));
            assert_eq!(inline.policy.name, "Deploy");
        }
    }
}
