//! What iam-collect writes as `metadata.json` of a user, group, role or managed policy:
//! `{"arn": …, "id": …, "name": …, "path": …}`.
//!
//! Its folder of a role is `aws/PARTITION/accounts/ACCOUNT/iam/role/NAME/`. What the role may do
//! stands in the files beside this one, which do not say whose they are: `load::folder` reads them.
//! <https://github.com/cloud-copilot/iam-collect>

use crate::aws::{AccountId, Arn, PrincipalKind};
use crate::inventory::Located;
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::folder::Owner;
use crate::load::identity::{Attachments, GroupPart, PrincipalPart};

use super::Answer;

/// Reads whom the files beside are about. Instance profiles and identity providers have the same
/// members and other ARNs.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let mut fields = Fields::new(document, &document.root);
    let [arn, id, name, path] = ["arn", "id", "name", "path"].map(|field| fields.text(field));
    let (Some(arn), Some(id), Some(name), Some(_)) = (arn, id, name, path) else {
        return Answer::NotThis;
    };
    let boundary = fields.text("permissionBoundary").map(|arn| arn.value);
    let Some(owner) = owner(arn, id.value, name.value, boundary) else {
        return Answer::NotThis;
    };
    Answer::from(Contents {
        owner: Some(Box::new(owner)),
        errors: fields.errors,
        ..Contents::default()
    })
}

/// Whose ARN it is; nobody's, where that does not end in the name.
fn owner(
    arn: Located<String>,
    id: String,
    name: String,
    boundary: Option<String>,
) -> Option<Owner> {
    let parsed = Arn::parse(&arn.value)?;
    let (kind, of_kind) = parsed.resource.split_once('/')?;
    let own_name = of_kind.rsplit('/').next()?;
    if parsed.service != "iam" || own_name != name {
        return None;
    }
    let account = AccountId::parse(parsed.account);
    let attachments = Attachments::default();
    let kind = match kind {
        "policy" => return Some(Owner::Managed { arn, name }),
        "group" => {
            let part = GroupPart {
                account: account?,
                name,
                attachments,
            };
            return Some(Owner::Group { arn, part });
        }
        "user" => PrincipalKind::User,
        "role" => PrincipalKind::Role,
        _ => return None,
    };
    Some(Owner::Principal(Box::new(PrincipalPart {
        kind,
        account: account?,
        arn,
        name,
        id: Some(id),
        tags: None,
        groups: Vec::new(),
        attachments,
        boundary,
        is_declared: false,
    })))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, contents};
    use super::*;

    fn metadata(arn: &str, name: &str) -> String {
        format!(
            r#"{{"arn":"{arn}","created":"2030-01-01T00:00:00Z","id":"AROAX","name":"{name}","path":"/"}}"#
        )
    }

    #[test]
    fn each_kind_is_told_by_its_arn() {
        let of = |kind: &str| {
            let arn = format!("arn:aws:iam::111122223333:{kind}/ci/deploy");
            *contents(&metadata(&arn, "deploy")).owner.unwrap()
        };
        for (kind, wanted) in [("user", PrincipalKind::User), ("role", PrincipalKind::Role)] {
            let Owner::Principal(part) = of(kind) else {
                panic!("{kind}");
            };
            assert_eq!((part.kind, &*part.name), (wanted, "deploy"));
        }
        assert!(matches!(of("group"), Owner::Group { .. }));
        assert!(matches!(of("policy"), Owner::Managed { .. }));
    }

    #[test]
    fn what_describes_something_else_is_passed_over() {
        for text in [
            metadata("arn:aws:iam::111122223333:instance-profile/web", "web"),
            metadata("arn:aws:iam::111122223333:role/web", "other"),
            metadata("arn:aws:iam::aws:role/web", "web"),
            metadata("arn:aws:s3:::role/web", "web"),
            r#"{"arn":"arn:aws:iam::111122223333:role/web","name":"web"}"#.to_owned(),
        ] {
            assert!(matches!(answer(&text), Answer::NotThis), "{text}");
        }
    }
}
