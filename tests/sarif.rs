//! SARIF of whole runs, held against what the standard says of every object that is written.
//!
//! [`OBJECTS`] is that part of the schema of SARIF 2.1.0 in our own words: a property that it
//! does not list is an error, even where the schema would let it pass. `GITHUB` is what GitHub
//! asks for beyond it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::process::Command;

use serde_json::Value;

/// What a property holds.
enum Holds {
    /// A string.
    Text,
    /// A URI reference: no character but those of RFC 3986, and no path of a machine.
    Uri,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// An integer, not less than this.
    Integer(u64),
    /// True or false.
    Bool,
    /// An object of this name.
    Object(&'static str),
    /// A list of objects of this name.
    List(&'static str),
    /// A list of strings.
    Texts,
    /// An object whose values are strings.
    TextMap,
    /// An object whose values are objects of this name.
    ObjectMap(&'static str),
    /// A property bag (§3.8), which may hold anything.
    Bag,
}

use Holds::{Bag, Bool, Integer, List, Object, ObjectMap, OneOf, Text, TextMap, Texts, Uri};

/// An object, its properties, and whether each must be there.
type Declared = (&'static str, &'static [(&'static str, bool, Holds)]);

const LEVELS: &[&str] = &["none", "note", "warning", "error"];

const OBJECTS: &[Declared] = &[
    (
        "log",
        &[
            ("$schema", false, Uri),
            ("version", true, OneOf(&["2.1.0"])),
            ("runs", true, List("run")),
        ],
    ),
    (
        "run",
        &[
            ("tool", true, Object("tool")),
            ("invocations", false, List("invocation")),
            ("originalUriBaseIds", false, ObjectMap("artifactLocation")),
            (
                "columnKind",
                false,
                OneOf(&["utf16CodeUnits", "unicodeCodePoints"]),
            ),
            ("results", false, List("result")),
        ],
    ),
    ("tool", &[("driver", true, Object("toolComponent"))]),
    (
        "toolComponent",
        &[
            ("name", true, Text),
            ("semanticVersion", false, Text),
            ("rules", false, List("reportingDescriptor")),
        ],
    ),
    (
        "reportingDescriptor",
        &[
            ("id", true, Text),
            (
                "shortDescription",
                false,
                Object("multiformatMessageString"),
            ),
            ("fullDescription", false, Object("multiformatMessageString")),
            ("helpUri", false, Uri),
            ("help", false, Object("multiformatMessageString")),
            (
                "defaultConfiguration",
                false,
                Object("reportingConfiguration"),
            ),
            ("properties", false, Bag),
        ],
    ),
    (
        "multiformatMessageString",
        &[("text", true, Text), ("markdown", false, Text)],
    ),
    ("reportingConfiguration", &[("level", false, OneOf(LEVELS))]),
    (
        "invocation",
        &[
            ("executionSuccessful", true, Bool),
            ("toolExecutionNotifications", false, List("notification")),
        ],
    ),
    (
        "notification",
        &[
            ("level", false, OneOf(LEVELS)),
            ("message", true, Object("message")),
            ("locations", false, List("location")),
        ],
    ),
    ("message", &[("text", false, Text)]),
    (
        "result",
        &[
            ("ruleId", false, Text),
            ("ruleIndex", false, Integer(0)),
            ("level", false, OneOf(LEVELS)),
            ("message", true, Object("message")),
            ("locations", false, List("location")),
            ("relatedLocations", false, List("location")),
            ("partialFingerprints", false, TextMap),
            ("suppressions", false, List("suppression")),
            ("fixes", false, List("fix")),
            ("properties", false, Bag),
        ],
    ),
    (
        "fix",
        &[
            ("description", false, Object("message")),
            ("artifactChanges", true, List("artifactChange")),
        ],
    ),
    (
        "artifactChange",
        &[
            ("artifactLocation", true, Object("artifactLocation")),
            ("replacements", true, List("replacement")),
        ],
    ),
    (
        "replacement",
        &[
            ("deletedRegion", true, Object("region")),
            ("insertedContent", false, Object("artifactContent")),
        ],
    ),
    ("artifactContent", &[("text", false, Text)]),
    (
        "suppression",
        &[
            ("kind", true, OneOf(&["inSource", "external"])),
            (
                "status",
                false,
                OneOf(&["accepted", "underReview", "rejected"]),
            ),
            ("justification", false, Text),
        ],
    ),
    (
        "location",
        &[
            ("id", false, Integer(0)),
            ("physicalLocation", false, Object("physicalLocation")),
            ("logicalLocations", false, List("logicalLocation")),
            ("message", false, Object("message")),
        ],
    ),
    (
        "physicalLocation",
        &[
            ("artifactLocation", false, Object("artifactLocation")),
            ("region", false, Object("region")),
        ],
    ),
    (
        "artifactLocation",
        &[
            ("uri", false, Uri),
            ("uriBaseId", false, Text),
            ("description", false, Object("message")),
        ],
    ),
    (
        "region",
        &[
            ("startLine", false, Integer(1)),
            ("startColumn", false, Integer(1)),
            ("endLine", false, Integer(1)),
            ("endColumn", false, Integer(1)),
            ("charOffset", false, Integer(0)),
            ("charLength", false, Integer(0)),
            ("byteOffset", false, Integer(0)),
            ("byteLength", false, Integer(0)),
        ],
    ),
    (
        "logicalLocation",
        &[("fullyQualifiedName", false, Text), ("kind", false, Text)],
    ),
];

/// What must be there for GitHub, as JSON pointers from an object of that name.
/// <https://docs.github.com/code-security/reference/code-scanning/sarif-support-for-code-scanning>
const GITHUB: &[(&str, &[&str])] = &[
    (
        "reportingDescriptor",
        &[
            "/shortDescription/text",
            "/fullDescription/text",
            "/help/text",
            "/help/markdown",
            "/defaultConfiguration/level",
            "/properties/tags/0",
            "/properties/precision",
            "/properties/security-severity",
        ],
    ),
    (
        "result",
        &[
            "/ruleId",
            "/message/text",
            "/partialFingerprints",
            "/locations/0/physicalLocation/artifactLocation/uri",
            "/locations/0/physicalLocation/region/startLine",
            "/locations/0/physicalLocation/region/startColumn",
            "/locations/0/physicalLocation/region/endLine",
            "/locations/0/physicalLocation/region/endColumn",
        ],
    ),
];

fn check(name: &str, value: &Value, at: &str) {
    let object = value
        .as_object()
        .unwrap_or_else(|| panic!("{at}: no object"));
    let (_, declared) = OBJECTS.iter().find(|(other, _)| *other == name).unwrap();
    for (property, required, _) in *declared {
        assert!(
            !required || object.contains_key(*property),
            "{at}: no `{property}`"
        );
    }
    for pointer in GITHUB
        .iter()
        .filter(|(other, _)| *other == name)
        .flat_map(|(_, all)| *all)
    {
        assert!(value.pointer(pointer).is_some(), "{at}: no `{pointer}`");
    }
    for (property, value) in object {
        let at = format!("{at}/{property}");
        let found = declared.iter().find(|(name, ..)| name == property);
        let (_, _, holds) = found.unwrap_or_else(|| panic!("{at}: unknown to `{name}`"));
        check_value(holds, value, &at);
    }
}

fn check_value(holds: &Holds, value: &Value, at: &str) {
    let text = || value.as_str().unwrap_or_else(|| panic!("{at}: no string"));
    let list = || value.as_array().unwrap_or_else(|| panic!("{at}: no list"));
    let map = || {
        value
            .as_object()
            .unwrap_or_else(|| panic!("{at}: no object"))
    };
    match holds {
        Text => assert!(!text().is_empty(), "{at}: empty"),
        Uri => {
            let is_uri =
                |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:#?=&%+()".contains(&byte);
            assert!(text().bytes().all(is_uri), "{at}: {value}");
            assert!(!text().starts_with(['/', ':']), "{at}: {value}");
            assert!(!text().starts_with("file:"), "{at}: {value}");
        }
        OneOf(words) => assert!(words.contains(&text()), "{at}: {value}"),
        Integer(least) => assert!(
            value.as_u64().is_some_and(|number| number >= *least),
            "{at}"
        ),
        Bool => assert!(value.is_boolean(), "{at}"),
        Object(name) => check(name, value, at),
        List(name) => {
            for (index, item) in list().iter().enumerate() {
                check(name, item, &format!("{at}/{index}"));
            }
        }
        Texts => assert!(list().iter().all(Value::is_string), "{at}"),
        TextMap => assert!(map().values().all(Value::is_string), "{at}"),
        ObjectMap(name) => {
            for (key, item) in map() {
                check(name, item, &format!("{at}/{key}"));
            }
        }
        Bag => {
            map();
            if let Some(tags) = value.get("tags") {
                check_value(&Texts, tags, at);
            }
        }
    }
}

/// The document for a path, and whether the program could read all of it.
fn sarif(path: &str) -> (Value, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(["check", path, "--format", "sarif"])
        .output()
        .unwrap();
    let log = serde_json::from_slice(&output.stdout).unwrap();
    (log, output.status.code() != Some(2))
}

#[test]
fn every_document_is_sarif_that_github_takes() {
    let here = std::env::current_dir().unwrap();
    let absolute = here.join("fixtures/quickstart").display().to_string();
    let mut results = 0;
    for path in [
        "fixtures",
        "fixtures/quickstart",
        &absolute,
        "fixtures/load",
    ] {
        let (log, read_all) = sarif(path);
        check("log", &log, path);
        let run = &log["runs"][0];
        assert_eq!(
            run["invocations"][0]["executionSuccessful"], read_all,
            "{path}"
        );
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let mut fingerprints = Vec::new();
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            fingerprints.push(result["partialFingerprints"].to_string());
            results += 1;
        }
        let all = fingerprints.len();
        fingerprints.sort();
        fingerprints.dedup();
        assert_eq!(
            fingerprints.len(),
            all,
            "{path}: two results have one fingerprint"
        );
    }
    assert!(results > 30, "{results}");
}

#[test]
fn the_same_files_are_the_same_results_however_they_are_named() {
    let here = std::env::current_dir().unwrap();
    let absolute = here.join("fixtures/quickstart").display().to_string();
    let places = |path| {
        let (log, _) = sarif(path);
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        let place = |result: &Value| result["locations"][0]["physicalLocation"].clone();
        results.iter().map(place).collect::<Vec<_>>()
    };
    assert_eq!(places("fixtures/quickstart"), places(&absolute));
    assert_eq!(
        places("fixtures/quickstart"),
        places("./fixtures/quickstart")
    );
}
