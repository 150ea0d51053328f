//! `kmslint suppress`: writes a suppression into `kmslint.toml`.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::config::{Date, parse_date};
use crate::project::{SuppressedFindings, SuppressionTarget, suppress};
use crate::report;

use super::inputs::{InputArguments, RuleArguments};
use super::{ExitCode, Failure, output};

/// Arguments of `kmslint suppress`.
#[derive(Debug, Args)]
#[command(
    after_help = "The entry is added to the nearest kmslint.toml, or to the one that `--config` names; where there \
is none, kmslint.toml is made in the current directory. Nothing is written where it would suppress nothing.

Examples:
  kmslint suppress short-waiting-period --path 'test/**' --reason 'keys of tests' --expires 2027-06-30 .
  kmslint suppress deletion-without-mfa --key alias/audit --reason 'break-glass only' --expires 2027-01-31 keys"
)]
pub(super) struct SuppressArguments {
    /// The rule whose findings are suppressed.
    rule: String,
    #[command(flatten)]
    target: TargetArguments,
    /// Why; whoever reads the configuration later must be able to decide anew.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The last day on which it holds, for example 2027-01-31.
    #[arg(long, value_name = "DATE", value_parser = day)]
    expires: Date,
    #[command(flatten)]
    inputs: InputArguments,
    #[command(flatten)]
    rules: RuleArguments,
}

/// Which findings are suppressed.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct TargetArguments {
    /// Every finding of the rule in files that this pattern matches, told from the directory of kmslint.toml.
    #[arg(long, value_name = "GLOB")]
    path: Option<String>,
    /// Every finding of the rule about this key, by its ARN, id or alias.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// The finding with this fingerprint, as `check --format json` shows it: in its statement as it is written
    /// today, for the keys and principals that it concerns today.
    #[arg(long, value_name = "FINGERPRINT")]
    statement: Option<String>,
}

fn day(text: &str) -> Result<Date, String> {
    parse_date(text).ok_or_else(|| "write a day, for example 2027-01-31".to_owned())
}

pub(super) fn run(arguments: &SuppressArguments) -> Result<ExitCode, Failure> {
    let TargetArguments { path, key, .. } = &arguments.target;
    let target = match (path, key, &arguments.target.statement) {
        (Some(path), _, _) => SuppressionTarget::Path(path.clone()),
        (_, Some(key), _) => SuppressionTarget::Key(key.clone()),
        (_, _, statement) => SuppressionTarget::Defect(statement.clone().unwrap_or_default()),
    };
    let options = arguments.inputs.options();
    let asked = (arguments.rule.as_str(), &target);
    let why = (arguments.reason.as_str(), arguments.expires);
    let SuppressedFindings { file, findings } =
        suppress(&options, &arguments.rules.options(), asked, why)?;
    let file: PathBuf = file;
    let said = format!(
        "{}: {findings} finding{} of `{}` suppressed until {}",
        file.display(),
        if findings == 1 { "" } else { "s" },
        arguments.rule,
        arguments.expires
    );
    let mut err = output::stderr();
    let _ = writeln!(err, "{}", report::visible_lines(&said, true));
    Ok(ExitCode::Clean)
}
