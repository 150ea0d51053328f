//! A loaded user or role, ready to be asked about.

use crate::aws::arn::reserved_role::{SERVICE_LINKED_PATH, is_identity_center};
use crate::aws::{Arn, PrincipalKind};
use crate::eval::{Caller, RequestContext};
use crate::inventory::Principal;

use super::tested_attributes::PRINCIPAL_TAG;
use super::tested_attributes::TestedAttributes;

/// A user or role with its policies.
#[derive(Debug)]
pub(crate) struct LoadedPrincipal<'a> {
    pub(crate) principal: &'a Principal,
    pub(crate) caller: Caller,
    /// Its policies.
    pub(super) policies: usize,
    /// Its permissions boundary, where that was loaded.
    pub(super) boundary: Option<usize>,
}

impl LoadedPrincipal<'_> {
    pub(crate) const fn kind(&self) -> PrincipalKind {
        self.principal.kind
    }

    /// Whether control policies do not limit it.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
    pub(super) fn is_service_linked(&self) -> bool {
        let arn = Arn::parse(&self.principal.arn.value);
        let role = arn.and_then(|arn| arn.resource.strip_prefix("role/"));
        role.is_some_and(|role| role.starts_with(SERVICE_LINKED_PATH))
    }

    /// `aws:userid` of the caller, who is this principal or a session of it, where it is known as
    /// far as these policies ask. That of a session is the role's id, a colon and the session's name.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
    pub(crate) fn user_id_of(&self, caller: &Caller, all: &[&TestedAttributes]) -> Option<String> {
        let id = self.principal.id.as_ref()?;
        match caller.session() {
            Some((_, session)) => Some(format!("{id}:{session}")),
            None => self.user_id(all),
        }
    }

    /// `aws:userid`, where it is known as far as these policies ask.
    fn user_id(&self, all: &[&TestedAttributes]) -> Option<String> {
        let id = self.principal.id.as_ref()?;
        if self.kind() == PrincipalKind::User {
            return Some(id.clone());
        }
        all.iter()
            .all(|tested| tested.same_for_all_sessions(id))
            .then(|| format!("{id}:session"))
    }

    /// Sets the condition keys that follow from the principal's ARN, which for a session is that of
    /// its role, path included, and from its tags.
    pub(crate) fn set_context(&self, context: &mut RequestContext) {
        context.set("aws:PrincipalArn", [self.principal.arn.value.as_str()]);
        let Some(tags) = &self.principal.tags else {
            return;
        };
        context.close_prefix("aws:PrincipalTag/");
        for (key, value) in tags {
            context.set(&format!("aws:PrincipalTag/{key}"), [value.as_str()]);
        }
    }

    /// What the answer can depend on: principals with the same are decided alike.
    pub(crate) fn deciding_traits(
        &self,
        all: &[&TestedAttributes],
        is_named: bool,
    ) -> DecidingTraits {
        let mut attributes: Vec<Option<String>> = Vec::new();
        for key in all.iter().flat_map(|tested| &tested.keys) {
            attributes.push(self.attribute(key, all));
        }
        DecidingTraits {
            kind: self.principal.kind,
            is_declared: self.principal.is_declared,
            policies: (self.policies, self.boundary),
            boundary: self.principal.boundary,
            service_linked: self.is_service_linked(),
            // Its requests never tell of multi-factor authentication.
            identity_center: is_identity_center(&self.principal.arn.value),
            partition: self.caller.partition().map(Into::into),
            named: is_named.then(|| self.principal.arn.value.clone()),
            attributes,
        }
    }

    fn attribute(&self, key: &str, all: &[&TestedAttributes]) -> Option<String> {
        if let Some(tag) = key.strip_prefix(PRINCIPAL_TAG) {
            let tags = self.principal.tags.as_ref();
            return Some(tags.map_or_else(
                || "unknown".to_owned(),
                |tags| {
                    let own = tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(tag));
                    own.map_or_else(String::new, |(_, value)| format!("={value}"))
                },
            ));
        }
        match key {
            "aws:userid" => self.user_id(all),
            "aws:username" => Some(self.principal.name.clone()),
            _ => Some(self.principal.arn.value.clone()),
        }
    }
}

/// See [`LoadedPrincipal::deciding_traits`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DecidingTraits {
    kind: PrincipalKind,
    is_declared: bool,
    policies: (usize, Option<usize>),
    boundary: crate::inventory::Boundary,
    service_linked: bool,
    identity_center: bool,
    partition: Option<Box<str>>,
    named: Option<String>,
    attributes: Vec<Option<String>>,
}
