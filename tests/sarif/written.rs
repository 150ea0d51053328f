//! What kmslint promises beyond the schema: it writes these properties and no others, what GitHub
//! asks for is there, and no text is empty.

use serde_json::Value;

/// The properties that are written of each object of the schema; `log` is the whole.
const WRITTEN: &[(&str, &[&str])] = &[
    ("log", &["$schema", "version", "runs"]),
    (
        "run",
        &[
            "tool",
            "invocations",
            "originalUriBaseIds",
            "columnKind",
            "results",
        ],
    ),
    ("tool", &["driver"]),
    ("toolComponent", &["name", "semanticVersion", "rules"]),
    (
        "reportingDescriptor",
        &[
            "id",
            "shortDescription",
            "fullDescription",
            "helpUri",
            "help",
            "defaultConfiguration",
            "properties",
        ],
    ),
    ("multiformatMessageString", &["text", "markdown"]),
    ("reportingConfiguration", &["level"]),
    (
        "invocation",
        &[
            "executionSuccessful",
            "toolConfigurationNotifications",
            "toolExecutionNotifications",
        ],
    ),
    ("notification", &["level", "message", "locations"]),
    ("message", &["text"]),
    (
        "result",
        &[
            "ruleId",
            "ruleIndex",
            "level",
            "message",
            "locations",
            "relatedLocations",
            "partialFingerprints",
            "suppressions",
            "fixes",
            "properties",
        ],
    ),
    ("fix", &["description", "artifactChanges"]),
    ("artifactChange", &["artifactLocation", "replacements"]),
    ("replacement", &["deletedRegion", "insertedContent"]),
    ("artifactContent", &["text"]),
    ("suppression", &["kind", "status", "justification"]),
    (
        "location",
        &["id", "physicalLocation", "logicalLocations", "message"],
    ),
    ("physicalLocation", &["artifactLocation", "region"]),
    ("artifactLocation", &["uri", "uriBaseId", "description"]),
    (
        "region",
        &[
            "startLine",
            "startColumn",
            "endLine",
            "endColumn",
            "charOffset",
            "charLength",
            "byteOffset",
            "byteLength",
        ],
    ),
    ("logicalLocation", &["fullyQualifiedName", "kind"]),
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

/// Where a region begins; errata 01 of SARIF 2.1.0 asks for one of them.
const BEGINNINGS: [&str; 3] = ["startLine", "charOffset", "byteOffset"];

/// Every way in which a document that the schema takes breaks these promises.
pub(crate) fn surprises(schema: &Value, log: &Value) -> Vec<String> {
    let mut walk = Walk {
        schema,
        found: Vec::new(),
    };
    walk.object("log", schema, log, "");
    walk.found
}

struct Walk<'a> {
    schema: &'a Value,
    found: Vec<String>,
}

impl Walk<'_> {
    fn object(&mut self, name: &str, schema: &Value, value: &Value, at: &str) {
        // A property bag (§3.8) may hold anything.
        if name == "propertyBag" {
            return;
        }
        let of = |table: &'static [(&str, &'static [&str])]| {
            let row = table.iter().find(|(other, _)| *other == name);
            row.map_or(&[][..], |(_, all)| *all)
        };
        let missing = of(GITHUB).iter().filter(|at| value.pointer(at).is_none());
        self.found
            .extend(missing.map(|missing| format!("{at}: no `{missing}`")));
        if name == "region" && !BEGINNINGS.iter().any(|known| value.get(known).is_some()) {
            self.found.push(format!("{at}: begins nowhere"));
        }
        for (property, value) in value.as_object().into_iter().flatten() {
            let at = format!("{at}/{property}");
            if of(WRITTEN).contains(&property.as_str()) {
                self.value(&schema["properties"][property], value, &at);
            } else {
                self.found.push(format!("{at}: not written of `{name}`"));
            }
        }
    }

    /// Goes where the schema says that an object of a name stands.
    fn value(&mut self, schema: &Value, value: &Value, at: &str) {
        if let Some(pointer) = schema["$ref"].as_str() {
            let name = pointer.strip_prefix("#/definitions/").unwrap();
            self.object(name, &self.schema["definitions"][name], value, at);
            return;
        }
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&schema["items"], item, &format!("{at}/{index}"));
                }
            }
            Value::Object(values) => {
                for (key, item) in values {
                    self.value(
                        &schema["additionalProperties"],
                        item,
                        &format!("{at}/{key}"),
                    );
                }
            }
            Value::String(text) => self.text(schema, text, at),
            _ => {}
        }
    }

    /// A URI reference has no character but those of RFC 3986, and is no path of a machine.
    fn text(&mut self, schema: &Value, text: &str, at: &str) {
        let is_uri = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:#?=&%+()".contains(&byte);
        let of_a_machine = text.starts_with(['/', ':']) || text.starts_with("file:");
        let format = schema["format"].as_str().unwrap_or_default();
        if text.is_empty() {
            self.found.push(format!("{at}: empty"));
        } else if format.starts_with("uri") && (of_a_machine || !text.bytes().all(is_uri)) {
            self.found
                .push(format!("{at}: {text} is no URI for others"));
        }
    }
}
