//! The text of one policy, of every kind.

use std::path::Path;

use kmslint::load::policy_file_over;
use kmslint::policy::PolicyKind;
use kmslint::simulate::answer_line;
use kmslint::text::{Overlay, Sources};
use kmslint::tree::edit::Draft;
use kmslint::tree::{Step, Syntax};
use serde_json::{Value, json};

use super::spans;

/// The policy is read or refused with its place; one that is read is decided over, and a Deny of all
/// that is added to it denies.
pub fn policy_text(data: &[u8]) {
    let path = Path::new("policy.json");
    let mut overlay = Overlay::default();
    overlay.put(path, data);
    for kind in [
        PolicyKind::Key,
        PolicyKind::Identity,
        PolicyKind::ServiceControl,
    ] {
        let mut sources = Sources::default();
        match policy_file_over(path, kind, &overlay, &mut sources) {
            Ok((policy, failures)) => {
                spans::are_in_files(&sources, &[], &failures);
                spans::is_in_files(&sources, at(policy.source, policy.document.span));
                for statement in &policy.document.statements {
                    spans::is_in_files(&sources, at(policy.source, statement.span));
                }
            }
            Err(failures) => {
                assert!(!failures.is_empty(), "refused without a word");
                spans::are_in_files(&sources, &[], &failures);
            }
        }
    }
    if let Ok(text) = std::str::from_utf8(data) {
        denied(text);
    }
}

fn at(source: kmslint::text::SourceId, span: kmslint::text::Span) -> kmslint::text::Location {
    kmslint::text::Location { source, span }
}

fn denied(text: &str) {
    let Ok(policy) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let before = decided(&policy);
    if before.get("decision").is_none() {
        return;
    }
    let Ok(mut draft) = Draft::read(Syntax::Json, text) else {
        return;
    };
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"});
    let statements = [Step::Key("Statement".to_owned())];
    // A policy that is a string in a string has no such place.
    if draft.add_values(&statements, usize::MAX, &[deny]).is_err() {
        return;
    }
    let policy = serde_json::from_str(draft.text()).unwrap();
    let after = decided(&policy);
    assert_eq!(after["decision"], "explicitDeny", "{after}");
}

/// The answer on a deletion by a role of the account.
fn decided(policy: &Value) -> Value {
    let request = json!({
        "id": "a",
        "principal": "arn:aws:iam::111122223333:role/KeyAdmin",
        "key_arn": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "action": "kms:ScheduleKeyDeletion",
        "key_policy": policy,
    });
    let mut answer = Vec::new();
    answer_line(request.to_string().as_bytes(), &mut answer);
    serde_json::from_slice(&answer).unwrap()
}
