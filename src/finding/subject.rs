//! What a finding is about.

use std::fmt;
use std::sync::Arc;

use crate::text::Root;

/// What a finding is about, as its reports name it; all findings about one thing share the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    text: Arc<str>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A key, by its ARN.
    Arn,
    /// A file, or a part of it: the name of the file has so many bytes.
    File(usize),
    /// Anything else by its name: a key by its id, an inline policy.
    Name,
}

impl Subject {
    /// A key, by its ARN.
    pub fn arn(arn: impl Into<Arc<str>>) -> Self {
        Self {
            text: arn.into(),
            kind: Kind::Arn,
        }
    }

    /// A file, by its name.
    pub fn file(name: impl Into<Arc<str>>) -> Self {
        let text = name.into();
        Self {
            kind: Kind::File(text.len()),
            text,
        }
    }

    /// What has this name, in files of these names: one of the files, one of several keys of a file
    /// (`FILE#/0`), or something else.
    pub fn named(name: impl Into<Arc<str>>, files: &[&str]) -> Self {
        let text = name.into();
        let of_file = |file: &&&str| {
            let rest = text.strip_prefix(**file);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
        };
        let file = files.iter().filter(of_file).map(|file| file.len()).max();
        Self {
            kind: file.map_or(Kind::Name, Kind::File),
            text,
        }
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The ARN of the key that it is, where that is known.
    pub fn key_arn(&self) -> Option<&str> {
        (self.kind == Kind::Arn).then_some(&*self.text)
    }

    /// The file that it is or lies in, and the rest of its name; none of a key with an ARN or an id.
    fn in_file(&self) -> Option<(&str, &str)> {
        match self.kind {
            Kind::File(length) => self.text.split_at_checked(length),
            Kind::Arn | Kind::Name => None,
        }
    }

    /// Whether it is a file or a part of one, and not a key that has a name.
    pub fn is_file(&self) -> bool {
        self.in_file().is_some()
    }

    /// Its name with the file told from `root`, so that a run from elsewhere gives the same.
    pub fn name_from(&self, root: &Root) -> String {
        match self.in_file() {
            Some((file, rest)) => root.relative(file) + rest,
            None => self.text.to_string(),
        }
    }
}

impl AsRef<str> for Subject {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_file_is_named_from_the_root_and_so_is_one_of_its_keys() {
        let root = Root::new(Path::new("a"));
        let files = ["a/b.json", "a/b"];
        for (name, is_file, from_root) in [
            ("a/b.json", true, "b.json"),
            ("a/b.json#/0", true, "b.json#/0"),
            ("a/b.jsonl", false, "a/b.jsonl"),
            (
                "1234abcd-12ab-34cd-56ef-1234567890ab",
                false,
                "1234abcd-12ab-34cd-56ef-1234567890ab",
            ),
        ] {
            let subject = Subject::named(name, &files);
            assert_eq!((subject.is_file(), subject.key_arn()), (is_file, None));
            assert_eq!(subject.name_from(&root), from_root);
        }
        let key = Subject::arn("arn:aws:kms:eu-west-1:111122223333:key/1");
        assert_eq!(key.key_arn(), Some(key.as_str()));
        assert_eq!(key.name_from(&root), key.to_string());
        assert!(Subject::file("a#b").is_file());
    }
}
