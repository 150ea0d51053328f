//! Templates of AWS CloudFormation, in JSON and YAML: also those of SAM, and what the AWS CDK synthesises.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>
//!
//! A template is read as far as it tells by itself what it makes: functions are carried out, parameters have
//! their defaults, and open conditions are looked at both ways. What is not known of a string stays a typed
//! unknown; where nobody could tell what a policy says, that is an error.

mod cases;
mod change_set;
mod condition;
mod function;
mod holder;
mod identity;
mod key;
mod policy;
mod removal;
mod resolve;
mod stack_values;
mod substitution;
mod template;
mod unread;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::LoadedPolicy;
use crate::text::InputError;
use crate::tree::{Content, Node, Step, Syntax, yaml};

use super::contents::Contents;
use super::document::Document;
use super::template as elsewhere;
pub(super) use change_set::{CHANGE_SET, ChangeSetPart, nested_not_read, read as read_change_set};
use condition::Case;
use function::intrinsic;
use resolve::{MOST_MADE, Resolver};
pub use stack_values::StackValues;
use template::{Resource, Template};
pub(super) use template::{is_construct_tree, is_template};

/// What a template is called.
const TEMPLATE: &str = "CloudFormation template";

/// Why an edit of a file with this is no fix; none where it is nothing of AWS CloudFormation.
pub(super) fn why_not_edited(holds: &str) -> Option<&'static str> {
    match holds {
        TEMPLATE => Some(
            "it is a CloudFormation template, and fixes are not proven through its functions: make the change by \
             hand, or in what the template is made from",
        ),
        CHANGE_SET => {
            Some("it is a change set, which CloudFormation writes: make the change in the template")
        }
        _ => None,
    }
}

/// Reads a template.
pub(super) fn read(document: &Document<'_>, syntax: Syntax, given: &StackValues) -> Contents {
    let template = Template::new(&document.root, given);
    let mut reader = Reader {
        document,
        syntax,
        template: &template,
        budget: Cell::new(MOST_MADE),
        identity: BTreeMap::new(),
        contents: Contents {
            holds: Some(TEMPLATE),
            ..Contents::default()
        },
    };
    reader.read();
    let mut contents = reader.contents;
    // The cases of one resource have most in common.
    let mut told = BTreeSet::new();
    contents
        .errors
        .retain(|error| told.insert((error.span, error.message.clone())));
    contents
}

/// Reads a template in YAML, where the text is one.
///
/// # Errors
/// Where it is called YAML and is none, and has a resource of KMS or must be understood.
pub(super) fn documents(
    text: &str,
    is_called_yaml: bool,
    is_promised: bool,
) -> Result<Option<Vec<Node<'_>>>, InputError> {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if !is_promised && !has("Resources") && !has("\\") {
        return Ok(None);
    }
    match yaml::read(text) {
        Ok(read) if read.documents.iter().any(is_template) => Ok(Some(read.documents)),
        Ok(_) => Ok(None),
        Err(error) => {
            let found = elsewhere::in_text(text);
            match found.filter(|found| found.tool == elsewhere::Tool::CloudFormation) {
                Some(_) if is_called_yaml => Err(error),
                None if is_promised => Err(error),
                _ => Ok(None),
            }
        }
    }
}

/// What is read of one template.
struct Reader<'r, 't, 'a> {
    document: &'r Document<'a>,
    syntax: Syntax,
    template: &'r Template<'t, 'a>,
    budget: Cell<usize>,
    contents: Contents,
    /// The policies of users, groups and roles, by the logical id of the resource that says them.
    identity: BTreeMap<&'t str, SaidPolicies>,
}

/// The policies that a resource says.
#[derive(Default)]
struct SaidPolicies {
    /// In how many cases of the template's conditions the resource was looked at; more than one where a case
    /// leaves open which policies it has.
    cases: usize,
    all: Vec<LoadedPolicy>,
}

impl<'t, 'a> Reader<'_, 't, 'a> {
    fn read(&mut self) {
        for resource in self.template.resources() {
            self.resource(resource);
            self.refuse_rest(resource);
        }
        self.join_holders();
        self.refuse_macros();
        self.refuse_unread();
    }

    fn resource(&mut self, resource: Resource<'t, 'a>) {
        let read: fn(&mut Self, Resource<'t, 'a>, &Resolver<'_, 't, 'a>, &Case) =
            match resource.kind {
                "AWS::KMS::Key" | "AWS::KMS::ReplicaKey" => Self::key,
                "AWS::Organizations::Policy" => Self::control_policy,
                kind if identity::has_policies(kind) => Self::identity_policies,
                _ => return,
            };
        let template = self.template;
        let budget = Cell::new(self.budget.get());
        for case in cases::cases(template, resource, &budget) {
            let resolver = Resolver::new(template, &case, &budget);
            read(self, resource, &resolver, &case);
        }
        self.budget.set(budget.get());
    }

    fn complain(&mut self, error: InputError) {
        self.contents.errors.push(error);
    }

    /// How to speak of what stands at these steps below a resource.
    fn name(&self, resource: Resource<'t, 'a>, rest: &[&str]) -> String {
        let mut name = format!("{}#/Resources/{}", self.document.name, escaped(resource.id));
        for step in rest {
            name.push('/');
            name.push_str(step);
        }
        name
    }

    /// The way to a resource.
    fn path(resource: Resource<'t, 'a>) -> [Step; 2] {
        ["Resources", resource.id].map(|key| Step::Key(key.to_owned()))
    }

    /// A macro of the user's may make anything of a template.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html>
    fn refuse_macros(&mut self) {
        let Some(transform) = self.template.root.get("Transform") else {
            return;
        };
        let several = transform.items();
        let all = several.unwrap_or(std::slice::from_ref(transform));
        let is_known = |node: &&Node<'_>| {
            node.as_str()
                .is_some_and(|name| KNOWN_TRANSFORMS.iter().any(|known| name.starts_with(known)))
        };
        let Some(unknown) = all.iter().find(|node| !is_known(node)) else {
            return;
        };
        if self.contents.keys.is_empty() && elsewhere::in_json(self.template.root).is_none() {
            return;
        }
        let message = "a macro may change the template, and what becomes of its keys is not known";
        self.complain(
            InputError::new(unknown.span, message)
                .label("this macro")
                .help(PROCESSED),
        );
    }

    /// Complains of resources that no one reads: those that a macro or a loop makes.
    fn refuse_unread(&mut self) {
        let root = self.template.root;
        for member in root.members().unwrap_or_default() {
            if member.key != "Resources" {
                self.refuse_in(&member.value);
                continue;
            }
            for resource in member.value.members().unwrap_or_default() {
                let is_made = resource.key.starts_with("Fn::");
                if is_made {
                    self.refuse_in(&resource.value);
                    self.refuse_include(&resource.value);
                } else if resource
                    .value
                    .get("Type")
                    .is_some_and(|of| of.as_str().is_none())
                {
                    self.refuse_type(resource.value.get("Type"));
                }
            }
        }
    }

    fn refuse_in(&mut self, node: &Node<'a>) {
        if let Some(found) = elsewhere::in_json(node) {
            self.complain(self.unread(found.at));
        }
    }

    /// Resources of another file are not read.
    fn refuse_include(&mut self, node: &Node<'a>) {
        let name = node.get("Name").and_then(Node::as_str);
        if name == Some("AWS::Include") && !self.contents.keys.is_empty() {
            let message = "another file may have more resources, and it is not read";
            self.complain(
                InputError::new(node.span, message)
                    .label("included")
                    .help(PROCESSED),
            );
        }
    }

    fn refuse_type(&mut self, node: Option<&Node<'a>>) {
        if let Some(node) =
            node.filter(|node| intrinsic(node).is_some() || node.value != Content::Null)
        {
            let message = "the type of the resource is not written out";
            self.complain(InputError::new(node.span, message).label("not checked"));
        }
    }
}

/// How to get a template whose transforms are done.
const PROCESSED: &str = "check the template as AWS CloudFormation has it after its transforms: `aws \
     cloudformation get-template --template-stage Processed`";

/// Transforms of AWS that make no key and no policy of what stands in a template.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html>
const KNOWN_TRANSFORMS: [&str; 6] = [
    "AWS::CodeDeployBlueGreen",
    "AWS::CodeStar",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager-",
    "AWS::Serverless-",
    "AWS::ServiceCatalog",
];

/// A step of a JSON Pointer (RFC 6901).
fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}
