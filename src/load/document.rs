//! A file as a tree, ready to be recognised.

use crate::inventory::{Address, Key, KeyMetadata, Provenance};
use crate::text::{Location, SourceId, Span};
use crate::tree::{Node, Step};

/// A file's text and the tree that it says.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// The file.
    pub(super) source: SourceId,
    /// The path as the user gave it.
    pub(super) name: &'a str,
    /// The way to the tree in the file.
    pub(super) path: Vec<Step>,
    /// The whole text.
    pub(super) text: &'a str,
    /// The tree.
    pub(super) root: Node<'a>,
    /// Whether the tree is all that the file says: a policy that is a part of something else was not
    /// written so for AWS.
    pub(super) is_whole: bool,
}

impl<'d> Document<'d> {
    /// The tree at `node`, to which this path leads, as if it stood in a file of its own.
    pub(super) fn part(&self, node: &Node<'d>, name: &'d str, path: &[Step]) -> Self {
        Self {
            source: self.source,
            name,
            path: [&self.path, path].concat(),
            text: self.text,
            root: node.clone(),
            is_whole: false,
        }
    }

    /// A key that is written here, of which nothing else is known.
    pub(super) fn key(&self, at: Location) -> Key {
        Key {
            name: self.name.to_owned(),
            address: Address {
                source: self.source,
                path: self.path.as_slice().into(),
            },
            metadata: KeyMetadata::nothing(),
            at,
            provenance: Provenance::default(),
            arn: None,
            account: None,
            policy: None,
            sensitive_policy: None,
            declared: None,
            stack_removal: None,
        }
    }

    /// A place in this file.
    pub(super) const fn at(&self, span: Span) -> Location {
        Location {
            source: self.source,
            span,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::inventory::Provenance;
    use crate::load::contents::Contents;
    use crate::load::join::join_placed;
    use crate::load::policy::read_policy;
    use crate::policy::{PolicyKind, Reason, Segment};
    use crate::text::{SourceFile, Sources};
    use crate::tree::hcl;

    use super::*;

    const TEXT: &str = r#"
key "prod" {
  policy = jsonencode({ Statement = [{
    Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.account}:root" }, Action = "kms:*", Resource = "*"
  }] })
}
key "dev" {
  policy = jsonencode({ Statement = { Effect = "Allow", Principal = { AWS = role.dev.arn }, Action = "kms:*", Resource = "*" } })
}
key "old" {
  policy = var.policy
}
"#;

    /// What a reader of an invented notation does with each key that a file declares.
    fn read(document: &Document<'_>) -> Contents {
        let mut contents = Contents::default();
        let keys = document.root.get("key").and_then(Node::members).unwrap();
        for member in keys {
            let path = [
                Step::Key("key".to_owned()),
                Step::Key(member.key.to_string()),
            ];
            let part = document.part(&member.value, document.name, &path);
            // What it cannot resolve it leaves, and the policy is not read; this one knows `jsonencode`.
            let policy = part.root.get("policy").unwrap();
            let policy = match policy.deferred().map(|of| of.arguments.as_slice()) {
                Some([object]) if object.members().is_some() => object,
                _ => policy,
            };
            let key = Key {
                provenance: Provenance::Declared,
                policy: read_policy(&part, policy, PolicyKind::Key, &mut contents),
                ..part.key(part.at(member.key_span))
            };
            contents.keys.push(key);
        }
        contents.name_apart(document.name);
        contents
    }

    #[test]
    fn keys_of_an_invented_notation_have_addresses_and_typed_unknowns() {
        let source = Sources::default().add(SourceFile::new("keys.x", TEXT));
        let document = Document {
            source,
            name: "keys.x",
            path: Vec::new(),
            text: TEXT,
            root: hcl::read(TEXT).unwrap(),
            is_whole: true,
        };
        let contents = read(&document);
        let [error] = contents.errors.as_slice() else {
            panic!("{:?}", contents.errors);
        };
        assert_eq!(error.span.of(TEXT), "var.policy");
        let observed = Key {
            name: "observed".to_owned(),
            ..Key::default()
        };
        let declared = contents.keys.into_iter();
        let declared = declared.map(|key| (Path::new("keys.x"), key));
        let parts = declared.chain([(Path::new("p.json"), observed)]);
        let keys = join_placed(parts.collect(), Vec::new());
        let names: Vec<_> = keys.iter().map(|key| &*key.name).collect();
        let wanted = [
            "keys.x#/key/prod",
            "keys.x#/key/dev",
            "keys.x#/key/old",
            "observed",
        ];
        assert_eq!(names, wanted);
        let unknown: Vec<_> = keys
            .iter()
            .filter_map(|key| key.policy.as_ref())
            .flat_map(|policy| policy.document.placeholders())
            .collect();
        let [account, role] = unknown.as_slice() else {
            panic!("{unknown:?}");
        };
        assert_eq!(
            account.span.of(TEXT),
            r#""arn:aws:iam::${var.account}:root""#
        );
        let segments: Vec<_> = account.value.segments().collect();
        assert_eq!(
            segments,
            [
                Segment::Known("arn:aws:iam::"),
                Segment::Unknown("${var.account}", Reason::Reference),
                Segment::Known(":root"),
            ]
        );
        assert_eq!(role.span.of(TEXT), "role.dev.arn");
        assert_eq!(role.value.as_str(), "${role.dev.arn}");
    }
}
