//! Principals for which AWS refuses to store a policy. They match nobody, so that a policy that has them
//! can be analysed; rules report them.

use crate::policy::{PolicyDocument, PrincipalEntry, PrincipalForm, PrincipalType, Reason};
use crate::text::InputError;

impl PolicyDocument {
    /// A complaint for each principal that AWS refuses: an ARN with a wildcard in it, a group, every
    /// service, what is no principal at all.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    pub fn invalid_principals(&self) -> impl Iterator<Item = InputError> {
        let elements = self.statements.iter().filter_map(|s| s.principal.as_ref());
        let entries = elements.flat_map(|element| &element.entries);
        entries.filter_map(complaint)
    }
}

fn complaint(entry: &PrincipalEntry) -> Option<InputError> {
    let text = &*entry.text().value;
    // A word may stand for an ARN, and is none.
    let mut unknown = entry.text().value.unknown_reasons();
    if entry.form() != PrincipalForm::NoCaller || unknown.any(|reason| reason != Reason::Word) {
        return None;
    }
    let help = match entry.principal_type() {
        // In a trust policy they are principals, and what KMS makes of them is not documented.
        PrincipalType::Federated | PrincipalType::CanonicalUser => return None,
        PrincipalType::Service => "name the service, for example `backup.amazonaws.com`",
        PrincipalType::Aws if text.contains(['*', '?']) => {
            "name each principal in full, or use `*` with a condition on `aws:PrincipalArn`"
        }
        PrincipalType::Aws if text.contains(":group/") => {
            "a group is no principal: name its users, or the account"
        }
        PrincipalType::Aws if text.contains(":instance-profile/") => {
            "an instance profile is no principal: name its role"
        }
        PrincipalType::Aws => {
            "name an account, a user, a role or a session by its ARN, for example \
             `arn:aws:iam::111122223333:role/KeyAdmin`"
        }
    };
    let error = InputError::new(
        entry.text().span,
        format!("`{text}` is not a valid principal"),
    );
    Some(error.label("AWS refuses this").help(help))
}
