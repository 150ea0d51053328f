//! A team's own rules, held to what their pages say before they are run: their examples are run, and
//! fields that no facts have are told. A rule that cannot find anything would be one that passes.

use std::path::{Path, PathBuf};

use crate::aws::nearest;
use crate::facts::{FactMaker, Limits, SCHEMA};
use crate::lint::try_run;
use crate::load::load_over;
use crate::rule::{
    Catalogue, Example, FIXES, Outcome, PageError, PageProblem, Rule, Shape, UnknownField,
};
use crate::text::{Discovery, Overlay, Span};

/// Holds the pages to what they say.
///
/// # Errors
/// The first thing that is not so.
pub(super) fn check(catalogue: &Catalogue) -> Result<(), PageError> {
    let shape = Shape::of_items(SCHEMA);
    for rule in catalogue.rules() {
        if let Some(found) = shape.as_ref().and_then(|shape| shape.unknown_field(rule)) {
            return Err(unknown_field(rule, found));
        }
        if let Some(fix) = rule.fix.as_deref().filter(|fix| !FIXES.contains(fix)) {
            return Err(unknown_fix(rule, fix));
        }
        for example in &rule.examples() {
            if let Some(lie) = lie(rule, example, catalogue) {
                let problem = PageProblem::Example(lie.what);
                return Err(match lie.at {
                    Some((text, span)) => rule.problem_in(text, span, problem),
                    None => rule.problem_at_line(example.line, problem),
                });
            }
        }
    }
    Ok(())
}

fn unknown_field(rule: &Rule, found: UnknownField) -> PageError {
    let UnknownField {
        name,
        within,
        known,
    } = found;
    let near = nearest(&name, known.iter().map(String::as_str));
    let known = match near {
        Some(near) => format!("`{near}`"),
        None if known.is_empty() => "none".to_owned(),
        None => format!("`{}`", known.join("`, `")),
    };
    let problem = PageProblem::UnknownField {
        name: name.clone(),
        known,
    };
    rule.problem_at(&within, &name, problem)
}

fn unknown_fix(rule: &Rule, name: &str) -> PageError {
    let hint = match nearest(name, FIXES.into_iter()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are `{}`", FIXES.join("`, `")),
    };
    let problem = PageProblem::UnknownFix {
        name: name.to_owned(),
        hint,
    };
    rule.problem_at(name, name, problem)
}

/// In what an example is not as its page says.
struct Lie<'e> {
    what: String,
    /// The text of one of its files, and where in it; nothing where it is about all of them.
    at: Option<(&'e str, Span)>,
}

/// Nothing where the example is as the page says.
fn lie<'e>(rule: &Rule, example: &'e Example, catalogue: &Catalogue) -> Option<Lie<'e>> {
    let of_all = |what: String| Some(Lie { what, at: None });
    let mut overlay = Overlay::default();
    let mut discovery = Discovery::default();
    let directory = PathBuf::from(format!("{} line {}", rule.file, example.line));
    for (name, text) in &example.files {
        let path = directory.join(name);
        overlay.put(&path, text.as_str());
        discovery.found.push(path);
    }
    discovery.found.sort();
    let loaded = load_over(&discovery, &overlay);
    if let Some(failure) = loaded.errors.first() {
        let mut files = example.files.iter();
        let file =
            files.find(|(name, _)| directory.join(name).as_path() == Path::new(&failure.file));
        let span = failure.at.map(|at| at.span);
        return Some(Lie {
            what: format!("the example cannot be read: {}", failure.error),
            at: file.map(|(_, text)| text.as_str()).zip(span),
        });
    }
    if loaded.recognized == 0 {
        return of_all(
            "the example is nothing that kmslint reads: give a policy, or what an AWS command wrote"
                .to_owned(),
        );
    }
    let alone = catalogue.only(rule.id.as_str());
    let mut found = 0_usize;
    let maker = FactMaker::new(&loaded.inventory, &loaded.sources, Limits::default());
    for facts in maker.all() {
        match try_run(&facts, &alone) {
            Ok(findings) => found = found.saturating_add(findings.len()),
            Err(overrun) => return of_all(format!("the example cannot be run: {overrun}")),
        }
    }
    match example.outcome {
        Outcome::Fires if found == 0 => {
            of_all("the rule must find something in this example, and finds nothing: change the selector or the example".to_owned())
        }
        Outcome::Silent | Outcome::Fixed if found > 0 => {
            of_all("the rule must find nothing in this example, and finds something: change the selector or the example".to_owned())
        }
        Outcome::Fires | Outcome::Silent | Outcome::Fixed => None,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use crate::rule::parse;

    use super::*;

    const PAGE: &str = r#"```toml
severity = "error"
confidence = "high"
selector = "$.access.schedule[?@.kind == 'user']"
message = "user `{principal}` can delete {$.key.arn}"
label = "a user"
help = "use roles"
references = ["https://wiki.example.com/keys"]

[[related]]
nodes = "via"
label = "by `{pattern}` in statement {statement}"
```

# Users must not delete keys

## What it finds

A user.

## Why it matters

Because.

## Example

```json fires
{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/a"},"Action":"kms:*","Resource":"*"}}
```

```json silent
{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/a"},"Action":"kms:*","Resource":"*"}}
```

## How to fix

Use roles.

## References

- <https://wiki.example.com/keys>
"#;

    fn checked(page: &str) -> Result<(), PageError> {
        let rule = parse("rules/users.md", "users", Cow::Owned(page.to_owned())).unwrap();
        check(&Catalogue::of_rules(vec![rule]))
    }

    #[test]
    fn pages_that_come_with_kmslint_name_only_fields_that_facts_have() {
        let shape = Shape::of_items(SCHEMA).unwrap();
        for rule in Catalogue::builtin().unwrap().rules() {
            assert_eq!(shape.unknown_field(rule), None, "{}", rule.id);
        }
    }

    #[test]
    fn what_a_page_says_and_is_not_so_is_told_with_its_place() {
        assert_eq!(checked(PAGE), Ok(()));
        for (from, to, place, problem) in [
            (
                "@.kind",
                "@.knd",
                "4:34",
                "`knd` is no field of the facts here, which have `kind`",
            ),
            ("$.access.schedule", "$.acess.schedule", "4:15", "`acess`"),
            ("@.kind", "@['knd']", "4:35", "`knd`"),
            ("@.kind == 'user'", "@.kind == $.key.arnn", "4:48", "`arnn`"),
            (
                "@.kind == 'user'",
                "@.via[?@.patern == 'kms:*']",
                "4:41",
                "`patern`",
            ),
            ("{principal}", "{prncipal}", "5:19", "`prncipal`"),
            ("{$.key.arn}", "{$.key.arm}", "5:49", "`arm`"),
            ("use roles", "use {rolls}", "7:14", "`rolls`"),
            (
                "help =",
                "fix = \"add-recovry\"\nhelp =",
                "7:8",
                "there is no fix `add-recovry`; did you mean `add-recovery`?",
            ),
            (
                "help =",
                "fix = \"mend\"\nhelp =",
                "7:8",
                "there is no fix `mend`; there are `add-cancellation`, `add-recovery`",
            ),
            ("nodes = \"via\"", "nodes = \"vias\"", "11:10", "`vias`"),
            ("{pattern}", "{patterns}", "12:15", "`patterns`"),
            ("role/a", "user/b", "31:1", "must find nothing"),
            ("user/a", "role/b", "27:1", "must find something"),
            (
                "\"Effect\":\"Allow\"",
                "\"Effect\":\"Alow\"",
                "28:47",
                "cannot be read: `Effect` must be `Allow` or `Deny`",
            ),
        ] {
            let page = PAGE.replacen(from, to, 1);
            assert_ne!(page, PAGE, "{from}");
            let error = checked(&page).unwrap_err().to_string();
            let expected = format!("rules/users.md:{place}: ");
            assert!(error.starts_with(&expected), "{to}: {error}");
            assert!(error.contains(problem), "{to}: {error}");
        }
    }
}
