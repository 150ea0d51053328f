//! The whole document, and what the schema and GitHub demand of it.

use serde_json::Value;

use super::super::example::{expect, hostile};
use super::*;

fn written() -> String {
    let mut out = Vec::new();
    hostile(|example| run(&mut out, example).unwrap());
    String::from_utf8(out).unwrap()
}

#[test]
fn the_document_is_as_written() {
    expect("results.sarif", &written());
}

#[test]
fn no_words_of_a_policy_are_a_link() {
    let log: Value = serde_json::from_str(&written()).unwrap();
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let message = result["message"]["text"].as_str().unwrap();
        let ids: Vec<_> = result["relatedLocations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|location| location["id"].as_u64().unwrap())
            .collect();
        for rest in message.split("](").skip(1) {
            let number = rest.split(')').next().unwrap();
            assert!(ids.contains(&number.parse().unwrap()), "{message}");
        }
    }
}
