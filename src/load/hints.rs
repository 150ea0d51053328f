//! What a text speaks of, seen without reading it as JSON.
//!
//! Most files of a repository are nobody's policy: these are told apart here, at the speed of looking for
//! a few words. And what cannot be read as JSON, or is in a form that is not known, must not pass unseen
//! where its words are those of a policy, a key or a record.

use std::path::Path;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::policy::glob_ignore_case;
use crate::text::Span;

/// Words of which every document has one that any format, or any file of a folder that iam-collect
/// wrote, could be. An escape may hide any of them.
const WORDS: [&str; 32] = [
    "tatement",
    "TATEMENT",
    "olicy",
    "OLICY",
    "kms",
    "KMS",
    "Kms",
    "KeyMetadata",
    "KeyI",
    "Aliases",
    "Tags",
    "Grants",
    "DetailList",
    "TrackingStartDate",
    "aws_param",
    "\"arn\"",
    "scps",
    "rail",
    "igest",
    "Events",
    "IsLogging",
    "LookupAttributes",
    "ChangeSetI",
    "StartTime",
    "EndTime",
    "\\u00",
    "%7",
    // JSON in Base64.
    "eyJ",
    "eyA",
    "ewo",
    "ew0",
    "ewk",
];

static FINDERS: LazyLock<[Finder<'static>; 32]> = LazyLock::new(|| WORDS.map(Finder::new));

/// Whether a text that begins like JSON can be anything that is read. A small list of strings may say
/// something in a folder of iam-collect: see `load::folder`.
pub(super) fn may_be_ours(bytes: &[u8]) -> bool {
    FINDERS.iter().any(|finder| finder.find(bytes).is_some())
}

/// What a text that is not understood speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaks {
    /// Statements of a policy.
    Policy,
    /// The metadata of a key.
    Key,
    /// An action of KMS.
    Kms,
    /// Events of KMS.
    Events,
}

impl Speaks {
    /// How to speak of it.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Policy => "a policy",
            Self::Key => "a key",
            Self::Kms => "AWS KMS",
            Self::Events => "events of AWS KMS",
        }
    }
}

/// What the text speaks of, and the word that says so.
pub(super) fn speaks(text: &str) -> Option<(Speaks, Span)> {
    let member = |name: &str| member(text, name);
    let effect = || member("effect").or_else(|| member("Effect"));
    let small = || member("statement").filter(|_| effect().is_some());
    if let Some(span) = member("Statement").or_else(small)
        && !is_of_other_services(text)
    {
        return Some((Speaks::Policy, span));
    }
    if let Some(span) = OF_KEYS.iter().find_map(|name| member(name)) {
        return Some((Speaks::Key, span));
    }
    if let (Some(span), true) = (member("eventSource"), text.contains("kms.amazonaws.com")) {
        return Some((Speaks::Events, span));
    }
    kms_action(text).map(|span| (Speaks::Kms, span))
}

/// Whether all policies of the text name actions, each of them of another service than KMS: it is a
/// bucket's policy, or that of a role.
fn is_of_other_services(text: &str) -> bool {
    let lists = |name: &'static str| {
        let found = memchr::memmem::find_iter(text.as_bytes(), name);
        found
            .filter(|at| is_member(text, *at, name.len()))
            .map(|at| {
                text.get(at.saturating_add(name.len())..)
                    .unwrap_or_default()
            })
    };
    let mut all = lists("Action").chain(lists("action")).peekable();
    let mut others = ["NotAction", "notAction", "actions"]
        .into_iter()
        .flat_map(lists);
    all.peek().is_some()
        && others.next().is_none()
        && all.all(names_other_services)
        && !mentions_kms(text)
}

/// Whether the value after the name of a member is a string, or a list of strings, that are actions of
/// services and have no wildcard in the service's name.
fn names_other_services(after: &str) -> bool {
    let value = after.trim_start_matches(|c: char| c.is_whitespace() || "\"'\\:=".contains(c));
    let end = if value.starts_with('[') {
        value.find(']')
    } else {
        value.find(['"', '\'', '\n', '}'])
    };
    let Some(value) = end.and_then(|end| value.get(..end)) else {
        return false;
    };
    let is_mark = |c: char| c.is_whitespace() || "[\"'\\,".contains(c);
    let mut actions = value
        .split(is_mark)
        .filter(|part| !part.is_empty())
        .peekable();
    let is_of_service = |action: &str| {
        action.split_once(':').is_some_and(|(service, name)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            !service.is_empty() && service.chars().all(plain) && !name.is_empty()
        })
    };
    actions.peek().is_some() && actions.all(is_of_service)
}

/// Members of the answers and requests of KMS that no other service of AWS has.
const OF_KEYS: [&str; 7] = [
    "KeyMetadata",
    "KeyPolicy",
    "TargetKeyId",
    "TrackingStartDate",
    "PendingWindowInDays",
    "PendingDeletionWindowInDays",
    "BypassPolicyLockoutSafetyCheck",
];

/// Whether a document that is JSON and is not understood looks like ours: an ARN of a key by itself does
/// not, as settings of every service have one.
pub(super) fn looks_like_ours(text: &str) -> bool {
    let is_event = || member(text, "eventSource").is_some() && text.contains("kms.amazonaws.com");
    kms_action(text).is_some()
        || OF_KEYS.iter().any(|name| member(text, name).is_some())
        || is_event()
}

/// Where a member of this name is first written.
fn member(text: &str, name: &str) -> Option<Span> {
    let mut found = memchr::memmem::find_iter(text.as_bytes(), name);
    let at = found.find(|at| is_member(text, *at, name.len()))?;
    Some(Span::new(at, at.saturating_add(name.len())))
}

/// Whether the word at this place is a whole one that a colon follows, quoted or not, as the name of a
/// member does.
pub(super) fn is_member(text: &str, at: usize, length: usize) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at.saturating_add(length)..).unwrap_or_default();
    let after = after.trim_start_matches(['"', '\'', '\\']).trim_start();
    !before.is_some_and(is_word) && after.starts_with([':', '='])
}

/// The first action of KMS: `"kms:Decrypt"`, or `"k?s:*"`. `kms:` as the name of a member is none, and neither
/// is the ARN of a key, nor `aws:kms:dsse`, an encryption of Amazon S3.
pub(super) fn kms_action(text: &str) -> Option<Span> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b':', bytes).find_map(|colon| {
        let is_service = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'*' | b'?');
        let least = colon.saturating_sub(LONGEST_SERVICE);
        let mut before = bytes.get(least..colon)?.iter();
        let start = before.rposition(|byte| !is_service(byte));
        let start = start.map_or(least, |at| least.saturating_add(at).saturating_add(1));
        let ends_so = |c: &u8| matches!(c, b's' | b'S' | b'*' | b'?');
        let is_kms = bytes.get(start..colon)?.last().is_some_and(ends_so)
            && is_telling(text.get(start..colon)?);
        let next = bytes.get(colon.saturating_add(1))?;
        let is_action = is_service(next) && is_kms && is_alone(text.get(..start)?);
        is_action.then(|| Span::new(start, colon.saturating_add(1)))
    })
}

/// Whether a word names KMS, and is no accident: a byte that is no text is shown as `?`.
fn is_telling(word: &str) -> bool {
    let letters = word.chars().filter(char::is_ascii_alphabetic).count();
    (letters > 1 || word.contains('*')) && names_kms(word)
}

/// No pattern of a service that names KMS and little else is longer.
const LONGEST_SERVICE: usize = 6;

/// Whether nothing before a word makes it a part of another: of an ARN, of a path. The length of a string may
/// stand before it, as in `5:kms:*`.
fn is_alone(before: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':');
    let length = before.strip_suffix(':').unwrap_or_default();
    !before.ends_with(is_word) || length.ends_with(|c: char| c.is_ascii_digit())
}

/// Whether the pattern of a service is one of KMS, and not of every service.
pub(super) fn names_kms(service: &str) -> bool {
    service.contains(|c: char| c.is_ascii_alphabetic()) && glob_ignore_case(service, "kms")
}

/// Whether KMS is named in any way: also inside of text that is escaped or percent-encoded.
pub(super) fn mentions_kms(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut starts = memchr::memchr2_iter(b'k', b'K', bytes);
    let is = |at: usize| {
        let word = bytes.get(at..at.saturating_add(3));
        word.is_some_and(|word| word.eq_ignore_ascii_case(b"kms"))
    };
    starts.any(is) || text.contains("\\u00")
}

/// Whether the text begins as JSON does, whatever it becomes: after blanks, byte-order marks, comments
/// and the tags of a template. Configuration files begin with `[section]`, and that is no list.
pub(super) fn begins_like_json(text: &str) -> bool {
    let text = after_prologue(text);
    let next = |text: &str| {
        let inside = text.get(1..).unwrap_or_default().trim_start();
        inside.chars().next()
    };
    match text.chars().next() {
        Some('{') => true,
        Some('[') => {
            let inside = text.trim_start_matches(|c: char| c == '[' || c.is_whitespace());
            inside.starts_with(['{', '"', ']', '<', '/', '#'])
        }
        // The policy as one string: `aws kms get-key-policy --query Policy`.
        Some('"') => matches!(next(text), Some('{' | '\\' | '%')),
        _ => false,
    }
}

/// What comes after blanks, byte-order marks, comments, the tags of a template, and the line with which
/// a document of YAML begins.
fn after_prologue(text: &str) -> &str {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
        let passed = [
            ("//", "\n"),
            ("/*", "*/"),
            ("{%", "%}"),
            ("{#", "#}"),
            ("{{", "}}"),
            ("<%", "%>"),
            ("---", "\n"),
        ]
        .iter()
        .find_map(|(open, close)| {
            let inside = rest.strip_prefix(open)?;
            Some(inside.split_once(close).map_or("", |(_, after)| after))
        });
        // A line of `#` is a comment before an object; before anything else it is a heading.
        let comment = || {
            let after = rest.strip_prefix('#')?.split_once('\n')?.1;
            let next = after.trim_start();
            (next.starts_with('{') || next.starts_with('#')).then_some(after)
        };
        match passed.or_else(comment) {
            Some(after) => rest = after,
            None => return rest,
        }
    }
}

/// Whether the bytes are no text: an image, an archive, a program. Text has no byte 0.
pub(super) fn is_binary(head: &[u8]) -> bool {
    let head = head.get(..8192).unwrap_or(head);
    memchr::memchr(0, head).is_some()
}

/// Endings of files in which people write for people, or programs: what they say of KMS is no policy.
const PROSE_AND_CODE: [&str; 67] = [
    "adoc", "asciidoc", "bash", "bat", "c", "cc", "clj", "cljs", "cpp", "cs", "css", "dart",
    "diff", "elm", "erl", "ex", "exs", "fs", "fish", "go", "gradle", "groovy", "h", "hpp", "hs",
    "htm", "html", "java", "jl", "js", "jsx", "kt", "kts", "less", "log", "lua", "m", "map",
    "markdown", "md", "mdx", "mjs", "cjs", "ml", "org", "patch", "php", "pl", "po", "ps1", "py",
    "pyi", "r", "rb", "rs", "rst", "scala", "scss", "sh", "sql", "svg", "swift", "ts", "tsx",
    "txt", "vue", "zig",
];

/// Whether the file's ending is that of a program or of prose.
pub(super) fn is_prose_or_code(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        let is = |known: &&str| known.eq_ignore_ascii_case(ending);
        PROSE_AND_CODE.iter().any(is)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_by_how_it_begins() {
        for text in [
            "{\"a\":1}",
            "\u{feff}{}",
            "   \n\t\u{a0} {}",
            "// comment\n/* and */ {}",
            "# generated\n# twice\n{}",
            "{% set a = 1 %}\n{ }",
            "{{- $x := 1 }}\n{}",
            "---\n{}",
            "[]",
            "[ {\"a\":1} ]",
            "[[\"a\"]]",
            "\"{\\n}\"",
            "\"%7B%22\"",
            "{ 'a': 1 }",
            "${policy}{",
        ]
        .into_iter()
        .filter(|text| !text.starts_with('$'))
        {
            assert!(begins_like_json(text), "{text}");
        }
        for text in [
            "",
            "# Title\n\n[![badge](https://x)](y)",
            "# a\nkey: value",
            "[section]\na=1",
            "[[bin]]\nname = \"x\"",
            "\"a\",\"b\"\n1,2",
            "\" vim comment",
            "---\na: b",
            "<html>",
            "Version: 2012-10-17",
        ] {
            assert!(!begins_like_json(text), "{text}");
        }
    }

    #[test]
    fn texts_speak_of_policies_keys_and_kms() {
        for (text, wanted) in [
            (
                r#"{"Statement":[{"Effect":"Allow",}]}"#,
                Some(Speaks::Policy),
            ),
            (r#""{\"Statement\":[{\"Effect\":1""#, Some(Speaks::Policy)),
            ("{Statement: [{Effect: 'Allow'}]}", Some(Speaks::Policy)),
            (r#"{"statement": {"effect": "#, Some(Speaks::Policy)),
            (r#"{"Statement": [${statements}]}"#, Some(Speaks::Policy)),
            (r#"{"KeyMetadata": {"#, Some(Speaks::Key)),
            (r#"["kms:Decrypt",]"#, Some(Speaks::Kms)),
            (r#"["KMS:*",]"#, Some(Speaks::Kms)),
            (r#"["k?s:*",]"#, Some(Speaks::Kms)),
            (r#"["*:*", "**:**", "*alias: x"]"#, None),
            ("?m?:a k??:b ??s:c", None),
            ("l6:action5:kms:*e", Some(Speaks::Kms)),
            (r#"{"a":"arn:aws:kms:us-east-1:1:key/x""#, None),
            (r#"{"Aliases":[{"TargetKeyId": "a""#, Some(Speaks::Key)),
            (
                r#"{"eventSource":"kms.amazonaws.com","#,
                Some(Speaks::Events),
            ),
            (r#"{"kms": true, "a": "x""#, None),
            ("{kms: 5", None),
            (r#"{"sse": "aws:kms", "x": "aws:kms:dsse""#, None),
            (r#"{"statement": "of account", "#, None),
            (r#"{"compilerOptions": {}, // a"#, None),
        ] {
            assert_eq!(speaks(text).map(|(speaks, _)| speaks), wanted, "{text}");
        }
    }

    #[test]
    fn broken_policies_of_other_services_are_nobody_s_business() {
        for (actions, is_other) in [
            (r#""Action": "s3:GetObject""#, true),
            (r#""Action": ["backup:Copy*", 'ecr:*',]"#, true),
            (r#"\"Action\": [\"s3:Get*\"]"#, true),
            (r#""Action": "s3:GetObject" }, { "Action": "*""#, false),
            (
                r#""Action": "s3:GetObject" }, { "NotAction": "s3:*""#,
                false,
            ),
            (r#""Action": ["s3:GetObject", "*"]"#, false),
            (r#""Action": ["s3:GetObject", ${more}]"#, false),
            (r#""Action": "${actions}""#, false),
            (r#""Action": "*:*""#, false),
            (r#""Action": ["s3:GetObject""#, false),
            (r#""Action": "s3:*", "Resource": "arn:aws:kms:x""#, false),
            (r#""Effect": "Allow""#, false),
        ] {
            let text = format!(r#"{{"Statement": [{{ {actions}, }}]}}"#);
            let spoken = speaks(&text).map(|(speaks, _)| speaks);
            assert_eq!(spoken, (!is_other).then_some(Speaks::Policy), "{text}");
        }
    }

    #[test]
    fn endings_tell_programs_and_prose() {
        for name in ["a.md", "a.PY", "src/a.ts", "notes.txt"] {
            assert!(is_prose_or_code(Path::new(name)), "{name}");
        }
        for name in [
            "a.tf", "a.yaml", "a.json", "a.policy", "a.tpl", "Policy", "a.md.j2",
        ] {
            assert!(!is_prose_or_code(Path::new(name)), "{name}");
        }
    }
}
