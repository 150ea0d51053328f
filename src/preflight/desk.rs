//! The policies that decide about one principal and one key, and what of them is not known.

use crate::aws::Arn;
use crate::eval::{
    Caller, Layer, NamedPolicy, PolicyRef, PolicySet, RequestContext, everything, open_key_policy,
};
use crate::facts::{Mentions, key_context};
use crate::inventory::{Boundary, IdentityType, Inventory, LoadedPolicy, Principal};
use crate::policy::PolicyDocument;
use crate::source::SourceId;

use super::key::Subject;
use super::listing;
use super::reference::{ARNS, EVALUATION};
use super::verdict::{Reason, Severity, Topic};

/// Everything that decides.
#[derive(Debug)]
pub(super) struct Desk<'a> {
    pub(super) subject: &'a Subject,
    pub(super) caller: Caller,
    pub(super) context: RequestContext,
    key_policy: Option<&'a LoadedPolicy>,
    identity: Vec<NamedPolicy>,
    boundary: Option<Vec<NamedPolicy>>,
    pub(super) scps: Vec<Vec<NamedPolicy>>,
    pub(super) rcps: Vec<Vec<NamedPolicy>>,
    pub(super) files: Vec<(PolicyRef, SourceId)>,
    /// Whether the principal's own policies are known, or it has none.
    identity_known: bool,
    /// What is not known, each of which may deny what all else allows.
    pub(super) doubts: Vec<Reason>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(subject: &'a Subject, caller: &Caller, inventory: &'a Inventory) -> Self {
        let mut desk = Self {
            subject,
            caller: caller.clone(),
            context: key_context(&subject.key.metadata),
            key_policy: subject.key.policy.as_ref(),
            identity: Vec::new(),
            boundary: None,
            scps: Vec::new(),
            rcps: Vec::new(),
            files: Vec::new(),
            identity_known: caller.is_root() || caller.is_service(),
            doubts: Vec::new(),
        };
        if let Some(policy) = desk.key_policy {
            let reference = reference(Layer::KeyPolicy, 0, 0);
            desk.files.push((reference, policy.source));
        } else {
            let sentence = "no file has the key policy, so what it allows is not known";
            let help = "add the output of `aws kms get-key-policy`";
            desk.doubt("key-policy-not-loaded", sentence, help, EVALUATION);
        }
        match desk.another_partition() {
            Some(reason) => desk.doubts.push(reason),
            None => desk.add_principal(inventory),
        }
        desk.add_organization(inventory);
        desk.set_id_of_any_session(inventory);
        desk
    }

    /// The id of a role's sessions, where that is all the policies ask for: the session's name is
    /// not known.
    fn set_id_of_any_session(&mut self, inventory: &Inventory) {
        let principal = member(&self.caller, inventory).filter(|_| self.caller.session().is_none());
        let role = principal.filter(|principal| principal.kind == IdentityType::Role);
        let Some(id) = role.and_then(|role| role.id.as_deref()) else {
            return;
        };
        let mut mentions = Mentions::default();
        for document in self.documents() {
            mentions.add(document);
        }
        if mentions.same_for_all_sessions(id) {
            self.context.set("aws:userid", [format!("{id}:session")]);
        }
    }

    pub(super) fn doubt(
        &mut self,
        id: &'static str,
        sentence: &str,
        help: &str,
        reference: &'static str,
    ) {
        let reason = Reason::new(
            Severity::Caution,
            Topic::Permission,
            id,
            reference,
            sentence,
        );
        let at = self.subject.key.at;
        self.doubts.push(reason.help(help).at(at));
    }

    fn add_principal(&mut self, inventory: &'a Inventory) {
        if self.identity_known {
            return;
        }
        let Some(principal) = member(&self.caller, inventory) else {
            let reason = listing::not_loaded(&self.caller, inventory);
            let at = reason.at.unwrap_or(self.subject.key.at);
            self.doubts.push(reason.at(at));
            return;
        };
        self.identity_known = true;
        self.set_context(principal);
        for (index, position) in principal.policies.iter().enumerate() {
            self.add_identity(*position, Layer::Identity, index, inventory);
        }
        match principal.boundary {
            Boundary::None => {}
            Boundary::Policy(position) => {
                self.boundary = Some(Vec::new());
                self.add_identity(position, Layer::Boundary, 0, inventory);
            }
            Boundary::NotLoaded => {
                let sentence = "the principal's permissions boundary is in no file, and what it stops is not known";
                let help = "call `aws iam get-account-authorization-details` without `--filter`";
                self.doubt("boundary-not-loaded", sentence, help, EVALUATION);
            }
        }
    }

    /// Partitions share neither accounts nor credentials.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    fn another_partition(&self) -> Option<Reason> {
        let own = self.caller.partition()?;
        let key = self.subject.arn.as_ref()?.partition();
        let sentence = format!(
            "`{}` is of partition `{own}`, and the key is in `{key}`: no principal of one partition can call anything in another",
            self.caller.as_str()
        );
        (own != key).then(|| {
            let id = "principal-of-another-partition";
            Reason::new(Severity::Stop, Topic::Permission, id, ARNS, sentence)
                .help("give the ARN of a principal of the key's partition")
                .at(self.subject.key.at)
        })
    }

    /// What follows from who the principal is.
    fn set_context(&mut self, principal: &Principal) {
        self.context
            .set("aws:PrincipalArn", [principal.arn.value.as_str()]);
        if let Some(tags) = &principal.tags {
            self.context.close_prefix("aws:PrincipalTag/");
            for (key, value) in tags {
                self.context
                    .set(&format!("aws:PrincipalTag/{key}"), [value.as_str()]);
            }
        }
        let Some(id) = &principal.id else {
            return;
        };
        match (principal.kind, session_name(&self.caller)) {
            (IdentityType::User, _) => self.context.set("aws:userid", [id.as_str()]),
            // The id of a session is its role's, a colon and the session's name:
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
            (IdentityType::Role, Some(session)) => {
                self.context.set("aws:userid", [format!("{id}:{session}")]);
            }
            (IdentityType::Role, None) => {}
        }
    }

    fn add_identity(&mut self, position: usize, layer: Layer, index: usize, from: &Inventory) {
        let Some(policy) = from.identity_policies.get(position) else {
            return;
        };
        let named = NamedPolicy {
            name: policy.policy.name.as_str().into(),
            document: policy.policy.document.clone(),
        };
        self.files
            .push((reference(layer, 0, index), policy.policy.source));
        match layer {
            Layer::Boundary => self.boundary.get_or_insert_default().push(named),
            _ => self.identity.push(named),
        }
    }

    /// The policies as loaded.
    pub(super) fn loaded(&self) -> PolicySet<'_> {
        PolicySet {
            key_policy: self.key_policy.map(|policy| &policy.document),
            identity: &self.identity,
            boundary: self.boundary.as_deref(),
            session: None,
            scps: &self.scps,
            rcps: &self.rcps,
        }
    }

    /// The same, with the most permissive reading of what is not known.
    pub(super) fn at_most(&self) -> PolicySet<'_> {
        let loaded = self.loaded();
        PolicySet {
            key_policy: loaded.key_policy.or(open_key_policy()),
            identity: if self.identity_known {
                &self.identity
            } else {
                everything()
            },
            ..loaded
        }
    }

    /// The file that a policy stands in; one that was assumed stands in none.
    pub(super) fn file(&self, policy: PolicyRef) -> Option<SourceId> {
        let found = self.files.iter().find(|(known, _)| *known == policy);
        found.map(|(_, source)| *source)
    }

    /// Every policy that was loaded.
    pub(super) fn documents(&self) -> impl Iterator<Item = &PolicyDocument> {
        let named = self
            .identity
            .iter()
            .chain(self.boundary.iter().flatten())
            .chain(self.scps.iter().flatten())
            .chain(self.rcps.iter().flatten())
            .map(|policy| &policy.document);
        self.key_policy
            .iter()
            .map(|policy| &policy.document)
            .chain(named)
    }

    /// Whether the caller's session may have policies of its own, which no file holds.
    pub(super) fn may_have_session_policy(&self) -> bool {
        !self.caller.is_root()
            && !self.caller.is_service()
            && Arn::parse(self.caller.as_str())
                .is_some_and(|arn| arn.resource.starts_with("role/") || arn.service == "sts")
    }
}

pub(super) const fn reference(layer: Layer, level: usize, index: usize) -> PolicyRef {
    PolicyRef {
        layer,
        level,
        index,
    }
}

/// The name of the session, where the caller is one.
fn session_name(caller: &Caller) -> Option<&str> {
    let arn = Arn::parse(caller.as_str())?;
    let session = arn.resource.strip_prefix("assumed-role/")?;
    session.split_once('/').map(|(_, name)| name)
}

/// The loaded user or role that the caller is, or whose session it is.
fn member<'i>(caller: &Caller, inventory: &'i Inventory) -> Option<&'i Principal> {
    let mut principals = inventory.principals.iter().map(|principal| &**principal);
    let account = caller.account()?;
    let arn = Arn::parse(caller.as_str())?;
    if let Some(session) = arn.resource.strip_prefix("assumed-role/") {
        // A session's ARN leaves out its role's path; role names are unique in an account.
        let (role, _) = session.split_once('/')?;
        return principals.find(|principal| {
            principal.kind == IdentityType::Role
                && principal.account == account
                && principal.name == role
        });
    }
    let same = |principal: &&Principal| principal.arn.value == caller.as_str();
    principals.find(same)
}
