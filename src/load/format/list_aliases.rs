//! The answer of `aws kms list-aliases`: `{"Aliases": [{"AliasName": …, "TargetKeyId": …}]}`.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html>

use std::collections::BTreeMap;

use crate::aws::{Arn, KeyArn};
use crate::inventory::Located;
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::join::{Addition, Fact, Target};
use crate::text::InputError;
use crate::tree::Node;

use super::{Answer, listed};

/// Reads the aliases of one key, or of all keys of an account in one Region. An empty list says
/// of the key that it stands beside that it has none.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let Some(list) = listed(root, "Aliases", "AliasName") else {
        return Answer::NotThis;
    };
    let mut contents = Contents::default();
    let mut fields = Fields::new(document, root);
    fields.refuse_truncated("an alias that is missing could open the key to someone");
    contents.errors.append(&mut fields.errors);
    let items = list.items().unwrap_or_default();
    let by_key = by_key(document, items, &mut contents.errors);
    if !contents.errors.is_empty() {
        return contents.into();
    }
    let addition = |(target, value)| Addition {
        target,
        fact: Fact::Aliases(Located {
            value,
            at: document.at(list.span),
        }),
    };
    if items.is_empty() {
        let none = addition((Target::Beside, Vec::new()));
        contents.additions.push(none);
    }
    let found = by_key.into_values().map(addition);
    contents.additions.extend(found);
    contents.into()
}

type ByKey = BTreeMap<String, (Target, Vec<String>)>;

fn by_key(document: &Document<'_>, items: &[Node<'_>], errors: &mut Vec<InputError>) -> ByKey {
    let mut found = ByKey::new();
    for item in items {
        let mut fields = Fields::new(document, item);
        let name = fields.text("AliasName");
        let arn = fields.text("AliasArn");
        let target = fields.text("TargetKeyId");
        errors.append(&mut fields.errors);
        // Aliases that AWS reserved have no key yet.
        let (Some(name), Some(target)) = (name, target) else {
            continue;
        };
        let arn = arn.and_then(|arn| key_arn(&arn.value, &target.value));
        let (text, target) = match arn {
            Some(arn) => (arn.as_str().to_owned(), Target::Arn(arn)),
            None => (target.value.clone(), Target::Id(target.value)),
        };
        let entry = found.entry(text).or_insert((target, Vec::new()));
        entry.1.push(name.value);
    }
    found
}

/// The key stands in the alias's Region and account.
fn key_arn(alias: &str, key_id: &str) -> Option<KeyArn> {
    let arn = Arn::parse(alias)?;
    let text = format!(
        "arn:{}:kms:{}:{}:key/{key_id}",
        arn.partition, arn.region, arn.account
    );
    KeyArn::parse(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::contents;
    use super::*;

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn aliases_are_gathered_by_key() {
        let found = contents(&format!(
            r#"{{"Aliases":[
            {{"AliasName":"alias/a","AliasArn":"arn:aws:kms:us-east-1:111122223333:alias/a","TargetKeyId":"{ID}"}},
            {{"AliasName":"alias/aws/s3","AliasArn":"arn:aws:kms:us-east-1:111122223333:alias/aws/s3"}},
            {{"AliasName":"alias/b","AliasArn":"arn:aws:kms:us-east-1:111122223333:alias/b","TargetKeyId":"{ID}"}},
            {{"AliasName":"alias/c","TargetKeyId":"other"}}],"Truncated":false}}"#
        ));
        let targets: Vec<_> = found.additions.iter().map(|a| &a.target).collect();
        let arn = KeyArn::parse(&format!("arn:aws:kms:us-east-1:111122223333:key/{ID}")).unwrap();
        assert_eq!(targets, [&Target::Arn(arn), &Target::Id("other".into())]);
        let Fact::Aliases(aliases) = &found.additions[0].fact else {
            panic!("{found:?}");
        };
        assert_eq!(aliases.value, ["alias/a", "alias/b"]);
        assert_eq!(
            contents(r#"{"Aliases":[]}"#).additions[0].target,
            Target::Beside
        );
    }
}
