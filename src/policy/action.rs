//! `Action` and `NotAction`.

use std::cell::RefCell;

use crate::aws::{ActionSet, KmsAction};
use crate::text::Span;

use super::{Text, first_wildcard, glob_ignore_case};

/// `Action` or `NotAction` with its patterns.
#[derive(Clone, Debug)]
pub struct ActionElement {
    /// Whether this is `NotAction`: all but these.
    pub negated: bool,
    /// The element's value.
    pub span: Span,
    patterns: Vec<ActionPattern>,
    // INVARIANT: what `negated` and `patterns` say; `covered` is a part of `possible`.
    covered: ActionSet,
    // INVARIANT: actions that only patterns with a wildcard in the service prefix match.
    doubtful: ActionSet,
    possible: ActionSet,
}

impl ActionElement {
    /// An element with these patterns.
    pub fn new(negated: bool, patterns: Vec<ActionPattern>, span: Span) -> Self {
        let (mut sure, mut doubtful, mut possible) =
            (ActionSet::EMPTY, ActionSet::EMPTY, ActionSet::EMPTY);
        for pattern in &patterns {
            let set = if pattern.has_wild_service() {
                &mut doubtful
            } else {
                &mut sure
            };
            *set = set.union(pattern.actions);
            possible = possible.union(pattern.possible());
        }
        let named = sure.union(doubtful);
        let doubtful = doubtful.difference(sure);
        let (covered, possible) = if negated {
            let rest = |actions| ActionSet::ALL.difference(actions);
            (rest(possible), rest(named))
        } else {
            (named, possible)
        };
        Self {
            negated,
            span,
            patterns,
            covered,
            doubtful,
            possible,
        }
    }

    /// The patterns as written; one string counts as a list of one.
    pub fn patterns(&self) -> &[ActionPattern] {
        &self.patterns
    }

    /// Whether the statement is about this action. An element without patterns is about none.
    pub const fn covers(&self, action: KmsAction) -> bool {
        self.covered().contains(action)
    }

    /// Whether the statement is about an action with this name, such as `kms:Foo`, which need not be
    /// known. An element without patterns is about none.
    pub fn covers_name(&self, qualified: &str) -> bool {
        let matches = |pattern: &ActionPattern| glob_ignore_case(&pattern.text.value, qualified);
        !self.patterns.is_empty() && self.patterns.iter().any(matches) != self.negated
    }

    /// Whether it is not documented that the patterns match this action, or that they do not.
    pub const fn is_doubtful(&self, action: KmsAction) -> bool {
        self.doubtful.contains(action)
    }

    /// The KMS actions that the statement is about, whatever a template puts in place of its
    /// placeholders.
    pub const fn covered(&self) -> ActionSet {
        if self.patterns.is_empty() {
            return ActionSet::EMPTY;
        }
        self.covered
    }

    /// The KMS actions that the statement may be about: those too that a placeholder may name, and
    /// those of which it is not documented.
    pub const fn possible(&self) -> ActionSet {
        if self.patterns.is_empty() {
            return ActionSet::EMPTY;
        }
        self.possible.union(self.doubtful)
    }

    /// Those of which it is not documented whether the statement is about them.
    pub const fn doubtful(&self) -> ActionSet {
        self.doubtful
    }

    /// Whether AWS can get it as it is written: no pattern is computed by a function that has no text.
    pub fn is_written(&self) -> bool {
        let mut patterns = self.patterns.iter();
        patterns.all(|pattern| pattern.text.value.is_written())
    }

    /// The KMS actions that the statement is about where AWS gets it as it is written.
    pub const fn literal(&self) -> ActionSet {
        // A placeholder by itself names no action.
        if self.patterns.is_empty() {
            ActionSet::EMPTY
        } else if self.negated {
            self.possible
        } else {
            self.covered()
        }
    }
}

/// One pattern such as `kms:Schedule*`.
#[derive(Clone, Debug)]
pub struct ActionPattern {
    /// As written.
    text: Text,
    // INVARIANT: what `text` matches; found once, since one pattern is asked about many actions.
    actions: ActionSet,
}

impl ActionPattern {
    /// The pattern with this text.
    pub fn new(text: Text) -> Self {
        let every = text.value.alternatives().iter().map(|one| matched(one));
        let actions = every.fold(ActionSet::ALL, ActionSet::intersection);
        Self { text, actions }
    }

    /// As written.
    pub const fn text(&self) -> &Text {
        &self.text
    }

    /// Whether the pattern matches. Prefix and name ignore case; `*` is any run of characters, `?`
    /// is one. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
    ///
    /// A pattern with white space in it, or with nothing after the colon, matches nothing.
    pub const fn matches(&self, action: KmsAction) -> bool {
        self.actions.contains(action)
    }

    /// The KMS actions that the pattern matches.
    pub const fn actions(&self) -> ActionSet {
        self.actions
    }

    /// Whether the service prefix holds a wildcard, as in `*:*` and `k*:Decrypt`.
    fn has_wild_service(&self) -> bool {
        let wild = |prefix: &[u8]| memchr::memchr2(b'*', b'?', prefix).is_some();
        self.text.value.alternatives().iter().any(|value| {
            let known = value.known_start().as_bytes();
            memchr::memchr(b':', known).is_some_and(|at| known.get(..at).is_some_and(wild))
        })
    }

    /// The KMS actions that the pattern may match once a template is rendered.
    fn possible(&self) -> ActionSet {
        if !self.text.value.is_open() {
            return self.actions;
        }
        let every = self.text.value.alternatives().iter();
        every.fold(ActionSet::EMPTY, |any, one| {
            let written = matched(one);
            any.union(if one.is_open() {
                written.union(matched(&one.with_wildcards()))
            } else {
                written
            })
        })
    }

    /// Whether a template has still to put something into it that may name an action of KMS.
    pub fn is_placeholder(&self) -> bool {
        self.possible() != self.actions
    }

    /// Whether the name part holds a wildcard.
    pub fn has_wildcard(&self) -> bool {
        let mut values = self.text.value.alternatives().iter();
        values.any(|value| value.known().any(|text| first_wildcard(text).is_some()))
    }
}

/// The shortest ways are for the commonest patterns: other services', names, and all of KMS. No
/// name has white space in it, so a pattern with some matches none.
fn matched(pattern: &str) -> ActionSet {
    match pattern.as_bytes() {
        [b'*'] => return ActionSet::ALL,
        [b'k' | b'K' | b'*' | b'?', ..] => {}
        _ => return ActionSet::EMPTY,
    }
    let colon = memchr::memchr(b':', pattern.as_bytes());
    let Some((vendor, name)) = colon.and_then(|at| pattern.split_at_checked(at)) else {
        return globbed(pattern, KmsAction::qualified);
    };
    let name = name.get(1..).unwrap_or_default();
    if first_wildcard(vendor).is_some() {
        return globbed(pattern, KmsAction::qualified);
    }
    if !vendor.eq_ignore_ascii_case("kms") {
        return ActionSet::EMPTY;
    }
    if name == "*" {
        return ActionSet::ALL;
    }
    RECENT.with_borrow_mut(|recent| recent.matched(name))
}

/// What a pattern without a service matches.
fn named(name: &str) -> ActionSet {
    match first_wildcard(name).and_then(|at| name.split_at_checked(at)) {
        Some((head, rest)) => by_head(head, rest),
        None => KmsAction::from_bare_name(name).map_or(ActionSet::EMPTY, ActionSet::only),
    }
}

thread_local! {
    static RECENT: RefCell<Recent> = const { RefCell::new(Recent(Vec::new())) };
}

/// The patterns that were looked up last: thousands of policies name the same few actions. Took 3 % off
/// the instructions of `check` on small policies (November 2026).
struct Recent(Vec<(Box<str>, ActionSet)>);

impl Recent {
    /// How many patterns are kept, each at a place that its text gives; KMS has some 50 actions.
    const PLACES: usize = 256;

    fn matched(&mut self, name: &str) -> ActionSet {
        let hash = name.bytes().fold(0_usize, |hash, byte| {
            hash.wrapping_mul(31).wrapping_add(usize::from(byte))
        });
        self.0.resize_with(Self::PLACES, Default::default);
        let Some(place) = self.0.get_mut(hash % Self::PLACES) else {
            return named(name);
        };
        if *place.0 != *name {
            *place = (name.into(), named(name));
        }
        place.1
    }
}

/// What a pattern without a service matches: of the names, which are sorted, only those that begin
/// with what stands before its first wildcard are looked at.
fn by_head(head: &str, rest: &str) -> ActionSet {
    let tail = rest.trim_start_matches('*');
    let one_run = tail.len() < rest.len() && first_wildcard(tail).is_none();
    let last = |text: &str| text.as_bytes().last().map(u8::to_ascii_lowercase);
    let wanted = last(tail);
    let matches = |action: &KmsAction| {
        let name = action.name();
        if wanted.is_none() {
            return true;
        }
        let name = name.get(head.len()..).unwrap_or_default();
        if one_run {
            // Most patterns have one wildcard, and few names end as they do.
            let end = || name.get(name.len().checked_sub(tail.len())?..);
            return last(name) == wanted && end().is_some_and(|e| e.eq_ignore_ascii_case(tail));
        }
        glob_ignore_case(rest, name)
    };
    let all = KmsAction::with_head(head).iter().copied();
    all.filter(matches).collect()
}

fn globbed(pattern: &str, name: impl Fn(KmsAction) -> &'static str) -> ActionSet {
    let matches = |action: &KmsAction| glob_ignore_case(pattern, name(*action));
    KmsAction::ALL.iter().copied().filter(matches).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Value;
    use crate::text::Spanned;

    /// The short ways end where the long one does, also for a pattern that was looked up before.
    #[test]
    fn patterns_match_as_whole_names_do() {
        for pattern in [
            "*",
            "?",
            "**",
            "kms:*",
            "KMS:*",
            "k?s:*",
            "kms:",
            "kms",
            "kms*",
            "*:*",
            "*KeyDeletion",
            "kms:Schedule*",
            "kms:schedulekeydeletion",
            "kms:?ecrypt",
            "kms:*Key*",
            "kms:Delete*",
            "kms:DeleteKey",
            "kms:Decrypt ",
            " kms:Decrypt",
            "kms: Decrypt",
            "s3:*",
            "kinesis:*",
            "kmsx:*",
            "kms:*Key",
            "kms:**Key",
            "kms:Get*Key",
            "kms:Ge*etKeyPolicy",
            "kms:?*",
            "kms:*?",
            "kms:Get**",
            "kms:Decryp?",
            "kms:Decrypt?",
            "kms:é*",
            "kms:D*é",
            "kms:Decrypt*Decrypt",
            "kms:Decrypt:x",
            "kms:*:x",
            "",
            "k*:Dec*",
            "kms:kms:Decrypt",
            "?ms:En*",
        ]
        .repeat(2)
        {
            let whole = globbed(pattern, KmsAction::qualified);
            assert_eq!(matched(pattern), whole, "{pattern}");
        }
    }

    #[test]
    fn placeholder_may_name_what_the_rest_of_its_text_leaves_room_for() {
        let element = |negated, text: &str| {
            let text = Spanned::new(Value::of_template(text), Span::default());
            ActionElement::new(negated, vec![ActionPattern::new(text)], Span::default())
        };
        let schedule = ActionSet::only(KmsAction::ScheduleKeyDeletion);
        for (text, possible) in [
            ("${actions}", ActionSet::ALL),
            ("kms:${action}", ActionSet::ALL),
            ("{{ service }}:ScheduleKeyDeletion", schedule),
            ("kms:Schedule${what}", schedule),
            ("s3:${action}", ActionSet::EMPTY),
            ("kms:ScheduleKeyDeletion", schedule),
        ] {
            let (of, but) = (element(false, text), element(true, text));
            assert_eq!(of.possible(), possible, "{text}");
            let sure = if text.contains('{') {
                ActionSet::EMPTY
            } else {
                possible
            };
            assert_eq!((of.covered(), of.literal()), (sure, sure), "{text}");
            assert_eq!(but.covered(), ActionSet::ALL.difference(possible), "{text}");
            let rest = ActionSet::ALL.difference(sure);
            assert_eq!((but.possible(), but.literal()), (rest, rest), "{text}");
        }
    }

    #[test]
    fn an_element_without_patterns_is_about_nothing() {
        let text = |text: &str| ActionPattern::new(Spanned::new(text.into(), Span::default()));
        let element = |negated, texts: &[&str]| {
            let patterns = texts.iter().map(|t| text(t)).collect();
            ActionElement::new(negated, patterns, Span::default()).covered()
        };
        assert!(element(false, &[]).is_empty() && element(true, &[]).is_empty());
        assert_eq!(element(true, &["s3:*"]), ActionSet::ALL);
        let rest = element(true, &["kms:De*", "kms:Decrypt"]);
        assert!(!rest.contains(KmsAction::Decrypt) && rest.contains(KmsAction::Encrypt));
    }
}
