//! How the statements of a key policy name a user or role, and which others are named alike.

use std::rc::Rc;

use crate::aws::Arn;
use crate::aws::arn::reserved_role::is_identity_center;

use super::class::{Class, StatementNaming, Traits};
use super::named::NamedPrincipal;
use super::questions::KeyQuestions;

impl<'a> KeyQuestions<'a> {
    /// How the statements that can be about a user or role name it.
    pub(super) fn naming<'n>(&self, named: &'n NamedPrincipal<'a>) -> &'n Rc<[StatementNaming]> {
        named.naming.get_or_init(|| {
            let policy = self.key.policy.filter(|_| named.kind.is_user_or_role());
            let about = policy.map(|policy| policy.about(named.account, named.last_name));
            let about = about.into_iter().flatten();
            let who = (named.text, named.account, named.last_name);
            about.map(|at| StatementNaming::of(who, at)).collect()
        })
    }

    /// The class of a user or role that is decided as others are.
    pub(super) fn class<'n>(&self, named: &'n NamedPrincipal<'a>) -> Option<&'n Class> {
        let class = named.class.get_or_init(|| {
            let traits = self.traits(named)?;
            let mut classes = self.classes.borrow_mut();
            Some(Rc::clone(classes.entry(traits).or_default()))
        });
        class.as_deref()
    }

    fn traits(&self, named: &NamedPrincipal<'a>) -> Option<Traits> {
        let naming = self.naming(named);
        let is_clear = naming.iter().all(|of| !of.is_unclear());
        let is_alike = is_clear && !naming.is_empty() && self.key.tested.keys.is_empty();
        (is_alike && !self.is_limited(named)).then(|| Traits {
            kind: named.kind,
            account: named.account,
            partition: Arn::partition_of(named.text).map(Into::into),
            is_of_identity_center: is_identity_center(named.text),
            naming: Rc::clone(naming),
        })
    }
}
