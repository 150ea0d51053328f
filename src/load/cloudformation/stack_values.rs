//! What the user says of a template's parameters and of the stack.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::aws::AccountId;

/// Values that a template is read with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackValues {
    /// Values of parameters; those that a template does not have are left alone.
    pub parameters: BTreeMap<String, String>,
    /// The account of the stack.
    pub account: Option<AccountId>,
    /// The Region of the stack.
    pub region: Option<String>,
}

impl StackValues {
    /// The values of parameters that a file has for the AWS CLI or `aws cloudformation deploy`: a
    /// list of `ParameterKey` and `ParameterValue`, a list of `NAME=VALUE`, a map, or a map under `Parameters`.
    /// A parameter that keeps its previous value has none here.
    /// <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/create-stack.html>
    /// <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/>
    ///
    /// # Errors
    /// Where the text is none of these.
    pub fn parameters_of_file(text: &str) -> Result<BTreeMap<String, String>, String> {
        let text = text.trim_start_matches('\u{feff}');
        let read: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let read = match &read {
            Json::Object(members) => members.get("Parameters").unwrap_or(&read),
            _ => &read,
        };
        let mut found = BTreeMap::new();
        match read {
            Json::Object(members) => {
                for (name, value) in members {
                    found.insert(name.clone(), parameter_text(name, value)?);
                }
            }
            Json::Array(items) => {
                for item in items {
                    found.extend(listed(item)?);
                }
            }
            _ => return Err("it is neither a list nor a map of parameters".to_owned()),
        }
        Ok(found)
    }

    /// Reads `NAME=VALUE`.
    ///
    /// # Errors
    /// Where no `=` is there, or nothing before it.
    pub fn parse_parameter(text: &str) -> Result<(String, String), String> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
            _ => Err("write NAME=VALUE".to_owned()),
        }
    }
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

/// One entry of a list; none of a parameter that keeps its previous value.
fn listed(item: &Json) -> Result<Option<(String, String)>, String> {
    if let Json::String(text) = item {
        return StackValues::parse_parameter(text).map(Some);
    }
    let Some(name) = item.get("ParameterKey").and_then(Json::as_str) else {
        return Err("an entry has no `ParameterKey`".to_owned());
    };
    match item.get("ParameterValue") {
        Some(value) => Ok(Some((name.to_owned(), parameter_text(name, value)?))),
        None if item.get("UsePreviousValue") == Some(&Json::Bool(true)) => Ok(None),
        None => Err(format!("`{name}` has no `ParameterValue`")),
    }
}

/// A value as a parameter has it: a list is its items with commas between.
fn parameter_text(name: &str, value: &Json) -> Result<String, String> {
    match value {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        Json::Bool(value) => Ok(value.to_string()),
        Json::Array(items) => {
            let items: Result<Vec<_>, _> = items
                .iter()
                .map(|item| parameter_text(name, item))
                .collect();
            Ok(items?.join(","))
        }
        Json::Null | Json::Object(_) => Err(format!("the value of `{name}` is no text")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_parameters_are_read_as_aws_takes_them() {
        let wanted = BTreeMap::from([("A", "1"), ("B", "x,y")]);
        let wanted: BTreeMap<_, _> = wanted
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        for text in [
            r#"[{"ParameterKey":"A","ParameterValue":"1"},{"ParameterKey":"B","ParameterValue":"x,y"},
                {"ParameterKey":"C","UsePreviousValue":true}]"#,
            r#"["A=1","B=x,y"]"#,
            r#"{"A":1,"B":["x","y"]}"#,
            r#"{"Parameters":{"A":"1","B":"x,y"},"Tags":{"t":"u"}}"#,
        ] {
            assert_eq!(
                StackValues::parameters_of_file(text),
                Ok(wanted.clone()),
                "{text}"
            );
        }
        for text in [
            "",
            "5",
            "[5]",
            r#"["A"]"#,
            r#"{"A":{}}"#,
            r#"[{"ParameterKey":"A"}]"#,
        ] {
            assert!(StackValues::parameters_of_file(text).is_err(), "{text}");
        }
    }

    #[test]
    fn pseudo_parameters_follow_from_the_region() {
        let of = |region: &str, name: &str| {
            let values = StackValues {
                region: Some(region.to_owned()),
                ..StackValues::default()
            };
            values.pseudo_parameter(name)
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(of("cn-north-1", "AWS::Partition"), text("aws-cn"));
        assert_eq!(of("us-gov-west-1", "AWS::Partition"), text("aws-us-gov"));
        assert_eq!(of("eu-west-1", "AWS::Partition"), text("aws"));
        assert_eq!(of("cn-north-1", "AWS::URLSuffix"), text("amazonaws.com.cn"));
        assert_eq!(of("eu-west-1", "AWS::AccountId"), None);
    }
}
