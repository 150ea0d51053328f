//! Files under `fixtures/load`, from their bytes to the inventory.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use kmslint::load::{Loaded, load, load_over};
use kmslint::policy::Effect;
use kmslint::text::{Discovery, Filter, Overlay, discover};

fn fixture(path: &str) -> PathBuf {
    Path::new("fixtures/load").join(path)
}

fn load_fixture(path: &str) -> Loaded {
    load(&discover(&[fixture(path)], &Filter::default()))
}

/// Every error as `file:line:column: message`, the directory left out.
fn errors(loaded: &Loaded) -> Vec<String> {
    let text = |error: &kmslint::text::InputFailure| {
        let name = Path::new(&error.file).file_name().unwrap();
        let name = name.to_string_lossy();
        let Some(at) = error.at else {
            return format!("{name}: {}", error.error);
        };
        let source = loaded.sources.get(at.source).unwrap();
        assert_eq!(source.name(), error.file);
        assert_eq!(at.span, error.error.span);
        let place = source.position(at.span.start);
        format!("{name}:{}:{}: {}", place.line, place.column, error.error)
    };
    loaded.errors.iter().map(text).collect()
}

#[test]
fn what_a_loop_over_the_cli_writes_becomes_keys() {
    let loaded = load_fixture("keys");
    assert_eq!(errors(&loaded), [""; 0]);
    assert_eq!(loaded.recognized, 4);
    let [first, second] = loaded.inventory.keys.as_slice() else {
        panic!("{:?}", loaded.inventory.keys);
    };
    assert_eq!(
        first.name,
        "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    );
    assert_eq!(first.account.unwrap().as_str(), "111122223333");
    let state = first.metadata.state.as_ref().unwrap();
    let source = loaded.sources.get(state.at.source).unwrap();
    assert!(source.name().ends_with("key.json"));
    assert_eq!(state.at.span.of(source.text()), "\"PendingDeletion\"");
    let policy = first.policy.as_ref().unwrap();
    let source = loaded.sources.get(policy.source).unwrap();
    let action = &policy.document.statements[1]
        .action
        .as_ref()
        .unwrap()
        .patterns()[1];
    assert_eq!(
        action.text().span.of(source.text()),
        r#"\"kms:CancelKeyDeletion\""#
    );

    assert_eq!(second.name, "mrk-0f1e2d3c4b5a69788796a5b4c3d2e1f0");
    assert_eq!(second.arn, None);
    assert_eq!(second.account.unwrap().as_str(), "444455556666");
    assert!(second.policy.is_some());
}

#[test]
fn policies_without_their_keys_stand_for_themselves() {
    let loaded = load_fixture("mixed");
    assert_eq!(errors(&loaded), [""; 0]);
    let names: Vec<_> = loaded.inventory.keys.iter().map(|key| &key.name).collect();
    let files = [
        "percent-encoded.json",
        "policy-only.json",
        "query-output.json",
        "text-output",
    ];
    assert_eq!(
        names,
        files
            .map(|file| format!("fixtures/load/mixed/{file}"))
            .iter()
            .collect::<Vec<_>>()
    );
    let account = |key: &kmslint::inventory::Key| key.account.unwrap().to_string();
    assert!(
        loaded
            .inventory
            .keys
            .iter()
            .map(account)
            .all(|a| a == "111122223333")
    );
    assert_eq!(
        loaded.inventory.policies[0].name,
        "fixtures/load/mixed/iam.json"
    );
    assert_eq!(loaded.recognized, 5);
}

#[test]
fn what_is_of_no_use_is_passed_over_with_a_reason() {
    let loaded = load_fixture("other");
    // A template of a policy that is no JSON must not pass for nothing.
    assert_eq!(errors(&loaded), ["policy.json.tpl:2:17: expected a value"]);
    let files: Vec<_> = loaded
        .files
        .iter()
        .map(|file| {
            let name = file.path.rsplit('/').next().unwrap();
            format!("{name}: {}: {}", file.fate.name(), file.fate.reason())
        })
        .collect();
    assert_eq!(
        files,
        [
            "bucket.json: passed_over: it is a bucket policy",
            "package.json: passed_over: nothing in it speaks of a policy or a key",
            "policy.json.tpl: broken: it could not be read or understood",
            "recorded.json: checked: key description; no key policy of it was loaded, so who can \
             delete it is not known",
            "trust.json: passed_over: it is a trust policy, which is no key's",
        ]
    );
}

#[test]
fn every_broken_file_is_told_with_its_place_and_hinders_no_other() {
    let loaded = load_fixture("broken");
    assert_eq!(
        errors(&loaded),
        [
            "bom.json:1:1: the file begins with a byte-order mark",
            "embedded-grammar.json:2:44: `Effect` must be `Allow` or `Deny`",
            "embedded-syntax.json:2:35: expected a value",
            "empty.json:1:1: the file is empty",
            "latin1.json:2:14: the file is not UTF-8",
            "malformed.json:4:23: a comma has nothing after it",
            "twice.json:5:5: `KeyState` stands twice in one object",
            "unknown-element.json:3:3: unknown element `Comment` in a policy",
            "utf16.json:1:1: the file is UTF-16",
            "wrong-type.json:2:13: the policy must be an object or a string that holds one",
        ]
    );
    let mut all = discover(&[fixture("broken")], &Filter::default());
    all.named.push(fixture("mixed/iam.json"));
    assert_eq!(load(&all).inventory.policies.len(), 1);
}

#[test]
fn a_named_file_must_be_json_and_is_read_once() {
    let template = fixture("other/policy.json.tpl");
    let missing = fixture("no-such-file");
    let iam = fixture("mixed/iam.json");
    let discovery = Discovery {
        named: vec![template, missing, iam.clone(), iam.clone()],
        found: vec![iam],
        ..Discovery::default()
    };
    let loaded = load(&discovery);
    let errors = errors(&loaded);
    assert_eq!(errors[0], "policy.json.tpl:2:17: expected a value");
    assert!(errors[1].starts_with("no-such-file: cannot read the file: "));
    assert_eq!((loaded.inventory.policies.len(), errors.len()), (1, 2));
}

/// A directory of this test's own, removed when it ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn hostile_sizes_end_in_errors() {
    let scratch = Scratch::new("hostile");
    let write = |name: &str, text: String| fs::write(scratch.0.join(name), text).unwrap();
    write("a.json", "[".repeat(10_000));
    write(
        "b.json",
        format!("{}{}", "{\"Statement\":".repeat(10_000), "}".repeat(10_000)),
    );
    let nested = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    write(
        "c.json",
        serde_json::json!({ "Policy": format!("{{\"Statement\":{nested}}}") }).to_string(),
    );
    write(
        "d.json",
        format!(
            "{{\"KeyMetadata\":{}}}",
            serde_json::json!({"KeyId": "a".repeat(1_000_000)})
        ),
    );
    write(
        "e.json",
        format!("{{\"Policy\":\"{}\"}}", "\\\\".repeat(500_000)),
    );
    write(
        "f.json",
        format!("{{\"Policy\":\"%7B{}\"}}", "%22".repeat(300_000)),
    );
    let loaded = load(&discover(
        std::slice::from_ref(&scratch.0),
        &Filter::default(),
    ));
    let errors = errors(&loaded);
    assert_eq!(
        errors,
        [
            "b.json:1:1652: the document nests deeper than 127 levels",
            "c.json:1:153: the document nests deeper than 127 levels",
            "f.json:1:21: expected `:` after the key",
        ]
    );
}

#[test]
fn the_same_files_give_the_same_result() {
    let paths = ["keys", "mixed", "other", "broken"].map(fixture);
    let once = || {
        let loaded = load(&discover(&paths, &Filter::default()));
        format!(
            "{:?} {:?} {:?}",
            loaded.inventory,
            loaded.passed_over(),
            loaded.errors
        )
    };
    let first = once();
    for _ in 0..5 {
        assert_eq!(once(), first);
    }
}

/// What the files of one directory hold, each given by its name and its text.
fn load_texts(files: &[(&str, &str)]) -> Loaded {
    let mut overlay = Overlay::default();
    for (name, text) in files {
        overlay.put(Path::new(name), *text);
    }
    let discovery = Discovery {
        found: overlay.paths().map(Path::to_path_buf).collect(),
        ..Discovery::default()
    };
    load_over(&discovery, &overlay)
}

const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
const OPEN: &str =
    r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;

/// The default policy of a VPC endpoint is no key's; a key policy that says no more is the key's.
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
#[test]
fn policy_that_names_no_service_is_the_policy_of_the_key_beside_it() {
    let key = format!(r#"{{"KeyMetadata":{{"KeyId":"{ID}"}}}}"#);
    let policies = |files: &[(&str, &str)]| {
        let loaded = load_texts(files);
        assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
        let keys = loaded.inventory.keys.iter();
        let found = keys.filter(|key| key.policy.is_some()).count();
        assert_eq!(loaded.recognized + loaded.passed_over().len(), files.len());
        found
    };
    let endpoint =
        r#"{"arn":"arn:aws:ec2:us-east-1:111122223333:vpc-endpoint/vpce-1","id":"vpce-1"}"#;
    let own = OPEN.replace(r#""Action":"*""#, r#""Action":"kms:*""#);
    let named = format!("all/{ID}.json");
    for (files, wanted) in [
        (vec![("a.json", OPEN)], 0),
        (vec![("k/key.json", &*key), ("k/policy.json", OPEN)], 1),
        (vec![("k/key.json", &*key), ("other/policy.json", OPEN)], 0),
        // The key has its policy already.
        (
            vec![
                ("k/key.json", &*key),
                ("k/own.json", &*own),
                ("k/policy.json", OPEN),
            ],
            1,
        ),
        // Which of the two is the key's?
        (
            vec![
                ("k/key.json", &*key),
                ("k/a.json", OPEN),
                ("k/b.json", OPEN),
            ],
            0,
        ),
        (vec![(&*named, OPEN)], 1),
        (
            vec![("e/metadata.json", endpoint), ("e/policy.json", OPEN)],
            0,
        ),
    ] {
        assert_eq!(policies(&files), wanted, "{files:?}");
    }
}

#[test]
fn bytes_in_memory_stand_in_for_files() {
    let policy = |effect: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}",
                "Principal":{{"AWS":"111122223333"}},"Action":"kms:*","Resource":"*"}}]}}"#
        )
    };
    let directory = env::temp_dir().join(format!("kmslint-overlay-{}", process::id()));
    fs::create_dir_all(&directory).unwrap();
    let (written, only_in_memory) = (directory.join("a.json"), directory.join("b.json"));
    fs::write(&written, policy("Allow")).unwrap();
    let discovery = Discovery {
        found: vec![written.clone(), only_in_memory.clone()],
        ..Discovery::default()
    };
    let mut overlay = Overlay::default();
    overlay.put(&written, policy("Deny"));
    overlay.put(&only_in_memory, policy("Deny"));
    let loaded = load_over(&discovery, &overlay);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    let effects: Vec<_> = loaded
        .inventory
        .keys
        .iter()
        .map(|key| {
            key.policy.as_ref().unwrap().document.statements[0]
                .effect
                .value
        })
        .collect();
    assert_eq!(effects, [Effect::Deny, Effect::Deny]);
    fs::remove_dir_all(&directory).unwrap();
}

/// Keys of one file are told apart by their place in it, one after the other, in a list or under names.
#[test]
fn each_key_of_a_file_has_a_name_and_an_address_of_its_own() {
    const POLICY: &str = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}]}"#;
    let lines = format!("{POLICY}\n{POLICY}\n");
    let list = format!("[{POLICY},{POLICY}]");
    let named = format!(r#"{{"prod":{POLICY},"dev":{POLICY}}}"#);
    let single = format!(r#"{{"prod":{POLICY}}}"#);
    let both = format!("{POLICY}\n[{POLICY}]");
    for (text, names, addresses) in [
        (POLICY, vec!["k.json"], vec![""]),
        (&lines, vec!["k.json#/0", "k.json#/1"], vec!["/0", "/1"]),
        (&list, vec!["k.json#/0", "k.json#/1"], vec!["/0", "/1"]),
        (
            &named,
            vec!["k.json#/prod", "k.json#/dev"],
            vec!["/prod", "/dev"],
        ),
        (&single, vec!["k.json"], vec!["/prod"]),
        (&both, vec!["k.json#/0", "k.json#/1/0"], vec!["/0", "/1/0"]),
    ] {
        let loaded = load_texts(&[("k.json", text)]);
        assert_eq!(errors(&loaded), [""; 0], "{text}");
        let keys = &loaded.inventory.keys;
        let found: Vec<_> = keys.iter().map(|key| &*key.name).collect();
        assert_eq!(found, names, "{text}");
        let policies = keys.iter().filter_map(|key| key.policy.as_ref());
        let found: Vec<_> = policies.map(|policy| &*policy.name).collect();
        assert_eq!(found, names, "{text}");
        let found: Vec<_> = keys.iter().map(|key| key.address.to_string()).collect();
        assert_eq!(found, addresses, "{text}");
    }
}
