//! `kmslint simulate`: one decision explained, or a batch of them.

use std::fs::File;
use std::io::{self, BufReader, Write as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::access::{Caller, Decision, KeyIdentity, Request, RequestContext, Values, WINDOW_KEY};
use crate::aws::action::why_unknown;
use crate::aws::{KmsAction, PendingWindowInDays};
use crate::project::{SimulationFiles, SimulationPaths};
use crate::report::{self, explanation};
use crate::simulate::{UnknownAction, read_window, run_batch};
use crate::text::admit;

use super::terminal::Terminal;
use super::{ExitCode, Failure, days, output};

/// Arguments of `kmslint simulate`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kmslint simulate --principal arn:aws:iam::111122223333:role/Admin --key-policy policy.json \\
      --key arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
  kmslint simulate --batch requests.jsonl > decisions.jsonl")]
pub(super) struct SimulateArguments {
    /// Who asks: the ARN of a user, role, role session, federated user or account root, or a
    /// service such as backup.amazonaws.com.
    #[arg(long, required_unless_present = "batch", value_name = "ARN")]
    principal: Option<String>,
    /// What for; any KMS action.
    #[arg(long, default_value = "kms:ScheduleKeyDeletion", value_name = "ACTION")]
    action: String,
    /// The key: its ARN, or a file with the output of `aws kms describe-key`.
    #[arg(long, required_unless_present = "batch", value_name = "ARN|FILE")]
    key: Option<String>,
    /// The key policy: the document, or the output of `aws kms get-key-policy`.
    #[arg(long, value_name = "FILE")]
    key_policy: Option<PathBuf>,
    /// An identity-based policy of the principal; may be repeated.
    #[arg(long, value_name = "FILE")]
    identity_policy: Vec<PathBuf>,
    /// The principal's permissions boundary.
    #[arg(long, value_name = "FILE")]
    boundary: Option<PathBuf>,
    /// The policy passed when the session was created; may be repeated.
    #[arg(long, value_name = "FILE")]
    session_policy: Vec<PathBuf>,
    /// The service control policies of one level, separated by commas; repeat for each level, the
    /// organization's root first. Beside a level that only denies, `FullAWSAccess` is assumed, as AWS
    /// attaches it.
    #[arg(long, value_name = "FILE,…")]
    scp: Vec<String>,
    /// The resource control policies of one level, likewise. `RCPFullAWSAccess` is always implied.
    #[arg(long, value_name = "FILE,…")]
    rcp: Vec<String>,
    /// The waiting period asked for, 7 to 30 days; without it every one is answered.
    #[arg(long, value_name = "DAYS", value_parser = days::parse)]
    days: Option<PendingWindowInDays>,
    /// A condition key that is known; repeat a key to give it several values.
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_context)]
    context: Vec<(String, String)>,
    /// Take every condition key that is not given as absent, and derive none from the principal or
    /// the key: the decision is then never conditional.
    #[arg(long)]
    strict_context: bool,
    /// How to answer.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Read requests from this file (`-` for standard input), one JSON object a line, and answer
    /// each with one line.
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "principal", "key", "key_policy", "identity_policy", "boundary", "session_policy", "scp",
        "rcp", "days", "context", "strict_context",
    ])]
    batch: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
}

impl SimulateArguments {
    fn paths(&self) -> SimulationPaths {
        let split = |level: &String| level.split(',').map(PathBuf::from).collect();
        SimulationPaths {
            key: self.key.clone().unwrap_or_default(),
            key_policy: self.key_policy.clone(),
            identity: self.identity_policy.clone(),
            boundary: self.boundary.clone(),
            session: self.session_policy.clone(),
            scps: self.scp.iter().map(split).collect(),
            rcps: self.rcp.iter().map(split).collect(),
        }
    }
}

fn parse_context(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if key.contains(':') => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE, for example aws:MultiFactorAuthPresent=true".to_owned()),
    }
}

pub(super) fn run(arguments: &SimulateArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    match &arguments.batch {
        Some(path) => batch(path),
        None => single(arguments, terminal),
    }
}

fn batch(path: &PathBuf) -> Result<ExitCode, Failure> {
    let out = output::stdout();
    let summary = if path.as_os_str() == "-" {
        run_batch(io::stdin().lock(), out)?
    } else {
        let refused = |reason: &dyn std::fmt::Display| {
            Failure::usage(format!("cannot read `{}`: {reason}", path.display()))
        };
        admit(path).map_err(|error| refused(&error))?;
        let file = File::open(path).map_err(|error| refused(&error))?;
        run_batch(BufReader::with_capacity(1 << 20, file), out)?
    };
    Ok(if summary.errors > 0 {
        ExitCode::Failure
    } else {
        ExitCode::Clean
    })
}

fn single(arguments: &SimulateArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let files = SimulationFiles::read(&arguments.paths());
    let mut err = output::stderr();
    report::human::input_errors(&mut err, &files.sources, &files.failures, &terminal.style)?;
    err.flush()?;
    drop(err);
    if files.is_broken {
        return Ok(ExitCode::Failure);
    }
    let (action, unknown) = action(arguments)?;
    let request = request(arguments, &files, action)?;
    let explained = match &unknown {
        Some(unknown) => {
            let file = |policy| files.source_of(policy);
            unknown.explain(&request, files.policies(), &file)
        }
        None => files.explain(&request),
    };
    let (sources, open) = (&files.sources, files.placeholders());
    let mut out = output::stdout();
    match arguments.format {
        Format::Human => explanation::human(&mut out, sources, &explained, open, &terminal.style)?,
        Format::Json => explanation::json(&mut out, sources, &explained, open)?,
    }
    out.flush()?;
    Ok(match explained.decision {
        _ if !files.failures.is_empty() => ExitCode::Failure,
        Decision::Allowed => ExitCode::Clean,
        Decision::Conditional | Decision::ImplicitDeny | Decision::ExplicitDeny => {
            ExitCode::Findings
        }
    })
}

/// The action to ask about, and the one that is asked for where this version does not know it.
fn action(arguments: &SimulateArguments) -> Result<(KmsAction, Option<UnknownAction>), Failure> {
    if let Some(action) = KmsAction::from_name(&arguments.action) {
        return Ok((action, None));
    }
    let refused = |why: &str| Failure::usage(format!("--action: {}", why.escape_debug()));
    match UnknownAction::parse(&arguments.action) {
        Some(unknown) if arguments.strict_context => Err(refused(&format!(
            "{}; without --strict-context the answer is conditional",
            unknown.sentence()
        ))),
        Some(unknown) => Ok((UnknownAction::stand_in(), Some(unknown))),
        None => Err(refused(&why_unknown(&arguments.action))),
    }
}

fn request(
    arguments: &SimulateArguments,
    files: &SimulationFiles,
    action: KmsAction,
) -> Result<Request, Failure> {
    let principal = arguments.principal.as_deref().unwrap_or_default();
    let caller = Caller::parse(principal).map_err(|error| {
        Failure::usage(format!("--principal: {error}\n  help: {}", error.help()))
    })?;
    let key = KeyIdentity::of(
        files
            .key
            .clone()
            .ok_or_else(|| Failure::usage("--key names no key"))?,
    );
    let strict = arguments.strict_context;
    let mut given = RequestContext::default();
    for (key, value) in &arguments.context {
        let before = given.get(key).into_iter().flat_map(Values::iter);
        let mut values: Vec<Box<str>> = before.map(Into::into).collect();
        values.push(value.as_str().into());
        given.set(key, values);
    }
    let mut context = if strict {
        RequestContext::complete()
    } else {
        files.key_context()
    };
    read_window(&mut given, action)
        .map_err(|error| Failure::usage(format!("--context: {error}")))?;
    for (key, values) in given.iter() {
        context.set(key, values.iter());
    }
    if strict {
        if let Some(days) = arguments.days {
            context.set_default(WINDOW_KEY, &days.to_string());
        }
        return Ok(Request::complete(caller, action, key, context));
    }
    Ok(Request::open(caller, action, key, context, arguments.days))
}
