//! Of which day the tables of AWS are, and the words for what is in none of them.
//!
//! AWS adds actions, key specs, usages and condition keys every year. What this version does not
//! know is neither nothing nor a mistake: as a protection it does not count, and as a permission it
//! is open.

/// The day of the tables, once.
macro_rules! day {
    () => {
        "2026-11-20"
    };
}

/// The day of the tables: that of botocore 1.44.8, with which `examples/aws_tables.rs` compared them.
pub const DAY: &str = day!();

/// What to say of a name or value that is in no table, for example of the action `kms:Foo`.
pub const NOT_KNOWN: &str = concat!(
    "not known to kmslint ",
    env!("CARGO_PKG_VERSION"),
    " (AWS data of ",
    day!(),
    ")"
);

/// The version with the day of the tables, as `kmslint --version` shows it.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (AWS data of ", day!(), ")");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_the_unknown_say_version_and_day() {
        let version = env!("CARGO_PKG_VERSION");
        let expected = format!("not known to kmslint {version} (AWS data of {DAY})");
        assert_eq!(NOT_KNOWN, expected);
    }
}
