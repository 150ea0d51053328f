//! What proofs look at grows with the length of a policy, and not with its square: so many bytes are read for
//! the fixes of one policy at most, and each proof looks at its policy once.

use super::offered::kinds;
use super::{Effort, FixEngine, Proposal, Repaired};
use crate::access::steps;
use crate::facts::{FactMaker, Facts, Limits};
use crate::finding::Finding;
use crate::inventory::{Inventory, Key, KeyMetadata, LoadedPolicy};
use crate::lint;
use crate::policy::{PolicyKind, PolicyReading};
use crate::rule::Catalogue;
use crate::text::{SourceFile, Sources};

const ROOT: &str =
    r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}"#;

/// The statement of this number.
type Form = fn(usize) -> String;

/// Statements of which each has something to be mended.
const FORMS: [(&str, Form); 3] = [
    ("actions that do not exist", |number| {
        format!(
            r#"{{"Effect":"Deny","Principal":{{"AWS":"arn:aws:iam::111122223333:role/r{number:04}"}},
                "Action":"kms:DeleteKey","Resource":"*"}}"#
        )
    }),
    ("deleted users", |number| {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":["AIDACKCEVSQ6C2EX{number:04}",
                "arn:aws:iam::111122223333:role/r{number:04}"]}},"Action":"kms:Decrypt","Resource":"*"}}"#
        )
    }),
    ("exceptions", |number| {
        format!(
            r#"{{"Effect":"Deny","NotPrincipal":{{"AWS":["111122223333",
                "arn:aws:iam::111122223333:role/r{number:04}"]}},"Action":"kms:DeleteKey","Resource":"*"}}"#
        )
    }),
];

/// The fixes of a policy with so many of these statements, and what was looked at for them.
fn repaired(statement: Form, count: usize, effort: Effort) -> (Repaired, u64) {
    let statements: Vec<_> = (0..count).map(statement).collect();
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{ROOT},{}]}}"#,
        statements.join(",")
    );
    let mut sources = Sources::default();
    let source = sources.add(SourceFile::new("policy.json", text.as_str()));
    let document = PolicyReading::of_text(&text, PolicyKind::Key).document;
    let policy = LoadedPolicy {
        name: "policy.json".into(),
        source,
        encoding: None,
        size: None,
        document: document.unwrap(),
    };
    let key = Key {
        name: "policy.json".into(),
        metadata: KeyMetadata::nothing(),
        policy: Some(policy),
        ..Key::default()
    };
    let inventory = Inventory {
        keys: vec![key],
        ..Inventory::default()
    };
    let catalogue = Catalogue::builtin().unwrap();
    let kinds = kinds(catalogue);
    let facts = FactMaker::new(&inventory, &sources, Limits::default());
    let check = |facts: &Facts| lint::run(facts, catalogue);
    let engine = FixEngine {
        facts: &facts,
        organization: None,
        check: &check,
    };
    let found: Vec<Finding> = facts.all().iter().flat_map(check).collect();
    let wanted = |finding: &Finding| kinds.get(&*finding.rule).copied();
    steps::take();
    let repaired = engine.repair_within(&found, &wanted, &Proposal::is_safe, effort);
    (repaired, steps::take())
}

#[test]
fn proofs_look_at_as_much_again_where_a_policy_is_longer() {
    let effort = Effort {
        policy: 64 << 10,
        rounds: 4,
        ..Effort::ASKED
    };
    // Steps are counted by thread, and policies are repaired by several.
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    one.unwrap().install(|| {
        for (name, statement) in FORMS {
            let counts = [50, 100, 200].map(|count| {
                let (repaired, steps) = repaired(statement, count, effort);
                assert!(!repaired.done.is_empty() && repaired.untried > 0, "{name}");
                steps
            });
            let [first, _, last] = counts;
            assert!(first > 0 && last <= first * 5, "{name}: {counts:?}");
        }
    });
}
