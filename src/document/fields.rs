//! What a document can be made of.

use std::fmt::Debug;

use super::{Fact, Vocabulary, Word};

/// A record of which a document can be made; the macro `fields` implements it.
pub trait Fields: Debug {
    /// The field of this name; none where there is none, or where it is left out.
    fn field(&self, name: &str) -> Option<Fact<'_>>;

    /// Shows every field that is not left out, in order.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(&'static str, Fact<'a>));

    /// Notes all its words.
    fn note_fields(&self, words: &mut Vocabulary);
}

/// A list of which a document can be made.
pub trait Items: Debug {
    /// Shows each item until one is not wanted.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(Fact<'a>) -> bool);

    /// The numbers, where it is a place in a file.
    fn place(&self) -> Option<[u32; 3]> {
        None
    }
}

/// What can stand in a document.
pub trait AsFact {
    /// The value; it lends what it can.
    fn as_fact(&self) -> Fact<'_>;

    /// Notes all its words, and which of them the field has.
    fn note(&self, field: Option<Word>, words: &mut Vocabulary);

    /// All its words.
    fn words(&self) -> Vocabulary {
        let mut words = Vocabulary::default();
        self.note(None, &mut words);
        words
    }

    /// Whether a field that is rarely there is left out with this value: null, false or empty.
    fn is_left_out(&self) -> bool {
        false
    }
}

impl AsFact for bool {
    fn as_fact(&self) -> Fact<'_> {
        Fact::Bool(*self)
    }

    fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
        words.add_flag(field, *self);
    }

    fn is_left_out(&self) -> bool {
        !self
    }
}

impl AsFact for f64 {
    /// JSON has no other numbers than finite ones.
    fn as_fact(&self) -> Fact<'_> {
        if self.is_finite() {
            Fact::Float(*self)
        } else {
            Fact::Null
        }
    }

    fn note(&self, _: Option<Word>, _: &mut Vocabulary) {}
}

macro_rules! integers {
    ($($integer:ty)*) => { $(
        impl AsFact for $integer {
            /// What counts in facts is far from the bound; what is beyond it reads as it.
            fn as_fact(&self) -> Fact<'_> {
                Fact::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
            }

            fn note(&self, _: Option<Word>, _: &mut Vocabulary) {}
        }
    )* };
}

integers!(u8 u16 u32 u64 usize);

impl AsFact for String {
    fn as_fact(&self) -> Fact<'_> {
        Fact::Text(self.as_str().into())
    }

    fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
        words.add_text(field, self);
    }
}

impl AsFact for &'static str {
    fn as_fact(&self) -> Fact<'_> {
        Fact::Text((*self).into())
    }

    fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
        words.add_text(field, self);
    }
}

impl<T: AsFact> AsFact for Option<T> {
    fn as_fact(&self) -> Fact<'_> {
        self.as_ref().map_or(Fact::Null, AsFact::as_fact)
    }

    fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
        if let Some(value) = self {
            value.note(field, words);
        }
    }

    fn is_left_out(&self) -> bool {
        self.is_none()
    }
}

impl<T: AsFact + Debug> AsFact for Vec<T> {
    fn as_fact(&self) -> Fact<'_> {
        Fact::list(self)
    }

    fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
        for item in self {
            item.note(field, words);
        }
    }

    fn is_left_out(&self) -> bool {
        self.is_empty()
    }
}

impl<T: AsFact + Debug> Items for Vec<T> {
    fn each<'a>(&'a self, visit: &mut dyn FnMut(Fact<'a>) -> bool) {
        self.iter().all(|item| visit(item.as_fact()));
    }
}

/// Makes a document of a struct, as serde's derive does. A name stands for the field of that name,
/// `[name]` for one that is left out where it would be null, false or empty, and
/// `(field as "name")` for one with another name; `or nothing if is_empty` says when the record
/// itself is left out so. The tests see that both say the same.
macro_rules! fields {
    ($record:ty $(, or nothing if $is_empty:ident)? { $($entry:tt)+ }) => {
        impl $crate::document::Fields for $record {
            fn field(&self, name: &str) -> Option<$crate::document::Fact<'_>> {
                $(
                    if name == fields!(@name $entry) {
                        let value = fields!(@value self $entry);
                        return (!fields!(@left_out value $entry))
                            .then(|| $crate::document::AsFact::as_fact(value));
                    }
                )+
                None
            }

            fn each<'a>(
                &'a self,
                visit: &mut dyn FnMut(&'static str, $crate::document::Fact<'a>),
            ) {
                $(
                    let value = fields!(@value self $entry);
                    if !fields!(@left_out value $entry) {
                        let fact = $crate::document::AsFact::as_fact(value);
                        visit(fields!(@name $entry), fact);
                    }
                )+
            }

            fn note_fields(&self, words: &mut $crate::document::Vocabulary) {
                $(
                    let value = fields!(@value self $entry);
                    if !fields!(@left_out value $entry) {
                        const NAME: $crate::document::Word =
                            $crate::document::Word::field(fields!(@name $entry));
                        words.add(NAME);
                        $crate::document::AsFact::note(value, Some(NAME), words);
                    }
                )+
            }
        }

        impl $crate::document::AsFact for $record {
            fn as_fact(&self) -> $crate::document::Fact<'_> {
                $crate::document::Fact::record(self)
            }

            fn note(
                &self,
                _: Option<$crate::document::Word>,
                words: &mut $crate::document::Vocabulary,
            ) {
                $crate::document::Fields::note_fields(self, words);
            }

            $(
                fn is_left_out(&self) -> bool {
                    self.$is_empty()
                }
            )?
        }
    };
    (@name [$field:ident]) => { stringify!($field) };
    (@name ($field:ident as $name:literal)) => { $name };
    (@name $field:ident) => { stringify!($field) };
    (@value $self:ident [$field:ident]) => { &$self.$field };
    (@value $self:ident ($field:ident as $name:literal)) => { &$self.$field };
    (@value $self:ident $field:ident) => { &$self.$field };
    (@left_out $value:ident [$field:ident]) => {
        $crate::document::AsFact::is_left_out($value)
    };
    (@left_out $value:ident $entry:tt) => { false };
}

pub(crate) use fields;
