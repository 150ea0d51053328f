//! What iam-collect writes as `metadata.json` of an organization, `{"arn": …, "id": "o-…", "rootOu":
//! …}`, and of each control policy, `{"arn": …, "awsManaged": …, "name": …}`.
//!
//! The folder of an organization is `aws/PARTITION/organizations/ID/`. `accounts.json` and `ous.json`
//! beside the first say what is attached where; a policy beside the second is that policy.
//! <https://github.com/cloud-copilot/iam-collect>

use crate::aws::{AccountId, Arn};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::folder::Owner;
use crate::policy::PolicyKind;

use super::Answer;

/// Reads which organization or policy the files beside are about.
pub(super) fn read(document: &Document<'_>) -> Answer {
    match owner(document) {
        Some(owner) => Answer::from(Contents {
            owner: Some(Box::new(owner)),
            ..Contents::default()
        }),
        None => Answer::NotThis,
    }
}

fn owner(document: &Document<'_>) -> Option<Owner> {
    let mut fields = Fields::new(document, &document.root);
    let arn = fields.text("arn")?;
    let parsed = Arn::parse(&arn.value).filter(|arn| arn.service == "organizations")?;
    let resource = parsed.resource.to_owned();
    let last = resource.rsplit('/').next()?;
    if resource.starts_with("organization/") {
        let id = fields.text("id").filter(|id| id.value == last)?;
        fields.text("rootOu")?;
        let management_account = fields.text("rootAccountId");
        let management_account = management_account.and_then(|id| AccountId::parse(&id.value));
        return Some(Owner::Organization {
            id,
            management_account,
        });
    }
    let kind = match resource.strip_prefix("policy/")?.rsplit('/').nth(1)? {
        "service_control_policy" => PolicyKind::ServiceControl,
        "resource_control_policy" => PolicyKind::ResourceControl,
        _ => return None,
    };
    fields.boolean("awsManaged")?;
    Some(Owner::Control {
        id: last.to_owned(),
        name: fields.text("name")?.value,
        kind,
        arn,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, contents};
    use super::*;

    #[test]
    fn organizations_and_their_policies_are_told_by_their_arns() {
        let organization = r#"{"arn":"arn:aws:organizations::999988887777:organization/o-a1b2c3d4e5",
            "id":"o-a1b2c3d4e5","rootOu":"r-ab12","rootAccountId":"999988887777"}"#;
        let Owner::Organization {
            id,
            management_account,
        } = *contents(organization).owner.unwrap()
        else {
            panic!("{organization}");
        };
        assert_eq!(id.value, "o-a1b2c3d4e5");
        assert_eq!(management_account, AccountId::parse("999988887777"));
        for (arn, wanted) in [
            (
                "arn:aws:organizations::999988887777:policy/o-a1b2c3d4e5/service_control_policy/p-1",
                PolicyKind::ServiceControl,
            ),
            (
                "arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess",
                PolicyKind::ResourceControl,
            ),
        ] {
            let text = format!(r#"{{"arn":"{arn}","awsManaged":true,"name":"x"}}"#);
            let Owner::Control { kind, .. } = *contents(&text).owner.unwrap() else {
                panic!("{text}");
            };
            assert_eq!(kind, wanted);
        }
        for other in [
            r#"{"arn":"arn:aws:organizations::999988887777:ou/o-a1b2c3d4e5/ou-ab12-1","name":"x"}"#,
            r#"{"arn":"arn:aws:organizations::aws:policy/s3_policy/p-1","awsManaged":true,"name":"x"}"#,
            r#"{"arn":"arn:aws:organizations::999988887777:organization/o-a1b2c3d4e5","id":"o-b"}"#,
        ] {
            assert!(matches!(answer(other), Answer::NotThis), "{other}");
        }
    }
}
