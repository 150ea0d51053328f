//! Access as comma-separated values (RFC 4180), one line for each record.
//!
//! Names come from policies, and a spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a
//! formula: such a cell begins with an apostrophe here.
//! <https://owasp.org/www-community/attacks/CSV_Injection>

use serde::Serialize;

use crate::aws::KeyArn;
use crate::inventory::Key;
use crate::report::visible::prose;
use crate::text::Sources;
use crate::who_can::{BoundaryLimit, Grant, KeyAccess, settlement};

use super::record::files;
use super::words;

/// The first line.
pub const HEAD: &str = "account,region,key,aliases,principal,kind,action,decision,days,conditional days,\
omitted days,depends on,settled by,through,permissions boundary,service control policies,\
resource control policies,sources\n";

/// The lines about one key: one for each principal and action. What several lines have in common is written
/// once and copied.
pub fn records(access: &KeyAccess<'_>, sources: &Sources) -> String {
    let mut text = String::new();
    let head = line(&key_cells(access.key));
    for part in access.rows.iter().flat_map(|row| &row.parts) {
        let grants = part.grants.iter().flatten();
        let grants = grants.map(|grant| line(&grant_cells(access.key, grant, sources)));
        let grants: Vec<_> = grants.collect();
        for asked in part.who.iter() {
            let principal = line(&[asked.text.to_string(), word(asked.kind)]);
            for grant in &grants {
                for piece in [&head, ",", &principal, ",", grant, "\n"] {
                    text.push_str(piece);
                }
            }
        }
    }
    text
}

fn line(cells: &[String]) -> String {
    let cells: Vec<_> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",")
}

fn key_cells(key: &Key) -> [String; 4] {
    let region = key.arn.as_ref().map(KeyArn::region).unwrap_or_default();
    let account = key.account.map(|account| account.to_string());
    let arn = key.arn.as_ref().map_or(key.name.as_str(), KeyArn::as_str);
    let aliases = key.metadata.aliases.as_ref();
    let aliases = aliases.map_or_else(String::new, |of| of.value.join(" "));
    [
        account.unwrap_or_default(),
        region.to_owned(),
        arn.to_owned(),
        aliases,
    ]
}

fn grant_cells(key: &Key, grant: &Grant, sources: &Sources) -> [String; 12] {
    let of_days = |text: String| {
        if grant.takes_days() {
            text
        } else {
            String::new()
        }
    };
    let days = |cases| {
        let ranges = words::ranges(cases);
        of_days(crate::access::days_in_words(&ranges, " to ", "; "))
    };
    let depends_on: Vec<_> = grant.depends_on.iter().map(words::dependency).collect();
    let settled = grant.depends_on.iter().map(|of| settlement(of, grant));
    let mut settled: Vec<_> = settled.map(|of| of.to_string()).collect();
    settled.dedup();
    let boundary = match &grant.limits.boundary {
        BoundaryLimit::None => String::new(),
        BoundaryLimit::Applied(name) => name.clone(),
        BoundaryLimit::NotLoaded => "not loaded".to_owned(),
    };
    [
        grant.action.qualified().to_owned(),
        grant.decision().word().to_owned(),
        days(grant.decisions.allowed),
        days(grant.decisions.conditional),
        of_days(grant.decisions.omitted().word().to_owned()),
        depends_on.join("; "),
        settled.join("; "),
        words::through(grant),
        boundary,
        word(grant.limits.service_control),
        word(grant.limits.resource_control),
        files(grant, key, sources).join("; "),
    ]
}

/// The word of a value in JSON.
fn word(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let shown = prose(text, true);
    // Spreadsheets skip blanks, and take the wide forms of these signs for the signs.
    let begin = text.trim_start_matches([' ', '\t', '\r', '\n', '"', '\'']);
    let is_formula = begin.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let shown = if is_formula {
        format!("'{shown}")
    } else {
        shown
    };
    if shown.contains([',', '"', '\n', '\r', ';']) || shown.starts_with(' ') {
        format!("\"{}\"", shown.replace('"', "\"\""))
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, wanted) in [
            ("role/a", "role/a"),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "' =1"),
            ("\r@x", "' @x"),
            ("\n+x", "' +x"),
            ("＝1", "'＝1"),
            ("\"=1", "\"'\"\"=1\""),
            ("a=1", "a=1"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("7 to 30", "7 to 30"),
        ] {
            assert_eq!(cell(text), wanted, "{text:?}");
        }
    }
}
