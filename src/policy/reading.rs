//! A policy as it was read: what it says, what AWS refuses of it, and how long it is. There is no
//! other way from a text or a tree to a policy.

use crate::text::{InputError, Span};
use crate::tree::{Node, json};

use super::parse::{parse, unstorable_character};
use super::{PolicyDocument, PolicyKind, PolicySize, refuse_bulk};

/// The text of a policy that AWS stores or would store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredText<'t> {
    /// It is not known: a tool wrote the policy as a part of its answer.
    Unknown,
    /// What is sent to AWS as it is here.
    Sent(&'t str),
    /// What stands in a string of an answer or a request. An identity-based policy there may be one
    /// of AWS's own managed policies, which are longer than others may be.
    InString(&'t str),
}

impl<'t> StoredText<'t> {
    const fn text(self) -> Option<&'t str> {
        match self {
            Self::Unknown => None,
            Self::Sent(text) | Self::InString(text) => Some(text),
        }
    }

    /// The text whose length can be held against what AWS takes of such a policy.
    fn measurable(self, kind: PolicyKind) -> Option<&'t str> {
        match self {
            Self::InString(_) if kind == PolicyKind::Identity => None,
            _ => self.text(),
        }
    }
}

/// What came of reading a policy.
#[derive(Clone, Debug)]
pub struct PolicyReading {
    /// What it says, or everything for which AWS would refuse to store it and which leaves open
    /// what it would mean.
    pub document: Result<PolicyDocument, Vec<InputError>>,
    /// The first character of its text that AWS does not take in such a policy.
    pub unstorable_character: Option<InputError>,
    /// How long it is; nothing where that is not known or not limited.
    pub size: Option<PolicySize>,
}

impl PolicyReading {
    /// Reads the policy at `node`, of which AWS stores `stored`.
    pub fn of_node(node: &Node<'_>, kind: PolicyKind, stored: StoredText<'_>) -> Self {
        Self::read(node, kind, stored, node.span)
    }

    /// Reads a policy that is a text by itself.
    pub fn of_text(text: &str, kind: PolicyKind) -> Self {
        let stored = StoredText::Sent(text);
        Self::read_json(text, kind, stored, Span::new(0, text.len()))
    }

    /// Reads a policy that was taken out of the string at `place`. What is wrong inside it has its
    /// place in `text`, what is wrong with it as a whole that of the string.
    pub fn of_string(text: &str, kind: PolicyKind, place: Span) -> Self {
        Self::read_json(text, kind, StoredText::InString(text), place)
    }

    fn read_json(text: &str, kind: PolicyKind, stored: StoredText<'_>, place: Span) -> Self {
        let root = refuse_bulk(text.len(), place).and_then(|()| json::parse(text));
        match root {
            Ok(root) => Self::read(&root, kind, stored, place),
            Err(error) => Self {
                document: Err(vec![error]),
                unstorable_character: None,
                size: None,
            },
        }
    }

    /// `place` is that of the stored text.
    fn read(node: &Node<'_>, kind: PolicyKind, stored: StoredText<'_>, place: Span) -> Self {
        let (text, measurable) = (stored.text(), stored.measurable(kind));
        Self {
            document: parse(node, kind),
            unstorable_character: text.and_then(|text| unstorable_character(text, kind, place)),
            size: measurable.and_then(|text| PolicySize::of(text, kind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*","Sid":"–"}}"#;

    #[test]
    fn an_identity_based_policy_of_an_answer_is_not_measured() {
        let node = json::parse(POLICY).unwrap();
        let size = |kind, stored| {
            let reading = PolicyReading::of_node(&node, kind, stored);
            reading.size.map(|size| size.length)
        };
        let (sent, answered) = (StoredText::Sent(POLICY), StoredText::InString(POLICY));
        let characters = POLICY.chars().count();
        assert_eq!(size(PolicyKind::Identity, sent), Some(characters));
        assert_eq!(size(PolicyKind::Identity, answered), None);
        assert_eq!(size(PolicyKind::ServiceControl, answered), Some(characters));
        assert_eq!(size(PolicyKind::ServiceControl, StoredText::Unknown), None);
        assert_eq!(size(PolicyKind::Session, sent), None);
    }

    #[test]
    fn a_character_is_refused_in_its_place_or_in_that_of_its_string() {
        let dash = POLICY.find('–').unwrap();
        let place = |reading: PolicyReading| reading.unstorable_character.unwrap().span;
        let own = place(PolicyReading::of_text(POLICY, PolicyKind::Key));
        assert_eq!(own, Span::new(dash, dash + '–'.len_utf8()));
        let string = Span::new(7, 9 + POLICY.len());
        let found = place(PolicyReading::of_string(POLICY, PolicyKind::Key, string));
        assert_eq!(found, string);
    }

    #[test]
    fn what_is_no_json_or_too_long_is_no_policy() {
        for text in ["", "{", &" ".repeat(super::super::MAX_POLICY + 1)] {
            let reading = PolicyReading::of_text(text, PolicyKind::Key);
            assert_eq!(reading.document.unwrap_err().len(), 1);
            assert!(reading.unstorable_character.is_none() && reading.size.is_none());
        }
    }
}
