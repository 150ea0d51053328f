//! Named fields, made when they are first asked for.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::{Fact, Fields};

/// Named fields, in order.
#[derive(Clone, Debug, Default)]
pub struct Record<'a> {
    /// Of whom they are made; none where all were made at once.
    source: Option<&'a dyn Fields>,
    made: OnceCell<Vec<(Cow<'a, str>, Fact<'a>)>>,
}

impl<'a> Record<'a> {
    pub(super) const fn of(fields: &'a dyn Fields) -> Self {
        Self {
            source: Some(fields),
            made: OnceCell::new(),
        }
    }

    pub(super) fn made(fields: Vec<(Cow<'a, str>, Fact<'a>)>) -> Self {
        Self {
            source: None,
            made: fields.into(),
        }
    }

    /// All fields.
    pub fn fields(&self) -> &[(Cow<'a, str>, Fact<'a>)] {
        self.made.get_or_init(|| {
            let mut made = Vec::new();
            if let Some(source) = self.source {
                source.each(&mut |name, value| made.push((name.into(), value)));
            }
            made
        })
    }

    /// Shows the value of each field; what is not made yet is not kept.
    pub(crate) fn each(&self, visit: &mut dyn FnMut(&Fact<'a>)) {
        match self.source.filter(|_| self.made.get().is_none()) {
            Some(source) => source.each(&mut |_, value| visit(&value)),
            None => self.fields().iter().for_each(|(_, value)| visit(value)),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Fact<'a>> {
        let field = self.fields().iter().find(|(field, _)| field == name);
        field.map(|(_, value)| value)
    }

    pub(super) fn peek(&self, name: &str) -> Option<Cow<'_, Fact<'a>>> {
        match self.source.filter(|_| self.made.get().is_none()) {
            Some(source) => source.field(name).map(Cow::Owned),
            None => self.get(name).map(Cow::Borrowed),
        }
    }
}
