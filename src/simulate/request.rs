//! A request of the protocol, read from JSON.

use crate::access::GivenPolicies;
use crate::aws::{KeyArn, KmsAction, PendingWindowInDays};
use crate::eval::{
    Caller, KeyIdentity, NamedPolicy, PolicySet, Request, RequestContext, WINDOW_KEY, whole_number,
};
use crate::policy::PolicyKind;
use crate::tree::json::parse;
use crate::tree::{Content, Node};

use super::error::SimulationError;
use super::fields::{Fields, wrong};
use super::unknown::UnknownAction;

/// A request with all of its policies.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The question.
    pub request: Request,
    /// The action that is asked for, where this version does not know it; `request` has another in
    /// its place.
    pub unknown_action: Option<UnknownAction>,
    /// `key_policy`, `identity_policies`, `permission_boundaries`, `session_policy`, `scps` and
    /// `rcps`.
    pub given: GivenPolicies,
    /// What AWS would refuse in the policies although it decides nothing, in words.
    pub refusals: Vec<String>,
}

impl Simulation {
    /// The policies as the evaluator takes them.
    pub fn policies(&self) -> PolicySet<'_> {
        self.given.policies()
    }
}

/// Reads a request. Unknown fields are ignored.
///
/// # Errors
/// The first thing that makes it no request, or for which AWS would refuse a policy.
pub fn read_simulation(node: &Node<'_>) -> Result<Simulation, SimulationError> {
    if node.members().is_none() {
        return Err(wrong("the line", node, "an object"));
    }
    let mut fields = Fields::new(node);
    let caller = Caller::parse(fields.text("principal")?)?;
    let key = KeyIdentity::of(KeyArn::parse(fields.text("key_arn")?)?);
    let complete = fields.flag("complete_context")?;
    let (action, unknown_action) = read_action(fields.text("action")?, complete)?;
    let mut context = read_context(&fields, complete)?;
    read_window(&mut context, action)?;
    let request = if complete {
        Request::complete(caller, action, key, context)
    } else {
        let days = fields.optional("days").map(read_days).transpose()?;
        Request::open(caller, action, key, context, days)
    };
    let session = fields.policy("session_policy", PolicyKind::Session)?;
    Ok(Simulation {
        request,
        unknown_action,
        given: GivenPolicies {
            key_policy: fields.policy("key_policy", PolicyKind::Key)?,
            identity: fields
                .policies("identity_policies", PolicyKind::Identity)?
                .unwrap_or_default(),
            boundary: fields.policies("permission_boundaries", PolicyKind::PermissionsBoundary)?,
            session: session.map(|document| {
                vec![NamedPolicy {
                    name: "session_policy".into(),
                    document,
                }]
            }),
            scps: fields.levels("scps", PolicyKind::ServiceControl)?,
            rcps: fields.levels("rcps", PolicyKind::ResourceControl)?,
        },
        refusals: fields.refusals,
    })
}

/// Reads a line as JSON, then as a request.
///
/// # Errors
/// As [`read_simulation`], and where the line is not JSON.
pub(super) fn read_line(
    line: &str,
) -> Result<(Simulation, Option<String>), (SimulationError, Option<String>)> {
    let node = parse(line).map_err(|error| (SimulationError::Json(error), None))?;
    let id = node.get("id").and_then(Node::as_str).map(ToOwned::to_owned);
    match read_simulation(&node) {
        Ok(simulation) => Ok((simulation, id)),
        Err(error) => Err((error, id)),
    }
}

/// An action that is not known can only be conditional, which no answer for a complete context is.
fn read_action(
    text: &str,
    complete: bool,
) -> Result<(KmsAction, Option<UnknownAction>), SimulationError> {
    if let Some(action) = KmsAction::from_name(text) {
        return Ok((action, None));
    }
    match UnknownAction::parse(text) {
        Some(unknown) if complete => Err(SimulationError::NoFirmAnswer(unknown)),
        Some(unknown) => Ok((UnknownAction::stand_in(), Some(unknown))),
        None => Err(SimulationError::Action(text.to_owned())),
    }
}

fn read_days(node: &Node<'_>) -> Result<PendingWindowInDays, SimulationError> {
    let Content::Number(text) = &node.value else {
        return Err(wrong("days", node, "a number"));
    };
    let days = text
        .parse()
        .ok()
        .and_then(|days| PendingWindowInDays::new(days).ok());
    days.ok_or_else(|| SimulationError::Days(text.clone().into_owned()))
}

/// Reads a day count that the context gives as the number that it is, so that `7.0` is 7 days. Other
/// actions than `ScheduleKeyDeletion` take none, and AWS ignores it there.
///
/// # Errors
/// Where it is no day count that AWS takes, in words.
pub fn read_window(context: &mut RequestContext, action: KmsAction) -> Result<(), SimulationError> {
    let given = context.get(WINDOW_KEY).filter(|values| !values.is_empty());
    let (Some(values), KmsAction::ScheduleKeyDeletion) = (given, action) else {
        return Ok(());
    };
    let days = values.single().and_then(whole_number);
    let days = days.and_then(|days| PendingWindowInDays::new(days).ok());
    let Some(days) = days else {
        let text = values.iter().collect::<Vec<_>>().join(", ");
        return Err(SimulationError::Window(text));
    };
    context.set(WINDOW_KEY, [days.to_string()]);
    Ok(())
}

fn read_context(
    fields: &Fields<'_, '_>,
    complete: bool,
) -> Result<RequestContext, SimulationError> {
    let mut context = if complete {
        RequestContext::complete()
    } else {
        RequestContext::open()
    };
    let Some(node) = fields.optional("context") else {
        return Ok(context);
    };
    let members = node
        .members()
        .ok_or_else(|| wrong("context", node, "an object"))?;
    for member in members {
        if let Content::Array(items) = &member.value.value {
            let values = items.iter().map(|item| scalar(&member.key, item));
            context.set(&member.key, values.collect::<Result<Vec<_>, _>>()?);
        } else {
            context.set_one(&member.key, scalar(&member.key, &member.value)?);
        }
    }
    Ok(context)
}

/// A value of a context key; numbers and booleans count as their text.
fn scalar<'n>(key: &str, node: &'n Node<'_>) -> Result<&'n str, SimulationError> {
    Ok(match &node.value {
        Content::String(text) | Content::Number(text) => text,
        Content::Bool(true) => "true",
        Content::Bool(false) => "false",
        Content::Null | Content::Array(_) | Content::Object(_) | Content::Deferred(_) => {
            return Err(wrong(
                &format!("context.{key}"),
                node,
                "a string or an array of strings",
            ));
        }
    })
}
