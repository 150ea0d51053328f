//! Policies and keys inside of documents that no format knows: in arrays, under names that somebody chose,
//! in answers that were put together.
//!
//! What is found is read as if it stood in a file of its own, each part named by its place in the document
//! (a JSON Pointer, RFC 6901) where there are several. A policy without a word of KMS is nobody's business
//! here.

use crate::inventory::Address;
use crate::policy::PolicyKind;
use crate::text::{InputError, Span};
use crate::tree::{Content, Member, Node, Step, json};

use super::contents::Contents;
use super::document::Document;
use super::format::{self, Answer};
use super::hints;
use super::policy::{read_policy, shape_at};
use super::policy_in_text;
use super::policy_shape::{PolicyShape, is_statement, policy_shape};
use super::template;

/// Members of which every document has one that a part could be.
const TELLING: [&str; 10] = [
    "Statement",
    "Policy",
    "PolicyDocument",
    "KeyMetadata",
    "Content",
    "Aliases",
    "Grants",
    "DeletionDate",
    "PendingWindowInDays",
    "TrackingStartDate",
];

/// What is found in a document, where anything is.
pub(super) fn read(document: &Document<'_>) -> Option<Contents> {
    let mut found = Vec::new();
    look(&document.root, &mut Vec::new(), document, &mut found);
    let several = found.len() > 1;
    let mut contents = Contents::default();
    for part in found {
        let name = if several {
            format!("{}#{}", document.name, part.address(document))
        } else {
            document.name.to_owned()
        };
        contents.extend(part.read(document, &name));
    }
    contents.is_wrapped = true;
    contents.holds.is_some().then_some(contents)
}

/// A part that can be read.
struct Part<'n, 'a> {
    node: &'n Node<'a>,
    /// The way to it in the document.
    path: Vec<Step>,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// An object that a format knows.
    Document,
    /// A string that holds a policy.
    Text(PolicyKind),
    /// A statement, or a list of them, without the policy around it.
    Statements(PolicyKind),
    /// A string that holds JSON in which a policy, a key or a template of one stands: that is not read.
    Inner(&'static str),
    /// A string that holds one in Base64 or hexadecimal: that is not read either.
    Encoded(&'static str),
}

fn look<'n, 'a>(
    node: &'n Node<'a>,
    path: &mut Vec<Step>,
    document: &Document<'_>,
    found: &mut Vec<Part<'n, 'a>>,
) {
    if let Some(form) = form(node, document) {
        found.push(Part {
            node,
            path: path.clone(),
            form,
        });
        return;
    }
    let mut inside = |step: Step, node: &'n Node<'a>| {
        path.push(step);
        look(node, path, document, found);
        path.pop();
    };
    match &node.value {
        Content::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                inside(Step::Index(index), item);
            }
        }
        Content::Object(members) => {
            for member in members {
                inside(Step::Key(member.key.to_string()), &member.value);
            }
        }
        Content::Null
        | Content::Bool(_)
        | Content::Number(_)
        | Content::String(_)
        | Content::Deferred(_) => {}
    }
}

/// Whether the node is a part that can be read.
fn form(node: &Node<'_>, document: &Document<'_>) -> Option<Form> {
    match &node.value {
        // A schema or the model of an API has the names of members, and what each may be.
        Content::Object(members) if members.iter().any(|member| is_schema(&member.value)) => None,
        Content::Object(members) => {
            let tells = |member: &Member<'_>| TELLING.contains(&&*member.key);
            if members.iter().any(tells) {
                return is_known(node, document).then_some(Form::Document);
            }
            is_statement(node).then_some(())?;
            statements(node, std::slice::from_ref(node), document)
        }
        Content::Array(items) if !items.is_empty() && items.iter().all(is_statement) => {
            statements(node, items, document)
        }
        Content::String(text) => {
            let shape = is_policy_text(text).then(|| shape_at(document, node));
            let kind = match shape.flatten() {
                None => {
                    let encoded = || policy_in_text::in_encodings(text);
                    let encoded = || encoded().map(|(what, _)| Form::Encoded(what));
                    return inner(text, 0).map(Form::Inner).or_else(encoded);
                }
                Some(PolicyShape::Key | PolicyShape::Misspelt) => PolicyKind::Key,
                Some(PolicyShape::ResourceControl) => PolicyKind::ResourceControl,
                Some(PolicyShape::WithoutPrincipal) => PolicyKind::Identity,
                Some(PolicyShape::Open | PolicyShape::OtherResource(_)) => return None,
            };
            speaks_of_kms(node, document).then_some(Form::Text(kind))
        }
        _ => None,
    }
}

/// Whether a value says what another may be: JSON Schema, and the models of botocore.
/// <https://json-schema.org/draft/2020-12/json-schema-validation#name-type> and
/// <https://github.com/boto/botocore/blob/develop/docs/source/reference/loaders.rst>
fn is_schema(node: &Node<'_>) -> bool {
    const TYPES: [&str; 13] = [
        "string",
        "object",
        "array",
        "boolean",
        "integer",
        "number",
        "structure",
        "list",
        "map",
        "blob",
        "timestamp",
        "long",
        "null",
    ];
    let text = |name: &str| node.get(name).and_then(Node::as_str);
    let is_type = text("type").is_some_and(|of| TYPES.contains(&of));
    let refers = ["$ref", "shape"]
        .into_iter()
        .any(|name| text(name).is_some());
    (is_type || refers) && node.get("Statement").is_none()
}

/// How many strings may lie in one another.
const MAX_STRINGS: usize = 8;

/// What a string holds that is JSON: a key policy, a key or a template of one, at any depth.
fn inner(text: &str, depth: usize) -> Option<&'static str> {
    let begins = text.trim_start().starts_with(['{', '[', '"']);
    let speaks = || hints::mentions_kms(text) || text.contains("KeyMetadata");
    if !begins || depth > MAX_STRINGS || !speaks() {
        return None;
    }
    let root = json::parse(text).ok()?;
    template::in_json(&root)
        .map(|_| "a template of a key")
        .or_else(|| inside(&root, depth))
}

fn inside(node: &Node<'_>, depth: usize) -> Option<&'static str> {
    match &node.value {
        Content::Object(_) if node.get("KeyMetadata").is_some() => Some("the description of a key"),
        Content::Object(_) if policy_shape(node) == Some(PolicyShape::Key) => Some("a key policy"),
        Content::Object(members) => members
            .iter()
            .find_map(|member| inside(&member.value, depth)),
        Content::Array(items) => items.iter().find_map(|item| inside(item, depth)),
        Content::String(text) => inner(text, depth.saturating_add(1)),
        Content::Null | Content::Bool(_) | Content::Number(_) | Content::Deferred(_) => None,
    }
}

/// That what a string holds is not read.
fn not_read(node: &Node<'_>, holds: &str) -> InputError {
    let message = format!("a string holds {holds}, and that is not read");
    InputError::new(node.span, message)
        .label("not checked")
        .help("write what the string holds into a file of its own")
}

/// Whether a string can hold a policy.
fn is_policy_text(text: &str) -> bool {
    let start = text.trim_start();
    let begins =
        start.starts_with(['{', '[']) || start.starts_with("%7B") || start.starts_with("%7b");
    begins && (text.contains("tatement") || text.contains('%'))
}

/// Whether a format takes the object, and it speaks of KMS.
fn is_known(node: &Node<'_>, document: &Document<'_>) -> bool {
    let part = document.part(node, document.name, &[]);
    let Answer::Read(contents) = format::read(&part) else {
        return false;
    };
    // A page of aliases says nothing that an unread one would not leave open.
    let is_page = node.get("Aliases").is_some() && !contents.errors.is_empty();
    !is_page && speaks_of_kms(node, document)
}

fn speaks_of_kms(node: &Node<'_>, document: &Document<'_>) -> bool {
    const OF_KMS: [&str; 3] = ["KeyMetadata", "PendingWindowInDays", "TrackingStartDate"];
    let text = node.span.of(document.text);
    OF_KMS.iter().any(|name| node.get(name).is_some()) || hints::mentions_kms(text)
}

/// Statements without the policy around them, unless all are about another resource than a key.
fn statements(node: &Node<'_>, items: &[Node<'_>], document: &Document<'_>) -> Option<Form> {
    let is_other = || {
        let shape = policy_shape(&policy_of(node));
        matches!(shape, Some(PolicyShape::OtherResource(_)))
    };
    let is_ours = speaks_of_kms(node, document) && !is_other();
    is_ours.then(|| Form::Statements(kind_of(items)))
}

fn kind_of(statements: &[Node<'_>]) -> PolicyKind {
    let has_principal = |statement: &Node<'_>| {
        statement.get("Principal").is_some() || statement.get("NotPrincipal").is_some()
    };
    if statements.iter().any(has_principal) {
        PolicyKind::Key
    } else {
        PolicyKind::Identity
    }
}

impl Part<'_, '_> {
    fn address(&self, document: &Document<'_>) -> Address {
        Address {
            source: document.source,
            path: [&*document.path, &self.path].concat().into(),
        }
    }

    fn read(&self, document: &Document<'_>, name: &str) -> Contents {
        let mut part = document.part(self.node, name, &self.path);
        let mut contents = Contents::default();
        let kind = match self.form {
            Form::Document => {
                return match format::read(&part) {
                    Answer::Read(contents) => *contents,
                    Answer::NotThis | Answer::PassOver(_) | Answer::OpenPolicy => contents,
                };
            }
            Form::Inner(what) => {
                let holds = format!("JSON with {what} in it");
                contents.holds.get_or_insert("string");
                contents.errors.push(not_read(self.node, &holds));
                return contents;
            }
            Form::Encoded(what) => {
                let holds = format!("{what} in Base64 or hexadecimal");
                contents.holds.get_or_insert("string");
                contents.errors.push(not_read(self.node, &holds));
                return contents;
            }
            Form::Text(kind) => kind,
            Form::Statements(kind) => {
                part.root = policy_of(self.node);
                kind
            }
        };
        let policy = read_policy(&part, &part.root, kind, &mut contents);
        let Some(policy) = policy else {
            contents.holds.get_or_insert("policy");
            return contents;
        };
        match kind {
            PolicyKind::Key => {
                contents.holds.get_or_insert("key policy");
                let key = format::key_policy::key_of(&part, policy);
                contents.keys.push(key);
            }
            PolicyKind::ResourceControl => {
                contents.holds.get_or_insert("control policy");
                contents
                    .organization_policies
                    .push(crate::inventory::OrganizationPolicy {
                        id: None,
                        arn: None,
                        policy,
                    });
            }
            _ => {
                contents.holds.get_or_insert("IAM policy");
                contents.policies.push(policy);
            }
        }
        contents
    }
}

/// The policy that has these statements.
fn policy_of<'a>(statements: &Node<'a>) -> Node<'a> {
    let start = statements.span.start;
    let member = Member {
        key: "Statement".into(),
        key_span: Span { start, end: start },
        value: statements.clone(),
    };
    Node {
        value: Content::Object(vec![member]),
        span: statements.span,
    }
}
