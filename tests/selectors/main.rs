//! Selectors against the compliance suite of RFC 9535, which is shipped as data:
//! <https://github.com/jsonpath-standard/jsonpath-compliance-test-suite>, commit 7be7c1f, under the licence
//! beside it.
#![expect(clippy::unwrap_used, reason = "tests")]

use kmslint::document::written;
use kmslint::rule::Selector;
use serde_json::Value;

const SUITE: &str = include_str!("cts.json");

/// What the selector selects of the document.
fn selected(selector: &Selector, document: &Value) -> Value {
    let facts = written(document).unwrap();
    let nodes = selector.select(&facts).unwrap();
    nodes
        .iter()
        .map(|node| serde_json::to_value(node.value()).unwrap())
        .collect()
}

#[test]
fn selectors_select_what_the_standard_says() {
    let suite: Value = serde_json::from_str(SUITE).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for case in suite["tests"].as_array().unwrap() {
        let text = case["selector"].as_str().unwrap();
        let parsed = Selector::parse(text);
        if case["invalid_selector"] == true {
            assert!(parsed.is_err(), "{text:?} is accepted");
            invalid += 1;
            continue;
        }
        let found = selected(&parsed.unwrap(), &case["document"]);
        let fits = match case["results"].as_array() {
            Some(any) => any.contains(&found),
            None => found == case["result"],
        };
        assert!(fits, "{text:?}: {found}");
        valid += 1;
    }
    assert_eq!((valid, invalid), (456, 247));
}
