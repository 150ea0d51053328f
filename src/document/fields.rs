//! What a document can be made of.

use std::fmt::Debug;
use std::sync::Arc;

use super::{AskedTexts, Fact, Vocabulary, Word};
use crate::text::Location;

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

    /// The place, where it is one in a file.
    fn location(&self) -> Option<Location> {
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

    /// The same, but for texts that no selector asks for.
    fn asked_words(&self, asked: &Arc<AskedTexts>) -> Vocabulary {
        let mut words = Vocabulary::of_asked(asked);
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

impl AsFact for i64 {
    fn as_fact(&self) -> Fact<'_> {
        Fact::Integer(*self)
    }

    fn note(&self, _: Option<Word>, _: &mut Vocabulary) {}
}

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

/// What several records share.
impl<T: AsFact> AsFact for Arc<T> {
    fn as_fact(&self) -> Fact<'_> {
        (**self).as_fact()
    }

    fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
        (**self).note(field, words);
    }
}

/// A large record, which is not copied when the record around it moves.
impl<T: AsFact> AsFact for Box<T> {
    fn as_fact(&self) -> Fact<'_> {
        (**self).as_fact()
    }

    fn note(&self, field: Option<Word>, words: &mut Vocabulary) {
        (**self).note(field, words);
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

/// Declares a record once: the struct, its document, which JSON writes too, and its schema.
///
/// What stands before a field says how it is written: `@left_out` that it is left out where it would be
/// null, false or empty, `@named "type"` that it has another name, `@hidden` that no document has it. Behind
/// the record's name `or nothing if is_empty` says when the record itself is left out.
macro_rules! record {
    (
        $(#[doc = $about:literal])+
        #[derive($($derive:ident),+)]
        pub struct $record:ident $(, or nothing if $is_empty:ident)? {
            $(
                $(#[doc = $doc:literal])+
                $(@$mode:ident $($name:literal)?)?
                pub $field:ident: $type:ty,
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive($($derive),+)]
        pub struct $record {
            $(
                $(#[doc = $doc])+
                pub $field: $type,
            )+
        }

        impl $crate::document::Fields for $record {
            fn field(&self, name: &str) -> Option<$crate::document::Fact<'_>> {
                $(
                    record!(@unless_hidden $($mode)?
                        if name == record!(@name $field $($($name)?)?) {
                            let value = &self.$field;
                            return (!record!(@is_left_out value $($mode)?))
                                .then(|| $crate::document::AsFact::as_fact(value));
                        }
                    );
                )+
                None
            }

            fn each<'a>(
                &'a self,
                visit: &mut dyn FnMut(&'static str, $crate::document::Fact<'a>),
            ) {
                $(
                    record!(@unless_hidden $($mode)?
                        let value = &self.$field;
                        if !record!(@is_left_out value $($mode)?) {
                            let fact = $crate::document::AsFact::as_fact(value);
                            visit(record!(@name $field $($($name)?)?), fact);
                        }
                    );
                )+
            }

            fn note_fields(&self, words: &mut $crate::document::Vocabulary) {
                $(
                    record!(@unless_hidden $($mode)?
                        let value = &self.$field;
                        if !record!(@is_left_out value $($mode)?) {
                            const NAME: $crate::document::Word =
                                $crate::document::Word::field(record!(@name $field $($($name)?)?));
                            words.add(NAME);
                            $crate::document::AsFact::note(value, Some(NAME), words);
                        }
                    );
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

        impl serde::Serialize for $record {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&$crate::document::Fact::record(self), serializer)
            }
        }

        impl $crate::document::Described for $record {
            fn schema(definitions: &mut $crate::document::Definitions) -> serde_json::Value {
                definitions.record(stringify!($record), &[$($about),+], |fields| {
                    $(
                        record!(@unless_hidden $($mode)?
                            fields.add::<$type>(
                                record!(@name $field $($($name)?)?),
                                record!(@can_be_left_out $($mode)?),
                                &[$($doc),+],
                            );
                        );
                    )+
                })
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
    (@unless_hidden hidden $($code:tt)*) => {};
    (@unless_hidden left_out $($code:tt)*) => { $($code)* };
    (@unless_hidden named $($code:tt)*) => { $($code)* };
    (@unless_hidden $($code:tt)*) => { $($code)* };
    (@is_left_out $value:ident left_out) => { $crate::document::AsFact::is_left_out($value) };
    (@is_left_out $value:ident $($mode:ident)?) => { false };
    (@can_be_left_out left_out) => { true };
    (@can_be_left_out $($mode:ident)?) => { false };
}

pub(crate) use record;
