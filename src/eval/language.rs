//! Texts that are known but for one part: the ARN of a role whose path is not known, the ARN of an
//! alias that was not named. What a pattern says of all of them alike is sure.

use crate::aws::Arn;
use crate::policy::{Atom, Atoms};

use super::Truth;

/// A set of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Language {
    /// Each text of the set is one of these; at least one.
    forms: Vec<Form>,
}

/// A text, or all with the same beginning and end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// What it begins with.
    pub(super) head: String,
    /// What it ends with after the unknown part; nothing where there is no unknown part.
    pub(super) tail: Option<String>,
}

impl Form {
    /// One text.
    pub(super) const fn text(text: String) -> Self {
        Self {
            head: text,
            tail: None,
        }
    }

    /// Every text with this beginning and end, and at least one character between them.
    pub(super) const fn between(head: String, tail: String) -> Self {
        Self {
            head,
            tail: Some(tail),
        }
    }
}

impl Language {
    pub(super) const fn new(forms: Vec<Form>) -> Self {
        Self { forms }
    }

    pub(super) fn forms(&self) -> &[Form] {
        &self.forms
    }

    /// Whether the pattern matches every text, some, or none.
    pub(super) fn glob<P: Atoms + ?Sized>(&self, pattern: &P) -> Truth {
        self.each(|form| form.glob(pattern))
    }

    /// The same where `*` and `?` of the pattern are these characters.
    pub(super) fn equals(&self, text: &str) -> Truth {
        let atoms: Vec<Atom> = text.bytes().map(Atom::Byte).collect();
        self.glob(atoms.as_slice())
    }

    /// The same part by part, as ARNs are compared. No form's unknown part stands before the fifth
    /// colon.
    pub(super) fn arn(&self, pattern: &[Atom]) -> Truth {
        let mut parts: Vec<&[Atom]> = pattern
            .splitn(6, |atom| *atom == Atom::Byte(b':'))
            .collect();
        let (Some(last), 5) = (parts.pop(), parts.len()) else {
            return Truth::No;
        };
        self.each(|form| form.arn(&parts, last))
    }

    fn each(&self, matches: impl FnMut(&Form) -> Truth) -> Truth {
        let mut all = self.forms.iter().map(matches);
        let first = all.next().unwrap_or(Truth::No);
        all.fold(
            first,
            |so_far, next| {
                if so_far == next { next } else { Truth::Unknown }
            },
        )
    }

    /// All texts in lower case.
    pub(super) fn lower_case(&self) -> Self {
        let lower = |form: &Form| Form {
            head: form.head.to_ascii_lowercase(),
            tail: form.tail.as_deref().map(str::to_ascii_lowercase),
        };
        Self::new(self.forms.iter().map(lower).collect())
    }
}

impl Form {
    fn glob<P: Atoms + ?Sized>(&self, pattern: &P) -> Truth {
        let Some(tail) = &self.tail else {
            let mut walk = Walk::new(pattern);
            walk.text(&self.head);
            return walk.is_at_end().into();
        };
        let begun = {
            let mut walk = Walk::new(pattern);
            walk.text(&self.head);
            walk
        };
        let mut some = begun.clone();
        some.anything();
        some.text(tail);
        if !some.is_at_end() {
            return Truth::No;
        }
        // Characters that stand nowhere in the pattern are matched by wildcards alone, so what
        // matches them matches any others. More of them than there are `?` need a `*`, which takes
        // any number.
        let enough = begun.count_of_any_one().saturating_add(2);
        let mut every = begun;
        let all = (0..enough).all(|_| {
            every.stranger();
            let mut ended = every.clone();
            ended.text(tail);
            ended.is_at_end()
        });
        if all { Truth::Yes } else { Truth::Unknown }
    }

    fn arn(&self, first_five: &[&[Atom]], last: &[Atom]) -> Truth {
        let Some(arn) = Arn::parse(&self.head) else {
            return Truth::No;
        };
        let same = |a, b| a == b;
        let heads = arn.parts();
        let mut pairs = first_five.iter().zip(heads);
        if !pairs.all(|(pattern, part)| crate::policy::glob_matches(*pattern, part, same)) {
            return Truth::No;
        }
        let resource = Self {
            head: arn.resource.to_owned(),
            tail: self.tail.clone(),
        };
        resource.glob(last)
    }
}

/// All positions in a pattern that a text read so far can have come to.
#[derive(Clone)]
struct Walk {
    atoms: Vec<Atom>,
    /// One for each position and one for the end.
    reached: Vec<bool>,
}

impl Walk {
    fn new<P: Atoms + ?Sized>(pattern: &P) -> Self {
        let atoms: Vec<Atom> = (0..).map_while(|index| pattern.atom(index)).collect();
        let mut reached = vec![false; atoms.len().saturating_add(1)];
        if let Some(start) = reached.first_mut() {
            *start = true;
        }
        let mut walk = Self { atoms, reached };
        walk.pass_runs();
        walk
    }

    fn is_at_end(&self) -> bool {
        self.reached.last().copied().unwrap_or_default()
    }

    fn count_of_any_one(&self) -> usize {
        let atoms = self.atoms.iter();
        atoms.filter(|atom| **atom == Atom::AnyOne).count()
    }

    fn text(&mut self, text: &str) {
        for byte in text.bytes() {
            // `?` takes a whole character: what continues one was taken with its first byte.
            let continues = byte & 0xc0 == 0x80;
            self.step(|atom| match atom {
                Atom::Byte(wanted) => wanted == byte,
                Atom::AnyOne => !continues,
                Atom::AnyRun => true,
            });
        }
    }

    /// One character that stands nowhere in the pattern.
    fn stranger(&mut self) {
        self.step(|atom| !matches!(atom, Atom::Byte(_)));
    }

    /// At least one character, whichever.
    fn anything(&mut self) {
        let mut all = vec![false; self.reached.len()];
        loop {
            self.step(|_| true);
            let mut grown = false;
            for (known, now) in all.iter_mut().zip(&self.reached) {
                grown |= *now && !*known;
                *known |= *now;
            }
            self.reached.clone_from(&all);
            if !grown {
                return;
            }
        }
    }

    fn step(&mut self, takes: impl Fn(Atom) -> bool) {
        let mut next = vec![false; self.reached.len()];
        for (index, atom) in self.atoms.iter().enumerate() {
            let here = self.reached.get(index).copied().unwrap_or_default();
            if !here || !takes(*atom) {
                continue;
            }
            let target = match atom {
                Atom::AnyRun => index,
                Atom::AnyOne | Atom::Byte(_) => index.saturating_add(1),
            };
            if let Some(slot) = next.get_mut(target) {
                *slot = true;
            }
        }
        self.reached = next;
        self.pass_runs();
    }

    /// A run may be empty.
    fn pass_runs(&mut self) {
        for (index, atom) in self.atoms.iter().enumerate() {
            let here = self.reached.get(index).copied().unwrap_or_default();
            if let (true, Atom::AnyRun, Some(after)) =
                (here, atom, self.reached.get_mut(index.saturating_add(1)))
            {
                *after = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role() -> Language {
        let head = "arn:aws:iam::111122223333:role/";
        Language::new(vec![
            Form::text(format!("{head}Admin")),
            Form::between(head.to_owned(), "/Admin".to_owned()),
        ])
    }

    fn atoms(pattern: &str) -> Vec<Atom> {
        (0..).map_while(|index| pattern.atom(index)).collect()
    }

    #[test]
    fn a_role_of_unknown_path_matches_surely_perhaps_or_not() {
        for (pattern, wanted) in [
            ("*", Truth::Yes),
            ("arn:aws:iam::111122223333:role/*", Truth::Yes),
            ("arn:aws:iam::111122223333:role/*Admin", Truth::Yes),
            ("arn:aws:iam::*:role/*Admi?", Truth::Yes),
            ("*Admin", Truth::Yes),
            ("arn:aws:iam::111122223333:role/Admin", Truth::Unknown),
            ("arn:aws:iam::111122223333:role/ops/Admin", Truth::Unknown),
            ("arn:aws:iam::111122223333:role/Admin*", Truth::Unknown),
            ("*/ops/Admin", Truth::Unknown),
            ("*ops*", Truth::Unknown),
            ("arn:aws:iam::111122223333:role/?*Admin", Truth::Unknown),
            ("arn:aws:iam::111122223333:role/??????*", Truth::Unknown),
            ("arn:aws:iam::111122223333:role/?????*", Truth::Yes),
            ("arn:aws:iam::111122223333:role/Other", Truth::No),
            ("arn:aws:iam::111122223333:role/ops/Other", Truth::No),
            ("arn:aws:iam::444455556666:role/*", Truth::No),
            ("*Administrator", Truth::No),
            ("", Truth::No),
        ] {
            assert_eq!(role().glob(pattern), wanted, "{pattern}");
        }
        assert_eq!(role().equals("*"), Truth::No);
        assert_eq!(
            role().equals("arn:aws:iam::111122223333:role/Admin"),
            Truth::Unknown
        );
    }

    #[test]
    fn parts_of_an_arn_are_compared_one_by_one() {
        for (pattern, wanted) in [
            ("arn:aws:iam::*:role/*", Truth::Yes),
            ("arn:*:iam::111122223333:*", Truth::Yes),
            ("arn:aws:iam::111122223333:role/Admin", Truth::Unknown),
            ("arn:aws:iam::111122223333:role/*/Admin", Truth::Unknown),
            ("arn:aws:iam::111122223333:user/*", Truth::No),
            ("arn:aws:*:role/Admin", Truth::No),
            ("*", Truth::No),
        ] {
            assert_eq!(role().arn(&atoms(pattern)), wanted, "{pattern}");
        }
    }
}
