//! Statements of key policies as the rows of a table: CSV and the like, and tables of prose.

use crate::text::Span;

use super::hints::kms_action;

/// Columns without which a row is no statement of a key policy, by what their names contain.
const COLUMNS: [&str; 3] = ["effect", "principal", "action"];

/// The first row that says that something of KMS is allowed or denied, below a row that names the columns.
pub(super) fn statement(text: &str) -> Option<Span> {
    kms_action(text)?;
    let mut has_head = false;
    let mut at = 0_usize;
    for line in text.split_inclusive('\n') {
        let start = at;
        at = at.saturating_add(line.len());
        if !has_head {
            has_head = names_columns(line);
        }
        if has_head
            && let Some(action) = kms_action(line)
            && says_effect(line)
        {
            let place = |at: u32| start.saturating_add(usize::try_from(at).unwrap_or(usize::MAX));
            return Some(Span::new(place(action.start), place(action.end)));
        }
    }
    None
}

/// Whether each column has a cell of its own in the line.
fn names_columns(line: &str) -> bool {
    let is = |cell: &str, name: &str| {
        let bare = cell.trim_end_matches(['s', 'S']);
        bare.eq_ignore_ascii_case(name)
    };
    let has = |name: &&str| cells(line).any(|cell| is(cell, name));
    line.len() <= MAX_HEAD && cells(line).nth(2).is_some() && COLUMNS.iter().all(has)
}

/// No row of names is longer; bytes.
const MAX_HEAD: usize = 4 << 10;

fn says_effect(line: &str) -> bool {
    let is = |cell: &str| cell.eq_ignore_ascii_case("allow") || cell.eq_ignore_ascii_case("deny");
    cells(line).any(is)
}

/// The cells of a row: between commas, semicolons, tabs and bars, quoted or not.
fn cells(line: &str) -> impl Iterator<Item = &str> {
    let cells = line.split([',', ';', '\t', '|', '[', ']']);
    let bare = cells.map(|cell| cell.trim().trim_matches(['"', '\'']));
    bare.filter(|cell| !cell.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_tables_are_statements() {
        for text in [
            "id,effect,principal,action\n1,Allow,*,kms:*\n",
            "\"Sid\",\"Effect\",\"Principals\",\"Actions\"\r\n\"1\",\"Deny\",\"*\",\"kms:Decrypt\"\r\n",
            "effect\tprincipal\taction\nAllow\tx\ts3:*\nAllow\t*\tkms:*\n",
            "| Effect | Principal | Action |\n|---|---|---|\n| Allow | * | kms:* |\n",
            "{\"columns\":[\"Effect\",\"Principal\",\"Action\"],\"data\":[[\"Allow\",\"*\",\"kms:*\"]]}",
        ] {
            let at = statement(text).unwrap();
            assert_eq!(at.of(text), "kms:", "{text}");
        }
        for text in [
            "id,effect,principal,action\n1,Allow,*,s3:*\n",
            "id,effect,principal\n1,Allow,kms:*\n",
            "required: [Effect, Principal, Action]\nexample: kms:Decrypt\n",
            "the effect, a principal and the action\nallow, kms:Decrypt\n",
            "1,Allow,*,kms:*\nid,effect,principal,action\n",
        ] {
            assert_eq!(statement(text), None, "{text}");
        }
    }
}
