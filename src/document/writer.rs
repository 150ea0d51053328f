//! Writes anything serialisable as a [`Fact`].

use std::borrow::Cow;

use serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, Serializer,
};

use super::{DocumentError, Fact, List, Record};

type Written<T = Fact<'static>> = Result<T, DocumentError>;

/// Writes one value.
#[derive(Clone, Copy, Debug)]
pub(super) struct FactWriter;

/// Writes a list or a tuple.
#[derive(Debug)]
pub(super) struct ListWriter(Vec<Fact<'static>>);

/// Writes named fields.
#[derive(Debug)]
pub(super) struct RecordWriter {
    fields: Vec<(Cow<'static, str>, Fact<'static>)>,
    key: Option<Cow<'static, str>>,
}

impl RecordWriter {
    fn new(length: usize) -> Self {
        Self {
            fields: Vec::with_capacity(length),
            key: None,
        }
    }
}

fn variant_with_content() -> DocumentError {
    DocumentError::new("facts have no variants with content")
}

impl Serializer for FactWriter {
    type Ok = Fact<'static>;
    type Error = DocumentError;
    type SerializeSeq = ListWriter;
    type SerializeTuple = ListWriter;
    type SerializeTupleStruct = Impossible<Fact<'static>, DocumentError>;
    type SerializeTupleVariant = Impossible<Fact<'static>, DocumentError>;
    type SerializeMap = RecordWriter;
    type SerializeStruct = RecordWriter;
    type SerializeStructVariant = Impossible<Fact<'static>, DocumentError>;

    fn serialize_bool(self, value: bool) -> Written {
        Ok(Fact::Bool(value))
    }

    fn serialize_i8(self, value: i8) -> Written {
        Ok(Fact::Integer(value.into()))
    }

    fn serialize_i16(self, value: i16) -> Written {
        Ok(Fact::Integer(value.into()))
    }

    fn serialize_i32(self, value: i32) -> Written {
        Ok(Fact::Integer(value.into()))
    }

    fn serialize_i64(self, value: i64) -> Written {
        Ok(Fact::Integer(value))
    }

    fn serialize_u8(self, value: u8) -> Written {
        Ok(Fact::Integer(value.into()))
    }

    fn serialize_u16(self, value: u16) -> Written {
        Ok(Fact::Integer(value.into()))
    }

    fn serialize_u32(self, value: u32) -> Written {
        Ok(Fact::Integer(value.into()))
    }

    fn serialize_u64(self, value: u64) -> Written {
        // Nothing in facts counts so far; as JSON readers do, what is larger loses digits.
        #[expect(clippy::cast_precision_loss, reason = "no exact number would fit")]
        let float = || Fact::Float(value as f64);
        Ok(i64::try_from(value).map_or_else(|_| float(), Fact::Integer))
    }

    fn serialize_f32(self, value: f32) -> Written {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Written {
        // JSON has no other numbers.
        Ok(if value.is_finite() {
            Fact::Float(value)
        } else {
            Fact::Null
        })
    }

    fn serialize_char(self, value: char) -> Written {
        Ok(Fact::Text(value.to_string().into()))
    }

    fn serialize_str(self, value: &str) -> Written {
        Ok(Fact::Text(value.to_owned().into()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Written {
        let items = value.iter().map(|byte| Fact::Integer((*byte).into()));
        Ok(Fact::List(List::made(items.collect())))
    }

    fn serialize_none(self) -> Written {
        Ok(Fact::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        Ok(Fact::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written {
        Ok(Fact::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        Ok(Fact::Text(variant.into()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Written {
        Err(variant_with_content())
    }

    fn serialize_seq(self, length: Option<usize>) -> Written<ListWriter> {
        Ok(ListWriter(Vec::with_capacity(length.unwrap_or_default())))
    }

    fn serialize_tuple(self, length: usize) -> Written<ListWriter> {
        Ok(ListWriter(Vec::with_capacity(length)))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Written<Self::SerializeTupleStruct> {
        Err(DocumentError::new("facts have no tuples with names"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Written<Self::SerializeTupleVariant> {
        Err(variant_with_content())
    }

    fn serialize_map(self, length: Option<usize>) -> Written<RecordWriter> {
        Ok(RecordWriter::new(length.unwrap_or_default()))
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Written<RecordWriter> {
        Ok(RecordWriter::new(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Written<Self::SerializeStructVariant> {
        Err(variant_with_content())
    }
}

impl SerializeSeq for ListWriter {
    type Ok = Fact<'static>;
    type Error = DocumentError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Written<()> {
        self.0.push(value.serialize(FactWriter)?);
        Ok(())
    }

    fn end(self) -> Written {
        Ok(Fact::List(List::made(self.0)))
    }
}

impl SerializeTuple for ListWriter {
    type Ok = Fact<'static>;
    type Error = DocumentError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Written<()> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Written {
        SerializeSeq::end(self)
    }
}

impl SerializeStruct for RecordWriter {
    type Ok = Fact<'static>;
    type Error = DocumentError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Written<()> {
        self.fields.push((key.into(), value.serialize(FactWriter)?));
        Ok(())
    }

    fn end(self) -> Written {
        Ok(Fact::Record(Record::made(self.fields)))
    }
}

impl SerializeMap for RecordWriter {
    type Ok = Fact<'static>;
    type Error = DocumentError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Written<()> {
        match key.serialize(FactWriter)? {
            Fact::Text(key) => self.key = Some(key),
            _ => return Err(DocumentError::new("the name of a field is no text")),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written<()> {
        let key = self.key.take().unwrap_or_default();
        self.fields.push((key, value.serialize(FactWriter)?));
        Ok(())
    }

    fn end(self) -> Written {
        Ok(Fact::Record(Record::made(self.fields)))
    }
}
