//! A long list of principals, sorted by whom they name.

use std::sync::OnceLock;

use crate::aws::AccountId;

use super::{PrincipalEntry, PrincipalForm};

/// So many entries are read one by one sooner than they are sorted.
const SHORT: usize = 8;

/// Positions of entries by account and name; made when it is first asked, since most policies are
/// evaluated for a few callers only.
#[derive(Clone, Debug, Default)]
pub(super) struct PrincipalIndex {
    sorted: OnceLock<Box<[ForWhom]>>,
}

/// Account, last part of the name, position. Everyone and unique ids have neither.
pub(super) type ForWhom = (Option<AccountId>, Box<str>, usize);

impl PrincipalIndex {
    /// Positions of the entries that can be about such a principal.
    pub(super) fn find<'a>(
        &'a self,
        entries: &'a [PrincipalEntry],
        account: Option<AccountId>,
        name: &'a str,
    ) -> impl Iterator<Item = usize> + 'a {
        let short = entries.len() <= SHORT;
        let sorted: &[ForWhom] = if short {
            &[]
        } else {
            self.sorted.get_or_init(|| sort(entries).into())
        };
        let all = if short { entries } else { &[] };
        let all = all.iter().enumerate();
        let all =
            all.filter_map(move |(position, entry)| may_be_about(entry, name).then_some(position));
        let everyone = equal(sorted, None, "");
        let of_account = equal(sorted, account, "");
        let own = equal(sorted, account, name);
        all.chain(everyone).chain(of_account).chain(own)
    }
}

/// Whether an entry can be about a principal of this name: most statements of a long policy name someone
/// else.
fn may_be_about(entry: &PrincipalEntry, name: &str) -> bool {
    match entry.form() {
        PrincipalForm::Everyone
        | PrincipalForm::Account(_)
        | PrincipalForm::UniqueId(_)
        | PrincipalForm::Service(_) => true,
        PrincipalForm::AssumedRole(..) => !name.is_empty(),
        PrincipalForm::Role(_, path)
        | PrincipalForm::User(_, path)
        | PrincipalForm::FederatedUser(_, path) => !name.is_empty() && path.ends_with(name),
        PrincipalForm::NoCaller => entry.is_placeholder(),
    }
}

fn sort(entries: &[PrincipalEntry]) -> Vec<ForWhom> {
    let mut sorted: Vec<ForWhom> = entries
        .iter()
        .enumerate()
        .filter_map(|(position, entry)| {
            let (account, name) = for_whom(entry)?;
            Some((account, name.into(), position))
        })
        .collect();
    sorted.sort_unstable();
    sorted
}

/// What an entry is looked up by; whom nobody can be is never found, and who is yet to be filled in
/// always.
pub(super) fn for_whom(entry: &PrincipalEntry) -> Option<(Option<AccountId>, &str)> {
    let last = |name| str::rsplit(name, '/').next().unwrap_or(name);
    match entry.form() {
        PrincipalForm::NoCaller if entry.is_placeholder() => Some((None, "")),
        PrincipalForm::Everyone | PrincipalForm::UniqueId(_) => Some((None, "")),
        PrincipalForm::Account(account) => Some((Some(account), "")),
        PrincipalForm::Role(account, name)
        | PrincipalForm::User(account, name)
        | PrincipalForm::FederatedUser(account, name)
        | PrincipalForm::AssumedRole(account, name, _) => Some((Some(account), last(name))),
        PrincipalForm::Service(name) => Some((None, name)),
        PrincipalForm::NoCaller => None,
    }
}

/// Positions of the entries with just this account and name.
pub(super) fn equal<'a>(
    sorted: &'a [ForWhom],
    account: Option<AccountId>,
    name: &'a str,
) -> impl Iterator<Item = usize> + 'a {
    let first = sorted.partition_point(|(a, n, _)| (*a, &**n) < (account, name));
    let rest = sorted.get(first..).unwrap_or_default();
    rest.iter()
        .take_while(move |(a, n, _)| (*a, &**n) == (account, name))
        .map(|(_, _, position)| *position)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::PrincipalType;
    use crate::text::{Span, Spanned};

    #[test]
    fn a_long_list_is_looked_up() {
        let role = |number: usize| format!("arn:aws:iam::111122223333:role/path/r{number}");
        let session = "arn:aws:sts::111122223333:assumed-role/r7/s";
        let others = [
            "*",
            "444455556666",
            "111122223333",
            session,
            "AROAEXAMPLEEXAMPLE11",
        ];
        let texts = (0..50).map(role).chain(others.map(str::to_owned));
        let entries: Vec<_> = texts
            .map(|text| {
                let text = Spanned::new(text.into(), Span::default());
                PrincipalEntry::new(PrincipalType::Aws, text)
            })
            .collect();
        let index = PrincipalIndex::default();
        let account = AccountId::parse("111122223333");
        let mut found: Vec<_> = index.find(&entries, account, "r7").collect();
        found.sort_unstable();
        assert_eq!(found, [7, 50, 52, 53, 54]);
        let (few, _) = entries.split_at(8);
        let short: Vec<_> = index.find(few, account, "r7").collect();
        assert_eq!(short, [7]);
        let (_, few) = entries.split_at(50);
        assert_eq!(index.find(few, account, "r7").count(), 5);
    }
}
