//! What the user says of a template's parameters and of the stack.

use std::collections::BTreeMap;

use crate::aws::AccountId;

/// Values that a template is read with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::load) struct Given {
    /// Values of parameters; those that a template does not have are left alone.
    pub parameters: BTreeMap<String, String>,
    /// The account of the stack.
    pub account: Option<AccountId>,
    /// The Region of the stack.
    pub region: Option<String>,
}

impl Given {
    /// The value that a parameter is given.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// The value of a pseudo parameter, where it follows from what is given.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html>
    pub(super) fn pseudo_parameter(&self, name: &str) -> Option<String> {
        let region = self.region.as_deref();
        match name {
            "AWS::AccountId" => self.account.map(|account| account.to_string()),
            "AWS::Region" => region.map(str::to_owned),
            "AWS::Partition" => region.map(|region| partition(region).0.to_owned()),
            "AWS::URLSuffix" => region.map(|region| partition(region).1.to_owned()),
            _ => None,
        }
    }
}

/// The partition of a Region, and what the names of its endpoints end in.
/// <https://docs.aws.amazon.com/general/latest/gr/rande.html>
fn partition(region: &str) -> (&'static str, &'static str) {
    let known = [
        ("cn-", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-", "aws-us-gov", "amazonaws.com"),
        ("us-iso-", "aws-iso", "c2s.ic.gov"),
        ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
        ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
        ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
        ("eusc-", "aws-eusc", "amazonaws.eu"),
    ];
    let found = known.iter().find(|(start, ..)| region.starts_with(start));
    found.map_or(("aws", "amazonaws.com"), |(_, partition, suffix)| {
        (partition, suffix)
    })
}
