//! Requests of `aws iam create-policy` and `create-policy-version`: a managed policy that is attached to
//! nothing yet. Those of `put-role-policy` and its siblings look like the answers of `get-role-policy`.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html>

use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::policy::read_policy;
use crate::policy::PolicyKind;

use super::Answer;

/// The fields that name the policy, for each.
const NAMES: [&str; 2] = ["PolicyName", "PolicyArn"];

/// Reads the policy.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let name = NAMES.into_iter().find(|name| root.get(name).is_some());
    let (Some(name), Some(node)) = (name, root.get("PolicyDocument")) else {
        return Answer::NotThis;
    };
    let mut contents = Contents::default();
    let mut fields = Fields::new(document, root);
    let name = fields.text(name);
    contents.errors.append(&mut fields.errors);
    let policy = read_policy(document, node, PolicyKind::Identity, &mut contents);
    if let (Some(mut policy), Some(name)) = (policy, name) {
        policy.name = name.value;
        contents.policies.push(policy);
    }
    contents.into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::contents;

    #[test]
    fn managed_policy_of_a_request_is_read() {
        let policy = r#"{"Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}"#;
        for (name, wanted) in [
            (r#""PolicyName":"Deploy""#, "Deploy"),
            (
                r#""SetAsDefault":true,"PolicyArn":"arn:aws:iam::111122223333:policy/Deploy""#,
                "arn:aws:iam::111122223333:policy/Deploy",
            ),
        ] {
            let text = serde_json::to_string(policy).unwrap();
            for written in [policy, &*text] {
                let found = contents(&format!(r#"{{{name},"PolicyDocument":{written}}}"#));
                assert!(found.errors.is_empty());
                assert_eq!(found.policies[0].name, wanted);
            }
        }
    }
}
