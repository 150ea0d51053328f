//! A statement of a key policy, or the description of a key, in whatever notation: XML property lists,
//! Java properties, Pkl, CUE, KDL, tables of TOML, blocks of HCL, YAML without the word `Statement`.
//!
//! Such files are not read. All notations write the same words in some order, so that a statement is
//! told by these: what it does, to whom, and an action of KMS, none of them twice.

use std::ops::Range;

use crate::text::Span;

use super::hints::kms_action;

/// An element of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    Effect,
    Principal,
    Action,
    /// Another one, which ends the value of the one before it.
    Other,
    /// The member that holds statements, with which a new one begins.
    Statement,
}

/// The elements by their words in lower case; the last of each in Terraform's `aws_iam_policy_document`.
const WORDS: [(&str, Element); 17] = [
    ("effect", Element::Effect),
    ("principal", Element::Principal),
    ("notprincipal", Element::Principal),
    ("principals", Element::Principal),
    ("not_principals", Element::Principal),
    ("action", Element::Action),
    ("notaction", Element::Action),
    ("actions", Element::Action),
    ("not_actions", Element::Action),
    ("resource", Element::Other),
    ("resources", Element::Other),
    ("notresource", Element::Other),
    ("condition", Element::Other),
    ("conditions", Element::Other),
    ("sid", Element::Other),
    ("statement", Element::Statement),
    ("statements", Element::Statement),
];

/// The element that a word names, and in which form. A variable of a program's environment is the path to it,
/// as in `POLICY__STATEMENT__0__EFFECT`.
fn element(word: &str) -> Option<(Element, Form)> {
    let find = |word: &str| {
        let known = WORDS.iter().find(|(of, _)| of.eq_ignore_ascii_case(word));
        known.map(|(_, element)| *element)
    };
    let is_plural = word.ends_with('s');
    match find(word) {
        Some(element) if is_plural => Some((element, Form::Plural)),
        Some(element) => Some((element, Form::Plain)),
        None => {
            let (_, last) = word.trim_end_matches('_').rsplit_once('_')?;
            let element = find(last).filter(|element| *element != Element::Statement)?;
            Some((element, Form::Plain))
        }
    }
}

/// The first statement that names principals and an action of KMS: the place of its first word.
pub(super) fn statement(text: &str) -> Option<Span> {
    kms_action(text)?;
    let mut found = Statement::default();
    let mut words = Words::new(text).peekable();
    while let Some(word) = words.next() {
        let after = text.get(word.span.end..).unwrap_or_default();
        let next = words.peek().map(|next| next.span.start);
        let value = text.get(word.span.end..next.unwrap_or(text.len()));
        match word.element {
            // `Statement[0].Effect` is a path to an element.
            Element::Statement if !after.starts_with(['[', '.']) => found = Statement::default(),
            Element::Statement => {}
            _ => found.add(&word, value.unwrap_or_default()),
        }
        if found.is_of_key() {
            return found.at.map(|at| Span::new(at.start, at.end));
        }
    }
    None
}

/// What of a statement was seen.
#[derive(Debug, Default)]
struct Statement {
    at: Option<Range<usize>>,
    /// How many braces were open at its first word.
    depth: usize,
    effect: bool,
    principal: Option<Form>,
    action: Option<Form>,
    /// Whether the action is one of KMS.
    of_kms: bool,
}

/// How the name of an element is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As AWS writes it.
    Plain,
    /// As Terraform does: its statements allow unless they say that they deny.
    Plural,
}

impl Statement {
    fn add(&mut self, word: &Word, value: &str) {
        let again = match word.element {
            Element::Effect => self.effect,
            Element::Principal => self.principal.is_some(),
            Element::Action => self.action.is_some(),
            Element::Other | Element::Statement => false,
        };
        if again || word.lowest < self.depth {
            *self = Self::default();
        }
        let is_said = match word.element {
            Element::Effect => value_is(value, &["allow", "deny"]),
            Element::Principal | Element::Action => is_name(value),
            Element::Other | Element::Statement => false,
        };
        if !is_said {
            return;
        }
        if self.at.is_none() {
            self.at = Some(word.span.clone());
            self.depth = word.depth;
        }
        match word.element {
            Element::Effect => self.effect = true,
            Element::Principal => self.principal = Some(word.form),
            Element::Action => {
                self.action = Some(word.form);
                self.of_kms = kms_action(value).is_some();
            }
            Element::Other | Element::Statement => {}
        }
    }

    fn is_of_key(&self) -> bool {
        let plural = Some(Form::Plural);
        let allows = self.effect || self.principal == plural && self.action == plural;
        self.of_kms && self.principal.is_some() && allows
    }
}

/// A word that names an element.
#[derive(Clone, Debug)]
struct Word {
    element: Element,
    span: Range<usize>,
    form: Form,
    /// How many braces are open there, and the fewest that were since the word before.
    depth: usize,
    lowest: usize,
}

/// The words of a text that name elements, but for those in comments and in excerpts of
/// reports.
struct Words<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    lowest: usize,
}

impl<'t> Words<'t> {
    const fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            lowest: 0,
        }
    }

    /// Where the run of letters and underscores from here ends.
    fn end_of_word(&self, start: usize) -> usize {
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_of_word(*byte));
        start.saturating_add(length.unwrap_or(rest.len()))
    }

    /// Whether the line is a comment, or one of an excerpt that a program printed, as the reports of kmslint
    /// show them.
    fn is_aside(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
        line.starts_with('#') || line.starts_with("//") || is_of_excerpt(line)
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !is_of_word(byte) {
                match byte {
                    b'{' => self.depth = self.depth.saturating_add(1),
                    b'}' => {
                        self.depth = self.depth.saturating_sub(1);
                        self.lowest = self.lowest.min(self.depth);
                    }
                    _ => {}
                }
                self.at = self.at.saturating_add(1);
                continue;
            }
            let span = self.at..self.end_of_word(self.at);
            self.at = span.end;
            let word = self.text.get(span.clone()).unwrap_or_default();
            let is_end = self
                .text
                .get(..span.start)
                .is_some_and(|before| before.ends_with("</"));
            let (element, form) = match element(word) {
                Some(known) if !is_end && !self.is_aside(span.start) => known,
                _ => continue,
            };
            let lowest = std::mem::replace(&mut self.lowest, self.depth);
            return Some(Word {
                element,
                span,
                form,
                depth: self.depth,
                lowest,
            });
        }
    }
}

/// Whether a bar, or a line that is drawn, follows the number of a line: no notation begins an element so.
fn is_of_excerpt(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = rest.len() < line.len();
    let is_drawn = |c: char| ('\u{2500}'..='\u{257f}').contains(&c) || (is_numbered && c == '|');
    rest.trim_start().starts_with(is_drawn)
}

const fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}

/// Whether a word before this names what follows, as a key does, and is none of a sentence.
fn is_name(after: &str) -> bool {
    let mut next = after.trim_start_matches([' ', '\t']).chars();
    match next.next() {
        // A path to a part of it.
        Some('.') => next.next().is_some_and(char::is_alphanumeric),
        // The length of the value: `6:effect5:Allow`.
        Some(first) if first.is_ascii_digit() => {
            let rest = next.as_str();
            rest.trim_start_matches(|c: char| c.is_ascii_digit())
                .starts_with(':')
        }
        Some(',' | ';' | ')' | '\n') | None => false,
        Some(mark) => !mark.is_alphanumeric(),
    }
}

/// Whether one of the first words of a value is one of these: names of types and tags of XML may stand
/// before it.
fn value_is(value: &str, words: &[&str]) -> bool {
    let all = value.split(|c: char| !c.is_ascii_alphabetic());
    let mut first = all.filter(|word| !word.is_empty()).take(MOST_WORDS);
    first.any(|first| words.iter().any(|word| word.eq_ignore_ascii_case(first)))
}

/// Words between a name and its value at most, and the value.
const MOST_WORDS: usize = 6;

/// The states of a key, in lower case.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>
const STATES: [&str; 8] = [
    "creating",
    "enabled",
    "disabled",
    "pendingimport",
    "pendingdeletion",
    "pendingreplicadeletion",
    "unavailable",
    "updating",
];

/// Whether the value, behind marks and the tags of XML, is the state of a key.
fn is_state(value: &str) -> bool {
    let mut rest = value;
    for _ in 0..MOST_TAGS {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '<');
        let Some(tag) = rest.strip_prefix('<') else {
            break;
        };
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    let end = rest.find(|c: char| !c.is_ascii_alphabetic());
    let first = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    STATES.iter().any(|state| state.eq_ignore_ascii_case(first))
}

/// Tags of XML between a name and its value at most.
const MOST_TAGS: usize = 4;

/// The answer of `describe-key`: the place of `KeyMetadata`, where the state of the key follows.
pub(super) fn key(text: &str) -> Option<Span> {
    const NAME: &str = "KeyMetadata";
    let at = memchr::memmem::find(text.as_bytes(), NAME.as_bytes())?;
    let span = Span::new(at, at.saturating_add(NAME.len()));
    let after = text.get(at.saturating_add(NAME.len())..)?;
    let mut states = memchr::memmem::find_iter(after.as_bytes(), "KeyState");
    let is_said = states.any(|state| {
        let value = after.get(state.saturating_add("KeyState".len())..);
        value.is_some_and(is_state)
    });
    is_said.then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_of_reports_are_no_statements() {
        let lines = [
            "\"Effect\": \"Allow\",",
            "\"Principal\": \"*\",",
            "\"Action\": \"kms:*\"",
        ];
        let plain = lines.join("\n");
        assert!(statement(&plain).is_some());
        for bar in [" 7 │ ", "  │ ", "12 | "] {
            let excerpt = lines.map(|line| format!("{bar}{line}")).join("\n");
            assert_eq!(statement(&excerpt), None, "{excerpt}");
        }
        // A bar of the text's own hides nothing.
        let other = plain.replace("Effect\": \"Allow", "Effect\": \"Allow\", \"a│\": \"|");
        assert!(statement(&other).is_some());
    }

    #[test]
    fn statements_are_told_in_any_notation() {
        for text in [
            "Statement {\n new {\n Effect = \"Allow\"\n Principal = \"*\"\n Action = \"kms:*\"\n }\n}",
            "<key>Effect</key>\n<string>Allow</string>\n<key>Principal</key>\n<string>*</string>\n<key>Action</key>\n<array><string>kms:*</string></array>",
            "p.Statement[0].Effect=Allow\np.Statement[0].Principal=*\np.Statement[0].Action=kms:*\n",
            "<Statement><Effect>Allow</Effect><Principal>*</Principal><Action>kms:*</Action></Statement>",
            "[Statement]\nEffect=Deny\nPrincipal=*\nAction=kms:*\n",
            "Statement {\n Effect \"Allow\"\n Principal \"*\"\n Action \"kms:*\"\n}",
            "statement { effect: \"Allow\" principal: \"*\" action: \"kms:*\" }",
            "- Action: kms:*\n  Principal: {AWS: '*'}\n  Resource: '*'\n  Effect: Allow\n",
            "a: &a\n  Effect: Allow\n  Principal: '*'\nb:\n  <<: *a\n  Action:\n  - kms:Decrypt\n",
            "s = [{\n actions = [\"kms:*\"]\n principals = [{ type = \"*\" }]\n}]",
            "P__STATEMENT__0__EFFECT=Allow\nP__STATEMENT__0__PRINCIPAL=*\nP__STATEMENT__0__ACTION=kms:*\n",
            "d6:Effect5:Allow9:Principal1:*6:Action5:kms:*e",
            "a:3:{s:6:\"Effect\";s:5:\"Allow\";s:9:\"Principal\";s:1:\"*\";s:6:\"Action\";s:5:\"kms:*\";}",
            "Effect: !!str Allow\nPrincipal: !!str '*'\nAction: !!seq [!!str 'kms:*']\n",
            "{\"Effect\":{\"S\":\"Allow\"},\"Principal\":{\"S\":\"*\"},\"Action\":{\"S\":\"kms:*\"}}",
        ] {
            assert!(statement(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_is_no_statement_of_a_key_policy_is_not_taken_for_one() {
        for text in [
            // Two statements, of which one names principals and the other actions of KMS.
            "- Effect: Allow\n  Principal: {Service: x}\n  Action: sts:AssumeRole\n- Effect: Allow\n  Action: kms:*\n",
            "statement {\n actions = [\"kms:*\"]\n}\nstatement {\n effect = \"Allow\"\n principals {\n }\n actions = [\"sts:AssumeRole\"]\n}",
            "[{ effect = \"Allow\", actions = [\"kms:*\"] }, { principals = [] }]",
            // A condition key of KMS.
            "Effect: Allow\nPrincipal: '*'\nAction: s3:*\nCondition:\n  StringEquals:\n    kms:ViaService: x\n",
            "# Effect: Allow\n# Principal: '*'\n# Action: kms:*\n",
            "The effect: the principal may take the action kms:Decrypt",
            "principal: alice\naction: kms:Decrypt\n",
            "effect: blur\nprincipal: x\naction: kms:Decrypt\n",
            // Variables of Terraform, of which each may be for another statement.
            "trusted_principals = [\"x\"]\nallowed_actions = [\"kms:Decrypt\"]\n",
        ] {
            assert_eq!(statement(text), None, "{text}");
        }
    }

    #[test]
    fn descriptions_of_keys_are_told_in_any_notation() {
        for text in [
            "KeyMetadata:\n  KeyId: a\n  KeyState: PendingDeletion\n",
            "<key>KeyMetadata</key><dict><key>KeyState</key><string>Enabled</string></dict>",
            "KeyMetadata.KeyState=Disabled\n",
        ] {
            assert!(key(text).is_some(), "{text}");
        }
        for text in [
            "KeyState: Enabled\n",
            "KeyMetadata:\n  type: object\n  properties:\n    KeyState:\n      enum:\n      - Enabled\n",
        ] {
            assert_eq!(key(text), None, "{text}");
        }
    }
}
