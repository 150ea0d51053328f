//! Whom a principal names that a template has yet to fill in: whoever the rest of its text leaves
//! room for may be meant, and nobody surely is.

use crate::aws::Arn;
use crate::policy::{PrincipalType, Value, glob};

use super::caller::CallerKind;
use super::principal::Naming;
use super::{Caller, Truth};

/// By which routes the pattern, listed under this type, may name the caller.
pub(super) fn names(value: &Value, principal_type: PrincipalType, caller: &Caller) -> Naming {
    let pattern = &*value.with_wildcards();
    match principal_type {
        PrincipalType::Service if caller.is_service() => Naming {
            direct: may(glob(pattern, caller.as_str())),
            ..Naming::NOBODY
        },
        PrincipalType::Aws => names_of_account(pattern, caller),
        PrincipalType::Service | PrincipalType::Federated | PrincipalType::CanonicalUser => {
            Naming::NOBODY
        }
    }
}

fn names_of_account(pattern: &str, caller: &Caller) -> Naming {
    let Some(account) = caller.account() else {
        return Naming::NOBODY;
    };
    let account = account.as_str();
    // A wildcard may stand for a whole ARN, but for no colon inside one of its parts.
    let is_arn = |service: &str, resource: &str| {
        let Some(written) = Arn::parse(pattern) else {
            let partition = caller.partition().unwrap_or("aws");
            return glob(
                pattern,
                &format!("arn:{partition}:{service}::{account}:{resource}"),
            );
        };
        glob(written.service, service)
            && written.region.is_empty()
            && glob(written.account, account)
            && glob(written.resource, resource)
    };
    let names_account = glob(pattern, account) || is_arn("iam", "root");
    let mut naming = Naming::NOBODY;
    match caller.kind() {
        CallerKind::User(_, name) => {
            naming.direct = may(is_arn("iam", &format!("user/{name}")));
            naming.delegated = may(names_account);
        }
        CallerKind::Role(_, name) => {
            naming.limited = may(is_arn("iam", &format!("role/{name}")));
            naming.delegated = may(names_account);
        }
        CallerKind::Session(_, role, session) => {
            let resource = format!("assumed-role/{role}/{session}");
            naming.direct = may(is_arn("sts", &resource));
            // The session's ARN leaves out the role's path.
            let with_path = format!("role/{role}");
            let last = Arn::parse(pattern)
                .and_then(|arn| arn.resource.rsplit_once('/'))
                .is_some_and(|(kind, last)| kind.starts_with("role") && glob(last, role));
            naming.limited =
                may(is_arn("iam", &with_path) || last && is_arn_of_account(pattern, account));
            naming.delegated = may(names_account);
        }
        CallerKind::FederatedUser(_, name) => {
            naming.direct = may(is_arn("sts", &format!("federated-user/{name}")));
            naming.delegated = may(names_account);
        }
        CallerKind::Root(_) => naming.direct = may(names_account),
        CallerKind::Service => {}
    }
    naming
}

fn is_arn_of_account(pattern: &str, account: &str) -> bool {
    Arn::parse(pattern).is_some_and(|arn| glob(arn.account, account))
}

const fn may(possible: bool) -> Truth {
    if possible { Truth::Unknown } else { Truth::No }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(text: &str, caller: &str) -> [Truth; 3] {
        let value = Value::of_template(text);
        let naming = names(&value, PrincipalType::Aws, &Caller::parse(caller).unwrap());
        [naming.direct, naming.limited, naming.delegated]
    }

    #[test]
    fn placeholder_may_name_whom_the_rest_of_its_text_leaves_room_for() {
        use Truth::{No, Unknown};
        const ROLE: &str = "arn:aws:iam::111122223333:role/ops/Admin";
        const USER: &str = "arn:aws:iam::111122223333:user/alice";
        const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Admin/s";
        const ROOT: &str = "arn:aws:iam::111122223333:root";
        for (text, caller, wanted) in [
            ("${admin_arn}", ROLE, [No, Unknown, Unknown]),
            ("${admin_arn}", USER, [Unknown, No, Unknown]),
            ("arn:aws:iam::${account}:root", ROLE, [No, No, Unknown]),
            ("arn:aws:iam::${account}:root", ROOT, [Unknown, No, No]),
            ("${account_id}", ROLE, [No, Unknown, Unknown]),
            (
                "arn:aws:iam::${account}:role/ops/Admin",
                ROLE,
                [No, Unknown, No],
            ),
            ("arn:aws:iam::${account}:role/other", ROLE, [No, No, No]),
            ("arn:aws:iam::444455556666:role/${name}", ROLE, [No, No, No]),
            (
                "arn:aws:iam::${account}:role/ops/Admin",
                SESSION,
                [No, Unknown, No],
            ),
            (
                "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${r}",
                SESSION,
                [No, Unknown, No],
            ),
            ("ADMIN_ROLE_ARN", "backup.amazonaws.com", [No, No, No]),
        ] {
            assert_eq!(by(text, caller), wanted, "{text} {caller}");
        }
        let service = Caller::parse("backup.amazonaws.com").unwrap();
        let named = names(
            &Value::of_template("${service}.amazonaws.com"),
            PrincipalType::Service,
            &service,
        );
        assert_eq!(named.direct, Unknown);
    }
}
