//! What a template says of keys and policies in a place where nobody reads it.

use crate::aws::nearest;
use crate::text::{InputError, Span};
use crate::tree::{Content, Member, Node};

use super::super::policy_in_text;
use super::super::template as elsewhere;
use super::template::Resource;
use super::{PROCESSED, Reader};

/// What a resource may have beside its type.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-product-attribute-reference.html>
/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html>
const ATTRIBUTES: [&str; 11] = [
    "Condition",
    "Connectors",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "IgnoreGlobals",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
];

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html>
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-replicakey.html>
const PROPERTIES: [&str; 13] = [
    "BypassPolicyLockoutSafetyCheck",
    "Description",
    "EnableKeyRotation",
    "Enabled",
    "KeyPolicy",
    "KeySpec",
    "KeyUsage",
    "MultiRegion",
    "Origin",
    "PendingWindowInDays",
    "PrimaryKeyArn",
    "RotationPeriodInDays",
    "Tags",
];

impl<'t, 'a> Reader<'_, 't, 'a> {
    /// Complains of what a resource says beside what is read of it.
    pub(super) fn refuse_rest(&mut self, resource: Resource<'t, 'a>) {
        match resource.kind {
            "AWS::KMS::Key" | "AWS::KMS::ReplicaKey" => {
                self.refuse_unknown(resource.node, &ATTRIBUTES, "an attribute of a resource");
                if let Some(properties) = resource.properties() {
                    let what = format!("a property of `{}`", resource.kind);
                    self.refuse_unknown(properties, &PROPERTIES, &what);
                }
            }
            "AWS::CloudFormation::CustomResource" | "AWS::CloudFormation::StackSet" => {
                self.refuse_text(resource.node);
            }
            // Resources of others, modules and custom resources; and a type that is written in other letters.
            kind if !kind.starts_with("AWS::") => self.refuse_text(resource.node),
            _ => {}
        }
    }

    /// Members that AWS does not know, where they may be meant for something that is read. Others may be
    /// newer than this version.
    fn refuse_unknown(&mut self, node: &Node<'a>, known: &[&str], what: &str) {
        let Content::Object(members) = &node.value else {
            if node.value != Content::Null {
                let message = "this is not written out, and what it says of the key is not known";
                self.complain(InputError::new(node.span, message).label("not checked"));
            }
            return;
        };
        for member in members {
            if !known.contains(&&*member.key) {
                self.refuse_member(member, known, what);
            }
        }
    }

    fn refuse_member(&mut self, member: &Member<'a>, known: &[&str], what: &str) {
        if member.key.starts_with("Fn::") {
            let message = "what this adds to the key is not known";
            let error = InputError::new(member.key_span, message).label("not carried out");
            self.complain(error.help(PROCESSED));
            return;
        }
        let meant = nearest(&member.key, known.iter().copied());
        let message = format!("`{}` is not {what}", member.key);
        let error = InputError::new(member.key_span, message).label("AWS refuses this");
        if let Some(meant) = meant {
            self.complain(error.help(format!("did you mean `{meant}`?")));
        } else {
            self.refuse_text(&member.value);
        }
    }

    /// Complains of a key or a key policy in what nobody reads.
    fn refuse_text(&mut self, node: &Node<'a>) {
        let text = node.span.of(self.document.text);
        let start = node.span.start;
        let key = elsewhere::in_text(text).map(|found| Span {
            start: found.at.start.saturating_add(start),
            end: found.at.end.saturating_add(start),
        });
        let error = match key {
            Some(at) => Some(self.unread(at)),
            None => policy_in_text::find_from(text, start),
        };
        if let Some(error) = error {
            self.complain(error);
        }
    }

    /// That the type of a key stands there, and what says so is not carried out.
    pub(super) fn unread(&self, at: Span) -> InputError {
        let kind = at.of(self.document.text);
        let kind = kind.trim_matches(['"', '\'', ':', ' ']);
        let message = format!("the `{kind}` stands where it is not read");
        InputError::new(at, message)
            .label("not checked")
            .help(PROCESSED)
    }
}
