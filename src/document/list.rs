//! A list, made when it is first asked for.

use std::cell::OnceCell;

use super::{Fact, Items};
use crate::text::Location;

/// A list.
#[derive(Clone, Debug, Default)]
pub struct List<'a> {
    /// Of whom it is made; none where all was made at once.
    source: Option<&'a dyn Items>,
    made: OnceCell<Vec<Fact<'a>>>,
}

impl<'a> List<'a> {
    pub(super) const fn of(items: &'a dyn Items) -> Self {
        Self {
            source: Some(items),
            made: OnceCell::new(),
        }
    }

    pub(super) fn made(items: Vec<Fact<'a>>) -> Self {
        Self {
            source: None,
            made: items.into(),
        }
    }

    /// All items.
    pub fn items(&self) -> &Vec<Fact<'a>> {
        self.made.get_or_init(|| {
            let mut made = Vec::new();
            if let Some(source) = self.source {
                source.each(&mut |item| {
                    made.push(item);
                    true
                });
            }
            made
        })
    }

    /// Shows each item until one is not wanted; what is not made yet is not kept.
    pub(crate) fn each(&self, visit: &mut dyn FnMut(&Fact<'a>) -> bool) {
        match self.source.filter(|_| self.made.get().is_none()) {
            Some(source) => source.each(&mut |item| visit(&item)),
            None => drop(self.items().iter().all(visit)),
        }
    }

    /// The place, where it is one that knows its file.
    pub(crate) fn location(&self) -> Option<Location> {
        self.source?.location()
    }

    /// The numbers, where it is a list of three small ones, as every place of a document is.
    pub(crate) fn numbers(&self) -> Option<[u32; 3]> {
        let small = |fact: &Fact<'_>| match fact {
            Fact::Integer(number) => u32::try_from(*number).ok(),
            _ => None,
        };
        match self.items().as_slice() {
            [file, start, end] => Some([small(file)?, small(start)?, small(end)?]),
            _ => None,
        }
    }
}
