//! A plan.
//! <https://developer.hashicorp.com/terraform/internals/json-format#plan-representation>

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::aws::{AccountId, KeyArn};
use crate::inventory::{
    AliasChange, DeclaredPolicy, DeclaringTool, DestroyedResource, GateAttributes, Grant, Grants,
    Key, Located, PlannedChange, PlannedDeletion, PlannedDestruction, Provenance, VanishedKey,
};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::text::{Location, Span};
use crate::tree::Node;

use super::change::Change;
use super::concealment::Concealment;
use super::configuration::Configuration;
use super::identity_resources::{Around, IdentityResources};
use super::key::{KeyResource, key_elsewhere, only, read_attribute};
use super::key_type::{KeyType, may_be_shown};
use super::{Attributes, dependents, state};

/// Reads a plan.
pub(super) fn read(document: &Document<'_>) -> Contents {
    let mut errors = Vec::new();
    let [changes, drift, deferred] = ["resource_changes", "resource_drift", "deferred_changes"]
        .map(|list| Change::all(document, list, &mut errors));
    let mut plan = Plan {
        document,
        configuration: Configuration::of(&document.root),
        changes: &changes,
        keys: Vec::new(),
        contents: Contents::default(),
    };
    plan.add_keys();
    plan.add_drift(&drift);
    plan.add_policies();
    plan.add_aliases();
    plan.add_grants();
    plan.add_dependents();
    plan.add_replicas();
    let resources = plan.identity_resources();
    let refused = refusal(&document.root);
    let account = plan.account();
    let configuration = Some(plan.configuration);
    let mut contents = plan.finish(refused, account);
    let around = Around {
        configuration,
        account,
    };
    resources.join(around, &mut contents);
    // A plan that only refreshes the state lists no changes: what it will have put in place is the rest.
    if document.root.get("resource_changes").is_none() {
        state::read_values(document, "planned_values", &mut contents);
    }
    contents.errors.append(&mut errors);
    contents.concealed = concealed(document, [changes, drift, deferred].iter().flatten());
    contents
}

/// The bytes that are not shown.
fn concealed<'n>(
    document: &Document<'_>,
    changes: impl Iterator<Item = &'n Change<'n, 'n>>,
) -> Vec<Span> {
    let mut concealment = Concealment::default();
    for change in changes.filter(|change| may_be_shown(change.name.kind)) {
        concealment.show(change.node);
        let sides = change.node.get("change");
        let side = |name: &str| sides.and_then(|of| of.get(name));
        concealment.hide_marked(side("before"), side("before_sensitive"));
        concealment.hide_marked(side("after"), side("after_sensitive"));
        for values in [side("before"), side("after")].into_iter().flatten() {
            concealment.hide_key_material(values);
        }
    }
    state::show_values(&document.root, "planned_values", &mut concealment);
    concealment.hidden(document)
}

/// Why Terraform does not carry out the plan.
fn refusal(root: &Node<'_>) -> Option<&'static str> {
    let flag = |name: &str| root.get(name).and_then(Node::as_bool);
    if flag("errored") == Some(true) {
        Some("planning failed")
    } else if flag("applyable") == Some(false) {
        Some("Terraform marks it as not to be applied")
    } else {
        None
    }
}

/// A key of the plan, with the change that makes it or destroys it.
struct PlannedKey<'n, 'a> {
    change: &'n Change<'n, 'a>,
    key: Key,
    planned: PlannedChange,
    /// What the resource says of its policy.
    policy: DeclaredPolicy,
}

struct Plan<'n, 'a> {
    document: &'n Document<'a>,
    configuration: Configuration<'n, 'a>,
    changes: &'n [Change<'n, 'a>],
    keys: Vec<PlannedKey<'n, 'a>>,
    contents: Contents,
}

impl<'n, 'a> Plan<'n, 'a> {
    fn at(&self, node: &Node<'_>) -> Location {
        self.document.at(node.span)
    }

    fn resource(
        &self,
        kind: &'static KeyType,
        change: &Change<'n, 'a>,
        side: &str,
    ) -> KeyResource<'n, 'a> {
        let address = change.node.get("address").unwrap_or(change.node);
        KeyResource {
            kind,
            name: change.name,
            attributes: if side == "before" {
                change.before.clone()
            } else {
                change.after.clone()
            },
            path: change.path_to(side),
            at: self.at(address),
            has_all_tags: !self.configuration.ignores_tags(),
        }
    }

    /// The key that each change destroys, and the one that is there after it.
    fn add_keys(&mut self) {
        for change in self.changes {
            let Some(kind) = KeyType::of(change.name.kind) else {
                continue;
            };
            if change.does("delete") && change.before.are_there() {
                let resource = self.resource(kind, change, "before");
                let key = resource.planned(&mut self.contents);
                let destruction = self.destruction(kind, change);
                let planned = PlannedChange {
                    destruction: Some(destruction),
                    ..PlannedChange::default()
                };
                self.add(change, kind, key, planned);
            }
            if change.after.are_there() && !change.does("forget") {
                let resource = self.resource(kind, change, "after");
                let key = resource.planned(&mut self.contents);
                let planned = self.update(kind, change);
                self.add(change, kind, key, planned);
            }
        }
    }

    fn add(
        &mut self,
        change: &'n Change<'n, 'a>,
        kind: &'static KeyType,
        key: Key,
        planned: PlannedChange,
    ) {
        let mut policy = key
            .declared
            .as_ref()
            .map_or(DeclaredPolicy::Unknown, |of| of.policy);
        // What is left out becomes known only when AWS KMS has attached its default policy.
        if policy == DeclaredPolicy::Unknown
            && self.configuration.leaves_out(&change.name, kind.policy)
            && key.arn.is_none()
        {
            policy = DeclaredPolicy::Default;
        }
        self.keys.push(PlannedKey {
            change,
            key,
            planned,
            policy,
        });
    }

    fn destruction(&self, kind: &'static KeyType, change: &Change<'n, 'a>) -> PlannedDestruction {
        let window = change.before.days(kind.waiting_period);
        PlannedDestruction {
            is_replacement: change.does("create"),
            deposed: change.said("deposed").map(str::to_owned),
            reason: change.said("action_reason").map(str::to_owned),
            replaced_by: change.replaced_by(),
            waiting_period: window.map(|window| window.value),
            waiting_period_is_open: !kind.sends_waiting_period,
            dependents: Vec::new(),
            replicas_left: Vec::new(),
            at: self.at(change.actions.0),
        }
    }

    /// What an update in place changes for the worse.
    fn update(&self, kind: &'static KeyType, change: &Change<'n, 'a>) -> PlannedChange {
        let mut planned = PlannedChange::default();
        if !change.does("update") {
            return planned;
        }
        let was_enabled = change
            .before
            .flag(kind.enabled)
            .is_some_and(|flag| flag.value);
        let is_enabled = change.after.flag(kind.enabled);
        planned.disabled = is_enabled
            .filter(|flag| was_enabled && !flag.value)
            .map(|flag| flag.at);
        // AWS KMS takes 30 days where the request names none.
        let before = change.before.days(kind.waiting_period);
        let before = before.map_or(DEFAULT_WAITING_PERIOD, |days| days.value);
        let after = change.after.days(kind.waiting_period);
        planned.waiting_period_lowered = after
            .filter(|after| after.value < before)
            .map(|after| (before, after));
        let (old, new) = (change.before.tags(kind.tags), change.after.tags(kind.tags));
        if let (Some(old), Some(new)) = (old, new)
            && sorted(&old.value) != sorted(&new.value)
            && !self.configuration.ignores_tags()
        {
            planned.gate_attributes = Some(GateAttributes {
                tags: Some(old.value),
                aliases: None,
                at: new.at,
            });
        }
        planned
    }

    /// Keys that were gone when Terraform looked. One that is pending deletion counts as gone.
    fn add_drift(&mut self, drift: &[Change<'n, 'a>]) {
        for gone in drift {
            let Some(kind) = KeyType::of(gone.name.kind) else {
                continue;
            };
            if !gone.does("delete") || gone.said("deposed").is_some() {
                continue;
            }
            let vanished = |is_recreated, at| VanishedKey {
                arn: gone.before.text("arn").map(|arn| arn.value.to_owned()),
                is_recreated,
                at,
            };
            let made = self.keys.iter_mut().find(|made| {
                made.change.name.address == gone.name.address && made.change.does("create")
            });
            if let Some(made) = made {
                let at = self.document.at(made.change.actions.0.span);
                made.planned.vanished = Some(vanished(true, at));
                continue;
            }
            let mut resource = self.resource(kind, gone, "before");
            // Of a key that may be pending deletion the last state says nothing.
            resource.has_all_tags = false;
            let mut key = resource.planned(&mut self.contents);
            Arc::make_mut(&mut key.metadata).state = None;
            let at = self.at(gone.actions.0);
            let planned = PlannedChange {
                vanished: Some(vanished(false, at)),
                ..PlannedChange::default()
            };
            set_planned(&mut key, planned, None);
            self.contents.keys.push(key);
        }
    }

    /// The position of the key that an attribute names, by its id or ARN, or by a reference to the resource.
    fn key_named(
        &self,
        change: &Change<'_, '_>,
        attribute: &str,
        attributes: &Attributes<'_, '_>,
    ) -> Option<usize> {
        if let Some(text) = attributes.text(attribute) {
            return self.keys.iter().position(|of| {
                of.key.arn.as_ref().map(KeyArn::as_str) == Some(text.value)
                    || id_of(&of.key) == Some(text.value)
            });
        }
        let references = self.configuration.references(&change.name, attribute);
        let is_meant = |of: &PlannedKey<'_, '_>| {
            let name = of.change.name;
            let own = format!("{}.{}", name.kind, name.name);
            name.module == change.name.module
                && of.planned.destruction.is_none()
                && references.iter().any(|text| *text == own)
        };
        let meant = self.keys.iter().enumerate().filter(|(_, of)| is_meant(of));
        let meant: Vec<_> = meant.collect();
        let same = meant
            .iter()
            .find(|(_, of)| of.change.name.index() == change.name.index());
        match (same, meant.as_slice()) {
            (Some((position, _)), _) | (None, [(position, _)]) => Some(*position),
            _ => None,
        }
    }

    /// Key policies that are resources of their own.
    fn add_policies(&mut self) {
        for change in self.changes {
            if change.name.kind != "aws_kms_key_policy" {
                continue;
            }
            if change.after.are_there() && !change.does("forget") {
                self.attach_policy(change);
            } else if change.does("delete") {
                self.reset_policy(change);
            }
        }
    }

    fn attach_policy(&mut self, change: &'n Change<'n, 'a>) {
        let address = change.name.address;
        let read = read_attribute(&change.after, "policy", address, &mut self.contents);
        let bypass = change.after.flag("bypass_policy_lockout_safety_check");
        let bypass = bypass.filter(|flag| flag.value).map(|flag| Located {
            value: "PutKeyPolicy",
            at: flag.at,
        });
        let position = self.key_named(change, "key_id", &change.after);
        if let Some(found) = position.and_then(|position| self.keys.get_mut(position)) {
            found.key.policy = read.policy;
            found.key.sensitive_policy = read.sensitive;
            found.policy = read.declared;
            if bypass.is_some() {
                Arc::make_mut(&mut found.key.metadata).lockout_check_bypassed = bypass;
            }
            return;
        }
        // The key is declared elsewhere.
        let mut key = self.key_elsewhere(change, &change.after, "after");
        key.policy = read.policy;
        key.sensitive_policy = read.sensitive;
        if let Some(declared) = &mut key.declared {
            Arc::make_mut(declared).policy = read.declared;
        }
        Arc::make_mut(&mut key.metadata).lockout_check_bypassed = bypass;
        self.contents.keys.push(key);
    }

    /// Destroying the resource puts the default key policy, unless the check is bypassed.
    /// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy>
    fn reset_policy(&mut self, change: &'n Change<'n, 'a>) {
        let is_left = change.before.flag("bypass_policy_lockout_safety_check");
        if is_left.is_some_and(|flag| flag.value) {
            return;
        }
        let reset = Located {
            value: change.name.address.to_owned(),
            at: self.at(change.actions.0),
        };
        let id = change.before.text("key_id").map(|id| id.value);
        let of_key = |of: &&mut PlannedKey<'_, '_>| {
            id.is_some_and(|id| {
                id_of(&of.key) == Some(id) || of.key.arn.as_ref().map(KeyArn::as_str) == Some(id)
            })
        };
        // Another resource may give the key its policy, and nothing matters where the key goes.
        let others = self
            .changes
            .iter()
            .filter(|other| other.name.kind == "aws_kms_key_policy" && other.after.are_there());
        let mut others = others.filter_map(|other| other.after.text("key_id"));
        if others.any(|other| Some(other.value) == id) {
            return;
        }
        let mut own: Vec<_> = self.keys.iter_mut().filter(of_key).collect();
        if own.is_empty() {
            let mut key = self.key_elsewhere(change, &change.before, "before");
            let planned = PlannedChange {
                policy_reset: Some(reset),
                ..PlannedChange::default()
            };
            set_planned(&mut key, planned, Some(DeclaredPolicy::Default));
            self.contents.keys.push(key);
            return;
        }
        own.retain(|of| of.planned.destruction.is_none());
        for of in own {
            of.key.policy = None;
            of.key.sensitive_policy = None;
            of.policy = DeclaredPolicy::Default;
            of.planned.policy_reset = Some(reset.clone());
        }
    }

    fn key_elsewhere(
        &self,
        change: &Change<'n, 'a>,
        attributes: &Attributes<'n, 'a>,
        side: &str,
    ) -> Key {
        let address = change.node.get("address").unwrap_or(change.node);
        let place = (change.path_to(side), self.at(address));
        key_elsewhere(&change.name, attributes, place, Provenance::Planned)
    }

    /// Aliases that come, go, or point to another key.
    fn add_aliases(&mut self) {
        let mut changed: BTreeMap<usize, (AliasChange, Option<Location>)> = BTreeMap::new();
        for change in self.changes {
            let name = match change.name.kind {
                "aws_kms_alias" => "name",
                "awscc_kms_alias" => "alias_name",
                _ => continue,
            };
            let is_changed = !change.actions.1.iter().all(|of| *of == "no-op");
            let at = is_changed.then(|| self.at(change.actions.0));
            for (attributes, is_before) in [(&change.before, true), (&change.after, false)] {
                let Some(alias) = attributes.text(name) else {
                    continue;
                };
                // `forget` leaves the alias where it is.
                let position = self.key_named(change, "target_key_id", attributes);
                let Some(position) = position else { continue };
                let (list, place) = changed.entry(position).or_default();
                *place = place.or(at);
                let alias = alias.value.to_owned();
                if is_before && change.does("forget") {
                    list.after.push(alias.clone());
                }
                if is_before {
                    list.before.push(alias);
                } else {
                    list.after.push(alias);
                }
            }
        }
        for (position, (mut aliases, at)) in changed {
            aliases.before.sort_unstable();
            aliases.after.sort_unstable();
            let found = self.keys.get_mut(position);
            let (Some(at), Some(of)) = (at, found) else {
                continue;
            };
            if aliases.before == aliases.after || of.planned.destruction.is_some() {
                continue;
            }
            let attributes = of.planned.gate_attributes.get_or_insert(GateAttributes {
                tags: None,
                aliases: None,
                at,
            });
            attributes.aliases = Some(aliases);
        }
    }

    fn add_grants(&mut self) {
        for change in self.changes {
            if change.name.kind != "aws_kms_grant" || !change.after.are_there() {
                continue;
            }
            let position = self.key_named(change, "key_id", &change.after);
            let Some(of) = position.and_then(|position| self.keys.get_mut(position)) else {
                continue;
            };
            let operations = change.after.node("operations").and_then(Node::items);
            let operations = operations.unwrap_or_default().iter();
            let grantee = change.after.text("grantee_principal");
            let grants = &mut Arc::make_mut(&mut of.key.metadata).grants;
            let grants = grants.get_or_insert_with(|| Located {
                value: Grants::default(),
                at: self.document.at(change.node.span),
            });
            grants.value.list.push(Grant {
                grantee: grantee.map(|grantee| grantee.value.to_owned()),
                operations: operations
                    .filter_map(|of| of.as_str().map(str::to_owned))
                    .collect(),
            });
        }
    }

    fn add_dependents(&mut self) {
        let destroyed = self.keys.iter();
        let destroyed = destroyed.filter(|of| of.planned.destruction.is_some());
        let names = destroyed.flat_map(|of| {
            let arn = of.key.arn.as_ref().map(KeyArn::as_str);
            arn.into_iter().chain(id_of(&of.key)).map(str::to_owned)
        });
        let names: Vec<String> = names.collect();
        let mut found = dependents::of_keys(self.changes, names.iter().map(String::as_str));
        for of in &mut self.keys {
            let names = [of.key.arn.as_ref().map(KeyArn::as_str), id_of(&of.key)];
            let Some(destruction) = &mut of.planned.destruction else {
                continue;
            };
            for name in names.into_iter().flatten() {
                let all = found.get_mut(name).map(std::mem::take);
                destruction.dependents.extend(all.into_iter().flatten());
            }
            destruction.dependents.sort_unstable();
            destruction
                .dependents
                .dedup_by(|one, other| one.address == other.address);
        }
    }

    /// A multi-Region primary key whose replicas stay.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html>
    fn add_replicas(&mut self) {
        let mut left: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for change in self.changes {
            let is_replica = KeyType::of(change.name.kind).is_some_and(|kind| kind.is_replica);
            if !is_replica || change.does("delete") {
                continue;
            }
            let primary = change.before.text("primary_key_arn");
            if let Some(primary) = primary.filter(|_| change.before.are_there()) {
                let all = left.entry(primary.value.to_owned()).or_default();
                all.push(change.name.address.to_owned());
            }
        }
        for of in &mut self.keys {
            let arn = of.change.before.text("arn");
            if let (Some(destruction), Some(arn)) = (&mut of.planned.destruction, arn)
                && let Some(left) = left.get(arn.value)
            {
                destruction.replicas_left.clone_from(left);
            }
        }
    }

    /// Users, groups and roles as the plan will have put them in place.
    fn identity_resources(&mut self) -> IdentityResources<'n, 'a> {
        let mut resources = IdentityResources::default();
        for change in self.changes.iter().filter(|change| !change.does("forget")) {
            resources.add(change.name, &change.after, &mut self.contents);
        }
        resources
    }

    /// The account in which the plan works: the only one that it asked AWS about.
    fn account(&self) -> Option<AccountId> {
        let values = self.document.root.get("prior_state");
        let values = values.and_then(|state| state.get("values")?.get("root_module"));
        let mut accounts = Vec::new();
        if let Some(root) = values {
            state::each_resource(root, &mut |node| {
                if node.get("type").and_then(Node::as_str) == Some("aws_caller_identity") {
                    let account = node.get("values").and_then(|of| of.get("account_id"));
                    accounts.extend(account.and_then(Node::as_str).and_then(AccountId::parse));
                }
            });
        }
        let keys = self.keys.iter().filter_map(|of| of.key.account);
        only(accounts.into_iter().chain(keys))
    }

    fn finish(self, refused: Option<&'static str>, account: Option<AccountId>) -> Contents {
        let mut contents = self.contents;
        for mut of in self.keys {
            of.planned.refused = refused;
            if let Some(destruction) = &of.planned.destruction {
                let named = of.key.arn.as_ref().map(KeyArn::as_str);
                let named = named.or_else(|| id_of(&of.key));
                let address = of.change.name.address;
                let kept = destruction.dependents.iter().filter(|of| !of.is_destroyed);
                contents.planned.push(PlannedDeletion {
                    key: named.unwrap_or(address).to_owned(),
                    days: destruction.waiting_period.map(Into::into),
                    at: destruction.at,
                    resource: Some(Box::new(DestroyedResource {
                        tool: DeclaringTool::Terraform,
                        address: address.to_owned(),
                        is_replacement: destruction.is_replacement,
                        days_are_open: destruction.waiting_period_is_open,
                        dependents: kept.cloned().collect(),
                        refused,
                    })),
                });
            }
            of.key.account = of.key.account.or(account);
            set_planned(&mut of.key, of.planned, Some(of.policy));
            contents.keys.push(of.key);
        }
        contents
    }
}

/// The waiting period of a request that names none, days.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>
const DEFAULT_WAITING_PERIOD: u16 = 30;

fn id_of(key: &Key) -> Option<&str> {
    let said = key.metadata.key_id.as_ref();
    let of_arn = key.arn.as_ref().map(KeyArn::key_id);
    of_arn.or_else(|| said.map(|id| id.value.as_str()))
}

fn sorted<T: Ord + Clone>(all: &[T]) -> Vec<T> {
    let mut all = all.to_vec();
    all.sort();
    all
}

fn set_planned(key: &mut Key, planned: PlannedChange, policy: Option<DeclaredPolicy>) {
    if let Some(declared) = &mut key.declared {
        let declared = Arc::make_mut(declared);
        declared.planned = Some(Box::new(planned));
        declared.policy = policy.unwrap_or(declared.policy);
    }
}
