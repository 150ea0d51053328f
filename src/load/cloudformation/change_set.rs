//! Change sets, as `aws cloudformation describe-change-set --include-property-values` writes them.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html>
//!
//! A change set is the plan of AWS CloudFormation: what it removes with the policy action `Delete` is a planned
//! deletion. What it leaves open about a key is an error, since the key may go.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::aws::key::{ApiEnum, KeySpec, KeyUsage, MultiRegionKeyType, Origin};
use crate::aws::{Arn, KeyArn, Reported};
use crate::inventory::{
    Address, DeclaredPolicy, DeclaredResource, DeclaringTool, DestroyedResource, Key, KeyMetadata,
    LoadedPolicy, Located, PlannedChange, PlannedDeletion, PlannedDestruction, Provenance,
};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::format::Answer;
use crate::load::identity::Missing;
use crate::load::policy::read_resolved;
use crate::policy::{PolicyKind, StoredText};
use crate::text::{InputError, Location, Span};
use crate::tree::{Content, Embedded, Encoding, Node, Step, json};

use super::function::{placed, scalar};

/// What a change set is called.
pub(in crate::load) const CHANGE_SET: &str = "CloudFormation change set";

/// How to get a change set that tells all.
const DESCRIBE: &str =
    "write it with `aws cloudformation describe-change-set --include-property-values`";

/// The beginning of the text in place of a value that is known only when the change set is executed.
const KNOWN_AFTER: &str = "{{changeSet:";

/// The waiting period of a key that sets none, days.
const DEFAULT_DAYS: u16 = 30;

/// One change set, and those of nested stacks that it names.
#[derive(Debug)]
pub(in crate::load) struct ChangeSetPart {
    /// Its ARN, where the file has it.
    id: Option<String>,
    /// The change sets of nested stacks: the ARN, the logical id and where it stands.
    nested: Vec<(String, Located<String>)>,
}

/// Complains of change sets of nested stacks that are in no file.
pub(in crate::load) fn nested_not_read(all: &[ChangeSetPart]) -> Vec<Missing> {
    let read: BTreeSet<_> = all.iter().filter_map(|of| of.id.as_deref()).collect();
    let nested = all.iter().flat_map(|of| &of.nested);
    let missing = nested.filter(|(id, _)| !read.contains(id.as_str()));
    let complaint = |(id, stack): &(String, Located<String>)| {
        Missing {
        at: stack.at,
        error: InputError::new(
            stack.at.span,
            format!(
                "the change set of the nested stack `{}` is not read, and may delete keys",
                stack.value
            ),
        )
        .label("not read")
        .help(format!(
            "give what `aws cloudformation describe-change-set --include-property-values --change-set-name {id}` \
             writes, too"
        )),
    }
    };
    missing.map(complaint).collect()
}

/// Reads a change set.
pub(in crate::load) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let Some(changes) = root.get("Changes").and_then(Node::items) else {
        return Answer::NotThis;
    };
    let id = root.get("ChangeSetId").and_then(Node::as_str);
    let is_change = |change: &Node<'_>| change.get("ResourceChange").is_some();
    if id.is_none() && !changes.iter().any(is_change) {
        return Answer::NotThis;
    }
    let mut reader = Reader {
        document,
        id,
        refused: refusal(root),
        nested: Vec::new(),
        contents: Contents {
            holds: Some(CHANGE_SET),
            ..Contents::default()
        },
    };
    reader.refuse_part();
    for (position, change) in changes.iter().enumerate() {
        reader.change(position, change);
    }
    let mut contents = reader.contents;
    contents.change_set = Some(Box::new(ChangeSetPart {
        id: id.map(str::to_owned),
        nested: reader.nested,
    }));
    contents.into()
}

/// Why AWS CloudFormation does not execute the change set.
fn refusal(root: &Node<'_>) -> Option<&'static str> {
    match root.get("ExecutionStatus")?.as_str()? {
        "OBSOLETE" => Some("the stack was changed since, and the change set is obsolete"),
        "UNAVAILABLE" => Some("the change set cannot be executed"),
        "EXECUTE_COMPLETE" => Some("it was executed"),
        "EXECUTE_FAILED" => Some("its execution failed"),
        _ => None,
    }
}

struct Reader<'r, 'a> {
    document: &'r Document<'a>,
    id: Option<&'r str>,
    refused: Option<&'static str>,
    nested: Vec<(String, Located<String>)>,
    contents: Contents,
}

/// A resource on one side of a change.
struct Context {
    /// `Properties`; none where there are none.
    properties: Option<Node<'static>>,
}

impl Context {
    fn property(&self, name: &str) -> Option<&Node<'static>> {
        self.properties.as_ref()?.get(name)
    }

    fn text(&self, name: &str) -> Option<&str> {
        let found = self.property(name).and_then(scalar);
        found.filter(|text| !text.contains(KNOWN_AFTER))
    }

    /// Whether a key with these properties is enabled.
    fn is_enabled(&self) -> Option<bool> {
        match self.property("Enabled") {
            None => Some(true),
            Some(_) => Some(self.text("Enabled")?.eq_ignore_ascii_case("true")),
        }
    }

    /// `PendingWindowInDays`; 30 where it is left out, and none where it is not known.
    fn days(&self) -> Option<u16> {
        match self.property("PendingWindowInDays") {
            None => Some(DEFAULT_DAYS),
            Some(_) => self.text("PendingWindowInDays")?.parse().ok(),
        }
    }
}

impl<'a> Reader<'_, 'a> {
    fn at(&self, node: &Node<'_>) -> Location {
        self.document.at(node.span)
    }

    fn complain(&mut self, span: Span, message: &str, label: &str, help: &str) {
        let error = InputError::new(span, message).label(label);
        self.contents.errors.push(error.help(help));
    }

    /// Complains of a change set that is not whole.
    fn refuse_part(&mut self) {
        let root = &self.document.root;
        if let Some(token) = root.get("NextToken").filter(|of| of.value != Content::Null) {
            self.complain(
                token.span,
                "the change set has more changes than stand here, and they may delete keys",
                "more follow",
                "leave out `--no-paginate` and `--max-items`: the AWS CLI then writes all changes",
            );
        }
        let status = root.get("Status");
        let is_made = |of: &&Node<'_>| {
            let text = of.as_str().unwrap_or_default();
            text.ends_with("_PENDING") || text.ends_with("_IN_PROGRESS")
        };
        if let Some(status) = status.filter(is_made) {
            self.complain(
                status.span,
                "the change set is not complete",
                "being made",
                "wait for it with `aws cloudformation wait change-set-create-complete`",
            );
        }
    }

    fn change(&mut self, position: usize, change: &Node<'a>) {
        let Some(change) = change.get("ResourceChange") else {
            return;
        };
        let text = |name: &str| change.get(name).and_then(Node::as_str);
        match text("ResourceType") {
            Some(kind @ ("AWS::KMS::Key" | "AWS::KMS::ReplicaKey")) => {
                let of = KeyChange {
                    kind,
                    node: change,
                    logical_id: change.get("LogicalResourceId").unwrap_or(change),
                    action: change.get("Action").unwrap_or(change),
                    path: vec![
                        Step::Key("Changes".to_owned()),
                        Step::Index(position),
                        Step::Key("ResourceChange".to_owned()),
                    ],
                };
                self.key(&of);
            }
            Some("AWS::CloudFormation::Stack") => self.nested_stack(change),
            Some(_) => {}
            None => self.complain(
                change.span,
                "the change does not tell the type of its resource",
                "not checked",
                DESCRIBE,
            ),
        }
    }

    /// A nested stack has a change set of its own.
    fn nested_stack(&mut self, change: &Node<'a>) {
        let text = |name: &str| change.get(name).and_then(Node::as_str);
        let name = change.get("LogicalResourceId").unwrap_or(change);
        let logical_id = name.as_str().unwrap_or_default();
        if let Some(id) = text("ChangeSetId") {
            let stack = Located {
                value: logical_id.to_owned(),
                at: self.at(name),
            };
            self.nested.push((id.to_owned(), stack));
            return;
        }
        match (text("Action"), text("PolicyAction")) {
            // What comes, is imported or stays deletes nothing.
            (Some("Add" | "Import" | "SyncWithActual"), _)
            | (Some("Remove"), Some("Retain" | "RetainExceptOnCreate")) => {}
            (Some("Remove"), _) => {
                let message = format!(
                    "the change set deletes the nested stack `{logical_id}`, and what becomes of its keys is not told"
                );
                let help = "look for its keys with `aws cloudformation describe-stack-resources`, and keep them with \
                     `DeletionPolicy: Retain` first";
                self.complain(name.span, &message, "deleted", help);
            }
            _ => {
                let message = format!(
                    "the change set does not tell what it changes in the nested stack `{logical_id}`, and it may \
                     delete keys"
                );
                let help = "create the change set with `--include-nested-stacks`, and describe those of the nested \
                     stacks, too";
                self.complain(name.span, &message, "not told", help);
            }
        }
    }

    fn key(&mut self, of: &KeyChange<'_, 'a>) {
        let text = |name: &str| of.node.get(name).and_then(Node::as_str);
        let action = of.action.as_str().unwrap_or_default();
        let policy_action = text("PolicyAction").unwrap_or_default();
        // Only replica keys are ever replaced, and whether a condition does it is not known.
        let is_replaced = of.kind != "AWS::KMS::Key" && text("Replacement") == Some("True");
        let before = self.context(of, "BeforeContext");
        let after = self.context(of, "AfterContext");
        match (action, policy_action) {
            ("Remove", "Retain" | "RetainExceptOnCreate") | ("SyncWithActual", _) => {}
            ("Remove", "Delete") => self.deletion(of, before.as_ref(), false),
            ("Modify", "ReplaceAndDelete") if is_replaced => {
                self.deletion(of, before.as_ref(), true);
                self.standing(of, None, after.as_ref());
            }
            ("Add" | "Import", _) => self.standing(of, None, after.as_ref()),
            ("Modify", "ReplaceAndRetain") if is_replaced => {
                self.standing(of, None, after.as_ref());
            }
            ("Modify", "") if matches!(text("Replacement"), None | Some("False")) => {
                self.standing(of, before.as_ref(), after.as_ref());
            }
            _ => {
                let name = of.name();
                let message =
                    format!("whether the change set deletes the key of `{name}` is not known");
                let replacement = of.node.get("Replacement").filter(|_| action == "Modify");
                let help = "what decides is known only once the change set is executed: keep the key with \
                     `DeletionPolicy: Retain` and `UpdateReplacePolicy: Retain` first, or make the change in steps";
                let span = replacement.unwrap_or(of.action).span;
                self.complain(span, &message, "not known", help);
            }
        }
    }

    /// What the resource is on this side.
    fn context(&mut self, of: &KeyChange<'_, 'a>, side: &str) -> Option<Context> {
        let node = of.node.get(side)?;
        let embedded = Embedded::from_string(self.document.text, node.span)?;
        match embedded.parse() {
            Ok(read) => Some(Context {
                properties: read.get("Properties").map(|of| of.clone().into_owned()),
            }),
            Err(error) => {
                self.contents.errors.push(error);
                None
            }
        }
    }

    /// The key as it is before its deletion.
    fn deletion(&mut self, of: &KeyChange<'_, 'a>, before: Option<&Context>, is_replacement: bool) {
        let days = before.and_then(Context::days);
        let is_set = before.is_none_or(|of| of.property("PendingWindowInDays").is_some());
        let mut key = self.make(of, before, "BeforeContext");
        let at = self.at(of.action);
        let named = key.arn.as_ref().map(|arn| arn.as_str().to_owned());
        let named = named.or_else(|| key.metadata.key_id.as_ref().map(|id| id.value.clone()));
        let destruction = PlannedDestruction {
            is_replacement,
            deposed: None,
            reason: None,
            replaced_by: Vec::new(),
            waiting_period: days.filter(|_| is_set),
            waiting_period_is_open: days.is_none(),
            dependents: Vec::new(),
            replicas_left: Vec::new(),
            at,
        };
        self.contents.planned.push(PlannedDeletion {
            key: named.unwrap_or_else(|| of.name().to_owned()),
            days: destruction.waiting_period.map(Into::into),
            at,
            resource: Some(Box::new(DestroyedResource {
                tool: DeclaringTool::CloudFormation,
                address: of.name().to_owned(),
                is_replacement,
                days_are_open: destruction.waiting_period_is_open,
                dependents: Vec::new(),
                refused: self.refused,
            })),
        });
        let planned = PlannedChange {
            destruction: Some(destruction),
            refused: self.refused,
            ..PlannedChange::default()
        };
        set_planned(&mut key, planned);
        self.contents.keys.push(key);
    }

    /// The key as it is after the change.
    fn standing(
        &mut self,
        of: &KeyChange<'_, 'a>,
        before: Option<&Context>,
        after: Option<&Context>,
    ) {
        let Some(after) = after else {
            let message = format!(
                "the change set does not tell the properties of the key `{}` after it",
                of.name()
            );
            self.complain(of.node.span, &message, "not told", DESCRIBE);
            return;
        };
        let mut key = self.make(of, Some(after), "AfterContext");
        let mut planned = PlannedChange {
            refused: self.refused,
            ..PlannedChange::default()
        };
        if let Some(before) = before {
            let place = |name: &str| after.property(name).map(|node| self.at(node));
            if before.is_enabled() == Some(true) && after.is_enabled() == Some(false) {
                planned.disabled = place("Enabled");
            }
            if let (Some(old), Some(new)) = (before.days(), after.days())
                && new < old
            {
                let at = place("PendingWindowInDays");
                let at = at.unwrap_or_else(|| self.at(of.action));
                planned.waiting_period_lowered = Some((old, Located { value: new, at }));
            }
        }
        set_planned(&mut key, planned);
        self.contents.keys.push(key);
    }

    /// A key of the change set with these properties.
    fn make(&mut self, of: &KeyChange<'_, 'a>, context: Option<&Context>, side: &str) -> Key {
        let name = format!("{}#{}", self.document.name, of.name());
        let policy = context.and_then(|of| of.property("KeyPolicy"));
        let is_open = policy.is_some_and(|node| {
            let text = node.span.of(self.document.text);
            text.contains(KNOWN_AFTER)
        });
        let read = policy.filter(|_| !is_open);
        let read = read.and_then(|node| self.policy(node, &name));
        let at = self.at(of.logical_id);
        let days = context.and_then(|context| {
            let node = context.property("PendingWindowInDays")?;
            let value = context.text("PendingWindowInDays")?.parse().ok()?;
            Some(Located {
                value,
                at: self.at(node),
            })
        });
        let declared = DeclaredResource {
            tool: DeclaringTool::CloudFormation,
            resource_type: of.kind.to_owned(),
            address: of.name().to_owned(),
            waiting_period: days,
            policy: match (&read, context, policy) {
                (Some(_), ..) => DeclaredPolicy::Written,
                (None, Some(_), None) => DeclaredPolicy::Default,
                _ => DeclaredPolicy::Unknown,
            },
            planned: None,
            at,
        };
        let arn = self.arn(of);
        let mut path = [&self.document.path[..], &of.path].concat();
        path.push(Step::Key(side.to_owned()));
        Key {
            name,
            address: Address {
                source: self.document.source,
                path: path.into(),
            },
            provenance: Provenance::Planned,
            account: arn.as_ref().map(KeyArn::account),
            arn,
            metadata: Arc::new(self.metadata(of, context)),
            policy: read,
            declared: Some(Arc::new(declared)),
            ..self.document.key(at)
        }
    }

    /// The ARN of a key that is there: a change set is of one account and Region.
    fn arn(&self, of: &KeyChange<'_, 'a>) -> Option<KeyArn> {
        let id = of.node.get("PhysicalResourceId")?.as_str()?;
        let stack = Arn::parse(self.id?)?;
        let text = format!(
            "arn:{}:kms:{}:{}:key/{id}",
            stack.partition, stack.region, stack.account
        );
        KeyArn::parse(&text).ok()
    }

    /// A property, where its text is known.
    fn located(&self, context: &Context, name: &str) -> Option<Located<String>> {
        let node = context.property(name)?;
        Some(Located {
            value: context.text(name)?.to_owned(),
            at: self.at(node),
        })
    }

    fn metadata(&self, of: &KeyChange<'_, 'a>, context: Option<&Context>) -> KeyMetadata {
        let at = self.at(of.logical_id);
        let property = |name: &str| self.located(context?, name);
        let flag =
            |name: &str| Some(property(name)?.map(|value| value.eq_ignore_ascii_case("true")));
        let key_id = of.node.get("PhysicalResourceId").and_then(|node| {
            Some(Located {
                value: node.as_str()?.to_owned(),
                at: self.at(node),
            })
        });
        let bypass = flag("BypassPolicyLockoutSafetyCheck").filter(|flag| flag.value);
        let metadata = KeyMetadata {
            key_id,
            lockout_check_bypassed: bypass.map(|flag| flag.map(|_| "PutKeyPolicy")),
            ..KeyMetadata::default()
        };
        let kind = |value| {
            let value = Reported::Known(value);
            Some(Located { value, at })
        };
        if of.kind == "AWS::KMS::ReplicaKey" {
            // It has what its primary key has.
            return KeyMetadata {
                multi_region: Some(Located { value: true, at }),
                multi_region_type: kind(MultiRegionKeyType::Replica),
                ..metadata
            };
        }
        let left_out = |name: &str| {
            let known = context.filter(|of| of.properties.is_some())?;
            known.property(name).is_none().then_some(at)
        };
        let of_key = flag("MultiRegion");
        let multi_region =
            of_key.or_else(|| left_out("MultiRegion").map(|at| Located { value: false, at }));
        let is_primary = multi_region.as_ref().is_some_and(|flag| flag.value);
        KeyMetadata {
            spec: made(
                property("KeySpec"),
                left_out("KeySpec"),
                KeySpec::SymmetricDefault,
            ),
            usage: made(
                property("KeyUsage"),
                left_out("KeyUsage"),
                KeyUsage::EncryptDecrypt,
            ),
            origin: made(property("Origin"), left_out("Origin"), Origin::AwsKms),
            multi_region,
            multi_region_type: kind(MultiRegionKeyType::Primary).filter(|_| is_primary),
            ..metadata
        }
    }

    /// The policy of a property: an object, or a string that holds one.
    fn policy(&mut self, node: &Node<'static>, name: &str) -> Option<LoadedPolicy> {
        let own;
        let node = match &node.value {
            Content::String(text) => match json::parse(text) {
                Ok(inner) => {
                    own = placed(inner.into_owned(), node.span);
                    &own
                }
                Err(error) => {
                    let message = format!("the key policy cannot be read: {error}");
                    self.complain(node.span, &message, "not JSON", DESCRIBE);
                    return None;
                }
            },
            _ => node,
        };
        if node.members().is_none() {
            let message = "the policy must be an object or a string that holds one";
            self.complain(node.span, message, "not a policy", DESCRIBE);
            return None;
        }
        let kind = PolicyKind::Key;
        let encoding = Some(Encoding::String);
        let stored = StoredText::Unknown;
        let policy = read_resolved(
            self.document,
            (node, kind),
            encoding,
            stored,
            &mut self.contents,
        )?;
        Some(LoadedPolicy {
            name: name.to_owned(),
            ..policy
        })
    }
}

/// The change of a key.
struct KeyChange<'n, 'a> {
    kind: &'n str,
    node: &'n Node<'a>,
    logical_id: &'n Node<'a>,
    action: &'n Node<'a>,
    path: Vec<Step>,
}

impl KeyChange<'_, '_> {
    fn name(&self) -> &str {
        self.logical_id.as_str().unwrap_or(self.kind)
    }
}

/// A property, or where it is left out what AWS CloudFormation takes.
fn made<T: ApiEnum>(
    found: Option<Located<String>>,
    left_out: Option<Location>,
    default: T,
) -> Option<Located<Reported<T>>> {
    match (found, left_out) {
        (Some(found), _) => Some(Located {
            value: Reported::parse(&found.value),
            at: found.at,
        }),
        (None, Some(at)) => Some(Located {
            value: Reported::Known(default),
            at,
        }),
        (None, None) => None,
    }
}

fn set_planned(key: &mut Key, planned: PlannedChange) {
    if let Some(declared) = &mut key.declared {
        Arc::make_mut(declared).planned = Some(Box::new(planned));
    }
}
