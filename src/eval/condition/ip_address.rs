//! `IpAddress` and `NotIpAddress`.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::eval::Truth;
use crate::eval::scope::Scope;

/// Whether the address lies in the range. A range without a length is one address; ranges and
/// addresses of different families never match.
pub(super) fn matches(wanted: &str, value: &str, scope: &Scope<'_>) -> Truth {
    let Some((range, address)) = range(wanted).zip(value.parse::<IpAddr>().ok()) else {
        return Truth::No;
    };
    if range.contains(&address) {
        return Truth::Yes;
    }
    // AWS names /32 as the length that is taken where none is written, and does not say of which
    // family.
    match IpNet::new(range.addr(), 32) {
        Ok(wide) if !wanted.contains('/') && wide.contains(&address) => scope.undocumented(false),
        _ => Truth::No,
    }
}

/// The standard library refuses octets such as `010`, which some readers take as octal.
fn range(text: &str) -> Option<IpNet> {
    match text.split_once('/') {
        None => Some(IpNet::from(text.parse::<IpAddr>().ok()?)),
        Some((address, length)) => IpNet::new(address.parse().ok()?, length.parse().ok()?).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::KmsAction;
    use crate::eval::{Caller, KeyIdentity, Request, RequestContext};
    use crate::policy::PolicyKind;

    #[test]
    fn ranges() {
        let caller = Caller::parse("backup.amazonaws.com").unwrap();
        let (action, context) = (KmsAction::ScheduleKeyDeletion, RequestContext::open());
        let request = Request::open(caller, action, KeyIdentity::default(), context, None);
        let scope = Scope::new(&request, PolicyKind::Key, false);
        let hit = |wanted, value| matches(wanted, value, &scope) == Truth::Yes;
        assert!(hit("203.0.113.0/24", "203.0.113.10") && !hit("203.0.113.0/24", "203.0.114.10"));
        assert!(hit("0.0.0.0/0", "10.1.2.3") && !hit("0.0.0.0/0", "2001:db8::1"));
        assert!(hit("2001:DB8::/32", "2001:db8:85a3::8a2e:370:7334") && hit("::/0", "::1"));
        assert!(hit("10.1.2.3", "10.1.2.3") && !hit("010.0.0.0/8", "10.1.2.3"));
        assert!(!hit("10.0.0.0/33", "10.1.2.3") && !hit("", "10.1.2.3"));
        let doubtful = matches("2001:db8::1", "2001:db8::2", &scope);
        assert_eq!(doubtful, Truth::Unknown);
    }
}
