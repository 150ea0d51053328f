//! What was found wrong so far, and the checks that every element shares.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use crate::policy::{PolicyKind, Text, Value, deferred};
use crate::text::InputError;
use crate::tree::{Member, Node};

/// Gathers complaints, so that one run names them all.
pub(super) struct Complaints {
    pub(super) kind: PolicyKind,
    pub(super) errors: Vec<InputError>,
    pub(super) refusals: Vec<InputError>,
}

impl Complaints {
    pub(super) const fn new(kind: PolicyKind) -> Self {
        Self {
            kind,
            errors: Vec::new(),
            refusals: Vec::new(),
        }
    }

    pub(super) fn error(&mut self, error: InputError) {
        at_most(&mut self.errors, error);
    }

    pub(super) fn refuse(&mut self, refusal: InputError) {
        at_most(&mut self.refusals, refusal);
    }

    /// The members of an object, or a complaint that this is none.
    pub(super) fn object<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        what: impl fmt::Display,
    ) -> Option<&'n [Member<'a>]> {
        let members = node.members();
        if members.is_none() {
            self.wrong_type(node, what, "an object");
        }
        members
    }

    /// What is known of a string, which `read` says of a text, or a complaint that this can be none.
    pub(super) fn text(
        &mut self,
        node: &Node<'_>,
        what: impl fmt::Display,
        read: fn(&str) -> Value,
    ) -> Option<Text> {
        let value = deferred::value(node, read);
        if value.is_none() {
            self.wrong_type(node, what, "a string");
        }
        value.map(|value| Text::new(value, node.span))
    }

    pub(super) fn wrong_type(&mut self, node: &Node<'_>, what: impl fmt::Display, wanted: &str) {
        self.error(
            InputError::new(node.span, format!("{what} must be {wanted}"))
                .label(format!("this is {}", node.kind())),
        );
    }

    /// Complains of keys that do not exist and of keys that stand twice.
    pub(super) fn known_keys(&mut self, members: &[Member<'_>], known: &[&str], place: &str) {
        let mut seen = Seen::default();
        for member in members {
            if !seen.insert(&member.key) {
                self.duplicate(member, place);
            } else if !known.contains(&&*member.key) {
                self.unknown(member, known, place);
            }
        }
    }

    pub(super) fn duplicate(&mut self, member: &Member<'_>, place: &str) {
        self.error(
            InputError::new(
                member.key_span,
                format!("`{}` stands twice in {place}", member.key),
            )
            .label("again")
            .help("readers differ in which of the two they take: keep one"),
        );
    }

    fn unknown(&mut self, member: &Member<'_>, known: &[&str], place: &str) {
        let error = InputError::new(
            member.key_span,
            format!("unknown element `{}` in {place}", member.key),
        )
        .label("AWS refuses this");
        let meant = known
            .iter()
            .find(|name| name.eq_ignore_ascii_case(&member.key));
        self.error(match meant {
            Some(name) => error.help(format!("write `{name}`: element names are case-sensitive")),
            None => error.help(format!("the elements of {place} are {}", list(known))),
        });
    }
}

/// So many complaints of one kind are kept about one policy: nobody reads a hundred thousand.
pub(super) const MOST: usize = 100;

/// Keeps a complaint, or notes that there are more than are kept.
fn at_most(kept: &mut Vec<InputError>, next: InputError) {
    match kept.len().cmp(&MOST) {
        Ordering::Less => kept.push(next),
        Ordering::Equal => kept.push(
            InputError::new(next.span, "more is wrong with the policy than is shown")
                .label("and from here on")
                .help("correct what is shown first"),
        ),
        Ordering::Greater => {}
    }
}

/// Which keys an object had so far.
#[derive(Default)]
pub(super) struct Seen<'a> {
    /// So few are compared one by one sooner than they are sorted; an object of a hundred thousand
    /// keys must not stall.
    first: [Option<&'a str>; 12],
    rest: BTreeSet<&'a str>,
}

impl<'a> Seen<'a> {
    /// Notes the key, and says whether it is new.
    pub(super) fn insert(&mut self, key: &'a str) -> bool {
        for slot in &mut self.first {
            match slot {
                Some(known) if *known == key => return false,
                Some(_) => {}
                None => {
                    *slot = Some(key);
                    return true;
                }
            }
        }
        self.rest.insert(key)
    }
}

fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
