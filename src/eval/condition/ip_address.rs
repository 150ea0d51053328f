//! `IpAddress` and `NotIpAddress`.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::eval::Truth;

/// Whether the address stands in the range. A range without a length is one address; ranges and
/// addresses of different families never match.
pub(super) fn matches(wanted: &str, value: &str) -> Truth {
    let contains = || Some(range(wanted)?.contains(&value.parse::<IpAddr>().ok()?));
    contains().unwrap_or_default().into()
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

    #[test]
    fn ranges() {
        let hit = |wanted, value| matches(wanted, value) == Truth::Yes;
        assert!(hit("203.0.113.0/24", "203.0.113.10") && !hit("203.0.113.0/24", "203.0.114.10"));
        assert!(hit("0.0.0.0/0", "10.1.2.3") && !hit("0.0.0.0/0", "2001:db8::1"));
        assert!(hit("2001:DB8::/32", "2001:db8:85a3::8a2e:370:7334") && hit("::/0", "::1"));
        assert!(hit("10.1.2.3", "10.1.2.3") && !hit("010.0.0.0/8", "10.1.2.3"));
        assert!(!hit("10.0.0.0/33", "10.1.2.3") && !hit("", "10.1.2.3"));
    }
}
