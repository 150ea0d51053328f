//! A policy in a template: as an object, as text in a string, or as the text of `Fn::Sub`.

use std::collections::BTreeSet;

use crate::inventory::LoadedPolicy;
use crate::load::document::Document;
use crate::load::policy::read_resolved;
use crate::policy::{PolicyKind, StoredText};
use crate::text::InputError;
use crate::tree::{Content, Embedded, Encoding, Function, Member, Node, json};

use super::Reader;
use super::function::{Intrinsic, intrinsic, placed};
use super::resolve::Resolver;

impl<'t, 'a> Reader<'_, 't, 'a> {
    /// Reads the policy at a node. What of it is not known so that nobody can tell what it says is an
    /// error.
    pub(super) fn policy(
        &mut self,
        resolver: &Resolver<'_, 't, 'a>,
        (node, kind): (&Node<'a>, PolicyKind),
        name: &str,
    ) -> Option<LoadedPolicy> {
        let before = self.contents.errors.len();
        let policy = match text_of(node) {
            Some((string, variables)) => self.in_string(resolver, (string, variables), kind),
            None => self.resolved(resolver, node, kind),
        };
        self.name_defaults(before, node);
        let policy = policy?;
        Some(LoadedPolicy {
            name: name.to_owned(),
            ..policy
        })
    }

    fn resolved(
        &mut self,
        resolver: &Resolver<'_, 't, 'a>,
        node: &Node<'a>,
        kind: PolicyKind,
    ) -> Option<LoadedPolicy> {
        let value = resolver.resolve(node)?;
        match &value.value {
            Content::Object(_) => {
                let value = with_texts(value);
                self.take(&value, kind, None, StoredText::Unknown)
            }
            // The default of a parameter, a value of a mapping: all of it is in the place of the function.
            Content::String(text) => match json::parse(text) {
                Ok(inner) => {
                    let inner = placed(inner.into_owned(), node.span);
                    self.take(&inner, kind, None, StoredText::Unknown)
                }
                Err(error) => {
                    let message =
                        format!("the policy that this stands for cannot be read: {error}");
                    self.complain(InputError::new(node.span, message).label("not JSON"));
                    None
                }
            },
            Content::Deferred(deferred) => {
                let of = match deferred.function {
                    Function::Reference => "a value that the template does not have",
                    Function::Conditional => "conditions that leave more cases than are looked at",
                    _ => "a function whose result the template does not tell",
                };
                self.complain(
                    InputError::new(node.span, format!("the policy depends on {of}"))
                        .label("not checked")
                        .help(
                            "check the template as AWS CloudFormation has it after its transforms: `aws \
                             cloudformation get-template --template-stage Processed`",
                        ),
                );
                None
            }
            _ => {
                let what = format!("this is {}", value.kind());
                self.complain(
                    InputError::new(
                        node.span,
                        "the policy must be an object or a string that holds one",
                    )
                    .label(what),
                );
                None
            }
        }
    }

    /// Reads the policy of which a string holds the text; `variables` are those of `Fn::Sub`, where it is
    /// one.
    fn in_string(
        &mut self,
        resolver: &Resolver<'_, 't, 'a>,
        (string, variables): (&Node<'a>, Variables<'_, 'a>),
        kind: PolicyKind,
    ) -> Option<LoadedPolicy> {
        let embedded = self.embedded(string)?;
        let inner = match embedded.parse() {
            Ok(inner) => inner.into_owned(),
            Err(error) => {
                self.complain(error);
                return None;
            }
        };
        let (inner, stored) = match variables {
            Variables::None => (inner, StoredText::InString(&embedded.text)),
            Variables::Of(own) => (substituted(resolver, own, inner), StoredText::Unknown),
        };
        self.take(&inner, kind, Some(embedded.encoding), stored)
    }

    fn embedded(&mut self, string: &Node<'a>) -> Option<Embedded> {
        let found = self.syntax.embedded(self.document.text, string);
        if found.is_none() {
            let message = "the text of the policy cannot be led back to where it is written";
            self.complain(InputError::new(string.span, message).label("not checked"));
        }
        found
    }

    /// Adds to what is wrong with these bytes of a policy that they are the defaults of parameters, where they are.
    fn name_defaults(&mut self, from: usize, node: &Node<'a>) {
        let template = self.template;
        for error in self.contents.errors.iter_mut().skip(from) {
            let mut names = BTreeSet::new();
            template.defaults_at(node, error.span, &mut names);
            let Some(name) = names.first() else {
                continue;
            };
            let what = format!(
                "this is the default of the parameter `{name}`: give the value of the stack with `--parameter \
                 {name}=VALUE`, or change the default"
            );
            error.help = Some(match error.help.take() {
                Some(help) => format!("{what}; {help}"),
                None => what,
            });
        }
    }

    fn take(
        &mut self,
        node: &Node<'_>,
        kind: PolicyKind,
        encoding: Option<Encoding>,
        stored: StoredText<'_>,
    ) -> Option<LoadedPolicy> {
        let document: &Document<'_> = self.document;
        read_resolved(document, (node, kind), encoding, stored, &mut self.contents)
    }
}

/// The variables with which a text is completed.
#[derive(Clone, Copy, Debug)]
enum Variables<'n, 'a> {
    /// It is no text of `Fn::Sub`.
    None,
    /// Those of `Fn::Sub`, where it names any beside those of the template.
    Of(Option<&'n Node<'a>>),
}

/// The string that holds a policy.
fn text_of<'n, 'a>(node: &'n Node<'a>) -> Option<(&'n Node<'a>, Variables<'n, 'a>)> {
    if node.as_str().is_some() {
        return Some((node, Variables::None));
    }
    let Intrinsic { name, argument } = intrinsic(node)?;
    if name != "Sub" {
        return None;
    }
    match argument.items() {
        Some([text, variables]) => text
            .as_str()
            .map(|_| (text, Variables::Of(Some(variables)))),
        Some([text]) => text.as_str().map(|_| (text, Variables::Of(None))),
        Some(_) => None,
        None => argument.as_str().map(|_| (argument, Variables::Of(None))),
    }
}

/// The policy with the values of the variables in its strings.
fn substituted<'a>(
    resolver: &Resolver<'_, '_, 'a>,
    variables: Option<&Node<'a>>,
    node: Node<'static>,
) -> Node<'a> {
    let span = node.span;
    let value = match node.value {
        Content::String(text) if text.contains("${") => {
            let made = resolver.substituted(&text, variables, span);
            return made.unwrap_or(Node {
                value: Content::String(text),
                span,
            });
        }
        Content::Array(items) => {
            let each = items.into_iter();
            Content::Array(
                each.map(|item| substituted(resolver, variables, item))
                    .collect(),
            )
        }
        Content::Object(members) => {
            let member = |member: Member<'static>| Member {
                key: member.key,
                key_span: member.key_span,
                value: substituted(resolver, variables, member.value),
            };
            Content::Object(members.into_iter().map(member).collect())
        }
        other => other,
    };
    Node { value, span }
}

/// The policy with text in place of numbers and booleans outside of conditions: YAML takes an account id and
/// the year of a version for a number, and a policy has none there.
fn with_texts(node: Node<'_>) -> Node<'_> {
    let span = node.span;
    let value = match node.value {
        Content::Number(text) => Content::String(text),
        Content::Array(items) => Content::Array(items.into_iter().map(with_texts).collect()),
        Content::Object(members) => {
            let members = members.into_iter().map(|member| {
                let value = if member.key == "Condition" {
                    member.value
                } else {
                    with_texts(member.value)
                };
                Member { value, ..member }
            });
            Content::Object(members.collect())
        }
        other => other,
    };
    Node { value, span }
}
