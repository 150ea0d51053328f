//! On which gains `kmslint diff` fails, as a team has decided.

use serde::Deserialize;
use toml::Spanned;

use crate::aws::{ActionSet, EVERY, KmsAction, nearest};
use crate::text::{InputError, Span};

use super::complaint::Complaints;
use super::span;

/// What a change must give nobody unseen: by each a key or its material is lost, at once or by another
/// key policy.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html>
pub const FAIL_ON_GAIN: ActionSet = ActionSet::only(KmsAction::ScheduleKeyDeletion)
    .union(ActionSet::only(KmsAction::PutKeyPolicy))
    .union(ActionSet::only(KmsAction::DeleteImportedKeyMaterial));

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenDiff {
    fail_on_gain: Option<Spanned<Vec<Spanned<String>>>>,
}

impl WrittenDiff {
    /// Where the list is written.
    pub(super) fn place(&self) -> Option<Span> {
        self.fail_on_gain.as_ref().map(span)
    }

    /// The actions; a name that is none is complained of and left out.
    pub(super) fn check(self, complaints: &mut Complaints) -> Option<ActionSet> {
        let written = self.fail_on_gain?.into_inner();
        let actions = written.iter().filter_map(|name| action(name, complaints));
        Some(actions.collect())
    }
}

fn action(written: &Spanned<String>, complaints: &mut Complaints) -> Option<KmsAction> {
    let name = written.get_ref();
    let at = span(written);
    let shown = name.escape_default();
    let found = KmsAction::from_name(name);
    if let Some(action) = found.filter(|action| EVERY.contains(*action)) {
        return Some(action);
    }
    let error = if found.is_some() {
        InputError::new(at, format!("`{shown}` is about no key"))
            .help("`kmslint diff` asks who can do what to a key: name an action on one")
    } else {
        let bare = name
            .rsplit_once(':')
            .map_or(name.as_str(), |(_, bare)| bare);
        let error = InputError::new(at, format!("unknown action `{shown}`"));
        error.help(match nearest(bare, EVERY.iter().map(KmsAction::name)) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "write an action of KMS, for example `ScheduleKeyDeletion`".to_owned(),
        })
    };
    complaints.add(error);
    None
}
