//! Facts for people: every place in words beside its numbers.

use serde_json::{Value, json};

use crate::text::Sources;

use super::Facts;

impl Facts {
    /// These facts as JSON, with a `location` beside every `at`: file, line and column, both from
    /// 1, the column in characters.
    ///
    /// # Errors
    /// Where the facts cannot be written as JSON.
    pub fn located(&self, sources: &Sources) -> serde_json::Result<Value> {
        let mut document = serde_json::to_value(self)?;
        self.locate_all(&mut document, sources);
        Ok(document)
    }

    fn locate_all(&self, value: &mut Value, sources: &Sources) {
        match value {
            Value::Object(members) => {
                let place = members.get("at").and_then(place);
                members
                    .values_mut()
                    .for_each(|value| self.locate_all(value, sources));
                if let Some(found) = place.and_then(|place| self.in_words(place, sources)) {
                    members.insert("location".to_owned(), found);
                }
            }
            Value::Array(items) => items
                .iter_mut()
                .for_each(|item| self.locate_all(item, sources)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn in_words(&self, [file, start, end]: [u32; 3], sources: &Sources) -> Option<Value> {
        let source = *self.source_ids.get(usize::try_from(file).ok()?)?;
        let file = sources.get(source)?;
        let (start, end) = (file.position(start), file.position(end));
        let mut place = json!({
            "file": file.name(),
            "line": start.line,
            "column": start.column,
            "end_line": end.line,
            "end_column": end.column,
        });
        if file.is_decompressed() {
            place
                .as_object_mut()?
                .insert("decompressed".into(), true.into());
        }
        Some(place)
    }
}

fn place(at: &Value) -> Option<[u32; 3]> {
    let number = |index: usize| u32::try_from(at.get(index)?.as_u64()?).ok();
    Some([number(0)?, number(1)?, number(2)?])
}
