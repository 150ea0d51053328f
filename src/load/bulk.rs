//! Finds a policy far beyond any limit of AWS in the text of a file, before a tree is made of it.

use crate::policy::{MAX_POLICY, refuse_bulk};
use crate::text::{InputError, Span};

use super::trail::value_length;

/// The member of every policy, as it stands in a document.
const STATEMENTS: &[u8] = b"\"Statement\"";

/// The member of every statement.
const EFFECT: &[u8] = b"\"Effect\"";

/// Refuses a text that holds statements longer than any policy that is read. A policy inside a string
/// is refused where the string is taken apart.
pub(super) fn refuse_bulk_statements(text: &str) -> Result<(), InputError> {
    let bytes = text.as_bytes();
    let mut reached = 0_usize;
    while text.len().saturating_sub(reached) > MAX_POLICY {
        let rest = bytes.get(reached..).unwrap_or_default();
        let Some(found) = memchr::memmem::find(rest, STATEMENTS) else {
            return Ok(());
        };
        let start = reached.saturating_add(found);
        let behind = start.saturating_add(STATEMENTS.len());
        let length = bytes.get(behind..).map_or(0, value_length);
        let end = behind.saturating_add(length);
        let statements = bytes.get(behind..end).unwrap_or_default();
        if length > MAX_POLICY && memchr::memmem::find(statements, EFFECT).is_some() {
            return refuse_bulk(length, Span::new(start, end));
        }
        // What lies in it is shorter.
        reached = if length > MAX_POLICY { behind } else { end };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Option<String> {
        let error = refuse_bulk_statements(text).err()?;
        Some(error.span.of(text).to_owned())
    }

    #[test]
    fn statements_without_end_are_refused_wherever_they_stand() {
        let zeros = vec!["0"; MAX_POLICY].join(",");
        let policy = format!("{{\"Statement\" : [{{\"Effect\":\"Allow\",\"Action\":[{zeros}]}}]}}");
        let wrapped = format!("{{\"Statement\":[{{}}],\"a\":[{{\"Statement\":{policy}}}]}}");
        for text in [&policy, &wrapped] {
            assert_eq!(refused(text).as_deref(), Some("\""));
        }
        let other = policy.replace("\"Effect\"", "\"Amount\"");
        assert_eq!(refused(&other), None);
        let many = format!(
            "[{}]",
            vec!["{\"Statement\":[{\"Effect\":\"Deny\"}]}"; 100_000].join(",")
        );
        assert_eq!(refused(&many), None);
        assert_eq!(refused(&policy.replace("]}]}", "")), None);
    }
}
