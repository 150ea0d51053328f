//! Nodes as a walk comes by them: kept with all that encloses them, or only looked at.

use std::cell::RefCell;

use crate::document::Fact;

use super::Walk;

/// What is done with a node.
pub(super) type Show<'v, N> = &'v mut dyn FnMut(&N) -> Walk;

/// A node from which a walk goes on.
pub(super) trait Node<'f>: Sized {
    fn fact(&self) -> &Fact<'f>;

    /// Shows the field of this name.
    fn field(&self, name: &str, show: Show<'_, Self>) -> Walk;

    /// Shows the item at this position.
    fn item(&self, position: usize, show: Show<'_, Self>) -> Walk;

    /// Shows the items of a list, or the values of a record.
    fn children(&self, show: Show<'_, Self>) -> Walk;

    /// How many items a list has.
    fn length(&self) -> usize {
        self.fact().items().map_or(0, Vec::len)
    }
}

/// A node that is only looked at: what of it is not made yet is made for the look alone.
impl<'f> Node<'f> for Fact<'f> {
    fn fact(&self) -> &Self {
        self
    }

    fn field(&self, name: &str, show: Show<'_, Self>) -> Walk {
        self.peek(name).map_or(Ok(()), |value| show(&value))
    }

    fn item(&self, position: usize, show: Show<'_, Self>) -> Walk {
        let (mut at, mut walk) = (0_usize, Ok(()));
        if let Self::List(list) = self {
            list.each(&mut |item| {
                let is_it = at == position;
                at = at.saturating_add(1);
                if is_it {
                    walk = show(item);
                }
                !is_it
            });
        }
        walk
    }

    fn children(&self, show: Show<'_, Self>) -> Walk {
        match self {
            Self::List(list) => {
                let mut walk = Ok(());
                list.each(&mut |item| {
                    walk = show(item);
                    walk.is_ok()
                });
                walk
            }
            Self::Record(record) => record
                .fields()
                .iter()
                .try_for_each(|(_, value)| show(value)),
            _ => Ok(()),
        }
    }
}

/// A node that may be selected, and the way down to it.
#[derive(Debug)]
pub(super) struct Kept<'w, 'a, 'f> {
    value: &'a Fact<'f>,
    /// From below the root to the node that is shown.
    way: &'w RefCell<Vec<&'a Fact<'f>>>,
}

impl<'w, 'a, 'f> Kept<'w, 'a, 'f> {
    /// The root, with what will note the way from it.
    pub(super) const fn root(value: &'a Fact<'f>, way: &'w RefCell<Vec<&'a Fact<'f>>>) -> Self {
        Self { value, way }
    }

    fn show(&self, value: Option<&'a Fact<'f>>, show: Show<'_, Self>) -> Walk {
        let Some(value) = value else {
            return Ok(());
        };
        self.way.borrow_mut().push(value);
        let walk = show(&Self { value, ..*self });
        self.way.borrow_mut().pop();
        walk
    }
}

impl<'f> Node<'f> for Kept<'_, '_, 'f> {
    fn fact(&self) -> &Fact<'f> {
        self.value
    }

    fn field(&self, name: &str, show: Show<'_, Self>) -> Walk {
        self.show(self.value.get(name), show)
    }

    fn item(&self, position: usize, show: Show<'_, Self>) -> Walk {
        let items = self.value.items();
        self.show(items.and_then(|items| items.get(position)), show)
    }

    fn children(&self, show: Show<'_, Self>) -> Walk {
        match self.value {
            Fact::List(list) => {
                let mut items = list.items().iter();
                items.try_for_each(|item| self.show(Some(item), show))
            }
            Fact::Record(record) => {
                let mut fields = record.fields().iter();
                fields.try_for_each(|(_, value)| self.show(Some(value), show))
            }
            _ => Ok(()),
        }
    }
}
